//! Formats: from the bytes of a file to its lines.

mod docx;
mod html;
mod pdf;
mod plain;

use crate::glyph::{Encoding, Glyph};
use crate::grammar::Grammar;
use crate::limits::Limits;
use kernel::Refusal;

/// The format of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text, Markdown headings understood.
    Text,
    /// A web page.
    Html,
    /// A PDF with text in it; scans are not read.
    Pdf,
    /// A Word document.
    Docx,
}

impl Format {
    /// The name used in features and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Html => "html",
            Format::Pdf => "pdf",
            Format::Docx => "docx",
        }
    }

    /// The format of these bytes, by their first ones, then by the name of the file.
    pub fn of(bytes: &[u8], name: &str) -> Format {
        let lower = name.to_ascii_lowercase();
        if bytes.starts_with(b"%PDF-") {
            Format::Pdf
        } else if bytes.starts_with(b"PK\x03\x04") {
            Format::Docx
        } else if [".html", ".htm", ".xhtml"].iter().any(|end| lower.ends_with(end))
            || looks_like_html(bytes)
        {
            Format::Html
        } else {
            Format::Text
        }
    }
}

fn looks_like_html(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let head = head.trim_start_matches(['\u{feff}', '\u{fffd}', ' ', '\n', '\r', '\t']);
    head.starts_with("<!doctype html") || head.starts_with("<html") || head.contains("<body")
}

/// A line as the format has it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) heading: bool,
    /// Whether a paragraph surely ends here.
    pub(crate) closed: bool,
    /// Whether blank lines follow.
    pub(crate) gap: bool,
}

/// What the format says about the document itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) title: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) date: Option<String>,
}

/// A document before any repair.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) lines: Vec<Line>,
    pub(crate) meta: Meta,
    pub(crate) encoding: Encoding,
    /// The text that spans point into, when it is not the file itself.
    pub(crate) extracted: Option<String>,
}

/// Opens a file; fails with `E-READ-01` to `E-READ-06`.
pub(crate) fn open(
    bytes: &[u8],
    format: Format,
    grammar: &Grammar,
    limits: &Limits,
) -> Result<Opened, Refusal> {
    limits.check_file(bytes.len())?;
    match format {
        Format::Text => plain::open(bytes, limits),
        Format::Html => html::open(bytes, grammar, limits),
        Format::Docx => docx::open(bytes, limits),
        Format::Pdf => pdf::open(bytes, limits),
    }
}
