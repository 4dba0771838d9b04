//! The shape of a mapping file, before anything in it is understood.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) source: SourceEntry,
    pub(super) file: String,
    pub(super) format: String,
    pub(super) encoding: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) items: Option<String>,
    pub(super) sheet: Option<String>,
    #[serde(default)]
    pub(super) unknown: Vec<String>,
    #[serde(default)]
    pub(super) optional: Vec<String>,
    pub(super) record: String,
    #[serde(default)]
    pub(super) lookups: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) skip: Vec<SkipEntry>,
    pub(super) entities: Vec<EntityEntry>,
    #[serde(default)]
    pub(super) defaults: Defaults,
    #[serde(default)]
    pub(super) statements: Vec<StatementEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    pub(super) key: String,
    pub(super) title: Words,
    pub(super) publisher: String,
    pub(super) licence: String,
    pub(super) attribution: Option<String>,
    pub(super) url: Option<String>,
    pub(super) retrieved: Option<String>,
    pub(super) published: Option<String>,
    pub(super) expected_rows: Option<u64>,
    pub(super) confidence: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionEntry {
    pub(super) value: String,
    pub(super) is: Option<OneOrMany>,
    pub(super) not: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SkipEntry {
    pub(super) value: String,
    pub(super) is: Option<OneOrMany>,
    pub(super) not: Option<OneOrMany>,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn list(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(list) => list,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityEntry {
    pub(super) id: String,
    pub(super) kind: Choice,
    #[serde(default)]
    pub(super) keys: BTreeMap<String, KeyEntry>,
    #[serde(default)]
    pub(super) names: Vec<NameEntry>,
    pub(super) each: Option<EachEntry>,
    pub(super) relation: Option<RelationEntry>,
    pub(super) when: Option<ConditionEntry>,
    #[serde(default)]
    pub(super) optional: bool,
}

/// A key's value, or several in one cell.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum KeyEntry {
    One(String),
    Several { value: String, split: String },
}

/// A fixed text, or one that a column decides.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Choice {
    Fixed(String),
    From {
        from: String,
        #[serde(default)]
        map: BTreeMap<String, String>,
        otherwise: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameEntry {
    pub(super) zh: Option<String>,
    pub(super) en: Option<String>,
    pub(super) auto: Option<String>,
    pub(super) split: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum EachEntry {
    OfEntity(String),
    OfColumn {
        column: String,
        split: String,
        #[serde(default)]
        with: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationEntry {
    pub(super) from: String,
    pub(super) to: String,
    #[serde(default)]
    pub(super) symmetric: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Defaults {
    pub(super) valid: Option<String>,
    pub(super) loose_valid: bool,
    pub(super) confidence: Option<ConfidenceEntry>,
    pub(super) quote: Option<String>,
    pub(super) cite: Option<CiteEntry>,
    pub(super) lang: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum ConfidenceEntry {
    Fixed(u8),
    From { from: String, map: BTreeMap<String, u8> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CiteEntry {
    pub(super) key: Option<String>,
    pub(super) url: Option<String>,
    pub(super) title: String,
    pub(super) publisher: Option<String>,
    pub(super) published: Option<String>,
    pub(super) ditto: Option<String>,
}

/// A property, or one that a column decides.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum PropertyEntry {
    Fixed(String),
    From { from: String, map: BTreeMap<String, String> },
}

impl PropertyEntry {
    /// A word for it in messages and fields.
    pub(super) fn word(&self) -> &str {
        match self {
            PropertyEntry::Fixed(key) => key,
            PropertyEntry::From { .. } => "property",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatementEntry {
    pub(super) of: String,
    pub(super) property: Option<PropertyEntry>,
    pub(super) measure: Option<MeasureEntry>,
    pub(super) value: Option<String>,
    pub(super) entity: Option<String>,
    pub(super) lon: Option<String>,
    pub(super) lat: Option<String>,
    #[serde(default)]
    pub(super) geometry: bool,
    pub(super) split: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) lang: Option<String>,
    pub(super) valid: Option<String>,
    pub(super) loose_valid: Option<bool>,
    pub(super) rank: Option<String>,
    pub(super) confidence: Option<ConfidenceEntry>,
    pub(super) quote: Option<String>,
    #[serde(default)]
    pub(super) qualifiers: BTreeMap<String, String>,
    pub(super) cite: Option<CiteEntry>,
    pub(super) when: Option<ConditionEntry>,
    pub(super) field: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureEntry {
    pub(super) name: String,
    pub(super) table: Option<String>,
    #[serde(default)]
    pub(super) date_units: Vec<String>,
}
