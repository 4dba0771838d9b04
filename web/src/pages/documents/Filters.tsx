import type { CandidateState } from "../../api/review";
import { useLang } from "../../state/lang";
import { type Filter, KINDS, STATES } from "./candidates";
import { StateBar } from "./StateBar";

interface FiltersProps {
  counts: Record<CandidateState, number>;
  filter: Filter;
  set: (filter: Filter) => void;
  help: () => void;
  move: (step: 1 | -1) => void;
}

/** How far one is, which candidates are listed, and in which order. */
export function Filters({ counts, filter, set, help, move }: FiltersProps) {
  const { t } = useLang();
  return (
    <div className="review-tools">
      <div className="review-progress">
        <StateBar counts={counts} />
        <span className="review-steps">
          {([-1, 1] as const).map((step) => (
            <button
              key={step}
              type="button"
              className="button button-small"
              aria-label={t(step < 0 ? "documents.previous" : "documents.next")}
              onClick={() => move(step)}
            >
              <span aria-hidden="true">{step < 0 ? "↑" : "↓"}</span>
            </button>
          ))}
        </span>
        <button type="button" className="button button-small keys-button" onClick={help}>
          {t("keys.title")} <kbd>?</kbd>
        </button>
      </div>
      <div className="chips" role="group" aria-label={t("documents.byState")}>
        {(["all", ...STATES] as const).map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={filter.state === state}
            onClick={() => set({ ...filter, state })}
          >
            {t(`documents.state.${state}`)}
            {state !== "all" && <span className="chip-count">{counts[state]}</span>}
          </button>
        ))}
      </div>
      <div className="row review-selects">
        <select
          className="field field-small"
          aria-label={t("documents.byKind")}
          value={filter.kind}
          onChange={(event) => set({ ...filter, kind: event.target.value as Filter["kind"] })}
        >
          {(["all", ...KINDS] as const).map((kind) => (
            <option key={kind} value={kind}>
              {t(`documents.kind.${kind}`)}
            </option>
          ))}
        </select>
        <select
          className="field field-small"
          aria-label={t("documents.order")}
          value={filter.order}
          onChange={(event) => set({ ...filter, order: event.target.value as Filter["order"] })}
        >
          <option value="place">{t("documents.order.place")}</option>
          <option value="confidence">{t("documents.order.confidence")}</option>
        </select>
      </div>
    </div>
  );
}

/** What the marks in the text mean: each state has its own line under the words. */
export function Legend() {
  const { t } = useLang();
  return (
    <p className="review-legend" aria-hidden="true">
      {STATES.map((state) => (
        <span key={state}>
          <span className={`span span-${state}`}>{t(`documents.state.${state}`)}</span>
        </span>
      ))}
    </p>
  );
}
