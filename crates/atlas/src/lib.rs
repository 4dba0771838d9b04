#![doc = include_str!("../README.md")]

pub mod answer;
pub mod candidate;
pub mod changes;
pub mod conflict;
pub mod correct;
pub mod coverage;
pub mod cube;
pub mod demand;
pub mod derive;
pub mod document;
pub mod error;
pub mod graph;
pub mod judgement;
mod keys;
pub mod load;
pub mod outcome;
pub mod page;
pub mod pairs;
pub mod places;
pub mod question;
pub mod reading;
pub mod search;
pub mod series;
pub mod source;
pub mod statement;
pub mod undone;
pub mod verify;
pub mod view;

pub use crate::error::{Error, Result};
pub use crate::view::{AsOf, Sight, View};

use store::Migration;

/// The atlas's tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "atlas",
        number: 1,
        name: "sources, entities, statements, questions",
        sql: include_str!("../migrations/0001_atlas.sql"),
    },
    Migration {
        module: "atlas",
        number: 2,
        name: "judgements, documents, answers",
        sql: include_str!("../migrations/0002_decisions.sql"),
    },
    Migration {
        module: "atlas",
        number: 3,
        name: "registers as sources",
        sql: include_str!("../migrations/0003_registers.sql"),
    },
];

#[cfg(test)]
mod tests;
