import type { CandidateState } from "../../api/review";
import { useLang } from "../../state/lang";
import { useFormat } from "../../ui";
import { STATES } from "./candidates";

/** How far a document has been looked at: a small bar of states, and the same in words. */
export function StateBar({ counts }: { counts: Record<CandidateState, number> }) {
  const { t } = useLang();
  const format = useFormat();
  const total = STATES.reduce((sum, state) => sum + counts[state], 0);
  const seen = total - counts.waiting;
  const words = STATES.filter((state) => counts[state] > 0)
    .map((state) => `${t(`documents.state.${state}`)} ${counts[state]}`)
    .join(" · ");
  if (total === 0) return <span className="quiet small">{t("documents.nothingRead")}</span>;
  return (
    <span className="state-bar-box" title={words}>
      <span className="state-bar" aria-hidden="true">
        {(["accepted", "corrected", "rejected"] as const).map((state) => (
          <span
            key={state}
            className={`state-bar-${state}`}
            style={{ width: `${(counts[state] / total) * 100}%` }}
          />
        ))}
      </span>
      <span className="state-bar-words">
        {t("documents.seen", { seen: format.number(seen), total: format.number(total) })}
      </span>
      <span className="visually-hidden">{words}</span>
    </span>
  );
}
