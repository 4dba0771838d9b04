//! How jobs leave what they hold: they end, are taken off, and start again.

use super::{Decision, Engine, OWN_VOUCHER, hold_of, later, no_job, preempt};
use crate::bill::cost;
use crate::job::{Job, JobId, Outcome, Run, Standing};
use crate::ledger::{Issue, Kinds, Unit, VoucherId, Window};
use crate::refused::refused;
use crate::task::Models;
use kernel::{Refusal, Timestamp};

/// A voucher that makes good what was lost is good for so long: a year, in milliseconds.
const GOOD_FOR: i64 = 365 * 86_400_000;
/// A job is started again so often at most.
const ATTEMPTS_MAX: u8 = 32;

impl Engine {
    /// Ends a job that is not over, at an instant that is not after now.
    ///
    /// Fails with `E-CMP-42` for no job, `E-CMP-45` for one that does not run and is not cancelled.
    pub(super) fn end(
        &mut self,
        at: Timestamp,
        ended: Timestamp,
        id: JobId,
        outcome: Outcome,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        let Some(job) = self.jobs.get(&id) else { return Err(no_job(id)) };
        match &job.standing {
            // A report that comes late or twice changes nothing.
            Standing::Ended { .. } => return Ok(()),
            Standing::Running { .. } if outcome == Outcome::Cancelled => {
                out.push(Decision::Stop(id));
            }
            Standing::Running { .. } => {}
            _ if outcome == Outcome::Cancelled => {}
            _ => {
                let rule = "only a job that runs can end";
                return Err(refused("E-CMP-45", rule, "该作业未在运行", "job", &id.0.to_string()));
            }
        }
        self.finish_at(at, ended, id, outcome, out);
        self.schedule(at, out);
        Ok(())
    }

    pub(super) fn finish(
        &mut self,
        at: Timestamp,
        id: JobId,
        outcome: Outcome,
        out: &mut Vec<Decision>,
    ) {
        self.finish_at(at, at, id, outcome, out);
    }

    /// Takes a job off whatever it holds, settles it, and lets those go on that waited for it.
    pub(super) fn finish_at(
        &mut self,
        at: Timestamp,
        ended: Timestamp,
        id: JobId,
        outcome: Outcome,
        out: &mut Vec<Decision>,
    ) {
        let mut ending = vec![(id, outcome)];
        while let Some((id, outcome)) = ending.pop() {
            let Some(job) = self.jobs.get(&id) else { continue };
            if matches!(job.standing, Standing::Ended { .. }) {
                continue;
            }
            let paid = self.leave(at, ended, id);
            if let Some(job) = self.jobs.get_mut(&id) {
                job.standing = Standing::Ended { outcome, at: ended };
            }
            out.push(Decision::Ended(id, outcome, paid));
            for next in self.after.remove(&id).unwrap_or_default() {
                if outcome != Outcome::Done {
                    ending.push((next, Outcome::Orphaned));
                    continue;
                }
                let Some(job) = self.jobs.get(&next) else { continue };
                let ready = job.request.after.iter().all(|one| self.is_over(*one));
                if ready && job.standing == Standing::Blocked {
                    self.enqueue(at, next, out);
                }
            }
        }
    }

    /// Frees what a job holds, captures what it used and releases the rest; what it cost. It is left
    /// waiting for nothing.
    pub(super) fn leave(&mut self, at: Timestamp, ended: Timestamp, id: JobId) -> i64 {
        let Some(mut job) = self.jobs.remove(&id) else { return 0 };
        let paid = self.let_go(at, ended, &mut job);
        self.jobs.insert(id, job);
        paid
    }

    /// The same for a job that is taken out meanwhile; it is left without a standing.
    pub(super) fn let_go(&mut self, at: Timestamp, ended: Timestamp, job: &mut Job) -> i64 {
        let id = job.request.job;
        if job.standing == Standing::Waiting {
            self.queue.pull(id, job);
            self.foresight.close(at, id, false);
        }
        job.forget_deadline(&mut self.deadlines);
        self.preemptible.leave(job);
        let (mut total, mut held) = (0, None);
        let request = &job.request;
        match std::mem::replace(&mut job.standing, Standing::Blocked) {
            Standing::Running { places, kind, since } => {
                let end = ended.min(later(since, request.limit)).max(since);
                let run = self.prices.stretches(kind, request.milli(), since, end);
                total = run.map_or(0, |run| cost(&run));
                let task = request.task(Models::default());
                for place in &places {
                    self.vacate(&task, place);
                }
                self.limits.remove(&(later(since, request.limit), id));
                let ran = (end.micros() - since.micros()) / 1_000;
                self.queue.correct(request, (job.counted, job.expected), ran);
                let nodes = &self.cluster.nodes;
                let some_give_way = self.preemptible.any();
                let owned = self.slots.taken();
                self.queue.unstick_where(|like, reach| {
                    // With this room and that of those who give way it may fit.
                    (some_give_way && (preempt::may_displace(like) || reach & owned != 0))
                        || places.iter().any(|place| {
                            let node = &nodes[place.node];
                            let kind = node.model as u16;
                            let named = like.kinds.is_empty() || like.kinds.contains(&kind);
                            named && node.fits(&like.task(Models::default()))
                        })
                });
                held = Some((kind, since, end, places));
            }
            Standing::Waiting | Standing::Blocked | Standing::Ended { .. } => {}
        }
        let hold = hold_of(id, job.attempt);
        let amount = self.ledger.held(hold).map(|hold| hold.ask.amount);
        let total = total.min(amount.unwrap_or(0));
        if let Some((kind, from, until, places)) = held {
            job.runs.push(Run { kind, from, until, cost: total, places });
        }
        if amount.is_none() {
            return 0;
        }
        // Both are of a hold that is there and not released, at a time that is not past.
        let captured = self.ledger.capture(at, hold, total, &mut self.postings);
        let released = self.ledger.release(at, hold, &mut self.postings);
        debug_assert!(captured.is_ok() && released.is_ok());
        total
    }

    /// Takes a running job off what it runs on, makes good what was paid, and sets its next attempt
    /// aside; one that nothing is left for is over.
    pub(super) fn take_off(&mut self, at: Timestamp, id: JobId, out: &mut Vec<Decision>) {
        out.push(Decision::Stop(id));
        let paid = self.leave(at, at, id);
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.attempt = job.attempt.saturating_add(1);
        job.standing = Standing::Blocked;
        let (request, attempt) = (job.request.clone(), job.attempt);
        if paid > 0 {
            let issue = Issue {
                voucher: VoucherId(OWN_VOUCHER | request.job.0 << 8 | u64::from(attempt)),
                holder: request.tenant,
                unit: Unit::Money,
                kinds: Kinds::default(),
                window: Window { from: at, until: later(at, GOOD_FOR) },
                amount: paid,
            };
            let issued = self.ledger.issue(at, issue, &mut self.postings);
            debug_assert!(issued.is_ok());
        }
        if attempt > ATTEMPTS_MAX || self.hold(at, &request, attempt).is_err() {
            self.finish(at, id, Outcome::Unpaid, out);
        } else {
            out.push(Decision::Again(id));
        }
    }

    /// Puts a job that was taken off back in the queue.
    pub(super) fn put_back(&mut self, at: Timestamp, id: JobId, out: &mut Vec<Decision>) {
        if self.jobs.get(&id).is_some_and(|job| job.standing == Standing::Blocked) {
            self.enqueue(at, id, out);
        }
    }

    /// What ran a job is gone: it starts again, and what was paid for it is made good.
    ///
    /// Fails with `E-CMP-42` for no job; one that does not run is left as it is.
    pub(super) fn redo(
        &mut self,
        at: Timestamp,
        id: JobId,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        let Some(job) = self.jobs.get(&id) else { return Err(no_job(id)) };
        if matches!(job.standing, Standing::Running { .. }) {
            self.take_off(at, id, out);
            self.put_back(at, id, out);
            self.schedule(at, out);
        }
        Ok(())
    }
}
