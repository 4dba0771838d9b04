import type {
  Candidate,
  CandidateKind,
  CandidateState,
  Decision,
  DecisionVerdict,
  ReadDocument,
} from "../../api/review";

export const STATES: readonly CandidateState[] = ["waiting", "accepted", "corrected", "rejected"];
export const KINDS: readonly CandidateKind[] = ["fact", "relation", "event", "mention"];

/** The most decisions that one request may bring. */
export const MOST = 200;

export interface Filter {
  state: CandidateState | "all";
  kind: CandidateKind | "all";
  order: "place" | "confidence";
}

const AFTER: Record<DecisionVerdict, CandidateState> = {
  accept: "accepted",
  correct: "corrected",
  reject: "rejected",
  reopen: "waiting",
};

export function countStates(candidates: readonly Candidate[]): Record<CandidateState, number> {
  const counts = { waiting: 0, accepted: 0, corrected: 0, rejected: 0 };
  for (const candidate of candidates) counts[candidate.state] += 1;
  return counts;
}

function decide(candidate: Candidate, decision: Decision): Candidate {
  const state = AFTER[decision.verdict];
  if (decision.verdict === "reopen") {
    return { ...candidate, state, statement: null, decided_by: null, decided_at: null };
  }
  const { subject, property, comparator, value, value_high, unit } = decision.correction ?? {};
  return {
    ...candidate,
    state,
    subject: subject ?? candidate.subject,
    property: property ?? candidate.property,
    comparator: comparator ?? candidate.comparator,
    value: value ?? candidate.value,
    value_high: value_high ?? candidate.value_high,
    unit: unit ?? candidate.unit,
  };
}

/** The document as it will be once the decisions still under way have been taken. */
export function foresee(read: ReadDocument, pending: readonly Decision[]): ReadDocument {
  if (pending.length === 0) return read;
  const last = new Map(pending.map((decision) => [decision.candidate, decision]));
  const candidates = read.candidates.map((candidate) => {
    const decision = last.get(candidate.id);
    return decision ? decide(candidate, decision) : candidate;
  });
  return { ...read, candidates, document: { ...read.document, counts: countStates(candidates) } };
}

/** The candidates that a filter shows, by place in the text or the surest first. */
export function shown(candidates: readonly Candidate[], filter: Filter): Candidate[] {
  const kept = candidates.filter(
    (each) =>
      (filter.state === "all" || each.state === filter.state) &&
      (filter.kind === "all" || each.kind === filter.kind),
  );
  if (filter.order === "place") return kept;
  return kept.sort((a, b) => b.confidence - a.confidence || a.start - b.start);
}

/** Where to go on after `id`: the next that waits, else the first that waits, else `id` itself. */
export function onward(list: readonly Candidate[], id: string): string {
  const at = list.findIndex((each) => each.id === id);
  const waits = (each: Candidate) => each.state === "waiting" && each.id !== id;
  return (list.slice(at + 1).find(waits) ?? list.find(waits))?.id ?? id;
}

/** The neighbor of `id` in the list, `step` away, stopping at both ends. */
export function neighbor(
  list: readonly Candidate[],
  id: string | null,
  step: 1 | -1,
): string | null {
  const at = list.findIndex((each) => each.id === id);
  if (at < 0) return list[0]?.id ?? null;
  return list[Math.min(list.length - 1, Math.max(0, at + step))]?.id ?? null;
}

/** Those that wait and are at least as sure as `least`. */
export function sureEnough(list: readonly Candidate[], least: number): Candidate[] {
  return list.filter((each) => each.state === "waiting" && each.confidence >= least);
}

/** Lists of at most `size`, in order. */
export function inLots<T>(items: readonly T[], size: number = MOST): T[][] {
  const lots: T[][] = [];
  for (let at = 0; at < items.length; at += size) lots.push(items.slice(at, at + size));
  return lots;
}
