//! What texts may come in.

use crate::error::{Error, Result};
use kernel::Refusal;
use serde_json::Value;

/// Longest payload of a job and body of a message, in bytes.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Longest kind or name.
const WORD_CHARS_MAX: usize = 60;
/// Longest error text that is kept, in characters; more is cut.
const ERROR_CHARS_MAX: usize = 8_000;

/// A kind or name: 1 to 60 of `a-z`, `0-9`, `_`, `-`, `.`, `/`.
pub(crate) fn word(text: &str, column: &str) -> Result<()> {
    let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-./".contains(&b);
    match (1..=WORD_CHARS_MAX).contains(&text.len()) && text.bytes().all(sound) {
        true => Ok(()),
        false => Err(refused(
            "a kind or name is 1 to 60 of a-z, 0-9, `_`, `-`, `.`, `/`",
            "类型或名称应为1至60个小写字母、数字或 _-./",
            column,
            text,
        )),
    }
}

/// JSON of at most 64 KiB.
pub(crate) fn json(text: &str, column: &str) -> Result<()> {
    match text.len() <= PAYLOAD_BYTES_MAX && serde_json::from_str::<Value>(text).is_ok() {
        true => Ok(()),
        false => Err(refused(
            "a payload is JSON of at most 65,536 bytes",
            "内容应为不超过65536字节的 JSON",
            column,
            text,
        )),
    }
}

/// An error text as it is kept: without control characters, at most 8,000 characters.
pub(crate) fn error_text(text: &str) -> String {
    text.chars()
        .map(|c| match c.is_control() && c != '\n' {
            true => ' ',
            false => c,
        })
        .take(ERROR_CHARS_MAX)
        .collect()
}

pub(crate) fn refused(rule: &str, zh: &str, column: &str, value: &str) -> Error {
    Refusal::new("E-JOB-01", rule, zh, rule).column(column).value(value).into()
}
