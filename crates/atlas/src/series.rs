//! Series: every dated claim of an indicator, for one entity or several.

use crate::conflict::{self, Conflict};
use crate::derive::{self, Derived};
use crate::error::{Error, Result};
use crate::page::fetch;
use crate::statement::Statement;
use crate::view::{At, Sight, View};
use kernel::{Decimal, EntityId};
use schema::{Property, PropertyIx};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// Claims of an indicator through time.
#[derive(Debug, Clone)]
pub struct Series {
    /// Key of the indicator.
    pub indicator: String,
    /// The unit that numbers are drawn in.
    pub unit: Option<String>,
    /// Whose claims they are.
    pub entities: Vec<EntityId>,
    /// Every claim, by entity and time.
    pub points: Vec<Point>,
    /// Figures computed for the same measure.
    pub derived: Vec<(EntityId, Derived)>,
    /// Claims that disagree.
    pub conflicts: Vec<Conflict>,
}

/// One claim.
#[derive(Debug, Clone)]
pub struct Point {
    /// The claim.
    pub statement: Statement,
    /// Its number in the series' unit, for drawing only.
    pub number: f64,
    /// Upper end of a range, for drawing only.
    pub high: Option<f64>,
    /// Whether it is the one shown first as of the day asked about.
    pub best: bool,
    /// Position in [`Series::conflicts`].
    pub conflict: Option<usize>,
}

/// An indicator with what there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorLine {
    /// Key of the indicator.
    pub indicator: String,
    /// Entities with a claim.
    pub entities: usize,
    /// Claims.
    pub claims: usize,
    /// Entities with more than one claim.
    pub contested: usize,
    /// First and last day that claims speak of.
    pub first: Option<i32>,
    /// Last day.
    pub last: Option<i32>,
}

/// Claims in one series at most.
const POINTS_MAX: usize = 5_000;

/// Every indicator that has a claim, those with the most first.
pub fn indicators(view: &View, sight: Sight) -> Vec<IndicatorLine> {
    let all = view.schema().properties().iter().filter(|property| property.indicator);
    let mut lines: Vec<IndicatorLine> =
        all.filter_map(|property| indicator_line(view, property, sight)).collect();
    lines.sort_by(|a, b| b.claims.cmp(&a.claims).then_with(|| a.indicator.cmp(&b.indicator)));
    lines
}

fn indicator_line(view: &View, property: &Property, sight: Sight) -> Option<IndicatorLine> {
    let ix = view.schema().property_ix(&property.key)?;
    let mut by_entity: BTreeMap<EntityId, usize> = BTreeMap::new();
    let (mut first, mut last) = (i32::MAX, i32::MIN);
    for at in view.of_indicator(ix).iter().filter(|at| view.begun(**at, sight)) {
        *by_entity.entry(view.entity_at(*at)).or_default() += 1;
        let (from, to) = view.days_at(*at);
        first = first.min(if from == super::view::OPEN_FROM { i32::MAX } else { from });
        last = last.max(if to == super::view::OPEN_TO { i32::MIN } else { to });
    }
    let claims = by_entity.values().sum();
    (claims > 0).then(|| IndicatorLine {
        indicator: property.key.clone(),
        entities: by_entity.len(),
        claims,
        contested: by_entity.values().filter(|count| **count > 1).count(),
        first: (first != i32::MAX).then_some(first),
        last: (last != i32::MIN).then_some(last),
    })
}

/// The series of an indicator; with `family`, claims of near measures come along.
///
/// No entities means all that have a claim. Fails with [`Error::Missing`] for a property that is
/// no indicator. Two queries for a hundred claims.
pub fn series(
    tx: &mut Tx<'_>,
    view: &View,
    indicator: &str,
    entities: &[EntityId],
    family: bool,
    sight: Sight,
) -> Result<Series> {
    let property = view
        .schema()
        .property(indicator)
        .filter(|property| property.indicator)
        .ok_or_else(|| Error::missing("indicator", indicator))?;
    let members = members(view, property, family);
    let wanted: BTreeSet<EntityId> = entities.iter().copied().collect();
    let mut at: Vec<At> = members
        .iter()
        .flat_map(|ix| view.of_indicator(*ix).iter().copied())
        .filter(|at| wanted.is_empty() || wanted.contains(&view.entity_at(*at)))
        .filter(|at| view.begun(*at, sight))
        .collect();
    at.sort_by_key(|at| (view.entity_at(*at), view.days_at(*at), *at));
    at.truncate(POINTS_MAX);
    let best = best_of(view, &at);
    let statements = fetch(tx, &at)?;
    let conflicts = conflicts(view, &statements);
    let unit = property.unit.clone();
    let points = statements
        .into_iter()
        .filter_map(|statement| point(view, statement, unit.as_deref(), &best, &conflicts))
        .collect();
    let mut shown: Vec<EntityId> = at.iter().map(|at| view.entity_at(*at)).collect();
    shown.dedup();
    if shown.is_empty() {
        shown = entities.to_vec();
    }
    let derived = derived(tx, view, indicator, &shown, sight)?;
    Ok(Series {
        indicator: indicator.to_string(),
        unit,
        entities: shown,
        points,
        derived,
        conflicts,
    })
}

fn members(view: &View, property: &Property, family: bool) -> Vec<PropertyIx> {
    let near = |other: &&Property| {
        other.key == property.key
            || (family
                && other.indicator
                && other.family.is_some()
                && other.family == property.family)
    };
    let keys = view.schema().properties().iter().filter(near);
    keys.filter_map(|other| view.schema().property_ix(&other.key)).collect()
}

/// The best claim of each entity and measure.
fn best_of(view: &View, at: &[At]) -> BTreeSet<At> {
    let mut best: BTreeMap<(EntityId, u16), At> = BTreeMap::new();
    for one in at {
        let slot = (view.entity_at(*one), view.property_at(*one).0);
        let current = best.entry(slot).or_insert(*one);
        if view.merit(*one) > view.merit(*current) {
            *current = *one;
        }
    }
    best.into_values().collect()
}

fn conflicts(view: &View, statements: &[Statement]) -> Vec<Conflict> {
    let mut by_entity: BTreeMap<EntityId, Vec<Statement>> = BTreeMap::new();
    for statement in statements {
        by_entity.entry(statement.said.subject).or_default().push(statement.clone());
    }
    by_entity.values().flat_map(|claims| conflict::among(view, claims)).collect()
}

fn point(
    view: &View,
    statement: Statement,
    unit: Option<&str>,
    best: &BTreeSet<At>,
    conflicts: &[Conflict],
) -> Option<Point> {
    let quantity = *statement.said.value.quantity()?;
    let factor = factor(view, statement.said.value.unit(), unit);
    let draw = |number: Decimal| number.approximate() * factor;
    let conflict = conflicts.iter().position(|c| c.statements.iter().any(|s| s.id == statement.id));
    Some(Point {
        number: draw(quantity.number),
        high: quantity.high.map(draw),
        best: best.contains(&((statement.id.0 - 1) as At)),
        conflict,
        statement,
    })
}

/// From one unit to another of the same dimension, for drawing only.
fn factor(view: &View, from: Option<&str>, to: Option<&str>) -> f64 {
    let unit = |name: Option<&str>| name.and_then(|name| view.schema().units().find(name));
    match (unit(from), unit(to)) {
        (Some(from), Some(to)) if from.dimension == to.dimension => {
            from.factor.approximate() / to.factor.approximate()
        }
        _ => 1.0,
    }
}

fn derived(
    tx: &mut Tx<'_>,
    view: &View,
    indicator: &str,
    entities: &[EntityId],
    sight: Sight,
) -> Result<Vec<(EntityId, Derived)>> {
    let mut found = Vec::new();
    for entity in entities.iter().take(20) {
        let all = derive::of_entity(tx, view, *entity, sight)?;
        // An implied total speaks of the city, not of this entity: it stays on the entity's page.
        let own =
            all.into_iter().filter(|d| d.key == indicator && d.rule != "implied_city_total@1");
        found.extend(own.map(|derived| (*entity, derived)));
    }
    Ok(found)
}
