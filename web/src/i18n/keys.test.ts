import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

const holes = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[0]).sort();

describe("the two languages", () => {
  it("have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it("have the same holes in every text", () => {
    for (const [key, text] of Object.entries(zh)) {
      expect([key, holes(en[key as keyof typeof en])]).toEqual([key, holes(text)]);
    }
  });

  it("leave no text empty", () => {
    for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text).not.toBe("");
  });
});
