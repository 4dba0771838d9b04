//! Units, as data: which there are and how they convert.

use crate::decimal::Decimal;
use crate::refusal::{Label, Refusal};
use std::collections::BTreeMap;

/// A unit such as `亿元`, with its factor to the base unit of its dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// As it is written in Chinese sources; the key.
    pub key: String,
    /// For people.
    pub label: Label,
    /// What is measured: `money`, `count`, `ratio`, `area`, `length`, `time`, …
    pub dimension: String,
    /// How many base units one of these is; for `money` the base unit is the yuan.
    pub factor: Decimal,
    /// Other spellings that mean the same.
    pub aliases: Vec<String>,
}

impl Unit {
    /// Whether amounts in this unit are money.
    pub fn is_money(&self) -> bool {
        self.dimension == "money"
    }
}

/// All units of a schema, by key and alias.
#[derive(Debug, Clone, Default)]
pub struct Units {
    units: Vec<Unit>,
    index: BTreeMap<String, usize>,
}

impl Units {
    /// The table of these units; a key or alias that stands twice is refused with `E-UNIT-02`.
    pub fn new(units: Vec<Unit>) -> Result<Units, Refusal> {
        let mut index = BTreeMap::new();
        for (position, unit) in units.iter().enumerate() {
            for name in std::iter::once(&unit.key).chain(&unit.aliases) {
                if index.insert(name.clone(), position).is_some() {
                    return Err(Refusal::new(
                        "E-UNIT-02",
                        "a unit's name stands once",
                        "计量单位重复",
                        "this unit stands twice",
                    )
                    .value(name));
                }
            }
        }
        Ok(Units { units, index })
    }

    /// The unit with this key or alias.
    pub fn find(&self, name: &str) -> Option<&Unit> {
        self.index.get(name.trim()).map(|position| &self.units[*position])
    }

    /// Every unit, in the order of the schema.
    pub fn all(&self) -> &[Unit] {
        &self.units
    }
}
