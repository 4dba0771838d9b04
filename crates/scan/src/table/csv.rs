//! CSV, read strictly after RFC 4180: a lone quote or a ragged row is refused, never guessed at.

use super::{Flow, Row, Sink, Wanted, find_columns, ragged};
use crate::limits::Limits;
use kernel::Refusal;
use std::borrow::Cow;

/// Reads the text row by row. `delimiter` is found in the header when not given.
pub(crate) fn read(
    text: &str,
    delimiter: Option<u8>,
    wanted: &Wanted<'_>,
    limits: &Limits,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let delimiter = delimiter.unwrap_or_else(|| detect(text));
    let mut rows = Splitter { text, at: 0, delimiter, number: 0, limits };
    let mut cells: Vec<Cow<'_, str>> = Vec::new();
    if !rows.next(&mut cells)? {
        return Err(empty());
    }
    let header: Vec<&str> = cells.iter().map(Cow::as_ref).collect();
    let places = find_columns(&header, wanted, sink)?;
    let width = header.len();
    let mut out: Vec<Cow<'_, str>> = vec![Cow::Borrowed(""); places.len()];
    while rows.next(&mut cells)? {
        limits.check_rows(rows.number)?;
        let flow = if cells.len() == width {
            for (slot, place) in out.iter_mut().zip(&places) {
                *slot = match place {
                    Some(place) => std::mem::take(&mut cells[*place]),
                    None => Cow::Borrowed(""),
                };
            }
            sink.row(&Row { number: rows.number, cells: &out, geometry: None })
        } else {
            sink.refuse(ragged(rows.number, cells.len(), width))
        };
        if flow == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// The refusal for a file without a header.
pub(crate) fn empty() -> Refusal {
    Refusal::new(
        "E-HEAD-04",
        "a table begins with a row of column names",
        "文件为空,没有表头",
        "the file is empty; a table begins with its column names",
    )
}

/// The delimiter that stands most often in the first line, outside quotes: `,` `;` or a tab.
fn detect(text: &str) -> u8 {
    let mut counts = [(b',', 0usize), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                if let Some(count) = counts.iter_mut().find(|(d, _)| *d == byte) {
                    count.1 += 1;
                }
            }
            _ => {}
        }
    }
    let mut best = counts[0];
    for count in counts {
        if count.1 > best.1 {
            best = count;
        }
    }
    best.0
}

/// Splits text into rows of cells.
struct Splitter<'a> {
    text: &'a str,
    at: usize,
    delimiter: u8,
    number: u64,
    limits: &'a Limits,
}

impl<'a> Splitter<'a> {
    /// Reads the next row into `cells`; false at the end. Blank lines count but give no row.
    fn next(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Result<bool, Refusal> {
        cells.clear();
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            self.number += 1;
            let blank = match bytes[self.at] {
                b'\n' => 1,
                b'\r' if bytes.get(self.at + 1) == Some(&b'\n') => 2,
                _ => 0,
            };
            if blank == 0 {
                self.cells(cells)?;
                return Ok(true);
            }
            self.at += blank;
        }
        Ok(false)
    }

    fn cells(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Result<(), Refusal> {
        let bytes = self.text.as_bytes();
        loop {
            self.limits.check_columns(cells.len() + 1).map_err(|r| r.row(self.number))?;
            let cell = if bytes.get(self.at) == Some(&b'"') {
                self.quoted(cells.len() + 1)?
            } else {
                self.plain(cells.len() + 1)?
            };
            self.limits
                .check_cell(&cell)
                .map_err(|r| r.row(self.number).column(&(cells.len() + 1).to_string()))?;
            cells.push(cell);
            match bytes.get(self.at) {
                None => return Ok(()),
                Some(b'\n') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\r') => {
                    self.at += if bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    return Ok(());
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// A cell without quotes, up to the delimiter or the end of the line.
    fn plain(&mut self, column: usize) -> Result<Cow<'a, str>, Refusal> {
        let bytes = self.text.as_bytes();
        let from = self.at;
        while let Some(byte) = bytes.get(self.at) {
            if *byte == self.delimiter || matches!(byte, b'\n' | b'\r') {
                break;
            }
            if *byte == b'"' {
                return Err(self.lone_quote(column, from));
            }
            self.at += 1;
        }
        Ok(Cow::Borrowed(&self.text[from..self.at]))
    }

    /// A cell in quotes; a doubled quote inside is one quote.
    fn quoted(&mut self, column: usize) -> Result<Cow<'a, str>, Refusal> {
        let bytes = self.text.as_bytes();
        let from = self.at + 1;
        let mut doubled = false;
        let mut at = from;
        loop {
            let Some(found) = bytes[at..].iter().position(|b| *b == b'"') else {
                return Err(Refusal::new(
                    "E-CSV-03",
                    "a quoted cell ends with a quote",
                    "引号没有闭合,单元格一直延伸到文件末尾",
                    "the quote that opens this cell is never closed",
                )
                .row(self.number)
                .column(&column.to_string())
                .value(&self.excerpt(from)));
            };
            let quote = at + found;
            match bytes.get(quote + 1) {
                Some(b'"') => {
                    doubled = true;
                    at = quote + 2;
                }
                next => {
                    let ends =
                        next.is_none_or(|b| *b == self.delimiter || matches!(b, b'\n' | b'\r'));
                    if !ends {
                        return Err(self.lone_quote(column, from));
                    }
                    self.at = quote + 1;
                    let inside = &self.text[from..quote];
                    return Ok(if doubled {
                        Cow::Owned(inside.replace("\"\"", "\""))
                    } else {
                        Cow::Borrowed(inside)
                    });
                }
            }
        }
    }

    fn lone_quote(&self, column: usize, from: usize) -> Refusal {
        Refusal::new(
            "E-CSV-02",
            "a quote inside a cell is doubled, and the cell stands in quotes",
            "单元格中有孤立的引号;含引号的单元格应整体加引号,内部引号写两次",
            "a lone quote: quote the whole cell and double the quotes inside it",
        )
        .row(self.number)
        .column(&column.to_string())
        .value(&self.excerpt(from))
    }

    fn excerpt(&self, from: usize) -> String {
        self.text[from..].chars().take(40).collect()
    }
}

#[cfg(test)]
mod tests;
