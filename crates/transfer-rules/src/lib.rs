#![doc = include_str!("../README.md")]

// Reading and writing.
pub mod input;
pub mod output;

// Cases.
pub mod case;
pub mod form;

// Money.

// Contracts and rights.

// Ventures and reports.
