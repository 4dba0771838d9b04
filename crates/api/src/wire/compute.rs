//! The compute platform as it goes over the wire. Money is whole micro-yuan, time whole
//! milliseconds, devices whole milli-GPU.

use crate::wire::label::Label;
use crate::wire::sharing::Holder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who pays: a firm, or an account that acts for none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tenant {
    /// `E12` or `A3`.
    pub key: String,
    /// What it is called.
    pub name: Label,
}

/// A part of a device that a job holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// How much of it, milli-GPU.
    pub milli: i64,
    /// The job, when the caller may know.
    pub job: Option<String>,
    /// Whose, when the caller may know.
    pub tenant: Option<Tenant>,
}

/// A device of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Device {
    /// What is free of it, milli-GPU.
    pub free: i64,
    /// What is taken.
    pub parts: Vec<Part>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The kind of its devices.
    pub kind: String,
    /// Whether it is lost.
    pub lost: bool,
    /// CPU in all, milli-cores.
    pub cpu: i64,
    /// Of that, free.
    pub cpu_free: i64,
    /// Memory in all, MiB.
    pub memory: i64,
    /// Of that, free.
    pub memory_free: i64,
    /// Its devices.
    pub devices: Vec<Device>,
    /// What is reserved on it.
    pub reserved: Option<Reserved>,
}

/// What is reserved on a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reserved {
    /// `B1`.
    pub id: String,
    /// For whom, where the caller may know.
    pub holder: Option<Holder>,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
}

/// A kind of device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kind {
    /// Its name.
    pub name: String,
    /// Devices in all.
    pub devices: i64,
    /// What is free of them, milli-GPU.
    pub free: i64,
    /// Micro-yuan for a device-hour now; absent when it has no price.
    pub micro_yuan: Option<i64>,
    /// The last day on which that holds, by the law's clock.
    pub until: Option<String>,
}

/// What a caller may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rights {
    /// Set prices, bring machines, issue vouchers.
    pub manage: bool,
}

/// The cluster as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cluster {
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// Kinds of device.
    pub kinds: Vec<Kind>,
    /// Jobs that run.
    pub running: usize,
    /// Jobs that wait for room.
    pub waiting: usize,
    /// What is free in pieces that the expected jobs cannot use, milli-GPU.
    pub fragmented: i64,
    /// What the caller may do.
    pub rights: Rights,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComputeJob {
    /// `G12`.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Who pays.
    pub tenant: Tenant,
    /// `blocked`, `waiting`, `running`, `done`, `failed`, `cancelled`, `over_limit`, `orphaned`,
    /// `unpaid` or `missed`.
    pub state: String,
    /// When it was submitted.
    pub submitted: String,
    /// Since when it runs.
    pub since: Option<String>,
    /// When it ended.
    pub ended: Option<String>,
    /// How many tasks, all at once.
    pub tasks: u32,
    /// Devices of each.
    pub devices: i64,
    /// Share of each device, milli-GPU.
    pub share: i64,
    /// Kinds of device that will do; none is any.
    pub kinds: Vec<String>,
    /// It is stopped after so many milliseconds.
    pub limit_ms: i64,
    /// How long it is expected to run, milliseconds.
    pub expected_ms: i64,
    /// How often it was started again.
    pub attempt: u8,
    /// What it cost so far, micro-yuan; of one that runs, without what runs.
    pub cost: i64,
    /// Set aside for it, micro-yuan.
    pub held: i64,
    /// Why it waits, in a sentence.
    pub why: Option<Label>,
    /// What would help at the least price, in a sentence.
    pub remedy: Option<Label>,
    /// Between which instants it starts, nine times in ten; none while too little is known.
    pub start: Option<StartInterval>,
    /// Once it has run so many milliseconds it may be made to give way; none for never.
    pub preemptible_after_ms: Option<i64>,
    /// How often it gave way to another.
    pub gave_way: u8,
    /// When it must have started; past it, it is over.
    pub deadline: Option<String>,
    /// Its place in an array of jobs alike.
    pub array: Option<ArrayPlace>,
}

/// A place in an array of jobs alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArrayPlace {
    /// Which, from 0.
    pub index: u32,
    /// Of how many.
    pub count: u32,
    /// The first of them.
    pub first: String,
}

/// Between which instants a waiting job starts, nine times in ten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StartInterval {
    /// Not before.
    pub from: String,
    /// Not after.
    pub until: String,
}

/// A page of jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComputeJobs {
    /// The newest first.
    pub items: Vec<ComputeJob>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A line of an invoice: an attempt of a job at one price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoiceLine {
    /// The job.
    pub job: String,
    /// What its owner calls it.
    pub name: String,
    /// The kind of device.
    pub kind: String,
    /// From when.
    pub from: String,
    /// Up to and without this instant.
    pub until: String,
    /// What was used, milli-GPU-milliseconds.
    pub milli_gpu_ms: i64,
    /// The price, micro-yuan for a device-hour.
    pub price: i64,
    /// What it costs, micro-yuan.
    pub micro_yuan: i64,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invoice {
    /// Who pays.
    pub tenant: Tenant,
    /// Runs that ended from this instant on.
    pub from: String,
    /// Up to and without this one.
    pub until: String,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// Their sum, micro-yuan.
    pub micro_yuan: i64,
    /// Whether that is what the vouchers of the jobs paid.
    pub agrees: bool,
}

/// Where a task of a job runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskPlace {
    /// The node.
    pub node: String,
    /// Which of its devices.
    pub devices: Vec<usize>,
}

/// A job, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComputeJobPage {
    /// As it stands.
    pub job: ComputeJob,
    /// The account that submitted it.
    pub submitter: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// CPU of each task, milli-cores.
    pub cpu: i64,
    /// Memory of each task, MiB.
    pub memory: i64,
    /// Jobs that must have ended well before.
    pub after: Vec<String>,
    /// Where its tasks run, in their order; once it ended, where they ran last.
    pub places: Vec<TaskPlace>,
    /// What it was charged for.
    pub lines: Vec<InvoiceLine>,
    /// Whether the caller may stop it.
    pub may_cancel: bool,
}

/// A job to be submitted, or asked a price for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComputeJob {
    /// What its owner calls it.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Who pays, for an officer who submits for another: `E12` or `A3`.
    #[serde(default)]
    pub tenant: Option<String>,
    /// How many tasks, all at once.
    #[serde(default = "one")]
    pub tasks: u32,
    /// CPU of each, milli-cores.
    #[serde(default = "core")]
    pub cpu: i64,
    /// Memory of each, MiB.
    #[serde(default = "memory")]
    pub memory: i64,
    /// Devices of each.
    #[serde(default = "device")]
    pub devices: i64,
    /// Share of each device, milli-GPU.
    #[serde(default = "core")]
    pub share: i64,
    /// Kinds of device that will do, the dearest to the asker first; none is any.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// It is stopped after so many milliseconds.
    pub limit_ms: i64,
    /// Higher ones go first, 0 to 9.
    #[serde(default)]
    pub priority: u8,
    /// Jobs that must have ended well before.
    #[serde(default)]
    pub after: Vec<String>,
    /// Once it has run so many milliseconds it may be made to give way to a job that is not
    /// preemptible; none for never. What it had paid is made good.
    #[serde(default)]
    pub preemptible_after_ms: Option<i64>,
    /// When it must have started, RFC 3339: it goes before others of its tenant as this comes near, and
    /// is over without having run when it is past.
    #[serde(default)]
    pub deadline: Option<String>,
    /// So many jobs alike, each by itself; which one it is, a task reads from `XIUDAI_ARRAY_INDEX`.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 4096)]
    pub array: u32,
    /// What its submitter names it by, once: submitted again under it, it is the same job, also
    /// after an answer was lost.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub key: String,
}

fn one() -> u32 {
    1
}

fn device() -> i64 {
    1
}

fn core() -> i64 {
    1_000
}

fn memory() -> i64 {
    512
}

/// What would come of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Quote {
    /// What would be set aside: the most it can cost, micro-yuan.
    pub most: i64,
    /// Whether it would start at once.
    pub starts_now: bool,
    /// On which kind of device.
    pub kind: Option<String>,
    /// Why not at once, in a sentence.
    pub why: Option<Label>,
    /// What would help at the least price, in a sentence.
    pub remedy: Option<Label>,
    /// Between which instants it would start, nine times in ten; none while too little is known.
    pub start: Option<StartInterval>,
}

/// A part of what a task wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskLog {
    /// The text.
    pub text: String,
    /// Where the next part begins, bytes.
    pub next: u64,
    /// Bytes in all, so far.
    pub size: u64,
}

/// A voucher with its pockets: what was received is what remains, is held, was captured, has expired
/// or was given away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Voucher {
    /// `U3`.
    pub id: String,
    /// Who may spend it.
    pub holder: Tenant,
    /// The voucher it was split off.
    pub parent: Option<String>,
    /// Whether it makes good what was lost with a node.
    pub makes_good: bool,
    /// Devices it pays for; none is any.
    pub kinds: Vec<String>,
    /// From when.
    pub from: String,
    /// Its last day, by the law's clock.
    pub until: String,
    /// Received, micro-yuan.
    pub amount: i64,
    /// Free to be held.
    pub remaining: i64,
    /// Set aside.
    pub held: i64,
    /// Paid.
    pub captured: i64,
    /// Lost with its window.
    pub expired: i64,
    /// Split off.
    pub given: i64,
}

/// All vouchers that the caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Vouchers {
    /// The newest first.
    pub items: Vec<Voucher>,
    /// Issued in all, micro-yuan, and where it is.
    pub issued: i64,
    /// Free to be held.
    pub remaining: i64,
    /// Set aside.
    pub held: i64,
    /// Paid.
    pub captured: i64,
    /// Lost.
    pub expired: i64,
    /// Whether issued is the sum of the others.
    pub balance: bool,
    /// What the caller may do.
    pub rights: Rights,
}

/// A voucher to be issued.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVoucher {
    /// To whom: `E12` or `A3`.
    pub holder: String,
    /// Micro-yuan.
    pub amount: i64,
    /// Devices it pays for; none is any.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Good until the end of this day, by the law's clock.
    pub until: String,
}

/// A part of a voucher for another.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherSplit {
    /// For whom: `E12` or `A3`.
    pub holder: String,
    /// Micro-yuan.
    pub amount: i64,
}

/// A price.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPrice {
    /// The kind of device.
    pub kind: String,
    /// Micro-yuan for a device-hour.
    pub micro_yuan: i64,
    /// Holds until the end of this day, by the law's clock.
    pub until: String,
}
