import { useApi } from "../../api/query";
import type { GraphEdge, GraphPaths } from "../../api/types";
import { useEvidence } from "../../evidence";
import { useLang } from "../../state/lang";
import { EntityLink, EmptyState, ErrorState, Loading, useFormat } from "../../ui";

interface PathsProps {
  from: string;
  to: string;
  chosen: number;
  onChoose: (at: number) => void;
}

export function usePaths(from: string, to: string) {
  const params = { from, to, max_hops: 6, limit: 5 };
  return useApi<GraphPaths>("/graph/paths", params, { enabled: from !== "" && to !== "" });
}

/** The shortest ways from one entity to another, each step with its relation and its source. */
export function Paths({ from, to, chosen, onChoose }: PathsProps) {
  const { t } = useLang();
  const query = usePaths(from, to);
  if (!to) return null;
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading height={120} />;
  const { paths } = query.data;
  if (!paths.length) {
    return <EmptyState height={120} title={t("graph.noPath")} why={t("graph.noPathWhy")} />;
  }
  return (
    <ol className="graph-paths" aria-label={t("graph.paths", { count: paths.length })}>
      {paths.map((path, at) => (
        <li key={at} className={at === chosen ? "graph-path graph-path-on" : "graph-path"}>
          <button type="button" className="button button-small" onClick={() => onChoose(at)}>
            {t("graph.steps", { count: path.edges.length })}
          </button>
          {path.nodes.map((node, step) => (
            <span key={node.id} className="graph-step">
              {step > 0 && <StepEdge edge={path.edges[step - 1]} from={path.nodes[step - 1]?.id} />}
              <EntityLink entity={node} />
            </span>
          ))}
        </li>
      ))}
    </ol>
  );
}

function StepEdge({ edge, from }: { edge?: GraphEdge; from?: string }) {
  const { pick } = useLang();
  const evidence = useEvidence();
  const text = useEdgeText();
  if (!edge) return null;
  const forward = edge.source === from;
  return (
    <button
      type="button"
      className="graph-relation"
      onClick={() => evidence.open({ statement: edge.statement })}
      title={text(edge)}
    >
      {forward ? "" : "← "}
      {pick(edge.relation.label) || edge.relation.key}
      {forward ? " →" : ""}
    </button>
  );
}

/** An edge in words: its relation and when it holds. */
export function useEdgeText() {
  const { pick, t } = useLang();
  const format = useFormat();
  return (
    edge: Pick<GraphEdge, "from" | "to"> & {
      relation: GraphEdge["relation"] | null;
      count?: number;
    },
  ) => {
    const label = edge.relation
      ? pick(edge.relation.label) || edge.relation.key
      : t("graph.several");
    if (edge.count && edge.count > 1) return `${label} × ${edge.count}`;
    const { from, to } = edge;
    const when = format.valid({ from, to, precision: precisionOf(from, to) });
    return when ? `${label} · ${when}` : label;
  };
}

/** Whole years and months are said as such, since an edge carries days only. */
function precisionOf(from: string | null, to: string | null): "year" | "month" | "day" {
  const start = from ?? "";
  const end = to ?? "";
  if ((!start || start.endsWith("-01-01")) && (!end || end.endsWith("-12-31"))) return "year";
  return start.endsWith("-01") && (!end || Number(end.slice(8)) >= 28) ? "month" : "day";
}
