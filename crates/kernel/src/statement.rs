//! Statements: who says what, true when. The atom of the atlas.

use crate::id::{EntityId, SourceId, StatementId};
use crate::valid::Valid;
use crate::value::Value;

/// How a statement stands among others that say the same property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Set aside: kept, never used as a fact.
    Deprecated,
    /// As most.
    Normal,
    /// Someone judged it the best.
    Preferred,
}

impl Rank {
    /// The name used in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Rank::Deprecated => "deprecated",
            Rank::Normal => "normal",
            Rank::Preferred => "preferred",
        }
    }

    /// The rank with this name.
    pub fn from_name(name: &str) -> Option<Rank> {
        [Rank::Deprecated, Rank::Normal, Rank::Preferred].into_iter().find(|r| r.name() == name)
    }
}

/// A statement about to be recorded. What is recorded is never changed; it can only be ended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewStatement {
    /// Of whom it speaks.
    pub subject: EntityId,
    /// Key of a property of the schema.
    pub property: String,
    /// What it says.
    pub value: Value,
    /// When it is true.
    pub valid: Valid,
    /// Who says so.
    pub source: SourceId,
    /// Key of the record inside the source: `002022.SZ`, an ROR id, or `row 12`.
    pub record: String,
    /// Column or field, with `[n]` for the nth of several values in one cell.
    pub field: String,
    /// Row in the file as a person counts, the header being row 1.
    pub row: Option<i64>,
    /// Standing among its like.
    pub rank: Rank,
    /// 0 to 100: how much the source is to be believed here.
    pub confidence: u8,
    /// Short quote of the source.
    pub quote: Option<String>,
    /// Further conditions (`definition`, `forecast`, `as written`), sorted by key.
    pub qualifiers: Vec<(String, String)>,
    /// The statement this one corrects.
    pub supersedes: Option<StatementId>,
}
