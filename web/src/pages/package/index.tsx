import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { post, segment } from "../../api/client";
import type { Catalogue, FactKind } from "../../api/policy";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { ApplicationPage, FirmFact, Package as Served, PackageItem } from "../../api/service";
import { ProofDrawer } from "../../evidence/ProofTree";
import { yuanText } from "../../evidence/proof";
import { useResult } from "../../service/Result";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  EntityLink,
  EntityPicker,
  Field,
  FormError,
  Loading,
  PageHeader,
  SignInState,
  useGo,
} from "../../ui";
import { FactField } from "../policies/FactField";
import { stateColor } from "../applications/states";
import "../../service/service.css";
import "./package.css";

/** So many policies are shown before more are asked for. */
const FIRST = 12;

/** What a firm is granted, what is missing, what is at stake, and who helps. */
export default function Package() {
  const { t } = useLang();
  const session = useSession();
  const officer = useOfficer();
  const [search, setSearch] = useSearchParams();
  const own = session.data?.account?.organization ?? "";
  const firm = officer ? (search.get("firm") ?? "") : own;
  return (
    <>
      <PageHeader
        title={t("package.title")}
        lead={t("package.lead")}
        actions={
          firm && (
            <a className="button" href={`/api/v1/firms/${segment(firm)}/package.pdf`} target="_blank" rel="noreferrer">
              {t("package.print")}
            </a>
          )
        }
      />
      {session.isPending ? (
        <Loading height={480} />
      ) : !session.data?.account ? (
        <SignInState title={t("service.signIn")} why={t("service.signInWhy")} height={400} />
      ) : (
        <>
          {officer && (
            <div className="package-firm">
              <EntityPicker
                label={t("package.choose")}
                value={firm}
                onChange={(id) => setSearch(id ? { firm: id } : {})}
              />
            </div>
          )}
          {firm ? (
            <Whole key={firm} firm={firm} />
          ) : officer ? (
            <EmptyState title={t("package.choose")} why={t("package.chooseWhy")} height={320} />
          ) : (
            <EmptyState
              title={t("package.noFirm")}
              why={t("package.noFirmWhy")}
              height={320}
              action={
                <AppLink className="button" to="/policies">
                  {t("package.calculate")}
                </AppLink>
              }
            />
          )}
        </>
      )}
    </>
  );
}

function Whole({ firm }: { firm: string }) {
  const { t } = useLang();
  const query = useApi<Served>(`/firms/${segment(firm)}/package`, {}, {
    timeless: true,
    staleTime: 2_000,
  });
  const [open, setOpen] = useState(false);
  const [all, setAll] = useState(false);
  return (
    <Answer query={query} height={640}>
      {(found) => {
        const granted = found.items.filter((item) => item.eligible === "yes");
        const unpriced = found.items.filter((item) => item.result.kind === "unknown").length;
        const shown = all ? found.items : found.items.slice(0, Math.max(FIRST, granted.length));
        return (
          <>
            <section className="package-head">
              <div>
                <h2 className="package-name">
                  <EntityLink entity={found.firm} />
                </h2>
                <p className="package-counts">
                  <strong className="jade">{granted.length}</strong> {t("package.granted")}
                  {" · "}
                  <strong>{found.items.length - granted.length}</strong> {t("package.open")}
                  {" · "}
                  <span className="quiet">
                    {found.not_granted} {t("package.not")}
                  </span>
                </p>
              </div>
              <div className="package-sum">
                <span className="quiet">{t("package.together")}</span>
                <button type="button" className="package-total" onClick={() => setOpen(true)}>
                  {unpriced > 0 && Number(found.together) === 0
                    ? t("package.amountOpen")
                    : `¥${yuanText(found.together)}`}
                </button>
                {unpriced > 0 && (
                  <span className="quiet">{t("package.unpriced", { count: unpriced })}</span>
                )}
                <span className="package-bound">{t("package.notEntitled")}</span>
              </div>
            </section>
            <div className="service-columns">
              <div>
                {granted.length === 0 && (
                  <p>
                    <strong>{t("package.nothing")}</strong> {t("package.nothingWhy")}
                  </p>
                )}
                <ul className="service-list">
                  {shown.map((item) => (
                    <Item key={item.policy} item={item} firm={firm} />
                  ))}
                </ul>
                {found.items.length > shown.length && (
                  <button type="button" className="button" onClick={() => setAll(true)}>
                    {t("package.showAll", { count: found.items.length })}
                  </button>
                )}
              </div>
              <aside>
                <Steward found={found} />
                <Questions found={found} firm={firm} done={() => void query.refetch()} />
                <Known known={found.known} firm={firm} done={() => void query.refetch()} />
              </aside>
            </div>
            {open && <ProofDrawer proof={found.proof} close={() => setOpen(false)} />}
          </>
        );
      }}
    </Answer>
  );
}

const WAYS = ["automatic", "quick", "application", "by_law"] as const;

function Item({ item, firm }: { item: PackageItem; firm: string }) {
  const { t, pick } = useLang();
  const result = useResult();
  const go = useGo();
  const way = WAYS.find((each) => each === item.way) ?? "application";
  const apply = useMutation({
    mutationFn: () => post<ApplicationPage>("/applications", { policy: item.policy, firm }),
    onSuccess: (page) => go(`/applications/${page.application.id}`),
  });
  const names = item.missing.slice(0, 4).map((fact) => pick(fact.label));
  const application = item.application;
  return (
    <li>
      <div>
        <AppLink className="service-name" to={`/policies/${segment(item.policy)}`}>
          {pick(item.title)}
        </AppLink>
        <span className="quiet small">
          {t(`way.${way}`)} · {item.source}
          {item.closes && ` · ${t("package.closes", { day: item.closes })}`}
          {item.phone && ` · ${item.phone}`}
        </span>
        {names.length > 0 && (
          <span className="small">
            {t("package.missing", { names: names.join(t("service.comma")) })}
            {item.missing.length > names.length && " …"}
          </span>
        )}
        {item.unread > 0 && (
          <span className="small">{t("package.unread", { count: item.unread })}</span>
        )}
        {item.eligible === "yes" && item.materials.length > 0 && (
          <span className="small package-materials">
            {item.materials.map((one, at) => (
              <span key={at} className={one.held ? "jade" : undefined}>
                {pick(one.label)}({t(one.held ? "package.held" : "package.wanted")})
              </span>
            ))}
          </span>
        )}
        <FormError error={apply.error} />
      </div>
      <div className="service-end">
        <span className={item.eligible === "yes" ? "service-amount" : "quiet"}>
          {result(item.result)}
        </span>
        {application ? (
          <AppLink className={`standing ${stateColor(application.state)}`} to={`/applications/${application.id}`}>
            {t(`applications.state.${application.state as "draft"}`)}
          </AppLink>
        ) : item.way === "by_law" ? (
          item.eligible === "yes" && <span className="quiet small">{t("package.byLaw")}</span>
        ) : (
          <button
            type="button"
            className="button button-small"
            disabled={apply.isPending}
            onClick={() => apply.mutate()}
          >
            {t("package.apply")}
          </button>
        )}
      </div>
    </li>
  );
}

function Steward({ found }: { found: Served }) {
  const { t } = useLang();
  const steward = found.steward;
  return (
    <section className="section">
      <h2>{t("package.steward")}</h2>
      {steward ? (
        <p>
          <strong>{steward.name}</strong>
          {steward.next_visit && (
            <span className="quiet small"> {t("package.nextVisit", { day: steward.next_visit })}</span>
          )}
        </p>
      ) : (
        <p className="quiet">{t("package.noSteward")}</p>
      )}
    </section>
  );
}

/** The facts that policies ask, by name. */
function useFacts(): Map<string, FactKind> {
  const query = useApi<Catalogue>("/policies", {}, { timeless: true, staleTime: 300_000 });
  return new Map(query.data?.facts.map((fact) => [fact.name, fact]));
}

interface FactsProps {
  firm: string;
  done: () => void;
}

function Questions({ found, firm, done }: FactsProps & { found: Served }) {
  const { t, pick } = useLang();
  const facts = useFacts();
  const asked = found.questions
    .flatMap((question) => {
      const fact = facts.get(question.name);
      return fact && !fact.personal ? [{ question, fact }] : [];
    })
    .slice(0, 5);
  const [values, setValues] = useState<Record<string, string>>({});
  const save = useMutation({
    mutationFn: () =>
      post(`/firms/${segment(firm)}/facts`, {
        facts: Object.entries(values)
          .filter(([, value]) => value)
          .map(([name, value]) => ({ name, value })),
      }),
    onSuccess: () => {
      setValues({});
      done();
    },
  });
  if (asked.length === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <section className="section">
      <h2>{t("package.questions")}</h2>
      <form className="package-questions" onSubmit={submit} aria-label={t("package.questions")}>
        {asked.map(({ question, fact }) => (
          <div key={question.name}>
            <FactField
              fact={fact}
              value={values[question.name] ?? ""}
              set={(value) => setValues({ ...values, [question.name]: value })}
            />
            <span className="quiet small" title={pick(fact.label)}>
              {t("package.questionFor", { count: question.policies })}
            </span>
          </div>
        ))}
        <FormError error={save.error} />
        <button
          type="submit"
          className="button button-main"
          disabled={save.isPending || !Object.values(values).some(Boolean)}
        >
          {t("package.save")}
        </button>
      </form>
    </section>
  );
}

function Known({ known, firm, done }: FactsProps & { known: FirmFact[] }) {
  const { t, pick } = useLang();
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <section className="section">
      <h2>{t("package.known")}</h2>
      <p className="quiet small">{t("package.knownWhy")}</p>
      {known.length === 0 && <p className="quiet">{t("package.nothingKnown")}</p>}
      <ul className="package-known">
        {known.map((fact) => (
          <li key={fact.name}>
            <button
              type="button"
              className="package-fact"
              aria-expanded={editing === fact.name}
              onClick={() => setEditing(editing === fact.name ? null : fact.name)}
            >
              <span className="quiet small">{pick(fact.label)}</span>
              <strong>{fact.value === "true" ? t("policies.yes") : fact.value === "false" ? t("policies.no") : fact.value}</strong>
            </button>
            <span className="quiet small">
              {t(fact.from === "atlas" ? "package.fromAtlas" : "package.fromFirm")}{" "}
              {fact.statement && <span className="mono">{fact.statement}</span>}
              {fact.evidence}
              {fact.against && <span className="late"> {t("package.against", { value: fact.against })}</span>}
            </span>
            {editing === fact.name && (
              <Correct
                fact={fact}
                firm={firm}
                done={() => {
                  setEditing(null);
                  done();
                }}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Correct({ fact, firm, done }: FactsProps & { fact: FirmFact }) {
  const { t, pick } = useLang();
  const kind = useFacts().get(fact.name);
  const [value, setValue] = useState(fact.value);
  const [evidence, setEvidence] = useState("");
  const save = useMutation({
    mutationFn: () =>
      post(`/firms/${segment(firm)}/facts`, {
        facts: [{ name: fact.name, value: value || null, evidence: evidence || null }],
      }),
    onSuccess: done,
  });
  return (
    <form
      className="package-questions"
      aria-label={pick(fact.label)}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {kind ? (
        <FactField fact={kind} value={value} set={setValue} />
      ) : (
        <Field label={pick(fact.label)} value={value} onChange={(event) => setValue(event.target.value)} />
      )}
      <Field
        label={t("package.evidence")}
        hint={t("package.evidenceHint")}
        value={evidence}
        onChange={(event) => setEvidence(event.target.value)}
      />
      <FormError error={save.error} />
      <button type="submit" className="button button-small" disabled={save.isPending}>
        {t("package.save")}
      </button>
    </form>
  );
}
