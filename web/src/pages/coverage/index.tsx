import { apiUrl, segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Coverage, CoverageItem } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  ExportMenu,
  KindBadge,
  PageHeader,
  useFormat,
  useHashScroll,
} from "../../ui";
import "./coverage.css";

/** Of each kind how many, from how many sources, how fresh, and what is missing. */
export default function CoveragePage() {
  const { t } = useLang();
  const query = useApi<Coverage>("/coverage");
  useHashScroll(query.isSuccess);
  return (
    <>
      <PageHeader
        title={t("coverage.title")}
        lead={t("coverage.lead")}
        actions={<ExportMenu question="coverage" />}
      />
      <Answer query={query} height={700}>
        {(coverage) => {
          const empty = coverage.items.filter((item) => item.count === 0);
          const full = coverage.items.filter((item) => item.count > 0);
          return (
            <>
              <CoverageTable items={full.sort((a, b) => b.count - a.count)} />
              {empty.length > 0 && <EmptyKinds items={empty} />}
            </>
          );
        }}
      </Answer>
    </>
  );
}

function CoverageTable({ items }: { items: CoverageItem[] }) {
  const { t } = useLang();
  const most = Math.log10(Math.max(10, ...items.map((item) => item.count)));
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t("coverage.title")}>
      <table className="table coverage">
        <thead>
          <tr>
            <th>{t("coverage.kind")}</th>
            <th className="right">{t("coverage.count")}</th>
            <th aria-hidden="true" className="coverage-bar-cell" />
            <th className="right">{t("coverage.sources")}</th>
            <th className="right">{t("coverage.statements")}</th>
            <th>{t("coverage.newest")}</th>
            <th className="right">{t("coverage.unresolved")}</th>
            <th className="right">{t("coverage.conflicts")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <CoverageRow key={item.kind} item={item} most={most} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CoverageRow({ item, most }: { item: CoverageItem; most: number }) {
  const format = useFormat();
  const share = (Math.log10(item.count + 1) / most) * 100;
  return (
    <tr id={item.kind}>
      <td>
        <AppLink to={`/search?kind=${item.kind}`} className="coverage-kind">
          <KindBadge kind={item.kind} />
        </AppLink>
      </td>
      <td className="right coverage-count">{format.number(item.count)}</td>
      <td aria-hidden="true" className="coverage-bar-cell">
        <span className="coverage-bar" style={{ width: `${Math.min(100, share)}%` }} />
      </td>
      <td className="right">{format.number(item.sources)}</td>
      <td className="right">{format.number(item.statements)}</td>
      <td className="nowrap">{item.newest?.slice(0, 10) ?? "—"}</td>
      <td className="right">{item.unresolved ? format.number(item.unresolved) : "—"}</td>
      <td className={item.conflicts ? "right gold" : "right"}>
        {item.conflicts ? format.number(item.conflicts) : "—"}
      </td>
    </tr>
  );
}

/** Kinds with nothing in them: what would be here, why it is not, and what brings it. */
function EmptyKinds({ items }: { items: CoverageItem[] }) {
  const { t, pick, lang } = useLang();
  return (
    <section className="section">
      <h2>{t("coverage.emptyTitle")}</h2>
      <ul className="empty-kinds">
        {items.map((item) => {
          const name = pick(item.label);
          const kind = lang === "en" ? name.toLowerCase() : name;
          return (
            <li key={item.kind} id={item.kind}>
              <h3>{name}</h3>
              <p className="quiet small">{t("coverage.emptyWhy", { kind })}</p>
              <p className="row">
                <AppLink className="button button-small" to={`/import?kind=${item.kind}`}>
                  {t("coverage.import")}
                </AppLink>
                <a
                  href={apiUrl(`/kinds/${segment(item.kind)}/template.csv`)}
                  download
                  className="small"
                >
                  {t("coverage.template")}
                </a>
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
