import type { Choropleth, Derived, EntityRef, Statement, Value } from "../../api/types";

/** One place's figure: what is drawn and what opens behind it. */
export interface Figure {
  entity: EntityRef;
  value: Value | null;
  number: number | null;
  statement: Statement | null;
  derived: Derived | null;
  /** Which class it falls into, or −1 when nothing is stated. */
  step: number;
}

export interface Class {
  step: number;
  low: number;
  high: number;
  count: number;
}

export interface Classed {
  figures: Map<string, Figure>;
  classes: Class[];
  /** A value of the indicator, to format a number in the same unit. */
  sample: Value | null;
}

const STEPS = 5;

export function numeric(value: Value | null | undefined): number | null {
  if (value?.type !== "number" && value?.type !== "money") return null;
  const read = value.type === "money" ? Number(value.fen) : Number(value.number);
  return Number.isFinite(read) ? read : null;
}

/** From `low` to `high`, as `numeric` gives them, in the shape of `sample`. */
export function rangeLike(sample: Value, low: number, high: number): Value {
  const comparator = low === high ? "=" : "range";
  const upper = (text: string) => (low === high ? undefined : text);
  if (sample.type === "number") {
    return { ...sample, comparator, number: String(low), high: upper(String(high)) };
  }
  if (sample.type !== "money") return sample;
  const fenPerUnit = Number(sample.fen) / Number(sample.number) || 1;
  const inUnit = (fen: number): string => String(Number((fen / fenPerUnit).toFixed(4)));
  const fen = String(Math.round(low));
  return { ...sample, comparator, number: inUnit(low), fen, high: upper(inUnit(high)) };
}

/** Up to five classes of about equally many places, cut only between different figures. */
export function classify(answer: Choropleth): Classed {
  const figures = new Map<string, Figure>();
  for (const { entity, statement, derived } of answer.items) {
    const value = statement?.value ?? derived?.value ?? null;
    const shown = { value, number: numeric(value), step: -1 };
    figures.set(entity.id, { entity, statement, derived: derived ?? null, ...shown });
  }
  const known = [...figures.values()].filter((each) => each.number !== null);
  known.sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const distinct = new Set(known.map((each) => each.number)).size;
  const steps = Math.min(STEPS, distinct);
  const classes: Class[] = [];
  known.forEach((figure, at) => {
    const number = figure.number ?? 0;
    const wanted = Math.min(steps - 1, Math.floor((at * steps) / known.length));
    const last = classes.at(-1);
    if (last && (last.high === number || wanted <= last.step)) {
      last.high = Math.max(last.high, number);
      last.count += 1;
    } else {
      classes.push({ step: wanted, low: number, high: number, count: 1 });
    }
    figure.step = classes.length - 1;
  });
  classes.forEach((each, at) => (each.step = at));
  return { figures, classes, sample: known[0]?.value ?? null };
}
