//! What opens the house.

use crate::wire::feed::FeedItem;
use crate::wire::label::{EntityRef, Label, PropertyRef};
use crate::wire::statement::Statement;
use serde::Serialize;
use utoipa::ToSchema;

/// What opens the house.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    /// The district; its id is empty while the atlas does not know it.
    pub district: EntityRef,
    /// The numbers in the one sentence.
    pub headline: Vec<Headline>,
    /// Kinds that have entities, in the order of the schema.
    pub kinds: Vec<KindCount>,
    /// Counts of all.
    pub totals: Totals,
    /// The newest changes.
    pub latest_changes: Vec<FeedItem>,
    /// What needs someone.
    pub attention: Vec<Attention>,
    /// The journal.
    pub journal: JournalState,
}

/// A number in the one sentence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Headline {
    /// What it is.
    pub indicator: PropertyRef,
    /// The claim shown first.
    pub statement: Statement,
}

/// How many there are of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindCount {
    /// Key of the kind.
    pub kind: String,
    /// For people, many of it.
    pub label: Label,
    /// Entities.
    pub count: usize,
    /// Files that speak of them.
    pub sources: usize,
}

/// Counts of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Totals {
    /// Entities, relations left out.
    pub entities: usize,
    /// Standing statements about them.
    pub statements: usize,
    /// Files.
    pub sources: usize,
    /// Events in the journal.
    pub events: u64,
}

/// Something that needs someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attention {
    /// `conflicts`, `stale_sources`, `empty_kinds` or `unresolved`.
    pub code: String,
    /// For people.
    pub label: Label,
    /// How many.
    pub count: usize,
    /// Where to look, in the web app.
    pub link: String,
}

/// The journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JournalState {
    /// Events.
    pub size: u64,
    /// Root hash, hex.
    pub root: String,
    /// When it was read.
    pub checked_at: String,
}
