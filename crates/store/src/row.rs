//! A row of an answer.

use crate::cell::Cell;
use crate::error::{Error, Result};
use crate::{postgres, sqlite};
use kernel::Timestamp;
use std::borrow::Cow;

/// A row while it is being read. Columns count from 0, in the order of the query.
///
/// Every getter fails with [`Error::Decode`] when the column holds something else; the `opt_`
/// ones answer `None` for a null.
pub struct Row<'a>(pub(crate) Source<'a>);

pub(crate) enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value as it stands. Truth values are whole numbers on SQLite.
    pub fn cell(&self, column: usize) -> Result<Cell<'_>> {
        match &self.0 {
            Source::Sqlite(row) => sqlite::read_cell(row, column),
            Source::Postgres(row) => postgres::read_cell(row, column),
        }
    }

    /// A whole number.
    pub fn int(&self, column: usize) -> Result<i64> {
        match self.cell(column)? {
            Cell::Int(int) => Ok(int),
            other => Err(self.wrong(column, "a whole number", &other)),
        }
    }

    /// A whole number, or none.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>> {
        self.opt(column, Row::int)
    }

    /// An instant, kept as microseconds.
    pub fn time(&self, column: usize) -> Result<Timestamp> {
        self.int(column).map(Timestamp::from_micros)
    }

    /// An instant, or none.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>> {
        self.opt(column, Row::time)
    }

    /// Text, copied.
    pub fn text(&self, column: usize) -> Result<String> {
        self.str(column).map(Cow::into_owned)
    }

    /// Text, copied, or none.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>> {
        self.opt(column, Row::text)
    }

    /// Text, borrowed from the row.
    pub fn str(&self, column: usize) -> Result<Cow<'_, str>> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(text),
            other => Err(self.wrong(column, "text", &other)),
        }
    }

    /// Bytes, copied.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>> {
        match self.cell(column)? {
            Cell::Bytes(bytes) => Ok(bytes.into_owned()),
            other => Err(self.wrong(column, "bytes", &other)),
        }
    }

    /// Bytes, copied, or none.
    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>> {
        self.opt(column, Row::bytes)
    }

    /// Exactly 32 bytes: a digest.
    pub fn hash(&self, column: usize) -> Result<[u8; 32]> {
        let bytes = self.bytes(column)?;
        <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| self.wrong(column, "32 bytes", &Cell::Bytes(bytes.into())))
    }

    /// A truth value; 0 and 1 count as one.
    pub fn boolean(&self, column: usize) -> Result<bool> {
        match self.cell(column)? {
            Cell::Bool(truth) => Ok(truth),
            Cell::Int(0) => Ok(false),
            Cell::Int(1) => Ok(true),
            other => Err(self.wrong(column, "a truth value", &other)),
        }
    }

    /// A real number; a whole one counts.
    pub fn real(&self, column: usize) -> Result<f64> {
        match self.cell(column)? {
            Cell::Real(real) => Ok(real),
            Cell::Int(int) => Ok(int as f64),
            other => Err(self.wrong(column, "a real number", &other)),
        }
    }

    /// A real number, or none.
    pub fn opt_real(&self, column: usize) -> Result<Option<f64>> {
        self.opt(column, Row::real)
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match &self.0 {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        }
    }

    fn opt<T>(
        &self,
        column: usize,
        read: impl FnOnce(&Self, usize) -> Result<T>,
    ) -> Result<Option<T>> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            _ => read(self, column).map(Some),
        }
    }

    fn wrong(&self, column: usize, want: &'static str, found: &Cell<'_>) -> Error {
        let found = match found {
            Cell::Int(int) => format!("the whole number {int}"),
            Cell::Bytes(bytes) => format!("{} bytes", bytes.len()),
            other => other.kind().to_string(),
        };
        Error::Decode { column: self.column(column), want, found }
    }

    fn column(&self, column: usize) -> String {
        let name = match &self.0 {
            Source::Sqlite(row) => row.as_ref().column_name(column).ok().map(str::to_string),
            Source::Postgres(row) => row.columns().get(column).map(|c| c.name().to_string()),
        };
        name.unwrap_or_else(|| format!("number {column}"))
    }
}
