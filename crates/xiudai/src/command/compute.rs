//! `xiudai compute`: the scheduler core on traces, without a store.

use super::jobs;
use crate::world;
use anyhow::{Context as _, Result};
use compute::runner::{become_task, supervise};
use compute_rules::cluster::Cluster;
use compute_rules::packing::Policy;
use compute_rules::queue::{self, Coverage, Order};
use compute_rules::replay::{self, Replay};
use compute_rules::simulate::{Summary, intervals, simulate};
use compute_rules::task::Task;
use kernel::Refusal;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is asked of the scheduler core.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ComputeCommand {
    /// Let tasks arrive on an empty cluster until demand is 130 % of it, and write the curve.
    Replay(ReplayArgs),
    /// Run the jobs of virtual clusters through a queue.
    Simulate(SimulateArgs),
    /// Submit a job to a house.
    Submit(jobs::Asked),
    /// What a job would cost at most, and when it would start.
    Quote(jobs::Asked),
    /// How a job stands, or the newest ones.
    Status(jobs::Which),
    /// What a task of a job wrote.
    Logs(jobs::LogArgs),
    /// Stop a job.
    Cancel(jobs::Named),
    /// Print a job as Jobs of Kubernetes, for kubectl to create.
    Manifest(jobs::ManifestArgs),
    /// Supervise the task of a folder; a house runs it.
    #[command(hide = true)]
    Supervise {
        /// The folder.
        folder: PathBuf,
    },
    /// Become the task of a folder; its supervisor runs it.
    #[command(hide = true)]
    Task {
        /// The folder.
        folder: PathBuf,
    },
}

/// A replay.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// CSV: sn, cpu_milli, memory_mib, gpu, model.
    #[arg(long)]
    nodes: PathBuf,
    /// CSV: name, cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec.
    #[arg(long)]
    tasks: PathBuf,
    /// CSV: workload, seed, order; the order holds places in the tasks sorted by name.
    #[arg(long)]
    order: PathBuf,
    /// CSV: workload, seed, ranks; one rank a node sorted by name, the smallest wins among equals.
    #[arg(long)]
    ranks: PathBuf,
    /// Which line of order and ranks.
    #[arg(long, default_value = "default")]
    workload: String,
    /// Which line of order and ranks.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// fgd, bestfit, dotprod, gpuclustering, gpupacking or xiudai.
    #[arg(long, default_value = "xiudai", value_parser = policy)]
    policy: Policy,
    /// Where the curve is written: arrived, allocated, fragmentation, in percent.
    #[arg(long)]
    out: PathBuf,
}

/// A simulation.
#[derive(Debug, clap::Args)]
pub(crate) struct SimulateArgs {
    /// CSV: vc, user, submit_s (or arrival_s), gpus, duration_s.
    #[arg(long)]
    jobs: PathBuf,
    /// CSV: vc and how many nodes of eight devices it has.
    #[arg(long)]
    nodes: PathBuf,
    /// The column that says how many.
    #[arg(long, default_value = "nodes")]
    nodes_column: String,
    /// fifo, sjf, srtf, qssf, tiresias or xiudai.
    #[arg(long, default_value = "xiudai", value_parser = order)]
    queue: Order,
    /// Also how often intervals for the start of waiting jobs held, of our queue.
    #[arg(long)]
    intervals: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

fn policy(text: &str) -> Result<Policy, String> {
    Policy::from_name(text).ok_or_else(|| names(Policy::ALL.map(Policy::name).as_slice()))
}

fn order(text: &str) -> Result<Order, String> {
    Order::from_name(text).ok_or_else(|| names(Order::ALL.map(Order::name).as_slice()))
}

fn names(all: &[&str]) -> String {
    format!("one of {}", all.join(", "))
}

/// Runs a command; `false` when a file is refused.
pub(crate) fn run(command: &ComputeCommand) -> Result<bool> {
    let mut out = std::io::stdout();
    let refusal = match command {
        ComputeCommand::Replay(args) => match replayed(args)? {
            Ok(done) => {
                fs::write(&args.out, replay::csv(&done.curve))
                    .with_context(|| format!("writing {}", args.out.display()))?;
                let (tasks, failed, used) = (done.tasks, done.failed, done.used);
                let last = done.curve.last().map_or(0.0, |point| point.allocated);
                writeln!(
                    out,
                    "{tasks} tasks, {failed} did not fit, {used} milli-GPU in use, {last:.2} %"
                )?;
                return Ok(true);
            }
            Err(refusal) => refusal,
        },
        ComputeCommand::Submit(asked) => return jobs::submit(asked),
        ComputeCommand::Quote(asked) => return jobs::quote(asked),
        ComputeCommand::Status(args) => return jobs::status(args),
        ComputeCommand::Logs(args) => return jobs::logs(args),
        ComputeCommand::Cancel(args) => return jobs::cancel(args),
        ComputeCommand::Manifest(args) => return jobs::manifest(args),
        ComputeCommand::Supervise { folder } => {
            let own = std::env::current_exe().context("finding this program")?;
            let own = own.to_string_lossy().into_owned();
            let inside = [own, "compute".to_string(), "task".to_string()];
            supervise(folder, &inside, world::now).context("supervising a task")?;
            return Ok(true);
        }
        ComputeCommand::Task { folder } => {
            return Err(become_task(folder)).context("the task could not be started");
        }
        ComputeCommand::Simulate(args) => match simulated(args)? {
            Ok(said) => {
                if args.json {
                    writeln!(out, "{said}")?;
                } else {
                    let all = said["vcs"].as_array().into_iter().flatten();
                    for one in all.chain(std::iter::once(&said["all"])) {
                        let text = |key: &str| one[key].to_string();
                        let name = one["vc"].as_str().unwrap_or("?");
                        let (jobs, jct, queue) =
                            (text("jobs"), text("avg_jct_s"), text("avg_queue_s"));
                        writeln!(
                            out,
                            "{name}: {jobs} jobs, mean JCT {jct} s, mean wait {queue} s"
                        )?;
                    }
                    if let Some(of) = said.get("start_intervals") {
                        writeln!(out, "start intervals: {of}")?;
                    }
                }
                return Ok(true);
            }
            Err(refusal) => refusal,
        },
    };
    let place = &refusal.place;
    let said = json!({"refused": {
        "code": refusal.code, "file": place.file, "row": place.row, "column": place.column,
        "value": place.value, "message": {"zh": refusal.message.zh, "en": refusal.message.en},
        "rule": refusal.rule,
    }});
    writeln!(out, "{said}")?;
    Ok(false)
}

/// The text of a file, and its name for refusals.
fn read(path: &Path) -> Result<(String, String)> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((text, name.unwrap_or_default()))
}

fn replayed(args: &ReplayArgs) -> Result<Result<Replay, Refusal>> {
    let (nodes, tasks) = (read(&args.nodes)?, read(&args.tasks)?);
    let (order, ranks) = (read(&args.order)?, read(&args.ranks)?);
    let at = (args.workload.as_str(), args.seed);
    Ok((|| {
        let mut cluster = Cluster::read(&nodes.0).map_err(|refusal| refusal.file(&nodes.1))?;
        let tasks = Task::read(&tasks.0, &mut cluster).map_err(|refusal| refusal.file(&tasks.1))?;
        let line = replay::line(&ranks.0, at, "ranks").and_then(|ranks| cluster.rank(&ranks));
        line.map_err(|refusal| refusal.file(&ranks.1))?;
        let order_line =
            replay::line(&order.0, at, "order").map_err(|refusal| refusal.file(&order.1))?;
        replay::replay(cluster, &tasks, &order_line, args.policy)
    })())
}

fn simulated(args: &SimulateArgs) -> Result<Result<Value, Refusal>> {
    let (jobs, nodes) = (read(&args.jobs)?, read(&args.nodes)?);
    Ok((|| {
        let list = queue::read(&jobs.0).map_err(|refusal| refusal.file(&jobs.1))?;
        let counts = queue::read_nodes(&nodes.0, &args.nodes_column)
            .map_err(|refusal| refusal.file(&nodes.1))?;
        let (each, all, left) = simulate(&list, &counts, args.queue)?;
        let each: Vec<Value> = each.iter().map(summary).collect();
        let mut said = json!({"vcs": each, "all": summary(&all), "left_out": left});
        if args.intervals {
            let (fresh, waited) = intervals(&list, &counts)?;
            said["start_intervals"] =
                json!({"on_submission": coverage(fresh), "while_waiting": coverage(waited)});
        }
        Ok(said)
    })())
}

/// How often intervals held, and the middle one's width beside the middle wait.
fn coverage(mut of: Coverage) -> Value {
    let middle = |all: &mut Vec<i64>| {
        all.sort_unstable();
        all.get(all.len() / 2).copied()
    };
    let (width, wait) = (middle(&mut of.widths), middle(&mut of.waits));
    let (said, held) = (of.said(), of.held as f64);
    json!({
        "said": said,
        "held": (said > 0).then(|| (held / said as f64 * 1_000.0).round() / 1_000.0),
        "early": of.early,
        "late": of.late,
        "silent": of.silent,
        "median_width_s": width,
        "median_wait_s": wait,
    })
}

/// Means with four decimals, Jain's index with six.
fn summary(one: &Summary) -> Value {
    let round = |number: f64, scale: f64| (number * scale).round() / scale;
    json!({
        "vc": one.vc,
        "jobs": one.jobs,
        "avg_jct_s": round(one.avg_jct_s, 10_000.0),
        "avg_queue_s": round(one.avg_queue_s, 10_000.0),
        "preemptions": one.preemptions,
        "jain": one.jain.map(|jain| round(jain, 1_000_000.0)),
    })
}
