//! Decisions on a cluster of 6,212 devices and on one sixteen times as large; a ledger of vouchers
//! under a hundred million operations.

use crate::table::Table;
use ::compute::{Platform, Settings};
use anyhow::Result;
use compute_rules::bill::{Price, Prices};
use compute_rules::cluster::{Cluster, Node};
use compute_rules::engine::{Decision, Engine, Event, Machine};
use compute_rules::fragment::Target;
use compute_rules::index::Index;
use compute_rules::job::{JobId, Request};
use compute_rules::ledger::{Ask, HoldId, Issue, Kinds, Ledger, Tenant, Unit, VoucherId, Window};
use compute_rules::packing::{Packer, Policy};
use compute_rules::replay::line;
use compute_rules::task::Task;
use kernel::{Actor, Timestamp};
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{Store, params};

/// Operations on the ledger; what the issue of it asks for.
const OPERATIONS: u64 = 100_000_000;
/// Jobs that are submitted to the durable platform, and callers that do it at once.
const ADMISSIONS: u64 = 100_000;
const CALLERS: usize = 8;
const TOGETHER: u64 = 8;
/// Tenants, each with a voucher.
const TENANTS: u32 = 1_500;
/// Jobs that wait while reactions are timed.
const PENDING: usize = 10_000;

fn file(name: &str) -> Result<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/compute");
    Ok(fs::read_to_string(root.join(name))?)
}

/// The cluster so many times over, names and ranks made anew.
fn enlarged(cluster: &Cluster, times: usize) -> Cluster {
    if times == 1 {
        return cluster.clone();
    }
    let nodes = &cluster.nodes;
    let copy = |at: usize| Node {
        name: format!("{}-{at}", nodes[at % nodes.len()].name),
        rank: mixed(at as u64) as u32,
        ..nodes[at % nodes.len()].clone()
    };
    let mut all: Vec<Node> = (0..nodes.len() * times).map(copy).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| (all[*at].rank, *at));
    for (rank, at) in order.into_iter().enumerate() {
        all[at].rank = rank as u32;
    }
    let capacity = cluster.capacity * times as i64;
    Cluster { nodes: all, models: cluster.models.clone(), capacity }
}

fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 31)
}

/// Places a workload until demand is at 130 % of the capacity, one decision after the other.
pub(crate) fn packing(table: &mut Table) -> Result<()> {
    let mut cluster = Cluster::read(&file("nodes.csv")?)?;
    let tasks = Task::read(&file("tasks.csv")?, &mut cluster)?;
    cluster.rank(&line(&file("ranks.csv")?, ("default", 42), "ranks")?)?;
    let order = line(&file("orders.csv")?, ("default", 42), "order")?;
    let target = Target::of(&tasks);
    let arriving = |times: usize| -> Vec<&Task> {
        let copies = (0..order.len() * times).map(|at| {
            let at = if times == 1 { at } else { mixed(at as u64) as usize % order.len() };
            &tasks[order[at] as usize]
        });
        copies.collect()
    };
    let once = Instant::now();
    let mut plain = cluster.clone();
    let mut packer = Packer::new(Policy::Fgd, target.clone(), &plain);
    for task in arriving(1) {
        if let Some((node, devices)) = packer.choose(&plain, task) {
            plain.nodes[node].place(task, &devices);
        }
    }
    let looked = once.elapsed().as_secs_f64() / order.len() as f64;
    for (policy, times, bars) in [
        (Policy::Fgd, 1, "≥ 100,000/s, p50 ≤ 2 µs, p99 ≤ 50 µs, most ≤ 2 ms"),
        (Policy::Xiudai, 1, "the same"),
        (Policy::Fgd, 16, "≥ 80,000/s"),
        (Policy::Xiudai, 16, "the same"),
    ] {
        let mut cluster = enlarged(&cluster, times);
        let start = Instant::now();
        let Some(mut index) = Index::new(policy, target.clone(), &cluster) else { continue };
        // A district knows its usual kinds of request before the day begins.
        for task in &tasks {
            index.know(&cluster, task);
        }
        let ready = start.elapsed();
        let arriving = arriving(times);
        let mut took: Vec<Duration> = Vec::with_capacity(arriving.len());
        let (start, mut placed) = (Instant::now(), 0);
        for task in &arriving {
            let one = Instant::now();
            if let Some((node, devices)) = index.choose(&cluster, task) {
                cluster.nodes[node].place(task, &devices);
                index.changed(&cluster, node, false);
                placed += 1;
            }
            took.push(one.elapsed());
        }
        let whole = start.elapsed().as_secs_f64();
        took.sort_unstable();
        let micro = |part: usize| took[(took.len() - 1) * part / 1_000].as_secs_f64() * 1e6;
        let rate = arriving.len() as f64 / whole;
        table.add(
            &format!("decisions by {} on {} devices", policy.name(), cluster.capacity / 1_000),
            "one core",
            format!(
                "{rate:.0}/s; p50 {:.1} µs, p99 {:.1} µs, most {:.2} ms",
                micro(500),
                micro(990),
                micro(1_000) / 1e3
            ),
            format!(
                "{bars}; {placed} of {} placed, {} kinds made ready in {:.2} s; looking at every node \
                 of the small one takes {:.1} µs",
                arriving.len(),
                index.kinds(),
                ready.as_secs_f64(),
                looked * 1e6
            ),
        );
    }
    table.add(
        "published elsewhere",
        "peer",
        "kube-scheduler 180 to 810 pods/s, Slurm 500 jobs/s, Kueue 43 workloads/s".to_string(),
        "their own floors and reports, on other machines; see docs/performance.md".to_string(),
    );
    Ok(())
}

/// All of time.
fn forever() -> Window {
    Window { from: at(0), until: Timestamp::MAX }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_micros(milliseconds * 1_000)
}

/// A tenant's voucher that never runs out.
fn voucher(tenant: u32) -> Event {
    Event::Issue(Issue {
        voucher: VoucherId(u64::from(tenant) + 1),
        holder: Tenant(tenant),
        unit: Unit::Money,
        kinds: Kinds::default(),
        window: forever(),
        amount: 1 << 50,
    })
}

/// The same price of a kind for all of time.
fn price(kind: usize) -> Price {
    let Window { from, until } = forever();
    Price { kind: kind as u16, from, until, micro_yuan: 8_000_000 }
}

/// A job that asks what one of the tasks of the workload does, of any tenant.
fn request(tasks: &[Task], id: u64) -> Request {
    let task = &tasks[mixed(id) as usize % tasks.len()];
    Request {
        job: JobId(id),
        tenant: Tenant(mixed(id + 7) as u32 % TENANTS),
        user: id as u32 % 300,
        tasks: 1,
        cpu: task.cpu,
        memory: task.memory,
        devices: task.devices,
        share: task.share,
        kinds: vec![],
        limit: 3_600_000,
        priority: 0,
        after: vec![],
        preemptible_after: None,
        deadline: None,
    }
}

/// Submissions from many callers at once, each answered when it is durable: hold, decision, reason
/// and journal. Then the platform again from its log.
pub(crate) fn durable(store: &Store, engine: &str, table: &mut Table) -> Result<()> {
    store.migrate(::compute::MIGRATIONS)?;
    let mut cluster = Cluster::read(&file("nodes.csv")?)?;
    let tasks = Task::read(&file("tasks.csv")?, &mut cluster)?;
    let settings =
        Settings { policy: Policy::Xiudai, target: Target::of(&tasks), patience: 21_600_000 };
    let actor = Actor::new("A1");
    let platform = Platform::open(store.clone(), settings.clone())?;
    let node = |node: &Node| {
        Event::Provide(Machine {
            name: node.name.clone(),
            cpu: node.cpu,
            memory: node.memory,
            devices: node.free.len() as i64,
            kind: cluster.models[node.model].clone(),
        })
    };
    let furniture = cluster.nodes.iter().map(node);
    let furniture =
        furniture.chain((0..cluster.models.len()).map(|kind| Event::Price(price(kind))));
    let events = furniture.chain((0..TENANTS).map(voucher)).collect();
    for told in platform.tell_all(&actor, at(0), events)? {
        told?;
    }
    let next = AtomicU64::new(1);
    let start = Instant::now();
    // Each caller submits some jobs at a time, and says that as many ended that began long before.
    let ask = |took: &mut Vec<Duration>| -> Result<()> {
        loop {
            let first = next.fetch_add(TOGETHER, Ordering::Relaxed);
            if first > ADMISSIONS {
                return Ok(());
            }
            let now = at(first as i64 * 10);
            let ids = first..first + TOGETHER;
            let mut events: Vec<Event> =
                ids.clone().map(|id| Event::Submit(request(&tasks, id))).collect();
            let ended = ids.clone().filter(|id| *id > 8_000);
            events.extend(ended.map(|id| Event::End(JobId(id - 8_000), true)));
            let one = Instant::now();
            for told in platform.tell_all(&actor, now, events)? {
                match told {
                    // One that still waits cannot end.
                    Ok(_) | Err(::compute::Error::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            for id in ids {
                black_box(platform.look(|engine| engine.explain(now, JobId(id))));
            }
            took.push(one.elapsed());
        }
    };
    let mut took: Vec<Duration> = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut took = Vec::new();
                    ask(&mut took).map(|()| took)
                })
            })
            .collect();
        for caller in callers {
            let done = caller.join().map_err(|_| anyhow::anyhow!("a caller stopped"))?;
            took.extend(done?);
        }
        Ok(())
    })?;
    let whole = start.elapsed().as_secs_f64();
    took.sort_unstable();
    let ms = |part: usize| took[(took.len() - 1) * part / 1_000].as_secs_f64() * 1e3;
    let faults = platform.look(compute_rules::engine::Engine::audit);
    anyhow::ensure!(faults.is_empty(), "{faults:?}");
    let waiting = platform.look(|engine| engine.waiting());
    table.add(
        "admissions with hold, decision, reason and journal",
        engine,
        format!("{:.0}/s; p50 {:.1} ms, p99 {:.1} ms", ADMISSIONS as f64 / whole, ms(500), ms(990)),
        format!(
            "≥ 20,000/s, p99 ≤ 5 ms; {CALLERS} callers, {TOGETHER} jobs at a time, {waiting} wait at \
             the end"
        ),
    );
    let start = Instant::now();
    let again = Platform::open(store.clone(), settings)?;
    let took = start.elapsed().as_secs_f64();
    anyhow::ensure!(again.look(|engine| engine.waiting()) == waiting, "another state");
    let records = store
        .read(|tx| tx.query_one("select count(*) from compute_log", params![], |row| row.int(0)))?;
    table.add(
        "the platform made again from its log",
        engine,
        format!("{records} records in {took:.1} s"),
        format!("a million in {:.1} s; at most 5 s", took * 1e6 / records as f64),
    );
    Ok(())
}

/// How long an event takes to be decided on while many jobs wait: ends and submissions in turn on a
/// full cluster.
pub(crate) fn reaction(table: &mut Table) -> Result<()> {
    let mut cluster = Cluster::read(&file("nodes.csv")?)?;
    let tasks = Task::read(&file("tasks.csv")?, &mut cluster)?;
    let prices = Prices::new((0..cluster.models.len()).map(price).collect())?;
    let target = Target::of(&tasks);
    let mut engine = Engine::new(cluster, target, Policy::Xiudai, prices, 21_600_000)?;
    let mut out = Vec::new();
    for tenant in 0..TENANTS {
        engine.apply(at(0), voucher(tenant), &mut out)?;
    }
    let mut next = 0;
    let mut submit = |engine: &mut Engine, now: i64, out: &mut Vec<Decision>| {
        next += 1;
        engine.apply(at(now), Event::Submit(request(&tasks, next)), out)
    };
    while engine.waiting() < PENDING {
        submit(&mut engine, 0, &mut out)?;
    }
    let mut running: std::collections::VecDeque<JobId> =
        engine.running().map(|job| job.request.job).collect();
    let mut took: Vec<Duration> = Vec::new();
    for turn in 0..PENDING as i64 {
        out.clear();
        let Some(ends) = running.pop_front() else { break };
        let one = Instant::now();
        engine.apply(at(turn), Event::End(ends, true), &mut out)?;
        took.push(one.elapsed());
        let one = Instant::now();
        submit(&mut engine, turn, &mut out)?;
        took.push(one.elapsed());
        running.extend(out.iter().filter_map(|decision| match decision {
            Decision::Start { job, .. } => Some(*job),
            _ => None,
        }));
    }
    anyhow::ensure!(engine.audit().is_empty(), "{:?}", engine.audit());
    let waiting = engine.waiting();
    took.sort_unstable();
    let micro = |part: usize| took[(took.len() - 1) * part / 1_000].as_secs_f64() * 1e6;
    table.add(
        "from an event to its decisions while many wait",
        "one core",
        format!(
            "p50 {:.0} µs, p99 {:.0} µs, most {:.1} ms",
            micro(500),
            micro(990),
            micro(1_000) / 1e3
        ),
        format!("p99 ≤ 10 ms; {} events, {waiting} wait at the end; no rounds", took.len()),
    );
    Ok(())
}

/// Random operations on a ledger, added up anew at the end.
pub(crate) fn ledger(table: &mut Table) -> Result<()> {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    let (mut now, mut vouchers, mut hold, mut released) = (0i64, 0u64, 0u64, 0u64);
    let mut refused = 0u64;
    let start = Instant::now();
    for step in 0..OPERATIONS {
        let chance = mixed(step);
        let tenant = Tenant((chance >> 8) as u32 % TENANTS);
        out.clear();
        now += (chance % 3) as i64;
        let done = match chance % 64 {
            0 => {
                vouchers += 1;
                let window = Window { from: at(now), until: at(now + 2_000_000) };
                let issue = Issue {
                    voucher: VoucherId(vouchers),
                    holder: tenant,
                    unit: Unit::Money,
                    kinds: Kinds::default(),
                    window,
                    amount: 1_000_000,
                };
                ledger.issue(at(now), issue, &mut out)
            }
            1 => {
                let from = VoucherId(1 + (chance >> 20) % vouchers.max(1));
                vouchers += 1;
                ledger.split(at(now), (from, VoucherId(vouchers)), tenant, 1_000, &mut out)
            }
            2..=9 => {
                hold += 1;
                let amount = 1 + (chance >> 24) as i64 % 50_000;
                let ask =
                    Ask { hold: HoldId(hold), tenant, unit: Unit::Money, kinds: Kinds(1), amount };
                ledger.hold(at(now), ask, &mut out)
            }
            10..=47 => {
                let one = HoldId(hold.saturating_sub((chance >> 32) % 256));
                let total = ledger
                    .held(one)
                    .map_or(0, |held| held.captured + (held.ask.amount - held.captured) / 3);
                ledger.capture(at(now), one, total, &mut out)
            }
            // The oldest first, each twice: the second time is no news.
            _ => {
                released += u64::from(chance & (1 << 40) != 0 && released + 256 < hold);
                ledger.release(at(now), HoldId(released.max(1)), &mut out)
            }
        };
        refused += u64::from(done.is_err());
        black_box(&out);
        if step % (1 << 16) == 0 {
            ledger.forget(at(now));
            anyhow::ensure!(ledger.totals(Unit::Money).balance(), "drift after {step}");
        }
    }
    let whole = start.elapsed().as_secs_f64();
    let faults = ledger.audit();
    anyhow::ensure!(faults.is_empty(), "{faults:?}");
    table.add(
        "operations on the ledger of vouchers",
        "one core",
        format!("{:.1} M/s, no drift", OPERATIONS as f64 / whole / 1e6),
        format!("{} operations, {refused} of them refused; added up anew: all agrees", OPERATIONS),
    );
    Ok(())
}
