#![doc = include_str!("../README.md")]

pub mod attend;
pub mod book;
pub mod error;
pub mod executor;
pub mod here;
pub mod kubernetes;
pub mod name;
pub mod platform;
pub mod record;
pub mod runner;
mod said;
pub mod slurm;
pub mod verify;

pub use crate::error::{Error, Result};
pub use crate::name::{GroupName, JobName, ReservationName, VoucherName};
pub use crate::platform::{Answer, Asked, Platform, Settings, Supposed, Who};

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
