//! Runs tasks as processes of this machine, each in a folder and a confinement of its own.
//!
//! A task has a supervisor, a process that outlives the server: it holds the folder's lock while the
//! task runs and writes down how it ended. A server that comes back finds by lock and file what runs,
//! what ended and what is gone. A folder is taken once; a task that is gone is never taken up again
//! under the same attempt.
//!
//! The task itself is confined by Landlock: it reads programs and libraries, writes in its own
//! folder, has no network and cannot signal what is outside; memory, files and cores are bounded.

use kernel::Timestamp;
use kernel::canon::Object;
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _,
    RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, kill_process_group, set_parent_process_death_signal, setrlimit,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a supervisor looks at its task.
const GLANCE: Duration = Duration::from_millis(20);
/// From being asked to end to being made to.
const MERCY: Duration = Duration::from_secs(5);
/// Between a folder that is made and a supervisor that holds its lock.
const SETTLING: Duration = Duration::from_secs(10);
/// Bytes of a file that a task writes, its output among them.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Memory of a task that asks for none, MiB.
const MEMORY_LEAST: i64 = 256;
/// Bytes of a log that are given out at once.
const LOG_BYTES_MAX: u64 = 256 << 10;

/// A task of an attempt of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    /// The job.
    pub job: u64,
    /// Its attempt.
    pub attempt: u8,
    /// Which of its tasks, from 0.
    pub task: u32,
}

/// What a task runs, and within which bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Tasks of the job in all.
    pub tasks: u32,
    /// CPU, milli-cores.
    pub cpu: i64,
    /// Memory, MiB.
    pub memory: i64,
    /// It is stopped after so many milliseconds.
    pub limit: i64,
    /// Which devices of its node are its own, from 0.
    pub devices: Vec<usize>,
    /// How many of these are accelerators, and not cores of their node.
    pub accelerators: i64,
    /// Share of each device, milli-GPU.
    pub share: i64,
    /// Which job of an array of how many it is; 0 of 1 for a job by itself.
    pub array: (u32, u32),
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was never started.
    Absent,
    /// It runs, or is about to.
    Running,
    /// It ended.
    Ended(End),
    /// It was started, does not run, and nobody wrote down how it ended.
    Gone,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i64>,
    /// The signal that ended it.
    pub signal: Option<i64>,
    /// When.
    pub at: Timestamp,
}

/// One of the two streams that a task writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// What it says.
    Out,
    /// What it complains of.
    Err,
}

impl Stream {
    /// The name used on the wire and for the file.
    pub fn name(self) -> &'static str {
        match self {
            Stream::Out => "out",
            Stream::Err => "err",
        }
    }
}

/// A part of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The text; bytes that are none are replaced.
    pub text: String,
    /// Where the next part begins, bytes.
    pub next: u64,
    /// Bytes in all, so far.
    pub size: u64,
}

impl Order {
    /// Its devices with commas between them, as programs are told.
    fn devices_text(&self) -> String {
        let all: Vec<String> = self.devices.iter().map(ToString::to_string).collect();
        all.join(",")
    }

    fn text(&self) -> String {
        let words = Value::from(self.command.clone()).to_string();
        Object::new()
            .text("command", &words)
            .int("tasks", i64::from(self.tasks))
            .int("cpu", self.cpu)
            .int("memory", self.memory)
            .int("limit", self.limit)
            .text("devices", &self.devices_text())
            .int("accelerators", self.accelerators)
            .int("share", self.share)
            .int("array_index", i64::from(self.array.0))
            .int("array_count", i64::from(self.array.1))
            .to_string()
    }

    fn read(folder: &Path) -> io::Result<Order> {
        let text = fs::read_to_string(folder.join("order"))?;
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "an order nobody wrote");
        let value: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
        let words = value["command"].as_str().ok_or_else(wrong)?;
        let int = |key: &str| value[key].as_i64().ok_or_else(wrong);
        // What was written before there were arrays says nothing of them.
        let of = |key: &str, none: u32| {
            value.get(key).map_or(Some(none), |_| u32::try_from(value[key].as_i64()?).ok())
        };
        Ok(Order {
            command: serde_json::from_str(words).map_err(|_| wrong())?,
            tasks: u32::try_from(int("tasks")?).map_err(|_| wrong())?,
            cpu: int("cpu")?,
            memory: int("memory")?,
            limit: int("limit")?,
            devices: value["devices"]
                .as_str()
                .unwrap_or_default()
                .split(',')
                .filter_map(|at| at.parse().ok())
                .collect(),
            accelerators: value["accelerators"].as_i64().unwrap_or(0),
            share: value["share"].as_i64().unwrap_or(0),
            array: of("array_index", 0).zip(of("array_count", 1)).ok_or_else(wrong)?,
        })
    }
}

impl End {
    fn text(&self) -> String {
        let object = Object::new().int("at", self.at.micros());
        let object = match self.code {
            Some(code) => object.int("code", code),
            None => object,
        };
        match self.signal {
            Some(signal) => object.int("signal", signal).to_string(),
            None => object.to_string(),
        }
    }

    fn read(folder: &Path) -> io::Result<Option<End>> {
        let text = match fs::read_to_string(folder.join("end")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let at = value["at"].as_i64().map(Timestamp::from_micros);
        let (code, signal) = (value["code"].as_i64(), value["signal"].as_i64());
        Ok(at.map(|at| End { code, signal, at }))
    }
}

/// Writes a file whole or not at all.
pub(crate) fn put(path: &Path, text: &str) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, path)
}

fn lock_file(folder: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(folder.join("lock"))
}

/// Folders of tasks below one: what is to run, who supervises it, how it ended.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Fails when it cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Folder> {
        fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }

    /// What a task's folder is called.
    pub fn name_of(id: TaskId) -> String {
        format!("{}-{}-{}", id.job, id.attempt, id.task)
    }

    /// A task's folder.
    pub fn of(&self, id: TaskId) -> PathBuf {
        self.0.join(Folder::name_of(id))
    }

    /// Tasks without an end.
    ///
    /// Fails when the folder cannot be read.
    pub fn open_tasks(&self) -> io::Result<BTreeSet<TaskId>> {
        let mut open = BTreeSet::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(id) = read_name(&name).filter(|_| !entry.path().join("end").exists()) {
                open.insert(id);
            }
        }
        Ok(open)
    }

    /// Makes a task's folder, whole or not at all; `false` when there is one.
    ///
    /// Fails when it could not be made.
    pub fn make(&self, id: TaskId, order: &Order) -> io::Result<bool> {
        let folder = self.of(id);
        if folder.exists() {
            return Ok(false);
        }
        let making = self.0.join(format!(".{}", Folder::name_of(id)));
        fs::create_dir_all(making.join("work"))?;
        put(&making.join("order"), &order.text())?;
        fs::rename(&making, &folder)?;
        Ok(true)
    }

    /// Takes back a task's folder that nobody was told of.
    ///
    /// Fails when it cannot be removed.
    pub fn remove(&self, id: TaskId) -> io::Result<()> {
        fs::remove_dir_all(self.of(id))
    }

    /// How a task stands by its folder; one that is gone may be about to begin, until it is
    /// [void](Folder::void).
    ///
    /// Fails when its folder cannot be read.
    pub fn look(&self, id: TaskId) -> io::Result<State> {
        let folder = self.of(id);
        if !folder.exists() {
            return Ok(State::Absent);
        }
        if let Some(end) = End::read(&folder)? {
            return Ok(State::Ended(end));
        }
        let lock = lock_file(&folder)?;
        if lock.try_lock().is_err() {
            return Ok(State::Running);
        }
        // It may have ended between the two looks.
        if let Some(end) = End::read(&folder)? {
            return Ok(State::Ended(end));
        }
        let age = fs::metadata(folder.join("order"))?.modified()?.elapsed().unwrap_or_default();
        let settles = age < SETTLING && !folder.join("held").exists();
        Ok(if settles { State::Running } else { State::Gone })
    }

    /// Makes sure that a supervisor who comes late finds that it is too late; `false` when one holds
    /// the folder after all.
    ///
    /// Fails when that cannot be written.
    pub fn void(&self, id: TaskId) -> io::Result<bool> {
        let folder = self.of(id);
        let lock = lock_file(&folder)?;
        if lock.try_lock().is_err() || folder.join("end").exists() {
            return Ok(false);
        }
        put(&folder.join("void"), "")?;
        Ok(true)
    }

    /// Writes down how a task ended.
    ///
    /// Fails when that cannot be written.
    pub fn note_end(&self, id: TaskId, end: End) -> io::Result<()> {
        put(&self.of(id).join("end"), &end.text())
    }

    /// Writes down what a task wrote so far, as it was heard of.
    ///
    /// Fails when that cannot be written.
    pub fn note_log(&self, id: TaskId, text: &str) -> io::Result<()> {
        put(&self.of(id).join(Stream::Out.name()), text)
    }

    /// Wishes that a task ends.
    ///
    /// Fails when the wish cannot be written down.
    pub fn wish_end(&self, id: TaskId) -> io::Result<()> {
        let wish = self.of(id).join("stop");
        if wish.exists() { Ok(()) } else { put(&wish, "") }
    }
}

/// The folders that executors other than this machine have below its own.
pub const ELSEWHERE: &str = "elsewhere";
/// The same for what runs on Kubernetes.
pub const PODS: &str = "pods";

/// Which of the folders has a task's: this machine's, or one of those below it.
pub fn folder_of(folder: &Path, id: TaskId) -> PathBuf {
    let all = [folder.to_path_buf(), folder.join(PODS)];
    let found = all.into_iter().find(|one| one.join(Folder::name_of(id)).exists());
    found.unwrap_or_else(|| folder.join(ELSEWHERE))
}

/// Runs tasks below a folder.
#[derive(Debug)]
pub struct Runner {
    folder: Folder,
    /// What is run to supervise a task, with the folder behind it.
    supervisor: Vec<String>,
    /// Supervisors of this server that were not seen to end.
    children: BTreeMap<TaskId, Child>,
    /// Tasks that may run.
    open: BTreeSet<TaskId>,
}

impl Runner {
    /// Opens a folder, finding what may still run there.
    ///
    /// Fails when the folder can be neither made nor read.
    pub fn open(folder: PathBuf, supervisor: Vec<String>) -> io::Result<Runner> {
        let folder = Folder::open(folder)?;
        let open = folder.open_tasks()?;
        Ok(Runner { folder, supervisor, children: BTreeMap::new(), open })
    }

    /// Tasks that may run.
    pub fn open_tasks(&self) -> Vec<TaskId> {
        self.open.iter().copied().collect()
    }

    /// Starts a task, once: a folder that is there already is left as it is.
    ///
    /// Fails when no folder or process could be made; then it was not started.
    pub fn start(&mut self, id: TaskId, order: &Order) -> io::Result<()> {
        if !self.folder.make(id, order)? {
            return Ok(());
        }
        let (program, args) =
            self.supervisor.split_first().map_or(("", &[][..]), |(one, rest)| (one.as_str(), rest));
        let spawned = Command::new(program)
            .args(args)
            .arg(self.folder.of(id))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A signal to the server's group is not for its jobs.
            .process_group(0)
            .spawn();
        match spawned {
            Ok(child) => {
                self.children.insert(id, child);
                self.open.insert(id);
                Ok(())
            }
            Err(error) => {
                self.folder.remove(id)?;
                Err(error)
            }
        }
    }

    /// How a task stands.
    ///
    /// Fails when its folder cannot be read.
    pub fn look(&mut self, id: TaskId) -> io::Result<State> {
        // Asked often: what this server started is known without a look at the disk.
        if let Some(child) = self.children.get_mut(&id) {
            if child.try_wait()?.is_none() {
                return Ok(State::Running);
            }
            self.children.remove(&id);
        }
        let mut state = self.folder.look(id)?;
        if state == State::Gone && !self.folder.void(id)? {
            state = self.folder.look(id)?;
        }
        if matches!(state, State::Ended(_) | State::Gone) {
            self.open.remove(&id);
        }
        Ok(state)
    }

    /// Asks a task to end. One that does not is made to, soon after.
    ///
    /// Fails when the wish cannot be written down.
    pub fn stop(&self, id: TaskId) -> io::Result<()> {
        self.folder.wish_end(id)
    }

    /// A part of what a task wrote, from a byte on.
    ///
    /// Fails when the file cannot be read.
    pub fn log(folder: &Path, id: TaskId, stream: Stream, from: u64) -> io::Result<Log> {
        let path = folder.join(Folder::name_of(id)).join(stream.name());
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Log { text: String::new(), next: from, size: 0 });
            }
            Err(error) => return Err(error),
        };
        let size = file.metadata()?.len();
        let from = from.min(size);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(LOG_BYTES_MAX).read_to_end(&mut bytes)?;
        let next = from + bytes.len() as u64;
        Ok(Log { text: String::from_utf8_lossy(&bytes).into_owned(), next, size })
    }
}

fn read_name(name: &str) -> Option<TaskId> {
    let mut parts = name.split('-');
    let id = TaskId {
        job: parts.next()?.parse().ok()?,
        attempt: parts.next()?.parse().ok()?,
        task: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(id)
}

/// Supervises the task of a folder until it ended: what a supervisor's process does.
/// `inside` is run for the task, with the folder behind it.
///
/// Fails when the folder is not one that a [`Runner`] made, or could not be written.
pub fn supervise(folder: &Path, inside: &[String], now: impl Fn() -> Timestamp) -> io::Result<()> {
    let lock = lock_file(folder)?;
    let late = lock.try_lock().is_err();
    if late || folder.join("void").exists() || folder.join("end").exists() {
        return Ok(());
    }
    put(&folder.join("held"), "")?;
    let order = Order::read(folder)?;
    let create = |stream: Stream| File::create(folder.join(stream.name()));
    let (out, complaints) = (create(Stream::Out)?, create(Stream::Err)?);
    let (program, args) =
        inside.split_first().map_or(("", &[][..]), |(one, rest)| (one.as_str(), rest));
    let spawned = Command::new(program)
        .args(args)
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(complaints)
        .process_group(0)
        .spawn();
    let end = match spawned {
        Ok(child) => watch(child, folder, &order, &now)?,
        Err(error) => {
            fs::write(folder.join(Stream::Err.name()), format!("{error}\n"))?;
            End { code: Some(126), signal: None, at: now() }
        }
    };
    // A full disk may have room again: how it ended is worth waiting for.
    loop {
        match put(&folder.join("end"), &end.text()) {
            Ok(()) => return Ok(()),
            Err(_) => std::thread::sleep(MERCY),
        }
    }
}

/// Waits for a task, and ends it at its limit or when that is wished.
fn watch(
    mut child: Child,
    folder: &Path,
    order: &Order,
    now: &impl Fn() -> Timestamp,
) -> io::Result<End> {
    let group = Pid::from_child(&child);
    let limit = Duration::from_millis(u64::try_from(order.limit).unwrap_or(0));
    let began = Instant::now();
    let mut asked: Option<Instant> = None;
    let status: ExitStatus = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        match asked {
            None if began.elapsed() >= limit || folder.join("stop").exists() => {
                asked = Some(Instant::now());
                kill_process_group(group, Signal::TERM).ok();
            }
            Some(since) if since.elapsed() >= MERCY => {
                kill_process_group(group, Signal::KILL).ok();
            }
            _ => {}
        }
        std::thread::sleep(GLANCE);
    };
    let at = now();
    // What it left behind ends with it.
    kill_process_group(group, Signal::KILL).ok();
    Ok(End { code: status.code().map(i64::from), signal: status.signal().map(i64::from), at })
}

/// Confines this process and becomes the task of a folder. Comes back only when that fails.
pub fn become_task(folder: &Path) -> io::Error {
    match confine(folder) {
        Ok(order) => {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
            let id = name.as_deref().and_then(read_name);
            let (job, task) = id.map_or((0, 0), |id| (id.job, id.task));
            let work = folder.join("work");
            let devices = order.devices_text();
            let Some((program, args)) = order.command.split_first() else {
                return io::Error::new(io::ErrorKind::InvalidInput, "no command");
            };
            Command::new(program)
                .args(args)
                .env_clear()
                .env("PATH", "/usr/local/bin:/usr/bin:/bin")
                .env("LANG", "C.UTF-8")
                .env("HOME", &work)
                .env("TMPDIR", &work)
                .env("XIUDAI_JOB", job.to_string())
                .env("XIUDAI_TASK", task.to_string())
                .env("XIUDAI_TASKS", order.tasks.to_string())
                .env("XIUDAI_ARRAY_INDEX", order.array.0.to_string())
                .env("XIUDAI_ARRAY_COUNT", order.array.1.to_string())
                .env("CUDA_VISIBLE_DEVICES", &devices)
                .env("XIUDAI_DEVICES", &devices)
                .current_dir(&work)
                .exec()
        }
        Err(error) => error,
    }
}

fn confine(folder: &Path) -> io::Result<Order> {
    // With its supervisor goes the task: the next attempt must find it gone.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if lock_file(folder)?.try_lock().is_ok() {
        return Err(io::Error::other("its supervisor is gone"));
    }
    let order = Order::read(folder)?;
    let bytes = u64::try_from(order.memory.max(MEMORY_LEAST)).unwrap_or(0) << 20;
    for (resource, most) in [
        (Resource::As, bytes),
        (Resource::Fsize, FILE_BYTES_MAX),
        (Resource::Nofile, 1_024),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let other = |error: landlock::RulesetError| io::Error::other(error);
    let abi = ABI::V6;
    let read = AccessFs::from_read(abi);
    let programs = ["/usr", "/bin", "/lib", "/lib64", "/opt"];
    let files = ["/etc/ld.so.cache", "/etc/passwd", "/etc/localtime", "/etc/alternatives"];
    let devices = ["/dev/null", "/dev/zero", "/dev/urandom"];
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(landlock::Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(programs, read)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(files, read)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(devices, read | AccessFs::WriteFile)))
        .and_then(|rules| {
            let work = [folder.join("work")];
            rules.add_rules(path_beneath_rules(work, AccessFs::from_all(abi)))
        })
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(other)?;
    if status.ruleset == RulesetStatus::NotEnforced {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this system has no Landlock to confine a task with",
        ));
    }
    Ok(order)
}
