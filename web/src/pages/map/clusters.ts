import { TILE, type View } from "./camera";
import { mercator, type Point, unmercator } from "./geometry";
import type { Spot } from "./scene";

/** Spots that lie too near one another to be told apart, drawn as one counted seal. */
export interface Seal {
  key: string;
  at: Point;
  spots: Spot[];
}

const CELL = 46;

/**
 * Groups spots by a lattice fixed to the ground, at half steps of zoom, so that panning never
 * regroups them. The seal sits at the mean of its members.
 */
export function sealsOf(spots: Spot[], view: View): Seal[] {
  const step = Math.round(view.zoom * 2) / 2;
  const size = TILE * 2 ** step;
  const cells = new Map<string, Spot[]>();
  for (const spot of spots) {
    const [x, y] = mercator(spot.at);
    const key = `${Math.floor((x * size) / CELL)}:${Math.floor((y * size) / CELL)}`;
    const cell = cells.get(key);
    if (cell) cell.push(spot);
    else cells.set(key, [spot]);
  }
  return merged(
    [...cells].map(([key, members]) => ({ key, at: mean(members), spots: members })),
    size,
  );
}

/** Seals whose means ended up closer than a seal is wide become one. */
function merged(seals: Seal[], size: number): Seal[] {
  const kept: Seal[] = [];
  for (const seal of seals.sort((a, b) => b.spots.length - a.spots.length)) {
    const near = kept.find((each) => {
      const [ax, ay] = mercator(each.at);
      const [bx, by] = mercator(seal.at);
      const room = each.spots.length > 1 || seal.spots.length > 1 ? 26 : 9;
      return Math.hypot(ax - bx, ay - by) * size < room;
    });
    if (near) near.spots = [...near.spots, ...seal.spots];
    else kept.push(seal);
  }
  return kept;
}

function mean(spots: Spot[]): Point {
  const points = spots.map((each) => mercator(each.at));
  const sum = points.reduce<Point>((all, at) => [all[0] + at[0], all[1] + at[1]], [0, 0]);
  return unmercator([sum[0] / points.length, sum[1] / points.length]);
}
