//! SQLite: one writer, a few readers, one file.

mod bind;
mod broken;

pub(crate) use self::bind::{execute, for_each, insert_rows, read_cell};
pub(crate) use self::broken::explain;

use crate::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Readers at once; each keeps at most [`READ_CACHE_KIB`] of pages.
const READERS_MAX: usize = 8;
const READ_CACHE_KIB: i64 = 8 * 1024;
const WRITE_CACHE_KIB: i64 = 24 * 1024;
const BULK_CACHE_KIB: i64 = 96 * 1024;
/// How long to wait for another process, or for a reader to come free.
const WAIT: Duration = Duration::from_secs(30);

/// The file and its connections.
pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Readers>,
    freed: Condvar,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: usize,
}

impl Sqlite {
    /// Opens or creates the file.
    pub(crate) fn open(path: &Path) -> Result<Sqlite> {
        let writer = connect(path, WRITE_CACHE_KIB)?;
        pragma(&writer, "journal_mode", "wal")?;
        pragma(&writer, "synchronous", "full")?;
        pragma(&writer, "wal_autocheckpoint", "4000")?;
        pragma(&writer, "journal_size_limit", "67108864")?;
        Ok(Sqlite {
            path: path.to_path_buf(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
            freed: Condvar::new(),
        })
    }

    /// The one connection that writes, inside a transaction.
    pub(crate) fn begin_write(&self, bulk: bool) -> Result<Writing<'_>> {
        let connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if bulk {
            pragma(&connection, "cache_size", &(-BULK_CACHE_KIB).to_string())?;
        }
        connection.execute_batch("begin immediate").map_err(|error| busy(error, "begin"))?;
        Ok(Writing { connection, bulk, open: true })
    }

    /// A snapshot to read from.
    pub(crate) fn begin_read(&self) -> Result<Reading<'_>> {
        let connection = self.reader()?;
        let reading = Reading { sqlite: self, connection: Some(connection) };
        reading.connection().execute_batch("begin").map_err(|e| busy(e, "begin"))?;
        Ok(reading)
    }

    fn reader(&self) -> Result<Connection> {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = readers.idle.pop() {
                return Ok(connection);
            }
            if readers.open < READERS_MAX {
                let connection = connect(&self.path, READ_CACHE_KIB)?;
                pragma(&connection, "query_only", "on")?;
                readers.open += 1;
                return Ok(connection);
            }
            let (guard, late) =
                self.freed.wait_timeout(readers, WAIT).unwrap_or_else(PoisonError::into_inner);
            if late.timed_out() {
                return Err(Error::Busy("no reader came free"));
            }
            readers = guard;
        }
    }
}

/// A write under way; undone when dropped without [`Writing::commit`].
pub(crate) struct Writing<'a> {
    connection: MutexGuard<'a, Connection>,
    bulk: bool,
    open: bool,
}

impl Writing<'_> {
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Makes it durable.
    pub(crate) fn commit(mut self) -> Result<()> {
        self.connection
            .execute_batch("commit")
            .map_err(|error| explain(&self.connection, "commit", error))?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let open = self.open && !self.connection.is_autocommit();
        if open && let Err(error) = self.connection.execute_batch("rollback") {
            tracing::error!(%error, "rollback failed");
        }
        if self.bulk {
            let small = (-WRITE_CACHE_KIB).to_string();
            let calm = pragma(&self.connection, "cache_size", &small)
                .and_then(|()| batch(&self.connection, "pragma shrink_memory"))
                .and_then(|()| batch(&self.connection, "pragma wal_checkpoint(passive)"));
            if let Err(error) = calm {
                tracing::warn!(%error, "tidying after a bulk write failed");
            }
        }
    }
}

/// A read under way.
pub(crate) struct Reading<'a> {
    sqlite: &'a Sqlite,
    connection: Option<Connection>,
}

impl Reading<'_> {
    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("taken only on drop")
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut readers = self.sqlite.readers.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection)
                if connection.is_autocommit() || connection.execute_batch("rollback").is_ok() =>
            {
                readers.idle.push(connection);
            }
            _ => readers.open -= 1,
        }
        drop(readers);
        self.sqlite.freed.notify_one();
    }
}

/// Runs statements that answer nothing of interest.
pub(crate) fn batch(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|error| explain(connection, sql, error))
}

fn connect(path: &Path, cache_kib: i64) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opening = || format!("open {}", path.display());
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| Error::engine(&opening(), error))?;
    connection.busy_timeout(WAIT).map_err(|error| Error::engine(&opening(), error))?;
    connection.set_prepared_statement_cache_capacity(256);
    pragma(&connection, "cache_size", &(-cache_kib).to_string())?;
    pragma(&connection, "mmap_size", "0")?;
    pragma(&connection, "temp_store", "memory")?;
    pragma(&connection, "foreign_keys", "on")?;
    pragma(&connection, "case_sensitive_like", "on")?;
    pragma(&connection, "trusted_schema", "off")?;
    Ok(connection)
}

fn pragma(connection: &Connection, name: &str, value: &str) -> Result<()> {
    batch(connection, &format!("pragma {name} = {value}"))
}

fn busy(error: rusqlite::Error, doing: &str) -> Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseBusy) => Error::Busy("another process is writing"),
        _ => Error::engine(doing, error),
    }
}
