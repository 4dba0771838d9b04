import { useState } from "react";
import { useApi, useSession } from "../../api/query";
import type { Report, ReportFigure, Stalled } from "../../api/transfer";
import type { Page } from "../../api/types";
import { ProofDrawer } from "../../evidence/ProofTree";
import { proofName, valueText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, Loading, PageHeader, SignInState } from "../../ui";
import "./report.css";

/** The annual report and survey of a year, and the radar: every number opens to its events. */
export default function TransferReport() {
  const { t } = useLang();
  const session = useSession();
  const [year, setYear] = useState(new Date().getFullYear());
  const [place, setPlace] = useState<string>();
  return (
    <>
      <PageHeader
        title={t("report.title")}
        lead={t("report.lead")}
        actions={
          <label className="report-year">
            <span className="visually-hidden">{t("report.year")}</span>
            <select className="field" value={year} onChange={(e) => setYear(Number(e.target.value))}>
              {Array.from({ length: 6 }, (_, at) => new Date().getFullYear() - at).map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        }
      />
      {session.isPending ? (
        <Loading height={400} />
      ) : session.data?.account ? (
        <>
          <Numbers year={year} place={place} setPlace={setPlace} />
          <Radar />
        </>
      ) : (
        <SignInState title={t("cases.signIn")} why={t("cases.signInWhy")} height={400} />
      )}
    </>
  );
}

function Numbers({
  year,
  place,
  setPlace,
}: {
  year: number;
  place?: string;
  setPlace: (place: string) => void;
}) {
  const { t, pick, lang } = useLang();
  const [open, setOpen] = useState<ReportFigure | null>(null);
  const query = useApi<Report>("/transfer/report", { year, place }, { timeless: true, staleTime: 5_000 });
  return (
    <Answer query={query} height={400}>
      {(report) => (
        <>
          {report.places.length > 1 && (
            <fieldset className="tabs report-places">
              <legend className="visually-hidden">{t("report.place")}</legend>
              {report.places.map((each) => (
                <button
                  key={each}
                  type="button"
                  className="tab"
                  aria-pressed={each === report.place}
                  onClick={() => setPlace(each)}
                >
                  {proofName(each, lang)}
                </button>
              ))}
            </fieldset>
          )}
          <p>
            {report.due_day
              ? t("report.due", { day: report.due_day })
              : t("report.noDue", { place: proofName(report.place, lang) })}
          </p>
          <section className="section">
            <h2>{t("report.annual")}</h2>
            <Table figures={report.annual} open={setOpen} />
          </section>
          <section className="section">
            <h2>{t("report.survey")}</h2>
            <Table figures={report.survey} open={setOpen} />
          </section>
          {report.mistakes.length > 0 && (
            <section className="section">
              <h2>{t("report.mistakes")}</h2>
              <ul className="gaps">
                {report.mistakes.map((each, index) => (
                  <li key={index}>
                    {pick(each.message)} <span className="mono small">{each.at}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {open && <ProofDrawer proof={open.proof} close={() => setOpen(null)} />}
        </>
      )}
    </Answer>
  );
}

function Table({ figures, open }: { figures: ReportFigure[]; open: (one: ReportFigure) => void }) {
  const { t, lang } = useLang();
  return (
    <ul className="report-list">
      {figures.map((figure) => (
        <li key={`${figure.question ?? ""}${figure.key}`}>
          <span>
            {figure.question && <span className="mono small quiet">{figure.question} </span>}
            {proofName(figure.key, lang)}
          </span>
          <button type="button" className="report-value" onClick={() => open(figure)}>
            {valueText(figure, lang)}
          </button>
          <span className="report-events small">
            {figure.events.slice(0, 6).map((event) => {
              const journal = event.split(".")[0] ?? event;
              return (
                <AppLink key={event} to={`/journal/${journal}`}>
                  {journal}
                </AppLink>
              );
            })}
            {figure.events.length > 6 && t("report.more", { count: figure.events.length - 6 })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Radar() {
  const { t, lang } = useLang();
  const query = useApi<Page<Stalled>>("/transfer/radar", {}, { timeless: true, staleTime: 5_000 });
  return (
    <section className="section">
      <h2>{t("report.radar")}</h2>
      <p className="quiet">{t("report.radarLead")}</p>
      <Answer query={query} height={80}>
        {(page) =>
          page.items.length === 0 ? (
            <p className="jade">{t("report.noneStalled")}</p>
          ) : (
            <ul className="report-list">
              {page.items.map((one) => (
                <li key={one.case}>
                  <AppLink to={`/cases/${one.case}`}>{one.title}</AppLink>
                  <span>{one.since}</span>
                  <span className="small">
                    {proofName(one.place, lang)} ·{" "}
                    {t(
                      one.keeps_income
                        ? "report.keeps"
                        : one.needs_agreement
                          ? "report.agreement"
                          : "report.implement",
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  );
}
