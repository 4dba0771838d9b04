//! Indicators through time.

use crate::ask::Asked;
use crate::params::{FromParams, Params};
use crate::problem::Result;
use crate::wire::indicator::{IndicatorSummary, Series, SeriesDerived, SeriesPoint};
use crate::wire::label::{Page, day};
use kernel::EntityId;
use utoipa::IntoParams;

/// Every indicator that has a claim.
pub fn indicators(asked: &mut Asked<'_, '_>) -> Result<Page<IndicatorSummary>> {
    let look = asked.look();
    let lines = atlas::series::indicators(asked.view, asked.sight);
    let summary = |line: &atlas::series::IndicatorLine| {
        let property = asked.view.schema().property(&line.indicator);
        IndicatorSummary {
            indicator: look.property(&line.indicator),
            unit: property.and_then(|property| property.unit.clone()),
            family: property.and_then(|property| property.family.clone()),
            entities: line.entities,
            claims: line.claims,
            conflicts: line.contested,
            first: line.first.map(day),
            last: line.last.map(day),
        }
    };
    Ok(Page { items: lines.iter().map(summary).collect(), next: None })
}

/// Whose claims.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesParams {
    /// Entities, repeated; all that have a claim unless said.
    #[param(value_type = Vec<String>, required = false)]
    pub entity: Vec<EntityId>,
    /// Whether claims of near measures come along.
    #[param(default = false)]
    pub family: bool,
}

impl FromParams for SeriesParams {
    fn take(params: &mut Params) -> Result<SeriesParams> {
        Ok(SeriesParams { entity: params.read_all("entity")?, family: params.flag("family")? })
    }
}

/// Every dated claim of an indicator.
pub fn series(asked: &mut Asked<'_, '_>, indicator: &str, params: &SeriesParams) -> Result<Series> {
    for entity in &params.entity {
        super::exists(asked, Some(*entity))?;
    }
    let (view, sight) = (asked.view, asked.sight);
    let found =
        atlas::series::series(asked.tx, view, indicator, &params.entity, params.family, sight)?;
    let look = asked.look();
    let point = |point: &atlas::series::Point| {
        let statement = look.statement(&point.statement);
        SeriesPoint {
            entity: statement.subject.id.clone(),
            number: point.number,
            high: point.high,
            from: statement.valid.from.clone(),
            to: statement.valid.to.clone(),
            best: point.best,
            conflict: point.conflict,
            statement,
        }
    };
    let computed = |(entity, derived): &(EntityId, atlas::derive::Derived)| {
        let number = derived.value.quantity()?.number.approximate();
        let derived = look.derived(derived);
        Some(SeriesDerived {
            entity: entity.to_string(),
            number,
            from: derived.valid.from.clone(),
            to: derived.valid.to.clone(),
            derived,
        })
    };
    Ok(Series {
        indicator: look.property(indicator),
        unit: found.unit.clone(),
        entities: found.entities.iter().map(|entity| look.entity(*entity)).collect(),
        points: found.points.iter().map(point).collect(),
        derived: found.derived.iter().filter_map(computed).collect(),
        conflicts: found.conflicts.iter().map(|conflict| look.conflict(conflict)).collect(),
    })
}
