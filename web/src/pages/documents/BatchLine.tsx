import { useLang } from "../../state/lang";

interface BatchLineProps {
  /** How many waiting candidates are ticked. */
  marked: number;
  /** How many listed ones wait and are at least as sure as `least`. */
  sure: number;
  /** 0..100. */
  least: number;
  setLeast: (least: number) => void;
  accept: () => void;
  reject: () => void;
  untick: () => void;
}

/** Many at once: those that are ticked or, when none is, those that are sure enough. */
export function BatchLine(props: BatchLineProps) {
  const { marked, sure, least } = props;
  const { t } = useLang();
  if (marked > 0) {
    return (
      <div className="batch">
        <span>{t("documents.marked", { count: marked })}</span>
        <button type="button" className="button button-small button-main" onClick={props.accept}>
          {t("documents.accept")} <kbd>⇧A</kbd>
        </button>
        <button type="button" className="button button-small" onClick={props.reject}>
          {t("documents.reject")}
        </button>
        <button type="button" className="button-text small" onClick={props.untick}>
          {t("documents.untick")}
        </button>
      </div>
    );
  }
  return (
    <div className="batch">
      <label className="batch-least">
        <span className="small">{t("documents.least")}</span>
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={least}
          aria-valuetext={String(least)}
          onChange={(event) => props.setLeast(Number(event.target.value))}
        />
        <output>{least}</output>
      </label>
      <button
        type="button"
        className="button button-small"
        disabled={sure === 0}
        onClick={props.accept}
      >
        {t("documents.acceptSure", { count: sure })} <kbd>⇧A</kbd>
      </button>
    </div>
  );
}
