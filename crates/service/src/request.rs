//! Requests in the store: brought, settled, rated; each step in one transaction with its journal
//! event.

use crate::error::{Error, Result};
use crate::law::Law;
use crate::request_rules::{Request, Step};
use crate::sight::Sight;
use crate::steps::{Kept, Place};
use kernel::{Actor, Day, Timestamp};
use store::{Tx, params};

kernel::id!(
    /// A request.
    RequestId, "H"
);

const STEPS: Place = Place { table: "service_request_step", column: "request_id" };
/// A request has at most so many steps.
pub const STEPS_MAX: usize = 500;
/// Open requests of one asker at most.
pub const OPEN_MAX: i64 = 100;

/// A request with its history.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its id.
    pub id: RequestId,
    /// The firm that asks.
    pub firm: Option<i64>,
    /// The account that brought it.
    pub asker: String,
    /// As it stands.
    pub request: Request,
    /// What happened, in order.
    pub steps: Vec<Kept<Step>>,
}

/// A line of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: RequestId,
    /// The firm that asks.
    pub firm: Option<i64>,
    /// The account that brought it.
    pub asker: String,
    /// `firm` or `resident`.
    pub lane: String,
    /// In a line.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// How hard it is.
    pub grade: String,
    /// Who is to settle it.
    pub assigned: Option<String>,
    /// The mark it was given.
    pub mark: Option<i64>,
    /// The day it was brought.
    pub filed: Day,
    /// The period that runs, and its last day.
    pub clock: Option<(String, Day)>,
    /// How many steps it has.
    pub version: i64,
}

fn play(law: Law<'_>, steps: &[Kept<Step>], id: RequestId) -> Result<Request> {
    let mut request = Request::default();
    for kept in steps {
        // By the law as it was known when the step was recorded: what was promised then holds.
        let law = law.lookup(kept.on, kept.at.legal_day());
        request
            .apply(&kept.step, kept.on, &law)
            .map_err(|_| Error::Damaged(format!("request {id}, step {}", kept.seq)))?;
    }
    Ok(request)
}

fn load(tx: &mut Tx<'_>, law: Law<'_>, id: RequestId) -> Result<Whole> {
    let steps = STEPS.read::<Step>(tx, id.0)?;
    let sql = "select firm, asker from service_request where id = $1";
    let found = tx.query_opt(sql, params![id.0], |row| Ok((row.opt_int(0)?, row.text(1)?)))?;
    let (firm, asker) = found.ok_or_else(|| Error::missing("request", id))?;
    let request = play(law, &steps, id)?;
    Ok(Whole { id, firm, asker, request, steps })
}

/// A request that someone may see. Fails with [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, law: Law<'_>, sight: &Sight, id: RequestId) -> Result<Whole> {
    let whole = load(tx, law, id)?;
    let theirs = match sight {
        Sight::All => true,
        Sight::Firm(firm, account) => whole.firm == Some(*firm) || whole.asker == *account,
        Sight::Own(account) => whole.asker == *account,
    };
    theirs.then_some(whole).ok_or_else(|| Error::missing("request", id))
}

/// Brings a request; `step` is [`Step::Filed`].
///
/// Fails like [`Request::apply`], and with `E-SIZE` past [`OPEN_MAX`] open ones of the asker.
pub fn file(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    law: Law<'_>,
    firm: Option<i64>,
    step: Step,
) -> Result<Whole> {
    let sql = "select count(*) from service_request where asker = $1 and state <> 'closed'";
    if tx.query_one(sql, params![actor.as_str()], |row| row.int(0))? >= OPEN_MAX {
        let (zh, en) = ("同时最多有100条未办结的诉求", "at most 100 requests are open at once");
        return Err(kernel::Refusal::new("E-SIZE", en, zh, en).into());
    }
    let id = RequestId(tx.take_ids("service_request", 1)?);
    let asker = actor.as_str().to_string();
    let whole = Whole { id, firm, asker, request: Request::default(), steps: Vec::new() };
    write(tx, (actor, now), law, whole, step)
}

/// Adds a step to a request that stands at `version` (any, when none is said).
///
/// Fails with [`Error::Missing`], [`Error::Conflict`], like [`Request::apply`], and with `E-AUTH-05`
/// for a step that is the other side's to say.
pub fn act(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    law: Law<'_>,
    sight: &Sight,
    (id, version): (RequestId, Option<i64>),
    step: Step,
) -> Result<Whole> {
    let whole = get(tx, law, sight, id)?;
    let stands = whole.steps.len() as i64;
    if version.is_some_and(|version| version != stands) {
        return Err(Error::Conflict { id: id.to_string(), at: stands });
    }
    // Who settles a request does not rate it.
    let asks = whole.asker == actor.as_str();
    let may = match step.of_asker() {
        true => asks || (!sight.is_office() && whole.firm == Some(sight.firm())),
        false => sight.is_office(),
    };
    if !may {
        let (zh, en) = ("这一步由另一方作出", "the other side says this");
        return Err(kernel::Refusal::new("E-AUTH-05", en, zh, en).value(step.name()).into());
    }
    write(tx, (actor, now), law, whole, step)
}

fn write(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    law: Law<'_>,
    mut whole: Whole,
    step: Step,
) -> Result<Whole> {
    if whole.steps.len() >= STEPS_MAX {
        let (zh, en) = ("一条诉求最多500步", "a request has at most 500 steps");
        return Err(kernel::Refusal::new("E-SIZE", en, zh, en).into());
    }
    let on = now.legal_day();
    whole.request.apply(&step, on, &law.lookup(on, on))?;
    let (id, seq) = (whole.id, whole.steps.len() as i64 + 1);
    let body = serde_json::to_string(&step).map_err(|error| Error::Damaged(error.to_string()))?;
    let kind = format!("request_{}", step.name());
    let name = id.to_string();
    let journal = STEPS.append(tx, (actor, now), (id.0, &name, seq), (kind, on, body.as_str()))?;
    let by = actor.clone();
    whole.steps.push(Kept { seq, on, step, by, journal, at: now });
    let request = &whole.request;
    let clock = request.running();
    tx.execute(
        "insert into service_request (id, firm, asker, lane, title, state, grade, assigned, mark,
             filed_day, clock_key, clock_last, version, changed_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (id) do update set state = $6, grade = $7, assigned = $8, mark = $9,
             clock_key = $11, clock_last = $12, version = $13, changed_us = $14",
        params![
            id.0,
            whole.firm,
            whole.asker.as_str(),
            request.lane.map_or("firm", |lane| lane.name()),
            request.title.as_str(),
            request.state.name(),
            request.grade.map_or("general", |grade| grade.name()),
            request.assigned.as_deref(),
            request.mark.map(i64::from),
            i64::from(request.filed.unwrap_or(on).number()),
            clock.map(|clock| clock.key),
            clock.map(|clock| i64::from(clock.last.number())),
            seq,
            now
        ],
    )?;
    Ok(whole)
}

/// Which requests are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<String>,
    /// To be settled by this account.
    pub assigned: Option<String>,
    /// Whose period ended before this day and was not kept.
    pub late_on: Option<Day>,
}

/// Requests that someone sees: those that are due first at the top, then the newest.
pub fn list(
    tx: &mut Tx<'_>,
    sight: &Sight,
    filter: &Filter,
    (offset, limit): (usize, usize),
) -> Result<Vec<Line>> {
    let sql = "select id, firm, asker, lane, title, state, grade, assigned, mark, filed_day,
            clock_key, clock_last, version from service_request
        where ($1 = '' or asker = $1 or ($2 <> 0 and firm = $2))
            and ($3 = '' or state = $3) and ($4 = '' or assigned = $4)
            and ($5 = 0 or clock_last < $5)
        order by coalesce(clock_last, 4611686018427387904), id desc limit $6 offset $7";
    let asked = params![
        sight.asker(),
        sight.firm(),
        filter.state.as_deref().unwrap_or_default(),
        filter.assigned.as_deref().unwrap_or_default(),
        filter.late_on.map_or(0, |day| i64::from(day.number())),
        limit as i64,
        offset as i64
    ];
    let day = |number: i64| Day::from_number(number as i32);
    Ok(tx.query(sql, asked, |row| {
        let last = row.opt_int(11)?.map(day);
        Ok(Line {
            id: RequestId(row.int(0)?),
            firm: row.opt_int(1)?,
            asker: row.text(2)?,
            lane: row.text(3)?,
            title: row.text(4)?,
            state: row.text(5)?,
            grade: row.text(6)?,
            assigned: row.opt_text(7)?,
            mark: row.opt_int(8)?,
            filed: day(row.int(9)?),
            clock: row.opt_text(10)?.zip(last),
            version: row.int(12)?,
        })
    })?)
}

/// How the desk stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Nobody settled them yet.
    pub open: i64,
    /// Of these and of calls that are due: those whose day has passed.
    pub late: i64,
    /// Calls that are due.
    pub call_back: i64,
    /// Those that are over.
    pub closed: i64,
}

/// How many requests stand where.
pub fn counts(tx: &mut Tx<'_>, sight: &Sight, today: Day) -> Result<Counts> {
    let sql = "select
            coalesce(sum(case when state = 'open' then 1 else 0 end), 0),
            coalesce(sum(case when clock_last < $3 then 1 else 0 end), 0),
            coalesce(sum(case when state = 'call_back' then 1 else 0 end), 0),
            coalesce(sum(case when state = 'closed' then 1 else 0 end), 0)
        from service_request where ($1 = '' or asker = $1 or ($2 <> 0 and firm = $2))";
    let asked = params![sight.asker(), sight.firm(), i64::from(today.number())];
    Ok(tx.query_one(sql, asked, |row| {
        Ok(Counts {
            open: row.int(0)?,
            late: row.int(1)?,
            call_back: row.int(2)?,
            closed: row.int(3)?,
        })
    })?)
}
