//! Cases by the hundred thousand: the board, a case, what is due, and every period computed again
//! after a new holiday table. And one distribution with its proof, beside plain arithmetic.

use crate::table::Table;
use anyhow::{Context as _, Result};
use kernel::{Actor, Day, Timestamp};
use schema::{Rulebook, Schema};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};
use store::{Store, params};
use transfer::case::{self, CaseId, Filter, Ground, Sight};
use transfer::holidays::{self, NewTable};
use transfer_rules::distribution::{Distribute, Tables, distribute};

/// Cases in the store.
const CASES: usize = 100_000;
/// Obligations a case.
const DUES: usize = 10;

const SALE: &str = include_str!("../../docs/transfer/scenario-1-sale.json");
const INCOME: &str = include_str!("../../docs/transfer/distribute-scenario-1.json");

/// Measures a store that holds nothing of transfer yet.
pub(crate) fn measure(store: &Store, engine: &str, table: &mut Table) -> Result<()> {
    store.migrate(transfer::MIGRATIONS)?;
    let book = Rulebook::shipped()?;
    let schema = Schema::shipped()?;
    let ground = Ground { book: &book, schema: &schema };
    let day = |text: &str| Day::parse(text).map_err(anyhow::Error::from);
    let now = Timestamp::end_of(day("2027-06-01")?);
    let actor = Actor::new("A1");
    let start = Instant::now();
    fill(store, ground, &actor, now)?;
    let deal: Value = serde_json::from_str(SALE)?;
    let events = deal["events"].as_array().context("events")?;
    let whole = store.write(|tx| -> transfer::Result<CaseId> {
        let id = case::open(tx, &actor, now, ground, events[0].clone(), false)?.id;
        for event in &events[1..] {
            let done = case::act(tx, &actor, now, ground, (id, None), event.clone(), false);
            if !matches!(done, Ok(_) | Err(transfer::Error::Refused(_))) {
                done?;
            }
        }
        Ok(id)
    })?;
    table.add(
        "cases and obligations",
        engine,
        format!("{CASES} cases, {} obligations", CASES * DUES),
        format!("made in {:.0} s", start.elapsed().as_secs_f64()),
    );
    let from = day("2026-11-27")?;
    let all = Filter::default();
    let one = Filter { stage: Some("disclosure".to_string()), ..Filter::default() };
    time(table, "board, first page with counts", engine, 50, || {
        store.read(|tx| {
            case::list(tx, Sight::All, &all, (0, 51))?;
            case::counts(tx, Sight::All)
        })
    })?;
    time(table, "board, one stage", engine, 50, || {
        store.read(|tx| case::list(tx, Sight::All, &one, (0, 51)))
    })?;
    time(table, "a case of 33 steps, made from its events", engine, 50, || {
        store.read(|tx| case::get(tx, &book, whole))
    })?;
    time(table, "what is due next", engine, 50, || {
        store.read(|tx| case::due(tx, Sight::All, from, 50))
    })?;
    let free: BTreeSet<Day> = (1..=28).filter_map(|d| Day::from_ymd(2027, 2, d)).collect();
    let new = NewTable { year: 2027, version: "2027-1".to_string(), free, worked: BTreeSet::new() };
    let start = Instant::now();
    store.read(|tx| holidays::add(tx, &actor, now, &book, &new, true))?;
    let tried = start.elapsed();
    let start = Instant::now();
    let effect = store.write(|tx| holidays::add(tx, &actor, now, &book, &new, false))?;
    let took = start.elapsed();
    table.add(
        "every period computed again after a new holiday table",
        engine,
        format!("{:.1} s", took.as_secs_f64()),
        format!(
            "{} computed, {} moved and kept; at most 10 s; {:.1} s when only tried",
            effect.computed,
            effect.moved.len(),
            tried.as_secs_f64()
        ),
    );
    Ok(())
}

/// Opens the cases and gives each its obligations, spread over some years.
fn fill(store: &Store, ground: Ground<'_>, actor: &Actor, now: Timestamp) -> Result<()> {
    for chunk in 0..CASES / 1_000 {
        store.write_bulk(|tx| -> transfer::Result<()> {
            for at in 0..1_000 {
                let number = chunk * 1_000 + at;
                let event = json!({
                    "kind": "opened", "on": "2026-03-02", "title": format!("成果 {number}"),
                    "place": "shanghai", "result": "patent",
                    "unit": {"name": format!("研究所 {}", number % 97), "kind": "state_institute"},
                });
                let id = case::open(tx, actor, now, ground, event, false)?.id;
                let columns = [
                    "case_id",
                    "key",
                    "from_day",
                    "number",
                    "unit",
                    "roll",
                    "last_day",
                    "who",
                    "amount_fen",
                    "rule",
                    "article",
                    "confidence",
                    "done_day",
                ];
                let keys: Vec<String> = (0..DUES).map(|due| format!("payment.{due}")).collect();
                let mut rows = keys.iter().enumerate().map(|(due, key)| {
                    let from = 20_500 + ((number * 7 + due * 131) % 1_400) as i64;
                    params![
                        id.0,
                        key.as_str(),
                        from,
                        3i64,
                        "month",
                        "any_non_working_day",
                        from + 91,
                        "counterparty",
                        100_000i64,
                        "contract.payment",
                        "CC 846",
                        "own",
                        None::<i64>
                    ]
                    .to_vec()
                });
                tx.insert_rows("transfer_clock", &columns, &mut rows)?;
            }
            Ok(())
        })?;
    }
    // What the steps of a case would have kept: what is due next.
    store.write_bulk(|tx| -> transfer::Result<()> {
        tx.execute(
            "update transfer_case set next_day = n.last_day, next_key = n.key
             from (select c.case_id, c.key, c.last_day,
                       row_number() over (partition by c.case_id order by c.last_day, c.key) as place
                   from transfer_clock c where c.done_day is null) n
             where n.place = 1 and n.case_id = transfer_case.id",
            params![],
        )?;
        Ok(())
    })?;
    Ok(())
}

fn time<T>(
    table: &mut Table,
    what: &str,
    engine: &str,
    bound_ms: u64,
    mut run: impl FnMut() -> transfer::Result<T>,
) -> Result<()> {
    let mut took = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        black_box(run()?);
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let (half, most) = (took[100], took[197]);
    table.add(
        what,
        engine,
        format!("p50 {:.1} ms, p99 {:.1} ms", ms(half), ms(most)),
        format!("p99 at most {bound_ms} ms"),
    );
    Ok(())
}

/// One distribution with its proof, beside the bare arithmetic of it.
pub(crate) fn distribution(table: &mut Table) -> Result<()> {
    let book = Rulebook::shipped()?;
    let tables = Tables::shipped()?;
    let facts: Distribute = serde_json::from_str(INCOME)?;
    let on = Day::parse("2026-04-10")?;
    let law = book.lookup("shanghai", on, Day::parse("2026-11-27")?);
    let rounds = 20_000u32;
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(distribute(black_box(&facts), tables, &law)?);
    }
    let with = start.elapsed() / rounds;
    let start = Instant::now();
    for _ in 0..rounds {
        let net = black_box(300_000_000i64) - 90_000 - 2_460_000 - 4_000_000;
        let reward = net * 70 / 100;
        black_box([45, 30, 15, 10].map(|share| reward * share / 100));
    }
    let bare = start.elapsed() / rounds;
    table.add(
        "one distribution with its proof",
        "–",
        format!("{:.1} µs", with.as_secs_f64() * 1e6),
        format!("at most 50 µs; the bare arithmetic takes {:.3} µs", bare.as_secs_f64() * 1e6),
    );
    Ok(())
}
