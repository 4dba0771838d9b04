import type { ReactNode } from "react";
import type { Derived, Statement, Value } from "../api/types";
import { useLang } from "../state/lang";
import { useFormat } from "../ui/useFormat";
import { useEvidence } from "./EvidenceProvider";
import type { EvidenceTarget } from "./target";

interface FigureProps {
  /** The statement whose value is shown. */
  statement?: Statement;
  /** A computed value, drawn hollow; `entity` says whose it is. */
  derived?: Derived;
  entity?: string;
  /** Any other value or text with the evidence it opens. */
  value?: Value;
  open?: EvidenceTarget;
  size?: "s" | "m" | "l" | "xl";
  /** What the figure is, for those who hear it: "备案大模型". */
  label?: string;
  className?: string;
  children?: ReactNode;
}

function targetOf({ open, statement, derived, entity }: FigureProps): EvidenceTarget | null {
  if (open) return open;
  if (statement) return { statement };
  if (derived && entity) return { derived, entity };
  return null;
}

/** A figure that opens: click it, or press Enter on it, to see where it comes from. */
export function Figure(props: FigureProps) {
  const { statement, derived, size = "m", label, className = "", children } = props;
  const { t } = useLang();
  const evidence = useEvidence();
  const value = props.value ?? statement?.value ?? derived?.value;
  const target = targetOf(props);
  const hollow = derived ? " figure-hollow" : "";
  const classes = `figure figure-${size}${hollow} ${className}`.trim();
  const shown = children ?? (value ? <ValueText value={value} /> : null);
  if (!target) return <span className={classes}>{shown}</span>;
  return (
    <button
      type="button"
      className={classes}
      title={t(derived ? "figure.derived" : "figure.open")}
      aria-haspopup="dialog"
      onClick={(event) => {
        event.stopPropagation();
        evidence.open(target);
      }}
    >
      {label && <span className="visually-hidden">{label} </span>}
      {shown}
    </button>
  );
}

/** A value with its comparator before it and its unit small and grey behind it. */
export function ValueText({ value }: { value: Value }) {
  const format = useFormat();
  const parts = format.parts(value);
  if (!parts) return <span className="figure-text">{format.value(value)}</span>;
  return (
    <>
      {parts.prefix && <span className="figure-word">{parts.prefix}</span>}
      <span className="figure-digits">{parts.digits}</span>
      {parts.unit && <span className="figure-unit">{parts.unit}</span>}
    </>
  );
}
