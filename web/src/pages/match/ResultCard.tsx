import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, remove, segment } from "../../api/client";
import { useOfficer } from "../../api/query";
import type { Answer, Demand, MatchResult, MatchVocabulary } from "../../api/review";
import { useLang } from "../../state/lang";
import { AppLink, EntityLink, Field, FormError, KindBadge } from "../../ui";
import { partColor, type ScorePart, stretches } from "./score";

interface ResultCardProps {
  at: number;
  result: MatchResult;
  demand: Demand;
  reasons: MatchVocabulary["decline_reasons"];
  legend: readonly ScorePart[];
  /** The longest bar of the list. */
  most: number;
  answered: (answer: Answer | null) => void;
}

/** One result: who, how it scored and of what, what it shares, what holds, and the answer to it. */
export function ResultCard(props: ResultCardProps) {
  const { at, result, legend, most } = props;
  const { t, lang } = useLang();
  const reasons = result.reasons[lang];
  return (
    <li className="result">
      <div className="result-head">
        <span className="result-rank" aria-label={t("match.rank", { at })}>
          {at}
        </span>
        <h3>
          <EntityLink entity={result.entity} />
        </h3>
        <KindBadge kind={result.kind} />
      </div>
      <ScoreBar result={result} legend={legend} most={most} />
      {result.terms.length > 0 && (
        <p className="result-terms">
          <span className="quiet small">{t("match.terms")}</span>
          {result.terms.map((term) => (
            <span key={term} className="tag">
              {term}
            </span>
          ))}
        </p>
      )}
      {reasons.length > 0 && (
        <ul className="result-reasons" aria-label={t("match.reasons")}>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {result.constraints.length > 0 && <Conditions items={result.constraints} />}
      <AnswerLine {...props} />
    </li>
  );
}

interface ScoreBarProps {
  result: MatchResult;
  legend: readonly ScorePart[];
  most: number;
}

/** The score as a bar of its parts; each has its number, which the legend explains. */
function ScoreBar({ result, legend, most }: ScoreBarProps) {
  const { t, pick } = useLang();
  const number = (key: string) => legend.findIndex((part) => part.key === key) + 1;
  return (
    <details className="score">
      <summary>
        <span className="visually-hidden">{t("match.score")}</span>
        <span className="score-track" aria-hidden="true">
          {stretches(result.parts, most).map((part) => (
            <span
              key={part.key}
              className={part.value < 0 ? "score-part score-loss" : "score-part"}
              style={{
                left: `${part.left}%`,
                width: `${part.width}%`,
                background: part.value < 0 ? undefined : partColor(legend, part.key),
              }}
            >
              {part.width > 5 && <i>{number(part.key)}</i>}
            </span>
          ))}
        </span>
        <b className="score-sum">{result.score.toFixed(2)}</b>
      </summary>
      <dl className="facts score-parts">
        {result.parts.map((part) => (
          <div key={part.key}>
            <dt>
              <span
                className="match-swatch"
                style={{ background: partColor(legend, part.key) }}
                aria-hidden="true"
              >
                <i>{number(part.key)}</i>
              </span>{" "}
              {pick(part.label) || part.key}
            </dt>
            <dd>{`${part.value < 0 ? "−" : "+"}${Math.abs(part.value).toFixed(2)}`}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const SIGNS = { yes: "✓", no: "✗", unknown: "?" } as const;

function Conditions({ items }: { items: MatchResult["constraints"] }) {
  const { t, pick } = useLang();
  return (
    <div
      className="table-box conditions"
      tabIndex={0}
      role="region"
      aria-label={t("match.constraints")}
    >
      <table className="table">
        <thead>
          <tr>
            <th>{t("match.condition")}</th>
            <th>{t("match.wanted")}</th>
            <th>{t("match.has")}</th>
            <th>{t("match.holds")}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.key}>
              <td>{pick(item.label) || item.key}</td>
              <td>{pick(item.wanted)}</td>
              <td>{pick(item.has) || <span className="quiet">—</span>}</td>
              <td className={`holds holds-${item.holds}`}>
                <span aria-hidden="true">{SIGNS[item.holds]}</span> {t(`match.holds.${item.holds}`)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Whether it fits: one word for yes, a reason for no; an answer can be taken back. */
function AnswerLine({ result, demand, reasons, answered }: ResultCardProps) {
  const { t, pick } = useLang();
  const client = useQueryClient();
  const officer = useOfficer();
  const [declining, setDeclining] = useState(false);
  const settle = (answer: Answer | null) => {
    answered(answer);
    setDeclining(false);
    void client.invalidateQueries({ queryKey: ["api-pages", "/answers"] });
  };
  const send = useMutation({
    mutationFn: (answer: { verdict: Answer["verdict"]; reason?: string; note?: string }) =>
      post<Answer>("/answers", { demand, entity: result.entity.id, ...answer }),
    onSuccess: settle,
  });
  const takeBack = useMutation({
    mutationFn: (id: string) => remove(`/answers/${segment(id)}`),
    onSuccess: () => settle(null),
  });
  if (!officer) {
    return (
      <p className="small">
        <AppLink to="/account">{t("match.signIn")}</AppLink>
      </p>
    );
  }
  const { answer } = result;
  if (answer) {
    return (
      <div className="row result-answer">
        <span
          className={answer.verdict === "accept" ? "state-word-accepted" : "state-word-rejected"}
        >
          {t(answer.verdict === "accept" ? "match.accepted" : "match.declined")}
          {answer.reason && ` · ${pick(answer.reason.label) || answer.reason.code}`}
        </span>
        {answer.note && <span className="quiet small">{answer.note}</span>}
        <button
          type="button"
          className="button-text small"
          disabled={takeBack.isPending}
          onClick={() => takeBack.mutate(answer.id)}
        >
          {t("match.takeBack")}
        </button>
        <FormError error={takeBack.error} />
      </div>
    );
  }
  return (
    <div className="result-answer">
      <div className="row">
        <button
          type="button"
          className="button button-small"
          disabled={send.isPending}
          onClick={() => send.mutate({ verdict: "accept" })}
        >
          {t("match.accept")}
        </button>
        <button
          type="button"
          className="button button-small"
          aria-expanded={declining}
          onClick={() => setDeclining(!declining)}
        >
          {t("match.decline")}
        </button>
      </div>
      {declining && (
        <Decline
          reasons={reasons}
          busy={send.isPending}
          send={(reason, note) => send.mutate({ verdict: "decline", reason, note })}
        />
      )}
      <FormError error={send.error} />
    </div>
  );
}

interface DeclineProps {
  reasons: MatchVocabulary["decline_reasons"];
  busy: boolean;
  send: (reason: string, note?: string) => void;
}

function Decline({ reasons, busy, send }: DeclineProps) {
  const { t, pick } = useLang();
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(reason, note.trim() || undefined);
  };
  return (
    <form className="decline" onSubmit={submit} aria-label={t("match.declineWhy")}>
      <fieldset>
        <legend>{t("match.declineWhy")}</legend>
        <div className="chips">
          {reasons.map((each) => (
            <label key={each.code} className="chip chip-radio">
              <input
                type="radio"
                name="reason"
                required
                value={each.code}
                checked={reason === each.code}
                onChange={() => setReason(each.code)}
              />
              {pick(each.label) || each.code}
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label={t("match.note")}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="button button-small button-main" disabled={busy}>
        {t("match.declineSave")}
      </button>
    </form>
  );
}
