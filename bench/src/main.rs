//! Benchmarks on a million statements, made by enlarging the real district.
//!
//! Each figure stands beside a peer or a physical limit of the same run: a load beside raw
//! prepared inserts of the very rows it wrote; SQLite beside PostgreSQL. Whole-process figures of
//! the server are taken over HTTP on the loopback address.
//!
//! `bench BINARY [compute|read|policy|transfer|atlas]`: everything, or one part.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints, reads the clock, and stops at the first fault"
)]

mod compute;
mod enlarge;
mod load;
mod policy;
mod read;
mod serve;
mod table;
mod transfer;

use anyhow::{Context as _, Result};
use std::path::PathBuf;
use store::Target;
use table::Table;

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let binary = wanted.first().map(PathBuf::from).context("the path of the binary comes first")?;
    let folder = std::env::temp_dir().join(format!("xiudai-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut table = Table::default();
    let outcome = run(&binary, &folder, &mut table);
    std::fs::remove_dir_all(&folder)?;
    println!("{}", table.markdown());
    outcome
}

fn run(binary: &std::path::Path, folder: &std::path::Path, table: &mut Table) -> Result<()> {
    let only = std::env::args().nth(2);
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("compute") {
        admissions(folder, table)?;
        self::compute::packing(table)?;
        self::compute::reaction(table)?;
        self::compute::ledger(table)?;
    }
    if wanted("read") {
        read::hostile(table)?;
    }
    if wanted("policy") {
        let ours = policy::measure(table)?;
        policy::peers(table, ours)?;
    }
    if wanted("transfer") {
        transfers(folder, table)?;
    }
    if wanted("atlas") {
        atlas(binary, folder, table)?;
    }
    Ok(())
}

fn admissions(folder: &std::path::Path, table: &mut Table) -> Result<()> {
    let jobs = folder.join("jobs");
    std::fs::create_dir_all(&jobs)?;
    let store = load::open(&Target::Sqlite(jobs.join("xiudai.db")), &jobs)?;
    self::compute::durable(&store, "SQLite", table)?;
    if let Ok(url) = std::env::var("TEST_POSTGRES") {
        let url = load::fresh(&url, "jobs")?;
        let store = load::open(&Target::Postgres(url), &jobs)?;
        self::compute::durable(&store, "PostgreSQL", table)?;
    }
    Ok(())
}

fn transfers(folder: &std::path::Path, table: &mut Table) -> Result<()> {
    transfer::distribution(table)?;
    let cases = folder.join("cases");
    std::fs::create_dir_all(&cases)?;
    transfer::measure(
        &load::open(&Target::Sqlite(cases.join("xiudai.db")), &cases)?,
        "SQLite",
        table,
    )?;
    if let Ok(url) = std::env::var("TEST_POSTGRES") {
        let url = load::fresh(&url, "cases")?;
        transfer::measure(&load::open(&Target::Postgres(url), &cases)?, "PostgreSQL", table)?;
    }
    Ok(())
}

fn atlas(binary: &std::path::Path, folder: &std::path::Path, table: &mut Table) -> Result<()> {
    let enlarged = enlarge::enlarge()?;
    let sqlite = folder.join("sqlite");
    std::fs::create_dir_all(&sqlite)?;
    load::sqlite(&enlarged, &sqlite, table)?;
    serve::measure(binary, &sqlite, None, "SQLite", table)?;
    if let Ok(url) = std::env::var("TEST_POSTGRES") {
        let postgres = folder.join("postgres");
        std::fs::create_dir_all(&postgres)?;
        let url = load::postgres(&enlarged, &postgres, &url, table)?;
        serve::measure(binary, &postgres, Some(&url), "PostgreSQL", table)?;
    }
    Ok(())
}
