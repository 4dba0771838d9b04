//! Judgements on pairs of entities, as they go over the wire.

use crate::wire::label::{EntityRef, Label, Look};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What someone said of two entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Judgement {
    /// `M3`.
    pub id: String,
    /// The entity with the smaller id.
    pub left: EntityRef,
    /// The other.
    pub right: EntityRef,
    /// `positive` (one), `negative` (two) or `unsure`.
    pub verdict: String,
    /// Why.
    pub reason: Option<String>,
    /// Who judged.
    pub by: String,
    /// When.
    pub at: String,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// When it was undone.
    pub undone_at: Option<String>,
}

/// What someone says of two entities.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJudgement {
    /// One entity, `E1`.
    pub left: String,
    /// Another.
    pub right: String,
    /// `positive` (one), `negative` (two) or `unsure`.
    pub verdict: String,
    /// Why, 500 characters at most.
    pub reason: Option<String>,
}

/// An entity that was judged to be this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Merged {
    /// It.
    pub entity: EntityRef,
    /// The judgement to undo to split it off: `M3`.
    pub judgement: String,
}

/// Two entities that may be one, with what speaks for and against it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pair {
    /// One.
    pub left: Side,
    /// The other.
    pub right: Side,
    /// 0 to 1 that both are one.
    pub probability: f64,
    /// `review` or `merge`.
    pub zone: String,
    /// Log odds; they add up to those of the probability.
    pub parts: Vec<PairPart>,
    /// What was said of them, when nobody is sure yet.
    pub judgement: Option<Judgement>,
}

/// What one feature of a pair weighs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PairPart {
    /// Key of the feature.
    pub feature: String,
    /// For people.
    pub label: Label,
    /// Log odds.
    pub contribution: f64,
}

/// What is known of one of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
    /// It.
    pub entity: EntityRef,
    /// Everything it is called.
    pub names: Vec<String>,
    /// Where it is.
    pub place: Option<EntityRef>,
    /// Keys by which others name it.
    pub keys: Vec<SideKey>,
    /// Statements that stand about it.
    pub statements: usize,
    /// Titles of the sources that speak of it, four at most.
    pub sources: Vec<String>,
    /// What tells it apart, six at most.
    pub facts: Vec<SideFact>,
}

/// A key by which others name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideKey {
    /// Whose keys these are.
    pub scheme: String,
    /// For people.
    pub label: Label,
    /// The key.
    pub value: String,
}

/// Something that is said of one of two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideFact {
    /// What.
    pub label: Label,
    /// As people read it.
    pub value: String,
}

/// A page of pairs, with how many there are.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PairPage {
    /// What is on it.
    pub items: Vec<Pair>,
    /// Where the next one begins; absent at the end.
    pub next: Option<String>,
    /// How many there are.
    pub counts: PairCounts,
}

/// How many pairs there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PairCounts {
    /// That someone should look at.
    pub review: usize,
    /// That are surely one.
    pub merge: usize,
    /// Judgements that stand.
    pub judged: usize,
}

impl Look<'_> {
    /// A judgement.
    pub fn judgement(&self, one: &atlas::judgement::Judgement) -> Judgement {
        Judgement {
            id: one.id.to_string(),
            left: self.entity(one.left),
            right: self.entity(one.right),
            verdict: one.verdict.name().to_string(),
            reason: one.reason.clone(),
            by: one.by.as_str().to_string(),
            at: one.at.to_string(),
            undone_by: one.undone.as_ref().map(|undone| undone.by.as_str().to_string()),
            undone_at: one.undone.as_ref().map(|undone| undone.at.to_string()),
        }
    }
}
