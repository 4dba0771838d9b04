#![doc = include_str!("../README.md")]

// What there is, and what is asked.
pub mod cluster;
pub mod table;
pub mod task;

// Where it goes.
pub mod fragment;
pub mod index;
pub mod packing;
pub mod replay;
pub mod tune;

// When it starts.
pub mod estimate;
pub mod forecast;
pub mod queue;
pub mod simulate;

// Who pays, and how much.
pub mod bill;
pub mod ledger;

// All of it at work.
pub mod engine;
pub mod job;
pub mod party;
pub mod provider;

mod names;
pub mod refused;
