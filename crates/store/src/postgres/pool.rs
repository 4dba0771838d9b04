//! Connections: at most a few, handed out in turn, replaced when they die.

use super::connection::Connection;
use super::error;
use crate::error::{Error, Result};
use std::str::FromStr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::{Config, NoTls};

/// Connections of one store at most.
const CONNECTIONS_MAX: usize = 12;
/// How long to wait for a connection to come free.
const WAIT: Duration = Duration::from_secs(30);
/// How long to wait for a connection to be made, unless the address says.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// Name of the session lock that makes writers of all processes stand in line.
const WRITE_LOCK: i64 = 0x7869_7564_6169_0001;

/// The pool. Dropping it never blocks and never panics, also on an async thread.
pub(crate) struct Pool {
    runtime: Option<Runtime>,
    config: Config,
    state: Mutex<State>,
    freed: Condvar,
    /// Writers of this process stand in line here, so that they do not hold connections idle.
    writer: Mutex<()>,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    open: usize,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).idle.clear();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Pool {
    /// A pool for a database; makes one connection to see that it is there.
    pub(crate) fn open(url: &str) -> Result<Pool> {
        let mut config = Config::from_str(url)
            .map_err(|error| Error::engine("read the address of the database", error))?;
        config.application_name("xiudai");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WAIT);
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("store-postgres")
            .enable_all()
            .build()
            .map_err(|error| Error::engine("start the database runtime", error))?;
        let pool = Pool {
            runtime: Some(runtime),
            config,
            state: Mutex::default(),
            freed: Condvar::new(),
            writer: Mutex::new(()),
        };
        pool.lease()?.give_back();
        Ok(pool)
    }

    /// A connection in a serializable transaction, first in line among all writers.
    pub(crate) fn begin_write(&self) -> Result<Lease<'_>> {
        let turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = format!("select pg_advisory_lock({WRITE_LOCK})");
        let mut lease = self.begin(&[&lock, "begin isolation level serializable"])?;
        lease.turn = Some(turn);
        Ok(lease)
    }

    /// A connection in a read-only transaction over one snapshot.
    pub(crate) fn begin_read(&self) -> Result<Lease<'_>> {
        self.begin(&["begin isolation level repeatable read read only"])
    }

    /// Waits without blocking anything but the caller.
    pub(crate) fn pause(&self, time: Duration) {
        self.handle().block_on(async move { tokio::time::sleep(time).await });
    }

    /// Forgets idle connections, and with them what they prepared under an older schema.
    pub(crate) fn forget_idle(&self) {
        let mut state = self.lock();
        state.open -= state.idle.len();
        state.idle.clear();
    }

    /// Dead connections are dropped one after the other until one answers.
    fn begin(&self, statements: &[&str]) -> Result<Lease<'_>> {
        let mut tries = 0;
        loop {
            let mut lease = self.lease()?;
            match lease.connection().pipeline(statements) {
                Ok(()) => return Ok(lease),
                Err(cause) if error::is_lost(&cause) && tries <= CONNECTIONS_MAX => tries += 1,
                Err(cause) => return Err(error::explain("begin", cause).0),
            }
        }
    }

    fn lease(&self) -> Result<Lease<'_>> {
        let mut state = self.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(Lease { pool: self, connection: Some(connection), turn: None });
            }
            if state.open < CONNECTIONS_MAX {
                state.open += 1;
                break;
            }
            let (guard, late) =
                self.freed.wait_timeout(state, WAIT).unwrap_or_else(PoisonError::into_inner);
            if late.timed_out() {
                return Err(Error::Busy("no connection came free"));
            }
            state = guard;
        }
        drop(state);
        let mut lease = Lease { pool: self, connection: None, turn: None };
        lease.connection = Some(self.connect()?);
        Ok(lease)
    }

    fn connect(&self) -> Result<Connection> {
        let handle = self.handle().clone();
        let (client, driver) = handle
            .block_on(self.config.connect(NoTls))
            .map_err(|error| Error::engine("connect", error))?;
        handle.spawn(async move {
            if let Err(error) = driver.await {
                tracing::warn!(%error, "a connection to the database ended");
            }
        });
        Ok(Connection::new(client, handle))
    }

    fn handle(&self) -> &Handle {
        self.runtime.as_ref().expect("taken only on drop").handle()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan. Dropped without [`Lease::commit`], it is closed, which undoes its
/// transaction and frees its lock.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
    turn: Option<MutexGuard<'a, ()>>,
}

impl Lease<'_> {
    pub(crate) fn connection(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("taken only when given back")
    }

    /// Makes the transaction durable; says whether another try may succeed when it fails.
    pub(crate) fn commit(self) -> Result<(), (Error, bool)> {
        self.end("commit").map_err(|cause| error::explain("commit", cause))
    }

    /// Undoes the transaction and keeps the connection if it is sound.
    pub(crate) fn roll_back(self) {
        if let Err(error) = self.end("rollback") {
            tracing::warn!(%error, "rollback failed, connection dropped");
        }
    }

    fn end(mut self, how: &str) -> Result<(), tokio_postgres::Error> {
        let unlock = format!("select pg_advisory_unlock({WRITE_LOCK})");
        let statements: &[&str] = if self.turn.is_some() { &[how, &unlock] } else { &[how] };
        let ended = self.connection().pipeline(statements);
        if ended.is_ok() {
            self.give_back();
        }
        ended
    }

    fn give_back(mut self) {
        if let Some(connection) = self.connection.take().filter(|one| !one.is_closed()) {
            let mut state = self.pool.lock();
            state.idle.push(connection);
            state.open += 1;
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.connection = None;
        self.pool.lock().open -= 1;
        self.pool.freed.notify_one();
    }
}

/// Runs one statement outside any pool, such as `create database`.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn run_once(url: &str, sql: &str) -> Result<()> {
    let pool = Pool::open(url)?;
    let mut lease = pool.lease()?;
    let ran = lease.connection().pipeline(&[sql]);
    ran.map_err(|cause| error::explain(sql, cause).0)
}
