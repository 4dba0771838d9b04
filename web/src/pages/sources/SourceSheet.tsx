import type { ReactNode } from "react";
import { segment } from "../../api/client";
import { useOfficer, useApi, useApiPages } from "../../api/query";
import type { ScanRun, SourcePage, Statement } from "../../api/types";
import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  documentPath,
  EntityLink,
  ErrorState,
  ExportMenu,
  isDocument,
  Loading,
  OutLink,
  PageHeader,
  shortHash,
  SourceLink,
  useFormat,
  useHashScroll,
} from "../../ui";
import { Freshness } from "./SourceList";
import { Withdraw } from "./Withdraw";

/** One source: who, under what licence, how fresh, what each scan brought, and what it says. */
export function SourceSheet({ id }: { id: string }) {
  const query = useApi<SourcePage>(`/sources/${segment(id)}`);
  useHashScroll(query.isSuccess);
  return (
    <>
      {query.error && !query.data && <PageHeader title={id} />}
      <Answer query={query} height={800}>
        {(source) => <Sheet source={source} />}
      </Answer>
    </>
  );
}

function Sheet({ source }: { source: SourcePage }) {
  const { t } = useLang();
  const officer = useOfficer();
  return (
    <>
      <PageHeader
        eyebrow={
          <span className="row">
            <AppLink to="/sources">{t("sources.title")}</AppLink>
            <span className="mono">{source.key}</span>
            <Freshness source={source} />
            {source.withdrawn && <span className="tag cinnabar">{t("source.withdrawn")}</span>}
          </span>
        }
        title={source.title || source.key}
        lead={source.publisher}
        actions={
          <>
            {isDocument(source.key) && (
              <AppLink className="button" to={documentPath(source.key)}>
                {t("custody.text")}
              </AppLink>
            )}
            <ExportMenu question="statements" params={{ source: source.key }} />
          </>
        }
      />
      <Counts source={source} />
      <Facts source={source} />
      <Runs runs={source.runs} />
      {source.children.length > 0 && (
        <section className="section">
          <h2>{t("sources.children")}</h2>
          <ul className="source-children">
            {source.children.map((child) => (
              <li key={child.key}>
                <SourceLink source={child} />
                <span className="quiet small">
                  {child.published} {t("search.statements", { count: child.statements })}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Says source={source} />
      {officer && <Withdraw source={source} />}
    </>
  );
}

function Counts({ source }: { source: SourcePage }) {
  const { t } = useLang();
  const format = useFormat();
  const counts = [
    [t("sources.rows"), source.rows],
    [t("sources.entities"), source.entities],
    [t("sources.statements"), source.statements],
  ] as const;
  return (
    <dl className="counts">
      {counts.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{count === null ? "—" : format.number(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Facts({ source }: { source: SourcePage }) {
  const { t } = useLang();
  const format = useFormat();
  const rows: [string, ReactNode][] = [
    [t("sources.licence"), source.licence],
    [t("sources.attribution"), source.attribution],
    [t("sources.published"), source.published],
    [t("sources.retrieved"), source.retrieved],
    [t("sources.scanned"), source.last_scanned && format.time(source.last_scanned)],
    [
      t("sources.digest"),
      source.digest && (
        <span className="mono" title={source.digest}>
          {shortHash(source.digest)}
        </span>
      ),
    ],
    [t("sources.visit"), source.url && <OutLink href={source.url} />],
  ];
  return (
    <dl className="facts source-facts">
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Runs({ runs }: { runs: ScanRun[] }) {
  const { t } = useLang();
  const format = useFormat();
  return (
    <section className="section">
      <h2>{t("sources.runs")}</h2>
      {runs.length === 0 ? (
        <p className="quiet">{t("sources.runsNone")}</p>
      ) : (
        <div className="table-box" tabIndex={0} role="region" aria-label={t("sources.runs")}>
          <table className="table">
            <thead>
              <tr>
                <th>{t("sources.at")}</th>
                <th className="right">{t("sources.rows")}</th>
                <th className="right">{t("sources.statements")}</th>
                <th className="right">{t("sources.new")}</th>
                <th className="right">{t("sources.changed")}</th>
                <th className="right">{t("sources.gone")}</th>
                <th className="right">{t("sources.unchanged")}</th>
                <th>{t("sources.digest")}</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.event}>
                  <td className="nowrap">
                    <AppLink to={`/journal/${run.event}`}>{format.time(run.at)}</AppLink>
                  </td>
                  {[run.rows, run.statements, run.new, run.changed, run.gone, run.unchanged].map(
                    (count, at) => (
                      <td key={at} className="right">
                        {format.number(count)}
                      </td>
                    ),
                  )}
                  <td className="mono" title={run.digest}>
                    {shortHash(run.digest)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Says({ source }: { source: SourcePage }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const list = useApiPages<Statement>("/statements", { source: source.key, limit: 30 });
  return (
    <section className="section" id="statements">
      <h2>{t("sources.statementsOf")}</h2>
      {list.isPending && <Loading height={300} />}
      {list.error && <ErrorState error={list.error} retry={() => void list.refetch()} />}
      {list.items.length > 0 && (
        <div
          className="table-box"
          tabIndex={0}
          role="region"
          aria-label={t("sources.statementsOf")}
        >
          <table className="table">
            <tbody>
              {list.items.map((statement) => (
                <tr key={statement.id}>
                  <td>
                    <EntityLink entity={statement.subject} badge />
                  </td>
                  <td className="quiet">{pick(statement.property.label)}</td>
                  <td>
                    <Figure statement={statement} />
                  </td>
                  <td className="quiet">{format.valid(statement.valid)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && (
        <button
          type="button"
          className="button source-more"
          onClick={() => void list.fetchNextPage()}
        >
          {t("action.more")}
        </button>
      )}
    </section>
  );
}
