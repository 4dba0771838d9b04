import { useApiPages, useSession } from "../../api/query";
import type { DocumentCard } from "../../api/review";
import { useLang } from "../../state/lang";
import {
  AppLink,
  EmptyState,
  ErrorState,
  Loading,
  PageHeader,
  SignInState,
  documentPath,
  useFormat,
} from "../../ui";
import { StateBar } from "./StateBar";
import { Upload } from "./Upload";

/** Every document that was read, with how far people have got, and a place to add one. */
export function DocumentList() {
  const { t } = useLang();
  const session = useSession();
  return (
    <>
      <PageHeader title={t("documents.title")} lead={t("documents.lead")} />
      {session.isPending ? (
        <Loading height={460} />
      ) : session.data?.account ? (
        <>
          <Upload />
          <Kept />
        </>
      ) : (
        <SignIn />
      )}
    </>
  );
}

/** What was read, the latest first. */
function Kept() {
  const { t } = useLang();
  const list = useApiPages<DocumentCard>("/documents", { limit: 50 }, { timeless: true });
  return (
      <section className="section">
        <h2>{t("documents.read")}</h2>
        {list.error && !list.first && (
          <ErrorState error={list.error} retry={() => void list.refetch()} height={320} />
        )}
        {list.isPending && <Loading height={320} />}
        {list.isSuccess && list.items.length === 0 && (
          <EmptyState title={t("documents.none")} why={t("documents.noneWhy")} height={320} />
        )}
        {list.items.length > 0 && (
          <ul className="documents">
            {list.items.map((card) => (
              <Row key={card.key} card={card} />
            ))}
          </ul>
        )}
        {list.hasNextPage && (
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {t("action.more")}
          </button>
        )}
      </section>
  );
}

/** Says who may read documents, and leads there. */
export function SignIn() {
  const { t } = useLang();
  return (
    <SignInState title={t("documents.signIn")} why={t("import.signInWhy")} height={460} />
  );
}

function Row({ card }: { card: DocumentCard }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <li className="document">
      <div className="document-name">
        <AppLink to={documentPath(card.key)}>{card.title}</AppLink>
        {card.withdrawn && <span className="tag cinnabar">{t("source.withdrawn")}</span>}
        <p className="mini-line">
          <span>{t(`documents.format.${card.format}`)}</span>
          {card.publisher && <span>{card.publisher}</span>}
          {card.published && <span>{format.day(card.published)}</span>}
          <span>{t("documents.characters", { count: format.number(card.characters) })}</span>
        </p>
      </div>
      <StateBar counts={card.counts} />
      {card.counts.waiting > 0 && (
        <span className="tag gold">{t("documents.waiting", { count: card.counts.waiting })}</span>
      )}
    </li>
  );
}
