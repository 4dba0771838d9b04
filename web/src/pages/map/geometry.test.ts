import { describe, expect, it } from "vitest";
import { fit, fromScreen, panBy, toScreen, zoomAt } from "./camera";
import { inside, labelPoint, mercator, unmercator } from "./geometry";
import { outerEdges, sceneOf } from "./scene";

const square = (x: number, y: number, size = 1) => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
];

describe("geometry", () => {
  it("projects there and back", () => {
    const [lon, lat] = unmercator(mercator([121.44, 31.17]));
    expect(lon).toBeCloseTo(121.44, 9);
    expect(lat).toBeCloseTo(31.17, 9);
  });

  it("knows inside from outside and from a hole", () => {
    const rings = [square(0, 0, 4), square(1, 1, 1)];
    expect(inside([3, 3], rings)).toBe(true);
    expect(inside([1.5, 1.5], rings)).toBe(false);
    expect(inside([5, 3], rings)).toBe(false);
  });

  it("puts the name inside a crescent, where its middle is not", () => {
    const crescent = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
      [0, 8],
      [8, 8],
      [8, 2],
      [0, 2],
      [0, 0],
    ];
    const at = labelPoint({ type: "Polygon", coordinates: [crescent] });
    expect(at && inside(at, [crescent])).toBe(true);
  });
});

describe("camera", () => {
  const view = fit([121.38, 31.1, 121.48, 31.22], 800, 600, 20);

  it("shows the whole box", () => {
    const corners = [toScreen(view, [121.38, 31.22]), toScreen(view, [121.48, 31.1])];
    for (const [x, y] of corners) {
      expect(x).toBeGreaterThanOrEqual(19.9);
      expect(x).toBeLessThanOrEqual(780.1);
      expect(y).toBeGreaterThanOrEqual(19.9);
      expect(y).toBeLessThanOrEqual(580.1);
    }
  });

  it("zooms about the pointer", () => {
    const before = fromScreen(view, [100, 150]);
    const after = fromScreen(zoomAt(view, 1, [100, 150]), [100, 150]);
    expect(after[0]).toBeCloseTo(before[0], 12);
    expect(after[1]).toBeCloseTo(before[1], 12);
  });

  it("pans by pixels", () => {
    const [x, y] = toScreen(panBy(view, 30, -10), [121.4, 31.15]);
    const [x0, y0] = toScreen(view, [121.4, 31.15]);
    expect([x - x0, y - y0].map(Math.round)).toEqual([30, -10]);
  });
});

describe("scene", () => {
  const collection = (kind: string, ...shapes: [string, number[][]][]) => ({
    type: "FeatureCollection" as const,
    features: shapes.map(([id, ring]) => ({
      type: "Feature" as const,
      geometry: { type: "Polygon" as const, coordinates: [ring] },
      properties: { id, kind, name_zh: id },
    })),
  });
  const streets = collection("street", ["a", square(0, 0)], ["b", square(1, 0)]);
  const line = {
    type: "Feature" as const,
    geometry: {
      type: "LineString" as const,
      coordinates: [
        [-1, 0.5],
        [3, 0.5],
      ],
    },
    properties: { id: "l", kind: "metro_line", color: "#f00" },
  };
  const scene = sceneOf({
    districts: collection("district", ["d", square(0, 0, 2)], ["e", square(5, 5)]),
    streets,
    metro_lines: { type: "FeatureCollection", features: [line] },
  });

  it("leaves the common edge out of the outline", () => {
    const areas = scene.areas.filter((each) => each.level === "streets");
    expect(outerEdges(areas).coordinates).toHaveLength(6);
  });

  it("finds the district the streets make up", () => {
    expect(scene.home?.id).toBe("d");
  });

  it("cuts a line where it enters and leaves", () => {
    const [cut] = scene.lines;
    expect(cut?.within.coordinates).toHaveLength(1);
    expect(cut?.beyond.coordinates).toHaveLength(2);
    expect(cut?.within.coordinates[0]?.[0]?.[0]).toBeCloseTo(0, 2);
  });
});
