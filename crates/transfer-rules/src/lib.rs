#![doc = include_str!("../README.md")]

// Reading and writing.
pub mod input;
pub mod output;

// Cases.
pub mod case;
pub mod check;
pub mod form;

// Money.
pub mod distribution;
pub mod equity;
pub mod net_income;
pub mod obligation;
pub mod tax;
#[cfg(test)]
mod testkit;

// Contracts and rights.
pub mod clause;
pub mod clock;
pub mod contract;
pub mod export;
pub mod grant;
pub mod inaction;
pub mod licence;
pub mod listing;
pub mod notice;
pub mod ownership;
pub mod patent;
pub mod registration;

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
