import { useLang } from "../../state/lang";
import { type Part, type Step, waterfall } from "./waterfall";

/** Whole percents, never a full hundred or none: nothing here is certain. */
export function percent(t: ReturnType<typeof useLang>["t"], probability: number): string {
  const whole = Math.min(99, Math.max(1, Math.round(probability * 100)));
  return t("pairs.probability", { percent: whole });
}

const signed = (value: number): string =>
  `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(2)}`;

/** The evidence as pushes to the left and right that add up to the chance of being one. */
export function WaterfallChart({ parts, probability }: { parts: Part[]; probability: number }) {
  const { t, pick } = useLang();
  const { steps, least, most, sum } = waterfall(parts, probability);
  const span = Math.max(0.5, most - least);
  const x = (value: number): number => ((value - least) / span) * 100;
  const name = (step: Step): string =>
    step.label ? pick(step.label) || step.key : t("pairs.start");
  return (
    <section className="waterfall">
      <h2>{t("pairs.parts")}</h2>
      <p className="section-lead">{t("pairs.partsWhy")}</p>
      <dl>
        {steps.map((step) => (
          <div key={step.key} className="waterfall-row">
            <dt>{name(step)}</dt>
            <dd>
              <span className="waterfall-track" aria-hidden="true">
                <span className="waterfall-zero" style={{ left: `${x(0)}%` }} />
                <span
                  className={step.contribution < 0 ? "waterfall-bar against" : "waterfall-bar"}
                  style={{
                    left: `${x(Math.min(step.from, step.to))}%`,
                    width: `${(Math.abs(step.contribution) / span) * 100}%`,
                  }}
                />
              </span>
              <span className="waterfall-number">{signed(step.contribution)}</span>
            </dd>
          </div>
        ))}
        <div className="waterfall-row waterfall-sum">
          <dt>{t("pairs.sum")}</dt>
          <dd>
            <span className="waterfall-track" aria-hidden="true">
              <span className="waterfall-zero" style={{ left: `${x(0)}%` }}>
                <span className="waterfall-end">{t("pairs.unlikely")} ←</span>
                <span className="waterfall-end">→ {t("pairs.likely")}</span>
              </span>
              <span className="waterfall-point" style={{ left: `${x(sum)}%` }} />
            </span>
            <span className="waterfall-number">
              <b>{percent(t, probability)}</b>
            </span>
          </dd>
        </div>
      </dl>
    </section>
  );
}
