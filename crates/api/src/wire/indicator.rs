//! Indicators: through time, and over places.

use crate::wire::entity::{Conflict, Derived};
use crate::wire::label::{EntityRef, PropertyRef};
use crate::wire::statement::Statement;
use serde::Serialize;
use utoipa::ToSchema;

/// An indicator with what there is of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IndicatorSummary {
    /// It.
    pub indicator: PropertyRef,
    /// Default unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Indicators of one family are near enough to be shown side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Entities with a claim.
    pub entities: usize,
    /// Claims.
    pub claims: usize,
    /// Entities with more than one claim.
    pub conflicts: usize,
    /// First day that claims speak of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// Claims of an indicator through time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Series {
    /// The indicator.
    pub indicator: PropertyRef,
    /// The unit that numbers are drawn in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whose claims they are.
    pub entities: Vec<EntityRef>,
    /// Every claim, by entity and time.
    pub points: Vec<SeriesPoint>,
    /// Computed figures.
    pub derived: Vec<SeriesDerived>,
    /// Claims that disagree.
    pub conflicts: Vec<Conflict>,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesPoint {
    /// `E12`.
    pub entity: String,
    /// The claim.
    pub statement: Statement,
    /// In the series' unit, for drawing only.
    pub number: f64,
    /// Upper end of a range, for drawing only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// First day, or open.
    pub from: Option<String>,
    /// Last day, or open.
    pub to: Option<String>,
    /// Whether it is the one shown first.
    pub best: bool,
    /// Position in `conflicts`.
    pub conflict: Option<usize>,
}

/// One computed figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SeriesDerived {
    /// `E12`.
    pub entity: String,
    /// The figure.
    pub derived: Derived,
    /// For drawing only.
    pub number: f64,
    /// First day, or open.
    pub from: Option<String>,
    /// Last day, or open.
    pub to: Option<String>,
}

/// An indicator over places.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Choropleth {
    /// The indicator.
    pub indicator: PropertyRef,
    /// Its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Every place, with or without a figure.
    pub items: Vec<Shade>,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An indicator in one place. No figure means unknown, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Shade {
    /// The place.
    pub entity: EntityRef,
    /// The claim shown first.
    pub statement: Option<Statement>,
    /// The figure computed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derived>,
}
