import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { get, post, segment } from "../../api/client";
import type { Catalogue } from "../../api/policy";
import { useApi, useOfficer, useSession } from "../../api/query";
import type { PolicyCheck, PolicySourceText, Published } from "../../api/service";
import type { Page } from "../../api/types";
import { yuanText } from "../../evidence/proof";
import { useResult } from "../../service/Result";
import { useLang } from "../../state/lang";
import {
  Answer,
  AppLink,
  EmptyState,
  FormError,
  Loading,
  PageHeader,
  SignInState,
  useEntityName,
} from "../../ui";
import { EXAMPLE } from "./example";
import "../../service/service.css";
import "./studio.css";

const KEPT = "studio.text";

function kept(): string {
  try {
    return sessionStorage.getItem(KEPT) ?? EXAMPLE;
  } catch {
    return EXAMPLE;
  }
}

/** Where a policy is written, checked, tried on every firm, and published. */
export default function Studio() {
  const { t } = useLang();
  const session = useSession();
  const officer = useOfficer();
  return (
    <>
      <PageHeader title={t("studio.title")} lead={t("studio.lead")} />
      {session.isPending ? (
        <Loading height={480} />
      ) : !session.data?.account ? (
        <SignInState title={t("service.signIn")} why={t("service.signInWhy")} height={400} />
      ) : officer ? (
        <Desk />
      ) : (
        <EmptyState title={t("studio.officersOnly")} why={t("studio.officersOnlyWhy")} height={320} />
      )}
    </>
  );
}

function Desk() {
  const { t, pick } = useLang();
  const client = useQueryClient();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(kept);
  const catalogue = useApi<Catalogue>("/policies", {}, { timeless: true, staleTime: 60_000 });
  const check = useMutation({
    mutationFn: () => post<PolicyCheck>("/policies/check", { text }),
  });
  const publish = useMutation({
    mutationFn: () => post<Published>("/policies", { text }),
    onSuccess: () => void client.invalidateQueries(),
  });
  const load = useMutation({
    mutationFn: (id: string) => get<PolicySourceText>(`/policies/${segment(id)}/text`),
    onSuccess: (found) => change(found.text),
  });
  // What was checked is published, and nothing else: a change asks to be checked again.
  function change(next: string) {
    setText(next);
    check.reset();
    publish.reset();
    try {
      sessionStorage.setItem(KEPT, next);
    } catch {
      // A tab without storage works; it only forgets when it is left.
    }
  }
  const jump = (line: number, column: number) => {
    const area = box.current;
    if (!area) return;
    const lines = text.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    area.focus();
    area.setSelectionRange(start, start + 1);
    area.scrollTop = Math.max(0, (line - 6) * 21);
  };
  return (
    <div className="studio">
      <div className="studio-write">
        <label className="form-row">
          <span>{t("studio.start")}</span>
          <select
            className="field"
            value=""
            onChange={(event) =>
              event.target.value === "fresh" ? change(EXAMPLE) : load.mutate(event.target.value)
            }
          >
            <option value="" disabled>
              …
            </option>
            <option value="fresh">{t("studio.fresh")}</option>
            {catalogue.data?.policies.map((policy) => (
              <option key={policy.id} value={policy.id}>
                {pick(policy.title)}
              </option>
            ))}
          </select>
        </label>
        <FormError error={load.error} />
        <label className="form-row">
          <span>{t("studio.text")}</span>
          <textarea
            ref={box}
            className="field studio-text"
            spellCheck={false}
            value={text}
            onChange={(event) => change(event.target.value)}
          />
        </label>
        <div className="row">
          <button
            type="button"
            className="button button-main"
            disabled={check.isPending}
            onClick={() => check.mutate()}
          >
            {t("studio.check")}
          </button>
          <button
            type="button"
            className="button"
            disabled={!check.data?.sound || publish.isPending || publish.isSuccess}
            onClick={() => publish.mutate()}
          >
            {t("studio.publish")}
          </button>
        </div>
        <FormError error={check.error ?? publish.error} />
        {publish.data && (
          <p className="jade" role="status">
            {t("studio.published")} <AppLink to={`/journal/${publish.data.journal}`}>{publish.data.journal}</AppLink>
          </p>
        )}
        <Versions />
      </div>
      <div className="studio-found" aria-live="polite">
        {check.isPending ? (
          <Loading height={320} label={t("studio.checking")} />
        ) : (
          check.data && <Found check={check.data} jump={jump} />
        )}
      </div>
    </div>
  );
}

interface FoundProps {
  check: PolicyCheck;
  jump: (line: number, column: number) => void;
}

function Found({ check, jump }: FoundProps) {
  const { t, pick } = useLang();
  const result = useResult();
  const name = useEntityName();
  const passed = check.tests.filter((test) => !test.wrong).length;
  const errors = [...check.faults].sort((a, b) => a.weight.localeCompare(b.weight) || a.line - b.line);
  return (
    <>
      <p>
        <strong>{check.title ? pick(check.title) : check.policy}</strong>{" "}
        <span className={`standing ${check.sound ? "standing-jade" : "standing-cinnabar"}`}>
          {t(check.sound ? "studio.sound" : "studio.notSound")}
        </span>
      </p>
      <section className="section">
        <h2>{t("studio.faults")}</h2>
        {errors.length === 0 ? (
          <p className="jade">{t("studio.noFaults")}</p>
        ) : (
          <ul className="studio-faults">
            {errors.map((fault, at) => (
              <li key={at} className={`studio-${fault.weight}`}>
                <button type="button" className="button-text" onClick={() => jump(fault.line, fault.column)}>
                  {t("studio.at", { line: fault.line, column: fault.column })}
                </button>
                <span>
                  <span className="mono small">{fault.code}</span>{" "}
                  {t(fault.weight === "error" ? "studio.error" : "studio.warning")} · {pick(fault.message)}
                  {fault.hint && <span className="quiet"> {pick(fault.hint)}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {check.tests.length > 0 && (
        <section className="section">
          <h2>{t("studio.tests")}</h2>
          <p>
            {t("studio.passed", { passed, all: check.tests.length })}
            {check.mutants > 0 && (
              <>
                {" · "}
                {t("studio.mutants", { noticed: check.noticed, mutants: check.mutants })}
              </>
            )}
          </p>
          <ul className="studio-faults">
            {check.tests
              .filter((test) => test.wrong)
              .map((test) => (
                <li key={test.name} className="studio-error">
                  <button type="button" className="button-text" onClick={() => jump(test.line, 1)}>
                    {test.name}
                  </button>
                  <span>{test.wrong && pick(test.wrong)}</span>
                </li>
              ))}
          </ul>
        </section>
      )}
      {check.reach && (
        <section className="section">
          <h2>{t("studio.reach")}</h2>
          <p className="quiet small">{t("studio.reachFirms", { count: check.reach.firms })}</p>
          <Reach label={check.before ? t("studio.after") : null} reach={check.reach} />
          {check.before && <Reach label={t("studio.before")} reach={check.before} />}
          {check.before && (
            <>
              <p>{t("studio.changed", { count: check.changed })}</p>
              <ul className="service-list">
                {check.changes.map((change) => (
                  <li key={change.firm.id}>
                    <div>
                      <AppLink to={`/package?firm=${change.firm.id}`}>{name(change.firm)}</AppLink>
                    </div>
                    <div className="service-end small">
                      {result(change.before)} → {result(change.after)}
                    </div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </section>
      )}
    </>
  );
}

function Reach({ label, reach }: { label: string | null; reach: NonNullable<PolicyCheck["reach"]> }) {
  const { t } = useLang();
  const parts = [
    ["granted", reach.granted, "reachGranted"],
    ["unknown", reach.unknown, "reachUnknown"],
    ["refused", reach.refused, "reachRefused"],
  ] as const;
  const all = Math.max(1, reach.firms);
  return (
    <div className="studio-reach">
      {label && <strong className="small">{label}</strong>}
      <div className="studio-bar" aria-hidden="true">
        {parts.map(([key, count]) => (
          <span key={key} className={`studio-bar-${key}`} style={{ width: `${(count / all) * 100}%` }} />
        ))}
      </div>
      <p className="small studio-reach-words">
        {parts.map(([key, count, word]) => (
          <span key={key} className={`studio-key studio-key-${key}`}>
            {t(`studio.${word}`)} {count}
          </span>
        ))}
        {reach.cost && (
          <span>
            {t("studio.cost")} <strong>¥{yuanText(reach.cost)}</strong>
          </span>
        )}
      </p>
    </div>
  );
}

function Versions() {
  const { t } = useLang();
  const query = useApi<Page<Published>>("/policies/published", {}, { timeless: true, staleTime: 2_000 });
  return (
    <section className="section">
      <h2>{t("studio.versions")}</h2>
      <Answer query={query} height={60}>
        {(page) =>
          page.items.length === 0 ? (
            <p className="quiet">{t("studio.noVersions")}</p>
          ) : (
            <ul className="gaps">
              {page.items.map((one) => (
                <li key={one.journal}>
                  <span className="mono small">{one.policy}</span>{" "}
                  <span className="quiet small">
                    {one.at.slice(0, 10)} · {one.by} ·{" "}
                    <AppLink to={`/journal/${one.journal}`}>{one.journal}</AppLink>
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
