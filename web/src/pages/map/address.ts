import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { addressNow } from "../../state/address";

export type AddressChange = Record<string, string | readonly string[] | null>;

/** The page's own choices, kept in the address beside the as-of days, so a link says it all. */
export function useAddress(): [URLSearchParams, (change: AddressChange) => void] {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (wanted: AddressChange) =>
      setSearch(
        () => {
          const after = addressNow();
          for (const [key, value] of Object.entries(wanted)) {
            after.delete(key);
            const values = value === null ? [] : typeof value === "string" ? [value] : value;
            for (const each of values) after.append(key, each);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setSearch],
  );
  return [search, change];
}
