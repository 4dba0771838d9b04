import type { Candidate, Correction, Decision } from "../../api/review";
import type { Comparator, Precision } from "../../api/types";

/** The correction form as it is filled in; every field is text. */
export interface Draft {
  subject: string;
  property: string;
  indicator: string;
  comparator: Comparator;
  value: string;
  value_high: string;
  unit: string;
  valid: string;
  entity: string;
}

const PLACES: Partial<Record<Precision, number>> = { year: 4, month: 7 };

/** A time as people type it: 2025, 2025-06, 2025-06-30, or two of them parted by a slash. */
export function timeText(from: string | null, to: string | null, precision: Precision): string {
  const cut = (day: string) => day.slice(0, PLACES[precision] ?? 10);
  const [start, end] = [from ? cut(from) : "", to ? cut(to) : ""];
  return start === end || !end ? start : `${start}/${end}`;
}

/** Whether `text` is such a time; an empty one says nothing about it. */
export function isTime(text: string): boolean {
  const day = String.raw`\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?`;
  return text === "" || new RegExp(`^${day}(/${day})?$`).test(text);
}

/** The form as it opens: what the reader understood. */
export function draftOf(candidate: Candidate): Draft {
  return {
    subject: candidate.subject,
    property: candidate.property,
    indicator: candidate.indicator?.key ?? "",
    comparator: candidate.comparator,
    value: candidate.value ?? "",
    value_high: candidate.value_high ?? "",
    unit: candidate.unit ?? "",
    valid: timeText(candidate.valid_from, candidate.valid_to, candidate.precision),
    entity: candidate.subject_entity?.id ?? "",
  };
}

/**
 * The decision that the form makes: only what was changed is sent. Nothing changed, or only whom the
 * subject means, is an acceptance of what was read.
 */
export function decisionOf(candidate: Candidate, draft: Draft): Decision {
  const before = draftOf(candidate);
  const { entity, ...fields } = draft;
  const changed = Object.entries(fields).filter(
    ([name, text]) => text.trim() !== before[name as keyof Draft],
  );
  const correction: Correction = Object.fromEntries(
    changed.map(([name, text]) => [name, text.trim()]),
  );
  return {
    candidate: candidate.id,
    verdict: changed.length > 0 ? "correct" : "accept",
    ...(changed.length > 0 && { correction }),
    ...(entity && entity !== before.entity && { entity }),
  };
}
