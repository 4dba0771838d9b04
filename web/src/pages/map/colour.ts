type Rgb = [number, number, number];

/** Reads #rgb and #rrggbb; anything else is grey. */
function rgb(colour: string): Rgb {
  const hex = colour.trim().replace("#", "");
  const full = hex.length === 3 ? [...hex].map((each) => each + each).join("") : hex;
  const value = Number.parseInt(full, 16);
  if (full.length !== 6 || Number.isNaN(value)) return [128, 128, 128];
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `share` of `over` laid on `under`, from 0 to 1, as #rrggbb. */
export function mix(under: string, over: string, share: number): string {
  const a = rgb(under);
  const b = rgb(over);
  const part = (at: 0 | 1 | 2) => Math.round(a[at] + (b[at] - a[at]) * share);
  return `#${[part(0), part(1), part(2)].map((n) => n.toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance from 0 to 1, to choose ink that can be read on a fill. */
export function luminance(colour: string): number {
  const [r, g, b] = rgb(colour).map((channel) => {
    const part = channel / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
