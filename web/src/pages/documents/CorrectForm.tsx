import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useApi, useSchema } from "../../api/query";
import type { Candidate, Decision } from "../../api/review";
import type { Comparator, IndicatorSummary, Page } from "../../api/types";
import { useLang } from "../../state/lang";
import { EntityPicker, Field } from "../../ui";
import { decisionOf, type Draft, draftOf, isTime } from "./correction";

const COMPARATORS: readonly Comparator[] = ["=", "~", ">", ">=", "<", "<=", "range"];

interface CorrectFormProps {
  candidate: Candidate;
  /** Whether it was refused because nobody is known by the subject's name. */
  nobody: boolean;
  decide: (decision: Decision) => void;
  close: () => void;
}

/** What the text means, put right by hand; only what is changed is sent. Esc closes it. */
export function CorrectForm({ candidate, nobody, decide, close }: CorrectFormProps) {
  const { t } = useLang();
  const [draft, setDraft] = useState(() => draftOf(candidate));
  const form = useRef<HTMLFormElement>(null);
  const units = useId();
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" });
    const first = nobody ? "[role='combobox']" : "input";
    form.current?.querySelector<HTMLElement>(first)?.focus({ preventScroll: true });
  }, [nobody]);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const bind = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  const timely = isTime(draft.valid.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!timely) return;
    decide(decisionOf(candidate, draft));
    close();
  };
  return (
    <form
      ref={form}
      className="correction"
      aria-label={t("documents.correct")}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) close();
      }}
    >
      <Field label={t("documents.subject")} required {...bind("subject")} />
      <EntityPicker
        label={t("documents.means")}
        value={draft.entity}
        first={nobody ? draft.subject : undefined}
        onChange={(entity) => set({ entity })}
      />
      <Field label={t("documents.property")} required {...bind("property")} />
      <IndicatorSelect value={draft.indicator} set={(indicator) => set({ indicator })} />
      {(candidate.value !== null || candidate.kind === "fact") && (
        <div className="correction-amount">
          <label className="form-row">
            <span>{t("documents.comparator")}</span>
            <select className="field" {...bind("comparator")}>
              {COMPARATORS.map((each) => (
                <option key={each} value={each}>
                  {t(`documents.comparator.${each}`)}
                </option>
              ))}
            </select>
          </label>
          <Field label={t("documents.value")} inputMode="decimal" {...bind("value")} />
          {draft.comparator === "range" && (
            <Field label={t("documents.high")} inputMode="decimal" {...bind("value_high")} />
          )}
          <Field label={t("documents.unit")} list={units} {...bind("unit")} />
          <Units id={units} />
        </div>
      )}
      <Field
        label={t("documents.when")}
        hint={t("documents.whenHint")}
        error={timely ? undefined : t("documents.whenWrong")}
        {...bind("valid")}
      />
      <div className="row correction-end">
        <button type="submit" className="button button-small button-main">
          {t("documents.correctSave")}
        </button>
        <button type="button" className="button button-small" onClick={close}>
          {t("documents.cancel")}
        </button>
      </div>
    </form>
  );
}

function Units({ id }: { id: string }) {
  const { pick } = useLang();
  const units = useSchema().data?.units ?? [];
  return (
    <datalist id={id}>
      {units.map((unit) => (
        <option key={unit.key} value={unit.key}>
          {pick(unit.label)}
        </option>
      ))}
    </datalist>
  );
}

function IndicatorSelect({ value, set }: { value: string; set: (key: string) => void }) {
  const { t, pick } = useLang();
  const list = useApi<Page<IndicatorSummary>>("/indicators");
  const items = list.data?.items.map((each) => each.indicator) ?? [];
  const known = items.some((each) => each.key === value);
  return (
    <label className="form-row">
      <span>{t("documents.indicator")}</span>
      <select className="field" value={value} onChange={(event) => set(event.target.value)}>
        <option value="">{t("documents.indicatorNone")}</option>
        {value && !known && <option value={value}>{value}</option>}
        {items.map((each) => (
          <option key={each.key} value={each.key}>
            {pick(each.label)}
          </option>
        ))}
      </select>
    </label>
  );
}
