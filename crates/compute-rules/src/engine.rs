//! The engine of the compute platform: what happens goes in, decisions come out.
//!
//! No rounds and no clock: each event is decided on at once, and the same events make the same
//! decisions. A job's highest cost is held when it is admitted, what it used is captured when it
//! ends, the rest goes back. Tenants take turns by what they were served, jobs of a tenant by their
//! expected device time; later jobs pass one that does not fit, until it has waited too long.

mod end;
mod explain;
mod foresee;
mod machines;
mod place;
mod preempt;
mod queue;
mod reserve;
mod slots;

use crate::bill::{Price, Prices, most};
use crate::cluster::{Cluster, Node};
use crate::fragment::Target;
use crate::index::Index;
use crate::job::{Job, JobId, Outcome, Place, Request, Shape, Standing};
use crate::ledger::{Ask, Budget, HoldId, Issue, Kinds, Ledger, Posting, Tenant, Unit, VoucherId};
use crate::names::Named;
use crate::packing::Policy;
use crate::party::{Group, Party};
use crate::refused::{otherwise, refused};
use crate::task::Models;
use foresee::Foresight;
use kernel::{Refusal, Timestamp};
use preempt::Preemptible;
use queue::{Passing, Queue};
use slots::Slots;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use explain::{Blocking, Explanation};
pub use reserve::{Reservation, ReservationId};

/// Vouchers the engine issues have this bit in their names; others must not.
const OWN_VOUCHER: u64 = 1 << 63;

/// A machine that a provider brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its name, no other's.
    pub name: String,
    /// CPU, milli-cores.
    pub cpu: i64,
    /// Memory, MiB.
    pub memory: i64,
    /// Devices, 0 to 64.
    pub devices: i64,
    /// What kind of device; kinds are numbered as they first come.
    pub kind: String,
}

/// Kinds of device at most: requests name them by a bit each.
pub const KINDS_MAX: usize = 64;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A machine is there from now on.
    Provide(Machine),
    /// A price of a kind of device is known.
    Price(Price),
    /// A voucher is issued.
    Issue(Issue),
    /// A part of a voucher is split off: from, to, for whom, how much.
    Split(VoucherId, VoucherId, Tenant, i64),
    /// A budget is set.
    Budget(Budget),
    /// A party's weight among those beside it, 1 to 1,000.
    Weigh(Party, u32),
    /// A party stands in a group from now on, or at the top.
    Join(Party, Option<Group>),
    /// Nodes are set aside.
    Reserve(Reservation),
    /// A reservation is given up.
    GiveUp(ReservationId),
    /// A job is submitted.
    Submit(Request),
    /// A running job ended, well or not.
    End(JobId, bool),
    /// A running job ended, well or not, at an instant that is past: what ran it says so.
    Report(JobId, bool, Timestamp),
    /// What ran a job is gone and nobody knows how far it got: it starts again.
    Redo(JobId),
    /// Its owner stops a job.
    Cancel(JobId),
    /// A node is lost, with all that ran on it.
    Lose(u32),
    /// A node is back, empty.
    Return(u32),
    /// Time passes: jobs past their limit are stopped.
    Tick,
}

/// What is to be done, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// A job starts.
    Start {
        /// Which.
        job: JobId,
        /// Its attempt, 0 the first time.
        attempt: u8,
        /// On which kind of device.
        kind: u16,
        /// Where, a place for each task.
        places: Vec<Place>,
    },
    /// What runs of a job is to be stopped.
    Stop(JobId),
    /// A job goes back to the queue.
    Again(JobId),
    /// A job ended: how, and what it cost, micro-yuan.
    Ended(JobId, Outcome, i64),
}

/// The engine's state.
#[derive(Debug, Clone)]
pub struct Engine {
    policy: Policy,
    target: Target,
    cluster: Cluster,
    /// The place of each node by its name.
    names: HashMap<String, u32>,
    /// None since a machine came and until something is placed.
    index: Option<Index>,
    prices: Prices,
    ledger: Ledger,
    queue: Queue,
    foresight: Foresight,
    preemptible: Preemptible,
    jobs: Named<JobId, Job>,
    after: Named<JobId, Vec<JobId>>,
    /// When running jobs reach their limit.
    limits: BTreeSet<(Timestamp, JobId)>,
    /// When a job that waits becomes urgent, or its deadline is past.
    deadlines: BTreeSet<(Timestamp, JobId)>,
    /// Whether a shape fits on the empty cluster where it may be placed.
    possible: HashMap<(Shape, u64), bool>,
    /// Nodes as they are when empty.
    empty: Vec<Node>,
    lost: BTreeSet<u32>,
    /// When each node was there.
    presence: Vec<Vec<(Timestamp, Option<Timestamp>)>>,
    slots: Slots,
    postings: Vec<Posting>,
}

fn no_job(job: JobId) -> Refusal {
    let rule = "a job is known once it was submitted";
    refused("E-CMP-42", rule, "没有该作业", "job", &job.0.to_string())
}

fn no_kind(column: &str, kind: &str) -> Refusal {
    let rule = "kinds are those of the inventory, each named once";
    refused("E-CMP-41", rule, "没有该型号", column, kind)
}

fn too_dear(limit: i64) -> Refusal {
    let rule = "a job costs less than 2^63 micro-yuan";
    refused("E-CMP-32", rule, "费用超出上限", "limit", &limit.to_string())
}

fn outcome_of(well: bool) -> Outcome {
    if well { Outcome::Done } else { Outcome::Failed }
}

/// The instant so many milliseconds later.
fn later(at: Timestamp, milliseconds: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(milliseconds.saturating_mul(1_000)))
}

impl Engine {
    /// An engine over an empty cluster. `patience` is how long a job waits until none may pass it,
    /// milliseconds.
    ///
    /// Fails with `E-CMP-07` for a policy without an index.
    pub fn new(
        cluster: Cluster,
        target: Target,
        policy: Policy,
        prices: Prices,
        patience: i64,
    ) -> Result<Engine, Refusal> {
        let Some(index) = Index::new(policy, target.clone(), &cluster) else {
            let rule = "the engine places by a policy that scores each node by itself";
            return Err(refused("E-CMP-07", rule, "该策略不能用于引擎", "policy", policy.name()));
        };
        let empty = cluster.nodes.clone();
        let names =
            cluster.nodes.iter().zip(0..).map(|(node, at)| (node.name.clone(), at)).collect();
        let mut engine = Engine {
            policy,
            target,
            names,
            index: Some(index),
            prices,
            ledger: Ledger::default(),
            queue: Queue::new(patience),
            foresight: Foresight::default(),
            preemptible: Preemptible::default(),
            jobs: Named::default(),
            after: Named::default(),
            limits: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            possible: HashMap::new(),
            empty,
            lost: BTreeSet::new(),
            presence: vec![vec![(Timestamp::from_micros(0), None)]; cluster.nodes.len()],
            slots: Slots::default(),
            postings: Vec::new(),
            cluster,
        };
        engine.slots.count(&engine.cluster);
        Ok(engine)
    }

    /// Takes an event in. What it moves in the ledger is appended to [`Engine::postings`], decisions
    /// to `out`. An event that is refused changes nothing but the time.
    ///
    /// Fails with the codes of the ledger, `E-CMP-05`, `E-CMP-20`, `E-CMP-31`, `E-CMP-40` to
    /// `E-CMP-46`, `E-CMP-48` to `E-CMP-52`.
    pub fn apply(
        &mut self,
        at: Timestamp,
        event: Event,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        self.ledger.advance(at, &mut self.postings)?;
        self.foresight.advance(at);
        let came = match &event {
            Event::Submit(request) => Some(request.job),
            _ => None,
        };
        self.take(at, event, out)?;
        // What is refused is in no log, and nothing may come of it.
        self.foresee(at, came);
        Ok(())
    }

    fn take(
        &mut self,
        at: Timestamp,
        event: Event,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        match event {
            Event::Provide(machine) => self.provide(at, machine, out),
            Event::Price(price) => {
                let kind = usize::from(price.kind);
                if kind >= self.cluster.models.len() {
                    return Err(no_kind("kind", &kind.to_string()));
                }
                self.prices = self.prices.with(price)?;
                self.queue.unstick();
                self.schedule(at, out);
                Ok(())
            }
            Event::Issue(issue) => {
                let id = issue.voucher;
                if id.0 & OWN_VOUCHER != 0 {
                    let rule = "a voucher's name is below 2^63";
                    let name = id.0.to_string();
                    return Err(refused("E-CMP-44", rule, "券号超出范围", "voucher", &name));
                }
                self.ledger.issue(at, issue, &mut self.postings)
            }
            Event::Split(from, to, holder, amount) => {
                self.ledger.split(at, (from, to), holder, amount, &mut self.postings)
            }
            Event::Budget(budget) => {
                self.ledger.budget(budget);
                Ok(())
            }
            Event::Join(party, group) => self.join(at, party, group, out),
            Event::Reserve(reservation) => self.reserve(at, reservation, out),
            Event::GiveUp(id) => self.give_up(at, id, out),
            Event::Weigh(party, weight) => {
                if !(1..=1_000).contains(&weight) {
                    let rule = "a weight is 1 to 1,000";
                    let weight = weight.to_string();
                    return Err(refused("E-CMP-40", rule, "权重应为1至1000", "weight", &weight));
                }
                self.queue.weigh(party, weight);
                Ok(())
            }
            Event::Submit(request) => self.submit(at, request, out),
            Event::End(id, well) => self.end(at, at, id, outcome_of(well), out),
            // Nothing ends after it is told.
            Event::Report(id, well, ended) => {
                let outcome = match self.jobs.get(&id).map(|job| (&job.standing, &job.request)) {
                    Some((Standing::Running { since, .. }, request))
                        if ended >= later(*since, request.limit) =>
                    {
                        Outcome::OverLimit
                    }
                    _ => outcome_of(well),
                };
                self.end(at, ended.min(at), id, outcome, out)
            }
            Event::Redo(id) => self.redo(at, id, out),
            Event::Cancel(id) => self.end(at, at, id, Outcome::Cancelled, out),
            Event::Lose(node) => self.lose(at, node, out),
            Event::Return(node) => self.give_back(at, node, out),
            Event::Tick => self.tick(at, out),
        }
    }

    fn submit(
        &mut self,
        at: Timestamp,
        request: Request,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        let id = request.job;
        if let Some(known) = self.jobs.get(&id) {
            let same = known.request == request;
            return same.then_some(()).ok_or_else(|| otherwise("job", id.0));
        }
        request.check(self.cluster.models.len())?;
        if id.0 >= 1 << 48 {
            let rule = "a job's name is below 2^48";
            return Err(refused("E-CMP-40", rule, "作业编号超出范围", "job", &id.0.to_string()));
        }
        // What a job waits for was submitted before it, so there are no circles.
        for one in &request.after {
            if !self.jobs.contains_key(one) {
                return Err(no_job(*one));
            }
        }
        if request.deadline.is_some_and(|deadline| deadline <= at) {
            let rule = "a deadline is in the future";
            return Err(refused("E-CMP-51", rule, "截止时间应在将来", "deadline", ""));
        }
        self.check_possible(&request)?;
        self.hold(at, &request, 0)?;
        let (mut blocked, mut orphan) = (false, false);
        for one in &request.after {
            match self.outcome(*one) {
                None => {
                    blocked = true;
                    self.after.entry(*one).or_default().push(id);
                }
                Some(outcome) => orphan |= outcome != Outcome::Done,
            }
        }
        let standing = if blocked { Standing::Blocked } else { Standing::Waiting };
        let expected = self.queue.expected(&request);
        let job = Job {
            request,
            submitted: at,
            standing,
            attempt: 0,
            gave_way: 0,
            expected,
            urgent: false,
            counted: 0,
            runs: Vec::new(),
        };
        self.deadlines.extend(job.request.deadline.map(|deadline| (deadline, id)));
        self.jobs.insert(id, job);
        if orphan {
            self.finish(at, id, Outcome::Orphaned, out);
        } else if !blocked {
            self.enqueue(at, id, out);
        }
        Ok(())
    }

    /// How a job ended; none for one that has not.
    fn outcome(&self, id: JobId) -> Option<Outcome> {
        match self.jobs.get(&id)?.standing {
            Standing::Ended { outcome, .. } => Some(outcome),
            _ => None,
        }
    }

    fn is_over(&self, id: JobId) -> bool {
        self.outcome(id).is_some()
    }

    /// The kinds of device a request may run on.
    fn kinds_of(&self, request: &Request) -> Vec<u16> {
        match request.kinds.is_empty() {
            true => (0..self.cluster.models.len() as u16).collect(),
            false => request.kinds.clone(),
        }
    }

    /// Whether the cluster could run it if it were empty.
    fn check_possible(&mut self, request: &Request) -> Result<(), Refusal> {
        let possible = self.is_possible(request, u64::MAX);
        if possible {
            return Ok(());
        }
        let rule =
            "a job fits on the empty cluster: no node, or not enough of them, has what it asks";
        let zh = "集群即使空闲也容不下该作业";
        let asked = format!("{} × {}", request.tasks, request.devices);
        Err(refused("E-CMP-43", rule, zh, "tasks", &asked))
    }

    /// Whether it fits on these parts of the cluster if they were empty.
    fn is_possible(&mut self, request: &Request, reach: u64) -> bool {
        let shape = (request.shape(), reach);
        if let Some(known) = self.possible.get(&shape) {
            return *known;
        }
        let fits = self.fits_empty(request, &self.kinds_of(request), reach);
        self.possible.insert(shape, fits);
        fits
    }

    /// Whether it fits on one of these kinds of device, on these parts of the cluster, if they were
    /// empty. Cost: a look at every node.
    fn fits_empty(&self, request: &Request, kinds: &[u16], reach: u64) -> bool {
        let task = request.task(Models::default());
        kinds.iter().any(|kind| {
            let nodes = self.empty.iter().enumerate();
            let of = nodes.filter(|(at, node)| {
                node.model == usize::from(*kind) && self.slots.reaches(reach, *at)
            });
            of.map(|(_, node)| node.times(&task)).sum::<u64>() >= u64::from(request.tasks)
        })
    }

    /// What is to be set aside for a job, the most it may cost; none for what costs nothing.
    fn ask(&self, at: Timestamp, request: &Request, attempt: u8) -> Result<Option<Ask>, Refusal> {
        let milli = request.milli();
        if milli == 0 {
            return Ok(None);
        }
        let prices = self.kinds_of(request).into_iter();
        let dearest = prices.filter_map(|kind| self.prices.dearest_from(kind, at)).max();
        let Some(dearest) = dearest else {
            let rule = "a device runs only while it has a price";
            return Err(refused("E-CMP-31", rule, "所选型号没有价格", "kinds", ""));
        };
        let Some(amount) = most(milli, request.limit, dearest) else {
            return Err(too_dear(request.limit));
        };
        Ok((amount > 0).then(|| Ask {
            hold: hold_of(request.job, attempt),
            tenant: request.tenant,
            unit: Unit::Money,
            kinds: Kinds::of(self.kinds_of(request).into_iter()),
            amount,
        }))
    }

    /// Sets aside what a job may cost at most.
    fn hold(&mut self, at: Timestamp, request: &Request, attempt: u8) -> Result<(), Refusal> {
        match self.ask(at, request, attempt)? {
            Some(ask) => self.ledger.hold(at, ask, &mut self.postings),
            None => Ok(()),
        }
    }

    /// Whether so many jobs alike could all be set aside for, so that none of them is refused for what
    /// the others took.
    ///
    /// Fails as their submission would.
    pub fn affords(&self, at: Timestamp, request: &Request, count: u32) -> Result<(), Refusal> {
        request.check(self.cluster.models.len())?;
        let Some(one) = self.ask(at, request, 0)? else { return Ok(()) };
        let amount = one.amount.checked_mul(i64::from(count));
        let ask = Ask { amount: amount.ok_or_else(|| too_dear(request.limit))?, ..one };
        self.ledger.parts_of(at, &ask).map(|_| ())
    }

    fn enqueue(&mut self, at: Timestamp, id: JobId, out: &mut Vec<Decision>) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        if job.request.deadline.is_some_and(|deadline| deadline <= at) {
            self.finish(at, id, Outcome::Missed, out);
            return;
        }
        job.standing = Standing::Waiting;
        job.expected = self.queue.expected(&job.request);
        job.urgent = job.urgent_from().is_some_and(|from| from <= at);
        let urgent_from = job.urgent_from().filter(|from| *from > at);
        self.deadlines.extend(urgent_from.map(|from| (from, id)));
        self.deadlines.extend(job.request.deadline.map(|deadline| (deadline, id)));
        let Some(job) = self.jobs.get(&id) else { return };
        let reach = self.reach(at, &job.request, job.gave_way).all();
        let shape = self.queue.shape(&job.request, reach);
        let passing = self.queue.may_pass(at, &job.request);
        self.queue.come(job.request.tenant);
        if self.slots.taken() != 0 {
            let request = job.request.clone();
            if !self.is_possible(&request, reach) {
                self.queue.despair(shape);
            }
        }
        // Whatever waits does not fit: a new shape is all there is to try.
        let may = passing == Passing::All || reach & self.slots.taken() != 0;
        let tried = may && !self.queue.is_stuck(shape, passing);
        let started = tried && self.start(at, id, passing, out);
        if let Some(job) = self.jobs.get(&id).filter(|_| !started) {
            self.queue.push(id, job, reach);
            if tried {
                self.queue.stick(shape, passing);
            }
        }
        self.queue.note_head(at);
    }

    /// Starts a waiting job if it fits.
    fn start(
        &mut self,
        at: Timestamp,
        id: JobId,
        passing: Passing,
        out: &mut Vec<Decision>,
    ) -> bool {
        let Some(mut job) = self.jobs.remove(&id) else { return false };
        let victims = self.try_start(at, &mut job, passing, out);
        self.jobs.insert(id, job);
        let started = victims.is_some();
        for victim in victims.unwrap_or_default() {
            self.put_back(at, victim, out);
        }
        started
    }

    /// The same for a job that is taken out meanwhile: who gave way to it, if it starts.
    fn try_start(
        &mut self,
        at: Timestamp,
        job: &mut Job,
        passing: Passing,
        out: &mut Vec<Decision>,
    ) -> Option<BTreeSet<JobId>> {
        let (id, request) = (job.request.job, &job.request);
        let mut reach = self.reach(at, request, job.gave_way);
        if passing == Passing::Own {
            reach = self.beside_elder(at, reach);
        }
        let kinds = self.payable(at, request, job.attempt);
        let mut placed = self.place(request, &kinds, reach);
        let mut victims = BTreeSet::new();
        if placed.is_none() {
            victims = self.victims(at, request, &kinds, reach);
            if !victims.is_empty() {
                self.give_way(at, &victims, out);
                placed = self.place(request, &kinds, reach);
                debug_assert!(placed.is_some(), "who gave way made room");
            }
        }
        let (kind, places) = placed?;
        self.limits.insert((later(at, request.limit), id));
        job.counted = self.slots.counted(request, &places, reach.own);
        self.queue.pull(id, job);
        self.queue.serve(&job.request, job.counted, job.expected);
        self.foresight.close(at, id, true);
        job.forget_deadline(&mut self.deadlines);
        job.standing = Standing::Running { places: places.clone(), kind, since: at };
        self.preemptible.enter(job);
        out.push(Decision::Start { job: id, attempt: job.attempt, kind, places });
        Some(victims)
    }

    fn tick(&mut self, at: Timestamp, out: &mut Vec<Decision>) -> Result<(), Refusal> {
        while let Some((limit, id)) = self.limits.first().copied() {
            if limit > at {
                break;
            }
            out.push(Decision::Stop(id));
            self.finish(at, id, Outcome::OverLimit, out);
        }
        self.mind_deadlines(at, out);
        self.turn_reservations(at);
        if self.preemptible.ripen(at) {
            self.queue.unstick();
        }
        // Time alone may let a job go first that has waited too long, or others give way to it.
        self.schedule(at, out);
        Ok(())
    }

    /// Jobs that wait and whose deadline comes near go first; those whose deadline is past are over.
    fn mind_deadlines(&mut self, at: Timestamp, out: &mut Vec<Decision>) {
        while let Some((_, id)) = self.deadlines.first().copied().filter(|(when, _)| *when <= at) {
            self.deadlines.pop_first();
            let Some(job) = self.jobs.get_mut(&id) else { continue };
            let waits = job.standing == Standing::Waiting;
            let past = job.request.deadline.is_some_and(|deadline| deadline <= at);
            if past && (waits || job.standing == Standing::Blocked) {
                self.finish(at, id, Outcome::Missed, out);
            } else if waits && !job.urgent {
                // It is ranked anew.
                self.queue.pull(id, job);
                job.urgent = true;
                let Some(job) = self.jobs.get(&id) else { continue };
                let reach = self.reach(at, &job.request, job.gave_way).all();
                self.queue.push(id, job, reach);
            }
        }
    }

    /// When time alone will change something: a job reaches its limit or its deadline, the one whose
    /// turn it is has waited long enough that nobody may pass it, one that runs may be made to give
    /// way, or a reservation begins or ends.
    pub fn due(&self) -> Option<Timestamp> {
        let limit = self.limits.first().map(|(limit, _)| *limit);
        let waits = self.queue.len() > 0;
        let ripens = self.preemptible.due().filter(|_| waits);
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        let others = deadline.into_iter().chain(self.slots.due());
        limit.into_iter().chain(self.queue.due()).chain(ripens).chain(others).min()
    }

    /// Starts what fits, in turn, until nothing that waits does.
    fn schedule(&mut self, at: Timestamp, out: &mut Vec<Decision>) {
        while let Some((id, shape, passing)) = self.queue.next(at, self.slots.taken()) {
            if !self.start(at, id, passing, out) {
                self.queue.stick(shape, passing);
            }
        }
    }

    /// The cluster as it stands.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The ledger as it stands.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The places of kinds of device by their names.
    ///
    /// Fails with `E-CMP-41` for a name that is none of them.
    pub fn kinds_named(&self, names: &[String]) -> Result<Vec<u16>, Refusal> {
        let place = |name: &String| {
            let found = self.cluster.models.iter().position(|model| model == name);
            found.map(|at| at as u16).ok_or_else(|| no_kind("kinds", name))
        };
        names.iter().map(place).collect()
    }

    /// A node as it is when empty.
    pub fn empty(&self, node: usize) -> Option<&Node> {
        self.empty.get(node)
    }

    /// When a node was there: from when until when, the last one open while it still is.
    pub fn presence(&self, node: usize) -> &[(Timestamp, Option<Timestamp>)] {
        self.presence.get(node).map_or(&[], Vec::as_slice)
    }

    /// What is free in pieces that the expected jobs cannot use, milli-GPU, to the nearest.
    pub fn fragmentation(&self) -> i64 {
        self.target.cluster(&self.cluster).round() as i64
    }

    /// What is set aside for a job that is not over, micro-yuan.
    pub fn held_for(&self, id: JobId) -> i64 {
        let Some(job) = self.jobs.get(&id).filter(|_| !self.is_over(id)) else { return 0 };
        let hold = self.ledger.held(hold_of(id, job.attempt));
        hold.map_or(0, |hold| hold.ask.amount - hold.captured)
    }

    /// The place of a node by its name.
    pub fn node(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// Every job that is known.
    pub fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.values()
    }

    /// Jobs that run, by when they reach their limit.
    pub fn running(&self) -> impl Iterator<Item = &Job> {
        self.limits.iter().filter_map(|(_, id)| self.jobs.get(id))
    }

    /// Whether a node is lost.
    pub fn is_lost(&self, node: u32) -> bool {
        self.lost.contains(&node)
    }

    /// What devices cost.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// A job.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// Jobs that wait for room.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// What moved in the ledger since this was last asked.
    pub fn postings(&mut self) -> Vec<Posting> {
        std::mem::take(&mut self.postings)
    }

    /// Forgets what moved in the ledger since this was last asked.
    pub fn forget_postings(&mut self) {
        self.postings.clear();
    }

    /// How many milli-GPU of each kind run for each tenant.
    pub fn shares(&self) -> BTreeMap<Tenant, i64> {
        let mut shares = BTreeMap::new();
        for job in self.jobs.values() {
            if matches!(job.standing, Standing::Running { .. }) {
                *shares.entry(job.request.tenant).or_default() += job.request.milli();
            }
        }
        shares
    }

    /// Adds everything up anew and says what does not agree; nothing, when all is well.
    pub fn audit(&self) -> Vec<String> {
        let mut faults = self.ledger.audit();
        let mut nodes: Vec<Node> = self.empty.clone();
        for job in self.jobs.values() {
            let Standing::Running { places, .. } = &job.standing else { continue };
            if places.len() != job.request.tasks as usize {
                faults.push(format!("job {}: not all of its tasks run", job.request.job.0));
            }
            let task = job.request.task(Models::default());
            for place in places {
                nodes[place.node].place(&task, &place.devices);
            }
        }
        for (at, (node, stands)) in nodes.iter().zip(&self.cluster.nodes).enumerate() {
            let lost = self.lost.contains(&(at as u32));
            if node.cpu < 0 || node.memory < 0 || node.free.iter().any(|free| *free < 0) {
                faults.push(format!("node {}: given twice", node.name));
            }
            if !lost && (node.cpu, &node.free) != (stands.cpu, &stands.free) {
                faults.push(format!("node {}: not what runs on it", node.name));
            }
            if lost && *node != self.empty[at] {
                faults.push(format!("node {}: lost, and something runs on it", node.name));
            }
        }
        self.audit_reservations(&mut faults);
        let waiting = self.jobs.values().filter(|job| job.standing == Standing::Waiting).count();
        if waiting != self.queue.len() {
            faults.push("the queue is not what waits".to_string());
        }
        faults
    }
}

/// The hold of an attempt of a job.
fn hold_of(job: JobId, attempt: u8) -> HoldId {
    HoldId(job.0 << 8 | u64::from(attempt))
}

#[cfg(test)]
mod tests;
