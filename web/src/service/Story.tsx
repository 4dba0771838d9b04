import { useState } from "react";
import type { ServiceStep } from "../api/service";
import { AppLink } from "../ui";
import "./service.css";

/** What was said in a step, as words; what is nested stays in the journal. */
export function saidText(said: Record<string, unknown>): string {
  const texts = Object.entries(said)
    .filter(([key]) => !["judged", "materials", "round", "lane"].includes(key))
    .map(([, value]) => value)
    .filter((value): value is string | number => typeof value === "string" || typeof value === "number");
  return texts.join(" · ");
}

interface StoryProps {
  title: string;
  steps: ServiceStep[];
  label: (kind: string) => string;
  /** What a step said, when that is not its texts. */
  said?: (step: ServiceStep) => string;
}

/** What happened, the newest first, each to its journal event. */
export function Story({ title, steps, label, said }: StoryProps) {
  const [all, setAll] = useState(false);
  const newest = [...steps].reverse();
  const shown = all ? newest : newest.slice(0, 12);
  return (
    <section className="section">
      <h2>{title}</h2>
      <ol className="service-story">
        {shown.map((step) => (
          <li key={step.seq}>
            <span className="service-day">{step.on}</span>
            <span>
              <strong>{label(step.kind)}</strong>{" "}
              <span className="service-said">{said ? said(step) : saidText(step.said)}</span>
            </span>
            <span className="quiet small">
              {step.by} ·{" "}
              <AppLink to={`/journal/${step.journal}`}>
                <span className="mono">{step.journal}</span>
              </AppLink>
            </span>
          </li>
        ))}
      </ol>
      {newest.length > shown.length && (
        <button type="button" className="button-text small" onClick={() => setAll(true)}>
          +{newest.length - shown.length}
        </button>
      )}
    </section>
  );
}
