//! PDF: the text that its fonts map to characters; spans point into the extracted text.

mod unpack;
mod work;

use crate::format::{Meta, Opened, plain};
use crate::glyph;
use crate::limits::{Limits, damaged};
use kernel::Refusal;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, Refusal> {
    // The library panics on some damaged files: that is a refusal here, not the end of the process.
    let extracted =
        catch_unwind(AssertUnwindSafe(|| extract(bytes, limits))).unwrap_or_else(|thrown| {
            let spent = thrown.is::<unpack::Spent>();
            Err(if spent { unpack::bomb(limits) } else { damaged("PDF") })
        })?;
    let text: String = extracted.0.chars().filter(|c| *c != '\0').collect();
    let (_, glyphs, encoding) = glyph::decode(text.as_bytes(), limits)?;
    let lines = plain::lines(&glyphs);
    Ok(Opened { lines, meta: extracted.1, encoding, extracted: Some(text) })
}

fn extract(bytes: &[u8], limits: &Limits) -> Result<(String, Meta), Refusal> {
    if unpack::check_tables(bytes, limits)? {
        return Err(damaged("PDF"));
    }
    let options = unpack::options(limits);
    let document =
        pdf_extract::Document::load_mem_with_options(bytes, options).map_err(|_| damaged("PDF"))?;
    limits.check_pages(document.get_pages().len())?;
    if !work::bearable(&document, limits) {
        return Err(unpack::bomb(limits));
    }
    let mut text = Bounded { bytes: Vec::new(), bytes_max: limits.chars_max.saturating_mul(4) };
    let mut output = pdf_extract::PlainTextOutput::new(&mut text as &mut dyn std::io::Write);
    pdf_extract::output_doc(&document, &mut output).map_err(|_| damaged("PDF"))?;
    let info = document.trailer.get(b"Info").ok().and_then(|info| match info {
        pdf_extract::Object::Reference(id) => document.get_dictionary(*id).ok(),
        other => other.as_dict().ok(),
    });
    let word = |key: &[u8]| {
        let object = info.and_then(|info| info.get(key).ok())?;
        let text = pdf_extract::decode_text_string(object).ok()?;
        let text: String = text.trim().chars().take(300).collect();
        (!text.is_empty()).then_some(text)
    };
    let meta = Meta { title: word(b"Title"), source: None, date: word(b"CreationDate") };
    Ok((String::from_utf8_lossy(&text.bytes).into_owned(), meta))
}

/// Text that refuses to grow past its bound.
struct Bounded {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl std::io::Write for Bounded {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > self.bytes_max {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
