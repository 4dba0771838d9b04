//! Who is next: tenants in turn by what they were served, jobs of a tenant by priority and expected
//! device time.

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
    /// Of each shape: how many wait, and whether one of it was tried since room was last made.
    state: Vec<(u32, bool)>,
    /// Shapes that wait and may fit.
    open: usize,
    /// Waiting jobs, and the kinds of device that will do.
    kinds: HashMap<JobId, Vec<u16>>,
    /// The job whose turn it is and that does not fit, and since when that is so.
    head: Option<(JobId, Timestamp)>,
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
            state: Vec::new(),
            open: 0,
            kinds: HashMap::new(),
            head: None,
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
        let next = self.state.len() as u32;
        let shape = *self.shapes.entry(request.shape()).or_insert(next);
        if shape == next {
            self.state.push((0, false));
        }
        shape
    }

    pub(super) fn push(&mut self, id: JobId, job: &Job) {
        let shape = self.shape(&job.request);
        let (waiting, stuck) = &mut self.state[shape as usize];
        *waiting += 1;
        if *waiting == 1 && !*stuck {
            self.open += 1;
        }
        self.kinds.insert(id, job.request.kinds.clone());
        let account = self.accounts.entry(job.request.tenant).or_default();
        if account.waiting.is_empty() {
            // Who was idle does not bring back what was not asked for then.
            account.served = account.served.max(self.floor);
            self.turns.insert((account.served, job.request.tenant));
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
        let (waiting, stuck) = &mut self.state[shape as usize];
        *waiting -= 1;
        if *waiting == 0 {
            self.open -= usize::from(!*stuck);
            // Nobody of it waits: the next is tried.
            *stuck = false;
        }
        let Some(account) = self.accounts.get_mut(&job.request.tenant) else { return };
        account.ages.remove(&(job.submitted, id, shape));
        if let Some(ranks) = account.waiting.get_mut(&shape) {
            ranks.remove(&Queue::rank(job));
            if ranks.is_empty() {
                account.waiting.remove(&shape);
            }
        }
        if account.waiting.is_empty() {
            self.turns.remove(&(account.served, job.request.tenant));
        }
    }

    /// A shape does not fit as things stand.
    pub(super) fn stick(&mut self, shape: u32) {
        let (waiting, stuck) = &mut self.state[shape as usize];
        if !std::mem::replace(stuck, true) && *waiting > 0 {
            self.open -= 1;
        }
    }

    pub(super) fn is_stuck(&self, shape: u32) -> bool {
        self.state[shape as usize].1
    }

    /// Room was made: every shape may fit again.
    pub(super) fn unstick(&mut self) {
        self.open = 0;
        for (waiting, stuck) in &mut self.state {
            *stuck = false;
            self.open += usize::from(*waiting > 0);
        }
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
        let of = self.kinds.get(&elder).map(Vec::as_slice).unwrap_or_default();
        of.is_empty() || kinds.is_empty() || of.iter().any(|kind| kinds.contains(kind))
    }

    /// Notes whose turn it is; one whose turn it stays keeps the time since when.
    pub(super) fn note_head(&mut self, at: Timestamp) {
        let turn = self.turns.first().and_then(|(_, tenant)| self.accounts.get(tenant));
        let head = turn.and_then(|account| self.first(account, at)).map(|(id, _)| id);
        if head != self.head.map(|(id, _)| id) {
            self.head = head.map(|id| (id, at));
        }
    }

    /// The next job to try, and its shape; none when nothing that waits may fit.
    pub(super) fn next(&mut self, at: Timestamp) -> Option<(JobId, u32)> {
        self.note_head(at);
        if self.open == 0 {
            return None;
        }
        let elder = self.elder(at);
        for (_, tenant) in &self.turns {
            let Some(account) = self.accounts.get(tenant) else { continue };
            let may = |id: JobId, shape: u32| {
                let kinds = self.kinds.get(&id).map(Vec::as_slice).unwrap_or_default();
                !self.state[shape as usize].1
                    && elder.is_none_or(|elder| elder == id || !self.meets(elder, kinds))
            };
            if let Some((id, shape)) =
                self.first(account, at).filter(|(id, shape)| may(*id, *shape))
            {
                return Some((id, shape));
            }
            let ranks = account.waiting.iter();
            let heads = ranks.filter_map(|(shape, ranks)| Some((ranks.first()?, *shape)));
            let best = heads.filter(|(rank, shape)| may(rank.3, *shape)).min();
            if let Some((rank, shape)) = best {
                return Some((rank.3, shape));
            }
        }
        None
    }
}
