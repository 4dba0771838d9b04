import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../../api/client";
import { useApi, useSession } from "../../api/query";
import type { RequestPage } from "../../api/service";
import { ProofDrawer } from "../../evidence/ProofTree";
import type { Proof } from "../../api/transfer";
import { Story } from "../../service/Story";
import { useLang } from "../../state/lang";
import { Answer, AppLink, EntityLink, Field, FormError, Loading, PageHeader, SignInState } from "../../ui";
import { RequestState } from "./index";

/** A request: what is asked, by when it must be settled and why, what happened, what comes next. */
export function OneRequest({ id }: { id: string }) {
  const { t } = useLang();
  const session = useSession();
  const signedIn = Boolean(session.data?.account);
  const query = useApi<RequestPage>(`/requests/${segment(id)}`, {}, {
    timeless: true,
    staleTime: 2_000,
    enabled: signedIn,
  });
  if (session.isPending) return <Loading height={480} />;
  if (!signedIn) {
    return <SignInState title={t("service.signIn")} why={t("service.signInWhy")} height={400} />;
  }
  return (
    <Answer query={query} height={480}>
      {(page) => <Whole page={page} refresh={() => void query.refetch()} />}
    </Answer>
  );
}

function Whole({ page, refresh }: { page: RequestPage; refresh: () => void }) {
  const { t } = useLang();
  const [proof, setProof] = useState<Proof | null>(null);
  const [doing, setDoing] = useState<string | null>(null);
  const line = page.request;
  return (
    <article>
      <PageHeader
        eyebrow={
          <>
            <AppLink to="/requests">{t("requests.title")}</AppLink> · {line.id}
          </>
        }
        title={line.title}
        lead={t(`requests.lane.${line.lane as "firm"}`)}
        actions={<RequestState state={line.state} />}
      />
      {page.level !== "none" && (
        <p className="late" role="status">
          {t(`requests.level.${page.level as "lead"}`)}
        </p>
      )}
      <div className="service-columns">
        <div>
          {line.firm && (
            <p>
              <EntityLink entity={line.firm} />
            </p>
          )}
          <p className="service-text">{page.text}</p>
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
                    {t(`requests.step.${kind as "settled"}`)}
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
            title={t("requests.story")}
            steps={page.steps}
            label={(kind) => t(`requests.step.${kind as "filed"}`)}
          />
        </div>
        <aside>
          <section className="section">
            <h2>{t("requests.clocks")}</h2>
            <ul className="request-clocks">
              {page.clocks.map((clock, at) => (
                <li key={at}>
                  <button type="button" className="request-clock" onClick={() => setProof(clock.proof)}>
                    <span className={clock.late ? "late request-day" : "request-day"}>
                      {clock.last_day}
                    </span>
                    <span>{t(`requests.clock.${clock.key as "general"}`)}</span>
                    <span className="quiet small">
                      {clock.done
                        ? t("requests.kept", { day: clock.done })
                        : clock.late
                          ? t("requests.lateBy")
                          : clock.proof.cite?.article}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        </aside>
      </div>
      {proof && <ProofDrawer proof={proof} close={() => setProof(null)} />}
    </article>
  );
}

/** The text that a step asks for: its member and its label. */
const TEXTS = {
  settled: ["answer", "requests.answer"],
  explained: ["reason", "requests.reason"],
  reopened: ["reason", "requests.reason"],
  called_back: ["outcome", "requests.outcome"],
  graded: ["reason", "requests.reason"],
} as const;

interface StepFormProps {
  kind: string;
  page: RequestPage;
  done: () => void;
}

function StepForm({ kind, page, done }: StepFormProps) {
  const { t } = useLang();
  const session = useSession();
  const [text, setText] = useState("");
  const [to, setTo] = useState(session.data?.account?.id ?? "");
  const [grade, setGrade] = useState(page.request.grade === "general" ? "difficult" : "general");
  const [mark, setMark] = useState(5);
  const [named, setNamed] = useState(true);
  const asked = TEXTS[kind as keyof typeof TEXTS];
  const send = useMutation({
    mutationFn: () => {
      const step: Record<string, unknown> = { kind };
      if (asked) step[asked[0]] = text.trim();
      if (kind === "assigned") step["to"] = to.trim();
      if (kind === "graded") step["grade"] = grade;
      if (kind === "rated") Object.assign(step, { mark, named }, text.trim() && { text: text.trim() });
      return post(`/requests/${segment(page.request.id)}/steps`, {
        step,
        version: page.request.version,
      });
    },
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="event-form" aria-label={t(`requests.step.${kind as "settled"}`)} onSubmit={submit}>
      {kind === "assigned" && (
        <Field
          label={t("requests.to")}
          hint={t("requests.toHint")}
          value={to}
          required
          onChange={(event) => setTo(event.target.value)}
        />
      )}
      {kind === "graded" && (
        <div className="chips">
          {(["general", "difficult"] as const).map((each) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={grade === each}
              onClick={() => setGrade(each)}
            >
              {t(`requests.grade.${each}`)}
            </button>
          ))}
        </div>
      )}
      {kind === "rated" && (
        <>
          <fieldset className="fact">
            <legend>{t("requests.mark")}</legend>
            <div className="chips">
              {[1, 2, 3, 4, 5].map((each) => (
                <button
                  key={each}
                  type="button"
                  className="chip"
                  aria-pressed={mark === each}
                  onClick={() => setMark(each)}
                >
                  {each}
                </button>
              ))}
            </div>
          </fieldset>
          <label className="check-row">
            <input type="checkbox" checked={named} onChange={(event) => setNamed(event.target.checked)} />{" "}
            {t("requests.named")}
          </label>
        </>
      )}
      {(asked || kind === "rated") && (
        <label className="form-row">
          <span>{t(asked ? asked[1] : "requests.rateText")}</span>
          <textarea
            className="field"
            rows={4}
            required={Boolean(asked)}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
      )}
      <FormError error={send.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t("requests.record")}
        </button>
      </div>
    </form>
  );
}
