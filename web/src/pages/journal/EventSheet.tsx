import { apiUrl, segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { JournalEvent } from "../../api/types";
import { useLang } from "../../state/lang";
import { Answer, AppLink, PageHeader, useFormat } from "../../ui";

/** One entry whole, with the proof that it is in the log. */
export function EventSheet({ id }: { id: string }) {
  const { t } = useLang();
  const format = useFormat();
  const query = useApi<JournalEvent>(`/journal/events/${segment(id)}`, {}, { timeless: true });
  return (
    <>
      <PageHeader
        eyebrow={<AppLink to="/journal">{t("journal.title")}</AppLink>}
        title={t("journal.event", { id })}
        actions={
          <a className="button" href={apiUrl(`/journal/events/${segment(id)}/proof`)} download>
            {t("journal.proof")}
          </a>
        }
      />
      <Answer query={query} height={480}>
        {(event) => (
          <>
            <dl className="facts journal-facts">
              <dt>{t("journal.at")}</dt>
              <dd>{format.time(event.at)}</dd>
              <dt>{t("journal.actor")}</dt>
              <dd>{event.actor}</dd>
              <dt>{t("journal.kind")}</dt>
              <dd>{event.kind}</dd>
              <dt>{t("journal.leaf")}</dt>
              <dd className="mono">{event.leaf_hash}</dd>
            </dl>
            <section className="section">
              <h2>{t("journal.payload")}</h2>
              <pre className="code" tabIndex={0}>
                {JSON.stringify(event.payload ?? null, null, 2)}
              </pre>
            </section>
          </>
        )}
      </Answer>
    </>
  );
}
