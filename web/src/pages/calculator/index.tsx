import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import { useApi } from "../../api/query";
import type { Calculation, Due, Proof } from "../../api/transfer";
import { ProofTree } from "../../evidence/ProofTree";
import { yuanText } from "../../evidence/proof";
import { useLang } from "../../state/lang";
import { FormError, PageHeader } from "../../ui";
import { today } from "../cases/days";
import "./calculator.css";

/** Calculators with their proofs open: periods and distributions. Nothing is kept of them. */
export default function Calculator() {
  const { t } = useLang();
  return (
    <>
      <PageHeader title={t("calc.title")} lead={t("calc.lead")} />
      <Distribution />
      <Period />
    </>
  );
}

interface Person {
  name: string;
  share: string;
}

interface Cost {
  kind: string;
  amount: string;
}

const PLACES = ["shanghai", "beijing", "zhejiang", "china"] as const;
const KINDS = [
  "state_university",
  "state_institute",
  "state_hospital",
  "state_enterprise",
  "private",
] as const;
const COSTS = ["tax", "upkeep", "appraisal", "authentication", "transaction", "negotiation"] as const;

interface Outcome {
  net_income: string;
  reward: string;
  unit: string;
  floor: string | null;
  people: { name: string; share: string; amount: string; iit_base: string | null }[];
  notes: { zh: string; en: string }[];
  proof: Proof;
  proof_digest: string;
}

/** A proof as the rules write it: parts and article left out where there are none. */
function whole(proof: Proof): Proof {
  const parts = (proof.parts as Proof[] | undefined) ?? [];
  return { ...proof, cite: proof.cite ?? null, parts: parts.map(whole) };
}

function Distribution() {
  const { t, pick } = useLang();
  const [place, setPlace] = useState<string>("shanghai");
  const [kind, setKind] = useState<string>("state_institute");
  const [basis, setBasis] = useState("rule");
  const [reward, setReward] = useState("70%");
  const [on, setOn] = useState(today());
  const [amount, setAmount] = useState("3000000.00");
  const [costs, setCosts] = useState<Cost[]>([
    { kind: "tax", amount: "900.00" },
    { kind: "upkeep", amount: "24600.00" },
    { kind: "appraisal", amount: "40000.00" },
  ]);
  const [people, setPeople] = useState<Person[]>([
    { name: t("calc.person", { count: 1 }), share: "45%" },
    { name: t("calc.person", { count: 2 }), share: "30%" },
    { name: t("calc.person", { count: 3 }), share: "15%" },
    { name: t("calc.person", { count: 4 }), share: "10%" },
  ]);
  const compute = useMutation({
    mutationFn: () =>
      post<Calculation>("/transfer/distribution", {
        input: {
          place,
          unit_kind: kind,
          basis,
          reward: basis === "none" ? null : reward,
          receipts: [{ on, amount }],
          costs: costs.filter((cost) => cost.amount !== ""),
          people,
        },
      }),
  });
  const found = compute.data?.result as unknown as Outcome | undefined;
  const change = <T,>(list: T[], at: number, next: Partial<T>): T[] =>
    list.map((each, other) => (other === at ? { ...each, ...next } : each));
  return (
    <section className="section calc">
      <form
        className="event-form calc-form"
        aria-label={t("calc.distribution")}
        onSubmit={(event) => {
          event.preventDefault();
          compute.mutate();
        }}
      >
        <h2>{t("calc.distribution")}</h2>
        <div className="calc-row">
          <label className="form-row">
            <span>{t("calc.place")}</span>
            <select className="field" value={place} onChange={(e) => setPlace(e.target.value)}>
              {PLACES.map((each) => (
                <option key={each} value={each}>
                  {t(`place.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <label className="form-row">
            <span>{t("calc.kind")}</span>
            <select className="field" value={kind} onChange={(e) => setKind(e.target.value)}>
              {KINDS.map((each) => (
                <option key={each} value={each}>
                  {t(`unit.${each}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div className="calc-row">
          <label className="form-row">
            <span>{t("calc.basis")}</span>
            <select className="field" value={basis} onChange={(e) => setBasis(e.target.value)}>
              <option value="rule">{t("calc.rule")}</option>
              <option value="agreement">{t("calc.agreement")}</option>
              <option value="none">{t("calc.neither")}</option>
            </select>
          </label>
          {basis !== "none" && (
            <label className="form-row">
              <span>{t("calc.reward")}</span>
              <input className="field" value={reward} onChange={(e) => setReward(e.target.value)} />
            </label>
          )}
        </div>
        <div className="calc-row">
          <label className="form-row">
            <span>{t("calc.received")}</span>
            <input
              className="field"
              inputMode="decimal"
              value={amount}
              onChange={(e) => setAmount(e.target.value)}
            />
          </label>
          <label className="form-row">
            <span>{t("calc.receivedOn")}</span>
            <input className="field" type="date" value={on} onChange={(e) => setOn(e.target.value)} />
          </label>
        </div>
        <fieldset className="event-group">
          <legend>{t("calc.costs")}</legend>
          {costs.map((cost, at) => (
            <div key={at} className="calc-row">
              <select
                className="field"
                aria-label={t("calc.costs")}
                value={cost.kind}
                onChange={(e) => setCosts(change(costs, at, { kind: e.target.value }))}
              >
                {COSTS.map((each) => (
                  <option key={each} value={each}>
                    {t(`cost.${each}`)}
                  </option>
                ))}
              </select>
              <input
                className="field"
                inputMode="decimal"
                aria-label={t("calc.amount")}
                value={cost.amount}
                onChange={(e) => setCosts(change(costs, at, { amount: e.target.value }))}
              />
            </div>
          ))}
          <button
            type="button"
            className="button button-small"
            onClick={() => setCosts([...costs, { kind: "transaction", amount: "" }])}
          >
            {t("cases.addItem", { label: t("calc.costs") })}
          </button>
        </fieldset>
        <fieldset className="event-group">
          <legend>{t("calc.people")}</legend>
          {people.map((person, at) => (
            <div key={at} className="calc-row">
              <input
                className="field"
                aria-label={t("calc.name")}
                value={person.name}
                onChange={(e) => setPeople(change(people, at, { name: e.target.value }))}
              />
              <input
                className="field"
                aria-label={t("calc.share")}
                value={person.share}
                onChange={(e) => setPeople(change(people, at, { share: e.target.value }))}
              />
            </div>
          ))}
          <button
            type="button"
            className="button button-small"
            onClick={() =>
              setPeople([
                ...people,
                { name: t("calc.person", { count: people.length + 1 }), share: "0%" },
              ])
            }
          >
            {t("cases.addItem", { label: t("calc.people") })}
          </button>
        </fieldset>
        <FormError error={compute.error} />
        <div className="event-actions">
          <button type="submit" className="button button-main" disabled={compute.isPending}>
            {t("calc.compute")}
          </button>
        </div>
      </form>
      <div className="calc-answer" aria-live="polite">
        {found ? (
          <>
            <ul className="calc-people">
              {found.people.map((person) => (
                <li key={person.name}>
                  <span>{person.name}</span>
                  <span className="calc-bar" aria-hidden="true">
                    <span style={{ width: person.share.endsWith("%") ? person.share : "0" }} />
                  </span>
                  <span className="calc-money">¥{yuanText(person.amount)}</span>
                </li>
              ))}
              <li className="calc-unit">
                <span>{t("calc.unit")}</span>
                <span />
                <span className="calc-money">¥{yuanText(found.unit)}</span>
              </li>
            </ul>
            {found.notes.map((note, index) => (
              <p key={index} className="story-note">
                {pick(note)}
              </p>
            ))}
            <ProofTree proof={whole(found.proof)} />
            <p className="quiet small mono">sha256 {found.proof_digest}</p>
          </>
        ) : (
          <p className="quiet">{t("calc.waiting")}</p>
        )}
      </div>
    </section>
  );
}

function Period() {
  const { t } = useLang();
  const [from, setFrom] = useState(today());
  const [count, setCount] = useState("15");
  const [unit, setUnit] = useState("workday");
  const [roll, setRoll] = useState("any_non_working_day");
  const sound = /^\d{4}-\d{2}-\d{2}$/.test(from) && /^[1-9]\d{0,4}$/.test(count);
  const due = useApi<Due>(
    "/transfer/period",
    { from, count, unit, roll },
    { timeless: true, enabled: sound },
  );
  return (
    <section className="section">
      <h2>{t("calc.period")}</h2>
      <div className="calc-row calc-period">
        <label className="form-row">
          <span>{t("calc.from")}</span>
          <input className="field" type="date" value={from} onChange={(e) => setFrom(e.target.value)} />
        </label>
        <label className="form-row">
          <span>{t("calc.count")}</span>
          <input className="field" inputMode="numeric" value={count} onChange={(e) => setCount(e.target.value)} />
        </label>
        <label className="form-row">
          <span>{t("calc.countUnit")}</span>
          <select className="field" value={unit} onChange={(e) => setUnit(e.target.value)}>
            {(["day", "workday", "month", "year"] as const).map((each) => (
              <option key={each} value={each}>
                {t(`unit.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="form-row">
          <span>{t("calc.roll")}</span>
          <select className="field" value={roll} onChange={(e) => setRoll(e.target.value)}>
            {(["any_non_working_day", "statutory_holiday", "none"] as const).map((each) => (
              <option key={each} value={each}>
                {t(`roll.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <FormError error={due.error} />
      {due.data && (
        <p className="calc-due" role="status">
          <span className="calc-day">{due.data.last_day}</span>
          <span className="quiet">{t("calc.next", { day: due.data.next_day })}</span>
          {due.data.ends !== due.data.last_day && (
            <span className="gold">{t("calc.moved", { day: due.data.ends })}</span>
          )}
          {due.data.assumed.length > 0 && (
            <span className="gold">{t("calc.assumed", { years: due.data.assumed.join("、") })}</span>
          )}
        </p>
      )}
    </section>
  );
}
