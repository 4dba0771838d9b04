import { useMemo } from "react";
import type { Params } from "../../api/client";
import { useApi } from "../../api/query";
import type { Cube } from "../../api/types";
import { useLang } from "../../state/lang";
import { EmptyState, ErrorState, ExportMenu, Loading, PageHeader } from "../../ui";
import { useAddress } from "../map/address";
import { AxisFilter } from "./AxisFilter";
import { Pivot } from "./Pivot";
import "../map/map.css";
import "./cube.css";

export const AXES = ["kind", "street", "industry", "source", "year"] as const;
export type AxisName = (typeof AXES)[number];
export type Measure = "entities" | "statements";

const isAxis = (text: string | null): text is AxisName => AXES.some((each) => each === text);

/** The question in the address: two axes, what is counted, and what each axis is narrowed to. */
function useQuestion() {
  const [search, change] = useAddress();
  const wanted = search.get("rows");
  const rows: AxisName = isAxis(wanted) ? wanted : "kind";
  const across = search.get("columns");
  const other: AxisName = rows === "year" ? "kind" : "year";
  const columns: AxisName = isAxis(across) && across !== rows ? across : other;
  const measure: Measure = search.get("measure") === "statements" ? "statements" : "entities";
  const text = search.toString();
  const filters = useMemo(() => {
    const all = new URLSearchParams(text);
    return Object.fromEntries(AXES.map((axis) => [axis, all.getAll(axis)])) as Record<
      AxisName,
      string[]
    >;
  }, [text]);
  return { rows, columns, measure, filters, change };
}

export type CubeQuestion = ReturnType<typeof useQuestion>;

/** Filters as query parameters; a list keeps the empty key, which means "not stated". */
export function filterParams(filters: Record<AxisName, string[]>, without?: AxisName): Params {
  const kept = AXES.filter((axis) => axis !== without && filters[axis].length > 0);
  return Object.fromEntries(kept.map((axis) => [axis, filters[axis]]));
}

/** The cube: any two of five axes, counted, with the statements behind every cell. */
export default function CubePage() {
  const { t } = useLang();
  const asked = useQuestion();
  const { rows, columns, measure, filters, change } = asked;
  const params: Params = { rows, columns, measure, ...filterParams(filters) };
  const query = useApi<Cube>("/cube", params);
  const narrowed = AXES.some((axis) => filters[axis].length > 0);
  const clear = () => change(Object.fromEntries(AXES.map((axis) => [axis, null])));
  const cube = query.data;
  return (
    <div className="cube-page">
      <PageHeader
        title={t("nav.cube")}
        lead={t("cube.lead")}
        actions={<ExportMenu question="cube" params={params} />}
      />
      <Controls {...asked} narrowed={narrowed} onClear={clear} />
      {cube && cube.rows.members.length > 0 ? (
        <>
          <p className="quiet small cube-summary" aria-live="polite">
            {t(measure === "entities" ? "cube.totalEntities" : "cube.totalStatements", {
              total: cube.total.toLocaleString(),
            })}{" "}
            {measure === "entities" && t("cube.distinct")}
          </p>
          <Pivot
            cube={cube}
            question={params}
            busy={query.isPlaceholderData}
            onNarrow={(axis, key) => change({ [axis]: [key] })}
          />
        </>
      ) : cube ? (
        <EmptyState
          title={t("cube.none")}
          why={t("cube.noneWhy")}
          action={
            narrowed && (
              <button type="button" className="button" onClick={clear}>
                {t("search.clear")}
              </button>
            )
          }
        />
      ) : query.error ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} height={480} />
      ) : (
        <Loading height={480} />
      )}
    </div>
  );
}

type ControlsProps = CubeQuestion & { narrowed: boolean; onClear: () => void };

function Controls(props: ControlsProps) {
  const { rows, columns, measure, filters, change, narrowed, onClear } = props;
  const { t } = useLang();
  const setRows = (next: AxisName) =>
    change({ rows: next, columns: next === columns ? rows : columns });
  const setColumns = (next: AxisName) =>
    change({ columns: next, rows: next === rows ? columns : rows });
  return (
    <div className="cube-tools">
      <AxisSelect label={t("cube.rows")} value={rows} onChange={setRows} />
      <button
        type="button"
        className="button cube-swap"
        aria-label={t("cube.swap")}
        title={t("cube.swap")}
        onClick={() => change({ rows: columns, columns: rows })}
      >
        ⇄
      </button>
      <AxisSelect label={t("cube.columns")} value={columns} onChange={setColumns} />
      <div className="map-tabs" role="group" aria-label={t("cube.measure")}>
        {(["entities", "statements"] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={measure === each}
            onClick={() => change({ measure: each === "entities" ? null : each })}
          >
            {t(`cube.${each}`)}
          </button>
        ))}
      </div>
      <div className="cube-filters" role="group" aria-label={t("search.filters")}>
        <span className="small quiet">{t("search.filters")}</span>
        {AXES.map((axis) => (
          <AxisFilter
            key={axis}
            axis={axis}
            beside={axis === rows ? columns : rows}
            chosen={filters[axis]}
            others={filterParams(filters, axis)}
            onChange={(keys) => change({ [axis]: keys })}
          />
        ))}
        {narrowed && (
          <button type="button" className="button button-small" onClick={onClear}>
            {t("search.clear")}
          </button>
        )}
      </div>
    </div>
  );
}

interface AxisSelectProps {
  label: string;
  value: AxisName;
  onChange: (axis: AxisName) => void;
}

function AxisSelect({ label, value, onChange }: AxisSelectProps) {
  const { t } = useLang();
  return (
    <label className="cube-axis">
      <span className="small quiet">{label}</span>
      <select
        className="field"
        value={value}
        onChange={(event) => onChange(event.target.value as AxisName)}
      >
        {AXES.map((axis) => (
          <option key={axis} value={axis}>
            {t(`cube.axis.${axis}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
