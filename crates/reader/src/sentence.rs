//! Sentences and clauses of a document, with characters to match and glyphs to quote.

use crate::document::Document;
use crate::glyph::Glyph;

/// Sentences longer than this are cut, so that looking around a figure stays cheap.
const SENTENCE_CHARS_MAX: usize = 600;

/// A sentence of a paragraph.
#[derive(Debug, Clone)]
pub(crate) struct Sentence<'a> {
    pub(crate) glyphs: &'a [Glyph],
    pub(crate) chars: Vec<char>,
    pub(crate) paragraph: usize,
    /// Whether its paragraph is a title or heading.
    pub(crate) heading: bool,
    pub(crate) title: bool,
    /// Clauses by comma, colon and bracket: first character and character after the last.
    pub(crate) clauses: Vec<Clause>,
}

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it stands in brackets.
    pub(crate) bracket: bool,
}

impl Sentence<'_> {
    /// The bytes of these characters.
    pub(crate) fn span(&self, from: usize, to: usize) -> (u32, u32) {
        let start = self.glyphs.get(from).map_or(0, |glyph| glyph.start);
        let end =
            to.checked_sub(1).and_then(|i| self.glyphs.get(i)).map_or(start, |glyph| glyph.end);
        (start, end.max(start))
    }

    /// The number of the clause that holds a character.
    pub(crate) fn clause_of(&self, at: usize) -> usize {
        self.clauses
            .partition_point(|clause| clause.end <= at)
            .min(self.clauses.len().saturating_sub(1))
    }

    /// These characters as text.
    pub(crate) fn text(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// All sentences of a document.
pub(crate) fn sentences(document: &Document) -> Vec<Sentence<'_>> {
    let mut out = Vec::new();
    for (index, paragraph) in document.paragraphs.iter().enumerate() {
        let glyphs = &paragraph.glyphs;
        let mut start = 0;
        for at in 0..glyphs.len() {
            let c = glyphs[at].c;
            let ends =
                matches!(c, '。' | '!' | '?' | ';' | '…') || at + 1 - start >= SENTENCE_CHARS_MAX;
            if ends || at + 1 == glyphs.len() {
                let slice = &glyphs[start..=at];
                start = at + 1;
                if slice.iter().any(|glyph| glyph.c.is_alphanumeric()) {
                    let chars: Vec<char> = slice.iter().map(|glyph| glyph.c).collect();
                    let clauses = clauses(&chars);
                    let title = document.title_index == Some(index);
                    let heading = paragraph.heading;
                    out.push(Sentence {
                        glyphs: slice,
                        chars,
                        paragraph: index,
                        heading,
                        title,
                        clauses,
                    });
                }
            }
        }
    }
    out
}

fn clauses(chars: &[char]) -> Vec<Clause> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut depth = 0usize;
    for (at, c) in chars.iter().enumerate() {
        let group = *c == ','
            && at.checked_sub(1).is_some_and(|i| chars[i].is_ascii_digit())
            && chars.get(at + 1..at + 4).is_some_and(|next| next.iter().all(char::is_ascii_digit))
            && !chars.get(at + 4).is_some_and(char::is_ascii_digit);
        let breaks = matches!(c, ',' | ':' | '(' | ')' | ';' | '。') && !group;
        if breaks {
            if at > start {
                out.push(Clause { start, end: at, bracket: depth > 0 });
            }
            start = at + 1;
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    if start < chars.len() {
        out.push(Clause { start, end: chars.len(), bracket: depth > 0 });
    }
    if out.is_empty() {
        out.push(Clause { start: 0, end: chars.len(), bracket: false });
    }
    out
}
