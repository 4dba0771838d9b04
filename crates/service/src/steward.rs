//! Stewards (一企一管家): who looks after which firm, how much that is, and visits.

use crate::error::Result;
use kernel::calendar::Roll;
use kernel::canon::Object;
use kernel::{Actor, Day, EntityId, EventId, Refusal, Timestamp};
use schema::Lookup;
use store::{NewEvent, Tx, params};

/// A firm that someone looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Care {
    /// The firm.
    pub firm: EntityId,
    /// The steward's account, `A3`.
    pub account: String,
    /// Since when.
    pub since: Day,
    /// The last visit.
    pub visited: Option<Day>,
}

/// Says who looks after a firm; `None` ends it.
pub fn appoint(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    firm: EntityId,
    account: Option<&str>,
) -> Result<EventId> {
    atlas::outcome::exists(tx, firm)?;
    let subject = firm.to_string();
    let payload = Object::new().text("firm", &subject).opt_text("steward", account);
    let event = tx.append(NewEvent {
        kind: "steward_appointed".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject),
        payload: payload.to_string(),
    })?;
    tx.execute(
        "insert into service_steward (event_index, firm, account, actor, recorded_us)
         values ($1, $2, $3, $4, $5)",
        params![event.0, firm.0, account, actor.as_str(), now],
    )?;
    Ok(event)
}

/// Firms that are looked after: by one account, or all; of one firm, or all. By firm.
pub fn cares(tx: &mut Tx<'_>, account: Option<&str>, firm: Option<EntityId>) -> Result<Vec<Care>> {
    let sql = "select s.firm, s.account, s.recorded_us,
            (select max(v.on_day) from service_visit v where v.firm = s.firm)
        from service_steward s
        where s.event_index = (select max(l.event_index) from service_steward l
                where l.firm = s.firm)
            and s.account is not null and ($1 = '' or s.account = $1) and ($2 = 0 or s.firm = $2)
        order by s.firm";
    let asked = params![account.unwrap_or_default(), firm.map_or(0, |firm| firm.0)];
    Ok(tx.query(sql, asked, |row| {
        Ok(Care {
            firm: EntityId(row.int(0)?),
            account: row.text(1)?,
            since: Timestamp::from_micros(row.int(2)?).legal_day(),
            visited: row.opt_int(3)?.map(|day| Day::from_number(day as i32)),
        })
    })?)
}

/// Who looks after a firm.
pub fn steward_of(tx: &mut Tx<'_>, firm: EntityId) -> Result<Option<Care>> {
    Ok(cares(tx, None, Some(firm))?.into_iter().next())
}

/// The day by which a firm is to be visited again; none where no rule says so.
pub fn next_visit(care: &Care, law: &Lookup<'_>) -> Option<Day> {
    let (number, count, _) = law.period("steward.visit").ok()?;
    let from = care.visited.unwrap_or(care.since);
    law.calendar().due(from, number, count, Roll::AnyNonWorkingDay).ok().map(|due| due.last)
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The journal event.
    pub event: EventId,
    /// The day.
    pub on: Day,
    /// What came of it.
    pub note: String,
    /// Who went.
    pub by: Actor,
}

/// Keeps a visit. Fails with `E-DATE-03` for a day to come, and for a note that says nothing.
pub fn visit(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    firm: EntityId,
    (on, note): (Day, &str),
) -> Result<EventId> {
    atlas::outcome::exists(tx, firm)?;
    if on > now.legal_day() {
        let (zh, en) = ("走访日期晚于今天", "the visit has not happened yet");
        let refusal = Refusal::new("E-DATE-03", "what happened lies in the past", zh, en);
        return Err(refusal.column("on").value(&on.to_string()).into());
    }
    let note = kernel::text::clean(note.trim(), 2_000).map_err(|refusal| refusal.column("note"))?;
    if note.is_empty() {
        let (zh, en) = ("请写明走访情况", "say what came of it");
        return Err(Refusal::new("E-REQ-03", en, zh, en).column("note").into());
    }
    let subject = firm.to_string();
    let event = tx.append(NewEvent {
        kind: "firm_visited".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject.clone()),
        payload: Object::new().text("firm", &subject).text("on", &on.to_string()).to_string(),
    })?;
    tx.execute(
        "insert into service_visit (event_index, firm, on_day, note, actor, recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![event.0, firm.0, i64::from(on.number()), note, actor.as_str(), now],
    )?;
    Ok(event)
}

/// Visits to a firm, the newest first.
pub fn visits(tx: &mut Tx<'_>, firm: EntityId, limit: usize) -> Result<Vec<Visit>> {
    let sql = "select event_index, on_day, note, actor from service_visit where firm = $1
        order by on_day desc, event_index desc limit $2";
    Ok(tx.query(sql, params![firm.0, limit as i64], |row| {
        Ok(Visit {
            event: EventId(row.int(0)?),
            on: Day::from_number(row.int(1)? as i32),
            note: row.text(2)?,
            by: Actor::new(row.text(3)?),
        })
    })?)
}
