import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import type { DrawnEdge, DrawnNode, GraphView } from "./looks";
import { NAME_SIZE, placeNames } from "./names";

interface Frame {
  x: number;
  y: number;
  scale: number;
}

const LEAST = 0.15;
const MOST = 4;
const DRAG = 4;
const ANCHORS = { left: "start", right: "end", center: "middle" } as const;

function whole(nodes: DrawnNode[], width: number, height: number): Frame {
  const across = Math.max(200, ...nodes.map(({ x }) => Math.abs(x)));
  const down = Math.max(120, ...nodes.map(({ y }) => Math.abs(y)));
  const scale = Math.min((width - 150) / (2 * across), (height - 80) / (2 * down));
  return { x: width / 2, y: height / 2, scale: Math.max(LEAST, Math.min(1.6, scale)) };
}

type Held = { id: string | null; x: number; y: number; moved: boolean };

type Setter = (next: Frame | ((before: Frame) => Frame)) => void;
type Box = { current: SVGSVGElement | null };

/** The part of the plane that is shown: whole for a new picture, stepping back as it grows. */
function useFrame(box: Box, nodes: DrawnNode[], picture: string): [Frame, Setter] {
  const [frame, setFrame] = useState<Frame>({ x: 300, y: 300, scale: 1 });
  const fitted = (): Frame => {
    const { width, height } = box.current?.getBoundingClientRect() ?? { width: 600, height: 600 };
    return whole(nodes, width, height);
  };
  const count = nodes.length;
  useEffect(() => setFrame(fitted()), [picture]);
  useEffect(() => {
    const now = fitted();
    setFrame((before) => (now.scale < before.scale * 0.98 ? now : before));
  }, [count]);
  useWheel(box, setFrame);
  return [frame, setFrame];
}

interface Hands {
  places: Map<string, DrawnNode>;
  hold: (id: string | null) => (event: PointerEvent) => void;
  drag: (event: PointerEvent) => void;
  drop: () => void;
  leave: () => void;
}

/** Dragging a node moves it, dragging the ground moves the frame, a press without a drag picks. */
function useHands(view: GraphView, frame: Frame, setFrame: Setter): Hands {
  const { nodes, onPick, onMove } = view;
  const held = useRef<Held | null>(null);
  const [dragged, setDragged] = useState<{ id: string; x: number; y: number } | null>(null);
  const places = useMemo(() => {
    const all = new Map(nodes.map((each) => [each.id, each]));
    const moved = dragged && all.get(dragged.id);
    if (moved && dragged) all.set(moved.id, { ...moved, x: dragged.x, y: dragged.y });
    return all;
  }, [nodes, dragged]);
  const drag = (event: PointerEvent) => {
    const hand = held.current;
    if (!hand) return;
    const [dx, dy] = [event.clientX - hand.x, event.clientY - hand.y];
    if (!hand.moved && Math.hypot(dx, dy) < DRAG) return;
    const node = hand.id ? places.get(hand.id) : null;
    held.current = { ...hand, x: event.clientX, y: event.clientY, moved: true };
    if (node) {
      setDragged({ id: node.id, x: node.x + dx / frame.scale, y: node.y + dy / frame.scale });
    } else {
      setFrame((before) => ({ ...before, x: before.x + dx, y: before.y + dy }));
    }
  };
  const drop = () => {
    const hand = held.current;
    held.current = null;
    if (hand?.moved && dragged) onMove(dragged.id, dragged.x, dragged.y);
    else if (hand && !hand.moved) onPick(hand.id);
    setDragged(null);
  };
  const hold = (id: string | null) => (event: PointerEvent) => {
    event.stopPropagation();
    held.current = { id, x: event.clientX, y: event.clientY, moved: false };
  };
  return { places, hold, drag, drop, leave: () => (held.current = null) };
}

/** The graph as SVG, for browsers without WebGL; it can do the same things. */
export function SvgView(props: GraphView) {
  const { nodes, edges, strong, selected, picture, onEdge } = props;
  const box = useRef<SVGSVGElement>(null);
  const [frame, setFrame] = useFrame(box, nodes, picture);
  const { places, hold, drag, drop, leave } = useHands(props, frame, setFrame);
  const names = useMemo(() => {
    const screen = ({ x, y, size }: DrawnNode) => {
      return { x: x * frame.scale + frame.x, y: y * frame.scale + frame.y, size };
    };
    const { clientWidth = 0, clientHeight = 0 } = box.current ?? {};
    const size = [clientWidth, clientHeight] as const;
    return placeNames([...places.values()], screen, strong?.nodes ?? null, size);
  }, [places, frame, strong]);
  return (
    <svg
      ref={box}
      className="graph-canvas graph-svg"
      aria-hidden="true"
      onPointerDown={hold(null)}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerLeave={leave}
    >
      <g transform={`translate(${frame.x} ${frame.y}) scale(${frame.scale})`}>
        {edges.map((edge) => {
          const [a, b] = [places.get(edge.source), places.get(edge.target)];
          const mark = { edge, strong, scale: frame.scale, onEdge };
          return a && b ? <EdgeMark key={edge.id} a={a} b={b} {...mark} /> : null;
        })}
        {[...places.values()].map((node) => (
          <g
            key={node.id}
            className={strong && !strong.nodes.has(node.id) ? "graph-node-dim" : "graph-node"}
            transform={`translate(${node.x} ${node.y})`}
            onPointerDown={hold(node.id)}
          >
            <circle
              r={node.size / frame.scale}
              fill={node.color}
              className={node.id === selected ? "graph-node-on" : undefined}
            />
            <title>{node.label}</title>
          </g>
        ))}
      </g>
      {names.map((name) => (
        <text
          key={name.id}
          className="graph-name"
          x={name.x}
          y={name.y + NAME_SIZE / 3}
          textAnchor={ANCHORS[name.align]}
          fontWeight={name.bold ? 600 : 400}
        >
          {name.text}
        </text>
      ))}
    </svg>
  );
}

interface EdgeMarkProps {
  edge: DrawnEdge;
  a: DrawnNode;
  b: DrawnNode;
  strong: GraphView["strong"];
  scale: number;
  onEdge: (id: string) => void;
}

/** An edge, a broader unseen one to touch, and its words while it is singled out. */
function EdgeMark({ edge, a, b, strong, scale, onEdge }: EdgeMarkProps) {
  const on = strong?.edges.has(edge.id) ?? false;
  const look = on ? " graph-edge-on" : strong ? " graph-edge-dim" : "";
  const ends = { x1: a.x, y1: a.y, x2: b.x, y2: b.y, vectorEffect: "non-scaling-stroke" };
  return (
    <g onPointerDown={(event) => event.stopPropagation()}>
      <line className={`graph-edge${look}`} strokeWidth={edge.width} {...ends} />
      <line className="graph-edge-touch" onClick={() => onEdge(edge.id)} {...ends}>
        <title>{edge.label}</title>
      </line>
      {on && (
        <text
          className="graph-edge-text"
          fontSize={11 / scale}
          x={(a.x + b.x) / 2}
          y={(a.y + b.y) / 2 - 4 / scale}
        >
          {edge.label}
        </text>
      )}
    </g>
  );
}

function useWheel(
  box: { current: SVGSVGElement | null },
  setFrame: (next: (before: Frame) => Frame) => void,
): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const [px, py] = [event.clientX - left, event.clientY - top];
      setFrame((before) => {
        const wanted = before.scale * Math.exp(-event.deltaY * 0.0018);
        const scale = Math.max(LEAST, Math.min(MOST, wanted));
        const by = scale / before.scale;
        return { scale, x: px - (px - before.x) * by, y: py - (py - before.y) * by };
      });
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [box, setFrame]);
}
