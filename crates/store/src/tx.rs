//! A transaction, and the dozen verbs it understands.

use crate::cell::Cell;
use crate::dialect;
use crate::error::{Error, Result};
use crate::journal::{Pending, Signer};
use crate::row::Row;
use crate::{postgres, sqlite};

/// A transaction under way, as commands and queries receive it.
///
/// After a statement has failed, every further verb answers [`Error::Failed`] and nothing of the
/// transaction is kept, on both engines; [`Tx::attempt`] is the way to try and go on.
pub struct Tx<'a> {
    engine: Engine<'a>,
    pub(crate) mode: Mode,
    /// A statement failed.
    failed: bool,
    /// It failed in a way that running the transaction again may mend.
    again: bool,
    attempts: u32,
    pub(crate) signer: Option<&'a Signer>,
    pub(crate) pending: Pending,
}

pub(crate) enum Engine<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut postgres::Connection),
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(engine: Engine<'a>, mode: Mode, signer: Option<&'a Signer>) -> Tx<'a> {
        let pending = Pending::default();
        Tx { engine, mode, failed: false, again: false, attempts: 0, signer, pending }
    }

    /// Runs one statement; answers how many rows it changed (or answered, with `returning`).
    pub fn execute(&mut self, sql: &str, params: &[Cell<'_>]) -> Result<u64> {
        self.ready()?;
        let done = match &mut self.engine {
            Engine::Sqlite(connection) => {
                sqlite::execute(connection, sql, params).map_err(|error| (error, false))
            }
            Engine::Postgres(connection) => connection.execute(sql, params),
        };
        self.note(done)
    }

    /// All rows of an answer, each read by `read`.
    pub fn query<T>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.for_each(sql, params, |row| -> Result<()> {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The one row of an answer. Fails with [`Error::RowCount`] on none and on several.
    pub fn query_one<T>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_opt(sql, params, read)?.ok_or(Error::RowCount(0))
    }

    /// The one row of an answer, or none. Fails with [`Error::RowCount`] on several.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.for_each(sql, params, |row| {
            if found.is_some() {
                return Err(Error::RowCount(2));
            }
            found = Some(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands each row of an answer to `take`, holding one at a time; the first error ends it.
    ///
    /// The way to read a million rows.
    pub fn for_each<E: From<Error>>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.for_each_while(sql, params, |row| take(row).map(|()| true))
    }

    /// Like [`Tx::for_each`], until `take` answers `false`.
    pub fn for_each_while<E: From<Error>>(
        &mut self,
        sql: &str,
        params: &[Cell<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        self.ready()?;
        match &mut self.engine {
            Engine::Sqlite(connection) => {
                let mut taken = Ok(());
                let mut read = |row: &Row<'_>| match take(row) {
                    Ok(more) => Ok(more),
                    Err(error) => {
                        taken = Err(error);
                        Ok::<_, Error>(false)
                    }
                };
                let ran = sqlite::for_each(connection, sql, params, &mut read);
                self.note(ran.map_err(|error| (error, false)))?;
                taken
            }
            Engine::Postgres(connection) => {
                let ran = connection.for_each(sql, params, &mut take);
                self.note(ran)?
            }
        }
    }

    /// Adds many rows to a table, each as wide as `columns`; answers how many.
    ///
    /// The fast way in: one prepared statement on SQLite, `copy` on PostgreSQL. `table` and
    /// `columns` are constants of the caller, never input. A row is an array or a `Vec` of cells.
    pub fn insert_rows<'c, R: AsRef<[Cell<'c>]>>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = R>,
    ) -> Result<u64> {
        self.ready()?;
        let done = match &mut self.engine {
            Engine::Sqlite(connection) => {
                sqlite::insert_rows(connection, table, columns, rows).map_err(|e| (e, false))
            }
            Engine::Postgres(connection) => connection.insert_rows(table, columns, rows),
        };
        self.note(done)
    }

    /// Runs `body`; if it fails, undoes what it did and leaves the transaction sound.
    ///
    /// For a step whose refusal by a constraint is an answer, not the end. Not for loops over
    /// many rows: each attempt costs a savepoint.
    pub fn attempt<T, E: From<Error>>(
        &mut self,
        body: impl FnOnce(&mut Tx<'a>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.flush()?;
        let before = self.pending.clone();
        self.attempts += 1;
        let name = format!("attempt_{}", self.attempts);
        self.plain(&format!("savepoint {name}"))?;
        let done = body(self).and_then(|value| {
            self.flush()?;
            self.plain(&format!("release savepoint {name}"))?;
            Ok(value)
        });
        if done.is_err() && !self.again {
            self.failed = false;
            self.pending = before;
            self.plain(&format!("rollback to savepoint {name}; release savepoint {name}"))?;
        }
        done
    }

    /// Runs the statements of a migration, translated to the engine.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let engine = match &mut self.engine {
            Engine::Sqlite(_) => dialect::Engine::Sqlite,
            Engine::Postgres(connection) => {
                connection.forget_statements();
                dialect::Engine::Postgres
            }
        };
        let text = dialect::translate(sql, engine);
        if text.is_err() {
            self.failed = true;
        }
        self.plain(&text?)
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Whether running the whole transaction again may mend its failure.
    pub(crate) fn may_try_again(&self) -> bool {
        self.again
    }

    /// The last steps before the commit: the journal's head, signed.
    pub(crate) fn seal(&mut self) -> Result<()> {
        self.ready()?;
        crate::journal::seal(self)
    }

    fn flush(&mut self) -> Result<()> {
        crate::journal::flush(self)
    }

    fn plain(&mut self, sql: &str) -> Result<()> {
        self.ready()?;
        let done = match &mut self.engine {
            Engine::Sqlite(connection) => {
                sqlite::batch(connection, sql).map_err(|error| (error, false))
            }
            Engine::Postgres(connection) => connection.batch(sql),
        };
        self.note(done)
    }

    fn ready(&self) -> Result<()> {
        if self.failed { Err(Error::Failed) } else { Ok(()) }
    }

    fn note<T>(&mut self, done: Result<T, (Error, bool)>) -> Result<T> {
        done.map_err(|(error, again)| {
            self.failed = true;
            self.again |= again;
            error
        })
    }
}
