import type { FeatureCollection, Geometry, LineString, Position } from "geojson";
import type { MapProperties } from "../../api/types";
import { mercator, metre, type Point, rings, unmercator } from "./geometry";

/** The districts whose common border is the Huangpu's mid-stream. */
const EAST_BANK = "浦东新区";
const WEST_BANK = ["徐汇区", "黄浦区", "虹口区", "杨浦区", "宝山区"];

/** Degrees a run may skip over vertices that only one side has. */
const GAP = 0.02;

/** Degrees within which the two borders count as meeting. */
const JOIN = 0.004;

const key = ([lon = 0, lat = 0]: Position): string => `${lon.toFixed(4)},${lat.toFixed(4)}`;

type Areas = FeatureCollection<Geometry, MapProperties>;

/**
 * The river as the line the two banks' districts share, south to north. It is mid-stream by
 * definition of the borders, so drawing it as wide as the river leaves both banks where they are.
 */
export function riverLine(districts: Areas): Position[] {
  const named = new Map(districts.features.map((each) => [each.properties.name_zh, each.geometry]));
  const east = named.get(EAST_BANK);
  if (!east) return [];
  const west = new Set<string>();
  for (const name of WEST_BANK) {
    const area = named.get(name);
    if (area) for (const at of rings(area).flat()) west.add(key(at));
  }
  const runs = rings(east).map((ring) => longestRun(ring, west));
  const best = runs.sort((a, b) => b.length - a.length)[0] ?? [];
  const rising = (best[0]?.[1] ?? 0) < (best.at(-1)?.[1] ?? 0);
  return rising ? best : [...best].reverse();
}

/** The longest stretch of the ring that runs along `shared`, wrapping round its closing point. */
function longestRun(ring: Position[], shared: Set<string>): Position[] {
  const open = ring.slice(0, -1);
  const twice = [...open, ...open];
  let best: Position[] = [];
  let start = -1;
  let last = -1;
  twice.forEach((at, index) => {
    if (!shared.has(key(at))) return;
    const [lon = 0, lat = 0] = twice[last] ?? [];
    const far = Math.hypot((at[0] ?? 0) - lon, (at[1] ?? 0) - lat);
    if (start < 0 || (index - last > 1 && far > GAP)) start = index;
    last = index;
    const length = Math.min(last - start + 1, open.length);
    if (length > best.length) best = twice.slice(last - length + 1, last + 1);
  });
  return best;
}

/**
 * The river line carried on upstream by the bank's own outer edge, which is mid-stream too, from
 * where the two meet to the bank's southern end.
 */
export function upstream(line: Position[], bank: Areas): Position[] {
  const south = line[0];
  if (!south) return line;
  let best: { ring: Position[]; at: number; far: number } | null = null;
  for (const ring of bank.features.flatMap((each) => rings(each.geometry))) {
    const open = ring.slice(0, -1);
    open.forEach(([lon = 0, lat = 0], at) => {
      const far = Math.hypot(lon - (south[0] ?? 0), lat - (south[1] ?? 0));
      if (!best || far < best.far) best = { ring: open, at, far };
    });
  }
  const found = best as { ring: Position[]; at: number; far: number } | null;
  if (!found || found.far > JOIN) return line;
  const runs = [1, -1].map((step) => descent(found.ring, found.at, step));
  const longer = runs.sort((a, b) => b.length - a.length)[0] ?? [];
  return [...longer.reverse(), ...line];
}

/** The vertices passed from `at` while the ring goes on southwards. */
function descent(ring: Position[], at: number, step: number): Position[] {
  const run: Position[] = [];
  let lat = ring[at]?.[1] ?? 0;
  for (let i = 1; i < ring.length; i += 1) {
    const next = ring[(at + i * step + ring.length * i) % ring.length] as Position;
    if ((next[1] ?? 0) >= lat) break;
    lat = next[1] ?? 0;
    run.push(next);
  }
  return run;
}

/** The part of the river line that runs along `bank`, by distance; `within` is in metres. */
export function reachAlong(line: Position[], bank: Areas, within = 260): Position[] {
  const edge = bank.features.flatMap((each) => rings(each.geometry).flat()).map(mercator);
  const near = line.map((at) => {
    const [x, y] = mercator(at);
    const limit = within * metre(at[1] ?? 31);
    return edge.some(([ex, ey]) => Math.hypot(x - ex, y - ey) < limit);
  });
  const first = near.indexOf(true);
  const last = near.lastIndexOf(true);
  return first < 0 ? [] : line.slice(first, last + 1);
}

/** Points every `step` metres along the line, smoothed, in Mercator units. */
export function resample(line: Position[], step: number): Point[] {
  const points = line.map(mercator);
  const unit = step * metre(line[0]?.[1] ?? 31);
  const even: Point[] = [];
  let carry = 0;
  for (let at = 0; at + 1 < points.length; at += 1) {
    const a = points[at] as Point;
    const b = points[at + 1] as Point;
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    for (let d = carry; d < length; d += unit) {
      const t = d / length;
      even.push([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
    }
    carry = (((carry - length) % unit) + unit) % unit;
  }
  return smooth(smooth(even, 6), 6);
}

function smooth(points: Point[], reach: number): Point[] {
  return points.map((_, at) => {
    const room = Math.min(reach, at, points.length - 1 - at);
    const near = points.slice(at - room, at + room + 1);
    const sum = near.reduce<Point>((all, each) => [all[0] + each[0], all[1] + each[1]], [0, 0]);
    return [sum[0] / near.length, sum[1] / near.length];
  });
}

/** One piece of a strand of the belt on the ground. */
export interface Strand {
  strand: number;
  over: boolean;
  geometry: LineString;
}

export interface Weave {
  strands: number;
  /** Metres: length of one wave, half its width, and how far west of mid-stream the belt lies. */
  period: number;
  reach: number;
  offset: number;
}

const STEP = 20;

/** The embroidered belt along the west bank: strands pass over and under one another in turn. */
export function beltAlong(line: Position[], weave: Weave): Strand[] {
  const middle = shifted(resample(line, STEP), weave.offset * metre(line[0]?.[1] ?? 31));
  const waves = ((middle.length - 1) * STEP) / weave.period;
  const pieces: Strand[] = [];
  for (let strand = 0; strand < weave.strands; strand += 1) {
    const phase = strand / weave.strands;
    const last = Math.ceil(4 * (waves + phase));
    for (let quarter = Math.floor(4 * phase); quarter < last; quarter += 1) {
      const index = (q: number) => Math.round(((q / 4 - phase) * weave.period) / STEP);
      const from = Math.max(0, index(quarter));
      const to = Math.min(middle.length - 1, index(quarter + 1));
      if (to <= from) continue;
      const points = middle.slice(from, to + 1).map((_, i) => wave(middle, from + i, phase, weave));
      const geometry: LineString = { type: "LineString", coordinates: points.map(unmercator) };
      pieces.push({ strand, over: quarter % 2 === 0, geometry });
    }
  }
  return pieces.sort((a, b) => Number(a.over) - Number(b.over));
}

function normal(points: Point[], at: number): Point {
  const a = points[Math.max(0, at - 1)] as Point;
  const b = points[Math.min(points.length - 1, at + 1)] as Point;
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [(b[1] - a[1]) / length, -(b[0] - a[0]) / length];
}

/** The line moved to its left when walking north, so onto the west bank. */
function shifted(points: Point[], by: number): Point[] {
  return points.map(([x, y], at) => {
    const [nx, ny] = normal(points, at);
    return [x + nx * by, y + ny * by];
  });
}

function wave(middle: Point[], at: number, phase: number, weave: Weave): Point {
  const [x, y] = middle[at] as Point;
  const [nx, ny] = normal(middle, at);
  const lat = unmercator([x, y])[1];
  const swing = Math.sin(2 * Math.PI * ((at * STEP) / weave.period + phase));
  const by = swing * weave.reach * metre(lat);
  return [x + nx * by, y + ny * by];
}
