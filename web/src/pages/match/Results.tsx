import type { Answer, Demand, MatchAnswer, MatchVocabulary } from "../../api/review";
import { useLang } from "../../state/lang";
import { EmptyState, EntityLink, useFormat } from "../../ui";
import { ResultCard } from "./ResultCard";
import { legendOf, longest, partColor, type ScorePart } from "./score";

interface ResultsProps {
  answer: MatchAnswer;
  demand: Demand;
  reasons: MatchVocabulary["decline_reasons"];
  busy: boolean;
  /** Changes what is shown without asking again: nothing moves under the hand. */
  patch: (change: (now: MatchAnswer) => MatchAnswer) => void;
  again: () => void;
}

/** The ranked list with its legend, and where the results come from. */
export function Results({ answer, demand, reasons, busy, patch, again }: ResultsProps) {
  const { t, pick } = useLang();
  const format = useFormat();
  const legend = legendOf(answer.items);
  const most = longest(answer.items);
  const answered = (entity: string, made: Answer | null) =>
    patch((now) => ({
      ...now,
      items: now.items.map((each) =>
        each.entity.id === entity ? { ...each, answer: made } : each,
      ),
    }));
  const failed = answer.failed.map((each) =>
    t("match.failed", { label: pick(each.label) || each.key, count: format.number(each.count) }),
  );
  const left = t("match.excluded", { count: format.number(answer.excluded) });
  const excluded = failed.length > 0 ? `${left} (${failed.join(", ")})` : left;
  const fresh = answer.items.filter((each) => each.answer).length > 0;
  if (answer.items.length === 0) {
    const why = [answer.excluded > 0 && excluded, t("match.noneWhy")].filter(Boolean).join(" ");
    return <EmptyState title={t("match.none")} why={why} height={420} />;
  }
  return (
    <>
      <p className="match-line" role="status">
        <b>{t("match.found", { count: format.number(answer.items.length) })}</b>
        {answer.excluded > 0 && <span>{excluded}</span>}
        <span>{t("match.learnt", { count: format.number(answer.learnt_from) })}</span>
        {fresh && (
          <button type="button" className="button-text" disabled={busy} onClick={again}>
            {t("match.again")}
          </button>
        )}
      </p>
      <CoverageChart coverage={answer.coverage} />
      <LegendLine legend={legend} />
      <ol className="results">
        {answer.items.map((result, index) => (
          <ResultCard
            key={result.entity.id}
            at={index + 1}
            result={result}
            demand={demand}
            reasons={reasons}
            legend={legend}
            most={most}
            answered={(made) => answered(result.entity.id, made)}
          />
        ))}
      </ol>
    </>
  );
}

function LegendLine({ legend }: { legend: readonly ScorePart[] }) {
  const { t, pick } = useLang();
  return (
    <ul className="match-legend" aria-label={t("match.legend")}>
      {legend.map((part, index) => (
        <li key={part.key}>
          <span
            className="match-swatch"
            style={{ background: partColor(legend, part.key) }}
            aria-hidden="true"
          >
            <i>{index + 1}</i>
          </span>
          {pick(part.label) || part.key}
        </li>
      ))}
    </ul>
  );
}

/** How many of the results each institution has. */
function CoverageChart({ coverage }: { coverage: MatchAnswer["coverage"] }) {
  const { t } = useLang();
  const format = useFormat();
  const most = Math.max(1, ...coverage.map((each) => each.count));
  if (coverage.length === 0) return null;
  return (
    <section className="match-coverage">
      <h2>{t("match.coverage")}</h2>
      <ul>
        {coverage.slice(0, 8).map((each) => (
          <li key={each.institution?.id ?? each.label}>
            <span className="match-coverage-name">
              {each.institution ? (
                <EntityLink entity={each.institution} />
              ) : (
                each.label || t("match.coverageUnknown")
              )}
            </span>
            <span className="match-coverage-bar" aria-hidden="true">
              <span style={{ width: `${(each.count / most) * 100}%` }} />
            </span>
            <span className="match-coverage-count">{format.number(each.count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
