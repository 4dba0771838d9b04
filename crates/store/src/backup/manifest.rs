//! What a backup says of itself.

use crate::backup::catalog::{Column, Table};
use crate::error::{Error, Result};
use crate::migration::Applied;
use kernel::Timestamp;
use serde_json::{Value, json};

const FORMAT: &str = "xiudai/backup/1";

/// The table of contents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Manifest {
    pub(super) created: Timestamp,
    /// All that was applied, with its text: a backup brings its schema along.
    pub(super) migrations: Vec<Applied>,
    pub(super) parts: Vec<Part>,
}

/// One table of the backup.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) table: Table,
    pub(super) rows: u64,
    /// Digest of the lines, in hexadecimal.
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn to_text(&self) -> String {
        let migrations: Vec<Value> = self
            .migrations
            .iter()
            .map(|one| {
                json!({ "module": one.module, "number": one.number, "name": one.name,
                    "sql": one.sql, "sha256": one.digest() })
            })
            .collect();
        let tables: Vec<Value> = self.parts.iter().map(Part::to_json).collect();
        let whole = json!({ "format": FORMAT, "created_us": self.created.micros(),
            "created": self.created.to_string(), "migrations": migrations, "tables": tables });
        format!("{whole:#}\n")
    }

    pub(super) fn parse(text: &str) -> Result<Manifest> {
        serde_json::from_str(text)
            .ok()
            .filter(|whole: &Value| whole["format"] == FORMAT)
            .and_then(|whole| read(&whole))
            .ok_or_else(|| Error::Backup("the manifest is damaged or of another kind".to_string()))
    }
}

impl Part {
    fn to_json(&self) -> Value {
        let columns: Vec<Value> = self
            .table
            .columns
            .iter()
            .map(|column| json!({ "name": column.name, "type": column.kind }))
            .collect();
        json!({ "name": self.table.name, "columns": columns, "key": self.table.key,
            "rows": self.rows, "sha256": self.sha256 })
    }
}

fn read(whole: &Value) -> Option<Manifest> {
    Some(Manifest {
        created: Timestamp::from_micros(whole["created_us"].as_i64()?),
        migrations: list(&whole["migrations"], migration)?,
        parts: list(&whole["tables"], part)?,
    })
}

fn migration(value: &Value) -> Option<Applied> {
    let applied = Applied {
        module: text(&value["module"])?,
        number: value["number"].as_u64()?.try_into().ok()?,
        name: text(&value["name"])?,
        sql: text(&value["sql"])?,
    };
    (applied.digest() == value["sha256"]).then_some(applied)
}

fn part(value: &Value) -> Option<Part> {
    let columns = list(&value["columns"], |column| {
        Some(Column { name: text(&column["name"])?, kind: text(&column["type"])? })
    })?;
    let key = list(&value["key"], text)?;
    let table = Table { name: text(&value["name"])?, columns, key };
    Some(Part { table, rows: value["rows"].as_u64()?, sha256: text(&value["sha256"])? })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(read).collect()
}
