import { expect, it } from "vitest";
import { microOf, yuanOf } from "./compute";

it("writes micro-yuan as yuan, to the last of them", () => {
  const cases: [number, string][] = [
    [0, "0.00"],
    [1, "0.000001"],
    [8_000_000, "8.00"],
    [1_234_567_890_000, "1,234,567.89"],
    [-500_000, "-0.50"],
    [12_345_678, "12.345678"],
  ];
  for (const [micro, text] of cases) expect(yuanOf(micro)).toBe(text);
});

it("reads yuan, and nothing that is none", () => {
  expect(microOf("8")).toBe(8_000_000);
  expect(microOf(" 0.000001 ")).toBe(1);
  expect(microOf("12.5")).toBe(12_500_000);
  for (const text of ["", "-1", "1.", "1.0000001", "1e3", "八"]) expect(microOf(text)).toBeNull();
});
