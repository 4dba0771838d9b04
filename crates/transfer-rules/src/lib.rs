#![doc = include_str!("../README.md")]

// Reading and writing.
pub mod input;
pub mod output;

// Cases.
pub mod case;
pub mod form;

// Money.
pub mod distribution;
pub mod net_income;
#[cfg(test)]
mod testkit;

// Contracts and rights.

// Ventures and reports.
