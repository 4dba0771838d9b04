import { type InvoiceLine, yuanOf } from "../../api/compute";
import { useLang } from "../../state/lang";
import { AppLink, useFormat } from "../../ui";
import { useComputeWords } from "./words";

const DEVICE_HOUR = 3_600_000_000;

/** Milli-GPU-milliseconds as device-hours: six decimals, rounded down; the exact figure is told on
 * asking. */
export function deviceHours(used: number): string {
  const micro = Math.floor(used / (DEVICE_HOUR / 1_000_000));
  return `${Math.floor(micro / 1_000_000)}.${String(micro % 1_000_000).padStart(6, "0")}`;
}

interface ChargeTableProps {
  lines: InvoiceLine[];
  label: string;
  /** Whether each line names its job. */
  jobs?: boolean;
}

/** What runs were charged for, with its sum. */
export function ChargeTable({ lines, label, jobs }: ChargeTableProps) {
  const { t } = useLang();
  const format = useFormat();
  const words = useComputeWords();
  const sum = lines.reduce((total, line) => total + line.micro_yuan, 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <div className="compute-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {jobs && <th scope="col">{t("compute.queue")}</th>}
            <th scope="col">{t("compute.kind")}</th>
            <th scope="col">{t("compute.since")}</th>
            <th scope="col" className="right">
              {t("vouchers.used")}
            </th>
            <th scope="col" className="right">
              {t("vouchers.price")}
            </th>
            <th scope="col" className="right">
              {t("vouchers.cost")}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.job} ${line.from}`}>
              {jobs && (
                <td>
                  <AppLink to={`/compute/${line.job}`}>{line.name || line.job}</AppLink>
                </td>
              )}
              <td>{words.kind(line.kind)}</td>
              <td>{format.time(line.from)}</td>
              <td className="right" title={`${line.milli_gpu_ms} milli-GPU·ms`}>
                {deviceHours(line.milli_gpu_ms)}
              </td>
              <td className="right">{yuanOf(line.price)}</td>
              <td className="right">{yuanOf(line.micro_yuan)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={jobs ? 5 : 4}>
              {t("vouchers.sum")}
            </th>
            <td className="right">
              <strong>{yuanOf(sum)}</strong>
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
