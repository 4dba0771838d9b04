import { useMutation } from "@tanstack/react-query";
import { post, segment } from "../../api/client";
import { useApi, useOfficer } from "../../api/query";
import type { PoolBalance } from "../../api/service";
import type { Proof } from "../../api/transfer";
import type { Page } from "../../api/types";
import { ProofDrawer } from "../../evidence/ProofTree";
import { yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, FormError, PageHeader } from "../../ui";
import { useState } from "react";
import "../../service/service.css";
import "./pools.css";

/** What is in each pool, promised, paid and left; it is read again while it is looked at. */
export default function Pools() {
  const { t } = useLang();
  const query = useApi<Page<PoolBalance>>("/pools", {}, {
    timeless: true,
    staleTime: 2_000,
    refetchInterval: 10_000,
  });
  return (
    <>
      <PageHeader title={t("pools.title")} lead={t("pools.lead")} />
      <Answer query={query} height={400}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState title={t("pools.none")} why={t("pools.noneWhy")} height={300} />
          ) : (
            <div className="pools">
              {page.items.map((pool) => (
                <Pool key={pool.id} pool={pool} refresh={() => void query.refetch()} />
              ))}
            </div>
          )
        }
      </Answer>
    </>
  );
}

/** Which part of a budget an amount is, in percent; only for the picture. */
export function partOf(amount: string, budget: string): number {
  const whole = Number(budget);
  return whole > 0 ? Math.min(100, (Number(amount) / whole) * 100) : 0;
}

function Pool({ pool, refresh }: { pool: PoolBalance; refresh: () => void }) {
  const { t, pick } = useLang();
  const officer = useOfficer();
  const [proof, setProof] = useState<Proof | null>(null);
  const parts = [
    ["paid", pool.paid],
    ["committed", pool.committed],
  ] as const;
  return (
    <section className="pool" aria-label={pool.id}>
      <div className="pool-head">
        <div>
          <h2>{pool.policies.map((policy) => pick(policy.label)).join(t("service.comma"))}</h2>
          <span className="mono quiet small">{pool.id}</span>
        </div>
        <strong className="pool-budget">
          {pool.budget ? `¥${yuanText(pool.budget)}` : t("pools.unknown")}
        </strong>
      </div>
      {pool.budget && (
        <div className="pool-bar" aria-hidden="true">
          {parts.map(([key, amount]) => (
            <span
              key={key}
              className={`pool-${key}`}
              style={{ width: `${partOf(amount, pool.budget ?? "0")}%` }}
            />
          ))}
        </div>
      )}
      <dl className="pool-figures">
        <div>
          <dt className="pool-dot pool-dot-paid">{t("pools.paid")}</dt>
          <dd>¥{yuanText(pool.paid)}</dd>
        </div>
        <div>
          <dt className="pool-dot pool-dot-committed">{t("pools.committed")}</dt>
          <dd>¥{yuanText(pool.committed)}</dd>
        </div>
        <div>
          <dt>{t("pools.left")}</dt>
          <dd>{pool.left ? `¥${yuanText(pool.left)}` : "–"}</dd>
        </div>
        <div>
          <dt>{t("pools.asked")}</dt>
          <dd>¥{yuanText(pool.asked)}</dd>
        </div>
      </dl>
      <p className="row pool-acts">
        <AppLink to="/applications">{t("pools.openCount", { count: pool.open })}</AppLink>
        {Boolean(pool.round) && (
          <button
            type="button"
            className="button-text small"
            onClick={() => setProof(pool.round as unknown as Proof)}
          >
            {t("pools.round")}
          </button>
        )}
      </p>
      {officer &&
        pool.policies.map((policy) => (
          <Acts key={policy.name} policy={policy.name} label={pick(policy.label)} refresh={refresh} />
        ))}
      {proof && <ProofDrawer proof={proof} close={() => setProof(null)} />}
    </section>
  );
}

interface ActsProps {
  policy: string;
  label: string;
  refresh: () => void;
}

function Acts({ policy, label, refresh }: ActsProps) {
  const { t } = useLang();
  const offer = useMutation({
    mutationFn: () =>
      post<{ offered: string[]; skipped: number }>(`/policies/${segment(policy)}/offers`, {}),
    onSuccess: refresh,
  });
  const share = useMutation({
    mutationFn: () =>
      post<{ claims: number; left: string }>(`/policies/${segment(policy)}/shares`, {
        sharing: "pro_rata",
      }),
    onSuccess: refresh,
  });
  return (
    <div className="pool-policy">
      <span className="small quiet">{label}</span>
      <span className="row">
        <button
          type="button"
          className="button button-small"
          disabled={offer.isPending}
          onClick={() => offer.mutate()}
        >
          {t("pools.offer")}
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={share.isPending}
          onClick={() => share.mutate()}
        >
          {t("pools.share")}
        </button>
      </span>
      <FormError error={offer.error ?? share.error} />
      <span role="status" className="small">
        {offer.data &&
          t("pools.offered", { offered: offer.data.offered.length, skipped: offer.data.skipped })}
        {share.data &&
          t("pools.shared", { claims: share.data.claims, left: yuanText(share.data.left) })}
      </span>
    </div>
  );
}
