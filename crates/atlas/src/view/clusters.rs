//! Clusters: entities that people judged to be one, laid over the view.
//!
//! Laying them takes the statements of every member to the entity with the smallest id; lifting
//! them puts everything back, so the order of judgements and undoings leaves no trace.

use super::entity::Slot;
use super::{At, LIVE, Sight, View};
use crate::error::Result;
use crate::judgement::{self, Judgement, Verdict};
use kernel::EntityId;
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// The judgements, and what lies over the view because of them.
#[derive(Clone, Default)]
pub(crate) struct Clusters {
    marks: Vec<Mark>,
    /// Each member but the canonical one, and the canonical one.
    canonical: BTreeMap<u32, u32>,
    /// The other members of each canonical one, ascending.
    members: BTreeMap<u32, Vec<u32>>,
    /// What each member, the canonical one among them, had of its own.
    own: BTreeMap<u32, Own>,
}

/// A judgement, as far as the view needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    left: u32,
    right: u32,
    positive: bool,
    event: u32,
    undone: u32,
}

impl Mark {
    fn of(judgement: &Judgement) -> Mark {
        let small = |id: i64| u32::try_from(id).unwrap_or(LIVE);
        Mark {
            left: small(judgement.left.0),
            right: small(judgement.right.0),
            positive: judgement.verdict == Verdict::Positive,
            event: small(judgement.event.0),
            undone: judgement.undone.as_ref().map_or(LIVE, |undone| small(undone.event.0)),
        }
    }

    /// Whether it came to tie two, or ceased to, at this event or later.
    fn changed_since(&self, event: u32) -> bool {
        let since = |at: u32| at != LIVE && at >= event;
        self.positive && (since(self.event) || since(self.undone))
    }

    fn counts(&self, horizon: u32) -> bool {
        self.positive && self.event < horizon && (self.undone == LIVE || self.undone >= horizon)
    }
}

/// What a member had before its cluster was laid.
#[derive(Clone)]
struct Own {
    about: Vec<At>,
    into: Vec<At>,
    names: Slot,
}

fn laid(marks: &[Mark], horizon: u32) -> BTreeMap<u32, u32> {
    let counting = marks.iter().filter(|mark| mark.counts(horizon));
    judgement::joined(counting.map(|mark| (mark.left, mark.right)))
}

impl View {
    /// The entity that stands for this one: itself, unless it was judged to be another.
    pub fn canonical(&self, entity: EntityId) -> EntityId {
        let of = |id: u32| self.clusters.canonical.get(&id).copied();
        u32::try_from(entity.0).ok().and_then(of).map_or(entity, |id| EntityId(i64::from(id)))
    }

    /// The other members of an entity's cluster, when it is the one that stands for them.
    pub fn merged_into(&self, entity: EntityId) -> Vec<EntityId> {
        let members = u32::try_from(entity.0).ok().and_then(|id| self.clusters.members.get(&id));
        members.into_iter().flatten().map(|id| EntityId(i64::from(*id))).collect()
    }

    /// How many of the journal's events are judgements or their undoing.
    pub(crate) fn judgement_event_count(&self) -> u64 {
        let undone = self.clusters.marks.iter().filter(|mark| mark.undone != LIVE).count();
        (self.clusters.marks.len() + undone) as u64
    }

    /// The entities that stand for others.
    pub(crate) fn cluster_roots(&self) -> BTreeSet<u32> {
        self.clusters.members.keys().copied().collect()
    }

    /// Whether an entity shares its statements with another by judgement.
    pub(crate) fn is_clustered(&self, entity: u32) -> bool {
        self.clusters.own.contains_key(&entity)
    }

    /// The view as its clusters were at a horizon, when they were others than now.
    ///
    /// Cost: a copy of the view, only for questions about what was known before a judgement.
    pub fn at(&self, sight: Sight) -> Option<View> {
        if !self.clusters.marks.iter().any(|mark| mark.changed_since(sight.horizon)) {
            return None;
        }
        let then = laid(&self.clusters.marks, sight.horizon);
        if then == self.clusters.canonical {
            return None;
        }
        let mut past = self.clone();
        past.lift();
        past.lay(then);
        Some(past)
    }

    /// Entities whose cluster a judgement or its undoing changed since so many events.
    pub(crate) fn judged_since(&self, since: u32) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for mark in self.clusters.marks.iter().filter(|mark| mark.changed_since(since)) {
            for id in [mark.left, mark.right] {
                let root = self.clusters.canonical.get(&id).copied().unwrap_or(id);
                found.extend([id, root]);
                found.extend(self.clusters.members.get(&root).into_iter().flatten());
            }
        }
        found
    }

    /// Reads the judgements and lays their clusters; answers whose cluster changed.
    pub(super) fn take_judgements(&mut self, tx: &mut Tx<'_>) -> Result<BTreeSet<u32>> {
        let all = judgement::all(tx)?;
        for one in &all {
            self.note_instant(one.event.0 as u32, one.at.micros());
            if let Some(undone) = &one.undone {
                self.note_instant(undone.event.0 as u32, undone.at.micros());
            }
        }
        self.instants.sort_unstable();
        self.instants.dedup();
        self.clusters.marks = all.iter().map(Mark::of).collect();
        let before = std::mem::take(&mut self.clusters.canonical);
        self.lay(laid(&self.clusters.marks, LIVE));
        let after = &self.clusters.canonical;
        let both = before.keys().chain(after.keys()).filter(|id| before.get(id) != after.get(id));
        let mut touched = BTreeSet::new();
        for id in both {
            touched.insert(*id);
            touched.extend(before.get(id));
            touched.extend(after.get(id));
        }
        Ok(touched)
    }

    /// Lays clusters over a view that has none laid.
    fn lay(&mut self, canonical: BTreeMap<u32, u32>) {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (id, root) in &canonical {
            members.entry(*root).or_default().push(*id);
        }
        for (root, others) in &members {
            let main = *root as usize - 1;
            for id in std::iter::once(root).chain(others) {
                let index = *id as usize - 1;
                let own = Own {
                    about: self.about[index].clone(),
                    into: self.into[index].clone(),
                    names: self.names.slot(index),
                };
                self.clusters.own.insert(*id, own);
            }
            for id in others {
                let index = *id as usize - 1;
                let about = std::mem::take(&mut self.about[index]);
                about.iter().for_each(|at| self.columns.entity[*at as usize] = *root);
                self.about[main].extend(about);
                let into = std::mem::take(&mut self.into[index]);
                into.iter().for_each(|at| self.columns.value_entity[*at as usize] = *root);
                self.into[main].extend(into);
                let names = self.names.slot(index);
                self.names.borrow(main, names);
            }
            self.about[main].sort_unstable();
            self.into[main].sort_unstable();
        }
        self.clusters.canonical = canonical;
        self.clusters.members = members;
    }

    /// Lifts the clusters: every entity has its own again. What they were is kept until others
    /// are laid.
    pub(super) fn lift(&mut self) {
        for (id, own) in std::mem::take(&mut self.clusters.own) {
            let index = id as usize - 1;
            own.about.iter().for_each(|at| self.columns.entity[*at as usize] = id);
            own.into.iter().for_each(|at| self.columns.value_entity[*at as usize] = id);
            self.about[index] = own.about;
            self.into[index] = own.into;
            self.names.put(index, own.names);
        }
    }
}
