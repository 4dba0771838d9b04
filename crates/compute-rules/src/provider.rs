//! What providers brought, what of it was used, and what it earned.
//!
//! A provider is what its nodes' names begin with, up to a slash. What a run cost is its providers' by
//! the tasks that ran there, and counts on the day it ended, as on the invoice of who paid it.

use crate::bill::rounded;
use crate::engine::Engine;
use crate::job::{Place, Standing};
use kernel::Timestamp;
use std::collections::BTreeMap;

/// Days of a report at most.
pub const DAYS_MAX: usize = 92;

/// What was there, what of it was used, and what that earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Use {
    /// Milli-GPU-milliseconds that devices were there.
    pub there: i128,
    /// Milli-GPU-milliseconds that jobs held.
    pub used: i128,
    /// Micro-yuan that vouchers paid for runs that ended.
    pub earned: i64,
}

/// What a provider brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provider {
    /// Its nodes, by their places.
    pub nodes: Vec<usize>,
    /// By day.
    pub days: Vec<Use>,
    /// By kind of device, over all days.
    pub kinds: BTreeMap<u16, Use>,
}

/// The provider that a node is of.
pub fn site(node: &str) -> &str {
    node.split_once('/').map_or("", |(site, _)| site)
}

/// Milliseconds that two stretches of time share.
fn shared(one: (Timestamp, Timestamp), other: (Timestamp, Timestamp)) -> i128 {
    let (from, until) = (one.0.max(other.0), one.1.min(other.1));
    i128::from((until.micros() - from.micros()).max(0)) / 1_000
}

/// Shares an amount out by whole weights.
fn share_out(amount: i64, weights: &[i64]) -> Vec<i64> {
    let exact = |weight: &i64| i128::from(amount) * i128::from(*weight);
    let exact: Vec<i128> = weights.iter().map(exact).collect();
    rounded(amount, &exact, i128::from(weights.iter().sum::<i64>().max(1)))
}

/// What each provider brought within some days: the instants at which each begins, and the last ends.
/// Nothing is counted past `now`. Cost: a look at every run.
pub fn providers(
    engine: &Engine,
    now: Timestamp,
    bounds: &[Timestamp],
) -> BTreeMap<String, Provider> {
    let days: Vec<(Timestamp, Timestamp)> =
        bounds.windows(2).map(|pair| (pair[0].min(now), pair[1].min(now))).collect();
    let nodes = &engine.cluster().nodes;
    let mut all: BTreeMap<String, Provider> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let one = all.entry(site(&node.name).to_string()).or_default();
        one.days.resize(days.len(), Use::default());
        one.nodes.push(at);
        let kind = one.kinds.entry(node.model as u16).or_default();
        let room = engine.empty(at).map_or(0, crate::cluster::Node::room);
        for (from, until) in engine.presence(at) {
            for (day, of) in days.iter().zip(&mut one.days) {
                let there = shared((*from, until.unwrap_or(now)), *day) * i128::from(room);
                of.there += there;
                kind.there += there;
            }
        }
    }
    let mut count = |places: &[Place],
                     held: i64,
                     kind: u16,
                     span: (Timestamp, Timestamp),
                     cost: Option<i64>| {
        let mut tasks: BTreeMap<&str, i64> = BTreeMap::new();
        for place in places {
            *tasks.entry(site(&nodes[place.node].name)).or_default() += 1;
        }
        let weights: Vec<i64> = tasks.values().copied().collect();
        let costs = share_out(cost.unwrap_or(0), &weights);
        for ((site, tasks), cost) in tasks.into_iter().zip(costs) {
            let Some(one) = all.get_mut(site) else { continue };
            for (day, of) in days.iter().zip(&mut one.days) {
                let used = shared(span, *day) * i128::from(held) * i128::from(tasks);
                let ended = day.0 <= span.1 && span.1 < day.1;
                let kind = one.kinds.entry(kind).or_default();
                for of in [of, kind] {
                    of.used += used;
                    of.earned += if ended { cost } else { 0 };
                }
            }
        }
    };
    for job in engine.jobs() {
        // Of each task.
        let held = job.request.devices * job.request.share;
        for run in &job.runs {
            count(&run.places, held, run.kind, (run.from, run.until), Some(run.cost));
        }
        if let Standing::Running { places, kind, since } = &job.standing {
            count(places, held, *kind, (*since, now), None);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_node_is_of_what_its_name_begins_with() {
        assert_eq!([site("here/one"), site("slurm/a/b"), site("alone")], ["here", "slurm", ""]);
    }

    #[test]
    fn stretches_share_what_both_have() {
        let at = |milliseconds: i64| Timestamp::from_micros(milliseconds * 1_000);
        let of = |a, b, c, d| shared((at(a), at(b)), (at(c), at(d)));
        assert_eq!([of(0, 10, 5, 20), of(0, 5, 5, 9), of(3, 4, 0, 9)], [5, 0, 1]);
    }

    proptest! {
        /// Parts sum to the whole, and each is within one of its exact share.
        #[test]
        fn what_is_shared_out_is_all_of_it(
            amount in 0i64..1 << 50,
            weights in proptest::collection::vec(1i64..4_096, 1..9),
        ) {
            let parts = share_out(amount, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            let whole = i128::from(weights.iter().sum::<i64>());
            for (part, weight) in parts.iter().zip(&weights) {
                let off = i128::from(*part) * whole - i128::from(amount) * i128::from(*weight);
                prop_assert!(off.abs() < whole);
            }
        }
    }
}
