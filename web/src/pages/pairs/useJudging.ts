import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { post, remove, segment } from "../../api/client";
import type { Judgement, Pair, PairVerdict } from "../../api/review";
import type { EntityRef } from "../../api/types";

export const pairKey = (pair: Pair): string => `${pair.left.entity.id} ${pair.right.entity.id}`;

export const namesOf = (pair: Pair): EntityRef[] => [pair.left.entity, pair.right.entity];

/** What is known of a pair judged on this page: the verdict at once, the record when it came. */
export interface Judged {
  pair: string;
  names: EntityRef[];
  verdict: PairVerdict;
  judgement?: Judgement;
}

/** Judgements made here, in their order; each shows at once and is taken back when refused. */
export function useJudging() {
  const client = useQueryClient();
  const [made, setMade] = useState<Judged[]>([]);
  // Read when an undoing has its turn: it may be asked for while the judgement is still on its way.
  const ids = useRef(new Map<string, string>());
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["api", "/pairs"] });
    void client.invalidateQueries({ queryKey: ["api-pages", "/judgements"] });
    // Entities became one or two: whatever shows them is read again when it is next opened. The
    // queue itself must not move under the hand.
    void client.invalidateQueries({ queryKey: ["api"], refetchType: "none" });
    void client.invalidateQueries({ queryKey: ["api-pages"], refetchType: "none" });
  };
  const drop = (pair: string) => setMade((now) => now.filter((each) => each.pair !== pair));
  const send = useMutation({
    scope: { id: "judgements" },
    mutationFn: ({ pair, verdict, reason }: { pair: Pair; verdict: PairVerdict; reason: string }) =>
      post<Judgement>("/judgements", {
        left: pair.left.entity.id,
        right: pair.right.entity.id,
        verdict,
        ...(reason.trim() && { reason: reason.trim() }),
      }),
    onSuccess: (judgement, { pair }) => {
      const key = pairKey(pair);
      ids.current.set(key, judgement.id);
      setMade((now) => now.map((each) => (each.pair === key ? { ...each, judgement } : each)));
      refresh();
    },
    onError: (_error, { pair }) => drop(pairKey(pair)),
  });
  const undo = useMutation({
    scope: { id: "judgements" },
    mutationFn: async ({ pair }: Judged) => {
      const id = ids.current.get(pair);
      if (id) await remove(`/judgements/${segment(id)}`);
    },
    onSuccess: (_answer, judged) => {
      ids.current.delete(judged.pair);
      drop(judged.pair);
      refresh();
    },
  });
  const judge = (pair: Pair, verdict: PairVerdict, reason: string) => {
    undo.reset();
    setMade((now) => [
      ...now.filter((each) => each.pair !== pairKey(pair)),
      { pair: pairKey(pair), names: namesOf(pair), verdict },
    ]);
    send.mutate({ pair, verdict, reason });
  };
  const last = made.at(-1);
  return {
    judge,
    made: new Map(made.map((each) => [each.pair, each])),
    last,
    /** Takes back the last judgement, in its turn. */
    undoLast: () => {
      if (last && !undo.isPending) undo.mutate(last);
    },
    error: send.error ?? undo.error,
  };
}
