import { type ECharts, init } from "echarts/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useEvidence } from "../../evidence";
import { useAsOf } from "../../state/asof";
import { useLang } from "../../state/lang";
import { useTheme } from "../../state/theme";
import { useEntityName, useFormat } from "../../ui";
import { chartOption, type ChartWords, STACK } from "./chart";
import { type Claim, fullest, stacked } from "./claims";

interface SeriesChartProps {
  claims: Claim[];
  entities: string[];
  byEntity: boolean;
  log: boolean;
  label: string;
}

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);

/** A figure on the scale: money in English is read in yuan, everything else in its own unit. */
function scaleText(
  value: number,
  claims: Claim[],
  lang: string,
  format: (number: number) => string,
): string {
  const money = claims.find((each) => each.value.type === "money" && each.number > 0);
  if (lang !== "en" || money?.value.type !== "money") return format(value);
  return format(((Number(money.value.fen) / money.number) * value) / 100);
}

/** What the chart says in the reader's language. */
function useChartWords(claims: Claim[]): ChartWords {
  const { t, lang } = useLang();
  const { valid } = useAsOf();
  const format = useFormat();
  const name = useEntityName();
  return useMemo(() => {
    const tip = (claim: Claim): string => {
      const when = claim.statement ? claim.statement.valid : claim.derived?.valid;
      const source = claim.statement?.source.title ?? t("figure.derived");
      const forecast = claim.forecast ? ` · ${t("claim.forecast")}` : "";
      const lines = [
        `<strong>${escape(format.value(claim.value))}</strong>${forecast}`,
        escape(name(claim.entity)),
        escape((when && format.valid(when)) || t("claim.noDate")),
        `<span style="color:var(--ink-3)">${escape(source)}</span>`,
      ];
      return lines.join("<br>");
    };
    return {
      number: (value) => scaleText(value, claims, lang, format.number),
      tip,
      name: (claim) => name(claim.entity),
      conflict: t("indicators.bracket"),
      asOf: valid ? format.day(valid) : "",
    };
    // `name` is new each time; what it says depends on the language.
  }, [claims, lang, t, format, valid]);
}

/** The claims drawn; a dot opens its evidence. The table beneath says the same in words. */
export function SeriesChart({ claims, entities, byEntity, log, label }: SeriesChartProps) {
  const { theme } = useTheme();
  const { valid } = useAsOf();
  const evidence = useEvidence();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const placed = useMemo(
    () => (byEntity ? stacked(claims) : claims.filter((each) => each.at !== null)),
    [claims, byEntity],
  );
  const drawn = useRef(placed);
  drawn.current = placed;
  const open = useRef(evidence.open);
  open.current = evidence.open;

  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", { seriesId: "claims" }, ({ dataIndex }) => {
      const claim = drawn.current[dataIndex];
      if (claim?.statement) open.current({ statement: claim.statement });
      else if (claim?.derived) {
        open.current({ derived: claim.derived, entity: claim.entity.id });
      }
    });
    const watch = new ResizeObserver(([entry]) => {
      made.resize();
      setWidth(entry?.contentRect.width ?? 0);
    });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  const words = useChartWords(placed);
  const narrow = width > 0 && width < 560;
  useEffect(() => {
    const asOf = valid ? Date.parse(`${valid}T00:00:00Z`) : null;
    const input = { claims: placed, entities, byEntity, log, asOf, words, narrow };
    chart.current?.setOption(chartOption(input), { notMerge: true });
  }, [placed, entities, byEntity, log, valid, theme, words, narrow]);

  const height = byEntity
    ? Math.max(220, entities.length * Math.max(32, fullest(claims) * STACK + 8) + 70)
    : 400;
  return (
    <div ref={box} className="series-chart" style={{ height }} role="img" aria-label={label} />
  );
}
