//! The index: organizations by their names, found by what is rare in a name, then compared.

use crate::compare::{Profile, Table, compare, meet};
use crate::distinctive::letters;
use crate::lexicon::{Lexicon, Region};
use crate::name::OrgName;
use crate::score::{Feature, Part, Values, Weights, Zone};
use crate::text::is_word;
use crate::trie::{NumberMap, hash};
use kernel::text::{initials, is_han};
use rayon::prelude::*;
use std::sync::Arc;

/// An organization to be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The caller's id; ties are broken by its order.
    pub id: String,
    /// All its names, the main one first.
    pub names: Vec<String>,
    /// The caller's word for what it is; two different words speak against a pair.
    pub kind: Option<String>,
    /// Where it is: a place of the lexicon, such as 上海市 or 徐汇.
    pub place: Option<String>,
}

/// A name to be resolved, with what else is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// The name as it was written.
    pub name: &'a str,
    /// As in [`Entry::kind`].
    pub kind: Option<&'a str>,
    /// As in [`Entry::place`].
    pub place: Option<&'a str>,
}

impl<'a> From<&'a str> for Query<'a> {
    fn from(name: &'a str) -> Query<'a> {
        Query { name, kind: None, place: None }
    }
}

/// An organization that a name may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Match<'i> {
    /// The caller's id.
    pub id: &'i str,
    /// The name of it that fits best, as the caller gave it.
    pub name: &'i str,
    /// How likely the query means this one and no other and not none, 0 to 1.
    pub probability: f64,
    /// What to do with it.
    pub zone: Zone,
    /// Log-odds of `probability`: the sum of the contributions of all [`Match::parts`].
    pub score: f64,
    values: Values,
    rivals: f64,
    weights: &'i Weights,
}

impl Match<'_> {
    /// The reasons, those that are nothing left out. Their contributions add up to the score.
    pub fn parts(&self) -> Vec<Part> {
        self.weights.parts(&self.values, self.rivals)
    }

    /// The value of each feature, in the order of [`Feature::ALL`], for learning.
    pub fn values(&self) -> [f64; Feature::Rivals as usize] {
        std::array::from_fn(|at| f64::from(self.values[at]))
    }
}

/// Room to work in; one for each thread, kept between queries.
#[derive(Debug, Default)]
pub struct Scratch {
    scores: Vec<f32>,
    touched: Vec<u32>,
    grams: Vec<(u64, f32)>,
    lists: Vec<(u32, u32, f32)>,
    hits: Vec<(f32, u32)>,
    table: Table,
}

/// Candidates compared for one reading of a name.
const CANDIDATES_MAX: usize = 12;
/// Places in the lists that one reading may read.
const POSTINGS_MAX: usize = 8_000;
/// Organizations told for one query.
const MATCHES_MAX: usize = 10;
/// Names of one writing, or with one acronym, that are looked at.
const EQUALS_MAX: usize = 16;

/// What is kept of an entry beside its names.
#[derive(Debug)]
struct Head {
    id: Box<str>,
    kind: Option<Box<str>>,
    places: Vec<Region>,
}

#[derive(Debug)]
struct Row {
    entry: u32,
    text: Box<str>,
    profile: Profile,
}

/// Organizations, to be found by name. Built once; asking needs no lock.
#[derive(Debug)]
pub struct Index {
    lexicon: Arc<Lexicon>,
    weights: Weights,
    entries: Vec<Head>,
    rows: Vec<Row>,
    /// Gram to the range of its list and how rare it is.
    grams: NumberMap<(u32, u32, f32)>,
    postings: Vec<(u32, f32)>,
    equals: NumberMap<Vec<u32>>,
    acronyms: NumberMap<Vec<u32>>,
    /// How rare a gram is that no name has.
    rarest: f32,
}

impl Index {
    /// Indexes all names of the entries. Cost: linear in their characters.
    pub fn build(
        lexicon: Arc<Lexicon>,
        weights: Weights,
        entries: impl IntoIterator<Item = Entry>,
    ) -> Index {
        let mut heads = Vec::new();
        let mut names: Vec<(u32, Box<str>)> = Vec::new();
        for entry in entries {
            let places = entry.place.as_deref().map_or_else(Vec::new, |p| places(&lexicon, p));
            let number = heads.len() as u32;
            names.extend(entry.names.iter().map(|name| (number, name.as_str().into())));
            heads.push(Head { id: entry.id.into(), kind: entry.kind.map(Into::into), places });
        }
        let readings: Vec<Vec<OrgName>> =
            names.par_iter().map(|(_, name)| OrgName::readings(&lexicon, name)).collect();
        let mut flat: Vec<(u32, Box<str>, OrgName)> = Vec::with_capacity(names.len());
        for ((entry, text), readings) in names.into_iter().zip(readings) {
            flat.extend(readings.into_iter().map(|name| (entry, text.clone(), name)));
        }
        let mut index = Index {
            lexicon,
            weights,
            entries: heads,
            rows: Vec::new(),
            grams: NumberMap::default(),
            postings: Vec::new(),
            equals: NumberMap::default(),
            acronyms: NumberMap::default(),
            rarest: 1.0,
        };
        index.fill(flat);
        index
    }

    /// The weights it scores with.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The lexicon it reads names with.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The organizations a name may mean, the likeliest first, ties by id; at most ten.
    pub fn resolve<'q>(&self, query: impl Into<Query<'q>>) -> Vec<Match<'_>> {
        self.resolve_with(&mut Scratch::default(), &query.into(), None)
    }

    /// Many names at once, on all threads; the answers in the order of the names.
    pub fn resolve_all(&self, queries: &[Query<'_>]) -> Vec<Vec<Match<'_>>> {
        queries
            .par_iter()
            .map_init(Scratch::default, |scratch, query| self.resolve_with(scratch, query, None))
            .collect()
    }

    /// [`Index::resolve`] in room that is kept; `without` leaves one entry out, as if it were
    /// unknown.
    pub fn resolve_with(
        &self,
        scratch: &mut Scratch,
        query: &Query<'_>,
        without: Option<&str>,
    ) -> Vec<Match<'_>> {
        let mut found: Vec<(u32, u32, f64, Values)> = Vec::new();
        let places = query.place.map_or_else(Vec::new, |place| places(&self.lexicon, place));
        for reading in OrgName::readings(&self.lexicon, query.name).into_iter().take(3) {
            let profile = self.profile(reading);
            self.candidates(&profile, query.name, scratch);
            for at in 0..scratch.hits.len() {
                let (cosine, row) = scratch.hits[at];
                let Some(candidate) = self.rows.get(row as usize) else { continue };
                let head = &self.entries[candidate.entry as usize];
                if without.is_some_and(|id| *head.id == *id) {
                    continue;
                }
                let name = &candidate.profile;
                let table = &mut scratch.table;
                let mut values = compare(&self.lexicon, &profile, name, cosine, table);
                if self.is_acronym(&profile, row) {
                    values[Feature::Acronym as usize] = 1.0;
                }
                context(&mut values, query.kind, head.kind.as_deref(), &places, &head.places);
                found.push((candidate.entry, row, self.weights.score(&values), values));
            }
        }
        self.ranked(found)
    }

    /// The best name of each entry, with what rivals take from its probability.
    fn ranked(&self, mut found: Vec<(u32, u32, f64, Values)>) -> Vec<Match<'_>> {
        found.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)).then(a.1.cmp(&b.1)));
        found.dedup_by_key(|hit| hit.0);
        let odds: f64 = found.iter().map(|hit| hit.2.min(60.0).exp()).sum();
        let mut matches: Vec<Match<'_>> = found
            .into_iter()
            .map(|(entry, row, score, values)| {
                let others = (odds - score.min(60.0).exp()).max(0.0);
                let rivals = -others.ln_1p();
                let score = score + self.weights.value(Feature::Rivals) * rivals;
                let probability = 1.0 / (1.0 + (-score).exp());
                Match {
                    id: &self.entries[entry as usize].id,
                    name: &self.rows[row as usize].text,
                    probability,
                    zone: self.weights.zone(probability),
                    score,
                    values,
                    rivals,
                    weights: &self.weights,
                }
            })
            .collect();
        matches.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(b.id)));
        matches.truncate(MATCHES_MAX);
        matches
    }

    fn profile(&self, name: OrgName) -> Profile {
        Profile::new(name, |unit| self.rarity(unit))
    }

    fn rarity(&self, gram: u64) -> f32 {
        self.grams.get(&gram).map_or(self.rarest, |found| found.2)
    }

    /// Whether the query is one word in letters that stands for this name.
    fn is_acronym(&self, query: &Profile, row: u32) -> bool {
        match *query.units {
            [unit] if is_word(unit) => {
                self.acronyms.get(&unit).is_some_and(|rows| rows.contains(&row))
            }
            _ => false,
        }
    }

    /// Fills `scratch.hits` with the names that share the most, ties by their order.
    fn candidates(&self, query: &Profile, text: &str, scratch: &mut Scratch) {
        scratch.scores.resize(self.rows.len(), 0.0);
        scratch.touched.clear();
        scratch.lists.clear();
        weigh(&query.units, &mut scratch.grams, |gram| self.rarity(gram));
        for (gram, weight) in &scratch.grams {
            if let Some((start, end, _)) = self.grams.get(gram) {
                scratch.lists.push((*start, *end, *weight));
            }
        }
        scratch.lists.sort_unstable_by_key(|(start, end, _)| (end - start, *start));
        let mut budget = POSTINGS_MAX;
        for (start, end, weight) in &scratch.lists {
            let list = &self.postings[*start as usize..*end as usize];
            if list.len() > budget {
                break;
            }
            budget -= list.len();
            for (row, share) in list {
                let score = &mut scratch.scores[*row as usize];
                if *score == 0.0 {
                    scratch.touched.push(*row);
                }
                *score += weight * share;
            }
        }
        scratch.hits.clear();
        for row in &scratch.touched {
            scratch.hits.push((scratch.scores[*row as usize], *row));
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if scratch.hits.len() > CANDIDATES_MAX {
            scratch.hits.select_nth_unstable_by(CANDIDATES_MAX, order);
            scratch.hits.truncate(CANDIDATES_MAX);
        }
        self.add_equals(query, text, scratch);
        for row in &scratch.touched {
            scratch.scores[*row as usize] = 0.0;
        }
        scratch.hits.sort_unstable_by(order);
    }

    /// Adds the names that are equal, or that the query is an acronym of.
    fn add_equals(&self, query: &Profile, text: &str, scratch: &mut Scratch) {
        let lists = [self.equals.get(&query.literal), self.equals.get(&query.canonical)];
        let letters = match *query.units {
            [unit] if is_word(unit) => self.acronyms.get(&unit),
            _ if text.chars().all(is_han) => self.acronyms.get(&hash(text)),
            _ => None,
        };
        for row in lists.into_iter().chain([letters]).flatten().flatten() {
            if !scratch.hits.iter().any(|hit| hit.1 == *row) {
                let cosine = scratch.scores.get(*row as usize).copied().unwrap_or(0.0);
                scratch.hits.push((cosine, *row));
            }
        }
    }

    /// Counts grams, weighs them, and writes their lists.
    fn fill(&mut self, names: Vec<(u32, Box<str>, OrgName)>) {
        let mut counts: NumberMap<u32> = NumberMap::default();
        let mut grams = Vec::new();
        for (_, _, name) in &names {
            weigh(&name.units, &mut grams, |_| 1.0);
            for (gram, _) in &grams {
                *counts.entry(*gram).or_insert(0) += 1;
            }
        }
        let all = names.len().max(1) as f32;
        let mut start = 0;
        self.rarest = all.ln_1p();
        // Lists lie in the order in which grams first occur, which does not depend on hashing.
        for (_, _, name) in &names {
            weigh(&name.units, &mut grams, |_| 1.0);
            for (gram, _) in &grams {
                let count = counts.get(gram).copied().unwrap_or(1);
                self.grams.entry(*gram).or_insert_with(|| {
                    let range = (start, start, (all / count as f32).ln_1p());
                    start += count;
                    range
                });
            }
        }
        self.postings = vec![(0, 0.0); start as usize];
        for (entry, text, name) in names {
            let row = self.rows.len() as u32;
            let profile = self.profile(name);
            weigh(&profile.units, &mut grams, |gram| self.rarity(gram));
            for (gram, weight) in &grams {
                if let Some((_, end, _)) = self.grams.get_mut(gram) {
                    self.postings[*end as usize] = (row, *weight);
                    *end += 1;
                }
            }
            self.add_keys(row, &text, &profile);
            self.rows.push(Row { entry, text, profile });
        }
    }

    /// Files a name under its writings and its acronyms.
    fn add_keys(&mut self, row: u32, text: &str, profile: &Profile) {
        fn push(map: &mut NumberMap<Vec<u32>>, key: u64, row: u32) {
            let rows = map.entry(key).or_default();
            if rows.len() < EQUALS_MAX && !rows.contains(&row) {
                rows.push(row);
            }
        }
        push(&mut self.equals, profile.literal, row);
        push(&mut self.equals, profile.canonical, row);
        let short = initials(&crate::text::plain(text));
        if (3..=8).contains(&short.len()) {
            push(&mut self.acronyms, crate::text::word_unit(&short), row);
        }
    }
}

/// The features that come from what the caller knows beside the name.
fn context(
    values: &mut Values,
    asked_kind: Option<&str>,
    kind: Option<&str>,
    asked_places: &[Region],
    places: &[Region],
) {
    if let (Some(asked), Some(kind)) = (asked_kind, kind)
        && asked != kind
    {
        values[Feature::KindConflict as usize] = 1.0;
    }
    match meet(asked_places, places) {
        Some(true) => values[Feature::PlaceAgree as usize] = 1.0,
        Some(false) => values[Feature::PlaceConflict as usize] = 1.0,
        None => {}
    }
}

/// The places a text names, from its beginning.
fn places(lexicon: &Lexicon, text: &str) -> Vec<Region> {
    let chars: Vec<char> = text.chars().take(64).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match lexicon.regions.longest(letters(&chars[at..])) {
            Some((length, region)) => {
                if !region.is_scope() {
                    found.push(region);
                }
                at += length;
            }
            None => at += 1,
        }
    }
    // The narrowest place says the most: 浙江省杭州市 is 杭州.
    if found.iter().any(|region| region.city > 0) {
        found.retain(|region| region.city > 0);
    }
    found
}

/// The grams of a row of units, each once, with weights whose squares add up to 1.
///
/// A gram is a unit, or two neighbours.
fn weigh(units: &[u64], grams: &mut Vec<(u64, f32)>, rarity: impl Fn(u64) -> f32) {
    grams.clear();
    grams.extend(units.iter().map(|unit| (*unit, 0.0)));
    grams.extend(units.windows(2).map(|pair| (pair_gram(pair[0], pair[1]), 0.0)));
    grams.sort_unstable_by_key(|(gram, _)| *gram);
    let mut square = 0.0;
    let mut out = 0;
    let mut at = 0;
    while at < grams.len() {
        let gram = grams[at].0;
        let count = grams[at..].iter().take_while(|(other, _)| *other == gram).count();
        let weight = rarity(gram) * (1.0 + (count as f32).ln());
        square += weight * weight;
        grams[out] = (gram, weight);
        out += 1;
        at += count;
    }
    grams.truncate(out);
    let norm = square.sqrt().max(f32::MIN_POSITIVE);
    grams.iter_mut().for_each(|(_, weight)| *weight /= norm);
}

/// One number for two neighbours.
fn pair_gram(left: u64, right: u64) -> u64 {
    let mixed = left.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ right.rotate_left(17);
    mixed | (1 << 63)
}

#[cfg(test)]
mod tests;
