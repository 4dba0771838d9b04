//! Matching: a demand in, results out that meet its constraints, each with its reasons.
//!
//! Constraints gate before points rank: nothing that breaks one is shown, whatever its score.

use crate::answer::Feedback;
use crate::constraint::{Holds, Line, table};
use crate::diversity::{Candidate, diversify};
use crate::engine::Engine;
use crate::error::Result;
use crate::reason::{self, Words};
use crate::record::Record;
use crate::score::{PartKey, Scores};
use crate::search::{LIMIT_MAX, filter, present, scores};
use crate::snapshot::Snapshot;
use kernel::{Label, Refusal};

/// So many records are looked at, in the order of their points, until enough passed.
const LOOKED_AT_MAX: usize = 2_000;
/// So many that passed are chosen from, for each one that is shown.
const CHOICE: usize = 4;

/// What to do with a result of which a constraint is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknowns {
    /// Keep it, marked, with fewer points.
    #[default]
    Lower,
    /// Keep it, marked, after all that are sure.
    Last,
    /// Leave it out.
    Drop,
}

/// How to match.
#[derive(Debug, Clone, PartialEq)]
pub struct Options<'a> {
    /// Kinds of records to match with; all but the demand's own when empty.
    pub kinds: Vec<String>,
    /// At most so many matches, up to 1,000.
    pub limit: usize,
    /// What to do with unknown constraints.
    pub unknowns: Unknowns,
    /// 0 orders by points alone, 1 by difference alone.
    pub diversity: f64,
    /// What answers so far said, if it counts.
    pub feedback: Option<&'a Feedback>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        let unknowns = Unknowns::default();
        Options { kinds: Vec::new(), limit: 10, unknowns, diversity: 0.3, feedback: None }
    }
}

/// A result for a demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The record.
    pub record: Record,
    /// The sum of its parts, in their order; for ordering only.
    pub score: f64,
    /// Its place by points, from 1, before results were made different.
    pub place: usize,
    /// Parts of the score.
    pub parts: Vec<Part>,
    /// One line for each constraint that the demand sets; none says no.
    pub constraints: Vec<Line>,
    /// Why, in words.
    pub reasons: Vec<Label>,
}

/// A part of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Which part.
    pub key: PartKey,
    /// Its points; the parts' points add up to the score.
    pub points: f64,
    /// Its share of the score; shares add up to 1, up to rounding.
    pub share: f64,
    /// Shared words, or past questions; at most eight.
    pub terms: Vec<String>,
}

impl Match {
    /// Whether every constraint that the demand sets surely holds.
    pub fn sure(&self) -> bool {
        self.constraints.iter().all(|line| line.holds == Holds::Yes)
    }
}

/// What a match found and what it left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matches {
    /// Results in the order to show.
    pub matches: Vec<Match>,
    /// Records that were looked at.
    pub looked_at: usize,
    /// How many of those failed each constraint: key and count, in the order of the rules.
    pub failed: Vec<(String, usize)>,
    /// How many were left out because a constraint is unknown.
    pub unknown: usize,
}

/// Results for a demand: constraints first, then points, then difference; ties by id.
///
/// The demand need not be in the engine; a record of its id is never its own match. Fails when the
/// demand breaks [`Record::check`], or with `E-MATCH-09` when `diversity` is not of 0 to 1.
/// Cost: one search, then at most 2,000 constraint tables.
pub fn match_records(engine: &Engine, demand: &Record, options: &Options<'_>) -> Result<Matches> {
    demand.check(engine.rules())?;
    if !(0.0..=1.0).contains(&options.diversity) {
        let rule = "diversity is a number of 0 to 1";
        return Err(Refusal::new("E-MATCH-09", rule, "多样性应为 0 至 1 的数", rule).into());
    }
    let snapshot = engine.snapshot();
    let kinds = match options.kinds.is_empty() {
        false => options.kinds.clone(),
        true => snapshot.kinds.iter().filter(|kind| **kind != demand.kind).cloned().collect(),
    };
    if kinds.is_empty() {
        return Ok(Matches::default());
    }
    let text = demand_text(engine, demand);
    let filter = filter(&snapshot, &kinds);
    let scores = scores(&snapshot, engine.rules(), &text, &demand.topics, &filter)?;
    let total = |scores: &Scores, doc| scores.total(&snapshot, doc);
    let found = scores.top(&snapshot, &filter, LOOKED_AT_MAX, total);
    let gate = Gate { engine, demand, options, snapshot: &snapshot, scores: &scores };
    let (mut passed, mut matches) = gate.pass(&found)?;
    passed.sort_by(|a, b| gate.order(a, b));
    let limit = options.limit.min(LIMIT_MAX);
    passed.truncate(limit.saturating_mul(CHOICE));
    let chosen = gate.choose(passed, limit);
    let words = Words::new(engine.rules(), &text, &demand.topics);
    for mut chosen in chosen {
        words.explain(&snapshot, &scores, &mut chosen)?;
        matches.matches.push(chosen.found);
    }
    Ok(matches)
}

/// What a demand says, its weightiest fields first.
fn demand_text(engine: &Engine, demand: &Record) -> String {
    let boosts = engine.rules().kind(&demand.kind).map(|kind| &kind.fields);
    let boost = |key: &String| boosts.and_then(|boosts| boosts.get(key)).copied().unwrap_or(1);
    let mut fields: Vec<(&String, &String)> = demand.fields.iter().collect();
    fields.sort_by(|a, b| boost(b.0).cmp(&boost(a.0)).then_with(|| a.0.cmp(b.0)));
    fields.into_iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// A result that passed, with its document.
pub(crate) struct Passed {
    pub(crate) doc: u32,
    pub(crate) found: Match,
}

struct Gate<'a> {
    engine: &'a Engine,
    demand: &'a Record,
    options: &'a Options<'a>,
    snapshot: &'a Snapshot,
    scores: &'a Scores,
}

impl Gate<'_> {
    /// Those of the found that break no constraint.
    fn pass(&self, found: &[(f64, u32)]) -> Result<(Vec<Passed>, Matches)> {
        let rules = self.engine.rules();
        let (mut passed, mut sure) = (Vec::new(), 0);
        let mut seen = Matches::default();
        let wanted = self.options.limit.min(LIMIT_MAX).saturating_mul(CHOICE);
        let keys = rules.constraints().iter().map(|constraint| constraint.key.clone());
        seen.failed = keys.map(|key| (key, 0)).collect();
        for (_, doc) in found {
            let Some(record) = self.snapshot.record(*doc)? else { continue };
            if record.id == self.demand.id {
                continue;
            }
            seen.looked_at += 1;
            let lines = table(rules, self.demand, &record);
            for line in lines.iter().filter(|line| line.holds == Holds::No) {
                let failed = seen.failed.iter_mut().find(|(key, _)| *key == line.key);
                failed.into_iter().for_each(|(_, count)| *count += 1);
            }
            if lines.iter().any(|line| line.holds == Holds::No) {
                continue;
            }
            let unsure = lines.iter().any(|line| line.holds == Holds::Unknown);
            if unsure && self.options.unknowns == Unknowns::Drop {
                seen.unknown += 1;
                continue;
            }
            passed.push(Passed { doc: *doc, found: self.weigh(*doc, record, lines) });
            sure += usize::from(!unsure);
            if sure >= wanted {
                break;
            }
        }
        seen.failed.retain(|(_, count)| *count > 0);
        Ok((passed, seen))
    }

    fn weigh(&self, doc: u32, record: Record, constraints: Vec<Line>) -> Match {
        let weights = &self.engine.rules().weights;
        let mut points = present(self.scores.parts(self.snapshot, doc));
        let earned = points.iter().fold(0.0, |sum, (_, points)| sum + points);
        let taken = self.options.feedback.map_or(0.0, |f| f.taken(&self.demand.id, &record.id));
        let taken = taken.min(weights.taken_max);
        if taken > 0.0 {
            points.push((PartKey::Feedback, -earned * taken));
        }
        let unknown = constraints.iter().filter(|line| line.holds == Holds::Unknown).count();
        let lowered = (unknown as f64 * weights.unknown).min(weights.taken_max - taken);
        if lowered > 0.0 && self.options.unknowns == Unknowns::Lower {
            points.push((PartKey::Unknown, -earned * lowered));
        }
        let score = points.iter().fold(0.0, |sum, (_, points)| sum + points);
        let part = |(key, points): (PartKey, f64)| {
            let share = if score == 0.0 { 0.0 } else { points / score };
            Part { key, points, share, terms: Vec::new() }
        };
        let parts = points.into_iter().map(part).collect();
        Match { record, score, place: 0, parts, constraints, reasons: Vec::new() }
    }

    fn order(&self, a: &Passed, b: &Passed) -> std::cmp::Ordering {
        let last = |x: &Passed| self.options.unknowns == Unknowns::Last && !x.found.sure();
        let by_points = || b.found.score.total_cmp(&a.found.score);
        let by_id = || a.found.record.id.cmp(&b.found.record.id);
        last(a).cmp(&last(b)).then_with(by_points).then_with(by_id)
    }

    /// The chosen ones in the order to show: all that are sure before the rest, if asked so.
    fn choose(&self, mut passed: Vec<Passed>, limit: usize) -> Vec<Passed> {
        for (at, passed) in passed.iter_mut().enumerate() {
            passed.found.place = at + 1;
        }
        let last = self.options.unknowns == Unknowns::Last;
        let (first, rest): (Vec<Passed>, Vec<Passed>) =
            passed.into_iter().partition(|passed| !last || passed.found.sure());
        let mut chosen = Vec::new();
        for part in [first, rest] {
            let room = limit - chosen.len();
            chosen.extend(self.spread(part, room));
        }
        chosen
    }

    fn spread(&self, passed: Vec<Passed>, limit: usize) -> Vec<Passed> {
        let rules = self.engine.rules();
        let candidate = |passed: &Passed| Candidate {
            score: passed.found.score,
            group: passed.found.record.group.clone(),
            topics: passed.found.record.topics.clone(),
        };
        let candidates: Vec<Candidate> = passed.iter().map(candidate).collect();
        let order = diversify(rules, &candidates, self.options.diversity, limit);
        let mut slots: Vec<Option<Passed>> = passed.into_iter().map(Some).collect();
        let mut chosen = Vec::with_capacity(order.len());
        for at in order {
            let Some(mut passed) = slots[at].take() else { continue };
            passed.found.reasons = reason::of_constraints(&passed.found.constraints);
            if let Some(feedback) = self.options.feedback {
                let id = &passed.found.record.id;
                passed.found.reasons.extend(reason::of_feedback(rules, feedback, id));
            }
            chosen.push(passed);
        }
        chosen
    }
}
