#![doc = include_str!("../README.md")]

// What a policy is written in.
pub mod fault;
pub mod format;
pub mod kind;
pub mod node;
pub mod schema;
pub mod syntax;
pub mod unit;
pub mod vocabulary;

// A policy, read and checked.
pub mod case;
pub mod code;
pub mod lint;
pub mod policy;
mod read;

#[cfg(test)]
mod sample;

// What several come to.
pub mod combine;
pub mod diff;
pub mod pool;
pub mod shelf;

// What it comes to.
pub mod evaluate;
pub mod facts;
pub mod json;
pub mod mutate;
pub mod run;
pub mod standing;
pub mod value;
pub mod whynot;

pub use crate::evaluate::{Granted, Outcome, decide, evaluate, prove};
pub use crate::facts::{Facts, Given};
pub use crate::fault::{At, Fault, Weight};
pub use crate::policy::Policy;
pub use crate::read::{Read, read};
pub use crate::shelf::Shelf;
pub use crate::standing::{Moment, Standing};
pub use crate::vocabulary::Vocabulary;
