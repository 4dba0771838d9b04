import type { Outcome } from "../../api/policy";

/** Facts as people gave them, by name; what is empty is not known. */
export type Facts = Record<string, string>;

const KEPT = "policies.facts";

/** The facts of this visit; they stay in this tab and are sent only to be worked out. */
export function keptFacts(): Facts {
  try {
    const text = sessionStorage.getItem(KEPT);
    const found: unknown = text ? JSON.parse(text) : {};
    if (typeof found !== "object" || found === null) return {};
    const texts = Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    return Object.fromEntries(texts);
  } catch {
    return {};
  }
}

/** Keeps the facts for this tab. */
export function keepFacts(facts: Facts): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(facts));
  } catch {
    // A tab without storage works; it only forgets when it is left.
  }
}

/** The facts that were answered. */
export const answered = (facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ""));

export type Standing = "granted" | "open" | "not" | "refused";

/** Where a policy stands for someone: granted, open for want of facts, not granted, or a fact does not fit. */
export function standing(outcome: Outcome): Standing {
  if (outcome.refused) return "refused";
  if (outcome.eligible === "no") return "not";
  if (outcome.eligible === "yes" && outcome.result && outcome.result.kind !== "unknown") return "granted";
  return "open";
}

/** How far a policy is from an answer: how many facts it still asks, the fewest first. */
export const distance = (outcome: Outcome): number => outcome.missing?.length ?? 0;

/** Fen of an amount in yuan, exactly; amounts on the wire have two decimals. */
export function fen(amount: string | undefined): bigint {
  const found = /^(\d+)\.(\d{2})$/.exec(amount ?? "");
  return found ? BigInt(`${found[1] ?? "0"}${found[2] ?? "00"}`) : 0n;
}

/** Outcomes of one standing, what pays most first, then what is nearest to an answer. */
export function arranged(all: Outcome[], wanted: Standing): Outcome[] {
  const money = (one: Outcome) => fen(one.result?.amount ?? one.result?.high);
  return all
    .filter((one) => standing(one) === wanted)
    .sort((a, b) => {
      const more = money(b) - money(a);
      if (more !== 0n) return more > 0n ? 1 : -1;
      return distance(a) - distance(b) || a.policy.localeCompare(b.policy);
    });
}
