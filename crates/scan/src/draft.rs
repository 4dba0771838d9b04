//! Drafts: what one record of a source says, before anyone knows which entities it speaks of.

use kernel::{Rank, Valid, Value};

/// An entity as a record names it. `atlas` decides which entity that is, or makes a new one.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftEntity {
    /// Key of a kind that is not abstract.
    pub kind: String,
    /// Strong keys: (key of an identifying property, value), best first.
    pub keys: Vec<(String, String)>,
    /// Names it is known by, best first; used to find it and as its names when it is new.
    pub names: Vec<DraftName>,
}

/// A name in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftName {
    /// Clean: see `kernel::text::clean_name`.
    pub text: String,
    /// `zh` or `en`.
    pub lang: &'static str,
    /// The field it was read from.
    pub field: String,
}

/// A value that may point to another entity of the same record.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftValue {
    /// The entity at this position in [`Record::entities`].
    Entity(usize),
    /// Any other value.
    Value(Value),
}

/// A document that a record cites: it becomes a source of its own under the file's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// Key under the file's key: a slug, or the first 12 hex digits of the address's SHA-256.
    pub key: String,
    /// Title as the record gives it.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// When it was published, as written (see `Valid::parse`).
    pub published: Option<String>,
}

/// A statement of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftStatement {
    /// Position in [`Record::entities`].
    pub subject: usize,
    /// Key of a property of the schema.
    pub property: String,
    /// What it says.
    pub value: DraftValue,
    /// When it is true.
    pub valid: Valid,
    /// Column, with `[n]` from 1 when one cell holds several values; unique inside the record.
    pub field: String,
    /// Standing.
    pub rank: Rank,
    /// 0 to 100.
    pub confidence: u8,
    /// Short quote.
    pub quote: Option<String>,
    /// Further conditions, sorted by key.
    pub qualifiers: Vec<(String, String)>,
    /// The document cited, when not the file itself.
    pub citation: Option<Citation>,
}

/// One record of a source: a row, an object, a feature.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// Its key inside the source: stable when rows move.
    pub key: String,
    /// Row as a person counts, the header being row 1; features and objects count from 1.
    pub row: u64,
    /// 0 to 100: confidence in the names and keys of its entities (the source's own).
    pub confidence: u8,
    /// Entities it names.
    pub entities: Vec<DraftEntity>,
    /// What it says of them.
    pub statements: Vec<DraftStatement>,
}
