#![doc = include_str!("../README.md")]

pub mod application;
pub mod application_rules;
pub mod declared;
pub mod error;
pub mod firm;
pub mod law;
pub mod package;
pub mod request;
pub mod request_rules;
pub mod sheet;
pub mod sight;
mod steps;
pub mod steward;
pub mod verify;
pub mod waiting;

pub use crate::error::{Error, Result};
pub use crate::law::Law;
pub use crate::sight::Sight;
pub use crate::steps::Kept;

use store::Migration;

/// The tables of services.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "service",
    number: 1,
    name: "facts, stewards, requests, applications, payments",
    sql: include_str!("../migrations/0001_service.sql"),
}];

#[cfg(test)]
mod tests;
