import { ApiError } from "../../api/client";
import { useLang } from "../../state/lang";
import { ProblemPlace } from "../../ui";
import type { Decisions, Refused } from "./useDecisions";

/** What was just done, with a way back; or why it was refused. */
export function Notices({ decisions }: { decisions: Decisions }) {
  const { t } = useLang();
  const { last, refused } = decisions;
  if (refused) return <Refusal refused={refused} dismiss={decisions.dismiss} />;
  const made = last.filter((each) => each.verdict !== "reopen");
  const verdict = made[0]?.verdict;
  const takeBack = () =>
    decisions.decide(made.map(({ candidate }) => ({ candidate, verdict: "reopen" as const })));
  return (
    <div className="notice" role="status">
      {verdict && verdict !== "reopen" && (
        <>
          <span>{t(`documents.done.${verdict}`, { count: made.length })}</span>
          <button type="button" className="button-text" onClick={takeBack}>
            {t("documents.takeBack")}
          </button>
        </>
      )}
    </div>
  );
}

function Refusal({ refused, dismiss }: { refused: Refused; dismiss: () => void }) {
  const { t } = useLang();
  const { error, decisions } = refused;
  const problem = error instanceof ApiError ? error.problem : null;
  const words =
    problem?.status === 0 ? t("error.lostWhy") : String(problem?.detail ?? problem?.title);
  return (
    <div className="notice notice-refused" role="alert">
      <div>
        <p>
          {t("documents.refused", { count: decisions.length })} {words}
        </p>
        <ProblemPlace problem={problem} />
      </div>
      <button type="button" className="button-text" onClick={dismiss}>
        {t("action.close")}
      </button>
    </div>
  );
}
