import { type Model, neighbours, type Node } from "./model";

export interface Spot {
  x: number;
  y: number;
}

const STEP = 150;
const GAP = 42;
const RING = 46;

/** How much wider than high the picture is drawn; names are written across. */
export const WIDE = 1.75;
export const NARROW = 0.8;

/** Nodes in an order that never depends on the order of the answer. */
function calm(nodes: Node[]): Node[] {
  const rank = (node: Node): string =>
    `${node.group ? 0 : 1}|${node.kind}|${node.name.zh ?? node.name.en ?? ""}|${node.id}`;
  return [...nodes].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

interface Tree {
  children: Map<string, Node[]>;
  weight: Map<string, number>;
}

function treeOf(model: Model, focus: string): Tree {
  const near = neighbours(model);
  const children = new Map<string, Node[]>();
  const ordered = calm([...model.nodes.values()]);
  for (const node of ordered) {
    if (node.id === focus) continue;
    const parents = [...(near.get(node.id) ?? [])]
      .filter((id) => (model.nodes.get(id)?.distance ?? 99) < node.distance)
      .sort();
    const parent = parents[0] ?? focus;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const weight = new Map<string, number>();
  const deepest = [...ordered].sort((a, b) => b.distance - a.distance);
  for (const node of deepest) {
    const below = (children.get(node.id) ?? []).map((each) => weight.get(each.id) ?? 1);
    const sum = below.reduce((all, each) => all + each, 0);
    weight.set(node.id, Math.max(1, sum));
  }
  return { children, weight };
}

/**
 * Places every node: the focus in the middle, each step a ring further out, each branch in its own
 * sector. Rings that would be too crowded become several. The same graph always looks the same.
 */
export function radial(model: Model, focus: string, wider = WIDE): Map<string, Spot> {
  const tree = treeOf(model, focus);
  const spots = new Map<string, Spot>([[focus, { x: 0, y: 0 }]]);
  const angles = new Map<string, number>();
  spread(tree, focus, -Math.PI / 2, Math.PI * 1.5, angles);
  const levels = new Map<number, string[]>();
  for (const id of angles.keys()) {
    const distance = Math.min(model.nodes.get(id)?.distance ?? 1, 9);
    levels.set(distance, [...(levels.get(distance) ?? []), id]);
  }
  let radius = 0;
  for (const [, ids] of [...levels].sort((a, b) => a[0] - b[0])) {
    radius += STEP;
    const inOrder = ids.sort((a, b) => (angles.get(a) ?? 0) - (angles.get(b) ?? 0));
    const rings = crowding(inOrder, angles, radius);
    inOrder.forEach((id, at) => {
      const angle = angles.get(id) ?? 0;
      const r = radius + (at % rings) * RING;
      spots.set(id, { x: wider * r * Math.cos(angle), y: -r * Math.sin(angle) });
    });
    radius += (rings - 1) * RING;
  }
  return spots;
}

/** How many rings a level needs so that neighbours keep their distance. */
function crowding(ids: string[], angles: Map<string, number>, radius: number): number {
  if (ids.length < 3) return 1;
  const gaps = ids.slice(1).map((id, at) => {
    return (angles.get(id) ?? 0) - (angles.get(ids[at] as string) ?? 0);
  });
  const typical = gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.25)] ?? 1;
  return Math.max(1, Math.min(6, Math.ceil(GAP / Math.max(0.001, typical * radius))));
}

function spread(tree: Tree, id: string, from: number, to: number, angles: Map<string, number>) {
  const below = tree.children.get(id) ?? [];
  const total = below.reduce((all, each) => all + (tree.weight.get(each.id) ?? 1), 0);
  let start = from;
  for (const child of below) {
    const share = ((to - from) * (tree.weight.get(child.id) ?? 1)) / total;
    angles.set(child.id, start + share / 2);
    spread(tree, child.id, start, start + share, angles);
    start += share;
  }
}

/**
 * Keeps every known place and finds one for each new node: a fan around the neighbour it came
 * with, turned away from the middle, pushed outwards until nothing is in the way.
 */
export function extended(
  model: Model,
  focus: string,
  known: Map<string, Spot>,
  wider = WIDE,
): Map<string, Spot> {
  const near = neighbours(model);
  const spots = new Map<string, Spot>();
  for (const id of model.nodes.keys()) {
    const spot = known.get(id);
    if (spot) spots.set(id, spot);
  }
  const waiting = calm([...model.nodes.values()].filter((each) => !spots.has(each.id)));
  const byParent = new Map<string, Node[]>();
  for (const node of waiting.sort((a, b) => a.distance - b.distance)) {
    const beside = [...(near.get(node.id) ?? [])].sort();
    const parent = beside.find((id) => spots.has(id)) ?? beside[0] ?? focus;
    byParent.set(parent, [...(byParent.get(parent) ?? []), node]);
  }
  for (let round = 0; byParent.size && round < 12; round += 1) {
    for (const [parent, nodes] of byParent) {
      const middle = spots.get(parent);
      if (!middle && round < 11) continue;
      fan(nodes, middle ?? { x: 0, y: 0 }, spots, wider);
      byParent.delete(parent);
    }
  }
  return spots;
}

function fan(nodes: Node[], middle: Spot, spots: Map<string, Spot>, wider: number): void {
  const away =
    Math.hypot(middle.x, middle.y) < 1 ? -Math.PI / 2 : Math.atan2(middle.y, middle.x / wider);
  const width = Math.min(Math.PI * 1.5, 0.5 + nodes.length * 0.22);
  const rings = Math.max(1, Math.ceil((nodes.length * GAP) / (width * STEP * 0.9)));
  nodes.forEach((node, at) => {
    const part = nodes.length === 1 ? 0.5 : at / (nodes.length - 1);
    const angle = away + (part - 0.5) * width;
    let r = STEP * 0.8 + (at % rings) * RING;
    let spot = { x: middle.x + wider * r * Math.cos(angle), y: middle.y + r * Math.sin(angle) };
    for (let tries = 0; tries < 24 && crowded(spot, spots); tries += 1) {
      r += RING * 0.7;
      const turn = angle + ((tries % 3) - 1) * 0.07;
      spot = { x: middle.x + wider * r * Math.cos(turn), y: middle.y + r * Math.sin(turn) };
    }
    spots.set(node.id, spot);
  });
}

function crowded({ x, y }: Spot, spots: Map<string, Spot>): boolean {
  for (const other of spots.values()) {
    if (Math.abs(other.x - x) < GAP * 1.2 && Math.abs(other.y - y) < GAP * 0.6) return true;
  }
  return false;
}

const ACROSS = 300;
const DOWN = 84;

/** Ways between two, from left to right: the shortest straight, the others above and below it. */
export function ladder(ways: readonly { nodes: readonly { id: string }[] }[]): Map<string, Spot> {
  const longest = Math.max(2, ...ways.map((way) => way.nodes.length)) - 1;
  const spots = new Map<string, Spot>();
  ways.forEach(({ nodes }, lane) => {
    const side = lane % 2 === 1 ? 1 : -1;
    const y = lane === 0 ? 0 : side * Math.ceil(lane / 2) * DOWN;
    nodes.forEach(({ id }, at) => {
      if (spots.has(id)) return;
      const part = at / Math.max(1, nodes.length - 1);
      spots.set(id, { x: (part - 0.5) * longest * ACROSS, y });
    });
  });
  return spots;
}
