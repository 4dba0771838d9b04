//! Void clauses: finds in the text of a contract what SPC 10 counts as monopolizing technology.
//!
//! The patterns are data (`schema/law/clauses.yaml`). A hit is a warning: the clause may stay when
//! someone gives a reason for it.

use crate::clock::{bounded, filled};
use crate::input::refuse;
use crate::output;
use kernel::{Label, Proof, Refusal};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::OnceLock;

const SHIPPED: &str = include_str!("../../../schema/law/clauses.yaml");

/// A text has at most this many characters.
pub const TEXT_MAX: usize = 200_000;

/// The six kinds of SPC 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// SPC 10(1): improvements banned, or granted back without a return.
    GrantBack,
    /// SPC 10(2): no technology from others.
    OtherSources,
    /// SPC 10(3): limits on quantity, variety, price, channel, export.
    MarketLimits,
    /// SPC 10(4): tying.
    Tying,
    /// SPC 10(5): limits on where to buy.
    PurchaseSources,
    /// SPC 10(6): no challenge of validity.
    NoChallenge,
}

impl Kind {
    /// All of them, in the order of SPC 10.
    pub const ALL: [Kind; 6] = [
        Kind::GrantBack,
        Kind::OtherSources,
        Kind::MarketLimits,
        Kind::Tying,
        Kind::PurchaseSources,
        Kind::NoChallenge,
    ];

    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Kind::GrantBack => "grant_back",
            Kind::OtherSources => "other_sources",
            Kind::MarketLimits => "market_limits",
            Kind::Tying => "tying",
            Kind::PurchaseSources => "purchase_sources",
            Kind::NoChallenge => "no_challenge",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clauses: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: Kind,
    article: String,
    label: Words,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pattern {
    all: Vec<Vec<String>>,
    none: Vec<String>,
    within: usize,
}

/// The patterns to look for.
#[derive(Debug, Clone)]
pub struct Patterns(Vec<Entry>);

impl Patterns {
    /// Those that ship, read once: every case whose contract was linted asks for them again.
    /// Fails like [`Patterns::parse`].
    pub fn shipped() -> Result<&'static Patterns, Refusal> {
        static READ: OnceLock<Result<Patterns, Refusal>> = OnceLock::new();
        READ.get_or_init(|| Patterns::parse(SHIPPED)).as_ref().map_err(Refusal::clone)
    }

    /// Those of a YAML text; fails with `E-RULE-03` for what is not of the shape or matches anything.
    pub fn parse(text: &str) -> Result<Patterns, Refusal> {
        let wrong = |value: &str| {
            let en = "a file of clauses holds kinds with patterns, each with phrases";
            Refusal::new("E-RULE-03", en, "条款规则文件的写法不对", en).value(value)
        };
        let file: File = serde_saphyr::from_str(text).map_err(|error| wrong(&error.to_string()))?;
        for entry in &file.clauses {
            let empty = |one: &Pattern| {
                one.all.is_empty()
                    || one.all.iter().any(|group| group.is_empty())
                    || one.all.iter().flatten().chain(&one.none).any(|phrase| !filled(Some(phrase)))
            };
            if entry.patterns.iter().any(empty) {
                return Err(wrong(entry.kind.name()));
            }
        }
        Ok(Patterns(file.clauses))
    }
}

/// A clause that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which of the six.
    pub kind: Kind,
    /// The article.
    pub article: String,
    /// What it is called.
    pub label: Label,
    /// Its first character, counted from 0.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
    /// Its text.
    pub text: String,
    /// Why it stays, when someone said so.
    pub reason: Option<String>,
}

/// What was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linted {
    /// In the order of the text; one hit a kind and sentence.
    pub hits: Vec<Hit>,
    /// How that came about.
    pub proof: Proof,
}

impl Linted {
    /// As JSON.
    pub fn json(&self) -> Value {
        let hits: Vec<Value> = self
            .hits
            .iter()
            .map(|hit| {
                json!({
                    "code": "E-CON-04",
                    "kind": hit.kind.name(),
                    "article": hit.article,
                    "zh": hit.label.zh,
                    "en": hit.label.en,
                    "start": hit.start,
                    "end": hit.end,
                    "text": hit.text,
                    "reason": hit.reason,
                })
            })
            .collect();
        json!({"hits": hits, "proof": output::proof(&self.proof)})
    }
}

/// Why a clause stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Which kind.
    pub kind: Kind,
    /// The hit it is for, by its first character; every hit of the kind when left out.
    pub start: Option<usize>,
    /// Why.
    pub reason: String,
}

/// The text of a contract, and reasons for what was found in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The text.
    pub text: String,
    /// Reasons.
    #[serde(default)]
    pub overrides: Vec<Override>,
}

/// Finds the void clauses of a text and the reasons given for them. Fails with `E-SIZE`.
pub fn lint(facts: &Review, patterns: &Patterns) -> Result<Linted, Refusal> {
    bounded(facts.overrides.len(), "overrides")?;
    let chars: Vec<char> = facts.text.chars().take(TEXT_MAX + 1).collect();
    if chars.len() > TEXT_MAX {
        let zh = format!("合同文本最多 {TEXT_MAX} 字");
        let en = format!("a contract text has at most {TEXT_MAX} characters");
        return Err(Refusal::new("E-SIZE", en.clone(), zh, en).column("text"));
    }
    // One character for one, so that places in the text stay what they are.
    let low: Vec<char> = chars
        .iter()
        .map(|c| if c.is_whitespace() { ' ' } else { c.to_ascii_lowercase() })
        .collect();
    let mut hits = Vec::new();
    for (from, sentence) in sentences(&low) {
        for entry in &patterns.0 {
            let spans = entry.patterns.iter().filter_map(|one| span(sentence, one));
            // The tightest of its patterns shows best where the clause is.
            let Some((start, end)) = spans.min_by_key(|(start, end)| (end - start, *start)) else {
                continue;
            };
            let (start, end) = (from + start, from + end);
            let text = chars.get(start..end).unwrap_or_default().iter().collect();
            let reason = facts.overrides.iter().find(|one| {
                one.kind == entry.kind
                    && one.start.is_none_or(|at| at == start)
                    && filled(Some(&one.reason))
            });
            hits.push(Hit {
                kind: entry.kind,
                article: entry.article.clone(),
                label: Label::new(&*entry.label.zh, &*entry.label.en),
                start,
                end,
                text,
                reason: reason.map(|one| one.reason.trim().to_string()),
            });
        }
    }
    hits.sort_by_key(|hit| (hit.start, hit.kind));
    let parts = Kind::ALL
        .iter()
        .map(|kind| Proof::fact(kind.name(), hits.iter().any(|hit| hit.kind == *kind)))
        .collect();
    let proof = Proof::step("void_clauses", !hits.is_empty(), "any", parts);
    Ok(Linted { hits, proof })
}

/// Like [`lint`], and fails with `E-CON-04` for the first clause without a reason.
pub fn accept(facts: &Review, patterns: &Patterns) -> Result<Linted, Refusal> {
    let found = lint(facts, patterns)?;
    match found.hits.iter().find(|hit| hit.reason.is_none()) {
        None => Ok(found),
        Some(hit) => {
            let zh = format!("条款可能无效:{};保留应说明理由", hit.label.zh);
            let en = format!("the clause may be void: {}; give a reason to keep it", hit.label.en);
            Err(refuse("E-CON-04", &hit.article, &zh, &en)
                .value(&hit.text)
                .column(&format!("text:{}..{}", hit.start, hit.end)))
        }
    }
}

/// Sentences with their first place. A point ends one only before a space or the end.
fn sentences(text: &[char]) -> Vec<(usize, &[char])> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, c) in text.iter().enumerate() {
        let ends = match c {
            '。' | ';' | '；' | '!' | '！' | '?' | '？' => true,
            '.' => text.get(at + 1).is_none_or(|next| *next == ' '),
            _ => false,
        };
        if ends {
            found.extend(text.get(from..at).map(|sentence| (from, sentence)));
            from = at + 1;
        }
    }
    found.extend(text.get(from..).map(|sentence| (from, sentence)));
    found
}

/// Every place of a phrase: first character and the one after.
fn places(text: &[char], phrase: &str) -> Vec<(usize, usize)> {
    let phrase: Vec<char> = phrase.chars().map(|c| c.to_ascii_lowercase()).collect();
    let whole = |at: usize, end: usize| {
        let latin = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
        let open = at.checked_sub(1).and_then(|before| text.get(before));
        let torn_left = latin(phrase.first()) && latin(open);
        let torn_right = latin(phrase.last()) && latin(text.get(end));
        !torn_left && !torn_right
    };
    text.windows(phrase.len().max(1))
        .enumerate()
        .filter(|(_, window)| **window == *phrase)
        .map(|(at, window)| (at, at + window.len()))
        .filter(|(at, end)| whole(*at, *end))
        .collect()
}

/// The tightest stretch in which every group has a phrase, unless something makes it harmless.
fn span(sentence: &[char], pattern: &Pattern) -> Option<(usize, usize)> {
    let mut groups: Vec<Vec<(usize, usize)>> = pattern
        .all
        .iter()
        .map(|group| group.iter().flat_map(|phrase| places(sentence, phrase)).collect())
        .collect();
    if groups.iter().any(Vec::is_empty) {
        return None;
    }
    if pattern.none.iter().any(|phrase| !places(sentence, phrase).is_empty()) {
        return None;
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    let (first, rest) = groups.split_first()?;
    let stretch = |anchor: &(usize, usize)| {
        rest.iter().try_fold(*anchor, |(start, end), group| {
            // Only what is near: a text of one endless sentence stays quick to read.
            let low = group.partition_point(|(from, _)| from + pattern.within < start);
            let high = group.partition_point(|(from, _)| *from <= end + pattern.within);
            group
                .get(low..high)?
                .iter()
                .map(|(from, to)| (start.min(*from), end.max(*to)))
                .min_by_key(|(from, to)| (to - from, *from))
        })
    };
    first
        .iter()
        .filter_map(stretch)
        .filter(|(start, end)| end - start <= pattern.within)
        .min_by_key(|(start, end)| (end - start, *start))
}

#[cfg(test)]
mod tests;
