//! Holiday tables that came after those that ship, and what they move.
//!
//! A table is added, never changed; the last of a year counts. Every period that still runs is
//! computed again with it in the same transaction, and what moved is kept.

use crate::error::{Error, Result};
use kernel::calendar::{Calendar, Count, HolidayYear, Roll};
use kernel::canon::Object;
use kernel::{Actor, Day, EventId, Refusal, Timestamp};
use schema::Rulebook;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use store::{NewEvent, Tx, params};

/// A table that someone adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTable {
    /// Its year.
    pub year: i16,
    /// What it is called, 1 to 40 characters; another name than the one it replaces.
    pub version: String,
    /// Free days.
    pub free: BTreeSet<Day>,
    /// Weekend days that are worked.
    pub worked: BTreeSet<Day>,
}

/// A period that a table moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Its case.
    pub case: i64,
    /// What it is within the case.
    pub key: String,
    /// Its last day before.
    pub before: Day,
    /// Its last day now.
    pub after: Day,
}

/// What a table does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The journal event; `None` when it was only tried.
    pub event: Option<EventId>,
    /// How many periods were computed again.
    pub computed: u64,
    /// Those that moved.
    pub moved: Vec<Move>,
}

fn days_text(days: &BTreeSet<Day>) -> Vec<String> {
    days.iter().map(Day::to_string).collect()
}

fn description(table: &NewTable) -> Object {
    Object::new()
        .int("year", i64::from(table.year))
        .text("version", &table.version)
        .texts("free", &days_text(&table.free))
        .texts("worked", &days_text(&table.worked))
}

/// The calendar: the tables that ship, with those of the store laid over them.
pub fn calendar(tx: &mut Tx<'_>, shipped: &Calendar) -> Result<Calendar> {
    let mut calendar = shipped.clone();
    let sql = "select year, version, body from transfer_holidays order by event_index";
    let rows = tx.query(sql, params![], |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))?;
    for (year, version, body) in rows {
        let table = stored(&version, &body)?;
        let year = i16::try_from(year).map_err(|_| Error::Damaged(format!("year {year}")))?;
        calendar = calendar.with(year, table)?;
    }
    Ok(calendar)
}

/// The newest table's event, to know whether a calendar is still fresh.
pub fn revision(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    let sql = "select max(event_index) from transfer_holidays";
    Ok(tx.query_one(sql, params![], |row| row.opt_int(0))?)
}

fn stored(version: &str, body: &str) -> Result<HolidayYear> {
    let damaged = || Error::Damaged(format!("holiday table {version}"));
    let body: serde_json::Value = serde_json::from_str(body).map_err(|_| damaged())?;
    let days = |key: &str| -> Result<BTreeSet<Day>> {
        let list = body.get(key).and_then(|days| days.as_array()).ok_or_else(damaged)?;
        let day = |day: &serde_json::Value| {
            day.as_str().and_then(|text| Day::parse(text).ok()).ok_or_else(damaged)
        };
        list.iter().map(day).collect()
    };
    Ok(HolidayYear { version: version.to_string(), free: days("free")?, worked: days("worked")? })
}

/// Adds a table (or tries one: `dry`), computes every running period again and says what moved.
///
/// Fails with `E-DATE-05` for an unsound table, `E-DATE-07` for a version that is already there.
pub fn add(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    shipped: &Rulebook,
    table: &NewTable,
    dry: bool,
) -> Result<Effect> {
    let before = calendar(tx, shipped.calendar())?;
    let version = kernel::text::clean(&table.version, 40)?.to_string();
    if before.year(table.year).is_some_and(|old| old.version == version) {
        let (zh, en) = ("这一年已有同名版本", "the year has a table of this version already");
        let refusal = Refusal::new("E-DATE-07", "a corrected table has another version", zh, en);
        return Err(refusal.column("version").value(&version).into());
    }
    let year = HolidayYear {
        version: version.clone(),
        free: table.free.clone(),
        worked: table.worked.clone(),
    };
    let after = before.with(table.year, year)?;
    let (computed, moved) = moves(tx, table.year, &after)?;
    if dry {
        return Ok(Effect { event: None, computed, moved });
    }
    let event = tx.append(NewEvent {
        kind: "holidays_set".to_string(),
        actor: actor.clone(),
        at: now,
        subject: None,
        payload: description(table).to_string(),
    })?;
    tx.execute(
        "insert into transfer_holidays (event_index, year, version, body, actor, recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![
            event.0,
            i64::from(table.year),
            &version,
            description(table).to_string().as_str(),
            actor.as_str(),
            now
        ],
    )?;
    let columns = ["event_index", "case_id", "key", "before_day", "after_day"];
    let mut rows = moved.iter().map(|one| {
        params![
            event.0,
            one.case,
            one.key.as_str(),
            i64::from(one.before.number()),
            i64::from(one.after.number())
        ]
        .to_vec()
    });
    tx.insert_rows("transfer_move", &columns, &mut rows)?;
    // One statement for all of them: a round trip each would take a city's cases half a minute.
    tx.execute(
        "update transfer_clock set last_day = m.after_day from transfer_move m
         where m.event_index = $1 and m.case_id = transfer_clock.case_id
             and m.key = transfer_clock.key",
        params![event.0],
    )?;
    // What comes next in a case may be another period now, or the same on another day: where the
    // next one moved, or one that moved comes before it.
    tx.execute(
        "update transfer_case set next_day = n.last_day, next_key = n.key
         from (select c.case_id, c.key, c.last_day,
                   row_number() over (partition by c.case_id order by c.last_day, c.key) as place
               from transfer_clock c
               where c.done_day is null and c.case_id in
                   (select m.case_id from transfer_move m
                       join transfer_case o on o.id = m.case_id
                       where m.event_index = $1
                           and (o.next_day is null or m.key = o.next_key
                               or m.after_day <= o.next_day))) n
         where n.place = 1 and n.case_id = transfer_case.id
             and (n.last_day is distinct from transfer_case.next_day
                 or n.key is distinct from transfer_case.next_key)",
        params![event.0],
    )?;
    Ok(Effect { event: Some(event), computed, moved })
}

/// Periods that touch a year, computed with a calendar: how many, and those that end elsewhere.
fn moves(tx: &mut Tx<'_>, year: i16, calendar: &Calendar) -> Result<(u64, Vec<Move>)> {
    let first = Day::from_ymd(year, 1, 1).map_or(0, |day| i64::from(day.number()));
    let last = Day::from_ymd(year, 12, 31).map_or(0, |day| i64::from(day.number()));
    let (mut computed, mut moved) = (0, Vec::new());
    // Many periods run from the same day by the same rule: each is counted once.
    let mut counted: HashMap<(Day, u32, Count, Roll), Day> = HashMap::new();
    // Most of the table is looked at: the sums keep an index by day from being walked instead.
    let sql = "select case_id, key, from_day, number, unit, roll, last_day from transfer_clock
        where done_day + 0 is null and from_day <= $2 and last_day + 31 >= $1";
    tx.for_each(sql, params![first, last], |row| -> Result<()> {
        let day = |column| -> Result<Day> { Ok(Day::from_number(row.int(column)? as i32)) };
        let count = Count::from_name(&row.str(4)?);
        let roll = Roll::from_name(&row.str(5)?);
        let (Some(count), Some(roll)) = (count, roll) else {
            return Err(Error::Damaged("a clock of no known unit".to_string()));
        };
        let number = u32::try_from(row.int(3)?).unwrap_or(0);
        let (case, before) = (row.int(0)?, day(6)?);
        computed += 1;
        let from = day(2)?;
        let after = match counted.entry((from, number, count, roll)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(calendar.due(from, number, count, roll)?.last),
        };
        if after != before {
            moved.push(Move { case, key: row.text(1)?, before, after });
        }
        Ok(())
    })?;
    Ok((computed, moved))
}

/// What tables moved in a case, newest first.
pub fn moves_of(tx: &mut Tx<'_>, case: i64, limit: usize) -> Result<Vec<(EventId, Move)>> {
    let sql = "select event_index, case_id, key, before_day, after_day from transfer_move
        where case_id = $1 order by event_index desc, key limit $2";
    Ok(tx.query(sql, params![case, limit as i64], |row| {
        let day = |column| Ok::<_, store::Error>(Day::from_number(row.int(column)? as i32));
        let one = Move { case: row.int(1)?, key: row.text(2)?, before: day(3)?, after: day(4)? };
        Ok((EventId(row.int(0)?), one))
    })?)
}
