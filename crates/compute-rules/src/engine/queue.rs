//! Who is next: tenants in turn by what they were served, jobs of a tenant by priority and expected
//! device time.

use super::later;
use crate::job::{Job, JobId, Request, Shape, Standing};
use crate::ledger::Tenant;
use kernel::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Service is counted in so many parts, so that dividing by a weight loses next to nothing.
const PARTS: i128 = 1 << 20;

/// The order of jobs of a tenant: priority, expected milli-GPU-milliseconds, time, name.
type Rank = (Reverse<u8>, i128, Timestamp, JobId);

#[derive(Debug, Clone)]
struct Account {
    weight: i128,
    /// Service received by weight, with what running jobs are expected to take.
    served: i128,
    /// Waiting jobs by shape.
    waiting: BTreeMap<u32, BTreeSet<Rank>>,
    /// The same in the order of time, with their shape.
    ages: BTreeSet<(Timestamp, JobId, u32)>,
}

impl Default for Account {
    fn default() -> Account {
        Account { weight: 1, served: 0, waiting: BTreeMap::new(), ages: BTreeSet::new() }
    }
}

/// Those who wait with one shape.
#[derive(Debug, Clone)]
struct Line {
    /// A request of the shape.
    like: Request,
    /// Whether one of it was tried since room was last made for it.
    stuck: bool,
    /// Tenants who wait in it, the least served first.
    turns: BTreeSet<(i128, Tenant)>,
}

/// Sums of durations in milliseconds, and of how many jobs.
type Seen = (i128, i128);

/// The queue.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    accounts: BTreeMap<Tenant, Account>,
    /// Tenants with something waiting, the least served first.
    turns: BTreeSet<(i128, Tenant)>,
    /// What the tenant had been served whose turn it was last: who comes back starts there.
    floor: i128,
    shapes: HashMap<Shape, u32>,
    lines: Vec<Line>,
    /// Shapes that wait and may fit.
    open: BTreeSet<u32>,
    /// Waiting jobs with their shape, and the kinds of device that will do.
    kinds: HashMap<JobId, (u32, Vec<u16>)>,
    /// The job whose turn it is and that does not fit, and since when that is so.
    head: Option<(JobId, Timestamp)>,
    /// Whether it was noted that its patience is over.
    told: bool,
    patience: i64,
    learnt: HashMap<(u32, i64), Seen>,
    sizes: HashMap<i64, Seen>,
}

impl Queue {
    pub(super) fn new(patience: i64) -> Queue {
        Queue {
            accounts: BTreeMap::new(),
            turns: BTreeSet::new(),
            floor: 0,
            shapes: HashMap::new(),
            lines: Vec::new(),
            open: BTreeSet::new(),
            kinds: HashMap::new(),
            head: None,
            told: false,
            patience,
            learnt: HashMap::new(),
            sizes: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// How long a job is expected to run, milliseconds: the mean of its user's of this size, of
    /// anyone's of this size, or its limit; never more than that.
    pub(super) fn expected(&self, request: &Request) -> i64 {
        let size = request.milli();
        let own = self.learnt.get(&(request.user, size));
        let mean = own.or_else(|| self.sizes.get(&size)).map(|(sum, count)| sum / count.max(&1));
        let mean = mean.and_then(|mean| i64::try_from(mean).ok()).unwrap_or(request.limit);
        mean.clamp(1, request.limit)
    }

    fn rank(job: &Job) -> Rank {
        let cost = i128::from(job.expected) * i128::from(job.request.milli().max(1));
        (Reverse(job.request.priority), cost, job.submitted, job.request.job)
    }

    /// The number of a request's shape.
    pub(super) fn shape(&mut self, request: &Request) -> u32 {
        let next = self.lines.len() as u32;
        let shape = *self.shapes.entry(request.shape()).or_insert(next);
        if shape == next {
            let like = request.clone();
            self.lines.push(Line { like, stuck: false, turns: BTreeSet::new() });
        }
        shape
    }

    /// A tenant asks for something: one who was idle does not bring back what was not asked for then.
    pub(super) fn come(&mut self, tenant: Tenant) {
        let account = self.accounts.entry(tenant).or_default();
        if account.waiting.is_empty() {
            account.served = account.served.max(self.floor);
        }
    }

    pub(super) fn push(&mut self, id: JobId, job: &Job) {
        let shape = self.shape(&job.request);
        self.kinds.insert(id, (shape, job.request.kinds.clone()));
        let account = self.accounts.entry(job.request.tenant).or_default();
        if account.waiting.is_empty() {
            self.turns.insert((account.served, job.request.tenant));
        }
        let line = &mut self.lines[shape as usize];
        line.turns.insert((account.served, job.request.tenant));
        if !line.stuck {
            self.open.insert(shape);
        }
        account.waiting.entry(shape).or_default().insert(Queue::rank(job));
        account.ages.insert((job.submitted, id, shape));
    }

    /// Takes a job out, if it is in.
    pub(super) fn pull(&mut self, id: JobId, job: &Job) {
        if job.standing != Standing::Waiting || self.kinds.remove(&id).is_none() {
            return;
        }
        if self.head.is_some_and(|(head, _)| head == id) {
            self.head = None;
        }
        let shape = self.shape(&job.request);
        let Some(account) = self.accounts.get_mut(&job.request.tenant) else { return };
        account.ages.remove(&(job.submitted, id, shape));
        if let Some(ranks) = account.waiting.get_mut(&shape) {
            ranks.remove(&Queue::rank(job));
            if ranks.is_empty() {
                account.waiting.remove(&shape);
                let line = &mut self.lines[shape as usize];
                line.turns.remove(&(account.served, job.request.tenant));
                if line.turns.is_empty() {
                    // Nobody of it waits: the next is tried.
                    line.stuck = false;
                    self.open.remove(&shape);
                }
            }
        }
        if account.waiting.is_empty() {
            self.turns.remove(&(account.served, job.request.tenant));
        }
    }

    /// A shape does not fit as things stand.
    pub(super) fn stick(&mut self, shape: u32) {
        self.lines[shape as usize].stuck = true;
        self.open.remove(&shape);
    }

    pub(super) fn is_stuck(&self, shape: u32) -> bool {
        self.lines[shape as usize].stuck
    }

    /// Room was made on some nodes: shapes that may fit there may fit again.
    pub(super) fn unstick_where(&mut self, fits: impl Fn(&Request) -> bool) {
        for (shape, line) in self.lines.iter_mut().enumerate() {
            if line.stuck && fits(&line.like) {
                line.stuck = false;
                if !line.turns.is_empty() {
                    self.open.insert(shape as u32);
                }
            }
        }
    }

    /// Everything may have changed: every shape may fit again.
    pub(super) fn unstick(&mut self) {
        self.unstick_where(|_| true);
    }

    pub(super) fn weigh(&mut self, tenant: Tenant, weight: u32) {
        self.accounts.entry(tenant).or_default().weight = i128::from(weight);
    }

    fn add(&mut self, tenant: Tenant, milli: i128, milliseconds: i128) {
        let account = self.accounts.entry(tenant).or_default();
        let before = account.served;
        account.served += milli * milliseconds * PARTS / account.weight / 1_000_000;
        if !account.waiting.is_empty() {
            self.turns.remove(&(before, tenant));
            self.turns.insert((account.served, tenant));
        }
        for shape in account.waiting.keys() {
            let turns = &mut self.lines[*shape as usize].turns;
            turns.remove(&(before, tenant));
            turns.insert((account.served, tenant));
        }
    }

    /// A job of a tenant starts: what it is expected to take counts at once.
    pub(super) fn serve(&mut self, request: &Request, expected: i64) {
        let served = self.accounts.get(&request.tenant).map_or(0, |account| account.served);
        self.floor = self.floor.max(served);
        self.add(request.tenant, i128::from(request.milli().max(1)), i128::from(expected));
    }

    /// A job ended after so long: its tenant's service is put right, and the duration is learnt.
    pub(super) fn correct(&mut self, request: &Request, expected: i64, ran: i64) {
        let off = i128::from(ran) - i128::from(expected);
        self.add(request.tenant, i128::from(request.milli().max(1)), off);
        let size = request.milli();
        for seen in [
            self.learnt.entry((request.user, size)).or_default(),
            self.sizes.entry(size).or_default(),
        ] {
            seen.0 += i128::from(ran);
            seen.1 += 1;
        }
    }

    /// How many jobs of its tenant go before a waiting one.
    pub(super) fn ahead(&self, job: &Job) -> u32 {
        let rank = Queue::rank(job);
        let Some(account) = self.accounts.get(&job.request.tenant) else { return 0 };
        let before = |ranks: &BTreeSet<Rank>| ranks.range(..&rank).count() as u32;
        account.waiting.values().map(before).sum()
    }

    /// The jobs that go before a waiting one if tenants take turns: its own tenant's by rank, and of
    /// the others those that start until they were served as much.
    pub(super) fn before(&self, job: &Job) -> Vec<JobId> {
        let (mine, tenant) = (Queue::rank(job), job.request.tenant);
        let served = self.accounts.get(&tenant).map_or(0, |account| account.served);
        let mut turns: Vec<(i128, Rank)> = Vec::new();
        for (_, other) in self.turns.range(..=(served, tenant)) {
            let Some(account) = self.accounts.get(other) else { continue };
            let mut ranks: Vec<&Rank> = account.waiting.values().flatten().collect();
            ranks.sort_unstable();
            let mut until = account.served;
            for rank in ranks {
                let over = if *other == tenant { *rank >= mine } else { until > served };
                if over {
                    break;
                }
                turns.push((until, *rank));
                until += rank.1 * PARTS / account.weight / 1_000_000;
            }
        }
        turns.sort_unstable();
        turns.into_iter().map(|(_, rank)| rank.3).collect()
    }

    fn patient(&self, since: Timestamp, at: Timestamp) -> bool {
        (at.micros() - since.micros()) / 1_000 < self.patience
    }

    /// The first job of a tenant: the oldest once it has waited past all patience, otherwise the
    /// first by rank; with its shape.
    fn first(&self, account: &Account, at: Timestamp) -> Option<(JobId, u32)> {
        let (since, oldest, shape) = account.ages.first()?;
        if !self.patient(*since, at) {
            return Some((*oldest, *shape));
        }
        let heads =
            account.waiting.iter().filter_map(|(shape, ranks)| Some((ranks.first()?, shape)));
        heads.min().map(|(rank, shape)| (rank.3, *shape))
    }

    /// The job that nobody may pass any more: its turn came, and it did not fit for too long.
    fn elder(&self, at: Timestamp) -> Option<JobId> {
        self.head.filter(|(_, since)| !self.patient(*since, at)).map(|(id, _)| id)
    }

    /// Whether a request may be tried while others wait: past an elder that could use the same kind
    /// of device nobody goes.
    pub(super) fn may_pass(&self, at: Timestamp, request: &Request) -> bool {
        self.elder(at).is_none_or(|elder| !self.meets(elder, &request.kinds))
    }

    fn meets(&self, elder: JobId, kinds: &[u16]) -> bool {
        let of = self.kinds.get(&elder).map(|(_, kinds)| kinds.as_slice()).unwrap_or_default();
        of.is_empty() || kinds.is_empty() || of.iter().any(|kind| kinds.contains(kind))
    }

    /// When the patience of the job whose turn it is ends; none once it has, or when none waits.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let (_, since) = self.head.filter(|_| !self.told)?;
        Some(later(since, self.patience))
    }

    /// Notes whose turn it is; one whose turn it stays keeps the time since when.
    pub(super) fn note_head(&mut self, at: Timestamp) {
        let turn = self.turns.first().and_then(|(_, tenant)| self.accounts.get(tenant));
        let head = turn.and_then(|account| self.first(account, at)).map(|(id, _)| id);
        if head != self.head.map(|(id, _)| id) {
            self.head = head.map(|id| (id, at));
            self.told = false;
        }
        self.told |= self.elder(at).is_some();
    }

    /// The next job to try, and its shape; none when nothing that waits may fit.
    pub(super) fn next(&mut self, at: Timestamp) -> Option<(JobId, u32)> {
        self.note_head(at);
        let elder = self.elder(at);
        // An elder that may fit goes before all; one that does not lets pass only what it cannot use.
        if let Some(id) = elder
            && let Some((shape, _)) = self.kinds.get(&id)
            && self.open.contains(shape)
        {
            return Some((id, *shape));
        }
        let may = |shape: u32| {
            let kinds = &self.lines[shape as usize].like.kinds;
            self.open.contains(&shape) && elder.is_none_or(|elder| !self.meets(elder, kinds))
        };
        let open = self.open.iter().filter(|shape| may(**shape));
        let turns = open.filter_map(|shape| self.lines[*shape as usize].turns.first());
        let (_, tenant) = turns.min()?;
        let account = self.accounts.get(tenant)?;
        if let Some(first) = self.first(account, at).filter(|(_, shape)| may(*shape)) {
            return Some(first);
        }
        let lines = account.waiting.iter().filter(|(shape, _)| may(**shape));
        let heads = lines.filter_map(|(shape, ranks)| Some((ranks.first()?, *shape)));
        heads.min().map(|(rank, shape)| (rank.3, shape))
    }
}
