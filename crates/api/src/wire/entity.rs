//! The page of an entity, with what disagrees and what is computed.

use crate::wire::judgement::Merged;
use crate::wire::label::{AsOf, EntityRef, Label, Look, PropertyRef, SourceRef};
use crate::wire::statement::{Statement, Valid};
use crate::wire::value::Value;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of an entity from one point of view.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct EntityPage {
    /// Whose page it is.
    pub entity: EntityRef,
    /// Other names.
    pub aliases: Vec<Alias>,
    /// Keys by which others name it.
    pub identifiers: Vec<Identifier>,
    /// Every property with its live statements, best first.
    pub groups: Vec<Group>,
    /// Who points here.
    pub incoming: Vec<Incoming>,
    /// Claims that disagree.
    pub conflicts: Vec<Conflict>,
    /// Contradictions that people reviewed.
    pub discrepancies: Vec<Discrepancy>,
    /// Figures computed from statements.
    pub derived: Vec<Derived>,
    /// How many statements each source gave.
    pub sources: Vec<CountedSource>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<EntityRef>,
    /// GeoJSON geometry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<serde_json::Value>,
    /// Entities that were judged to be this one.
    pub merged: Vec<Merged>,
    /// The point of view.
    pub as_of: AsOf,
}

/// Another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alias {
    /// It.
    pub text: String,
    /// BCP 47 language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The statement that says so.
    pub statement: String,
}

/// A key by which others name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Identifier {
    /// Whose keys these are.
    pub scheme: String,
    /// The key.
    pub value: String,
    /// Address of what it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The statement that says so.
    pub statement: String,
}

/// The statements of one property.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Group {
    /// The property.
    pub property: PropertyRef,
    /// The one shown first.
    pub best: Option<Statement>,
    /// Best first, 50 at most.
    pub statements: Vec<Statement>,
    /// What disagrees about it.
    pub conflict: Option<Conflict>,
    /// How many more there are.
    pub more: usize,
}

/// Entities of one kind that point here by one property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Incoming {
    /// The property, named as seen from here.
    pub property: PropertyRef,
    /// Key of their kind.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// The first of them.
    pub sample: Vec<EntityRef>,
}

/// A source with a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountedSource {
    /// The source.
    #[serde(flatten)]
    pub source: SourceRef,
    /// Statements it gave here.
    pub count: usize,
}

/// Claims that disagree.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Conflict {
    /// About what; of a family the property of its first claim.
    pub property: PropertyRef,
    /// The family, when the claims are of several properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// `value`, `definition`, `time` or `forecast`.
    pub kind: String,
    /// Two or more, in the order of their time.
    pub statements: Vec<Statement>,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A contradiction that people reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Discrepancy {
    /// Entity of kind `discrepancy`.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// One claim, as written.
    pub claim_a: String,
    /// The other.
    pub claim_b: String,
    /// Why they differ, as judged.
    pub kind: String,
    /// What the reviewers say.
    pub note: String,
    /// The claims in question.
    pub statements: Vec<Statement>,
    /// Who reviewed it.
    pub source: SourceRef,
}

/// A figure computed from statements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Derived {
    /// Key of the indicator it is comparable with.
    pub key: String,
    /// What it is.
    pub label: Label,
    /// The figure.
    pub value: Value,
    /// How it is computed.
    pub formula: String,
    /// How it is rounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<String>,
    /// What went in.
    pub inputs: Vec<Input>,
    /// Of when it speaks.
    pub valid: Valid,
    /// Rule and version: `metro_density@1`.
    pub rule: String,
}

/// What went into a computed figure.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Input {
    /// What it is.
    pub label: Label,
    /// Its value.
    pub value: Value,
    /// The statements it rests on.
    pub statements: Vec<String>,
}

/// One recorded change of what is known of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HistoryItem {
    /// When.
    pub at: String,
    /// `added`, `superseded`, `gone`, `withdrawn` or `retracted`.
    pub change: String,
    /// Of which statement.
    pub statement: Statement,
    /// The journal event.
    pub event: String,
}

impl Look<'_> {
    /// Claims that disagree.
    pub fn conflict(&self, conflict: &atlas::conflict::Conflict) -> Conflict {
        Conflict {
            property: self.property(&conflict.property),
            family: conflict.family.clone(),
            kind: conflict.kind.name().to_string(),
            statements: self.statements(&conflict.statements),
            note: None,
        }
    }

    /// A computed figure.
    pub fn derived(&self, derived: &atlas::derive::Derived) -> Derived {
        let input = |input: &atlas::derive::Input| Input {
            label: (&input.label).into(),
            value: self.value("", &input.value),
            statements: input.statements.iter().map(|id| id.to_string()).collect(),
        };
        Derived {
            key: derived.key.clone(),
            label: (&derived.label).into(),
            value: self.value("", &derived.value),
            formula: derived.formula.zh.clone(),
            rounding: Some(derived.rounding.clone()).filter(|text| !text.is_empty()),
            inputs: derived.inputs.iter().map(input).collect(),
            valid: (&derived.valid).into(),
            rule: derived.rule.to_string(),
        }
    }
}
