import { describe, expect, it } from "vitest";
import { asked, EMPTY, isEmpty, readDraft } from "./draft";
import { legendOf, longest, stretches } from "./score";

describe("a kept draft", () => {
  const demand = { title: "题", text: "文", kinds: ["company"], constraints: { place: "xuhui" } };

  it.each([
    ["itself", JSON.stringify(demand), demand],
    ["nothing", null, EMPTY],
    ["no JSON", "{", EMPTY],
    ["null", "null", EMPTY],
    ["a part", '{"title":"题","kinds":"x"}', { ...EMPTY, title: "题" }],
    [
      "what is no text",
      '{"title":5,"constraints":{"a":1,"b":"c"}}',
      { ...EMPTY, constraints: { b: "c" } },
    ],
  ])("that is %s", (_, kept, wanted) => expect(readDraft(kept)).toEqual(wanted));

  it("is empty only when nothing was written", () => {
    expect(isEmpty(EMPTY)).toBe(true);
    expect(isEmpty({ ...EMPTY, kinds: ["company"] })).toBe(false);
  });

  it("is asked the same whatever the order in which it was filled in", () => {
    const one = asked({
      ...EMPTY,
      title: " 题 ",
      kinds: ["b", "a"],
      constraints: { y: "2", x: "1", z: " " },
    });
    const two = asked({
      ...EMPTY,
      title: "题",
      kinds: ["a", "b"],
      constraints: { x: "1 ", y: "2" },
    });
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });
});

describe("score bars", () => {
  const part = (key: string, value: number) => ({ key, label: {}, value });
  const results = [
    { parts: [part("text", 3), part("learnt", -1)] },
    { parts: [part("text", 1), part("place", 1)] },
  ];

  it("name each part once", () => {
    expect(legendOf(results).map((each) => each.key)).toEqual(["text", "learnt", "place"]);
  });

  it("end where the score ends", () => {
    const bar = stretches(results[0]?.parts ?? [], longest(results));
    expect(bar).toEqual([
      { key: "text", value: 3, left: 0, width: 100 },
      { key: "learnt", value: -1, left: expect.closeTo(66.67, 1), width: expect.closeTo(33.33, 1) },
    ]);
  });

  it("never leave the frame", () => {
    for (const stretch of stretches([part("a", 1), part("b", -5)], 1)) {
      expect(stretch.left).toBeGreaterThanOrEqual(0);
      expect(stretch.left + stretch.width).toBeLessThanOrEqual(100);
    }
    expect(longest([])).toBeGreaterThan(0);
  });
});
