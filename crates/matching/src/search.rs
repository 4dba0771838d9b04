//! Searching: a question in, records with the parts of their scores out.

use crate::engine::Engine;
use crate::error::Result;
use crate::rules::Rules;
use crate::score::{Filter, PartKey, Scores};
use crate::snapshot::Snapshot;
use std::collections::BTreeSet;

/// A search or a match gives at most so many records.
pub const LIMIT_MAX: usize = 1_000;

/// What to search for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// The question, as typed; read up to 2,000 characters.
    pub text: String,
    /// Kinds to find; all when empty. A kind that the rules do not know finds nothing.
    pub kinds: Vec<String>,
    /// Topics whose words are looked for too.
    pub topics: BTreeSet<String>,
    /// At most so many, up to 1,000.
    pub limit: usize,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The sum of its parts, in their order; for ordering only.
    pub score: f64,
    /// Parts with points, see [`PartKey`].
    pub parts: Vec<(PartKey, f64)>,
}

impl Query {
    /// Every kind, ten records.
    pub fn new(text: &str) -> Query {
        Query { text: text.to_string(), limit: 10, ..Query::default() }
    }
}

impl Engine {
    /// Records that answer a question: most points first, ties by id.
    ///
    /// Cost: linear in the postings of the question's terms and in the number of records.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>> {
        let snapshot = self.snapshot();
        let filter = filter(&snapshot, &query.kinds);
        let scores = scores(&snapshot, self.rules(), &query.text, &query.topics, &filter)?;
        let total = |scores: &Scores, doc| scores.total(&snapshot, doc);
        let found = scores.top(&snapshot, &filter, query.limit.min(LIMIT_MAX), total);
        let hit = |(score, doc): (f64, u32)| Hit {
            id: snapshot.ids[doc as usize].to_string(),
            kind: snapshot.kind(doc).to_string(),
            score,
            parts: present(scores.parts(&snapshot, doc)),
        };
        Ok(found.into_iter().map(hit).collect())
    }
}

pub(crate) fn filter(snapshot: &Snapshot, kinds: &[String]) -> Filter {
    let takes = |kind: &String| kinds.is_empty() || kinds.contains(kind);
    Filter { kinds: snapshot.kinds.iter().map(takes).collect() }
}

pub(crate) fn scores(
    snapshot: &Snapshot,
    rules: &Rules,
    text: &str,
    topics: &BTreeSet<String>,
    filter: &Filter,
) -> Result<Scores> {
    let weights = &rules.weights;
    let terms = rules.lexicon.terms(text, topics, weights.single, weights.expanded);
    Scores::new(snapshot, rules, &terms, filter)
}

/// The parts that are not nought; adding nought changes no sum.
pub(crate) fn present(parts: [(PartKey, f64); 5]) -> Vec<(PartKey, f64)> {
    parts.into_iter().filter(|(_, points)| *points != 0.0).collect()
}
