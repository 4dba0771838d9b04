import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { apiUrl, newKey, post, segment } from "../../api/client";
import { useOfficer, useApi, useSchema } from "../../api/query";
import type { Coverage, Job, ScanReport } from "../../api/types";
import { useLang } from "../../state/lang";
import { FileDrop, FormError, PageHeader, SignInState } from "../../ui";
import { JobProgress } from "./JobProgress";
import { Report } from "./Report";
import { toCsv } from "./csv";
import "./import.css";

/** Three steps: a template, a filled table, a trial; then it is loaded as a job. */
export default function ImportPage() {
  const { t } = useLang();
  const officer = useOfficer();
  return (
    <>
      <PageHeader title={t("import.title")} lead={t("import.lead")} />
      {!officer && (
        <SignInState title={t("import.signIn")} why={t("import.signInWhy")} height={140} />
      )}
      <Steps allowed={officer} />
    </>
  );
}

function form(kind: string, file: File): FormData {
  const data = new FormData();
  data.set("kind", kind);
  data.set("file", file);
  return data;
}

function Steps({ allowed }: { allowed: boolean }) {
  const { t } = useLang();
  const [search, setSearch] = useSearchParams();
  const kind = search.get("kind") ?? "";
  const [file, setFile] = useState<File | null>(null);
  const [key, setKey] = useState(newKey);
  const attempt = useMutation({
    mutationFn: (upload: File) =>
      post<ScanReport>("/imports", form(kind, upload), { params: { dry_run: true } }),
  });
  const load = useMutation({
    mutationFn: (upload: File) =>
      post<{ job: string | Job }>("/imports", form(kind, upload), { idempotencyKey: key }),
  });
  const choose = (next: File | null) => {
    setFile(next);
    setKey(newKey());
    attempt.reset();
    load.reset();
    if (next && allowed && kind) attempt.mutate(next);
  };
  const job = load.data?.job;
  return (
    <ol className="steps">
      <li className="step">
        <h2>{t("import.step1")}</h2>
        <KindChoice kind={kind} set={(next) => setSearch(next ? { kind: next } : {})} />
      </li>
      <li className="step">
        <h2>{t("import.step2")}</h2>
        <FileChoice file={file} set={choose} disabled={!allowed || !kind} />
      </li>
      <li className="step">
        <h2>{t("import.step3")}</h2>
        <FormError error={attempt.error ?? load.error} />
        <div className="row">
          <button
            type="button"
            className="button"
            disabled={!file || attempt.isPending}
            onClick={() => file && attempt.mutate(file)}
          >
            {t("import.try")}
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={!file || !attempt.data || load.isPending || load.isSuccess}
            onClick={() => file && load.mutate(file)}
          >
            {t("import.load")}
          </button>
        </div>
        {job && <JobProgress id={typeof job === "string" ? job : job.id} />}
        {attempt.data && !job && <Report report={attempt.data} title={t("import.report")} />}
      </li>
    </ol>
  );
}

function KindChoice({ kind, set }: { kind: string; set: (kind: string) => void }) {
  const { t, pick } = useLang();
  const kinds = useSchema().data?.kinds.filter((each) => !each.abstract) ?? [];
  const counts = useApi<Coverage>("/coverage").data?.items ?? [];
  const empty = new Set(counts.filter((item) => item.count === 0).map((item) => item.kind));
  const sorted = [...kinds].sort((a, b) => Number(empty.has(b.key)) - Number(empty.has(a.key)));
  return (
    <div className="row">
      <label>
        <span className="visually-hidden">{t("import.kind")}</span>
        <select className="field" value={kind} onChange={(event) => set(event.target.value)}>
          <option value="">{t("import.choose")}</option>
          {sorted.map((each) => (
            <option key={each.key} value={each.key}>
              {pick(each.label)}
              {empty.has(each.key) ? ` · ${t("kind.empty")}` : ""}
            </option>
          ))}
        </select>
      </label>
      {kind && (
        <a className="button" href={apiUrl(`/kinds/${segment(kind)}/template.csv`)} download>
          {t("import.template")}
        </a>
      )}
    </div>
  );
}

interface FileChoiceProps {
  file: File | null;
  set: (file: File | null) => void;
  disabled: boolean;
}

function FileChoice({ file, set, disabled }: FileChoiceProps) {
  const { t } = useLang();
  const pasted = useRef("");
  const paste = (text: string) => {
    if (!text.trim() || text.trim() === pasted.current) return;
    pasted.current = text.trim();
    set(new File([toCsv(text)], "pasted.csv", { type: "text/csv" }));
  };
  return (
    <div className="stack">
      <FileDrop
        label={t("import.file")}
        text={file ? file.name : t("import.drop")}
        hint={t("import.fileHint")}
        accept=".csv,.tsv,.xlsx,.json,.geojson"
        disabled={disabled}
        onFile={set}
      />
      <label className="form-row">
        <span className="quiet small">{t("import.paste")}</span>
        <textarea
          className="field"
          rows={3}
          disabled={disabled}
          onBlur={(event) => paste(event.target.value)}
          onPaste={(event) => paste(event.clipboardData.getData("text/plain"))}
        />
      </label>
    </div>
  );
}
