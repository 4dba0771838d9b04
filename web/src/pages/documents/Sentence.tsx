import type { Candidate } from "../../api/review";
import type { Precision, Value } from "../../api/types";
import { useLang } from "../../state/lang";
import { comparatorWord, useFormat, useKindLabel } from "../../ui";
import { masked } from "./spans";

/** Text from outside, with the places where a person's name was taken out marked as such. */
export function Masked({ text }: { text: string }) {
  const { t } = useLang();
  return (
    <>
      {masked(text).map((part, index) =>
        part.hidden ? (
          <span key={index} className="masked" title={t("documents.masked")}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </>
  );
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Fen in the units of money as they are written; what is shown from them is rounded anyway. */
const FEN: Record<string, number> = { 元: 100, 万元: 1e6, 亿元: 1e10, 万亿元: 1e14 };

/** What was read, as a value of the house; null when it is not a number. */
function numeric(candidate: Candidate): Value | null {
  const { value, value_high: high, unit, comparator } = candidate;
  if (!value || !NUMBER.test(value)) return null;
  const fen = FEN[unit ?? ""];
  if (unit && fen) {
    const told = { number: value, comparator, high: high ?? undefined, unit };
    return { type: "money", currency: "CNY", fen: (Number(value) * fen).toFixed(0), ...told };
  }
  return {
    type: "number",
    number: value,
    comparator,
    high: high ?? undefined,
    unit: unit ?? undefined,
  };
}

/** Two decimals are enough for a page; a person who decides must see them all. */
const fine = (text: string | null): boolean => /\.\d{3,}/.test(text ?? "");

const DAY = /^\d{4}(-\d{2}){0,2}$/;

/** The precision of a day written by its length: 2019, 2019-03, 2019-03-12. */
const precisionOf = (day: string): Precision =>
  day.length === 4 ? "year" : day.length === 7 ? "month" : "day";

function Amount({ candidate }: { candidate: Candidate }) {
  const { lang } = useLang();
  const format = useFormat();
  if (!candidate.value) return null;
  if (candidate.kind === "event" && DAY.test(candidate.value)) {
    const whole = `${candidate.value}-01-01`.slice(0, 10);
    return <b>{format.day(whole, precisionOf(candidate.value))}</b>;
  }
  const value = numeric(candidate);
  const parts = value && format.parts(value);
  const exact = [candidate.value, candidate.value_high].filter(Boolean).join("–");
  const whole = !parts || fine(candidate.value) || fine(candidate.value_high);
  return (
    <span className="sentence-value" title={`${exact} ${candidate.unit ?? ""}`.trim()}>
      <span className="figure-word">{comparatorWord(candidate.comparator, lang)}</span>
      <b>{whole ? exact : parts.digits}</b>
      <span className="figure-unit">
        {whole ? format.unit(candidate.unit ?? undefined) : parts.unit}
      </span>
    </span>
  );
}

/** A candidate as one reads it aloud: who, what, how much, when. Plain text, so it may be a button. */
export function Sentence({ candidate }: { candidate: Candidate }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const kindLabel = useKindLabel();
  const { valid_from: from, valid_to: to, precision } = candidate;
  // The day of an event is what is said of it, not when that is true.
  const dated = candidate.kind === "event" && candidate.value !== null;
  const when = dated ? "" : format.valid({ from, to, precision });
  const property = candidate.indicator ? pick(candidate.indicator.label) : candidate.property;
  return (
    <span className="sentence">
      <b>
        <Masked text={candidate.subject} />
      </b>{" "}
      {candidate.kind === "mention" ? (
        <span className="sentence-property">
          {candidate.subject_kind ? kindLabel(candidate.subject_kind) : t("documents.kind.mention")}
        </span>
      ) : (
        <span className="sentence-property">
          <Masked text={property} />
        </span>
      )}{" "}
      {candidate.object && (
        <>
          <span aria-hidden="true" className="sentence-arrow">
            →
          </span>{" "}
          <b>
            <Masked text={candidate.object} />
          </b>{" "}
        </>
      )}
      <Amount candidate={candidate} /> {when && <span className="sentence-when">{when}</span>}{" "}
      {candidate.forecast && <span className="tag tag-hollow">{t("claim.forecast")}</span>}
    </span>
  );
}
