import type { IndicatorSummary } from "../../api/types";
import { useLang } from "../../state/lang";

interface IndicatorSelectProps {
  items: IndicatorSummary[];
  value: string;
  onChange: (key: string) => void;
}

/** Fewer places than this make a poor map, so the indicator is listed last. */
const ENOUGH = 5;

/** Chooses the indicator that colours the map; those stated for many places come first. */
export function IndicatorSelect({ items, value, onChange }: IndicatorSelectProps) {
  const { t, pick } = useLang();
  const many = items.filter((each) => each.entities >= ENOUGH);
  const few = items.filter((each) => each.entities < ENOUGH);
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
        <optgroup label={t("map.manyPlaces")}>{many.map(option)}</optgroup>
        <optgroup label={t("map.fewPlaces")}>{few.map(option)}</optgroup>
      </select>
    </label>
  );
}
