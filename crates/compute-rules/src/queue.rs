//! Queues: in which order jobs start on the nodes of their virtual cluster.
//!
//! Time is in whole seconds. The reference simulators step through every second; nothing happens
//! between arrivals and endings (or between rounds of a minute, for Tiresias), so those are jumped over.

mod foretell;

use crate::estimate::Estimates;
use crate::forecast::Forecasts;
use crate::table::{number, rows};
use foretell::{Glimpse, Watcher};
use kernel::Refusal;
use std::collections::BTreeMap;

pub use foretell::Coverage;

/// Devices of a node in the traces of virtual clusters.
pub const NODE_DEVICES: i64 = 8;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they came; nobody passes the head.
    Fifo,
    /// The shortest first, known beforehand.
    Sjf,
    /// The least remaining first; running jobs give way.
    Srtf,
    /// The least device time first (Helios, SC '21), known beforehand.
    Qssf,
    /// Least attained service in two levels, each minute (Tiresias, NSDI '19).
    Tiresias,
    /// Ours: the least expected device time first, durations learnt as jobs end, others pass a job
    /// that does not fit yet.
    Xiudai,
}

impl Order {
    /// Every order.
    pub const ALL: [Order; 6] =
        [Order::Fifo, Order::Sjf, Order::Srtf, Order::Qssf, Order::Tiresias, Order::Xiudai];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Order::Fifo => "fifo",
            Order::Sjf => "sjf",
            Order::Srtf => "srtf",
            Order::Qssf => "qssf",
            Order::Tiresias => "tiresias",
            Order::Xiudai => "xiudai",
        }
    }

    /// The order with this name.
    pub fn from_name(name: &str) -> Option<Order> {
        Order::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// A job of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its virtual cluster.
    pub vc: String,
    /// Who submitted it; empty when the trace does not say.
    pub user: String,
    /// When, in seconds.
    pub submit: i64,
    /// Devices.
    pub devices: i64,
    /// How long it runs, in seconds.
    pub duration: i64,
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// When it ended.
    pub end: i64,
    /// How long it waited, before it started and after it was preempted.
    pub waited: i64,
    /// How often it was preempted.
    pub preempted: u32,
}

/// Reads jobs: of Helios (`job_id, user, vc, submit_s, gpus, duration_s`) or of Philly (`vc, seq,
/// arrival_s, gpus, duration_s`), in the order of submission and then of the file.
///
/// Fails with `E-CMP-01`, `E-CMP-02`.
pub fn read(text: &str) -> Result<Vec<Job>, Refusal> {
    let header = text.lines().next().unwrap_or_default();
    let submit = if header.split(',').any(|column| column.trim() == "submit_s") {
        "submit_s"
    } else {
        "arrival_s"
    };
    let columns = ["vc", "user?", submit, "gpus", "duration_s"];
    let mut jobs = Vec::new();
    for (at, row) in rows(text, &columns)?.iter().enumerate() {
        let place = |column| (at + 2, column);
        jobs.push(Job {
            vc: row[0].clone(),
            user: row[1].clone(),
            submit: number(&row[2], place(submit), 1 << 40)?,
            devices: number(&row[3], place("gpus"), 1 << 20)?,
            duration: number(&row[4], place("duration_s"), 1 << 40)?,
        });
    }
    jobs.sort_by_key(|job| job.submit);
    Ok(jobs)
}

/// Reads how many nodes each virtual cluster has.
///
/// Fails with `E-CMP-01`, `E-CMP-02`.
pub fn read_nodes(text: &str, column: &str) -> Result<BTreeMap<String, i64>, Refusal> {
    let mut nodes = BTreeMap::new();
    for (at, row) in rows(text, &["vc", column])?.iter().enumerate() {
        nodes.insert(row[0].clone(), number(&row[1], (at + 2, column), 1 << 20)?);
    }
    Ok(nodes)
}

/// The nodes of a virtual cluster: how many devices of each are free.
#[derive(Debug, Clone)]
struct Nodes {
    free: Vec<i64>,
    room: i64,
}

/// Where a job stands: devices of nodes.
type Spot = Vec<(usize, i64)>;

impl Nodes {
    fn new(count: i64) -> Nodes {
        Nodes { free: vec![NODE_DEVICES; count as usize], room: count * NODE_DEVICES }
    }

    /// Consolidated placement: up to eight devices on the node with the least that suffices, more on
    /// whole nodes in their order and the rest on the next with the most free.
    fn find(&self, devices: i64) -> Option<Spot> {
        if devices > self.room {
            return None;
        }
        if devices <= NODE_DEVICES {
            let fit = self.free.iter().enumerate().filter(|(_, free)| **free >= devices);
            let (node, _) = fit.min_by_key(|(at, free)| (**free, *at))?;
            return Some(vec![(node, devices)]);
        }
        let (whole, rest) = (devices / NODE_DEVICES, devices % NODE_DEVICES);
        let mut order: Vec<usize> = (0..self.free.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(self.free[*at]));
        let mut spot = Vec::with_capacity(whole as usize + 1);
        let mut next = order.into_iter();
        for _ in 0..whole {
            let node = next.next().filter(|node| self.free[*node] == NODE_DEVICES)?;
            spot.push((node, NODE_DEVICES));
        }
        if rest > 0 {
            let node = next.next().filter(|node| self.free[*node] >= rest)?;
            spot.push((node, rest));
        }
        Some(spot)
    }

    fn take(&mut self, spot: &Spot) {
        for (node, devices) in spot {
            self.free[*node] -= devices;
            self.room -= devices;
        }
    }

    fn give(&mut self, spot: &Spot) {
        for (node, devices) in spot {
            self.free[*node] += devices;
            self.room += devices;
        }
    }
}

/// Runs the jobs of one virtual cluster; they must fit on it one by one.
///
/// Jobs are in the order of submission. Fails with `E-CMP-08` for a job that asks more than there is.
pub fn run(jobs: &[Job], nodes: i64, order: Order) -> Result<Vec<Ended>, Refusal> {
    check(jobs, nodes)?;
    Ok(match order {
        Order::Fifo | Order::Sjf | Order::Qssf => in_line(jobs, nodes, order),
        Order::Srtf | Order::Tiresias => preempting(jobs, nodes, order),
        Order::Xiudai => learnt(jobs, nodes, &mut |_| {}),
    })
}

fn check(jobs: &[Job], nodes: i64) -> Result<(), Refusal> {
    if let Some(job) = jobs.iter().find(|job| job.devices > nodes * NODE_DEVICES) {
        let en = "a job asks no more than its virtual cluster has";
        return Err(Refusal::new("E-CMP-08", en, "任务申请超过所在虚拟集群的总量", en)
            .column("gpus")
            .value(&job.devices.to_string()));
    }
    Ok(())
}

/// Nobody is preempted, and nobody passes the head of the line.
fn in_line(jobs: &[Job], nodes: i64, order: Order) -> Vec<Ended> {
    let mut ended = vec![Ended::default(); jobs.len()];
    let mut free = Nodes::new(nodes);
    let mut line: Vec<usize> = Vec::new();
    let mut running: BTreeMap<i64, Vec<(usize, Spot)>> = BTreeMap::new();
    let mut next = 0;
    while next < jobs.len() || !running.is_empty() {
        let arrives = jobs.get(next).map(|job| job.submit);
        let ends = running.keys().next().copied();
        let Some(now) = arrives.into_iter().chain(ends).min() else { break };
        for (_, spot) in running.remove(&now).unwrap_or_default() {
            free.give(&spot);
        }
        while next < jobs.len() && jobs[next].submit == now {
            line.push(next);
            next += 1;
        }
        match order {
            Order::Fifo => line.sort_by_key(|at| jobs[*at].submit),
            Order::Sjf => line.sort_by_key(|at| jobs[*at].duration),
            _ => {
                line.sort_by_key(|at| jobs[*at].devices);
                // Estimates are asked for once a job has waited; new ones alone go by their size.
                if line.iter().any(|at| jobs[*at].submit < now) {
                    line.sort_by_key(|at| jobs[*at].duration * jobs[*at].devices);
                }
            }
        }
        let mut placed = 0;
        for at in &line {
            let job = &jobs[*at];
            let Some(spot) = free.find(job.devices) else { break };
            free.take(&spot);
            // What takes no time still takes the second it started in.
            let end = now + job.duration.max(1);
            ended[*at] = Ended { end: now + job.duration, waited: now - job.submit, preempted: 0 };
            running.entry(end).or_default().push((*at, spot));
            placed += 1;
        }
        line.drain(..placed);
    }
    ended
}

/// Ours: nothing is known of a job but who sent it and how many devices it asks; what has ended before
/// teaches how long the like of it runs.
fn learnt(jobs: &[Job], nodes: i64, look: &mut dyn FnMut(&Glimpse<'_>)) -> Vec<Ended> {
    let mut ended = vec![Ended::default(); jobs.len()];
    let mut free = Nodes::new(nodes);
    let mut line: Vec<usize> = Vec::new();
    let mut running: BTreeMap<i64, Vec<(usize, Spot)>> = BTreeMap::new();
    let mut known = Estimates::default();
    let mut next = 0;
    while next < jobs.len() || !running.is_empty() {
        let arrives = jobs.get(next).map(|job| job.submit);
        let ends = running.keys().next().copied();
        let Some(now) = arrives.into_iter().chain(ends).min() else { break };
        for (at, spot) in running.remove(&now).unwrap_or_default() {
            free.give(&spot);
            known.learn(&jobs[at]);
        }
        while next < jobs.len() && jobs[next].submit == now {
            line.push(next);
            next += 1;
        }
        line.sort_by_cached_key(|at| (known.of(&jobs[*at]) * jobs[*at].devices, *at));
        line.retain(|at| {
            let job = &jobs[*at];
            let Some(spot) = free.find(job.devices) else { return true };
            free.take(&spot);
            ended[*at] = Ended { end: now + job.duration, waited: now - job.submit, preempted: 0 };
            running.entry(now + job.duration.max(1)).or_default().push((*at, spot));
            false
        });
        look(&Glimpse {
            now,
            jobs,
            room: free.room,
            running: &running,
            line: &line,
            known: &known,
            ended: &ended,
        });
    }
    ended
}

/// Runs the jobs of one virtual cluster through our queue and forecasts the start of those that wait:
/// how often the intervals held that were said when a job came, and those that were said later.
/// Forecasts go on from what they learnt elsewhere.
///
/// Fails like [`run`].
pub fn foretell(
    jobs: &[Job],
    nodes: i64,
    forecasts: &mut Forecasts,
) -> Result<(Coverage, Coverage), Refusal> {
    check(jobs, nodes)?;
    let mut watcher = Watcher::new(std::mem::take(forecasts));
    learnt(jobs, nodes, &mut |glimpse| watcher.look(glimpse));
    *forecasts = watcher.forecasts;
    Ok((watcher.fresh, watcher.waited))
}

/// Seconds between two decisions of Tiresias.
const ROUND: i64 = 60;
/// Device-seconds that a job may have had and still be in the upper level.
const LEVEL: i64 = 18_000;

/// A job while preemption is possible.
#[derive(Debug, Clone)]
struct Live {
    remaining: i64,
    /// Since when it runs or waits.
    since: i64,
    spot: Option<Spot>,
    attained: i64,
}

/// Running jobs give way: the least remaining first, or the least attained.
fn preempting(jobs: &[Job], nodes: i64, order: Order) -> Vec<Ended> {
    let mut ended = vec![Ended::default(); jobs.len()];
    let mut free = Nodes::new(nodes);
    let mut live: BTreeMap<usize, Live> = BTreeMap::new();
    // In the order in which they joined: pending ones, then running ones.
    let (mut pending, mut running): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut next, mut done) = (0, 0);
    let round = if order == Order::Tiresias { ROUND } else { 1 };
    let mut now = 0;
    // Whether anything came or went since the last decision.
    let mut stale = false;
    while done < jobs.len() {
        // The next second in which anything happens: an arrival, an ending, a round with work to do.
        let arrives = jobs.get(next).map(|job| job.submit);
        let ends = running.iter().map(|at| live[at].since + live[at].remaining + 1).min();
        // A round decides anew when something changed, or when a running job falls to the lower level
        // while others wait; between those it would decide the same.
        let turns = match order {
            Order::Tiresias if !pending.is_empty() => {
                let falls = running.iter().filter_map(|at| {
                    let (job, devices) = (&live[at], jobs[*at].devices.max(1));
                    let left = LEVEL - job.attained;
                    (left >= 0).then(|| job.since + left / devices + 1)
                });
                let change = if stale { Some(now + 1) } else { falls.min() };
                change.map(|at| (at.max(now + 1) + round - 1) / round * round)
            }
            _ => None,
        };
        let Some(at) = arrives.into_iter().chain(ends).chain(turns).min() else { break };
        now = at;
        running.retain(|at| {
            let job = &live[at];
            let over = job.since + job.remaining < now;
            if over {
                if let Some(spot) = &job.spot {
                    free.give(spot);
                }
                ended[*at].end = now;
                done += 1;
            }
            !over
        });
        let held = live.len();
        live.retain(|at, _| ended[*at].end == 0);
        stale |= live.len() < held;
        while next < jobs.len() && jobs[next].submit <= now {
            let job = Live { remaining: jobs[next].duration, since: now, spot: None, attained: 0 };
            live.insert(next, job);
            pending.push(next);
            next += 1;
            stale = true;
        }
        if now % round != 0 {
            continue;
        }
        stale = false;
        // What each has left, or has had, at this second.
        let left = |live: &BTreeMap<usize, Live>, at: usize| {
            let job = &live[&at];
            job.remaining - if job.spot.is_some() { now - job.since } else { 0 }
        };
        let had = |live: &BTreeMap<usize, Live>, at: usize| {
            let job = &live[&at];
            let ran = if job.spot.is_some() { now - job.since } else { 0 };
            job.attained + ran * jobs[at].devices
        };
        let mut all: Vec<usize>;
        match order {
            Order::Srtf => {
                all = pending.iter().chain(&running).copied().collect();
                all.sort_by_key(|at| left(&live, *at));
            }
            _ => {
                all = running.iter().chain(&pending).copied().collect();
                all.sort_by_key(|at| (had(&live, *at) > LEVEL, jobs[*at].submit));
            }
        }
        let mut quota = nodes * NODE_DEVICES;
        let mut start = Vec::new();
        for at in all {
            let devices = jobs[at].devices;
            let fits = devices <= quota;
            if fits {
                quota -= devices;
            }
            match (fits, live[&at].spot.is_some()) {
                (true, true) => {}
                (true, false) => start.push(at),
                (false, true) => {
                    let remaining = left(&live, at);
                    let attained = had(&live, at);
                    if let Some(job) = live.get_mut(&at) {
                        if let Some(spot) = job.spot.take() {
                            free.give(&spot);
                        }
                        job.remaining = remaining + overhead(order, devices);
                        job.attained = attained;
                        job.since = now;
                    }
                    ended[at].preempted += 1;
                    running.retain(|other| *other != at);
                    pending.push(at);
                }
                (false, false) => {}
            }
        }
        for at in start {
            if let Some(spot) = free.find(jobs[at].devices) {
                free.take(&spot);
                if let Some(job) = live.get_mut(&at) {
                    ended[at].waited += now - job.since;
                    job.since = now;
                    job.spot = Some(spot);
                }
                pending.retain(|other| *other != at);
                running.push(at);
            }
        }
    }
    ended
}

/// Seconds that a preemption costs a job.
fn overhead(order: Order, devices: i64) -> i64 {
    match (order, devices) {
        (Order::Tiresias, devices) if devices <= NODE_DEVICES => 40,
        (Order::Tiresias, _) => 60,
        (_, 1) => 7,
        (_, devices) if devices <= NODE_DEVICES => 30,
        _ => 60,
    }
}

#[cfg(test)]
mod tests;
