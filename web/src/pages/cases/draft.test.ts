import { describe, expect, it } from "vitest";
import type { FormField } from "../../api/transfer";
import { daysBetween, today } from "./days";
import { blanks, members, placeOf, put } from "./draft";

const field = (key: string, takes: string, more: Partial<FormField> = {}): FormField => ({
  key,
  takes,
  label: { zh: key, en: key },
  required: false,
  options: [],
  fields: [],
  ...more,
});

const FIELDS: FormField[] = [
  field("title", "text", { required: true }),
  field("price", "money"),
  field("funded", "truth"),
  field("year", "number"),
  field("unit", "group", { required: true, fields: [field("name", "text")] }),
  field("patent", "group", { fields: [field("filed", "day")] }),
  field("people", "list", { required: true, fields: [field("share", "share")] }),
  field("others", "list", { fields: [field("share", "share")] }),
];

describe("a draft", () => {
  it("leaves out what is empty and keeps money and shares as texts", () => {
    const draft = { ...blanks(FIELDS), title: "胶", price: "3000000.10", funded: "false", year: "2026" };
    expect(members(FIELDS, draft)).toEqual({
      title: "胶",
      price: "3000000.10",
      funded: false,
      year: 2026,
      people: [],
    });
  });

  it("nests groups and lists", () => {
    let draft = blanks(FIELDS);
    draft = put(draft, ["unit", "name"], "研究所") as typeof draft;
    draft = put(draft, ["people"], [{ share: "" }]) as typeof draft;
    draft = put(draft, ["people", 0, "share"], "70%") as typeof draft;
    draft = put(draft, ["patent", "filed"], "2023-01-05") as typeof draft;
    expect(members(FIELDS, draft)).toEqual({
      unit: { name: "研究所" },
      patent: { filed: "2023-01-05" },
      people: [{ share: "70%" }],
    });
  });

  it("reads places as the server writes them", () => {
    expect(placeOf("people[0].share")).toBe("people.0.share");
    expect(placeOf("/people/0/share")).toBe("people.0.share");
    expect(placeOf("unit.name")).toBe("unit.name");
  });
});

describe("days", () => {
  it("count whole days either way", () => {
    expect(daysBetween("2026-02-27", "2026-03-02")).toBe(3);
    expect(daysBetween("2026-03-02", "2026-02-27")).toBe(-3);
    expect(daysBetween("2026-03-02", "2026-03-02")).toBe(0);
    expect(today(new Date(2026, 0, 5))).toBe("2026-01-05");
  });
});
