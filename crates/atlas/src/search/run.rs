//! One search under way: what was typed first, and what is less and less like it while there is
//! not enough.

use super::clauses::{
    Marks, NAMED as NAME_WEIGHT, Promise, mark_begun, mark_parts, mark_short, mark_slips,
    mark_written,
};
use super::document::{Entry, unpacked};
use super::explain::explain;
use super::facets::{Filter, Tally};
use super::judge::{Allowing, EXACT, How, Judge, NAMED, ONE_TEXT, Verdict};
use super::short_forms::{can_shorten, in_order};
use super::standing::Standing;
use super::wanted::Wanted;
use super::{Answer, Hit, Index, LIMIT_MAX, Query, comes_after, plain_hit, write_place};
use crate::error::{Error, Result};
use crate::view::{LIVE, View};
use kernel::text::fold;
use kernel::{EntityId, Label};
use std::collections::BTreeMap;
use tantivy::schema::Value as _;
use tantivy::{Searcher, TantivyDocument};

/// Promises of the index that are judged by their texts; the others follow them unjudged.
const JUDGED: usize = 300;
/// The same when the question is about the past, where every promise has to be judged.
const JUDGED_PAST: usize = 2_000;
/// Promises of each looser search that are judged; there are no others.
const JUDGED_SIMILAR: usize = 400;
/// Below so many matches, looser ones are looked for too.
const ENOUGH: usize = 20;

/// A match in its order: score, statements, id.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    promise: Promise,
    rank: u64,
    verdict: Option<Verdict>,
}

impl Ranked {
    fn new(promise: Promise, verdict: Option<Verdict>, standing: &Standing) -> Ranked {
        let count = standing.row(promise.entity).count;
        let score = verdict.map_or(0, |verdict| verdict.of_known(count));
        Ranked { promise, rank: (u64::from(score) << 32) | u64::from(count), verdict }
    }

    /// Ascending is best first.
    fn order(&self) -> (u64, u32) {
        (u64::MAX - self.rank, self.promise.entity)
    }

    fn scores(&self, least: u16) -> bool {
        self.verdict.is_some_and(|verdict| verdict.score >= least)
    }
}

/// One search under way.
pub(super) struct Search<'a> {
    index: &'a Index,
    view: &'a View,
    query: &'a Query,
    wanted: Wanted,
    /// The same with short forms in full and the other way round.
    spellings: Vec<Wanted>,
    searcher: Searcher,
    standing: &'a Standing,
    past: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        index: &'a Index,
        view: &'a View,
        query: &'a Query,
        wanted: Wanted,
        standing: &'a Standing,
    ) -> Search<'a> {
        let spellings = index.forms.spellings(&fold(&query.text));
        Search {
            index,
            view,
            query,
            wanted,
            spellings: spellings.iter().map(|text| Wanted::new(text)).collect(),
            searcher: index.searcher(),
            standing,
            past: query.sight.horizon != LIVE,
        }
    }

    pub(super) fn run(&self, filter: &Filter<'_>, after: Option<(u64, u32)>) -> Result<Answer> {
        let mut found = self.written(filter)?;
        let named = |found: &[Ranked]| found.iter().filter(|found| found.scores(NAMED)).count();
        if named(&found) < ENOUGH {
            let promises = self.short_promises()?;
            self.add(&mut found, promises, Allowing::Short, filter)?;
        }
        if !found.iter().any(|found| found.verdict.is_none() || found.scores(ONE_TEXT)) {
            let promises =
                self.promises(|marks| mark_slips(marks, &self.index.fields, &self.wanted))?;
            self.add(&mut found, promises, Allowing::Slips, filter)?;
        }
        let in_parts = found.is_empty();
        if in_parts {
            let promises = self.part_promises(false)?;
            self.add(&mut found, promises, Allowing::Parts, filter)?;
        }
        let entities = found.iter().map(|found| found.promise.entity);
        let tally = Tally::new(self.view, self.standing, filter, entities);
        found.retain(|found| filter.passes(self.standing, found.promise.entity));
        let exact = found.iter().any(|found| found.verdict.is_none() || found.scores(EXACT));
        let note = (!exact && !found.is_empty()).then(|| note(in_parts));
        let total = found.len();
        let (page, next) = page(found, after, self.query.limit);
        let hits = page.iter().map(|found| self.hit(found)).collect::<Result<Vec<Hit>>>()?;
        Ok(tally.answer(hits, total, next, note))
    }

    /// What has the text in it: the best judged, the others behind them.
    fn written(&self, filter: &Filter<'_>) -> Result<Vec<Ranked>> {
        let mut promises =
            self.promises(|marks| mark_written(marks, &self.index.fields, &self.wanted))?;
        let most = if self.past { JUDGED_PAST } else { JUDGED };
        let rest = self.take_best(&mut promises, most, filter);
        let mut found = Vec::with_capacity(promises.len() + rest.len());
        for promise in promises {
            // Some have all words, but not in one text, or said at another time.
            if let Some(verdict) = self.judge(&promise, Allowing::Nothing)? {
                found.push(Ranked::new(promise, Some(verdict), self.standing));
            }
        }
        found.extend(rest.into_iter().map(|promise| Ranked::new(promise, None, self.standing)));
        Ok(found)
    }

    fn promises(&self, mark: impl FnOnce(&mut Marks<'_>) -> Result<()>) -> Result<Vec<Promise>> {
        let mut marks = Marks::new(&self.searcher);
        mark(&mut marks)?;
        marks.promises(self.standing, self.past)
    }

    /// Names that may be meant by a short form, and what is in a place that a part names.
    fn short_promises(&self) -> Result<Vec<Promise>> {
        let fields = &self.index.fields;
        let mut promises = self.promises(|marks| {
            mark_short(marks, fields, &self.wanted)?;
            for spelling in &self.spellings {
                mark_written(marks, fields, spelling)?;
            }
            mark_begun(marks, fields, &self.wanted)
        })?;
        if promises.len() > JUDGED_SIMILAR && can_shorten(&self.wanted.chars) {
            for promise in &mut promises {
                let name = self.view.names(EntityId(i64::from(promise.entity))).zh;
                let letters = name.chars().map(|c| c.to_ascii_lowercase());
                if promise.weight < NAME_WEIGHT && in_order(&self.wanted.chars, letters) {
                    promise.weight = NAME_WEIGHT;
                }
            }
        }
        if !self.wanted.one_run {
            promises.append(&mut self.part_promises(true)?);
        }
        Ok(promises)
    }

    /// What has all parts, the place counted, or else some.
    fn part_promises(&self, all: bool) -> Result<Vec<Promise>> {
        let parts = &self.wanted.parts;
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let whole = (0..parts.len()).fold(0u8, |bits, at| bits | 1 << at);
        let mut known: BTreeMap<u32, u8> = BTreeMap::new();
        let mut of_place = |place: u32| {
            *known.entry(place).or_insert_with(|| {
                let names = self.place_names(&[place]);
                let named = |at: &usize| names.iter().any(|name| parts[*at].names_place(name));
                (0..parts.len()).filter(named).fold(0, |bits, at| bits | 1 << at)
            })
        };
        let mut promises =
            self.promises(|marks| mark_parts(marks, &self.index.fields, &self.wanted))?;
        promises.retain_mut(|promise| {
            let row = self.standing.row(promise.entity);
            let mut bits = promise.weight;
            if !self.wanted.one_run {
                bits |= of_place(row.street) | of_place(row.district);
            }
            let has = parts.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            let length: usize = has.map(|(_, part)| part.text.chars().count()).sum();
            promise.weight = length.min(usize::from(NAME_WEIGHT) - 1) as u8;
            bits == whole || !all
        });
        Ok(promises)
    }

    /// Folded names of places, 0 being none.
    fn place_names(&self, places: &[u32]) -> Vec<String> {
        let there = places.iter().filter(|place| **place != 0);
        let names = there.map(|place| self.view.names(EntityId(i64::from(*place))));
        names.flat_map(|names| [fold(names.zh), fold(names.en)]).collect()
    }

    /// Keeps the best `most` of these promises and answers the others.
    fn take_best(
        &self,
        promises: &mut Vec<Promise>,
        most: usize,
        filter: &Filter<'_>,
    ) -> Vec<Promise> {
        if promises.len() <= most {
            return Vec::new();
        }
        promises.select_nth_unstable_by_key(most, |promise| {
            let count = self.standing.row(promise.entity).count;
            let hidden = !filter.passes(self.standing, promise.entity);
            // Of names the shorter: it has less else in it than what was typed.
            let length = match promise.weight {
                NAME_WEIGHT.. => {
                    self.view.names(EntityId(i64::from(promise.entity))).any_zh().len()
                }
                _ => 0,
            };
            (hidden, u8::MAX - promise.weight, length, u32::MAX - count, promise.entity)
        });
        promises.split_off(most)
    }

    /// Adds the best of these promises, except those found by a name or left unjudged before; what
    /// was found by other texts only takes the better verdict.
    fn add(
        &self,
        found: &mut Vec<Ranked>,
        mut promises: Vec<Promise>,
        allowing: Allowing,
        filter: &Filter<'_>,
    ) -> Result<()> {
        let mut known: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, found) in found.iter().enumerate() {
            known.insert(found.promise.entity, at);
        }
        promises.retain(|promise| {
            let before = known.get(&promise.entity).map(|at| found[*at].verdict);
            before.is_none_or(|verdict| verdict.is_some_and(|verdict| verdict.score < NAMED))
        });
        self.take_best(&mut promises, JUDGED_SIMILAR, filter);
        for promise in promises {
            let Some(verdict) = self.judge(&promise, allowing)? else { continue };
            let new = Ranked::new(promise, Some(verdict), self.standing);
            match known.get(&promise.entity) {
                Some(at) if found[*at].rank < new.rank => found[*at] = new,
                Some(_) => {}
                None => {
                    known.insert(promise.entity, found.len());
                    found.push(new);
                }
            }
        }
        Ok(())
    }

    fn judge(&self, promise: &Promise, allowing: Allowing) -> Result<Option<Verdict>> {
        let entries = self.entries(promise)?;
        let sight = self.query.sight;
        // With nothing withheld, what the index holds as standing does stand.
        let stands = |entry: &Entry| {
            sight.horizon == LIVE || entry.said_by.iter().any(|at| self.stands(*at))
        };
        let row = self.standing.row(promise.entity);
        let places = match allowing {
            Allowing::Nothing => Vec::new(),
            _ => self.place_names(&[row.street, row.district]),
        };
        let (forms, wanted) = (&self.index.forms, &self.wanted);
        let mut best = Judge { wanted, forms, allowing, places: &places }.judge(&entries, stands);
        if allowing == Allowing::Short {
            for (spelling, wanted) in (1u8..).zip(&self.spellings) {
                let judge = Judge { wanted, forms, allowing: Allowing::Nothing, places: &[] };
                let found = judge.judge(&entries, stands).map(|found| found.spelled(spelling));
                best = match (best, found) {
                    (Some(best), Some(found)) if best.score >= found.score => Some(best),
                    (best, found) => found.or(best),
                };
            }
        }
        Ok(best)
    }

    fn stands(&self, at: u32) -> bool {
        (at as usize) < self.view.statement_count() && self.view.stands(at, self.query.sight)
    }

    /// The texts of an entity, as the index keeps them.
    fn entries(&self, promise: &Promise) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for address in promise.documents.iter().flatten() {
            let document: TantivyDocument = self.searcher.doc(*address)?;
            let bytes = document.get_first(self.index.fields.texts);
            let bytes = bytes.as_ref().and_then(|value| value.as_bytes()).unwrap_or_default();
            let damaged = || Error::Damaged(format!("search texts of E{}", promise.entity));
            entries.append(&mut unpacked(bytes).ok_or_else(damaged)?);
        }
        Ok(entries)
    }

    fn hit(&self, found: &Ranked) -> Result<Hit> {
        let verdict = match found.verdict {
            Some(verdict) => Some(verdict),
            None => self.judge(&found.promise, Allowing::Nothing)?,
        };
        let hit = plain_hit(self.view, self.standing, found.promise.entity);
        let Some(verdict) = verdict else {
            return Ok(Hit { how: How::Text, ..hit });
        };
        let spelling = usize::from(verdict.spelling).checked_sub(1);
        let wanted = spelling.and_then(|at| self.spellings.get(at)).unwrap_or(&self.wanted);
        let entries = self.entries(&found.promise)?;
        let (matched, highlight) = explain(wanted, &self.index.forms, &entries, verdict);
        Ok(Hit { matched, how: verdict.how, highlight: Some(highlight), ..hit })
    }
}

fn note(in_parts: bool) -> Label {
    if in_parts {
        let zh = "没有同时含有全部词语的结果,以下结果含有其中一部分";
        Label::new(zh, "nothing has all of the words; what has some of them is shown")
    } else {
        let zh = "没有完全一致的结果,以下为相近结果";
        Label::new(zh, "nothing matches exactly; similar matches are shown")
    }
}

/// The page after a place, in order, and the place where the next one begins.
fn page(
    mut found: Vec<Ranked>,
    after: Option<(u64, u32)>,
    limit: usize,
) -> (Vec<Ranked>, Option<String>) {
    let limit = limit.clamp(1, LIMIT_MAX);
    if let Some(after) = after {
        found.retain(|found| comes_after((found.rank, found.promise.entity), after));
    }
    let more = found.len() > limit;
    if more {
        found.select_nth_unstable_by_key(limit, Ranked::order);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(Ranked::order);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| write_place((last.rank, last.promise.entity)));
    (found, next)
}
