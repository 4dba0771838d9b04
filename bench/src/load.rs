//! Loading a million statements, beside raw inserts of the same rows.

use crate::enlarge::{Enlarged, Volume};
use crate::table::Table;
use anyhow::{Result, bail};
use atlas::View;
use atlas::load::{Cache, Mode, ScanFile, scan_file};
use atlas::search::Index;
use kernel::{Actor, Timestamp};
use scan::Limits;
use schema::Schema;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Cell, Migration, Signer, Store, Target};

/// 2026-11-23T00:00:00Z.
const NOW_US: i64 = 1_795_392_000_000_000;

const TABLES: &[(&str, &str)] = &[
    ("atlas_source", "id"),
    ("atlas_source_event", "source_id, event_index"),
    ("atlas_entity", "id"),
    ("atlas_entity_key", "event_index, scheme, value, entity_id"),
    ("atlas_statement", "id"),
    ("journal_event", "event_index"),
];

/// On SQLite in a folder, with the index beside it, as the server has it.
pub(crate) fn sqlite(enlarged: &Enlarged, folder: &Path, table: &mut Table) -> Result<()> {
    let target = Target::Sqlite(folder.join("xiudai.db"));
    let store = open(&target, folder)?;
    let (statements, took) = load(enlarged, &store, Some(folder), "SQLite", table)?;
    let total = store
        .read(|tx| tx.query_one("select count(*) from atlas_statement", &[], |row| row.int(0)))?;
    // The raw run writes every row, the timed load only the copies: the same share of both.
    let raw = raw_inserts(&store, folder)?.mul_f64(statements as f64 / total as f64);
    let ratio = raw.as_secs_f64() / took.as_secs_f64();
    table.add(
        "load, journal and search index included",
        "SQLite",
        format!("{:.0} statements/s", statements as f64 / took.as_secs_f64()),
        format!(
            "{ratio:.2} of raw prepared inserts of the same rows ({:.2} s to {:.2} s)",
            raw.as_secs_f64(),
            took.as_secs_f64()
        ),
    );
    Ok(())
}

/// A database of its own on a server; answers its address.
pub(crate) fn fresh(server: &str, what: &str) -> Result<String> {
    let name = format!("xiudai_{what}_{}", std::process::id());
    let admin = Store::open(&Target::Postgres(server.to_string()), None)?;
    admin.migrate(&[]).ok();
    drop(admin);
    let made = std::process::Command::new("psql")
        .args([server, "-qc", &format!("create database {name}")])
        .status();
    if !made.is_ok_and(|status| status.success()) {
        bail!("no database could be made on the PostgreSQL server");
    }
    Ok(server.replace("dbname=postgres", &format!("dbname={name}")))
}

/// On PostgreSQL, in a database of its own; answers its address.
pub(crate) fn postgres(
    enlarged: &Enlarged,
    folder: &Path,
    server: &str,
    table: &mut Table,
) -> Result<String> {
    let url = fresh(server, "bench")?;
    let store = open(&Target::Postgres(url.clone()), folder)?;
    let (statements, took) = load(enlarged, &store, Some(folder), "PostgreSQL", table)?;
    table.add(
        "load, journal and search index included",
        "PostgreSQL",
        format!("{:.0} statements/s", statements as f64 / took.as_secs_f64()),
        "the same rows on SQLite, above".to_string(),
    );
    Ok(url)
}

fn migrations() -> Vec<Migration> {
    atlas::MIGRATIONS.to_vec()
}

/// A store with the atlas's tables, and the key that a server finds in the folder.
pub(crate) fn open(target: &Target, folder: &Path) -> Result<Store> {
    // The key the server will find in the folder.
    std::fs::write(folder.join("journal.key"), "01".repeat(32))?;
    let store = Store::open(target, Some(Signer::new("xuhui", &[1; 32])?))?;
    store.migrate(&migrations())?;
    Ok(store)
}

/// Loads what ships, then times the copies and the index over everything.
fn load(
    enlarged: &Enlarged,
    store: &Store,
    folder: Option<&Path>,
    engine: &str,
    table: &mut Table,
) -> Result<(usize, Duration)> {
    let mut cache = Cache::default();
    for volume in &enlarged.real {
        scan(store, &enlarged.schema, &mut cache, volume)?;
    }
    let mut statements = 0;
    let start = Instant::now();
    for volume in &enlarged.copies {
        statements += scan(store, &enlarged.schema, &mut cache, volume)?;
    }
    let scanned = start.elapsed();
    let mut view = View::new(Arc::clone(&enlarged.schema))?;
    store.read(|tx| view.catch_up(tx))?;
    let viewed = start.elapsed();
    let index = Index::open(folder)?;
    store.read(|tx| index.catch_up(tx, &view, None))?;
    let took = start.elapsed();
    table.add(
        "size of the enlarged district",
        engine,
        format!("{} statements, {} entities", view.statement_count(), view.entity_count()),
        format!(
            "scan {:.2} s, view {:.2} s, index {:.2} s",
            scanned.as_secs_f64(),
            (viewed - scanned).as_secs_f64(),
            (took - viewed).as_secs_f64()
        ),
    );
    Ok((statements, took))
}

fn scan(store: &Store, schema: &Schema, cache: &mut Cache, volume: &Volume) -> Result<usize> {
    let file = ScanFile {
        name: &volume.name,
        bytes: &volume.bytes,
        mapping: &volume.mapping,
        mapping_text: &volume.mapping_text,
        limits: &Limits::default(),
    };
    let (actor, now) = (Actor::system(), Timestamp::from_micros(NOW_US));
    let report = scan_file(store, schema, cache, &actor, now, &file, Mode::Write, &mut |_| {})?;
    if let Some(refusal) = report.refusals.first() {
        bail!("{}: {refusal}", volume.name);
    }
    Ok(report.counts.new as usize)
}

/// The very rows into the same tables with the same indexes, nothing else done; the time of the
/// inserts and the commit.
fn raw_inserts(from: &Store, folder: &Path) -> Result<Duration> {
    let path = folder.join("raw.db");
    let to = Store::open(&Target::Sqlite(path.clone()), None)?;
    to.migrate(&migrations())?;
    let mut took = Duration::ZERO;
    let mut reading = Duration::ZERO;
    let start = Instant::now();
    to.write_bulk(|tx| {
        for (table, key) in TABLES {
            let columns = columns_of(table);
            let quoted: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
            let mut offset = 0;
            loop {
                let read = Instant::now();
                let sql = format!(
                    "select {} from {table} order by {} limit 50000 offset {offset}",
                    quoted.join(", "),
                    key.split(", ").map(|k| format!("\"{k}\"")).collect::<Vec<_>>().join(", "),
                );
                let rows: Vec<Vec<Cell<'static>>> = from.read(|tx| {
                    tx.query(&sql, &[], |row| {
                        (0..columns.len()).map(|c| Ok(row.cell(c)?.into_owned())).collect()
                    })
                })?;
                reading += read.elapsed();
                if rows.is_empty() {
                    break;
                }
                offset += rows.len();
                tx.insert_rows(table, &columns, &mut rows.iter())?;
            }
        }
        Ok::<(), store::Error>(())
    })?;
    took += start.elapsed() - reading;
    drop(to);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("raw.db{suffix}")));
    }
    Ok(took)
}

fn columns_of(table: &str) -> Vec<&'static str> {
    match table {
        "atlas_source" => vec![
            "id",
            "key",
            "kind",
            "parent_id",
            "title_zh",
            "title_en",
            "publisher",
            "licence",
            "attribution",
            "url",
            "published",
            "event_index",
            "recorded_us",
        ],
        "atlas_source_event" => vec![
            "source_id",
            "event_index",
            "recorded_us",
            "what",
            "digest",
            "retrieved",
            "row_count",
            "statement_count",
            "new_count",
            "changed_count",
            "gone_count",
            "unchanged_count",
            "reason",
        ],
        "atlas_entity" => vec!["id", "kind", "event_index"],
        "atlas_entity_key" => vec!["scheme", "value", "entity_id", "event_index"],
        "atlas_statement" => atlas::statement::COLUMNS.to_vec(),
        _ => vec!["event_index", "recorded_us", "actor", "kind", "subject", "entry", "leaf_hash"],
    }
}
