//! The cube.

use crate::wire::label::{EntityRef, Label};
use crate::wire::statement::Statement;
use serde::Serialize;
use utoipa::ToSchema;

/// A table of counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cube {
    /// Down.
    pub rows: Axis,
    /// Across.
    pub columns: Axis,
    /// `entities` or `statements`.
    pub measure: String,
    /// Counts that are not zero.
    pub cells: Vec<CellCount>,
    /// By row.
    pub row_totals: Vec<Total>,
    /// By column.
    pub column_totals: Vec<Total>,
    /// All.
    pub total: u64,
    /// Microseconds it took.
    pub took_us: u64,
}

/// An axis with its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Axis {
    /// `kind`, `street`, `industry`, `source` or `year`.
    pub axis: String,
    /// For people.
    pub label: Label,
    /// In order.
    pub members: Vec<Member>,
}

/// A member of an axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// Its key; empty for "not stated".
    pub key: String,
    /// For people.
    pub label: Label,
}

/// A count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CellCount {
    /// Key of the row.
    pub row: String,
    /// Key of the column.
    pub column: String,
    /// The count.
    pub value: u64,
}

/// A count along an axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// Key of the member.
    pub key: String,
    /// The count.
    pub value: u64,
}

/// What is behind a cell.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CubeCell {
    /// Statements in the order of recording.
    pub items: Vec<Statement>,
    /// Entities, 500 at most.
    pub entities: Vec<EntityRef>,
    /// Where the next page begins.
    pub next: Option<String>,
}
