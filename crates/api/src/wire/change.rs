//! What changed between two dates.

use crate::wire::label::{EntityRef, PropertyRef};
use crate::wire::statement::Statement;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of changes with the counts of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Changes {
    /// By entity and property.
    pub items: Vec<Change>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Counts of all.
    pub summary: ChangeSummary,
}

/// Counts of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeSummary {
    /// Statements that came.
    pub added: usize,
    /// Statements that went.
    pub ended: usize,
    /// Statements that took the place of another.
    pub changed: usize,
    /// Entities concerned.
    pub entities: usize,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// Of whom.
    pub entity: EntityRef,
    /// Of what.
    pub property: PropertyRef,
    /// What stood before.
    pub before: Option<Statement>,
    /// What stands after.
    pub after: Option<Statement>,
    /// When it was recorded.
    pub at: String,
}
