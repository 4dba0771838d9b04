import type { ScanReport } from "../../api/types";
import { type Key, useLang } from "../../state/lang";
import { useFormat } from "../../ui";

const COUNTS: [keyof ScanReport & string, Key][] = [
  ["rows", "import.rows"],
  ["entities_new", "import.entitiesNew"],
  ["statements", "sources.statements"],
  ["new", "sources.new"],
  ["changed", "sources.changed"],
  ["gone", "sources.gone"],
  ["unchanged", "sources.unchanged"],
];

/** What a table would bring or brought, and each refusal with its row, column and rule. */
export function Report({ report, title }: { report: ScanReport; title: string }) {
  const { t } = useLang();
  const format = useFormat();
  const refused = report.refusals.length;
  return (
    <section className="report">
      <h3>
        {title} <span className="quiet">{report.file}</span>
      </h3>
      <dl className="counts">
        {COUNTS.map(([key, label]) => (
          <div key={key}>
            <dt>{t(label)}</dt>
            <dd>{format.number(report[key] as number)}</dd>
          </div>
        ))}
      </dl>
      <p className={refused ? "cinnabar report-verdict" : "jade report-verdict"} role="status">
        {refused ? t("import.refusals", { count: refused }) : t("import.noRefusals")}
      </p>
      {refused > 0 && <Refusals items={report.refusals} />}
    </section>
  );
}

function Refusals({ items }: { items: ScanReport["refusals"] }) {
  const { t, pick } = useLang();
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={t("import.refusalsName")}>
      <table className="table">
        <thead>
          <tr>
            <th className="right">{t("import.row")}</th>
            <th>{t("import.column")}</th>
            <th>{t("import.value")}</th>
            <th>{t("import.message")}</th>
            <th>{t("import.rule")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((refusal, index) => (
            <tr key={index}>
              <td className="right">{refusal.row ?? "—"}</td>
              <td>{refusal.column ?? "—"}</td>
              <td className="mono">{refusal.value}</td>
              <td>{pick(refusal.message)}</td>
              <td className="quiet">{refusal.rule}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
