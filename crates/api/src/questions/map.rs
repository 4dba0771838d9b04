//! Layers of the map, and indicators over places.

use crate::ask::Asked;
use crate::params::{FromParams, Params};
use crate::problem::Result;
use crate::wire::indicator::{Choropleth, Shade};
use crate::wire::map::FeatureCollection;
use kernel::EntityId;
use utoipa::IntoParams;

/// A layer of the map as GeoJSON.
pub fn map(asked: &mut Asked<'_, '_>, layer: &str) -> Result<FeatureCollection> {
    let features = atlas::places::layer(asked.tx, asked.view, layer, asked.sight)?;
    Ok(asked.look().layer(&features))
}

/// Which indicator over which places.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChoroplethParams {
    /// Key of the indicator.
    pub indicator: String,
    /// `streets` or `districts`.
    #[param(default = "streets")]
    pub level: String,
}

impl FromParams for ChoroplethParams {
    fn take(params: &mut Params) -> Result<ChoroplethParams> {
        let level = params.sent("level")?;
        Ok(ChoroplethParams {
            indicator: params.need("indicator")?,
            level: level.unwrap_or_else(|| "streets".to_string()),
        })
    }
}

/// An indicator over all places of a level: the district's own streets, or all districts.
pub fn choropleth(asked: &mut Asked<'_, '_>, params: &ChoroplethParams) -> Result<Choropleth> {
    let streets = params.level == "streets";
    let within = super::district(asked).filter(|_| streets);
    let mut shades = shades(asked, params, within)?;
    if shades.is_empty() && within.is_some() {
        shades = self::shades(asked, params, None)?;
    }
    let look = asked.look();
    let items: Vec<Shade> = shades
        .iter()
        .map(|shade| Shade {
            entity: look.entity(shade.entity),
            statement: shade.statement.as_ref().map(|statement| look.statement(statement)),
            derived: shade.derived.as_ref().map(|derived| look.derived(derived)),
        })
        .collect();
    let property = asked.view.schema().property(&params.indicator);
    let derived = items.iter().find_map(|shade| shade.derived.as_ref());
    let unit = property
        .and_then(|property| property.unit.clone())
        .or_else(|| derived.map(|derived| derived.value.unit().to_string()));
    let mut indicator = look.property(&params.indicator);
    if let (None, Some(derived)) = (property, derived) {
        indicator.label = derived.label.clone();
        indicator.value_type = "number".to_string();
        indicator.indicator = true;
    }
    let unknown = items.iter().filter(|s| s.statement.is_none() && s.derived.is_none()).count();
    let note = (unknown > 0).then(|| format!("{unknown} 处没有数据:未知不等于零"));
    Ok(Choropleth { indicator, unit, items, note })
}

fn shades(
    asked: &mut Asked<'_, '_>,
    params: &ChoroplethParams,
    within: Option<EntityId>,
) -> Result<Vec<atlas::places::Shade>> {
    let (view, sight) = (asked.view, asked.sight);
    let (indicator, level) = (&params.indicator, &params.level);
    Ok(atlas::places::choropleth(asked.tx, view, indicator, level, within, sight)?)
}
