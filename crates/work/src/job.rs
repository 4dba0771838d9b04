//! Jobs: things to do that outlive the request that asked for them.
//!
//! A job may run twice: a worker can die after its work and before it says so, or lose its lease
//! while it is slow. Handlers therefore do their lasting work in the transaction that also calls
//! [`settle`], which fails with [`Error::LeaseLost`] for all but one of them, or make it harmless
//! to repeat.

use crate::check;
use crate::error::{Error, Result};
use crate::event::{announce, is_routine};
use crate::id::JobId;
use crate::state::{Claim, Standing, State};
use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{Row, Tx, params};

/// Most attempts of one job.
pub const ATTEMPTS_MAX: i64 = 5;
/// Most jobs that are not over.
pub const LIVE_MAX: i64 = 10_000;
/// Longest result, in bytes.
pub const RESULT_BYTES_MAX: usize = 1024 * 1024;
/// Most jobs in one answer.
pub const LIST_MAX: i64 = 200;
/// How long a job is kept after its end: 30 days.
pub const KEPT_US: i64 = 30 * 86_400 * 1_000_000;
/// Most jobs that one claim gives up, and most rows that one sweep removes.
const AT_ONCE: i64 = 1_000;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// `W1`.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// What to do, JSON.
    pub payload: String,
    /// State, attempts, and when it is due.
    pub standing: Standing,
    /// How far it is.
    pub progress: Progress,
    /// What came of it.
    pub result: Option<String>,
    /// Why it failed, or why it runs again.
    pub error: Option<String>,
    /// In whose name.
    pub actor: Actor,
    /// When it was asked for.
    pub created: Timestamp,
    /// When the newest attempt began.
    pub started: Option<Timestamp>,
    /// When it was over.
    pub finished: Option<Timestamp>,
}

/// What it takes to ask for a job.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// Which handler does it: 1 to 60 of `a-z`, `0-9`, `_`, `-`, `.`, `/`.
    pub kind: &'a str,
    /// What to do: JSON of at most 64 KiB.
    pub payload: &'a str,
    /// Not before.
    pub run_after: Timestamp,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// So many are done, from 0.
    pub done: i64,
    /// Of so many, if known.
    pub total: Option<i64>,
    /// What is counted: `rows`; at most 60 bytes.
    pub unit: String,
}

/// The right of one worker to one attempt of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The attempt, from 1.
    pub attempt: i64,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done, with this for the one who asked.
    Done {
        /// At most 1 MiB.
        result: String,
    },
    /// It may work later.
    Retry {
        /// How much later, 1 s to 24 h; see [`crate::backoff_us`].
        after_us: i64,
        /// Why not now; cut to 8,000 characters.
        error: String,
    },
    /// It will never work.
    Fail {
        /// Why; cut to 8,000 characters.
        error: String,
    },
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Jobs that wait, due or not.
    pub queued: i64,
    /// Jobs that a worker has, or had when it died.
    pub running: i64,
    /// Jobs that failed in the last 30 days.
    pub failed: i64,
    /// For how long the oldest due job has been due, in microseconds; 0 if none is.
    pub late_us: i64,
}

/// Asks for a job, in the caller's transaction, and announces `job_queued` for a person's.
///
/// Fails with `E-JOB-01` for a kind or payload that is not sound, and with [`Error::Full`] when
/// 10,000 jobs wait.
pub fn enqueue(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, new: &NewJob<'_>) -> Result<Job> {
    check::word(new.kind, "kind")?;
    check::json(new.payload, "payload")?;
    let sql = "select count(*) from work_job where due_us is not null";
    if tx.query_one(sql, &[], |row| row.int(0))? >= LIVE_MAX {
        return Err(Error::Full { of: "jobs", most: LIVE_MAX });
    }
    let job = Job {
        id: JobId(tx.take_ids("work_job", 1)?),
        kind: new.kind.to_string(),
        payload: new.payload.to_string(),
        standing: Standing::queued(new.run_after.max(now)),
        progress: Progress::default(),
        result: None,
        error: None,
        actor: actor.clone(),
        created: now,
        started: None,
        finished: None,
    };
    insert(tx, &job)?;
    if !is_routine(actor) {
        let facts = Object::new().text("job", &job.kind);
        announce(tx, actor, now, ("job_queued", job.id.to_string()), &facts)?;
    }
    Ok(job)
}

fn insert(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    tx.execute(
        "insert into work_job
             (id, kind, payload, state, attempts, due_us, progress_done, progress_total,
              progress_unit, result, error, actor, created_us, started_us, finished_us)
         values ($1, $2, $3, $4, 0, $5, 0, null, '', null, null, $6, $7, null, null)",
        params![
            job.id.0,
            &job.kind,
            &job.payload,
            job.standing.state.name(),
            job.standing.due,
            job.actor.as_str(),
            job.created
        ],
    )?;
    Ok(())
}

/// The job that has been due longest, for `lease_us` (1 s to 24 h), or none if none is due.
///
/// One worker at a time has a job; when its lease is over without a word, the next claim takes it.
/// What was tried five times is given up on the way. Cost: one index look-up.
pub fn claim(tx: &mut Tx<'_>, now: Timestamp, lease_us: i64) -> Result<Option<(Lease, Job)>> {
    for _ in 0..AT_ONCE {
        let Some(mut job) = next_due(tx, now)? else {
            return Ok(None);
        };
        match job.standing.claim(now, lease_us, ATTEMPTS_MAX) {
            Claim::NotDue => return Ok(None),
            Claim::GivenUp(standing) => {
                job.standing = standing;
                job.error = Some(format!("gave up after {ATTEMPTS_MAX} attempts"));
                end(tx, now, &mut job)?;
            }
            Claim::Taken(standing) => {
                job.standing = standing;
                job.started = Some(now);
                job.progress = Progress::default();
                save(tx, &job)?;
                let lease = Lease { job: job.id, attempt: standing.attempts };
                return Ok(Some((lease, job)));
            }
        }
    }
    Ok(None)
}

/// Notes how far an attempt is, and renews its lease. No event.
///
/// Fails with [`Error::LeaseLost`], or with `E-JOB-01` if less than nothing or more than all is
/// done.
pub fn progress(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease: Lease,
    lease_us: i64,
    progress: &Progress,
) -> Result<()> {
    let total = progress.total.unwrap_or(i64::MAX);
    if !(0..=total).contains(&progress.done) || progress.unit.len() > 60 {
        return Err(check::refused(
            "progress is between nothing and all, with a unit of at most 60 bytes",
            "进度应介于零与总数之间",
            "progress",
            &progress.done.to_string(),
        ));
    }
    let mut job = find(tx, lease.job)?.ok_or(Error::LeaseLost)?;
    let standing = job.standing.renew(lease.attempt, now, lease_us);
    job.standing = standing.ok_or(Error::LeaseLost)?;
    job.progress = progress.clone();
    save(tx, &job)
}

/// Says what an attempt came to; `job_done` or `job_failed` is announced for a person's job, and
/// `job_failed` for the house's own too.
///
/// Call it in the transaction of the attempt's lasting work: then that work counts once. Fails
/// with [`Error::LeaseLost`], or with `E-JOB-01` for a result beyond 1 MiB.
pub fn settle(tx: &mut Tx<'_>, now: Timestamp, lease: Lease, outcome: &Outcome) -> Result<Job> {
    let mut job = find(tx, lease.job)?.ok_or(Error::LeaseLost)?;
    let (standing, attempt) = (job.standing, lease.attempt);
    let next = match outcome {
        Outcome::Done { result } => {
            check_result(result)?;
            job.result = Some(result.clone());
            job.error = None;
            standing.finish(attempt)
        }
        Outcome::Retry { after_us, error } => {
            job.error = Some(check::error_text(error));
            standing.retry(attempt, now, *after_us, ATTEMPTS_MAX)
        }
        Outcome::Fail { error } => {
            job.error = Some(check::error_text(error));
            standing.fail(attempt)
        }
    };
    job.standing = next.ok_or(Error::LeaseLost)?;
    match job.standing.state.is_over() {
        true => end(tx, now, &mut job)?,
        false => save(tx, &job)?,
    }
    Ok(job)
}

/// The job, or [`Error::NoJob`].
pub fn get(tx: &mut Tx<'_>, id: JobId) -> Result<Job> {
    find(tx, id)?.ok_or(Error::NoJob)
}

/// The job, if there is one.
pub fn find(tx: &mut Tx<'_>, id: JobId) -> Result<Option<Job>> {
    let sql = "select id, kind, payload, state, attempts, due_us, progress_done, progress_total,
                   progress_unit, result, error, actor, created_us, started_us, finished_us
               from work_job where id = $1";
    Ok(tx.query_opt(sql, params![id.0], read)?)
}

/// Jobs in someone's name before an id, newest first; at most `limit`, at most 200.
pub fn list_of(
    tx: &mut Tx<'_>,
    actor: &Actor,
    before: Option<JobId>,
    limit: i64,
) -> Result<Vec<Job>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = "select id, kind, payload, state, attempts, due_us, progress_done, progress_total,
                   progress_unit, result, error, actor, created_us, started_us, finished_us
               from work_job where actor = $1 and id < $2 order by id desc limit $3";
    let limit = limit.clamp(0, LIST_MAX);
    Ok(tx.query(sql, params![actor.as_str(), before, limit], read)?)
}

/// Everyone's jobs before an id, newest first; at most `limit`, at most 200.
pub fn list(tx: &mut Tx<'_>, before: Option<JobId>, limit: i64) -> Result<Vec<Job>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = "select id, kind, payload, state, attempts, due_us, progress_done, progress_total,
                   progress_unit, result, error, actor, created_us, started_us, finished_us
               from work_job where id < $1 order by id desc limit $2";
    Ok(tx.query(sql, params![before, limit.clamp(0, LIST_MAX)], read)?)
}

/// How much there is to do, for metrics.
pub fn depth(tx: &mut Tx<'_>, now: Timestamp) -> Result<Depth> {
    let mut count = |state: State| -> Result<i64> {
        let sql = "select count(*) from work_job where state = $1";
        Ok(tx.query_one(sql, params![state.name()], |row| row.int(0))?)
    };
    let (queued, running, failed) =
        (count(State::Queued)?, count(State::Running)?, count(State::Failed)?);
    let sql = "select min(due_us) from work_job where due_us is not null";
    let oldest = tx.query_one(sql, &[], |row| row.opt_int(0))?;
    let late_us = oldest.map_or(0, |due| now.micros().saturating_sub(due).max(0));
    Ok(Depth { queued, running, failed, late_us })
}

/// Removes up to 1,000 jobs that were over 30 days ago; answers how many. No event.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    Ok(tx.execute(
        "delete from work_job where id in (
             select id from work_job where finished_us <= $1 order by finished_us limit $2)",
        params![now.micros().saturating_sub(KEPT_US), AT_ONCE],
    )?)
}

fn next_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Job>> {
    let sql = "select id, kind, payload, state, attempts, due_us, progress_done, progress_total,
                   progress_unit, result, error, actor, created_us, started_us, finished_us
               from work_job where due_us <= $1 order by due_us, id limit 1";
    Ok(tx.query_opt(sql, params![now], read)?)
}

fn check_result(result: &str) -> Result<()> {
    match result.len() <= RESULT_BYTES_MAX && !result.contains('\0') {
        true => Ok(()),
        false => Err(check::refused(
            "the result of a job has at most 1,048,576 bytes and no NUL",
            "任务结果最多1048576字节",
            "result",
            &format!("{} bytes", result.len()),
        )),
    }
}

fn end(tx: &mut Tx<'_>, now: Timestamp, job: &mut Job) -> Result<()> {
    job.finished = Some(now);
    save(tx, job)?;
    let failed = job.standing.state == State::Failed;
    if failed || !is_routine(&job.actor) {
        let kind = if failed { "job_failed" } else { "job_done" };
        let facts = Object::new().text("job", &job.kind).int("attempts", job.standing.attempts);
        announce(tx, &job.actor, now, (kind, job.id.to_string()), &facts)?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    tx.execute(
        "update work_job set state = $2, attempts = $3, due_us = $4, progress_done = $5,
             progress_total = $6, progress_unit = $7, result = $8, error = $9, started_us = $10,
             finished_us = $11
         where id = $1",
        params![
            job.id.0,
            job.standing.state.name(),
            job.standing.attempts,
            job.standing.due,
            job.progress.done,
            job.progress.total,
            &job.progress.unit,
            job.result.as_deref(),
            job.error.as_deref(),
            job.started,
            job.finished
        ],
    )?;
    Ok(())
}

/// Reads a row with the columns in the order of the table.
fn read(row: &Row<'_>) -> store::Result<Job> {
    let time = |column: usize| -> store::Result<Option<Timestamp>> {
        Ok(row.opt_int(column)?.map(Timestamp::from_micros))
    };
    Ok(Job {
        id: JobId(row.int(0)?),
        kind: row.text(1)?,
        payload: row.text(2)?,
        standing: Standing { state: read_state(row, 3)?, attempts: row.int(4)?, due: time(5)? },
        progress: Progress { done: row.int(6)?, total: row.opt_int(7)?, unit: row.text(8)? },
        result: row.opt_text(9)?,
        error: row.opt_text(10)?,
        actor: Actor::new(row.text(11)?),
        created: Timestamp::from_micros(row.int(12)?),
        started: time(13)?,
        finished: time(14)?,
    })
}

pub(crate) fn read_state(row: &Row<'_>, column: usize) -> store::Result<State> {
    let name = row.str(column)?;
    State::from_name(&name).ok_or(store::Error::Decode {
        column: "state".to_string(),
        want: "a state",
        found: "an unknown word".to_string(),
    })
}

#[cfg(test)]
mod tests;
