//! What the house knows of a firm: statements of the atlas and the firm's own declarations, as facts
//! that policies ask, each with where it comes from.

use crate::declared::{Declared, declared};
use crate::error::Result;
use atlas::{AsOf, View};
use kernel::value::Value;
use kernel::{Day, EntityId, StatementId};
use policy_rules::facts::Given;
use policy_rules::{Facts, Shelf};
use std::collections::BTreeMap;
use store::Tx;

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A statement of the atlas.
    Atlas(StatementId),
    /// The firm's own words, with what shows them.
    Firm(Declared),
}

/// A fact of a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name, `firm.employees`.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// Where it comes from.
    pub from: From,
    /// What the other side says, when both say something and not the same.
    pub against: Option<Box<Known>>,
}

/// Kinds of entities that are firms or institutions a policy can reach.
pub const KINDS: [&str; 3] = ["company", "institute", "university"];

/// The facts of firms as policies take them, by firm; those of which nothing is known are left out.
///
/// A firm's declaration with evidence goes before a statement, a statement before a declaration
/// without. A date that is not known to the day, a number that is not exact, says nothing: nothing
/// is guessed. Money of a firm is of the year before `on`.
pub fn known(
    tx: &mut Tx<'_>,
    view: &View,
    shelf: &Shelf,
    firms: &[EntityId],
    on: Day,
) -> Result<BTreeMap<EntityId, Vec<Known>>> {
    let stated = stated(tx, view, shelf, firms, on)?;
    let only = match firms {
        [one] => one.0,
        _ => 0,
    };
    let said = declared(tx, only)?;
    let mut found: BTreeMap<EntityId, BTreeMap<String, Known>> = BTreeMap::new();
    for (firm, name, value, id) in stated {
        let one = Known { name: name.clone(), value, from: From::Atlas(id), against: None };
        found.entry(firm).or_default().insert(name, one);
    }
    for ((firm, name), one) in said {
        let firm = EntityId(firm);
        if !firms.contains(&firm) && only == 0 && !firms.is_empty() {
            continue;
        }
        let facts = found.entry(firm).or_default();
        let evident = one.evidence.is_some();
        let mut own = Known {
            name: name.clone(),
            value: one.value.clone(),
            from: From::Firm(one),
            against: None,
        };
        match facts.remove(&name) {
            Some(mut other) => {
                let same = other.value == own.value;
                if evident {
                    own.against = (!same).then(|| Box::new(other));
                    facts.insert(name, own);
                } else {
                    other.against = (!same).then(|| Box::new(own));
                    facts.insert(name, other);
                }
            }
            None => {
                facts.insert(name, own);
            }
        }
    }
    Ok(found.into_iter().map(|(firm, facts)| (firm, facts.into_values().collect())).collect())
}

/// Facts as the rules take them.
pub fn facts(known: &[Known]) -> Facts {
    Facts(known.iter().map(|one| (one.name.clone(), Given::Text(one.value.clone()))).collect())
}

/// The facts of firms as the rules take them, in the order of the firms; of some nothing is known.
///
/// What counts is said at [`known`].
pub fn facts_of(
    tx: &mut Tx<'_>,
    view: &View,
    shelf: &Shelf,
    firms: &[EntityId],
    on: Day,
) -> Result<Vec<(EntityId, Facts)>> {
    let found = known(tx, view, shelf, firms, on)?;
    let each = firms.iter().map(|firm| {
        let known = found.get(firm).map_or(&[][..], Vec::as_slice);
        (*firm, facts(known))
    });
    Ok(each.collect())
}

/// Every firm and institution that stands on a day.
pub fn all(view: &View, on: Day) -> Vec<EntityId> {
    let sight = view.sight(AsOf { valid: on, known: None });
    (1..=view.entity_count() as i64)
        .map(EntityId)
        .filter(|entity| KINDS.contains(&view.kind_key(*entity)))
        .filter(|entity| view.exists(*entity, sight) && view.canonical(*entity) == *entity)
        .collect()
}

fn exact(quantity: &kernel::Quantity) -> bool {
    quantity.comparator == kernel::Comparator::Exact
}

/// What the atlas says of firms: firm, name of the fact, value, statement.
fn stated(
    tx: &mut Tx<'_>,
    view: &View,
    shelf: &Shelf,
    firms: &[EntityId],
    on: Day,
) -> Result<Vec<(EntityId, String, String, StatementId)>> {
    let mut wanted = BTreeMap::new();
    for input in shelf.policies.iter().flat_map(|policy| &policy.inputs) {
        let property = input.property.as_deref().and_then(|key| view.schema().property_ix(key));
        if let Some(property) = property {
            wanted.insert(property, (input.name.as_str(), input.kind.unit().is_money()));
        }
    }
    let now = view.sight(AsOf { valid: on, known: None });
    let before = Day::from_ymd(on.year() - 1, 12, 31).unwrap_or(on);
    let before = view.sight(AsOf { valid: before, known: None });
    let mut found = Vec::new();
    for firm in firms {
        for (property, (name, money)) in &wanted {
            let sight = if *money { before } else { now };
            let best = view
                .about(*firm)
                .iter()
                .filter(|at| view.property_at(**at) == *property && view.holds(**at, sight))
                .max_by_key(|at| view.merit(**at));
            if let Some(at) = best {
                found.push((*firm, *name, View::id_at(*at)));
            }
        }
    }
    let ids: Vec<StatementId> = found.iter().map(|(.., id)| *id).collect();
    let mut values = BTreeMap::new();
    for chunk in ids.chunks(500) {
        for one in atlas::statement::list(tx, chunk)? {
            values.insert(one.id, one.said.value);
        }
    }
    let text = |firm: EntityId, value: &Value| match value {
        Value::Text { text, .. } => Some(text.clone()),
        Value::Number { quantity, .. } => exact(quantity).then(|| quantity.number.to_string()),
        Value::Money { quantity, fen, .. } => exact(quantity).then(|| fen.to_string()),
        Value::Date { day, precision } => {
            (*precision == kernel::valid::Precision::Day).then(|| day.to_string())
        }
        // A policy names districts; where a firm is stated street by street, its district is meant.
        Value::Entity(_) => {
            view.place_of(firm, now).district.map(|district| view.label(district).zh)
        }
        _ => None,
    };
    let told = found.into_iter().filter_map(|(firm, name, id)| {
        Some((firm, name.to_string(), text(firm, values.get(&id)?)?, id))
    });
    Ok(told.collect())
}
