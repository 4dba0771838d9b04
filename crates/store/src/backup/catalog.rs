//! Which tables there are, on either engine.

use crate::error::{Error, Result};
use crate::migration::HISTORY;
use crate::params;
use crate::tx::Tx;

/// A table as both engines agree on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    pub(super) key: Vec<String>,
}

/// A column and what a backup keeps it as: `int`, `real`, `text` or `bytes`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: String,
}

impl Table {
    pub(super) fn quoted_columns(&self) -> Vec<String> {
        self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect()
    }

    /// All rows, in an order that does not depend on the engine.
    pub(super) fn select(&self) -> String {
        let columns = self.quoted_columns().join(", ");
        let order = match self.key.is_empty() {
            true => self.quoted_columns(),
            false => self.key.iter().map(|column| format!("\"{column}\"")).collect(),
        };
        let order: Vec<String> =
            order.into_iter().map(|column| format!("{column} nulls first")).collect();
        format!("select {columns} from \"{}\" order by {}", self.name, order.join(", "))
    }
}

/// All tables but the history of migrations, in the order they were made, so that what is
/// referred to comes first.
pub(super) fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>> {
    let sql = match tx.is_postgres() {
        true => {
            "select relname from pg_class
             where relkind = 'r' and relnamespace = current_schema()::regnamespace order by oid"
        }
        false => {
            "select name from sqlite_schema
             where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by rowid"
        }
    };
    let names = tx.query(sql, &[], |row| row.text(0))?;
    names.into_iter().filter(|name| name != HISTORY).map(|name| table(tx, name)).collect()
}

/// Columns in order: name, type, place in the primary key (0 or null: not in it).
const SQLITE_COLUMNS: &str = "select name, lower(type), pk from pragma_table_info($1) order by cid";
const POSTGRES_COLUMNS: &str = "
    select a.attname, format_type(a.atttypid, null), array_position(i.indkey::int2[], a.attnum)
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relname = $1 and c.relnamespace = current_schema()::regnamespace
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum";

fn table(tx: &mut Tx<'_>, name: String) -> Result<Table> {
    let postgres = tx.is_postgres();
    let sql = if postgres { POSTGRES_COLUMNS } else { SQLITE_COLUMNS };
    let found =
        tx.query(sql, params![&name], |row| Ok((row.text(0)?, row.text(1)?, row.opt_int(2)?)))?;
    let mut key = Vec::new();
    let mut columns = Vec::new();
    for (column, engine_kind, place) in found {
        let place = place.filter(|place| postgres || *place > 0);
        key.extend(place.map(|place| (place, column.clone())));
        let kind = match engine_kind.as_str() {
            "integer" | "bigint" | "boolean" => "int",
            "real" | "double precision" => "real",
            "text" => "text",
            "blob" | "bytea" => "bytes",
            other => {
                return Err(Error::Backup(format!("`{name}.{column}` has the type `{other}`")));
            }
        };
        columns.push(Column { name: column, kind: kind.to_string() });
    }
    key.sort();
    Ok(Table { name, columns, key: key.into_iter().map(|(_, column)| column).collect() })
}
