//! Noise: entities, leftovers of markup, and the lines that a page puts around an article.

use super::{Repairs, count};
use crate::glyph::Glyph;
use crate::grammar::Grammar;

/// Named entities that pages use; numbers are read as numbers.
const ENTITIES: &[(&str, char)] = &[
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("hellip", '…'),
    ("middot", '·'),
    ("permil", '‰'),
    ("times", '×'),
];

/// Reads entities, whole or with their semicolon lost.
pub(crate) fn entities(glyphs: Vec<Glyph>, repairs: &mut Repairs) -> Vec<Glyph> {
    if !glyphs.iter().any(|glyph| glyph.c == '&') {
        return glyphs;
    }
    let mut out = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    let mut read = 0;
    while at < glyphs.len() {
        let glyph = glyphs[at];
        match (glyph.c == '&').then(|| entity(&glyphs[at + 1..])).flatten() {
            Some((c, length)) => {
                out.push(Glyph { c, start: glyph.start, end: glyphs[at + length].end });
                at += length + 1;
                read += 1;
            }
            None => {
                out.push(glyph);
                at += 1;
            }
        }
    }
    count(repairs, "entity", read);
    out
}

/// The entity behind an ampersand: its character and how many glyphs it takes.
fn entity(rest: &[Glyph]) -> Option<(char, usize)> {
    if rest.first()?.c == '#' {
        let digits: String =
            rest[1..].iter().take(8).map(|g| g.c).take_while(char::is_ascii_alphanumeric).collect();
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => digits.parse().ok()?,
        };
        let length = 1 + digits.len();
        let closed = rest.get(length).is_some_and(|g| g.c == ';');
        let c = char::from_u32(code).filter(|c| !c.is_control())?;
        return closed.then_some((c, length + 1));
    }
    let found = ENTITIES.iter().find(|(name, _)| {
        name.len() <= rest.len() && name.chars().zip(rest).all(|(c, glyph)| c == glyph.c)
    });
    let (name, c) = found?;
    let closed = rest.get(name.len()).is_some_and(|g| g.c == ';');
    // Without its semicolon an entity may not run into a longer word: R&quote stays.
    let open_word = rest.get(name.len()).is_some_and(|g| g.c.is_ascii_alphanumeric());
    (closed || !open_word).then_some((*c, name.len() + usize::from(closed)))
}

/// Takes out what damaged markup left behind.
pub(crate) fn debris(glyphs: Vec<Glyph>, grammar: &Grammar, repairs: &mut Repairs) -> Vec<Glyph> {
    let text: Vec<char> = glyphs.iter().map(|glyph| glyph.c).collect();
    let mut out = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    let mut removed = 0;
    while at < glyphs.len() {
        match grammar.debris.at(&text, at) {
            Some((length, _)) => {
                at += length;
                removed += 1;
            }
            None => {
                out.push(glyphs[at]);
                at += 1;
            }
        }
    }
    count(repairs, "debris", removed);
    out
}

/// Whether a line belongs to the page and not to the article.
pub(crate) fn is_noise(line: &[char], grammar: &Grammar) -> bool {
    if line.iter().all(|c| !c.is_alphanumeric()) {
        return true;
    }
    grammar.line_rules.iter().filter(|rule| line.len() <= rule.max).any(|rule| {
        let text: String = line.iter().collect();
        rule.equals.iter().any(|word| text == word.replace(' ', ""))
            || rule.equals.contains(&text)
            || rule.starts.iter().any(|word| text.starts_with(word.as_str()))
            || rule.contains.iter().any(|word| text.contains(word.as_str()))
    })
}
