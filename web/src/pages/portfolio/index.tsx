import { useState } from "react";
import { useApi, useSession } from "../../api/query";
import type { Portfolio as Served, Proof } from "../../api/transfer";
import { ProofDrawer, ProofFigure } from "../../evidence/ProofTree";
import { proofName, yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, Loading, PageHeader, SignInState } from "../../ui";
import { Deadline } from "../cases/BoardPage";
import "./portfolio.css";

/** The gates of a proof of concept in their order; those after `waiting` are ends. */
const STATES = ["applied", "reviewed", "funded", "waiting", "handed_over", "closed", "killed"] as const;

/** Proofs of concept side by side: what they come to, then one lane a state. */
export default function Portfolio() {
  const { t } = useLang();
  const session = useSession();
  return (
    <>
      <PageHeader title={t("portfolio.title")} lead={t("portfolio.lead")} />
      {session.isPending ? (
        <Loading height={400} />
      ) : session.data?.account ? (
        <Lanes />
      ) : (
        <SignInState title={t("cases.signIn")} why={t("cases.signInWhy")} height={400} />
      )}
    </>
  );
}

function Lanes() {
  const { t, lang } = useLang();
  const [open, setOpen] = useState<Proof | null>(null);
  const query = useApi<Served>("/transfer/portfolio", {}, { timeless: true, staleTime: 5_000 });
  return (
    <Answer query={query} height={400}>
      {(portfolio) =>
        portfolio.items.length === 0 ? (
          <EmptyState title={t("portfolio.none")} why={t("portfolio.noneWhy")} height={400} />
        ) : (
          <>
            <div className="facts portfolio-sums">
              {portfolio.sums.map((sum) => (
                <ProofFigure key={sum.key} proof={sum} open={() => setOpen(sum)} />
              ))}
            </div>
            {portfolio.more && (
              <p className="quiet small">{t("portfolio.more", { count: portfolio.items.length })}</p>
            )}
            <div className="lanes">
              {STATES.map((state) => {
                const here = portfolio.items.filter((one) => one.case.poc === state);
                return (
                  <section key={state} className={`lane lane-${state}`} aria-label={t(`poc.${state}`)}>
                    <h2>
                      {t(`poc.${state}`)} <span className="lane-count">{here.length}</span>
                    </h2>
                    <ul>
                      {here.map(({ case: line, grant, released }) => (
                        <li key={line.id}>
                          <AppLink to={`/cases/${line.id}`}>{line.title}</AppLink>
                          <span className="quiet small">
                            {line.unit} · {proofName(line.place, lang)}
                          </span>
                          {grant && released && (
                            <span className="small">
                              {t("portfolio.money", {
                                released: yuanText(released),
                                grant: yuanText(grant),
                              })}
                            </span>
                          )}
                          <Deadline next={line.next_key} day={line.next_day} />
                        </li>
                      ))}
                    </ul>
                  </section>
                );
              })}
            </div>
            {open && <ProofDrawer proof={open} close={() => setOpen(null)} />}
          </>
        )
      }
    </Answer>
  );
}
