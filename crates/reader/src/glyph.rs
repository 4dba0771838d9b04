//! Glyphs: characters that know which bytes of the original they came from.

use crate::limits::Limits;
use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use kernel::Refusal;
use std::borrow::Cow;

/// A character and the bytes of the original that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) c: char,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The characters of glyphs.
pub(crate) fn chars(glyphs: &[Glyph]) -> Vec<char> {
    glyphs.iter().map(|glyph| glyph.c).collect()
}

/// The text of glyphs.
pub(crate) fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.c).collect()
}

/// The encoding of an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8 without a byte order mark; also the text extracted from PDF and DOCX.
    #[default]
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, low byte first, with its byte order mark.
    Utf16Le,
    /// UTF-16, high byte first, with its byte order mark.
    Utf16Be,
    /// GB 18030, which includes GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// The name shown to people and written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8 (BOM)",
            Encoding::Utf16Le => "UTF-16LE",
            Encoding::Utf16Be => "UTF-16BE",
            Encoding::Gb18030 => "GB18030",
        }
    }

    /// These bytes as text, for showing; what cannot be read is replaced.
    pub(crate) fn show(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => String::from_utf8_lossy(bytes).into_owned(),
            Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
            Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(),
            Encoding::Gb18030 => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }
}

/// The text of a file and its glyphs, one for each character of the text.
///
/// A byte order mark decides; otherwise strict UTF-8, otherwise GB 18030 without a single error.
/// Fails with `E-READ-02` (too long) and `E-READ-06` (no such encoding, or a NUL).
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<(Cow<'a, str>, Vec<Glyph>, Encoding), Refusal> {
    let (text, skipped, encoding) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (utf8(rest)?, 3, Encoding::Utf8Bom),
        [0xff, 0xfe, rest @ ..] => (strict(UTF_16LE, rest)?, 2, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (strict(UTF_16BE, rest)?, 2, Encoding::Utf16Be),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), 0, Encoding::Utf8),
            Err(_) => (strict(GB18030, bytes)?, 0, Encoding::Gb18030),
        },
    };
    if text.contains('\0') {
        return Err(unreadable());
    }
    let count = text.chars().count();
    limits.check_chars(count)?;
    let mut glyphs = Vec::with_capacity(count);
    let mut at = skipped;
    for c in text.chars() {
        let length = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => c.len_utf8(),
            Encoding::Utf16Le | Encoding::Utf16Be => 2 * c.len_utf16(),
            Encoding::Gb18030 => gb_length(bytes, at),
        };
        glyphs.push(Glyph { c, start: at as u32, end: (at + length) as u32 });
        at += length;
    }
    Ok((text, glyphs, encoding))
}

/// Bytes of the GB 18030 character at `at`: one, two, or four when the second byte is a digit.
fn gb_length(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(0x81..=0xfe), Some(0x30..=0x39)) => 4,
        (Some(0x81..=0xfe), Some(_)) => 2,
        _ => 1,
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| unreadable())
}

fn strict<'a>(
    encoding: &'static encoding_rs::Encoding,
    bytes: &'a [u8],
) -> Result<Cow<'a, str>, Refusal> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(unreadable)
}

fn unreadable() -> Refusal {
    Refusal::new(
        "E-READ-06",
        "a text document is UTF-8, UTF-16 with a byte order mark, or GB 18030, without NUL",
        "无法识别文本编码;请用 UTF-8 或 GB18030 保存",
        "the text fits neither UTF-8 nor GB 18030; save it as one of them",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_knows_its_bytes_in_every_encoding() {
        let text = "绣湾区A区\u{20087}9家";
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let bom: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        let gb = GB18030.encode(text).0.into_owned();
        for bytes in [text.as_bytes().to_vec(), utf16, bom, gb] {
            let (read, glyphs, encoding) = decode(&bytes, &Limits::default()).expect("readable");
            assert_eq!(read, text);
            for glyph in glyphs {
                let slice = &bytes[glyph.start as usize..glyph.end as usize];
                assert_eq!(encoding.show(slice), glyph.c.to_string(), "{}", encoding.name());
            }
        }
        let refused = decode(b"a\0b", &Limits::default()).map_err(|r| r.code);
        assert_eq!(refused.err(), Some("E-READ-06"));
        assert!(decode(&[0xff, 0xff, 0xff], &Limits::default()).is_err());
    }
}
