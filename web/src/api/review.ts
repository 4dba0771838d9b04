// The wire types of reading, resolving and matching under /api/v1, in the manner of types.ts.

import type { Comparator, EntityRef, Label, Precision } from "./types";

/** Whether a read candidate has been decided, and how. */
export type CandidateState = "waiting" | "accepted" | "corrected" | "rejected";
export type CandidateKind = "fact" | "mention" | "relation" | "event";

export interface DocumentCard {
  key: string;
  title: string;
  publisher: string | null;
  published: string | null;
  url: string | null;
  format: "text" | "html" | "pdf" | "docx";
  bytes: number;
  characters: number;
  counts: Record<CandidateState, number>;
  recorded_at: string;
  withdrawn: boolean;
}

/** What a reader found in a document and a person has yet to decide, or has decided. */
export interface Candidate {
  /** "C12". */
  id: string;
  kind: CandidateKind;
  /** The first reader is the grammar; an endpoint is a second one, a model elsewhere. */
  reader: "grammar" | "endpoint";
  subject: string;
  subject_entity: EntityRef | null;
  subject_kind: string | null;
  /** As written. */
  property: string;
  indicator: { key: string; label: Label } | null;
  /** The other side of a relation. */
  object: string | null;
  comparator: Comparator;
  value: string | null;
  value_high: string | null;
  unit: string | null;
  valid_from: string | null;
  valid_to: string | null;
  precision: Precision;
  forecast: boolean;
  /** As written, persons masked. */
  quote: string;
  /** Bytes in the original. */
  start: number;
  end: number;
  /** UTF-16 code units in the document's text. */
  shown_start: number;
  shown_end: number;
  /** 0..100. */
  confidence: number;
  state: CandidateState;
  /** "S123" once it is accepted. */
  statement: string | null;
  decided_by: string | null;
  decided_at: string | null;
}

/** A document with its repaired text ("\n" between paragraphs) and its candidates by place. */
export interface ReadDocument {
  document: DocumentCard;
  text: string;
  candidates: Candidate[];
}

/** What a person says the text means; fields left out stay as they were read. */
export interface Correction {
  subject?: string;
  indicator?: string;
  property?: string;
  comparator?: Comparator;
  value?: string;
  value_high?: string;
  unit?: string;
  /** A year, month or day: 2025, 2025-06, 2025-06-30. */
  valid?: string;
}

export type DecisionVerdict = "accept" | "reject" | "correct" | "reopen";

export interface Decision {
  candidate: string;
  verdict: DecisionVerdict;
  correction?: Correction;
  /** Whom the subject means, when nobody or somebody else was linked. */
  entity?: string;
}

export type PairVerdict = "positive" | "negative" | "unsure";

export interface Side {
  entity: EntityRef;
  names: string[];
  place: EntityRef | null;
  keys: { scheme: string; label: Label; value: string }[];
  statements: number;
  sources: string[];
  facts: { label: Label; value: string }[];
}

/** Two entities that may be one, with what speaks for and against it. */
export interface Pair {
  left: Side;
  right: Side;
  /** 0..1 that both are one. */
  probability: number;
  zone: "review" | "merge";
  /** Log odds; they add up to those of the probability. */
  parts: { feature: string; label: Label; contribution: number }[];
  judgement: Judgement | null;
}

export interface Judgement {
  /** "M3". */
  id: string;
  left: EntityRef;
  right: EntityRef;
  verdict: PairVerdict;
  reason: string | null;
  by: string;
  at: string;
  undone_by: string | null;
  undone_at: string | null;
}

export interface PairPage {
  items: Pair[];
  next: string | null;
  counts: { review: number; merge: number; judged: number };
}

export type ConstraintType = "choice" | "money" | "date" | "text";

export interface ConstraintTerm {
  key: string;
  label: Label;
  type: ConstraintType;
  choices?: { key: string; label: Label }[];
}

/** What a demand may ask for, and why an offer may be declined. */
export interface MatchVocabulary {
  kinds: { key: string; label: Label }[];
  constraints: ConstraintTerm[];
  decline_reasons: { code: string; label: Label }[];
}

export interface Demand {
  title: string;
  text: string;
  kinds: string[];
  /** By key, as people write them. */
  constraints: Record<string, string>;
}

export interface MatchResult {
  entity: EntityRef;
  kind: string;
  /** The sum of its parts. */
  score: number;
  parts: { key: string; label: Label; value: number }[];
  terms: string[];
  constraints: {
    key: string;
    label: Label;
    wanted: Label;
    /** Null when nobody knows. */
    has: Label | null;
    holds: "yes" | "no" | "unknown";
  }[];
  reasons: { zh: string[]; en: string[] };
  answer: Answer | null;
}

export interface MatchAnswer {
  /** The digest of the demand, "D1a2b…". */
  demand: string;
  items: MatchResult[];
  looked_at: number;
  /** Of those looked at, how many break a condition. */
  excluded: number;
  failed: { key: string; label: Label; count: number }[];
  coverage: { institution: EntityRef | null; label: string; count: number }[];
  learnt_from: number;
}

export interface Answer {
  /** "O4". */
  id: string;
  demand: string;
  title: string;
  entity: EntityRef;
  verdict: "accept" | "decline";
  reason: { code: string; label: Label } | null;
  note: string | null;
  by: string;
  at: string;
  taken_back_at: string | null;
}
