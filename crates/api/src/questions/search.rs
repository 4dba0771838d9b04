//! Search.

use crate::ask::Asked;
use crate::params::{FromParams, Params, wrong};
use crate::problem::Result;
use crate::wire::label::Label;
use crate::wire::search::{Facet, Facets, SearchAnswer, SearchHit};
use atlas::search::{self, Hit, MARK_END, MARK_START, Query};
use kernel::EntityId;
use std::ops::RangeInclusive;
use std::time::Instant;
use utoipa::IntoParams;

/// What to search for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// What people type: Chinese, English, pinyin or initials; empty to browse.
    #[param(required = false, max_length = 300)]
    pub q: String,
    /// Kinds, repeated.
    #[param(required = false)]
    pub kind: Vec<String>,
    /// A place that entities are in, `E12`.
    #[param(value_type = Option<String>)]
    pub place: Option<EntityId>,
    /// An industry, `industry:J` or `J`; narrower ones count.
    pub industry: Option<String>,
    /// A year, or a first and last one: `2024`, `2020/2024`.
    #[param(value_type = Option<String>)]
    pub year: Option<RangeInclusive<i16>>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: usize,
}

impl FromParams for SearchParams {
    fn take(params: &mut Params) -> Result<SearchParams> {
        Ok(SearchParams {
            q: params.text("q", search::TEXT_CHARS_MAX)?.unwrap_or_default(),
            kind: params.words("kind"),
            place: params.read("place")?,
            industry: params.one("industry")?,
            year: params.sent("year")?.map(|text| years(&text)).transpose()?,
            after: params.sent("after")?,
            limit: params.limit()?,
        })
    }
}

fn years(text: &str) -> Result<RangeInclusive<i16>> {
    let plain = |text: &&str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let year = |text: &str| Some(text).filter(plain)?.parse().ok().filter(|year| *year >= 1_000);
    let (first, last) = text.split_once('/').unwrap_or((text, text));
    match (year(first), year(last)) {
        (Some(first), Some(last)) => Ok(first..=last),
        _ => Err(wrong("E-QUERY-02", "year", text).rule("a year, or two years with `/` between")),
    }
}

/// Entities by what people type.
pub fn search(asked: &mut Asked<'_, '_>, params: &SearchParams) -> Result<SearchAnswer> {
    if asked.index.size()? != Some(asked.view.event_count()) {
        asked.index.catch_up(asked.tx, asked.view, None)?;
    }
    let started = Instant::now();
    let query = Query {
        text: params.q.clone(),
        kinds: params.kind.clone(),
        place: params.place,
        industry: params.industry.clone(),
        years: params.year.clone(),
        sight: asked.sight,
        limit: params.limit,
        after: params.after.clone(),
    };
    let found = asked.index.search(asked.view, &query)?;
    Ok(SearchAnswer {
        items: found.hits.iter().map(|hit| of_hit(asked, hit)).collect(),
        next: found.next,
        total: found.total,
        facets: Facets {
            kind: facets(&found.kinds),
            place: facets(&found.places),
            industry: facets(&found.industries),
            year: facets(&found.years),
        },
        took_us: super::micros(started),
        note: found.note.map(|note| note.zh),
    })
}

fn facets(facets: &[search::Facet]) -> Vec<Facet> {
    let facet = |facet: &search::Facet| Facet {
        key: facet.key.clone(),
        label: (&facet.label).into(),
        count: facet.count,
    };
    facets.iter().map(facet).collect()
}

fn of_hit(asked: &Asked<'_, '_>, hit: &Hit) -> SearchHit {
    let look = asked.look();
    let concept = hit.industry.as_ref().and_then(|id| asked.view.schema().concept(id));
    SearchHit {
        entity: look.entity(hit.entity),
        matched: hit.matched.clone(),
        how: hit.how.name().to_string(),
        place: hit.place.map(|place| look.entity(place)),
        industry: concept.map(|concept| Label::from(&concept.label)),
        year: hit.year,
        statement_count: hit.statement_count,
        highlight: hit.highlight.as_deref().map(marked),
    }
}

/// Marks as `<mark>`, with no other angle bracket left: safe wherever it is shown.
fn marked(text: &str) -> String {
    let text = text.replace('<', "‹").replace('>', "›");
    text.replace(MARK_START, "<mark>").replace(MARK_END, "</mark>")
}
