//! A Slurm cluster as a place where tasks run, by its command line.
//!
//! The engine decides where and when; Slurm is told which node. On the node the batch script becomes
//! the same supervisor that runs on this machine, in a task's folder on a file system that both share:
//! the folder says how the task ended, whatever becomes of this server or of the controller. A task
//! that Slurm knows nothing of and that wrote no end is gone.
//!
//! The partition is this house's own, with `OverSubscribe=FORCE`: shares of a core or a device are
//! kept by the engine, and what Slurm would hold back would be paid for without running.

use crate::executor::Executor;
use crate::runner::{Folder, Order, State, TaskId};
use crate::said::Asker;
use compute_rules::engine::Machine;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// What its nodes' names begin with.
const SITE: &str = "slurm";
/// The kind of device of a node without accelerators.
const CORE: &str = "slurm-core";
/// What the names of its jobs begin with.
const PREFIX: &str = "xiudai-";
/// What Slurm said is asked again after so long.
const FRESH: Duration = Duration::from_millis(500);
/// Minutes that Slurm leaves a task past its limit, so that its supervisor ends it first.
const GRACE: i64 = 2;

/// What is asked of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Nothing any more: it has no machines, and what still runs there is to end.
    Left,
    /// Its default partition.
    Default,
    /// This partition.
    Partition(String),
}

/// A Slurm cluster.
#[derive(Debug)]
pub struct Slurm {
    folder: Folder,
    /// What is run to supervise a task, with the folder behind it.
    supervisor: Vec<String>,
    /// Whether its commands are asked at all, and of which partition.
    reach: Reach,
    /// Tasks that may run.
    open: BTreeSet<TaskId>,
    /// What Slurm has of ours that is not over, and when it was asked.
    queue: BTreeMap<String, bool>,
    asked: Option<Instant>,
    asker: Asker,
}

impl Slurm {
    /// A cluster whose commands work here (`SLURM_CONF` says which), with a folder that its nodes see
    /// under the same path, as they do the supervisor.
    ///
    /// Fails when the folder can be neither made nor read.
    pub fn open(folder: PathBuf, supervisor: Vec<String>, reach: Reach) -> io::Result<Slurm> {
        let folder = Folder::open(folder)?;
        let open = folder.open_tasks()?;
        let queue = BTreeMap::new();
        Ok(Slurm { folder, supervisor, reach, open, queue, asked: None, asker: Asker::default() })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        if let Reach::Partition(partition) = &self.reach {
            command.arg(format!("--partition={partition}"));
        }
        command
    }

    /// What Slurm has of ours: by the job's name whether it still waits there.
    fn queue(&mut self) -> io::Result<&BTreeMap<String, bool>> {
        if self.reach == Reach::Left {
            self.queue.clear();
        } else if self.asked.is_none_or(|asked| asked.elapsed() > FRESH) {
            let mut command = self.command("squeue");
            command.args(["--noheader", "--states=all", "--format=%j|%T"]);
            self.queue = read_queue(&self.asker.ask(command, "")?);
            self.asked = Some(Instant::now());
        }
        Ok(&self.queue)
    }
}

/// The jobs of ours that are not over, and whether they wait.
fn read_queue(text: &str) -> BTreeMap<String, bool> {
    let open = ["PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "STAGE_OUT"];
    let lines = text.lines().filter_map(|line| line.trim().split_once('|'));
    lines
        .filter(|(name, state)| name.starts_with(PREFIX) && open.contains(state))
        .map(|(name, state)| (name.to_string(), state == "PENDING"))
        .collect()
}

/// Accelerators of a node as Slurm writes them: how many of which kind, of the first kind there is.
fn read_devices(text: &str) -> Option<(i64, String)> {
    let first = text.split(',').find_map(|one| one.strip_prefix("gpu:"))?;
    let plain = first.split('(').next().unwrap_or(first);
    match plain.split_once(':') {
        Some((kind, count)) => Some((count.parse().ok()?, kind.to_string())),
        None => Some((plain.parse().ok()?, "gpu".to_string())),
    }
}

/// The nodes that take jobs: those that answer and are not kept back.
fn read_nodes(text: &str) -> Vec<Machine> {
    let mut machines: BTreeMap<String, Machine> = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.trim().split('|').collect();
        let [node, cores, memory, devices, state] = fields[..] else { continue };
        let (Ok(cores), Ok(memory)) = (cores.parse::<i64>(), memory.parse::<i64>()) else {
            continue;
        };
        if !["idle", "mix", "alloc", "comp"].contains(&state) {
            continue;
        }
        let (count, kind) = read_devices(devices).unwrap_or((cores, CORE.to_string()));
        let name = format!("{SITE}/{node}/{cores}x{memory}x{count}");
        let cpu = cores.saturating_mul(1_000);
        let machine = Machine { name: name.clone(), cpu, memory, devices: count, kind };
        machines.insert(name, machine);
    }
    machines.into_values().collect()
}

/// The node as Slurm calls it.
fn node_of(node: &str) -> &str {
    node.split('/').nth(1).unwrap_or_default()
}

fn job_name(id: TaskId) -> String {
    format!("{PREFIX}{}", Folder::name_of(id))
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

impl Executor for Slurm {
    fn site(&self) -> &str {
        SITE
    }

    fn machines(&mut self) -> io::Result<Vec<Machine>> {
        if self.reach == Reach::Left {
            return Ok(Vec::new());
        }
        let mut command = self.command("sinfo");
        command.args(["--noheader", "--Node", "--format=%N|%c|%m|%G|%t"]);
        Ok(read_nodes(&self.asker.ask(command, "")?))
    }

    fn open_tasks(&self) -> Vec<TaskId> {
        self.open.iter().copied().collect()
    }

    /// The folder is made before Slurm is told: one that Slurm never heard of is gone, and the job
    /// starts again under its next attempt.
    fn start(&mut self, id: TaskId, node: &str, order: &Order) -> io::Result<()> {
        if !self.folder.make(id, order)? {
            return Ok(());
        }
        self.open.insert(id);
        let folder = self.folder.of(id).to_string_lossy().into_owned();
        let words: Vec<String> =
            self.supervisor.iter().chain([&folder]).map(|word| quoted(word)).collect();
        let minutes = order.limit / 60_000 + 1 + GRACE;
        let mut command = self.command("sbatch");
        command
            .args(["--parsable", "--no-requeue", "--nodes=1", "--ntasks=1", "--oversubscribe"])
            .args(["--output=/dev/null", "--error=/dev/null", "--chdir=/", "--export=NIL"])
            .arg(format!("--job-name={}", job_name(id)))
            .arg(format!("--nodelist={}", node_of(node)))
            .arg(format!("--cpus-per-task={}", (order.cpu / 1_000).max(1)))
            .arg(format!("--mem={}", order.memory.max(1)))
            .arg(format!("--time={minutes}"))
            .arg(format!("--wrap=exec {}", words.join(" ")));
        match self.asker.ask(command, "") {
            Ok(_) => {
                self.asked = None;
                Ok(())
            }
            // A controller that was slow may have taken it all the same: then it is in the queue.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            Err(error) => {
                self.open.remove(&id);
                self.folder.remove(id)?;
                Err(error)
            }
        }
    }

    fn look(&mut self, id: TaskId) -> io::Result<State> {
        let state = self.folder.look(id)?;
        let state = match state {
            State::Gone | State::Running if self.queue()?.contains_key(&job_name(id)) => {
                State::Running
            }
            // What has just left the queue may have written its end since the first look.
            State::Gone => match self.folder.look(id)? {
                State::Gone => {
                    self.folder.void(id)?;
                    State::Gone
                }
                other => other,
            },
            other => other,
        };
        if matches!(state, State::Ended(_) | State::Gone) {
            self.open.remove(&id);
        }
        Ok(state)
    }

    fn stop(&mut self, id: TaskId) -> io::Result<()> {
        self.folder.wish_end(id)?;
        // One that waits there has no supervisor to see the wish.
        if self.queue()?.get(&job_name(id)) == Some(&true) {
            let mut command = Command::new("scancel");
            command.arg(format!("--name={}", job_name(id)));
            self.asker.ask(command, "")?;
            self.asked = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_read_as_slurm_writes_them() {
        let text = "n1|64|257000|(null)|idle\nn2|96|1031000|gpu:a100:8(S:0-1)|mix\n\
            n2|96|1031000|gpu:a100:8(S:0-1)|mix\nn3|8|1000|gpu:2|alloc\nn4|8|1000|(null)|down*\n\
            n5|8|1000|(null)|idle*\nn6|x|1|(null)|idle\nn7|8|1000|shard:4,gpu:v100:1|comp\n";
        let found: Vec<(String, i64, i64, i64, String)> = read_nodes(text)
            .into_iter()
            .map(|one| (one.name, one.cpu, one.memory, one.devices, one.kind))
            .collect();
        let said = |name: &str, cpu, memory, devices, kind: &str| {
            (name.to_string(), cpu, memory, devices, kind.to_string())
        };
        assert_eq!(
            found,
            [
                said("slurm/n1/64x257000x64", 64_000, 257_000, 64, "slurm-core"),
                said("slurm/n2/96x1031000x8", 96_000, 1_031_000, 8, "a100"),
                said("slurm/n3/8x1000x2", 8_000, 1_000, 2, "gpu"),
                said("slurm/n7/8x1000x1", 8_000, 1_000, 1, "v100"),
            ]
        );
    }

    #[test]
    fn the_queue_tells_what_is_ours_and_open() {
        let text =
            "xiudai-1-0-0|RUNNING\nother|RUNNING\nxiudai-2-0-0|PENDING\nxiudai-3-0-0|FAILED\n";
        let open = [("xiudai-1-0-0".to_string(), false), ("xiudai-2-0-0".to_string(), true)];
        assert_eq!(read_queue(text), BTreeMap::from(open));
    }

    #[test]
    fn a_word_comes_back_from_a_shell_as_it_was() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
