import type { Label } from "../../api/types";

export interface Part {
  feature: string;
  label: Label;
  /** Log odds. */
  contribution: number;
}

/** One step: from the sum before it to the sum after it, in log odds. */
export interface Step {
  key: string;
  /** Null for what the parts leave unsaid: where the sum starts. */
  label: Label | null;
  contribution: number;
  from: number;
  to: number;
}

export interface Waterfall {
  steps: Step[];
  /** The bounds of the drawing, in log odds; 0 is always within. */
  least: number;
  most: number;
  sum: number;
}

/** Surer than this cannot be drawn: it would dwarf every part. */
const EDGE = 1e-6;

export function logOdds(probability: number): number {
  const within = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return Math.log(within / (1 - within));
}

/** The parts as steps that end at the log odds of the probability; a rest becomes the start. */
export function waterfall(parts: readonly Part[], probability: number): Waterfall {
  const told = parts.reduce((sum, part) => sum + part.contribution, 0);
  const rest = logOdds(probability) - told;
  // A sure pair's odds are rounded on the wire; only a rest that could be seen is a step.
  const sure = probability <= EDGE || probability >= 1 - EDGE;
  const steps: Step[] = [];
  let at = 0;
  const push = (key: string, label: Label | null, contribution: number) => {
    steps.push({ key, label, contribution, from: at, to: at + contribution });
    at += contribution;
  };
  if (!sure && Math.abs(rest) > 0.05) push("start", null, rest);
  for (const part of parts) push(part.feature, part.label, part.contribution);
  const edges = [0, ...steps.map((step) => step.to)];
  return { steps, least: Math.min(...edges), most: Math.max(...edges), sum: at };
}
