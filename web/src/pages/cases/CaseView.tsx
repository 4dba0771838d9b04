import { useState } from "react";
import { segment } from "../../api/client";
import { useApi, useSession } from "../../api/query";
import type { CasePage, Clock, Form, Opening, Proof, Step } from "../../api/transfer";
import { ProofDrawer, ProofFigure, useProof } from "../../evidence/ProofTree";
import { proofName, valueText, yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { Answer, AppLink, Loading, PageHeader, SignInState } from "../../ui";
import { clockName, Deadline } from "./BoardPage";
import { CapTable } from "./CapTable";
import { Prior } from "./Prior";
import { EventForm } from "./EventForm";
import { StageLine } from "./StageLine";

/** What a stage waits for, before everything else that can be recorded at any time. */
const NEXT: Record<string, readonly string[]> = {
  disclosure: ["disclosed"],
  screening: ["screened"],
  assessment: ["trl_assessed", "assessed"],
  protection: ["protection_decided"],
  proof_of_concept: ["poc_moved"],
  route: ["right_recorded", "route_decided", "poc_applied", "grant_requested", "grant_moved"],
  pricing: [
    "priced",
    "appraised",
    "decided",
    "first_refusal_notified",
    "notice_published",
    "objection_decided",
    "listing_moved",
    "contract_signed",
  ],
  registration: ["registration_moved", "received"],
  performance: ["received", "cost_booked", "sales_reported", "distribution_decided"],
  distribution: ["reward_published", "reward_paid"],
  report: ["reported", "closed"],
};

const WHO = ["unit", "office", "market", "counterparty", "registrar", "team", "authority"] as const;

/** One case: what is due, what is known, what can be done, what happened. */
export function CaseView({ id }: { id: string }) {
  const { t } = useLang();
  const session = useSession();
  const query = useApi<CasePage>(`/transfer/cases/${segment(id)}`, {}, {
    timeless: true,
    staleTime: 2_000,
    enabled: Boolean(session.data?.account),
  });
  if (session.isPending) return <Loading height={460} />;
  if (!session.data?.account) {
    return (
      <SignInState title={t("cases.signIn")} why={t("cases.signInWhy")} height={420} />
    );
  }
  return (
    <Answer query={query} height={600}>
      {(page) => <Whole page={page} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

/** Stages in which it is still asked whether a result was disclosed before. */
const EARLY = ["disclosure", "screening", "assessment"];

/** The proof that a name in the address means: `f.` a fact, `c.` a clock, `s.` a step's. */
function lookup(page: CasePage, name: string | null): Proof | null {
  if (!name) return null;
  const [kind, rest] = [name.slice(0, 2), name.slice(2)];
  if (kind === "f.") return page.facts.find((fact) => fact.key === rest) ?? null;
  if (kind === "c.") return page.clocks.find((clock) => clock.key === rest)?.proof ?? null;
  if (kind === "s.") {
    const [seq = "", at = ""] = rest.split(".");
    return page.steps.find((step) => step.seq === Number(seq))?.proofs[Number(at)] ?? null;
  }
  return null;
}

function Whole({ page, refresh }: { page: CasePage; refresh: () => void }) {
  const { t, lang } = useLang();
  const { name, open, close } = useProof();
  const forms = useApi<Form[]>("/transfer/forms", {}, { timeless: true, staleTime: 3_600_000 });
  const [acting, setActing] = useState<string | null>(null);
  const { case: line } = page;
  const next = page.clocks.find((clock) => !clock.done);
  const proof = lookup(page, name);
  const form = forms.data?.find((each) => each.kind === acting);
  const figures = page.facts.filter((fact) => !["place", "unit_kind"].includes(fact.key));
  return (
    <article className="case">
      <PageHeader
        eyebrow={
          <>
            <AppLink to="/cases">{t("cases.title")}</AppLink> · {line.id}
          </>
        }
        title={line.title}
        lead={`${line.unit} · ${proofName(line.place, lang)}`}
        actions={
          <a className="button" href={`/api/v1/transfer/cases/${line.id}/pack`}>
            {t("cases.pack")}
          </a>
        }
      />
      <StageLine
        stages={page.stages.map((each) => ({ stage: each.stage, entered: each.entered ?? null }))}
        chosen={line.stage}
      />
      {next ? (
        <button type="button" className="case-next" onClick={() => open(`c.${next.key}`)}>
          <span className="case-next-kicker">{t("cases.next")}</span>
          <span className="case-next-day">{next.last_day}</span>
          <span className="case-next-what">
            <strong>{who(next.who, t)}</strong> {clockName(next.key, lang)}
            {next.amount && ` ¥${yuanText(next.amount)}`}
          </span>
          <Deadline next={next.key} day={next.last_day} />
          <span className="quiet small">{next.proof.cite?.article}</span>
        </button>
      ) : (
        <p className="case-next case-next-none">{t("cases.nothingDue")}</p>
      )}
      <div className="case-columns">
        <div>
          <section className="section">
            <h2>{t("cases.known")}</h2>
            <div className="facts">
              {figures.map((fact) => (
                <ProofFigure key={fact.key} proof={fact} open={() => open(`f.${fact.key}`)} />
              ))}
            </div>
          </section>
          <Todo
            stage={line.stage}
            openings={page.openings}
            forms={forms.data ?? []}
            acting={acting}
            act={(kind) => setActing(kind === acting ? null : kind)}
          />
          {form && (
            <EventForm
              key={form.kind}
              form={form}
              id={line.id}
              version={line.version}
              done={() => {
                setActing(null);
                refresh();
              }}
            />
          )}
          {page.steps.some((step) => step.kind === "equity_moved") && (
            <CapTable key={line.version} id={line.id} />
          )}
          <Story steps={page.steps} forms={forms.data ?? []} open={open} />
        </div>
        <aside>
          <Clocks clocks={page.clocks} open={open} />
          {EARLY.includes(line.stage) && <Prior id={line.id} />}
          <Missing page={page} />
        </aside>
      </div>
      {proof && <ProofDrawer proof={proof} close={close} />}
    </article>
  );
}

/** Who must act. */
function who(name: string, t: ReturnType<typeof useLang>["t"]): string {
  const known = WHO.find((each) => each === name);
  return known ? t(`who.${known}`) : name;
}

function Clocks({ clocks, open }: { clocks: Clock[]; open: (name: string) => void }) {
  const { t, lang } = useLang();
  if (clocks.length === 0) return null;
  return (
    <section className="section">
      <h2>{t("cases.clocks")}</h2>
      <ul className="clocks">
        {clocks.map((clock) => (
          <li key={clock.key}>
            <button
              type="button"
              className={`clock${clock.done ? " clock-done" : ""}`}
              onClick={() => open(`c.${clock.key}`)}
            >
              <span className="clock-day">{clock.last_day}</span>
              <span>
                {clockName(clock.key, lang)}
                {clock.amount && <span className="clock-amount"> ¥{yuanText(clock.amount)}</span>}
              </span>
              <span className="quiet small">
                {clock.done ? t("cases.done", { day: clock.done }) : who(clock.who, t)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Missing({ page }: { page: CasePage }) {
  const { t, pick } = useLang();
  if (!page.case.route) return null;
  return (
    <section className="section">
      <h2>{t("cases.evidence")}</h2>
      {page.missing_evidence.length === 0 ? (
        <p className="jade">{t("cases.evidenceWhole")}</p>
      ) : (
        <ul className="gaps">
          {page.missing_evidence.map((gap) => (
            <li key={gap.at ?? gap.rule}>
              {pick(gap.message)} <span className="quiet small">{gap.rule}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface TodoProps {
  stage: string;
  openings: Opening[];
  forms: Form[];
  acting: string | null;
  act: (kind: string) => void;
}

function Todo({ stage, openings, forms, acting, act }: TodoProps) {
  const { t, pick } = useLang();
  const label = (kind: string) => pick(forms.find((form) => form.kind === kind)?.label) || kind;
  const wanted = NEXT[stage] ?? [];
  const first = openings.filter((each) => wanted.includes(each.kind));
  const rest = openings.filter((each) => !wanted.includes(each.kind));
  const list = (some: Opening[]) => (
    <ul className="openings">
      {some.map((opening) => (
        <li key={opening.kind}>
          <button
            type="button"
            className={`chip${opening.blocked_by ? " chip-blocked" : ""}`}
            aria-pressed={acting === opening.kind}
            onClick={() => act(opening.kind)}
          >
            {label(opening.kind)}
          </button>
          {opening.blocked_by && (
            <span className="opening-why">
              {pick(opening.blocked_by.message)}{" "}
              <span className="mono small">
                {opening.blocked_by.code} · {opening.blocked_by.rule}
              </span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
  return (
    <section className="section">
      <h2>{t("cases.can")}</h2>
      {list(first)}
      {rest.length > 0 && (
        <details className="openings-more" open={first.length === 0}>
          <summary>{t("cases.others")}</summary>
          {list(rest)}
        </details>
      )}
    </section>
  );
}

interface StoryProps {
  steps: Step[];
  forms: Form[];
  open: (name: string) => void;
}

function Story({ steps, forms, open }: StoryProps) {
  const { t, lang, pick } = useLang();
  const label = (kind: string) => pick(forms.find((form) => form.kind === kind)?.label) || kind;
  return (
    <section className="section">
      <h2>{t("cases.story")}</h2>
      <ol className="story">
        {[...steps].reverse().map((step) => (
          <li key={step.seq}>
            <span className="story-day">{step.on}</span>
            <div>
              <p className="story-what">
                {label(step.kind)} <Said body={step.body as Record<string, unknown>} />
              </p>
              {step.notes.map((note, index) => (
                <p key={index} className="story-note">
                  {pick(note)}
                </p>
              ))}
              {step.proofs.length > 0 && (
                <p className="story-proofs">
                  {step.proofs.map((proof, index) => (
                    <button
                      key={index}
                      type="button"
                      className="button-text"
                      onClick={() => open(`s.${step.seq}.${index}`)}
                    >
                      {proofName(proof.key, lang)} {valueText(proof, lang)}
                    </button>
                  ))}
                </p>
              )}
              <p className="quiet small">
                {step.by} · <AppLink to={`/journal/${step.journal}`}>{step.journal}</AppLink> ·{" "}
                {t("cases.step", { count: step.seq })}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The short texts of what was stated. */
function Said({ body }: { body: Record<string, unknown> }) {
  const texts = Object.entries(body)
    .filter(([key, value]) => typeof value === "string" && value.length <= 40 && key !== "sha256")
    .map(([, value]) => String(value))
    .slice(0, 4);
  return texts.length > 0 ? <span className="story-said">{texts.join(" · ")}</span> : null;
}
