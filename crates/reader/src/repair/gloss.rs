//! Glosses: readings in brackets that a converter set behind characters, `區(qū)`.

use super::{Repairs, count};
use crate::glyph::Glyph;
use crate::grammar::Grammar;
use kernel::text::{is_han, syllables};

/// The longest reading: several syllables with spaces.
const GLOSS_CHARS_MAX: usize = 30;

/// Takes readings away; the character before takes over their bytes, so spans stay whole.
pub(crate) fn without_glosses(
    glyphs: Vec<Glyph>,
    grammar: &Grammar,
    repairs: &mut Repairs,
) -> Vec<Glyph> {
    if !glyphs.iter().any(|glyph| glyph.c == ')') {
        return glyphs;
    }
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    let mut removed = 0;
    while at < glyphs.len() {
        let glyph = glyphs[at];
        let length = match glyph.c {
            '(' => bracketed(&glyphs, at, out.last(), grammar),
            c if is_toned(c) || c.is_ascii_lowercase() => orphan(&glyphs, at, out.last()),
            _ => 0,
        };
        if length == 0 {
            out.push(glyph);
            at += 1;
            continue;
        }
        removed += 1;
        if let Some(last) = out.last_mut().filter(|last| is_han(last.c)) {
            last.end = glyphs[at + length - 1].end;
        }
        at += length;
    }
    count(repairs, "gloss", removed);
    out
}

/// Length of `(qū)` at `at` behind a Chinese character, or 0.
fn bracketed(glyphs: &[Glyph], at: usize, last: Option<&Glyph>, grammar: &Grammar) -> usize {
    let Some(before) = last.filter(|last| is_han(last.c)) else { return 0 };
    let Some((inside, length)) = reading(glyphs, at + 1) else { return 0 };
    let toned = inside.chars().any(is_toned);
    let plain = || {
        let chars: Vec<char> = inside.chars().collect();
        grammar.neutral_glosses.has(&chars)
            || syllables(&before.c.to_string()).first().is_some_and(|s| *s == inside)
    };
    if toned || plain() { length + 1 } else { 0 }
}

/// Length of a reading whose opening bracket was lost, `lái)`, or 0.
fn orphan(glyphs: &[Glyph], at: usize, last: Option<&Glyph>) -> usize {
    let lone = last.is_none_or(|last| !last.c.is_alphanumeric() || is_han(last.c));
    if !lone || last.is_some_and(|last| last.c == '(') {
        return 0;
    }
    match reading(glyphs, at) {
        Some((inside, length)) if inside.chars().any(is_toned) && !inside.contains(' ') => length,
        _ => 0,
    }
}

/// Lower-case letters up to a closing bracket, and how many glyphs they take with it.
fn reading(glyphs: &[Glyph], from: usize) -> Option<(String, usize)> {
    let mut inside = String::new();
    for (length, glyph) in glyphs.get(from..)?.iter().take(GLOSS_CHARS_MAX).enumerate() {
        match glyph.c {
            ')' if !inside.trim().is_empty() => return Some((inside, length + 1)),
            c if c.is_ascii_lowercase() || is_toned(c) || matches!(c, ' ' | '\'' | 'ü') => {
                inside.push(c);
            }
            _ => return None,
        }
    }
    None
}

fn is_toned(c: char) -> bool {
    matches!(
        c,
        'ā' | 'á'
            | 'ǎ'
            | 'à'
            | 'ē'
            | 'é'
            | 'ě'
            | 'è'
            | 'ī'
            | 'í'
            | 'ǐ'
            | 'ì'
            | 'ō'
            | 'ó'
            | 'ǒ'
            | 'ò'
            | 'ū'
            | 'ú'
            | 'ǔ'
            | 'ù'
            | 'ǖ'
            | 'ǘ'
            | 'ǚ'
            | 'ǜ'
            | 'ń'
            | 'ň'
            | 'ǹ'
            | 'ḿ'
    )
}
