import type { Label } from "../../api/types";

export interface ScorePart {
  key: string;
  label: Label;
  value: number;
}

/** The parts that any result has, in the order in which they first stand; each keeps its color. */
export function legendOf(results: readonly { parts: readonly ScorePart[] }[]): ScorePart[] {
  const seen = new Map<string, ScorePart>();
  for (const { parts } of results) {
    for (const part of parts) if (!seen.has(part.key)) seen.set(part.key, part);
  }
  return [...seen.values()];
}

/** The color of a part, by its place in the legend. */
export const partColor = (legend: readonly ScorePart[], key: string): string =>
  `var(--c${
    (Math.max(
      0,
      legend.findIndex((part) => part.key === key),
    ) %
      8) +
    1
  })`;

/** The longest bar of a list: what its positive parts or its negative parts add up to. */
export function longest(results: readonly { parts: readonly ScorePart[] }[]): number {
  const lengths = results.map(({ parts }) =>
    parts.reduce((sum, part) => sum + Math.max(0, part.value), 0),
  );
  return Math.max(Number.EPSILON, ...lengths);
}

/** One stretch of a score bar, in hundredths of the longest bar. */
export interface Stretch {
  key: string;
  value: number;
  left: number;
  width: number;
}

/** Positive parts from left to right; negative ones eat back from the end, and are drawn so. */
export function stretches(parts: readonly ScorePart[], most: number): Stretch[] {
  let end = 0;
  const gains = parts.filter((part) => part.value > 0);
  const losses = parts.filter((part) => part.value < 0);
  const placed: Stretch[] = gains.map(({ key, value }) => {
    const width = (value / most) * 100;
    const left = end;
    end += width;
    return { key, value, left, width };
  });
  for (const { key, value } of losses) {
    const width = Math.min(end, (-value / most) * 100);
    end -= width;
    placed.push({ key, value, left: end, width });
  }
  return placed;
}
