import { useLang } from "../../state/lang";
import { Belt } from "../../ui";
import { stageName } from "./BoardPage";

interface Knot {
  stage: string;
  count?: number;
  entered?: string | null;
}

interface StageLineProps {
  stages: Knot[];
  /** The stage chosen, or the one a case stands in. */
  chosen: string;
  choose?: (stage: string) => void;
}

/** The stages on one strand: counts on the board, days in a case. */
export function StageLine({ stages, chosen, choose }: StageLineProps) {
  const { t } = useLang();
  return (
    // A strip that scrolls sideways on a phone can be reached by keyboard.
    <div className="stage-line" role="group" tabIndex={0} aria-label={t("cases.stages")}>
      <Belt width={1200} height={10} period={92} thread={1.6} className="stage-strand" />
      <ol>
        {stages.map((each) => {
          const here = each.stage === chosen;
          const done = each.entered !== undefined && each.entered !== null;
          const look = here ? " stage-here" : done ? " stage-done" : "";
          const inside = (
            <>
              <span className="stage-count">{each.count ?? (done ? "●" : "○")}</span>
              <span className="stage-name">{stageName(each.stage, t)}</span>
              {each.entered && <span className="stage-day">{each.entered}</span>}
            </>
          );
          return (
            <li key={each.stage} className={`stage${look}`} aria-current={here ? "step" : undefined}>
              {choose ? (
                <button type="button" aria-pressed={here} onClick={() => choose(each.stage)}>
                  {inside}
                </button>
              ) : (
                <span className="stage-still">{inside}</span>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
