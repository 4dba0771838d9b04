//! Search: entities by what people type, in Chinese, English, traditional script, pinyin or
//! initials, with slips forgiven, and counts by kind, place, industry and year.
//!
//! The index only promises candidates; what counts is judged here, on the texts themselves and at
//! the asker's point of view, so that answers are the same however the index came about.

mod clauses;
mod distance;
mod document;
mod explain;
mod facets;
mod fields;
mod index;
mod judge;
mod run;
mod short_forms;
mod sound;
mod standing;
mod wanted;

pub use self::explain::{MARK_END, MARK_START};
pub use self::facets::Facet;
pub use self::index::{CaughtUp, Index};
pub use self::judge::How;
pub use self::short_forms::ShortForms;

use self::facets::{Filter, Tally};
use self::run::Search;
use self::standing::Standing;
use self::wanted::Wanted;
use crate::error::Result;
use crate::view::{Sight, View};
use kernel::{EntityId, Label, Refusal};
use std::ops::RangeInclusive;

/// Hits on one page, at most.
pub const LIMIT_MAX: usize = 200;
/// Characters of a search text, at most.
pub const TEXT_CHARS_MAX: usize = 300;
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
    /// Set when nothing has just what was typed, and what is similar or has a part of it is shown.
    pub note: Option<Label>,
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
        Search::new(self, view, query, wanted, &standing).run(&filter, after)
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
