import { memo, useEffect, useMemo, useRef } from "react";
import type { Candidate, CandidateState } from "../../api/review";
import { cutText, type Piece } from "./spans";
import { Masked } from "./Sentence";

interface ReviewTextProps {
  text: string;
  candidates: readonly Candidate[];
  chosen: string | null;
  choose: (id: string) => void;
}

/** Which state a stretch under several candidates is drawn in: what still needs someone, first. */
const FIRST: readonly CandidateState[] = ["waiting", "corrected", "accepted", "rejected"];

/** The document's text; each stretch that was read from is marked by its state. */
export function ReviewText({ text, candidates, chosen, choose }: ReviewTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const places = candidates
    .map((each) => `${each.id} ${each.shown_start} ${each.shown_end}`)
    .join();
  // Decisions change states, not places: the text is cut once.
  const paragraphs = useMemo(
    () =>
      cutText(
        text.trimEnd(),
        candidates.map((each) => ({ id: each.id, start: each.shown_start, end: each.shown_end })),
      ).map((pieces) => ({ pieces, ids: [...new Set(pieces.flatMap((piece) => piece.ids))] })),
    [text, places],
  );
  const states = new Map(candidates.map((each) => [each.id, each.state]));
  useEffect(() => {
    if (!chosen) return;
    const mark = box.current?.querySelector(`[data-ids~="${CSS.escape(chosen)}"]`);
    if (mark && !inView(mark)) mark.scrollIntoView({ block: "center", behavior: "smooth" });
  }, [chosen]);
  return (
    <div className="review-text" ref={box}>
      {paragraphs.map(({ pieces, ids }, index) => (
        <Paragraph
          key={index}
          pieces={pieces}
          states={ids.map((id) => `${id}=${states.get(id)}`).join()}
          chosen={chosen && ids.includes(chosen) ? chosen : null}
          choose={choose}
        />
      ))}
    </div>
  );
}

/** Whether the place is already where eyes are: not under the bar, the sheet or the time band. */
function inView(mark: Element): boolean {
  const { top, bottom } = mark.getBoundingClientRect();
  return top > innerHeight * 0.12 && bottom < innerHeight * (innerWidth <= 760 ? 0.5 : 0.85);
}

interface ParagraphProps {
  pieces: Piece[];
  /** The states of the candidates in it, as text: a paragraph is drawn again only when one changes. */
  states: string;
  chosen: string | null;
  choose: (id: string) => void;
}

const Paragraph = memo(function Paragraph({ pieces, states, chosen, choose }: ParagraphProps) {
  const known = new Map(
    states.split(",").map((each) => each.split("=") as [string, CandidateState]),
  );
  return (
    <p>
      {pieces.map((piece, index) =>
        piece.ids.length === 0 ? (
          <Masked key={index} text={piece.text} />
        ) : (
          <mark
            key={index}
            data-ids={piece.ids.join(" ")}
            className={markClass(piece.ids, known, chosen)}
            onClick={() => choose(through(piece.ids, chosen))}
          >
            <Masked text={piece.text} />
          </mark>
        ),
      )}
    </p>
  );
});

function markClass(
  ids: readonly string[],
  states: ReadonlyMap<string, CandidateState>,
  chosen: string | null,
): string {
  const here = chosen !== null && ids.includes(chosen);
  const state = here
    ? states.get(chosen)
    : FIRST.find((each) => ids.some((id) => states.get(id) === each));
  return `span span-${state ?? "waiting"}${here ? " span-chosen" : ""}`;
}

/** A stretch under several candidates gives them one after another, click by click. */
function through(ids: readonly string[], chosen: string | null): string {
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  // From the innermost outward: it begins last.
  const next = at < 0 ? ids.length - 1 : (at + ids.length - 1) % ids.length;
  return ids[next] ?? "";
}
