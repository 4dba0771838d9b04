import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Belt } from "../ui/Belt";

/** A strand that runs under the bar while answers are awaited longer than a blink. */
export function LoadingLine() {
  const busy = useIsFetching() > 0;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(busy), busy ? 250 : 0);
    return () => clearTimeout(timer);
  }, [busy]);
  return (
    <div className={shown ? "loading-line loading-line-on" : "loading-line"} aria-hidden="true">
      <Belt width={2400} height={6} period={40} thread={1.3} />
    </div>
  );
}
