import type { EntityRef, Graph, GraphEdge, GraphPaths } from "../../api/types";

export interface Node extends EntityRef {
  degree: number;
  /** Steps from the focus, by the edges shown. */
  distance: number;
  /** Set when the node stands for many of one kind; members the server kept back have no ids. */
  group?: { kind: string; count: number; members: string[] };
}

export interface Edge extends Omit<GraphEdge, "relation"> {
  relation: GraphEdge["relation"] | null;
  /** How many edges a bundle to a group stands for. */
  count: number;
}

export interface Model {
  nodes: Map<string, Node>;
  edges: Map<string, Edge>;
  truncated: boolean;
}

/** Joins answers about several focuses and paths into one graph around `focus`. */
export function merge(focus: string, answers: Graph[], paths: GraphPaths["paths"]): Model {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const add = (each: EntityRef, degree: number, group?: { kind: string; count: number }) => {
    const before = nodes.get(each.id);
    const { id, kind, name } = each;
    const many = group && { ...group, members: [] };
    const node = { id, kind, name, degree: Math.max(degree, before?.degree ?? 0), distance: 99 };
    nodes.set(id, many ? { ...node, group: many } : node);
  };
  const join = (edge: GraphEdge) => edges.set(edge.id, { ...edge, count: 1 });
  for (const answer of answers) {
    answer.nodes.forEach((each) => add(each, each.degree, each.group));
    answer.edges.forEach(join);
  }
  for (const path of paths) {
    path.nodes.forEach((each) => add(each, 0));
    path.edges.forEach(join);
  }
  for (const [id, edge] of edges) {
    if (!nodes.has(edge.source) || !nodes.has(edge.target)) edges.delete(id);
  }
  measure(focus, { nodes, edges, truncated: false });
  return { nodes, edges, truncated: answers.some((each) => each.truncated) };
}

export function neighbours(model: Pick<Model, "edges">): Map<string, Set<string>> {
  const near = new Map<string, Set<string>>();
  const link = (from: string, to: string) => {
    const known = near.get(from);
    if (known) known.add(to);
    else near.set(from, new Set([to]));
  };
  for (const { source, target } of model.edges.values()) {
    link(source, target);
    link(target, source);
  }
  return near;
}

function measure(focus: string, model: Model): void {
  const near = neighbours(model);
  let ring = [focus];
  const seen = new Set(ring);
  for (let distance = 0; ring.length; distance += 1) {
    const next: string[] = [];
    for (const id of ring) {
      const node = model.nodes.get(id);
      if (node) node.distance = distance;
      for (const other of near.get(id) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    ring = next;
  }
}

/** Fewer of a kind at one place than this stay single. */
const LEAST_GROUP = 4;

/** Everything may be drawn one by one up to this many nodes; above it leaves become groups. */
export const MOST_NODES = 64;

/**
 * Puts the leaves of one kind at one neighbour into a group, largest first, until no more than
 * `most` nodes are left. Kept nodes and the members of opened groups stay as they are.
 */
export function grouped(
  model: Model,
  keep: Set<string>,
  opened: Set<string>,
  most = MOST_NODES,
): Model {
  if (model.nodes.size <= most) return model;
  const near = neighbours(model);
  const heaps = new Map<string, string[]>();
  for (const node of model.nodes.values()) {
    if (keep.has(node.id) || node.group || node.distance === 0) continue;
    const anchor = anchorOf(node, near, model);
    if (!anchor) continue;
    const key = groupKey(anchor, node.kind);
    if (opened.has(key)) continue;
    heaps.set(key, [...(heaps.get(key) ?? []), node.id]);
  }
  const order = [...heaps].filter(([, ids]) => ids.length >= LEAST_GROUP);
  order.sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  const into = new Map<string, string>();
  let left = model.nodes.size;
  for (const [key, ids] of order) {
    if (left <= most) break;
    for (const id of ids) into.set(id, key);
    left -= ids.length - 1;
  }
  return bundled(model, into);
}

const groupKey = (anchor: string, kind: string): string => `group:${anchor}:${kind}`;

/** The neighbour one step nearer to the focus, the most linked first. */
function anchorOf(node: Node, near: Map<string, Set<string>>, model: Model): string | null {
  const nearer = [...(near.get(node.id) ?? [])].filter(
    (id) => (model.nodes.get(id)?.distance ?? 99) === node.distance - 1,
  );
  const weight = (id: string): number => near.get(id)?.size ?? 0;
  return nearer.sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))[0] ?? null;
}

function bundled(model: Model, into: Map<string, string>): Model {
  const nodes = new Map<string, Node>();
  for (const node of model.nodes.values()) {
    const key = into.get(node.id) ?? node.id;
    const before = nodes.get(key);
    if (!into.has(node.id) && !before) {
      nodes.set(key, node);
      continue;
    }
    const own = node.group ?? { kind: node.kind, count: 1, members: [node.id] };
    const members = [...(before?.group?.members ?? []), ...own.members];
    const count = (before?.group?.count ?? 0) + own.count;
    const group = { kind: own.kind, count, members };
    const { kind, distance } = node;
    nodes.set(key, { id: key, kind, name: {}, degree: count, distance, group });
  }
  const edges = new Map<string, Edge>();
  for (const edge of model.edges.values()) {
    const source = into.get(edge.source) ?? edge.source;
    const target = into.get(edge.target) ?? edge.target;
    if (source === target) continue;
    if (source === edge.source && target === edge.target) {
      edges.set(edge.id, edge);
      continue;
    }
    const id = `${source}>${target}`;
    const before = edges.get(id);
    const same = !before || before.relation?.key === edge.relation?.key;
    const relation = same ? edge.relation : null;
    edges.set(id, { ...edge, id, source, target, relation, count: (before?.count ?? 0) + 1 });
  }
  return { nodes, edges, truncated: model.truncated };
}
