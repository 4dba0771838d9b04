//! The score: features of a pair of names, what each is worth, and what follows from the sum.

use crate::lexicon::parse;
use kernel::{Label, Refusal};
use serde::Deserialize;
use std::collections::BTreeMap;

const WEIGHTS: &str = include_str!("../../../schema/names/weights.yaml");

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What two names have or lack in common.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// All features, in order.
            pub const ALL: &[Feature] = &[$(Feature::$name,)*];

            /// Its key in `weights.yaml`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Feature::$name => $key,)*
                }
            }
        }
    };
}

features! {
    /// What speaks against any pair before it is looked at.
    Prior = "prior",
    /// One writing, 0 or 1.
    Exact = "exact",
    /// One name but for short names and renames, 0 or 1.
    Canonical = "canonical",
    /// Share of the query's core found in the name, 0 to 1.
    CoverQuery = "cover_query",
    /// Share of the name's core found in the query, 0 to 1.
    CoverName = "cover_name",
    /// Product of the two shares.
    CoverBoth = "cover_both",
    /// Product of what is missing on both sides: each has a core of its own.
    CoreConflict = "core_conflict",
    /// Cosine of characters and pairs of characters, rare ones counting more, 0 to 1.
    Cosine = "cosine",
    /// Longest common piece, as a share of the shorter name, 0 to 1.
    Run = "run",
    /// How much was found at all: little proves little, 0 to 1.
    Evidence = "evidence",
    /// One name lies in the other in one piece, 0 or 1.
    Contained = "contained",
    /// The query's characters all stand in the name in order, with gaps, 0 or 1.
    Abbreviation = "abbreviation",
    /// The query has a character of each piece of the name: 上师大 of 上海师范大学, 0 or 1.
    Initials = "initials",
    /// The cores begin alike, 0 or 1.
    Head = "head",
    /// Letters are the initials of the name, 0 or 1.
    Acronym = "acronym",
    /// Places agree, 0 or 1.
    RegionAgree = "region_agree",
    /// Places exclude each other, 0 or 1.
    RegionConflict = "region_conflict",
    /// Only one names a place, 0 or 1.
    RegionSilent = "region_silent",
    /// Same kind of body, 0 or 1.
    ClassSame = "class_same",
    /// Kinds that can be one body, 0 or 1.
    ClassMeets = "class_meets",
    /// Kinds that cannot be one body, 0 or 1.
    ClassConflict = "class_conflict",
    /// Only one says what kind of body it is, 0 or 1.
    ClassSilent = "class_silent",
    /// Numbers differ, 0 or 1.
    NumberConflict = "number_conflict",
    /// One is the body, the other a part of it, 0 or 1.
    PartWhole = "part_whole",
    /// Parts of one body, 0 or 1.
    ParentAgree = "parent_agree",
    /// Parts of different bodies, 0 or 1.
    ParentConflict = "parent_conflict",
    /// Only one says what it is a part of, 0 or 1.
    ParentSilent = "parent_silent",
    /// The caller's kinds differ, 0 or 1.
    KindConflict = "kind_conflict",
    /// The caller's places agree, 0 or 1.
    PlaceAgree = "place_agree",
    /// The caller's places exclude each other, 0 or 1.
    PlaceConflict = "place_conflict",
    /// Others fit too: minus the logarithm of one and their odds.
    Rivals = "rivals",
}

/// Number of features.
pub(crate) const FEATURES: usize = Feature::Rivals as usize + 1;

/// Values of all features of a pair, by [`Feature`] as index.
pub(crate) type Values = [f32; FEATURES];

/// What to do with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Certain enough to link without a person.
    Merge,
    /// A person decides.
    Review,
    /// Not the same.
    Separate,
}

/// One reason of a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// What was looked at.
    pub feature: Feature,
    /// What was found; the range is told at the feature.
    pub value: f64,
    /// What it adds to the score, in log-odds (natural logarithm).
    pub contribution: f64,
}

/// What each feature is worth, and where the zones begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    pub(crate) values: Values,
    labels: Vec<Label>,
    /// From this probability a pair is linked, 0 to 1.
    pub merge: f64,
    /// From this probability a person is asked, 0 to 1.
    pub review: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightFile {
    #[expect(dead_code, reason = "said in the file for who reads it")]
    provenance: String,
    merge: f64,
    review: f64,
    features: BTreeMap<String, WeightEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeightEntry {
    weight: f32,
    zh: String,
    en: String,
}

impl Weights {
    /// The weights this crate was built with; fails only if the shipped file was changed badly.
    pub fn shipped() -> Result<Weights, Refusal> {
        Weights::read(WEIGHTS)
    }

    /// Reads weights; fails with `E-LEX-01` for YAML of another shape and `E-LEX-03` if a feature
    /// is missing or unknown.
    pub fn read(text: &str) -> Result<Weights, Refusal> {
        let file: WeightFile = parse("weights.yaml", text)?;
        let mut values = [0.0; FEATURES];
        let mut labels = Vec::with_capacity(FEATURES);
        for feature in Feature::ALL {
            let entry = file.features.get(feature.key()).ok_or_else(|| missing(feature.key()))?;
            values[*feature as usize] = entry.weight;
            labels.push(Label::new(&entry.zh, &entry.en));
        }
        if let Some(key) =
            file.features.keys().find(|k| !Feature::ALL.iter().any(|f| f.key() == *k))
        {
            return Err(missing(key));
        }
        Ok(Weights { values, labels, merge: file.merge, review: file.review })
    }

    /// The same with other values, for learning: in the order of [`Feature::ALL`].
    pub fn with_values(mut self, values: &[f64]) -> Weights {
        for (slot, value) in self.values.iter_mut().zip(values) {
            *slot = *value as f32;
        }
        self
    }

    /// What a feature is worth, in log-odds for each unit of its value.
    pub fn value(&self, feature: Feature) -> f64 {
        f64::from(self.values[feature as usize])
    }

    /// What a feature says, in both languages.
    pub fn label(&self, feature: Feature) -> &Label {
        &self.labels[feature as usize]
    }

    /// The zone of a probability.
    pub fn zone(&self, probability: f64) -> Zone {
        if probability >= self.merge {
            Zone::Merge
        } else if probability >= self.review {
            Zone::Review
        } else {
            Zone::Separate
        }
    }

    /// The log-odds of a pair before its rivals.
    pub(crate) fn score(&self, values: &Values) -> f64 {
        self.values.iter().zip(values).map(|(weight, value)| f64::from(weight * value)).sum()
    }

    /// The reasons of a score, those that are nothing left out.
    pub(crate) fn parts(&self, values: &Values, rivals: f64) -> Vec<Part> {
        let mut parts: Vec<Part> = Feature::ALL
            .iter()
            .zip(values)
            .filter(|(_, value)| **value != 0.0)
            .map(|(feature, value)| Part {
                feature: *feature,
                value: f64::from(*value),
                contribution: f64::from(self.values[*feature as usize] * value),
            })
            .collect();
        if rivals != 0.0 {
            let weight = self.value(Feature::Rivals);
            let feature = Feature::Rivals;
            parts.push(Part { feature, value: rivals, contribution: weight * rivals });
        }
        parts
    }
}

fn missing(key: &str) -> Refusal {
    Refusal::new(
        "E-LEX-03",
        "weights name each feature once",
        "权重文件缺少或多出特征",
        "the weights lack a feature or name one that does not exist",
    )
    .file("weights.yaml")
    .value(key)
}
