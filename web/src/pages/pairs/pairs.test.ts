import { describe, expect, it } from "vitest";
import { compareName, nearest } from "./names";
import { logOdds, waterfall } from "./waterfall";

const told = (name: string, other: string): string =>
  compareName(name, other)
    .map((piece) => (piece.same ? piece.text : `[${piece.text}]`))
    .join("");

describe("two names", () => {
  it.each([
    ["云织科技有限公司", "云织技术有限公司", "云织[科]技有限公司"],
    ["云织技术有限公司", "云织科技有限公司", "云织技[术]有限公司"],
    ["中山医院", "复旦大学附属中山医院", "中山医院"],
    ["复旦大学附属中山医院", "中山医院", "[复旦大学附属]中山医院"],
    ["Yunzhi AI", "YUNZHI ai", "Yunzhi AI"],
    ["ＡＢ公司", "AB公司", "ＡＢ公司"],
    ["甲", "乙", "[甲]"],
    ["😀甲", "甲", "[😀]甲"],
  ])("%s against %s", (name, other, wanted) => expect(told(name, other)).toBe(wanted));

  it("loses no character", () => {
    const long = "长名".repeat(300);
    expect(
      compareName(long, "名")
        .map((piece) => piece.text)
        .join(""),
    ).toBe(long);
    expect(compareName("", "名")).toEqual([]);
  });

  it("is compared with the nearest of several", () => {
    expect(nearest("云织", ["Yunzhi", "云织智能"])).toEqual([{ text: "云织", same: true }]);
    expect(nearest("云织", [])).toEqual([{ text: "云织", same: false }]);
  });
});

describe("the waterfall", () => {
  const part = (feature: string, contribution: number) => ({ feature, label: {}, contribution });

  it("ends at the odds of the probability", () => {
    const { steps, sum, least, most } = waterfall([part("a", 3), part("b", -1)], 0.5);
    expect(steps.map((step) => step.key)).toEqual(["start", "a", "b"]);
    expect(sum).toBeCloseTo(logOdds(0.5), 9);
    expect([least, most]).toEqual([-2, 1]);
  });

  it("has no start when the parts say all", () => {
    const probability = 1 / (1 + Math.exp(-2));
    expect(waterfall([part("a", 3), part("b", -1)], probability).steps).toHaveLength(2);
  });

  it("chains its steps", () => {
    const { steps } = waterfall([part("a", 1), part("b", 2), part("c", -4)], 0.3);
    steps.slice(1).forEach((step, index) => expect(step.from).toBe(steps[index]?.to));
  });

  it.each([0, 1])("draws a probability of %s", (probability) => {
    const { steps, least, most } = waterfall([part("a", 9)], probability);
    expect(steps).toHaveLength(1);
    expect(Number.isFinite(most - least)).toBe(true);
  });
});
