//! Why a job waits, in figures that make one sentence, and what would help at the least price.

use super::Engine;
use crate::job::{JobId, Standing};
use crate::task::Models;
use kernel::Timestamp;

/// What stands in a job's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocking {
    /// It waits for these jobs.
    After(Vec<JobId>),
    /// No node has room for a task of it: how many lack one device only, lack CPU, lack memory, of
    /// how many nodes with such devices.
    Room {
        /// Nodes with a device of a kind that will do.
        nodes: u32,
        /// Of these, nodes that lack one device, or the share of one.
        one_device_short: u32,
        /// Nodes that have the devices and lack CPU.
        cpu_short: u32,
        /// Nodes that have devices and CPU and lack memory.
        memory_short: u32,
    },
    /// Some of its tasks fit, not all at once: how many do.
    Gang(u32),
    /// A job that has waited too long goes first.
    Elder,
}

/// Why a job waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What stands in its way.
    pub blocking: Blocking,
    /// Jobs that go before it by the order of the queue, of its own tenant.
    pub ahead: u32,
    /// A kind of device on which it would start now, and its price, micro-yuan for a device-hour;
    /// the cheapest, when there is one that it does not name.
    pub elsewhere: Option<(u16, i64)>,
    /// The most tasks of it that would start now.
    pub tasks_now: u32,
}

impl Engine {
    /// Why a job waits; none for one that does not.
    pub fn explain(&self, at: Timestamp, id: JobId) -> Option<Explanation> {
        let job = self.job(id)?;
        let request = &job.request;
        let blocking = match &job.standing {
            Standing::Blocked => {
                let open = request.after.iter().filter(|one| !self.is_over(**one));
                Blocking::After(open.copied().collect())
            }
            Standing::Waiting => self.blocking(id),
            Standing::Running { .. } | Standing::Ended { .. } => return None,
        };
        let kinds = self.kinds_of(request);
        let room = |kind: u16| -> u32 {
            let task = request.task(Models::of(std::iter::once(usize::from(kind))));
            let of = |node: &&crate::cluster::Node| node.model == usize::from(kind);
            let nodes = self.cluster().nodes.iter().filter(of);
            let times: u64 = nodes.map(|node| node.times(&task)).sum();
            times.min(u64::from(request.tasks)) as u32
        };
        let all = 0..self.cluster().models.len() as u16;
        let others = all.filter(|kind| !kinds.contains(kind) && room(*kind) == request.tasks);
        let priced = others.filter_map(|kind| Some((kind, self.prices.at(kind, at)?.micro_yuan)));
        Some(Explanation {
            blocking,
            ahead: self.queue.ahead(job),
            elsewhere: priced.min_by_key(|(kind, price)| (*price, *kind)),
            tasks_now: kinds.iter().map(|kind| room(*kind)).max().unwrap_or(0),
        })
    }

    fn blocking(&self, id: JobId) -> Blocking {
        let Some(job) = self.job(id) else { return Blocking::Elder };
        let request = &job.request;
        let kinds = self.kinds_of(request);
        let task = request.task(Models::default());
        let (mut nodes, mut one, mut cpu, mut memory, mut fit) = (0, 0, 0, 0, 0u64);
        for node in &self.cluster().nodes {
            if !kinds.contains(&(node.model as u16)) {
                continue;
            }
            nodes += 1;
            let enough = node.free.iter().filter(|free| **free >= request.share).count() as i64;
            if request.devices > 0 && enough < request.devices {
                one += u32::from(enough + 1 == request.devices);
            } else if node.cpu < request.cpu {
                cpu += 1;
            } else if node.memory < request.memory {
                memory += 1;
            } else {
                fit += node.times(&task);
            }
        }
        if fit >= u64::from(request.tasks) {
            return Blocking::Elder;
        }
        if fit > 0 {
            return Blocking::Gang(fit as u32);
        }
        Blocking::Room { nodes, one_device_short: one, cpu_short: cpu, memory_short: memory }
    }
}
