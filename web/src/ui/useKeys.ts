import { useEffect, useRef } from "react";

/** What a key does; false leaves the key to the browser. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void | false>;

/** The key by Shift alone: Caps Lock must not turn "accept this" into "accept all". */
export function keyOf({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): string {
  if (!/^[a-z]$/i.test(key)) return key;
  return shiftKey ? key.toUpperCase() : key.toLowerCase();
}

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
      const key = keyOf(event);
      const act = Object.hasOwn(now.current, key) ? now.current[key] : undefined;
      if (act && act(event) !== false) event.preventDefault();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
