import { describe, expect, it } from "vitest";
import { stripMarks } from "./strip";
import { decodeTarget, encodeTarget } from "./target";
import type { Statement } from "../api/types";

describe("the address of evidence", () => {
  it("reads back what it wrote", () => {
    expect(decodeTarget(encodeTarget({ statement: "S34" }))).toEqual({
      kind: "statement",
      id: "S34",
    });
    expect(decodeTarget(encodeTarget({ statements: ["S1", "S2"] }))).toEqual({
      kind: "statements",
      ids: ["S1", "S2"],
    });
    expect(decodeTarget(encodeTarget({ claims: { entity: "E3", property: "a.b" } }))).toEqual({
      kind: "claims",
      entity: "E3",
      property: "a.b",
    });
    expect(decodeTarget(encodeTarget({ cell: { rows: "kind", row: "" } }))).toEqual({
      kind: "cell",
      query: "row=&rows=kind",
    });
  });

  it("is nothing for what it does not know", () => {
    expect(decodeTarget(null)).toBeNull();
    expect(decodeTarget("x.1")).toBeNull();
    expect(decodeTarget("p.E3")).toBeNull();
  });
});

describe("claims on one line", () => {
  const claim = (id: string, number: string, unit = "家") =>
    ({ id, value: { type: "number", number, unit, comparator: "=" } }) as Statement;

  it("stand in proportion", () => {
    const marks = stripMarks([claim("S1", "10"), claim("S2", "20"), claim("S3", "15")]);
    expect(marks?.map((mark) => mark.at)).toEqual([0, 1, 0.5]);
  });

  it("are not drawn when they agree or differ in unit", () => {
    expect(stripMarks([claim("S1", "10"), claim("S2", "10")])).toBeNull();
    expect(stripMarks([claim("S1", "10"), claim("S2", "20", "个")])).toBeNull();
    expect(stripMarks([])).toBeNull();
  });
});
