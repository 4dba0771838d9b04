//! A Kubernetes cluster as a place where tasks run, by `kubectl`.
//!
//! The engine decides where and when; each task becomes a Job that is bound to its node. There is no
//! folder that both sides share, so what a task wrote and how it ended is read from its pod and kept
//! here. A task that the cluster knows nothing of any more, or whose pod was taken off its node, is
//! gone, and its job starts again.
//!
//! Whole accelerators are asked for as the device plugin names them; shares as HAMi does, which a
//! cluster without it does not have.

use crate::executor::Executor;
use crate::runner::{End, Folder, Order, State, TaskId, put};
use crate::said::Asker;
use compute_rules::cluster::WHOLE;
use compute_rules::engine::Machine;
use kernel::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// What its nodes' names begin with.
const SITE: &str = "kubernetes";
/// The kind of device of a node without accelerators.
const CORE: &str = "kubernetes-core";
/// The label of everything that is ours.
const OURS: &str = "app.kubernetes.io/managed-by=xiudai";
/// What the cluster said is asked again after so long.
const FRESH: Duration = Duration::from_secs(1);
/// Logs of a task that runs are read again after so long.
const READ: Duration = Duration::from_secs(2);
/// Seconds that the cluster leaves a task past its limit: the engine stops it first.
const GRACE: i64 = 60;
/// Seconds after which the cluster forgets what ended.
const KEPT: i64 = 86_400;
/// Bytes of a log that are kept.
const LOG_BYTES_MAX: usize = 4 << 20;

/// How tasks are written for a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// The namespace they stand in.
    pub namespace: String,
    /// The image they run in.
    pub image: String,
    /// The local queue of Kueue that admits them; none for no Kueue.
    pub queue: Option<String>,
}

/// A Kubernetes cluster.
#[derive(Debug)]
pub struct Kubernetes {
    folder: Folder,
    /// How tasks are written; none for a cluster that was left: what still runs there is deleted.
    manner: Option<Manner>,
    /// Where ours stand; none when nothing of ours ever did.
    namespace: Option<String>,
    /// Tasks that may run.
    open: BTreeSet<TaskId>,
    /// How the cluster has ours, by name, and when it was asked.
    jobs: BTreeMap<String, Stands>,
    asked: Option<Instant>,
    answered: bool,
    /// When the log of a task was read last.
    read: BTreeMap<TaskId, Instant>,
    asker: Asker,
}

/// How a task stands in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// It has no pod yet, or its pod has not begun.
    Waits,
    Runs,
    Ended(End),
    /// Its pod was taken off its node.
    Off,
}

/// What the Job of a task is called.
pub fn job_name(id: TaskId) -> String {
    format!("xiudai-{}", Folder::name_of(id))
}

/// A task as a Job (`batch/v1`), on a node by its Kubernetes name, or wherever there is room.
pub fn manifest(id: TaskId, node: Option<&str>, order: &Order, manner: &Manner) -> Value {
    let (name, job) = (job_name(id), id.job.to_string());
    let mut labels = json!({"app.kubernetes.io/managed-by": "xiudai", "xiudai/job": job});
    if let Some(queue) = &manner.queue {
        labels["kueue.x-k8s.io/queue-name"] = json!(queue);
    }
    let mut limits = json!({
        "cpu": format!("{}m", order.cpu.max(1)),
        "memory": format!("{}Mi", order.memory.max(1)),
    });
    if order.accelerators > 0 {
        limits["nvidia.com/gpu"] = json!(order.accelerators.to_string());
        if order.share < WHOLE {
            // Per cent of a device, as HAMi counts: rounded up, so that it has what it pays.
            limits["nvidia.com/gpucores"] = json!(((order.share + 9) / 10).to_string());
        }
    }
    let numbers: Vec<String> = order.devices.iter().map(ToString::to_string).collect();
    let numbers = numbers.join(",");
    let env = [
        ("XIUDAI_JOB", job),
        ("XIUDAI_TASK", id.task.to_string()),
        ("XIUDAI_TASKS", order.tasks.to_string()),
        ("XIUDAI_ARRAY_INDEX", order.array.0.to_string()),
        ("XIUDAI_ARRAY_COUNT", order.array.1.to_string()),
        ("XIUDAI_DEVICES", numbers),
    ];
    let env: Vec<Value> =
        env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut pod = json!({
        "restartPolicy": "Never",
        "automountServiceAccountToken": false,
        "containers": [{
            "name": "task",
            "image": manner.image,
            "command": order.command,
            "env": env,
            "resources": {"limits": limits.clone(), "requests": limits},
            "securityContext": {"allowPrivilegeEscalation": false},
        }],
    });
    if let Some(node) = node {
        pod["nodeSelector"] = json!({"kubernetes.io/hostname": node});
    }
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": manner.namespace, "labels": labels},
        "spec": {
            // A task is started once: what is lost starts again under its next attempt.
            "backoffLimit": 0,
            "activeDeadlineSeconds": order.limit / 1_000 + GRACE,
            "ttlSecondsAfterFinished": KEPT,
            // Kueue lets go on what it admits.
            "suspend": manner.queue.is_some(),
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    })
}

/// All tasks of an attempt of a job as a list of Jobs that kubectl creates; those that are placed on a
/// Kubernetes node are bound to it.
pub fn manifests(
    (job, attempt): (u64, u8),
    orders: &[(Option<String>, Order)],
    manner: &Manner,
) -> Value {
    let items = orders.iter().zip(0..).map(|((node, order), task)| {
        let id = TaskId { job, attempt, task };
        manifest(id, node.as_deref().and_then(node_of), order, manner)
    });
    json!({"apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>()})
}

/// A quantity as Kubernetes writes it, in thousandths.
fn milli(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 3 || whole.is_empty() {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    let number = whole.checked_mul(1_000)?.checked_add(part)?;
    match unit {
        "" => Some(number),
        "m" => Some(number / 1_000),
        "k" => number.checked_mul(1_000),
        "M" => number.checked_mul(1_000_000),
        "G" => number.checked_mul(1_000_000_000),
        "Ki" => number.checked_mul(1 << 10),
        "Mi" => number.checked_mul(1 << 20),
        "Gi" => number.checked_mul(1 << 30),
        "Ti" => number.checked_mul(1 << 40),
        _ => None,
    }
}

/// The nodes that take pods: those that are ready and not kept back.
fn read_nodes(said: &Value) -> Vec<Machine> {
    let items = said["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |node: &Value| {
        let name = node["metadata"]["name"].as_str()?;
        let conditions = node["status"]["conditions"].as_array()?;
        let ready = conditions.iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
        let kept_back = node["spec"]["unschedulable"] == true;
        let of = |key: &str| milli(node["status"]["allocatable"][key].as_str()?);
        let (cpu, memory) = (of("cpu")?, of("memory")? / 1_000 / (1 << 20));
        let labels = &node["metadata"]["labels"];
        let (devices, kind) = match of("nvidia.com/gpu").filter(|count| *count > 0) {
            Some(count) => {
                let product = labels["nvidia.com/gpu.product"].as_str();
                (count / 1_000, product.unwrap_or("gpu").to_string())
            }
            None => (cpu / 1_000, CORE.to_string()),
        };
        let name = format!("{SITE}/{name}/{}x{memory}x{devices}", cpu / 1_000);
        (ready && !kept_back).then_some(Machine { name, cpu, memory, devices, kind })
    };
    items.iter().filter_map(read).collect()
}

/// How a pod stands.
fn read_pod(pod: &Value) -> Stands {
    let status = &pod["status"];
    let ended = &status["containerStatuses"][0]["state"]["terminated"];
    let at = ended["finishedAt"].as_str().and_then(|text| Timestamp::parse(text).ok());
    let taken = status["reason"].as_str().is_some_and(|reason| {
        ["Evicted", "NodeLost", "NodeShutdown", "Terminated", "Shutdown"].contains(&reason)
    });
    match (status["phase"].as_str(), at) {
        _ if taken => Stands::Off,
        (Some("Succeeded" | "Failed"), Some(at)) => {
            Stands::Ended(End { code: ended["exitCode"].as_i64(), signal: None, at })
        }
        // It failed and nobody says how: it was taken off.
        (Some("Failed"), None) => Stands::Off,
        (Some("Running"), _) => Stands::Runs,
        _ => Stands::Waits,
    }
}

/// How ours stand, by the names of their Jobs.
fn read_jobs(said: &Value) -> BTreeMap<String, Stands> {
    let items = said["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut jobs = BTreeMap::new();
    for item in items.iter().filter(|item| item["kind"] == "Job") {
        let Some(name) = item["metadata"]["name"].as_str() else { continue };
        let failed = item["status"]["conditions"].as_array().is_some_and(|all| {
            all.iter().any(|one| one["type"] == "Failed" && one["status"] == "True")
        });
        // One that failed without a pod to say how was stopped by the cluster.
        jobs.insert(name.to_string(), if failed { Stands::Off } else { Stands::Waits });
    }
    for item in items.iter().filter(|item| item["kind"] == "Pod") {
        let name = item["metadata"]["labels"]["job-name"].as_str();
        if let Some(stands) = name.and_then(|name| jobs.get_mut(name)) {
            *stands = read_pod(item);
        }
    }
    jobs
}

/// The node as Kubernetes calls it.
pub fn node_of(node: &str) -> Option<&str> {
    node.strip_prefix(SITE)?.split('/').nth(1)
}

impl Kubernetes {
    /// A cluster that `kubectl` reaches from here (`KUBECONFIG` says which), with a folder where what is
    /// heard of tasks is kept.
    ///
    /// Fails when the folder can be neither made nor read.
    pub fn open(folder: PathBuf, manner: Option<Manner>) -> io::Result<Kubernetes> {
        let note = folder.join("namespace");
        let folder = Folder::open(folder)?;
        let open = folder.open_tasks()?;
        // Kept for a house that is started without a cluster: it has to know where to delete.
        let namespace = match &manner {
            Some(manner) => {
                put(&note, &manner.namespace)?;
                Some(manner.namespace.clone())
            }
            None => fs::read_to_string(&note).ok(),
        };
        Ok(Kubernetes {
            folder,
            manner,
            namespace,
            open,
            jobs: BTreeMap::new(),
            asked: None,
            answered: false,
            read: BTreeMap::new(),
            asker: Asker::default(),
        })
    }

    fn ask(&mut self, args: &[&str], told: &str) -> io::Result<String> {
        let mut command = Command::new("kubectl");
        command.arg("--request-timeout=8s");
        if let Some(namespace) = &self.namespace {
            command.arg(format!("--namespace={namespace}"));
        }
        command.args(args);
        self.asker.ask(command, told)
    }

    fn ask_json(&mut self, args: &[&str]) -> io::Result<Value> {
        let text = self.ask(args, "")?;
        serde_json::from_str(&text).map_err(|error| io::Error::other(format!("kubectl: {error}")))
    }

    /// How the cluster has a task; none for one that it does not know.
    fn stands(&mut self, id: TaskId) -> io::Result<Option<Stands>> {
        if self.namespace.is_none() {
            return Ok(None);
        }
        if self.asked.is_none_or(|asked| asked.elapsed() > FRESH) {
            let said = self.ask_json(&["get", "jobs,pods", "-l", OURS, "-o", "json"]);
            self.asked = Some(Instant::now());
            self.answered = said.is_ok();
            self.jobs = read_jobs(&said?);
        }
        if !self.answered {
            return Err(io::Error::other("the Kubernetes cluster did not answer"));
        }
        Ok(self.jobs.get(&job_name(id)).copied())
    }

    /// Reads what a task wrote so far.
    fn read_log(&mut self, id: TaskId) -> io::Result<()> {
        let limit = format!("--limit-bytes={LOG_BYTES_MAX}");
        let job = format!("job/{}", job_name(id));
        let text = self.ask(&["logs", &job, &limit], "")?;
        self.read.insert(id, Instant::now());
        self.folder.note_log(id, &text)
    }
}

impl Executor for Kubernetes {
    fn site(&self) -> &str {
        SITE
    }

    fn machines(&mut self) -> io::Result<Vec<Machine>> {
        if self.manner.is_none() {
            return Ok(Vec::new());
        }
        Ok(read_nodes(&self.ask_json(&["get", "nodes", "-o", "json"])?))
    }

    fn open_tasks(&self) -> Vec<TaskId> {
        self.open.iter().copied().collect()
    }

    /// The folder is made before the cluster is told, and a Job of a name is made once: a task is never
    /// started twice.
    fn start(&mut self, id: TaskId, node: &str, order: &Order) -> io::Result<()> {
        let Some(manner) = &self.manner else { return Ok(()) };
        let told = manifest(id, node_of(node), order, manner).to_string();
        if !self.folder.make(id, order)? {
            return Ok(());
        }
        self.open.insert(id);
        match self.ask(&["create", "--validate=false", "-f", "-"], &told) {
            Ok(_) => {
                self.asked = None;
                Ok(())
            }
            // A cluster that was slow may have taken it all the same: then it is there.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            Err(error) if error.to_string().contains("AlreadyExists") => Ok(()),
            Err(error) => {
                self.open.remove(&id);
                self.folder.remove(id)?;
                Err(error)
            }
        }
    }

    fn look(&mut self, id: TaskId) -> io::Result<State> {
        let kept = self.folder.look(id)?;
        if matches!(kept, State::Absent | State::Ended(_)) {
            self.open.remove(&id);
            return Ok(kept);
        }
        let state = match self.stands(id)? {
            Some(Stands::Waits) => State::Running,
            Some(Stands::Runs) => {
                if self.read.get(&id).is_none_or(|read| read.elapsed() > READ) {
                    // It may have ended since: the next look finds that.
                    let _ = self.read_log(id);
                }
                State::Running
            }
            Some(Stands::Ended(end)) => {
                self.read_log(id)?;
                self.folder.note_end(id, end)?;
                State::Ended(end)
            }
            Some(Stands::Off) => State::Gone,
            // Nobody holds a folder here: what is new may not be known there yet.
            None => kept,
        };
        if matches!(state, State::Ended(_) | State::Gone) {
            self.open.remove(&id);
            self.read.remove(&id);
        }
        Ok(state)
    }

    fn stop(&mut self, id: TaskId) -> io::Result<()> {
        self.folder.wish_end(id)?;
        let stands = match self.stands(id) {
            // What was left and cannot be reached ends at its limit; the house goes on without it.
            Err(_) if self.manner.is_none() => return Ok(()),
            stands => stands?,
        };
        if stands.is_some_and(|stands| !matches!(stands, Stands::Ended(_))) {
            let name = job_name(id);
            self.ask(&["delete", "job", &name, "--wait=false", "--ignore-not-found"], "")?;
            self.jobs.remove(&name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        let cases = [
            ("4", Some(4_000)),
            ("3920m", Some(3_920)),
            ("0.5", Some(500)),
            ("16Ki", Some(16_384_000)),
            ("1Gi", Some(1_073_741_824_000)),
            ("2k", Some(2_000_000)),
            ("", None),
            ("x", None),
            ("1.2345", None),
            ("9223372036854775807", None),
            ("1Xi", None),
        ];
        for (text, expected) in cases {
            assert_eq!(milli(text), expected, "{text}");
        }
    }

    #[test]
    fn nodes_that_are_ready_bring_their_accelerators_or_cores() {
        let node = |name: &str, ready: &str, gpus: Value, more: Value| {
            json!({
                "metadata": {"name": name, "labels": {"nvidia.com/gpu.product": "A100"}},
                "spec": more,
                "status": {
                    "conditions": [{"type": "Ready", "status": ready}],
                    "allocatable": {"cpu": "7910m", "memory": "16Gi", "nvidia.com/gpu": gpus},
                },
            })
        };
        let said = json!({"items": [
            node("one", "True", json!("4"), json!({})),
            node("two", "True", Value::Null, json!({})),
            node("lost", "Unknown", json!("4"), json!({})),
            node("drained", "True", json!("4"), json!({"unschedulable": true})),
        ]});
        let found: Vec<(String, i64, i64, String)> = read_nodes(&said)
            .into_iter()
            .map(|one| (one.name, one.memory, one.devices, one.kind))
            .collect();
        let one = ("kubernetes/one/7x16384x4".to_string(), 16_384, 4, "A100".to_string());
        let two = ("kubernetes/two/7x16384x7".to_string(), 16_384, 7, CORE.to_string());
        assert_eq!(found, [one, two]);
        assert_eq!(node_of("kubernetes/one/7x16384x4"), Some("one"));
        assert_eq!(node_of("slurm/one/7x16384x4"), None);
    }

    #[test]
    fn a_pod_says_how_its_task_stands() {
        let job = |name: &str| json!({"kind": "Job", "metadata": {"name": name}, "status": {}});
        let pod = |name: &str, status: Value| json!({"kind": "Pod", "metadata": {"labels": {"job-name": name}}, "status": status});
        let over = |code: i64| {
            json!({"phase": if code == 0 { "Succeeded" } else { "Failed" }, "containerStatuses":
                [{"state": {"terminated": {"exitCode": code, "finishedAt": "2026-11-28T00:00:01Z"}}}]})
        };
        let stopped = json!({"kind": "Job", "metadata": {"name": "late"}, "status":
            {"conditions": [{"type": "Failed", "status": "True"}]}});
        let said = json!({"items": [
            job("a"), job("b"), job("c"), job("d"), job("e"), stopped,
            pod("b", json!({"phase": "Running"})), pod("c", over(0)), pod("d", over(3)),
            pod("e", json!({"phase": "Failed", "reason": "Evicted"})),
            pod("other", json!({"phase": "Running"})),
        ]});
        let at = Timestamp::parse("2026-11-28T00:00:01Z").expect("an instant");
        let ended = |code| Stands::Ended(End { code: Some(code), signal: None, at });
        let expected = [
            ("a", Stands::Waits),
            ("b", Stands::Runs),
            ("c", ended(0)),
            ("d", ended(3)),
            ("e", Stands::Off),
            ("late", Stands::Off),
        ];
        let expected = expected.map(|(name, stands)| (name.to_string(), stands));
        assert_eq!(read_jobs(&said), BTreeMap::from(expected));
    }

    #[test]
    fn a_task_is_a_job_that_is_started_once_on_its_node() {
        let order = Order {
            command: vec!["sh".to_string(), "-c".to_string(), "true".to_string()],
            tasks: 2,
            cpu: 1_500,
            memory: 512,
            limit: 3_600_000,
            accelerators: 1,
            share: 255,
            devices: vec![3],
            array: (4, 9),
        };
        let id = TaskId { job: 12, attempt: 1, task: 0 };
        let manner = Manner {
            namespace: "district".to_string(),
            image: "python:3".to_string(),
            queue: Some("lab".to_string()),
        };
        let said = manifest(id, Some("one"), &order, &manner);
        let (spec, pod) = (&said["spec"], &said["spec"]["template"]["spec"]);
        assert_eq!(said["metadata"]["name"], "xiudai-12-1-0");
        assert_eq!(said["metadata"]["labels"]["kueue.x-k8s.io/queue-name"], "lab");
        assert_eq!((&spec["backoffLimit"], &spec["suspend"]), (&json!(0), &json!(true)));
        assert_eq!(spec["activeDeadlineSeconds"], 3_660);
        assert_eq!(pod["nodeSelector"]["kubernetes.io/hostname"], "one");
        let limits = &pod["containers"][0]["resources"]["limits"];
        assert_eq!((&limits["cpu"], &limits["memory"]), (&json!("1500m"), &json!("512Mi")));
        assert_eq!(limits["nvidia.com/gpu"], "1");
        assert_eq!(limits["nvidia.com/gpucores"], "26");
        let plain = Manner { queue: None, ..manner };
        let said = manifest(id, None, &Order { accelerators: 0, ..order }, &plain);
        assert_eq!(said["spec"]["suspend"], false);
        let pod = &said["spec"]["template"]["spec"];
        assert_eq!(pod["nodeSelector"], Value::Null);
        assert_eq!(pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"], Value::Null);
    }
}
