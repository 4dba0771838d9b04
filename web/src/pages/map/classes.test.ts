import { describe, expect, it } from "vitest";
import type { Choropleth, Value } from "../../api/types";
import { classify, rangeLike } from "./classes";

const number = (text: string): Value => ({
  type: "number",
  number: text,
  comparator: "=",
  unit: "人",
});

function answer(numbers: (string | null)[]): Choropleth {
  const items = numbers.map((text, at) => ({
    entity: { id: `E${at}`, kind: "street", name: {} },
    statement: text === null ? null : ({ value: number(text) } as never),
  }));
  return { indicator: {} as never, items };
}

describe("classify", () => {
  it("makes five classes of about equal size and leaves the unknown out", () => {
    const { classes, figures } = classify(
      answer(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", null]),
    );
    expect(classes.map((each) => each.count)).toEqual([2, 2, 2, 2, 2]);
    expect(figures.get("E10")?.step).toBe(-1);
  });

  it("never cuts between equal figures", () => {
    const { classes } = classify(answer(["5", "5", "5", "5", "9"]));
    expect(classes.map(({ low, high, count }) => [low, high, count])).toEqual([
      [5, 5, 4],
      [9, 9, 1],
    ]);
  });

  it("has no class when nothing is stated", () => {
    expect(classify(answer([null, null])).classes).toEqual([]);
  });
});

describe("rangeLike", () => {
  it("says a range of money in the sample's own unit", () => {
    const fen = "41530800000000";
    const money: Value = {
      type: "money",
      number: "4153.08",
      comparator: "=",
      unit: "亿元",
      currency: "CNY",
      fen,
    };
    const range = rangeLike(money, Number(fen) / 2, Number(fen));
    expect(range).toMatchObject({ comparator: "range", number: "2076.54", high: "4153.08" });
  });
});
