//! A row as a line of JSON.

use crate::cell::Cell;
use crate::error::{Error, Result};
use crate::row::Row;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::canon::quoted;
use serde_json::Value;

/// Appends the row as a JSON array and a line end.
pub(super) fn write(row: &Row<'_>, out: &mut String) -> Result<()> {
    for column in 0..row.width() {
        out.push(if column == 0 { '[' } else { ',' });
        match row.cell(column)? {
            Cell::Null => out.push_str("null"),
            Cell::Int(int) => out.push_str(&int.to_string()),
            Cell::Bool(truth) => out.push(if truth { '1' } else { '0' }),
            Cell::Real(real) => out.push_str(&format!("{{\"r\":\"{real:?}\"}}")),
            Cell::Text(text) => out.push_str(&quoted(&text)),
            Cell::Bytes(bytes) => {
                out.push_str("{\"b\":\"");
                STANDARD.encode_string(&bytes, out);
                out.push_str("\"}");
            }
        }
    }
    out.push_str("]\n");
    Ok(())
}

/// Reads a line back. Fails with [`Error::Backup`] if it is not a row of that width.
pub(super) fn read(line: &[u8], width: usize) -> Result<Vec<Cell<'static>>> {
    let wrong = || Error::Backup("a line is not a row".to_string());
    let value: Value = serde_json::from_slice(line).map_err(|_| wrong())?;
    let Value::Array(items) = value else {
        return Err(wrong());
    };
    if items.len() != width {
        return Err(wrong());
    }
    items.into_iter().map(|item| cell(item).ok_or_else(wrong)).collect()
}

fn cell(item: Value) -> Option<Cell<'static>> {
    Some(match item {
        Value::Null => Cell::Null,
        Value::Number(number) => Cell::Int(number.as_i64()?),
        Value::String(text) => Cell::Text(text.into()),
        Value::Object(members) => {
            let (name, value) = members.into_iter().next()?;
            match name.as_str() {
                "b" => Cell::Bytes(STANDARD.decode(value.as_str()?).ok()?.into()),
                "r" => Cell::Real(value.as_str()?.parse().ok()?),
                _ => return None,
            }
        }
        _ => return None,
    })
}
