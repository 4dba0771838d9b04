//! Policies as they go over the wire.

use crate::wire::label::Label;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The document a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicySource {
    /// Its title.
    pub document: String,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// The day it was issued.
    pub issued: Option<String>,
    /// Article or item.
    pub clause: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// `verified`, `excerpt`, `general`, `draft` or `own`: how sure we are of it.
    pub confidence: String,
}

/// A policy in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyLine {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub title: Label,
    /// What it grants.
    pub summary: Option<Label>,
    /// Whom it is for.
    pub audience: Option<Label>,
    /// Whose it is: `china`, `shanghai`, `shanghai/xuhui`.
    pub place: String,
    /// The document.
    pub source: PolicySource,
    /// The first day on which it holds.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// Since when this version is known.
    pub version: String,
    /// `automatic`, `quick`, `application` or `by_law`.
    pub way: String,
    /// `exact`, `up_to` or `none`: what its amount is.
    pub amount: String,
    /// Whether an office still decides.
    pub discretion: bool,
    /// How many tests it passes.
    pub tests: u32,
}

/// The catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Catalogue {
    /// The day it is of.
    pub as_of: String,
    /// Policies that hold on it, by id.
    pub policies: Vec<PolicyLine>,
    /// Every fact that they ask, by name.
    pub facts: Vec<FactKind>,
}

/// A fact that policies ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FactKind {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// `truth`, `money`, `number`, `day`, `text`, `choice` or `list`.
    pub kind: String,
    /// The unit of a number.
    pub unit: Option<String>,
    /// The answers of a choice.
    pub options: Vec<String>,
    /// What asking costs, 1 to 9.
    pub ask: u8,
    /// Whether it is about a natural person.
    pub personal: bool,
    /// How many policies ask it.
    pub policies: u32,
}

/// A figure of a policy as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyFigure {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub label: Label,
    /// What it says: `30%`, `5000000.00`, `unread`, or none while it is not in force.
    pub value: Option<String>,
    /// Law and article.
    pub article: String,
    /// How sure we are of it.
    pub confidence: String,
}

/// Something that is to be handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyMaterial {
    /// What it is called.
    pub label: Label,
    /// The fact it shows; what the house holds is not asked again.
    pub shows: Option<String>,
}

/// Something a policy leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOut {
    /// What the text asks.
    pub criterion: Label,
    /// Why it is not asked here.
    pub because: Label,
}

/// A condition with an article of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyCondition {
    /// What it is called.
    pub label: Label,
    /// Law and article.
    pub article: String,
}

/// A test of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyTest {
    /// What it shows.
    pub name: String,
    /// The article it comes from.
    pub clause: Option<String>,
    /// The day it is asked for.
    pub on: String,
}

/// One policy, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyPage {
    /// What the catalogue says of it.
    pub policy: PolicyLine,
    /// What it asks.
    pub facts: Vec<FactKind>,
    /// Its conditions.
    pub conditions: Vec<PolicyCondition>,
    /// Its figures as they stand on the day.
    pub figures: Vec<PolicyFigure>,
    /// What is to be handed in.
    pub materials: Vec<PolicyMaterial>,
    /// When it is paid at the latest, such as `60 workday`.
    pub within: Option<String>,
    /// What it leaves out.
    pub left_out: Vec<LeftOut>,
    /// Its tests.
    pub tests: Vec<PolicyTest>,
    /// The pool it is paid from.
    pub pool: Option<String>,
    /// What is in the pool, in yuan; none when that could not be read.
    pub budget: Option<String>,
    /// SHA-256 of its file.
    pub digest: String,
}

/// Facts to work policies out for.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvaluation {
    /// Facts by name; money as texts in yuan, days as `YYYY-MM-DD`, null for unknown.
    #[schema(value_type = Object)]
    pub facts: Value,
    /// The day; today unless said.
    pub as_of: Option<String>,
    /// Only this policy, with its proof.
    pub policy: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Evaluation {
    /// For one policy its outcome with the proof; for all of them outcomes without proofs, the
    /// questions that could change them, and what may be had together.
    #[schema(value_type = Object)]
    pub result: Value,
}
