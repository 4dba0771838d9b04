import { useSchema } from "../../api/query";
import type { IndicatorSummary } from "../../api/types";
import { useLang } from "../../state/lang";

interface IndicatorSelectProps {
  items: IndicatorSummary[];
  value: string;
  onChange: (key: string) => void;
}

/** Fewer places than this make a poor map, so the indicator is listed last. */
const ENOUGH = 5;

/** Figures computed for places rather than stated by anyone. */
const DERIVED = ["metro_density", "metro_stations", "employment_density"] as const;

/** Chooses the indicator that colours the map; those stated for many places come first. */
export function IndicatorSelect({ items, value, onChange }: IndicatorSelectProps) {
  const { t, pick } = useLang();
  const properties = useSchema().data?.properties;
  const computed = (key: string) => DERIVED.some((each) => each === key);
  const stated = items.filter((each) => !computed(each.indicator.key));
  const listed = computed(value) || stated.some((each) => each.indicator.key === value);
  const chosen = properties?.find((each) => each.key === value);
  const many = stated.filter((each) => each.entities >= ENOUGH);
  const few = stated.filter((each) => each.entities < ENOUGH);
  const option = ({ indicator, entities }: IndicatorSummary) => (
    <option key={indicator.key} value={indicator.key}>
      {pick(indicator.label) || indicator.key} · {t("map.places", { count: entities })}
    </option>
  );
  return (
    <label className="map-choose">
      <span className="small quiet">{t("map.colourBy")}</span>
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{t("map.plain")}</option>
        {value && !listed && <option value={value}>{pick(chosen?.label) || value}</option>}
        <optgroup label={t("map.manyPlaces")}>{many.map(option)}</optgroup>
        <optgroup label={t("drawer.derived")}>
          {DERIVED.map((key) => (
            <option key={key} value={key}>
              {t(`map.derived.${key}`)}
            </option>
          ))}
        </optgroup>
        <optgroup label={t("map.fewPlaces")}>{few.map(option)}</optgroup>
      </select>
    </label>
  );
}
