//! Record linkage after Fellegi and Sunter: records of two lists that mean one thing.
//!
//! What a level of agreement is worth is the logarithm of how much oftener it occurs among pairs
//! that match (`m`) than among pairs that do not (`u`). `u` comes from a fixed sample of all
//! pairs, `m` from expectation maximization over the candidates; nothing is drawn at random.
//! Source: Fellegi, Sunter, A Theory for Record Linkage, JASA 64 (1969).

use crate::comparator::{Comparator, prepared};
use crate::trie::NumberMap;
use kernel::Refusal;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Fields a plan may have.
pub const FIELDS_MAX: usize = 16;
/// Records a list may have.
pub const RECORDS_MAX: usize = 5_000_000;
/// Candidate pairs that are compared.
pub const PAIRS_MAX: usize = 50_000_000;
/// Pairs of one block; a larger block says nothing and is left out.
const BLOCK_PAIRS_MAX: usize = 20_000;
/// Pairs drawn to learn how often values agree by chance.
const SAMPLE: usize = 60_000;
/// Rounds of expectation maximization.
const ROUNDS: usize = 30;
/// No probability is learnt to be less than this.
const LEAST: f64 = 1e-6;

/// A field of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is called.
    pub name: String,
    /// How it is compared.
    pub comparator: Comparator,
}

/// A piece of a blocking key: so many first characters of a field, or all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Index of the field.
    pub field: usize,
    /// First characters that count; 0 is all.
    pub prefix: usize,
}

/// Which fields there are, and which pairs are looked at: those that share all pieces of a block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Fields in the order of the values of a record.
    pub fields: Vec<Field>,
    /// Blocks; a pair that shares one of them is compared.
    pub blocks: Vec<Vec<Key>>,
    /// Two fields whose values people exchange, such as given name and surname.
    pub exchanged: Option<(usize, usize)>,
}

/// A record: one value for each field, or nothing.
pub type Row = Vec<Option<String>>;

/// Two records that may match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Index in the left list.
    pub left: usize,
    /// Index in the right list.
    pub right: usize,
    /// Log-odds (natural) that they match.
    pub score: f64,
}

impl Pair {
    /// Probability that they match, 0 to 1.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.score).exp())
    }
}

/// What was learnt, and the pairs, the surest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    /// Pairs whose score is at least 0, by score, then left, then right.
    pub pairs: Vec<Pair>,
    /// Log-odds that any candidate matches.
    pub prior: f64,
    /// `weights[field][level]`: what each level adds, in log-odds. Missing values add nothing.
    pub weights: Vec<Vec<f64>>,
    /// Candidates that were compared.
    pub candidate_count: usize,
    /// Blocks that were too large to say anything.
    pub block_count_skipped: usize,
}

/// A missing value in a pattern.
const MISSING: u8 = u8::MAX;

type Pattern = [u8; FIELDS_MAX];

/// A list in the form in which it is compared: `values[record][field]`.
struct Prepared {
    values: Vec<Vec<Vec<char>>>,
}

/// Links two lists.
///
/// Fails with `E-LINK-01` for a plan without fields or blocks, with more than [`FIELDS_MAX`]
/// fields, or whose keys name no field; `E-LINK-02` for records of another width; `E-LINK-03` for
/// too many records or pairs. Cost: linear in records, candidates and their characters.
pub fn link(plan: &Plan, left: &[Row], right: &[Row]) -> Result<Linkage, Refusal> {
    check(plan, left, right)?;
    let (left, right) = (prepare(plan, left), prepare(plan, right));
    let (candidates, block_count_skipped) = candidates(plan, &left, &right)?;
    let patterns: Vec<Pattern> = candidates
        .par_iter()
        .map(|(l, r)| pattern(plan, &left.values[*l as usize], &right.values[*r as usize]))
        .collect();
    let by_chance = chance(plan, &left, &right);
    let (prior, weights) = learn(plan, &patterns, &by_chance);
    let mut pairs: Vec<Pair> = candidates
        .iter()
        .zip(&patterns)
        .map(|((left, right), pattern)| {
            let score = prior + weight(&weights, pattern);
            Pair { left: *left as usize, right: *right as usize, score }
        })
        .filter(|pair| pair.score >= 0.0)
        .collect();
    pairs.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.left.cmp(&b.left)).then(a.right.cmp(&b.right))
    });
    let candidate_count = candidates.len();
    Ok(Linkage { pairs, prior, weights, candidate_count, block_count_skipped })
}

impl Linkage {
    /// The pairs when each record matches one other at most, the surest taken first.
    pub fn one_to_one(&self) -> Vec<Pair> {
        let mut left = std::collections::BTreeSet::new();
        let mut right = std::collections::BTreeSet::new();
        let mut free = |pair: &&Pair| {
            let free = !left.contains(&pair.left) && !right.contains(&pair.right);
            if free {
                left.insert(pair.left);
                right.insert(pair.right);
            }
            free
        };
        self.pairs.iter().filter(|pair| free(pair)).copied().collect()
    }
}

fn check(plan: &Plan, left: &[Row], right: &[Row]) -> Result<(), Refusal> {
    let width = plan.fields.len();
    let exchanged = plan.exchanged.into_iter().flat_map(|(a, b)| [a, b]);
    let mut named = plan.blocks.iter().flatten().map(|key| key.field).chain(exchanged);
    let empty = plan.blocks.is_empty() || plan.blocks.iter().any(Vec::is_empty);
    if width == 0 || width > FIELDS_MAX || empty || named.any(|field| field >= width) {
        return Err(Refusal::new(
            "E-LINK-01",
            format!("a plan has 1 to {FIELDS_MAX} fields, and blocks that name them"),
            "比对方案的字段或分组不正确",
            "the fields or blocks of the plan are not sound",
        ));
    }
    if let Some(row) = left.iter().chain(right).find(|row| row.len() != width) {
        return Err(Refusal::new(
            "E-LINK-02",
            "a record has one value for each field",
            format!("记录应有{width}个值"),
            format!("a record has {width} values"),
        )
        .value(&row.len().to_string()));
    }
    if left.len().max(right.len()) > RECORDS_MAX {
        return Err(too_many());
    }
    Ok(())
}

fn too_many() -> Refusal {
    Refusal::new(
        "E-LINK-03",
        format!("at most {RECORDS_MAX} records a list and {PAIRS_MAX} pairs"),
        "记录或候选对过多,请使用更窄的分组",
        "too many records or pairs: use narrower blocks",
    )
}

fn prepare(plan: &Plan, rows: &[Row]) -> Prepared {
    let value = |(field, value): (&Field, &Option<String>)| {
        value.as_deref().map_or_else(Vec::new, |text| prepared(field.comparator, text))
    };
    let row = |row: &Row| plan.fields.iter().zip(row).map(value).collect();
    Prepared { values: rows.par_iter().map(row).collect() }
}

/// The key of a record in a block, or nothing if a piece is missing.
fn key(block: &[Key], values: &[Vec<char>]) -> Option<u64> {
    let mut number = 0xcbf2_9ce4_8422_2325_u64;
    for piece in block {
        let value = values.get(piece.field).filter(|value| !value.is_empty())?;
        let length = if piece.prefix == 0 { value.len() } else { value.len().min(piece.prefix) };
        for c in value[..length].iter().chain(&['\u{1f}']) {
            number = (number ^ u64::from(u32::from(*c))).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Some(number)
}

/// All pairs that share a block, each once, in order, and how many blocks were left out.
fn candidates(
    plan: &Plan,
    left: &Prepared,
    right: &Prepared,
) -> Result<(Vec<(u32, u32)>, usize), Refusal> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let mut skipped = 0;
    for block in &plan.blocks {
        let mut sides: NumberMap<(Vec<u32>, Vec<u32>)> = NumberMap::default();
        for (at, values) in left.values.iter().enumerate() {
            if let Some(key) = key(block, values) {
                sides.entry(key).or_default().0.push(at as u32);
            }
        }
        for (at, values) in right.values.iter().enumerate() {
            let side = key(block, values).and_then(|key| sides.get_mut(&key));
            side.into_iter().for_each(|side| side.1.push(at as u32));
        }
        for (ours, theirs) in sides.values() {
            if ours.len() * theirs.len() > BLOCK_PAIRS_MAX {
                skipped += 1;
                continue;
            }
            pairs.extend(ours.iter().flat_map(|l| theirs.iter().map(move |r| (*l, *r))));
            if pairs.len() > PAIRS_MAX {
                return Err(too_many());
            }
        }
        pairs.par_sort_unstable();
        pairs.dedup();
    }
    Ok((pairs, skipped))
}

/// The levels of all fields of a pair; exchanged fields are compared both ways.
fn pattern(plan: &Plan, left: &[Vec<char>], right: &[Vec<char>]) -> Pattern {
    let mut pattern = [MISSING; FIELDS_MAX];
    let level = |field: usize, other: usize| {
        if left[field].is_empty() || right[other].is_empty() {
            MISSING
        } else {
            plan.fields[field].comparator.level(&left[field], &right[other])
        }
    };
    for (field, slot) in pattern.iter_mut().enumerate().take(plan.fields.len()) {
        *slot = level(field, field);
    }
    if let Some((a, b)) = plan.exchanged {
        let crossed = (level(a, b), level(b, a));
        let sum = |x: u8, y: u8| u16::from(x) + u16::from(y);
        if sum(crossed.0, crossed.1) < sum(pattern[a], pattern[b]) {
            (pattern[a], pattern[b]) = crossed;
        }
    }
    pattern
}

/// How often each level occurs by chance: `shares[field][level]`, from pairs spread evenly.
fn chance(plan: &Plan, left: &Prepared, right: &Prepared) -> Vec<Vec<f64>> {
    let (rows, columns) = (left.values.len(), right.values.len());
    let mut counts: Vec<Vec<f64>> =
        plan.fields.iter().map(|field| vec![1.0; field.comparator.levels()]).collect();
    let count = SAMPLE.min(rows.saturating_mul(columns));
    let patterns: Vec<Pattern> = (0..count)
        .into_par_iter()
        .map(|turn| {
            // Two strides without a common rhythm walk through all pairs evenly.
            let l = turn.wrapping_mul(7919) % rows;
            let r = turn.wrapping_mul(104_729).wrapping_add(turn / rows.max(1)) % columns;
            pattern(plan, &left.values[l], &right.values[r])
        })
        .collect();
    for pattern in &patterns {
        for (levels, level) in counts.iter_mut().zip(pattern) {
            levels.get_mut(usize::from(*level)).into_iter().for_each(|slot| *slot += 1.0);
        }
    }
    counts.iter().map(|levels| shares(levels)).collect()
}

/// Counts as shares of their sum, none of them nothing.
fn shares(counts: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    counts.iter().map(|count| (count / total).max(LEAST)).collect()
}

/// Expectation maximization over distinct patterns: the prior, and a weight for each level.
fn learn(plan: &Plan, patterns: &[Pattern], by_chance: &[Vec<f64>]) -> (f64, Vec<Vec<f64>>) {
    let mut counts: BTreeMap<Pattern, f64> = BTreeMap::new();
    for pattern in patterns {
        *counts.entry(*pattern).or_insert(0.0) += 1.0;
    }
    let start = |field: &Field| -> Vec<f64> {
        // To begin with, matches mostly agree.
        let levels = field.comparator.levels();
        shares(&(0..levels).map(|level| if level == 0 { 9.0 } else { 1.0 }).collect::<Vec<_>>())
    };
    let mut matched: Vec<Vec<f64>> = plan.fields.iter().map(start).collect();
    let mut share = 0.1_f64;
    let weights = |matched: &[Vec<f64>]| -> Vec<Vec<f64>> {
        let ratio = |(m, u): (&f64, &f64)| (m / u).ln();
        let levels = |(m, u): (&Vec<f64>, &Vec<f64>)| m.iter().zip(u).map(ratio).collect();
        matched.iter().zip(by_chance).map(levels).collect()
    };
    for _ in 0..ROUNDS {
        let (now, prior) = (weights(&matched), (share / (1.0 - share)).ln());
        let mut sums: Vec<Vec<f64>> = matched.iter().map(|m| vec![1e-3; m.len()]).collect();
        let (mut hits, mut all) = (0.0, 0.0);
        for (pattern, count) in &counts {
            let odds = prior + weight(&now, pattern);
            let expected = count / (1.0 + (-odds).exp());
            hits += expected;
            all += count;
            for (levels, level) in sums.iter_mut().zip(pattern) {
                let slot = levels.get_mut(usize::from(*level));
                slot.into_iter().for_each(|slot| *slot += expected);
            }
        }
        if all == 0.0 {
            break;
        }
        share = (hits / all).clamp(LEAST, 1.0 - LEAST);
        matched = sums.iter().map(|levels| shares(levels)).collect();
    }
    ((share / (1.0 - share)).ln(), weights(&matched))
}

/// What the levels of a pair add up to.
fn weight(weights: &[Vec<f64>], pattern: &Pattern) -> f64 {
    let one = |(levels, level): (&Vec<f64>, &u8)| -> f64 {
        levels.get(usize::from(*level)).copied().unwrap_or(0.0)
    };
    weights.iter().zip(pattern).map(one).sum()
}

#[cfg(test)]
mod tests;
