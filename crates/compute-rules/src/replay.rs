//! Replay: tasks arrive until demand is past the capacity, and what is allocated is watched.

use crate::cluster::Cluster;
use crate::fragment::Target;
use crate::packing::{Packer, Policy, Scorer, Weights};
use crate::table::rows;
use crate::task::Task;
use crate::tune::suited;
use kernel::Refusal;

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Demand that has arrived, whole percent of the capacity.
    pub arrived: u32,
    /// Devices that are allocated, percent of the capacity, two decimals.
    pub allocated: f64,
    /// Fragmentation, percent of the capacity, two decimals.
    pub fragmentation: f64,
}

/// What a replay came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// One point a whole percent of arrived demand, from 0 to 130.
    pub curve: Vec<Point>,
    /// Tasks that arrived.
    pub tasks: usize,
    /// Tasks that fitted nowhere.
    pub failed: usize,
    /// Devices in use at the end, milli-GPU.
    pub used: i64,
}

/// Demand is followed up to this percentage.
pub const PERCENT_MAX: u32 = 130;

/// The numbers of a line `workload, seed, …, column` with spaces between them.
///
/// Fails with `E-CMP-01`, `E-CMP-02`, and `E-CMP-06` when there is no such line.
pub fn line(text: &str, (workload, seed): (&str, u64), column: &str) -> Result<Vec<u32>, Refusal> {
    for (at, row) in rows(text, &["workload", "seed", column])?.iter().enumerate() {
        if row[0] != workload || row[1] != seed.to_string() {
            continue;
        }
        let mut all = Vec::new();
        for word in row[2].split_whitespace() {
            all.push(word.parse().map_err(|_| {
                let en = "places are whole numbers with a space between them";
                Refusal::new("E-CMP-02", en, "应为以空格分隔的整数", en)
                    .row(at as u64 + 2)
                    .column(column)
                    .value(word)
            })?);
        }
        return Ok(all);
    }
    let en = format!("no line of workload `{workload}` and seed {seed}");
    let rule = "an order holds one line a workload and seed";
    Err(Refusal::new("E-CMP-06", rule, "没有该负载和种子的一行", en).column(column).value(workload))
}

/// Replays tasks in an order on an empty cluster. Nothing departs; what does not fit is dropped. Our own
/// policy tries itself on the workload first, in [orders of its own](suited).
///
/// `order` holds places in `tasks`. Fails with `E-CMP-06` for a place that is none, `E-CMP-07` for a
/// cluster without devices.
pub fn replay(
    cluster: Cluster,
    tasks: &[Task],
    order: &[u32],
    policy: Policy,
) -> Result<Replay, Refusal> {
    let by = match policy {
        Policy::Xiudai => suited(&cluster, tasks),
        other => (other, Weights::default()),
    };
    replay_by(cluster, tasks, order, by)
}

/// The same by a policy with these weights.
///
/// Fails as [`replay`].
pub fn replay_by(
    mut cluster: Cluster,
    tasks: &[Task],
    order: &[u32],
    (policy, weights): (Policy, Weights),
) -> Result<Replay, Refusal> {
    if cluster.capacity == 0 {
        let en = "a cluster without devices has nothing to allocate";
        return Err(Refusal::new("E-CMP-07", en, "集群没有显卡", en));
    }
    let target = Target::of(tasks);
    let mut packer = Packer::by(Scorer::new(policy, target.clone(), &cluster).weigh(weights));
    let mut parts: Vec<f64> = cluster.nodes.iter().map(|node| target.node(node)).collect();
    let mut fragmented: f64 = parts.iter().sum();
    let capacity = cluster.capacity;
    let percent = |milli: f64| (milli * 10_000.0 / capacity as f64).round() / 100.0;
    let mut sums = vec![(0.0, 0.0, 0u32); PERCENT_MAX as usize + 1];
    let (mut arrived, mut used, mut failed) = (0i64, 0i64, 0usize);
    for place in order {
        let Some(task) = tasks.get(*place as usize) else {
            let en = "an order names tasks by their place";
            return Err(Refusal::new("E-CMP-06", en, "顺序中的任务不存在", en)
                .column("order")
                .value(&place.to_string()));
        };
        arrived += task.demand();
        match packer.choose(&cluster, task) {
            Some((node, devices)) => {
                cluster.nodes[node].place(task, &devices);
                used += task.demand();
                let part = target.node(&cluster.nodes[node]);
                fragmented += part - parts[node];
                parts[node] = part;
            }
            None => failed += 1,
        }
        if let Some(sum) = sums.get_mut(half_even(arrived * 100, capacity) as usize) {
            sum.0 += percent(used as f64);
            sum.1 += percent(fragmented);
            sum.2 += 1;
        }
    }
    // A percentage at which nothing arrived stands as the one before.
    let mut last = (0.0, percent(parts.iter().sum::<f64>()));
    let mut curve = Vec::with_capacity(sums.len());
    for (arrived, (allocated, fragmentation, count)) in sums.into_iter().enumerate() {
        if count > 0 {
            let mean = |sum: f64| (sum / f64::from(count) * 100.0).round() / 100.0;
            last = (mean(allocated), mean(fragmentation));
        }
        let arrived = arrived as u32;
        curve.push(Point { arrived, allocated: last.0, fragmentation: last.1 });
    }
    Ok(Replay { curve, tasks: order.len(), failed, used })
}

/// A quotient as a whole number; a half goes to the even one.
fn half_even(number: i64, by: i64) -> i64 {
    let (whole, rest) = (number / by, number % by);
    match (2 * rest).cmp(&by) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}

/// A curve as CSV: `arrived,allocated,fragmentation`.
pub fn csv(curve: &[Point]) -> String {
    let mut out = String::from("arrived,allocated,fragmentation\n");
    for point in curve {
        use std::fmt::Write as _;
        let _ =
            writeln!(out, "{},{:.2},{:.2}", point.arrived, point.allocated, point.fragmentation);
    }
    out
}

#[cfg(test)]
mod tests;
