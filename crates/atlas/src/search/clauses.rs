//! What to ask the index for, and how much each answer promises.
//!
//! Answers are marked with fixed weights instead of statistics, so that the same atlas gives the
//! same answers however its index came about.

use super::fields::{Fields, HEAD_CHARS, INITIALS_CHARS, WHOLE};
use super::short_forms::can_shorten;
use super::standing::Standing;
use super::wanted::{Wanted, Word};
use crate::error::Result;
use kernel::text::is_han;
use std::collections::BTreeSet;
use tantivy::query::{BooleanQuery, EnableScoring, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher, Term};

/// The weight of a name that has all words; other names weigh more.
pub(super) const NAMED: u8 = 40;

/// Marks of every document of a searcher, by segment.
pub(super) struct Marks<'a> {
    searcher: &'a Searcher,
    by_segment: Vec<Vec<u8>>,
    /// Whether the marks are bits.
    flags: bool,
}

/// An entity that the index promises, and its documents (now, past).
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    pub(super) entity: u32,
    pub(super) weight: u8,
    pub(super) documents: [Option<DocAddress>; 2],
}

impl<'a> Marks<'a> {
    pub(super) fn new(searcher: &'a Searcher) -> Marks<'a> {
        let sizes = searcher.segment_readers().iter().map(|reader| reader.max_doc() as usize);
        Marks { searcher, by_segment: sizes.map(|size| vec![0; size]).collect(), flags: false }
    }

    fn each(&mut self, query: &dyn Query, change: impl Fn(&mut u8)) -> Result<()> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for (reader, marks) in self.searcher.segment_readers().iter().zip(&mut self.by_segment) {
            weight.for_each_no_score(reader, &mut |found| {
                found.iter().for_each(|document| change(&mut marks[*document as usize]));
            })?;
        }
        Ok(())
    }

    /// Marks what a query finds with at least this weight.
    fn raise(&mut self, query: &dyn Query, weight: u8) -> Result<()> {
        self.each(query, |mark| *mark = (*mark).max(weight))
    }

    /// Adds one to the marks of what a query finds.
    fn count(&mut self, query: &dyn Query) -> Result<()> {
        self.each(query, |mark| *mark = mark.saturating_add(1))
    }

    /// Sets a bit, 0 to 7, in the marks of what a query finds.
    fn flag(&mut self, query: &dyn Query, bit: usize) -> Result<()> {
        self.flags = true;
        self.each(query, |mark| *mark |= 1 << bit)
    }

    /// Lowers marks by what is not enough.
    fn demand(&mut self, least: u8) {
        let marks = self.by_segment.iter_mut().flatten();
        marks.for_each(|mark| *mark = if *mark < least { 0 } else { *mark });
    }

    /// The entities behind the marks that are visible, in no order; with `past`, those marked for
    /// what no longer stands too.
    pub(super) fn promises(&self, standing: &Standing, past: bool) -> Result<Vec<Promise>> {
        let mut found = Vec::new();
        for (ordinal, reader) in self.searcher.segment_readers().iter().enumerate() {
            let ids = reader.fast_fields().u64("id")?.first_or_default_col(0);
            for (document, mark) in (0u32..).zip(&self.by_segment[ordinal]) {
                if *mark == 0 || reader.is_deleted(document) {
                    continue;
                }
                let id = ids.get_val(document);
                let (entity, gone) = ((id / 2) as u32, id % 2 == 1);
                if (gone && !past) || standing.row(entity).count == 0 {
                    continue;
                }
                let mut documents = [None; 2];
                documents[usize::from(gone)] = Some(DocAddress::new(ordinal as u32, document));
                found.push(Promise { entity, weight: *mark, documents });
            }
        }
        if past {
            found.sort_unstable_by_key(|promise| promise.entity);
            found.dedup_by(|later, first| {
                let same = later.entity == first.entity;
                if same {
                    first.weight = match self.flags {
                        true => first.weight | later.weight,
                        false => first.weight.max(later.weight),
                    };
                    let [now, past] = first.documents;
                    first.documents = [now.or(later.documents[0]), past.or(later.documents[1])];
                }
                same
            });
        }
        Ok(found)
    }
}

/// Marks what has the text in it, as it is written or as it sounds.
pub(super) fn mark_written(marks: &mut Marks<'_>, fields: &Fields, wanted: &Wanted) -> Result<()> {
    let key = [Some(&wanted.key), wanted.identifier.as_ref()];
    for key in key.into_iter().flatten().filter(|key| !key.is_empty()) {
        marks.raise(&*term(fields.key, key), 60)?;
    }
    if let Some(query) = beginning(fields, wanted) {
        marks.raise(&*query, 50)?;
    }
    if wanted.initials {
        marks.raise(&*term(fields.initials, &format!("{WHOLE}{}", wanted.letters)), 45)?;
    }
    if !wanted.words.is_empty() {
        marks.raise(&*every_word(fields.name, &wanted.words), NAMED)?;
        marks.raise(&*every_word(fields.any, &wanted.words), 10)?;
    }
    for reading in wanted.readings.iter().filter(|r| r.rest.is_empty()) {
        if reading.syllables.len() >= 2 {
            marks.raise(&*sounding(fields, &reading.syllables, ""), 30)?;
        }
    }
    Ok(())
}

/// Marks what begins with these initials or sounds.
pub(super) fn mark_begun(marks: &mut Marks<'_>, fields: &Fields, wanted: &Wanted) -> Result<()> {
    for reading in wanted.readings.iter().filter(|reading| !reading.syllables.is_empty()) {
        marks.raise(&*sounding(fields, &reading.syllables, &reading.rest), 80)?;
    }
    if wanted.initials {
        let query = match wanted.letters.get(..INITIALS_CHARS) {
            Some(head) => term(fields.initials, head),
            None => starting(fields.initials, &wanted.letters),
        };
        marks.raise(&*query, 90)?;
    }
    Ok(())
}

/// Marks names that have all characters of a short name.
pub(super) fn mark_short(marks: &mut Marks<'_>, fields: &Fields, wanted: &Wanted) -> Result<()> {
    if !can_shorten(&wanted.chars) {
        return Ok(());
    }
    let singles: BTreeSet<char> = wanted.chars.iter().copied().filter(|c| is_han(*c)).collect();
    let mut queries: Vec<Box<dyn Query>> =
        singles.iter().map(|c| term(fields.name, c.encode_utf8(&mut [0; 4]))).collect();
    let latin = wanted.words.iter().filter(|word| !word.han);
    queries.extend(latin.map(|word| term(fields.name, &word.text)));
    marks.raise(&*all_of(queries), 1)
}

/// Marks what differs by few slips.
pub(super) fn mark_slips(marks: &mut Marks<'_>, fields: &Fields, wanted: &Wanted) -> Result<()> {
    let pairs = if wanted.slips() > 0 { pair_queries(fields, wanted) } else { Vec::new() };
    if !pairs.is_empty() {
        for query in &pairs {
            marks.count(&**query)?;
        }
        // One slip spoils two pairs at most.
        let least = pairs.len().saturating_sub(2 * wanted.slips()).clamp(1, 30);
        marks.demand(least as u8);
    }
    if wanted.sounds.len() >= 2 {
        marks.raise(&*sounding(fields, &wanted.sounds, ""), 80)?;
    }
    if wanted.words.iter().any(|word| word.slips() > 0) {
        let queries = wanted.words.iter().map(|word| near_word(fields.name, word)).collect();
        marks.raise(&BooleanQuery::intersection(queries), 70)?;
    }
    Ok(())
}

/// Marks what has some part of the text in it: a bit for each part.
pub(super) fn mark_parts(marks: &mut Marks<'_>, fields: &Fields, wanted: &Wanted) -> Result<()> {
    for (bit, part) in wanted.parts.iter().enumerate() {
        let words = wanted.words.iter().enumerate().filter(|(at, _)| part.words >> at & 1 == 1);
        let words: Vec<Word> = words.map(|(_, word)| word.clone()).collect();
        marks.flag(&*every_word(fields.any, &words), bit)?;
    }
    Ok(())
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

/// Terms that start with a text.
fn starting(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, text), 0, false))
}

/// Names that begin with the text, and do not go on inside a word of it.
fn beginning(fields: &Fields, wanted: &Wanted) -> Option<Box<dyn Query>> {
    let head = match wanted.key.chars().count() {
        0 => return None,
        1..=HEAD_CHARS => term(fields.key, &format!("{WHOLE}{}", wanted.key)),
        _ => starting(fields.key, &wanted.key),
    };
    match wanted.words.is_empty() {
        true => Some(head),
        false => Some(all_of(vec![head, every_word(fields.name, &wanted.words)])),
    }
}

fn every_word(field: Field, words: &[Word]) -> Box<dyn Query> {
    let query = |word: &Word| match word.prefix {
        true => starting(field, &word.text),
        false => term(field, &word.text),
    };
    all_of(words.iter().map(query).collect())
}

fn all_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::intersection(queries)),
    }
}

fn near_word(field: Field, word: &Word) -> Box<dyn Query> {
    let (text, slips) = (Term::from_field_text(field, &word.text), word.slips() as u8);
    match (slips, word.prefix) {
        (0, false) => term(field, &word.text),
        (_, false) => Box::new(FuzzyTermQuery::new(text, slips, true)),
        (_, true) => Box::new(FuzzyTermQuery::new_prefix(text, slips, true)),
    }
}

/// Names with these syllables side by side, and then one that begins with `rest`.
fn sounding(fields: &Fields, syllables: &[String], rest: &str) -> Box<dyn Query> {
    let mut queries: Vec<Box<dyn Query>> = syllables
        .windows(2)
        .map(|pair| term(fields.sound, &format!("{} {}", pair[0], pair[1])))
        .collect();
    match syllables {
        [.., last] if !rest.is_empty() => {
            queries.push(starting(fields.sound, &format!("{last} {rest}")));
        }
        [one] => queries.push(term(fields.sound, one)),
        _ => {}
    }
    Box::new(BooleanQuery::intersection(queries))
}

/// One query for each pair of Chinese characters and each Latin word that was typed.
fn pair_queries(fields: &Fields, wanted: &Wanted) -> Vec<Box<dyn Query>> {
    let pairs = wanted.chars.windows(2).filter(|pair| pair.iter().all(|c| is_han(*c)));
    let mut texts: Vec<String> = pairs.map(|pair| pair.iter().collect()).collect();
    texts.extend(wanted.words.iter().filter(|word| !word.han).map(|word| word.text.clone()));
    texts.dedup();
    texts.truncate(30);
    texts.iter().map(|text| term(fields.name, text)).collect()
}
