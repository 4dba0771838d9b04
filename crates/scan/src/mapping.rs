//! Mappings: how the rows of one file become entities and statements. See the crate's README.

mod compile;
mod file;

use crate::encoding::Encoding;
use crate::expression::{Columns, Expression};
use crate::lookup::Lookup;
use kernel::{Label, Rank, Refusal};
use schema::Schema;
use std::collections::BTreeMap;

/// Who gives a file, under which terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceCard {
    /// Stable key, such as `ror-shanghai`.
    pub key: String,
    /// For people.
    pub title: Label,
    /// Who publishes it.
    pub publisher: String,
    /// Licence, as an SPDX name where there is one.
    pub licence: String,
    /// What must be said when it is shown.
    pub attribution: Option<String>,
    /// Where it comes from.
    pub url: Option<String>,
    /// Day on which it was fetched, as written.
    pub retrieved: Option<String>,
    /// When it was published, as written.
    pub published: Option<String>,
    /// Rows that the file is known to have.
    pub expected_rows: Option<u64>,
    /// 0 to 100: how much it is to be believed where a statement does not say.
    pub confidence: u8,
}

/// The format of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// CSV; the delimiter when it is not to be found out.
    Csv(Option<u8>),
    /// JSON; where the array of objects stands, `/`-separated, empty for the root.
    Json(String),
    /// GeoJSON.
    GeoJson,
    /// A workbook; the sheet, or the first.
    Xlsx(Option<String>),
}

/// A mapping that was read and checked against a schema.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Its file name.
    pub name: String,
    /// The source that its file is.
    pub source: SourceCard,
    /// The file it reads, beside the mapping.
    pub file: String,
    /// Of that file.
    pub format: Format,
    pub(crate) encodings: Option<&'static [Encoding]>,
    pub(crate) unknown: Vec<String>,
    pub(crate) columns: Columns,
    pub(crate) optional: Vec<bool>,
    pub(crate) record: Expression,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) skip: Vec<(Condition, String)>,
    pub(crate) entities: Vec<EntityRule>,
    pub(crate) statements: Vec<StatementRule>,
}

/// Whether something holds for a row: its value is one of a list, is none of a list, or is there.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) value: Expression,
    pub(crate) is: Option<Vec<String>>,
    pub(crate) not: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct EntityRule {
    pub(crate) id: String,
    pub(crate) kind: KindRule,
    pub(crate) keys: Vec<KeyRule>,
    pub(crate) names: Vec<NameRule>,
    pub(crate) each: Option<Each>,
    pub(crate) relation: Option<RelationRule>,
    pub(crate) when: Option<Condition>,
    pub(crate) optional: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct KeyRule {
    pub(crate) property: String,
    pub(crate) check: Check,
    pub(crate) value: Expression,
    pub(crate) split: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum KindRule {
    Fixed(String),
    From { from: Expression, map: BTreeMap<String, String>, otherwise: Option<String> },
}

/// How an identifier is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Ror,
    Credit,
    Plain,
}

#[derive(Debug, Clone)]
pub(crate) struct NameRule {
    /// `None`: Chinese when it has a Chinese character.
    pub(crate) lang: Option<&'static str>,
    pub(crate) value: Expression,
    pub(crate) split: Option<String>,
    pub(crate) field: String,
}

#[derive(Debug, Clone)]
pub(crate) enum Each {
    /// Once for each of that entity.
    Entity(usize),
    /// Once for each part of a cell, and the parts of other cells that stand beside it.
    Cell { slot: usize, split: String, with: Vec<usize> },
}

#[derive(Debug, Clone)]
pub(crate) struct RelationRule {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) symmetric: bool,
    /// Property and field of each end.
    pub(crate) source: (String, String),
    pub(crate) target: (String, String),
}

#[derive(Debug, Clone)]
pub(crate) struct StatementRule {
    pub(crate) of: usize,
    pub(crate) property: PropertyRule,
    pub(crate) value: ValueRule,
    pub(crate) split: Option<String>,
    pub(crate) unit: Option<Expression>,
    pub(crate) lang: Option<String>,
    pub(crate) valid: Option<Expression>,
    pub(crate) loose_valid: bool,
    pub(crate) rank: Rank,
    pub(crate) confidence: ConfidenceRule,
    pub(crate) quote: Option<Expression>,
    pub(crate) qualifiers: Vec<(String, Expression)>,
    pub(crate) cite: Option<CiteRule>,
    pub(crate) when: Option<Condition>,
    pub(crate) field: String,
}

#[derive(Debug, Clone)]
pub(crate) enum PropertyRule {
    Fixed(FixedProperty),
    From(Expression, BTreeMap<String, FixedProperty>),
    Measure { name: Expression, table: Option<MeasureTable>, date_units: Vec<String> },
}

/// What a statement needs to know of its property.
#[derive(Debug, Clone)]
pub(crate) struct FixedProperty {
    pub(crate) key: String,
    pub(crate) value_type: schema::ValueType,
    pub(crate) check: Check,
    pub(crate) scheme: Option<String>,
    pub(crate) unit: Option<String>,
}

/// Columns of the lookup table that says which property a measure is.
#[derive(Debug, Clone)]
pub(crate) struct MeasureTable {
    pub(crate) table: usize,
    pub(crate) property: usize,
    pub(crate) unit: Option<usize>,
    /// Name of the qualifier and column.
    pub(crate) qualifiers: Vec<(String, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) enum ValueRule {
    Entity(usize),
    Text(Expression),
    Point(Expression, Expression),
    Geometry,
}

#[derive(Debug, Clone)]
pub(crate) enum ConfidenceRule {
    Fixed(u8),
    From(Expression, BTreeMap<String, u8>),
}

#[derive(Debug, Clone)]
pub(crate) struct CiteRule {
    pub(crate) key: Option<Expression>,
    pub(crate) url: Option<Expression>,
    pub(crate) title: Expression,
    pub(crate) publisher: Option<Expression>,
    pub(crate) published: Option<Expression>,
    pub(crate) ditto: Option<String>,
}

impl Mapping {
    /// Reads a mapping. `lookups` holds the text of each lookup table by the path that the mapping
    /// writes; see [`Mapping::lookup_files`].
    ///
    /// Fails with `E-MAP-01` (not of the documented shape), `E-MAP-02` (an expression), `E-MAP-03`
    /// (a kind, property, unit or entity that is not defined) or `E-MAP-04` (a lookup table).
    pub fn parse(
        name: &str,
        yaml: &str,
        lookups: &BTreeMap<String, String>,
        schema: &Schema,
    ) -> Result<Mapping, Refusal> {
        let file = compile::shape(name, yaml)?;
        compile::mapping(name, file, lookups, schema).map_err(|r| compile::locate(r, name, yaml))
    }

    /// The lookup tables that a mapping needs, as paths beside it; fails with `E-MAP-01`.
    pub fn lookup_files(name: &str, yaml: &str) -> Result<Vec<String>, Refusal> {
        Ok(compile::shape(name, yaml)?.lookups.into_values().collect())
    }

    /// The columns that it reads.
    pub fn columns(&self) -> &[String] {
        &self.columns.names
    }
}
