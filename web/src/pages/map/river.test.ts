import { describe, expect, it } from "vitest";
import type { MapCollection } from "../../api/types";
import { beltAlong, reachAlong, resample, riverLine, upstream } from "./river";

const area = (name_zh: string, ring: [number, number][]) => ({
  type: "Feature" as const,
  geometry: { type: "Polygon" as const, coordinates: [[...ring, ring[0] as [number, number]]] },
  properties: { id: name_zh, kind: "district", name_zh },
});

/** Two districts that share the border (121.5, 31.10 … 31.20). */
const border: [number, number][] = [0, 1, 2, 3, 4].map((i) => [121.5, 31.1 + i * 0.025]);
const districts: MapCollection = {
  type: "FeatureCollection",
  features: [
    area("浦东新区", [[121.7, 31.1], [121.7, 31.2], ...[...border].reverse()]),
    area("徐汇区", [[121.4, 31.2], [121.4, 31.1], ...border]),
  ],
};

describe("riverLine", () => {
  it("is the shared border from south to north", () => {
    expect(riverLine(districts)).toEqual(border);
  });

  it("is empty when a bank is missing", () => {
    const one = { ...districts, features: districts.features.slice(1) };
    expect(riverLine(one)).toEqual([]);
  });
});

describe("upstream", () => {
  it("goes on along the bank's own edge while that goes south", () => {
    const bank: MapCollection = {
      type: "FeatureCollection",
      features: [area("华泾镇", [[121.4, 31.05], [121.49, 31.05], [121.495, 31.08], ...border])],
    };
    const line = upstream(border, bank);
    expect(line[0]).toEqual([121.49, 31.05]);
    expect(line.slice(2)).toEqual(border);
  });
});

describe("the belt", () => {
  it("keeps to the reach of the bank", () => {
    expect(reachAlong(border, districts)).toEqual(border);
  });

  it("has evenly spaced points", () => {
    const even = resample(border, 100);
    expect(even.length).toBeGreaterThan(105);
    expect(even.length).toBeLessThan(120);
  });

  it("lies west of the line and draws the over pieces last", () => {
    const weave = { strands: 2, period: 600, reach: 70, offset: 340 };
    const pieces = beltAlong(border, weave);
    const lons = pieces.flatMap((each) => each.geometry.coordinates.map((at) => at[0] ?? 0));
    expect(Math.max(...lons)).toBeLessThan(121.5);
    const order = pieces.map((each) => each.over);
    expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
    expect(new Set(pieces.map((each) => each.strand))).toEqual(new Set([0, 1]));
  });
});
