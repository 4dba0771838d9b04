//! Which rule a statement broke, by the name PostgreSQL would give it.
//!
//! SQLite names a broken `check`, but of a broken key it tells only the columns.
//! The name is found again in the schema; an unnamed key gets PostgreSQL's default name.

use crate::dialect;
use crate::error::{Broken, Error};
use rusqlite::{Connection, ErrorCode, ffi};

/// The error of a statement, with its constraint named where there is one.
pub(crate) fn explain(connection: &Connection, doing: &str, error: rusqlite::Error) -> Error {
    if error.sqlite_error_code() == Some(ErrorCode::DiskFull) {
        return Error::Full;
    }
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else {
        return Error::engine(doing, error);
    };
    if code.code == ErrorCode::ReadOnly {
        return Error::Misuse("a read transaction cannot write");
    }
    if code.code == ErrorCode::TypeMismatch {
        return Error::Value(message.clone());
    }
    let detail = message.split_once("failed: ").map_or("", |(_, detail)| detail);
    let (broken, name) = match code.extended_code {
        ffi::SQLITE_CONSTRAINT_CHECK => (Broken::Check, detail.to_string()),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => (Broken::Reference, "foreign_key".to_string()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            (Broken::Absent, format!("{}_not_null", detail.replace('.', "_")))
        }
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => (Broken::Unique, key_name(connection, detail)),
        ffi::SQLITE_CONSTRAINT_DATATYPE => return Error::Value(message.clone()),
        _ => return Error::engine(doing, error),
    };
    Error::Constraint { broken, name }
}

/// From `t.a, t.b` or `index 'name'` to the name of the key.
fn key_name(connection: &Connection, detail: &str) -> String {
    if let Some(index) = detail.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_string();
    }
    let pairs: Vec<(&str, &str)> =
        detail.split(", ").filter_map(|part| part.split_once('.')).collect();
    let Some((table, _)) = pairs.first() else {
        return detail.to_string();
    };
    let columns: Vec<String> = pairs.iter().map(|(_, column)| (*column).to_string()).collect();
    index_name(connection, table, &columns)
        .or_else(|| constraint_name(connection, table, &columns))
        .unwrap_or_else(|| default_name(connection, table, &columns))
}

/// A `create unique index` over these columns.
fn index_name(connection: &Connection, table: &str, columns: &[String]) -> Option<String> {
    let names = texts(
        connection,
        "select name from pragma_index_list($1) where \"unique\" = 1 and origin = 'c'",
        table,
    );
    names.into_iter().find(|index| {
        let sql = "select name from pragma_index_info($1) order by seqno";
        texts(connection, sql, index) == columns
    })
}

/// A named `unique` or `primary key` over these columns, in the text of the table.
fn constraint_name(connection: &Connection, table: &str, columns: &[String]) -> Option<String> {
    let text = texts(connection, "select sql from sqlite_schema where name = $1", table);
    let words = dialect::words(text.first()?);
    let mut item: Option<&str> = None;
    for (at, word) in words.iter().enumerate() {
        if matches!(words.get(at.wrapping_sub(1)).map(String::as_str), Some("(" | ",")) {
            item = Some(word);
        }
        if word != "constraint" {
            continue;
        }
        let name = words.get(at + 1)?;
        let rest = match (words.get(at + 2)?.as_str(), words.get(at + 3).map(String::as_str)) {
            ("unique", _) => &words[at + 3..],
            ("primary", Some("key")) => &words[at + 4..],
            _ => continue,
        };
        let inline = rest.first().is_none_or(|word| word != "(");
        let inside: Vec<&String> =
            rest.iter().skip(1).take_while(|word| *word != ")").filter(|w| *w != ",").collect();
        let same = if inline {
            columns.len() == 1 && item == columns.first().map(String::as_str)
        } else {
            inside.iter().map(|word| word.as_str()).eq(columns.iter().map(String::as_str))
        };
        if same {
            return Some(name.clone());
        }
    }
    None
}

/// What PostgreSQL would call a key without a name.
fn default_name(connection: &Connection, table: &str, columns: &[String]) -> String {
    let sql = "select name from pragma_table_info($1) where pk > 0 order by pk";
    if texts(connection, sql, table) == columns {
        return format!("{table}_pkey");
    }
    format!("{table}_{}_key", columns.join("_"))
}

fn texts(connection: &Connection, sql: &str, param: &str) -> Vec<String> {
    let Ok(mut statement) = connection.prepare(sql) else {
        return Vec::new();
    };
    let Ok(rows) = statement.query_map([param], |row| row.get::<_, String>(0)) else {
        return Vec::new();
    };
    rows.flatten().collect()
}
