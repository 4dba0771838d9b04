import { useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { useAccount, useApi, useApiPages, useOfficer, useSession } from "../../api/query";
import type { Claim, DemandItem } from "../../api/transfer";
import type { Page } from "../../api/types";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityLink,
  ErrorState,
  Loading,
  PageHeader,
  SignInState,
  useFormat,
} from "../../ui";
import { ClaimForm, PostForm } from "./forms";
import { OneDemand } from "./OneDemand";
import { DemandState } from "./state";
import "./market.css";

/** What institutes offer and what firms look for, brought together. */
export default function Market() {
  const { id } = useParams();
  return id ? <OneDemand id={id} /> : <Both />;
}

function Both() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const account = useAccount();
  const officer = useOfficer();
  const [writing, setWriting] = useState(false);
  const demands = search.get("tab") === "demands";
  // A claim and a demand both need someone who speaks for an organization.
  const may = account !== null && (officer || account.organization !== null);
  return (
    <>
      <PageHeader
        title={t("market.title")}
        lead={t("market.lead")}
        actions={
          may && (
            <button
              type="button"
              className="button button-main"
              aria-expanded={writing}
              onClick={() => setWriting(!writing)}
            >
              {t(demands ? "market.post" : "market.claim")}
            </button>
          )
        }
      />
      <div className="tabs">
        <button
          type="button"
          className="tab"
          aria-pressed={!demands}
          onClick={() => {
            setWriting(false);
            setSearch({});
          }}
        >
          {t("market.results")}
        </button>
        <button
          type="button"
          className="tab"
          aria-pressed={demands}
          onClick={() => {
            setWriting(false);
            setSearch({ tab: "demands" });
          }}
        >
          {t("market.demands")}
        </button>
      </div>
      {writing && (demands ? <PostForm done={() => setWriting(false)} /> : <ClaimForm done={() => setWriting(false)} />)}
      {demands ? <Demands /> : <Results />}
    </>
  );
}

function Results() {
  const { t } = useLang();
  const account = useAccount();
  const query = useApi<Page<Claim>>("/transfer/claims", {}, { timeless: true, staleTime: 5_000 });
  return (
    <Answer query={query} height={320}>
      {(found) =>
        found.items.length === 0 ? (
          <EmptyState title={t("market.noResults")} why={t("market.noResultsWhy")} height={320} />
        ) : (
          <ul className="market-list">
            {found.items.map((claim) => (
              <li key={claim.result.id} className="market-row">
                <div>
                  <span className="market-name">
                    <EntityLink entity={claim.result} />
                  </span>
                  <span className="quiet small">
                    <EntityLink entity={claim.unit} />
                  </span>
                </div>
                <span className="small market-day">
                  {t("market.registeredOn", { day: claim.registered })}
                </span>
                {claim.case && account ? (
                  <AppLink to={`/cases/${claim.case}`} className="small">
                    {t("market.case", { id: claim.case })}
                  </AppLink>
                ) : (
                  <span className="quiet small">{claim.case ? "" : t("market.noCase")}</span>
                )}
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
  );
}

function Demands() {
  const { t } = useLang();
  const session = useSession();
  const signedIn = Boolean(session.data?.account);
  const format = useFormat();
  const list = useApiPages<DemandItem>(
    "/transfer/demands",
    { limit: 50 },
    { timeless: true, enabled: signedIn },
  );
  if (session.isPending) return <Loading height={320} />;
  if (!signedIn) {
    return (
      <SignInState title={t("market.signIn")} why={t("market.signInWhy")} height={320} />
    );
  }
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} height={320} />;
  }
  if (list.isPending) return <Loading height={320} />;
  if (list.items.length === 0) {
    return <EmptyState title={t("market.noDemands")} why={t("market.noDemandsWhy")} height={320} />;
  }
  return (
    <>
      <ul className="market-list">
        {list.items.map((demand) => (
          <li key={demand.id} className="market-row">
            <div>
              <AppLink to={`/market/${demand.id}`} className="market-name">
                {demand.title}
              </AppLink>
              <span className="quiet small">
                {demand.id} · {demand.firm}
              </span>
            </div>
            <span className="small market-day">{format.time(demand.at)}</span>
            <DemandState state={demand.state} />
          </li>
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
