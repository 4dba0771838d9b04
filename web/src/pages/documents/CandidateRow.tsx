import { memo } from "react";
import type { Candidate, Decision } from "../../api/review";
import { Figure } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, useFormat } from "../../ui";
import { CorrectForm } from "./CorrectForm";
import { Masked, Sentence } from "./Sentence";

export interface RowProps {
  candidate: Candidate;
  chosen: boolean;
  ticked: boolean;
  /** Whether the reader may decide. */
  allowed: boolean;
  correcting: boolean;
  /** Whether it was refused because nobody is known by the subject's name. */
  nobody: boolean;
  choose: (id: string) => void;
  tick: (id: string) => void;
  decide: (decision: Decision) => void;
  /** Opens the correction of this candidate, or closes it. */
  correct: (id: string | null) => void;
}

/** One candidate: a sentence in a line; opened, where it stands, whom it means, what to do. */
export const CandidateRow = memo(function CandidateRow(props: RowProps) {
  const { candidate, chosen, ticked, allowed } = props;
  const { t } = useLang();
  const waiting = candidate.state === "waiting";
  return (
    <li className={`candidate candidate-${candidate.state}${chosen ? " candidate-chosen" : ""}`}>
      <div className="candidate-line">
        {allowed && (
          <input
            type="checkbox"
            className="candidate-tick"
            aria-label={t("documents.tick", { id: candidate.id })}
            checked={ticked}
            disabled={!waiting}
            onChange={() => props.tick(candidate.id)}
          />
        )}
        <button
          type="button"
          className="candidate-main"
          data-candidate={candidate.id}
          aria-expanded={chosen}
          onClick={() => props.choose(candidate.id)}
        >
          <Sentence candidate={candidate} />
        </button>
        <span className="candidate-side">
          {candidate.reader === "endpoint" && (
            <span className="tag tag-hollow" title={t("documents.endpointWhy")}>
              {t("documents.endpoint")}
            </span>
          )}
          <StateMark candidate={candidate} />
        </span>
      </div>
      {chosen && <Opened {...props} />}
    </li>
  );
});

/** The state in a word; while it waits, how sure the reader is. */
function StateMark({ candidate }: { candidate: Candidate }) {
  const { t } = useLang();
  const { state, confidence } = candidate;
  if (state === "waiting") {
    return (
      <span className="candidate-sure" title={t("documents.sure", { confidence })}>
        <span className="confidence" aria-hidden="true">
          <span style={{ width: `${confidence}%` }} />
        </span>
        <span className="visually-hidden">{t("claim.confidence")} </span>
        {confidence}
      </span>
    );
  }
  return <span className={`state-word state-word-${state}`}>{t(`documents.state.${state}`)}</span>;
}

function Opened({ candidate, allowed, correcting, nobody, decide, correct }: RowProps) {
  const { t, pick } = useLang();
  const format = useFormat();
  const label = candidate.indicator ? pick(candidate.indicator.label) : "";
  return (
    <div className="candidate-open">
      <blockquote className="claim-quote">
        <Masked text={candidate.quote} />
      </blockquote>
      <dl className="facts">
        <dt>{t("documents.means")}</dt>
        <dd>
          {candidate.subject_entity ? (
            <EntityLink entity={candidate.subject_entity} badge />
          ) : (
            <span className="gold">{t("documents.meansNobody")}</span>
          )}
        </dd>
        {label && label !== candidate.property && (
          <>
            <dt>{t("documents.asWritten")}</dt>
            <dd>
              <Masked text={candidate.property} />
            </dd>
          </>
        )}
        {candidate.statement && (
          <>
            <dt>{t("custody.statement")}</dt>
            <dd>
              <Figure open={{ statement: candidate.statement }} size="s" className="plain-figure">
                {candidate.statement}
              </Figure>
            </dd>
          </>
        )}
        {candidate.decided_at && (
          <>
            <dt>{t("documents.decided")}</dt>
            <dd>
              {candidate.decided_by}{" "}
              <span className="quiet">{format.time(candidate.decided_at)}</span>
            </dd>
          </>
        )}
      </dl>
      {allowed && !correcting && (
        <Actions candidate={candidate} decide={decide} correct={correct} />
      )}
      {allowed && correcting && (
        <CorrectForm
          candidate={candidate}
          nobody={nobody}
          decide={decide}
          close={() => correct(null)}
        />
      )}
    </div>
  );
}

function Actions({
  candidate,
  decide,
  correct,
}: Pick<RowProps, "candidate" | "decide" | "correct">) {
  const { t } = useLang();
  const act = (verdict: "accept" | "reject" | "reopen") => () =>
    decide({ candidate: candidate.id, verdict });
  if (candidate.state !== "waiting") {
    return (
      <div className="row candidate-actions">
        <button type="button" className="button button-small" onClick={act("reopen")}>
          {t("documents.reopen")} <kbd>u</kbd>
        </button>
      </div>
    );
  }
  return (
    <div className="row candidate-actions">
      <button type="button" className="button button-small button-main" onClick={act("accept")}>
        {t("documents.accept")} <kbd>a</kbd>
      </button>
      <button type="button" className="button button-small" onClick={act("reject")}>
        {t("documents.reject")} <kbd>x</kbd>
      </button>
      <button type="button" className="button button-small" onClick={() => correct(candidate.id)}>
        {t("documents.correct")} <kbd>c</kbd>
      </button>
    </div>
  );
}
