#![doc = include_str!("../README.md")]

mod answer;
mod constraint;
mod coverage;
mod diversity;
mod engine;
mod error;
mod fields;
mod lexicon;
mod pair;
mod reason;
mod record;
mod rules;
mod score;
mod search;
mod snapshot;
mod stored;
pub mod supply;

pub use answer::{Answer, Feedback, REASONS_MAX, Verdict};
pub use constraint::{Compare, Holds, Line, table};
pub use coverage::{GroupCoverage, coverage};
pub use diversity::{Candidate, diversify};
pub use engine::{Engine, RECORDS_MAX};
pub use error::{Error, Result};
pub use lexicon::{Lexicon, Origin, QUESTION_CHARS_MAX, Term};
pub use pair::{Match, Matches, Options, Part, Unknowns, match_records};
pub use record::{CODES_MAX, FIELD_CHARS_MAX, Fact, ID_CHARS_MAX, Record};
pub use rules::{Against, Constraint, Kind, Reason, Rules, Weights};
pub use score::PartKey;
pub use search::{Hit, LIMIT_MAX, Query};

#[cfg(test)]
mod tests;
