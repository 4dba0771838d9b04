//! What a search finds.

use crate::wire::label::{EntityRef, Label};
use serde::Serialize;
use utoipa::ToSchema;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// Best first.
    pub items: Vec<SearchHit>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Matches on all pages.
    pub total: usize,
    /// Choices and what they leave.
    pub facets: Facets,
    /// Microseconds it took.
    pub took_us: u64,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An entity that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchHit {
    /// It.
    pub entity: EntityRef,
    /// The name or text that matched.
    pub matched: String,
    /// `name`, `alias`, `short`, `pinyin`, `initials`, `typo`, `text` or `browse`.
    pub how: String,
    /// The street it is in, or else the district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<EntityRef>,
    /// Its industry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<Label>,
    /// Year of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// Statements about it that stand.
    pub statement_count: u32,
    /// `matched` with what matched between `<mark>` and `</mark>`; other angle brackets are
    /// `‹` and `›`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlight: Option<String>,
}

/// Choices by axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facets {
    /// By kind.
    pub kind: Vec<Facet>,
    /// By street and district.
    pub place: Vec<Facet>,
    /// By industry.
    pub industry: Vec<Facet>,
    /// By year.
    pub year: Vec<Facet>,
}

/// A choice and the matches it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facet {
    /// What to ask for.
    pub key: String,
    /// For people.
    pub label: Label,
    /// Matches.
    pub count: usize,
}
