#![doc = include_str!("../README.md")]

// Reading and writing.
pub mod input;
pub mod output;

// Money.

// Contracts and rights.

// Ventures and reports.
pub mod activity;
pub mod assessment;
pub mod autm;
mod bound;
pub mod disclosure;
pub mod evidence;
pub mod poc;
pub mod report;
pub mod tenancy;
pub mod trl;
pub mod valuation;
