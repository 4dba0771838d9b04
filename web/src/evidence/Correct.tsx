import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post, segment } from "../api/client";
import type { Statement, Value } from "../api/types";
import { useLang } from "../state/lang";
import { Field } from "../ui/Field";
import { FormError } from "../ui/FormError";

/** The value's text as it can be edited; null for values that are not corrected by hand. */
function editable(value: Value): string | null {
  if (value.type === "number" || value.type === "money") return value.number;
  if (value.type === "text") return value.text;
  if (value.type === "date") return value.date;
  return value.type === "url" ? value.url : null;
}

function corrected(value: Value, text: string): Value {
  if (value.type === "number") return { ...value, number: text };
  if (value.type === "money") return { ...value, number: text };
  if (value.type === "text") return { ...value, text };
  if (value.type === "date") return { ...value, date: text };
  return value.type === "url" ? { ...value, url: text } : value;
}

/** For analysts: a correction that supersedes; the old claim stays in history. */
export function Correct({ statement }: { statement: Statement }) {
  const { t } = useLang();
  const [open, setOpen] = useState(false);
  const was = editable(statement.value);
  if (was === null || statement.ended) return null;
  return (
    <div className="correct">
      <button
        type="button"
        className="button-text small"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t("correct.open")}
      </button>
      {open && <Form statement={statement} was={was} done={() => setOpen(false)} />}
    </div>
  );
}

function Form({ statement, was, done }: { statement: Statement; was: string; done: () => void }) {
  const { t } = useLang();
  const client = useQueryClient();
  const [text, setText] = useState(was);
  const [reason, setReason] = useState("");
  const [confidence, setConfidence] = useState(String(statement.confidence));
  const save = useMutation({
    mutationFn: () =>
      post<Statement>(`/statements/${segment(statement.id)}/supersede`, {
        value: corrected(statement.value, text),
        valid: statement.valid,
        confidence: Number(confidence),
        reason,
      }),
    onSuccess: () => {
      done();
      return client.invalidateQueries();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form" onSubmit={submit}>
      <p className="quiet small">{t("correct.why")}</p>
      <Field
        label={t("correct.value")}
        required
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Field
        label={t("correct.confidence")}
        type="number"
        min={0}
        max={100}
        required
        value={confidence}
        onChange={(event) => setConfidence(event.target.value)}
      />
      <Field
        label={t("correct.reason")}
        required
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <FormError error={save.error} />
      <button type="submit" className="button button-main" disabled={save.isPending}>
        {t("correct.save")}
      </button>
    </form>
  );
}
