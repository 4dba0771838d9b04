//! Demands, what fits them and what came of it, as they go over the wire.

use crate::wire::label::{EntityRef, Label, Look};
use matching::{Holds, PartKey, Rules};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a demand may ask for, and why an offer may be declined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MatchVocabulary {
    /// Kinds of records that are offered.
    pub kinds: Vec<VocabularyTerm>,
    /// Conditions.
    pub constraints: Vec<ConstraintTerm>,
    /// Reasons to decline.
    pub decline_reasons: Vec<DeclineReason>,
}

/// A word of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VocabularyTerm {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
}

/// A condition of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConstraintTerm {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// `choice`, `money`, `date` or `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What can be chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<VocabularyTerm>,
}

/// A reason to decline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeclineReason {
    /// Stable code.
    pub code: String,
    /// For people.
    pub label: Label,
}

/// What someone looks for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewDemand {
    /// A line that says it, 200 characters at most.
    pub title: String,
    /// The problem and what is asked of a solution, 8,000 characters at most.
    pub text: String,
    /// Kinds of records wanted; any when empty.
    pub kinds: Vec<String>,
    /// Conditions by key, as people write them.
    pub constraints: BTreeMap<String, String>,
}

impl From<&NewDemand> for atlas::demand::Demand {
    fn from(new: &NewDemand) -> atlas::demand::Demand {
        atlas::demand::Demand {
            title: new.title.clone(),
            text: new.text.clone(),
            kinds: new.kinds.clone(),
            constraints: new.constraints.clone(),
        }
    }
}

/// A question what fits a demand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatch {
    /// The demand.
    pub demand: NewDemand,
    /// Results at most, 10 unless said.
    #[schema(minimum = 1, maximum = 50)]
    pub limit: Option<i64>,
}

/// What fits a demand.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Matches {
    /// Short name of the demand: `D` and twelve digits of its digest.
    pub demand: String,
    /// Best first.
    pub items: Vec<MatchResult>,
    /// Records that were looked at.
    pub looked_at: usize,
    /// Of those, how many break a condition.
    pub excluded: usize,
    /// How many each condition left out.
    pub failed: Vec<FailedConstraint>,
    /// How often each institution is among the results.
    pub coverage: Vec<InstitutionCount>,
    /// Answers that the order learnt from.
    pub learnt_from: usize,
}

/// A condition that left results out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FailedConstraint {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// How many it left out.
    pub count: usize,
}

/// How often an institution is among the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstitutionCount {
    /// The institution.
    pub institution: Option<EntityRef>,
    /// What it is called.
    pub label: String,
    /// How often.
    pub count: usize,
}

/// A result for a demand.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MatchResult {
    /// It.
    pub entity: EntityRef,
    /// Kind of the record.
    pub kind: String,
    /// For ordering; the sum of its parts.
    pub score: f64,
    /// What the score is made of.
    pub parts: Vec<MatchPart>,
    /// Words that both sides share.
    pub terms: Vec<String>,
    /// The condition table.
    pub constraints: Vec<ConstraintLine>,
    /// Why it is here.
    pub reasons: Reasons,
    /// What was answered before.
    pub answer: Option<Answer>,
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MatchPart {
    /// Its key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// Its points.
    pub value: f64,
}

/// A line of a condition table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConstraintLine {
    /// The condition.
    pub key: String,
    /// For people.
    pub label: Label,
    /// What is wanted.
    pub wanted: Label,
    /// What there is; absent when nobody knows.
    pub has: Option<Label>,
    /// `yes`, `no` or `unknown`.
    pub holds: String,
}

/// Reasons in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reasons {
    /// Chinese.
    pub zh: Vec<String>,
    /// English.
    pub en: Vec<String>,
}

/// An answer about to be given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// The demand, as it was asked.
    pub demand: NewDemand,
    /// What was offered, `E1`.
    pub entity: String,
    /// `accept` or `decline`.
    pub verdict: String,
    /// Code of the reason; a decline has one.
    pub reason: Option<String>,
    /// In words, 500 characters at most.
    pub note: Option<String>,
}

/// An answer as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answer {
    /// `O4`.
    pub id: String,
    /// Short name of the demand.
    pub demand: String,
    /// Its title.
    pub title: String,
    /// What was offered.
    pub entity: EntityRef,
    /// `accept` or `decline`.
    pub verdict: String,
    /// Why not.
    pub reason: Option<DeclineReason>,
    /// In words.
    pub note: Option<String>,
    /// Who answered.
    pub by: String,
    /// When.
    pub at: String,
    /// When it was taken back.
    pub taken_back_at: Option<String>,
}

impl Look<'_> {
    /// An answer.
    pub fn answer(&self, rules: &Rules, one: &atlas::answer::Answer) -> Answer {
        let reason = one.reason.as_deref().map(|code| DeclineReason {
            code: code.to_string(),
            label: rules
                .reason(code)
                .map_or_else(|| Label::new(code, code), |reason| (&reason.label).into()),
        });
        Answer {
            id: one.id.to_string(),
            demand: atlas::demand::short_name(&one.demand),
            title: one.title.clone(),
            entity: self.entity(one.entity),
            verdict: one.reply.name().to_string(),
            reason,
            note: one.note.clone(),
            by: one.by.as_str().to_string(),
            at: one.at.to_string(),
            taken_back_at: one.taken_back.as_ref().map(|end| end.at.to_string()),
        }
    }

    /// A result; `None` for a record of nobody the atlas knows.
    pub fn match_result(
        &self,
        one: &matching::Match,
        answer: Option<Answer>,
    ) -> Option<MatchResult> {
        let id = one.record.id.parse().ok()?;
        let mut terms: Vec<String> = Vec::new();
        for term in one.parts.iter().flat_map(|part| &part.terms) {
            if !terms.contains(term) {
                terms.push(term.clone());
            }
        }
        let part = |part: &matching::Part| MatchPart {
            key: part_key(part.key).to_string(),
            label: part_label(part.key),
            value: thousandths(part.points),
        };
        let line = |line: &matching::Line| ConstraintLine {
            key: line.key.clone(),
            label: (&line.label).into(),
            wanted: (&line.wanted).into(),
            has: (line.holds != Holds::Unknown).then(|| (&line.has).into()),
            holds: match line.holds {
                Holds::Yes => "yes",
                Holds::No => "no",
                Holds::Unknown => "unknown",
            }
            .to_string(),
        };
        let parts: Vec<MatchPart> = one.parts.iter().map(part).collect();
        Some(MatchResult {
            entity: self.entity(id),
            kind: one.record.kind.clone(),
            score: thousandths(parts.iter().map(|part| part.value).sum()),
            parts,
            terms,
            constraints: one.constraints.iter().map(line).collect(),
            reasons: Reasons {
                zh: one.reasons.iter().map(|reason| reason.zh.clone()).collect(),
                en: one.reasons.iter().map(|reason| reason.en.clone()).collect(),
            },
            answer,
        })
    }
}

fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

fn part_key(key: PartKey) -> &'static str {
    match key {
        PartKey::Words => "words",
        PartKey::Meaning => "meaning",
        PartKey::Learnt => "learnt",
        PartKey::Group => "group",
        PartKey::Cited => "cited",
        PartKey::Feedback => "feedback",
        PartKey::Unknown => "unknown",
    }
}

fn part_label(key: PartKey) -> Label {
    match key {
        PartKey::Words => Label::new("相同词语", "Shared words"),
        PartKey::Meaning => Label::new("近义与领域", "Meaning and field"),
        PartKey::Learnt => Label::new("以往采纳", "Accepted before"),
        PartKey::Group => Label::new("所属机构", "Its institution"),
        PartKey::Cited => Label::new("被引", "Cited"),
        PartKey::Feedback => Label::new("以往婉拒", "Declined before"),
        PartKey::Unknown => Label::new("条件未知", "Unknown conditions"),
    }
}
