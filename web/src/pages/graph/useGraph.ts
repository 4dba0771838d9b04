import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { get } from "../../api/client";
import { useApi } from "../../api/query";
import type { Graph, GraphPaths } from "../../api/types";
import { useAsOf } from "../../state/asof";
import { extended, ladder, NARROW, radial, type Spot, WIDE } from "./layout";
import { grouped, merge, type Model } from "./model";

export interface GraphQuestion {
  focus: string;
  hops: number;
  kinds: string[];
  relations: string[];
  /** Nodes whose own neighbours were asked for as well. */
  expanded: string[];
  /** Groups opened into their members. */
  opened: string[];
  /** Ways to another entity; when there are any, they are the picture. */
  paths: GraphPaths["paths"] | null;
}

const LIMIT = 300;

export interface GraphAnswer {
  /** Everything known, and what is drawn of it. */
  whole: Model | null;
  drawn: Model | null;
  /** Says when the picture is another one. */
  picture: string;
  spots: Map<string, Spot>;
  error: unknown;
  waiting: boolean;
  retry: () => void;
}

/** The graph around a focus, grown by what the reader expanded; known nodes keep their places. */
export function useGraph(asked: GraphQuestion): GraphAnswer {
  const asOf = useAsOf();
  const filters = { kinds: asked.kinds.join(","), relations: asked.relations.join(",") };
  const params = { focus: asked.focus, hops: asked.hops, limit: LIMIT, ...filters };
  const base = useApi<Graph>("/graph", params, { enabled: asked.focus !== "" && !asked.paths });
  const more = useQueries({
    queries: asked.expanded.map((id) => {
      const wanted = { focus: id, hops: 1, limit: LIMIT, ...filters, ...asOf.params };
      return {
        queryKey: ["api", "/graph", wanted],
        queryFn: ({ signal }: { signal: AbortSignal }) => get<Graph>("/graph", wanted, signal),
        staleTime: 60_000,
      };
    }),
    combine: (answers) => ({
      data: answers.flatMap((each) => (each.data ? [each.data] : [])),
      waiting: answers.some((each) => each.isLoading),
    }),
  });
  const { paths, focus } = asked;
  const extra = JSON.stringify(more.data.map((each) => each.nodes[0]?.id));
  const whole = useMemo(() => {
    if (paths) return merge(focus, more.data, paths);
    return base.data ? merge(focus, [base.data, ...more.data], []) : null;
    // `more.data` is a new array each time; `extra` says whether it holds anything new.
  }, [base.data, extra, focus, paths]);
  const to = paths?.[0]?.nodes.at(-1)?.id ?? "";
  const picture = `${focus}|${to}|${asked.hops}|${filters.kinds}|${filters.relations}`;
  const opened = asked.opened.join();
  const expanded = asked.expanded.join();
  const drawn = useMemo(() => {
    if (!whole) return null;
    const along = paths?.flatMap((path) => path.nodes.map((each) => each.id)) ?? [];
    const keep = new Set([focus, ...asked.expanded, ...along]);
    return grouped(whole, keep, new Set(asked.opened));
  }, [whole, focus, paths, opened, expanded]);
  const spots = usePlaces(drawn, focus, paths, picture);
  return {
    whole,
    drawn,
    picture,
    spots,
    error: base.error,
    waiting: base.isFetching || more.waiting,
    retry: () => void base.refetch(),
  };
}

/** Places by picture: laid out once, then only added to, so that nothing the reader knows moves. */
function usePlaces(
  drawn: Model | null,
  focus: string,
  ways: GraphPaths["paths"] | null,
  picture: string,
): Map<string, Spot> {
  const kept = useRef<{ picture: string; spots: Map<string, Spot> }>({
    picture: "",
    spots: new Map(),
  });
  return useMemo(() => {
    if (!drawn) return new Map();
    const before = kept.current;
    const wider = matchMedia("(max-width: 720px)").matches ? NARROW : WIDE;
    const same = before.picture === picture && before.spots.has(focus);
    const first = ways ? ladder(ways) : null;
    const spots = same
      ? extended(drawn, focus, before.spots, wider)
      : first
        ? extended(drawn, focus, first, wider)
        : radial(drawn, focus, wider);
    kept.current = { picture, spots: new Map([...(same ? before.spots : []), ...spots]) };
    return spots;
  }, [drawn, focus, ways, picture]);
}
