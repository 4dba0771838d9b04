//! Diversity: not five results of one institution when five others are nearly as good.

use crate::rules::Rules;
use std::collections::BTreeSet;

/// A result as far as difference goes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Candidate {
    /// Its points.
    pub score: f64,
    /// Its institution; empty is like no other.
    pub group: String,
    /// Its topics.
    pub topics: BTreeSet<String>,
}

/// Positions of up to `limit` candidates, chosen one by one: maximal marginal relevance.
///
/// Each takes the place where (1 - d) × points − d × likeness to the nearest chosen one is largest,
/// points being shares of the best; ties go to the earlier candidate.
/// Cost: `O(limit × candidates)` comparisons.
pub fn diversify(
    rules: &Rules,
    candidates: &[Candidate],
    diversity: f64,
    limit: usize,
) -> Vec<usize> {
    let best = candidates.iter().map(|c| c.score).fold(0.0, f64::max);
    let best = if best > 0.0 { best } else { 1.0 };
    let mut nearest = vec![0.0_f64; candidates.len()];
    let mut open: Vec<usize> = (0..candidates.len()).collect();
    let mut chosen = Vec::new();
    while chosen.len() < limit && !open.is_empty() {
        let value =
            |at: usize| (1.0 - diversity) * candidates[at].score / best - diversity * nearest[at];
        let mut next = 0;
        for place in 1..open.len() {
            if value(open[place]) > value(open[next]) {
                next = place;
            }
        }
        let at = open.remove(next);
        chosen.push(at);
        for other in &open {
            let alike = alike(rules, &candidates[at], &candidates[*other]);
            nearest[*other] = nearest[*other].max(alike);
        }
    }
    chosen
}

/// How alike two candidates are, 0 to 1.
fn alike(rules: &Rules, a: &Candidate, b: &Candidate) -> f64 {
    let share = rules.weights.alike_group;
    let group = if !a.group.is_empty() && a.group == b.group { share } else { 0.0 };
    group + (1.0 - share) * rules.lexicon.topics_alike(&a.topics, &b.topics)
}
