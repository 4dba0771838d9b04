//! Documents and candidates, as they go over the wire.

use crate::wire::label::{EntityRef, Label, Look};
use atlas::candidate::{Candidate as Found, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentCard {
    /// Key of its source.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// When, as written.
    pub published: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// `text`, `html`, `pdf` or `docx`.
    pub format: String,
    /// Size of the file.
    pub bytes: u64,
    /// Characters of its repaired text.
    pub characters: usize,
    /// How far its review is.
    pub counts: CandidateCounts,
    /// When it was read.
    pub recorded_at: String,
    /// Whether it was taken out of today's view.
    pub withdrawn: bool,
}

/// Candidates by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CandidateCounts {
    /// Not decided yet.
    pub waiting: usize,
    /// Right as they were found.
    pub accepted: usize,
    /// Right once something was put right.
    pub corrected: usize,
    /// Not kept.
    pub rejected: usize,
}

impl From<[usize; 4]> for CandidateCounts {
    fn from([waiting, accepted, corrected, rejected]: [usize; 4]) -> CandidateCounts {
        CandidateCounts { waiting, accepted, corrected, rejected }
    }
}

/// A document with its text and what was found in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Document {
    /// What it is.
    pub document: DocumentCard,
    /// The repaired text, one paragraph a line, natural persons masked.
    pub text: String,
    /// By their place in the text.
    pub candidates: Vec<Candidate>,
}

/// What a reader found, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Candidate {
    /// `C12`.
    pub id: String,
    /// `fact`, `mention`, `relation` or `event`.
    pub kind: String,
    /// `grammar` or `endpoint`.
    pub reader: String,
    /// Of whom it speaks.
    pub subject: String,
    /// The entity that is called so, when there is just one.
    pub subject_entity: Option<EntityRef>,
    /// Kind of the subject.
    pub subject_kind: Option<String>,
    /// What is said, as written.
    pub property: String,
    /// The schema's property for it.
    pub indicator: Option<IndicatorRef>,
    /// The other side of a relation.
    pub object: Option<String>,
    /// `=`, `>`, `>=`, `<`, `<=`, `~` or `range`.
    pub comparator: String,
    /// An exact decimal, or a date.
    pub value: Option<String>,
    /// Upper end of a range.
    pub value_high: Option<String>,
    /// Unit as written.
    pub unit: Option<String>,
    /// First day on which it is true.
    pub valid_from: Option<String>,
    /// Last day.
    pub valid_to: Option<String>,
    /// `day`, `month`, `quarter`, `year` or `open`.
    pub precision: String,
    /// Whether it speaks of the future of its document.
    pub forecast: bool,
    /// As written, natural persons masked.
    pub quote: String,
    /// First byte in the file, or in the text extracted from it.
    pub start: u64,
    /// Byte after the last one.
    pub end: u64,
    /// First UTF-16 code unit in `text`.
    pub shown_start: u64,
    /// Code unit after the last one.
    pub shown_end: u64,
    /// 0 to 100, with what reviewers decided so far.
    pub confidence: u8,
    /// `waiting`, `accepted`, `corrected` or `rejected`.
    pub state: String,
    /// The statement it became.
    pub statement: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
}

/// A property of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IndicatorRef {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
}

/// Decisions about candidates of one document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecisions {
    /// 1 to 200, one about each candidate; all are taken or none.
    #[schema(min_items = 1, max_items = 200)]
    pub decisions: Vec<NewDecision>,
}

/// A decision about a candidate.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// `C12`.
    pub candidate: String,
    /// `accept`, `reject`, `correct` or `reopen`.
    pub verdict: String,
    /// What is right instead, for `correct`.
    pub correction: Option<NewReading>,
    /// The subject, `E13`, when it is not who the name says.
    pub entity: Option<String>,
}

/// What is right instead; what is left out stays as it was found.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewReading {
    /// Of whom it speaks.
    pub subject: Option<String>,
    /// Key of the schema's property; empty for none.
    pub indicator: Option<String>,
    /// What is said.
    pub property: Option<String>,
    /// `=`, `>`, `>=`, `<`, `<=`, `~` or `range`.
    pub comparator: Option<String>,
    /// An exact decimal, or a date.
    pub value: Option<String>,
    /// Upper end of a range.
    pub value_high: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// `2025`, `2025-03`, `2021/2025`.
    pub valid: Option<String>,
}

impl Look<'_> {
    /// A candidate with the confidence that the ranking gives it.
    pub fn candidate(
        &self,
        one: &Found,
        confidence: u8,
        subject: Option<kernel::EntityId>,
    ) -> Candidate {
        let found = &one.found;
        let decided = one.decision.as_ref();
        let indicator = found.indicator.as_deref().map(|key| {
            let property = self.property(key);
            IndicatorRef { key: property.key, label: property.label }
        });
        let state = match decided.map(|decided| decided.verdict) {
            None | Some(Verdict::Reopened) => "waiting",
            Some(verdict) => verdict.name(),
        };
        Candidate {
            id: one.id.to_string(),
            kind: found.kind.clone(),
            reader: found.reader.clone(),
            subject: found.subject.clone(),
            subject_entity: subject.map(|id| self.entity(id)),
            subject_kind: found.subject_kind.clone(),
            property: found.property.clone(),
            indicator,
            object: found.object.clone(),
            comparator: found.comparator.clone().unwrap_or_else(|| "=".to_string()),
            value: found.value.clone(),
            value_high: found.value_high.clone(),
            unit: found.unit.clone(),
            valid_from: found.valid.from.map(|day| day.to_string()),
            valid_to: found.valid.to.map(|day| day.to_string()),
            precision: found.valid.precision.name().to_string(),
            forecast: found.forecast,
            quote: found.quote.clone(),
            start: found.bytes.0,
            end: found.bytes.1,
            shown_start: found.shown.0,
            shown_end: found.shown.1,
            confidence,
            state: state.to_string(),
            statement: decided.and_then(|d| d.statement).map(|id| id.to_string()),
            decided_by: decided.map(|decided| decided.by.as_str().to_string()),
            decided_at: decided.map(|decided| decided.at.to_string()),
        }
    }
}
