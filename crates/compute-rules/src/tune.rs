//! Which packing suits a workload: each of a few is tried on it, in orders that are drawn here.
//!
//! What packs best hangs on the workload: where every task shares a device, what CPU is left matters
//! little; where most want whole nodes, coarse steps do better. The differences between orders of one
//! workload are as large, so a choice is made by the mean of several.

use crate::cluster::Cluster;
use crate::fragment::Target;
use crate::index::Index;
use crate::packing::{Policy, Scorer, Weights};
use crate::task::Task;

/// Orders each is tried on.
const ORDERS: u64 = 8;
/// Tasks drawn for an order at most: a workload that asks for no devices never fills them.
const DRAWN_MAX: usize = 1 << 16;

/// What is tried, the first among equals.
const TRIED: [(Policy, Weights); 5] = [
    (Policy::Xiudai, Weights { step: 0.0, room: 0.5, cpu: 0.5 }),
    (Policy::Xiudai, Weights { step: 40.0, room: 0.5, cpu: 0.5 }),
    (Policy::Xiudai, Weights { step: 50.0, room: 0.6, cpu: 0.25 }),
    (Policy::Xiudai, Weights { step: 20.0, room: 0.5, cpu: 0.0 }),
    (Policy::Fgd, Weights { step: 0.0, room: 0.5, cpu: 0.5 }),
];

/// Numbers without a pattern, the same from the same seed (SplitMix64).
struct Draws(u64);

impl Draws {
    /// A number below this one.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let mixed = mixed ^ (mixed >> 31);
        ((u128::from(mixed) * end as u128) >> 64) as usize
    }
}

/// The policy and weights that allocate the most of a cluster at 130 % of demand, by the mean of
/// orders drawn from a workload; those of [`Weights::default`] where there is nothing to draw.
///
/// Cost: forty replays through an index.
pub fn suited(cluster: &Cluster, tasks: &[Task]) -> (Policy, Weights) {
    if tasks.is_empty() || cluster.capacity == 0 {
        return (Policy::Xiudai, Weights::default());
    }
    let target = Target::of(tasks);
    let mut sums = [0i64; TRIED.len()];
    for seed in 1..=ORDERS {
        let mut draws = Draws(seed);
        let mut drawn = cluster.clone();
        // Ranks decide among equals, so they are drawn too, whatever they were.
        drawn.nodes.iter_mut().zip(0..).for_each(|(node, rank)| node.rank = rank);
        for at in (1..drawn.nodes.len()).rev() {
            let other = draws.below(at + 1);
            let rank = drawn.nodes[at].rank;
            drawn.nodes[at].rank = drawn.nodes[other].rank;
            drawn.nodes[other].rank = rank;
        }
        let (mut order, mut asked) = (Vec::new(), 0);
        while asked * 10 < cluster.capacity * 13 && order.len() < DRAWN_MAX {
            let task = draws.below(tasks.len());
            asked += tasks[task].demand();
            order.push(task);
        }
        for ((policy, weights), sum) in TRIED.iter().zip(&mut sums) {
            let scorer = Scorer::new(*policy, target.clone(), &drawn).weigh(*weights);
            *sum += allocated(drawn.clone(), tasks, &order, scorer);
        }
    }
    let most = sums.iter().copied().max().unwrap_or(0);
    let best = sums.iter().position(|sum| *sum == most).unwrap_or(0);
    TRIED[best]
}

/// What of a cluster an order of tasks allocates, milli-GPU.
fn allocated(mut cluster: Cluster, tasks: &[Task], order: &[usize], scorer: Scorer) -> i64 {
    let slots = vec![0; cluster.nodes.len()];
    let mut index = Index::by(scorer, &cluster, &slots);
    let mut used = 0;
    for at in order {
        let task = &tasks[*at];
        if let Some((node, devices)) = index.choose(&cluster, task) {
            cluster.nodes[node].place(task, &devices);
            index.changed(&cluster, node, false);
            used += task.demand();
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_workload_is_suited_alike_and_none_by_what_is_common() {
        let nodes = "sn,cpu_milli,memory_mib,gpu,model\nn1,64000,262144,8,A\nn2,8000,262144,2,A\n";
        let mut cluster = Cluster::read(nodes).expect("nodes");
        let text = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n\
                    a,4000,1024,1,460,\nb,8000,1024,1,1000,\nc,1000,1024,0,0,\n";
        let tasks = Task::read(text, &mut cluster).expect("tasks");
        assert_eq!(suited(&cluster, &tasks), suited(&cluster, &tasks));
        assert_eq!(suited(&cluster, &[]), (Policy::Xiudai, Weights::default()));
        // Nothing that asks for devices: it ends all the same.
        suited(&cluster, &tasks[2..]);
    }
}
