//! Who gives way: jobs that were submitted as preemptible, once they ran as long as they were promised,
//! for one that is not preemptible, or for one of the same tenant with a higher priority; those whose work is the least loss.
//!
//! What a job that gave way had paid is made good, as when a node is lost, and it waits anew.

use super::slots::Reach;
use super::{Decision, Engine, later};
use crate::cluster::Node;
use crate::job::{Job, JobId, Request, Standing};
use crate::task::{Models, Task};
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A job gives way at most so often; then it runs to its end.
pub(super) const GIVES_WAY_MAX: u8 = 3;

/// Preemptible jobs that run, by the end of the time they were promised.
#[derive(Debug, Clone, Default)]
pub(super) struct Preemptible {
    /// Those whose time was not over when it was last noted.
    green: BTreeSet<(Timestamp, JobId)>,
    /// Those whose time was.
    ripe: BTreeSet<(Timestamp, JobId)>,
}

/// When a running job may be made to give way; none for one that never is.
pub(super) fn ripens(job: &Job) -> Option<Timestamp> {
    let Standing::Running { since, .. } = &job.standing else { return None };
    let after = job.request.preemptible_after.filter(|_| job.gave_way < GIVES_WAY_MAX)?;
    Some(later(*since, after))
}

/// Whether some job could give way to it.
pub(super) fn may_displace(request: &Request) -> bool {
    request.preemptible_after.is_none() || request.priority > 0
}

/// Whether one gives way to the other.
fn yields(victim: &Request, to: &Request) -> bool {
    // Priorities are a tenant's own affair.
    let own = to.tenant == victim.tenant && to.priority > victim.priority;
    to.preemptible_after.is_none() || own
}

impl Preemptible {
    pub(super) fn enter(&mut self, job: &Job) {
        if let Some(at) = ripens(job) {
            self.green.insert((at, job.request.job));
        }
    }

    pub(super) fn leave(&mut self, job: &Job) {
        if let Some(at) = ripens(job) {
            self.green.remove(&(at, job.request.job));
            self.ripe.remove(&(at, job.request.job));
        }
    }

    /// Notes whose promised time is over; whether there were any.
    pub(super) fn ripen(&mut self, at: Timestamp) -> bool {
        let before = self.ripe.len();
        while let Some(one) = self.green.first().copied().filter(|(when, _)| *when <= at) {
            self.green.remove(&one);
            self.ripe.insert(one);
        }
        self.ripe.len() > before
    }

    /// Those whose promised time is over.
    fn past(&self, at: Timestamp) -> impl Iterator<Item = JobId> {
        let all = self.ripe.iter().chain(&self.green);
        all.filter(move |(when, _)| *when <= at).map(|(_, id)| *id)
    }

    /// Whether any runs.
    pub(super) fn any(&self) -> bool {
        !self.green.is_empty() || !self.ripe.is_empty()
    }

    /// When the next ripens.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.green.first().map(|(at, _)| *at)
    }
}

/// A job that may give way: what is lost with it, and where it runs.
struct Victim<'e> {
    /// Milli-GPU-milliseconds that it ran; those without devices count as one.
    lost: i128,
    job: &'e Job,
}

/// A node on which jobs may give way, as it would be without those that do.
struct Stand {
    node: Node,
    /// Those that may, by what is lost with them.
    on: BTreeSet<(i128, JobId)>,
}

/// What is lost for one more task, on which node, and who gives way for it.
type Offer = (i128, usize, Vec<JobId>);

impl Stand {
    /// Who gives way for one more task here; none when all of them do not suffice.
    fn offer(
        &self,
        at: usize,
        task: &Task,
        victims: &BTreeMap<JobId, Victim<'_>>,
    ) -> Option<Offer> {
        let (had, mut trial) = (self.node.times(task), self.node.clone());
        let mut chosen: Vec<(i128, JobId)> = Vec::new();
        for one in &self.on {
            take_from(&mut trial, at, victims[&one.1].job);
            chosen.push(*one);
            if trial.times(task) > had {
                break;
            }
        }
        if trial.times(task) <= had {
            return None;
        }
        // The dearest first: whoever is not needed after all stays.
        for one in chosen.clone().into_iter().rev() {
            let mut without = trial.clone();
            put_on(&mut without, at, victims[&one.1].job);
            if without.times(task) > had {
                trial = without;
                chosen.retain(|other| *other != one);
            }
        }
        let lost = chosen.iter().map(|(lost, _)| lost).sum();
        Some((lost, at, chosen.into_iter().map(|(_, id)| id).collect()))
    }
}

impl Engine {
    /// Who gives way to a job that does not fit on these kinds of device; nobody when no
    /// choice of them suffices. Cost: one look at the nodes of each kind that will do,
    /// and for each task one at those that were touched.
    pub(super) fn victims(
        &self,
        at: Timestamp,
        request: &Request,
        kinds: &[u16],
        reach: Reach,
    ) -> BTreeSet<JobId> {
        let victims: BTreeMap<JobId, Victim<'_>> = self
            .preemptible
            .past(at)
            .filter_map(|id| self.jobs.get(&id))
            .filter(|job| yields(&job.request, request) || self.borrows(job, reach.own))
            .filter_map(|job| {
                let Standing::Running { since, .. } = &job.standing else { return None };
                let ran = (at.micros() - since.micros()) / 1_000;
                let lost = i128::from(job.request.milli().max(1)) * i128::from(ran.max(0));
                Some((job.request.job, Victim { lost, job }))
            })
            .collect();
        if victims.is_empty() {
            return BTreeSet::new();
        }
        let loss = |all: &BTreeSet<JobId>| all.iter().map(|id| victims[id].lost).sum::<i128>();
        let choices =
            kinds.iter().filter_map(|kind| self.choice(request, *kind, &victims, reach.all()));
        choices.min_by_key(|all| loss(all)).unwrap_or_default()
    }

    /// The jobs that give way on one kind of device, chosen task by task with the least loss; none
    /// when all of them do not suffice.
    fn choice(
        &self,
        request: &Request,
        kind: u16,
        victims: &BTreeMap<JobId, Victim<'_>>,
        reach: u64,
    ) -> Option<BTreeSet<JobId>> {
        let task = request.task(Models::default());
        let all = self.cluster.nodes.iter().enumerate();
        let of_kind = all.filter(|(at, node)| {
            node.model == usize::from(kind)
                && !self.lost.contains(&(*at as u32))
                && self.slots.reaches(reach, *at)
        });
        // Where there is room as it is, nobody gives way.
        let mut room: u64 = of_kind.map(|(_, node)| node.times(&task)).sum();
        let mut stands: BTreeMap<usize, Stand> = BTreeMap::new();
        for (id, victim) in victims {
            for place in places(victim.job) {
                let node = &self.cluster.nodes[place.node];
                if node.model != usize::from(kind) || !self.slots.reaches(reach, place.node) {
                    continue;
                }
                let stand = stands
                    .entry(place.node)
                    .or_insert_with(|| Stand { node: node.clone(), on: BTreeSet::new() });
                stand.on.insert((victim.lost, *id));
            }
        }
        let offers = stands.iter().filter_map(|(at, stand)| stand.offer(*at, &task, victims));
        let mut offers: BTreeSet<Offer> = offers.collect();
        let mut gone: BTreeSet<JobId> = BTreeSet::new();
        while room < u64::from(request.tasks) {
            let (_, _, chosen) = offers.pop_first()?;
            let touched: BTreeSet<usize> = chosen
                .iter()
                .flat_map(|id| places(victims[id].job))
                .map(|place| place.node)
                .collect();
            offers.retain(|(_, at, _)| !touched.contains(at));
            for at in touched {
                let Some(stand) = stands.get_mut(&at) else { continue };
                room -= stand.node.times(&task);
                for id in &chosen {
                    take_from(&mut stand.node, at, victims[id].job);
                    stand.on.remove(&(victims[id].lost, *id));
                }
                room += stand.node.times(&task);
                offers.extend(stand.offer(at, &task, victims));
            }
            gone.extend(chosen);
        }
        Some(gone)
    }

    /// Lets jobs give way; they wait anew, and are put back once who made them has started.
    pub(super) fn give_way(
        &mut self,
        at: Timestamp,
        victims: &BTreeSet<JobId>,
        out: &mut Vec<Decision>,
    ) {
        for id in victims {
            self.take_off(at, *id, out);
            if let Some(job) = self.jobs.get_mut(id) {
                job.gave_way += 1;
            }
        }
    }
}

pub(super) fn places(job: &Job) -> &[crate::job::Place] {
    match &job.standing {
        Standing::Running { places, .. } => places,
        _ => &[],
    }
}

fn take_from(node: &mut Node, at: usize, job: &Job) {
    let task = job.request.task(Models::default());
    for place in places(job).iter().filter(|place| place.node == at) {
        node.release(&task, &place.devices);
    }
}

fn put_on(node: &mut Node, at: usize, job: &Job) {
    let task = job.request.task(Models::default());
    for place in places(job).iter().filter(|place| place.node == at) {
        node.place(&task, &place.devices);
    }
}
