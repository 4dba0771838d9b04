#![doc = include_str!("../README.md")]

pub mod shelf;

pub use crate::shelf::{Files, shipped};
