import { useParams } from "react-router";
import { EventSheet } from "./EventSheet";
import { JournalList } from "./JournalList";
import "./journal.css";

export default function JournalPageRoute() {
  const { id } = useParams();
  return id ? <EventSheet id={id} /> : <JournalList />;
}
