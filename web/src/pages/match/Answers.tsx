import { useMutation, useQueryClient } from "@tanstack/react-query";
import { remove, segment } from "../../api/client";
import { useOfficer, useApiPages } from "../../api/query";
import type { Answer } from "../../api/review";
import { useLang } from "../../state/lang";
import {
  EmptyState,
  EntityLink,
  ErrorState,
  FormError,
  Loading,
  SignInState,
  useFormat,
} from "../../ui";

/** Every answer given, the latest first, each with a way to take it back. */
export function Answers() {
  const { t } = useLang();
  const client = useQueryClient();
  const allowed = useOfficer();
  const list = useApiPages<Answer>("/answers", { limit: 50 }, { timeless: true, enabled: allowed });
  const takeBack = useMutation({
    mutationFn: (id: string) => remove(`/answers/${segment(id)}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["api-pages", "/answers"] });
      client.removeQueries({ queryKey: ["match"] });
    },
  });
  if (!allowed) {
    return (
      <SignInState title={t("match.signIn")} why={t("import.signInWhy")} height={480} />
    );
  }
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={480} />;
  }
  if (!list.first) return <Loading height={480} />;
  if (list.items.length === 0) {
    return <EmptyState title={t("match.noAnswers")} why={t("match.noAnswersWhy")} height={480} />;
  }
  return (
    <>
      <FormError error={takeBack.error} />
      <ul className="judgements">
        {list.items.map((answer) => (
          <Row
            key={answer.id}
            answer={answer}
            takeBack={allowed ? () => takeBack.mutate(answer.id) : undefined}
            busy={takeBack.isPending && takeBack.variables === answer.id}
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

function Row({ answer, takeBack, busy }: { answer: Answer; takeBack?: () => void; busy: boolean }) {
  const { t, pick } = useLang();
  const format = useFormat();
  const fits = answer.verdict === "accept";
  return (
    <li className={answer.taken_back_at ? "judgement judgement-undone" : "judgement"}>
      <span className={`judgement-verdict judgement-${fits ? "positive" : "negative"}`}>
        {t(fits ? "match.accept" : "match.decline")}
      </span>
      <div className="judgement-pair">
        <EntityLink entity={answer.entity} badge />
        <p>{answer.title}</p>
        {answer.reason && (
          <p className="quiet">{pick(answer.reason.label) || answer.reason.code}</p>
        )}
        {answer.note && <p className="claim-quote">{answer.note}</p>}
        <p className="mini-line">
          <span className="mono">{answer.id}</span>
          <span>{answer.by}</span>
          <span>{format.time(answer.at)}</span>
          {answer.taken_back_at && (
            <span>{t("match.takenBack", { time: format.time(answer.taken_back_at) })}</span>
          )}
        </p>
      </div>
      {takeBack && !answer.taken_back_at && (
        <button type="button" className="button button-small" disabled={busy} onClick={takeBack}>
          {t("match.takeBack")}
          <span className="visually-hidden"> {answer.id}</span>
        </button>
      )}
    </li>
  );
}
