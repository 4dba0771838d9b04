//! Filters by kind, place, industry and year, and how many matches each choice would leave.

use super::standing::{Row, Standing};
use super::{Answer, Hit, Query};
use crate::error::{Error, Result};
use crate::view::{Sight, View};
use kernel::{EntityId, Label, Refusal};
use schema::{KindIx, Schema};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Places and years in an answer, at most.
const FACETS_MAX: usize = 100;

/// A choice and the matches it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// Key of a kind, id of a place (`E12`), id of a concept, or a year.
    pub key: String,
    /// For people.
    pub label: Label,
    /// Matches.
    pub count: usize,
}

/// What a query asks for besides its text.
pub(super) struct Filter<'a> {
    view: &'a View,
    sight: Sight,
    /// By number of the kind; none for all.
    kinds: Option<Vec<bool>>,
    place: Option<Place>,
    /// By number of the concept plus one; none for all.
    industries: Option<Vec<bool>>,
    years: Option<RangeInclusive<i16>>,
}

#[derive(Clone, Copy)]
enum Place {
    Street(u32),
    District(u32),
    Other(EntityId),
}

const KIND: u8 = 1;
const PLACE: u8 = 2;
const INDUSTRY: u8 = 4;
const YEAR: u8 = 8;

impl<'a> Filter<'a> {
    pub(super) fn new(view: &'a View, query: &Query) -> Result<Filter<'a>> {
        let schema = view.schema();
        for kind in &query.kinds {
            if schema.kind(kind).is_none() {
                return Err(unknown("E-SEARCH-01", "kind", "没有这种对象类型", kind));
            }
        }
        let asked = |key: &str| query.kinds.iter().any(|kind| schema.is_a(key, kind));
        let kinds = schema.kinds().iter().map(|kind| asked(&kind.key)).collect();
        let industries = match &query.industry {
            Some(industry) => Some(narrower(schema, industry)?),
            None => None,
        };
        if query.years.as_ref().is_some_and(|years| years.start() > years.end()) {
            let years = query.years.as_ref().map(|years| format!("{years:?}")).unwrap_or_default();
            return Err(Refusal::new(
                "E-SEARCH-05",
                "the first year is not after the last",
                "起始年份晚于结束年份",
                "the first year is after the last",
            )
            .column("year")
            .value(&years)
            .into());
        }
        Ok(Filter {
            view,
            sight: query.sight,
            kinds: (!query.kinds.is_empty()).then_some(kinds),
            place: query.place.map(|place| Place::new(view, query.sight, place)).transpose()?,
            industries,
            years: query.years.clone(),
        })
    }

    /// Whether an entity passes all filters.
    pub(super) fn passes(&self, standing: &Standing, entity: u32) -> bool {
        self.misses(entity, standing.row(entity)) == 0
    }

    /// The filters that an entity does not pass.
    fn misses(&self, entity: u32, row: Row) -> u8 {
        let mut missed = 0;
        let has = |set: &Vec<bool>, at: u16| set.get(usize::from(at)).copied().unwrap_or(false);
        if self.kinds.as_ref().is_some_and(|kinds| !has(kinds, row.kind)) {
            missed |= KIND;
        }
        if self.place.is_some_and(|place| !self.within(entity, row, place)) {
            missed |= PLACE;
        }
        if self.industries.as_ref().is_some_and(|set| !has(set, row.industry)) {
            missed |= INDUSTRY;
        }
        if self.years.as_ref().is_some_and(|years| row.year == 0 || !years.contains(&row.year)) {
            missed |= YEAR;
        }
        missed
    }

    fn within(&self, entity: u32, row: Row, place: Place) -> bool {
        match place {
            Place::Street(street) => row.street == street,
            Place::District(district) => row.district == district,
            Place::Other(place) => {
                let mut here = Some(EntityId(i64::from(entity)));
                // A chain of places is short; a loop in the data must not hang us.
                for _ in 0..8 {
                    let Some(at) = here else { break };
                    if at == place {
                        return true;
                    }
                    here = self.view.located_in(at, self.sight);
                }
                false
            }
        }
    }
}

impl Place {
    fn new(view: &View, sight: Sight, place: EntityId) -> Result<Place> {
        if !view.exists(place, sight) {
            return Err(Error::missing("entity", place));
        }
        let id = place.0 as u32;
        Ok(match view.kind_key(place) {
            "street" => Place::Street(id),
            "district" => Place::District(id),
            _ => Place::Other(place),
        })
    }
}

fn unknown(code: &'static str, column: &str, zh: &str, value: &str) -> Error {
    let rule = format!("a {column} is one of the schema");
    let en = format!("the schema has no such {column}");
    Refusal::new(code, rule, zh, en).column(column).value(value).into()
}

/// Which concepts, by number plus one, are this one or under it.
fn narrower(schema: &Schema, industry: &str) -> Result<Vec<bool>> {
    let concept = schema
        .concept(industry)
        .or_else(|| schema.concept_named("industry", industry))
        .ok_or_else(|| unknown("E-SEARCH-02", "industry", "没有这个行业", industry))?;
    let (scheme, wanted) = (concept.scheme.as_str(), concept.key.as_str());
    let under = |concept: &schema::Concept| {
        let mut key = Some(concept.key.as_str());
        for _ in 0..8 {
            let Some(here) = key else { break };
            if concept.scheme == scheme && here == wanted {
                return true;
            }
            let found = schema.concept(&format!("{scheme}:{here}"));
            key = found.and_then(|concept| concept.parent.as_deref());
        }
        false
    };
    Ok(std::iter::once(false).chain(schema.concepts().iter().map(under)).collect())
}

/// Matches by each choice.
pub(super) struct Tally {
    kinds: Vec<Facet>,
    places: Vec<Facet>,
    industries: Vec<Facet>,
    years: Vec<Facet>,
}

impl Tally {
    /// Counts entities: in each facet those that pass the other filters.
    pub(super) fn new(
        view: &View,
        standing: &Standing,
        filter: &Filter<'_>,
        entities: impl Iterator<Item = u32>,
    ) -> Tally {
        let schema = view.schema();
        let mut kinds = vec![0usize; schema.kinds().len()];
        let mut places = vec![0u32; standing.width()];
        let mut industries = vec![0usize; schema.concepts().len() + 1];
        let mut years: BTreeMap<i16, usize> = BTreeMap::new();
        for entity in entities {
            let row = standing.row(entity);
            let missed = filter.misses(entity, row);
            let counts = |facet: u8| missed & !facet == 0;
            if counts(KIND) {
                kinds[usize::from(row.kind)] += 1;
            }
            if counts(PLACE) {
                places[row.street as usize] += 1;
                places[row.district as usize] += 1;
            }
            if counts(INDUSTRY) {
                industries[usize::from(row.industry)] += 1;
            }
            if counts(YEAR) && row.year != 0 {
                *years.entry(row.year).or_default() += 1;
            }
        }
        let place = |(id, count): (usize, &u32)| {
            let entity = EntityId(id as i64);
            facet(entity.to_string(), view.label(entity), *count as usize)
        };
        let kind = |(at, count): (usize, &usize)| {
            let kind = schema.kind_at(KindIx(at as u16));
            facet(kind.key.clone(), kind.label.clone(), *count)
        };
        let industry = |(concept, count): (&schema::Concept, &usize)| {
            facet(concept.id(), concept.label.clone(), *count)
        };
        let year = |(year, count): (&i16, &usize)| {
            facet(year.to_string(), Label::new(year.to_string(), year.to_string()), *count)
        };
        let places = places.iter().enumerate().skip(1).filter(|(_, count)| **count > 0);
        let mut years: Vec<Facet> = years.iter().rev().map(year).collect();
        years.truncate(FACETS_MAX);
        Tally {
            kinds: most_first(kinds.iter().enumerate().map(kind)),
            places: most_first(places.map(place)),
            industries: most_first(schema.concepts().iter().zip(&industries[1..]).map(industry)),
            years,
        }
    }

    pub(super) fn answer(
        self,
        hits: Vec<Hit>,
        total: usize,
        next: Option<String>,
        note: Option<Label>,
    ) -> Answer {
        let Tally { kinds, places, industries, years } = self;
        Answer { hits, total, kinds, places, industries, years, next, note }
    }
}

fn facet(key: String, label: Label, count: usize) -> Facet {
    Facet { key, label, count }
}

/// Choices that leave something, most matches first, then in their order.
fn most_first(facets: impl Iterator<Item = Facet>) -> Vec<Facet> {
    let mut found: Vec<Facet> = facets.filter(|facet| facet.count > 0).collect();
    found.sort_by_key(|facet| usize::MAX - facet.count);
    found.truncate(FACETS_MAX);
    found
}
