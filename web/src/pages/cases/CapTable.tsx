import { segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { CapTable as Served } from "../../api/transfer";
import { proofName, yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";

interface Part {
  name: string;
  /** Exact: `3/10` or `30%`. */
  share: string;
  capital: string | null;
}

interface Ledger {
  paid_by: string;
  tables: { on: string; after: string; capital: string; holders: Part[] }[];
}

/** A share as a width; only for the picture, the figure itself stays as it came. */
export function widthOf(share: string): number {
  const percent = /^([\d.]+)%$/.exec(share);
  if (percent) return Number(percent[1]);
  const [over = "0", under = "1"] = share.split("/");
  return (Number(over) / Number(under)) * 100;
}

/** Who holds what of the company, at each step; nothing while none was founded. */
export function CapTable({ id }: { id: string }) {
  const { t, lang } = useLang();
  const query = useApi<Served>(`/transfer/cases/${segment(id)}/cap-table`, {}, {
    timeless: true,
    staleTime: 2_000,
  });
  const ledger = query.data?.ledger as unknown as Ledger | null | undefined;
  if (!ledger) return null;
  const names = [...new Set(ledger.tables.flatMap((table) => table.holders.map((part) => part.name)))];
  return (
    <section className="section" aria-label={t("captable.title")}>
      <h2>{t("captable.title")}</h2>
      <p className="quiet small">{t("captable.paidBy", { day: ledger.paid_by })}</p>
      <ol className="captable">
        {ledger.tables.map((table, at) => (
          <li key={at}>
            <p>
              <b>{table.on}</b> {proofName(table.after, lang)} ·{" "}
              {t("captable.capital", { amount: `¥${yuanText(table.capital)}` })}
            </p>
            <div className="captable-bar" aria-hidden="true">
              {table.holders.map((part) => (
                <span
                  key={part.name}
                  className={`captable-${names.indexOf(part.name) % 6}`}
                  style={{ width: `${widthOf(part.share)}%` }}
                />
              ))}
            </div>
            <ul>
              {table.holders.map((part) => (
                <li key={part.name}>
                  <span className={`captable-key captable-${names.indexOf(part.name) % 6}`} aria-hidden="true" />
                  {part.name} <b>{part.share}</b>
                  {part.capital && <span className="quiet small"> ¥{yuanText(part.capital)}</span>}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
