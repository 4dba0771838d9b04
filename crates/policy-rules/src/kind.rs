//! Kinds of value: what an input, a parameter or an expression is.

use crate::unit::Unit;
use std::fmt;

/// A kind of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Truth,
    /// A number in a unit; money is one in yuan.
    Number(Unit),
    /// A number written in an expression: it takes the unit that its place wants.
    Literal,
    /// A day.
    Day,
    /// A text, one of these when there are any.
    Text(Vec<String>),
    /// A list of items, each with these fields.
    List(Vec<(String, Kind)>),
}

impl Kind {
    /// Money.
    pub fn money() -> Kind {
        Kind::Number(Unit::money())
    }

    /// Whether a value of this kind may stand where `wanted` is wanted.
    pub fn fits(&self, wanted: &Kind) -> bool {
        match (self, wanted) {
            (Kind::Literal, Kind::Number(_) | Kind::Literal) => true,
            (Kind::Number(_), Kind::Literal) => true,
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::Text(_), Kind::Text(_)) => true,
            (a, b) => a == b,
        }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Kind::Number(_) | Kind::Literal)
    }

    /// The unit of a number; none for others.
    pub fn unit(&self) -> Unit {
        match self {
            Kind::Number(unit) => unit.clone(),
            _ => Unit::NONE,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Truth => f.write_str("truth"),
            Kind::Number(unit) if unit.is_money() => f.write_str("money"),
            Kind::Number(unit) if unit.is_none() => f.write_str("number"),
            Kind::Number(unit) => write!(f, "number in {unit}"),
            Kind::Literal => f.write_str("number"),
            Kind::Day => f.write_str("day"),
            Kind::Text(_) => f.write_str("text"),
            Kind::List(_) => f.write_str("list"),
        }
    }
}
