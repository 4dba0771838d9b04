import { useLang } from "../../state/lang";

interface ChoicesProps {
  label: string;
  options: { key: string; text: string; color?: string }[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** A button that folds out into checkboxes; none chosen means all. */
export function Choices({ label, options, chosen, onChange }: ChoicesProps) {
  const { t } = useLang();
  const toggle = (key: string) =>
    onChange(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  const text = chosen.length ? `${label} · ${chosen.length}` : label;
  return (
    <details className="map-layers graph-choices">
      <summary className="button">{text}</summary>
      <div className="map-card">
        {options.map(({ key, text: name, color }) => (
          <label key={key} className="check">
            <input type="checkbox" checked={chosen.includes(key)} onChange={() => toggle(key)} />
            {color && <span className="kind-knot" style={{ background: color }} />}
            {name}
          </label>
        ))}
        {chosen.length > 0 && (
          <button type="button" className="button button-small" onClick={() => onChange([])}>
            {t("graph.all")}
          </button>
        )}
      </div>
    </details>
  );
}
