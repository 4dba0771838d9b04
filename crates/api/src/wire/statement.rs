//! Statements: who says what, true when, known since when.

use crate::wire::label::{EntityRef, Look, PropertyRef, SourceRef};
use crate::wire::value::Value;
use atlas::statement::End;
use serde::Serialize;
use utoipa::ToSchema;

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Statement {
    /// `S34`.
    pub id: String,
    /// Of whom it speaks.
    pub subject: EntityRef,
    /// Of what.
    pub property: PropertyRef,
    /// What it says.
    pub value: Value,
    /// When it is true.
    pub valid: Valid,
    /// Who says so.
    pub source: SourceRef,
    /// Where in the source.
    pub locator: Locator,
    /// `preferred`, `normal` or `deprecated`.
    pub rank: String,
    /// 0 to 100.
    pub confidence: u8,
    /// Short quote of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Further conditions.
    pub qualifiers: Vec<Qualifier>,
    /// When it was recorded.
    pub recorded_at: String,
    /// The journal event that brought it.
    pub event: String,
    /// How it ended, if it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// The statement that it corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// The statement that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
    /// Whether it speaks of the future of its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<bool>,
}

/// When a statement is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Valid {
    /// First day, or open.
    pub from: Option<String>,
    /// Last day, included, or open.
    pub to: Option<String>,
    /// `day`, `month`, `quarter`, `year` or `open`.
    pub precision: String,
    /// As written in the source, where that says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Where in a source a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Locator {
    /// Key of the record.
    pub record: String,
    /// Column or field.
    pub field: String,
    /// Row as a person counts, the header being row 1.
    pub row: Option<i64>,
}

/// A condition of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Qualifier {
    /// Which.
    pub key: String,
    /// What.
    pub value: String,
}

/// The end of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ended {
    /// When.
    pub at: String,
    /// `superseded`, `gone`, `withdrawn` or `retracted`.
    pub reason: String,
    /// The journal event.
    pub event: String,
}

impl From<&kernel::Valid> for Valid {
    fn from(valid: &kernel::Valid) -> Valid {
        Valid {
            from: valid.from.map(|day| day.to_string()),
            to: valid.to.map(|day| day.to_string()),
            precision: valid.precision.name().to_string(),
            text: None,
        }
    }
}

impl Valid {
    /// As one cell of a table: `2024-01-01/2024-12-31`, an open end as `..`.
    pub fn cell(&self) -> String {
        match (&self.from, &self.to) {
            (None, None) => String::new(),
            (Some(from), Some(to)) if from == to => from.clone(),
            (from, to) => {
                let side = |day: &Option<String>| day.clone().unwrap_or_else(|| "..".to_string());
                format!("{}/{}", side(from), side(to))
            }
        }
    }
}

impl Look<'_> {
    /// A statement; of its end only what was known.
    pub fn statement(&self, statement: &atlas::statement::Statement) -> Statement {
        let said = &statement.said;
        let known = |end: &End| end.event.0 < i64::from(self.sight.horizon);
        let end = statement.end.filter(known);
        let forecast = said.qualifiers.iter().any(|(k, v)| k == "forecast" && v == "true");
        let qualifier =
            |(key, value): &(String, String)| Qualifier { key: key.clone(), value: value.clone() };
        Statement {
            id: statement.id.to_string(),
            subject: self.entity(said.subject),
            property: self.property(&said.property),
            value: self.value(&said.property, &said.value),
            valid: (&said.valid).into(),
            source: self.source(said.source),
            locator: Locator {
                record: said.record.clone(),
                field: said.field.clone(),
                row: said.row,
            },
            rank: said.rank.name().to_string(),
            confidence: said.confidence,
            quote: said.quote.clone(),
            qualifiers: said.qualifiers.iter().map(qualifier).collect(),
            recorded_at: statement.recorded.to_string(),
            event: statement.event.to_string(),
            ended: end.map(|end| Ended {
                at: end.at.to_string(),
                reason: end.reason.name().to_string(),
                event: end.event.to_string(),
            }),
            supersedes: said.supersedes.map(|id| id.to_string()),
            superseded_by: end.and_then(|end| end.by).map(|id| id.to_string()),
            forecast: forecast.then_some(true),
        }
    }

    /// Statements in their order.
    pub fn statements(&self, statements: &[atlas::statement::Statement]) -> Vec<Statement> {
        statements.iter().map(|statement| self.statement(statement)).collect()
    }
}
