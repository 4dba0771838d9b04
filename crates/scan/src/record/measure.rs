//! Measures: what a source calls a figure becomes an indicator, or stays a figure with that name.

use super::Found;
use crate::draft::DraftValue;
use crate::lookup::Lookup;
use crate::mapping::{Check, MeasureTable};
use crate::value::{Target, Typed, Values, date};
use kernel::Refusal;
use schema::{Property, Schema, ValueType};
use std::collections::BTreeMap;

/// A figure as a row writes it.
pub(crate) struct Written<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    pub(crate) unit: &'a str,
    /// Units that stand beside dates, such as `年月`.
    pub(crate) date_units: &'a [String],
}

/// A figure found outside a table, as a statement would hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Key of the property: an indicator, or a generic figure that keeps what it measures.
    pub property: String,
    /// Number, money, date or text.
    pub value: kernel::Value,
    /// What the property does not say: the measure as written, the unit as written.
    pub qualifiers: Vec<(String, String)>,
}

/// The statement that a figure called `name` makes, as [`Measures::read`] would in a table;
/// `property`, when given, is the schema's key that someone found for it already.
///
/// Errors as those of values: `E-NUM-01`, `E-UNIT-01`, `E-MONEY-01`, …
pub fn measured(
    schema: &Schema,
    property: Option<&str>,
    name: &str,
    text: &str,
    unit: &str,
) -> Result<Measured, Refusal> {
    let date_units = ["日期".to_string()];
    let written = Written { name, text, unit, date_units: &date_units };
    let mut values = Values::new(schema);
    if let Some(property) = property.and_then(|key| schema.property(key)) {
        let unit = if property.value_type == ValueType::Date { "" } else { unit };
        let mut target = target(property.value_type, property.unit.as_deref(), unit);
        target.scheme = property.scheme.as_deref();
        let typed = values.read(text, &target)?;
        let mut qualifiers = typed.qualifiers;
        if property.label.zh != name && !name.is_empty() {
            qualifiers.push(("definition".into(), name.into()));
        }
        return Ok(Measured { property: property.key.clone(), value: typed.value, qualifiers });
    }
    let found = Measures::new(schema, &[]).read(&written, None, &mut values)?;
    match found.value {
        DraftValue::Value(value) => {
            Ok(Measured { property: found.property, value, qualifiers: found.qualifiers })
        }
        DraftValue::Entity(_) => Err(Refusal::new(
            "E-MAP-06",
            "a figure is no entity",
            "数字不能是对象",
            "a figure is no entity",
        )),
    }
}

/// Finds properties by what sources call them, and remembers.
pub(crate) struct Measures<'m> {
    schema: &'m Schema,
    lookups: &'m [Lookup],
    known: BTreeMap<String, Option<&'m Property>>,
}

impl<'m> Measures<'m> {
    pub(crate) fn new(schema: &'m Schema, lookups: &'m [Lookup]) -> Measures<'m> {
        Measures { schema, lookups, known: BTreeMap::new() }
    }

    /// The property by the mapping's table or the schema's aliases when value and unit fit it;
    /// otherwise a generic figure that keeps the measure as a qualifier.
    pub(crate) fn read(
        &mut self,
        written: &Written<'_>,
        table: Option<&MeasureTable>,
        values: &mut Values<'_>,
    ) -> Result<Found, Refusal> {
        let (property, unit, mut qualifiers) = self.listed(written, table);
        let property = property.or_else(|| self.named(written.name));
        let generic = property.is_none_or(|p| p.key.starts_with("figure"));
        let found = match property {
            Some(property) => fitting(property, written, unit, values),
            None => None,
        };
        let (key, typed) = match found {
            Some(typed) => {
                let key = property.map_or("figure", |property| property.key.as_str());
                if unit != written.unit && !written.unit.is_empty() {
                    qualifiers.push(("unit_as_written".into(), written.unit.into()));
                }
                if property.is_some_and(|p| !generic && p.label.zh != written.name)
                    && !qualifiers.iter().any(|(key, _)| key == "definition")
                {
                    qualifiers.push(("definition".into(), written.name.into()));
                }
                if generic {
                    qualifiers.push(("measure".into(), written.name.into()));
                }
                (key, typed)
            }
            None => {
                qualifiers.push(("measure".into(), written.name.into()));
                self.figure(written, values, &mut qualifiers)?
            }
        };
        qualifiers.extend(typed.qualifiers);
        Ok(Found { property: key.to_string(), value: DraftValue::Value(typed.value), qualifiers })
    }

    /// What the mapping's table says of a measure: property, unit, qualifiers.
    fn listed<'w>(
        &self,
        written: &Written<'w>,
        table: Option<&MeasureTable>,
    ) -> (Option<&'m Property>, &'w str, Vec<(String, String)>)
    where
        'm: 'w,
    {
        let Some(table) = table else {
            return (None, written.unit, Vec::new());
        };
        let lookup = &self.lookups[table.table];
        let cell = |column: usize| lookup.find(written.name, column).unwrap_or("");
        let unit = match table.unit.map(cell) {
            Some(unit) if !unit.is_empty() => unit,
            _ => written.unit,
        };
        let qualifiers = table
            .qualifiers
            .iter()
            .map(|(key, column)| (key.clone(), cell(*column).to_string()))
            .filter(|(_, value)| !value.is_empty());
        let property = self.schema.property(cell(table.property));
        (property, unit, qualifiers.collect())
    }

    fn named(&mut self, name: &str) -> Option<&'m Property> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let found = self.schema.indicator_named(name);
        self.known.insert(name.to_string(), found);
        found
    }

    /// A figure that no property names: money, number, date or text, in that order.
    fn figure(
        &self,
        written: &Written<'_>,
        values: &mut Values<'_>,
        qualifiers: &mut Vec<(String, String)>,
    ) -> Result<(&'static str, Typed), Refusal> {
        if written.date_units.iter().any(|unit| unit == written.unit)
            && written.text.len() >= 4
            && let Ok(value) = date(written.text)
        {
            return Ok(("figure_date", plain(value)));
        }
        let units = self.schema.units();
        let target = target(ValueType::Number, None, written.unit);
        if let Some(unit) = units.find(written.unit) {
            if unit.is_money()
                && let Ok(typed) = values.money(written.text, &target)
            {
                return Ok(("figure_money", typed));
            }
            if let Ok(typed) = values.number(written.text, &target) {
                return Ok(("figure", typed));
            }
        }
        if !written.unit.is_empty() {
            qualifiers.push(("unit_as_written".into(), written.unit.into()));
        }
        Ok(("figure_text", plain(values.text(written.text, None)?)))
    }
}

fn plain(value: kernel::Value) -> Typed {
    Typed { value, qualifiers: Vec::new() }
}

fn target<'a>(value_type: ValueType, own_unit: Option<&'a str>, unit: &'a str) -> Target<'a> {
    Target { value_type, check: Check::Plain, scheme: None, own_unit, unit, lang: None }
}

/// The value as the property wants it, if it fits.
fn fitting(
    property: &Property,
    written: &Written<'_>,
    unit: &str,
    values: &mut Values<'_>,
) -> Option<Typed> {
    let numeric = matches!(property.value_type, ValueType::Number | ValueType::Money);
    let unit = if numeric { unit } else { "" };
    let mut target = target(property.value_type, property.unit.as_deref(), unit);
    target.scheme = property.scheme.as_deref();
    values.read(written.text, &target).ok()
}
