import type { Demand } from "../../api/review";

const KEPT = "xiudai.match.draft";

/** The form before anything is written in it. */
export const EMPTY: Demand = { title: "", text: "", kinds: [], constraints: {} };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Reads a kept draft; whatever is not one, or only in part, becomes what it can. */
export function readDraft(kept: string | null): Demand {
  let found: Partial<Record<keyof Demand, unknown>>;
  try {
    found = (JSON.parse(kept ?? "null") ?? {}) as typeof found;
  } catch {
    return EMPTY;
  }
  const constraints = Object.entries((found.constraints ?? {}) as Record<string, unknown>);
  return {
    title: text(found.title),
    text: text(found.text),
    kinds: Array.isArray(found.kinds) ? found.kinds.map(text).filter(Boolean) : [],
    constraints: Object.fromEntries(
      constraints.map(([key, value]) => [key, text(value)]).filter(([, value]) => value),
    ),
  };
}

export const keptDraft = (): Demand => readDraft(localStorage.getItem(KEPT));

export function keepDraft(demand: Demand): void {
  if (isEmpty(demand)) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, JSON.stringify(demand));
}

export function isEmpty({ title, text: said, kinds, constraints }: Demand): boolean {
  return !title && !said && kinds.length === 0 && Object.keys(constraints).length === 0;
}

/** What is asked: without spaces around, without conditions left open, in a steady order. */
export function asked(demand: Demand): Demand {
  const entries = Object.entries(demand.constraints)
    .map(([key, value]) => [key, value.trim()] as const)
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    title: demand.title.trim(),
    text: demand.text.trim(),
    kinds: [...demand.kinds].sort(),
    constraints: Object.fromEntries(entries),
  };
}
