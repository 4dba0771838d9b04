//! Packing: which node and which devices a task is placed on.
//!
//! Five published policies, each to the digit, and our own. Scores are whole numbers because the
//! published ones are: their truncation and the tie by rank are part of what makes them good.

use crate::cluster::{Cluster, Node, WHOLE};
use crate::fragment::{Levels, Target};
use crate::task::Task;
use std::collections::BTreeMap;

/// A policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Fragmentation gradient descent (Weng et al., ATC '23).
    Fgd,
    /// The node that is left with the least.
    BestFit,
    /// The least product of what is free and what is asked.
    DotProd,
    /// Tasks of one kind together.
    GpuClustering,
    /// Devices in use before free ones, nodes in use before free ones.
    GpuPacking,
    /// Ours: the gradient in finer steps, less what is left free, by [`Weights`].
    Xiudai,
}

/// How our own policy weighs what it looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Gradients are cut down to whole steps of so many milli-GPU; 0 for not at all.
    pub step: f64,
    /// What devices that are left free count, against a gradient of a tenth of a device.
    pub room: f64,
    /// What CPU that is left free counts.
    pub cpu: f64,
}

impl Default for Weights {
    /// Those that do well where nothing is known of the workload.
    fn default() -> Weights {
        Weights { step: 0.0, room: 0.5, cpu: 0.5 }
    }
}

impl Weights {
    fn value(self, gain: f64, left: i64, cpu: i64) -> f64 {
        let gain = if self.step > 0.0 { (gain / self.step).floor() * self.step } else { gain };
        let free = self.room * left as f64 / GPU_SCALE + self.cpu * cpu as f64 / CPU_SCALE;
        gain / 100.0 - free
    }
}

impl Policy {
    /// Every policy.
    pub const ALL: [Policy; 6] = [
        Policy::Fgd,
        Policy::BestFit,
        Policy::DotProd,
        Policy::GpuClustering,
        Policy::GpuPacking,
        Policy::Xiudai,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Fgd => "fgd",
            Policy::BestFit => "bestfit",
            Policy::DotProd => "dotprod",
            Policy::GpuClustering => "gpuclustering",
            Policy::GpuPacking => "gpupacking",
            Policy::Xiudai => "xiudai",
        }
    }

    /// The policy with this name.
    pub fn from_name(name: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.name() == name)
    }
}

/// CPU of the largest node, milli-cores: what the published scores are measured by.
const CPU_SCALE: f64 = 128_000.0;
/// Devices of the largest node, milli-GPU.
const GPU_SCALE: f64 = 8_000.0;

/// What a node scores for a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The higher, the better.
    pub value: f64,
    /// The device that a shared task would take; 0 for others.
    pub device: usize,
}

/// Scores nodes by a policy.
#[derive(Debug, Clone)]
pub struct Scorer {
    policy: Policy,
    weights: Weights,
    target: Target,
    /// The fragmentation of each node, and the version it was worked out at.
    parts: Vec<(u32, f64)>,
    levels: Levels,
    tried: Levels,
}

impl Scorer {
    /// A scorer for a cluster and the workload it expects.
    pub fn new(policy: Policy, target: Target, cluster: &Cluster) -> Scorer {
        let parts = vec![(u32::MAX, 0.0); cluster.nodes.len()];
        let (levels, tried) = (Levels::default(), Levels::default());
        Scorer { policy, weights: Weights::default(), target, parts, levels, tried }
    }

    /// The same with other weights of our own policy.
    pub fn weigh(mut self, weights: Weights) -> Scorer {
        self.weights = weights;
        self
    }

    /// What a node scores for a task; none when the task does not fit on it.
    pub fn score(&mut self, node: &Node, at: usize, task: &Task) -> Option<Score> {
        if !node.fits(task) {
            return None;
        }
        let device = match task.is_shared() {
            true => node.tightest(task.share).unwrap_or(0),
            false => 0,
        };
        let (room, demand) = (node.room() as f64, task.demand() as f64);
        let (cpu, asked) = (node.cpu as f64, task.cpu as f64);
        let value = match self.policy {
            Policy::Fgd | Policy::Xiudai => return Some(self.gradient(node, at, task)),
            Policy::BestFit => {
                let left = 0.5 * (cpu - asked) / CPU_SCALE + 0.5 * (room - demand) / GPU_SCALE;
                (100.0 * (1.0 - left)).trunc()
            }
            Policy::DotProd => {
                let product = (cpu / CPU_SCALE) * (asked / CPU_SCALE)
                    + (room / GPU_SCALE) * (demand / GPU_SCALE);
                (100.0 * (1.0 - product / 2.0)).trunc()
            }
            Policy::GpuClustering => clustering(node, task),
            Policy::GpuPacking => packing(node, task),
        };
        Some(Score { value, device })
    }

    /// How much less fragmented a node is with the task: the best device of those it may share.
    fn gradient(&mut self, node: &Node, at: usize, task: &Task) -> Score {
        self.target.levels(&node.free, &mut self.levels);
        if self.parts[at].0 != node.version {
            let part = self.target.part(node.cpu, node.model, &self.levels);
            self.parts[at] = (node.version, part);
        }
        let now = self.parts[at].1;
        let (cpu, left) = (node.cpu - task.cpu, node.room() - task.demand());
        let (policy, weights) = (self.policy, self.weights);
        let value = |part: f64| {
            let gain = now - part;
            match policy {
                Policy::Fgd => (100.0 / (1.0 + (-gain / 1_000.0).exp())).trunc(),
                _ => weights.value(gain, left, cpu),
            }
        };
        if !task.is_shared() {
            for _ in 0..task.devices {
                self.target.exchange(&mut self.levels, WHOLE, 0);
            }
            let part = self.target.part(cpu, node.model, &self.levels);
            return Score { value: value(part), device: 0 };
        }
        let mut best = Score { value: UNFIT, device: 0 };
        for (device, free) in node.free.iter().enumerate() {
            // Devices with the same free share score the same, and the first of them is taken.
            if *free < task.share || node.free[..device].contains(free) {
                continue;
            }
            self.tried.clone_from(&self.levels);
            self.target.exchange(&mut self.tried, *free, *free - task.share);
            let value = value(self.target.part(cpu, node.model, &self.tried));
            if value > best.value {
                best = Score { value, device };
            }
        }
        best
    }
}

/// What a node scored for a request, as it stood at a version of the node.
#[derive(Debug, Clone, Copy)]
struct Scored {
    version: u32,
    score: f64,
    device: u32,
}

/// Scores of one kind of request on every node.
type Board = Vec<Scored>;

/// A request as scores know it: tasks of one kind share a board.
pub(crate) type Kind = (i64, i64, i64, i64, crate::task::Models);

/// The kind of a task.
pub(crate) fn kind(task: &Task) -> Kind {
    (task.cpu, task.memory, task.devices, task.share, task.models)
}

/// Places tasks by a policy: every node is looked at, scores are kept until their node changes.
#[derive(Debug, Clone)]
pub struct Packer {
    scorer: Scorer,
    boards: BTreeMap<Kind, Board>,
}

/// A node that a task does not fit on.
const UNFIT: f64 = f64::NEG_INFINITY;

impl Packer {
    /// A packer for a cluster and the workload it expects.
    pub fn new(policy: Policy, target: Target, cluster: &Cluster) -> Packer {
        Packer::by(Scorer::new(policy, target, cluster))
    }

    /// A packer that scores so.
    pub fn by(scorer: Scorer) -> Packer {
        Packer { scorer, boards: BTreeMap::new() }
    }

    /// Where a task goes: the node, and which of its devices; none when it fits nowhere.
    pub fn choose(&mut self, cluster: &Cluster, task: &Task) -> Option<(usize, Vec<usize>)> {
        let kind = kind(task);
        let mut board = self.boards.remove(&kind).unwrap_or_default();
        if board.is_empty() {
            board =
                vec![Scored { version: u32::MAX, score: UNFIT, device: 0 }; cluster.nodes.len()];
        }
        for (at, node) in cluster.nodes.iter().enumerate() {
            if board[at].version != node.version {
                let found = self.scorer.score(node, at, task);
                let found = found.unwrap_or(Score { value: UNFIT, device: 0 });
                board[at] = Scored {
                    version: node.version,
                    score: found.value,
                    device: found.device as u32,
                };
            }
        }
        let best = match self.scorer.policy {
            Policy::BestFit => spread(&board, cluster),
            _ => best(&board, cluster),
        };
        let device = best.map(|at| board[at].device as usize);
        self.boards.insert(kind, board);
        let node = best?;
        Some((node, cluster.nodes[node].devices_of(task, device?)))
    }
}

/// The highest score; among equals the node of the smallest rank.
fn best(board: &[Scored], cluster: &Cluster) -> Option<usize> {
    let mut found: Option<(f64, u32, usize)> = None;
    for (at, one) in board.iter().enumerate() {
        if one.score == UNFIT {
            continue;
        }
        let rank = cluster.nodes[at].rank;
        let wins = found.is_none_or(|(score, other, _)| {
            one.score > score || (one.score == score && rank < other)
        });
        if wins {
            found = Some((one.score, rank, at));
        }
    }
    found.map(|(.., at)| at)
}

/// The same after scores are spread over 0 to 100 in whole steps, as the published best fit does.
fn spread(board: &[Scored], cluster: &Cluster) -> Option<usize> {
    let fit = board.iter().filter(|one| one.score != UNFIT).map(|one| one.score as i64);
    let (least, most) =
        fit.fold((i64::MAX, i64::MIN), |(a, b), score| (a.min(score), b.max(score)));
    let mut found: Option<(i64, u32, usize)> = None;
    for (at, one) in board.iter().enumerate().filter(|(_, one)| one.score != UNFIT) {
        let score = match most > least {
            true => (one.score as i64 - least) * 100 / (most - least),
            false => 0,
        };
        let rank = cluster.nodes[at].rank;
        if found.is_none_or(|(best, other, _)| score > best || (score == best && rank < other)) {
            found = Some((score, rank, at));
        }
    }
    found.map(|(.., at)| at)
}

fn clustering(node: &Node, task: &Task) -> f64 {
    let Some(tag) = task.tag() else { return 0.0 };
    let base = match (node.tags.contains_key(&tag), node.tags.len()) {
        (true, 1) => 75,
        (true, _) => 50,
        (false, 0) => 25,
        (false, _) => 0,
    };
    let whole = GPU_SCALE as i64;
    (base + 25 * (whole - node.room()) / whole) as f64
}

fn packing(node: &Node, task: &Task) -> f64 {
    if task.devices == 0 {
        return 0.0;
    }
    let count = node.free.len() as i64;
    if node.free.iter().all(|free| *free == WHOLE) {
        return (33 - count).max(count) as f64;
    }
    let mut order: Vec<i64> =
        node.free.iter().copied().filter(|free| *free >= task.share).collect();
    order.sort_unstable();
    order.truncate(task.devices as usize);
    let whole = order.iter().filter(|free| **free == WHOLE).count() as i64;
    match whole {
        0 => {
            let used: i64 = order.iter().map(|free| free * 100 / WHOLE).sum();
            (100 - used / 10).max(50) as f64
        }
        whole => (50 - whole).max(33) as f64,
    }
}
