//! Steps of a request or an application: appended, never changed, read again to know where it
//! stands.

use crate::error::{Error, Result};
use kernel::canon::{Object, hex, sha256};
use kernel::{Actor, Day, EventId, Timestamp};
use serde::de::DeserializeOwned;
use store::{NewEvent, Row, Tx, params};

/// A step as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<S> {
    /// Its place, from 1.
    pub seq: i64,
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub step: S,
    /// Who recorded it.
    pub by: Actor,
    /// The journal event.
    pub journal: EventId,
    /// When it was recorded.
    pub at: Timestamp,
}

/// What the journal says of a step: what was said stays in its table, its digest is public.
pub(crate) fn description(name: &str, seq: i64, on: Day, body: &str) -> Object {
    Object::new()
        .text("id", name)
        .int("seq", seq)
        .text("on", &on.to_string())
        .text("body", &hex(&sha256(body.as_bytes())))
}

/// Where steps of a kind are kept: the table and its column of ids.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
}

impl Place {
    /// Appends a step; what was said stays in the table, the journal has its digest.
    pub(crate) fn append(
        self,
        tx: &mut Tx<'_>,
        (actor, now): (&Actor, Timestamp),
        (id, name, seq): (i64, &str, i64),
        (kind, on, body): (String, Day, &str),
    ) -> Result<EventId> {
        let payload = description(name, seq, on, body);
        let journal = tx.append(NewEvent {
            kind,
            actor: actor.clone(),
            at: now,
            subject: Some(name.to_string()),
            payload: payload.to_string(),
        })?;
        let sql = format!(
            "insert into {} ({}, seq, on_day, body, actor, event_index, recorded_us)
             values ($1, $2, $3, $4, $5, $6, $7)",
            self.table, self.column
        );
        let on = i64::from(on.number());
        tx.execute(&sql, params![id, seq, on, body, actor.as_str(), journal.0, now])?;
        Ok(journal)
    }

    /// Every step, in order.
    pub(crate) fn read<S: DeserializeOwned>(
        self,
        tx: &mut Tx<'_>,
        id: i64,
    ) -> Result<Vec<Kept<S>>> {
        let sql = format!(
            "select seq, on_day, body, actor, event_index, recorded_us from {} where {} = $1
             order by seq",
            self.table, self.column
        );
        let mut kept = Vec::new();
        tx.for_each(&sql, params![id], |row: &Row<'_>| -> Result<()> {
            let (seq, body) = (row.int(0)?, row.text(2)?);
            let step = serde_json::from_str(&body)
                .map_err(|_| Error::Damaged(format!("{} {id}, step {seq}", self.table)))?;
            kept.push(Kept {
                seq,
                on: Day::from_number(row.int(1)? as i32),
                step,
                by: Actor::new(row.text(3)?),
                journal: EventId(row.int(4)?),
                at: Timestamp::from_micros(row.int(5)?),
            });
            Ok(())
        })?;
        Ok(kept)
    }
}
