//! A simulation of virtual clusters, each with its own queue, summed up.

use crate::forecast::Forecasts;
use crate::queue::{Coverage, Ended, Job, NODE_DEVICES, Order, foretell, run};
use kernel::Refusal;
use std::collections::BTreeMap;

/// What came of one virtual cluster, or of all.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its name.
    pub vc: String,
    /// Jobs that ran.
    pub jobs: usize,
    /// Mean time from submission to the end, seconds; of all jobs, failed and cancelled among them.
    pub avg_jct_s: f64,
    /// Mean time of waiting, before the start and after preemptions.
    pub avg_queue_s: f64,
    /// Preemptions.
    pub preemptions: u64,
    /// Jain's index of the users' mean of one over bounded slowdown; none when nobody is named.
    pub jain: Option<f64>,
}

/// Runs the jobs of every virtual cluster that has nodes, in the order of their names.
///
/// Jobs that ask no device, or more than their cluster has, are left out, as the references do; how
/// many comes last. Fails like [`run`].
pub fn simulate(
    jobs: &[Job],
    nodes: &BTreeMap<String, i64>,
    order: Order,
) -> Result<(Vec<Summary>, Summary, usize), Refusal> {
    let (mut each, mut whole) = (Vec::new(), Vec::new());
    let (by_vc, left) = split(jobs, nodes);
    for (vc, count, own) in by_vc {
        let ended = run(&own, count, order)?;
        each.push(summary(vc, &own, &ended));
        whole.extend(own.into_iter().zip(ended));
    }
    let (jobs, ended): (Vec<Job>, Vec<Ended>) = whole.into_iter().unzip();
    Ok((each, summary("all", &jobs, &ended), left))
}

/// A virtual cluster: its name, how many nodes it has, its jobs.
type Vc<'a> = (&'a str, i64, Vec<Job>);

/// The jobs of each virtual cluster with its nodes, in the order of their names, and how many are
/// left out.
fn split<'a>(jobs: &'a [Job], nodes: &BTreeMap<String, i64>) -> (Vec<Vc<'a>>, usize) {
    let mut left = 0;
    let mut by_vc: BTreeMap<&str, Vec<Job>> = BTreeMap::new();
    for job in jobs {
        let room = nodes.get(&job.vc).map_or(0, |count| count * NODE_DEVICES);
        match job.devices > 0 && job.devices <= room {
            true => by_vc.entry(&job.vc).or_default().push(job.clone()),
            false => left += 1,
        }
    }
    let count = |vc: &str| nodes.get(vc).copied().unwrap_or_default();
    (by_vc.into_iter().map(|(vc, own)| (vc, count(vc), own)).collect(), left)
}

/// How often intervals for the start held that our queue said of jobs that wait: when they came, and
/// while they waited. What is learnt on one virtual cluster is known on the next.
///
/// Fails like [`run`].
pub fn intervals(
    jobs: &[Job],
    nodes: &BTreeMap<String, i64>,
) -> Result<(Coverage, Coverage), Refusal> {
    let mut forecasts = Forecasts::default();
    let (mut fresh, mut waited) = (Coverage::default(), Coverage::default());
    for (_, count, own) in split(jobs, nodes).0 {
        let (one, other) = foretell(&own, count, &mut forecasts)?;
        fresh.add(one);
        waited.add(other);
    }
    Ok((fresh, waited))
}

fn summary(vc: &str, jobs: &[Job], ended: &[Ended]) -> Summary {
    let count = jobs.len().max(1) as f64;
    let jct: i64 = jobs.iter().zip(ended).map(|(job, one)| one.end - job.submit).sum();
    let waited: i64 = ended.iter().map(|one| one.waited).sum();
    Summary {
        vc: vc.to_string(),
        jobs: jobs.len(),
        avg_jct_s: jct as f64 / count,
        avg_queue_s: waited as f64 / count,
        preemptions: ended.iter().map(|one| u64::from(one.preempted)).sum(),
        jain: jain(jobs, ended),
    }
}

/// Jain's index over users: what each has is one over the mean of the bounded slowdown of its jobs.
fn jain(jobs: &[Job], ended: &[Ended]) -> Option<f64> {
    let mut users: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (job, one) in jobs.iter().zip(ended).filter(|(job, _)| !job.user.is_empty()) {
        let jct = (one.end - job.submit) as f64;
        let slowdown = (jct / (job.duration as f64).max(10.0)).max(1.0);
        let user = users.entry(&job.user).or_insert((0.0, 0.0));
        user.0 += slowdown;
        user.1 += 1.0;
    }
    if users.is_empty() {
        return None;
    }
    let shares: Vec<f64> = users.values().map(|(sum, count)| count / sum).collect();
    let (sum, squares) = shares.iter().fold((0.0, 0.0), |(a, b), x| (a + x, b + x * x));
    Some(sum * sum / (shares.len() as f64 * squares))
}
