//! GeoJSON (RFC 7946).

use crate::wire::label::Look;
use atlas::places::{Feature as Placed, Geometry};
use kernel::geometry::{Point, Shape, ShapeKind};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A GeoJSON feature collection.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeatureCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is on the layer.
    pub features: Vec<Feature>,
}

/// A thing on the map.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Feature {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: String,
    /// GeoJSON geometry.
    #[schema(value_type = Object)]
    pub geometry: Value,
    /// What it is.
    pub properties: MapProperties,
}

/// What a thing on the map is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MapProperties {
    /// `E12`.
    pub id: String,
    /// Key of its kind.
    pub kind: String,
    /// Chinese name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// English name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Color of a line, `#RRGGBB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Entities located in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

impl Look<'_> {
    /// A layer of the map.
    pub fn layer(&self, features: &[Placed]) -> FeatureCollection {
        FeatureCollection {
            kind: "FeatureCollection".to_string(),
            features: features.iter().map(|feature| self.feature(feature)).collect(),
        }
    }

    fn feature(&self, placed: &Placed) -> Feature {
        let entity = self.entity(placed.entity);
        let count: usize = placed.located.values().sum();
        Feature {
            kind: "Feature".to_string(),
            geometry: geometry(&placed.geometry),
            properties: MapProperties {
                id: entity.id,
                kind: entity.kind,
                name_zh: entity.name.zh,
                name_en: entity.name.en,
                color: placed.color.clone(),
                count: (!placed.located.is_empty()).then_some(count),
            },
        }
    }
}

/// A geometry as GeoJSON.
pub fn geometry(geometry: &Geometry) -> Value {
    match geometry {
        Geometry::Point(point) => of_point(*point),
        Geometry::Shape(shape) => of_shape(shape),
    }
}

/// A position as GeoJSON.
pub fn of_point(point: Point) -> Value {
    json!({ "type": "Point", "coordinates": position(&point) })
}

fn position(point: &Point) -> Value {
    json!([point.lon(), point.lat()])
}

/// Lines or areas as GeoJSON.
pub fn of_shape(shape: &Shape) -> Value {
    let ring = |ring: &Vec<Point>| Value::Array(ring.iter().map(position).collect());
    let part = |part: &Vec<Vec<Point>>| match shape.kind {
        ShapeKind::Lines => part.first().map_or(Value::Null, ring),
        ShapeKind::Areas => Value::Array(part.iter().map(ring).collect()),
    };
    let mut parts: Vec<Value> = shape.parts.iter().map(part).collect();
    let coordinates = match parts.len() {
        1 => parts.remove(0),
        _ => Value::Array(parts),
    };
    json!({ "type": shape.type_name(), "coordinates": coordinates })
}
