//! Cases: their events, what is made from them, and the one way to write them.
//!
//! A case is what its events say. `transfer_rules` judges each new event against the case as it
//! stands; what it refuses is not written. The rows of `transfer_case`, `transfer_clock`,
//! `transfer_party` and `transfer_notice` are made from the events in the same transaction.

use crate::error::{Error, Result};
use kernel::canon::{Object, hex, sha256};
use kernel::{Actor, Day, EventId, Timestamp};
use schema::{Rulebook, Schema};
use serde_json::Value;
use store::{Cell, NewEvent, Row, Tx, params};
use transfer_rules::case::{Applied, Case, Event, Stamped};

kernel::id!(
    /// A case of technology transfer.
    CaseId, "K"
);

/// A case has at most so many events.
pub const EVENTS_MAX: usize = 5_000;

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its place in the case, from 1.
    pub seq: i64,
    /// What happened.
    pub event: Event,
    /// SHA-256 over the digests of the proofs computed for it.
    pub proof: Option<String>,
    /// Who recorded it.
    pub by: Actor,
    /// The journal event.
    pub journal: EventId,
    /// When it was recorded.
    pub at: Timestamp,
}

impl Kept {
    fn stamped(&self) -> Stamped {
        Stamped {
            event: self.event.clone(),
            seq: self.seq,
            by: self.by.as_str().to_string(),
            recorded: self.at.legal_day(),
        }
    }
}

/// A case with its history.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its id.
    pub id: CaseId,
    /// As it stands.
    pub case: Case,
    /// What happened, in order; what was computed for each stands beside it.
    pub events: Vec<(Kept, Applied)>,
}

/// What an event did, or would do.
#[derive(Debug, Clone)]
pub struct Acted {
    /// The case.
    pub id: CaseId,
    /// How many events it has now.
    pub version: i64,
    /// The case after it.
    pub case: Case,
    /// What was computed.
    pub applied: Applied,
}

/// A digest of what was computed for an event; none when nothing was.
fn proof_digest(applied: &Applied) -> Option<String> {
    let all: Vec<String> = applied.proofs.iter().map(kernel::Proof::digest).collect();
    (!all.is_empty()).then(|| hex(&sha256(all.join(" ").as_bytes())))
}

/// What the journal says of an event: what was stated stays in the case, its digest is public.
pub(crate) fn description(
    id: CaseId,
    seq: i64,
    event: &Event,
    proof: Option<&str>,
    actor: &Actor,
) -> Object {
    Object::new()
        .text("case", &id.to_string())
        .int("seq", seq)
        .text("kind", event.kind)
        .text("on", &event.on.to_string())
        .text("body", &hex(&sha256(event.canonical().as_bytes())))
        .opt_text("proof", proof)
        .text("by", actor.as_str())
}

/// What cases stand on: the law they are judged by, and the words their outcomes are told in.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The law.
    pub book: &'a Rulebook,
    /// Kinds and properties of the atlas.
    pub schema: &'a Schema,
}

/// Opens a case with its first event, which must be of the kind `opened`.
pub fn open(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    ground: Ground<'_>,
    event: Value,
    dry: bool,
) -> Result<Acted> {
    let id = match dry {
        true => CaseId(0),
        false => CaseId(tx.take_ids("transfer_case", 1)?),
    };
    let whole = Whole { id, case: Case::default(), events: Vec::new() };
    write(tx, actor, now, ground, whole, event, dry)
}

/// Adds an event to a case that stands at `version` (any, when none is said).
///
/// Fails with [`Error::Conflict`] when someone else acted first, [`Error::Refused`] with every
/// rule that it breaks. `dry` judges it without writing.
pub fn act(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    ground: Ground<'_>,
    (id, version): (CaseId, Option<i64>),
    event: Value,
    dry: bool,
) -> Result<Acted> {
    let whole = get(tx, ground.book, id)?;
    let stands = whole.events.len() as i64;
    if version.is_some_and(|version| version != stands) {
        return Err(Error::Conflict { id: id.to_string(), at: stands });
    }
    write(tx, actor, now, ground, whole, event, dry)
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    ground: Ground<'_>,
    whole: Whole,
    event: Value,
    dry: bool,
) -> Result<Acted> {
    let Whole { id, mut case, events } = whole;
    let event = Event::read(event)?;
    if events.len() >= EVENTS_MAX {
        let (zh, en) = ("一个案件最多5000个事件", "a case has at most 5,000 events");
        return Err(kernel::Refusal::new("E-SIZE", en, zh, en).into());
    }
    let event = match event.kind {
        "contract_signed" => with_licences(tx, id, event)?,
        _ => event,
    };
    let seq = events.len() as i64 + 1;
    let stood = (!events.is_empty()).then_some(case.stage);
    let by = actor.as_str().to_string();
    let stamped = Stamped { event, seq, by, recorded: now.legal_day() };
    let applied = case.apply(&stamped, ground.book).map_err(Error::Refused)?;
    known(tx, &case)?;
    if dry {
        return Ok(Acted { id, version: seq - 1, case, applied });
    }
    let event = &stamped.event;
    let proof = proof_digest(&applied);
    let journal = tx.append(NewEvent {
        kind: format!("case_{}", event.kind),
        actor: actor.clone(),
        at: now,
        subject: Some(id.to_string()),
        payload: description(id, seq, event, proof.as_deref(), actor).to_string(),
    })?;
    tx.execute(
        "insert into transfer_event (case_id, seq, kind, on_day, body, proof, actor, event_index,
             recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            id.0,
            seq,
            event.kind,
            i64::from(event.on.number()),
            event.canonical().as_str(),
            proof.as_deref(),
            actor.as_str(),
            journal.0,
            now
        ],
    )?;
    let opened = events.first().map_or(event.on, |(first, _)| first.event.on);
    project(tx, id, &case, Standing { version: seq, opened, changed: now, journal, event })?;
    if stood != Some(case.stage) {
        moved(tx, stood.map(|stage| stage.name()), case.stage.name())?;
    }
    crate::outcome::tell(tx, ground.schema, actor, now, (id, journal), &case)?;
    Ok(Acted { id, version: seq, case, applied })
}

/// Refuses a case whose parties the atlas does not know.
fn known(tx: &mut Tx<'_>, case: &Case) -> Result<()> {
    for (entity, role) in case.parties() {
        let entity = kernel::EntityId(entity);
        match atlas::outcome::exists(tx, entity) {
            Ok(()) => {}
            Err(atlas::Error::Missing { .. }) => {
                let rule = "a party that is named by its id is one of the atlas";
                let (zh, en) = ("图谱中没有这个机构", "the atlas has no such organization");
                let refusal = kernel::Refusal::new("E-INPUT-01", rule, zh, en);
                return Err(refusal.column(role).value(&entity.to_string()).into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A contract with the other live licences of its right put in: what the house knows, not what the
/// sender says, decides on exclusivity.
fn with_licences(tx: &mut Tx<'_>, id: CaseId, mut event: Event) -> Result<Event> {
    let right = event.body.pointer("/scope/right").and_then(Value::as_str).map(str::to_string);
    let Some(members) = event.body.as_object_mut() else { return Ok(event) };
    members.remove("other_licences");
    let Some(right) = right else { return Ok(event) };
    let sql = "select body from transfer_licence where right_name = $1 and case_id <> $2
        order by case_id";
    let found = tx.query(sql, params![right.as_str(), id.0], |row| row.text(0))?;
    let others: std::result::Result<Vec<Value>, _> =
        found.iter().map(|body| serde_json::from_str(body)).collect();
    let others = others.map_err(|_| Error::Damaged(format!("licences of {right}")))?;
    if !others.is_empty() {
        members.insert("other_licences".to_string(), Value::Array(others));
    }
    Ok(event)
}

/// Counts a case in the stage that it came to, and no longer in that it stood in.
fn moved(tx: &mut Tx<'_>, from: Option<&str>, to: &str) -> Result<()> {
    if let Some(from) = from {
        tx.execute("update transfer_stage set cases = cases - 1 where stage = $1", params![from])?;
    }
    tx.execute(
        "insert into transfer_stage (stage, cases) values ($1, 1)
         on conflict (stage) do update set cases = transfer_stage.cases + 1",
        params![to],
    )?;
    Ok(())
}

/// What a projection needs beside the case.
struct Standing<'a> {
    version: i64,
    opened: Day,
    changed: Timestamp,
    journal: EventId,
    event: &'a Event,
}

/// Makes the rows of a case from what it is.
fn project(tx: &mut Tx<'_>, id: CaseId, case: &Case, at: Standing<'_>) -> Result<()> {
    let next = case.next();
    tx.execute("delete from transfer_clock where case_id = $1", params![id.0])?;
    tx.execute("delete from transfer_party where case_id = $1", params![id.0])?;
    tx.execute(
        "insert into transfer_case (id, title, title_key, place, unit, unit_entity, stage, route,
             counterparty, price_fen, version, opened_day, changed_us, next_key, next_day, poc)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (id) do update set title = $2, title_key = $3, place = $4, unit = $5,
             unit_entity = $6, stage = $7, route = $8, counterparty = $9, price_fen = $10,
             version = $11, opened_day = $12, changed_us = $13, next_key = $14, next_day = $15,
             poc = $16",
        params![
            id.0,
            case.title.as_str(),
            kernel::text::fold(&format!("{} {}", case.title, case.unit)).as_str(),
            case.place.as_str(),
            case.unit.as_str(),
            case.unit_entity,
            case.stage.name(),
            case.route_name(),
            case.counterparty(),
            case.price().map(kernel::Fen::fen),
            at.version,
            i64::from(at.opened.number()),
            at.changed,
            next.map(|clock| clock.key.as_str()),
            next.map(|clock| i64::from(clock.last.number())),
            case.poc_state()
        ],
    )?;
    let columns = [
        "case_id",
        "key",
        "from_day",
        "number",
        "unit",
        "roll",
        "last_day",
        "who",
        "amount_fen",
        "rule",
        "article",
        "confidence",
        "done_day",
    ];
    let mut rows = case.clocks().iter().map(|clock| {
        params![
            id.0,
            clock.key.as_str(),
            i64::from(clock.from.number()),
            i64::from(clock.number),
            clock.count.name(),
            clock.roll.name(),
            i64::from(clock.last.number()),
            clock.who,
            clock.amount.map(kernel::Fen::fen),
            clock.cite.rule.as_str(),
            clock.cite.article.as_str(),
            clock.cite.confidence.name(),
            clock.done.map(|day| i64::from(day.number()))
        ]
        .to_vec()
    });
    tx.insert_rows("transfer_clock", &columns, &mut rows)?;
    if let Some((right, body)) = case.licence() {
        tx.execute(
            "insert into transfer_licence (case_id, right_name, body) values ($1, $2, $3)
             on conflict (case_id) do update set right_name = $2, body = $3",
            params![id.0, right, body.as_str()],
        )?;
    }
    for (entity, role) in case.parties() {
        tx.execute(
            "insert into transfer_party (case_id, entity_id, role) values ($1, $2, $3)",
            params![id.0, entity, role],
        )?;
    }
    if let Some(notice) = case.notice() {
        if at.event.kind == "notice_published" {
            tx.execute(
                "insert into transfer_notice (event_index, case_id, first_day, last_day, state, body)
                 values ($1, $2, $3, $4, $5, $6)",
                params![
                    at.journal.0,
                    id.0,
                    i64::from(notice.first.number()),
                    i64::from(notice.last.number()),
                    notice.state,
                    notice.body.as_str()
                ],
            )?;
        } else {
            tx.execute(
                "update transfer_notice set state = $2, last_day = $3 where event_index =
                     (select max(event_index) from transfer_notice where case_id = $1)",
                params![id.0, notice.state, i64::from(notice.last.number())],
            )?;
        }
    }
    Ok(())
}

const EVENT: &str = "select seq, kind, on_day, body, proof, actor, event_index, recorded_us
    from transfer_event";

fn read_event(row: &Row<'_>) -> Result<Kept> {
    let (seq, kind, body) = (row.int(0)?, row.text(1)?, row.text(3)?);
    let damaged = || Error::Damaged(format!("case event {kind} at step {seq}"));
    let body: Value = serde_json::from_str(&body).map_err(|_| damaged())?;
    let event = Event::read(body).map_err(|_| damaged())?;
    Ok(Kept {
        seq,
        event,
        proof: row.opt_text(4)?,
        by: Actor::new(row.text(5)?),
        journal: EventId(row.int(6)?),
        at: Timestamp::from_micros(row.int(7)?),
    })
}

/// A case, made from its events. Fails with [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, book: &Rulebook, id: CaseId) -> Result<Whole> {
    let mut kept = Vec::new();
    let sql = format!("{EVENT} where case_id = $1 order by seq");
    tx.for_each(&sql, params![id.0], |row| -> Result<()> {
        kept.push(read_event(row)?);
        Ok(())
    })?;
    if kept.is_empty() {
        return Err(Error::missing("case", id));
    }
    let mut case = Case::default();
    let mut events = Vec::with_capacity(kept.len());
    for one in kept {
        let applied = case.replay(&one.stamped(), book);
        events.push((one, applied));
    }
    Ok(Whole { id, case, events })
}

/// The sealed evidence pack of a case: everything that was stated, every proof, and the journal's
/// proof of each step, checkable offline.
///
/// Fails with [`Error::Missing`] and like [`Case::seal`].
pub fn pack(
    tx: &mut Tx<'_>,
    book: &Rulebook,
    id: CaseId,
    today: Day,
    verifier: &store::Verifier,
) -> Result<String> {
    let whole = get(tx, book, id)?;
    let mut inclusion = serde_json::Map::new();
    for (kept, _) in &whole.events {
        let proof = store::journal::proof_file(tx, kept.journal, verifier)?;
        inclusion.insert(kept.journal.to_string(), Value::String(proof));
    }
    let steps: Vec<_> =
        whole.events.iter().map(|(kept, applied)| (kept.stamped(), applied.clone())).collect();
    let sealed = whole.case.seal(&id.to_string(), &steps, &inclusion, book, today)?;
    Ok(sealed.text)
}

/// A line of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: CaseId,
    /// What it is about.
    pub title: String,
    /// Whose law applies.
    pub place: String,
    /// Whose result it is.
    pub unit: String,
    /// Where it stands.
    pub stage: String,
    /// How it is to be transferred.
    pub route: Option<String>,
    /// To whom.
    pub counterparty: Option<String>,
    /// The price, in fen.
    pub price_fen: Option<i64>,
    /// How many events it has.
    pub version: i64,
    /// When it was opened.
    pub opened: Day,
    /// When something happened last.
    pub changed: Timestamp,
    /// What is due next.
    pub next: Option<(String, Day)>,
    /// Where its proof of concept stands.
    pub poc: Option<String>,
}

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// An officer: every case.
    All,
    /// Someone who acts for an organization: cases it takes part in.
    Of(i64),
}

/// Which cases are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this stage.
    pub stage: Option<String>,
    /// Under this place's law.
    pub place: Option<String>,
    /// With these words in title or unit.
    pub text: Option<String>,
    /// With a proof of concept.
    pub poc: bool,
    /// Due by the end of this day.
    pub due_by: Option<Day>,
}

const LINE: &str = "select c.id, c.title, c.place, c.unit, c.stage, c.route, c.counterparty,
    c.price_fen, c.version, c.opened_day, c.changed_us, c.next_key, c.next_day, c.poc
    from transfer_case c";

fn read_line(row: &Row<'_>) -> store::Result<Line> {
    let day = |number: i64| Day::from_number(number as i32);
    let next_day = row.opt_int(12)?.map(day);
    Ok(Line {
        id: CaseId(row.int(0)?),
        title: row.text(1)?,
        place: row.text(2)?,
        unit: row.text(3)?,
        stage: row.text(4)?,
        route: row.opt_text(5)?,
        counterparty: row.opt_text(6)?,
        price_fen: row.opt_int(7)?,
        version: row.int(8)?,
        opened: day(row.int(9)?),
        changed: Timestamp::from_micros(row.int(10)?),
        next: row.opt_text(11)?.zip(next_day),
        poc: row.opt_text(13)?,
    })
}

/// What stands for no day in the order of the board; the indexes say the same.
const NO_DAY: &str = "4611686018427387904";

/// Conditions with the values they ask for. Only what is asked stands in the statement: an engine
/// that plans it for any value would walk every case for the first page.
#[derive(Default)]
struct Conditions<'a> {
    sql: String,
    values: Vec<Cell<'a>>,
}

impl<'a> Conditions<'a> {
    /// Adds a condition; `?` in it stands for its value.
    fn add(&mut self, condition: &str, value: Option<Cell<'a>>) {
        self.sql.push_str(if self.sql.is_empty() { " where " } else { " and " });
        match value {
            None => self.sql.push_str(condition),
            Some(value) => {
                let place = self.value(value);
                self.sql.push_str(&condition.replace('?', &place));
            }
        }
    }

    /// The place of one more value.
    fn value(&mut self, value: impl Into<Cell<'a>>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

const TAKES_PART: &str = "exists (select 1 from transfer_party p
    where p.case_id = c.id and p.entity_id = ?)";

/// Cases, the one that is due first at the top, those with nothing due last; `offset` of them
/// left out.
pub fn list(
    tx: &mut Tx<'_>,
    sight: Sight,
    filter: &Filter,
    (offset, limit): (usize, usize),
) -> Result<Vec<Line>> {
    let mut asked = Conditions::default();
    if let Some(stage) = filter.stage.as_deref() {
        asked.add("c.stage = ?", Some(stage.into()));
    }
    if let Some(place) = filter.place.as_deref() {
        asked.add("c.place = ?", Some(place.into()));
    }
    let text = filter.text.as_deref().map(like).filter(|text| !text.is_empty());
    if let Some(text) = text.as_deref() {
        asked.add("c.title_key like '%' || ? || '%'", Some(text.into()));
    }
    if filter.poc {
        asked.add("c.poc is not null", None);
    }
    if let Some(day) = filter.due_by {
        asked.add("c.next_day <= ?", Some(i64::from(day.number()).into()));
    }
    if let Sight::Of(entity) = sight {
        asked.add(TAKES_PART, Some(entity.into()));
    }
    let limit = asked.value(limit as i64);
    let offset = asked.value(offset as i64);
    let sql = format!(
        "{LINE}{} order by coalesce(c.next_day, {NO_DAY}), c.id limit {limit} offset {offset}",
        asked.sql
    );
    Ok(tx.query(&sql, &asked.values, read_line)?)
}

/// Words as a pattern for `like`: its own signs stand for nothing.
fn like(text: &str) -> String {
    kernel::text::fold(text).chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect()
}

/// The organization that someone acts for; 0 for those who see every case.
pub(crate) fn entity_of(sight: Sight) -> i64 {
    match sight {
        Sight::All => 0,
        Sight::Of(entity) => entity,
    }
}

/// How many cases stand in each stage; stages without any are left out.
pub fn counts(tx: &mut Tx<'_>, sight: Sight) -> Result<Vec<(String, i64)>> {
    let read = |row: &Row<'_>| Ok((row.text(0)?, row.int(1)?));
    Ok(match sight {
        Sight::All => {
            let sql = "select stage, cases from transfer_stage where cases > 0 order by stage";
            tx.query(sql, params![], read)?
        }
        Sight::Of(entity) => {
            let sql = "select c.stage, count(*) from transfer_case c
                where c.id in (select p.case_id from transfer_party p where p.entity_id = $1)
                group by c.stage order by c.stage";
            tx.query(sql, params![entity], read)?
        }
    })
}

/// On which side of a case someone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The district's office.
    Office,
    /// The unit whose result it is.
    Unit,
    /// The other side of the deal: it sees and states what concerns both.
    Other,
}

/// On which side someone stands in a case. Fails with [`Error::Missing`] for those who take no part:
/// for them it does not exist.
pub fn side(tx: &mut Tx<'_>, sight: Sight, id: CaseId) -> Result<Side> {
    let Sight::Of(entity) = sight else { return Ok(Side::Office) };
    let sql = "select role from transfer_party where case_id = $1 and entity_id = $2";
    let roles = tx.query(sql, params![id.0, entity], |row| row.text(0))?;
    match roles.as_slice() {
        [] => Err(Error::missing("case", id)),
        roles if roles.iter().any(|role| role == "unit") => Ok(Side::Unit),
        _ => Ok(Side::Other),
    }
}

/// A period that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLine {
    /// Its case.
    pub case: CaseId,
    /// What the case is about.
    pub title: String,
    /// What it is within the case.
    pub key: String,
    /// Its last day.
    pub last: Day,
    /// Who must act.
    pub who: String,
    /// What is to be paid, in fen.
    pub amount_fen: Option<i64>,
    /// Law and article.
    pub article: String,
}

/// Running periods that end from a day on, the first to end first. The other side of a deal sees
/// its own and that of the notice.
pub fn due(tx: &mut Tx<'_>, sight: Sight, from: Day, limit: usize) -> Result<Vec<DueLine>> {
    let sql = "select k.case_id, c.title, k.key, k.last_day, k.who, k.amount_fen, k.article
        from transfer_clock k join transfer_case c on c.id = k.case_id
        where k.done_day is null and k.last_day >= $1
            and ($2 = 0 or exists (select 1 from transfer_party p
                where p.case_id = c.id and p.entity_id = $2
                    and (p.role = 'unit' or k.who = 'counterparty' or k.key = 'notice')))
        order by k.last_day, k.case_id, k.key limit $3";
    let from = i64::from(from.number());
    Ok(tx.query(sql, params![from, entity_of(sight), limit as i64], |row| {
        Ok(DueLine {
            case: CaseId(row.int(0)?),
            title: row.text(1)?,
            key: row.text(2)?,
            last: Day::from_number(row.int(3)? as i32),
            who: row.text(4)?,
            amount_fen: row.opt_int(5)?,
            article: row.text(6)?,
        })
    })?)
}

/// Every event of every case, in the order of the journal: what reports count.
pub fn for_each_event(
    tx: &mut Tx<'_>,
    mut take: impl FnMut(CaseId, Kept) -> Result<()>,
) -> Result<()> {
    let sql = "select seq, kind, on_day, body, proof, actor, event_index, recorded_us, case_id
        from transfer_event order by event_index";
    tx.for_each(sql, params![], |row| take(CaseId(row.int(8)?), read_event(row)?))
}

/// A notice as the public reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The journal event that published it.
    pub event: EventId,
    /// Its case.
    pub case: CaseId,
    /// The day it was published.
    pub first: Day,
    /// The last day of its window.
    pub last: Day,
    /// `public`, `objected`, `cleared` or `void`.
    pub state: String,
    /// What is shown.
    pub body: Value,
}

const NOTICE: &str =
    "select event_index, case_id, first_day, last_day, state, body from transfer_notice";

fn read_notice(row: &Row<'_>) -> store::Result<Notice> {
    Ok(Notice {
        event: EventId(row.int(0)?),
        case: CaseId(row.int(1)?),
        first: Day::from_number(row.int(2)? as i32),
        last: Day::from_number(row.int(3)? as i32),
        state: row.text(4)?,
        body: serde_json::from_str(&row.text(5)?).unwrap_or_default(),
    })
}

/// Notices, the newest first.
pub fn notices(tx: &mut Tx<'_>, before: Option<EventId>, limit: usize) -> Result<Vec<Notice>> {
    let sql = format!("{NOTICE} where event_index < $1 order by event_index desc limit $2");
    let before = before.map_or(i64::MAX, |event| event.0);
    Ok(tx.query(&sql, params![before, limit as i64], read_notice)?)
}

/// One notice. Fails with [`Error::Missing`].
pub fn notice(tx: &mut Tx<'_>, event: EventId) -> Result<Notice> {
    let sql = format!("{NOTICE} where event_index = $1");
    let found = tx.query_opt(&sql, params![event.0], read_notice)?;
    found.ok_or_else(|| Error::missing("notice", event))
}
