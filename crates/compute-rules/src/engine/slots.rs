//! Parts of the cluster that are kept apart: what is common, and what is reserved for somebody.

use super::{KINDS_MAX, Reservation};
use crate::cluster::Cluster;
use crate::job::{Place, Request};
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Reservations at a time at most, and what is common: a bit for each.
pub(super) const SLOTS_MAX: u8 = 64;
/// What is common.
const COMMON: u64 = 1;

/// Where a job may be placed: a bit for each slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// What is reserved for its tenant or a group of it.
    pub own: u64,
    /// What is common, and what will be reserved only when it is over.
    pub common: u64,
    /// What others lend it.
    pub lent: u64,
}

impl Reach {
    /// All of it.
    pub(super) fn all(self) -> u64 {
        self.own | self.common | self.lent
    }

    /// The slots in the order in which they are tried: its own leaves others' alone, and what is lent
    /// is taken back.
    pub(super) fn slots(self) -> impl Iterator<Item = u8> {
        let bits = |mask: u64| (0..SLOTS_MAX).filter(move |slot| mask & (1 << slot) != 0);
        bits(self.own).chain(bits(self.common & !self.own)).chain(bits(self.lent))
    }
}

/// Which node is in which slot, and what is free there.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    of: Vec<u8>,
    /// Free milli-GPU by slot and kind.
    free: Vec<i64>,
    live: BTreeMap<u8, Reservation>,
    /// When a reservation begins or ends, and that was not minded yet.
    turns: BTreeSet<Timestamp>,
}

impl Slots {
    /// Counts anew what is free.
    pub(super) fn count(&mut self, cluster: &Cluster) {
        self.of.resize(cluster.nodes.len(), 0);
        self.free.clear();
        self.free.resize(usize::from(SLOTS_MAX) * KINDS_MAX, 0);
        for (at, node) in cluster.nodes.iter().enumerate() {
            self.add(at, node.model, node.room());
        }
    }

    /// A node more, which is common.
    pub(super) fn provide(&mut self, kind: usize, room: i64) {
        self.of.push(0);
        self.add(self.of.len() - 1, kind, room);
    }

    /// Notes that so much was freed on a node, or taken there.
    pub(super) fn add(&mut self, node: usize, kind: usize, milli: i64) {
        self.free[usize::from(self.of[node]) * KINDS_MAX + kind] += milli;
    }

    /// What is free of a kind.
    pub(super) fn free(&self, reach: u64, kind: u16) -> i64 {
        let of = |slot: u8| self.free[usize::from(slot) * KINDS_MAX + usize::from(kind)];
        // Most houses reserve nothing.
        if reach == COMMON {
            return of(0);
        }
        (0..SLOTS_MAX).filter(|slot| reach & (1 << slot) != 0).map(of).sum()
    }

    /// The slot of each node.
    pub(super) fn of_nodes(&self) -> &[u8] {
        &self.of
    }

    pub(super) fn reaches(&self, reach: u64, node: usize) -> bool {
        reach & (1 << self.of[node]) != 0
    }

    /// The slots with a reservation.
    pub(super) fn taken(&self) -> u64 {
        self.live.keys().fold(0, |mask, slot| mask | 1 << slot)
    }

    /// Reservations that are not over, with their slots.
    pub(super) fn live(&self) -> impl Iterator<Item = (u8, &Reservation)> {
        self.live.iter().map(|(slot, one)| (*slot, one))
    }

    /// What is reserved on a node.
    pub(super) fn on(&self, node: usize) -> Option<&Reservation> {
        self.live.get(self.of.get(node)?)
    }

    /// Sets nodes aside that are in no other slot; none when every slot is taken.
    pub(super) fn take(&mut self, reservation: Reservation) -> Option<()> {
        let slot = (1..SLOTS_MAX).find(|slot| !self.live.contains_key(slot))?;
        for node in &reservation.nodes {
            self.of[*node as usize] = slot;
        }
        self.turns.extend([reservation.window.from, reservation.window.until]);
        self.live.insert(slot, reservation);
        Some(())
    }

    /// Makes common again what is reserved no longer.
    pub(super) fn drop_where(&mut self, over: impl Fn(&Reservation) -> bool) {
        let gone: Vec<u8> =
            self.live().filter(|(_, one)| over(one)).map(|(slot, _)| slot).collect();
        for slot in gone {
            self.live.remove(&slot);
            self.of.iter_mut().filter(|of| **of == slot).for_each(|of| *of = 0);
        }
    }

    /// When the next reservation begins or ends.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.turns.first().copied()
    }

    /// Minds what began or ended; whether anything did.
    pub(super) fn turn(&mut self, at: Timestamp) -> bool {
        let before = self.turns.len();
        self.turns.retain(|turn| *turn > at);
        self.turns.len() < before
    }

    /// What a job takes, on these places, of what is not its own, milli-GPU; one without devices
    /// counts as one.
    pub(super) fn counted(&self, request: &Request, places: &[Place], own: u64) -> i64 {
        let others = places.iter().filter(|place| !self.reaches(own, place.node)).count() as i64;
        match others {
            0 => 0,
            others => (others * request.devices * request.share).max(1),
        }
    }
}
