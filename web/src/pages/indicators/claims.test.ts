import { describe, expect, it } from "vitest";
import type { Series, Statement } from "../../api/types";
import { claimsOf, isCrossSection, isWide, stacked } from "./claims";

function series(
  points: [entity: string, number: number, from: string | null, to: string | null][],
): Series {
  const entities = [...new Set(points.map(([id]) => id))].map((id) => ({
    id,
    kind: "district",
    name: {},
  }));
  return {
    indicator: { key: "gdp", label: {}, value_type: "number", indicator: true },
    entities,
    points: points.map(([entity, number, from, to], at) => ({
      entity,
      number,
      from,
      to,
      best: at === 0,
      conflict: null,
      statement: {
        id: `S${at}`,
        subject: { id: entity, kind: "district", name: {} },
        value: { type: "number", number: String(number), comparator: "=" },
      } as Statement,
    })),
    derived: [],
    conflicts: [],
  };
}

describe("claimsOf", () => {
  it("puts a year's claim in the middle of that year", () => {
    const [claim] = claimsOf(series([["E1", 1, "2025-01-01", "2025-12-31"]]));
    expect(new Date(claim?.at ?? 0).toISOString().slice(0, 7)).toBe("2025-07");
  });

  it("keeps an undated claim, without a place in time", () => {
    const [claim] = claimsOf(series([["E1", 1, null, null]]));
    expect(claim?.at).toBeNull();
  });

  it("moves claims that would hide one another apart", () => {
    const year: [string, string] = ["2025-01-01", "2025-12-31"];
    const claims = claimsOf(
      series([
        ["E1", 1500, ...year],
        ["E1", 1500, ...year],
        ["E2", 1500, ...year],
      ]),
    );
    expect(claims.map((each) => each.nudge)).toEqual([0, 1, 0]);
    expect(
      stacked(claims)
        .map((each) => each.nudge)
        .map(Math.abs),
    ).toEqual([0, 1, 0]);
  });

  it("knows one moment of many from a course in time", () => {
    const day: [string, string] = ["2023-12-31", "2023-12-31"];
    const many = claimsOf(
      series([
        ["E1", 1, ...day],
        ["E2", 2, ...day],
        ["E3", 90, ...day],
      ]),
    );
    expect(isCrossSection(many)).toBe(true);
    expect(isWide(many)).toBe(true);
    const one = claimsOf(
      series([
        ["E1", 1, ...day],
        ["E1", 2, "2024-01-01", "2024-12-31"],
      ]),
    );
    expect(isCrossSection(one)).toBe(false);
  });
});
