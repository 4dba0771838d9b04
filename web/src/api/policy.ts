// The wire types of policies under /api/v1/policies, as the contract has them.

import type { components } from "./schema.gen";
import type { Proof } from "./transfer";

type Served = components["schemas"];

export type Catalogue = Served["Catalogue"];
export type PolicyLine = Served["PolicyLine"];
export type PolicyPage = Served["PolicyPage"];
export type FactKind = Served["FactKind"];
export type Evaluation = Served["Evaluation"];

export interface Words {
  zh: string;
  en: string;
}

/** What a policy grants: an amount only where it is exact or an upper bound. */
export interface Granted {
  kind: "none" | "granted" | "exact" | "up_to" | "range" | "unknown";
  amount?: string;
  low?: string;
  high?: string;
}

export interface Asked {
  input: string;
  label: Words;
  ask: number;
}

/** The outcome of one policy, as `/policies/evaluation` gives it. */
export interface Outcome {
  policy: string;
  title: Words;
  eligible?: "yes" | "no" | "unknown";
  result?: Granted;
  discretion?: boolean;
  missing?: Asked[];
  unread?: { parameter: string; label: Words }[];
  left_out?: { criterion: Words; because: Words }[];
  trouble?: { message: Words } | null;
  whynot?: { changes: { input: string; label: Words; to: string }[] }[];
  refused?: { code: string; input: string | null; value: string | null; message: Words };
  proof?: Proof;
}

/** The outcome of every policy for one set of facts. */
export interface Package {
  as_of: string;
  policies: Outcome[];
  questions: (Asked & { policies: number })[];
  together: { total: string; policies: { policy: string; amount: string }[] };
}
