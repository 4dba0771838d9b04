//! `xiudai scan`: files into statements.

use crate::house::House;
use crate::shelf::{self, Volume};
use crate::world;
use anyhow::{Context as _, Result};
use atlas::load::{Cache, Mode, ScanFile, ScanReport, scan_file};
use kernel::Actor;
use scan::Limits;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

/// How a scan is run and told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// Find out what would change, write nothing.
    pub(crate) dry_run: bool,
    /// One JSON object a file.
    pub(crate) json: bool,
}

/// Scans everything that the paths name; answers whether nothing was refused.
pub(crate) fn run(house: &House, paths: &[PathBuf], manner: Manner) -> Result<bool> {
    let mut sound = true;
    let mut cache = Cache::default();
    let mut total = ScanReport::default();
    for path in paths {
        for volume in shelf::volumes(path, &house.schema)? {
            let report = one(house, &mut cache, &volume, manner)?;
            sound &= report.refusals.is_empty();
            tell(&report, manner)?;
            add(&mut total, &report);
        }
    }
    if !manner.json {
        let counts = &total.counts;
        writeln!(
            std::io::stdout(),
            "{:>7} rows  {:>7} statements  {:>6} new  {:>5} changed  {:>5} gone  {:>6} entities new",
            counts.rows,
            counts.statements,
            counts.new,
            counts.changed,
            counts.gone,
            total.entities_new
        )?;
    }
    Ok(sound)
}

/// Scans one file of a shelf.
pub(crate) fn one(
    house: &House,
    cache: &mut Cache,
    volume: &Volume,
    manner: Manner,
) -> Result<ScanReport> {
    let bytes = std::fs::read(&volume.path)
        .with_context(|| format!("reading {}", volume.path.display()))?;
    let name = volume.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = ScanFile {
        name: &name,
        bytes: &bytes,
        mapping: &volume.mapping,
        mapping_text: &volume.mapping_text,
        limits: &Limits::default(),
    };
    let mode = if manner.dry_run { Mode::Try } else { Mode::Write };
    let watched = std::io::stderr().is_terminal() && !manner.json;
    let mut progress = |done: u64| {
        if watched && done.is_multiple_of(4096) {
            let _ = write!(std::io::stderr(), "\r{name}: {done} records");
        }
    };
    let (actor, now) = (Actor::system(), world::now());
    let report =
        scan_file(&house.store, &house.schema, cache, &actor, now, &file, mode, &mut progress);
    if watched {
        let _ = write!(std::io::stderr(), "\r\u{1b}[K");
    }
    report.with_context(|| format!("scanning {name}"))
}

fn add(total: &mut ScanReport, report: &ScanReport) {
    total.counts.rows += report.counts.rows;
    total.counts.statements += report.counts.statements;
    total.counts.new += report.counts.new;
    total.counts.changed += report.counts.changed;
    total.counts.gone += report.counts.gone;
    total.counts.unchanged += report.counts.unchanged;
    total.entities_new += report.entities_new;
}

fn tell(report: &ScanReport, manner: Manner) -> Result<()> {
    let mut out = std::io::stdout();
    let counts = &report.counts;
    if manner.json {
        let refusals: Vec<serde_json::Value> = report.refusals.iter().map(refusal).collect();
        let line = serde_json::json!({
            "file": report.file, "source": report.source, "rows": counts.rows,
            "statements": counts.statements, "new": counts.new, "changed": counts.changed,
            "gone": counts.gone, "unchanged": counts.unchanged,
            "entities_new": report.entities_new, "refusals": refusals,
        });
        writeln!(out, "{line}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{:>7} rows  {:>7} statements  {:>6} new  {:>5} changed  {:>5} gone  {:>6} entities new  {}",
        counts.rows,
        counts.statements,
        counts.new,
        counts.changed,
        counts.gone,
        report.entities_new,
        report.file
    )?;
    for refusal in &report.refusals {
        writeln!(out, "        refused: {refusal}")?;
    }
    Ok(())
}

fn refusal(refusal: &kernel::Refusal) -> serde_json::Value {
    serde_json::json!({
        "code": refusal.code, "rule": refusal.rule,
        "file": refusal.place.file, "row": refusal.place.row,
        "column": refusal.place.column, "value": refusal.place.value,
        "message": {"zh": refusal.message.zh, "en": refusal.message.en},
    })
}
