import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { type ApiError, post } from "../../api/client";
import { useApi } from "../../api/query";
import type { Demand, MatchAnswer, MatchVocabulary } from "../../api/review";
import { useLang } from "../../state/lang";
import { EmptyState, ErrorState, Loading, PageHeader } from "../../ui";
import { Answers } from "./Answers";
import { DemandForm } from "./DemandForm";
import { asked, EMPTY, keepDraft, keptDraft } from "./draft";
import { Results } from "./Results";
import "./match.css";

const LIMIT = 20;

/** A need, and who in the district can meet it; or what was answered before. */
export default function MatchPage() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const answers = search.get("tab") === "answers";
  return (
    <>
      <PageHeader title={t("match.title")} lead={t("match.lead")} />
      <div className="tabs">
        <button type="button" className="tab" aria-pressed={!answers} onClick={() => setSearch({})}>
          {t("match.ask")}
        </button>
        <button
          type="button"
          className="tab"
          aria-pressed={answers}
          onClick={() => setSearch({ tab: "answers" })}
        >
          {t("match.answers")}
        </button>
      </div>
      {answers ? <Answers /> : <Ask />}
    </>
  );
}

function Ask() {
  const { t } = useLang();
  const client = useQueryClient();
  const vocabulary = useApi<MatchVocabulary>(
    "/match-vocabulary",
    {},
    { timeless: true, staleTime: 3_600_000 },
  );
  const [draft, setDraft] = useState(keptDraft);
  const [demand, setDemand] = useState<Demand | null>(null);
  useEffect(() => keepDraft(draft), [draft]);
  const key = ["match", demand];
  const found = useQuery<MatchAnswer, ApiError>({
    queryKey: key,
    queryFn: () => post<MatchAnswer>("/matches", { demand, limit: LIMIT }),
    enabled: demand !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: false,
  });
  const place = useRef<HTMLElement>(null);
  const run = () => {
    const next = asked(draft);
    // The same need asked again is asked of the server again: it may have learnt since.
    void client.invalidateQueries({ queryKey: ["match", next] });
    setDemand(next);
    // Below the form, as on a phone, the answer would come where nobody looks.
    if (innerWidth <= 980) place.current?.scrollIntoView({ behavior: "smooth" });
  };
  return (
    <div className="match">
      <DemandForm
        draft={draft}
        vocabulary={vocabulary.data}
        error={vocabulary.error}
        busy={found.isFetching}
        set={setDraft}
        run={run}
        clear={() => {
          setDraft(EMPTY);
          setDemand(null);
        }}
      />
      <section ref={place} className="match-found" aria-label={t("match.title")}>
        {!demand ? (
          <EmptyState title={t("match.start")} why={t("match.startWhy")} height={420} />
        ) : found.data ? (
          <Results
            answer={found.data}
            demand={demand}
            reasons={vocabulary.data?.decline_reasons ?? []}
            busy={found.isFetching}
            patch={(change) => client.setQueryData<MatchAnswer>(key, (now) => now && change(now))}
            again={() => void found.refetch()}
          />
        ) : found.error ? (
          <ErrorState error={found.error} retry={() => void found.refetch()} height={420} />
        ) : (
          <Loading height={420} label={t("match.running")} />
        )}
      </section>
    </div>
  );
}
