//! Encodings: which one a file is in, found strictly and said aloud.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};
use kernel::Refusal;
use std::borrow::Cow;

/// The encoding that was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
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
    /// No text: a workbook.
    Binary,
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
            Encoding::Binary => "binary",
        }
    }

    /// The encoding with this name as mappings write it (`utf-8`, `gb18030`, `gbk`, `utf-16`).
    pub(crate) fn family(name: &str) -> Option<&'static [Encoding]> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(&[Encoding::Utf8, Encoding::Utf8Bom]),
            "utf-16" | "utf16" => Some(&[Encoding::Utf16Le, Encoding::Utf16Be]),
            "gb18030" | "gbk" | "gb2312" => Some(&[Encoding::Gb18030]),
            _ => None,
        }
    }
}

/// The text of a file, without its byte order mark.
///
/// A byte order mark decides; otherwise strict UTF-8, otherwise GB 18030 without a single error.
/// Fails with `E-ENC-01` (with the position of the first wrong byte) or `E-ENC-02` (a NUL).
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), Refusal> {
    let (text, encoding) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            let text = std::str::from_utf8(rest).map_err(|e| wrong(3 + e.valid_up_to()))?;
            (Cow::Borrowed(text), Encoding::Utf8Bom)
        }
        [0xff, 0xfe, rest @ ..] => (strict(UTF_16LE, rest, 2)?, Encoding::Utf16Le),
        [0xfe, 0xff, rest @ ..] => (strict(UTF_16BE, rest, 2)?, Encoding::Utf16Be),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(_) => (strict(GB18030, bytes, 0)?, Encoding::Gb18030),
        },
    };
    if let Some(at) = text.find('\0') {
        let before = text[..at].matches('\n').count() as u64;
        return Err(Refusal::new(
            "E-ENC-02",
            "a text file has no NUL characters",
            "文本文件中含有 NUL 字符,可能不是文本或已损坏",
            "the text has a NUL character: it is damaged or no text at all",
        )
        .row(before + 1)
        .value(&format!("character {at}")));
    }
    Ok((text, encoding))
}

fn strict<'a>(
    encoding: &'static encoding_rs::Encoding,
    bytes: &'a [u8],
    skipped: usize,
) -> Result<Cow<'a, str>, Refusal> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    Err(wrong(skipped + first_error(encoding, bytes)))
}

/// Position of the first byte that the encoding cannot read.
fn first_error(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> usize {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = [0u8; 4096];
    let mut at = 0;
    loop {
        let (result, read, _) =
            decoder.decode_to_utf8_without_replacement(&bytes[at..], &mut out, true);
        at += read;
        match result {
            encoding_rs::DecoderResult::OutputFull => {}
            encoding_rs::DecoderResult::InputEmpty => return at,
            encoding_rs::DecoderResult::Malformed(bad, after) => {
                return at.saturating_sub(usize::from(bad) + usize::from(after));
            }
        }
    }
}

fn wrong(at: usize) -> Refusal {
    Refusal::new(
        "E-ENC-01",
        "a text file is UTF-8, UTF-16 with a byte order mark, or GB 18030",
        format!("第 {at} 个字节处编码有误;请用 UTF-8 或 GB18030 保存"),
        format!("byte {at} fits neither UTF-8 nor GB 18030; save the file as one of them"),
    )
    .value(&format!("byte {at}"))
}
