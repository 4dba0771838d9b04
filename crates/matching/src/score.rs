//! Scores: every record's points for a question, part by part, in one pass over postings.
//!
//! Term by term into one array of sums: for Chinese in ones and twos nearly every record shares a
//! character with a question, so skipping lists gains less than adding straight through them.

use crate::error::Result;
use crate::lexicon::{Origin, Term};
use crate::rules::{Rules, Weights};
use crate::snapshot::{NONE, Snapshot, rarity};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use tantivy::fieldnorm::FieldNormReader;

/// A word that occurs more often than this in one text gains as if it did so often.
const FREQUENCY_MAX: usize = 16;
/// Of a long demand so many terms are scored, the rarest first.
const TERMS_SCORED_MAX: usize = 160;

/// A part of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKey {
    /// Words of the question in the record's own texts.
    Words,
    /// Words that mean the same or belong to the topic.
    Meaning,
    /// Questions that the record answered before.
    Learnt,
    /// The group it belongs to was found, or answered, more than others.
    Group,
    /// How often it, or what it belongs to, is cited.
    Cited,
    /// What answers to this record said: never above nought.
    Feedback,
    /// Constraints of which nobody knows whether they hold: never above nought.
    Unknown,
}

/// Points of all documents for one question.
pub(crate) struct Scores {
    pub(crate) words: Vec<f32>,
    /// Empty when no word was brought in.
    meaning: Vec<f32>,
    /// Empty when nothing was learnt.
    learnt: Vec<f32>,
    /// `group[number]`.
    group: Vec<f32>,
    /// Similar questions answered before: how alike, 0 to 1, and which answer; most alike first.
    pub(crate) voters: Vec<(f32, u32)>,
}

/// Which documents may be found: `kinds[number of kind]`.
pub(crate) struct Filter {
    pub(crate) kinds: Vec<bool>,
}

impl Filter {
    fn takes(&self, snapshot: &Snapshot, doc: usize) -> bool {
        self.kinds.get(usize::from(snapshot.kind_of[doc])).copied().unwrap_or(false)
    }
}

/// Gains of a term by frequency and length code.
struct Gains(Vec<[f32; 256]>);

impl Gains {
    fn new(k1: f32, b: f32, mean: f32) -> Gains {
        let row = |frequency: usize| {
            std::array::from_fn(|code| {
                let length = FieldNormReader::id_to_fieldnorm(code as u8) as f32;
                gain(frequency as f32, length / mean, k1, b)
            })
        };
        Gains((1..=FREQUENCY_MAX).map(row).collect())
    }
}

/// BM25's gain of a word that occurs `frequency` times; `length` is in means.
fn gain(frequency: f32, length: f32, k1: f32, b: f32) -> f32 {
    frequency * (k1 + 1.0) / (frequency + k1 * (1.0 - b + b * length))
}

impl Scores {
    pub(crate) fn new(
        snapshot: &Snapshot,
        rules: &Rules,
        terms: &[Term],
        filter: &Filter,
    ) -> Result<Scores> {
        let size = snapshot.doc_count as usize;
        let mut scores = Scores {
            words: vec![0.0; size],
            meaning: Vec::new(),
            learnt: Vec::new(),
            group: vec![0.0; snapshot.groups.len()],
            voters: Vec::new(),
        };
        let weighed = scores.add_words(snapshot, &rules.weights, terms)?;
        scores.add_found_group(snapshot, &rules.weights, filter);
        if snapshot.answer_count > 0 {
            scores.learnt = vec![0.0; size];
            scores.add_learnt(snapshot, &rules.weights, &weighed)?;
        }
        Ok(scores)
    }

    /// Adds words typed and brought; returns what was typed with its rarity.
    fn add_words<'a>(
        &mut self,
        snapshot: &Snapshot,
        weights: &Weights,
        terms: &'a [Term],
    ) -> Result<Vec<(&'a Term, f32)>> {
        let count = snapshot.record_count as u32;
        let mut all = Vec::with_capacity(terms.len());
        for term in terms {
            let postings = snapshot.text(&term.text)?;
            let live = postings.as_ref().map_or(0, |postings| postings.live);
            all.push((term, rarity(count, live), postings));
        }
        if all.len() > TERMS_SCORED_MAX {
            all.sort_by(|a, b| {
                let worth = |x: &(&Term, f32, _)| x.0.weight * x.1;
                worth(b).total_cmp(&worth(a)).then_with(|| a.0.text.cmp(&b.0.text))
            });
            all.truncate(TERMS_SCORED_MAX);
            all.sort_by(|a, b| (a.0.origin, &a.0.text).cmp(&(b.0.origin, &b.0.text)));
        }
        let gains = Gains::new(weights.k1, weights.b, snapshot.text_mean);
        let mut typed = Vec::with_capacity(all.len());
        for (term, rarity, postings) in all {
            let sums = match term.origin {
                Origin::Asked => {
                    typed.push((term, rarity));
                    &mut self.words
                }
                Origin::Expanded => {
                    self.meaning.resize(snapshot.doc_count as usize, 0.0);
                    &mut self.meaning
                }
            };
            let Some(mut postings) = postings else { continue };
            let (weight, codes) = (term.weight * rarity, snapshot.text_code.as_slice());
            postings.each(|doc, frequency| {
                let row = &gains.0[(frequency as usize).clamp(1, FREQUENCY_MAX) - 1];
                sums[doc as usize] += weight * row[usize::from(codes[doc as usize])];
            });
        }
        Ok(typed)
    }

    /// The groups of the first hits by words give points to all that belongs to them.
    fn add_found_group(&mut self, snapshot: &Snapshot, weights: &Weights, filter: &Filter) {
        let first = self.top(snapshot, filter, weights.group_top, |scores, doc| {
            f64::from(scores.text(doc as usize))
        });
        let Some(best) = first.first().map(|(score, _)| *score).filter(|best| *best > 0.0) else {
            return;
        };
        let mut found = vec![0.0_f64; self.group.len()];
        for (score, doc) in &first {
            found[snapshot.group_of[*doc as usize] as usize] += score / best;
        }
        found[0] = 0.0;
        let most = found.iter().copied().fold(0.0, f64::max);
        if most > 0.0 {
            for (points, found) in self.group.iter_mut().zip(found) {
                *points += weights.group * best as f32 * (found / most).sqrt() as f32;
            }
        }
    }

    fn add_learnt(
        &mut self,
        snapshot: &Snapshot,
        weights: &Weights,
        typed: &[(&Term, f32)],
    ) -> Result<()> {
        let size = snapshot.doc_count as usize;
        let mut dots = vec![0.0_f32; size];
        let mut norm = 0.0_f32;
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        for (term, rarity_text) in typed {
            let postings = snapshot.asked(&term.text)?;
            let live = postings.as_ref().map_or(0, |postings| postings.live);
            let rarity = snapshot.rarity_both(*rarity_text, live);
            norm += rarity * rarity;
            let Some(mut postings) = postings else { continue };
            let worth = weights.learnt * term.weight * rarity;
            counts.clear();
            postings.each(|doc, frequency| {
                let target = snapshot.target[doc as usize];
                if target != NONE {
                    *counts.entry(target).or_default() += frequency as f32;
                    dots[doc as usize] += rarity * rarity;
                }
            });
            for (target, frequency) in &counts {
                let length = snapshot.learnt.get(target).map_or(1.0, |l| l.length as f32);
                let length = length / snapshot.learnt_mean;
                let gain = gain(*frequency, length, weights.learnt_k1, weights.learnt_b);
                self.learnt[*target as usize] += worth * gain;
            }
        }
        self.add_votes(snapshot, weights, &dots, norm.sqrt());
        for (group, answers) in snapshot.group_answers.iter().enumerate().skip(1) {
            self.group[group] += weights.answered * (*answers as f32).ln_1p();
        }
        Ok(())
    }

    /// Similar questions vote for what answered them, and for its group.
    fn add_votes(&mut self, snapshot: &Snapshot, weights: &Weights, dots: &[f32], norm: f32) {
        let alike = |doc: usize| {
            let norms = norm * snapshot.asked_norm[doc];
            if norms > 0.0 { (dots[doc] / norms).min(1.0) } else { 0.0 }
        };
        let docs = (0..dots.len()).filter(|doc| dots[*doc] > 0.0);
        let mut voters: Vec<(f32, u32)> = docs.map(|doc| (alike(doc), doc as u32)).collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| {
            let (x, y) = (&snapshot.ids[a.1 as usize], &snapshot.ids[b.1 as usize]);
            b.0.total_cmp(&a.0).then_with(|| x.cmp(y))
        };
        if voters.len() > weights.voters {
            voters.select_nth_unstable_by(weights.voters, order);
            voters.truncate(weights.voters);
        }
        voters.sort_unstable_by(order);
        let mut groups: BTreeMap<u32, f32> = BTreeMap::new();
        for (alike, doc) in &voters {
            let target = snapshot.target[*doc as usize];
            let vote = alike.powf(weights.vote_power);
            self.learnt[target as usize] += weights.vote * norm * vote;
            let group = snapshot.group_of[target as usize];
            if group > 0 {
                *groups.entry(group).or_default() += vote;
            }
        }
        for (group, votes) in groups {
            self.group[group as usize] += weights.vote_group * norm * votes.sqrt();
        }
        self.voters = voters;
    }

    fn text(&self, doc: usize) -> f32 {
        self.words[doc] + self.meaning.get(doc).copied().unwrap_or(0.0)
    }

    /// The parts of a document's score; their sum in this order is [`Scores::total`].
    pub(crate) fn parts(&self, snapshot: &Snapshot, doc: u32) -> [(PartKey, f64); 5] {
        let doc = doc as usize;
        let at = |points: &[f32]| f64::from(points.get(doc).copied().unwrap_or(0.0));
        [
            (PartKey::Words, at(&self.words)),
            (PartKey::Meaning, at(&self.meaning)),
            (PartKey::Learnt, at(&self.learnt)),
            (PartKey::Group, f64::from(self.group[snapshot.group_of[doc] as usize])),
            (PartKey::Cited, f64::from(snapshot.prior[doc])),
        ]
    }

    /// Nought for what has nothing to do with the question, else the sum of the parts.
    pub(crate) fn total(&self, snapshot: &Snapshot, doc: u32) -> f64 {
        let learnt = self.learnt.get(doc as usize).copied().unwrap_or(0.0);
        if self.text(doc as usize) + learnt <= 0.0 {
            return 0.0;
        }
        self.parts(snapshot, doc).iter().fold(0.0, |sum, (_, points)| sum + points)
    }

    /// The documents of the most points above nought: most first, then by id.
    pub(crate) fn top(
        &self,
        snapshot: &Snapshot,
        filter: &Filter,
        limit: usize,
        points: impl Fn(&Scores, u32) -> f64,
    ) -> Vec<(f64, u32)> {
        let order = |a: &(f64, u32), b: &(f64, u32)| -> Ordering {
            let (x, y) = (&snapshot.ids[a.1 as usize], &snapshot.ids[b.1 as usize]);
            b.0.total_cmp(&a.0).then_with(|| x.cmp(y))
        };
        let mut kept: Vec<(f64, u32)> = Vec::with_capacity(2 * limit + 1);
        let mut least = 0.0;
        for doc in 0..snapshot.doc_count {
            let points = points(self, doc);
            if points <= 0.0 || points < least || !filter.takes(snapshot, doc as usize) {
                continue;
            }
            kept.push((points, doc));
            if kept.len() > 2 * limit {
                kept.select_nth_unstable_by(limit, order);
                kept.truncate(limit);
                least = kept.iter().map(|(points, _)| *points).fold(f64::INFINITY, f64::min);
            }
        }
        kept.sort_unstable_by(order);
        kept.truncate(limit);
        kept
    }
}
