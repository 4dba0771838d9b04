#![doc = include_str!("../README.md")]

pub mod published;
pub mod shelf;

pub use crate::shelf::{Files, shipped};

use store::Migration;

/// The tables of policies.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "policy",
    number: 1,
    name: "published versions",
    sql: include_str!("../migrations/0001_published.sql"),
}];
