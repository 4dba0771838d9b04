//! Repair: what conversion, scraping and typesetting did to a text is undone, and every character
//! still knows which bytes of the original it stands for.

mod gloss;
mod lines;
mod noise;

pub(crate) use lines::{Paragraph, paragraphs};
pub(crate) use noise::is_noise;

use crate::format::Line;
use crate::glyph::Glyph;
use crate::grammar::Grammar;
use kernel::text::{is_han, simplified};
use std::collections::BTreeMap;

/// How often each kind of damage was undone.
pub type Repairs = BTreeMap<&'static str, usize>;

/// Undoes the damage inside each line; lines keep their number and order.
pub(crate) fn repair_lines(lines: &mut [Line], grammar: &Grammar, repairs: &mut Repairs) {
    for line in lines {
        let mut glyphs = std::mem::take(&mut line.glyphs);
        glyphs = noise::entities(glyphs, repairs);
        glyphs = noise::debris(glyphs, grammar, repairs);
        glyphs = widths(glyphs, repairs);
        glyphs = gloss::without_glosses(glyphs, grammar, repairs);
        glyphs = scripts(glyphs, repairs);
        line.glyphs = spaces(glyphs, repairs);
    }
}

pub(crate) fn count(repairs: &mut Repairs, kind: &'static str, by: usize) {
    if by > 0 {
        *repairs.entry(kind).or_insert(0) += by;
    }
}

/// Full-width forms become half-width ones, odd spaces plain ones; what cannot be seen goes.
fn widths(glyphs: Vec<Glyph>, repairs: &mut Repairs) -> Vec<Glyph> {
    let mut changed = 0;
    let out: Vec<Glyph> = glyphs
        .into_iter()
        .filter_map(|glyph| {
            let c = match glyph.c {
                '\u{3000}' | '\u{a0}' | '\t' | '\u{2002}' | '\u{2003}' | '\u{2009}' => ' ',
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => return None,
                '〜' | '∼' => '~',
                '−' => '-',
                '﹪' => '%',
                '\u{ff01}'..='\u{ff5e}' => {
                    char::from_u32(glyph.c as u32 - 0xfee0).unwrap_or(glyph.c)
                }
                '﹐' => ',',
                '﹔' => ';',
                '﹕' => ':',
                c if c.is_control() => return None,
                c => c,
            };
            changed += usize::from(c != glyph.c);
            Some(Glyph { c, ..glyph })
        })
        .collect();
    count(repairs, "width", changed);
    out
}

/// Traditional characters become simplified ones, one for one.
fn scripts(mut glyphs: Vec<Glyph>, repairs: &mut Repairs) -> Vec<Glyph> {
    let text: String = glyphs.iter().map(|glyph| glyph.c).collect();
    let whole = simplified(&text);
    let mut changed = 0;
    if whole.chars().count() == glyphs.len() {
        for (glyph, c) in glyphs.iter_mut().zip(whole.chars()) {
            changed += usize::from(glyph.c != c);
            glyph.c = c;
        }
    } else {
        // A phrase changed its length: each character by itself then.
        for glyph in &mut glyphs {
            let mut alone = [0; 4];
            let one = simplified(glyph.c.encode_utf8(&mut alone));
            let mut chars = one.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                changed += usize::from(glyph.c != c);
                glyph.c = c;
            }
        }
    }
    count(repairs, "script", changed);
    glyphs
}

/// Spaces stay only between two words or numbers of Latin letters and digits.
fn spaces(glyphs: Vec<Glyph>, repairs: &mut Repairs) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut pending: Option<Glyph> = None;
    let mut removed = 0;
    for glyph in glyphs {
        if glyph.c == ' ' {
            removed += usize::from(pending.is_some());
            pending.get_or_insert(glyph);
            continue;
        }
        if let Some(space) = pending.take() {
            let joins = |c: char| c.is_alphanumeric() && !is_han(c);
            let keep = out.last().is_some_and(|last| joins(last.c)) && joins(glyph.c);
            if keep {
                out.push(space);
            } else {
                removed += 1;
            }
        }
        out.push(glyph);
    }
    count(repairs, "space", removed);
    out
}
