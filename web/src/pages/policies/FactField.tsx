import { useId } from "react";
import type { FactKind } from "../../api/policy";
import { useLang } from "../../state/lang";

interface FactFieldProps {
  fact: FactKind;
  value: string;
  set: (value: string) => void;
}

/** One fact as its kind is asked: a click for yes and no, a choice, a day, a number. */
export function FactField({ fact, value, set }: FactFieldProps) {
  const { t, pick } = useLang();
  const id = useId();
  const name = pick(fact.label);
  if (fact.kind === "truth" || fact.kind === "choice") {
    const options =
      fact.kind === "truth"
        ? [
            ["true", t("policies.yes")] as const,
            ["false", t("policies.no")] as const,
          ]
        : fact.options.map((option) => [option, optionText(option, t)] as const);
    return (
      <fieldset className="fact">
        <legend>{name}</legend>
        <div className="chips">
          {options.map(([option, text]) => (
            <button
              key={option}
              type="button"
              className="chip"
              aria-pressed={value === option}
              onClick={() => set(value === option ? "" : option)}
            >
              {text}
            </button>
          ))}
        </div>
      </fieldset>
    );
  }
  const unit = fact.kind === "money" ? t("policies.yuan") : fact.unit;
  return (
    <div className="fact">
      <label htmlFor={id}>{name}</label>
      <span className="fact-line">
        <input
          id={id}
          className="field"
          type={fact.kind === "day" ? "date" : "text"}
          inputMode={fact.kind === "money" || fact.kind === "number" ? "decimal" : undefined}
          value={value}
          autoComplete="off"
          onChange={(event) => set(event.target.value.trim())}
        />
        {unit && <span className="quiet">{unit}</span>}
      </span>
    </div>
  );
}

const OPTIONS = [
  "large",
  "medium",
  "small",
  "micro",
  "person",
  "firm",
  "national",
  "provincial",
  "other",
] as const;

/** The name of an answer, where there is one. */
export function optionText(option: string, t: ReturnType<typeof useLang>["t"]): string {
  const known = OPTIONS.find((each) => each === option);
  return known ? t(`policies.option.${known}`) : option;
}
