//! Where a job runs: on which kind of device, node and device, all of its tasks at once.

use super::slots::Reach;
use super::{Engine, hold_of, later};
use crate::bill::most;
use crate::index::Index;
use crate::job::{Place, Request};
use crate::task::{Models, Task};
use kernel::Timestamp;

impl Engine {
    /// The kinds of device that will do and whose price for its whole limit is set aside, in the
    /// order in which they are tried.
    pub(super) fn payable(&self, at: Timestamp, request: &Request, attempt: u8) -> Vec<u16> {
        let (milli, mut kinds) = (request.milli(), self.kinds_of(request));
        if milli == 0 {
            return kinds;
        }
        let held =
            self.ledger.held(hold_of(request.job, attempt)).map_or(0, |hold| hold.ask.amount);
        if request.kinds.is_empty() {
            kinds.sort_by_key(|kind| {
                (self.prices.at(*kind, at).map_or(i64::MAX, |price| price.micro_yuan), *kind)
            });
        }
        kinds.retain(|kind| {
            let dearest = self.prices.dearest(*kind, at, later(at, request.limit));
            let cost = dearest.and_then(|price| most(milli, request.limit, price));
            cost.is_some_and(|cost| cost <= held)
        });
        kinds
    }

    /// Places all tasks of a request on one of these kinds of device, or none. Without devices it
    /// runs anywhere.
    pub(super) fn place(
        &mut self,
        request: &Request,
        kinds: &[u16],
        reach: Reach,
    ) -> Option<(u16, Vec<Place>)> {
        let milli = request.milli();
        if milli == 0 {
            let places = self.gang(request, Models::default(), reach)?;
            let kind = places.first().map_or(0, |place| self.cluster.nodes[place.node].model);
            return Some((kind as u16, places));
        }
        for kind in kinds {
            if self.slots.free(reach.all(), *kind) < milli {
                continue;
            }
            let models = Models::of(std::iter::once(usize::from(*kind)));
            if let Some(places) = self.gang(request, models, reach) {
                return Some((*kind, places));
            }
        }
        None
    }

    pub(super) fn gang(
        &mut self,
        request: &Request,
        models: Models,
        reach: Reach,
    ) -> Option<Vec<Place>> {
        let task = request.task(models);
        let mut places: Vec<Place> = Vec::with_capacity(request.tasks as usize);
        let mut slots = reach.slots().peekable();
        while places.len() < request.tasks as usize {
            let Some(slot) = slots.peek() else {
                for place in &places {
                    self.vacate(&task, place);
                }
                return None;
            };
            let Some((node, devices)) = self.choose(&task, *slot) else {
                // Tasks are alike: what one finds no room on has none for the next.
                slots.next();
                continue;
            };
            self.cluster.nodes[node].place(&task, &devices);
            self.changed(node, false);
            self.slots.add(node, self.cluster.nodes[node].model, -task.demand());
            places.push(Place { node, devices });
        }
        Some(places)
    }

    pub(super) fn choose(&mut self, task: &Task, slot: u8) -> Option<(usize, Vec<usize>)> {
        if self.index.is_none() {
            let (target, slots) = (self.target.clone(), self.slots.of_nodes());
            self.index = Index::with_slots(self.policy, target, &self.cluster, slots);
        }
        self.index.as_mut()?.choose_in(&self.cluster, task, slot)
    }

    pub(super) fn changed(&mut self, node: usize, made_room: bool) {
        if let Some(index) = &mut self.index {
            index.changed(&self.cluster, node, made_room);
        }
    }

    pub(super) fn vacate(&mut self, task: &Task, place: &Place) {
        let node = &mut self.cluster.nodes[place.node];
        node.release(task, &place.devices);
        self.slots.add(place.node, node.model, task.demand());
        self.changed(place.node, true);
    }
}
