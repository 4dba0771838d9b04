//! Answers: what came of it when a demand was offered something.
//!
//! They are what the ranking learns from. An answer that is taken back is forgotten by it and
//! stays in history.

use crate::error::{Error, Result};
use crate::undone::{self, Undone};
use kernel::canon::{Object, hex, sha256};
use kernel::{Actor, EntityId, EventId, Refusal, Timestamp};
use store::{NewEvent, Row, Tx, params};

kernel::id!(
    /// An answer.
    AnswerId, "O"
);

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reply {
    /// It fits; the two sides are brought together.
    Accept,
    /// It does not, for a reason.
    Decline,
}

impl Reply {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Reply::Accept => "accept",
            Reply::Decline => "decline",
        }
    }

    /// The reply with this name.
    pub fn from_name(name: &str) -> Option<Reply> {
        [Reply::Accept, Reply::Decline].into_iter().find(|reply| reply.name() == name)
    }
}

/// An answer as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// SHA-256 of the demand, hex.
    pub digest: String,
    /// The demand, canonical JSON.
    pub demand: String,
    /// The demand's title.
    pub title: String,
    /// What was offered.
    pub entity: EntityId,
    /// What was answered.
    pub reply: Reply,
    /// Code of the reason, for a decline.
    pub reason: Option<String>,
    /// In words, 1 to 500 characters.
    pub note: Option<String>,
    /// Who answered.
    pub by: Actor,
    /// The journal event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// Since when it no longer counts.
    pub taken_back: Option<Undone>,
}

/// What someone answers.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The demand, canonical JSON.
    pub demand: String,
    /// The demand's title, 1 to 200 characters.
    pub title: String,
    /// What was offered.
    pub entity: EntityId,
    /// What is answered.
    pub reply: Reply,
    /// Code of the reason; a decline has one.
    pub reason: Option<String>,
    /// In words.
    pub note: Option<String>,
}

/// The digest that names a demand: SHA-256 of its canonical JSON, hex.
pub fn demand_digest(demand: &str) -> String {
    hex(&sha256(demand.as_bytes()))
}

const SELECT: &str = "select a.id, a.demand_digest, a.demand, a.title, a.entity_id, a.verdict,
        a.reason_code, a.note, a.actor, a.event_index, a.recorded_us, e.actor as ended_by,
        e.event_index as end_event, e.recorded_us as ended_us
    from atlas_answer a left join atlas_answer_end e on e.answer_id = a.id";

fn read(row: &Row<'_>) -> store::Result<Answer> {
    Ok(Answer {
        id: AnswerId(row.int(0)?),
        digest: row.text(1)?,
        demand: row.text(2)?,
        title: row.text(3)?,
        entity: EntityId(row.int(4)?),
        reply: Reply::from_name(&row.str(5)?).unwrap_or(Reply::Decline),
        reason: row.opt_text(6)?,
        note: row.opt_text(7)?,
        by: Actor::new(row.text(8)?),
        event: EventId(row.int(9)?),
        at: Timestamp::from_micros(row.int(10)?),
        taken_back: Undone::read(row, 11)?,
    })
}

/// Records an answer and `match_answered` in the journal. An earlier answer to the same offer is
/// taken back with it.
///
/// Fails with [`Error::Missing`] for an entity that does not exist and `E-MATCH-01` for a decline
/// without a reason.
pub fn give(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, wish: &Wish) -> Result<Answer> {
    if wish.reply == Reply::Decline && wish.reason.is_none() {
        return Err(Refusal::new(
            "E-MATCH-01",
            "a decline gives its reason",
            "请选择不合适的理由",
            "choose the reason for declining",
        )
        .column("reason")
        .into());
    }
    let sql = "select id from atlas_entity where id = $1";
    if tx.query_opt(sql, params![wish.entity.0], |row| row.int(0))?.is_none() {
        return Err(Error::missing("entity", wish.entity));
    }
    let note = match wish.note.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(kernel::text::clean(text, 500)?.to_string()),
    };
    let digest = demand_digest(&wish.demand);
    for old in to(tx, &digest)?.iter().filter(|old| old.entity == wish.entity) {
        end(tx, actor, now, old.id)?;
    }
    let mut new = Answer {
        id: AnswerId(tx.take_ids("atlas_answer", 1)?),
        digest,
        demand: wish.demand.clone(),
        title: wish.title.clone(),
        entity: wish.entity,
        reply: wish.reply,
        reason: wish.reason.clone(),
        note,
        by: actor.clone(),
        event: EventId(0),
        at: now,
        taken_back: None,
    };
    new.event = tx.append(NewEvent {
        kind: "match_answered".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(new.entity.to_string()),
        payload: description(&new).to_string(),
    })?;
    tx.execute(
        "insert into atlas_answer (id, demand_digest, demand, title, entity_id, verdict,
             reason_code, note, actor, event_index, recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            new.id.0,
            &new.digest,
            &new.demand,
            &new.title,
            new.entity.0,
            new.reply.name(),
            new.reason.as_deref(),
            new.note.as_deref(),
            actor.as_str(),
            new.event.0,
            now
        ],
    )?;
    Ok(new)
}

/// Takes an answer back; it stays in history. Fails with [`Error::Missing`], and [`Error::Stale`]
/// when it was taken back before.
pub fn take_back(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, id: AnswerId) -> Result<()> {
    let found = tx.query_opt(&format!("{SELECT} where a.id = $1"), params![id.0], read)?;
    match found {
        None => Err(Error::missing("answer", id)),
        Some(answer) if answer.taken_back.is_some() => {
            Err(Error::Stale { what: "answer", id: id.to_string() })
        }
        Some(_) => end(tx, actor, now, id),
    }
}

fn end(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, id: AnswerId) -> Result<()> {
    let event = tx.append(NewEvent {
        kind: "answer_taken_back".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(id.to_string()),
        payload: undone::description(id, actor, now).to_string(),
    })?;
    tx.execute(
        "insert into atlas_answer_end (answer_id, actor, event_index, recorded_us)
         values ($1, $2, $3, $4)",
        params![id.0, actor.as_str(), event.0, now],
    )?;
    Ok(())
}

/// What the journal says of an answer; made again from its row when it is checked.
pub(crate) fn description(answer: &Answer) -> Object {
    Object::new()
        .text("id", &answer.id.to_string())
        .text("demand", &answer.demand)
        .text("digest", &answer.digest)
        .text("title", &answer.title)
        .text("entity", &answer.entity.to_string())
        .text("verdict", answer.reply.name())
        .text("by", answer.by.as_str())
        .int("at", answer.at.micros())
        .opt_text("reason", answer.reason.as_deref())
        .opt_text("note", answer.note.as_deref())
}

/// Every answer, in the order of recording.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Answer>> {
    Ok(tx.query(&format!("{SELECT} order by a.id"), params![], read)?)
}

/// Answers that count, in the order of recording: what the ranking learns from.
pub fn standing(tx: &mut Tx<'_>) -> Result<Vec<Answer>> {
    let sql = format!("{SELECT} where e.answer_id is null order by a.id");
    Ok(tx.query(&sql, params![], read)?)
}

/// Answers to one demand that count.
pub fn to(tx: &mut Tx<'_>, digest: &str) -> Result<Vec<Answer>> {
    let sql = format!("{SELECT} where a.demand_digest = $1 and e.answer_id is null order by a.id");
    Ok(tx.query(&sql, params![digest], read)?)
}

/// Answers before one, newest first.
pub fn list(tx: &mut Tx<'_>, before: Option<AnswerId>, limit: usize) -> Result<Vec<Answer>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = format!("{SELECT} where a.id < $1 order by a.id desc limit $2");
    Ok(tx.query(&sql, params![before, limit as i64], read)?)
}
