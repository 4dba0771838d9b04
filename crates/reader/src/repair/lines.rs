//! Lines into paragraphs: breaks of typesetting are undone, ends of paragraphs kept.

use super::{Repairs, count, is_noise};
use crate::format::Line;
use crate::glyph::{Glyph, chars};
use crate::grammar::Grammar;
use std::collections::BTreeMap;

/// A paragraph after repair.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Paragraph {
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) heading: bool,
}

/// A column is told by lines of nearly one length, at least this long.
const COLUMN_CHARS_MIN: usize = 10;
const COLUMN_CHARS_MAX: usize = 60;
/// How far a full line may stay below the width of its column: punctuation hangs, words wrap.
const COLUMN_SLACK: usize = 3;
/// A heading has at most so many characters.
const HEADING_CHARS_MAX: usize = 45;
/// A line of so many characters with a comma in it that ends in no mark goes on in the next.
const OPEN_CHARS_MIN: usize = 30;
/// A line that begins with one of these is an item of a list, however short.
const BULLETS: &[char] = &['●', '•', '·', '-', '*', '○', '▪', '※', '➢', '✓', '★'];
/// A paragraph that grew past this is not joined further.
const PARAGRAPH_CHARS_MAX: usize = 20_000;

/// Joins the lines of an article; noise is left out.
pub(crate) fn paragraphs(
    lines: Vec<Line>,
    grammar: &Grammar,
    repairs: &mut Repairs,
) -> Vec<Paragraph> {
    let total = lines.len();
    let kept: Vec<Line> =
        lines.into_iter().filter(|line| !is_noise(&chars(&line.glyphs), grammar)).collect();
    count(repairs, "noise", total - kept.len());
    let width = column(&kept);
    let mut out: Vec<Paragraph> = Vec::new();
    let mut open: Option<(Line, usize)> = None;
    let mut joined = 0;
    for line in kept {
        let length = line.glyphs.len();
        match open.take() {
            Some((mut before, last_length))
                if continues(&before, last_length, &line, width, grammar) =>
            {
                before.glyphs.extend_from_slice(&line.glyphs);
                before.closed = line.closed;
                before.gap = line.gap;
                joined += 1;
                open = Some((before, length));
            }
            Some((before, _)) => {
                out.push(finish(before));
                open = Some((line, length));
            }
            None => open = Some((line, length)),
        }
    }
    out.extend(open.map(|(line, _)| finish(line)));
    count(repairs, "line", joined);
    for paragraph in &mut out {
        quotes(paragraph, repairs);
    }
    without_doubles(out, repairs)
}

fn finish(line: Line) -> Paragraph {
    let prose = line.glyphs.iter().any(|g| matches!(g.c, '。' | ';'));
    let short = line.glyphs.len() <= HEADING_CHARS_MAX;
    let ended = line.glyphs.last().is_some_and(|g| is_end(g.c));
    let item = line.glyphs.first().is_some_and(|g| BULLETS.contains(&g.c));
    let heading = line.heading || (short && !prose && !ended && !item);
    Paragraph { heading, glyphs: line.glyphs }
}

/// The width of the columns that a text was set in, if it was.
fn column(lines: &[Line]) -> Option<usize> {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    let mut broken = 0;
    for line in lines.iter().filter(|line| !line.heading && !line.closed) {
        let ended = line.glyphs.last().is_some_and(|glyph| is_end(glyph.c));
        if !ended && (COLUMN_CHARS_MIN..=COLUMN_CHARS_MAX).contains(&line.glyphs.len()) {
            *lengths.entry(line.glyphs.len()).or_insert(0) += 1;
            broken += 1;
        }
    }
    let near = |width: usize| {
        lengths.range(width.saturating_sub(COLUMN_SLACK)..=width).map(|(_, n)| *n).sum::<usize>()
    };
    let (width, count) =
        lengths.keys().map(|width| (*width, near(*width))).max_by_key(|(w, n)| (*n, *w))?;
    (count >= 4 && count * 2 >= broken).then_some(width)
}

/// Whether a line goes on in the next one.
fn continues(
    before: &Line,
    last_length: usize,
    next: &Line,
    width: Option<usize>,
    grammar: &Grammar,
) -> bool {
    if before.closed || before.heading || next.heading {
        return false;
    }
    let Some(last) = before.glyphs.last() else { return false };
    if is_end(last.c) || before.glyphs.len() > PARAGRAPH_CHARS_MAX {
        return false;
    }
    let start: Vec<char> = next.glyphs.iter().take(8).map(|glyph| glyph.c).collect();
    if grammar.paragraph_starts.at(&start, 0).is_some() {
        return false;
    }
    let full = width.is_some_and(|width| last_length + COLUMN_SLACK >= width);
    // A sentence that stops in its middle: prose stands before it, or it ends with a comma.
    let open = matches!(last.c, ',' | '、' | '(' | '“' | '—')
        || before.glyphs.iter().any(|glyph| matches!(glyph.c, '。' | ';'))
        || (!before.gap
            && last_length >= OPEN_CHARS_MIN
            && before.glyphs.iter().any(|glyph| glyph.c == ','));
    // Behind a blank line a figure may end a paragraph, and a time or a connective begins one.
    let apart = before.gap
        && !full
        && (matches!(last.c, '%' | '元')
            || grammar.openings.at(&start, 0).is_some_and(|(length, _)| length >= 2)
            || grammar.times.current.at(&start, 0).is_some()
            || grammar.times.relative.at(&start, 0).is_some());
    if apart {
        return false;
    }
    let prose = next.glyphs.iter().any(|g| matches!(g.c, '。' | ',' | ';' | '、'));
    full || (open && prose)
}

/// Whether a paragraph may end with this character.
fn is_end(c: char) -> bool {
    matches!(c, '。' | '!' | '?' | ';' | ':' | '…' | '”' | ')' | '》' | '】' | '.')
}

/// Straight quotes become Chinese ones, opening and closing in turn.
fn quotes(paragraph: &mut Paragraph, repairs: &mut Repairs) {
    let straight = paragraph.glyphs.iter().filter(|glyph| glyph.c == '"').count();
    if straight == 0 {
        return;
    }
    let mut opens = true;
    for glyph in paragraph.glyphs.iter_mut().filter(|glyph| glyph.c == '"') {
        glyph.c = if opens { '“' } else { '”' };
        opens = !opens;
    }
    count(repairs, "quote", straight);
}

/// A caption or summary that repeats a paragraph word for word is left out.
fn without_doubles(paragraphs: Vec<Paragraph>, repairs: &mut Repairs) -> Vec<Paragraph> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    let total = paragraphs.len();
    let kept: Vec<Paragraph> = paragraphs
        .into_iter()
        .filter(|paragraph| {
            let long = paragraph.glyphs.len() >= 8;
            let key: String = paragraph.glyphs.iter().map(|glyph| glyph.c).collect();
            !long || seen.insert(key, ()).is_none()
        })
        .collect();
    count(repairs, "double", total - kept.len());
    kept
}
