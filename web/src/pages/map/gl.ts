let works: boolean | null = null;

/**
 * Whether WebGL 2 draws here and draws fast; without it everything is drawn as SVG. ?painter=gl or
 * ?painter=svg in the address decides for oneself.
 */
export function canGl(): boolean {
  const wanted = new URLSearchParams(location.search).get("painter");
  if (wanted === "svg") return false;
  if (works === null) {
    const canvas = document.createElement("canvas");
    const failIfMajorPerformanceCaveat = wanted !== "gl";
    works = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat }) !== null;
  }
  return works;
}

/** Remembers that a painter failed, so that it is not tried again. */
export function glFailed(): void {
  works = false;
}
