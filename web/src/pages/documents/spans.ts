/** A stretch of text that a candidate was read from, in UTF-16 code units. */
export interface Span {
  id: string;
  start: number;
  end: number;
}

/** A stretch of one paragraph with the candidates that cover it, in the order of their places. */
export interface Piece {
  text: string;
  ids: string[];
}

/** Spans that end before they start, or leave the text, are cut to what is there. */
function within(spans: readonly Span[], length: number): Span[] {
  return spans
    .map(({ id, start, end }) => ({ id, start: Math.max(0, start), end: Math.min(length, end) }))
    .filter((span) => span.start < span.end)
    .sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
}

/** Cuts `text` into paragraphs, and these wherever a span begins or ends; spans may overlap. */
export function cutText(text: string, spans: readonly Span[]): Piece[][] {
  const sorted = within(spans, text.length);
  const paragraphs: Piece[][] = [];
  let open: Span[] = [];
  let next = 0;
  let at = 0;
  for (const line of text.split("\n")) {
    const end = at + line.length;
    const pieces: Piece[] = [];
    while (at < end) {
      open = open.filter((span) => span.end > at);
      for (let span = sorted[next]; span && span.start <= at; span = sorted[++next]) {
        if (span.end > at) open.push(span);
      }
      const cuts = [end, ...open.map((span) => span.end), sorted[next]?.start ?? end];
      const stop = Math.min(...cuts);
      pieces.push({ text: text.slice(at, stop), ids: open.map((span) => span.id) });
      at = stop;
    }
    paragraphs.push(pieces);
    at = end + 1;
  }
  return paragraphs;
}

/** The text parted into what is said and where a person's name was taken out ("***"). */
export function masked(text: string): { text: string; hidden: boolean }[] {
  return text
    .split(/(\*{3,})/)
    .map((part, index) => ({ text: part, hidden: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
