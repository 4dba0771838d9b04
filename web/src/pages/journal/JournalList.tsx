import { useState } from "react";
import { useApi } from "../../api/query";
import type { JournalEvent, JournalPage } from "../../api/types";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, PageHeader, shortHash, useFormat } from "../../ui";

/** The log as it stands: size, root, the signed checkpoint, and its entries. */
export function JournalList() {
  const { t } = useLang();
  const [trail, setTrail] = useState<string[]>([]);
  const query = useApi<JournalPage>(
    "/journal",
    { after: trail.at(-1), limit: 50 },
    { timeless: true },
  );
  return (
    <>
      <PageHeader title={t("journal.title")} lead={t("journal.lead")} />
      <Answer query={query} height={800}>
        {(journal) => (
          <>
            <Top journal={journal} />
            <Entries items={journal.events.items} />
            <p className="row journal-pages">
              {trail.length > 0 && (
                <button
                  type="button"
                  className="button"
                  onClick={() => setTrail(trail.slice(0, -1))}
                >
                  ←<span className="visually-hidden">{t("table.previous")}</span>
                </button>
              )}
              {journal.events.next && (
                <button
                  type="button"
                  className="button"
                  onClick={() => setTrail([...trail, journal.events.next ?? ""])}
                >
                  {t("action.more")} →
                </button>
              )}
            </p>
          </>
        )}
      </Answer>
    </>
  );
}

function Top({ journal }: { journal: JournalPage }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <>
      <dl className="counts">
        <div>
          <dt>{t("journal.size")}</dt>
          <dd>{format.number(journal.size)}</dd>
        </div>
        <div>
          <dt>{t("journal.root")}</dt>
          <dd className="journal-root">{journal.root}</dd>
        </div>
      </dl>
      <div className="journal-two">
        <section>
          <h2>{t("journal.checkpoint")}</h2>
          <pre className="code" tabIndex={0}>
            {journal.checkpoint}
          </pre>
          {journal.vkey && (
            <p className="small journal-key">
              <span className="quiet">{t("journal.key")}</span> <code>{journal.vkey}</code>
            </p>
          )}
        </section>
        <section>
          <h2>{t("journal.verify")}</h2>
          <p className="section-lead">{t("journal.verifyHow")}</p>
          <pre className="code" tabIndex={0}>
            xiudai verify
          </pre>
        </section>
      </div>
    </>
  );
}

function Entries({ items }: { items: JournalEvent[] }) {
  const { t } = useLang();
  const format = useFormat();
  if (items.length === 0) {
    return <EmptyState title={t("journal.none")} why={t("journal.noneWhy")} />;
  }
  return (
    <section className="section">
      <h2>{t("journal.events")}</h2>
      <div className="table-box" tabIndex={0} role="region" aria-label={t("journal.events")}>
        <table className="table">
          <thead>
            <tr>
              <th>#</th>
              <th>{t("journal.at")}</th>
              <th>{t("journal.actor")}</th>
              <th>{t("journal.kind")}</th>
              <th>{t("journal.leaf")}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((event) => (
              <tr key={event.id}>
                <td>
                  <AppLink to={`/journal/${event.id}`}>{event.id}</AppLink>
                </td>
                <td className="nowrap">{format.time(event.at)}</td>
                <td>{event.actor}</td>
                <td>{event.kind}</td>
                <td className="mono" title={event.leaf_hash}>
                  {shortHash(event.leaf_hash)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
