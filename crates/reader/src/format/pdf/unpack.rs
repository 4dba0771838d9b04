//! What a PDF unpacks to: every stream is decoded under one budget, before the library sees it.

use crate::limits::{Limits, refusal};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use kernel::Refusal;
use pdf_extract::{Dictionary, LoadOptions, Object, Stream};
use std::cell::Cell;
use std::io::Read;
use std::panic::resume_unwind;

/// Parts of an array or dictionary count as so many bytes: that is what they take in memory.
const PART_BYTES: u64 = 16;
/// Objects nest no deeper when they are weighed; the library stops before.
const DEPTH_MAX: usize = 128;
/// A table of objects names at most so many.
const ENTRIES_MAX: i64 = 4_000_000;
/// Fields of a table of objects are at most so wide.
const FIELD_BYTES_MAX: i64 = 1 << 16;

/// A number that is none of a sound file; so many of them still add up.
const HUGE: i64 = 1 << 40;
/// A stream is packed at most so many times.
const FILTERS_MAX: usize = 4;
/// LZW makes up to 1,400 bytes of one and cannot be stopped in between.
const LZW_BYTES_MAX: usize = 1 << 17;

/// Thrown where the budget is spent, for the library has no way to be told to stop.
pub(super) struct Spent;

#[derive(Debug, Clone, Copy, Default)]
struct Budget {
    bytes: u64,
    stream: u64,
    objects: u64,
}

thread_local! {
    // The library takes a plain function as filter, so the budget cannot be handed to it.
    static BUDGET: Cell<Budget> = const { Cell::new(Budget { bytes: 0, stream: 0, objects: 0 }) };
}

/// How the library loads a file: streams come to it unpacked, and the budget is counted down.
pub(super) fn options(limits: &Limits) -> LoadOptions {
    BUDGET.set(Budget {
        bytes: limits.unpacked_bytes_max,
        stream: limits.stream_bytes_max,
        objects: limits.objects_max as u64,
    });
    LoadOptions { filter: Some(unpack), ..LoadOptions::default() }
}

/// `E-READ-03`: a PDF unpacks to more than it may, or costs more work than it may.
pub(super) fn bomb(limits: &Limits) -> Refusal {
    let (bytes, work) = (limits.unpacked_bytes_max, limits.work_max);
    refusal(
        "E-READ-03",
        format!("a PDF unpacks to at most {bytes} bytes and is drawn in at most {work} steps"),
        format!("PDF 解压后超过 {bytes} 字节,或绘制步骤超过 {work}"),
    )
}

fn spend(bytes: u64) {
    let mut budget = BUDGET.get();
    match budget.bytes.checked_sub(bytes) {
        Some(left) => budget.bytes = left,
        None => resume_unwind(Box::new(Spent)),
    }
    BUDGET.set(budget);
}

type Id = (u32, u16);

/// Weighs an object and puts plain content in place of packed; pictures hold no text and go.
fn unpack(id: Id, object: &mut Object) -> Option<(Id, Object)> {
    let mut budget = BUDGET.get();
    match budget.objects.checked_sub(1) {
        Some(left) => budget.objects = left,
        None => resume_unwind(Box::new(Spent)),
    }
    BUDGET.set(budget);
    spend(weight(object, DEPTH_MAX));
    // Of objects in a stream of objects the library keeps what is returned, else what it lent.
    let Object::Stream(stream) = object else { return Some((id, object.clone())) };
    if is_picture(&stream.dict) {
        stream.set_plain_content(Vec::new());
    } else {
        plain(stream);
    }
    Some((id, Object::Null))
}

fn is_picture(dict: &Dictionary) -> bool {
    let picture = dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Image");
    picture && !dict.has_type(b"ObjStm")
}

fn weight(object: &Object, depth: usize) -> u64 {
    let Some(depth) = depth.checked_sub(1) else { return 1 };
    let of = |dict: &Dictionary| -> u64 {
        dict.iter().map(|(key, value)| key.len() as u64 + weight(value, depth)).sum()
    };
    match object {
        Object::Array(parts) => parts.iter().map(|part| weight(part, depth)).sum(),
        Object::Dictionary(dict) => PART_BYTES + of(dict),
        Object::Stream(stream) => PART_BYTES + of(&stream.dict),
        Object::String(bytes, _) | Object::Name(bytes) => PART_BYTES + bytes.len() as u64,
        _ => PART_BYTES,
    }
}

/// Puts what a stream unpacks to in its place, within the budget.
fn plain(stream: &mut Stream) {
    let filters: Vec<Vec<u8>> =
        stream.filters().map(|all| all.iter().map(|f| f.to_vec()).collect()).unwrap_or_default();
    if filters.is_empty() {
        return spend(stream.content.len() as u64);
    }
    if filters.len() > FILTERS_MAX {
        resume_unwind(Box::new(Spent));
    }
    // Objects take much more room than the text they are parsed from.
    let max = BUDGET.get().stream / if stream.dict.has_type(b"ObjStm") { 4 } else { 1 };
    let mut content = stream.content.clone();
    for filter in &filters {
        content = match filter.as_slice() {
            b"FlateDecode" => inflate(&content, max),
            b"LZWDecode" if content.len() > LZW_BYTES_MAX => resume_unwind(Box::new(Spent)),
            b"LZWDecode" | b"ASCII85Decode" => by_library(filter, content),
            // Pictures and sound.
            _ => Vec::new(),
        };
        if content.len() as u64 > max {
            resume_unwind(Box::new(Spent));
        }
        spend(content.len() as u64);
    }
    if stream.dict.get(b"DecodeParms").is_ok() && !content.is_empty() {
        // The library undoes predictions, which make nothing longer, and now it is known how long.
        content = stream.decompressed_content().unwrap_or_default();
    }
    stream.set_plain_content(content);
}

fn by_library(filter: &[u8], content: Vec<u8>) -> Vec<u8> {
    let mut dict = Dictionary::new();
    dict.set("Filter", Object::Name(filter.to_vec()));
    Stream::new(dict, content).decompressed_content().unwrap_or_default()
}

/// What these bytes inflate to, as far as they are sound.
fn inflate(packed: &[u8], max: u64) -> Vec<u8> {
    let mut out = bounded(ZlibDecoder::new(packed), max);
    if out.is_empty() && packed.len() > 2 {
        out = bounded(DeflateDecoder::new(&packed[2..]), max);
    }
    out
}

fn bounded(packed: impl Read, max: u64) -> Vec<u8> {
    let mut out = Vec::new();
    // Damaged streams give what they had before the damage.
    let _ = packed.take(max + 1).read_to_end(&mut out);
    out
}

/// Checks what the library unpacks before any filter: the tables of objects. An encrypted file
/// is refused, for it would be unpacked without one.
pub(super) fn check_tables(bytes: &[u8], limits: &Limits) -> Result<bool, Refusal> {
    let bytes = named_plainly(bytes);
    let mut encrypted = false;
    let mut unpacked = 0u64;
    let mut eaten = 0u64;
    let eaten_max = (bytes.len() as u64).saturating_mul(4) + (1 << 20);
    for at in 0..bytes.len() {
        let rest = &bytes[at..];
        let wide = match rest.first() {
            Some(b'/') if rest.starts_with(b"/Encrypt") => {
                encrypted |= !rest.get(8).is_some_and(u8::is_ascii_alphanumeric);
                false
            }
            Some(b'/') if rest.starts_with(b"/W") => {
                let fields = numbers(&rest[2..], 4);
                fields.len() == 3
                    && (fields.iter().any(|n| *n > FIELD_BYTES_MAX) || fields == [0, 0, 0])
            }
            Some(b'/') if rest.starts_with(b"/Index") => {
                numbers(&rest[6..], 1 << 20).iter().skip(1).step_by(2).sum::<i64>() > ENTRIES_MAX
            }
            Some(b'/') if rest.starts_with(b"/Size") => {
                numbers(&rest[5..], 1).first().is_some_and(|n| *n > ENTRIES_MAX)
            }
            Some(b's') if rest.starts_with(b"stream") && !bytes[..at].ends_with(b"end") => {
                let skip = rest[6..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
                let (made, took) = measure(&rest[6 + skip..], limits);
                unpacked = unpacked.saturating_add(made);
                eaten = eaten.saturating_add(took);
                made > limits.unpacked_bytes_max || eaten > eaten_max
            }
            _ => false,
        };
        if wide || unpacked > limits.unpacked_bytes_max.saturating_mul(8) {
            return Err(bomb(limits));
        }
    }
    Ok(encrypted)
}

/// Bytes that a stream inflates to and bytes that it takes for that, without keeping any.
fn measure(packed: &[u8], limits: &Limits) -> (u64, u64) {
    let header = packed.first().is_some_and(|b| b & 0x0f == 8);
    if !header {
        return (0, 0);
    }
    let mut decoder = ZlibDecoder::new(packed);
    let mut part = vec![0u8; 1 << 14];
    let mut made = 0u64;
    while let Ok(count) = decoder.read(&mut part) {
        made += count as u64;
        if count == 0 || made > limits.unpacked_bytes_max {
            break;
        }
    }
    (made, decoder.total_in())
}

/// The whole numbers of an array or the one number that stands here.
fn numbers(bytes: &[u8], max: usize) -> Vec<i64> {
    let inside = bytes.trim_ascii_start();
    let array = inside.strip_prefix(b"[");
    let inside = array.unwrap_or(inside);
    let within = |b: &u8| b.is_ascii_digit() || b.is_ascii_whitespace();
    let end = inside.iter().position(|b| !within(b)).unwrap_or(inside.len());
    if array.is_some() && inside.get(end) != Some(&b']') {
        return Vec::new();
    }
    let words = String::from_utf8_lossy(&inside[..end]);
    let words = words.split_ascii_whitespace().take(max);
    words.map(|word| word.parse().unwrap_or(HUGE)).collect()
}

/// The bytes with `#57` written out, as names may hide behind it.
fn named_plainly(bytes: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'#')
            .then(|| Some(digit(bytes.get(at + 1))? * 16 + digit(bytes.get(at + 2))?))
            .flatten()
            .and_then(|code| u8::try_from(code).ok())
            .filter(u8::is_ascii_alphabetic);
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}
