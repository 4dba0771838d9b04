//! Answers: what people said to a match, and what follows from it for the next.

use crate::engine::Engine;
use crate::error::Result;
use crate::rules::{Against, Reason, Rules};
use kernel::{Refusal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// An answer gives at most so many reasons.
pub const REASONS_MAX: usize = 5;

/// What someone said to a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The caller's id; an answer of the same id and pair replaces the earlier one.
    pub id: String,
    /// The demand that was matched.
    pub demand_id: String,
    /// The record it was matched with.
    pub record_id: String,
    /// What the demand asked for, in words: what is learnt from a yes.
    pub question: String,
    /// Yes, no, or taken back.
    pub verdict: Verdict,
    /// When it was given.
    pub at: Timestamp,
}

/// Yes with nothing to add, no with reasons, or an earlier answer taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The match is a good one.
    Accepted,
    /// It is not, for these reasons: codes of the rules, 1 to 5.
    Declined(BTreeSet<String>),
    /// The answer of this id no longer counts.
    Withdrawn,
}

/// What all answers together say. Pure: the same answers give the same state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feedback {
    standing: BTreeMap<(String, String), Answer>,
    pairs: BTreeMap<(String, String), f64>,
    records: BTreeMap<String, f64>,
    reasons: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Feedback {
    /// The state after these answers; of several with one id and record the last in order counts.
    ///
    /// Fails with `E-MATCH-08` for a reason that the rules do not know, or none, or too many.
    /// Cost: `O(n log n)`.
    pub fn replay(rules: &Rules, answers: &[Answer]) -> Result<Feedback> {
        let mut standing: BTreeMap<(String, String), &Answer> = BTreeMap::new();
        for answer in answers {
            check(rules, answer)?;
            let key = (answer.record_id.clone(), answer.id.clone());
            match answer.verdict {
                Verdict::Withdrawn => standing.remove(&key),
                _ => standing.insert(key, answer),
            };
        }
        let mut feedback = Feedback::default();
        for answer in standing.values() {
            feedback.count(rules, answer);
        }
        feedback.standing = standing.into_iter().map(|(key, a)| (key, a.clone())).collect();
        Ok(feedback)
    }

    fn count(&mut self, rules: &Rules, answer: &Answer) {
        let Verdict::Declined(codes) = &answer.verdict else { return };
        for reason in codes.iter().filter_map(|code| rules.reason(code)) {
            let left = match reason.against {
                Against::Pair => {
                    let pair = (answer.demand_id.clone(), answer.record_id.clone());
                    self.pairs.entry(pair).or_insert(1.0)
                }
                Against::Record => self.records.entry(answer.record_id.clone()).or_insert(1.0),
            };
            *left *= 1.0 - reason.weight;
            let reasons = self.reasons.entry(answer.record_id.clone()).or_default();
            *reasons.entry(reason.code.clone()).or_default() += 1;
        }
    }

    /// Share of its score that answers take from a record in a match, 0 to 1.
    pub fn taken(&self, demand_id: &str, record_id: &str) -> f64 {
        let pair = (demand_id.to_string(), record_id.to_string());
        let pair = self.pairs.get(&pair).copied().unwrap_or(1.0);
        1.0 - pair * self.records.get(record_id).copied().unwrap_or(1.0)
    }

    /// How often each reason stands against a record, by code.
    pub fn reasons<'a>(
        &'a self,
        rules: &'a Rules,
        record_id: &str,
    ) -> impl Iterator<Item = (&'a Reason, u32)> {
        let counts = self.reasons.get(record_id).into_iter().flatten();
        counts.filter_map(|(code, count)| rules.reason(code).map(|reason| (reason, *count)))
    }

    /// Answers that stand, by record and id.
    pub fn standing(&self) -> impl Iterator<Item = &Answer> {
        self.standing.values()
    }
}

impl Engine {
    /// Takes an answer to heart: learns the question of a yes, forgets it when it turns into a no
    /// or is withdrawn. Shown by the next [`Engine::commit`]; a no counts through [`Feedback`].
    pub fn take(&self, answer: &Answer) -> Result<()> {
        check(self.rules(), answer)?;
        match answer.verdict {
            Verdict::Accepted => self.learn(&answer.record_id, &answer.id, &answer.question),
            Verdict::Declined(_) | Verdict::Withdrawn => self.forget(&answer.record_id, &answer.id),
        }
    }
}

fn check(rules: &Rules, answer: &Answer) -> Result<()> {
    let Verdict::Declined(codes) = &answer.verdict else { return Ok(()) };
    let known = codes.iter().all(|code| rules.reason(code).is_some());
    if known && (1..=REASONS_MAX).contains(&codes.len()) {
        return Ok(());
    }
    let given = codes.iter().cloned().collect::<Vec<_>>().join(", ");
    let refusal = Refusal::new(
        "E-MATCH-08",
        format!("a no gives 1 to {REASONS_MAX} reasons that the matching rules define"),
        format!("谢绝须给出 1 至 {REASONS_MAX} 个规则中的理由"),
        format!("a no gives 1 to {REASONS_MAX} reasons that the matching rules define"),
    );
    Err(refusal.column("reasons").value(&given).into())
}
