//! Demands of firms, and introductions: two sides brought together, with what is to be done next.

use crate::case::{CaseId, Sight};
use crate::error::{Error, Result};
use kernel::canon::{Object, hex, sha256};
use kernel::{Actor, Day, EntityId, EventId, Refusal, Timestamp};
use store::{NewEvent, Row, Tx, params};

kernel::id!(
    /// A demand.
    DemandId, "D"
);
kernel::id!(
    /// An introduction.
    IntroductionId, "I"
);

/// Open demands of one firm at most.
pub const OPEN_MAX: i64 = 1_000;

/// A demand as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Its id.
    pub id: DemandId,
    /// What is looked for, in a line.
    pub title: String,
    /// As the matching engine takes it, canonical JSON.
    pub body: String,
    /// Who looks for it.
    pub firm: String,
    /// The entity of the atlas that the firm is.
    pub firm_entity: Option<i64>,
    /// `open`, `met` or `withdrawn`.
    pub state: String,
    /// Who recorded it.
    pub by: Actor,
    /// The journal event.
    pub journal: EventId,
    /// When.
    pub at: Timestamp,
}

/// A demand that someone brings.
#[derive(Debug, Clone)]
pub struct NewDemand {
    /// In a line, 1 to 200 characters.
    pub title: String,
    /// As the matching engine takes it, canonical JSON.
    pub body: String,
    /// Who looks for it, 1 to 200 characters.
    pub firm: String,
    /// The entity of the atlas that the firm is.
    pub firm_entity: Option<i64>,
}

const DEMAND: &str = "select id, title, body, firm, firm_entity, state, actor, event_index,
    recorded_us from transfer_demand";

fn read(row: &Row<'_>) -> store::Result<Demand> {
    Ok(Demand {
        id: DemandId(row.int(0)?),
        title: row.text(1)?,
        body: row.text(2)?,
        firm: row.text(3)?,
        firm_entity: row.opt_int(4)?,
        state: row.text(5)?,
        by: Actor::new(row.text(6)?),
        journal: EventId(row.int(7)?),
        at: Timestamp::from_micros(row.int(8)?),
    })
}

/// Keeps a demand. Fails with `E-TEXT-…` for texts, `E-SIZE` past [`OPEN_MAX`] open ones of a firm.
pub fn post(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, new: &NewDemand) -> Result<Demand> {
    let title = kernel::text::clean(&new.title, 200).map_err(|r| r.column("title"))?.to_string();
    let firm = kernel::text::clean(&new.firm, 200).map_err(|r| r.column("firm"))?.to_string();
    let sql = "select count(*) from transfer_demand where firm = $1 and state = 'open'";
    if tx.query_one(sql, params![firm.as_str()], |row| row.int(0))? >= OPEN_MAX {
        let (zh, en) = ("一家企业最多同时有1000条需求", "a firm has at most 1,000 open demands");
        return Err(Refusal::new("E-SIZE", en, zh, en).column("firm").into());
    }
    let id = DemandId(tx.take_ids("transfer_demand", 1)?);
    let payload = Object::new()
        .text("demand", &hex(&sha256(new.body.as_bytes())))
        .text("id", &id.to_string());
    let journal = announce(tx, actor, now, "demand_posted", &id.to_string(), &payload)?;
    tx.execute(
        "insert into transfer_demand (id, title, body, firm, firm_entity, state, actor,
             event_index, recorded_us)
         values ($1, $2, $3, $4, $5, 'open', $6, $7, $8)",
        params![
            id.0,
            title.as_str(),
            new.body.as_str(),
            firm.as_str(),
            new.firm_entity,
            actor.as_str(),
            journal.0,
            now
        ],
    )?;
    get(tx, Sight::All, id)
}

fn announce(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    kind: &str,
    subject: &str,
    payload: &Object,
) -> Result<EventId> {
    Ok(tx.append(NewEvent {
        kind: kind.to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject.to_string()),
        payload: payload.to_string(),
    })?)
}

/// The condition of who may see a demand: officers every one, members those of their firm.
fn firm_of(sight: Sight) -> i64 {
    match sight {
        Sight::All => 0,
        Sight::Of(entity) => entity,
    }
}

/// A demand. Fails with [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, sight: Sight, id: DemandId) -> Result<Demand> {
    let sql = format!("{DEMAND} where id = $1 and ($2 = 0 or firm_entity = $2)");
    let found = tx.query_opt(&sql, params![id.0, firm_of(sight)], read)?;
    found.ok_or_else(|| Error::missing("demand", id))
}

/// Demands before one, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    sight: Sight,
    before: Option<DemandId>,
    limit: usize,
) -> Result<Vec<Demand>> {
    let sql = format!(
        "{DEMAND} where id < $1 and ($2 = 0 or firm_entity = $2) order by id desc limit $3"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    Ok(tx.query(&sql, params![before, firm_of(sight), limit as i64], read)?)
}

/// Says that a demand is met or withdrawn.
///
/// Fails with [`Error::Missing`], and `E-CASE-01` when it is no longer open.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    sight: Sight,
    (id, met): (DemandId, bool),
) -> Result<Demand> {
    let demand = get(tx, sight, id)?;
    if demand.state != "open" {
        let (zh, en) = ("该需求已结束", "this demand has ended already");
        return Err(Refusal::new("E-CASE-01", en, zh, en).value(&demand.state).into());
    }
    let state = if met { "met" } else { "withdrawn" };
    let payload = Object::new().text("id", &id.to_string()).text("state", state);
    announce(tx, actor, now, "demand_ended", &id.to_string(), &payload)?;
    tx.execute("update transfer_demand set state = $2 where id = $1", params![id.0, state])?;
    get(tx, sight, id)
}

/// Two sides brought together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Its id.
    pub id: IntroductionId,
    /// The demand.
    pub demand: DemandId,
    /// What was offered.
    pub entity: EntityId,
    /// `proposed`, `met`, `negotiating`, `signed` or `ended`.
    pub state: String,
    /// What is to be done next.
    pub task: Option<String>,
    /// By when.
    pub due: Option<Day>,
    /// The case it led to.
    pub case: Option<CaseId>,
    /// When it was made.
    pub at: Timestamp,
}

/// What is said of an introduction.
#[derive(Debug, Clone, Default)]
pub struct Follow {
    /// Where it stands; each step follows the one before, `ended` follows any.
    pub state: String,
    /// What is to be done next, at most 500 characters.
    pub task: Option<String>,
    /// By when.
    pub due: Option<Day>,
    /// The case it led to.
    pub case: Option<CaseId>,
    /// In words, at most 500 characters.
    pub note: Option<String>,
}

/// States in their order; the last can follow any.
const STATES: [&str; 5] = ["proposed", "met", "negotiating", "signed", "ended"];

const INTRODUCTION: &str = "select id, demand_id, entity_id, state, task, due_day, case_id,
    recorded_us from transfer_introduction";

fn read_introduction(row: &Row<'_>) -> store::Result<Introduction> {
    Ok(Introduction {
        id: IntroductionId(row.int(0)?),
        demand: DemandId(row.int(1)?),
        entity: EntityId(row.int(2)?),
        state: row.text(3)?,
        task: row.opt_text(4)?,
        due: row.opt_int(5)?.map(|day| Day::from_number(day as i32)),
        case: row.opt_int(6)?.map(CaseId),
        at: Timestamp::from_micros(row.int(7)?),
    })
}

fn short(text: Option<&str>, column: &str) -> Result<Option<String>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => {
            let text = kernel::text::clean(text, 500).map_err(|refusal| refusal.column(column))?;
            Ok(Some(text.to_string()))
        }
    }
}

/// Brings a demand and something of the atlas together.
pub fn introduce(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    (demand, entity): (DemandId, EntityId),
    follow: &Follow,
) -> Result<Introduction> {
    get(tx, Sight::All, demand)?;
    let id = IntroductionId(tx.take_ids("transfer_introduction", 1)?);
    let (task, due) = (short(follow.task.as_deref(), "task")?, follow.due);
    let payload = Object::new()
        .text("id", &id.to_string())
        .text("demand", &demand.to_string())
        .text("entity", &entity.to_string());
    let journal = announce(tx, actor, now, "introduction_made", &id.to_string(), &payload)?;
    tx.execute(
        "insert into transfer_introduction (id, demand_id, entity_id, state, task, due_day,
             case_id, actor, event_index, recorded_us)
         values ($1, $2, $3, 'proposed', $4, $5, null, $6, $7, $8)",
        params![
            id.0,
            demand.0,
            entity.0,
            task.as_deref(),
            due.map(|day| i64::from(day.number())),
            actor.as_str(),
            journal.0,
            now
        ],
    )?;
    introduction(tx, id)
}

/// An introduction. Fails with [`Error::Missing`].
pub fn introduction(tx: &mut Tx<'_>, id: IntroductionId) -> Result<Introduction> {
    let sql = format!("{INTRODUCTION} where id = $1");
    let found = tx.query_opt(&sql, params![id.0], read_introduction)?;
    found.ok_or_else(|| Error::missing("introduction", id))
}

/// Introductions of a demand, in the order they were made.
pub fn introductions(tx: &mut Tx<'_>, demand: DemandId) -> Result<Vec<Introduction>> {
    let sql = format!("{INTRODUCTION} where demand_id = $1 order by id");
    Ok(tx.query(&sql, params![demand.0], read_introduction)?)
}

/// Says how an introduction goes on.
///
/// Fails with [`Error::Missing`], `E-INPUT-01` for no such state, `E-CASE-01` when it would go back.
pub fn follow(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: IntroductionId,
    wish: &Follow,
) -> Result<Introduction> {
    let before = introduction(tx, id)?;
    let place = |state: &str| STATES.iter().position(|one| *one == state);
    let Some(to) = place(&wish.state) else {
        let en = "an introduction is proposed, met, negotiating, signed or ended";
        let zh = "对接状态应为 proposed、met、negotiating、signed 或 ended";
        return Err(Refusal::new("E-INPUT-01", en, zh, en)
            .column("state")
            .value(&wish.state)
            .into());
    };
    if place(&before.state).is_none_or(|from| to < from || before.state == "ended") {
        let (zh, en) = ("对接不能退回以前的状态", "an introduction does not go back");
        return Err(Refusal::new("E-CASE-01", en, zh, en)
            .column("state")
            .value(&wish.state)
            .into());
    }
    let (task, note) = (short(wish.task.as_deref(), "task")?, short(wish.note.as_deref(), "note")?);
    let payload = Object::new().text("id", &id.to_string()).text("state", &wish.state);
    let journal = announce(tx, actor, now, "introduction_followed", &id.to_string(), &payload)?;
    tx.execute(
        "update transfer_introduction set state = $2, task = $3, due_day = $4,
             case_id = coalesce($5, case_id)
         where id = $1",
        params![
            id.0,
            wish.state.as_str(),
            task.as_deref(),
            wish.due.map(|day| i64::from(day.number())),
            wish.case.map(|case| case.0)
        ],
    )?;
    tx.execute(
        "insert into transfer_introduction_step (introduction_id, event_index, state, note, actor,
             recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![id.0, journal.0, wish.state.as_str(), note.as_deref(), actor.as_str(), now],
    )?;
    introduction(tx, id)
}

/// A result of the atlas that an institute says is its own to transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The result.
    pub entity: EntityId,
    /// The institute.
    pub unit: EntityId,
    /// The day it was registered in the unit.
    pub registered: Day,
    /// Its case.
    pub case: Option<CaseId>,
}

/// Says that a result is an institute's, registered on a day.
///
/// Fails with `E-OWN-01` when another institute claimed it.
pub fn claim(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, claim: &Claim) -> Result<()> {
    let sql = "select unit_entity from transfer_claim where entity_id = $1";
    let held = tx.query_opt(sql, params![claim.entity.0], |row| row.int(0))?;
    if held.is_some_and(|unit| unit != claim.unit.0) {
        let en = "another institute registered this result; who owns it is settled first";
        let refusal = Refusal::new("E-OWN-01", "CC 847", "该成果已由另一单位登记,权属须先厘清", en);
        return Err(refusal.value(&claim.entity.to_string()).into());
    }
    let payload = Object::new()
        .text("result", &claim.entity.to_string())
        .text("unit", &claim.unit.to_string())
        .text("registered", &claim.registered.to_string());
    let subject = claim.entity.to_string();
    let journal = announce(tx, actor, now, "result_claimed", &subject, &payload)?;
    tx.execute(
        "insert into transfer_claim (entity_id, unit_entity, registered_day, case_id, actor,
             event_index, recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (entity_id) do update set registered_day = $3,
             case_id = coalesce($4, transfer_claim.case_id)",
        params![
            claim.entity.0,
            claim.unit.0,
            i64::from(claim.registered.number()),
            claim.case.map(|case| case.0),
            actor.as_str(),
            journal.0,
            now
        ],
    )?;
    Ok(())
}

/// Every claim, by result.
pub fn claims(tx: &mut Tx<'_>) -> Result<Vec<Claim>> {
    let sql = "select entity_id, unit_entity, registered_day, case_id from transfer_claim
        order by entity_id";
    Ok(tx.query(sql, params![], |row| {
        Ok(Claim {
            entity: EntityId(row.int(0)?),
            unit: EntityId(row.int(1)?),
            registered: Day::from_number(row.int(2)? as i32),
            case: row.opt_int(3)?.map(CaseId),
        })
    })?)
}
