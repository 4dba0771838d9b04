//! Places: layers of the map, and any indicator by street or district.

use crate::derive::{self, Derived};
use crate::error::{Error, Result};
use crate::page::fetch;
use crate::statement::Statement;
use crate::view::{At, Sight, View};
use kernel::geometry::{Point, Shape, contains};
use kernel::{EntityId, Value};
use std::collections::BTreeMap;
use store::Tx;

/// A thing on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The entity.
    pub entity: EntityId,
    /// Its outline, line or position.
    pub geometry: Geometry,
    /// Color of a line, `#RRGGBB`.
    pub color: Option<String>,
    /// The statement that gives the geometry.
    pub statement: Statement,
    /// For streets and districts: entities located in it, by kind.
    pub located: BTreeMap<String, usize>,
}

/// A point, or lines and areas.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// A position.
    Point(Point),
    /// Lines or areas.
    Shape(Shape),
}

/// The layers of the map and the kinds that they draw.
pub const LAYERS: &[(&str, &[&str])] = &[
    ("districts", &["district"]),
    ("streets", &["street"]),
    ("metro_lines", &["metro_line"]),
    ("metro_stations", &["metro_station"]),
    ("belts", &["belt", "block"]),
    ("entities", &["organization", "place", "paper", "model", "fund"]),
];

/// The features of a layer. Places without an outline are not drawn.
///
/// Fails with [`Error::Missing`] for an unknown layer.
pub fn layer(tx: &mut Tx<'_>, view: &View, name: &str, sight: Sight) -> Result<Vec<Feature>> {
    let kinds = LAYERS.iter().find(|(layer, _)| *layer == name).map(|(_, kinds)| *kinds);
    let kinds = kinds.ok_or_else(|| Error::missing("layer", name))?;
    let drawn_elsewhere = ["district", "street", "metro_station", "metro_line"];
    let wanted = |kind: &str| {
        kinds.iter().any(|k| view.schema().is_a(kind, k))
            && (name != "entities" || !drawn_elsewhere.contains(&kind))
    };
    let all = (1..=view.entity_count() as i64).map(EntityId);
    let entities: Vec<EntityId> =
        all.filter(|id| view.exists(*id, sight) && wanted(view.kind_key(*id))).collect();
    features(tx, view, &entities, sight)
}

/// The entities that have a geometry, with it.
pub fn features(
    tx: &mut Tx<'_>,
    view: &View,
    entities: &[EntityId],
    sight: Sight,
) -> Result<Vec<Feature>> {
    let number = |key: &str| view.schema().property_ix(key);
    let (shape, location, color) = (number("shape"), number("location"), number("color"));
    let best = |entity: EntityId, property| {
        let about = view.about(entity).iter().copied();
        about
            .filter(|at| Some(view.property_at(*at)) == property && view.holds(*at, sight))
            .max_by_key(|at| view.merit(*at))
    };
    let at: Vec<At> =
        entities.iter().filter_map(|e| best(*e, shape).or_else(|| best(*e, location))).collect();
    let colors: Vec<At> = entities.iter().filter_map(|entity| best(*entity, color)).collect();
    let colors: BTreeMap<EntityId, String> = fetch(tx, &colors)?
        .into_iter()
        .filter_map(|statement| match statement.said.value {
            Value::Text { text, .. } => Some((statement.said.subject, text)),
            _ => None,
        })
        .collect();
    let feature = |statement: Statement| {
        let geometry = match &statement.said.value {
            Value::Point(point) => Geometry::Point(*point),
            Value::Shape(shape) => Geometry::Shape(shape.clone()),
            _ => return None,
        };
        let entity = statement.said.subject;
        let located = located(view, entity, sight);
        Some(Feature { entity, geometry, color: colors.get(&entity).cloned(), statement, located })
    };
    Ok(fetch(tx, &at)?.into_iter().filter_map(feature).collect())
}

/// How many entities of each kind are located in a place.
pub fn located(view: &View, place: EntityId, sight: Sight) -> BTreeMap<String, usize> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    if !matches!(view.kind_key(place), "street" | "district" | "belt" | "block" | "park") {
        return found;
    }
    for at in view.into(place) {
        if view.property_at(*at).0 == view.known.located_in && view.holds(*at, sight) {
            *found.entry(view.kind_key(view.entity_at(*at)).to_string()).or_default() += 1;
        }
    }
    found
}

/// An indicator in one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Shade {
    /// The place.
    pub entity: EntityId,
    /// The claim shown first; absent means unknown, never zero.
    pub statement: Option<Statement>,
    /// The figure computed for it.
    pub derived: Option<Derived>,
}

/// An indicator over all places of a level, `streets` or `districts`, for a choropleth.
pub fn choropleth(
    tx: &mut Tx<'_>,
    view: &View,
    indicator: &str,
    level: &str,
    within: Option<EntityId>,
    sight: Sight,
) -> Result<Vec<Shade>> {
    let kind = match level {
        "streets" => "street",
        "districts" => "district",
        _ => return Err(Error::missing("level", level)),
    };
    let known = ["employment_density", "metro_density", "metro_stations"].contains(&indicator);
    let property = view.schema().property_ix(indicator);
    if property.is_none() && !known {
        return Err(Error::missing("indicator", indicator));
    }
    let places: Vec<EntityId> = match within {
        Some(place) => derive::parts(view, place, kind, sight),
        None => {
            let all = (1..=view.entity_count() as i64).map(EntityId);
            all.filter(|id| view.kind_key(*id) == kind && view.exists(*id, sight)).collect()
        }
    };
    let mut shades = Vec::new();
    for entity in places {
        let about = view.about(entity).iter().copied();
        let best = about
            .filter(|at| Some(view.property_at(*at)) == property && view.begun(*at, sight))
            .max_by_key(|at| view.merit(*at));
        let statement = fetch(tx, best.as_slice())?.pop();
        let derived = if known {
            let all = derive::of_entity(tx, view, entity, sight)?;
            all.into_iter().find(|derived| derived.key == indicator)
        } else {
            None
        };
        shades.push(Shade { entity, statement, derived });
    }
    Ok(shades)
}

/// The first of these places that a point lies in.
pub fn place_at(features: &[Feature], point: Point) -> Option<EntityId> {
    let inside = |feature: &&Feature| match &feature.geometry {
        Geometry::Shape(shape) => contains(shape, point),
        Geometry::Point(_) => false,
    };
    features.iter().find(inside).map(|feature| feature.entity)
}
