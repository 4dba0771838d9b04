import { lazy, Suspense, useMemo, useState } from "react";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { Loading } from "../../ui";
import { canGl, glFailed } from "../map/gl";
import type { Spot } from "./layout";
import type { GraphView } from "./looks";
import { type Model, neighbours } from "./model";
import { GroupCard, NodeCard } from "./NodeCard";
import { SvgView } from "./SvgView";
import { useDrawn } from "./useDrawn";

const SigmaView = lazy(() => import("./SigmaView"));

interface PictureProps {
  drawn: Model;
  spots: Map<string, Spot>;
  focus: string;
  picture: string;
  /** The edges of the way chosen. */
  path: Set<string> | null;
  expanded: string[];
  onGrow: (id: string) => void;
  onFold: (id: string) => void;
  onFocus: (id: string) => void;
  onWay: (id: string) => void;
}

/** The graph drawn: click to unfold, drag to pin, click an edge to see who says so. */
export function Picture(props: PictureProps) {
  const { drawn, spots, focus, path, expanded } = props;
  const { t } = useLang();
  const evidence = useEvidence();
  const [pinned, setPinned] = useState<Map<string, Spot>>(new Map());
  const [selected, setSelected] = useState<string | null>(null);
  const near = useMemo(() => neighbours(drawn), [drawn]);
  const strong = useMemo(() => strongOf(drawn, selected, path), [drawn, selected, path]);
  const view: GraphView = {
    ...useDrawn(drawn, focus, spots, pinned),
    selected,
    strong,
    picture: props.picture,
    onPick: (id) => {
      setSelected(id);
      const kept = id && drawn.nodes.get(id)?.group?.members.length === 0;
      if (id && id !== focus && !kept) props.onGrow(id);
    },
    onEdge: (id) => {
      const edge = drawn.edges.get(id);
      if (edge?.count === 1) evidence.open({ statement: edge.statement });
      else if (edge) setSelected(edge.source.startsWith("group:") ? edge.source : edge.target);
    },
    onMove: (id, x, y) => setPinned(new Map(pinned).set(id, { x, y })),
  };
  const pin = (id: string) => {
    const next = new Map(pinned);
    const spot = spots.get(id);
    if (!next.delete(id) && spot) next.set(id, spot);
    setPinned(next);
  };
  const node = selected ? drawn.nodes.get(selected) : undefined;
  const look = path ? "graph-stage graph-ways" : "graph-stage";
  return (
    <div className={look} role="group" aria-label={t("graph.label")}>
      <Painted view={view} />
      {node?.group && (
        <GroupCard
          node={node}
          around={drawn.nodes.get(node.id.split(":")[1] ?? "")}
          onClose={() => setSelected(null)}
        />
      )}
      {node && !node.group && (
        <NodeCard
          node={node}
          links={near.get(node.id)?.size ?? 0}
          pinned={pinned.has(node.id)}
          expanded={expanded.includes(node.id)}
          isFocus={node.id === focus}
          onPin={() => pin(node.id)}
          onFold={() => props.onFold(node.id)}
          onFocus={() => props.onFocus(node.id)}
          onWay={() => props.onWay(node.id)}
          onClose={() => setSelected(null)}
        />
      )}
    </div>
  );
}

function Painted({ view }: { view: GraphView }) {
  const [gl, setGl] = useState(canGl);
  const onFail = () => {
    glFailed();
    setGl(false);
  };
  if (!gl) return <SvgView {...view} />;
  return (
    <Suspense fallback={<Loading height={560} />}>
      <SigmaView {...view} onFail={onFail} />
    </Suspense>
  );
}

/** The edges of the selected node or of the way, with their ends; null when nothing is chosen. */
function strongOf(drawn: Model, selected: string | null, path: Set<string> | null) {
  if (!selected && !path) return null;
  const nodes = new Set<string>(selected ? [selected] : []);
  const edges = new Set<string>();
  for (const edge of drawn.edges.values()) {
    const on = selected ? edge.source === selected || edge.target === selected : path?.has(edge.id);
    if (!on) continue;
    edges.add(edge.id);
    nodes.add(edge.source).add(edge.target);
  }
  return { nodes, edges };
}
