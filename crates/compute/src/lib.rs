#![doc = include_str!("../README.md")]

pub mod error;
pub mod platform;
pub mod record;
pub mod verify;

pub use crate::error::{Error, Result};
pub use crate::platform::{Answer, Platform, Settings};

use store::Migration;

/// The tables of the compute platform.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "compute",
    number: 1,
    name: "log of the platform",
    sql: include_str!("../migrations/0001_compute.sql"),
}];

#[cfg(test)]
mod tests;
