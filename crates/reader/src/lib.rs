#![doc = include_str!("../README.md")]

mod candidate;
mod carry;
mod document;
pub mod endpoint;
mod event;
mod fact;
mod figure;
mod format;
mod glyph;
mod grammar;
mod limits;
mod mask;
mod mention;
mod numeral;
mod phrase;
mod ranking;
mod relation;
mod repair;
pub mod score;
mod sentence;
mod subject;
mod time;

pub use candidate::{Candidate, CandidateKind, candidates};
pub use document::{Document, ShownPlaces, SpanOf, read};
pub use format::Format;
pub use glyph::Encoding;
pub use grammar::Grammar;
pub use limits::Limits;
pub use ranking::{Count, Ranking};
pub use repair::Repairs;
