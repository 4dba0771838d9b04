//! Who is next: parties in turn by what they were served, down the tree of groups to a tenant; jobs of
//! a tenant by priority, urgency and expected device time.

use super::later;
use crate::job::{Job, JobId, Request, Shape, Standing};
use crate::ledger::Tenant;
use crate::names::Named;
use crate::party::{DEPTH_MAX, Group, Party};
use kernel::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Service is counted in so many parts, so that dividing by a weight loses next to nothing.
const PARTS: i128 = 1 << 20;

/// The order of jobs of a tenant: priority, urgent ones first, by their deadline, others by expected
/// milli-GPU-milliseconds, time, name.
type Rank = (Reverse<u8>, bool, i128, Timestamp, JobId);

/// Parties side by side, the least served first.
type Turns = BTreeSet<(i128, Party)>;

/// What is noted of a party.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The group it stands in; none at the top.
    within: Option<Group>,
    weight: i128,
    /// Service received by weight, with what running jobs are expected to take.
    served: i128,
    /// Of a tenant: waiting jobs by shape.
    waiting: BTreeMap<u32, BTreeSet<Rank>>,
    /// The same in the order of time, with their shape.
    ages: BTreeSet<(Timestamp, JobId, u32)>,
    /// Of a group: how many in it wait with each shape.
    below: BTreeMap<u32, usize>,
}

impl Default for Account {
    fn default() -> Account {
        Account {
            within: None,
            weight: 1,
            served: 0,
            waiting: BTreeMap::new(),
            ages: BTreeSet::new(),
            below: BTreeMap::new(),
        }
    }
}

impl Account {
    fn waits(&self) -> bool {
        !self.waiting.is_empty() || !self.below.is_empty()
    }
}

/// Those who wait with one shape.
#[derive(Debug, Clone)]
struct Line {
    /// A request of the shape.
    like: Request,
    /// Where it may be placed.
    reach: u64,
    /// Whether one of it was tried since room was last made for it.
    stuck: bool,
    /// Whether one was, on what is reserved for it only, while others were not to be passed.
    stuck_own: bool,
    /// Whether it does not fit on what it may be placed on, even if that were empty.
    hopeless: bool,
    /// Those who wait in it, group by group.
    turns: BTreeMap<Option<Group>, Turns>,
}

/// Sums of durations in milliseconds, and of how many jobs.
type Seen = (i128, i128);

/// The queue.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    accounts: BTreeMap<Party, Account>,
    /// Those with something waiting, group by group.
    turns: BTreeMap<Option<Group>, Turns>,
    /// What the party in a group had been served whose turn it was last: who comes back starts there.
    floors: BTreeMap<Option<Group>, i128>,
    shapes: HashMap<(Shape, u64), u32>,
    lines: Vec<Line>,
    /// Shapes that wait and may fit.
    open: BTreeSet<u32>,
    /// Waiting jobs with their shape, and the kinds of device that will do.
    kinds: Named<JobId, (u32, Vec<u16>)>,
    /// The job whose turn it is and that does not fit, and since when that is so.
    head: Option<(JobId, Timestamp)>,
    /// Whether it was noted that its patience is over.
    told: bool,
    patience: i64,
    learnt: HashMap<(u32, i64), Seen>,
    sizes: HashMap<i64, Seen>,
}

/// What a job may be tried on while others wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// Everything it may be placed on.
    All,
    /// What is reserved for it and not for the job that nobody may pass.
    Own,
}

impl Queue {
    pub(super) fn new(patience: i64) -> Queue {
        Queue {
            accounts: BTreeMap::new(),
            turns: BTreeMap::new(),
            floors: BTreeMap::new(),
            shapes: HashMap::new(),
            lines: Vec::new(),
            open: BTreeSet::new(),
            kinds: Named::default(),
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
        let request = &job.request;
        let order = match request.deadline.filter(|_| job.urgent) {
            Some(deadline) => i128::from(deadline.micros()),
            None => cost_of(job),
        };
        (Reverse(request.priority), !job.urgent, order, job.submitted, request.job)
    }

    /// The number of a request's shape, with where it may be placed.
    pub(super) fn shape(&mut self, request: &Request, reach: u64) -> u32 {
        let next = self.lines.len() as u32;
        let shape = *self.shapes.entry((request.shape(), reach)).or_insert(next);
        if shape == next {
            let like = request.clone();
            let turns = BTreeMap::new();
            let [stuck, stuck_own, hopeless] = [false; 3];
            self.lines.push(Line { like, reach, stuck, stuck_own, hopeless, turns });
        }
        shape
    }

    /// Jobs of a shape do not fit until what is reserved changes: nobody is kept from passing them.
    pub(super) fn despair(&mut self, shape: u32) {
        self.lines[shape as usize].hopeless = true;
    }

    /// The groups a party stands in, the innermost first.
    pub(super) fn within(&self, party: Party) -> impl Iterator<Item = Group> {
        let of = |party: Party| self.accounts.get(&party).and_then(|account| account.within);
        std::iter::successors(of(party), move |group| of(Party::Group(*group)))
    }

    /// A tenant and the groups it stands in, each with the group that it stands in itself.
    fn path(&self, tenant: Tenant) -> impl Iterator<Item = (Option<Group>, Party)> + use<> {
        let mut steps = [(None, Party::Tenant(tenant)); DEPTH_MAX + 1];
        let mut last = 0;
        for group in self.within(Party::Tenant(tenant)).take(DEPTH_MAX) {
            steps[last].0 = Some(group);
            last += 1;
            steps[last].1 = Party::Group(group);
        }
        steps.into_iter().take(last + 1)
    }

    /// Puts a party in a group, or at the top; nothing may wait meanwhile. How it stood before.
    pub(super) fn join(&mut self, party: Party, group: Option<Group>) -> Account {
        let floor = self.floors.get(&group).copied().unwrap_or(0);
        if let Some(group) = group {
            self.accounts.entry(Party::Group(group)).or_default();
        }
        let account = self.accounts.entry(party).or_default();
        let before = account.clone();
        if account.within != group {
            account.within = group;
            // It starts where the others there are.
            account.served = floor;
        }
        before
    }

    /// Takes back how a party stood.
    pub(super) fn restore(&mut self, party: Party, before: Account) {
        self.accounts.insert(party, before);
    }

    /// How deep groups stand below a party.
    pub(super) fn height(&self, party: Party) -> usize {
        let groups = self.accounts.keys().filter(|one| matches!(one, Party::Group(_)));
        let steps = |one: &Party| {
            if *one == party {
                return Some(1);
            }
            let place = self.within(*one).position(|group| Party::Group(group) == party)?;
            Some(place + 2)
        };
        let least = usize::from(matches!(party, Party::Group(_)));
        groups.filter_map(steps).max().unwrap_or(least)
    }

    /// A party's weight among those beside it.
    pub(super) fn weight(&self, party: Party) -> u32 {
        self.accounts.get(&party).map_or(1, |account| account.weight as u32)
    }

    /// A tenant asks for something: one who was idle does not bring back what was not asked for then.
    pub(super) fn come(&mut self, tenant: Tenant) {
        for (group, party) in self.path(tenant) {
            let floor = self.floors.get(&group).copied().unwrap_or(0);
            let account = self.accounts.entry(party).or_default();
            if !account.waits() {
                account.served = account.served.max(floor);
            }
        }
    }

    pub(super) fn push(&mut self, id: JobId, job: &Job, reach: u64) {
        let shape = self.shape(&job.request, reach);
        self.kinds.insert(id, (shape, job.request.kinds.clone()));
        if !self.lines[shape as usize].stuck {
            self.open.insert(shape);
        }
        let account = self.accounts.entry(Party::Tenant(job.request.tenant)).or_default();
        let waited = account.waits();
        account.ages.insert((job.submitted, id, shape));
        let ranks = account.waiting.entry(shape).or_default();
        let mut fresh = ranks.is_empty();
        ranks.insert(Queue::rank(job));
        let mut waits = waited;
        for (group, party) in self.path(job.request.tenant) {
            let Some(account) = self.accounts.get(&party) else { continue };
            let turn = (account.served, party);
            if !waits {
                self.turns.entry(group).or_default().insert(turn);
            }
            if fresh {
                self.lines[shape as usize].turns.entry(group).or_default().insert(turn);
            }
            let Some(above) = group.and_then(|group| self.accounts.get_mut(&Party::Group(group)))
            else {
                break;
            };
            waits |= above.waits();
            if fresh {
                let count = above.below.entry(shape).or_default();
                *count += 1;
                fresh = *count == 1;
            }
        }
    }

    /// Takes a job out, if it is in.
    pub(super) fn pull(&mut self, id: JobId, job: &Job) {
        if job.standing != Standing::Waiting {
            return;
        }
        let Some((shape, _)) = self.kinds.remove(&id) else { return };
        if self.head.is_some_and(|(head, _)| head == id) {
            self.head = None;
        }
        let tenant = Party::Tenant(job.request.tenant);
        let Some(account) = self.accounts.get_mut(&tenant) else { return };
        account.ages.remove(&(job.submitted, id, shape));
        let Some(ranks) = account.waiting.get_mut(&shape) else { return };
        ranks.remove(&Queue::rank(job));
        if !ranks.is_empty() {
            return;
        }
        account.waiting.remove(&shape);
        let mut gone = true;
        for (group, party) in self.path(job.request.tenant) {
            let Some(account) = self.accounts.get(&party) else { continue };
            let turn = (account.served, party);
            if gone {
                take_turn(&mut self.lines[shape as usize].turns, group, &turn);
            }
            if !account.waits() {
                take_turn(&mut self.turns, group, &turn);
            }
            let Some(above) = group.and_then(|group| self.accounts.get_mut(&Party::Group(group)))
            else {
                break;
            };
            if gone && let Some(count) = above.below.get_mut(&shape) {
                *count -= 1;
                gone = *count == 0;
                if gone {
                    above.below.remove(&shape);
                }
            }
        }
        let line = &mut self.lines[shape as usize];
        if line.turns.is_empty() {
            // Nobody of it waits: the next is tried.
            line.stuck = false;
            line.stuck_own = false;
            self.open.remove(&shape);
        }
    }

    /// Forgets who waits; all of them are pushed again.
    pub(super) fn clear(&mut self) {
        for account in self.accounts.values_mut() {
            account.waiting.clear();
            account.ages.clear();
            account.below.clear();
        }
        self.turns.clear();
        self.shapes.clear();
        self.lines.clear();
        self.open.clear();
        self.kinds.clear();
    }

    /// Names of those who wait.
    pub(super) fn names(&self) -> impl Iterator<Item = JobId> {
        self.kinds.keys().copied()
    }

    /// A shape does not fit as things stand.
    pub(super) fn stick(&mut self, shape: u32, passing: Passing) {
        let line = &mut self.lines[shape as usize];
        line.stuck_own = true;
        if passing == Passing::All {
            line.stuck = true;
            self.open.remove(&shape);
        }
    }

    pub(super) fn is_stuck(&self, shape: u32, passing: Passing) -> bool {
        let line = &self.lines[shape as usize];
        line.stuck || (passing == Passing::Own && line.stuck_own)
    }

    /// Room was made on some nodes: shapes that may fit there may fit again.
    pub(super) fn unstick_where(&mut self, fits: impl Fn(&Request, u64) -> bool) {
        for (shape, line) in self.lines.iter_mut().enumerate() {
            if (line.stuck || line.stuck_own) && fits(&line.like, line.reach) {
                line.stuck = false;
                line.stuck_own = false;
                if !line.turns.is_empty() {
                    self.open.insert(shape as u32);
                }
            }
        }
    }

    /// Everything may have changed: every shape may fit again.
    pub(super) fn unstick(&mut self) {
        self.unstick_where(|_, _| true);
    }

    pub(super) fn weigh(&mut self, party: Party, weight: u32) {
        self.accounts.entry(party).or_default().weight = i128::from(weight);
    }

    fn add(&mut self, tenant: Tenant, milli: i128, milliseconds: i128) {
        for (group, party) in self.path(tenant) {
            let account = self.accounts.entry(party).or_default();
            let before = (account.served, party);
            account.served += milli * milliseconds * PARTS / account.weight / 1_000_000;
            let after = (account.served, party);
            if account.waits()
                && let Some(turns) = self.turns.get_mut(&group)
            {
                turns.remove(&before);
                turns.insert(after);
            }
            for shape in account.waiting.keys().chain(account.below.keys()) {
                if let Some(turns) = self.lines[*shape as usize].turns.get_mut(&group) {
                    turns.remove(&before);
                    turns.insert(after);
                }
            }
        }
    }

    /// A job of a tenant starts: what it is expected to take of what is common, milli-GPU, counts at
    /// once.
    pub(super) fn serve(&mut self, request: &Request, counted: i64, expected: i64) {
        for (group, party) in self.path(request.tenant) {
            let served = self.accounts.get(&party).map_or(0, |account| account.served);
            let floor = self.floors.entry(group).or_default();
            *floor = served.max(*floor);
        }
        self.add(request.tenant, i128::from(counted), i128::from(expected));
    }

    /// A job ended after so long: its tenant's service is put right, and the duration is learnt.
    pub(super) fn correct(&mut self, request: &Request, (counted, expected): (i64, i64), ran: i64) {
        let off = i128::from(ran) - i128::from(expected);
        self.add(request.tenant, i128::from(counted), off);
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
        let tenant = Party::Tenant(job.request.tenant);
        let Some(account) = self.accounts.get(&tenant) else { return 0 };
        let before = |ranks: &BTreeSet<Rank>| ranks.range(..&rank).count() as u32;
        account.waiting.values().map(before).sum()
    }

    /// The jobs that go before a waiting one if parties take turns: its own tenant's by rank, and of
    /// the others beside it, at each level of the tree, those that start until they were served as much.
    pub(super) fn before(&self, job: &Job) -> Vec<JobId> {
        let mine = Queue::rank(job);
        let mut turns: Vec<(i128, Rank)> = Vec::new();
        for (group, party) in self.path(job.request.tenant) {
            let served = self.accounts.get(&party).map_or(0, |account| account.served);
            let Some(beside) = self.turns.get(&group) else { continue };
            for (_, other) in beside.range(..=(served, party)) {
                let Some(account) = self.accounts.get(other) else { continue };
                // Its own group was looked into on the level below.
                if *other == party && matches!(party, Party::Group(_)) {
                    continue;
                }
                let mut ranks: Vec<&Rank> = Vec::new();
                self.ranks_below(*other, &mut ranks);
                ranks.sort_unstable();
                let mut until = account.served;
                for rank in ranks {
                    let over = if *other == party { *rank >= mine } else { until > served };
                    if over {
                        break;
                    }
                    turns.push((until, *rank));
                    // What an urgent one takes is not in its rank.
                    let cost = if rank.1 { rank.2 } else { 0 };
                    until += cost * PARTS / account.weight / 1_000_000;
                }
            }
        }
        turns.sort_unstable();
        turns.into_iter().map(|(_, rank)| rank.4).collect()
    }

    /// The jobs that wait for a party or for those in it.
    fn ranks_below<'q>(&'q self, party: Party, all: &mut Vec<&'q Rank>) {
        let Some(account) = self.accounts.get(&party) else { return };
        all.extend(account.waiting.values().flatten());
        if let Party::Group(group) = party {
            for (_, below) in self.turns.get(&Some(group)).into_iter().flatten() {
                self.ranks_below(*below, all);
            }
        }
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
        heads.min().map(|(rank, shape)| (rank.4, *shape))
    }

    /// The job that nobody may pass any more: its turn came, and it did not fit for too long.
    fn elder(&self, at: Timestamp) -> Option<JobId> {
        let (id, _) = self.head.filter(|(_, since)| !self.patient(*since, at))?;
        let (shape, _) = self.kinds.get(&id)?;
        (!self.lines[*shape as usize].hopeless).then_some(id)
    }

    /// What a request may be tried on while others wait: past an elder that could use the same kind of
    /// device nobody goes, but to what is reserved for them and not for it.
    pub(super) fn may_pass(&self, at: Timestamp, request: &Request) -> Passing {
        let held_up = |elder| self.meets(elder, &request.kinds);
        if self.elder(at).is_some_and(held_up) { Passing::Own } else { Passing::All }
    }

    /// The job that holds others up, if there is one.
    pub(super) fn held_up_by(&self, at: Timestamp) -> Option<JobId> {
        self.elder(at)
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

    /// The tenant whose turn it is among those who wait, down the tree.
    fn turn<'q>(
        &'q self,
        of: impl Fn(Option<Group>) -> Option<&'q (i128, Party)>,
    ) -> Option<Tenant> {
        let mut group = None;
        loop {
            match of(group)?.1 {
                Party::Tenant(tenant) => return Some(tenant),
                Party::Group(next) => group = Some(next),
            }
        }
    }

    /// Notes whose turn it is; one whose turn it stays keeps the time since when.
    pub(super) fn note_head(&mut self, at: Timestamp) {
        let turn = self.turn(|group| self.turns.get(&group)?.first());
        let turn = turn.and_then(|tenant| self.accounts.get(&Party::Tenant(tenant)));
        let head = turn.and_then(|account| self.first(account, at)).map(|(id, _)| id);
        if head != self.head.map(|(id, _)| id) {
            self.head = head.map(|id| (id, at));
            self.told = false;
        }
        self.told |= self.elder(at).is_some();
    }

    /// The next job to try, its shape, and on what; none when nothing that waits may fit.
    pub(super) fn next(&mut self, at: Timestamp, owned: u64) -> Option<(JobId, u32, Passing)> {
        self.note_head(at);
        let elder = self.elder(at);
        // An elder that may fit goes before all; one that does not lets pass only what it cannot use.
        if let Some(id) = elder
            && let Some((shape, _)) = self.kinds.get(&id)
            && self.open.contains(shape)
        {
            return Some((id, *shape, Passing::All));
        }
        let passing = |shape: u32| {
            let line = &self.lines[shape as usize];
            match elder.is_some_and(|elder| self.meets(elder, &line.like.kinds)) {
                true => Passing::Own,
                false => Passing::All,
            }
        };
        let may = |shape: u32| {
            let line = &self.lines[shape as usize];
            self.open.contains(&shape)
                && (passing(shape) == Passing::All || (!line.stuck_own && line.reach & owned != 0))
        };
        let open: Vec<u32> = self.open.iter().copied().filter(|shape| may(*shape)).collect();
        let tenant = self.turn(|group| {
            let lines = open.iter().map(|shape| &self.lines[*shape as usize]);
            lines.filter_map(|line| line.turns.get(&group)?.first()).min()
        })?;
        let account = self.accounts.get(&Party::Tenant(tenant))?;
        let first = self.first(account, at).filter(|(_, shape)| may(*shape));
        let (id, shape) = first.or_else(|| {
            let lines = account.waiting.iter().filter(|(shape, _)| may(**shape));
            let heads = lines.filter_map(|(shape, ranks)| Some((ranks.first()?, *shape)));
            heads.min().map(|(rank, shape)| (rank.4, shape))
        })?;
        Some((id, shape, passing(shape)))
    }
}

/// What a job is expected to take, milli-GPU-milliseconds.
fn cost_of(job: &Job) -> i128 {
    i128::from(job.expected) * i128::from(job.request.milli().max(1))
}

/// Takes a turn out, and a group without any.
fn take_turn(
    turns: &mut BTreeMap<Option<Group>, Turns>,
    group: Option<Group>,
    turn: &(i128, Party),
) {
    if let Some(of) = turns.get_mut(&group) {
        of.remove(turn);
        if of.is_empty() {
            turns.remove(&group);
        }
    }
}
