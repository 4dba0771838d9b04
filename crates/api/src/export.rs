//! Exports: any answer as a file, with where it comes from and as of when.
//!
//! Text cells that a spreadsheet could take for a formula (they start with `=`, `+`, `-`, `@`, a
//! tab or a carriage return, and are no plain number) get an apostrophe in front, in CSV and XLSX.

mod csv;
mod gather;
mod geojson;
mod rdf;
mod xlsx;

use crate::ask::{Asked, FileAnswer};
use crate::params::{FromParams, Params, wrong};
use crate::problem::Result;
use crate::wire::label::{AsOf, EntityRef, SourceRef};
use crate::wire::statement::Statement;
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) use gather::Gather;

/// Rows of one export at most.
pub(crate) const ROWS_MAX: usize = 20_000;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
    GeoJson,
    JsonLd,
    NTriples,
}

impl Format {
    fn from_name(name: &str) -> Result<Format> {
        Ok(match name {
            "csv" => Format::Csv,
            "xlsx" => Format::Xlsx,
            "geojson" => Format::GeoJson,
            "jsonld" => Format::JsonLd,
            "nt" => Format::NTriples,
            other => {
                return Err(wrong("E-QUERY-02", "format", other)
                    .rule("`csv`, `xlsx`, `geojson`, `jsonld` or `nt`"));
            }
        })
    }

    fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::GeoJson => "geojson",
            Format::JsonLd => "jsonld",
            Format::NTriples => "nt",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::GeoJson => "application/geo+json",
            Format::JsonLd => "application/ld+json",
            Format::NTriples => "application/n-triples; charset=utf-8",
        }
    }
}

/// A column of an export.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Its name, as a program reads it.
    pub(crate) key: &'static str,
    /// Its name, as people read it.
    pub(crate) zh: &'static str,
}

/// A cell of an export.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number, exact.
    Number(String),
}

impl Cell {
    /// Text, or nothing.
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// Text that may be absent.
    pub(crate) fn maybe(text: Option<&str>) -> Cell {
        text.map_or(Cell::Empty, Cell::text)
    }

    /// A count.
    pub(crate) fn count(number: impl TryInto<u64>) -> Cell {
        number.try_into().map_or(Cell::Empty, |number| Cell::Number(number.to_string()))
    }

    /// A number if it is a plain one, otherwise text.
    pub(crate) fn figure(text: String) -> Cell {
        if is_plain_number(&text) { Cell::Number(text) } else { Cell::text(text) }
    }
}

/// `-?digits(.digits)?`: what no spreadsheet takes for a formula.
fn is_plain_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    }
}

/// A text that a spreadsheet will not take for a formula.
pub(crate) fn guarded(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_string(),
    }
}

/// A row of an export.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// One for each column.
    pub(crate) cells: Vec<Cell>,
    /// Whose place on the map it takes.
    pub(crate) entity: Option<EntityRef>,
    /// Its source, when it has one.
    pub(crate) source: Option<String>,
}

/// An answer on its way into a file.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    /// Name of the question.
    pub(crate) name: &'static str,
    /// What it is, for people.
    pub(crate) title: String,
    /// The point of view.
    pub(crate) as_of: AsOf,
    /// Columns.
    pub(crate) columns: Vec<Column>,
    /// Rows.
    pub(crate) rows: Vec<Row>,
    /// Whether rows were left out.
    pub(crate) truncated: bool,
    /// Geometries by entity.
    pub(crate) geometries: BTreeMap<String, Value>,
    /// Entities that it speaks of.
    pub(crate) entities: BTreeMap<String, EntityRef>,
    /// Statements that it rests on.
    pub(crate) statements: Vec<Statement>,
    /// Sources with the attribution that they ask for.
    pub(crate) sources: BTreeMap<String, (SourceRef, Option<String>)>,
    /// Address under which the house is reached.
    pub(crate) base: String,
}

impl Export {
    /// How a source is to be named: title, publisher, licence, attribution.
    pub(crate) fn attribution(&self, key: &str) -> String {
        let Some((source, attribution)) = self.sources.get(key) else {
            return String::new();
        };
        let parts = [
            Some(&source.title),
            source.publisher.as_ref(),
            source.licence.as_ref(),
            attribution.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(" · ")
    }

    /// How all its sources are to be named.
    pub(crate) fn attributions(&self) -> Vec<String> {
        self.sources.keys().map(|key| self.attribution(key)).collect()
    }
}

/// An export that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    format: Format,
    gather: Gather,
}

impl Order {
    /// Reads the parameters of a question and the format.
    ///
    /// Fails with `E-FIND-01` for a question that is not there.
    pub(crate) fn read(question: &str, params: &mut Params) -> Result<Order> {
        let format = Format::from_name(&params.need("format")?)?;
        Ok(Order { format, gather: Gather::read(question, params)? })
    }

    /// The file.
    pub(crate) fn fill(&self, asked: &mut Asked<'_, '_>, base: &str) -> Result<FileAnswer> {
        let export = self.gather.run(asked, base)?;
        let bytes = match self.format {
            Format::Csv => csv::write(&export).into_bytes(),
            Format::Xlsx => xlsx::write(&export)?,
            Format::GeoJson => geojson::write(&export).into_bytes(),
            Format::JsonLd => rdf::json_ld(&export).into_bytes(),
            Format::NTriples => rdf::n_triples(&export).into_bytes(),
        };
        let extension = self.format.extension();
        let name = format!("xiudai-{}-{}.{extension}", export.name, export.as_of.valid);
        Ok(FileAnswer { content_type: self.format.content_type(), name: Some(name), bytes })
    }
}

impl FromParams for Params {
    /// All of them: whoever takes them reads and refuses them later.
    fn take(params: &mut Params) -> Result<Params> {
        Ok(std::mem::take(params))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_stay() {
        for wild in ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(guarded(wild).starts_with('\''), "{wild:?}");
        }
        assert_eq!(guarded("徐汇=滨江"), "徐汇=滨江");
        assert_eq!(Cell::figure("-12.50".into()), Cell::Number("-12.50".into()));
        for text in [">4000", "1e5", "-", "1.", ".5", "-2+3", "１"] {
            assert_eq!(Cell::figure(text.into()), Cell::Text(text.into()));
        }
    }
}
