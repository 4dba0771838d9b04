import { expect, it } from "vitest";
import { toCsv } from "./csv";

it("turns pasted cells into CSV and leaves CSV alone", () => {
  expect(toCsv("a\tb\r\n1\tx, y\n")).toBe('a,b\n1,"x, y"');
  expect(toCsv("a,b\n1,2")).toBe("a,b\n1,2");
  expect(toCsv('说"好"\t2')).toBe('"说""好""",2');
});
