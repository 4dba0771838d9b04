import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiError, post, segment } from "../../api/client";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { MatchAnswer } from "../../api/review";
import type { DemandItem, DemandPage, Introduction } from "../../api/transfer";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EntityLink,
  ErrorState,
  FormError,
  Loading,
  PageHeader,
  SignInState,
} from "../../ui";
import { DemandState } from "./state";

/** The way of an introduction; each step follows the one before, an end any. */
const WAY = ["proposed", "met", "negotiating", "signed"] as const;
const FOUND = 10;

/** A demand: how its introductions stand, and what else fits. */
export function OneDemand({ id }: { id: string }) {
  const { t } = useLang();
  const session = useSession();
  const account = session.data?.account ?? null;
  const query = useApi<DemandPage>(`/transfer/demands/${segment(id)}`, {}, {
    timeless: true,
    staleTime: 2_000,
    enabled: account !== null,
  });
  if (session.isPending) return <Loading height={400} />;
  if (!account) {
    return (
      <SignInState title={t("market.signIn")} why={t("market.signInWhy")} height={400} />
    );
  }
  return (
    <Answer query={query} height={480}>
      {(page) => <Whole page={page} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

function Whole({ page, refresh }: { page: DemandPage; refresh: () => void }) {
  const { t } = useLang();
  const { demand, introductions } = page;
  const said = demand.demand as { text?: string };
  const end = useMutation({
    mutationFn: (met: boolean) =>
      post<DemandItem>(`/transfer/demands/${segment(demand.id)}`, { met }),
    onSuccess: refresh,
  });
  const open = demand.state === "open";
  return (
    <article>
      <PageHeader
        eyebrow={
          <span className="row">
            <AppLink to="/market?tab=demands">{t("market.demands")}</AppLink>
            <span className="mono">{demand.id}</span>
          </span>
        }
        title={demand.title}
        lead={demand.firm}
        actions={
          open && (
            <>
              <button
                type="button"
                className="button"
                disabled={end.isPending}
                onClick={() => end.mutate(true)}
              >
                {t("market.setMet")}
              </button>
              <button
                type="button"
                className="button"
                disabled={end.isPending}
                onClick={() => end.mutate(false)}
              >
                {t("market.setWithdrawn")}
              </button>
            </>
          )
        }
      />
      <FormError error={end.error} />
      <p>
        <DemandState state={demand.state} />
      </p>
      {said.text && <p className="market-text">{said.text}</p>}
      <section className="section">
        <h2>{t("market.introductions")}</h2>
        {introductions.length === 0 && <p className="quiet">{t("market.noIntroductions")}</p>}
        <ul className="market-list">
          {introductions.map((each) => (
            <One key={each.id} introduction={each} refresh={refresh} />
          ))}
        </ul>
      </section>
      {open && (
        <Fitting demand={demand} made={introductions.map((each) => each.entity)} refresh={refresh} />
      )}
    </article>
  );
}

function One({ introduction, refresh }: { introduction: Introduction; refresh: () => void }) {
  const { t } = useLang();
  const officer = useOfficer();
  const [task, setTask] = useState("");
  const [due, setDue] = useState("");
  const at = WAY.findIndex((each) => each === introduction.state);
  const next = at >= 0 ? WAY[at + 1] : undefined;
  const follow = useMutation({
    mutationFn: (state: string) =>
      post<Introduction>(`/transfer/introductions/${segment(introduction.id)}`, {
        state,
        task: task.trim() || null,
        due: due.trim() || null,
      }),
    onSuccess: () => {
      setTask("");
      setDue("");
      refresh();
    },
  });
  return (
    <li className="intro">
      <div className="intro-head">
        {introduction.result ? (
          <span className="market-name">
            <EntityLink entity={introduction.result} />
          </span>
        ) : (
          <span className="market-name">{introduction.entity}</span>
        )}
        <ol className="intro-way" aria-label={t("market.introductions")}>
          {WAY.map((each, place) => (
            <li key={each} className={place <= at ? "intro-past" : ""} aria-current={place === at ? "step" : undefined}>
              {t(`intro.${each}`)}
            </li>
          ))}
          {introduction.state === "ended" && <li className="intro-ended">{t("intro.ended")}</li>}
        </ol>
      </div>
      {introduction.task && (
        <p>
          {introduction.task}
          {introduction.due && (
            <span className="quiet small"> · {t("market.dueOn", { day: introduction.due })}</span>
          )}
        </p>
      )}
      {officer && introduction.state !== "ended" && (
        <div className="intro-next">
          <input
            className="field"
            value={task}
            maxLength={500}
            placeholder={t("market.task")}
            aria-label={t("market.task")}
            onChange={(event) => setTask(event.target.value)}
          />
          <input
            className="field intro-due"
            value={due}
            placeholder="2026-01-31"
            aria-label={t("market.due")}
            onChange={(event) => setDue(event.target.value)}
          />
          {next && (
            <button
              type="button"
              className="button button-small"
              disabled={follow.isPending}
              onClick={() => follow.mutate(next)}
            >
              {t("market.next", { state: t(`intro.${next}`) })}
            </button>
          )}
          <button
            type="button"
            className="button-text small"
            disabled={follow.isPending}
            onClick={() => follow.mutate("ended")}
          >
            {t("market.endIt")}
          </button>
        </div>
      )}
      <FormError error={follow.error} />
    </li>
  );
}

interface FittingProps {
  demand: DemandItem;
  /** Entities that were introduced already. */
  made: string[];
  refresh: () => void;
}

/** What the engine finds for the demand, each with why, to be introduced. */
function Fitting({ demand, made, refresh }: FittingProps) {
  const { t, lang } = useLang();
  const officer = useOfficer();
  const found = useQuery<MatchAnswer, ApiError>({
    queryKey: ["match", demand.demand],
    queryFn: () => post<MatchAnswer>("/matches", { demand: demand.demand, limit: FOUND }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const introduce = useMutation({
    mutationFn: (entity: string) =>
      post<Introduction>("/transfer/introductions", { demand: demand.id, entity }),
    onSuccess: refresh,
  });
  return (
    <section className="section">
      <h2>{t("market.found")}</h2>
      <FormError error={introduce.error} />
      {found.isPending && <Loading height={200} label={t("match.running")} />}
      {found.error && <ErrorState error={found.error} retry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <p className="quiet">{t("market.noFound")}</p>}
      <ul className="market-list">
        {found.data?.items.map((item) => (
          <li key={item.entity.id} className="market-row">
            <div>
              <span className="market-name">
                <EntityLink entity={item.entity} />
              </span>
              <span className="quiet small">{item.reasons[lang].slice(0, 2).join(" · ")}</span>
            </div>
            <span className="market-day mono small">{item.score.toFixed(2)}</span>
            {made.includes(item.entity.id) ? (
              <span className="quiet small">{t("market.introduced")}</span>
            ) : (
              officer && (
                <button
                  type="button"
                  className="button button-small"
                  disabled={introduce.isPending}
                  onClick={() => introduce.mutate(item.entity.id)}
                >
                  {t("market.introduce")}
                </button>
              )
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
