import { useLang } from "../../state/lang";
import { useTheme } from "../../state/theme";
import { useFormat } from "../../ui";
import { type Classed, rangeLike } from "./classes";
import { rampOf, readColours } from "./paint";

interface LegendProps {
  classed: Classed;
  only: number | null;
  onOnly: (step: number | null) => void;
}

interface Row {
  step: number;
  count: number;
  fill?: string;
  text: string;
}

/** The classes of the figures; choosing one narrows the map and the list to it. */
export function Legend({ classed, only, onOnly }: LegendProps) {
  const { t } = useLang();
  const format = useFormat();
  useTheme();
  const { classes, figures, sample } = classed;
  const ramp = rampOf(readColours(), classes.length);
  const silent = [...figures.values()].filter((each) => each.step < 0).length;
  const rows: Row[] = classes.map(({ step, low, high, count }) => ({
    step,
    count,
    fill: ramp[step],
    text: sample ? format.value(rangeLike(sample, low, high)) : "",
  }));
  if (silent) rows.push({ step: -1, count: silent, text: t("map.noFigure") });
  return (
    <div className="map-legend" role="group" aria-label={t("map.legendLabel")}>
      {rows.map((row) => (
        <button
          key={row.step}
          type="button"
          className="map-class"
          aria-pressed={only === row.step}
          onClick={() => onOnly(only === row.step ? null : row.step)}
        >
          <span
            className={`map-swatch${row.fill ? "" : " map-swatch-none"}`}
            style={{ background: row.fill }}
          />
          <span>{row.text}</span>
          <span className="quiet">{row.count}</span>
        </button>
      ))}
    </div>
  );
}
