import { type InputHTMLAttributes, useId } from "react";

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  /** What is wrong and what would be right; shown beside the field. */
  error?: string;
}

/** A labelled input with its hint and its error beside it. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <label className="form-row">
      <span>{label}</span>
      <input
        className="field"
        aria-invalid={error ? true : undefined}
        aria-describedby={about || undefined}
        {...input}
      />
      {hint && (
        <span id={`${id}-hint`} className="quiet small">
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className="form-error" role="alert">
          {error}
        </span>
      )}
    </label>
  );
}
