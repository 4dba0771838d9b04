import { useParams } from "react-router";
import { BoardPage } from "./BoardPage";
import { CaseView } from "./CaseView";
import "./cases.css";

/** The board of cases, or one case. */
export default function Cases() {
  const { id } = useParams();
  return id ? <CaseView id={id} /> : <BoardPage />;
}
