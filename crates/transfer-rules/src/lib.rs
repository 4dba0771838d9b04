#![doc = include_str!("../README.md")]

// Reading and writing.
pub mod input;
pub mod output;

// Money.

// Contracts and rights.

// Ventures and reports.
