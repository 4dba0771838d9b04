import type { Position } from "geojson";
import type { Label } from "../../api/types";
import { fromScreen, toScreen, type View } from "./camera";
import { inside, type Point, unmercator } from "./geometry";
import type { Scene } from "./scene";

export interface Placed {
  key: string;
  text: string;
  className: string;
  x: number;
  y: number;
}

interface Wish {
  key: string;
  text: string;
  className: string;
  size: number;
  at: Point;
  /** Other places to try, in pixels from the first. */
  tries: readonly Point[];
}

type Rect = [number, number, number, number];

const WIDE = /[\u2e80-\uffef]/;

/** About how wide the text is drawn at this size, in pixels. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const each of text) width += WIDE.test(each) ? size * 1.06 : size * 0.56;
  return width;
}

const hits = (a: Rect, b: Rect): boolean =>
  a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** Places wishes in order of their weight; one that finds no free room is left out. */
export function place(wishes: Wish[], taken: Rect[], view: View): Placed[] {
  const used = [...taken];
  const placed: Placed[] = [];
  for (const wish of wishes) {
    const [x, y] = toScreen(view, wish.at);
    const half = textWidth(wish.text, wish.size) / 2 + 3;
    const tall = wish.size / 2 + 4;
    for (const [dx, dy] of wish.tries) {
      const [cx, cy] = [x + dx, y + dy];
      const rect: Rect = [cx - half, cy - tall, cx + half, cy + tall];
      if (rect[0] < 2 || rect[2] > view.width - 2 || rect[1] < 2 || rect[3] > view.height - 2) {
        continue;
      }
      if (used.some((each) => hits(each, rect))) continue;
      used.push(rect);
      const { key, text, className } = wish;
      placed.push({ key, text, className, x: cx, y: cy });
      break;
    }
  }
  return placed;
}

const HERE: readonly Point[] = [[0, 0]];
const ROUND: readonly Point[] = [
  [0, 0],
  [0, 16],
  [0, -16],
  [0, 30],
  [0, -30],
  [26, 0],
  [-26, 0],
];
const BESIDE: readonly Point[] = [
  [0, 15],
  [0, -15],
];

const LATTICE = 22;

/** The middle of what can be seen of each district, kept inside it. */
export function districtPoints(scene: Scene, view: View): Map<string, Point> {
  const seen = new Map<string, Point[]>();
  const districts = scene.areas.filter((each) => each.level === "districts");
  const margin = 30;
  for (let row = 0; row < LATTICE; row += 1) {
    for (let column = 0; column < LATTICE; column += 1) {
      const px = margin + ((view.width - 2 * margin) * column) / (LATTICE - 1);
      const py = margin + ((view.height - 2 * margin) * row) / (LATTICE - 1);
      const at = unmercator(fromScreen(view, [px, py]));
      const area = districts.find(
        ({ box }) => at[0] > box[0] && at[0] < box[2] && at[1] > box[1] && at[1] < box[3],
      );
      if (!area) continue;
      const exact = districts.find((each) => inside(at, each.rings));
      if (!exact || exact === scene.home) continue;
      seen.set(exact.id, [...(seen.get(exact.id) ?? []), at]);
    }
  }
  return new Map([...seen].map(([id, points]) => [id, nearestToMean(points)]));
}

function nearestToMean(points: Point[]): Point {
  const sum = points.reduce<Point>((all, at) => [all[0] + at[0], all[1] + at[1]], [0, 0]);
  const mean: Point = [sum[0] / points.length, sum[1] / points.length];
  const far = (at: Point) => Math.hypot(at[0] - mean[0], at[1] - mean[1]);
  return points.reduce((best, at) => (far(at) < far(best) ? at : best));
}

export interface WishOptions {
  pick: (label: Label) => string;
  river: string;
  stations: boolean;
  districts: Map<string, Point>;
}

/** The short name a map has room for: 天平路街道 is 天平路, Tianping Road Subdistrict too. */
export function shortName(name: string): string {
  if (/^.{2,}街道$/.test(name)) return name.slice(0, -2);
  return name.replace(/ (Subdistrict|District|Town|New District)$/, "");
}

export function wishesOf(scene: Scene, view: View, options: WishOptions): Wish[] {
  const wishes: Wish[] = [];
  const streets = scene.areas.filter((each) => each.level === "streets");
  const size = view.zoom > 12.4 ? 14 : 12.5;
  if (view.zoom > 10.2) {
    for (const area of streets) {
      if (!area.label) continue;
      const text = shortName(options.pick(area.name));
      const className = "map-label map-label-street";
      wishes.push({ key: area.id, text, className, size, at: area.label, tries: ROUND });
    }
  } else if (scene.home?.box) {
    const { box, id, name } = scene.home;
    const at: Point = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const className = "map-label map-label-home";
    wishes.push({ key: id, text: options.pick(name), className, size: 13, at, tries: ROUND });
  }
  wishes.push(...riverWishes(scene, view, options.river));
  for (const area of scene.areas) {
    const at = options.districts.get(area.id);
    if (!at) continue;
    const text = options.pick(area.name);
    const className = "map-label map-label-district";
    wishes.push({ key: area.id, text, className, size: 12, at, tries: ROUND });
  }
  if (options.stations && view.zoom > 12.9) {
    for (const spot of scene.stations) {
      const text = options.pick(spot.name);
      const className = "map-label map-label-station";
      wishes.push({ key: spot.id, text, className, size: 11, at: spot.at, tries: BESIDE });
    }
  }
  return wishes;
}

/** The river's name: Chinese characters one by one down the water, Latin beside it. */
function riverWishes(scene: Scene, view: View, text: string): Wish[] {
  if (view.zoom < 10.8 || scene.river.length < 2) return [];
  const shown = scene.river.filter((at) => {
    const [x, y] = toScreen(view, at);
    return x > 20 && y > 40 && x < view.width - 20 && y < view.height - 40;
  });
  const className = "map-label map-label-river";
  const size = 12;
  if (!WIDE.test(text)) {
    const at = shown[Math.floor(shown.length * 0.4)];
    const tries: readonly Point[] = [[textWidth(text, size) / 2 + 22, 0]];
    return at ? [{ key: "river", text, className, size, at: pointOf(at), tries }] : [];
  }
  return lettersDown([...text], shown, view).map(({ letter, at }, index) => {
    return { key: `river-${index}`, text: letter, className, size, at, tries: HERE };
  });
}

const pointOf = ([lon = 0, lat = 0]: Position): Point => [lon, lat];

const LETTER_STEP = 34;

function lettersDown(letters: string[], line: Position[], view: View) {
  const down = [...line].reverse();
  const placed: { letter: string; at: Point }[] = [];
  const start = toScreen(view, down[Math.floor(down.length * 0.55)] ?? [0, 0])[1];
  for (const [index, letter] of letters.entries()) {
    const wanted = start + index * LETTER_STEP;
    const near = crossing(down, view, wanted);
    if (near) placed.push({ letter, at: near });
  }
  return placed.length === letters.length ? placed : [];
}

/** Where the line passes this height of the screen. */
function crossing(line: Position[], view: View, height: number): Point | null {
  for (let at = 0; at + 1 < line.length; at += 1) {
    const a = pointOf(line[at] as Position);
    const b = pointOf(line[at + 1] as Position);
    const from = toScreen(view, a)[1];
    const to = toScreen(view, b)[1];
    if ((from - height) * (to - height) > 0 || from === to) continue;
    const t = (height - from) / (to - from);
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  }
  return null;
}
