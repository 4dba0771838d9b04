import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { ApiError, post, segment } from "../../api/client";
import { useApi } from "../../api/query";
import type { Acted, Draft, DraftValue, Form, FormField } from "../../api/transfer";
import { ProofTree } from "../../evidence/ProofTree";
import { useLang } from "../../state/lang";
import { EntityPicker, FormError, Loading, useGo } from "../../ui";
import { clockName } from "./BoardPage";
import { today } from "./days";
import { blanks, members, placeOf, put } from "./draft";

/** The form that opens a case. */
export function OpenCase({ done }: { done: () => void }) {
  const forms = useApi<Form[]>("/transfer/forms", {}, { timeless: true, staleTime: 3_600_000 });
  const go = useGo();
  const form = forms.data?.find((each) => each.kind === "opened");
  if (!form) return <Loading height={200} />;
  return (
    <EventForm
      form={form}
      done={(acted) => {
        done();
        go(`/cases/${acted.id}`);
      }}
    />
  );
}

interface EventFormProps {
  form: Form;
  /** The case; none opens one. */
  id?: string;
  version?: number;
  done: (acted: Acted) => void;
}

/** A kept draft, read back; none when it is damaged or another shape. */
function kept(name: string): { on: string; draft: Draft } | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return found && typeof found === "object" && "draft" in found
      ? (found as { on: string; draft: Draft })
      : null;
  } catch {
    return null;
  }
}

/** The form of a kind of event: tried before it is written, its draft saved by itself. */
export function EventForm({ form, id, version, done }: EventFormProps) {
  const { t, pick } = useLang();
  const client = useQueryClient();
  const name = `xiudai.draft.${id ?? "new"}.${form.kind}`;
  const before = kept(name);
  const [on, setOn] = useState(before?.on ?? today());
  const [draft, setDraft] = useState<Draft>(before?.draft ?? blanks(form.fields));
  useEffect(() => {
    localStorage.setItem(name, JSON.stringify({ on, draft }));
  }, [name, on, draft]);
  const path = id ? `/transfer/cases/${segment(id)}/events` : "/transfer/cases";
  const send = (dry: boolean) =>
    post<Acted>(path, {
      event: { kind: form.kind, on, ...members(form.fields, draft) },
      version,
      dry_run: dry,
    });
  const tried = useMutation({ mutationFn: () => send(true) });
  const written = useMutation({
    mutationFn: () => send(false),
    onSuccess: async (acted) => {
      localStorage.removeItem(name);
      await client.invalidateQueries({ queryKey: ["api"] });
      done(acted);
    },
  });
  const error = written.error ?? tried.error;
  const faults = faultsOf(error);
  const set = (path: (string | number)[], value: DraftValue) => {
    tried.reset();
    written.reset();
    setDraft((current) => put(current, path, value) as Draft);
  };
  const [must, may] = [
    form.fields.filter((field) => field.required),
    form.fields.filter((field) => !field.required),
  ];
  const rows = (fields: FormField[]) =>
    fields.map((field) => (
      <Row key={field.key} field={field} value={draft[field.key]} path={[field.key]} set={set} faults={faults} />
    ));
  return (
    <form
      className="event-form"
      aria-label={pick(form.label)}
      onSubmit={(event) => {
        event.preventDefault();
        written.mutate();
      }}
    >
      <h3>{pick(form.label)}</h3>
      <label className="form-row">
        <span>{t("cases.on")}</span>
        <input
          className="field"
          type="date"
          required
          value={on}
          onChange={(event) => setOn(event.target.value)}
        />
        <Fault text={faults.get("on")} />
      </label>
      {rows(must)}
      {may.length > 0 && must.length > 0 ? (
        <details className="event-more">
          <summary>{t("cases.moreFields")}</summary>
          {rows(may)}
        </details>
      ) : (
        rows(may)
      )}
      <FormError error={error} />
      {tried.data && !error && <Tried acted={tried.data} />}
      <div className="event-actions">
        <button
          type="button"
          className="button"
          disabled={tried.isPending}
          onClick={() => tried.mutate()}
        >
          {t("cases.try")}
        </button>
        <button type="submit" className="button button-main" disabled={written.isPending}>
          {t("cases.write")}
        </button>
        <button
          type="button"
          className="button-text"
          onClick={() => {
            setDraft(blanks(form.fields));
            tried.reset();
            written.reset();
          }}
        >
          {t("cases.clear")}
        </button>
      </div>
    </form>
  );
}

/** What would happen: proofs, notes and clocks. */
function Tried({ acted }: { acted: Acted }) {
  const { t, lang, pick } = useLang();
  return (
    <div className="tried" role="status">
      <p className="jade">{t("cases.wouldStand")}</p>
      {acted.notes.map((note, index) => (
        <p key={index} className="story-note">
          {pick(note)}
        </p>
      ))}
      {acted.clocks
        .filter((clock) => !clock.done)
        .map((clock) => (
          <p key={clock.key} className="small">
            {clock.last_day} {clockName(clock.key, lang)}
          </p>
        ))}
      {acted.proofs.map((proof, index) => (
        <ProofTree key={index} proof={proof} depth={2} />
      ))}
    </div>
  );
}

/** Places of a refusal, with what is wrong there. */
function faultsOf(error: unknown): Map<string, string> {
  const faults = new Map<string, string>();
  if (!(error instanceof ApiError)) return faults;
  const { problem } = error;
  if (problem.where?.column) faults.set(placeOf(problem.where.column), problem.detail ?? "");
  problem.errors?.forEach((each) => faults.set(placeOf(each.pointer), each.detail));
  return faults;
}

function Fault({ text }: { text: string | undefined }) {
  return text ? (
    <span className="form-error" role="alert">
      {text}
    </span>
  ) : null;
}

interface RowProps {
  field: FormField;
  value: DraftValue | undefined;
  path: (string | number)[];
  set: (path: (string | number)[], value: DraftValue) => void;
  faults: Map<string, string>;
}

function Row({ field, value, path, set, faults }: RowProps) {
  const { t, pick } = useLang();
  const id = useId();
  const label = pick(field.label);
  const fault = faults.get(path.join("."));
  const help = field.help && <span className="quiet small">{pick(field.help)}</span>;
  const text = typeof value === "string" ? value : "";
  const change = (next: DraftValue) => set(path, next);
  if (field.takes === "group") {
    const group = value && typeof value === "object" && !Array.isArray(value) ? value : {};
    return (
      <fieldset className="event-group">
        <legend>{label}</legend>
        {help}
        <Fault text={fault} />
        {field.fields.map((inner) => (
          <Row
            key={inner.key}
            field={inner}
            value={group[inner.key]}
            path={[...path, inner.key]}
            set={set}
            faults={faults}
          />
        ))}
      </fieldset>
    );
  }
  if (field.takes === "list") {
    const rows = Array.isArray(value) ? value : [];
    return (
      <fieldset className="event-group">
        <legend>{label}</legend>
        {help}
        <Fault text={fault} />
        {rows.map((row, at) => (
          <div key={at} className="event-item">
            {field.fields.map((inner) => (
              <Row
                key={inner.key}
                field={inner}
                value={(row as Draft)[inner.key]}
                path={[...path, at, inner.key]}
                set={set}
                faults={faults}
              />
            ))}
            <button
              type="button"
              className="button-text"
              onClick={() => change(rows.filter((_, other) => other !== at))}
            >
              {t("cases.removeItem", { count: at + 1 })}
            </button>
          </div>
        ))}
        <button
          type="button"
          className="button button-small"
          onClick={() => change([...rows, blanks(field.fields)])}
        >
          {t("cases.addItem", { label })}
        </button>
      </fieldset>
    );
  }
  if (field.takes === "choices") {
    const chosen = Array.isArray(value) ? value : [];
    return (
      <fieldset className="event-group event-choices">
        <legend>{label}</legend>
        {help}
        <Fault text={fault} />
        {field.options.map((option) => (
          <label key={option.value} className="chip">
            <input
              type="checkbox"
              checked={chosen.includes(option.value)}
              onChange={(event) =>
                change(
                  event.target.checked
                    ? [...chosen, option.value]
                    : chosen.filter((each) => each !== option.value),
                )
              }
            />
            {pick(option.label)}
          </label>
        ))}
      </fieldset>
    );
  }
  if (field.takes === "entity") {
    return <EntityPicker label={label} value={text} onChange={change} />;
  }
  return (
    <div className="form-row">
      <label htmlFor={id}>
        {label}
        {field.required && <span className="quiet"> *</span>}
      </label>
      <Input field={field} id={id} text={text} value={value} change={change} fault={fault} />
      {help}
      <Fault text={fault} />
    </div>
  );
}

interface InputProps {
  field: FormField;
  id: string;
  text: string;
  value: DraftValue | undefined;
  change: (value: DraftValue) => void;
  fault: string | undefined;
}

function Input({ field, id, text, value, change, fault }: InputProps) {
  const { t, pick } = useLang();
  const common = { id, className: "field", "aria-invalid": fault ? true : undefined };
  switch (field.takes) {
    case "long":
      return (
        <textarea {...common} rows={3} value={text} onChange={(e) => change(e.target.value)} />
      );
    case "texts": {
      const lines = Array.isArray(value) ? value.join("\n") : "";
      return (
        <textarea
          {...common}
          rows={2}
          defaultValue={lines}
          onChange={(e) => change(e.target.value.split("\n").map((l) => l.trim()).filter(Boolean))}
        />
      );
    }
    case "choice":
      return (
        <select {...common} value={text} onChange={(e) => change(e.target.value)}>
          <option value="">{t("cases.choose")}</option>
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {pick(option.label)}
            </option>
          ))}
        </select>
      );
    case "truth":
      return (
        <select {...common} value={text} onChange={(e) => change(e.target.value)}>
          <option value="">{t("cases.unsaid")}</option>
          <option value="true">{t("cases.yes")}</option>
          <option value="false">{t("cases.no")}</option>
        </select>
      );
    case "day":
      return (
        <input {...common} type="date" value={text} onChange={(e) => change(e.target.value)} />
      );
    case "number":
    case "money":
    case "share":
      return (
        <input
          {...common}
          inputMode={field.takes === "number" ? "numeric" : "decimal"}
          placeholder={field.takes === "money" ? "0.00" : field.takes === "share" ? "70%" : ""}
          value={text}
          onChange={(e) => change(e.target.value)}
        />
      );
    default:
      return <input {...common} value={text} onChange={(e) => change(e.target.value)} />;
  }
}

