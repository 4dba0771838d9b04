//! Schedules: jobs that come back.
//!
//! A turn that was missed (the house was off) is made up for once, not as often as it was missed,
//! and a turn is skipped while the job of the last one is not over.

use crate::check;
use crate::error::{Error, Result};
use crate::event::announce;
use crate::id::JobId;
use crate::job::{self, NewJob};
use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{Row, Tx, params};

/// Shortest time between turns: a minute.
pub const EVERY_US_MIN: i64 = 60 * 1_000_000;
/// Longest time between turns: 366 days.
pub const EVERY_US_MAX: i64 = 366 * 86_400 * 1_000_000;
/// Most schedules.
pub const SCHEDULES_MAX: i64 = 200;

/// A job that comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// 1 to 60 of `a-z`, `0-9`, `_`, `-`, `.`, `/`.
    pub name: String,
    /// Which handler does it.
    pub kind: String,
    /// What to do, JSON.
    pub payload: String,
    /// From turn to turn, in microseconds: a minute to 366 days.
    pub every_us: i64,
    /// The next turn.
    pub next_run: Timestamp,
    /// The job of the last turn.
    pub job: Option<JobId>,
}

/// Sets a schedule by its name, and announces `schedule_set` if that changes what it does or how
/// often. One that stays as it is keeps its next turn.
///
/// Fails with `E-JOB-01` for what is not sound, and [`Error::Full`] at 200 schedules.
pub fn set(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, wanted: &Schedule) -> Result<Schedule> {
    check_schedule(wanted)?;
    if let Some(kept) = find(tx, &wanted.name)? {
        let mut same = wanted.clone();
        (same.next_run, same.job) = (kept.next_run, kept.job);
        if same == kept {
            return Ok(kept);
        }
    } else {
        let sql = "select count(*) from work_schedule";
        if tx.query_one(sql, &[], |row| row.int(0))? >= SCHEDULES_MAX {
            return Err(Error::Full { of: "schedules", most: SCHEDULES_MAX });
        }
    }
    tx.execute(
        "insert into work_schedule (name, kind, payload, every_us, next_us, job)
         values ($1, $2, $3, $4, $5, null)
         on conflict (name) do update set kind = excluded.kind, payload = excluded.payload,
             every_us = excluded.every_us, next_us = excluded.next_us",
        params![&wanted.name, &wanted.kind, &wanted.payload, wanted.every_us, wanted.next_run],
    )?;
    let facts = Object::new().text("job", &wanted.kind).int("every_us", wanted.every_us);
    announce(tx, actor, now, ("schedule_set", wanted.name.clone()), &facts)?;
    find(tx, &wanted.name)?.ok_or(Error::NoJob)
}

/// Removes a schedule and announces `schedule_removed`; answers whether there was one.
pub fn remove(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, name: &str) -> Result<bool> {
    let sql = "delete from work_schedule where name = $1";
    let found = tx.execute(sql, params![name])? > 0;
    if found {
        let about = ("schedule_removed", name.to_string());
        announce(tx, actor, now, about, &Object::new())?;
    }
    Ok(found)
}

/// Asks for the jobs of all schedules whose turn it is; answers them. Call it about once a minute.
pub fn run_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<JobId>> {
    let sql = "select name, kind, payload, every_us, next_us, job from work_schedule
               where next_us <= $1 order by next_us, name";
    let due = tx.query(sql, params![now], read)?;
    let mut jobs = Vec::new();
    for schedule in due {
        let last = schedule.job;
        let job = match is_live(tx, last)? {
            true => last,
            false => {
                let new =
                    NewJob { kind: &schedule.kind, payload: &schedule.payload, run_after: now };
                let job = job::enqueue(tx, &Actor::system(), now, &new)?;
                jobs.push(job.id);
                Some(job.id)
            }
        };
        let sql = "update work_schedule set next_us = $2, job = $3 where name = $1";
        let next = next_turn(schedule.next_run, schedule.every_us, now);
        tx.execute(sql, params![&schedule.name, next, job.map(|id| id.0)])?;
    }
    Ok(jobs)
}

/// All schedules by name; at most 200.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Schedule>> {
    let sql = "select name, kind, payload, every_us, next_us, job from work_schedule
               order by name limit $1";
    Ok(tx.query(sql, params![SCHEDULES_MAX], read)?)
}

/// The schedule, if there is one.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<Schedule>> {
    let sql = "select name, kind, payload, every_us, next_us, job from work_schedule
               where name = $1";
    Ok(tx.query_opt(sql, params![name], read)?)
}

/// The first turn after `now` in steps of `every_us` from `turn`. Pure.
pub fn next_turn(turn: Timestamp, every_us: i64, now: Timestamp) -> Timestamp {
    let every_us = every_us.max(1);
    let missed = now.micros().saturating_sub(turn.micros()).max(0) / every_us;
    let steps = missed.saturating_add(1).saturating_mul(every_us);
    Timestamp::from_micros(turn.micros().saturating_add(steps))
}

fn is_live(tx: &mut Tx<'_>, id: Option<JobId>) -> Result<bool> {
    let Some(id) = id else {
        return Ok(false);
    };
    let job = job::find(tx, id)?;
    Ok(job.is_some_and(|job| !job.standing.state.is_over()))
}

fn check_schedule(wanted: &Schedule) -> Result<()> {
    check::word(&wanted.name, "name")?;
    check::word(&wanted.kind, "kind")?;
    check::json(&wanted.payload, "payload")?;
    match (EVERY_US_MIN..=EVERY_US_MAX).contains(&wanted.every_us) {
        true => Ok(()),
        false => Err(check::refused(
            "a schedule comes back after a minute to 366 days",
            "周期应在一分钟至366天之间",
            "every_us",
            &wanted.every_us.to_string(),
        )),
    }
}

fn read(row: &Row<'_>) -> store::Result<Schedule> {
    Ok(Schedule {
        name: row.text(0)?,
        kind: row.text(1)?,
        payload: row.text(2)?,
        every_us: row.int(3)?,
        next_run: Timestamp::from_micros(row.int(4)?),
        job: row.opt_int(5)?.map(JobId),
    })
}
