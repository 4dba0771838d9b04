import { expect, it } from "vitest";
import { keyOf } from "./useKeys";

it.each([
  ["a", false, "a"],
  ["A", true, "A"],
  // Caps Lock turns letters over; Shift alone decides.
  ["A", false, "a"],
  ["a", true, "A"],
  ["?", true, "?"],
  [" ", false, " "],
  ["Escape", false, "Escape"],
] as const)("%s with Shift %s is %s", (key, shiftKey, wanted) => {
  expect(keyOf({ key, shiftKey })).toBe(wanted);
});
