import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, post, segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Decision, ReadDocument } from "../../api/review";
import { foresee, inLots } from "./candidates";

/** A decision that was refused: taken back on the page, with the server's words. */
export interface Refused {
  error: unknown;
  decisions: Decision[];
}

/** Nobody is known by the subject's name: the reader must choose whom it means. */
export const NOBODY = "E-CAND-03";

export const codeOf = (error: unknown): string | undefined =>
  error instanceof ApiError ? error.problem.code : undefined;

export type Decisions = ReturnType<typeof useDecisions>;

/**
 * One document and the decisions on it. A decision shows at once, is sent in its turn, and is taken
 * back when it is refused.
 */
export function useDecisions(key: string) {
  const client = useQueryClient();
  const path = `/documents/${segment(key)}`;
  const query = useApi<ReadDocument>(path, {}, { timeless: true });
  const [pending, setPending] = useState<Decision[]>([]);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [last, setLast] = useState<Decision[]>([]);
  const send = useMutation({
    // In one line, so that an earlier answer never overwrites a later one.
    scope: { id: path },
    mutationFn: (decisions: Decision[]) => post<ReadDocument>(`${path}/decisions`, { decisions }),
    onSuccess: (answer) => {
      client.setQueryData(["api", path, {}], answer);
      const elsewhere = { refetchType: "none" } as const;
      void client.invalidateQueries({ queryKey: ["api"], ...elsewhere });
      void client.invalidateQueries({ queryKey: ["api-pages"], ...elsewhere });
    },
    onError: (error, decisions) => {
      setRefused({ error, decisions });
      setLast([]);
      // Somebody else may have decided it meanwhile.
      void client.invalidateQueries({ queryKey: ["api", path] });
    },
    onSettled: (_answer, _error, decisions) =>
      setPending((now) => now.filter((each) => !decisions.includes(each))),
  });
  const decide = (decisions: Decision[]) => {
    if (decisions.length === 0) return;
    setRefused(null);
    setLast(decisions);
    setPending((now) => [...now, ...decisions]);
    for (const lot of inLots(decisions)) send.mutate(lot);
  };
  const read = query.data && foresee(query.data, pending);
  return { query, read, decide, last, refused, dismiss: () => setRefused(null) };
}
