import { useMemo, useState } from "react";
import { segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Series } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityPicker,
  ExportMenu,
  PageHeader,
  useFormat,
} from "../../ui";
import "../graph/graph.css";
import "../map/map.css";
import { useAddress } from "../map/address";
import { type Claim, claimsOf, isCrossSection, isWide } from "./claims";
import { SeriesChart } from "./SeriesChart";
import { Conflicts, Key, Signs } from "./SeriesParts";
import { SeriesTable } from "./SeriesTable";

/** One indicator: every dated claim drawn, conflicts in view, and the same rows as a table. */
export function SeriesPage({ indicator }: { indicator: string }) {
  const { t, pick, lang } = useLang();
  const format = useFormat();
  const [search] = useAddress();
  const entity = search.getAll("entity");
  const family = search.get("family") === "true";
  const path = `/indicators/${segment(indicator)}/series`;
  const query = useApi<Series>(path, { entity, family: family || undefined });
  const series = query.data;
  const title = series ? pick(series.indicator.label) || indicator : query.error ? indicator : "…";
  const money = lang === "en" && series?.indicator.value_type === "money";
  const unit = money ? "CNY" : series?.unit && format.unit(series.unit);
  return (
    <div className="indicators">
      <PageHeader
        eyebrow={<AppLink to="/indicators">{t("nav.indicators")}</AppLink>}
        title={title}
        lead={unit ? t("indicators.unit", { unit }) : undefined}
        actions={
          <>
            <AppLink className="button" to={`/map?indicator=${segment(indicator)}`}>
              {t("indicators.onMap")}
            </AppLink>
            <ExportMenu
              question="series"
              params={{ indicator, entity, family: family || undefined }}
            />
          </>
        }
      />
      <Answer query={query} height={560}>
        {(answer) => <SeriesView series={answer} />}
      </Answer>
    </div>
  );
}

/** What of the series is shown and how. */
function useSeriesView(series: Series) {
  const all = useMemo(() => claimsOf(series), [series]);
  const [hidden, setHidden] = useState<string[]>([]);
  const [log, setLog] = useState<boolean | null>(null);
  const [way, setWay] = useState<Way | null>(null);
  const entities = useMemo(() => order(series, all), [series, all]);
  const claims = useMemo(
    () => all.filter((each) => !hidden.includes(each.entity.id)),
    [all, hidden],
  );
  const shown = useMemo(() => entities.filter((id) => !hidden.includes(id)), [entities, hidden]);
  const byEntity = way === null ? isCrossSection(claims) : way === "entity";
  const wide = isWide(claims);
  const toggle = (id: string) =>
    setHidden(hidden.includes(id) ? hidden.filter((each) => each !== id) : [...hidden, id]);
  const marks = { all, claims, entities, shown, hidden };
  // By subject the small ones vanish beside the large unless the scale is logarithmic.
  return { ...marks, byEntity, wide, log: wide && (log ?? byEntity), setLog, setWay, toggle };
}

type Way = "time" | "entity";
type View = ReturnType<typeof useSeriesView>;

function SeriesView({ series }: { series: Series }) {
  const { t, pick } = useLang();
  const [search, change] = useAddress();
  const view = useSeriesView(series);
  const { all, claims, entities, shown, hidden, byEntity, log } = view;
  const undated = byEntity ? 0 : claims.filter((each) => each.at === null).length;
  if (!all.length) {
    return (
      <EmptyState
        title={t("indicators.empty")}
        why={t("entity.noneWhy")}
        action={
          search.has("entity") && (
            <button type="button" className="button" onClick={() => change({ entity: null })}>
              {t("indicators.everyone")}
            </button>
          )
        }
      />
    );
  }
  const words = { name: pick(series.indicator.label), count: claims.length };
  return (
    <>
      <Tools {...view} />
      {!byEntity && entities.length > 1 && (
        <Key entities={entities} claims={all} hidden={hidden} onToggle={view.toggle} />
      )}
      <figure className="series-figure">
        <SeriesChart
          claims={claims}
          entities={byEntity ? shown : entities}
          byEntity={byEntity}
          log={log}
          label={t("indicators.chart", words)}
        />
        <Signs claims={claims} />
        {undated > 0 && (
          <p className="quiet small">{t("indicators.undated", { count: undated })}</p>
        )}
      </figure>
      <Conflicts conflicts={series.conflicts} />
      <SeriesTable claims={claims} indicator={series.indicator.key} />
    </>
  );
}

/** Whom to compare, drawn by time or by subject, on which scale, with which definitions. */
function Tools({ entities, byEntity, wide, log, setLog, setWay }: View) {
  const { t } = useLang();
  const [search, change] = useAddress();
  const asked = search.getAll("entity");
  const add = (id: string) =>
    change({ entity: [...new Set([...(asked.length ? asked : entities), id])] });
  return (
    <div className="indicator-tools">
      <EntityPicker label={t("indicators.compare")} value="" onChange={add} />
      {entities.length > 1 && (
        <div className="map-tabs" role="group" aria-label={t("graph.view")}>
          {(["time", "entity"] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={byEntity === (each === "entity")}
              onClick={() => setWay(each)}
            >
              {t(`indicators.by.${each}`)}
            </button>
          ))}
        </div>
      )}
      {wide && (
        <label className="check">
          <input type="checkbox" checked={log} onChange={() => setLog(!log)} />
          {t("indicators.log")}
        </label>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={search.get("family") === "true"}
          onChange={(event) => change({ family: event.target.checked ? "true" : null })}
        />
        {t("indicators.family")}
      </label>
      {asked.length > 0 && (
        <button
          type="button"
          className="button button-small"
          onClick={() => change({ entity: null })}
        >
          {t("indicators.everyone")}
        </button>
      )}
    </div>
  );
}

/** Entities from the largest latest figure to the smallest, so that colours follow weight. */
function order(series: Series, claims: Claim[]): string[] {
  const best = new Map<string, number>();
  for (const { entity, number } of claims) {
    best.set(entity.id, Math.max(best.get(entity.id) ?? -Infinity, number));
  }
  const known = series.entities.map((each) => each.id).filter((id) => best.has(id));
  const ids = known.length ? known : [...best.keys()];
  return [...ids].sort((a, b) => (best.get(b) ?? 0) - (best.get(a) ?? 0) || (a < b ? -1 : 1));
}
