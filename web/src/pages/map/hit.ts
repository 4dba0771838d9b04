import type { Position } from "geojson";
import { fromScreen, toScreen, type View } from "./camera";
import { inside, type Point, rings, unmercator } from "./geometry";
import type { Area, Line, Scene, Spot } from "./scene";

export type Target =
  { type: "area"; area: Area } | { type: "line"; line: Line } | { type: "station"; spot: Spot };

export interface Shown {
  metro: boolean;
  stations: boolean;
}

const NEAR_STATION = 9;
const NEAR_LINE = 5;

function segmentDistance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx || dy ? ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy) : 0;
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

function lineDistance(view: View, at: Point, line: Line): number {
  let least = Infinity;
  for (const path of rings(line.geometry)) {
    const points = path.map((each: Position) => toScreen(view, each));
    for (let i = 0; i + 1 < points.length; i += 1) {
      least = Math.min(least, segmentDistance(at, points[i] as Point, points[i + 1] as Point));
    }
  }
  return least;
}

/** What lies under a pixel: a station, else a line, else the street, else the district. */
export function targetAt(scene: Scene, view: View, at: Point, shown: Shown): Target | null {
  if (shown.stations) {
    const spot = scene.stations.find((each) => {
      const [x, y] = toScreen(view, each.at);
      return Math.hypot(x - at[0], y - at[1]) < NEAR_STATION;
    });
    if (spot) return { type: "station", spot };
  }
  if (shown.metro) {
    const line = scene.lines.find((each) => lineDistance(view, at, each) < NEAR_LINE);
    if (line) return { type: "line", line };
  }
  const area = areaAt(scene, unmercator(fromScreen(view, at)));
  return area ? { type: "area", area } : null;
}

export function areaAt(scene: Scene, [lon, lat]: Point): Area | null {
  for (const area of [...scene.areas].reverse()) {
    const [west, south, east, north] = area.box;
    if (lon < west || lon > east || lat < south || lat > north) continue;
    if (inside([lon, lat], area.rings)) return area;
  }
  return null;
}
