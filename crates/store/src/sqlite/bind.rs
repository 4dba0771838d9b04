//! Statements, parameters and rows on SQLite.

use super::explain;
use crate::cell::Cell;
use crate::error::{Error, Result};
use crate::row::{Row, Source};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};
use std::borrow::Cow;

/// Rows of one `insert` when many go in; measured best for narrow rows (see the README).
const ROWS_AT_ONCE: usize = 16;
/// SQLite's own limit of parameters a statement.
const PARAMS_MAX: usize = 32_766;

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Int(int) => ToSqlOutput::Owned(Value::Integer(*int)),
            Cell::Real(real) => ToSqlOutput::Owned(Value::Real(*real)),
            Cell::Bool(truth) => ToSqlOutput::Owned(Value::Integer(i64::from(*truth))),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Cell::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

/// Runs a statement; answers how many rows it changed.
pub(crate) fn execute(connection: &Connection, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
    let wrong = |error| explain(connection, sql, error);
    let mut statement = connection.prepare_cached(sql).map_err(wrong)?;
    bind(&mut statement, sql, params)?;
    if statement.column_count() > 0 {
        let mut count = 0;
        let mut rows = statement.raw_query();
        while rows.next().map_err(wrong)?.is_some() {
            count += 1;
        }
        return Ok(count);
    }
    statement.raw_execute().map(|count| count as u64).map_err(wrong)
}

/// Hands each row of an answer to `take`, which says whether to go on.
pub(crate) fn for_each<E: From<Error>>(
    connection: &Connection,
    sql: &str,
    params: &[Cell<'_>],
    take: &mut dyn FnMut(&Row<'_>) -> Result<bool, E>,
) -> Result<(), E> {
    let wrong = |error| E::from(explain(connection, sql, error));
    let mut statement = connection.prepare_cached(sql).map_err(wrong)?;
    bind(&mut statement, sql, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(wrong)? {
        if !take(&Row(Source::Sqlite(row)))? {
            break;
        }
    }
    Ok(())
}

/// Binds by name: SQLite numbers `$1` by first appearance, not by its digits.
fn bind(statement: &mut CachedStatement<'_>, sql: &str, params: &[Cell<'_>]) -> Result<()> {
    let wrong = |error| Error::engine(sql, error);
    for place in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|digits| digits.parse::<usize>().ok());
        let param = number
            .and_then(|number| params.get(number.wrapping_sub(1)))
            .ok_or(Error::Misuse("a statement names a parameter that was not given"))?;
        param.check()?;
        statement.raw_bind_parameter(place, param).map_err(wrong)?;
    }
    Ok(())
}

/// Adds many rows with one prepared statement.
pub(crate) fn insert_rows<'c, R: AsRef<[Cell<'c>]>>(
    connection: &Connection,
    table: &str,
    columns: &[&str],
    rows: &mut dyn Iterator<Item = R>,
) -> Result<u64> {
    let at_once = (PARAMS_MAX / columns.len().max(1)).clamp(1, ROWS_AT_ONCE);
    let many = insert_text(table, columns, at_once);
    let mut statement = prepare(connection, &many)?;
    let mut block: Vec<R> = Vec::with_capacity(at_once);
    let mut count = 0;
    for row in rows {
        if row.as_ref().len() != columns.len() {
            return Err(Error::Misuse("a row is not as wide as its columns"));
        }
        block.push(row);
        if block.len() == at_once {
            insert(connection, &many, &mut statement, &block)?;
            count += block.len() as u64;
            block.clear();
        }
    }
    let single = insert_text(table, columns, 1);
    let mut statement = prepare(connection, &single)?;
    for row in block.chunks(1) {
        insert(connection, &single, &mut statement, row)?;
        count += 1;
    }
    Ok(count)
}

fn insert_text(table: &str, columns: &[&str], rows: usize) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    let values = vec![format!("({marks})"); rows].join(", ");
    format!("insert into {table} ({}) values {values}", columns.join(", "))
}

fn prepare<'a>(connection: &'a Connection, sql: &str) -> Result<CachedStatement<'a>> {
    connection.prepare_cached(sql).map_err(|error| explain(connection, sql, error))
}

fn insert<'c, R: AsRef<[Cell<'c>]>>(
    connection: &Connection,
    sql: &str,
    statement: &mut CachedStatement<'_>,
    rows: &[R],
) -> Result<()> {
    let mut place = 0;
    for cell in rows.iter().flat_map(|row| row.as_ref()) {
        cell.check()?;
        place += 1;
        statement.raw_bind_parameter(place, cell).map_err(|e| Error::engine(sql, e))?;
    }
    statement.raw_execute().map_err(|error| explain(connection, sql, error))?;
    Ok(())
}

/// Reads one value of a row.
pub(crate) fn read_cell<'a>(row: &'a rusqlite::Row<'_>, column: usize) -> Result<Cell<'a>> {
    let value = row.get_ref(column).map_err(|error| Error::engine("read a column", error))?;
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(int) => Cell::Int(int),
        ValueRef::Real(real) => Cell::Real(real),
        ValueRef::Text(text) => Cell::Text(Cow::Borrowed(utf8(row, column, text)?)),
        ValueRef::Blob(bytes) => Cell::Bytes(Cow::Borrowed(bytes)),
    })
}

fn utf8<'a>(row: &rusqlite::Row<'_>, column: usize, text: &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(text).map_err(|_| Error::Decode {
        column: row.as_ref().column_name(column).unwrap_or("?").to_string(),
        want: "text in UTF-8",
        found: "other bytes".to_string(),
    })
}
