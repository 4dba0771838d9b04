import type { Statement } from "../api/types";
import { useLang } from "../state/lang";
import { useFormat } from "../ui/useFormat";
import { type StripMark, stripMarks } from "./strip";

const EDGE = 48;
const LINE = 34;
/** The least distance between two words, in pixels of the drawing. */
const ROOM = 96;

/** The drawing is as wide as the drawer, so that its words keep their size. */
const drawnWidth = (): number => (innerWidth <= 760 ? 340 : 680);

/** How far the claims lie apart: "at least" points onward, "about" has a halo, a range is a bar. */
export function ClaimStrip({ statements, chosen }: { statements: Statement[]; chosen?: string }) {
  const { t } = useLang();
  const format = useFormat();
  const marks = stripMarks(statements);
  if (!marks) return null;
  const words = new Map(statements.map((each) => [each.id, format.value(each.value)]));
  const width = drawnWidth();
  const x = (at: number): number => EDGE + at * (width - 2 * EDGE);
  const labelled = spread(marks, ROOM / (width - 2 * EDGE), chosen);
  const spoken = marks.map((mark) => words.get(mark.id)).join(", ");
  return (
    <figure className="strip">
      <svg viewBox={`0 0 ${width} 52`} role="img" aria-label={`${t("strip.label")}: ${spoken}`}>
        <line className="strip-axis" x1={EDGE - 24} x2={width - EDGE + 24} y1={LINE} y2={LINE} />
        {marks.map((mark) => (
          <g key={mark.id} className={mark.id === chosen ? "strip-chosen" : undefined}>
            <Mark mark={mark} x={x} />
            {labelled.has(mark.id) && (
              <text x={x(mark.at)} y={14} textAnchor="middle">
                {words.get(mark.id)}
              </text>
            )}
          </g>
        ))}
      </svg>
    </figure>
  );
}

function Mark({ mark, x }: { mark: StripMark; x: (at: number) => number }) {
  const at = x(mark.at);
  const onward = mark.comparator.startsWith(">");
  const back = mark.comparator.startsWith("<");
  const arrow = onward ? 1 : -1;
  return (
    <>
      {mark.to !== undefined && (
        <line className="strip-mark" x1={at} x2={x(mark.to)} y1={LINE} y2={LINE} />
      )}
      {mark.comparator === "~" && <circle className="strip-halo" cx={at} cy={LINE} r={11} />}
      {(onward || back) && (
        <path
          className="strip-mark"
          d={`M${at} ${LINE}h${20 * arrow}m${-5 * arrow} -5l${5 * arrow} 5l${-5 * arrow} 5`}
        />
      )}
      <circle className="strip-dot" cx={at} cy={LINE} r={5.5} />
    </>
  );
}

/** Which marks get their words: the opened one first, then those that do not crowd another. */
function spread(marks: StripMark[], room: number, chosen?: string): Set<string> {
  const first = [...marks].sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));
  const kept: StripMark[] = [];
  for (const mark of first) {
    if (kept.every((each) => Math.abs(each.at - mark.at) > room)) kept.push(mark);
  }
  return new Set(kept.map((mark) => mark.id));
}
