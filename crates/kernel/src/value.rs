//! Values: what a statement says of its subject.

use crate::day::Day;
use crate::geometry::{Point, Shape};
use crate::id::EntityId;
use crate::money::Fen;
use crate::quantity::Quantity;
use crate::valid::Precision;

/// A value, exactly as its source gives it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Another entity: the far end of a relation.
    Entity(EntityId),
    /// Text with its language (`zh`, `en`), when known. At most 4,000 characters.
    Text {
        /// The text, free of bidirectional and zero-width controls.
        text: String,
        /// BCP 47 language.
        lang: Option<String>,
    },
    /// A number in a unit (none for a pure number).
    Number {
        /// The number with its comparator.
        quantity: Quantity,
        /// Key of the unit.
        unit: Option<String>,
    },
    /// Money in a unit as written, and exactly in fen.
    Money {
        /// The amount as written, in `unit`.
        quantity: Quantity,
        /// Key of a unit of money, such as `亿元`.
        unit: String,
        /// The same in fen (of a range, its lower end).
        fen: Fen,
    },
    /// A date, no more precise than its source.
    Date {
        /// First day of what was written.
        day: Day,
        /// How precise it is.
        precision: Precision,
    },
    /// A place on earth.
    Point(Point),
    /// A line or an area on earth.
    Shape(Shape),
    /// A concept of a taxonomy, as `scheme:key`.
    Concept(String),
}

impl Value {
    /// The name of its type, as the schema writes it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Entity(_) => "entity",
            Value::Text { .. } => "text",
            Value::Number { .. } => "number",
            Value::Money { .. } => "money",
            Value::Date { .. } => "date",
            Value::Point(_) => "point",
            Value::Shape(_) => "shape",
            Value::Concept(_) => "concept",
        }
    }

    /// The quantity of a number or an amount.
    pub fn quantity(&self) -> Option<&Quantity> {
        match self {
            Value::Number { quantity, .. } | Value::Money { quantity, .. } => Some(quantity),
            _ => None,
        }
    }

    /// The unit of a number or an amount.
    pub fn unit(&self) -> Option<&str> {
        match self {
            Value::Number { unit, .. } => unit.as_deref(),
            Value::Money { unit, .. } => Some(unit),
            _ => None,
        }
    }
}
