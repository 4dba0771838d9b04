//! Score: candidates against facts that people wrote down, per document.

use crate::candidate::{Candidate, CandidateKind};
use crate::document::{Document, find_letters, letters};
use crate::grammar::Grammar;
use kernel::{Decimal, Quantity, Valid};
use std::collections::BTreeMap;

/// A row of a gold table: a fact that a document states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gold {
    /// Who or what it is about.
    pub subject: String,
    /// What is measured.
    pub predicate: String,
    /// `62`, `>4000`, `≈1500(余)`, `≈4×1000`.
    pub value: String,
    /// The unit as written.
    pub unit: String,
    /// `2025`, `2021/2025`, `2024-03`, with remarks in brackets.
    pub valid_time: String,
    /// Name of the file it is from.
    pub file: String,
    /// Where the document says it, as it stands there.
    pub quote: String,
}

/// A document with what was read from it.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Name of its file, matched with [`Gold::file`].
    pub file: &'a str,
    /// The document.
    pub document: &'a Document,
    /// Its candidates; only facts count.
    pub candidates: &'a [Candidate],
}

/// How candidates and gold of one document, or of all, agree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Score {
    /// Numeric facts of the gold.
    pub gold: usize,
    /// Of those, how many some candidate states.
    pub matched: usize,
    /// Facts among the candidates.
    pub found: usize,
    /// Of those, how many state a fact of the gold.
    pub right: usize,
    /// Matched facts whose candidate stands where the gold's quote stands.
    pub span_exact: usize,
    /// Matched facts whose quote was found in the document.
    pub span_known: usize,
    /// Gold that no candidate states.
    pub missed: Vec<String>,
    /// Candidates that state no gold.
    pub spurious: Vec<String>,
}

impl Score {
    /// Share of the gold that was found, in thousandths; 1000 when there is none.
    pub fn recall(&self) -> usize {
        thousandths(self.matched, self.gold)
    }

    /// Share of the found that is right, in thousandths; 1000 when there is none.
    pub fn precision(&self) -> usize {
        thousandths(self.right, self.found)
    }

    /// Both scores as one.
    pub fn plus(&self, other: &Score) -> Score {
        Score {
            gold: self.gold + other.gold,
            matched: self.matched + other.matched,
            found: self.found + other.found,
            right: self.right + other.right,
            span_exact: self.span_exact + other.span_exact,
            span_known: self.span_known + other.span_known,
            missed: [self.missed.clone(), other.missed.clone()].concat(),
            spurious: [self.spurious.clone(), other.spurious.clone()].concat(),
        }
    }
}

fn thousandths(part: usize, whole: usize) -> usize {
    (part * 1000).checked_div(whole).unwrap_or(1000)
}

/// The score of each document, by file name. Documents without numeric gold score all as spurious.
pub fn score(gold: &[Gold], read: &[Read<'_>], grammar: &Grammar) -> BTreeMap<String, Score> {
    let mut out = BTreeMap::new();
    for one in read {
        let mine: Vec<(&Gold, Numeric)> = gold
            .iter()
            .filter(|row| row.file == one.file)
            .filter_map(|row| Some((row, Numeric::of(row, grammar)?)))
            .collect();
        out.insert(one.file.to_string(), document_score(&mine, one, grammar));
    }
    out
}

fn document_score(gold: &[(&Gold, Numeric)], read: &Read<'_>, grammar: &Grammar) -> Score {
    let facts: Vec<&Candidate> =
        read.candidates.iter().filter(|c| c.kind == CandidateKind::Fact).collect();
    let letters = letters(read.document);
    let mut score = Score { gold: gold.len(), found: facts.len(), ..Score::default() };
    let mut right = vec![false; facts.len()];
    for (row, numeric) in gold {
        let agreeing: Vec<usize> =
            (0..facts.len()).filter(|index| numeric.agrees(facts[*index], grammar)).collect();
        if agreeing.is_empty() {
            score.missed.push(format!(
                "{} | {} | {} {} | {}",
                row.subject, row.predicate, row.value, row.unit, row.valid_time
            ));
            continue;
        }
        score.matched += 1;
        for index in &agreeing {
            right[*index] = true;
        }
        if let Some((from, to)) = find_letters(&letters, &row.quote) {
            score.span_known += 1;
            let overlaps = |index: &usize| facts[*index].start < to && from < facts[*index].end;
            score.span_exact += usize::from(agreeing.iter().any(overlaps));
        }
    }
    score.right = right.iter().filter(|right| **right).count();
    let wrong = facts.iter().zip(&right).filter(|(_, right)| !**right);
    score.spurious = wrong.map(|(candidate, _)| shown(candidate)).collect();
    score
}

fn shown(candidate: &Candidate) -> String {
    let pattern = candidate.features.first().map_or("", |(_, value)| value.as_str());
    format!(
        "{} | {} | {}{} {} | {} | {} | {}",
        candidate.subject,
        candidate.property,
        candidate.comparator.sign(),
        candidate.value,
        candidate.unit.as_deref().unwrap_or(""),
        candidate.valid,
        pattern,
        candidate.quote_normalized
    )
}

/// A gold row as numbers.
struct Numeric {
    value: Decimal,
    high: Option<Decimal>,
    dimension: String,
    factor: Decimal,
    valid: Option<Valid>,
    subjects: Vec<String>,
}

impl Numeric {
    /// The row as numbers; `None` for texts, dates and years.
    fn of(row: &Gold, grammar: &Grammar) -> Option<Numeric> {
        let (value, high) = number(&row.value)?;
        let unit = row.unit.trim();
        let year = value.to_whole().is_some_and(|n| (1900..=2100).contains(&n));
        if matches!(unit, "定性" | "日期" | "年月" | "时间" | "体系" | "地点" | "批次" | "年代")
            || (unit == "年" && year)
        {
            return None;
        }
        let (dimension, factor) = measure(unit, grammar);
        let valid = Valid::parse(&row.valid_time).ok();
        Some(Numeric { value, high, dimension, factor, valid, subjects: names(&row.subject) })
    }

    fn agrees(&self, candidate: &Candidate, grammar: &Grammar) -> bool {
        let Some(value) = candidate.number() else { return false };
        let (dimension, factor) = measure(candidate.unit.as_deref().unwrap_or(""), grammar);
        let scaled = value.times(factor);
        let same_value = scaled.is_some() && scaled == self.value.times(self.factor);
        let same_high = match (self.high, &candidate.value_high) {
            (Some(high), Some(other)) => Decimal::parse(other)
                .is_ok_and(|other| other.times(factor) == high.times(self.factor)),
            _ => true,
        };
        let same_time = self.valid.is_none_or(|valid| valid.overlaps(&candidate.valid));
        let mine = names(&candidate.subject);
        let same_subject = mine.iter().any(|name| self.subjects.contains(name));
        dimension == self.dimension && same_value && same_high && same_time && same_subject
    }
}

/// `≈1500(余)`, `>40(多)`, `20(1/5)`, `≈4×1000`, `10~20`: value and upper end.
fn number(text: &str) -> Option<(Decimal, Option<Decimal>)> {
    if let Some((left, right)) = text.split_once('×') {
        let (left, right) = (Quantity::parse(left).ok()?, Quantity::parse(right).ok()?);
        return Some((left.number.times(right.number)?, None));
    }
    let quantity = Quantity::parse(text).ok()?;
    Some((quantity.number, quantity.high))
}

/// Dimension and factor of a unit; an unknown unit measures only itself.
fn measure(unit: &str, grammar: &Grammar) -> (String, Decimal) {
    if unit == grammar.words.rank_unit {
        return ("rank".to_string(), Decimal::whole(1));
    }
    if let Some(found) = grammar.unit(unit) {
        return (found.dimension.clone(), found.factor);
    }
    let chars: Vec<char> = unit.chars().collect();
    if let Some((length, index)) = grammar.unit_words.at(&chars, 0)
        && length == chars.len()
    {
        let found = &grammar.units[index];
        return (found.dimension.clone(), found.factor);
    }
    // 万家, 亿件: a magnitude before a counter; 首个 counts like any counter.
    let ten = |power: u32| Decimal::whole(10i64.pow(power));
    for (prefix, power) in [("万", 4), ("亿", 8), ("千", 3), ("百", 2)] {
        if let Some(found) = unit.strip_prefix(prefix).and_then(|rest| grammar.unit(rest)) {
            let factor = found.factor.times(ten(power)).unwrap_or(found.factor);
            return (found.dimension.clone(), factor);
        }
    }
    if grammar.first_units.iter().any(|first| first == unit) {
        return ("count".to_string(), Decimal::whole(1));
    }
    (unit.to_string(), Decimal::whole(1))
}

/// The names that a subject answers to: all of it, its head, and the part that it quotes.
fn names(subject: &str) -> Vec<String> {
    let mut out = vec![subject.to_string()];
    out.extend(subject.split(['(', '（']).next().map(ToString::to_string));
    out.extend(subject.split(['“', '"']).next().map(ToString::to_string));
    if let Some((head, _)) = subject.split_once('等') {
        out.push(head.to_string());
    }
    if let (Some(from), Some(to)) = (subject.find('“'), subject.find('”'))
        && from < to
    {
        out.push(subject[from..to].to_string());
    }
    let keys = out.iter().map(|name| kernel::text::name_key(&kernel::text::unquoted(name)));
    let mut keys: Vec<String> = keys.filter(|key| !key.is_empty()).collect();
    keys.sort();
    keys.dedup();
    keys
}
