//! `xiudai compute submit|status|logs|cancel|quote`: jobs of a house that is served somewhere.

use crate::world;
use anyhow::{Context as _, Result, bail};
use compute_rules::bill;
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

/// An answer comes within this long.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Between two looks at a log that is followed.
const GLANCE: Duration = Duration::from_millis(300);
/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// Which house, and who asks it. The token is taken from XIUDAI_TOKEN.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Server {
    /// Address of the house.
    #[arg(long, default_value = "http://127.0.0.1:8700")]
    server: String,
    /// Print what the house answers, as JSON.
    #[arg(long)]
    json: bool,
}

/// A job as it is asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Asked {
    #[command(flatten)]
    server: Server,
    /// What it is called; the program's name otherwise.
    #[arg(long)]
    name: Option<String>,
    /// How many tasks, all at once.
    #[arg(long, default_value_t = 1)]
    tasks: u32,
    /// Devices of each task.
    #[arg(long, default_value_t = 1)]
    devices: i64,
    /// Share of each device, milli-GPU.
    #[arg(long, default_value_t = 1_000)]
    share: i64,
    /// CPU of each task, milli-cores.
    #[arg(long, default_value_t = 1_000)]
    cpu: i64,
    /// Memory of each task, MiB.
    #[arg(long, default_value_t = 512)]
    memory: i64,
    /// A kind of device that will do, the one you like best first; none is any.
    #[arg(long)]
    kind: Vec<String>,
    /// It is stopped after so many minutes.
    #[arg(long, default_value_t = 60)]
    minutes: i64,
    /// 0 to 9, higher ones go first.
    #[arg(long, default_value_t = 0)]
    priority: u8,
    /// A job that must have ended well before, such as G12.
    #[arg(long)]
    after: Vec<String>,
    /// Once it has run so many minutes it may be made to give way; never otherwise.
    #[arg(long)]
    preemptible_after: Option<i64>,
    /// When it must have started, as 2026-12-01T08:00:00Z; past it, it is over.
    #[arg(long)]
    deadline: Option<String>,
    /// So many jobs alike; which one it is, a task reads from XIUDAI_ARRAY_INDEX.
    #[arg(long, default_value_t = 1)]
    array: u32,
    /// A name of your own: submitted again under it, it is the same job.
    #[arg(long, default_value = "")]
    key: String,
    /// Who pays, for an officer who submits for another.
    #[arg(long)]
    tenant: Option<String>,
    /// The program and its arguments.
    #[arg(required = true, trailing_var_arg = true)]
    command: Vec<String>,
}

/// A job by its name.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    #[command(flatten)]
    server: Server,
    /// Such as G12.
    job: String,
    /// All jobs of its array.
    #[arg(long)]
    array: bool,
}

/// Jobs that are asked for.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    #[command(flatten)]
    server: Server,
    /// Such as G12; without it, the newest.
    job: Option<String>,
}

/// A job as it is written for Kubernetes.
#[derive(Debug, clap::Args)]
pub(crate) struct ManifestArgs {
    #[command(flatten)]
    server: Server,
    /// Such as G12.
    job: String,
    /// The namespace.
    #[arg(long, default_value = "xiudai")]
    namespace: String,
    /// The image that tasks run in.
    #[arg(long, default_value = "debian:stable-slim")]
    image: String,
    /// The local queue of Kueue that admits them.
    #[arg(long)]
    queue: Option<String>,
}

/// A log.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    server: Server,
    /// Such as G12.
    job: String,
    /// Which task, from 0.
    #[arg(long, default_value_t = 0)]
    task: u32,
    /// What it complained of, not what it said.
    #[arg(long)]
    err: bool,
    /// Go on until the job ended.
    #[arg(long, short)]
    follow: bool,
}

/// What came of a request: the answer, or the problem.
enum Said {
    Well(Value),
    Refused(Value),
}

impl Server {
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Said> {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        let agent = ureq::Agent::new_with_config(config);
        let Some(token) = world::variable("XIUDAI_TOKEN") else {
            bail!("XIUDAI_TOKEN is not set: make a token on your account's page");
        };
        let url = format!("{}/api/v1{path}", self.server.trim_end_matches('/'));
        let bearer = format!("Bearer {token}");
        let sent = match method {
            "GET" => agent.get(&url).header("Authorization", &bearer).call(),
            _ => agent
                .post(&url)
                .header("Authorization", &bearer)
                .header("Content-Type", "application/json")
                .send(body.map(Value::to_string).unwrap_or_default()),
        };
        let mut response = sent.with_context(|| format!("asking {url}"))?;
        let text = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string()?;
        let value: Value = serde_json::from_str(&text)
            .with_context(|| format!("{url} answered something that is not JSON"))?;
        Ok(if response.status().is_success() { Said::Well(value) } else { Said::Refused(value) })
    }
}

fn refused(problem: &Value) -> Result<bool> {
    writeln!(std::io::stdout(), "{}", json!({ "refused": problem }))?;
    Ok(false)
}

fn body(asked: &Asked) -> Value {
    let program = asked.command.first().cloned().unwrap_or_default();
    json!({
        "name": asked.name.clone().unwrap_or(program),
        "command": asked.command,
        "tenant": asked.tenant,
        "tasks": asked.tasks,
        "devices": asked.devices,
        "share": if asked.devices == 0 { 0 } else { asked.share },
        "cpu": asked.cpu,
        "memory": asked.memory,
        "kinds": asked.kind,
        "limit_ms": asked.minutes.saturating_mul(60_000),
        "priority": asked.priority,
        "after": asked.after,
        "preemptible_after_ms":
            asked.preemptible_after.map(|minutes| minutes.saturating_mul(60_000)),
        "deadline": asked.deadline,
        "array": asked.array,
        "key": asked.key,
    })
}

fn yuan(micro: &Value) -> String {
    format!("¥{}", bill::yuan(micro.as_i64().unwrap_or(0)))
}

fn tell(job: &Value) -> Result<()> {
    let mut out = std::io::stdout();
    let text = |key: &str| job[key].as_str().unwrap_or("-").to_string();
    writeln!(
        out,
        "{}\t{}\tcost {}, held {}\t{}",
        text("id"),
        text("state"),
        yuan(&job["cost"]),
        yuan(&job["held"]),
        text("name")
    )?;
    for key in ["why", "remedy"] {
        if let Some(sentence) = job[key]["en"].as_str() {
            writeln!(out, "\t{sentence}")?;
        }
    }
    tell_start(job)
}

/// Between which instants it starts.
fn tell_start(of: &Value) -> Result<()> {
    let start = &of["start"];
    if let (Some(from), Some(until)) = (start["from"].as_str(), start["until"].as_str()) {
        writeln!(std::io::stdout(), "\tstarts between {from} and {until}, nine times in ten")?;
    }
    Ok(())
}

fn answered(
    server: &Server,
    said: Said,
    tell_it: impl FnOnce(&Value) -> Result<()>,
) -> Result<bool> {
    match said {
        Said::Refused(problem) => refused(&problem),
        Said::Well(value) => {
            if server.json {
                writeln!(std::io::stdout(), "{value}")?;
            } else {
                tell_it(&value)?;
            }
            Ok(true)
        }
    }
}

/// Submits a job.
pub(crate) fn submit(asked: &Asked) -> Result<bool> {
    let said = asked.server.ask("POST", "/compute/jobs", Some(&body(asked)))?;
    answered(&asked.server, said, |page| tell(&page["job"]))
}

/// Says what a job would cost at most and when it would start.
pub(crate) fn quote(asked: &Asked) -> Result<bool> {
    let said = asked.server.ask("POST", "/compute/quote", Some(&body(asked)))?;
    answered(&asked.server, said, |quote| {
        let mut out = std::io::stdout();
        let start = match (quote["starts_now"].as_bool(), quote["kind"].as_str()) {
            (Some(true), Some(kind)) => format!("starts now on {kind}"),
            (Some(true), None) => "starts now".to_string(),
            _ => quote["why"]["en"].as_str().unwrap_or("waits").to_string(),
        };
        writeln!(out, "at most {}; {start}", yuan(&quote["most"]))?;
        if let Some(sentence) = quote["remedy"]["en"].as_str() {
            writeln!(out, "\t{sentence}")?;
        }
        tell_start(quote)
    })
}

/// Says how a job stands, or the newest ones.
pub(crate) fn status(args: &Which) -> Result<bool> {
    let path = match &args.job {
        Some(job) => format!("/compute/jobs/{job}"),
        None => "/compute/jobs".to_string(),
    };
    let said = args.server.ask("GET", &path, None)?;
    answered(&args.server, said, |value| match value["items"].as_array() {
        Some(items) => items.iter().try_for_each(tell),
        None => tell(&value["job"]),
    })
}

/// Prints a job as Jobs of Kubernetes.
pub(crate) fn manifest(args: &ManifestArgs) -> Result<bool> {
    let given = [Some(&args.namespace), Some(&args.image), args.queue.as_ref()];
    // What Kubernetes names needs no escape in an address.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@".contains(c);
    if let Some(wrong) = given.iter().flatten().find(|text| !text.chars().all(plain)) {
        bail!("`{wrong}` is no name of Kubernetes");
    }
    let mut pairs = vec![format!("namespace={}", args.namespace), format!("image={}", args.image)];
    pairs.extend(args.queue.iter().map(|queue| format!("queue={queue}")));
    let path = format!("/compute/jobs/{}/manifest?{}", args.job, pairs.join("&"));
    match args.server.ask("GET", &path, None)? {
        Said::Refused(problem) => refused(&problem),
        Said::Well(list) => {
            writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&list)?)?;
            Ok(true)
        }
    }
}

/// Stops a job.
pub(crate) fn cancel(args: &Named) -> Result<bool> {
    let array = if args.array { "?array=true" } else { "" };
    let path = format!("/compute/jobs/{}/cancel{array}", args.job);
    let said = args.server.ask("POST", &path, None)?;
    answered(&args.server, said, |page| tell(&page["job"]))
}

/// Prints what a task wrote.
pub(crate) fn logs(args: &LogArgs) -> Result<bool> {
    let mut out = std::io::stdout();
    let stream = if args.err { "err" } else { "out" };
    let mut from = 0;
    loop {
        // Asked before the log is read: what is written after the end is read once more.
        let page = match args.server.ask("GET", &format!("/compute/jobs/{}", args.job), None)? {
            Said::Well(page) => page,
            Said::Refused(problem) => return refused(&problem),
        };
        let open = ["blocked", "waiting", "running"];
        let over = page["job"]["state"].as_str().is_none_or(|state| !open.contains(&state));
        loop {
            let path = format!(
                "/compute/jobs/{}/log?task={}&stream={stream}&from={from}",
                args.job, args.task
            );
            let part = match args.server.ask("GET", &path, None)? {
                Said::Well(part) => part,
                Said::Refused(problem) => return refused(&problem),
            };
            let next = part["next"].as_u64().unwrap_or(from);
            out.write_all(part["text"].as_str().unwrap_or_default().as_bytes())?;
            out.flush()?;
            if next == from {
                break;
            }
            from = next;
        }
        if over || !args.follow {
            return Ok(true);
        }
        std::thread::sleep(GLANCE);
    }
}
