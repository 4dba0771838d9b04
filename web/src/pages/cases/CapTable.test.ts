import { expect, test } from "vitest";
import { widthOf } from "./CapTable";

test("a share becomes a width whether it is written as a percentage or a fraction", () => {
  expect(widthOf("30%")).toBe(30);
  expect(widthOf("7.5%")).toBe(7.5);
  expect(widthOf("1/4")).toBe(25);
  expect(widthOf("1")).toBe(100);
});
