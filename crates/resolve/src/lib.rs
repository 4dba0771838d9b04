#![doc = include_str!("../README.md")]

pub mod affiliation;
pub mod cluster;
pub mod comparator;
mod compare;
mod distinctive;
mod firm;
mod index;
pub mod lexicon;
pub mod link;
pub mod name;
pub mod score;
mod text;
mod trie;

pub use crate::affiliation::Organizations;
pub use crate::cluster::Clusters;
pub use crate::distinctive::distinctive;
pub use crate::index::{Entry, Index, Match, Query, Scratch};
pub use crate::lexicon::Lexicon;
pub use crate::name::OrgName;
pub use crate::score::{Feature, Part, Weights, Zone};
