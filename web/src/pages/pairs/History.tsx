import { useMutation, useQueryClient } from "@tanstack/react-query";
import { remove, segment } from "../../api/client";
import { useOfficer, useApiPages } from "../../api/query";
import type { Judgement } from "../../api/review";
import { useLang } from "../../state/lang";
import { EmptyState, EntityLink, ErrorState, FormError, Loading, useFormat } from "../../ui";

const VERDICTS = {
  positive: "pairs.same",
  negative: "pairs.different",
  unsure: "pairs.unsure",
} as const;

/** Every judgement, the latest first; undone ones stay, with who undid them. */
export function History() {
  const { t } = useLang();
  const client = useQueryClient();
  const allowed = useOfficer();
  const list = useApiPages<Judgement>("/judgements", { limit: 50 }, { timeless: true });
  const undo = useMutation({
    mutationFn: (id: string) => remove(`/judgements/${segment(id)}`),
    onSuccess: () => client.invalidateQueries(),
  });
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={480} />;
  }
  if (!list.first) return <Loading height={480} />;
  if (list.items.length === 0) {
    return (
      <EmptyState title={t("pairs.historyNone")} why={t("pairs.historyNoneWhy")} height={480} />
    );
  }
  return (
    <>
      <FormError error={undo.error} />
      <ul className="judgements">
        {list.items.map((judgement) => (
          <Row
            key={judgement.id}
            judgement={judgement}
            undo={allowed ? () => undo.mutate(judgement.id) : undefined}
            busy={undo.isPending && undo.variables === judgement.id}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
          {t("action.more")}
        </button>
      )}
    </>
  );
}

interface JudgementRowProps {
  judgement: Judgement;
  undo?: () => void;
  busy: boolean;
}

function Row({ judgement, undo, busy }: JudgementRowProps) {
  const { t } = useLang();
  const format = useFormat();
  const { verdict, undone_at: undoneAt, undone_by: undoneBy } = judgement;
  return (
    <li className={undoneAt ? "judgement judgement-undone" : "judgement"}>
      <span className={`judgement-verdict judgement-${verdict}`}>{t(VERDICTS[verdict])}</span>
      <div className="judgement-pair">
        <EntityLink entity={judgement.left} badge />
        <EntityLink entity={judgement.right} badge />
        {judgement.reason && <p className="claim-quote">{judgement.reason}</p>}
        <p className="mini-line">
          <span className="mono">{judgement.id}</span>
          <span>{judgement.by}</span>
          <span>{format.time(judgement.at)}</span>
          {undoneAt && (
            <span>{t("pairs.undoneBy", { by: undoneBy ?? "", time: format.time(undoneAt) })}</span>
          )}
        </p>
      </div>
      {!undoneAt && undo && (
        <button type="button" className="button button-small" disabled={busy} onClick={undo}>
          {t("pairs.undo")}
          <span className="visually-hidden"> {judgement.id}</span>
        </button>
      )}
    </li>
  );
}
