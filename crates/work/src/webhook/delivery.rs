//! Deliveries: one message to one web hook, tried up to eight times.

use super::url::WebhookUrl;
use crate::check;
use crate::error::{Error, Result};
use crate::event::announce;
use crate::id::DeliveryId;
use crate::job::read_state;
use crate::state::{Claim, Standing, State, backoff_us};
use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{Row, Tx, params};

/// Most attempts of one message; the eighth comes 15 to 17 hours after the first.
pub const ATTEMPTS_MAX: i64 = 8;
/// Most messages that wait.
pub const LIVE_MAX: i64 = 10_000;
/// Most messages that wait for one address.
pub const LIVE_MAX_PER_URL: i64 = 100;
/// How long a message is kept after its end: 30 days.
pub const KEPT_US: i64 = 30 * 86_400 * 1_000_000;
/// Most messages that one claim gives up, and most rows that one sweep removes.
const AT_ONCE: i64 = 1_000;
/// "Gone": the receiver says that it will never listen again. Source: RFC 9110, section 15.5.11.
const GONE: u16 = 410;

/// A message to a web hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `D1`; sent along, so that receivers can tell repeats.
    pub id: DeliveryId,
    /// Where to, as it was accepted. May hold a secret of its receiver: never log it.
    pub url: String,
    /// What it is about: `question_changed`.
    pub event: String,
    /// JSON.
    pub body: String,
    /// State, attempts, and when it is due.
    pub standing: Standing,
    /// HTTP status of the newest answer, if there was one.
    pub last_status: Option<i64>,
    /// Why the newest attempt failed.
    pub last_error: Option<String>,
    /// In whose name.
    pub actor: Actor,
    /// When it was written.
    pub created: Timestamp,
    /// When it was over.
    pub finished: Option<Timestamp>,
}

/// What it takes to write a message.
#[derive(Debug, Clone)]
pub struct NewDelivery<'a> {
    /// Where to.
    pub url: &'a WebhookUrl,
    /// What it is about: 1 to 60 of `a-z`, `0-9`, `_`, `-`, `.`, `/`.
    pub event: &'a str,
    /// JSON of at most 64 KiB.
    pub body: &'a str,
}

/// The right of one sender to one attempt of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryLease {
    /// The message.
    pub delivery: DeliveryId,
    /// The attempt, from 1.
    pub attempt: i64,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The receiver answered with this HTTP status: 200 to 299 is well, 410 is the end, anything
    /// else is tried again.
    Status(u16),
    /// No answer; why not, cut to 8,000 characters.
    Unreached(String),
}

/// Writes a message, in the caller's transaction. No event: it follows from the caller's.
///
/// Fails with `E-JOB-01` for what is not sound, and with [`Error::Full`] when 100 messages wait
/// for the address or 10,000 in all. The transaction stays sound then: a caller whose own work
/// matters more goes on without the message.
pub fn enqueue(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    new: &NewDelivery<'_>,
) -> Result<DeliveryId> {
    check::word(new.event, "event")?;
    check::json(new.body, "body")?;
    check_room(tx, new.url)?;
    let id = DeliveryId(tx.take_ids("work_delivery", 1)?);
    let standing = Standing::queued(now);
    tx.execute(
        "insert into work_delivery
             (id, url, event, body, state, attempts, due_us, last_status, last_error, actor,
              created_us, finished_us)
         values ($1, $2, $3, $4, $5, 0, $6, null, null, $7, $8, null)",
        params![
            id.0,
            new.url.as_str(),
            new.event,
            new.body,
            standing.state.name(),
            standing.due,
            actor.as_str(),
            now
        ],
    )?;
    Ok(id)
}

/// The message that has been due longest, for `lease_us` (1 s to 24 h), or none if none is due.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_us: i64,
) -> Result<Option<(DeliveryLease, Delivery)>> {
    for _ in 0..AT_ONCE {
        let Some(mut delivery) = next_due(tx, now)? else {
            return Ok(None);
        };
        match delivery.standing.claim(now, lease_us, ATTEMPTS_MAX) {
            Claim::NotDue => return Ok(None),
            Claim::GivenUp(standing) => {
                delivery.standing = standing;
                end(tx, now, &mut delivery)?;
            }
            Claim::Taken(standing) => {
                delivery.standing = standing;
                save(tx, &delivery)?;
                let lease = DeliveryLease { delivery: delivery.id, attempt: standing.attempts };
                return Ok(Some((lease, delivery)));
            }
        }
    }
    Ok(None)
}

/// Says what an attempt came to; `webhook_abandoned` is announced when there will be no other.
///
/// Fails with [`Error::LeaseLost`].
pub fn settle(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease: DeliveryLease,
    answer: &Answer,
) -> Result<Delivery> {
    let mut delivery = find(tx, lease.delivery)?.ok_or(Error::LeaseLost)?;
    let (standing, attempt) = (delivery.standing, lease.attempt);
    let after_us = backoff_us(attempt, delivery.id.0);
    let again = || standing.retry(attempt, now, after_us, ATTEMPTS_MAX);
    let (next, status, error) = match answer {
        Answer::Status(status @ 200..=299) => (standing.finish(attempt), Some(*status), None),
        Answer::Status(GONE) => (standing.fail(attempt), Some(GONE), None),
        Answer::Status(status) => (again(), Some(*status), None),
        Answer::Unreached(why) => (again(), None, Some(check::error_text(why))),
    };
    delivery.standing = next.ok_or(Error::LeaseLost)?;
    delivery.last_status = status.map(i64::from);
    delivery.last_error = error;
    match delivery.standing.state.is_over() {
        true => end(tx, now, &mut delivery)?,
        false => save(tx, &delivery)?,
    }
    Ok(delivery)
}

/// The message, or [`Error::NoJob`].
pub fn get(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Delivery> {
    find(tx, id)?.ok_or(Error::NoJob)
}

/// Removes up to 1,000 messages that were over 30 days ago; answers how many. No event.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    Ok(tx.execute(
        "delete from work_delivery where id in (
             select id from work_delivery where finished_us <= $1 order by finished_us limit $2)",
        params![now.micros().saturating_sub(KEPT_US), AT_ONCE],
    )?)
}

fn find(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Option<Delivery>> {
    let sql = "select id, url, event, body, state, attempts, due_us, last_status, last_error,
                   actor, created_us, finished_us
               from work_delivery where id = $1";
    Ok(tx.query_opt(sql, params![id.0], read)?)
}

fn next_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Delivery>> {
    let sql = "select id, url, event, body, state, attempts, due_us, last_status, last_error,
                   actor, created_us, finished_us
               from work_delivery where due_us <= $1 order by due_us, id limit 1";
    Ok(tx.query_opt(sql, params![now], read)?)
}

fn check_room(tx: &mut Tx<'_>, url: &WebhookUrl) -> Result<()> {
    let sql = "select count(*) from work_delivery where due_us is not null";
    let all = tx.query_one(sql, &[], |row| row.int(0))?;
    let sql = "select count(*) from work_delivery where url = $1 and due_us is not null";
    let here = tx.query_one(sql, params![url.as_str()], |row| row.int(0))?;
    let limits = [
        (all, LIVE_MAX, "messages to web hooks"),
        (here, LIVE_MAX_PER_URL, "messages to one web hook"),
    ];
    match limits.into_iter().find(|(count, most, _)| count >= most) {
        Some((_, most, of)) => Err(Error::Full { of, most }),
        None => Ok(()),
    }
}

fn end(tx: &mut Tx<'_>, now: Timestamp, delivery: &mut Delivery) -> Result<()> {
    delivery.finished = Some(now);
    save(tx, delivery)?;
    if delivery.standing.state == State::Failed {
        let facts = Object::new()
            .text("event", &delivery.event)
            .int("attempts", delivery.standing.attempts);
        let about = ("webhook_abandoned", delivery.id.to_string());
        announce(tx, &delivery.actor, now, about, &facts)?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<()> {
    tx.execute(
        "update work_delivery set state = $2, attempts = $3, due_us = $4, last_status = $5,
             last_error = $6, finished_us = $7
         where id = $1",
        params![
            delivery.id.0,
            delivery.standing.state.name(),
            delivery.standing.attempts,
            delivery.standing.due,
            delivery.last_status,
            delivery.last_error.as_deref(),
            delivery.finished
        ],
    )?;
    Ok(())
}

/// Reads a row with the columns in the order of the table.
fn read(row: &Row<'_>) -> store::Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId(row.int(0)?),
        url: row.text(1)?,
        event: row.text(2)?,
        body: row.text(3)?,
        standing: Standing {
            state: read_state(row, 4)?,
            attempts: row.int(5)?,
            due: row.opt_int(6)?.map(Timestamp::from_micros),
        },
        last_status: row.opt_int(7)?,
        last_error: row.opt_text(8)?,
        actor: Actor::new(row.text(9)?),
        created: Timestamp::from_micros(row.int(10)?),
        finished: row.opt_int(11)?.map(Timestamp::from_micros),
    })
}
