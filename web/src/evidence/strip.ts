import type { Comparator, Statement } from "../api/types";

/** One claim placed on a line of numbers from 0 to 1. */
export interface StripMark {
  id: string;
  at: number;
  /** The far end of a range. */
  to?: number;
  comparator: Comparator;
}

/**
 * Places the numeric claims of `statements` on one line; null when fewer than two different numbers
 * share one unit, for then there is nothing to compare. Floats serve only for drawing.
 */
export function stripMarks(statements: Statement[]): StripMark[] | null {
  const read = statements.flatMap(({ id, value }) => {
    if (value.type !== "number" && value.type !== "money") return [];
    const low = Number(value.number);
    const high = value.high === undefined ? undefined : Number(value.high);
    return [{ id, unit: value.unit ?? "", low, high, comparator: value.comparator }];
  });
  if (new Set(read.map((each) => each.unit)).size !== 1) return null;
  const ends = read.flatMap(({ low, high }) => (high === undefined ? [low] : [low, high]));
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  if (!(most > least)) return null;
  const place = (value: number) => (value - least) / (most - least);
  return read.map(({ id, low, high, comparator }) => ({
    id,
    at: place(low),
    to: high === undefined ? undefined : place(high),
    comparator,
  }));
}
