//! What PostgreSQL says, in our words.

use super::wire::Mismatch;
use crate::error::{Broken, Error};
use std::error::Error as _;
use tokio_postgres::error::{DbError, SqlState};

/// An error, and whether running the whole transaction again may help.
pub(crate) type Failure = (Error, bool);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        (error, false)
    }
}

/// The error of a statement, with its constraint named where there is one.
pub(super) fn explain(doing: &str, cause: tokio_postgres::Error) -> Failure {
    if let Some(mismatch) = cause.source().and_then(|s| s.downcast_ref::<Mismatch>()) {
        return (Error::Value(mismatch.to_string()), false);
    }
    let Some(db) = cause.as_db_error() else {
        return (Error::engine(doing, cause), false);
    };
    let again =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(db.code());
    let error = match broken(db) {
        Some((broken, name)) => Error::Constraint { broken, name },
        None if *db.code() == SqlState::DISK_FULL => Error::Full,
        None if *db.code() == SqlState::READ_ONLY_SQL_TRANSACTION => {
            Error::Misuse("a read transaction cannot write")
        }
        None => Error::engine(doing, cause),
    };
    (error, again)
}

/// Whether the connection, not the statement, is what failed.
pub(super) fn is_lost(cause: &tokio_postgres::Error) -> bool {
    cause.is_closed()
        || cause.as_db_error().is_none()
        || cause.code().is_some_and(|code| code.code().starts_with("57P"))
}

fn broken(db: &DbError) -> Option<(Broken, String)> {
    let name = || db.constraint().unwrap_or("unnamed").to_string();
    Some(match *db.code() {
        SqlState::UNIQUE_VIOLATION => (Broken::Unique, name()),
        SqlState::CHECK_VIOLATION => (Broken::Check, name()),
        SqlState::FOREIGN_KEY_VIOLATION => (Broken::Reference, "foreign_key".to_string()),
        SqlState::NOT_NULL_VIOLATION => {
            let (table, column) = (db.table().unwrap_or("?"), db.column().unwrap_or("?"));
            (Broken::Absent, format!("{table}_{column}_not_null"))
        }
        _ => return None,
    })
}
