//! `xiudai transfer`: the rules of technology transfer on files, without a store.

use crate::world;
use anyhow::{Context as _, Result};
use kernel::Refusal;
use schema::Rulebook;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use transfer_rules::check::{Deal, check};
use transfer_rules::distribution::{Distribute, Tables, distribute};
use transfer_rules::equity::{Dilute, dilute};
use transfer_rules::{input, output};

/// What is asked of the rules.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum TransferCommand {
    /// Distribute an income among people, unit and office, with its proof.
    Distribute(FileArgs),
    /// Judge a deal with its events: every guard, refusal, date and amount.
    Check(FileArgs),
    /// Keep the ledger of a company that a result was contributed to.
    Dilute(FileArgs),
}

/// A file, as docs/transfer/ shows one for each scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct FileArgs {
    /// JSON; money as texts in yuan, shares as `70%`, days as YYYY-MM-DD.
    file: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs a command; `false` when something in the file is refused.
pub(crate) fn run(command: &TransferCommand) -> Result<bool> {
    let book = Rulebook::shipped()?;
    let known = world::now().legal_day().next();
    let (args, answer) = match command {
        TransferCommand::Distribute(args) => (
            args,
            read(&args.file)?.and_then(|text| {
                let facts: Distribute = input::read(&text)?;
                let on =
                    facts.on.or(facts.receipts.last().map(|one| one.on)).map_or(known, |on| on.0);
                let law = book.lookup(&facts.place, on, known);
                distribute(&facts, Tables::shipped()?, &law).map(|done| (true, done.json()))
            }),
        ),
        TransferCommand::Dilute(args) => (
            args,
            read(&args.file)?.and_then(|text| {
                let facts: Dilute = input::read(&text)?;
                let law = book.lookup(&facts.place, facts.founding.on.0, known);
                dilute(&facts, &law).map(|done| (true, done.json()))
            }),
        ),
        TransferCommand::Check(args) => (
            args,
            read(&args.file)?.and_then(|text| {
                let deal: Deal = input::read(&text)?;
                check(&deal, &book).map(|done| (done.sound, done.json))
            }),
        ),
    };
    let mut out = std::io::stdout();
    let (sound, value) = match answer {
        Ok((sound, value)) => (sound, value),
        Err(refusal) => (false, serde_json::json!({"refused": output::refusal(&refusal)})),
    };
    if args.json {
        writeln!(out, "{value}")?;
    } else {
        show(&mut out, &value)?;
    }
    Ok(sound)
}

fn read(path: &Path) -> Result<std::result::Result<String, Refusal>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(Ok(text))
}

/// For people: steps a line each, figures without their proofs.
fn show(out: &mut impl std::io::Write, value: &Value) -> Result<()> {
    if let Some(steps) = value["steps"].as_array() {
        for step in steps {
            let text = |key: &str| step[key].as_str().unwrap_or_default().to_string();
            match step["refusals"].as_array() {
                None => writeln!(out, "{:>3}  {}  {}", step["at"], text("on"), text("kind"))?,
                Some(refusals) => {
                    for one in refusals {
                        let code = one["code"].as_str().unwrap_or_default();
                        let rule = one["rule"].as_str().unwrap_or_default();
                        let why = one["message"]["en"].as_str().unwrap_or_default();
                        let (at, on, kind) = (&step["at"], text("on"), text("kind"));
                        writeln!(out, "{at:>3}  {on}  {kind}: {code} ({rule}) {why}")?;
                    }
                }
            }
        }
        for fact in value["facts"].as_array().into_iter().flatten() {
            let text = |key: &str| fact[key].as_str().unwrap_or_default().to_string();
            writeln!(out, "     {} = {}", text("key"), text("value"))?;
        }
        return Ok(());
    }
    let mut plain = value.clone();
    strip(&mut plain);
    writeln!(out, "{}", serde_json::to_string_pretty(&plain)?)?;
    Ok(())
}

/// Leaves proofs out.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("proof");
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
