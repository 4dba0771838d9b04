//! Word documents: the paragraphs of the body, and what the core properties say.

use crate::format::{Line, Meta, Opened};
use crate::glyph::{Encoding, Glyph};
use crate::limits::{Limits, damaged};
use kernel::Refusal;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};

type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, Refusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("DOCX"))?;
    check(&mut archive, bytes.len(), limits)?;
    let body = part(&mut archive, "word/document.xml", limits)?.ok_or_else(|| damaged("DOCX"))?;
    let core = part(&mut archive, "docProps/core.xml", limits)?;
    let mut out = Extract::default();
    out.read(&body, limits)?;
    let meta = core.map(|core| core_properties(&core)).unwrap_or_default();
    Ok(Opened { lines: out.lines, meta, encoding: Encoding::Utf8, extracted: Some(out.text) })
}

/// Refuses bombs by what the archive says of itself, before anything is unpacked.
fn check(archive: &mut Archive<'_>, packed: usize, limits: &Limits) -> Result<(), Refusal> {
    if archive.len() > limits.parts_max {
        return Err(limits.bomb());
    }
    let mut unpacked: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| damaged("DOCX"))?;
        unpacked = unpacked.saturating_add(entry.size());
    }
    let ratio_max = (packed as u64).saturating_mul(limits.unpacked_ratio_max);
    if unpacked > limits.unpacked_bytes_max || unpacked > ratio_max {
        return Err(limits.bomb());
    }
    Ok(())
}

/// One part as text; read no further than the bound, whatever its header says.
fn part(archive: &mut Archive<'_>, name: &str, limits: &Limits) -> Result<Option<String>, Refusal> {
    let Ok(entry) = archive.by_name(name) else { return Ok(None) };
    let mut bytes = Vec::new();
    let max = limits.unpacked_bytes_max;
    entry.take(max + 1).read_to_end(&mut bytes).map_err(|_| damaged("DOCX"))?;
    if bytes.len() as u64 > max {
        return Err(limits.bomb());
    }
    String::from_utf8(bytes).map(Some).map_err(|_| damaged("DOCX"))
}

#[derive(Default)]
struct Extract {
    text: String,
    lines: Vec<Line>,
    line: Line,
    chars: usize,
}

impl Extract {
    fn read(&mut self, xml: &str, limits: &Limits) -> Result<(), Refusal> {
        let mut reader = Reader::from_str(xml);
        let mut in_text = false;
        loop {
            match reader.read_event().map_err(|_| damaged("DOCX"))? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "t" => in_text = true,
                    "pStyle" => self.style(&tag),
                    _ => {}
                },
                Event::Empty(tag) => match tag.local_name().as_ref() {
                    "tab" => self.push(" "),
                    "br" | "cr" => self.close(false),
                    "pStyle" => self.style(&tag),
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "t" => in_text = false,
                    "p" => self.close(true),
                    _ => {}
                },
                Event::Text(text) if in_text => {
                    self.push(&text);
                }
                Event::GeneralRef(name) if in_text => self.push(&reference(&name)),
                Event::CData(text) if in_text => {
                    self.push(&text);
                }
                Event::Eof => break,
                _ => {}
            }
            limits.check_chars(self.chars)?;
        }
        self.close(true);
        Ok(())
    }

    fn style(&mut self, tag: &BytesStart<'_>) {
        let value = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == "val");
        let name = value.map(|a| a.value.to_lowercase());
        self.line.heading |= name.is_some_and(|name| {
            name.starts_with("heading")
                || name == "title"
                || matches!(name.as_str(), "1" | "2" | "3")
        });
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            let start = self.text.len() as u32;
            self.text.push(c);
            self.chars += 1;
            self.line.glyphs.push(Glyph { c, start, end: self.text.len() as u32 });
        }
    }

    fn close(&mut self, closed: bool) {
        let line = std::mem::take(&mut self.line);
        if line.glyphs.iter().all(|glyph| glyph.c.is_whitespace()) {
            return;
        }
        self.text.push('\n');
        self.lines.push(Line { closed, gap: closed, ..line });
    }
}

/// An entity reference in text: the five of XML and numbers.
fn reference(name: &str) -> String {
    let c = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        other => other.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')
        }),
    };
    c.map(String::from).unwrap_or_default()
}

fn core_properties(xml: &str) -> Meta {
    let mut reader = Reader::from_str(xml);
    let mut meta = Meta::default();
    let mut name = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                name = tag.local_name().as_ref().to_string();
            }
            Event::End(_) => name.clear(),
            Event::Text(text) => {
                let text: String = text.trim().chars().take(300).collect();
                let slot = match name.as_str() {
                    "title" => &mut meta.title,
                    "publisher" | "creator" => &mut meta.source,
                    "created" => &mut meta.date,
                    _ => continue,
                };
                if slot.is_none() && !text.is_empty() {
                    *slot = Some(text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    meta
}
