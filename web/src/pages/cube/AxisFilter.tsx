import { useState } from "react";
import type { Params } from "../../api/client";
import { useApi } from "../../api/query";
import type { Cube } from "../../api/types";
import { useLang } from "../../state/lang";
import type { AxisName } from "./index";

interface AxisFilterProps {
  axis: AxisName;
  /** Any other axis; the members of this one are read from a cube of the two. */
  beside: AxisName;
  chosen: string[];
  others: Params;
  onChange: (keys: string[]) => void;
}

/** Narrows one axis to some of its members; asked for only when it is opened. */
export function AxisFilter({ axis, beside, chosen, others, onChange }: AxisFilterProps) {
  const { t, pick } = useLang();
  const [open, setOpen] = useState(false);
  const params = { ...others, rows: axis, columns: beside };
  const query = useApi<Cube>("/cube", params, { enabled: open });
  const label = t(`cube.axis.${axis}`);
  const totals = new Map(query.data?.row_totals.map((each) => [each.key, each.value]));
  const toggle = (key: string) =>
    onChange(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  return (
    <details
      className="map-layers cube-filter"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary
        className={chosen.length ? "button button-small cube-filter-on" : "button button-small"}
      >
        {chosen.length ? `${label} · ${chosen.length}` : label}
      </summary>
      <div className="map-card">
        {query.data?.rows.members.map((member) => (
          <label key={member.key} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(member.key)}
              onChange={() => toggle(member.key)}
            />
            {pick(member.label) || member.key || t("search.unknown")}
            <span className="quiet small">{totals.get(member.key)}</span>
          </label>
        ))}
        {open && !query.data && <span className="quiet small">{t("state.loading")}</span>}
        {chosen.length > 0 && (
          <button type="button" className="button button-small" onClick={() => onChange([])}>
            {t("graph.all")}
          </button>
        )}
      </div>
    </details>
  );
}
