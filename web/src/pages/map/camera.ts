import type { Position } from "geojson";
import { type Box, mercator, type Point } from "./geometry";

/** What is shown of the world: the middle in the Mercator square, the zoom, the size in pixels. */
export interface View {
  middle: Point;
  zoom: number;
  width: number;
  height: number;
}

export const TILE = 512;
export const LEAST_ZOOM = 8;
export const MOST_ZOOM = 16.5;

/** Pixels across the whole world. */
export const worldSize = (view: View): number => TILE * 2 ** view.zoom;

const clamp = (zoom: number): number => Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, zoom));

export function toScreen(view: View, at: Position): Point {
  const [x, y] = mercator(at);
  const size = worldSize(view);
  return [
    (x - view.middle[0]) * size + view.width / 2,
    (y - view.middle[1]) * size + view.height / 2,
  ];
}

/** The Mercator point under a pixel. */
export function fromScreen(view: View, [px, py]: Point): Point {
  const size = worldSize(view);
  return [
    view.middle[0] + (px - view.width / 2) / size,
    view.middle[1] + (py - view.height / 2) / size,
  ];
}

/** The view that shows the whole box with a margin of `room` pixels. */
export function fit(box: Box, width: number, height: number, room: number): View {
  const [left, top] = mercator([box[0], box[3]]);
  const [right, bottom] = mercator([box[2], box[1]]);
  const across = Math.max(1, width - 2 * room) / (right - left);
  const down = Math.max(1, height - 2 * room) / (bottom - top);
  const zoom = clamp(Math.log2(Math.min(across, down) / TILE));
  return { middle: [(left + right) / 2, (top + bottom) / 2], zoom, width, height };
}

/** Zooms by `steps` doublings and keeps what is under the pixel where it is. */
export function zoomAt(view: View, steps: number, at: Point): View {
  const zoom = clamp(view.zoom + steps);
  const before = fromScreen(view, at);
  const after = fromScreen({ ...view, zoom }, at);
  const middle: Point = [
    view.middle[0] + before[0] - after[0],
    view.middle[1] + before[1] - after[1],
  ];
  return { ...view, middle, zoom };
}

export function panBy(view: View, dx: number, dy: number): View {
  const size = worldSize(view);
  return { ...view, middle: [view.middle[0] - dx / size, view.middle[1] - dy / size] };
}

/** Part of the way from one view to another, `t` from 0 to 1. */
export function between(from: View, to: View, t: number): View {
  const at = (a: number, b: number): number => a + (b - a) * t;
  return {
    ...to,
    middle: [at(from.middle[0], to.middle[0]), at(from.middle[1], to.middle[1])],
    zoom: at(from.zoom, to.zoom),
  };
}
