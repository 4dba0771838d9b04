//! Plain text: lines, with Markdown headings understood.

use crate::format::{Line, Meta, Opened};
use crate::glyph::{self, Glyph};
use crate::limits::Limits;
use kernel::Refusal;

pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, Refusal> {
    let (_, glyphs, encoding) = glyph::decode(bytes, limits)?;
    Ok(Opened { lines: lines(&glyphs), meta: Meta::default(), encoding, extracted: None })
}

/// Lines of a text: blank ones become a gap behind the line before them.
pub(crate) fn lines(glyphs: &[Glyph]) -> Vec<Line> {
    let has_newline = glyphs.iter().any(|glyph| glyph.c == '\n');
    let ends = |c: char| matches!(c, '\n' | '\u{2028}' | '\u{c}') || (c == '\r' && !has_newline);
    let mut lines: Vec<Line> = Vec::new();
    for slice in glyphs.split(|glyph| ends(glyph.c)) {
        if slice.iter().all(|glyph| glyph.c.is_whitespace()) {
            if let Some(last) = lines.last_mut() {
                last.gap = true;
            }
            continue;
        }
        let marks = slice.iter().take_while(|glyph| glyph.c == '#').count();
        let heading = (1..=6).contains(&marks);
        let kept = if heading { &slice[marks..] } else { slice };
        lines.push(Line { glyphs: kept.to_vec(), heading, closed: heading, gap: false });
    }
    lines
}
