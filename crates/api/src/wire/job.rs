//! Jobs, and what a scan did or would do.

use crate::problem::ProblemBody;
use crate::wire::label::Label;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that outlives the request that asked for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Job {
    /// `W1`.
    pub id: String,
    /// What kind of thing.
    pub kind: String,
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// How far it is.
    pub progress: Progress,
    /// What an import did, when it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ScanReport>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// So much.
    pub done: i64,
    /// Of so much; 0 while nobody knows.
    pub total: i64,
    /// Of what.
    pub unit: String,
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Queued {
    /// `W1`.
    pub job: String,
}

/// What a scan did or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ScanReport {
    /// File name.
    pub file: String,
    /// Records in the file.
    pub rows: u64,
    /// Statements the file gives.
    pub statements: u64,
    /// That were not there before.
    pub new: u64,
    /// That take the place of earlier ones.
    pub changed: u64,
    /// That the file no longer gives.
    pub gone: u64,
    /// That stay.
    pub unchanged: u64,
    /// Entities that were not known before.
    pub entities_new: u64,
    /// Why nothing was written, if so.
    pub refusals: Vec<ScanRefusal>,
}

/// A record that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ScanRefusal {
    /// File name.
    pub file: String,
    /// Row, the header being row 1.
    pub row: Option<u64>,
    /// Column.
    pub column: Option<String>,
    /// The offending value.
    pub value: String,
    /// The rule that was broken.
    pub rule: String,
    /// Stable code.
    pub code: String,
    /// What was wrong and what would be right.
    pub message: Words,
}

/// A text in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Words> for Label {
    fn from(words: Words) -> Label {
        Label::new(&words.zh, &words.en)
    }
}

impl ScanReport {
    /// Of a scan; `name` is what its sender calls the file.
    pub fn new(name: &str, report: &atlas::load::ScanReport) -> ScanReport {
        let counts = &report.counts;
        ScanReport {
            file: name.to_string(),
            rows: counts.rows,
            statements: counts.statements,
            new: counts.new,
            changed: counts.changed,
            gone: counts.gone,
            unchanged: counts.unchanged,
            entities_new: report.entities_new,
            refusals: report.refusals.iter().map(|r| ScanRefusal::new(name, r)).collect(),
        }
    }
}

impl ScanRefusal {
    /// Of a refusal in a file.
    pub fn new(name: &str, refusal: &kernel::Refusal) -> ScanRefusal {
        let kernel::Refusal { code, rule, message, place } = refusal;
        ScanRefusal {
            file: place.file.clone().unwrap_or_else(|| name.to_string()),
            row: place.row,
            column: place.column.clone(),
            value: place.value.clone().unwrap_or_default(),
            rule: rule.clone(),
            code: (*code).to_string(),
            message: Words { zh: message.zh.clone(), en: message.en.clone() },
        }
    }
}
