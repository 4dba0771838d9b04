#![doc = include_str!("../README.md")]

pub mod backup;
mod cell;
mod counter;
mod dialect;
mod error;
pub mod journal;
mod migration;
mod postgres;
mod row;
mod sqlite;
mod store;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
mod tx;

pub use crate::backup::{backup, restore};
pub use crate::cell::Cell;
pub use crate::error::{Broken, Error, Result};
pub use crate::journal::{NewEvent, Signer, Verifier};
pub use crate::migration::Migration;
pub use crate::row::Row;
pub use crate::store::{Store, Target};
pub use crate::tx::Tx;

#[cfg(test)]
mod tests;
