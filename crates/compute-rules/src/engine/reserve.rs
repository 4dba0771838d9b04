//! Reservations: nodes set aside for a tenant or a group from one instant to another.
//!
//! Their holder never waits for others there, so sharing the rest is never worse than having only
//! these. While the holder does not need them they are lent to jobs that give them back in time, and
//! before they begin to jobs that are over by then.

use super::preempt::{places, ripens};
use super::slots::Reach;
use super::{Decision, Engine, later, preempt};
use crate::job::{Job, JobId, LIMIT_MAX, Request, Standing};
use crate::ledger::{Tenant, Window};
use crate::party::{DEPTH_MAX, Group, Party};
use crate::refused::{bound, otherwise, refused};
use kernel::{Refusal, Timestamp};

/// A reservation's name, given by who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReservationId(pub u32);

/// Nodes set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Its name.
    pub id: ReservationId,
    /// For whom: a tenant, or all in a group.
    pub holder: Party,
    /// Which nodes, by their places, in order.
    pub nodes: Vec<u32>,
    /// From when, and until when.
    pub window: Window,
    /// Lent meanwhile to preemptible jobs that give way after at most so many milliseconds; none for
    /// not at all.
    pub lent_after: Option<i64>,
}

impl Engine {
    /// Whether a tenant is a holder, or in it.
    pub fn owns(&self, tenant: Tenant, holder: Party) -> bool {
        let own = Party::Tenant(tenant);
        holder == own || self.queue.within(own).any(|group| Party::Group(group) == holder)
    }

    /// Where a request may be placed that gave way so often.
    pub(super) fn reach(&self, at: Timestamp, request: &Request, gave_way: u8) -> Reach {
        let mut reach = Reach { own: 0, common: 1, lent: 0 };
        for (slot, one) in self.slots.live() {
            let bit = 1 << slot;
            let lent = one.lent_after.zip(request.preemptible_after);
            if self.owns(request.tenant, one.holder) {
                reach.own |= bit;
            } else if one.window.from > at && later(at, request.limit) <= one.window.from {
                reach.common |= bit;
            } else if gave_way < preempt::GIVES_WAY_MAX
                && lent.is_some_and(|(lent, promised)| promised <= lent)
            {
                reach.lent |= bit;
            }
        }
        reach
    }

    /// What a job may be placed on that does not pass the one whose turn it is: what is reserved for
    /// it alone.
    pub(super) fn beside_elder(&self, at: Timestamp, reach: Reach) -> Reach {
        let elder = self.queue.held_up_by(at).and_then(|id| self.jobs.get(&id));
        let theirs = elder.map_or(0, |job| self.reach(at, &job.request, job.gave_way).own);
        Reach { own: reach.own & !theirs, common: 0, lent: 0 }
    }

    /// Whether a running job is on something that is not its own and is that of these slots.
    pub(super) fn borrows(&self, job: &Job, slots: u64) -> bool {
        let on = places(job).iter().filter(|place| self.slots.reaches(slots, place.node));
        let mut held = on.filter_map(|place| self.slots.on(place.node));
        held.any(|one| !self.owns(job.request.tenant, one.holder))
    }

    /// Whether a running job may stay on nodes that are reserved so: it is the holder's, it is over
    /// before, or it gives way in time.
    fn may_stay(&self, at: Timestamp, job: &Job, reservation: &Reservation) -> bool {
        let Standing::Running { since, .. } = &job.standing else { return true };
        let from = reservation.window.from.max(at);
        let in_time = |lent: i64| {
            ripens(job).is_some_and(|ripe| {
                ripe <= later(from, lent) || job.request.preemptible_after <= Some(lent)
            })
        };
        self.owns(job.request.tenant, reservation.holder)
            || later(*since, job.request.limit) <= from
            || reservation.lent_after.is_some_and(in_time)
    }

    /// The node of a running job where it may not stay.
    fn astray(&self, at: Timestamp, job: &Job) -> Option<usize> {
        let astray = |node: &usize| {
            let one = self.slots.on(*node);
            one.is_some_and(|one| !self.may_stay(at, job, one))
        };
        places(job).iter().map(|place| place.node).find(astray)
    }

    /// Sets nodes aside.
    ///
    /// Fails with `E-CMP-20` for another of its name, `E-CMP-40` for a number out of its bounds,
    /// `E-CMP-46` for no node, `E-CMP-48` where something runs that would not be over and does not
    /// give way, `E-CMP-49` for a node that is reserved already and past 63 reservations at a time.
    pub(super) fn reserve(
        &mut self,
        at: Timestamp,
        reservation: Reservation,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        let known = self.slots.live().find(|(_, one)| one.id == reservation.id);
        if let Some((_, known)) = known {
            let same = *known == reservation;
            return same
                .then_some(())
                .ok_or_else(|| otherwise("reservation", u64::from(reservation.id.0)));
        }
        let Reservation { nodes, window, lent_after, .. } = &reservation;
        bound("nodes", nodes.len() as i64, 1, self.cluster.nodes.len().max(1) as i64)?;
        bound("lent_after", lent_after.unwrap_or(0), 0, LIMIT_MAX)?;
        if window.until <= window.from.max(at) || nodes.windows(2).any(|pair| pair[0] >= pair[1]) {
            let rule = "a reservation ends after it begins and after now, and names a node once";
            return Err(refused("E-CMP-40", rule, "预留的起止或节点有误", "window", ""));
        }
        for node in nodes {
            self.known(*node)?;
            if self.slots.on(*node as usize).is_some() {
                let name = &self.cluster.nodes[*node as usize].name;
                let rule = "a node is reserved for one holder at a time";
                return Err(refused("E-CMP-49", rule, "该节点已被预留", "nodes", name));
            }
        }
        for job in self.running() {
            let on = |node: usize| nodes.binary_search(&(node as u32)).is_ok();
            let place = places(job).iter().find(|place| on(place.node));
            if let Some(place) = place.filter(|_| !self.may_stay(at, job, &reservation)) {
                let name = &self.cluster.nodes[place.node].name;
                let rule = "what runs on a reserved node is over when that begins, or gives way";
                return Err(refused("E-CMP-48", rule, "该节点届时仍有作业占用", "nodes", name));
            }
        }
        if self.slots.take(reservation).is_none() {
            let rule = "there are at most 63 reservations at a time";
            return Err(refused("E-CMP-49", rule, "同时最多63项预留", "reservation", ""));
        }
        self.divide(at);
        self.schedule(at, out);
        Ok(())
    }

    /// Gives a reservation up: its nodes are common from now on.
    ///
    /// Fails with `E-CMP-52` for one that is not there.
    pub(super) fn give_up(
        &mut self,
        at: Timestamp,
        id: ReservationId,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        if !self.slots.live().any(|(_, one)| one.id == id) {
            let rule = "a reservation is one that was made and is not over";
            let name = id.0.to_string();
            return Err(refused("E-CMP-52", rule, "没有该预留", "reservation", &name));
        }
        self.slots.drop_where(|one| one.id == id);
        self.divide(at);
        self.schedule(at, out);
        Ok(())
    }

    /// Time passes: reservations begin, and those that are over are given up.
    pub(super) fn turn_reservations(&mut self, at: Timestamp) {
        if self.slots.turn(at) {
            self.slots.drop_where(|one| one.window.until <= at);
            self.divide(at);
        }
    }

    /// Puts a party in a group, or at the top.
    ///
    /// Fails with `E-CMP-50` for a group in itself and for groups more than four deep, `E-CMP-48` while
    /// something of it runs on what is reserved for a group that it leaves.
    pub(super) fn join(
        &mut self,
        at: Timestamp,
        party: Party,
        group: Option<Group>,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        if let Some(group) = group {
            let above: Vec<Party> = std::iter::once(group)
                .chain(self.queue.within(Party::Group(group)))
                .map(Party::Group)
                .collect();
            let deep = above.len() + self.queue.height(party);
            if above.contains(&party) || deep > DEPTH_MAX {
                let rule = "groups are at most four deep, and none is in itself";
                let name = group.0.to_string();
                return Err(refused("E-CMP-50", rule, "分组不能成环,且最多四层", "group", &name));
            }
        }
        let waiting = self.take_queue();
        let before = self.queue.join(party, group);
        let astray = self.running().find_map(|job| self.astray(at, job));
        if astray.is_some() {
            self.queue.restore(party, before);
        }
        self.requeue(at, waiting);
        if let Some(node) = astray {
            let name = &self.cluster.nodes[node].name;
            let rule = "who leaves a group leaves nothing running on what is reserved for it";
            return Err(refused("E-CMP-48", rule, "其作业仍在该分组预留的节点上", "group", name));
        }
        self.schedule(at, out);
        Ok(())
    }

    /// What is reserved, or whose it is, is not what it was: nodes are divided anew.
    pub(super) fn divide(&mut self, at: Timestamp) {
        self.index = None;
        self.slots.count(&self.cluster);
        let waiting = self.take_queue();
        self.requeue(at, waiting);
    }

    fn take_queue(&mut self) -> Vec<JobId> {
        let mut waiting: Vec<JobId> = self.queue.names().collect();
        waiting.sort_unstable();
        self.queue.clear();
        waiting
    }

    fn requeue(&mut self, at: Timestamp, waiting: Vec<JobId>) {
        self.possible.clear();
        for id in waiting {
            let Some(job) = self.jobs.get(&id) else { continue };
            let (request, gave_way) = (job.request.clone(), job.gave_way);
            let reach = self.reach(at, &request, gave_way).all();
            self.queue.come(request.tenant);
            if !self.is_possible(&request, reach) {
                let shape = self.queue.shape(&request, reach);
                self.queue.despair(shape);
            }
            if let Some(job) = self.jobs.get(&id) {
                self.queue.push(id, job, reach);
            }
        }
    }

    /// Reservations that are not over.
    pub fn reservations(&self) -> impl Iterator<Item = &Reservation> {
        self.slots.live().map(|(_, one)| one)
    }

    /// What is reserved on a node.
    pub fn reserved(&self, node: usize) -> Option<&Reservation> {
        self.slots.on(node)
    }

    /// The groups a party stands in, the innermost first.
    pub fn within(&self, party: Party) -> impl Iterator<Item = Group> {
        self.queue.within(party)
    }

    /// A party's weight among those beside it.
    pub fn weight(&self, party: Party) -> u32 {
        self.queue.weight(party)
    }

    pub(super) fn audit_reservations(&self, faults: &mut Vec<String>) {
        // From the first instant on: each reservation is looked at as it begins.
        let astray = |job: &&Job| self.astray(Timestamp::from_micros(i64::MIN), job).is_some();
        let name = |job: &Job| format!("job {}: on what is not its own", job.request.job.0);
        faults.extend(self.running().filter(astray).map(name));
    }
}
