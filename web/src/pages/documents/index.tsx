import { useParams } from "react-router";
import { useSession } from "../../api/query";
import { useLang } from "../../state/lang";
import { Loading, PageHeader } from "../../ui";
import { DocumentList, SignIn } from "./DocumentList";
import { Review } from "./Review";
import "./documents.css";

/** The documents that were read, or one of them with what was read from it. */
export default function DocumentsPage() {
  const { key } = useParams();
  const session = useSession();
  const { t } = useLang();
  if (!key) return <DocumentList />;
  if (session.data?.account) return <Review key={key} id={key} />;
  return (
    <>
      <PageHeader title={t("documents.one")} />
      {session.isPending ? <Loading height={720} /> : <SignIn />}
    </>
  );
}
