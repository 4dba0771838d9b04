//! What there is of each kind.

use crate::wire::label::{AsOf, Label};
use serde::Serialize;
use utoipa::ToSchema;

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// By kind, in the order of the schema.
    pub items: Vec<CoverageItem>,
    /// The point of view.
    pub as_of: AsOf,
}

/// What there is of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageItem {
    /// Key of the kind.
    pub kind: String,
    /// For people.
    pub label: Label,
    /// Entities.
    pub count: usize,
    /// Files that speak of them.
    pub sources: usize,
    /// Standing statements.
    pub statements: usize,
    /// The newest day that a file was retrieved on.
    pub newest: Option<String>,
    /// Entities whose names wait for judgement.
    pub unresolved: usize,
    /// Entities with more than one claim of one figure at overlapping times.
    pub conflicts: usize,
    /// Whether open data for it was found.
    pub open_data: bool,
    /// Address of a table to fill in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}
