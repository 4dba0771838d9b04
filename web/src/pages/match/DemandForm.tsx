import { type FormEvent, useState } from "react";
import type { ConstraintTerm, Demand, MatchVocabulary } from "../../api/review";
import { useLang } from "../../state/lang";
import { Field, FormError } from "../../ui";
import { isEmpty } from "./draft";

interface DemandFormProps {
  draft: Demand;
  vocabulary: MatchVocabulary | undefined;
  error: unknown;
  busy: boolean;
  set: (draft: Demand) => void;
  run: () => void;
  clear: () => void;
}

/** A need in one sentence; details, kinds and conditions when they are wanted. */
export function DemandForm(props: DemandFormProps) {
  const { draft, vocabulary, set } = props;
  const { t } = useLang();
  const [open, setOpen] = useState(
    () => draft.kinds.length > 0 || Object.keys(draft.constraints).length > 0,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.run();
  };
  return (
    <form className="demand" onSubmit={submit} aria-label={t("match.demand")}>
      <Field
        label={t("match.need")}
        placeholder={t("match.needHint")}
        required
        maxLength={200}
        value={draft.title}
        onChange={(event) => set({ ...draft, title: event.target.value })}
      />
      <label className="form-row">
        <span>{t("match.text")}</span>
        <textarea
          className="field"
          rows={5}
          maxLength={8_000}
          placeholder={t("match.textHint")}
          value={draft.text}
          onChange={(event) => set({ ...draft, text: event.target.value })}
        />
      </label>
      <button
        type="button"
        className="button-text demand-more"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t("match.more")} <span aria-hidden="true">{open ? "▴" : "▾"}</span>
      </button>
      {open && vocabulary && <More draft={draft} vocabulary={vocabulary} set={set} />}
      {open && <FormError error={props.error} />}
      <div className="row demand-end">
        <button type="submit" className="button button-main">
          {t(props.busy ? "match.running" : "match.run")}
        </button>
        {!isEmpty(draft) && (
          <>
            <button type="button" className="button" onClick={props.clear}>
              {t("match.clear")}
            </button>
            <span className="quiet small">{t("match.saved")}</span>
          </>
        )}
      </div>
    </form>
  );
}

interface MoreProps {
  draft: Demand;
  vocabulary: MatchVocabulary;
  set: (draft: Demand) => void;
}

function More({ draft, vocabulary, set }: MoreProps) {
  const { t, pick } = useLang();
  const toggle = (kind: string) =>
    set({
      ...draft,
      kinds: draft.kinds.includes(kind)
        ? draft.kinds.filter((each) => each !== kind)
        : [...draft.kinds, kind],
    });
  const constrain = (key: string, value: string) => {
    const { [key]: _, ...rest } = draft.constraints;
    set({ ...draft, constraints: value ? { ...rest, [key]: value } : rest });
  };
  return (
    <div className="demand-extra">
      <fieldset>
        <legend>{t("match.kinds")}</legend>
        <div className="demand-kinds">
          {vocabulary.kinds.map((kind) => (
            <label key={kind.key} className="check">
              <input
                type="checkbox"
                checked={draft.kinds.includes(kind.key)}
                onChange={() => toggle(kind.key)}
              />
              {pick(kind.label) || kind.key}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>{t("match.constraints")}</legend>
        <div className="demand-constraints">
          {vocabulary.constraints.map((term) => (
            <Constraint
              key={term.key}
              term={term}
              value={draft.constraints[term.key] ?? ""}
              set={(value) => constrain(term.key, value)}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

interface ConstraintProps {
  term: ConstraintTerm;
  value: string;
  set: (value: string) => void;
}

/** One condition: chosen where there is something to choose from, otherwise as people write it. */
function Constraint({ term, value, set }: ConstraintProps) {
  const { t, pick } = useLang();
  const label = pick(term.label) || term.key;
  if (term.type === "choice") {
    return (
      <label className="form-row">
        <span>{label}</span>
        <select className="field" value={value} onChange={(event) => set(event.target.value)}>
          <option value="">{t("match.any")}</option>
          {(term.choices ?? []).map((each) => (
            <option key={each.key} value={each.key}>
              {pick(each.label) || each.key}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <Field
      label={label}
      placeholder={term.type === "text" ? undefined : t(`match.hint.${term.type}`)}
      maxLength={200}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  );
}
