//! PostgreSQL, and whatever speaks its wire: a bounded pool on a small runtime of its own.

mod connection;
mod copy;
mod error;
mod pool;
mod wire;

pub(crate) use self::connection::Connection;
pub(crate) use self::pool::Pool;
pub(crate) use self::wire::read_cell;

#[cfg(any(test, feature = "testkit"))]
pub(crate) use self::pool::run_once;
