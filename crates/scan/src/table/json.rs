//! JSON, read element by element after RFC 8259, numbers kept as written.
//!
//! Nesting is counted while reading, so a file of a hundred million brackets is refused at the
//! sixty-fifth. Only one element stands in memory at a time.

use super::{Flow, Row, Sink, Wanted};
use crate::limits::Limits;
use kernel::Refusal;
use std::borrow::Cow;

/// A JSON value; numbers keep their digits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(k, _)| k == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The value at a path of names joined by dots.
    fn at(&self, path: &str) -> Option<&Json> {
        if let Some(found) = self.member(path) {
            return Some(found);
        }
        let (first, rest) = path.split_once('.')?;
        self.member(first)?.at(rest)
    }

    /// A scalar as a cell; a list of scalars joined by `|`; nothing for `null` and objects.
    fn cell(&self) -> Option<Cow<'_, str>> {
        match self {
            Json::Null => Some(Cow::Borrowed("")),
            Json::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
            Json::Number(text) | Json::Text(text) => Some(Cow::Borrowed(text)),
            Json::Array(items) => {
                let mut out = String::new();
                for (index, item) in items.iter().enumerate() {
                    let scalar = !matches!(item, Json::Array(_) | Json::Object(_));
                    let cell = item.cell().filter(|cell| scalar && !cell.contains('|'))?;
                    out.push_str(if index > 0 { "|" } else { "" });
                    out.push_str(&cell);
                }
                Some(Cow::Owned(out))
            }
            Json::Object(_) => None,
        }
    }
}

/// Reads the objects of the array at `items` (a path of names joined by `/`; empty: the root).
pub(crate) fn read(
    text: &str,
    items: &str,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut reader = Reader::new(text, limits);
    let mut number = 0;
    each(&mut reader, items, &mut |value| {
        number += 1;
        limits.check_rows(number)?;
        let cells = cells(&value, wanted, limits).map_err(|r| r.row(number));
        Ok(match cells {
            Ok(cells) => sink.row(&Row { number, cells: &cells, geometry: None }),
            Err(refusal) => sink.refuse(refusal),
        })
    })
}

/// Hands every element of the array at `items` to `take`.
pub(crate) fn each(
    reader: &mut Reader<'_>,
    items: &str,
    take: &mut dyn FnMut(Json) -> Result<Flow, Refusal>,
) -> Result<(), Refusal> {
    let mut names: Vec<&str> = items.split('/').filter(|name| !name.is_empty()).collect();
    names.reverse();
    let mut open = 0;
    while let Some(name) = names.pop() {
        reader.enter(name)?;
        open += 1;
    }
    if reader.elements(take)? == Flow::Stop {
        return Ok(());
    }
    for _ in 0..open {
        reader.leave()?;
    }
    reader.end()
}

/// The wanted cells of an object.
pub(crate) fn cells<'a>(
    value: &'a Json,
    wanted: &Wanted<'_>,
    limits: &Limits,
) -> Result<Vec<Cow<'a, str>>, Refusal> {
    if !matches!(value, Json::Object(_)) {
        return Err(shape("every element is an object", "数组的每一项应为对象"));
    }
    let mut cells = Vec::with_capacity(wanted.columns.len());
    for column in wanted.columns {
        let cell = match value.at(column) {
            None => Cow::Borrowed(""),
            Some(found) => found.cell().ok_or_else(|| {
                shape(
                    "a member is a scalar or a list of scalars without `|`",
                    "成员应为单个值,或不含“|”的单值列表",
                )
                .column(column)
            })?,
        };
        limits.check_cell(&cell).map_err(|r| r.column(column))?;
        cells.push(cell);
    }
    Ok(cells)
}

/// `E-JSON-02`: sound JSON of another shape than wanted.
pub(crate) fn shape(rule: &str, zh: &str) -> Refusal {
    Refusal::new("E-JSON-02", rule, zh, rule)
}

/// Reads JSON text from the front.
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    limits: &'a Limits,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, limits: &'a Limits) -> Reader<'a> {
        Reader { text, at: 0, depth: 0, limits }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// `E-JSON-01`: not JSON here.
    fn wrong(&self, rule: &str) -> Refusal {
        let before = &self.text[..self.at.min(self.text.len())];
        let line = before.matches('\n').count() as u64 + 1;
        let rest: String = self.text[before.len()..].chars().take(30).collect();
        Refusal::new(
            "E-JSON-01",
            "the file is JSON after RFC 8259",
            format!("第 {line} 行不是合法的 JSON:{rule}"),
            format!("line {line} is no sound JSON: {rule}"),
        )
        .row(line)
        .value(&rest)
    }

    fn take(&mut self, byte: u8, rule: &str) -> Result<(), Refusal> {
        self.space();
        if self.byte() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong(rule))
        }
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > self.limits.json_depth_max {
            return Err(self.limits.too_deep());
        }
        Ok(())
    }

    /// Opens the object here and moves to the value of this member.
    fn enter(&mut self, name: &str) -> Result<(), Refusal> {
        self.space();
        if self.byte() != Some(b'{') {
            return Err(shape(
                "the items stand where the mapping says",
                "未在映射指定的位置找到数据项",
            )
            .column(name));
        }
        self.at += 1;
        self.deeper()?;
        self.space();
        while self.byte() == Some(b'"') {
            let found = self.string()?;
            self.take(b':', "a colon follows a name")?;
            if found == name {
                return Ok(());
            }
            self.skip()?;
            if !self.more(b'}')? {
                break;
            }
        }
        Err(shape("the items stand where the mapping says", "未在映射指定的位置找到数据项")
            .column(name))
    }

    /// After a value: true at a comma, false after the closing bracket.
    fn more(&mut self, close: u8) -> Result<bool, Refusal> {
        self.space();
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= 1;
                Ok(false)
            }
            _ => Err(self.wrong("a comma or a closing bracket follows a value")),
        }
    }

    /// Skips the remaining members of the object that [`Reader::enter`] opened.
    fn leave(&mut self) -> Result<(), Refusal> {
        while self.more(b'}')? {
            self.string()?;
            self.take(b':', "a colon follows a name")?;
            self.skip()?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refusal> {
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.wrong("nothing follows the last value"))
        }
    }

    fn elements(
        &mut self,
        take: &mut dyn FnMut(Json) -> Result<Flow, Refusal>,
    ) -> Result<Flow, Refusal> {
        self.space();
        if self.byte() != Some(b'[') {
            return Err(shape("the items are an array", "数据项应为数组"));
        }
        self.at += 1;
        self.deeper()?;
        self.space();
        if self.byte() == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Flow::Go);
        }
        loop {
            let value = self.value()?;
            if take(value)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if !self.more(b']')? {
                return Ok(Flow::Go);
            }
        }
    }

    /// A value that nobody keeps: read with its depth counted, and dropped.
    fn skip(&mut self) -> Result<(), Refusal> {
        self.value().map(drop)
    }

    fn value(&mut self) -> Result<Json, Refusal> {
        self.space();
        match self.byte() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.wrong("a value is expected")),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Refusal> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong("a value is expected"))
        }
    }

    fn array(&mut self) -> Result<Json, Refusal> {
        self.at += 1;
        self.deeper()?;
        self.space();
        let mut items = Vec::new();
        if self.byte() == Some(b']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.more(b']')? {
                return Ok(Json::Array(items));
            }
        }
    }

    fn object(&mut self) -> Result<Json, Refusal> {
        self.at += 1;
        self.deeper()?;
        self.space();
        let mut members: Vec<(String, Json)> = Vec::new();
        if self.byte() == Some(b'}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Json::Object(members));
        }
        loop {
            if self.byte() != Some(b'"') {
                return Err(self.wrong("a member begins with its name in quotes"));
            }
            let name = self.string()?;
            if members.iter().any(|(other, _)| *other == name) {
                return Err(self.wrong("a member's name stands once").column(&name));
            }
            self.limits.check_columns(members.len() + 1)?;
            self.take(b':', "a colon follows a name")?;
            members.push((name, self.value()?));
            if !self.more(b'}')? {
                return Ok(Json::Object(members));
            }
        }
    }

    fn number(&mut self) -> Result<String, Refusal> {
        let from = self.at;
        let digits = |reader: &mut Reader<'_>| {
            let from = reader.at;
            while matches!(reader.byte(), Some(b'0'..=b'9')) {
                reader.at += 1;
            }
            reader.at > from
        };
        self.at += usize::from(self.byte() == Some(b'-'));
        let zero = self.byte() == Some(b'0');
        let whole = self.at;
        let mut sound = digits(self) && !(zero && self.at > whole + 1);
        if self.byte() == Some(b'.') {
            self.at += 1;
            sound &= digits(self);
        }
        if matches!(self.byte(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            sound &= digits(self);
        }
        if sound {
            Ok(self.text[from..self.at].to_string())
        } else {
            self.at = from;
            Err(self.wrong("a number is written like -12.5e3"))
        }
    }

    fn string(&mut self) -> Result<String, Refusal> {
        if self.byte() != Some(b'"') {
            return Err(self.wrong("a text stands in quotes"));
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(stop) = rest.iter().position(|b| *b == b'"' || *b == b'\\' || *b < 0x20)
            else {
                return Err(self.wrong("a text ends with a quote"));
            };
            out.push_str(&self.text[self.at..self.at + stop]);
            self.at += stop;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("a text has no bare control characters")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => {
                return Err(self.wrong("an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"));
            }
        };
        self.at += 2;
        Ok(plain)
    }

    /// `\uXXXX`, or a pair of them that makes one character.
    fn unicode(&mut self) -> Result<char, Refusal> {
        let hex = |at: usize| {
            let digits = self.text.get(at + 2..at + 6)?;
            let escaped = self.text.get(at..at + 2)? == "\\u";
            let sound = escaped && digits.bytes().all(|b| b.is_ascii_hexdigit());
            sound.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
        };
        let found = match hex(self.at) {
            Some(high @ 0xd800..=0xdbff) => match hex(self.at + 6) {
                Some(low @ 0xdc00..=0xdfff) => {
                    let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    char::from_u32(code).map(|c| (c, 12))
                }
                _ => None,
            },
            Some(code) => char::from_u32(code).map(|c| (c, 6)),
            None => None,
        };
        let Some((c, length)) = found.filter(|(c, _)| *c != '\0') else {
            return Err(self.wrong("a \\u escape names a character"));
        };
        self.at += length;
        Ok(c)
    }
}

#[cfg(test)]
mod tests;
