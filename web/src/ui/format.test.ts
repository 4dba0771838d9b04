import { describe, expect, it } from "vitest";
import type { Value } from "../api/types";
import {
  exactText,
  formatDay,
  formatDigits,
  formatNumber,
  formatValid,
  formatValue,
  shortHash,
} from "./format";

const gdp: Value = {
  type: "money",
  number: "4153.08",
  comparator: "=",
  unit: "亿元",
  currency: "CNY",
  fen: "41530800000000",
};

describe("numbers", () => {
  it("are read in 万 and 亿 in Chinese, in millions and bn in English", () => {
    expect(formatNumber("1027670", "zh")).toBe("102.77 万");
    expect(formatNumber("1027670", "en")).toBe("1.03 million");
    expect(formatNumber("830000000", "zh")).toBe("8.3 亿");
    expect(formatNumber("2100000000", "en")).toBe("2.1 bn");
  });

  it("are grouped as each language does", () => {
    expect(formatDigits("56708.71", "zh")).toBe("56708.71");
    expect(formatDigits("471234", "zh")).toBe("471,234");
    expect(formatDigits("1500", "en")).toBe("1,500");
  });

  it("keep what is small and what is not a number", () => {
    expect(formatDigits("0.00123", "en")).toBe("0.00123");
    expect(formatDigits("n/a", "zh")).toBe("n/a");
  });
});

describe("values", () => {
  it("say money as people do, and exactly", () => {
    expect(formatValue(gdp, "zh")).toBe("4153.08 亿元");
    expect(formatValue(gdp, "en")).toBe("415.31 bn CNY");
    expect(exactText(gdp, (unit) => unit)).toBe("415,308,000,000.00 CNY");
  });

  it("keep small and negative amounts of fen whole", () => {
    expect(exactText({ ...gdp, fen: "5" }, String)).toBe("0.05 CNY");
    expect(exactText({ ...gdp, fen: "-123456" }, String)).toBe("−1,234.56 CNY");
  });

  it("keep the comparator as a word", () => {
    const firms: Value = { type: "number", number: "1500", comparator: ">", unit: "家" };
    expect(formatValue(firms, "zh")).toBe("超 1500 家");
    expect(formatValue({ ...firms, comparator: "~" }, "en")).toBe("about 1,500 家");
    expect(formatValue({ ...firms, comparator: ">=" }, "zh")).toBe("≥ 1500 家");
  });

  it("write a range with both ends", () => {
    const range: Value = { type: "number", number: "62", high: "83", comparator: "range" };
    expect(formatValue(range, "zh")).toBe("62–83");
  });
});

describe("days", () => {
  it("are as precise as the source, no more", () => {
    expect(formatDay("2023-03-01", "month", "zh")).toBe("2023 年 3 月");
    expect(formatDay("2023-03-01", "quarter", "en")).toBe("Q1 2023");
    expect(formatDay("2023-01-01", "year", "en")).toBe("2023");
    expect(formatDay("not a day", "day", "zh")).toBe("not a day");
  });

  it("say open ends in words", () => {
    const since = { from: "2024-01-01", to: null, precision: "year" } as const;
    expect(formatValid(since, "zh")).toBe("2024 年起");
    expect(formatValid(since, "en")).toBe("since 2024");
    expect(formatValid({ from: "2025-01-01", to: "2025-12-31", precision: "year" }, "zh")).toBe(
      "2025 年",
    );
    expect(formatValid({ from: null, to: null, precision: "open" }, "en")).toBe("");
  });
});

it("cuts a hash for reading", () => {
  expect(shortHash("0123456789abcdef0123456789")).toBe("0123456789…456789");
  expect(shortHash("abc")).toBe("abc");
});
