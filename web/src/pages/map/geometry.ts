import type { Geometry, Position } from "geojson";

export type Point = [number, number];

/** West, south, east, north in degrees. */
export type Box = [number, number, number, number];

const EARTH = 40_075_016.686;

/** Web Mercator, the whole world as the unit square with y downwards. */
export function mercator([lon, lat]: Position): Point {
  const y = Math.log(Math.tan(Math.PI / 4 + ((lat ?? 0) * Math.PI) / 360));
  return [((lon ?? 0) + 180) / 360, 0.5 - y / (2 * Math.PI)];
}

export function unmercator([x, y]: Point): Point {
  const lat = (360 / Math.PI) * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - 90;
  return [x * 360 - 180, lat];
}

/** How many units of the Mercator square one metre is at this latitude. */
export function metre(lat: number): number {
  return 1 / (EARTH * Math.cos((lat * Math.PI) / 180));
}

/** Every ring of an area, or every line of a line; points have none. */
export function rings(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case "Polygon":
    case "MultiLineString":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    case "LineString":
      return [geometry.coordinates];
    default:
      return [];
  }
}

export function boxOf(geometries: Geometry[]): Box | null {
  const box: Box = [180, 90, -180, -90];
  for (const geometry of geometries) {
    for (const [lon = 0, lat = 0] of rings(geometry).flat()) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box[0] > box[2] ? null : box;
}

function ringArea(ring: Position[]): number {
  let sum = 0;
  for (let at = 0; at + 1 < ring.length; at += 1) {
    const [ax = 0, ay = 0] = ring[at] ?? [];
    const [bx = 0, by = 0] = ring[at + 1] ?? [];
    sum += ax * by - bx * ay;
  }
  return sum / 2;
}

/** Whether the point lies inside the rings, by the even–odd rule. */
export function inside([x = 0, y = 0]: Position, all: Position[][]): boolean {
  let within = false;
  for (const ring of all) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
      const [ax = 0, ay = 0] = ring[at] ?? [];
      const [bx = 0, by = 0] = ring[before] ?? [];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
    }
  }
  return within;
}

function edgeDistance([x, y]: Point, ring: Position[]): number {
  let least = Infinity;
  for (let at = 0; at + 1 < ring.length; at += 1) {
    const [ax = 0, ay = 0] = ring[at] ?? [];
    const [bx = 0, by = 0] = ring[at + 1] ?? [];
    const [dx, dy] = [bx - ax, by - ay];
    const along = dx || dy ? ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy) : 0;
    const t = Math.max(0, Math.min(1, along));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

const LATTICE = 28;

/** Where a name sits best: the point inside the largest ring that is farthest from its edge. */
export function labelPoint(geometry: Geometry): Point | null {
  const all = rings(geometry);
  const largest = [...all].sort((a, b) => Math.abs(ringArea(b)) - Math.abs(ringArea(a)))[0];
  if (!largest) return null;
  const box = boxOf([{ type: "LineString", coordinates: largest }]);
  if (!box) return null;
  let best: Point | null = null;
  let room = -1;
  for (let row = 1; row < LATTICE; row += 1) {
    for (let column = 1; column < LATTICE; column += 1) {
      const lon = box[0] + ((box[2] - box[0]) * column) / LATTICE;
      const lat = box[1] + ((box[3] - box[1]) * row) / LATTICE;
      if (!inside([lon, lat], [largest])) continue;
      const free = edgeDistance([lon, lat], largest);
      if (free > room) [best, room] = [[lon, lat], free];
    }
  }
  return best;
}

/** The SVG path of a geometry under a projection; points give an empty path. */
export function pathOf(geometry: Geometry, project: (at: Position) => Point): string {
  const closed = geometry.type === "Polygon" || geometry.type === "MultiPolygon";
  return rings(geometry)
    .map((ring) => {
      const points = ring.map((at) =>
        project(at)
          .map((n) => n.toFixed(2))
          .join(" "),
      );
      return `M${points.join("L")}${closed ? "Z" : ""}`;
    })
    .join("");
}
