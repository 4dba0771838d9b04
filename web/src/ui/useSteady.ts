import { useCallback, useEffect, useRef } from "react";

/** The same function for as long as the component lives, doing what `act` does now. */
export function useSteady<Args extends unknown[], Out>(
  act: (...args: Args) => Out,
): (...args: Args) => Out {
  const now = useRef(act);
  useEffect(() => {
    now.current = act;
  });
  return useCallback((...args: Args) => now.current(...args), []);
}
