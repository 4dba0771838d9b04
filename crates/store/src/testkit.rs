//! Fresh databases for tests: always SQLite, and PostgreSQL when `TEST_POSTGRES` names a server.
//!
//! `TEST_POSTGRES` is an address as [`Target::Postgres`] takes it, of a user who may create
//! databases; `scripts/postgres-for-tests.sh` starts such a server and prints it. This module is
//! the only place in the crate that reads the environment.

use crate::error::Error;
use crate::journal::Signer;
use crate::migration::Migration;
use crate::postgres::run_once;
use crate::store::{Store, Target};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A new database that is deleted when dropped; use it as the [`Store`] it holds.
pub struct Fresh {
    store: Option<Store>,
    target: Target,
    rest: Rest,
}

/// What is left to clean away.
enum Rest {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl Fresh {
    /// Where it lives, to open it a second time.
    pub fn target(&self) -> &Target {
        &self.target
    }
}

impl Deref for Fresh {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store.as_ref().expect("taken only on drop")
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        self.store = None;
        let cleaned = match &self.rest {
            Rest::Folder(path) => std::fs::remove_dir_all(path).map_err(|e| e.to_string()),
            Rest::Database { server, name } => {
                run_once(server, &format!("drop database if exists {name} with (force)"))
                    .map_err(|error: Error| error.to_string())
            }
        };
        if let Err(error) = cleaned {
            tracing::warn!(error, "a test database stays behind");
        }
    }
}

/// The signer of every test store.
///
/// # Panics
/// Never: the key is fixed.
pub fn signer() -> Signer {
    Signer::new("test", &[42; 32]).expect("a sound name")
}

/// A new SQLite file with these migrations applied.
///
/// # Panics
/// If it cannot be made: a test cannot go on without it.
pub fn sqlite(migrations: &[Migration]) -> Fresh {
    let folder = std::env::temp_dir().join(unique());
    // A killed run with the same process number may have left one behind.
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("a folder for a test database");
    let target = Target::Sqlite(folder.join("test.db"));
    open(target, Rest::Folder(folder), migrations)
}

/// A new PostgreSQL database with these migrations applied, if `TEST_POSTGRES` names a server.
///
/// # Panics
/// If the server is named but does not serve.
#[expect(clippy::disallowed_methods, reason = "only tests come here, and they have no settings")]
pub fn postgres(migrations: &[Migration]) -> Option<Fresh> {
    let server = std::env::var("TEST_POSTGRES").ok().filter(|url| !url.is_empty())?;
    let name = unique();
    run_once(&server, &format!("drop database if exists {name} with (force)"))
        .expect("TEST_POSTGRES names a server that serves");
    run_once(&server, &format!("create database {name} template template0 encoding 'UTF8'"))
        .expect("TEST_POSTGRES names a server where databases can be made");
    let url = match server.contains("://") {
        true if server.contains('?') => format!("{server}&dbname={name}"),
        true => format!("{server}?dbname={name}"),
        false => format!("{server} dbname={name}"),
    };
    Some(open(Target::Postgres(url), Rest::Database { server, name }, migrations))
}

/// A fresh database of every engine at hand.
pub fn each(migrations: &[Migration]) -> Vec<Fresh> {
    std::iter::once(sqlite(migrations)).chain(postgres(migrations)).collect()
}

/// Runs a test body on a fresh database of every engine at hand.
pub fn each_engine(migrations: &[Migration], body: impl Fn(&Store)) {
    for fresh in each(migrations) {
        body(&fresh);
    }
}

fn open(target: Target, rest: Rest, migrations: &[Migration]) -> Fresh {
    let store = Store::open(&target, Some(signer())).expect("a fresh database opens");
    let fresh = Fresh { store: Some(store), target, rest };
    fresh.migrate(migrations).expect("the migrations apply");
    fresh
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("xiudai_test_{}_{count}", std::process::id())
}
