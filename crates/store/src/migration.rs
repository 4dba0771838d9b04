//! Migrations: one history, told once, for both engines.

use crate::error::{Error, Result};
use crate::params;
use crate::row::Row;
use crate::tx::Tx;
use kernel::canon::{hex, sha256};

/// One step of a module's schema, never edited after its release.
///
/// The text uses the types `text`, `bigint`, `double precision`, `boolean` and `bytea` only; the
/// store maps them to each engine and makes every SQLite table `strict`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The module that owns the tables.
    pub module: &'static str,
    /// 1, 2, 3 … within the module.
    pub number: u32,
    /// A few words: what it is for.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// The store's own tables.
pub(crate) const OWN: Migration = Migration {
    module: "store",
    number: 1,
    name: "counters and the journal",
    sql: include_str!("../migrations/0001_store.sql"),
};

/// The table that remembers what was applied.
pub(crate) const HISTORY: &str = "store_migration";

/// A migration as the history keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Applied {
    pub(crate) module: String,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) sql: String,
}

impl Applied {
    pub(crate) fn digest(&self) -> String {
        hex(&sha256(self.sql.as_bytes()))
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Migration {
            module: self.module.clone(),
            number: self.number,
            what: what.to_string(),
        }
    }
}

impl From<&Migration> for Applied {
    fn from(migration: &Migration) -> Applied {
        Applied {
            module: migration.module.to_string(),
            number: migration.number,
            name: migration.name.to_string(),
            sql: migration.sql.to_string(),
        }
    }
}

/// Applies what is missing, in the given order, and refuses a history that differs.
///
/// Fails with [`Error::Migration`] if an applied text was edited, if the database knows a later
/// number of the same module, or if a text is outside the dialect.
pub(crate) fn apply(tx: &mut Tx<'_>, wanted: &[Applied]) -> Result<()> {
    tx.batch(
        "create table if not exists store_migration (
             place bigint primary key,
             module text not null,
             number bigint not null,
             name text not null,
             sha256 text not null,
             sql text not null,
             constraint store_migration_number unique (module, number)
         );",
    )
    .map_err(|error| in_history(&error))?;
    let mut known = history(tx)?;
    for step in wanted {
        let newest = known.iter().filter(|one| one.module == step.module).map(|one| one.number);
        match known.iter().find(|one| one.module == step.module && one.number == step.number) {
            Some(one) if one.digest() == step.digest() => {}
            Some(_) => return Err(step.wrong("its text differs from the one that was applied")),
            None if step.number == newest.max().unwrap_or(0) + 1 => {
                run(tx, step, known.len())?;
                known.push(step.clone());
            }
            None => return Err(step.wrong("numbers must follow one another from 1")),
        }
    }
    let ahead = known.iter().find(|one| {
        wanted.iter().any(|step| step.module == one.module)
            && !wanted.iter().any(|step| step.module == one.module && step.number == one.number)
    });
    match ahead {
        Some(one) => Err(one.wrong("the database has it, this program does not: it is newer")),
        None => Ok(()),
    }
}

/// What was applied, in order; empty in a new database.
pub(crate) fn history(tx: &mut Tx<'_>) -> Result<Vec<Applied>> {
    let mut found = Vec::new();
    tx.for_each(
        "select module, number, name, sql, sha256 from store_migration order by place",
        &[],
        |row| -> Result<()> {
            let one = read(row)?;
            if one.digest() != row.text(4)? {
                return Err(one.wrong("its stored text and its stored digest differ"));
            }
            found.push(one);
            Ok(())
        },
    )?;
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<Applied> {
    let number = row.int(1)?;
    Ok(Applied {
        module: row.text(0)?,
        number: u32::try_from(number).map_err(|_| Error::Value(format!("number {number}")))?,
        name: row.text(2)?,
        sql: row.text(3)?,
    })
}

fn run(tx: &mut Tx<'_>, step: &Applied, place: usize) -> Result<()> {
    tx.batch(&step.sql).map_err(|error| match error {
        Error::Value(what) => step.wrong(&what),
        other => {
            tracing::error!(step.module, step.number, error = ?other, "migration failed");
            other
        }
    })?;
    tx.execute(
        "insert into store_migration (place, module, number, name, sha256, sql)
         values ($1, $2, $3, $4, $5, $6)",
        params![place as i64 + 1, &step.module, step.number, &step.name, step.digest(), &step.sql],
    )?;
    tracing::info!(step.module, step.number, step.name, "migration applied");
    Ok(())
}

fn in_history(error: &Error) -> Error {
    Error::Migration { module: "store".to_string(), number: 0, what: error.to_string() }
}
