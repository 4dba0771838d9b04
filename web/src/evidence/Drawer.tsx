import { type ReactNode, useState } from "react";
import { useQueries } from "@tanstack/react-query";
import { get, segment } from "../api/client";
import { useOfficer, useApi, useApiPages } from "../api/query";
import type { CubeCell, Derived, EntityPage, Page, Statement } from "../api/types";
import { useAsOf } from "../state/asof";
import { useLang } from "../state/lang";
import { AppLink } from "../ui/AppLink";
import { EntityLink } from "../ui/entity";
import { Answer, EmptyState, ErrorState, Loading } from "../ui/states";
import { exactText } from "../ui/format";
import { useFormat } from "../ui/useFormat";
import { ClaimStrip } from "./ClaimStrip";
import { Correct } from "./Correct";
import { Custody } from "./Custody";
import { type Seeds, useEvidence } from "./EvidenceProvider";
import { Figure, ValueText } from "./Figure";
import { Sheet } from "./Sheet";
import { StatementCard } from "./StatementCard";
import { derivedName, type OpenTarget } from "./target";

interface DrawerProps {
  target: OpenTarget;
  /** The target as it stands in the address; another one starts at its top. */
  name: string;
  seeds?: Seeds;
}

/** The evidence drawer: a modal sheet from the right; Esc or a click beside it closes it. */
export default function Drawer({ target, name, seeds }: DrawerProps) {
  const { t } = useLang();
  const { close } = useEvidence();
  return (
    <Sheet title={seeds?.title ?? t("drawer.title")} tools={<CopyLink />} close={close}>
      <div className="drawer-body" key={name}>
        <DrawerBody target={target} seeds={seeds} />
      </div>
    </Sheet>
  );
}

function CopyLink() {
  const { t } = useLang();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(location.href);
    setCopied(true);
  };
  if (!navigator.clipboard) return null;
  return (
    <button type="button" className="button button-small" onClick={() => void copy()}>
      <span aria-live="polite">{t(copied ? "action.copied" : "drawer.copy")}</span>
    </button>
  );
}

function DrawerBody({ target, seeds }: Omit<DrawerProps, "name">) {
  switch (target.kind) {
    case "statement":
      return <OneStatement id={target.id} seed={seeds?.statements.get(target.id)} />;
    case "statements":
      return <SomeStatements ids={target.ids} seeds={seeds} />;
    case "claims":
      return <Claims entity={target.entity} property={target.property} />;
    case "derived":
      return (
        <DerivedProof
          entity={target.entity}
          name={target.key}
          seed={seeds?.derived.get(target.key)}
        />
      );
    case "cell":
      return <CellProof query={target.query} />;
  }
}

function OneStatement({ id, seed }: { id: string; seed?: Statement }) {
  const query = useApi<Statement>(`/statements/${segment(id)}`, {}, { enabled: !seed });
  if (seed) return <Claims entity={seed.subject.id} property={seed.property.key} chosen={seed} />;
  return (
    <Answer query={query} height={400}>
      {(statement) => (
        <Claims
          entity={statement.subject.id}
          property={statement.property.key}
          chosen={statement}
        />
      )}
    </Answer>
  );
}

interface ClaimsProps {
  entity: string;
  property: string;
  chosen?: Statement;
}

/** Every claim about one property side by side, the opened one first. */
function Claims({ entity, property, chosen }: ClaimsProps) {
  const { t, pick } = useLang();
  const list = useApiPages<Statement>("/statements", { entity, property, limit: 50 });
  const others = list.items.filter((each) => each.id !== chosen?.id);
  const head = chosen ?? others[0];
  const officer = useOfficer();
  const card = (statement: Statement, marked = false) => (
    <StatementCard
      key={statement.id}
      statement={statement}
      chosen={marked}
      actions={officer && <Correct statement={statement} />}
    />
  );
  if (!head) {
    if (list.error) return <ErrorState error={list.error} retry={() => void list.refetch()} />;
    if (list.isPending) return <Loading height={400} />;
    return <EmptyState title={t("drawer.none")} why={t("drawer.noneWhy")} />;
  }
  const rest = chosen ? others : others.slice(1);
  return (
    <>
      <DrawerTop statement={head} name={pick(head.property.label)} />
      {rest.length > 0 && (
        <>
          <p className="drawer-note">{t("drawer.sideBySide", { count: rest.length + 1 })}</p>
          <ClaimStrip statements={[head, ...rest]} chosen={head.id} />
        </>
      )}
      <div className="claims">
        {card(head, rest.length > 0)}
        {rest.map((statement) => card(statement))}
      </div>
      {list.isPending && <Loading height={80} />}
      <More list={list} />
    </>
  );
}

function DrawerTop({ statement, name }: { statement: Statement; name: string }) {
  const { t } = useLang();
  const format = useFormat();
  const { value } = statement;
  // "About 1500" is exactly nothing; only what is stated as equal has an exact figure.
  const stated = (value.type === "number" || value.type === "money") && value.comparator === "=";
  const exact = stated ? exactText(format.plain(value), format.unit) : "";
  return (
    <div className="drawer-top">
      <p>
        <EntityLink entity={statement.subject} badge />
      </p>
      <h2 className="drawer-property">{name}</h2>
      <p className="figure figure-xl">
        <ValueText value={statement.value} />
      </p>
      {exact && <p className="drawer-exact">{t("drawer.exact", { value: exact })}</p>}
      <p className="quiet drawer-valid">{format.valid(statement.valid)}</p>
      <Custody statement={statement} />
      {statement.property.indicator && (
        <p className="drawer-series">
          <AppLink to={`/indicators/${statement.property.key}?entity=${statement.subject.id}`}>
            {t("drawer.series")}
          </AppLink>
        </p>
      )}
    </div>
  );
}

function More({ list }: { list: { hasNextPage: boolean; fetchNextPage: () => unknown } }) {
  const { t } = useLang();
  if (!list.hasNextPage) return null;
  return (
    <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
      {t("action.more")}
    </button>
  );
}

function SomeStatements({ ids, seeds }: { ids: string[]; seeds?: Seeds }) {
  const { t } = useLang();
  const { params } = useAsOf();
  const answers = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["api", `/statements/${segment(id)}`, params],
      queryFn: () => get<Statement>(`/statements/${segment(id)}`, params),
      initialData: seeds?.statements.get(id),
      staleTime: 60_000,
    })),
  });
  const failed = answers.find((answer) => answer.error);
  return (
    <>
      <p className="drawer-note">{t("drawer.behind", { count: ids.length })}</p>
      <div className="claims">
        {answers.map((answer, index) =>
          answer.data ? (
            <StatementCard key={ids[index]} statement={answer.data} full />
          ) : answer.error ? null : (
            <Loading key={ids[index]} height={220} />
          ),
        )}
      </div>
      {failed && <ErrorState error={failed.error} retry={() => void failed.refetch()} />}
    </>
  );
}

function DerivedProof({ entity, name, seed }: { entity: string; name: string; seed?: Derived }) {
  const { t } = useLang();
  const query = useApi<EntityPage>(`/entities/${segment(entity)}`, {}, { enabled: !seed });
  const found = seed ?? query.data?.derived.find((each) => derivedName(each) === name || each.key === name);
  if (found) return <Proof derived={found} />;
  return (
    <Answer query={query} height={400}>
      {() => <EmptyState title={t("drawer.none")} why={t("drawer.noneWhy")} />}
    </Answer>
  );
}

/** How a computed value came about: the formula, every input, the rule and its version. */
function Proof({ derived }: { derived: Derived }) {
  const { t, pick } = useLang();
  const format = useFormat();
  return (
    <>
      <div className="drawer-top">
        <p className="tag tag-hollow">{t("drawer.derived")}</p>
        <h2 className="drawer-property">{pick(derived.label)}</h2>
        <p className="figure figure-xl figure-hollow">
          <ValueText value={derived.value} />
        </p>
        <p className="quiet">{format.valid(derived.valid)}</p>
      </div>
      <ol className="proof">
        <ProofStep name={t("proof.formula")}>
          <code className="proof-formula">{derived.formula}</code>
        </ProofStep>
        {derived.inputs.map((input, index) => (
          <ProofStep key={index} name={pick(input.label)}>
            <Figure
              size="l"
              value={input.value}
              open={input.statements.length > 0 ? inputTarget(input.statements) : undefined}
            />
            <span className="quiet small">
              {" "}
              {t("proof.from", { count: input.statements.length })}
            </span>
          </ProofStep>
        ))}
        {derived.rounding && <ProofStep name={t("proof.rounding")}>{derived.rounding}</ProofStep>}
        <ProofStep name={t("proof.rule")}>
          <code>{derived.rule}</code>
        </ProofStep>
      </ol>
    </>
  );
}

const inputTarget = (ids: string[]) =>
  ids.length === 1 ? { statement: ids[0] ?? "" } : { statements: ids };

function ProofStep({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="proof-step">
      <span className="proof-name">{name}</span>
      <div>{children}</div>
    </li>
  );
}

function CellProof({ query }: { query: string }) {
  const { t } = useLang();
  const params: Record<string, string[]> = {};
  for (const [key, value] of new URLSearchParams(query)) (params[key] ??= []).push(value);
  const list = useApiPages<Statement, CubeCell & Page<Statement>>("/cube/cell", params);
  const entities = list.first?.entities ?? [];
  if (list.error && !list.first) {
    return <ErrorState error={list.error} retry={() => void list.refetch()} />;
  }
  if (!list.first) return <Loading height={400} />;
  return (
    <>
      {entities.length > 0 && (
        <section className="drawer-entities">
          <h2>{t("drawer.entities", { count: entities.length })}</h2>
          <ul className="link-cloud">
            {entities.map((entity) => (
              <li key={entity.id}>
                <EntityLink entity={entity} badge />
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="drawer-note">{t("drawer.cell")}</p>
      <div className="claims">
        {list.items.map((statement) => (
          <StatementCard key={statement.id} statement={statement} full />
        ))}
      </div>
      <More list={list} />
    </>
  );
}
