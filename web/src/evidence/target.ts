import type { Derived, Statement } from "../api/types";
import { type Params, queryText } from "../api/client";

/** What the drawer can show. */
export type EvidenceTarget = { title?: string } & (
  | { statement: string | Statement }
  | { statements: readonly (string | Statement)[] }
  | { claims: { entity: string; property: string } }
  | { derived: Derived; entity: string }
  | { cell: Params }
);

/** A target as read back from the address. */
export type OpenTarget =
  | { kind: "statement"; id: string }
  | { kind: "statements"; ids: string[] }
  | { kind: "claims"; entity: string; property: string }
  | { kind: "derived"; entity: string; key: string }
  | { kind: "cell"; query: string };

export const idOf = (statement: string | Statement): string =>
  typeof statement === "string" ? statement : statement.id;

/** A computed value's name on its entity: its key and the first statement it stands on. */
export function derivedName({ key, inputs }: Derived): string {
  const first = inputs[0]?.statements[0];
  return first ? `${key}.${first}` : key;
}

/** The target as the value of ?open=, for instance "s.S34" or "d.E12.density". */
export function encodeTarget(target: EvidenceTarget): string {
  if ("statement" in target) return `s.${idOf(target.statement)}`;
  if ("statements" in target) return `l.${target.statements.map(idOf).join(",")}`;
  if ("claims" in target) return `p.${target.claims.entity}.${target.claims.property}`;
  if ("derived" in target) return `d.${target.entity}.${derivedName(target.derived)}`;
  return `c.${queryText(target.cell)}`;
}

/** Reads ?open= back; null when it says nothing this page understands. */
export function decodeTarget(text: string | null): OpenTarget | null {
  const found = /^([slpdc])\.(.+)$/s.exec(text ?? "");
  if (!found) return null;
  const rest = found[2] ?? "";
  const [entity = "", ...more] = rest.split(".");
  const tail = more.join(".");
  switch (found[1]) {
    case "s":
      return { kind: "statement", id: rest };
    case "l":
      return { kind: "statements", ids: rest.split(",").filter(Boolean) };
    case "c":
      return { kind: "cell", query: rest };
    case "p":
      return tail ? { kind: "claims", entity, property: tail } : null;
    default:
      return tail ? { kind: "derived", entity, key: tail } : null;
  }
}
