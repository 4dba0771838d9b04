/** One half-turn of a strand: an SVG path, its strand, and whether it passes over. */
export interface BeltPiece {
  path: string;
  strand: number;
  over: boolean;
}

export interface BeltShape {
  width: number;
  height: number;
  strands: number;
  /** Length of one full wave of a strand. */
  period: number;
  /** Room kept above and below for the thickness of the thread. */
  inset: number;
}

const STEP = 16;

/**
 * A flat braid: strand i follows sin(x + 2πi/n) and lies over where sin(2x + …) is positive, so that
 * at every crossing exactly one of the two passes over. Draw the under pieces first.
 */
export function beltPieces(shape: BeltShape): BeltPiece[] {
  const pieces: BeltPiece[] = [];
  for (let strand = 0; strand < shape.strands; strand += 1) {
    pieces.push(...strandPieces(shape, strand));
  }
  return pieces.sort((a, b) => Number(a.over) - Number(b.over));
}

function strandPieces(shape: BeltShape, strand: number): BeltPiece[] {
  const phase = (2 * Math.PI * strand) / shape.strands;
  const turn = (2 * Math.PI) / shape.period;
  const first = Math.floor((2 * phase) / Math.PI) - 1;
  const last = Math.ceil((2 * (turn * shape.width + phase)) / Math.PI) + 1;
  const pieces: BeltPiece[] = [];
  for (let half = first; half < last; half += 1) {
    const from = ((half * Math.PI) / 2 - phase) / turn;
    const to = (((half + 1) * Math.PI) / 2 - phase) / turn;
    const left = Math.max(0, from);
    const right = Math.min(shape.width, to);
    if (right - left < 0.01) continue;
    const path = wave(shape, turn, phase, left, right);
    pieces.push({ path, strand, over: ((half % 2) + 2) % 2 === 0 });
  }
  return pieces;
}

function wave(shape: BeltShape, turn: number, phase: number, left: number, right: number): string {
  const middle = shape.height / 2;
  const reach = middle - shape.inset;
  const points: string[] = [];
  for (let step = 0; step <= STEP; step += 1) {
    const x = left + ((right - left) * step) / STEP;
    const y = middle + reach * Math.sin(turn * x + phase);
    points.push(`${x.toFixed(2)} ${y.toFixed(2)}`);
  }
  return `M${points.join("L")}`;
}
