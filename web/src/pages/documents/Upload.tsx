import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import type { ReadDocument } from "../../api/review";
import { useLang } from "../../state/lang";
import { DayField, documentPath, Field, FileDrop, FormError, useFormat, useGo } from "../../ui";

interface About {
  title?: string;
  publisher?: string;
  /** YYYY-MM-DD. */
  published?: string;
  url?: string;
}

function form(file: File, about: About): FormData {
  const data = new FormData();
  data.set("file", file);
  for (const [key, text] of Object.entries(about) as [string, string][]) {
    if (text.trim()) data.set(key, text.trim());
  }
  return data;
}

/** A document put on the desk: dropped or picked, described if one likes, then read. */
export function Upload() {
  const { t } = useLang();
  const format = useFormat();
  const go = useGo();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [about, setAbout] = useState<About>({});
  const read = useMutation({
    mutationFn: (chosen: File) => post<ReadDocument>("/documents", form(chosen, about)),
    onSuccess: (answer) => {
      void client.invalidateQueries({ queryKey: ["api-pages", "/documents"] });
      void client.invalidateQueries({ queryKey: ["api-pages", "/sources"] });
      go(documentPath(answer.document.key));
    },
  });
  const bind = (name: keyof About) => ({
    value: about[name] ?? "",
    onChange: (event: { target: { value: string } }) =>
      setAbout({ ...about, [name]: event.target.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) read.mutate(file);
  };
  return (
    <form className="upload" onSubmit={submit} aria-label={t("documents.add")}>
      <FileDrop
        label={t("documents.file")}
        text={file ? file.name : t("documents.drop")}
        hint={file ? `${format.number(Math.ceil(file.size / 1024))} KB` : t("documents.fileHint")}
        accept=".txt,.md,.html,.htm,.pdf,.docx"
        onFile={(next) => {
          setFile(next);
          read.reset();
        }}
      />
      {file && (
        <div className="upload-about">
          <Field label={t("documents.name")} placeholder={file.name} {...bind("title")} />
          <Field
            label={t("documents.publisher")}
            placeholder={t("documents.optional")}
            {...bind("publisher")}
          />
          <div className="form-row">
            <span>{t("documents.published")}</span>
            <DayField
              label={t("documents.published")}
              value={about.published}
              onDay={(published) => setAbout({ ...about, published })}
            />
          </div>
          <Field
            label={t("documents.url")}
            type="url"
            placeholder={t("documents.optional")}
            {...bind("url")}
          />
        </div>
      )}
      <FormError error={read.error} />
      {file && (
        <div className="row">
          <button type="submit" className="button button-main" disabled={read.isPending}>
            {t(read.isPending ? "documents.reading" : "documents.readIt")}
          </button>
          <button type="button" className="button" onClick={() => setFile(null)}>
            {t("documents.putBack")}
          </button>
        </div>
      )}
    </form>
  );
}
