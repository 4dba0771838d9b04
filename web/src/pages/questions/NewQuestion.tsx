import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { post } from "../../api/client";
import type { Question } from "../../api/types";
import { useLang } from "../../state/lang";
import { Field, FormError } from "../../ui";

/** Any address of this site becomes the path behind it. */
function pathOf(text: string): string {
  const trimmed = text.trim();
  try {
    const url = new URL(trimmed, location.origin);
    return url.pathname + url.search;
  } catch {
    return trimmed;
  }
}

export function NewQuestion() {
  const { t } = useLang();
  const client = useQueryClient();
  const [search] = useSearchParams();
  const [title, setTitle] = useState("");
  const [path, setPath] = useState(search.get("path") ?? "");
  const [app, setApp] = useState(true);
  const [webhook, setWebhook] = useState("");
  const save = useMutation({
    mutationFn: () =>
      post<Question>("/questions", {
        title,
        path: pathOf(path),
        notify: { app, webhook: webhook || undefined },
      }),
    onSuccess: () => {
      setTitle("");
      setPath("");
      return client.invalidateQueries({ queryKey: ["questions"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form section" onSubmit={submit}>
      <h2>{t("questions.new")}</h2>
      <Field
        label={t("questions.name")}
        required
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <Field
        label={t("questions.path")}
        hint={t("questions.pathHint")}
        required
        value={path}
        onChange={(event) => setPath(event.target.value)}
      />
      <label className="check">
        <input type="checkbox" checked={app} onChange={() => setApp(!app)} />
        {t("questions.app")}
      </label>
      <Field
        label={t("questions.webhook")}
        type="url"
        value={webhook}
        onChange={(event) => setWebhook(event.target.value)}
      />
      <FormError error={save.error} />
      <button type="submit" className="button button-main" disabled={save.isPending}>
        {t("action.save")}
      </button>
    </form>
  );
}
