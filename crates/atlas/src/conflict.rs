//! Conflicts: claims about one thing that cannot all be true, shown side by side, never averaged.

use crate::statement::Statement;
use crate::view::View;
use kernel::{Decimal, Quantity, Units, Value};
use std::collections::BTreeMap;

/// Why claims differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictKind {
    /// Same measure, same time, values that disagree.
    Value,
    /// One of them expects or aims, the other reports.
    Forecast,
    /// Measures of one family that are defined differently.
    Definition,
}

impl ConflictKind {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            ConflictKind::Value => "value",
            ConflictKind::Forecast => "forecast",
            ConflictKind::Definition => "definition",
        }
    }
}

/// Claims that disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Key of the property, for a family that of its first claim.
    pub property: String,
    /// The family, when the claims are of several properties.
    pub family: Option<String>,
    /// Why they differ.
    pub kind: ConflictKind,
    /// Two or more, in the order of their time.
    pub statements: Vec<Statement>,
}

/// A quantity in the base unit of its dimension, so that 万元 and 亿元 compare.
pub fn in_base_unit(value: &Value, units: &Units) -> Option<(String, Quantity)> {
    let quantity = value.quantity()?;
    let Some(unit) = value.unit().and_then(|unit| units.find(unit)) else {
        return Some((value.unit().unwrap_or_default().to_string(), *quantity));
    };
    let scaled = |number: Decimal| number.times(unit.factor);
    Some((
        unit.dimension.clone(),
        Quantity {
            comparator: quantity.comparator,
            number: scaled(quantity.number)?,
            high: match quantity.high {
                Some(high) => Some(scaled(high)?),
                None => None,
            },
        },
    ))
}

/// Whether two statements speak of the same time and cannot both be true.
pub fn disagree(a: &Statement, b: &Statement, units: &Units) -> bool {
    if !a.said.valid.overlaps(&b.said.valid) || condition(a) != condition(b) {
        return false;
    }
    match (in_base_unit(&a.said.value, units), in_base_unit(&b.said.value, units)) {
        (Some((x, p)), Some((y, q))) => x == y && !p.agrees_with(&q),
        _ => match (&a.said.value, &b.said.value) {
            (Value::Date { day: x, precision: p }, Value::Date { day: y, precision: q }) => {
                // A year agrees with any day of it.
                if p == q { x != y } else { x.year() != y.year() }
            }
            _ => false,
        },
    }
}

/// Qualifiers that make two claims claims about different things.
fn condition(statement: &Statement) -> Vec<&str> {
    let names = ["measure", "industry", "definition"];
    let of = |name: &str| {
        let found = statement.said.qualifiers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    names.map(of).to_vec()
}

fn is_forecast(statement: &Statement) -> bool {
    statement.said.qualifiers.iter().any(|(key, value)| key == "forecast" && value == "true")
}

/// Every conflict among standing statements of one entity.
pub fn among(view: &View, statements: &[Statement]) -> Vec<Conflict> {
    let mut by_property: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    let mut by_family: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    for statement in statements {
        let Some(property) = view.schema().property(&statement.said.property) else {
            continue;
        };
        by_property.entry(&property.key).or_default().push(statement);
        if let Some(family) = &property.family {
            by_family.entry(family).or_default().push(statement);
        }
    }
    let units = view.schema().units();
    let mut found = Vec::new();
    for (property, claims) in &by_property {
        found.extend(of_property(property, claims, units));
    }
    for (family, claims) in &by_family {
        let several = claims.iter().any(|c| c.said.property != claims[0].said.property);
        let differ = |a: &Statement, b: &Statement| {
            a.said.property != b.said.property && disagree_loosely(a, b, units)
        };
        let picked = involved(claims, differ);
        if several && picked.len() > 1 {
            found.push(Conflict {
                property: picked[0].said.property.clone(),
                family: Some((*family).to_string()),
                kind: ConflictKind::Definition,
                statements: picked,
            });
        }
    }
    found
}

fn of_property(property: &str, claims: &[&Statement], units: &Units) -> Vec<Conflict> {
    let same =
        |a: &Statement, b: &Statement| is_forecast(a) == is_forecast(b) && disagree(a, b, units);
    let other =
        |a: &Statement, b: &Statement| is_forecast(a) != is_forecast(b) && disagree(a, b, units);
    let conflict = |kind, statements: Vec<Statement>| {
        let property = property.to_string();
        (statements.len() > 1).then_some(Conflict { property, family: None, kind, statements })
    };
    let value = conflict(ConflictKind::Value, involved(claims, same));
    let forecast = conflict(ConflictKind::Forecast, involved(claims, other));
    value.into_iter().chain(forecast).collect()
}

/// Of a family the definitions differ by nature; only the time must be near enough to compare.
fn disagree_loosely(a: &Statement, b: &Statement, units: &Units) -> bool {
    let values = (in_base_unit(&a.said.value, units), in_base_unit(&b.said.value, units));
    let year = |s: &Statement| s.said.valid.to.or(s.said.valid.from).map(|day| day.year());
    let near = match (year(a), year(b)) {
        (Some(x), Some(y)) => (x - y).abs() <= 1,
        _ => true,
    };
    matches!(values, (Some((x, p)), Some((y, q))) if x == y && near && !p.agrees_with(&q))
}

/// The claims that disagree with at least one other, by time.
fn involved(
    claims: &[&Statement],
    differ: impl Fn(&Statement, &Statement) -> bool,
) -> Vec<Statement> {
    let mut picked: Vec<Statement> = claims
        .iter()
        .enumerate()
        .filter(|(index, a)| {
            claims.iter().enumerate().any(|(other, b)| *index != other && differ(a, b))
        })
        .map(|(_, statement)| (*statement).clone())
        .collect();
    picked.sort_by_key(|s| (s.said.valid.to.or(s.said.valid.from), s.id));
    picked
}
