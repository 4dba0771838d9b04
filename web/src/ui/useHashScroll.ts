import { useEffect } from "react";
import { useLocation } from "react-router";

/** Brings the element named by the address into view once the page's answer is there. */
export function useHashScroll(ready: boolean): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (!ready || hash.length < 2) return;
    document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [ready, hash]);
}
