#![doc = include_str!("../README.md")]

pub mod case;
pub mod demand;
pub mod error;
pub mod holidays;
pub mod outcome;
pub mod portfolio;
pub mod prior;
pub mod report;
pub mod verify;

pub use crate::case::{CaseId, Ground, Sight};
pub use crate::error::{Error, Result};

use store::Migration;

/// The tables of technology transfer.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "transfer",
        number: 1,
        name: "cases, clocks, notices, demands",
        sql: include_str!("../migrations/0001_cases.sql"),
    },
    Migration {
        module: "transfer",
        number: 2,
        name: "the board by its order, and how many stand in each stage",
        sql: include_str!("../migrations/0002_board.sql"),
    },
];

#[cfg(test)]
mod tests;
