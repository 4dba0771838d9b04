import { describe, expect, it } from "vitest";
import type { Candidate } from "../../api/review";
import { decisionOf, draftOf, isTime, timeText } from "./correction";

const READ = {
  id: "C7",
  subject: "示例公司",
  subject_entity: null,
  property: "员工",
  indicator: null,
  comparator: "~",
  value: "320",
  value_high: null,
  unit: "人",
  valid_from: "2025-01-01",
  valid_to: "2025-12-31",
  precision: "year",
} as Candidate;

describe("the decision of a correction form", () => {
  const draft = draftOf(READ);

  it.each([
    ["nothing changed", {}, { candidate: "C7", verdict: "accept" }],
    ["spaces only", { value: " 320 " }, { candidate: "C7", verdict: "accept" }],
    [
      "another subject meant",
      { entity: "E9" },
      { candidate: "C7", verdict: "accept", entity: "E9" },
    ],
    [
      "a value",
      { value: "321", comparator: "=" as const },
      { candidate: "C7", verdict: "correct", correction: { comparator: "=", value: "321" } },
    ],
    [
      "a value and whom it means",
      { value: "321", entity: "E9" },
      { candidate: "C7", verdict: "correct", correction: { value: "321" }, entity: "E9" },
    ],
    [
      "a time",
      { valid: "2025-06" },
      { candidate: "C7", verdict: "correct", correction: { valid: "2025-06" } },
    ],
  ])("%s", (_, change, wanted) => {
    expect(decisionOf(READ, { ...draft, ...change })).toEqual(wanted);
  });
});

it.each([
  ["2025-01-01", "2025-12-31", "year", "2025"],
  ["2025-06-01", "2025-06-30", "month", "2025-06"],
  ["2025-01-01", "2025-06-30", "month", "2025-01/2025-06"],
  ["2025-06-30", "2025-06-30", "day", "2025-06-30"],
  ["2025-06-30", null, "day", "2025-06-30"],
  [null, null, "open", ""],
] as const)("%s to %s by %s is typed as %s", (from, to, precision, text) => {
  expect(timeText(from, to, precision)).toBe(text);
  expect(isTime(text)).toBe(true);
});

it.each(["25", "2025-13", "2025-6", "2025-06-32", "2025/", "June", "2025-06-30T00"])(
  "%s is no time",
  (text) => expect(isTime(text)).toBe(false),
);
