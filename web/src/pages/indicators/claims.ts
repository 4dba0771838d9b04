import type { Derived, EntityRef, Series, Statement, Value } from "../../api/types";

/** One claim or derived value as it is drawn and listed. */
export interface Claim {
  key: string;
  entity: EntityRef;
  value: Value;
  number: number;
  high: number | null;
  /** Milliseconds; null when the source says no day. */
  from: number | null;
  to: number | null;
  at: number | null;
  statement: Statement | null;
  derived: Derived | null;
  best: boolean;
  forecast: boolean;
  conflict: number | null;
  /** Steps to the side, so that equal claims at one time do not hide one another. */
  nudge: number;
}

const time = (day: string | null): number | null => (day ? Date.parse(`${day}T00:00:00Z`) : null);
const DAY = 86_400_000;

function middle(from: number | null, to: number | null): number | null {
  if (from !== null && to !== null) return (from + to + DAY) / 2;
  return from ?? to;
}

export function claimsOf(series: Series): Claim[] {
  const entities = new Map(series.entities.map((each) => [each.id, each]));
  const who = (id: string): EntityRef => entities.get(id) ?? { id, kind: "", name: {} };
  const stated = series.points.map((point): Claim => {
    const [from, to] = [time(point.from), time(point.to)];
    const { statement, number, best, conflict } = point;
    const span = { from, to, at: middle(from, to) };
    const looks = { best, conflict, forecast: statement.forecast === true, nudge: 0 };
    const what = { value: statement.value, number, high: point.high ?? null };
    const entity = entities.get(point.entity) ?? statement.subject;
    return { key: statement.id, entity, ...what, ...span, ...looks, statement, derived: null };
  });
  const computed = series.derived.map((each): Claim => {
    const [from, to] = [time(each.from), time(each.to)];
    const { derived, number } = each;
    const span = { from, to, at: middle(from, to) };
    const looks = { best: false, conflict: null, forecast: false, nudge: 0 };
    const what = { value: derived.value, number, high: null };
    const key = `${each.entity}.${derived.key}.${each.from}`;
    return { key, entity: who(each.entity), ...what, ...span, ...looks, statement: null, derived };
  });
  return nudged([...stated, ...computed]);
}

/** Claims that would be drawn on the very same spot are moved apart a little. */
function nudged(claims: Claim[]): Claim[] {
  const seen = new Map<string, number>();
  return claims.map((claim) => {
    const spot = `${claim.entity.id}|${claim.at}|${claim.number}`;
    const count = seen.get(spot) ?? 0;
    seen.set(spot, count + 1);
    return count ? { ...claim, nudge: count } : claim;
  });
}

/** By entity all claims of one share a row, so they are stacked around its middle. */
export function stacked(claims: Claim[]): Claim[] {
  const seen = new Map<string, number>();
  return claims.map((claim) => {
    const count = seen.get(claim.entity.id) ?? 0;
    seen.set(claim.entity.id, count + 1);
    const side = count % 2 === 1 ? 1 : -1;
    return { ...claim, nudge: side * Math.ceil(count / 2) };
  });
}

/** How many claims the fullest entity has. */
export function fullest(claims: Claim[]): number {
  const counts = new Map<string, number>();
  for (const { entity } of claims) counts.set(entity.id, (counts.get(entity.id) ?? 0) + 1);
  return Math.max(1, ...counts.values());
}

/** More entities than can be told apart on one time axis. */
const CROWD = 8;

/** Drawn by entity when there is one moment and several to compare, or a crowd of them. */
export function isCrossSection(claims: Claim[]): boolean {
  const moments = new Set(claims.map((each) => each.at));
  const entities = new Set(claims.map((each) => each.entity.id));
  return entities.size > CROWD || (moments.size <= 1 && entities.size > 2);
}

/** Whether figures differ so much that only a logarithmic scale shows the small ones. */
export function isWide(claims: Claim[]): boolean {
  const numbers = claims.map((each) => each.number);
  return Math.min(...numbers) > 0 && Math.max(...numbers) / Math.min(...numbers) > 30;
}
