import { describe, expect, it } from "vitest";
import type { Outcome } from "../../api/policy";
import { answered, arranged, fen, standing } from "./answers";

const outcome = (policy: string, rest: Partial<Outcome>): Outcome => ({
  policy,
  title: { zh: policy, en: policy },
  eligible: "unknown",
  result: { kind: "unknown" },
  missing: [],
  ...rest,
});

describe("answers", () => {
  it("says where a policy stands", () => {
    expect(standing(outcome("a", { eligible: "yes", result: { kind: "exact", amount: "1.00" } }))).toBe("granted");
    expect(standing(outcome("a", { eligible: "yes", result: { kind: "granted" } }))).toBe("granted");
    expect(standing(outcome("a", { eligible: "yes", result: { kind: "unknown" } }))).toBe("open");
    expect(standing(outcome("a", { eligible: "no", result: { kind: "none" } }))).toBe("not");
    const refused = { code: "E-INPUT-01", input: "x", value: "y", message: { zh: "", en: "" } };
    expect(standing(outcome("a", { refused }))).toBe("refused");
  });

  it("puts what pays most first, then what asks least", () => {
    const asks = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ input: `${at}`, label: { zh: "", en: "" }, ask: 1 }));
    const all = [
      outcome("few", { missing: asks(1) }),
      outcome("many", { missing: asks(3) }),
      outcome("small", { eligible: "yes", result: { kind: "exact", amount: "9.99" } }),
      outcome("large", { eligible: "yes", result: { kind: "up_to", amount: "10000000000000.00" } }),
    ];
    expect(arranged(all, "granted").map((one) => one.policy)).toEqual(["large", "small"]);
    expect(arranged(all, "open").map((one) => one.policy)).toEqual(["few", "many"]);
  });

  it("reads amounts exactly and leaves out what was not answered", () => {
    expect(fen("10000000000000.01")).toBe(1000000000000001n);
    expect(fen("unknown")).toBe(0n);
    expect(answered({ a: "1", b: "" })).toEqual({ a: "1" });
  });
});
