import type { Node } from "./model";

export interface DrawnNode {
  id: string;
  x: number;
  y: number;
  size: number;
  color: string;
  label: string;
  group: boolean;
  pinned: boolean;
  focus: boolean;
}

export interface DrawnEdge {
  id: string;
  source: string;
  target: string;
  label: string;
  width: number;
}

/** What both painters of the graph are given. */
export interface GraphView {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
  selected: string | null;
  /** Nodes and edges drawn strongly while the rest steps back; null when nothing is singled out. */
  strong: { nodes: Set<string>; edges: Set<string> } | null;
  /** Says when the picture is another one and should be shown whole again. */
  picture: string;
  onPick: (id: string | null) => void;
  onEdge: (id: string) => void;
  onMove: (id: string, x: number, y: number) => void;
}

export function sizeOf(node: Node, focus: string): number {
  if (node.id === focus) return 15;
  if (node.group) return Math.min(20, 9 + Math.sqrt(node.group.count) * 1.1);
  return Math.min(10, 4.5 + Math.log2(1 + node.degree) * 0.8);
}
