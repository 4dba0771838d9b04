import { useState } from "react";
import { useApi, useSession } from "../../api/query";
import type { Board } from "../../api/transfer";
import { proofName } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EmptyState, Loading, PageHeader, SignInState } from "../../ui";
import { Deadline } from "../cases/BoardPage";
import "../cases/cases.css";
import "./portfolio.css";

/** The gates of a proof of concept in their order; those after `waiting` are ends. */
const STATES = ["applied", "reviewed", "funded", "waiting", "handed_over", "closed", "killed"] as const;
const LIMIT = 200;

/** Proofs of concept side by side: one lane a state, each project with what is due next. */
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
  const [after, setAfter] = useState<string | undefined>();
  const query = useApi<Board>(
    "/transfer/cases",
    { poc: true, limit: LIMIT, after },
    { timeless: true, staleTime: 5_000 },
  );
  return (
    <Answer query={query} height={400}>
      {(board) =>
        board.items.length === 0 ? (
          <EmptyState title={t("portfolio.none")} why={t("portfolio.noneWhy")} height={400} />
        ) : (
          <>
            <div className="lanes">
              {STATES.map((state) => {
                const here = board.items.filter((line) => line.poc === state);
                return (
                  <section key={state} className={`lane lane-${state}`} aria-label={t(`poc.${state}`)}>
                    <h2>
                      {t(`poc.${state}`)} <span className="lane-count">{here.length}</span>
                    </h2>
                    <ul>
                      {here.map((line) => (
                        <li key={line.id}>
                          <AppLink to={`/cases/${line.id}`}>{line.title}</AppLink>
                          <span className="quiet small">
                            {line.unit} · {proofName(line.place, lang)}
                          </span>
                          <Deadline next={line.next_key} day={line.next_day} />
                        </li>
                      ))}
                    </ul>
                  </section>
                );
              })}
            </div>
            {(board.next || after) && (
              <nav className="case-pages" aria-label={t("cases.pages")}>
                {after && (
                  <button type="button" className="button" onClick={() => setAfter(undefined)}>
                    {t("cases.first")}
                  </button>
                )}
                {board.next && (
                  <button
                    type="button"
                    className="button"
                    onClick={() => setAfter(board.next ?? undefined)}
                  >
                    {t("action.more")}
                  </button>
                )}
              </nav>
            )}
          </>
        )
      }
    </Answer>
  );
}
