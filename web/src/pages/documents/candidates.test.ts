import { describe, expect, it } from "vitest";
import type { Candidate, CandidateState, ReadDocument } from "../../api/review";
import { countStates, foresee, inLots, neighbor, onward, shown, sureEnough } from "./candidates";

function candidate(id: string, state: CandidateState, confidence: number, start = 0): Candidate {
  return {
    id,
    kind: id === "C2" ? "relation" : "fact",
    reader: "grammar",
    subject: "示例公司",
    subject_entity: null,
    subject_kind: null,
    property: "员工",
    indicator: null,
    object: null,
    comparator: "=",
    value: "320",
    value_high: null,
    unit: "人",
    valid_from: null,
    valid_to: null,
    precision: "day",
    forecast: false,
    quote: "员工320人",
    start,
    end: start + 1,
    shown_start: start,
    shown_end: start + 1,
    confidence,
    state,
    statement: state === "accepted" ? "S1" : null,
    decided_by: null,
    decided_at: null,
  };
}

const LIST = [
  candidate("C1", "accepted", 70, 1),
  candidate("C2", "waiting", 90, 2),
  candidate("C3", "rejected", 50, 3),
  candidate("C4", "waiting", 90, 4),
];
const ids = (list: Candidate[]): string[] => list.map((each) => each.id);

describe("what is shown", () => {
  it.each([
    ["all", "all", "place", ["C1", "C2", "C3", "C4"]],
    ["waiting", "all", "place", ["C2", "C4"]],
    ["all", "fact", "place", ["C1", "C3", "C4"]],
    ["all", "all", "confidence", ["C2", "C4", "C1", "C3"]],
  ] as const)("state %s, kind %s, by %s", (state, kind, order, wanted) => {
    expect(ids(shown(LIST, { state, kind, order }))).toEqual(wanted);
  });
});

describe("where to go on", () => {
  it.each([
    ["C1", "C2"],
    ["C2", "C4"],
    ["C4", "C2"],
  ])("after %s comes %s", (from, to) => expect(onward(LIST, from)).toBe(to));

  it("stays when nothing waits", () => expect(onward(LIST.slice(0, 1), "C1")).toBe("C1"));

  it("stops at both ends", () => {
    expect(neighbor(LIST, "C4", 1)).toBe("C4");
    expect(neighbor(LIST, "C1", -1)).toBe("C1");
    expect(neighbor(LIST, null, 1)).toBe("C1");
    expect(neighbor([], null, 1)).toBeNull();
  });
});

describe("decisions under way", () => {
  const read = { document: { counts: countStates(LIST) }, candidates: LIST } as ReadDocument;

  it("show at once and count", () => {
    const after = foresee(read, [
      { candidate: "C2", verdict: "accept" },
      { candidate: "C4", verdict: "correct", correction: { value: "321" } },
      { candidate: "C1", verdict: "reopen" },
    ]);
    expect(after.candidates.map((each) => each.state)).toEqual([
      "waiting",
      "accepted",
      "rejected",
      "corrected",
    ]);
    expect(after.candidates[3]?.value).toBe("321");
    expect(after.candidates[0]?.statement).toBeNull();
    expect(after.document.counts).toEqual({ waiting: 1, accepted: 1, corrected: 1, rejected: 1 });
  });

  it("leave what was read untouched, so that taking them back is a roll-back", () => {
    foresee(read, [{ candidate: "C2", verdict: "reject" }]);
    expect(read.candidates[1]?.state).toBe("waiting");
    expect(foresee(read, [])).toBe(read);
  });
});

it("takes only those that wait and are sure enough", () => {
  expect(ids(sureEnough(LIST, 90))).toEqual(["C2", "C4"]);
  expect(ids(sureEnough(LIST, 91))).toEqual([]);
});

it("sends no more at a time than may be sent", () => {
  const lots = inLots(Array.from({ length: 450 }, (_, index) => index));
  expect(lots.map((lot) => lot.length)).toEqual([200, 200, 50]);
  expect(lots.flat()).toHaveLength(450);
  expect(inLots([])).toEqual([]);
});
