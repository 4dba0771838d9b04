//! Judgements: people say of two entities whether they are one.
//!
//! A judgement never changes an entity or a statement. Those that stand are replayed into clusters
//! (see [`crate::view`]), so undoing one leaves everything as it was before.

use crate::error::{Error, Result};
use crate::keys;
use crate::undone::{self, Undone};
use kernel::canon::Object;
use kernel::{Actor, EntityId, EventId, Refusal, Timestamp};
use resolve::cluster::Clusters;
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use store::{NewEvent, Row, Tx, params};

kernel::id!(
    /// A judgement.
    JudgementId, "M"
);

/// What was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The two are one.
    Positive,
    /// The two are two, whatever else is judged.
    Negative,
    /// Nobody can say yet.
    Unsure,
}

impl Verdict {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Positive => "positive",
            Verdict::Negative => "negative",
            Verdict::Unsure => "unsure",
        }
    }

    /// The verdict with this name.
    pub fn from_name(name: &str) -> Option<Verdict> {
        let all = [Verdict::Positive, Verdict::Negative, Verdict::Unsure];
        all.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A judgement as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Its id.
    pub id: JudgementId,
    /// The entity with the smaller id.
    pub left: EntityId,
    /// The other.
    pub right: EntityId,
    /// What was judged.
    pub verdict: Verdict,
    /// Why, 1 to 500 characters.
    pub reason: Option<String>,
    /// Who judged.
    pub by: Actor,
    /// The journal event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// Since when it no longer counts.
    pub undone: Option<Undone>,
}

/// What someone judges.
#[derive(Debug, Clone)]
pub struct Wish {
    /// One entity.
    pub left: EntityId,
    /// Another.
    pub right: EntityId,
    /// One, two, or unsure.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
}

const SELECT: &str = "select j.id, j.left_id, j.right_id, j.verdict, j.reason, j.actor,
        j.event_index, j.recorded_us, e.actor as undone_by, e.event_index as undone_event,
        e.recorded_us as undone_us
    from atlas_judgement j left join atlas_judgement_end e on e.judgement_id = j.id";

fn read(row: &Row<'_>) -> store::Result<Judgement> {
    Ok(Judgement {
        id: JudgementId(row.int(0)?),
        left: EntityId(row.int(1)?),
        right: EntityId(row.int(2)?),
        verdict: Verdict::from_name(&row.str(3)?).unwrap_or(Verdict::Unsure),
        reason: row.opt_text(4)?,
        by: Actor::new(row.text(5)?),
        event: EventId(row.int(6)?),
        at: Timestamp::from_micros(row.int(7)?),
        undone: Undone::read(row, 8)?,
    })
}

/// Records a judgement and `entities_judged` in the journal.
///
/// A later judgement on the same pair takes the place of an earlier one, which is undone with it.
/// Fails with [`Error::Missing`] for an entity that does not exist, `E-ER-05` for a pair that
/// cannot be judged, `E-ER-01` when a positive one would make one of two that were judged to be
/// two, and `E-ER-02` when two exclusive keys of the cluster would differ.
pub fn judge(
    tx: &mut Tx<'_>,
    schema: &Schema,
    actor: &Actor,
    now: Timestamp,
    wish: &Wish,
) -> Result<Judgement> {
    let (left, right) = (wish.left.min(wish.right), wish.left.max(wish.right));
    check_pair(tx, schema, left, right)?;
    let reason = match wish.reason.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(kernel::text::clean(text, 500)?.to_string()),
    };
    let mut standing = standing(tx)?;
    for old in standing.iter().filter(|old| (old.left, old.right) == (left, right)) {
        end(tx, actor, now, old.id)?;
    }
    standing.retain(|old| (old.left, old.right) != (left, right));
    let id = JudgementId(tx.take_ids("atlas_judgement", 1)?);
    let new = Judgement {
        id,
        left,
        right,
        verdict: wish.verdict,
        reason,
        by: actor.clone(),
        event: EventId(0),
        at: now,
        undone: None,
    };
    check_clusters(tx, schema, &standing, &new)?;
    let event = tx.append(NewEvent {
        kind: "entities_judged".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(left.to_string()),
        payload: description(&new).to_string(),
    })?;
    tx.execute(
        "insert into atlas_judgement
             (id, left_id, right_id, verdict, reason, actor, event_index, recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            id.0,
            left.0,
            right.0,
            new.verdict.name(),
            new.reason.as_deref(),
            actor.as_str(),
            event.0,
            now
        ],
    )?;
    get(tx, id)
}

/// Undoes a judgement; it stays in history. Fails with [`Error::Missing`], and [`Error::Stale`]
/// when it was undone before.
pub fn undo(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, id: JudgementId) -> Result<()> {
    match get(tx, id)?.undone {
        Some(_) => Err(Error::Stale { what: "judgement", id: id.to_string() }),
        None => end(tx, actor, now, id),
    }
}

fn end(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, id: JudgementId) -> Result<()> {
    let event = tx.append(NewEvent {
        kind: "judgement_undone".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(id.to_string()),
        payload: undone::description(id, actor, now).to_string(),
    })?;
    tx.execute(
        "insert into atlas_judgement_end (judgement_id, actor, event_index, recorded_us)
         values ($1, $2, $3, $4)",
        params![id.0, actor.as_str(), event.0, now],
    )?;
    Ok(())
}

/// What the journal says of a judgement; made again from its row when it is checked.
pub(crate) fn description(judgement: &Judgement) -> Object {
    Object::new()
        .text("id", &judgement.id.to_string())
        .text("left", &judgement.left.to_string())
        .text("right", &judgement.right.to_string())
        .text("verdict", judgement.verdict.name())
        .text("by", judgement.by.as_str())
        .int("at", judgement.at.micros())
        .opt_text("reason", judgement.reason.as_deref())
}

/// The judgement, or [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, id: JudgementId) -> Result<Judgement> {
    let found = tx.query_opt(&format!("{SELECT} where j.id = $1"), params![id.0], read)?;
    found.ok_or_else(|| Error::missing("judgement", id))
}

/// Judgements before one, newest first.
pub fn list(tx: &mut Tx<'_>, before: Option<JudgementId>, limit: usize) -> Result<Vec<Judgement>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = format!("{SELECT} where j.id < $1 order by j.id desc limit $2");
    Ok(tx.query(&sql, params![before, limit as i64], read)?)
}

/// Every judgement, in the order of recording.
pub(crate) fn all(tx: &mut Tx<'_>) -> Result<Vec<Judgement>> {
    Ok(tx.query(&format!("{SELECT} order by j.id"), params![], read)?)
}

/// Judgements that count, in the order of recording.
pub fn standing(tx: &mut Tx<'_>) -> Result<Vec<Judgement>> {
    let sql = format!("{SELECT} where e.judgement_id is null order by j.id");
    Ok(tx.query(&sql, params![], read)?)
}

fn check_pair(tx: &mut Tx<'_>, schema: &Schema, left: EntityId, right: EntityId) -> Result<()> {
    let mut kinds = Vec::new();
    for id in [left, right] {
        let sql = "select kind from atlas_entity where id = $1";
        let kind = tx.query_opt(sql, params![id.0], |row| row.text(0))?;
        kinds.push(kind.ok_or_else(|| Error::missing("entity", id))?);
    }
    let refuse = |zh: &str, en: &str| {
        let rule = "a judgement is on two things of one group of kinds";
        Err(Refusal::new("E-ER-05", rule, zh, en).value(&format!("{left} {right}")).into())
    };
    if left == right {
        return refuse("同一对象无需判断", "an entity is always itself");
    }
    let kind = |at: usize| schema.kind(&kinds[at]);
    let groups = (kind(0).map(|kind| &kind.group), kind(1).map(|kind| &kind.group));
    let related = |at: usize| kind(at).is_some_and(|kind| kind.edge.is_some());
    if related(0) || related(1) {
        return refuse("关系不作合并判断", "relations are told apart by their ends, not judged");
    }
    if groups.0 != groups.1 {
        return refuse("两者不属同一大类", "the two are of different groups of kinds");
    }
    Ok(())
}

/// Refuses what would contradict an earlier judgement or an exclusive key.
fn check_clusters(
    tx: &mut Tx<'_>,
    schema: &Schema,
    standing: &[Judgement],
    new: &Judgement,
) -> Result<()> {
    let mut clusters = clusters(standing)?;
    let judged = clusters.judge(new.left, new.right, new.verdict.into(), |_, _| false);
    judged.map_err(|refusal| refusal.value(&format!("{} {}", new.left, new.right)))?;
    if new.verdict != Verdict::Positive {
        return Ok(());
    }
    let members: BTreeSet<EntityId> = clusters.members(&new.left).into_iter().collect();
    match keys::exclusive_conflict(tx, schema, &members)? {
        None => Ok(()),
        Some((scheme, one, other)) => Err(Refusal::new(
            "E-ER-02",
            "one entity has one value of an exclusive key",
            format!("“{scheme}”不同:{one} 与 {other}"),
            format!("`{scheme}` differs: {one} and {other}"),
        )
        .value(&format!("{} {}", new.left, new.right))
        .into()),
    }
}

impl From<Verdict> for resolve::cluster::Verdict {
    fn from(verdict: Verdict) -> resolve::cluster::Verdict {
        match verdict {
            Verdict::Positive => resolve::cluster::Verdict::Positive,
            Verdict::Negative => resolve::cluster::Verdict::Negative,
            Verdict::Unsure => resolve::cluster::Verdict::Unsure,
        }
    }
}

/// The clusters that these judgements make, in the order of recording.
fn clusters(standing: &[Judgement]) -> Result<Clusters<EntityId>> {
    let list = standing.iter().map(|one| (one.left, one.right, one.verdict.into(), false));
    Ok(Clusters::replay(list, |_, _| false)?)
}

/// Each id that pairs judged to be one tie to a smaller one, and the smallest of its cluster.
pub(crate) fn joined<Id: Copy + Ord>(pairs: impl Iterator<Item = (Id, Id)>) -> BTreeMap<Id, Id> {
    let one = resolve::cluster::Verdict::Positive;
    let list = pairs.map(|(left, right)| (left, right, one, false));
    // Positive judgements alone refuse nothing; past the bound of the list none counts.
    let clusters = Clusters::replay(list, |_, _| false).unwrap_or_default();
    clusters.merged().map(|(id, to)| (*id, *to)).collect()
}

#[cfg(test)]
mod tests;
