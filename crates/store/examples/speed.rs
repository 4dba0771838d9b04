//! How fast the store is on this machine, on every engine at hand.
//!
//! `cargo run --release -p store --features testkit --example speed`

#![expect(clippy::print_stdout, reason = "its only purpose is to print")]

use kernel::{Actor, Timestamp};
use std::time::Instant;
use store::{Cell, Error, Migration, NewEvent, Result, Store, params, testkit};

const SCHEMA: Migration = Migration {
    module: "speed",
    number: 1,
    name: "a narrow table",
    sql: "create table narrow (
        id bigint primary key, a bigint not null, b text not null, c double precision);",
};
const ROWS: i64 = 1_000_000;
const EVENTS: i64 = 200_000;

fn main() -> Result<()> {
    for fresh in testkit::each(&[SCHEMA]) {
        println!("{}", fresh.engine());
        rows(&fresh)?;
        for batch in [1, 16, 256, 10_000] {
            events(&fresh, batch)?;
        }
        commands(&fresh)?;
        verify(&fresh)?;
        backup(&fresh)?;
        println!("  resident: {} MB", resident_kib() / 1024);
    }
    Ok(())
}

fn rate(what: &str, count: i64, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    println!("  {what}: {count} in {seconds:.2} s, {:.0}/s", count as f64 / seconds);
}

fn rows(store: &Store) -> Result<()> {
    let start = Instant::now();
    store.write_bulk(|tx| {
        let mut rows = (0..ROWS).map(|id| {
            [Cell::Int(id), Cell::Int(id * 7), Cell::from("a short text"), Cell::Real(0.5)]
        });
        tx.insert_rows("narrow", &["id", "a", "b", "c"], &mut rows)
    })?;
    rate("rows inserted in one write", ROWS, start);
    let start = Instant::now();
    let mut sum = 0;
    store.read(|tx| {
        tx.for_each("select id, a, b, c from narrow order by id", &[], |row| -> Result<()> {
            sum += row.int(0)? + row.int(1)? + row.str(2)?.len() as i64 + row.real(3)? as i64;
            Ok(())
        })
    })?;
    rate("rows read", ROWS, start);
    let start = Instant::now();
    for id in 0..20_000 {
        let sql = "select a from narrow where id = $1";
        sum += store.read(|tx| tx.query_one(sql, params![id * 13], |row| row.int(0)))?;
    }
    rate("reads of one row", 20_000, start);
    assert!(sum > 0);
    Ok(())
}

fn event(number: i64) -> NewEvent {
    NewEvent {
        kind: "statement_recorded".to_string(),
        actor: Actor::new("A1"),
        at: Timestamp::from_micros(1_764_000_000_000_000 + number),
        subject: Some(format!("E{number}")),
        payload: format!("{{\"number\":{number},\"source\":\"R12\",\"text\":\"漕河泾开发区\"}}"),
    }
}

fn events(store: &Store, batch: i64) -> Result<()> {
    let count = EVENTS.min(batch * 2_000);
    let start = Instant::now();
    for first in (0..count).step_by(batch as usize) {
        store.write(|tx| {
            (first..first + batch).try_for_each(|number| tx.append(event(number)).map(drop))
        })?;
    }
    rate(&format!("events appended, {batch} a commit"), count, start);
    Ok(())
}

fn commands(store: &Store) -> Result<()> {
    let start = Instant::now();
    for number in 0..2_000 {
        store.write(|tx| {
            let id = tx.take_ids("command", 1)?;
            tx.execute(
                "insert into narrow (id, a, b) values ($1, $2, $3)",
                params![ROWS + id, number, "x"],
            )?;
            tx.append(event(number))
        })?;
    }
    rate("commands (a number, a row, an event)", 2_000, start);
    Ok(())
}

fn verify(store: &Store) -> Result<()> {
    let verifier = testkit::signer().verifier().clone();
    let start = Instant::now();
    let report = store.read(|tx| store::journal::verify(tx, &verifier, &mut |_, _| Ok(())))?;
    assert!(report.is_sound());
    rate("events verified", report.size as i64, start);
    let start = Instant::now();
    for index in 0..1_000 {
        let id = kernel::EventId(index * 97 % report.size as i64);
        store.read(|tx| store::journal::inclusion_proof(tx, id, report.size))?;
    }
    rate("inclusion proofs", 1_000, start);
    Ok(())
}

fn backup(store: &Store) -> Result<()> {
    let start = Instant::now();
    let mut file = std::io::Cursor::new(Vec::new());
    let rows = store::backup(store, &mut file, Timestamp::from_micros(0))?;
    rate("rows backed up", rows as i64, start);
    let file = file.into_inner();
    println!("  backup: {} MB", file.len() / 1_000_000);
    let fresh = match store.engine() {
        "SQLite" => Some(testkit::sqlite(&[SCHEMA])),
        _ => testkit::postgres(&[SCHEMA]),
    };
    let Some(target) = fresh else {
        return Ok(());
    };
    let start = Instant::now();
    let rows = store::restore(&target, std::io::Cursor::new(file))?;
    rate("rows restored", rows as i64, start);
    Ok::<_, Error>(())
}

/// Peak resident memory, where the system tells.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
