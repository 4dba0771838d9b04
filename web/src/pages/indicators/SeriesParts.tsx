import type { Conflict } from "../../api/types";
import { useLang } from "../../state/lang";
import { useEntityName, useFormat } from "../../ui";
import { lookOf } from "./chart";
import type { Claim } from "./claims";

interface KeyProps {
  entities: string[];
  claims: Claim[];
  hidden: string[];
  onToggle: (id: string) => void;
}

/** The entities with their colours and shapes; a click leaves one out or takes it back in. */
export function Key({ entities, claims, hidden, onToggle }: KeyProps) {
  const { t } = useLang();
  const name = useEntityName();
  return (
    <div className="series-key" role="group" aria-label={t("visual.legend")}>
      {entities.map((id, at) => {
        const entity = claims.find((each) => each.entity.id === id)?.entity;
        const { colour, shape } = lookOf(at);
        return (
          <button
            key={id}
            type="button"
            aria-pressed={!hidden.includes(id)}
            onClick={() => onToggle(id)}
          >
            <i className={`series-mark series-mark-${shape}`} style={{ background: colour }} />
            {entity ? name(entity) : id}
          </button>
        );
      })}
    </div>
  );
}

const SIGNS = ["least", "about", "range", "forecast", "derived", "best"] as const;

/** What the marks mean; only those that are in the picture. */
export function Signs({ claims }: { claims: Claim[] }) {
  const { t } = useLang();
  const has = (...wanted: string[]): boolean =>
    claims.some((each) => "comparator" in each.value && wanted.includes(each.value.comparator));
  const present: Record<(typeof SIGNS)[number], boolean> = {
    least: has(">", ">=", "<", "<="),
    about: has("~"),
    range: has("range"),
    forecast: claims.some((each) => each.forecast),
    derived: claims.some((each) => each.derived !== null),
    best: claims.some((each) => each.best) && claims.length > 1,
  };
  return (
    <figcaption className="series-signs">
      {SIGNS.filter((sign) => present[sign]).map((sign) => (
        <span key={sign}>
          <Sign sign={sign} /> {t(`indicators.sign.${sign}`)}
        </span>
      ))}
      <span>{t("indicators.sign.span")}</span>
    </figcaption>
  );
}

function Sign({ sign }: { sign: (typeof SIGNS)[number] }) {
  const dot = <circle cx="10" cy="13" r="4" fill="currentColor" />;
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
    >
      {sign === "least" && (
        <>
          <path d="M10 13V2M7 5l3-3 3 3" strokeWidth="1.6" />
          {dot}
        </>
      )}
      {sign === "about" && (
        <>
          <circle cx="10" cy="11" r="8" fill="currentColor" opacity="0.22" stroke="none" />
          <circle cx="10" cy="11" r="4" fill="currentColor" />
        </>
      )}
      {sign === "range" && (
        <>
          <path d="M10 13V3" strokeWidth="5" opacity="0.4" />
          <path d="M5 3h10" strokeWidth="1.6" />
          {dot}
        </>
      )}
      {sign === "forecast" && (
        <circle cx="10" cy="11" r="5" strokeWidth="1.6" strokeDasharray="3 2" />
      )}
      {sign === "derived" && <circle cx="10" cy="11" r="5" strokeWidth="1.8" />}
      {sign === "best" && (
        <circle cx="10" cy="11" r="5" fill="var(--c1)" stroke="var(--ink)" strokeWidth="1.6" />
      )}
    </svg>
  );
}

/** Where claims disagree, in words. */
export function Conflicts({ conflicts }: { conflicts: Conflict[] }) {
  const { t } = useLang();
  const format = useFormat();
  const name = useEntityName();
  const rows = conflicts.filter((each) => each.statements.length > 1);
  if (!rows.length) return null;
  return (
    <ul className="series-conflicts">
      {rows.map((conflict, at) => {
        const values = [...new Set(conflict.statements.map((each) => format.value(each.value)))];
        const subject = conflict.statements[0]?.subject;
        return (
          <li key={at}>
            <span className="tag gold">{t(`entity.conflict.${conflict.kind}`)}</span>{" "}
            {subject && name(subject)} {values.join(t("indicators.versus"))}
            {conflict.note && <span className="quiet"> {conflict.note}</span>}
          </li>
        );
      })}
    </ul>
  );
}
