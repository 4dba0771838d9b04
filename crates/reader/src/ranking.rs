//! Ranking: what reviewers accepted and rejected, counted per feature, orders what comes next.

use crate::candidate::Candidate;
use std::collections::BTreeMap;

/// How often candidates with a feature were accepted and rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Accepted by a person.
    pub accepted: u64,
    /// Rejected by a person.
    pub rejected: u64,
}

/// Counts per feature. The same judgements in any order give the same ranking.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranking {
    /// All candidates that were judged.
    pub total: Count,
    /// By feature name and value.
    pub features: BTreeMap<(String, String), Count>,
}

/// One judgement weighs as little as this many imagined ones say nothing.
const SMOOTHING: f64 = 2.0;
/// Features overlap, so each says only a part of what it would say alone.
const SHARE: f64 = 0.5;

impl Ranking {
    /// Takes in one judgement.
    pub fn learn(&mut self, features: &[(String, String)], accepted: bool) {
        self.total.add(accepted);
        for feature in features {
            self.features.entry(feature.clone()).or_default().add(accepted);
        }
    }

    /// How likely a candidate is right, 0 to 100, from its own confidence and the judgements.
    ///
    /// Log odds: those of the candidate's prior, plus for each feature how much more often it was
    /// accepted than candidates at large, shrunk towards nothing while few were judged.
    pub fn confidence(&self, candidate: &Candidate) -> u8 {
        self.confidence_of(candidate.confidence, &candidate.features)
    }

    /// As [`Ranking::confidence`], of a candidate that was kept: its prior and its features.
    pub fn confidence_of(&self, prior: u8, features: &[(String, String)]) -> u8 {
        let prior = f64::from(prior.clamp(1, 99)) / 100.0;
        let base = self.total.rate();
        let mut odds = (prior / (1.0 - prior)).ln();
        for feature in features {
            let Some(count) = self.features.get(feature) else { continue };
            let shrunk_yes = count.accepted as f64 + SMOOTHING * base;
            let shrunk_no = count.rejected as f64 + SMOOTHING * (1.0 - base);
            odds += SHARE * ((shrunk_yes / shrunk_no).ln() - (base / (1.0 - base)).ln());
        }
        // Reviewers at large may be harder or milder than the priors.
        let seen = (self.total.accepted + self.total.rejected) as f64;
        odds += seen / (seen + 20.0)
            * ((base / (1.0 - base)).ln() - (prior_mean() / (1.0 - prior_mean())).ln());
        let score = 100.0 / (1.0 + (-odds).exp());
        score.round().clamp(0.0, 100.0) as u8
    }
}

/// What the shipped priors expect on the whole.
fn prior_mean() -> f64 {
    0.85
}

impl Count {
    fn add(&mut self, accepted: bool) {
        if accepted {
            self.accepted = self.accepted.saturating_add(1);
        } else {
            self.rejected = self.rejected.saturating_add(1);
        }
    }

    /// Share of accepted ones, pulled towards the priors' mean while few were judged.
    fn rate(&self) -> f64 {
        let (yes, no) = (self.accepted as f64, self.rejected as f64);
        (yes + SMOOTHING * prior_mean()) / (yes + no + SMOOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grammar, Limits, candidates, read};

    fn sample() -> Candidate {
        let grammar = Grammar::shipped().expect("grammar");
        let schema = schema::Schema::shipped().expect("schema");
        let text = "锦澜区现有科技企业2600家。";
        let document = read(text.as_bytes(), "a.txt", &grammar, &Limits::default()).expect("text");
        candidates(&document, &grammar, &schema)
            .into_iter()
            .find(|candidate| candidate.value == "2600")
            .expect("fact")
    }

    #[test]
    fn what_reviewers_decide_moves_the_order() {
        let candidate = sample();
        let mut kind = Ranking::default();
        assert_eq!(kind.confidence(&candidate), candidate.confidence);
        let mut hard = kind.clone();
        for _ in 0..20 {
            kind.learn(&candidate.features, true);
            hard.learn(&candidate.features, false);
        }
        assert!(kind.confidence(&candidate) > candidate.confidence);
        assert!(hard.confidence(&candidate) < 30, "{}", hard.confidence(&candidate));
    }

    #[test]
    fn order_of_judgements_does_not_matter() {
        let candidate = sample();
        let other = vec![("pattern".to_string(), "rank".to_string())];
        let (mut a, mut b) = (Ranking::default(), Ranking::default());
        a.learn(&candidate.features, true);
        a.learn(&other, false);
        b.learn(&other, false);
        b.learn(&candidate.features, true);
        assert_eq!(a, b);
        assert_eq!(a.confidence(&candidate), b.confidence(&candidate));
    }
}
