//! `xiudai serve`: the pages and the API.

use crate::deliver;
use crate::house::House;
use crate::shelf;
use crate::world;
use anyhow::{Context as _, Result};
use api::{App, District, Parts, SecondReader, Settings};
use atlas::search::Index;
use compute::executor::Executor;
use compute::here::Here;
use compute::kubernetes::{Kubernetes, Manner};
use compute::runner::{ELSEWHERE, PODS, Runner};
use compute::slurm::{self, Slurm};
use identity::Secret;
use kernel::Actor;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use work::Reach;

/// How the house is served.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServeArgs {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8700")]
    listen: SocketAddr,
    /// A district to load first, such as data/xuhui.
    #[arg(long)]
    load: Option<PathBuf>,
    /// Whose law and whose policies hold, from the wider to the narrower.
    #[arg(long, default_value = "shanghai/xuhui")]
    place: String,
    /// Address under which people reach the house, when a proxy stands before it.
    #[arg(long)]
    base_url: Option<String>,
    /// Proxies whose X-Forwarded-For is believed.
    #[arg(long)]
    trusted_proxy: Vec<IpAddr>,
    /// Hosts that web hooks may point to; none allows every public one.
    #[arg(long)]
    webhook_host: Vec<String>,
    /// Let web hooks reach loopback and private addresses.
    #[arg(long)]
    webhook_private: bool,
    /// Chinese name of the district's entity; what was loaded says it otherwise.
    #[arg(long)]
    district: Option<String>,
    /// A folder with YAML files that extend the grammar documents are read by.
    #[arg(long)]
    grammar: Option<PathBuf>,
    /// An OpenAI-compatible chat endpoint that reads documents too; its key is taken from
    /// XIUDAI_READER_KEY. Off unless given.
    #[arg(long, requires = "reader_model")]
    reader_url: Option<String>,
    /// What that endpoint calls its model.
    #[arg(long)]
    reader_model: Option<String>,
    /// Run no jobs on this machine.
    #[arg(long)]
    no_jobs: bool,
    /// Run jobs on the Slurm cluster whose commands work here (SLURM_CONF), on a partition of its
    /// own: its name, or nothing for the default one. The data folder is shared with its nodes.
    #[arg(long, num_args = 0..=1, default_missing_value = "")]
    slurm: Option<String>,
    /// Run jobs on the Kubernetes cluster that kubectl reaches from here (KUBECONFIG), in this
    /// namespace; `xiudai` without one.
    #[arg(long, num_args = 0..=1, default_missing_value = "xiudai")]
    kubernetes: Option<String>,
    /// The image that tasks run in on Kubernetes.
    #[arg(long, default_value = "debian:stable-slim")]
    kubernetes_image: String,
    /// The local queue of Kueue that admits tasks on Kubernetes; without it they start at once.
    #[arg(long)]
    kueue: Option<String>,
    /// Requests of one address a minute.
    #[arg(long, default_value_t = 1_200)]
    requests_a_minute: u32,
}

/// Figures in the sentence that opens the house, in order.
const HEADLINE: &[&str] = &["gdp", "ai_firms", "filed_models", "population", "area"];

/// Loads, says what is there, and serves until told to stop.
pub(crate) fn run(house: &House, args: &ServeArgs) -> Result<bool> {
    let mut out = std::io::stdout();
    if let Some(folder) = &args.load {
        load(house, folder)?;
    }
    // Bound before anything is said of the address: port 0 becomes one that is free.
    let listener = std::net::TcpListener::bind(args.listen)
        .with_context(|| format!("{} is taken or not ours", args.listen))?;
    listener.set_nonblocking(true)?;
    let args = &ServeArgs { listen: listener.local_addr()?, ..args.clone() };
    let app = app(house, args)?;
    let link = setup_link(house, args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(32)
        .enable_all()
        .build()
        .context("starting the runtime")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        writeln!(out, "serving   http://{}", args.listen)?;
        if let Some(link) = link {
            writeln!(out, "first administrator, once, within a day: {link}")?;
        }
        out.flush()?;
        let warming = app.clone();
        let warm = tokio::task::spawn_blocking(move || warming.warm());
        let reach = if args.webhook_private { Reach::Private } else { Reach::Public };
        let worker = api::start_worker(app.clone(), deliver::sender(reach))
            .context("starting the worker")?;
        let attending = attend(house, &app, args)?;
        api::serve(listener, app, stopped()).await?;
        if let Ok(Err(problem)) = warm.await {
            tracing::error!(?problem, "the index could not be brought up to date");
        }
        tokio::task::spawn_blocking(move || {
            worker.stop();
            attending.into_iter().for_each(api::Attending::stop);
        })
        .await?;
        Ok(true)
    })
}

fn jobs(house: &House) -> PathBuf {
    house.data.join("jobs")
}

/// What this machine is called among those that run jobs: drawn once, kept in its folder.
fn machine(folder: &std::path::Path) -> Result<String> {
    let path = folder.join("machine");
    if let Ok(name) = std::fs::read_to_string(&path) {
        return Ok(name.trim().to_string());
    }
    let mut bytes = [0u8; 4];
    world::chance(&mut bytes)?;
    let name = format!("here-{}", kernel::canon::hex(&bytes));
    std::fs::write(&path, &name).context("naming this machine")?;
    Ok(name)
}

/// Runs jobs on this machine, with all its cores and half of its memory, so that the house keeps
/// room, on a Slurm cluster and on Kubernetes; or takes them out.
fn attend(house: &House, app: &App, args: &ServeArgs) -> Result<Option<api::Attending>> {
    let own = std::env::current_exe().context("finding this program")?;
    let own = own.to_string_lossy().into_owned();
    let supervisor = vec![own, "compute".to_string(), "supervise".to_string()];
    // A supervisor's working folder is not ours, so the path is whole.
    let folder = std::path::absolute(jobs(house))?;
    let runner =
        Runner::open(folder.clone(), supervisor.clone()).context("opening the folder for jobs")?;
    let size = match args.no_jobs {
        true => None,
        false => Some((cores(), world::memory().context("asking how much memory there is")? / 2)),
    };
    let mut executors: Vec<Box<dyn Executor>> =
        vec![Box::new(Here::new(runner, &machine(&folder)?, size))];
    let elsewhere = folder.join(ELSEWHERE);
    let reach = match args.slurm.as_deref() {
        None => slurm::Reach::Left,
        Some("") => slurm::Reach::Default,
        Some(partition) => slurm::Reach::Partition(partition.to_string()),
    };
    if reach != slurm::Reach::Left || elsewhere.exists() {
        let slurm = Slurm::open(elsewhere, supervisor, reach)
            .context("opening the folder for jobs elsewhere")?;
        executors.push(Box::new(slurm));
    }
    let pods = folder.join(PODS);
    let manner = args.kubernetes.clone().map(|namespace| Manner {
        namespace,
        image: args.kubernetes_image.clone(),
        queue: args.kueue.clone(),
    });
    if manner.is_some() || pods.exists() {
        let kubernetes = Kubernetes::open(pods, manner).context("opening the folder for pods")?;
        executors.push(Box::new(kubernetes));
    }
    if args.no_jobs && args.slurm.is_none() && args.kubernetes.is_none() {
        api::leave(app, executors).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        return Ok(None);
    }
    let attending = api::attend(app.clone(), executors).context("starting the attendant")?;
    Ok(Some(attending))
}

/// How many cores this machine has for jobs, each a device.
fn cores() -> i64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    i64::try_from(cores).unwrap_or(1).min(compute_rules::cluster::DEVICES_MAX)
}

/// Loads the district, telling what it gave.
fn load(house: &House, folder: &std::path::Path) -> Result<()> {
    let mut out = std::io::stdout();
    let manner = super::scan::Manner { dry_run: false, json: false };
    let mut cache = atlas::load::Cache::default();
    let (mut rows, mut statements, mut new, mut files) = (0, 0, 0, 0);
    let name = shelf::district(folder)?;
    std::fs::write(house.data.join(DISTRICT_FILE), name).context("noting the district")?;
    for volume in shelf::volumes(folder, &house.schema)? {
        let report = super::scan::one(house, &mut cache, &volume, manner)?;
        for refusal in &report.refusals {
            writeln!(out, "refused   {refusal}")?;
        }
        files += 1;
        rows += report.counts.rows;
        statements += report.counts.statements;
        new += report.counts.new + report.counts.changed;
    }
    writeln!(out, "loaded    {files} files, {rows} rows, {statements} statements ({new} new)")?;
    Ok(())
}

/// The application of a house.
pub(crate) fn app(house: &House, args: &ServeArgs) -> Result<App> {
    let spool = house.data.join("spool");
    std::fs::create_dir_all(&spool).context("making the folder for uploads")?;
    let base_url = base_url(args);
    let settings = Settings {
        secure_cookies: base_url.starts_with("https://"),
        base_url,
        trusted_proxies: args.trusted_proxy.clone(),
        webhook_hosts: args.webhook_host.clone(),
        district: District {
            name: district(house, args),
            headline: HEADLINE.iter().map(|key| (*key).to_string()).collect(),
        },
        place: args.place.clone(),
        jobs: jobs(house),
        spool,
        requests_a_minute: args.requests_a_minute,
        limits: scan::Limits::default(),
    };
    let index = Index::open(Some(&house.data.join("index"))).context("opening the index")?;
    let parts = Parts {
        store: house.store.clone(),
        schema: Arc::clone(&house.schema),
        index,
        settings,
        clock: Arc::new(world::now),
        random: Arc::new(|bytes: &mut [u8]| {
            if let Err(error) = world::chance(bytes) {
                // Without chance there are no secrets: stop rather than hand out a known one.
                tracing::error!(%error, "no source of chance");
                std::process::abort();
            }
        }),
        grammar: super::read::grammar(args.grammar.as_deref())?,
        second_reader: second_reader(args),
    };
    App::new(parts).map_err(|problem| anyhow::anyhow!("{problem:?}"))
}

/// Remembers in the data folder which district was loaded.
const DISTRICT_FILE: &str = "district";

fn district(house: &House, args: &ServeArgs) -> String {
    let remembered = || std::fs::read_to_string(house.data.join(DISTRICT_FILE)).ok();
    args.district.clone().or_else(remembered).unwrap_or_default().trim().to_string()
}

fn base_url(args: &ServeArgs) -> String {
    let own = || format!("http://{}", args.listen);
    args.base_url.as_ref().map_or_else(own, |url| url.trim_end_matches('/').to_string())
}

/// The second reader of documents, when the operator wants one.
fn second_reader(args: &ServeArgs) -> Option<SecondReader> {
    let (url, model) = args.reader_url.clone().zip(args.reader_model.clone())?;
    let key = world::variable("XIUDAI_READER_KEY");
    Some(SecondReader { model, ask: deliver::asker(url, key) })
}

/// The link for the first administrator, while there is none.
fn setup_link(house: &House, args: &ServeArgs) -> Result<Option<String>> {
    if house.store.read(identity::account::has_administrator)? {
        return Ok(None);
    }
    let mut bytes = [0u8; 32];
    world::chance(&mut bytes)?;
    let secret = Secret::new(bytes);
    let now = world::now();
    house.store.write(|tx| identity::setup::make_link(tx, &Actor::system(), now, &secret))?;
    Ok(Some(format!("{}/setup?token={}", base_url(args), secret.text())))
}

/// Ends when the process is asked to stop.
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        let kind = tokio::signal::unix::SignalKind::terminate();
        match tokio::signal::unix::signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
