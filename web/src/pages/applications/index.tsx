import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { post, segment } from "../../api/client";
import type { Catalogue, Outcome } from "../../api/policy";
import { useApi, useSession } from "../../api/query";
import type { ApplicationLine, ApplicationPage } from "../../api/service";
import type { Page } from "../../api/types";
import { ProofDrawer } from "../../evidence/ProofTree";
import { yuanText } from "../../evidence/proof";
import { useResult } from "../../service/Result";
import { saidText, Story } from "../../service/Story";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityLink,
  Field,
  FormError,
  Loading,
  PageHeader,
  SignInState,
  useEntityName,
} from "../../ui";
import { FactField } from "../policies/FactField";
import { stateColor } from "./states";
import "../../service/service.css";

const STATES = ["draft", "offered", "submitted", "returned", "granted", "paid", "refused"] as const;

/** Applications for what policies grant, and one of them. */
export default function Applications() {
  const { t } = useLang();
  const { id } = useParams();
  const session = useSession();
  if (session.isPending) return <Loading height={480} />;
  if (!session.data?.account) {
    return (
      <>
        <PageHeader title={t("applications.title")} lead={t("applications.lead")} />
        <SignInState title={t("service.signIn")} why={t("service.signInWhy")} height={400} />
      </>
    );
  }
  return id ? <One id={id} /> : <List />;
}

/** Titles of policies by their ids. */
function useTitles(): (id: string) => string {
  const { pick } = useLang();
  const query = useApi<Catalogue>("/policies", {}, { timeless: true, staleTime: 300_000 });
  const titles = new Map(query.data?.policies.map((policy) => [policy.id, policy.title]));
  return (id) => {
    const title = titles.get(id);
    return title ? pick(title) : id;
  };
}

function List() {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const state = STATES.find((each) => each === search.get("state"));
  const after = search.get("after") ?? undefined;
  const query = useApi<Page<ApplicationLine>>(
    "/applications",
    { state, after, limit: 50 },
    { timeless: true, staleTime: 2_000 },
  );
  const title = useTitles();
  const name = useEntityName();
  return (
    <>
      <PageHeader title={t("applications.title")} lead={t("applications.lead")} />
      <div className="tabs">
        <button type="button" className="tab" aria-pressed={!state} onClick={() => setSearch({})}>
          {t("requests.all")}
        </button>
        {STATES.map((each) => (
          <button
            key={each}
            type="button"
            className="tab"
            aria-pressed={state === each}
            onClick={() => setSearch({ state: each })}
          >
            {t(`applications.state.${each}`)}
          </button>
        ))}
      </div>
      <Answer query={query} height={360}>
        {(page) =>
          page.items.length === 0 ? (
            <EmptyState title={t("applications.none")} why={t("applications.noneWhy")} height={240} />
          ) : (
            <>
              <ul className="service-list">
                {page.items.map((line) => (
                  <li key={line.id}>
                    <div>
                      <AppLink className="service-name" to={`/applications/${line.id}`}>
                        {title(line.policy)}
                      </AppLink>
                      <span className="quiet small">
                        {line.id} · {name(line.firm)} · {t(`way.${line.way as "quick"}`)}
                        {line.due && ` · ${t("applications.due")} ${line.due}`}
                      </span>
                    </div>
                    <div className="service-end">
                      <span className="service-amount">
                        {line.granted
                          ? `¥${yuanText(line.granted)}`
                          : line.bound && t("result.up_to", { amount: yuanText(line.bound) })}
                      </span>
                      <span className={`standing ${stateColor(line.state)}`}>
                        {t(`applications.state.${line.state as "draft"}`)}
                      </span>
                    </div>
                  </li>
                ))}
              </ul>
              {page.next && (
                <button
                  type="button"
                  className="button"
                  onClick={() => setSearch({ ...(state ? { state } : {}), after: page.next ?? "" })}
                >
                  {t("requests.more")}
                </button>
              )}
            </>
          )
        }
      </Answer>
    </>
  );
}

function One({ id }: { id: string }) {
  const query = useApi<ApplicationPage>(`/applications/${segment(id)}`, {}, {
    timeless: true,
    staleTime: 2_000,
  });
  return (
    <Answer query={query} height={480}>
      {(page) => <Whole page={page} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

function Whole({ page, refresh }: { page: ApplicationPage; refresh: () => void }) {
  const { t, pick } = useLang();
  const result = useResult();
  const [proof, setProof] = useState(false);
  const [doing, setDoing] = useState<string | null>(null);
  const line = page.application;
  const evaluation = page.evaluation as unknown as Outcome;
  const money = (text: string | null | undefined) => (text ? `¥${yuanText(text)}` : "–");
  return (
    <article>
      <PageHeader
        eyebrow={
          <>
            <AppLink to="/applications">{t("applications.title")}</AppLink> · {line.id}
          </>
        }
        title={pick(page.title)}
        lead={t(`way.${line.way as "quick"}`)}
        actions={
          <span className={`standing ${stateColor(line.state)}`}>
            {t(`applications.state.${line.state as "draft"}`)}
          </span>
        }
      />
      <p>
        <EntityLink entity={line.firm} />
        {line.due && (
          <span className="quiet">
            {" "}
            · {t("applications.due")} {line.due}
          </span>
        )}
      </p>
      <dl className="service-figures">
        <div>
          <dt>{t("applications.bound")}</dt>
          <dd>{evaluation.result ? result(evaluation.result) : "–"}</dd>
        </div>
        <div>
          <dt>{t("applications.granted")}</dt>
          <dd>{money(line.granted)}</dd>
        </div>
        <div>
          <dt>{t("applications.paid")}</dt>
          <dd>{money(line.paid)}</dd>
        </div>
        {page.owed_back !== "0.00" && (
          <div>
            <dt>{t("applications.owed")}</dt>
            <dd className="late">{money(page.owed_back)}</dd>
          </div>
        )}
      </dl>
      {page.reason && (
        <p>
          <strong>{t("applications.reason")}</strong> {page.reason}
        </p>
      )}
      <div className="service-columns">
        <div>
          {page.next.length > 0 && (
            <section className="section">
              <h2>{t("requests.next")}</h2>
              <div className="chips">
                {page.next.map((kind) => (
                  <button
                    key={kind}
                    type="button"
                    className="chip"
                    aria-pressed={doing === kind}
                    onClick={() => setDoing(doing === kind ? null : kind)}
                  >
                    {t(`applications.step.${kind as "paid"}`)}
                  </button>
                ))}
              </div>
              {doing && (
                <StepForm
                  key={doing}
                  kind={doing}
                  page={page}
                  done={() => {
                    setDoing(null);
                    refresh();
                  }}
                />
              )}
            </section>
          )}
          <Story
            title={t("applications.story")}
            steps={page.steps}
            label={(kind) => t(`applications.step.${kind as "paid"}`)}
            said={(step) => {
              const fen = step.said["amount"];
              const amount = typeof fen === "number" ? `¥${yuanText(fenText(fen))}` : "";
              const rest = saidText({ ...step.said, amount: undefined });
              return [amount, rest].filter(Boolean).join(" · ");
            }}
          />
        </div>
        <aside>
          <section className="section">
            <h2>{t("applications.explain")}</h2>
            {evaluation.proof && (
              <button type="button" className="button" onClick={() => setProof(true)}>
                {t("package.why")}
              </button>
            )}
            <p className={page.same === false ? "late small" : "quiet small"}>
              {t(
                page.same === null
                  ? "applications.oldText"
                  : page.same
                    ? "applications.same"
                    : "applications.notSame",
              )}
            </p>
            {(evaluation.missing ?? []).length > 0 && (
              <p className="small">
                {t("package.missing", {
                  names: (evaluation.missing ?? []).map((one) => pick(one.label)).join(t("service.comma")),
                })}
              </p>
            )}
          </section>
          {page.materials.length > 0 && (
            <section className="section">
              <h2>{t("applications.materials")}</h2>
              <ul className="gaps">
                {page.materials.map((one, at) => (
                  <li key={at} className={one.held ? "jade" : undefined}>
                    {pick(one.label)}{" "}
                    <span className="small">{t(one.held ? "package.held" : "package.wanted")}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </aside>
      </div>
      {proof && evaluation.proof && (
        <ProofDrawer proof={evaluation.proof} close={() => setProof(false)} />
      )}
    </article>
  );
}

/** Fen as yuan with two decimals, exactly. */
export function fenText(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, "0");
  return `${fen < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

interface StepFormProps {
  kind: string;
  page: ApplicationPage;
  done: () => void;
}

function StepForm({ kind, page, done }: StepFormProps) {
  const { t, pick } = useLang();
  const evaluation = page.evaluation as unknown as Outcome;
  const catalogue = useApi<Catalogue>("/policies", {}, { timeless: true, staleTime: 300_000 });
  const kinds = new Map(catalogue.data?.facts.map((fact) => [fact.name, fact]));
  const [reason, setReason] = useState("");
  const [amount, setAmount] = useState(
    kind === "reclaimed" ? page.owed_back : kind === "granted" ? (page.application.bound ?? "") : "",
  );
  const [reference, setReference] = useState("");
  const [evidence, setEvidence] = useState<Record<number, string>>({});
  const [facts, setFacts] = useState<Record<string, string>>({});
  const asksReason = ["returned", "moved", "refused", "rejudged"].includes(kind);
  const asksMoney = ["paid", "reclaimed"].includes(kind);
  const asksFacts = ["submitted", "rejudged"].includes(kind);
  const send = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value));
      return post(`/applications/${segment(page.application.id)}/steps`, {
        kind,
        version: page.application.version,
        ...(asksReason ? { reason: reason.trim() } : {}),
        ...(asksMoney || (kind === "granted" && amount) ? { amount: amount.trim() } : {}),
        ...(asksMoney ? { reference: reference.trim() } : {}),
        ...(asksFacts && Object.keys(given).length > 0 ? { facts: given } : {}),
        ...(kind === "submitted"
          ? {
              materials: Object.entries(evidence)
                .filter(([, text]) => text.trim())
                .map(([at, text]) => ({ material: Number(at), evidence: text.trim() })),
            }
          : {}),
      });
    },
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const open = asksFacts ? (evaluation.missing ?? []).flatMap((one) => kinds.get(one.input) ?? []) : [];
  return (
    <form className="event-form" aria-label={t(`applications.step.${kind as "paid"}`)} onSubmit={submit}>
      {open.map((fact) => (
        <FactField
          key={fact.name}
          fact={fact}
          value={facts[fact.name] ?? ""}
          set={(value) => setFacts({ ...facts, [fact.name]: value })}
        />
      ))}
      {kind === "submitted" &&
        page.materials.map((one, at) =>
          one.held ? null : (
            <Field
              key={at}
              label={t("applications.evidence", { material: pick(one.label) })}
              value={evidence[at + 1] ?? ""}
              onChange={(event) => setEvidence({ ...evidence, [at + 1]: event.target.value })}
            />
          ),
        )}
      {(asksMoney || (kind === "granted" && page.application.bound)) && (
        <Field
          label={t("applications.amount")}
          value={amount}
          inputMode="decimal"
          required={asksMoney}
          onChange={(event) => setAmount(event.target.value)}
        />
      )}
      {asksMoney && (
        <Field
          label={t("applications.reference")}
          value={reference}
          required
          onChange={(event) => setReference(event.target.value)}
        />
      )}
      {asksReason && (
        <label className="form-row">
          <span>{t("applications.reason")}</span>
          <textarea
            className="field"
            rows={3}
            required
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      )}
      <FormError error={send.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t(`applications.step.${kind as "paid"}`)}
        </button>
      </div>
    </form>
  );
}
