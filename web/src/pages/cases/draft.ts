import type { Draft, DraftValue, FormField } from "../../api/transfer";

/** What a field starts with. */
export function blank(field: FormField): DraftValue {
  switch (field.takes) {
    case "list":
    case "texts":
    case "choices":
      return [];
    case "group":
      return field.required ? blanks(field.fields) : {};
    default:
      return "";
  }
}

/** What a form starts with. */
export function blanks(fields: FormField[]): Draft {
  return Object.fromEntries(fields.map((field) => [field.key, blank(field)]));
}

const empty = (value: DraftValue | undefined): boolean =>
  value === undefined ||
  value === "" ||
  (typeof value === "object" && !Array.isArray(value) && Object.values(value).every(empty));

/** The member of an event that a field's value makes; nothing for what was left out. */
function member(field: FormField, value: DraftValue | undefined): unknown {
  if (field.takes === "truth") return value === "true" ? true : value === "false" ? false : undefined;
  if (field.takes === "number") return value === "" || value === undefined ? undefined : Number(value);
  if (field.takes === "list") {
    const rows = Array.isArray(value) ? value : [];
    if (rows.length === 0 && !field.required) return undefined;
    return rows.map((row) => members(field.fields, row as Draft));
  }
  if (field.takes === "texts" || field.takes === "choices") {
    const rows = Array.isArray(value) ? value : [];
    return rows.length === 0 && !field.required ? undefined : rows;
  }
  if (field.takes === "group") {
    return empty(value) ? undefined : members(field.fields, value as Draft);
  }
  return empty(value) ? undefined : value;
}

/** The members of an event from a draft: money and shares stay texts, what is empty is left out. */
export function members(fields: FormField[], draft: Draft): Record<string, unknown> {
  const pairs = fields.map((field) => [field.key, member(field, draft[field.key])] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** The value at a path with another put in its place; the rest is shared. */
export function put(value: DraftValue, path: (string | number)[], next: DraftValue): DraftValue {
  const [head, ...rest] = path;
  if (head === undefined) return next;
  if (Array.isArray(value)) {
    return value.map((each, at) => (at === head ? put(each, rest, next) : each));
  }
  const group = typeof value === "object" ? value : {};
  return { ...group, [String(head)]: put(group[String(head)] ?? "", rest, next) };
}

/** A place as the server says it, `people[0].share` or `/people/0/share`, as `people.0.share`. */
export const placeOf = (text: string): string =>
  text
    .replace(/^\//, "")
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(/\//g, ".");
