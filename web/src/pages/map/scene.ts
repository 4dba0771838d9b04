import type { Geometry, MultiLineString, Position } from "geojson";
import type { Label, MapCollection } from "../../api/types";
import { type Box, boxOf, inside, labelPoint, type Point, rings } from "./geometry";
import { beltAlong, reachAlong, riverLine, type Strand, upstream } from "./river";

export type Level = "streets" | "districts";

export interface Area {
  id: string;
  kind: string;
  name: Label;
  level: Level;
  geometry: Geometry;
  rings: Position[][];
  box: Box;
  label: Point | null;
}

export interface Line {
  id: string;
  kind: string;
  name: Label;
  color: string;
  geometry: Geometry;
  /** The parts within the home district, and the rest, which is drawn fainter. */
  within: MultiLineString;
  beyond: MultiLineString;
}

export interface Spot {
  id: string;
  kind: string;
  name: Label;
  at: Point;
  /** Whether it stands in one of the streets. */
  within: boolean;
}

/** Everything the map draws, in degrees; colours come later. */
export interface Scene {
  areas: Area[];
  /** The district the streets make up, when it can be told. */
  home: Area | null;
  homeBox: Box | null;
  /** All districts together. */
  cityBox: Box | null;
  outline: MultiLineString;
  river: Position[];
  belt: Strand[];
  lines: Line[];
  stations: Spot[];
  spots: Spot[];
}

export interface Layers {
  districts?: MapCollection;
  streets?: MapCollection;
  metro_lines?: MapCollection;
  metro_stations?: MapCollection;
  belts?: MapCollection;
  entities?: MapCollection;
}

/** Metres: the Huangpu is about this wide along Xuhui. */
export const RIVER_WIDTH = 460;
export const THREAD = 52;
const WEAVE = { strands: 2, period: 620, reach: 74, offset: 345 };

/** Degrees between the points at which a line is tested against the streets; about 60 m. */
const FINE = 0.0006;

function named(properties: { name_zh?: string; name_en?: string }): Label {
  return { zh: properties.name_zh, en: properties.name_en };
}

function areasOf(from: MapCollection | undefined, level: Level): Area[] {
  const areas: Area[] = [];
  for (const { geometry, properties } of from?.features ?? []) {
    const box = boxOf([geometry]);
    if (!box) continue;
    const { id, kind } = properties;
    const label = level === "streets" ? labelPoint(geometry) : null;
    const all = rings(geometry);
    areas.push({ id, kind, name: named(properties), level, geometry, rings: all, box, label });
  }
  return areas;
}

function within([lon = 0, lat = 0]: Position, areas: Area[]): boolean {
  return areas.some(
    ({ box, rings: all }) =>
      lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3] && inside([lon, lat], all),
  );
}

function spotsOf(from: MapCollection | undefined, streets: Area[]): Spot[] {
  const spots: Spot[] = [];
  for (const { geometry, properties } of from?.features ?? []) {
    if (geometry.type !== "Point") continue;
    const [lon = 0, lat = 0] = geometry.coordinates;
    const { id, kind } = properties;
    const at: Point = [lon, lat];
    spots.push({ id, kind, name: named(properties), at, within: within(at, streets) });
  }
  return spots;
}

/** Adds the points that make every step of the line short. */
function finer(path: Position[]): Position[] {
  const fine: Position[] = path.slice(0, 1);
  for (let at = 0; at + 1 < path.length; at += 1) {
    const [ax = 0, ay = 0] = path[at] ?? [];
    const [bx = 0, by = 0] = path[at + 1] ?? [];
    const steps = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / FINE));
    for (let i = 1; i <= steps; i += 1) {
      fine.push([ax + ((bx - ax) * i) / steps, ay + ((by - ay) * i) / steps]);
    }
  }
  return fine;
}

/** Cuts a line where it enters and leaves the streets. */
function cut(geometry: Geometry, streets: Area[]): [MultiLineString, MultiLineString] {
  const parts: [Position[][], Position[][]] = [[], []];
  for (const path of rings(geometry)) {
    const fine = finer(path);
    let run: Position[] = fine.slice(0, 1);
    let side = within(fine[0] ?? [], streets);
    for (const at of fine.slice(1)) {
      const now = within(at, streets);
      run.push(at);
      if (now === side) continue;
      parts[side ? 0 : 1].push(run);
      run = [at];
      side = now;
    }
    if (run.length > 1) parts[side ? 0 : 1].push(run);
  }
  const [here, there] = parts;
  return [
    { type: "MultiLineString", coordinates: here },
    { type: "MultiLineString", coordinates: there },
  ];
}

function linesOf(from: MapCollection | undefined, streets: Area[]): Line[] {
  return (from?.features ?? []).map(({ geometry, properties }) => {
    const { id, kind, color = "#888888" } = properties;
    const [here, beyond] = cut(geometry, streets);
    return { id, kind, name: named(properties), color, geometry, within: here, beyond };
  });
}

/** The edges only one street has: the outline of them all, without a polygon union. */
export function outerEdges(areas: Area[]): MultiLineString {
  const edges = new Map<string, Position[] | null>();
  const key = (at: Position): string => `${at[0]?.toFixed(5)},${at[1]?.toFixed(5)}`;
  for (const ring of areas.flatMap((area) => area.rings)) {
    for (let at = 0; at + 1 < ring.length; at += 1) {
      const pair = [ring[at] as Position, ring[at + 1] as Position];
      const name = pair.map(key).sort().join("|");
      edges.set(name, edges.has(name) ? null : pair);
    }
  }
  const coordinates = [...edges.values()].filter((pair) => pair !== null);
  return { type: "MultiLineString", coordinates };
}

function homeOf(districts: Area[], streets: Area[]): Area | null {
  const votes = districts.map((district) => {
    const within = streets.filter((street) => street.label && inside(street.label, district.rings));
    return { district, count: within.length };
  });
  const most = votes.sort((a, b) => b.count - a.count)[0];
  return most && most.count > 0 ? most.district : null;
}

export function sceneOf(layers: Layers): Scene {
  const districts = areasOf(layers.districts, "districts");
  const streets = areasOf(layers.streets, "streets");
  const upper = layers.districts ? riverLine(layers.districts) : [];
  const river = layers.streets ? upstream(upper, layers.streets) : upper;
  const reach = layers.streets ? reachAlong(river, layers.streets) : [];
  const stations = spotsOf(layers.metro_stations, streets);
  const known = new Set([...districts, ...streets, ...stations].map((each) => each.id));
  const main = streets.length ? streets : districts;
  return {
    areas: [...districts, ...streets],
    home: homeOf(districts, streets),
    homeBox: boxOf(main.map((each) => each.geometry)),
    cityBox: boxOf(districts.map((each) => each.geometry)),
    outline: outerEdges(streets),
    river,
    belt: reach.length > 1 ? beltAlong(reach, WEAVE) : [],
    lines: linesOf(layers.metro_lines, streets),
    stations,
    spots: spotsOf(layers.entities, streets).filter((each) => !known.has(each.id)),
  };
}
