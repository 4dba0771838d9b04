import { useEffect, useRef } from "react";

/** What a key does; false leaves the key to the browser. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void | false>;

const FIELD = "input:not([type='checkbox']), textarea, select, [contenteditable], dialog[open]";

/**
 * Single keys for a page, such as "j" or "A" (with Shift). They rest while a field has the focus, a
 * word is being composed, a sheet is open, or Ctrl, Alt or ⌘ is held.
 */
export function useKeys(keys: KeyMap): void {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if ((event.target as HTMLElement).closest?.(FIELD)) return;
      if (document.querySelector("dialog[open]")) return;
      const act = Object.hasOwn(now.current, event.key) ? now.current[event.key] : undefined;
      if (act && act(event) !== false) event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
