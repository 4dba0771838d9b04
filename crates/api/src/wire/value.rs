//! Values, as exact as their sources.

use crate::wire::label::{EntityRef, Label, Look};
use kernel::geometry::{Shape, ShapeKind, area_m2, length_m};
use kernel::{Decimal, Quantity};
use serde::Serialize;
use utoipa::ToSchema;

/// What a statement says of its subject. Numbers are exact decimal texts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Value {
    /// Another entity.
    Entity {
        /// It.
        entity: EntityRef,
    },
    /// Text.
    Text {
        /// It.
        text: String,
        /// BCP 47 language.
        #[serde(skip_serializing_if = "Option::is_none")]
        lang: Option<String>,
    },
    /// A number in a unit.
    Number {
        /// The number, or the lower end of a range.
        number: String,
        /// `=`, `>`, `>=`, `<`, `<=`, `~` (about) or `range`.
        comparator: String,
        /// Upper end of a range.
        #[serde(skip_serializing_if = "Option::is_none")]
        high: Option<String>,
        /// Key of the unit.
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// Money, in a unit as written and exactly in fen.
    Money {
        /// In `unit`.
        number: String,
        /// As of a number.
        comparator: String,
        /// Upper end of a range.
        #[serde(skip_serializing_if = "Option::is_none")]
        high: Option<String>,
        /// Key of a unit of money.
        unit: String,
        /// `CNY`.
        currency: String,
        /// Whole fen; of a range its lower end.
        fen: String,
    },
    /// A date, no more precise than its source.
    Date {
        /// First day of what was written.
        date: String,
        /// `day`, `month`, `quarter`, `year` or `open`.
        precision: String,
    },
    /// A position, WGS 84 degrees.
    Point {
        /// Longitude.
        lon: f64,
        /// Latitude.
        lat: f64,
    },
    /// A line or an area; its geometry is on the map.
    Shape {
        /// GeoJSON type.
        geometry_type: String,
        /// Area in square kilometers, to three decimals.
        #[serde(skip_serializing_if = "Option::is_none")]
        area_km2: Option<String>,
        /// Length in kilometers, to three decimals.
        #[serde(skip_serializing_if = "Option::is_none")]
        length_km: Option<String>,
    },
    /// A concept of a taxonomy.
    Concept {
        /// It.
        concept: ConceptRef,
    },
    /// A web address.
    Url {
        /// It.
        url: String,
    },
}

/// A concept by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConceptRef {
    /// Key in its scheme.
    pub key: String,
    /// The scheme.
    pub scheme: String,
    /// For people.
    pub label: Label,
}

impl Look<'_> {
    /// A value of a property.
    pub fn value(&self, property: &str, value: &kernel::Value) -> Value {
        match value {
            kernel::Value::Entity(id) => Value::Entity { entity: self.entity(*id) },
            kernel::Value::Text { text, lang } => self.text(property, text, lang.as_deref()),
            kernel::Value::Number { quantity, unit } => {
                let (number, comparator, high) = parts(quantity);
                Value::Number { number, comparator, high, unit: unit.clone() }
            }
            kernel::Value::Money { quantity, unit, fen } => {
                let (number, comparator, high) = parts(quantity);
                let (unit, fen) = (unit.clone(), fen.fen().to_string());
                Value::Money { number, comparator, high, unit, currency: "CNY".to_string(), fen }
            }
            kernel::Value::Date { day, precision } => {
                Value::Date { date: day.to_string(), precision: precision.name().to_string() }
            }
            kernel::Value::Point(point) => Value::Point { lon: point.lon(), lat: point.lat() },
            kernel::Value::Shape(shape) => of_shape(shape),
            kernel::Value::Concept(id) => Value::Concept { concept: self.concept(id) },
        }
    }

    fn text(&self, property: &str, text: &str, lang: Option<&str>) -> Value {
        let schema = self.view.schema();
        let url = schema.property(property).map(|p| p.value_type) == Some(schema::ValueType::Url);
        match url {
            true => Value::Url { url: text.to_string() },
            false => Value::Text { text: text.to_string(), lang: lang.map(str::to_string) },
        }
    }

    fn concept(&self, id: &str) -> ConceptRef {
        let (scheme, key) = id.split_once(':').unwrap_or(("", id));
        let label = self.view.schema().concept(id).map(|concept| Label::from(&concept.label));
        ConceptRef {
            key: key.to_string(),
            scheme: scheme.to_string(),
            label: label.unwrap_or_else(|| Label::new(key, key)),
        }
    }
}

fn parts(quantity: &Quantity) -> (String, String, Option<String>) {
    (
        quantity.number.to_string(),
        quantity.comparator.sign().to_string(),
        quantity.high.map(|high| high.to_string()),
    )
}

fn of_shape(shape: &Shape) -> Value {
    let areas = shape.kind == ShapeKind::Areas;
    Value::Shape {
        geometry_type: shape.type_name().to_string(),
        area_km2: areas.then(|| thousandths(area_m2(shape) / 1e6)),
        length_km: (!areas).then(|| thousandths(length_m(shape) / 1e3)),
    }
}

/// A measured number to three decimals.
fn thousandths(number: f64) -> String {
    let scaled = (number * 1_000.0).round();
    Decimal::new(scaled as i128, 3).unwrap_or(Decimal::ZERO).to_string()
}

impl Value {
    /// As one cell of a table: numbers with their comparator and without their unit.
    pub fn cell(&self) -> String {
        let signed = |number: &str, comparator: &str, high: &Option<String>| match high {
            Some(high) => format!("{number}~{high}"),
            None if comparator == "=" => number.to_string(),
            None => format!("{comparator}{number}"),
        };
        match self {
            Value::Entity { entity } => entity.name.text().to_string(),
            Value::Text { text, .. } => text.clone(),
            Value::Number { number, comparator, high, .. }
            | Value::Money { number, comparator, high, .. } => signed(number, comparator, high),
            Value::Date { date, precision } => match precision.as_str() {
                "year" => date[..4].to_string(),
                "month" => date[..7].to_string(),
                _ => date.clone(),
            },
            Value::Point { lon, lat } => format!("{lon} {lat}"),
            Value::Shape { geometry_type, .. } => geometry_type.clone(),
            Value::Concept { concept } => concept.label.text().to_string(),
            Value::Url { url } => url.clone(),
        }
    }

    /// The unit of a number or an amount; of money with its currency understood.
    pub fn unit(&self) -> &str {
        match self {
            Value::Number { unit, .. } => unit.as_deref().unwrap_or_default(),
            Value::Money { unit, .. } => unit,
            _ => "",
        }
    }
}
