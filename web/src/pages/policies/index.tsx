import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useParams } from "react-router";
import { type ApiError, post } from "../../api/client";
import { useApi } from "../../api/query";
import type { Catalogue, Evaluation, FactKind, Outcome, Package, PolicyLine } from "../../api/policy";
import { yuanText } from "../../evidence/proof";
import { useAsOf } from "../../state/asof";
import { useLang } from "../../state/lang";
import { ErrorState, Loading, PageHeader } from "../../ui";
import { answered, arranged, type Facts, fen, keepFacts, keptFacts } from "./answers";
import { Detail, way } from "./Detail";
import { FactField, optionText } from "./FactField";
import "./policies.css";

/** So many questions are asked at once: those that could change most for the least trouble. */
const ASKED = 5;

/** The catalogue of policies, and what one would get: open to everyone, nothing is kept. */
export default function Policies() {
  const { id } = useParams();
  const { t } = useLang();
  const { params } = useAsOf();
  const asOf = params.valid;
  const [facts, setFacts] = useState<Facts>(keptFacts);
  const [sent, setSent] = useState<Facts>(facts);
  useEffect(() => {
    keepFacts(facts);
    const wait = setTimeout(() => setSent(facts), 250);
    return () => clearTimeout(wait);
  }, [facts]);
  const catalogue = useApi<Catalogue>("/policies", { as_of: asOf }, { timeless: true });
  const given = answered(sent);
  const found = useQuery<Evaluation, ApiError>({
    queryKey: ["policies", given, asOf],
    queryFn: () => post<Evaluation>("/policies/evaluation", { facts: given, as_of: asOf ?? null }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const set = (name: string, value: string) => setFacts((before) => ({ ...before, [name]: value }));
  if (catalogue.error) {
    return <ErrorState error={catalogue.error} retry={() => void catalogue.refetch()} height={320} />;
  }
  const answer = found.data?.result as unknown as Package | undefined;
  return (
    <>
      <PageHeader
        title={t("policies.title")}
        lead={t("policies.lead")}
        actions={
          Object.keys(answered(facts)).length > 0 ? (
            <button type="button" className="button" onClick={() => setFacts({})}>
              {t("policies.clear")}
            </button>
          ) : undefined
        }
      />
      {!catalogue.data || !answer ? (
        found.error && !answer ? (
          <ErrorState error={found.error} retry={() => void found.refetch()} height={320} />
        ) : (
          <Loading height={420} />
        )
      ) : (
        <div className="policies">
          <Questions catalogue={catalogue.data} answer={answer} facts={facts} set={set} />
          <Results
            catalogue={catalogue.data}
            answer={answer}
            facts={sent}
            asOf={asOf}
            first={id}
            busy={found.isFetching}
          />
        </div>
      )}
    </>
  );
}

interface QuestionsProps {
  catalogue: Catalogue;
  answer: Package;
  facts: Facts;
  set: (name: string, value: string) => void;
}

function Questions({ catalogue, answer, facts, set }: QuestionsProps) {
  const { t, pick } = useLang();
  const [find, setFind] = useState("");
  const kinds = new Map(catalogue.facts.map((fact) => [fact.name, fact]));
  const known = catalogue.facts.filter((fact) => (facts[fact.name] ?? "") !== "");
  const open = answer.questions
    .map((question) => kinds.get(question.input))
    .filter((fact): fact is FactKind => fact !== undefined && fact.kind !== "list")
    .filter((fact) => (facts[fact.name] ?? "") === "");
  const wanted = find.trim().toLowerCase();
  const shown = wanted
    ? catalogue.facts
        .filter((fact) => `${fact.label.zh ?? ""} ${fact.label.en ?? ""} ${fact.name}`.toLowerCase().includes(wanted))
        .slice(0, 8)
    : open.slice(0, ASKED);
  return (
    <section className="policies-ask" aria-label={t("policies.questions")}>
      <h2>{t("policies.questions")}</h2>
      <p className="quiet small">{t("policies.questionsWhy")}</p>
      <input
        className="field"
        type="search"
        value={find}
        placeholder={t("policies.find")}
        aria-label={t("policies.find")}
        onChange={(event) => setFind(event.target.value)}
      />
      <div className="policies-facts">
        {shown.map((fact) => (
          <FactField key={fact.name} fact={fact} value={facts[fact.name] ?? ""} set={(value) => set(fact.name, value)} />
        ))}
        {shown.length === 0 && <p className="quiet">{t("policies.nothingToAsk")}</p>}
      </div>
      {known.length > 0 && (
        <>
          <h3>{t("policies.known", { count: known.length })}</h3>
          <ul className="policies-known">
            {known.map((fact) => (
              <li key={fact.name}>
                <span>{pick(fact.label)}</span>
                <strong>{valueOf(fact, facts[fact.name] ?? "", t)}</strong>
                <button
                  type="button"
                  className="button button-small"
                  aria-label={t("policies.forget", { label: pick(fact.label) })}
                  onClick={() => set(fact.name, "")}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function valueOf(fact: FactKind, value: string, t: ReturnType<typeof useLang>["t"]): string {
  if (fact.kind === "truth") return value === "true" ? t("policies.yes") : t("policies.no");
  if (fact.kind === "choice") return optionText(value, t);
  if (fact.kind === "money") return `¥${yuanText(value)}`;
  return fact.unit ? `${value} ${fact.unit}` : value;
}

interface ResultsProps {
  catalogue: Catalogue;
  answer: Package;
  facts: Facts;
  asOf: string | undefined;
  first: string | undefined;
  busy: boolean;
}

function Results({ catalogue, answer, facts, asOf, first, busy }: ResultsProps) {
  const { t } = useLang();
  const lines = new Map(catalogue.policies.map((line) => [line.id, line]));
  const groups = (["granted", "refused", "open", "not"] as const).map((key) => ({
    key,
    all: arranged(answer.policies, key),
  }));
  return (
    <section className="policies-answer" aria-live="polite" aria-busy={busy}>
      <Together answer={answer} lines={lines} />
      {groups
        .filter((group) => group.all.length > 0)
        .map((group) => (
          <section key={group.key} className={`policies-group policies-${group.key}`}>
            <h2>
              {t(`policies.${group.key}`)} <span className="quiet">{group.all.length}</span>
            </h2>
            <ul>
              {group.all.map((outcome) => (
                <Row
                  key={outcome.policy}
                  outcome={outcome}
                  line={lines.get(outcome.policy)}
                  facts={facts}
                  asOf={asOf}
                  opened={first === outcome.policy}
                />
              ))}
            </ul>
          </section>
        ))}
    </section>
  );
}

/** What may be had together, as one picture: a thread for each policy, as wide as it pays. */
function Together({ answer, lines }: { answer: Package; lines: Map<string, PolicyLine> }) {
  const { t, pick } = useLang();
  const { total, policies } = answer.together;
  const whole = fen(total);
  return (
    <section className="policies-together">
      <div>
        <span className="policies-total">{whole > 0n ? `¥${yuanText(total)}` : t("policies.noTotal")}</span>
        {whole > 0n && <span className="policies-note">{t("policies.upperBound")}</span>}
      </div>
      {whole > 0n && (
        <ol className="policies-bar">
          {policies.map((one, at) => {
            const line = lines.get(one.policy);
            return (
              <li
                key={one.policy}
                style={{ flexGrow: Number((fen(one.amount) * 1000n) / whole), background: `var(--c${(at % 8) + 1})` }}
                title={`${line ? pick(line.title) : one.policy} ¥${yuanText(one.amount)}`}
              >
                <span className="visually-hidden">
                  {line ? pick(line.title) : one.policy} ¥{yuanText(one.amount)}
                </span>
              </li>
            );
          })}
        </ol>
      )}
      <p className="quiet small">{whole > 0n ? t("policies.togetherWhy") : t("policies.togetherNone")}</p>
    </section>
  );
}

interface RowProps {
  outcome: Outcome;
  line: PolicyLine | undefined;
  facts: Facts;
  asOf: string | undefined;
  opened: boolean;
}

function Row({ outcome, line, facts, asOf, opened }: RowProps) {
  const { t, pick } = useLang();
  const [open, setOpen] = useState(opened);
  const asks = outcome.missing?.length ?? 0;
  return (
    <li className="policy">
      <button type="button" className="policy-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="policy-name">
          <strong>{pick(outcome.title)}</strong>
          {line?.summary && <span className="quiet small">{pick(line.summary)}</span>}
        </span>
        <span className="policy-tags">
          {line && <span className="policy-place">{t(`policies.place.${placeOf(line.place)}`)}</span>}
          {line && <span className="quiet small">{t(`policies.way.${way(line.way)}`)}</span>}
        </span>
        <span className="policy-amount">
          <Amount outcome={outcome} />
          {asks > 0 && <span className="quiet small">{t("policies.asks", { count: asks })}</span>}
        </span>
      </button>
      {outcome.refused && (
        <p className="policy-refused">
          {pick(outcome.refused.message)}
          {outcome.refused.value && ` (${outcome.refused.value})`}
        </p>
      )}
      {open && <Detail id={outcome.policy} facts={facts} asOf={asOf} />}
    </li>
  );
}

function Amount({ outcome }: { outcome: Outcome }) {
  const { t } = useLang();
  const result = outcome.result;
  switch (result?.kind) {
    case "exact":
      return <strong>¥{yuanText(result.amount ?? "")}</strong>;
    case "up_to":
      return (
        <span>
          <span className="quiet small">{t("policies.upTo")} </span>
          <strong>¥{yuanText(result.amount ?? "")}</strong>
        </span>
      );
    case "range":
      return (
        <strong>
          ¥{yuanText(result.low ?? "")} – {yuanText(result.high ?? "")}
        </strong>
      );
    case "granted":
      return <strong>{t("policies.applies")}</strong>;
    case "none":
      return <span className="quiet">—</span>;
    default:
      return <span className="quiet">{outcome.refused ? "—" : t("policies.unknown")}</span>;
  }
}

const PLACES = ["china", "shanghai", "xuhui", "songjiang", "changfeng"] as const;
const placeOf = (text: string) => {
  const last = text.split("/").pop() ?? text;
  return PLACES.find((each) => each === last) ?? "china";
};
