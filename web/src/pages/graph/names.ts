import { textWidth } from "../map/labels";
import type { DrawnNode } from "./looks";

export interface PlacedName {
  id: string;
  text: string;
  x: number;
  y: number;
  align: "left" | "right" | "center";
  bold: boolean;
}

type Rect = [number, number, number, number];
type Screen = (node: DrawnNode) => { x: number; y: number; size: number };

export const NAME_SIZE = 12;
const MOST = 220;

const weight = (node: DrawnNode, strong: Set<string> | null): number =>
  (node.focus ? 1000 : 0) +
  (strong?.has(node.id) ? 500 : 0) +
  (node.group ? 200 : 0) +
  (node.pinned ? 100 : 0) +
  node.size;

const clash = (a: Rect, b: Rect): boolean =>
  a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** Names beside their nodes, the weightiest first; one that would cover another is left out. */
export function placeNames(
  nodes: DrawnNode[],
  screen: Screen,
  strong: Set<string> | null,
  [width, height]: readonly [number, number],
): PlacedName[] {
  const shown = strong ? nodes.filter((each) => strong.has(each.id)) : nodes;
  const order = [...shown].sort(
    (a, b) => weight(b, strong) - weight(a, strong) || (a.id < b.id ? -1 : 1),
  );
  const taken: Rect[] = nodes.map((node) => {
    const { x, y, size } = screen(node);
    return [x - size + 1, y - size + 1, x + size - 1, y + size - 1];
  });
  const placed: PlacedName[] = [];
  for (const node of order) {
    if (placed.length >= MOST) break;
    const name = seat(node, screen(node), taken, [0, 0, width, height]);
    if (name) placed.push(name);
  }
  return placed;
}

const outside = (rect: Rect, frame: Rect): boolean =>
  rect[0] < frame[0] || rect[1] < frame[1] || rect[2] > frame[2] || rect[3] > frame[3];

function seat(node: DrawnNode, at: ReturnType<Screen>, taken: Rect[], frame: Rect) {
  const text = node.label;
  const bold = node.focus || node.group;
  const width = textWidth(text, NAME_SIZE) * (bold ? 1.06 : 1);
  const right = { x: at.x + at.size + 5, y: at.y, align: "left" as const };
  const left = { x: at.x - at.size - 5, y: at.y, align: "right" as const };
  const below = { x: at.x, y: at.y + at.size + 10, align: "center" as const };
  const above = { x: at.x, y: at.y - at.size - 9, align: "center" as const };
  const sides = node.x < 0 ? [left, below, above, right] : [right, below, above, left];
  for (const side of sides) {
    const start =
      side.align === "left" ? side.x : side.x - (side.align === "right" ? width : width / 2);
    const rect: Rect = [start - 2, side.y - 8, start + width + 2, side.y + 8];
    if (outside(rect, frame) || taken.some((each) => clash(each, rect))) continue;
    taken.push(rect);
    return { id: node.id, text, bold, ...side };
  }
  return null;
}
