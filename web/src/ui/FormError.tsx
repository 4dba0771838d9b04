import { ApiError } from "../api/client";
import type { Problem } from "../api/types";
import { useLang } from "../state/lang";

/** Where in a file, form or query the refused value stands, and the rule it breaks. */
export function ProblemPlace({ problem }: { problem: Problem | null }) {
  const { t } = useLang();
  const place = problem?.where;
  if (!place) return null;
  const words = [
    place.file,
    place.row != null && t("claim.row", { row: place.row }),
    place.column,
    place.value && `“${place.value}”`,
    place.rule,
  ].filter(Boolean);
  return words.length > 0 ? <p className="mono">{words.join(" · ")}</p> : null;
}

/** Why a write was refused, under its form; nothing when it was not. */
export function FormError({ error }: { error: unknown }) {
  const { t } = useLang();
  if (!error) return null;
  const problem = error instanceof ApiError ? error.problem : null;
  const text =
    problem?.status === 0
      ? t("error.lostWhy")
      : (problem?.detail ?? problem?.title ?? String(error));
  return (
    <div className="form-error" role="alert">
      <p>{text}</p>
      <ProblemPlace problem={problem} />
      {problem?.errors?.map((each) => (
        <p key={each.pointer}>
          <span className="mono">{each.pointer}</span> {each.detail}
        </p>
      ))}
    </div>
  );
}
