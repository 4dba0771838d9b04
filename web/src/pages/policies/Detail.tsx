import { useQuery } from "@tanstack/react-query";
import { ApiError, post, segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Evaluation, Outcome, PolicyPage } from "../../api/policy";
import type { Proof } from "../../api/transfer";
import { ProofTree } from "../../evidence/ProofTree";
import { yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { ErrorState, Loading } from "../../ui";
import { answered, type Facts } from "./answers";

interface DetailProps {
  id: string;
  facts: Facts;
  asOf: string | undefined;
}

/** One policy, open: why, its figures with their articles, what is to be handed in, its tests. */
export function Detail({ id, facts, asOf }: DetailProps) {
  const { t, pick, lang } = useLang();
  const page = useApi<PolicyPage>(`/policies/${segment(id)}`, { as_of: asOf }, { timeless: true });
  const given = answered(facts);
  const found = useQuery<Evaluation, ApiError>({
    queryKey: ["policy", id, given, asOf],
    queryFn: () => post<Evaluation>("/policies/evaluation", { facts: given, as_of: asOf ?? null, policy: id }),
    retry: false,
  });
  if (page.error) return <ErrorState error={page.error} retry={() => void page.refetch()} />;
  if (!page.data) return <Loading height={160} />;
  const { policy, figures, materials, left_out, tests, within, budget } = page.data;
  const outcome = found.data?.result as unknown as Outcome | undefined;
  return (
    <div className="policy-detail">
      <p className="policy-source">
        <span>
          {policy.source.issuer && `${policy.source.issuer} · `}《{policy.source.document}》
          {policy.source.clause && ` ${policy.source.clause}`}
        </span>
        <span className="quiet small">
          {[policy.source.number, policy.source.issued].filter(Boolean).join(" · ")}
        </span>
        <span className={`proof-seal proof-seal-${policy.source.confidence}`}>
          {t(`proof.${seal(policy.source.confidence)}`)}
        </span>
      </p>
      {outcome?.whynot && outcome.whynot.length > 0 && outcome.eligible === "no" && (
        <section>
          <h3>{t("policies.whynot")}</h3>
          <ul className="policy-remedies">
            {outcome.whynot.map((remedy, at) => (
              <li key={at}>
                {remedy.changes
                  .map((change) => t("policies.change", { label: pick(change.label), to: toText(change.to, lang) }))
                  .join(t("policies.and"))}
              </li>
            ))}
          </ul>
        </section>
      )}
      {figures.length > 0 && (
        <section>
          <h3>{t("policies.figures")}</h3>
          <dl className="policy-figures">
            {figures.map((figure) => (
              <div key={figure.name}>
                <dt>{pick(figure.label) === figure.name ? figureName(figure.name, lang) : pick(figure.label)}</dt>
                <dd>
                  <strong>
                    {figure.value === "unread"
                      ? t("policies.unread")
                      : figure.value === null || figure.value === undefined
                        ? t("policies.absent")
                        : yuanText(figure.value)}
                  </strong>
                  <span className="quiet small">{figure.article}</span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {(materials.length > 0 || within || budget) && (
        <section>
          <h3>{t("policies.process")}</h3>
          <ul className="policy-process">
            <li>{t(`policies.way.${way(policy.way)}`)}</li>
            {within && <li>{t("policies.within", { period: periodText(within, lang) })}</li>}
            {budget && <li>{t("policies.budget", { amount: yuanText(budget) })}</li>}
            {materials.map((one) => (
              <li key={one.label.zh ?? ""}>
                {pick(one.label)}
                {one.shows && facts[one.shows] && <span className="quiet small"> {t("policies.held")}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {left_out.length > 0 && (
        <section>
          <h3>{t("policies.leftOut")}</h3>
          <ul>
            {left_out.map((one) => (
              <li key={one.criterion.zh ?? ""}>
                {pick(one.criterion)} <span className="quiet small">— {pick(one.because)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>{t("policies.proof")}</h3>
        {found.error && <ErrorState error={found.error} />}
        {outcome?.proof ? <ProofTree proof={named(outcome.proof, page.data, lang)} /> : !found.error && <Loading height={80} />}
      </section>
      <p className="quiet small">
        {t("policies.tests", { count: tests.length })} · {t("policies.version", { day: policy.version })} ·{" "}
        <span className="mono">{page.data.digest.slice(0, 12)}</span>
      </p>
    </div>
  );
}

const SEALS = ["verified", "excerpt", "general", "draft", "own"] as const;
const seal = (text: string) => SEALS.find((each) => each === text) ?? "general";
const WAYS = ["automatic", "quick", "application", "by_law"] as const;
export const way = (text: string) => WAYS.find((each) => each === text) ?? "application";

const COUNTS: Record<string, [string, string]> = {
  day: ["日", "days"],
  workday: ["个工作日", "working days"],
  month: ["个月", "months"],
  year: ["年", "years"],
};

function periodText(text: string, lang: string): string {
  const [number = "", count = ""] = text.split(" ");
  const words = COUNTS[count];
  if (!words) return text;
  return lang === "zh" ? `${number}${words[0]}` : `${number} ${words[1]}`;
}

const FIGURES: Record<string, [string, string]> = {
  share: ["比例", "Share"],
  rate: ["税率", "Rate"],
  cap: ["上限", "Cap"],
  floor: ["下限比例", "Least share"],
  half: ["减半比例", "Half"],
  extra: ["加计比例", "Extra share"],
  normal: ["一般税率", "Normal rate"],
  reduced: ["优惠税率", "Reduced rate"],
  months_min: ["最少月数", "Months at least"],
  staff_max: ["人数上限", "Employees at most"],
  staff_min: ["人数下限", "Employees at least"],
  assets_max: ["资产上限", "Assets at most"],
  revenue_max: ["收入上限", "Revenue at most"],
  revenue_min: ["收入下限", "Revenue at least"],
  income_max: ["所得上限", "Income at most"],
  score_min: ["得分下限", "Score at least"],
};

const figureName = (name: string, lang: string): string =>
  FIGURES[name]?.[lang === "zh" ? 0 : 1] ?? name.replace(/_/g, " ");

function toText(text: string, lang: string): string {
  if (text === "true") return lang === "zh" ? "是" : "yes";
  if (text === "false") return lang === "zh" ? "否" : "no";
  return yuanText(text);
}

const STEPS: Record<string, [string, string]> = {
  eligible: ["是否符合条件", "Eligible"],
  amount: ["金额", "Amount"],
  written: ["条文所写", "As written"],
  rounding: ["舍入", "Rounding"],
  fen_half_up: ["四舍五入到分", "to the fen, a half up"],
  fen_down: ["舍去不足一分", "down to the fen"],
  fen_up: ["进到分", "up to the fen"],
  discretion: ["须经审定", "An office decides"],
  "not": ["不是", "not"],
  "if": ["视情况", "Depends"],
  min: ["取较小", "Smallest"],
  max: ["取较大", "Largest"],
  "+": ["合计", "Sum"],
  "-": ["相减", "Difference"],
  "*": ["相乘", "Product"],
  "/": ["相除", "Quotient"],
  as_of: ["计算日", "Day of the question"],
  prorated: ["按日折算", "By the days of each month"],
};

/** Bounds as people read them: `<= 5.00` as "up to", `1.00 .. 2.00` with a dash. */
export function boundText(text: string, lang: string): string {
  const ends = text.split(" .. ");
  if (ends.length === 2) return ends.map(yuanText).join(" – ");
  const bound = /^(<=|>=) (.+)$/.exec(text);
  if (!bound) return text;
  const most = bound[1] === "<=";
  const words = lang === "zh" ? (most ? "至多" : "至少") : most ? "up to" : "at least";
  return `${words} ${yuanText(bound[2] ?? "")}`;
}

/** A proof with the names of facts, figures and conditions in the language of the page. */
export function named(proof: Proof, page: PolicyPage, lang: string): Proof {
  const at = lang === "zh" ? 0 : 1;
  const names = new Map<string, string>();
  for (const fact of page.facts) names.set(fact.name, (at === 0 ? fact.label.zh : fact.label.en) ?? fact.name);
  for (const figure of page.figures) {
    const label = (at === 0 ? figure.label.zh : figure.label.en) ?? figure.name;
    names.set(figure.name, label === figure.name ? figureName(figure.name, lang) : label);
  }
  for (const one of page.conditions) names.set(one.label.zh ?? "", (at === 0 ? one.label.zh : one.label.en) ?? "");
  names.set(page.policy.id, (at === 0 ? page.policy.title.zh : page.policy.title.en) ?? page.policy.id);
  const walk = (node: Proof): Proof => ({
    ...node,
    cite: node.cite ?? null,
    key: names.get(node.key) ?? STEPS[node.key]?.[at] ?? node.key,
    value: node.type === "text" ? (STEPS[node.value]?.[at] ?? boundText(node.value, lang)) : node.value,
    parts: ((node.parts as Proof[] | undefined) ?? []).map(walk),
  });
  return walk(proof);
}
