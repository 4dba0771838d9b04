//! Lookup tables: small CSV files beside a mapping, read by the key in their first column.

use crate::limits::Limits;
use crate::table::{Flow, Row, Sink, Wanted, csv};
use kernel::Refusal;
use std::collections::BTreeMap;

/// A lookup table: key to the cells of its row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookup {
    /// Columns after the key.
    pub(crate) columns: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
}

impl Lookup {
    /// Reads a table; fails with `E-MAP-04` for a key that stands twice, and as CSV does.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Lookup, Refusal> {
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or("");
        let names: Vec<String> = header.split(',').map(|n| n.trim().to_string()).collect();
        let optional = vec![false; names.len()];
        let wanted = Wanted { columns: &names, optional: &optional };
        let mut filler = Filler::default();
        csv::read(
            text.trim_start_matches('\u{feff}'),
            Some(b','),
            &wanted,
            &Limits::default(),
            &mut filler,
        )
        .map_err(|r| r.file(file))?;
        match filler.error {
            Some(error) => Err(error.file(file)),
            None => Ok(Lookup { columns: names[1..].to_vec(), rows: filler.rows }),
        }
    }

    /// All cells of a column, with their keys.
    pub(crate) fn column(&self, column: usize) -> impl Iterator<Item = (&str, &str)> {
        self.rows
            .iter()
            .map(move |(key, cells)| (key.as_str(), cells.get(column).map_or("", String::as_str)))
    }

    /// The cell of `key` in a column; `None` when the key is not there.
    pub(crate) fn find(&self, key: &str, column: usize) -> Option<&str> {
        self.rows.get(key).map(|cells| cells.get(column).map_or("", String::as_str))
    }
}

#[derive(Default)]
struct Filler {
    rows: BTreeMap<String, Vec<String>>,
    error: Option<Refusal>,
}

impl Sink for Filler {
    fn row(&mut self, row: &Row<'_>) -> Flow {
        let mut cells = row.cells.iter().map(|cell| cell.trim().to_string());
        let key = cells.next().unwrap_or_default();
        if self.rows.insert(key.clone(), cells.collect()).is_some() {
            let rule = "a key stands once in a lookup table";
            self.error = Some(
                Refusal::new("E-MAP-04", rule, format!("对照表中“{key}”重复"), rule)
                    .row(row.number)
                    .value(&key),
            );
            return Flow::Stop;
        }
        Flow::Go
    }

    fn refuse(&mut self, refusal: Refusal) -> Flow {
        self.error = Some(refusal);
        Flow::Stop
    }

    fn unused(&mut self, _: Vec<String>) {}
}
