import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { post } from "../../api/client";
import type { ReadDocument } from "../../api/review";
import { useLang } from "../../state/lang";
import { documentPath, Field, FileDrop, FormError, useFormat, useGo } from "../../ui";

const ABOUT = [
  ["title", "documents.name", "text"],
  ["publisher", "documents.publisher", "text"],
  ["published", "documents.published", "date"],
  ["url", "documents.url", "url"],
] as const;

type About = Partial<Record<(typeof ABOUT)[number][0], string>>;

function form(file: File, about: About): FormData {
  const data = new FormData();
  data.set("file", file);
  for (const [key, text] of Object.entries(about)) if (text.trim()) data.set(key, text.trim());
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) read.mutate(file);
  };
  return (
    <form className="upload" onSubmit={submit} aria-label={t("documents.add")}>
      <FileDrop
        label={t("documents.file")}
        text={file ? file.name : t("documents.drop")}
        hint={
          file ? `${format.number(Math.ceil(file.size / 1024))} KB` : t("documents.fileHint")
        }
        accept=".txt,.md,.html,.htm,.pdf,.docx"
        onFile={(next) => {
          setFile(next);
          read.reset();
        }}
      />
      {file && (
        <div className="upload-about">
          {ABOUT.map(([key, label, type]) => (
            <Field
              key={key}
              label={t(label)}
              type={type}
              placeholder={key === "title" ? file.name : t("documents.optional")}
              value={about[key] ?? ""}
              onChange={(event) => setAbout({ ...about, [key]: event.target.value })}
            />
          ))}
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
