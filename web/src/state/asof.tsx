import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { addressNow } from "./address";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface AsOf {
  /** True in the world on this day; null is today. */
  valid: string | null;
  /** What had been recorded by the end of this day (UTC); null is now. */
  known: string | null;
  /** True when either day is not the present one. */
  past: boolean;
  /** The two as query parameters, the present left out. */
  params: { valid?: string; known?: string };
  set: (change: { valid?: string | null; known?: string | null }) => void;
  reset: () => void;
}

const day = (text: string | null): string | null => (text && DAY.test(text) ? text : null);

/** The one time of the whole page, kept in the address as ?valid= and ?known=. */
export function useAsOf(): AsOf {
  const [search, setSearch] = useSearchParams();
  const valid = day(search.get("valid"));
  const known = day(search.get("known"));
  const set = useCallback(
    (change: { valid?: string | null; known?: string | null }) =>
      setSearch(
        () => {
          const after = addressNow();
          for (const [key, value] of Object.entries(change)) {
            if (value) after.set(key, value);
            else after.delete(key);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setSearch],
  );
  return useMemo(
    () => ({
      valid,
      known,
      past: valid !== null || known !== null,
      params: { valid: valid ?? undefined, known: known ?? undefined },
      set,
      reset: () => set({ valid: null, known: null }),
    }),
    [valid, known, set],
  );
}
