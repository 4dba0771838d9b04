//! Answers about the compute platform: who sees what, and why a job waits, in sentences.

use crate::ask::Asked;
use crate::wire::compute::{
    ArrayPlace, Cluster, ComputeJob, ComputeJobPage, Device, Invoice, InvoiceLine, Kind, Node,
    Part, Reserved, Rights, StartInterval, TaskPlace, Tenant, Voucher, Vouchers,
};
use crate::wire::label::Label;
use compute::book::Book;
use compute::{JobName, ReservationName, VoucherName};
use compute_rules::bill::{lines, yuan};
use compute_rules::engine::{Blocking, Engine};
use compute_rules::job::{Job, JobId, Outcome, Run, Standing};
use compute_rules::ledger::{self, Unit, VoucherId};
use kernel::{Day, EntityId, Timestamp};

/// What of the platform a caller sees.
#[derive(Debug, Clone)]
pub(crate) struct Eyes {
    /// What the caller's tenant is known by.
    pub(crate) own: String,
    /// Whether they see everyone's.
    pub(crate) all: bool,
    /// What they may do.
    pub(crate) rights: Rights,
}

impl Eyes {
    fn sees(&self, key: &str) -> bool {
        self.all || self.own == key
    }
}

pub(super) fn tenant(asked: &Asked<'_, '_>, key: &str) -> Tenant {
    let name = match key.parse::<EntityId>() {
        Ok(entity) => asked.look().entity(entity).name,
        Err(_) => Label::new(key, key),
    };
    Tenant { key: key.to_string(), name }
}

pub(super) fn key_of(book: &Book, of: ledger::Tenant) -> &str {
    book.key(of).unwrap_or_default()
}

fn state(standing: &Standing) -> &'static str {
    match standing {
        Standing::Blocked => "blocked",
        Standing::Waiting => "waiting",
        Standing::Running { .. } => "running",
        Standing::Ended { outcome, .. } => match outcome {
            Outcome::Done => "done",
            Outcome::Failed => "failed",
            Outcome::Cancelled => "cancelled",
            Outcome::OverLimit => "over_limit",
            Outcome::Orphaned => "orphaned",
            Outcome::Unpaid => "unpaid",
            Outcome::Missed => "missed",
        },
    }
}

/// The cluster, with what the caller may know of its jobs.
pub(crate) fn cluster(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    eyes: &Eyes,
) -> Cluster {
    let stands = engine.cluster();
    let mut nodes: Vec<Node> = Vec::with_capacity(stands.nodes.len());
    for (at, node) in stands.nodes.iter().enumerate() {
        let empty = engine.empty(at).unwrap_or(node);
        nodes.push(Node {
            name: node.name.clone(),
            kind: stands.models[node.model].clone(),
            lost: engine.is_lost(at as u32),
            cpu: empty.cpu,
            cpu_free: node.cpu.max(0),
            memory: empty.memory,
            memory_free: node.memory.max(0),
            devices: node
                .free
                .iter()
                .map(|free| Device { free: *free, parts: Vec::new() })
                .collect(),
            reserved: engine.reserved(at).map(|one| Reserved {
                id: ReservationName::from(one.id).to_string(),
                holder: super::sharing::holder(asked, (engine, book), eyes, one.holder),
                from: one.window.from.to_string(),
                until: one.window.until.to_string(),
            }),
        });
    }
    let mut running = 0;
    for job in engine.running() {
        running += 1;
        let Standing::Running { places, .. } = &job.standing else { continue };
        let key = key_of(book, job.request.tenant);
        let known = eyes.sees(key);
        for place in places {
            for device in &place.devices {
                nodes[place.node].devices[*device].parts.push(Part {
                    milli: job.request.share,
                    job: known.then(|| JobName::from(job.request.job).to_string()),
                    tenant: known.then(|| tenant(asked, key)),
                });
            }
        }
    }
    let kinds = stands.models.iter().enumerate().map(|(at, name)| {
        let of = || nodes.iter().filter(|node| node.kind == *name && !node.lost);
        let price = engine.prices().at(at as u16, asked.now);
        Kind {
            name: name.clone(),
            devices: of().map(|node| node.devices.len() as i64).sum(),
            free: of().flat_map(|node| &node.devices).map(|device| device.free).sum(),
            micro_yuan: price.map(|price| price.micro_yuan),
            until: price.map(|price| last_day(price.until)),
        }
    });
    Cluster {
        kinds: kinds.collect(),
        running,
        waiting: engine.waiting(),
        fragmented: engine.fragmentation(),
        rights: eyes.rights.clone(),
        nodes,
    }
}

/// The last civil day of a window, by the law's clock.
fn last_day(until: Timestamp) -> String {
    let last = Timestamp::from_micros(until.micros() - 1).legal_day();
    // A window without an end ends with the days that can be written.
    Day::from_ymd(9999, 12, 31).map_or(last, |end| last.min(end)).to_string()
}

fn device(share: i64) -> (String, String) {
    match share {
        1_000 => ("整卡".to_string(), "whole devices".to_string()),
        _ => {
            let part = format!("{}.{}%", share / 10, share % 10);
            (format!("卡的{part}"), format!("{part} of a device"))
        }
    }
}

/// Why a job waits, and what would help at the least price; none for one that does not wait.
pub(crate) fn why(engine: &Engine, now: Timestamp, id: JobId) -> (Option<Label>, Option<Label>) {
    let (Some(found), Some(job)) = (engine.explain(now, id), engine.job(id)) else {
        return (None, None);
    };
    let request = &job.request;
    let (zh_device, en_device) = device(request.share);
    let ahead = match found.ahead {
        0 => (String::new(), String::new()),
        many => {
            (format!("；本单位另有{many}个作业在前"), format!("; {many} of your own jobs go first"))
        }
    };
    let (zh, en) = match &found.blocking {
        Blocking::After(jobs) => {
            let names: Vec<String> =
                jobs.iter().map(|job| JobName::from(*job).to_string()).collect();
            let names = names.join(", ");
            (format!("等待 {names} 先完成"), format!("waits until {names} ended well"))
        }
        Blocking::Gang(fit) => (
            format!("{}个任务须同时启动，现在只能放下{fit}个", request.tasks),
            format!("all {} tasks start at once; {fit} of them fit now", request.tasks),
        ),
        Blocking::Elder => (
            "放得下，但等待更久的作业在先".to_string(),
            "it fits, but a job that has waited too long goes first".to_string(),
        ),
        Blocking::Price => (
            "所选型号在作业最长时限内没有已预留得起的价格".to_string(),
            "no kind it names has a price, for as long as it may run, that what is set aside pays"
                .to_string(),
        ),
        Blocking::Reserved(until) => {
            let day = until.legal_day();
            (
                format!("未预留的节点即使空闲也不够，须等预留到期（最早{day}）"),
                format!(
                    "what is not reserved is not enough even when empty; the first reservation ends on {day}"
                ),
            )
        }
        Blocking::Room { nodes, one_device_short, cpu_short, memory_short } => {
            let short = match (one_device_short, cpu_short, memory_short) {
                (0, 0, 0) => (String::new(), String::new()),
                (one, 0, 0) => {
                    (format!("，{one}个节点只差1卡"), format!("; one device short: {one}"))
                }
                (_, cpu, 0) if *cpu > 0 => {
                    (format!("，{cpu}个节点缺处理器"), format!("; short of CPU: {cpu}"))
                }
                (_, _, memory) => {
                    (format!("，{memory}个节点缺内存"), format!("; short of memory: {memory}"))
                }
            };
            (
                format!(
                    "等待一个节点上的{}张{zh_device}：{nodes}个合适的节点都没有{}",
                    request.devices, short.0
                ),
                format!(
                    "waits for {} × {en_device} on one node; of {nodes} nodes none has room{}",
                    request.devices, short.1
                ),
            )
        }
    };
    let kept = match found.reserved {
        0 => (String::new(), String::new()),
        many => (
            format!("；另有{many}个节点有空但为他人预留"),
            format!("; nodes with room that are reserved for others: {many}"),
        ),
    };
    let why =
        Label::new(&format!("{zh}{}{}", kept.0, ahead.0), &format!("{en}{}{}", kept.1, ahead.1));
    let kind = |at: u16| engine.cluster().models.get(usize::from(at)).cloned().unwrap_or_default();
    let remedy = match found.elsewhere {
        Some((at, price)) => {
            let (kind, price) = (kind(at), yuan(price));
            Some(Label::new(
                &format!("改用{kind}即可启动，每卡时{price}元"),
                &format!("on {kind} it would start now, ¥{price} a device-hour"),
            ))
        }
        None if found.as_borrower => Some(Label::new(
            "设为随时可让位，即可借用他人预留而未用的节点启动",
            "preemptible at once, it would start now on what others reserved and do not need",
        )),
        None if found.tasks_now > 0 && found.tasks_now < request.tasks => Some(Label::new(
            &format!("减为{}个任务即可启动", found.tasks_now),
            &format!("with {} tasks it would start now", found.tasks_now),
        )),
        None => None,
    };
    (Some(why), remedy)
}

/// Between which instants a waiting job starts.
pub(crate) fn start(engine: &Engine, now: Timestamp, id: JobId) -> Option<StartInterval> {
    let (from, until) = engine.start_of(now, id)?;
    Some(StartInterval { from: from.to_string(), until: until.to_string() })
}

/// A job in a list.
pub(crate) fn job_line(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    job: &Job,
) -> ComputeJob {
    let request = &job.request;
    let (why, remedy) = why(engine, asked.now, request.job);
    let (since, ended) = match &job.standing {
        Standing::Running { since, .. } => (Some(*since), None),
        Standing::Ended { at, .. } => (job.runs.last().map(|run| run.from), Some(*at)),
        Standing::Blocked | Standing::Waiting => (None, None),
    };
    let models = &engine.cluster().models;
    ComputeJob {
        id: JobName::from(request.job).to_string(),
        name: book.program(request.job).map_or(String::new(), |program| program.name.clone()),
        tenant: tenant(asked, key_of(book, request.tenant)),
        state: state(&job.standing).to_string(),
        submitted: job.submitted.to_string(),
        since: since.map(|at| at.to_string()),
        ended: ended.map(|at| at.to_string()),
        tasks: request.tasks,
        devices: request.devices,
        share: request.share,
        kinds: request.kinds.iter().map(|kind| models[usize::from(*kind)].clone()).collect(),
        limit_ms: request.limit,
        expected_ms: job.expected,
        attempt: job.attempt,
        cost: job.runs.iter().map(|run| run.cost).sum(),
        held: engine.held_for(request.job),
        why,
        remedy,
        start: start(engine, asked.now, request.job),
        preemptible_after_ms: request.preemptible_after,
        gave_way: job.gave_way,
        deadline: request.deadline.map(|at| at.to_string()),
        array: book.program(request.job).and_then(|program| program.array).map(|member| {
            ArrayPlace {
                index: member.index,
                count: member.count,
                first: JobName::from(JobId(request.job.0 - u64::from(member.index))).to_string(),
            }
        }),
    }
}

/// Whether a caller sees a job.
pub(crate) fn sees(eyes: &Eyes, book: &Book, job: &Job) -> bool {
    eyes.sees(key_of(book, job.request.tenant))
}

fn run_lines((engine, book): (&Engine, &Book), job: &Job, run: &Run) -> Vec<InvoiceLine> {
    let request = &job.request;
    let stretches = engine.prices().stretches(run.kind, request.milli(), run.from, run.until);
    let name = book.program(request.job).map_or(String::new(), |program| program.name.clone());
    let kind = &engine.cluster().models[usize::from(run.kind)];
    let line = |line: &compute_rules::bill::Line| InvoiceLine {
        job: JobName::from(request.job).to_string(),
        name: name.clone(),
        kind: kind.clone(),
        from: line.stretch.from.to_string(),
        until: line.stretch.until.to_string(),
        milli_gpu_ms: line.stretch.use_,
        price: line.stretch.micro_yuan,
        micro_yuan: line.micro_yuan,
    };
    lines(&stretches.unwrap_or_default()).iter().map(line).collect()
}

/// A job, whole.
pub(crate) fn job_page(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    job: &Job,
) -> ComputeJobPage {
    let request = &job.request;
    let program = book.program(request.job).cloned().unwrap_or_default();
    let places = match &job.standing {
        Standing::Running { places, .. } => places.as_slice(),
        _ => job.runs.last().map_or(&[][..], |run| run.places.as_slice()),
    };
    let nodes = &engine.cluster().nodes;
    let over = matches!(job.standing, Standing::Ended { .. });
    ComputeJobPage {
        job: job_line(asked, (engine, book), job),
        submitter: program.submitter,
        command: program.command,
        cpu: request.cpu,
        memory: request.memory,
        after: request.after.iter().map(|one| JobName::from(*one).to_string()).collect(),
        places: places
            .iter()
            .map(|place| TaskPlace {
                node: nodes[place.node].name.clone(),
                devices: place.devices.clone(),
            })
            .collect(),
        lines: job.runs.iter().flat_map(|run| run_lines((engine, book), job, run)).collect(),
        may_cancel: !over,
    }
}

/// What a tenant's runs that ended within a stretch of time come to.
pub(crate) fn invoice(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    key: &str,
    (from, until): (Timestamp, Timestamp),
) -> Invoice {
    let of = book.tenant(key);
    let mut jobs: Vec<&Job> = engine.jobs().filter(|job| Some(job.request.tenant) == of).collect();
    jobs.sort_unstable_by_key(|job| job.request.job);
    let (mut all, mut paid) = (Vec::new(), 0);
    for job in jobs {
        for run in job.runs.iter().filter(|run| run.until >= from && run.until < until) {
            all.extend(run_lines((engine, book), job, run));
            paid += run.cost;
        }
    }
    let sum = all.iter().map(|line| line.micro_yuan).sum();
    Invoice {
        tenant: tenant(asked, key),
        from: from.to_string(),
        until: until.to_string(),
        lines: all,
        micro_yuan: sum,
        agrees: sum == paid,
    }
}

fn voucher(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    id: VoucherId,
    one: &ledger::Voucher,
) -> Voucher {
    let models = engine.cluster().models.iter().enumerate();
    let kinds = models.filter(|(at, _)| one.issue.kinds.0 >> at & 1 == 1);
    Voucher {
        id: VoucherName::from(id).to_string(),
        holder: tenant(asked, key_of(book, one.issue.holder)),
        parent: one.parent.map(|parent| VoucherName::from(parent).to_string()),
        makes_good: id.0 >> 63 == 1,
        kinds: kinds.map(|(_, name)| name.clone()).collect(),
        from: one.issue.window.from.to_string(),
        until: last_day(one.issue.window.until),
        amount: one.issue.amount,
        remaining: one.remaining,
        held: one.held,
        captured: one.captured,
        expired: one.expired,
        given: one.given,
    }
}

/// The vouchers that a caller may see, and what they come to.
pub(crate) fn vouchers(
    asked: &Asked<'_, '_>,
    (engine, book): (&Engine, &Book),
    eyes: &Eyes,
) -> Vouchers {
    let mut sums = [0i64; 5];
    let mut items = Vec::new();
    for (id, one) in engine.ledger().vouchers() {
        let money = one.issue.unit == Unit::Money;
        if !money || !eyes.sees(key_of(book, one.issue.holder)) {
            continue;
        }
        // What was split off another is not issued again.
        let issued = if one.parent.is_none() || !eyes.all { one.issue.amount } else { 0 };
        let given = if eyes.all { 0 } else { one.given };
        let parts = [issued - given, one.remaining, one.held, one.captured, one.expired];
        sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        items.push(voucher(asked, (engine, book), id, one));
    }
    items.reverse();
    let [issued, remaining, held, captured, expired] = sums;
    Vouchers {
        items,
        issued,
        remaining,
        held,
        captured,
        expired,
        balance: issued == remaining + held + captured + expired,
        rights: eyes.rights.clone(),
    }
}
