import Graph from "graphology";
import { useEffect, useRef } from "react";
import Sigma from "sigma";
import type { Settings } from "sigma/settings";
import type { EdgeDisplayData, NodeDisplayData, PartialButFor } from "sigma/types";
import { token, useTheme } from "../../state/theme";
import type { DrawnNode, GraphView } from "./looks";
import { NAME_SIZE, placeNames } from "./names";

type Attributes = DrawnNode & { y: number };
type LabelData = PartialButFor<NodeDisplayData, "x" | "y" | "size" | "label" | "color">;

interface Inks {
  ink: string;
  sheet: string;
  line: string;
  quiet: string;
  gold: string;
  sans: string;
}

function readInks(): Inks {
  return {
    ink: token("ink"),
    sheet: token("sheet"),
    line: token("line-2"),
    quiet: token("line"),
    gold: token("gold-thread"),
    sans: token("sans"),
  };
}

/** A ring round the node under the pointer, and its whole name. */
function drawHover(inks: Inks) {
  return (canvas: CanvasRenderingContext2D, data: LabelData): void => {
    canvas.beginPath();
    canvas.arc(data.x, data.y, data.size + 3, 0, Math.PI * 2);
    canvas.lineWidth = 2;
    canvas.strokeStyle = inks.gold;
    canvas.stroke();
    if (!data.label) return;
    canvas.font = `600 ${NAME_SIZE}px ${inks.sans}`;
    const width = canvas.measureText(data.label).width;
    const x = data.x + data.size + 5;
    canvas.fillStyle = inks.sheet;
    canvas.fillRect(x - 4, data.y - 11, width + 8, 22);
    canvas.fillStyle = inks.ink;
    canvas.fillText(data.label, x, data.y + 4);
  };
}

/** The names on a canvas of their own above the picture, so that none covers another. */
function drawNames(canvas: HTMLCanvasElement, sigma: Sigma, view: GraphView, inks: Inks): void {
  const { width, height } = sigma.getDimensions();
  const sharp = window.devicePixelRatio || 1;
  if (canvas.width !== width * sharp) canvas.width = width * sharp;
  if (canvas.height !== height * sharp) canvas.height = height * sharp;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, width, height);
  const graph = sigma.getGraph();
  const screen = (node: DrawnNode) => {
    const { x, y } = graph.getNodeAttributes(node.id) as Attributes;
    const at = sigma.graphToViewport({ x, y });
    return { x: at.x, y: at.y, size: sigma.scaleSize(node.size) };
  };
  const nodes = view.nodes.filter((each) => graph.hasNode(each.id));
  const strong = view.strong?.nodes ?? null;
  for (const name of placeNames(nodes, screen, strong, [width, height])) {
    pen.font = `${name.bold ? 600 : 400} ${NAME_SIZE}px ${inks.sans}`;
    pen.textAlign = name.align;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = inks.sheet;
    pen.strokeText(name.text, name.x, name.y);
    pen.fillStyle = inks.ink;
    pen.fillText(name.text, name.x, name.y);
  }
}

function settingsOf(inks: Inks): Partial<Settings> {
  return {
    renderLabels: false,
    renderEdgeLabels: true,
    edgeLabelFont: inks.sans,
    edgeLabelSize: 11,
    edgeLabelColor: { color: inks.ink },
    enableEdgeEvents: true,
    zIndex: true,
    minCameraRatio: 0.08,
    maxCameraRatio: 4,
    stagePadding: 64,
    defaultDrawNodeHover: drawHover(inks),
  };
}

/** The extent of the first picture, which the camera keeps to so that growing moves nothing. */
function extent(nodes: DrawnNode[]) {
  const across = Math.max(200, ...nodes.map(({ x }) => Math.abs(x)));
  const down = Math.max(120, ...nodes.map(({ y }) => Math.abs(y)));
  return { x: [-across, across] as [number, number], y: [-down, down] as [number, number] };
}

/** Steps back just far enough when the graph has grown beyond the edge of the picture. */
function showGrowth(sigma: Sigma, nodes: DrawnNode[], frame: ReturnType<typeof extent>): void {
  const needed = nodes.map(({ x, y }) =>
    Math.max(Math.abs(x) / frame.x[1], Math.abs(y) / frame.y[1]),
  );
  const ratio = Math.max(1, ...needed);
  const camera = sigma.getCamera();
  if (ratio <= Math.max(1.02, camera.ratio)) return;
  void camera.animate({ x: 0.5, y: 0.5, ratio }, { duration: 150 });
}

/** The graph by WebGL. */
export default function SigmaView(props: GraphView & { onFail: () => void }) {
  const { theme } = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const names = useRef<HTMLCanvasElement>(null);
  const sigma = useRef<Sigma | null>(null);
  const graph = useRef(new Graph({ multi: true }));
  const frame = useRef(extent(props.nodes));
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!box.current) return undefined;
    const inks = readInks();
    let made: Sigma;
    try {
      made = new Sigma(graph.current, box.current, settingsOf(inks));
    } catch {
      latest.current.onFail();
      return undefined;
    }
    sigma.current = made;
    frame.current = extent(latest.current.nodes);
    made.setCustomBBox(frame.current);
    reducers(made, latest, inks);
    made.on("afterRender", () => {
      if (names.current) drawNames(names.current, made, latest.current, inks);
    });
    listen(made, latest, graph.current);
    return () => {
      made.kill();
      sigma.current = null;
    };
  }, [theme]);

  useEffect(() => {
    fillGraph(graph.current, props);
    sigma.current?.refresh();
    if (sigma.current) showGrowth(sigma.current, props.nodes, frame.current);
  }, [props.nodes, props.edges]);

  useEffect(() => {
    frame.current = extent(latest.current.nodes);
    sigma.current?.setCustomBBox(frame.current);
    void sigma.current?.getCamera().animatedReset({ duration: 150 });
  }, [props.picture]);

  useEffect(() => {
    sigma.current?.refresh({ skipIndexation: true });
  }, [props.strong, props.selected]);

  return (
    <>
      <div className="graph-canvas" ref={box} aria-hidden="true" />
      <canvas className="graph-canvas graph-names" ref={names} aria-hidden="true" />
    </>
  );
}

type Latest = { current: GraphView };

function reducers(sigma: Sigma, latest: Latest, inks: Inks): void {
  sigma.setSetting("nodeReducer", (id, data): Partial<NodeDisplayData> => {
    const { strong, selected } = latest.current;
    const node = data as Attributes;
    const back = strong !== null && !strong.nodes.has(id);
    return {
      x: node.x,
      y: node.y,
      size: node.size,
      color: back ? inks.quiet : node.color,
      label: node.label,
      highlighted: id === selected,
      zIndex: back ? 0 : 1,
    };
  });
  sigma.setSetting("edgeReducer", (id, data): Partial<EdgeDisplayData> => {
    const { strong } = latest.current;
    const on = strong?.edges.has(id) ?? false;
    return {
      size: on ? Math.max(2, data.width as number) : (data.width as number),
      color: on ? inks.gold : strong ? inks.quiet : inks.line,
      label: on ? (data.label as string) : "",
      forceLabel: on,
      zIndex: on ? 1 : 0,
    };
  });
}

/** Makes the graphology graph say what the page says, touching only what differs. */
function fillGraph(graph: Graph, { nodes, edges }: GraphView): void {
  const wantedNodes = new Set(nodes.map((each) => each.id));
  const wantedEdges = new Set(edges.map((each) => each.id));
  for (const id of graph.edges()) if (!wantedEdges.has(id)) graph.dropEdge(id);
  for (const id of graph.nodes()) if (!wantedNodes.has(id)) graph.dropNode(id);
  for (const node of nodes) graph.mergeNode(node.id, { ...node, y: -node.y });
  for (const edge of edges) {
    if (graph.hasEdge(edge.id)) graph.mergeEdgeAttributes(edge.id, edge);
    else graph.addEdgeWithKey(edge.id, edge.source, edge.target, edge);
  }
}

const DRAG = 4;

function listen(sigma: Sigma, latest: Latest, graph: Graph): void {
  let held: { id: string; x: number; y: number; moved: boolean } | null = null;
  sigma.on("downNode", ({ node, event }) => {
    held = { id: node, x: event.x, y: event.y, moved: false };
  });
  sigma.on("moveBody", ({ event }) => {
    if (!held) return;
    if (Math.hypot(event.x - held.x, event.y - held.y) > DRAG) held.moved = true;
    event.preventSigmaDefault();
    if (!held.moved) return;
    const { x, y } = sigma.viewportToGraph(event);
    graph.mergeNodeAttributes(held.id, { x, y });
  });
  const release = () => {
    if (held?.moved) {
      const { x, y } = graph.getNodeAttributes(held.id) as Attributes;
      latest.current.onMove(held.id, x, -y);
    } else if (held) {
      latest.current.onPick(held.id);
    }
    held = null;
  };
  sigma.on("upNode", release);
  sigma.on("upStage", release);
  sigma.on("clickStage", () => latest.current.onPick(null));
  sigma.on("clickEdge", ({ edge }) => latest.current.onEdge(edge));
  sigma.on("doubleClickNode", ({ event }) => event.preventSigmaDefault());
  const over = (on: boolean) => () => {
    sigma.getContainer().style.cursor = on ? "pointer" : "";
  };
  sigma.on("enterNode", over(true));
  sigma.on("leaveNode", over(false));
  sigma.on("enterEdge", ({ edge }) => {
    over(true)();
    const text = graph.getEdgeAttribute(edge, "label") as string;
    sigma.getContainer().title = text;
  });
  sigma.on("leaveEdge", () => {
    over(false)();
    sigma.getContainer().title = "";
  });
}
