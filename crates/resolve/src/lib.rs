#![doc = include_str!("../README.md")]

mod distinctive;
pub mod lexicon;
mod trie;

pub use crate::distinctive::distinctive;
pub use crate::lexicon::Lexicon;
