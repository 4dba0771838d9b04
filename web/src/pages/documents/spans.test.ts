import { describe, expect, it } from "vitest";
import { cutText, masked, type Span } from "./spans";

const span = (id: string, start: number, end: number): Span => ({ id, start, end });
const told = (text: string, spans: Span[]): string[] =>
  cutText(text, spans).map((line) =>
    line
      .map((piece) => `${piece.text}${piece.ids.length ? `<${piece.ids.join(",")}>` : ""}`)
      .join("|"),
  );

describe("a text cut by its spans", () => {
  it.each<[string, string, Span[], string[]]>([
    ["none", "天地人", [], ["天地人"]],
    ["in the middle", "天地人和", [span("a", 1, 3)], ["天|地人<a>|和"]],
    ["side by side", "天地人", [span("a", 0, 1), span("b", 1, 3)], ["天<a>|地人<b>"]],
    ["crossing", "天地人和", [span("a", 0, 3), span("b", 1, 4)], ["天<a>|地人<a,b>|和<b>"]],
    ["one in another", "天地人和", [span("b", 1, 2), span("a", 0, 4)], ["天<a>|地<a,b>|人和<a>"]],
    ["over two paragraphs", "天地\n人和", [span("a", 1, 4)], ["天|地<a>", "人<a>|和"]],
    ["out of the text", "天地", [span("a", 1, 9), span("b", 5, 6)], ["天|地<a>"]],
    ["empty or backward", "天地", [span("a", 1, 1), span("b", 2, 1)], ["天地"]],
    ["in an empty text", "", [span("a", 0, 1)], [""]],
  ])("%s", (_, text, spans, lines) => {
    expect(told(text, spans)).toEqual(lines);
  });

  it("loses no character, whatever the spans", () => {
    const text = "绣带\n\n是一件安静而精确的仪器。😀\n";
    for (let seed = 1; seed < 60; seed += 1) {
      const spans = Array.from({ length: seed % 7 }, (_, index) => {
        const start = (seed * (index + 3) * 5) % text.length;
        return span(`s${index}`, start, start + ((seed * (index + 1)) % 9));
      });
      const again = cutText(text, spans)
        .map((line) => line.map((piece) => piece.text).join(""))
        .join("\n");
      expect(again).toBe(text);
    }
  });
});

it("parts hidden names from the rest", () => {
  expect(masked("由***和***说")).toEqual([
    { text: "由", hidden: false },
    { text: "***", hidden: true },
    { text: "和", hidden: false },
    { text: "***", hidden: true },
    { text: "说", hidden: false },
  ]);
  expect(masked("2 ** 3")).toEqual([{ text: "2 ** 3", hidden: false }]);
});
