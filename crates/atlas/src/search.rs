//! Search: entities by what people type, in Chinese, English, traditional script, pinyin or
//! initials, with slips forgiven, and counts by kind, place, industry and year.
//!
//! The index only promises candidates; what counts is judged here, on the texts themselves and at
//! the asker's point of view, so that answers are the same however the index came about.

mod clauses;
mod distance;
mod document;
mod facets;
mod fields;
mod index;
mod judge;
mod sound;
mod standing;
mod wanted;

pub use self::facets::Facet;
pub use self::index::{CaughtUp, Index};
pub use self::judge::{How, MARK_END, MARK_START};

use self::clauses::{Marks, Promise, mark_similar, mark_written};
use self::document::{Entry, unpacked};
use self::facets::{Filter, Tally};
use self::judge::{Verdict, explain, judge};
use self::standing::Standing;
use self::wanted::Wanted;
use crate::error::{Error, Result};
use crate::view::{LIVE, Sight, View};
use kernel::{EntityId, Label, Refusal};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use tantivy::schema::Value as _;
use tantivy::{Searcher, TantivyDocument};

/// Hits on one page, at most.
pub const LIMIT_MAX: usize = 200;
/// Characters of a search text, at most.
pub const TEXT_CHARS_MAX: usize = 300;
/// Promises of the index that are judged by their texts; the others follow them unjudged.
const JUDGED: usize = 300;
/// The same when the question is about the past, where every promise has to be judged.
const JUDGED_PAST: usize = 2_000;
/// Promises that are judged with slips forgiven.
const JUDGED_SIMILAR: usize = 400;
/// Below so many matches of what was typed, similar ones are looked for too.
const ENOUGH: usize = 20;

/// What to search for.
#[derive(Debug, Clone)]
pub struct Query {
    /// What was typed, 0 to [`TEXT_CHARS_MAX`] characters; empty to browse.
    pub text: String,
    /// Kinds, abstract ones included; none for all.
    pub kinds: Vec<String>,
    /// A place that entities are in.
    pub place: Option<EntityId>,
    /// A concept of the scheme `industry`, by id or key; narrower ones count.
    pub industry: Option<String>,
    /// First and last year.
    pub years: Option<RangeInclusive<i16>>,
    /// The point of view.
    pub sight: Sight,
    /// Hits to answer, 1 to [`LIMIT_MAX`]; other numbers are brought into this range.
    pub limit: usize,
    /// Where to go on: [`Answer::next`] of the page before.
    pub after: Option<String>,
}

/// An entity that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// It.
    pub entity: EntityId,
    /// The name or text that matched.
    pub matched: String,
    /// Why it was found.
    pub how: How,
    /// The street it is in, or else the district.
    pub place: Option<EntityId>,
    /// Id of its industry's concept.
    pub industry: Option<String>,
    /// Year of it.
    pub year: Option<i16>,
    /// Statements about it that stand.
    pub statement_count: u32,
    /// `matched` with what matched between [`MARK_START`] and [`MARK_END`]; none when browsing.
    pub highlight: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Matches on all pages.
    pub total: usize,
    /// Matches by kind. Each facet counts what the other filters let through, so that the choice
    /// within it can be changed.
    pub kinds: Vec<Facet>,
    /// Matches by street and by district.
    pub places: Vec<Facet>,
    /// Matches by industry.
    pub industries: Vec<Facet>,
    /// Matches by year.
    pub years: Vec<Facet>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Set when nothing has just what was typed and similar matches are shown.
    pub note: Option<Label>,
}

/// A match in its order: score, statements, id.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    promise: Promise,
    rank: u64,
    verdict: Option<Verdict>,
}

impl Ranked {
    fn new(promise: Promise, verdict: Option<Verdict>, standing: &Standing) -> Ranked {
        let score = verdict.map_or(0, |verdict| verdict.score);
        let count = standing.row(promise.entity).count;
        Ranked { promise, rank: (u64::from(score) << 32) | u64::from(count), verdict }
    }

    /// Ascending is best first.
    fn order(&self) -> (u64, u32) {
        (u64::MAX - self.rank, self.promise.entity)
    }
}

/// One search under way.
struct Search<'a> {
    index: &'a Index,
    view: &'a View,
    query: &'a Query,
    wanted: Wanted,
    searcher: Searcher,
    standing: &'a Standing,
}

impl Index {
    /// What a query finds. Reads memory and the index only, no storage.
    ///
    /// Fails with `E-SEARCH-01` (no such kind), `E-SEARCH-02` (no such industry), `E-SEARCH-03`
    /// (`after` is of no earlier answer), `E-SEARCH-04` (text too long), `E-SEARCH-05` (years
    /// turned round), and with [`Error::Missing`] for a place that is not there.
    pub fn search(&self, view: &View, query: &Query) -> Result<Answer> {
        if query.text.chars().nth(TEXT_CHARS_MAX).is_some() {
            return Err(Refusal::new(
                "E-SEARCH-04",
                format!("a search text has at most {TEXT_CHARS_MAX} characters"),
                format!("搜索内容超过 {TEXT_CHARS_MAX} 个字符"),
                format!("the search text has more than {TEXT_CHARS_MAX} characters"),
            )
            .column("q")
            .value(&query.text)
            .into());
        }
        let after = query.after.as_deref().map(read_place).transpose()?;
        let filter = Filter::new(view, query)?;
        let standing = self.kept.get(view, query.sight);
        let wanted = Wanted::new(&query.text);
        if wanted.key.is_empty() {
            return Ok(browse(view, query, &standing, &filter, after));
        }
        let searcher = self.searcher();
        let search = Search { index: self, view, query, wanted, searcher, standing: &standing };
        search.run(&filter, after)
    }
}

impl Search<'_> {
    fn run(&self, filter: &Filter<'_>, after: Option<(u64, u32)>) -> Result<Answer> {
        let past = self.query.sight.horizon != LIVE;
        let mut marks = Marks::new(&self.searcher);
        mark_written(&mut marks, &self.index.fields, &self.wanted)?;
        let mut promises = marks.promises(self.standing, past)?;
        let few = promises.len() < ENOUGH;
        let judged = if past { JUDGED_PAST } else { JUDGED };
        let rest = self.take_best(&mut promises, judged, filter);
        let mut found = Vec::with_capacity(promises.len() + rest.len());
        for promise in promises {
            // Some have all words, but not in one text, or said at another time.
            if let Some(verdict) = self.judge(&promise, false)? {
                found.push(Ranked::new(promise, Some(verdict), self.standing));
            }
        }
        found.extend(rest.into_iter().map(|promise| Ranked::new(promise, None, self.standing)));
        let exact = !found.is_empty();
        if few {
            self.add_similar(&mut found, filter, past)?;
        }
        let entities = found.iter().map(|found| found.promise.entity);
        let tally = Tally::new(self.view, self.standing, filter, entities);
        found.retain(|found| filter.passes(self.standing, found.promise.entity));
        let note = (!exact && !found.is_empty()).then(|| {
            let zh = "没有完全一致的结果,以下为相近结果";
            Label::new(zh, "nothing matches exactly; similar matches are shown")
        });
        let total = found.len();
        let (page, next) = page(found, after, self.query.limit);
        let hits = page.iter().map(|found| self.hit(found)).collect::<Result<Vec<Hit>>>()?;
        Ok(tally.answer(hits, total, next, note))
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
            (hidden, u8::MAX - promise.weight, u32::MAX - count, promise.entity)
        });
        promises.split_off(most)
    }

    fn add_similar(&self, found: &mut Vec<Ranked>, filter: &Filter<'_>, past: bool) -> Result<()> {
        let known: BTreeSet<u32> = found.iter().map(|found| found.promise.entity).collect();
        let mut marks = Marks::new(&self.searcher);
        mark_similar(&mut marks, &self.index.fields, &self.wanted)?;
        let mut promises = marks.promises(self.standing, past)?;
        promises.retain(|promise| !known.contains(&promise.entity));
        self.take_best(&mut promises, JUDGED_SIMILAR, filter);
        for promise in promises {
            if let Some(verdict) = self.judge(&promise, true)? {
                found.push(Ranked::new(promise, Some(verdict), self.standing));
            }
        }
        Ok(())
    }

    fn judge(&self, promise: &Promise, similar: bool) -> Result<Option<Verdict>> {
        let entries = self.entries(promise)?;
        let sight = self.query.sight;
        // With nothing withheld, what the index holds as standing does stand.
        let stands = |entry: &Entry| {
            sight.horizon == LIVE || entry.said_by.iter().any(|at| self.stands(*at))
        };
        Ok(judge(&self.wanted, &entries, similar, stands))
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
            None => self.judge(&found.promise, false)?,
        };
        let hit = plain_hit(self.view, self.standing, found.promise.entity);
        let Some(verdict) = verdict else {
            return Ok(Hit { how: How::Text, ..hit });
        };
        let (matched, highlight) = explain(&self.wanted, &self.entries(&found.promise)?, verdict);
        Ok(Hit { matched, how: verdict.how, highlight: Some(highlight), ..hit })
    }
}

/// Everything that passes the filter, most statements first.
fn browse(
    view: &View,
    query: &Query,
    standing: &Standing,
    filter: &Filter<'_>,
    after: Option<(u64, u32)>,
) -> Answer {
    let tally = Tally::new(view, standing, filter, standing.order.iter().copied());
    let passing: Vec<u32> =
        standing.order.iter().copied().filter(|id| filter.passes(standing, *id)).collect();
    let place = |id: u32| (u64::from(standing.row(id).count), id);
    let before = |id: &u32| after.is_some_and(|after| !comes_after(place(*id), after));
    let start = passing.partition_point(before);
    let limit = query.limit.clamp(1, LIMIT_MAX);
    let end = passing.len().min(start + limit);
    let hits = passing[start..end].iter().map(|id| plain_hit(view, standing, *id)).collect();
    let last = passing[start..end].last().filter(|_| end < passing.len());
    let next = last.map(|id| write_place(place(*id)));
    tally.answer(hits, passing.len(), next, None)
}

fn plain_hit(view: &View, standing: &Standing, id: u32) -> Hit {
    let row = standing.row(id);
    let entity = EntityId(i64::from(id));
    let place = [row.street, row.district].into_iter().find(|place| *place != 0);
    let industry = usize::from(row.industry).checked_sub(1);
    let label = view.label(entity);
    Hit {
        entity,
        matched: if label.zh.is_empty() { label.en } else { label.zh },
        how: How::Browse,
        place: place.map(|id| EntityId(i64::from(id))),
        industry: industry.and_then(|at| view.schema().concepts().get(at)).map(|c| c.id()),
        year: (row.year != 0).then_some(row.year),
        statement_count: row.count,
        highlight: None,
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

/// Whether a place (rank, id) comes after another: lower rank first, then greater id.
fn comes_after(place: (u64, u32), other: (u64, u32)) -> bool {
    place.0 < other.0 || (place.0 == other.0 && place.1 > other.1)
}

fn write_place((rank, id): (u64, u32)) -> String {
    format!("{rank:x}.{id:x}")
}

fn read_place(text: &str) -> Result<(u64, u32)> {
    let place = text.split_once('.').and_then(|(rank, id)| {
        Some((u64::from_str_radix(rank, 16).ok()?, u32::from_str_radix(id, 16).ok()?))
    });
    place.ok_or_else(|| {
        Refusal::new(
            "E-SEARCH-03",
            "`after` is the `next` of an earlier answer",
            "翻页位置无效,请使用上一页返回的 next",
            "`after` is not the `next` of an earlier answer",
        )
        .column("after")
        .value(text)
        .into()
    })
}

#[cfg(test)]
mod tests;
