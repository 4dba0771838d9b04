//! Questions that people saved, and notifications when their answers change.

use crate::error::{Error, Result};
use kernel::canon::Object;
use kernel::{Actor, EventId, Refusal, Timestamp};
use store::{NewEvent, Row, Tx, params};

/// Questions of one account at most.
const QUESTIONS_MAX: i64 = 100;

kernel::id!(
    /// A saved question.
    QuestionId, "Q"
);
kernel::id!(
    /// A notification.
    NotificationId, "N"
);

/// A saved question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: QuestionId,
    /// Whose it is: `A1`.
    pub owner: String,
    /// As its owner calls it.
    pub title: String,
    /// Path and query.
    pub path: String,
    /// Address that hears of changes.
    pub webhook: Option<String>,
    /// Grows with each change of it.
    pub version: i64,
    /// Of its last answer.
    pub digest: Option<String>,
    /// When its answer was last looked at.
    pub checked: Option<Timestamp>,
    /// Whether something about it is unread.
    pub changed: bool,
}

/// A question as it is wished for, checked.
#[derive(Debug, Clone)]
pub struct Wish {
    /// As its owner calls it.
    pub title: String,
    /// Path and query.
    pub path: String,
    /// Address that hears of changes.
    pub webhook: Option<String>,
}

/// Something to read about a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// About which question.
    pub question: QuestionId,
    /// What the question is called.
    pub title: String,
    /// When the change was seen.
    pub at: Timestamp,
    /// Whether its owner has read it.
    pub read: bool,
}

const COLUMNS: &str = "q.id, q.owner, q.title, q.path, q.webhook, q.version, q.digest,
    q.checked_us, exists (select 1 from atlas_notification n
        where n.question_id = q.id and n.read_us is null)";

fn read(row: &Row<'_>) -> store::Result<Question> {
    Ok(Question {
        id: QuestionId(row.int(0)?),
        owner: row.text(1)?,
        title: row.text(2)?,
        path: row.text(3)?,
        webhook: row.opt_text(4)?,
        version: row.int(5)?,
        digest: row.opt_text(6)?,
        checked: row.opt_int(7)?.map(Timestamp::from_micros),
        changed: row.boolean(8)?,
    })
}

/// Keeps a question. Fails with `E-QUESTION-01` at a hundred.
pub fn save(tx: &mut Tx<'_>, owner: &Actor, now: Timestamp, wish: &Wish) -> Result<Question> {
    let sql = "select count(*) from atlas_question where owner = $1";
    if tx.query_one(sql, params![owner.as_str()], |row| row.int(0))? >= QUESTIONS_MAX {
        return Err(Refusal::new(
            "E-QUESTION-01",
            "an account keeps at most 100 questions",
            "每个账号最多保存100个问题",
            "an account keeps at most 100 questions",
        )
        .into());
    }
    let id = QuestionId(tx.take_ids("atlas_question", 1)?);
    tx.execute(
        "insert into atlas_question
             (id, owner, title, path, webhook, version, digest, checked_us, created_us)
         values ($1, $2, $3, $4, $5, 1, null, null, $6)",
        params![id.0, owner.as_str(), &wish.title, &wish.path, wish.webhook.as_deref(), now],
    )?;
    announce(tx, owner, now, "question_saved", id)?;
    get(tx, owner, id)
}

/// The question, if it is theirs, or [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, owner: &Actor, id: QuestionId) -> Result<Question> {
    let sql = format!("select {COLUMNS} from atlas_question q where q.id = $1 and q.owner = $2");
    let found = tx.query_opt(&sql, params![id.0, owner.as_str()], read)?;
    found.ok_or_else(|| Error::missing("question", id))
}

/// Their questions after one, in the order of saving.
pub fn list(
    tx: &mut Tx<'_>,
    owner: &Actor,
    after: Option<QuestionId>,
    limit: usize,
) -> Result<Vec<Question>> {
    let sql = format!(
        "select {COLUMNS} from atlas_question q where q.owner = $1 and q.id > $2
         order by q.id limit $3"
    );
    let after = after.map_or(0, |id| id.0);
    Ok(tx.query(&sql, params![owner.as_str(), after, limit as i64], read)?)
}

/// Everyone's questions after one, in the order of saving.
pub fn all(tx: &mut Tx<'_>, after: i64, limit: i64) -> Result<Vec<Question>> {
    let sql =
        format!("select {COLUMNS} from atlas_question q where q.id > $1 order by q.id limit $2");
    Ok(tx.query(&sql, params![after, limit], read)?)
}

/// Changes a question; with another path its answer is looked at anew. Fails with [`Error::Stale`]
/// unless it has this version (none is any).
pub fn change(
    tx: &mut Tx<'_>,
    owner: &Actor,
    now: Timestamp,
    (id, version): (QuestionId, Option<i64>),
    wish: &Wish,
) -> Result<Question> {
    check_version(&get(tx, owner, id)?, version)?;
    tx.execute(
        "update atlas_question set title = $2, path = $3, webhook = $4, version = version + 1,
             digest = case when path = $3 then digest else null end
         where id = $1",
        params![id.0, &wish.title, &wish.path, wish.webhook.as_deref()],
    )?;
    announce(tx, owner, now, "question_saved", id)?;
    get(tx, owner, id)
}

/// Removes a question and what was told about it. Fails as [`change`].
pub fn remove(
    tx: &mut Tx<'_>,
    owner: &Actor,
    now: Timestamp,
    (id, version): (QuestionId, Option<i64>),
) -> Result<()> {
    check_version(&get(tx, owner, id)?, version)?;
    tx.execute("delete from atlas_notification where question_id = $1", params![id.0])?;
    tx.execute("delete from atlas_question where id = $1", params![id.0])?;
    announce(tx, owner, now, "question_removed", id)
}

fn check_version(question: &Question, version: Option<i64>) -> Result<()> {
    match version.is_none_or(|version| version == question.version) {
        true => Ok(()),
        false => Err(Error::Stale { what: "question", id: question.id.to_string() }),
    }
}

/// An event that names the question and tells nothing of what it asks: the journal is public.
fn announce(
    tx: &mut Tx<'_>,
    owner: &Actor,
    now: Timestamp,
    kind: &str,
    id: QuestionId,
) -> Result<()> {
    tx.append(NewEvent {
        kind: kind.to_string(),
        actor: owner.clone(),
        at: now,
        subject: Some(id.to_string()),
        payload: Object::new().to_string(),
    })?;
    Ok(())
}

/// Notes an answer; answers whether it is another than before. The first is not.
///
/// A question that was changed, removed or answered meanwhile is left alone: of two who saw the
/// same answer before, one tells.
pub fn note(
    tx: &mut Tx<'_>,
    now: Timestamp,
    question: &Question,
    digest: &str,
    event: EventId,
) -> Result<bool> {
    let before = question.digest.as_deref();
    let kept = tx.execute(
        "update atlas_question set digest = $2, checked_us = $3
         where id = $1 and version = $4 and coalesce(digest, '') = $5",
        params![question.id.0, digest, now, question.version, before.unwrap_or_default()],
    )?;
    if kept == 0 || before.is_none_or(|before| before == digest) {
        return Ok(false);
    }
    let id = tx.take_ids("atlas_notification", 1)?;
    tx.execute(
        "insert into atlas_notification
             (id, question_id, owner, title, event_index, recorded_us, read_us)
         values ($1, $2, $3, $4, $5, $6, null)",
        params![id, question.id.0, &question.owner, &question.title, event.0, now],
    )?;
    Ok(true)
}

/// Their notifications before one, newest first.
pub fn notifications(
    tx: &mut Tx<'_>,
    owner: &Actor,
    before: Option<NotificationId>,
    limit: usize,
) -> Result<Vec<Notification>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = "select id, question_id, title, recorded_us, read_us from atlas_notification
        where owner = $1 and id < $2 order by id desc limit $3";
    Ok(tx.query(sql, params![owner.as_str(), before, limit as i64], |row| {
        Ok(Notification {
            id: NotificationId(row.int(0)?),
            question: QuestionId(row.int(1)?),
            title: row.text(2)?,
            at: Timestamp::from_micros(row.int(3)?),
            read: row.opt_int(4)?.is_some(),
        })
    })?)
}

/// Notes that they have read a notification. Fails with [`Error::Missing`].
pub fn mark_read(tx: &mut Tx<'_>, owner: &Actor, now: Timestamp, id: NotificationId) -> Result<()> {
    let marked = tx.execute(
        "update atlas_notification set read_us = coalesce(read_us, $3)
         where id = $1 and owner = $2",
        params![id.0, owner.as_str(), now],
    )?;
    match marked {
        0 => Err(Error::missing("notification", id)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
