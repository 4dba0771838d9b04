import { useEffect, useMemo, useState } from "react";
import { useApi, useSchema } from "../../api/query";
import type { Overview } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  EmptyState,
  EntityPicker,
  ErrorState,
  ExportMenu,
  Loading,
  PageHeader,
  useKindLabel,
} from "../../ui";
import { useAddress } from "../map/address";
import { Choices } from "./Choices";
import { GraphList } from "./GraphList";
import type { Model } from "./model";
import { Paths, usePaths } from "./Paths";
import { Picture } from "./Picture";
import { type GraphAnswer, useGraph } from "./useGraph";
import "../map/map.css";
import "./graph.css";

const HOPS = ["1", "2", "3"];

/** What of the graph is in the address: one link shows another reader the same picture. */
function useQuestion() {
  const [search, change] = useAddress();
  const overview = useApi<Overview>("/overview", {}, { enabled: !search.get("focus") });
  const focus = search.get("focus") ?? overview.data?.district.id ?? "";
  const hops = HOPS.includes(search.get("hops") ?? "") ? Number(search.get("hops")) : 1;
  const kinds = search.getAll("kind");
  const relations = search.getAll("relation");
  const to = search.get("to") ?? "";
  const list = search.get("view") === "list";
  return { focus, hops, kinds, relations, to, list, change, error: overview.error };
}

/** The graph page: what is around one entity, grown by clicking, and ways between two. */
export default function GraphPage() {
  const { t } = useLang();
  const asked = useQuestion();
  const [expanded, setExpanded] = useState<string[]>([]);
  const [opened, setOpened] = useState<string[]>([]);
  const [way, setWay] = useState(0);
  const { focus, to, change } = asked;
  useEffect(() => {
    setExpanded([]);
    setOpened([]);
  }, [focus]);
  useEffect(() => setWay(0), [focus, to]);
  const ways = usePaths(focus, to).data?.paths;
  const paths = to && ways?.length ? ways : null;
  const path = paths?.[way] ?? null;
  const { hops, kinds, relations } = asked;
  const answer = useGraph({ focus, hops, kinds, relations, expanded, opened, paths });
  const along = useMemo(() => path && new Set(path.edges.map((each) => each.id)), [path]);
  const grow = (id: string) => {
    if (id.startsWith("group:")) setOpened((all) => [...all, id]);
    else if (id !== focus) setExpanded((all) => (all.includes(id) ? all : [...all, id]));
  };
  const error = asked.error ?? answer.error;
  return (
    <div className="graph-page graph-body">
      <PageHeader title={t("nav.graph")} lead={t("graph.lead")} actions={<Export {...asked} />} />
      <Controls {...asked} />
      {to && <Paths from={focus} to={to} chosen={way} onChoose={setWay} />}
      {answer.drawn ? (
        <>
          <div className="graph-head">
            <Summary answer={answer} />
            <Key model={answer.drawn} />
          </div>
          {answer.drawn.edges.size === 0 && (
            <EmptyState height={120} title={t("graph.none")} why={t("graph.noneWhy")} />
          )}
          {asked.list && answer.whole ? (
            <GraphList model={answer.whole} onPick={grow} />
          ) : (
            <Picture
              key={focus}
              drawn={answer.drawn}
              spots={answer.spots}
              focus={focus}
              picture={answer.picture}
              path={along}
              expanded={expanded}
              onGrow={grow}
              onFold={(id) => setExpanded((all) => all.filter((each) => each !== id))}
              onFocus={(id) => change({ focus: id, to: null })}
              onWay={(id) => change({ to: id, focus })}
            />
          )}
        </>
      ) : error ? (
        <ErrorState error={error} retry={answer.retry} height={480} />
      ) : (
        <Loading height={600} />
      )}
    </div>
  );
}

function Export({ focus, to, hops, kinds, relations }: ReturnType<typeof useQuestion>) {
  const params = { focus, hops, kinds: kinds.join(","), relations: relations.join(",") };
  const ways = { from: focus, to, max_hops: 6 };
  return to ? (
    <ExportMenu question="paths" params={ways} />
  ) : (
    <ExportMenu question="graph" params={params} />
  );
}

function Controls(asked: ReturnType<typeof useQuestion>) {
  const { t, pick } = useLang();
  const schema = useSchema().data;
  const { focus, to, hops, kinds, relations, list, change } = asked;
  const kindOptions = (schema?.kinds ?? [])
    .filter((each) => !each.abstract && !each.edge)
    .map(({ key, label, color }) => ({ key, text: pick(label) || key, color }));
  const relationOptions = (schema?.properties ?? [])
    .filter((each) => each.value_type === "entity")
    .map(({ key, label }) => ({ key, text: pick(label) || key }));
  return (
    <div className="graph-controls">
      <EntityPicker
        label={t(to ? "graph.from" : "graph.around")}
        value={focus}
        onChange={(id) => change({ focus: id })}
      />
      <EntityPicker
        label={t("graph.wayTo")}
        value={to}
        onChange={(id) => change({ to: id, focus })}
      />
      {to && (
        <button type="button" className="button" onClick={() => change({ to: null })}>
          {t("graph.noWay")}
        </button>
      )}
      {!to && (
        <>
          <div className="map-tabs" role="group" aria-label={t("graph.hops")}>
            {HOPS.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={String(hops) === each}
                onClick={() => change({ hops: each === "1" ? null : each })}
              >
                {t("graph.hop", { count: each })}
              </button>
            ))}
          </div>
          <Choices
            label={t("graph.kinds")}
            options={kindOptions}
            chosen={kinds}
            onChange={(next) => change({ kind: next })}
          />
          <Choices
            label={t("graph.relations")}
            options={relationOptions}
            chosen={relations}
            onChange={(next) => change({ relation: next })}
          />
        </>
      )}
      <div className="map-tabs graph-view-tabs" role="group" aria-label={t("graph.view")}>
        {(["graph", "list"] as const).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={list === (each === "list")}
            onClick={() => change({ view: each === "list" ? "list" : null })}
          >
            {t(`graph.view.${each}`)}
          </button>
        ))}
      </div>
    </div>
  );
}

function Summary({ answer }: { answer: GraphAnswer }) {
  const { t } = useLang();
  const { whole, drawn, waiting } = answer;
  if (!whole || !drawn) return null;
  const parts = [t("graph.summary", { nodes: whole.nodes.size, edges: whole.edges.size })];
  if (drawn.nodes.size < whole.nodes.size) parts.push(t("graph.grouped"));
  if (whole.truncated) parts.push(t("graph.truncated"));
  if (waiting) parts.push(t("state.loading"));
  return (
    <p className="quiet small graph-summary" aria-live="polite">
      {parts.join(" ")}
    </p>
  );
}

/** The kinds in the picture and how many of each. */
function Key({ model: { nodes } }: { model: Model }) {
  const { t } = useLang();
  const label = useKindLabel();
  const kinds = useSchema().data?.kinds;
  const counts = new Map<string, number>();
  for (const { kind, group } of nodes.values()) {
    counts.set(kind, (counts.get(kind) ?? 0) + (group?.count ?? 1));
  }
  return (
    <ul className="graph-key" aria-label={t("visual.legend")}>
      {[...counts]
        .sort((a, b) => b[1] - a[1])
        .map(([kind, count]) => (
          <li key={kind}>
            <i style={{ background: kinds?.find((each) => each.key === kind)?.color }} />
            {label(kind)} <span className="quiet">{count}</span>
          </li>
        ))}
    </ul>
  );
}
