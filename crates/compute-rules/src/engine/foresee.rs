//! When waiting jobs will start: estimates are noted as events come, and what came of them is learnt.
//!
//! An estimate looks at everything that runs or waits before a job, so events save up for it: the
//! cost of forecasting an event is bounded, whatever the cluster.

use super::Engine;
use crate::forecast::{Forecasts, Load, Made, rest, wait};
use crate::job::{Job, JobId, Request, Standing};
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

/// Jobs that an event may look at, saved up for later ones.
const ALLOWANCE: usize = 4;
/// What is saved up at most.
const SAVINGS: usize = 1 << 20;
/// Estimates that wait for their outcome at most, of all jobs and of one.
const OPEN_MAX: usize = 4_096;
const OPEN_OF_ONE: usize = 8;

/// What is forecast and learnt.
#[derive(Debug, Clone, Default)]
pub(super) struct Foresight {
    forecasts: Forecasts,
    /// Estimates that wait for their outcome, with when they were made.
    open: BTreeMap<JobId, Vec<(Timestamp, Made)>>,
    count: usize,
    /// When intervals are over: of which job, which of its estimates.
    ends: BTreeSet<(Timestamp, JobId, usize)>,
    saved: usize,
    /// The job that an estimate was made of last.
    turn: JobId,
}

fn since(from: Timestamp, to: Timestamp) -> i64 {
    (to.micros() - from.micros()) / 1_000
}

impl Foresight {
    /// Time passes: what was said and is over while its job waits is late.
    pub(super) fn advance(&mut self, at: Timestamp) {
        while let Some((_, id, place)) = self.ends.first().copied().filter(|end| end.0 < at) {
            self.ends.pop_first();
            if let Some((_, made)) = self.open.get_mut(&id).and_then(|all| all.get_mut(place)) {
                self.forecasts.late(made);
            }
        }
    }

    /// A job waits no more; it was started, or it is gone and tells nothing.
    pub(super) fn close(&mut self, at: Timestamp, id: JobId, started: bool) {
        let open = self.open.remove(&id).unwrap_or_default();
        for (place, (made_at, made)) in open.into_iter().enumerate() {
            self.count -= 1;
            if let Some(said) = made.said {
                self.ends.remove(&(super::later(made_at, said.until), id, place));
            }
            if started {
                self.forecasts.learn(&made, since(made_at, at));
            }
        }
    }

    fn note(&mut self, at: Timestamp, id: JobId, fresh: bool, estimate: i64) {
        let made = self.forecasts.say(fresh, estimate);
        let all = self.open.entry(id).or_default();
        if let Some(said) = made.said {
            self.ends.insert((super::later(at, said.until), id, all.len()));
        }
        all.push((at, made));
        self.count += 1;
        self.turn = id;
    }

    /// Whether one more estimate of a job is kept.
    fn takes(&self, id: JobId) -> bool {
        self.count < OPEN_MAX && self.open.get(&id).is_none_or(|all| all.len() < OPEN_OF_ONE)
    }
}

impl Engine {
    /// After an event was decided on: an estimate of the job that came, if it waits, otherwise of one
    /// that has waited.
    pub(super) fn foresee(&mut self, at: Timestamp, came: Option<JobId>) {
        self.foresight.saved = (self.foresight.saved + ALLOWANCE).min(SAVINGS);
        let cost = self.limits.len() + self.queue.len() + 1;
        if self.queue.len() == 0 || self.foresight.saved < cost {
            return;
        }
        let waits =
            |id: &JobId| self.jobs.get(id).is_some_and(|job| job.standing == Standing::Waiting);
        let Some(id) = came.filter(waits).or_else(|| self.in_turn()) else { return };
        if !self.foresight.takes(id) {
            return;
        }
        let Some(estimate) = self.jobs.get(&id).and_then(|job| self.estimate(at, job)) else {
            return;
        };
        self.foresight.saved -= cost;
        self.foresight.note(at, id, came == Some(id), estimate);
    }

    /// The next of the jobs with an estimate.
    fn in_turn(&self) -> Option<JobId> {
        let open = &self.foresight.open;
        let next = open.range((Excluded(self.foresight.turn), Unbounded)).next();
        next.or_else(|| open.first_key_value()).map(|(id, _)| *id)
    }

    /// How long a job still waits if everything lasts as expected, milliseconds; none for one that
    /// does not wait for room, asks no device, or has no kind of device that it can pay.
    fn estimate(&self, at: Timestamp, job: &Job) -> Option<i64> {
        if job.standing != Standing::Waiting || job.request.milli() == 0 {
            return None;
        }
        let own = self.payable(at, &job.request, job.attempt);
        if own.is_empty() {
            return None;
        }
        let meets = |request: &Request| {
            let kinds = &request.kinds;
            request.milli() > 0 && (kinds.is_empty() || kinds.iter().any(|kind| own.contains(kind)))
        };
        let reach = self.reach(at, &job.request, job.gave_way).all();
        let free = own.iter().map(|kind| self.slots.free(reach, *kind)).sum();
        let running: Vec<Load> = self
            .running()
            .filter_map(|one| match &one.standing {
                Standing::Running { kind, since: from, places }
                    if own.contains(kind)
                        && places.iter().any(|place| self.slots.reaches(reach, place.node)) =>
                {
                    let ran = since(*from, at);
                    let lasts = rest(one.expected, ran).min((one.request.limit - ran).max(1));
                    Some(Load { room: one.request.milli(), lasts })
                }
                _ => None,
            })
            .collect();
        let ahead = self.queue.before(job).into_iter().filter_map(|id| self.jobs.get(&id));
        let ahead = ahead
            .filter(|one| meets(&one.request))
            .map(|one| Load { room: one.request.milli(), lasts: one.expected });
        Some(wait(free, &running, ahead, job.request.milli()))
    }

    /// Between which instants a waiting job starts, nine times in ten; none where there is no
    /// estimate, and while too little was seen. Cost: one look at everything that runs or waits
    /// before it.
    pub fn start_of(&self, at: Timestamp, id: JobId) -> Option<(Timestamp, Timestamp)> {
        let job = self.job(id)?;
        let estimate = self.estimate(at, job)?;
        let said = self.foresight.forecasts.say(at <= job.submitted, estimate).said?;
        Some((super::later(at, said.from), super::later(at, said.until)))
    }
}
