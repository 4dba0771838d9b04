//! What changed between two dates: in what we know, or in the world.

use crate::error::Result;
use crate::page::{fetch, shows};
use crate::statement::Statement;
use crate::view::{AsOf, At, LIVE, Sight, View};
use kernel::{Day, EntityId, Timestamp};
use std::collections::BTreeMap;
use store::Tx;

/// Which time the two dates are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeAxis {
    /// What was recorded between them.
    Known,
    /// What was true on one day and not on the other.
    Valid,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// From the end of this day (recorded), or on this day (valid).
    pub from: Day,
    /// To the end of this day, or on this day.
    pub to: Day,
    /// Which time.
    pub axis: TimeAxis,
    /// Keep one kind (and those that extend it).
    pub kind: Option<String>,
    /// Keep one entity.
    pub entity: Option<EntityId>,
    /// Keep one property.
    pub property: Option<String>,
    /// Continue after this position.
    pub after: Option<usize>,
    /// Changes at most, 1 to 200.
    pub limit: usize,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Of whom.
    pub entity: EntityId,
    /// Key of the property.
    pub property: String,
    /// What stood before.
    pub before: Option<Statement>,
    /// What stands after.
    pub after: Option<Statement>,
    /// When it was recorded.
    pub at: Timestamp,
}

/// A page of changes with the counts of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// In the order of entities and properties.
    pub items: Vec<Change>,
    /// Where to continue.
    pub next: Option<usize>,
    /// Statements that came.
    pub added: usize,
    /// Statements that went.
    pub ended: usize,
    /// Statements that took the place of another.
    pub changed: usize,
    /// Entities concerned.
    pub entities: usize,
}

/// Changes of one answer at most.
const PAGE_MAX: usize = 5_000;

/// A change in positions: what stood, what stands.
type Pair = (Option<At>, Option<At>);

/// What changed. One pass over the statements in memory and two queries a page.
pub fn changes(tx: &mut Tx<'_>, view: &View, wish: &Wish, today: Day) -> Result<Changes> {
    let pairs = match wish.axis {
        TimeAxis::Known => known(view, wish, today),
        TimeAxis::Valid => valid(view, wish),
    };
    let pairs: Vec<Pair> = pairs.into_iter().filter(|pair| wanted(view, wish, pair)).collect();
    let mut answer = Changes::default();
    let mut entities = Vec::new();
    for (before, after) in &pairs {
        match (before, after) {
            (Some(_), Some(_)) => answer.changed += 1,
            (None, Some(_)) => answer.added += 1,
            _ => answer.ended += 1,
        }
        entities.extend(before.or(*after).map(|at| view.entity_at(at)));
    }
    entities.sort();
    entities.dedup();
    answer.entities = entities.len();
    let start = wish.after.map_or(0, |after| after + 1).min(pairs.len());
    let end = (start + wish.limit.clamp(1, PAGE_MAX)).min(pairs.len());
    answer.next = (end < pairs.len()).then(|| end - 1);
    answer.items = statements(tx, view, &pairs[start..end])?;
    Ok(answer)
}

fn statements(tx: &mut Tx<'_>, view: &View, pairs: &[Pair]) -> Result<Vec<Change>> {
    let all: Vec<At> =
        pairs.iter().flat_map(|(before, after)| [*before, *after]).flatten().collect();
    let found: BTreeMap<i64, Statement> =
        fetch(tx, &all)?.into_iter().map(|statement| (statement.id.0, statement)).collect();
    let get = |at: Option<At>| at.and_then(|at| found.get(&View::id_at(at).0)).cloned();
    let change = |(before, after): &Pair| {
        let at = after.or(*before)?;
        let (before, after) = (get(*before), get(*after));
        let ended = before.as_ref().and_then(|s| s.end.map(|end| end.at));
        let time = after.as_ref().map(|s| s.recorded).or(ended);
        Some(Change {
            entity: view.entity_at(at),
            property: view.schema().property_at(view.property_at(at)).key.clone(),
            at: time.or(before.as_ref().map(|s| s.recorded))?,
            before,
            after,
        })
    };
    Ok(pairs.iter().filter_map(change).collect())
}

fn wanted(view: &View, wish: &Wish, pair: &Pair) -> bool {
    let Some(at) = pair.1.or(pair.0) else {
        return false;
    };
    let entity = view.entity_at(at);
    let property = &view.schema().property_at(view.property_at(at)).key;
    !view.is_relation(entity)
        && wish.entity.is_none_or(|wanted| wanted == entity)
        && wish.property.as_ref().is_none_or(|wanted| wanted == property)
        && wish.kind.as_ref().is_none_or(|kind| view.schema().is_a(view.kind_key(entity), kind))
}

/// Statements that stand at one instant and not at the other, a successor beside what it replaced.
fn known(view: &View, wish: &Wish, today: Day) -> Vec<Pair> {
    let sight = |day: Day| view.sight(AsOf { valid: today, known: Some(Timestamp::end_of(day)) });
    let (before, after) = (sight(wish.from), sight(wish.to));
    let mut came: BTreeMap<(EntityId, u16, u32, u64), Vec<At>> = BTreeMap::new();
    let mut went = came.clone();
    for at in 0..view.statement_count() as At {
        let (stood, stands) = (view.stands(at, before), view.stands(at, after));
        if stood == stands {
            continue;
        }
        let list = if stands { &mut came } else { &mut went };
        let source = view.columns.source[at as usize];
        let slot =
            (view.entity_at(at), view.property_at(at).0, source, u64::from(successor(view, at)));
        list.entry(slot).or_default().push(at);
    }
    pair_up(came, went)
}

/// A superseded statement and its successor end and begin with the same event.
fn successor(view: &View, at: At) -> u32 {
    let ended = view.columns.ended[at as usize];
    if ended == LIVE { view.columns.event[at as usize] } else { ended }
}

/// The statement shown first on one day and on the other, where they differ.
fn valid(view: &View, wish: &Wish) -> Vec<Pair> {
    let sight = |day: Day| view.sight(AsOf { valid: day, known: None });
    let (before, after) = (best(view, sight(wish.from)), best(view, sight(wish.to)));
    let mut keys: Vec<_> = before.keys().chain(after.keys()).copied().collect();
    keys.sort();
    keys.dedup();
    let pair = |key| (before.get(&key).copied(), after.get(&key).copied());
    keys.into_iter().map(pair).filter(|(before, after)| before != after).collect()
}

/// Of each entity and dated property, the statement shown first.
fn best(view: &View, sight: Sight) -> BTreeMap<(EntityId, u16), At> {
    let mut best: BTreeMap<(EntityId, u16), At> = BTreeMap::new();
    for at in 0..view.statement_count() as At {
        let dated = view.days_at(at) != (super::view::OPEN_FROM, super::view::OPEN_TO);
        if !dated || !shows(view, at, sight) {
            continue;
        }
        let slot = best.entry((view.entity_at(at), view.property_at(at).0)).or_insert(at);
        if view.merit(at) > view.merit(*slot) {
            *slot = at;
        }
    }
    best
}

fn pair_up<K: Ord + Copy>(came: BTreeMap<K, Vec<At>>, went: BTreeMap<K, Vec<At>>) -> Vec<Pair> {
    let mut keys: Vec<K> = came.keys().chain(went.keys()).copied().collect();
    keys.sort();
    keys.dedup();
    let list = |map: &BTreeMap<K, Vec<At>>, key: &K| map.get(key).cloned().unwrap_or_default();
    let mut pairs = Vec::new();
    for key in keys {
        let (before, after) = (list(&went, &key), list(&came, &key));
        for index in 0..before.len().max(after.len()) {
            pairs.push((before.get(index).copied(), after.get(index).copied()));
        }
    }
    pairs
}
