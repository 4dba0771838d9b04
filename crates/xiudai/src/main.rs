#![doc = include_str!("../README.md")]

mod command;
mod deliver;
mod house;
mod shelf;
mod world;

use anyhow::Result;
use clap::{Parser, Subcommand};
use house::Place;
use kernel::EventId;
use std::path::PathBuf;
use std::process::ExitCode;

/// The open operating system of an innovation district.
#[derive(Debug, Parser)]
#[command(name = "xiudai", version, about)]
struct Cli {
    /// Folder for the database, index, uploads and key.
    #[arg(long, global = true, default_value = "data/local")]
    data: PathBuf,
    /// PostgreSQL instead of the file in the folder: `postgres://…`; also XIUDAI_STORE.
    #[arg(long, global = true)]
    store: Option<String>,
    /// Name of this instance in signed checkpoints.
    #[arg(long, global = true, default_value = "xuhui")]
    instance: String,
    #[command(flatten)]
    manner: command::ask::Manner,
    #[command(subcommand)]
    command: Command,
}

/// The settings of a served house, all at their defaults, for questions without a server.
#[derive(Debug, Parser)]
struct ServeOnly {
    #[command(flatten)]
    args: command::serve::ServeArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages and the API.
    Serve(command::serve::ServeArgs),
    #[command(flatten)]
    Ask(command::ask::Question),
    /// Write the OpenAPI document.
    Openapi,
    /// Turn files into statements: folders with a load.yaml, mappings, or files beside one.
    Scan {
        /// What to scan, such as data/xuhui.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Say what would change, write nothing.
        #[arg(long)]
        dry_run: bool,
        /// One JSON object a file.
        #[arg(long)]
        json: bool,
    },
    /// Say what documents state, each with its exact place; or how well that agrees with gold.
    Read(command::read::ReadArgs),
    /// Say which organizations names mean, with reasons.
    Resolve(command::resolve::ResolveArgs),
    /// Say which organizations affiliation lines name.
    Affiliate(command::resolve::AffiliateArgs),
    /// Say what of the atlas fits a demand, with reasons and the condition table.
    Match(command::matching::MatchArgs),
    /// Say when a period of days, working days, months or years ends.
    Due(command::due::DueArgs),
    /// Distribute, check or dilute by the rules of technology transfer, on a file.
    #[command(subcommand)]
    Transfer(command::transfer::TransferCommand),
    /// Replay and simulate traces of compute clusters, on files.
    #[command(subcommand)]
    Compute(command::compute::ComputeCommand),
    /// Check, test, compare and work out policies, on files.
    #[command(subcommand)]
    Policy(command::policy::PolicyCommand),
    /// Check the whole journal and every row against it, or one proof file or evidence pack offline.
    Verify {
        /// A proof file; without it, everything.
        file: Option<PathBuf>,
    },
    /// Write the proof that an event is in the journal, checkable offline.
    Proof {
        /// The event, such as J12.
        event: String,
        /// Where to write it.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write everything to one file.
    Backup {
        /// Where to; must not exist.
        file: PathBuf,
    },
    /// Bring a backup into an empty store of either engine.
    Restore {
        /// The backup.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(world::variable("XIUDAI_LOG").unwrap_or_else(|| "warn".to_string()))
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        // Whoever read us has read enough: `xiudai … | head`.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "xiudai: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    kinds.map(std::io::Error::kind).any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}

/// Runs a command; `false` when it ran and what it checked does not hold.
fn run(cli: Cli) -> Result<bool> {
    let store = cli.store.or_else(|| world::variable("XIUDAI_STORE"));
    let place = Place { data: cli.data, store, instance: cli.instance };
    match cli.command {
        Command::Serve(args) => command::serve::run(&house::open(&place)?, &args),
        Command::Ask(question) => {
            let args = ServeOnly::parse_from(["xiudai"]).args;
            command::ask::run(&house::open(&place)?, &question, &cli.manner, &args)
        }
        Command::Openapi => {
            use std::io::Write as _;
            let text = api::openapi().to_pretty_json()?;
            writeln!(std::io::stdout(), "{text}")?;
            Ok(true)
        }
        Command::Scan { paths, dry_run, json } => {
            let manner = command::scan::Manner { dry_run, json };
            command::scan::run(&house::open(&place)?, &paths, manner)
        }
        Command::Read(args) => command::read::run(&args),
        Command::Resolve(args) => command::resolve::run(&args),
        Command::Transfer(command) => command::transfer::run(&command),
        Command::Compute(command) => command::compute::run(&command),
        Command::Policy(command) => command::policy::run(&command),
        Command::Due(args) => command::due::run(&args),
        Command::Affiliate(args) => command::resolve::affiliate(&args),
        Command::Match(args) => {
            let serve = ServeOnly::parse_from(["xiudai"]).args;
            let app = command::serve::app(&house::open(&place)?, &serve)?;
            command::matching::run(&args, &app)
        }
        Command::Verify { file: Some(file) } => command::evidence::verify_file(&file),
        Command::Verify { file: None } => command::evidence::verify(&house::open(&place)?),
        Command::Proof { event, out } => {
            let event: EventId = event.parse()?;
            command::evidence::proof(&house::open(&place)?, event, &out).map(|()| true)
        }
        Command::Backup { file } => {
            command::evidence::backup(&house::open(&place)?, &file).map(|()| true)
        }
        Command::Restore { file } => {
            command::evidence::restore(&house::open_bare(&place)?, &file).map(|()| true)
        }
    }
}
