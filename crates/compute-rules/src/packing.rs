//! Packing: which node and which devices a task is placed on.
//!
//! Five published policies, each to the digit, and our own. Scores are whole numbers because the
//! published ones are: their truncation and the tie by rank are part of what makes them good.

use crate::cluster::{Cluster, Node, WHOLE};
use crate::fragment::Target;
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
    /// Ours: the gradient without its truncation, less what is left free.
    Xiudai,
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

/// What a node scores for a request, as it stood at a version of the node.
#[derive(Debug, Clone, Copy)]
struct Scored {
    version: u32,
    score: f64,
    device: u32,
}

/// Scores of one kind of request on every node.
type Board = Vec<Scored>;

/// A request as scores know it: tasks of one kind share a board.
type Kind = (i64, i64, i64, i64, crate::task::Models);

/// Places tasks by a policy; scores are kept until their node changes.
#[derive(Debug, Clone)]
pub struct Packer {
    policy: Policy,
    target: Target,
    /// The fragmentation of each node, and the version it was worked out at.
    parts: Vec<(u32, f64)>,
    boards: BTreeMap<Kind, Board>,
}

/// A node that a task does not fit on.
const UNFIT: f64 = f64::NEG_INFINITY;

impl Packer {
    /// A packer for a cluster and the workload it expects.
    pub fn new(policy: Policy, target: Target, cluster: &Cluster) -> Packer {
        let parts = vec![(u32::MAX, 0.0); cluster.nodes.len()];
        Packer { policy, target, parts, boards: BTreeMap::new() }
    }

    /// Where a task goes: the node, and which of its devices; none when it fits nowhere.
    pub fn choose(&mut self, cluster: &Cluster, task: &Task) -> Option<(usize, Vec<usize>)> {
        let kind = (task.cpu, task.memory, task.devices, task.share, task.models);
        let mut board = self.boards.remove(&kind).unwrap_or_default();
        if board.is_empty() {
            board =
                vec![Scored { version: u32::MAX, score: UNFIT, device: 0 }; cluster.nodes.len()];
        }
        for (at, node) in cluster.nodes.iter().enumerate() {
            if board[at].version != node.version {
                board[at] = self.score(node, at, task);
            }
        }
        let best = match self.policy {
            Policy::BestFit => spread(&board, cluster),
            _ => best(&board, cluster),
        };
        let device = best.map(|at| board[at].device as usize);
        self.boards.insert(kind, board);
        let node = best?;
        let devices = match (task.is_shared(), device) {
            (true, Some(device)) => vec![device],
            _ => cluster.nodes[node].whole(task.devices),
        };
        Some((node, devices))
    }

    fn score(&mut self, node: &Node, at: usize, task: &Task) -> Scored {
        let scored = |score: f64, device: usize| Scored {
            version: node.version,
            score,
            device: device as u32,
        };
        if !node.fits(task) {
            return scored(UNFIT, 0);
        }
        let tightest = match task.is_shared() {
            true => node.tightest(task.share).unwrap_or(0),
            false => 0,
        };
        let (room, demand) = (node.room() as f64, task.demand() as f64);
        let (cpu, asked) = (node.cpu as f64, task.cpu as f64);
        match self.policy {
            Policy::Fgd | Policy::Xiudai => self.gradient(node, at, task),
            Policy::BestFit => {
                let left = 0.5 * (cpu - asked) / CPU_SCALE + 0.5 * (room - demand) / GPU_SCALE;
                scored((100.0 * (1.0 - left)).trunc(), tightest)
            }
            Policy::DotProd => {
                let product = (cpu / CPU_SCALE) * (asked / CPU_SCALE)
                    + (room / GPU_SCALE) * (demand / GPU_SCALE);
                scored((100.0 * (1.0 - product / 2.0)).trunc(), tightest)
            }
            Policy::GpuClustering => scored(clustering(node, task), tightest),
            Policy::GpuPacking => scored(packing(node, task), tightest),
        }
    }

    /// How much less fragmented a node is with the task: the best device of those it may share.
    fn gradient(&mut self, node: &Node, at: usize, task: &Task) -> Scored {
        if self.parts[at].0 != node.version {
            self.parts[at] = (node.version, self.target.node(node));
        }
        let now = self.parts[at].1;
        let cpu = node.cpu - task.cpu;
        let mut free = node.free.clone();
        let mut best = Scored { version: node.version, score: UNFIT, device: 0 };
        let mut try_one = |free: &[i64], device: usize| {
            let gain = now - self.target.part(cpu, node.model, free);
            let score = match self.policy {
                Policy::Fgd => (100.0 / (1.0 + (-gain / 1_000.0).exp())).trunc(),
                _ => {
                    let left: i64 = free.iter().sum();
                    gain / 100.0 - (0.5 * left as f64 / GPU_SCALE + 0.5 * cpu as f64 / CPU_SCALE)
                }
            };
            if score > best.score {
                best.score = score;
                best.device = device as u32;
            }
        };
        if task.is_shared() {
            for device in 0..node.free.len() {
                if node.free[device] >= task.share {
                    free[device] -= task.share;
                    try_one(&free, device);
                    free[device] += task.share;
                }
            }
        } else {
            for device in node.whole(task.devices) {
                free[device] = 0;
            }
            try_one(&free, 0);
        }
        best
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
