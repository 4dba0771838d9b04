import { useParams } from "react-router";
import { SourceList } from "./SourceList";
import { SourceSheet } from "./SourceSheet";
import "./sources.css";

export default function SourcesPage() {
  const { key } = useParams();
  return key ? <SourceSheet key={key} id={key} /> : <SourceList />;
}
