import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useState } from "react";
import { post } from "../../api/client";
import type { ComputeJobPage, Quote } from "../../api/compute";
import { yuanOf } from "../../api/compute";
import { useLang } from "../../state/lang";
import { Field, FormError, useGo } from "../../ui";
import { useComputeWords } from "./words";

interface Asked {
  name: string;
  script: string;
  kind: string;
  tasks: number;
  devices: number;
  share: number;
  cores: number;
  memory: number;
  minutes: number;
  /** Minutes after which it may be made to give way, as typed; empty for never. */
  preemptible: string;
  /** How many jobs alike. */
  array: number;
  /** When it must have started, by the clock of who types; empty for never. */
  deadline: string;
}

const FIRST: Asked = {
  name: "",
  script: "",
  kind: "",
  tasks: 1,
  devices: 1,
  share: 1_000,
  cores: 1,
  memory: 512,
  minutes: 60,
  preemptible: "",
  array: 1,
  deadline: "",
};

/** As the platform takes it: the lines are a script of the shell. */
function body(asked: Asked) {
  return {
    name: asked.name.trim() || "-",
    command: ["sh", "-c", asked.script.trim() || "true"],
    kinds: asked.kind ? [asked.kind] : [],
    tasks: asked.tasks,
    devices: asked.devices,
    share: asked.devices === 0 ? 0 : asked.devices > 1 ? 1_000 : asked.share,
    cpu: Math.round(asked.cores * 1_000),
    memory: asked.memory,
    limit_ms: asked.minutes * 60_000,
    preemptible_after_ms:
      asked.preemptible.trim() === "" ? null : Math.round(Number(asked.preemptible) * 60_000),
    array: asked.array,
    deadline: asked.deadline === "" ? null : new Date(asked.deadline).toISOString(),
  };
}

/** What a job asks for; what it would cost and when it would start is said while one types. */
export function Submit({ kinds }: { kinds: string[] }) {
  const { t } = useLang();
  const go = useGo();
  const words = useComputeWords();
  const [asked, setAsked] = useState(FIRST);
  const [more, setMore] = useState(false);
  const { name: _, script: __, ...shape } = useDeferredValue(asked);
  const quote = useQuery<Quote>({
    queryKey: ["compute-quote", shape],
    queryFn: () => post<Quote>("/compute/quote", body({ ...FIRST, ...shape })),
    retry: false,
    staleTime: 2_000,
  });
  const send = useMutation({
    mutationFn: () => post<ComputeJobPage>("/compute/jobs", body(asked)),
    onSuccess: (page) => go(`/compute/${page.job.id}`),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const number = (key: keyof Asked, label: string, range: [number, number], hint?: string) => (
    <Field
      label={label}
      hint={hint}
      type="number"
      required
      min={range[0]}
      max={range[1]}
      value={String(asked[key])}
      onChange={(event) => setAsked({ ...asked, [key]: Number(event.target.value) })}
    />
  );
  return (
    <form className="event-form compute-form" aria-label={t("compute.submit")} onSubmit={submit}>
      <Field
        label={t("compute.name")}
        value={asked.name}
        required
        maxLength={60}
        onChange={(event) => setAsked({ ...asked, name: event.target.value })}
      />
      <label className="form-row">
        <span>{t("compute.command")}</span>
        <textarea
          className="field mono"
          rows={4}
          required
          maxLength={20_000}
          spellCheck={false}
          value={asked.script}
          onChange={(event) => setAsked({ ...asked, script: event.target.value })}
        />
        <span className="quiet small">{t("compute.commandHint")}</span>
      </label>
      <fieldset className="fact">
        <legend>{t("compute.kind")}</legend>
        <div className="chips">
          {["", ...kinds].map((each) => (
            <button
              key={each}
              type="button"
              className="chip"
              aria-pressed={asked.kind === each}
              onClick={() => setAsked({ ...asked, kind: each })}
            >
              {each ? words.kind(each) : t("compute.anyKind")}
            </button>
          ))}
        </div>
      </fieldset>
      <div className="compute-numbers">
        {number("devices", t("compute.devices"), [0, 64])}
        {number("minutes", t("compute.minutes"), [1, 129_600])}
      </div>
      <button
        type="button"
        className="button-text small"
        aria-expanded={more}
        onClick={() => setMore(!more)}
      >
        {t("compute.moreFields")}
      </button>
      {more && (
        <>
          <div className="compute-numbers">
            {number("tasks", t("compute.tasks"), [1, 4_096], t("compute.tasksHint"))}
            {number("share", t("compute.share"), [1, 1_000])}
            {number("cores", t("compute.cpu"), [0, 10_000])}
            {number("memory", t("compute.memory"), [0, 10_000_000])}
            {number("array", t("compute.array"), [1, 4_096], t("compute.arrayHint"))}
            <Field
              label={t("compute.deadline")}
              hint={t("compute.deadlineHint")}
              type="datetime-local"
              value={asked.deadline}
              onChange={(event) => setAsked({ ...asked, deadline: event.target.value })}
            />
          </div>
          <Field
            label={t("compute.preemptibleMinutes")}
            hint={t("compute.preemptibleHint")}
            type="number"
            min={0}
            max={129_600}
            value={asked.preemptible}
            onChange={(event) => setAsked({ ...asked, preemptible: event.target.value })}
          />
        </>
      )}
      <QuoteLine quote={quote.data} error={quote.error} />
      <FormError error={send.error} />
      <div className="row">
        <button type="submit" className="button button-main" disabled={send.isPending}>
          {t("compute.send")}
        </button>
      </div>
    </form>
  );
}

function QuoteLine({ quote, error }: { quote?: Quote; error: Error | null }) {
  const { t, pick } = useLang();
  const words = useComputeWords();
  if (error) return <FormError error={error} />;
  if (!quote) return null;
  const start = quote.starts_now
    ? t("compute.quote.now", { kind: words.kind(quote.kind ?? "") })
    : quote.why && t("compute.quote.why", { why: pick(quote.why) });
  return (
    <p className="compute-quote" role="status">
      <strong>{t("compute.quote.most", { yuan: yuanOf(quote.most) })}</strong> {start}
      {quote.remedy && <span className="quiet"> · {pick(quote.remedy)}</span>}
      {quote.start && <span className="compute-start">{words.start(quote.start)}</span>}
    </p>
  );
}
