//! What every entity counts for in facets and order, at one point of view.
//!
//! A small table in memory (20 bytes an entity), made once for a state of the view and a point of
//! view, so that counting a hundred thousand matches costs a pass over it.

use crate::view::{Sight, View};
use kernel::EntityId;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Points of view that are kept.
const KEPT: usize = 4;

/// One entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Statements about it that stand; 0 hides it.
    pub(super) count: u32,
    pub(super) street: u32,
    pub(super) district: u32,
    /// Number of the concept plus one; 0 for none.
    pub(super) industry: u16,
    /// 0 for none.
    pub(super) year: i16,
    pub(super) kind: u16,
}

/// Every entity at a point of view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    key: Key,
    rows: Vec<Row>,
    /// Visible entities, most statements first, then by id.
    pub(super) order: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    events: u64,
    day: i32,
    horizon: u32,
}

impl Key {
    fn new(view: &View, sight: Sight) -> Key {
        Key { events: view.event_count(), day: sight.day, horizon: sight.horizon }
    }
}

impl Standing {
    fn new(view: &View, sight: Sight) -> Standing {
        let ids = 0..=view.entity_count() as u32;
        let rows: Vec<Row> = ids.map(|id| row(view, sight, id)).collect();
        let order = ordered(&rows);
        Standing { key: Key::new(view, sight), rows, order }
    }

    /// The row of an entity; one that does not exist counts for nothing.
    pub(super) fn row(&self, entity: u32) -> Row {
        self.rows.get(entity as usize).copied().unwrap_or_default()
    }

    /// One more than the greatest entity number.
    pub(super) fn width(&self) -> usize {
        self.rows.len()
    }

    /// The same for a view that has grown, when only these entities changed.
    fn grown(&self, view: &View, touched: &BTreeSet<u32>) -> Standing {
        let sight = Sight { day: self.key.day, horizon: self.key.horizon };
        let mut rows = self.rows.clone();
        rows.resize(view.entity_count() + 1, Row::default());
        for id in touched {
            if let Some(slot) = rows.get_mut(*id as usize) {
                *slot = row(view, sight, *id);
            }
        }
        let order = ordered(&rows);
        Standing { key: Key::new(view, sight), rows, order }
    }
}

fn ordered(rows: &[Row]) -> Vec<u32> {
    let ids = 0..rows.len() as u32;
    let mut order: Vec<u32> = ids.filter(|id| rows[*id as usize].count > 0).collect();
    order.sort_unstable_by_key(|id| (u32::MAX - rows[*id as usize].count, *id));
    order
}

fn row(view: &View, sight: Sight, id: u32) -> Row {
    let entity = EntityId(i64::from(id));
    let Some(kind) = view.kind(entity) else { return Row::default() };
    if !view.exists(entity, sight) || view.is_relation(entity) {
        return Row::default();
    }
    let count = view.about(entity).iter().filter(|at| view.stands(**at, sight)).count();
    if count == 0 {
        return Row::default();
    }
    let place = view.place_of(entity, sight);
    let number = |place: Option<EntityId>| place.map_or(0, |id| id.0 as u32);
    Row {
        count: count as u32,
        street: number(place.street),
        district: number(place.district),
        industry: view.industry_of(entity, sight),
        year: view.year_of(entity, sight),
        kind: kind.0,
    }
}

/// The tables that were asked for lately, newest last.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Arc<Standing>>>);

impl Kept {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Standing>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table of a point of view, made now if it is not at hand.
    pub(super) fn get(&self, view: &View, sight: Sight) -> Arc<Standing> {
        let key = Key::new(view, sight);
        let mut kept = self.lock();
        if let Some(at) = kept.iter().position(|standing| standing.key == key) {
            let found = kept.remove(at);
            kept.push(Arc::clone(&found));
            return found;
        }
        // Others may ask meanwhile for what is at hand.
        drop(kept);
        let made = Arc::new(Standing::new(view, sight));
        self.keep(&made);
        made
    }

    fn keep(&self, made: &Arc<Standing>) {
        let mut kept = self.lock();
        kept.retain(|standing| standing.key != made.key);
        kept.push(Arc::clone(made));
        let extra = kept.len().saturating_sub(KEPT);
        kept.drain(..extra);
    }

    /// Brings the table of today along when the view grew from `before` by these entities.
    pub(super) fn grow(&self, view: &View, before: u64, touched: &BTreeSet<u32>) {
        let live = |standing: &&Arc<Standing>| {
            standing.key.events == before && standing.key.horizon == crate::view::LIVE
        };
        let today = self.lock().iter().rev().find(live).cloned();
        // Where a place is, everything in it is: then the table is made anew when asked for.
        let holds_others = |id: &u32| {
            let into = view.into(EntityId(i64::from(*id)));
            into.iter().any(|at| view.property_at(*at).0 == view.known.located_in)
        };
        if let Some(today) = today
            && touched.len() < view.entity_count() / 2
            && !touched.iter().any(holds_others)
        {
            self.keep(&Arc::new(today.grown(view, touched)));
        }
    }
}
