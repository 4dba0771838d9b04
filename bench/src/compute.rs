//! Decisions on a cluster of 6,212 devices and on one sixteen times as large; a ledger of vouchers
//! under a hundred million operations.

use crate::table::Table;
use anyhow::Result;
use compute_rules::cluster::{Cluster, Node};
use compute_rules::fragment::Target;
use compute_rules::index::Index;
use compute_rules::ledger::{Ask, HoldId, Issue, Kinds, Ledger, Tenant, Unit, VoucherId, Window};
use compute_rules::packing::{Packer, Policy};
use compute_rules::replay::line;
use compute_rules::task::Task;
use kernel::Timestamp;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Operations on the ledger; what the issue of it asks for.
const OPERATIONS: u64 = 100_000_000;

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
                index.changed(&cluster, node);
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
                "{bars}; {placed} of {} placed, {} kinds made ready in {:.2} s; a look at every node \
                 {:.0} times as long",
                arriving.len(),
                index.kinds(),
                ready.as_secs_f64(),
                looked * rate
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

/// Random operations on a ledger, added up anew at the end.
pub(crate) fn ledger(table: &mut Table) -> Result<()> {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    let (mut now, mut vouchers, mut hold) = (0i64, 0u64, 0u64);
    let at = |now: i64| Timestamp::from_micros(now * 1_000);
    let mut refused = 0u64;
    let start = Instant::now();
    for step in 0..OPERATIONS {
        let chance = mixed(step);
        let tenant = Tenant((chance >> 8) as u32 % 1_500);
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
            2..=17 => {
                hold += 1;
                let amount = 1 + (chance >> 24) as i64 % 50_000;
                let ask =
                    Ask { hold: HoldId(hold), tenant, unit: Unit::Money, kinds: Kinds(1), amount };
                ledger.hold(at(now), ask, &mut out)
            }
            18..=47 => {
                let one = HoldId(hold.saturating_sub((chance >> 32) % 512));
                let total = ledger
                    .held(one)
                    .map_or(0, |held| held.captured + (held.ask.amount - held.captured) / 3);
                ledger.capture(at(now), one, total, &mut out)
            }
            _ => ledger.release(
                at(now),
                HoldId(hold.saturating_sub(256 + (chance >> 32) % 512)),
                &mut out,
            ),
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
