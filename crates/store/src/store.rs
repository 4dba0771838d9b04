//! The store: one database, transactions over it.

use crate::error::{Error, Result};
use crate::journal::Signer;
use crate::migration::{self, Migration};
use crate::postgres::Pool;
use crate::sqlite::Sqlite;
use crate::tx::{Engine, Mode, Tx};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

/// Runs of one write before its conflicts are reported as [`Error::Busy`].
const TRIES_MAX: u32 = 12;
const PAUSE_MS_MAX: u64 = 200;

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file; made if it is not there (its folder must be).
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database` or `host=… dbname=…`; without TLS.
    Postgres(String),
}

/// A database. Cheap to clone; all clones share connections.
///
/// Transactions are plain synchronous closures that block their thread: in async code call them
/// inside `spawn_blocking`, never on an async worker.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    driver: Driver,
    signer: Option<Signer>,
    /// The thread whose write is under way, to refuse a write inside a write.
    writing: Mutex<Option<ThreadId>>,
}

enum Driver {
    Sqlite(Sqlite),
    Postgres(Box<Pool>),
}

impl Store {
    /// Opens a database. Without a signer nothing can be appended to the journal.
    ///
    /// Fails with [`Error::Engine`] if the file or server cannot be reached.
    pub fn open(target: &Target, signer: Option<Signer>) -> Result<Store> {
        let driver = match target {
            Target::Sqlite(path) => Driver::Sqlite(Sqlite::open(path)?),
            Target::Postgres(url) => Driver::Postgres(Box::new(Pool::open(url)?)),
        };
        Ok(Store(Arc::new(Inner { driver, signer, writing: Mutex::new(None) })))
    }

    /// Brings the schema to what the program knows: the store's own tables, then `migrations` in
    /// their order. Applies all that is missing or nothing.
    ///
    /// Fails with [`Error::Migration`] if an applied migration was edited since, if the database
    /// is newer than the program, or if a text is outside the dialect.
    pub fn migrate(&self, migrations: &[Migration]) -> Result<()> {
        let wanted: Vec<_> =
            std::iter::once(&migration::OWN).chain(migrations).map(Into::into).collect();
        self.write(|tx| migration::apply(tx, &wanted))?;
        if let Driver::Postgres(pool) = &self.0.driver {
            pool.forget_idle();
        }
        Ok(())
    }

    /// Runs `body` over one unchanging snapshot.
    pub fn read<T, E: From<Error>>(
        &self,
        mut body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let signer = self.0.signer.as_ref();
        match &self.0.driver {
            Driver::Sqlite(sqlite) => {
                let reading = sqlite.begin_read()?;
                body(&mut Tx::new(Engine::Sqlite(reading.connection()), Mode::Read, signer))
            }
            Driver::Postgres(pool) => {
                let mut lease = pool.begin_read()?;
                let engine = Engine::Postgres(lease.connection());
                let answer = body(&mut Tx::new(engine, Mode::Read, signer));
                lease.roll_back();
                answer
            }
        }
    }

    /// Runs `body` and keeps what it did, durably, if it succeeds; otherwise nothing.
    ///
    /// Writers stand in line. On PostgreSQL `body` may run more than once if another program
    /// interferes, so it must not do anything but use its `Tx`. A write inside a write is refused
    /// with [`Error::Misuse`].
    pub fn write<T, E: From<Error>>(
        &self,
        body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_as(false, body)
    }

    /// Like [`Store::write`], with more memory for its duration: for loads of many thousand rows.
    ///
    /// As safe against a crash as any write.
    pub fn write_bulk<T, E: From<Error>>(
        &self,
        body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_as(true, body)
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub fn engine(&self) -> &'static str {
        match self.0.driver {
            Driver::Sqlite(_) => "SQLite",
            Driver::Postgres(_) => "PostgreSQL",
        }
    }

    /// What signs this store's checkpoints, if anything does.
    pub fn signer(&self) -> Option<&Signer> {
        self.0.signer.as_ref()
    }

    fn write_as<T, E: From<Error>>(
        &self,
        bulk: bool,
        mut body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = Turn::take(&self.0.writing)?;
        let signer = self.0.signer.as_ref();
        match &self.0.driver {
            Driver::Sqlite(sqlite) => {
                let writing = sqlite.begin_write(bulk)?;
                let mut tx = Tx::new(Engine::Sqlite(writing.connection()), Mode::Write, signer);
                Turn::note(&self.0.writing);
                let value = finish(&mut tx, &mut body)?;
                drop(tx);
                writing.commit()?;
                Ok(value)
            }
            Driver::Postgres(pool) => self.write_postgres(pool, body),
        }
    }

    fn write_postgres<T, E: From<Error>>(
        &self,
        pool: &Pool,
        mut body: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        for attempt in 0..TRIES_MAX {
            if attempt > 0 {
                pool.pause(Duration::from_millis((1 << attempt).min(PAUSE_MS_MAX)));
            }
            let mut lease = pool.begin_write()?;
            Turn::note(&self.0.writing);
            let engine = Engine::Postgres(lease.connection());
            let mut tx = Tx::new(engine, Mode::Write, self.0.signer.as_ref());
            let done = finish(&mut tx, &mut body);
            let again = tx.may_try_again();
            drop(tx);
            match done {
                Ok(value) => match lease.commit() {
                    Ok(()) => return Ok(value),
                    Err((_, true)) => {}
                    Err((error, false)) => return Err(error.into()),
                },
                Err(error) => {
                    lease.roll_back();
                    if !again {
                        return Err(error);
                    }
                }
            }
            tracing::debug!(attempt, "a write met another one and runs again");
        }
        Err(Error::Busy("other writers kept winning").into())
    }
}

fn finish<T, E: From<Error>>(
    tx: &mut Tx<'_>,
    body: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let value = body(tx)?;
    tx.seal()?;
    Ok(value)
}

/// Remembers which thread writes, until it is done.
struct Turn<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Turn<'a> {
    fn take(writing: &'a Mutex<Option<ThreadId>>) -> Result<Turn<'a>> {
        let now = *writing.lock().unwrap_or_else(PoisonError::into_inner);
        match now {
            Some(thread) if thread == std::thread::current().id() => {
                Err(Error::Misuse("a write cannot begin inside a write"))
            }
            _ => Ok(Turn(writing)),
        }
    }

    fn note(writing: &Mutex<Option<ThreadId>>) {
        let thread = std::thread::current().id();
        *writing.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut writing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *writing == Some(std::thread::current().id()) {
            *writing = None;
        }
    }
}
