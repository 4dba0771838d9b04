//! Pairs that may be one, with the evidence side by side.

use crate::ask::{Asked, PageParams};
use crate::params::{FromParams, Params, wrong};
use crate::problem::Result;
use crate::wire::judgement::{Pair, PairCounts, PairPage, PairPart, Side, SideFact, SideKey};
use atlas::judgement::{self, Judgement};
use atlas::pairs::{self, Pairs};
use kernel::EntityId;
use resolve::Zone;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::IntoParams;

/// Names shown of one side.
const NAMES_MAX: usize = 12;
/// Sources shown of one side.
const SOURCES_MAX: usize = 4;
/// Facts shown of one side.
const FACTS_MAX: usize = 6;
/// Characters of one fact.
const FACT_CHARS_MAX: usize = 80;

/// Which pairs.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PairParams {
    /// `review` for those a person decides, `merge` for those that are surely one.
    #[param(value_type = Option<String>)]
    pub zone: ZoneParam,
}

/// A zone that pairs are listed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneParam(pub Zone);

impl FromParams for PairParams {
    fn take(params: &mut Params) -> Result<PairParams> {
        let zone = match params.sent("zone")?.as_deref() {
            None | Some("review") => Zone::Review,
            Some("merge") => Zone::Merge,
            Some(other) => {
                return Err(wrong("E-QUERY-02", "zone", other).rule("`review` or `merge`"));
            }
        };
        Ok(PairParams { zone: ZoneParam(zone) })
    }
}

/// The pairs that were found last, shared by everyone who asks.
pub type PairCache = Mutex<Arc<Pairs>>;

/// The pairs of this state of the view: those at hand, or found now.
fn current(asked: &mut Asked<'_, '_>, cache: &PairCache) -> Result<Arc<Pairs>> {
    let known = Arc::clone(&cache.lock().unwrap_or_else(PoisonError::into_inner));
    if known.fresh(asked.view) {
        return Ok(known);
    }
    let found = Arc::new(pairs::find(asked.tx, asked.view)?);
    *cache.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&found);
    Ok(found)
}

/// Pairs of a zone that nobody has judged, the likeliest first.
pub fn pairs(
    asked: &mut Asked<'_, '_>,
    cache: &PairCache,
    params: &PairParams,
    page: &PageParams,
) -> Result<PairPage> {
    let all = current(asked, cache)?;
    let standing = judgement::standing(asked.tx)?;
    let count = |zone| all.open(asked.view, &standing, zone).count();
    let counts = PairCounts {
        review: count(Zone::Review),
        merge: count(Zone::Merge),
        judged: standing.len(),
    };
    let open: Vec<&pairs::Pair> = all.open(asked.view, &standing, params.zone.0).collect();
    let start = match &page.after {
        None => 0,
        Some(place) => after(&all, &open, place)?,
    };
    let mut items = Vec::new();
    for pair in open.iter().skip(start).take(page.limit) {
        items.push(of_pair(asked, pair, &standing)?);
    }
    let more = open.len() > start + page.limit;
    let next = items
        .last()
        .filter(|_| more)
        .map(|pair: &Pair| format!("{}.{}", pair.left.entity.id, pair.right.entity.id));
    Ok(PairPage { items, next, counts })
}

/// Where the page after a pair begins; the pair may have been judged meanwhile.
fn after(all: &Pairs, open: &[&pairs::Pair], place: &str) -> Result<usize> {
    let read = |text: &str| text.parse::<EntityId>().ok();
    let pair = place.split_once('.').and_then(|(left, right)| read(left).zip(read(right)));
    let pair = pair.ok_or_else(|| super::bad_place(place))?;
    let position = |id: (EntityId, EntityId)| all.all.iter().position(|p| (p.left, p.right) == id);
    let Some(last) = position(pair) else { return Ok(0) };
    let behind = |one: &&pairs::Pair| position((one.left, one.right)).is_some_and(|at| at <= last);
    Ok(open.iter().take_while(|one| behind(one)).count())
}

fn of_pair(asked: &mut Asked<'_, '_>, pair: &pairs::Pair, standing: &[Judgement]) -> Result<Pair> {
    let (left, right) = (side(asked, pair.left)?, side(asked, pair.right)?);
    let unsure = standing.iter().find(|one| (one.left, one.right) == (pair.left, pair.right));
    Ok(Pair {
        left,
        right,
        probability: thousandths(pair.probability),
        zone: if pair.zone == Zone::Merge { "merge" } else { "review" }.to_string(),
        parts: pair
            .parts
            .iter()
            .map(|part| PairPart {
                feature: part.feature.to_string(),
                label: (&part.label).into(),
                contribution: thousandths(part.contribution),
            })
            .collect(),
        judgement: unsure.map(|one| asked.look().judgement(one)),
    })
}

fn thousandths(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

fn side(asked: &mut Asked<'_, '_>, id: EntityId) -> Result<Side> {
    let page = atlas::page::page(asked.tx, asked.view, id, asked.sight)?;
    let (look, schema) = (asked.look(), asked.view.schema());
    let (mut names, mut keys, mut facts) = (Vec::new(), Vec::new(), Vec::new());
    for group in &page.groups {
        let property = look.property(&group.property);
        let strong = schema.property(&group.property).is_some_and(|property| property.strong);
        for statement in &group.statements {
            let value = look.value(&group.property, &statement.said.value).cell();
            match group.property.as_str() {
                "name" | "alias" | "acronym"
                    if names.len() < NAMES_MAX && !names.contains(&value) =>
                {
                    names.push(value);
                }
                "name" | "alias" | "acronym" => {}
                scheme if strong => keys.push(SideKey {
                    scheme: scheme.to_string(),
                    label: property.label.clone(),
                    value,
                }),
                "location" | "shape" => {}
                _ if facts.len() < FACTS_MAX => {
                    let value: String = value.chars().take(FACT_CHARS_MAX).collect();
                    let fact = SideFact { label: property.label.clone(), value };
                    if !facts.contains(&fact) {
                        facts.push(fact);
                    }
                }
                _ => {}
            }
        }
    }
    let title = |(id, _): &(kernel::SourceId, usize)| look.source(*id).title;
    Ok(Side {
        entity: look.entity(id),
        names,
        place: page.place.map(|place| look.entity(place)),
        keys,
        statements: page.sources.iter().map(|(_, count)| count).sum(),
        sources: page.sources.iter().take(SOURCES_MAX).map(title).collect(),
        facts,
    })
}
