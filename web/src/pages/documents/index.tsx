import { useParams } from "react-router";
import { DocumentList } from "./DocumentList";
import { Review } from "./Review";
import "./documents.css";

/** The documents that were read, or one of them with what was read from it. */
export default function DocumentsPage() {
  const { key } = useParams();
  return key ? <Review key={key} id={key} /> : <DocumentList />;
}
