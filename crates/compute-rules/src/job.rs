//! A job: so many tasks alike, that start together or wait.

use crate::cluster::{DEVICES_MAX, WHOLE};
use crate::ledger::Tenant;
use crate::refused::bound;
use crate::task::{Models, Task};
use kernel::{Refusal, Timestamp};
use std::collections::BTreeSet;

/// Tasks of a job at most.
pub const TASKS_MAX: u32 = 4_096;
/// A job runs at most so long: 90 days, in milliseconds.
pub const LIMIT_MAX: i64 = 90 * 86_400_000;
/// Jobs another may wait for at most.
pub const AFTER_MAX: usize = 64;
/// Priorities are 0 to this.
pub const PRIORITY_MAX: u8 = 9;

/// A job's name, given by who submits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JobId(pub u64);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its name.
    pub job: JobId,
    /// Who pays.
    pub tenant: Tenant,
    /// Who submitted it: durations are learnt by it.
    pub user: u32,
    /// How many tasks, all placed at once.
    pub tasks: u32,
    /// CPU of each, milli-cores.
    pub cpu: i64,
    /// Memory of each, MiB.
    pub memory: i64,
    /// Devices of each.
    pub devices: i64,
    /// Share of each device, milli-GPU; 1,000 whenever there is more than one, 0 for none.
    pub share: i64,
    /// Kinds of device that will do, the dearest to the asker first; none is any.
    pub kinds: Vec<u16>,
    /// It is stopped after so many milliseconds.
    pub limit: i64,
    /// Higher ones go first.
    pub priority: u8,
    /// Jobs that must have ended well before.
    pub after: Vec<JobId>,
    /// Once it has run so many milliseconds it may be made to give way; none for never.
    pub preemptible_after: Option<i64>,
    /// When it must have started, for its result to be of use: it goes first as this comes near, and is
    /// over without having run when it is past.
    pub deadline: Option<Timestamp>,
}

/// A request as the queue tells shapes apart: what does not fit for one does not for its like.
pub(crate) type Shape = (u32, i64, i64, i64, i64, Vec<u16>, Option<u8>);

impl Request {
    /// Milli-GPU in all.
    pub fn milli(&self) -> i64 {
        i64::from(self.tasks) * self.devices * self.share
    }

    pub(crate) fn shape(&self) -> Shape {
        let kinds = self.kinds.clone();
        // Who may make others give way is no like of who may not.
        let rank = self.preemptible_after.map(|_| self.priority);
        (self.tasks, self.cpu, self.memory, self.devices, self.share, kinds, rank)
    }

    /// A task of it on these models.
    pub(crate) fn task(&self, models: Models) -> Task {
        Task {
            name: String::new(),
            cpu: self.cpu,
            memory: self.memory,
            devices: self.devices,
            share: self.share,
            models,
            spec: String::new(),
        }
    }

    /// Whether it makes sense at all.
    ///
    /// Fails with `E-CMP-40` for a number out of its bounds, `E-CMP-05` for a share that is none,
    /// `E-CMP-41` for a kind that is not there or is named twice.
    pub fn check(&self, kinds: usize) -> Result<(), Refusal> {
        bound("tasks", i64::from(self.tasks), 1, i64::from(TASKS_MAX))?;
        bound("cpu", self.cpu, 0, 1 << 30)?;
        bound("memory", self.memory, 0, 1 << 30)?;
        bound("devices", self.devices, 0, DEVICES_MAX)?;
        bound("limit", self.limit, 1, LIMIT_MAX)?;
        bound("priority", i64::from(self.priority), 0, i64::from(PRIORITY_MAX))?;
        bound("preemptible_after", self.preemptible_after.unwrap_or(0), 0, LIMIT_MAX)?;
        bound("after", self.after.len() as i64, 0, AFTER_MAX as i64)?;
        let sound = match self.devices {
            0 => self.share == 0,
            1 => (1..=WHOLE).contains(&self.share),
            _ => self.share == WHOLE,
        };
        if !sound {
            let rule =
                "a share is 1 to 1,000 milli-GPU of one device, whole devices where there are more";
            return Err(Refusal::new(
                "E-CMP-05",
                rule,
                "显卡份额应为1至1000毫卡,多卡时应为整卡",
                rule,
            )
            .column("share")
            .value(&self.share.to_string()));
        }
        for (at, kind) in self.kinds.iter().enumerate() {
            if usize::from(*kind) >= kinds || self.kinds[..at].contains(kind) {
                let rule = "kinds are those of the inventory, each named once";
                return Err(Refusal::new("E-CMP-41", rule, "没有该型号或型号重复", rule)
                    .column("kinds")
                    .value(&kind.to_string()));
            }
        }
        Ok(())
    }
}

/// A task's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The node.
    pub node: usize,
    /// Which of its devices.
    pub devices: Vec<usize>,
}

/// What an attempt of a job held and was charged for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// On which kind of device.
    pub kind: u16,
    /// From when.
    pub from: Timestamp,
    /// Up to and without this instant.
    pub until: Timestamp,
    /// What was captured for it, micro-yuan.
    pub cost: i64,
    /// Where it ran, a place for each task.
    pub places: Vec<Place>,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It ended by itself, well.
    Done,
    /// It ended by itself, badly.
    Failed,
    /// Its owner stopped it.
    Cancelled,
    /// It was stopped at its limit.
    OverLimit,
    /// A job it waited for did not end well.
    Orphaned,
    /// What it ran on was lost, and nothing was left to pay for another start.
    Unpaid,
    /// Its deadline passed before there was room for it.
    Missed,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It waits for other jobs.
    Blocked,
    /// It waits for room.
    Waiting,
    /// It runs.
    Running {
        /// Where, a place for each task.
        places: Vec<Place>,
        /// On which kind of device.
        kind: u16,
        /// Since when.
        since: Timestamp,
    },
    /// It ended.
    Ended {
        /// How.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What was asked.
    pub request: Request,
    /// When.
    pub submitted: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// How often it was started again, because what it ran on was lost or it gave way.
    pub attempt: u8,
    /// How often it gave way to another.
    pub gave_way: u8,
    /// How long it was expected to run when it was last put in the queue, milliseconds.
    pub expected: i64,
    /// Whether it waits and its deadline is near.
    pub urgent: bool,
    /// What it takes, while it runs, of what is not reserved for it, milli-GPU: that counts as its
    /// tenant's share.
    pub counted: i64,
    /// What its attempts held so far, without the one that runs.
    pub runs: Vec<Run>,
}

impl Job {
    /// When it goes before others of its tenant: as long before its deadline as it is expected to run.
    pub fn urgent_from(&self) -> Option<Timestamp> {
        let ahead = self.expected.saturating_mul(1_000);
        let deadline = self.request.deadline?;
        Some(Timestamp::from_micros(deadline.micros().saturating_sub(ahead)))
    }

    /// Takes what is to be minded of its deadline out of a list.
    pub(crate) fn forget_deadline(&self, list: &mut BTreeSet<(Timestamp, JobId)>) {
        for at in self.request.deadline.into_iter().chain(self.urgent_from()) {
            list.remove(&(at, self.request.job));
        }
    }
}
