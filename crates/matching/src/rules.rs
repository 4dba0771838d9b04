//! Rules: kinds, weights, constraints and reasons, read from YAML that a district can extend.

use crate::constraint::Compare;
use crate::lexicon::Lexicon;
use kernel::{Label, Refusal};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The files of `schema/matching/` that are built in: name and text.
const SHIPPED: &[(&str, &str)] = &[
    ("kinds.yaml", include_str!("../../../schema/matching/kinds.yaml")),
    ("weights.yaml", include_str!("../../../schema/matching/weights.yaml")),
    ("constraints.yaml", include_str!("../../../schema/matching/constraints.yaml")),
    ("declines.yaml", include_str!("../../../schema/matching/declines.yaml")),
    ("questions.yaml", include_str!("../../../schema/matching/questions.yaml")),
    ("synonyms.yaml", include_str!("../../../schema/matching/synonyms.yaml")),
    ("terms_ai.yaml", include_str!("../../../schema/matching/terms_ai.yaml")),
    ("topics.yaml", include_str!("../../../schema/matching/topics.yaml")),
];
/// A field's words count at most so many times.
const BOOST_MAX: u8 = 8;

/// All that is not code: what a district may change without Rust.
#[derive(Debug, Clone)]
pub struct Rules {
    kinds: BTreeMap<String, Kind>,
    constraints: Vec<Constraint>,
    reasons: BTreeMap<String, Reason>,
    /// How much each part of a score counts.
    pub weights: Weights,
    /// Words that ask, words that mean others, topics.
    pub lexicon: Lexicon,
}

/// A kind of record.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Stable key, such as `result`.
    pub key: String,
    /// Its name.
    pub label: Label,
    /// Field key to how often its words count, 1 to 8.
    pub fields: BTreeMap<String, u8>,
}

/// A typed condition that a demand can set.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraint {
    /// Stable key, such as `stage`.
    pub key: String,
    /// Its name.
    pub label: Label,
    /// How what is wanted and what is there compare.
    pub compare: Compare,
    /// Names of codes (or of levels, as digits) for people.
    pub names: BTreeMap<String, Label>,
}

/// A structured reason to decline.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable code, such as `too_early`.
    pub code: String,
    /// Its words.
    pub label: Label,
    /// What it tells against: that pair only, the record in all matches, or the group.
    pub against: Against,
    /// Share of the score that one such answer takes, 0 to 1.
    pub weight: f64,
    /// The field or fact of the record that would have to become better; may be empty.
    pub improves: String,
}

/// What a decline tells against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// This record for this demand.
    Pair,
    /// This record for every demand.
    Record,
}

/// How much each part of a score counts. Scores are for ordering; no figure rests on them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// BM25: how soon a repeated word stops to count; 0.1 to 10.
    pub k1: f32,
    /// BM25: how much long texts are discounted; 0 to 1.
    pub b: f32,
    /// Weight of a single Chinese character against a pair of them.
    pub single: f32,
    /// Weight of a word that a synonym or topic brought, against one that was typed.
    pub expanded: f32,
    /// Points for each e-fold of being cited.
    pub cited: f32,
    /// Points, as a share of the best text score, for belonging to the group most found.
    pub group: f32,
    /// How many of the first hits tell which group is most found.
    pub group_top: usize,
    /// Weight of words of questions that a record answered before.
    pub learnt: f32,
    /// The same BM25 constants for learnt words.
    pub learnt_k1: f32,
    /// See `learnt_k1`.
    pub learnt_b: f32,
    /// Weight of the vote of a similar question answered before.
    pub vote: f32,
    /// How many similar questions vote.
    pub voters: usize,
    /// Power of similarity in a vote: larger trusts the most similar only.
    pub vote_power: f32,
    /// Weight of the vote for the group of what answered.
    pub vote_group: f32,
    /// Weight of having answered before, whatever was asked, for each e-fold.
    pub answered: f32,
    /// Share of the score that each unknown constraint takes, 0 to 1.
    pub unknown: f64,
    /// No more than this share of a score is taken by feedback and unknowns together, 0 to 1.
    pub taken_max: f64,
    /// How alike two records of one group are, 0 to 1; the rest is shared topics.
    pub alike_group: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    kinds: Vec<KindLine>,
    constraints: Vec<ConstraintLine>,
    reasons: Vec<ReasonLine>,
    weights: Option<Weights>,
    asking: Vec<String>,
    synonyms: Vec<SynonymLine>,
    topics: Vec<TopicLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelLine {
    zh: String,
    en: String,
}

impl From<LabelLine> for Label {
    fn from(line: LabelLine) -> Label {
        Label::new(line.zh, line.en)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KindLine {
    key: String,
    label: LabelLine,
    fields: BTreeMap<String, u8>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConstraintLine {
    key: String,
    label: LabelLine,
    compare: Compare,
    #[serde(default)]
    names: BTreeMap<String, LabelLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonLine {
    code: String,
    label: LabelLine,
    against: Against,
    weight: f64,
    #[serde(default)]
    improves: String,
}

/// `words` typed also mean `mean`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SynonymLine {
    pub(crate) words: Vec<String>,
    pub(crate) mean: Vec<String>,
    /// How many times as much as a usual synonym its words count: a translation says the same.
    #[serde(default = "usual")]
    pub(crate) strength: f32,
}

fn usual() -> f32 {
    1.0
}

/// A topic with the words that speak of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicLine {
    pub(crate) key: String,
    pub(crate) words: Vec<String>,
    #[serde(default)]
    pub(crate) broader: String,
}

impl Rules {
    /// The rules that ship.
    pub fn shipped() -> Result<Rules, Refusal> {
        Rules::parse(SHIPPED)
    }

    /// The shipped rules with more files after them: what they name again they replace.
    pub fn extended(files: &[(&str, &str)]) -> Result<Rules, Refusal> {
        let all: Vec<(&str, &str)> = SHIPPED.iter().chain(files).copied().collect();
        Rules::parse(&all)
    }

    /// Rules from files (name and YAML text); later files replace kinds, constraints, reasons and
    /// weights of earlier ones and add words.
    ///
    /// Fails with `E-MATCH-05`: not YAML of this shape, a number out of range, or no weights.
    pub fn parse(files: &[(&str, &str)]) -> Result<Rules, Refusal> {
        let mut kinds = BTreeMap::new();
        let mut constraints: Vec<Constraint> = Vec::new();
        let mut reasons = BTreeMap::new();
        let mut weights = None;
        let mut lexicon = Lexicon::default();
        for (name, text) in files {
            let file: File = serde_saphyr::from_str(text)
                .map_err(|error| refuse(&error.to_string()).file(name))?;
            for line in file.kinds {
                let kind = kind(line).map_err(|refusal| refusal.file(name))?;
                kinds.insert(kind.key.clone(), kind);
            }
            for line in file.constraints {
                let constraint = constraint(line);
                constraints.retain(|known| known.key != constraint.key);
                constraints.push(constraint);
            }
            for line in file.reasons {
                let reason = reason(line).map_err(|refusal| refusal.file(name))?;
                reasons.insert(reason.code.clone(), reason);
            }
            weights = file.weights.or(weights);
            lexicon.add(&file.asking, &file.synonyms, file.topics);
        }
        let weights = weights.ok_or_else(|| refuse("no file gives weights"))?;
        weights.check()?;
        lexicon.finish();
        Ok(Rules { kinds, constraints, reasons, weights, lexicon })
    }

    /// A kind by key.
    pub fn kind(&self, key: &str) -> Option<&Kind> {
        self.kinds.get(key)
    }

    /// All kinds by key.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// A constraint by key.
    pub fn constraint(&self, key: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.key == key)
    }

    /// All constraints in the order of the files.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// A reason to decline by code.
    pub fn reason(&self, code: &str) -> Option<&Reason> {
        self.reasons.get(code)
    }

    /// All reasons to decline by code.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.values()
    }
}

impl Weights {
    fn check(&self) -> Result<(), Refusal> {
        let points = [
            self.single,
            self.expanded,
            self.cited,
            self.group,
            self.learnt,
            self.vote,
            self.vote_group,
            self.answered,
        ];
        let shares = [self.unknown, self.taken_max, self.alike_group];
        let sound = points.iter().all(|points| (0.0..=100.0).contains(points))
            && shares.iter().all(|share| (0.0..=1.0).contains(share))
            && [self.k1, self.learnt_k1, self.vote_power].iter().all(|k| (0.1..=10.0).contains(k))
            && [self.b, self.learnt_b].iter().all(|b| (0.0..=1.0).contains(b))
            && (1..=1_000).contains(&self.group_top)
            && (1..=1_000).contains(&self.voters);
        if sound { Ok(()) } else { Err(refuse("a weight is out of its range")) }
    }
}

fn kind(line: KindLine) -> Result<Kind, Refusal> {
    let boosts_fit = line.fields.values().all(|boost| (1..=BOOST_MAX).contains(boost));
    if line.key.is_empty() || line.fields.is_empty() || !boosts_fit {
        return Err(
            refuse("a kind has a key and fields whose words count 1 to 8 times").value(&line.key)
        );
    }
    Ok(Kind { key: line.key, label: line.label.into(), fields: line.fields })
}

fn constraint(line: ConstraintLine) -> Constraint {
    let names = line.names.into_iter().map(|(code, label)| (code, label.into())).collect();
    Constraint { key: line.key, label: line.label.into(), compare: line.compare, names }
}

fn reason(line: ReasonLine) -> Result<Reason, Refusal> {
    if line.code.is_empty() || !(0.0..=1.0).contains(&line.weight) {
        return Err(refuse("a reason has a code and a weight of 0 to 1").value(&line.code));
    }
    let ReasonLine { code, label, against, weight, improves } = line;
    Ok(Reason { code, label: label.into(), against, weight, improves })
}

fn refuse(what: &str) -> Refusal {
    Refusal::new(
        "E-MATCH-05",
        "matching rules are YAML of the shape of schema/matching",
        format!("匹配规则文件有误:{what}"),
        format!("the matching rules are wrong: {what}"),
    )
}
