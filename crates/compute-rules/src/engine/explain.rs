//! Why a job waits, in figures that make one sentence, and what would help at the least price.

use super::Engine;
use crate::job::{JobId, Request, Standing};
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
    /// No kind of device that will do has a price for its whole limit that what is set aside pays.
    Price,
    /// What is not reserved for others has not enough of what it asks, even if it were empty; until when
    /// the first of these reservations lasts.
    Reserved(Timestamp),
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
    /// Nodes of the kinds that will do with room for a task of it, that are reserved for others.
    pub reserved: u32,
    /// Whether it would start now, on what is reserved and lent, if it gave way whenever that is needed.
    pub as_borrower: bool,
}

/// What one look at all nodes says of a request.
#[derive(Default)]
struct Look {
    nodes: u32,
    one_device_short: u32,
    cpu_short: u32,
    memory_short: u32,
    /// Nodes with room that are reserved for others.
    reserved: u32,
    /// How many tasks fit on each kind of device, named or not.
    fit: Vec<u64>,
}

impl Engine {
    /// Why a job waits; none for one that does not. Cost: one look at every node.
    pub fn explain(&self, at: Timestamp, id: JobId) -> Option<Explanation> {
        let job = self.job(id)?;
        let request = &job.request;
        match &job.standing {
            Standing::Blocked | Standing::Waiting => {}
            Standing::Running { .. } | Standing::Ended { .. } => return None,
        }
        let payable = self.payable(at, request, job.attempt);
        let named = |kind: u16| payable.contains(&kind);
        let reach = self.reach(at, request, job.gave_way).all();
        let look = self.look(request, &payable, reach);
        let all = 0..self.cluster().models.len() as u16;
        let tasks = u64::from(request.tasks);
        let fits = |kind: &u16| look.fit[usize::from(*kind)].min(tasks);
        let most = all.clone().filter(|kind| named(*kind)).map(|kind| fits(&kind)).max();
        let most = most.unwrap_or(0);
        let elsewhere = all
            .filter(|kind| !named(*kind) && fits(kind) == tasks)
            .filter_map(|kind| Some((kind, self.prices.at(kind, at)?.micro_yuan)))
            .min_by_key(|(kind, price)| (*price, *kind));
        let blocking = if job.standing == Standing::Blocked {
            let open = request.after.iter().filter(|one| !self.is_over(**one));
            Blocking::After(open.copied().collect())
        } else if payable.is_empty() {
            Blocking::Price
        } else if let Some(until) = self.reserved_until(request, &payable, reach) {
            Blocking::Reserved(until)
        } else if most == tasks {
            Blocking::Elder
        } else if most > 0 {
            Blocking::Gang(most as u32)
        } else {
            Blocking::Room {
                nodes: look.nodes,
                one_device_short: look.one_device_short,
                cpu_short: look.cpu_short,
                memory_short: look.memory_short,
            }
        };
        Some(Explanation {
            blocking,
            ahead: self.queue.ahead(job),
            elsewhere,
            tasks_now: most as u32,
            reserved: look.reserved,
            as_borrower: self.would_borrow(at, request, &payable, most, tasks),
        })
    }

    /// Until when the first reservation lasts that keeps a request from what it needs; none where it
    /// would fit if everything it may be placed on were empty.
    fn reserved_until(&self, request: &Request, kinds: &[u16], reach: u64) -> Option<Timestamp> {
        let kept = self.slots.live().filter(|(slot, _)| reach & (1 << slot) == 0);
        let until = kept.map(|(_, one)| one.window.until).min()?;
        (!self.fits_empty(request, kinds, reach)).then_some(until)
    }

    /// Whether a request that does not fit would, if it gave way at once.
    fn would_borrow(
        &self,
        at: Timestamp,
        request: &Request,
        kinds: &[u16],
        most: u64,
        tasks: u64,
    ) -> bool {
        if most >= tasks || self.slots.taken() == 0 {
            return false;
        }
        let borrower = Request { preemptible_after: Some(0), ..request.clone() };
        let look = self.look(&borrower, kinds, self.reach(at, &borrower, 0).all());
        kinds.iter().any(|kind| look.fit[usize::from(*kind)] >= tasks)
    }

    fn look(&self, request: &Request, kinds: &[u16], reach: u64) -> Look {
        let task = request.task(Models::default());
        let models = self.cluster().models.len();
        let mut look = Look { fit: vec![0; models], ..Look::default() };
        let named: Vec<bool> = (0..models as u16).map(|kind| kinds.contains(&kind)).collect();
        for (at, node) in self.cluster().nodes.iter().enumerate() {
            let times = node.times(&task);
            if !self.slots.reaches(reach, at) {
                look.reserved += u32::from(named[node.model] && times > 0);
                continue;
            }
            look.fit[node.model] += times;
            if !named[node.model] {
                continue;
            }
            look.nodes += 1;
            if times > 0 {
                continue;
            }
            let enough = node.free.iter().filter(|free| **free >= request.share).count() as i64;
            if request.devices > 0 && enough < request.devices {
                look.one_device_short += u32::from(enough + 1 == request.devices);
            } else if node.cpu < request.cpu {
                look.cpu_short += 1;
            } else {
                look.memory_short += 1;
            }
        }
        look
    }
}
