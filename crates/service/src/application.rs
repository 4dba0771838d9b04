//! Applications in the store: drafted or offered, decided, paid; each step in one transaction with
//! its journal event, and every payment within its pool.

use crate::application_rules::{Application, Around, Judged, PoolLeft, State, Step, Terms};
use crate::error::{Error, Result};
use crate::sight::Sight;
use crate::steps::{Kept, Place};
use kernel::calendar::Roll;
use kernel::canon::Object;
use kernel::{Actor, Calendar, Day, EntityId, EventId, Fen, Refusal, Timestamp};
use policy_rules::policy::Way;
use policy_rules::pool::{Allocation, Claim, Sharing, allocate};
use policy_rules::{Facts, Granted, Moment, Policy, Shelf, json};
use store::{NewEvent, Row, Tx, params};

kernel::id!(
    /// An application.
    ApplicationId, "P"
);

const STEPS: Place = Place { table: "service_application_step", column: "application_id" };
/// An application has at most so many steps.
pub const STEPS_MAX: usize = 500;
/// Drafts of one firm at most.
pub const DRAFTS_MAX: i64 = 200;

/// What applications stand on: the policies and the calendar.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The policies.
    pub shelf: &'a Shelf,
    /// The calendar.
    pub calendar: &'a Calendar,
}

/// An application with its history.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its id.
    pub id: ApplicationId,
    /// Who applies.
    pub firm: EntityId,
    /// For what.
    pub policy: String,
    /// The text of the policy it was begun by.
    pub digest: String,
    /// As it stands.
    pub application: Application,
    /// When it is paid at the latest.
    pub due: Option<Day>,
    /// What happened, in order.
    pub steps: Vec<Kept<Step>>,
}

/// A line of a list of applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: ApplicationId,
    /// Who applies.
    pub firm: EntityId,
    /// For what.
    pub policy: String,
    /// Where it stands.
    pub state: String,
    /// `automatic`, `quick` or `application`.
    pub way: String,
    /// The most it comes to.
    pub bound: Option<Fen>,
    /// What was granted.
    pub granted: Option<Fen>,
    /// What was paid.
    pub paid: Fen,
    /// When it is paid at the latest.
    pub due: Option<Day>,
    /// How many steps it has.
    pub version: i64,
    /// When it changed last.
    pub changed: Timestamp,
}

/// What the rules make of facts, and that as JSON with what would flip it.
///
/// Fails like [`Facts::bind`].
pub fn judge(
    policy: &Policy,
    facts: &Facts,
    moment: Moment,
    calendar: &Calendar,
) -> Result<(Judged, serde_json::Value)> {
    let (found, said) = json::one(policy, facts, moment, calendar)?;
    let (bound, exact) = match found.granted {
        Granted::Exact(fen) => (Some(fen.fen()), true),
        Granted::UpTo(fen) => (Some(fen.fen()), false),
        // Of a range only its lower end is certain.
        Granted::Range(low, _) => (Some(low.fen()), false),
        Granted::Nothing | Granted::Plain | Granted::Unknown => (None, false),
    };
    let missing = found.missing.iter().filter_map(|at| policy.inputs.get(*at));
    let unread = found.unread.iter().filter_map(|at| policy.parameters.get(*at));
    let missing = missing
        .map(|input| input.name.clone())
        .chain(unread.map(|parameter| parameter.name.clone()))
        .collect();
    let cost = json::cost(policy, facts, moment, calendar);
    let judged = Judged {
        eligible: found.eligible,
        bound,
        exact,
        money: policy.amount.is_some(),
        missing,
        cost: cost.map(|(_, fen)| fen.fen()),
        as_of: moment.on.to_string(),
        policy: policy.digest.clone(),
        proof: found.proof.as_ref().map(kernel::Proof::digest).unwrap_or_default(),
        facts: facts.of(policy),
    };
    Ok((judged, said))
}

/// The version of a policy that an application was begun by, or the latest.
fn policy_of<'s>(shelf: &'s Shelf, id: &str, digest: &str) -> Result<&'s Policy> {
    let same = shelf.policies.iter().find(|one| one.id == id && one.digest == digest);
    same.or_else(|| shelf.get(id)).ok_or_else(|| Error::missing("policy", id))
}

/// What a policy says of how its support is had; `held` are names of facts the house holds.
pub fn terms(policy: &Policy, held: impl Fn(&str) -> bool) -> Terms {
    let materials = policy.process.materials.iter().enumerate();
    let held = materials
        .filter(|(_, one)| one.shows.as_deref().is_some_and(&held))
        .map(|(place, _)| place + 1)
        .collect();
    Terms {
        automatic: policy.process.way == Way::Automatic,
        materials: policy.process.materials.len(),
        held,
    }
}

/// Who acts, when, and on what.
#[derive(Debug, Clone, Copy)]
pub struct Acting<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: Timestamp,
    /// On what.
    pub ground: Ground<'a>,
}

fn load(tx: &mut Tx<'_>, id: ApplicationId) -> Result<(Line, String)> {
    let sql = format!("{LINE} where id = $1");
    let found = tx.query_opt(&sql, params![id.0], |row| Ok((read_line(row)?, row.text(11)?)))?;
    found.ok_or_else(|| Error::missing("application", id))
}

/// An application in a line. Fails with [`Error::Missing`].
pub fn line(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Line> {
    Ok(load(tx, id)?.0)
}

/// An application that someone may see. Fails with [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, ground: Ground<'_>, sight: &Sight, id: ApplicationId) -> Result<Whole> {
    let (line, digest) = load(tx, id)?;
    if !sight.is_office() && line.firm.0 != sight.firm() {
        return Err(Error::missing("application", id));
    }
    let policy = policy_of(ground.shelf, &line.policy, &digest)?;
    let steps = STEPS.read::<Step>(tx, id.0)?;
    let mut application = Application::default();
    for kept in &steps {
        // What was judged and paid within its bounds then is not judged again: the pool of that day
        // is not the pool of this one.
        let around = Around { by: kept.by.as_str().to_string(), ..Around::default() };
        let every = (1..=policy.process.materials.len()).collect();
        let terms =
            Terms { automatic: true, held: every, materials: policy.process.materials.len() };
        application
            .apply(&kept.step, kept.on, &terms, &around)
            .map_err(|_| Error::Damaged(format!("application {id}, step {}", kept.seq)))?;
    }
    let due = due(policy, &application, ground.calendar);
    Ok(Whole { id, firm: line.firm, policy: line.policy, digest, application, due, steps })
}

/// When it is paid at the latest: as the policy says, from the day it was asked for.
fn due(policy: &Policy, application: &Application, calendar: &Calendar) -> Option<Day> {
    let open = matches!(
        application.state,
        State::Consented | State::Submitted | State::Granted | State::Returned
    );
    let (number, count) = policy.process.within.filter(|_| open)?;
    let from = application.asked_on?;
    calendar.due(from, number, count, Roll::AnyNonWorkingDay).ok().map(|due| due.last)
}

/// Begins an application of a firm with [`Step::Drafted`] or [`Step::Offered`].
///
/// Fails like [`Application::apply`], with `E-APP-07` when one for the policy is under way, with
/// `E-SIZE` past [`DRAFTS_MAX`] drafts.
pub fn begin(
    tx: &mut Tx<'_>,
    acting: Acting<'_>,
    firm: EntityId,
    policy: &Policy,
    step: Step,
) -> Result<Whole> {
    let sql = "select id from service_application where policy = $1 and firm = $2
        and state not in ('refused', 'withdrawn', 'paid', 'published') order by id limit 1";
    let open = tx.query_opt(sql, params![policy.id.as_str(), firm.0], |row| row.int(0))?;
    if let Some(open) = open {
        let (zh, en) = ("该政策已有一件在办的申请", "an application for this is under way");
        let refusal = Refusal::new("E-APP-07", "one application at a time", zh, en);
        return Err(refusal.value(&ApplicationId(open).to_string()).into());
    }
    let sql = "select count(*) from service_application where firm = $1 and state = 'draft'";
    if tx.query_one(sql, params![firm.0], |row| row.int(0))? >= DRAFTS_MAX {
        let (zh, en) = ("草稿最多200件", "a firm has at most 200 drafts");
        return Err(Refusal::new("E-SIZE", en, zh, en).into());
    }
    let whole = Whole {
        id: ApplicationId(tx.take_ids("service_application", 1)?),
        firm,
        policy: policy.id.clone(),
        digest: policy.digest.clone(),
        application: Application::default(),
        due: None,
        steps: Vec::new(),
    };
    write(tx, acting, policy, whole, &terms(policy, |_| false), step)
}

/// Adds a step to an application that stands at `version` (any, when none is said); `held` says
/// which facts the house holds already.
///
/// Fails with [`Error::Missing`], [`Error::Conflict`], like [`Application::apply`], and with
/// `E-AUTH-05` for a step that is the other side's to say.
pub fn act(
    tx: &mut Tx<'_>,
    acting: Acting<'_>,
    sight: &Sight,
    (id, version): (ApplicationId, Option<i64>),
    held: impl Fn(&str) -> bool,
    step: Step,
) -> Result<Whole> {
    let whole = get(tx, acting.ground, sight, id)?;
    let stands = whole.steps.len() as i64;
    if version.is_some_and(|version| version != stands) {
        return Err(Error::Conflict { id: id.to_string(), at: stands });
    }
    if !step.of_firm() && !sight.is_office() {
        let (zh, en) = ("这一步由主管部门作出", "the office says this");
        return Err(Refusal::new("E-AUTH-05", en, zh, en).value(step.name()).into());
    }
    let policy = policy_of(acting.ground.shelf, &whole.policy, &whole.digest)?;
    write(tx, acting, policy, whole, &terms(policy, held), step)
}

fn around(tx: &mut Tx<'_>, by: &Actor, policy: &Policy, whole: &Whole) -> Result<Around> {
    let pool = match &policy.pool {
        None => None,
        Some(pool) => Some(match pool.budget {
            None => PoolLeft::Unknown,
            Some(budget) => PoolLeft::Left(budget.fen() - paid_from(tx, &pool.id)?),
        }),
    };
    let cost = policy.support.cost.as_deref().unwrap_or_default();
    let sql = "select coalesce(sum(paid_fen), 0) from service_application
        where firm = $1 and cost = $2 and id <> $3";
    let paid_for_cost = match cost {
        "" => 0,
        cost => tx.query_one(sql, params![whole.firm.0, cost, whole.id.0], |row| row.int(0))?,
    };
    let sql = "select places from service_quota where policy = $1 and firm = $2
        order by event_index desc limit 1";
    let places = tx.query_opt(sql, params![policy.id.as_str(), whole.firm.0], |row| row.int(0))?;
    let places_left = match places {
        None => None,
        Some(places) => {
            let sql = "select count(*) from service_application where policy = $1 and firm = $2
                and id <> $3 and state in ('granted', 'paid', 'published')";
            let asked = params![policy.id.as_str(), whole.firm.0, whole.id.0];
            Some(places - tx.query_one(sql, asked, |row| row.int(0))?)
        }
    };
    Ok(Around { by: by.as_str().to_string(), pool, paid_for_cost, places_left })
}

fn paid_from(tx: &mut Tx<'_>, pool: &str) -> Result<i64> {
    let sql = "select coalesce(sum(amount_fen), 0) from service_payment where pool = $1";
    Ok(tx.query_one(sql, params![pool], |row| row.int(0))?)
}

fn write(
    tx: &mut Tx<'_>,
    acting: Acting<'_>,
    policy: &Policy,
    mut whole: Whole,
    terms: &Terms,
    step: Step,
) -> Result<Whole> {
    if whole.steps.len() >= STEPS_MAX {
        let (zh, en) = ("一件申请最多500步", "an application has at most 500 steps");
        return Err(Refusal::new("E-SIZE", en, zh, en).into());
    }
    let (actor, now) = (acting.actor, acting.now);
    let on = now.legal_day();
    let around = around(tx, actor, policy, &whole)?;
    whole.application.apply(&step, on, terms, &around)?;
    let (id, seq) = (whole.id, whole.steps.len() as i64 + 1);
    let body = serde_json::to_string(&step).map_err(|error| Error::Damaged(error.to_string()))?;
    let kind = format!("application_{}", step.name());
    let name = id.to_string();
    let journal = STEPS.append(tx, (actor, now), (id.0, &name, seq), (kind, on, body.as_str()))?;
    let money = match &step {
        Step::Paid { amount, reference } => Some((*amount, reference)),
        Step::Reclaimed { amount, reference } => Some((-*amount, reference)),
        _ => None,
    };
    let pool = policy.pool.as_ref().map(|pool| pool.id.as_str());
    if let Some((amount, reference)) = money {
        tx.execute(
            "insert into service_payment (event_index, application_id, pool, amount_fen, reference,
                 on_day)
             values ($1, $2, $3, $4, $5, $6)",
            params![journal.0, id.0, pool, amount, reference.trim(), i64::from(on.number())],
        )?;
    }
    let by = actor.clone();
    whole.steps.push(Kept { seq, on, step, by, journal, at: now });
    whole.due = due(policy, &whole.application, acting.ground.calendar);
    let one = &whole.application;
    let way = match (policy.process.way, one.moved) {
        (Way::Automatic, false) => "automatic",
        (Way::Automatic, true) | (Way::Quick, _) => "quick",
        (Way::Application | Way::ByLaw, _) => "application",
    };
    tx.execute(
        "insert into service_application (id, firm, policy, digest, pool, cost, cost_fen, state, way,
             bound_fen, granted_fen, paid_fen, due_day, version, changed_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (id) do update set cost_fen = $7, state = $8, way = $9, bound_fen = $10,
             granted_fen = $11, paid_fen = $12, due_day = $13, version = $14, changed_us = $15",
        params![
            id.0,
            whole.firm.0,
            whole.policy.as_str(),
            whole.digest.as_str(),
            pool,
            policy.support.cost.as_deref(),
            one.judged.cost,
            one.state.name(),
            way,
            one.judged.bound,
            one.granted,
            one.paid,
            whole.due.map(|day| i64::from(day.number())),
            seq,
            now
        ],
    )?;
    Ok(whole)
}

const LINE: &str = "select id, firm, policy, state, way, bound_fen, granted_fen, paid_fen, due_day,
    version, changed_us, digest from service_application";

fn read_line(row: &Row<'_>) -> store::Result<Line> {
    let fen = |fen: Option<i64>| fen.and_then(Fen::new);
    Ok(Line {
        id: ApplicationId(row.int(0)?),
        firm: EntityId(row.int(1)?),
        policy: row.text(2)?,
        state: row.text(3)?,
        way: row.text(4)?,
        bound: fen(row.opt_int(5)?),
        granted: fen(row.opt_int(6)?),
        paid: Fen::new(row.int(7)?).unwrap_or(Fen::ZERO),
        due: row.opt_int(8)?.map(|day| Day::from_number(day as i32)),
        version: row.int(9)?,
        changed: Timestamp::from_micros(row.int(10)?),
    })
}

/// Which applications are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<String>,
    /// Of this firm.
    pub firm: Option<EntityId>,
    /// For this policy.
    pub policy: Option<String>,
    /// From this pool.
    pub pool: Option<String>,
}

/// Applications that someone sees: those to be paid first at the top, then the newest.
pub fn list(
    tx: &mut Tx<'_>,
    sight: &Sight,
    filter: &Filter,
    (offset, limit): (usize, usize),
) -> Result<Vec<Line>> {
    let firm = match sight {
        Sight::All => filter.firm.map_or(0, |firm| firm.0),
        Sight::Firm(firm, _) => *firm,
        Sight::Own(_) => return Ok(Vec::new()),
    };
    let sql = format!(
        "{LINE} where ($1 = 0 or firm = $1) and ($2 = '' or state = $2) and ($3 = '' or policy = $3)
            and ($4 = '' or pool = $4)
         order by coalesce(due_day, 4611686018427387904), id desc limit $5 offset $6"
    );
    let asked = params![
        firm,
        filter.state.as_deref().unwrap_or_default(),
        filter.policy.as_deref().unwrap_or_default(),
        filter.pool.as_deref().unwrap_or_default(),
        limit as i64,
        offset as i64
    ];
    Ok(tx.query(&sql, asked, read_line)?)
}

/// How a pool stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Its id.
    pub pool: String,
    /// Policies that are paid from it.
    pub policies: Vec<String>,
    /// What is in it; none when that could not be read.
    pub budget: Option<Fen>,
    /// What was granted and is not paid yet.
    pub committed: Fen,
    /// What was paid, less what came back.
    pub paid: Fen,
    /// What is neither; none while the budget is not known.
    pub left: Option<Fen>,
    /// What those who asked or were offered and are not decided yet would come to at most.
    pub asked: Fen,
    /// How many applications are under way.
    pub open: i64,
}

/// Every pool of the shelf, by id.
pub fn balances(tx: &mut Tx<'_>, shelf: &Shelf) -> Result<Vec<Balance>> {
    let mut pools: std::collections::BTreeMap<&str, (Option<Fen>, Vec<String>)> =
        Default::default();
    for policy in &shelf.policies {
        if let Some(pool) = &policy.pool {
            let entry = pools.entry(&pool.id).or_default();
            entry.0 = entry.0.or(pool.budget);
            if !entry.1.contains(&policy.id) {
                entry.1.push(policy.id.clone());
            }
        }
    }
    let mut found = Vec::with_capacity(pools.len());
    for (pool, (budget, policies)) in pools {
        let sql = "select
                coalesce(sum(case when state = 'granted' then granted_fen - paid_fen else 0 end), 0),
                coalesce(sum(case when state in ('offered', 'consented', 'submitted', 'returned')
                    then coalesce(bound_fen, 0) else 0 end), 0),
                coalesce(sum(case when state in ('offered', 'consented', 'submitted', 'returned',
                    'granted') then 1 else 0 end), 0)
            from service_application where pool = $1";
        let (committed, asked, open) =
            tx.query_one(sql, params![pool], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))?;
        let paid = paid_from(tx, pool)?;
        let fen = |fen| Fen::new(fen).unwrap_or(Fen::ZERO);
        found.push(Balance {
            pool: pool.to_string(),
            policies,
            budget,
            committed: fen(committed),
            paid: fen(paid),
            left: budget.and_then(|budget| Fen::new(budget.fen() - paid - committed)),
            asked: fen(asked),
            open,
        });
    }
    Ok(found)
}

/// Says how many of a policy a firm may have.
pub fn set_places(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    policy: &Policy,
    (firm, places): (EntityId, i64),
) -> Result<EventId> {
    atlas::outcome::exists(tx, firm)?;
    if !(0..=1_000_000).contains(&places) {
        let (zh, en) = ("名额应为0到一百万", "places are from none to a million");
        let refusal = Refusal::new("E-INPUT-01", en, zh, en).column("places");
        return Err(refusal.value(&places.to_string()).into());
    }
    let subject = firm.to_string();
    let payload =
        Object::new().text("firm", &subject).text("policy", &policy.id).int("places", places);
    let event = tx.append(NewEvent {
        kind: "places_set".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject),
        payload: payload.to_string(),
    })?;
    tx.execute(
        "insert into service_quota (event_index, policy, firm, places, actor, recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![event.0, policy.id.as_str(), firm.0, places, actor.as_str(), now],
    )?;
    Ok(event)
}

/// Who was offered a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered {
    /// Offered: they only consent.
    pub offered: Vec<(EntityId, ApplicationId)>,
    /// Something about them is not verified: they go on by a short application.
    pub moved: Vec<(EntityId, ApplicationId)>,
    /// Not granted by the facts, or one is under way.
    pub skipped: Vec<EntityId>,
}

/// Offers a policy to firms without being asked (免申即享): whoever the facts grant it is offered it,
/// whoever something is not known of goes by a short application.
///
/// Fails with `E-APP-02` for a policy that is applied for.
pub fn offer(
    tx: &mut Tx<'_>,
    acting: Acting<'_>,
    policy: &Policy,
    firms: &[(EntityId, Facts)],
) -> Result<Offered> {
    let on = acting.now.legal_day();
    let moment = Moment { on, known: on };
    let mut found = Offered::default();
    for (firm, facts) in firms {
        let (judged, _) = judge(policy, facts, moment, acting.ground.calendar)?;
        let sure = judged.eligible == Some(true) && (!judged.money || judged.bound.is_some());
        let step = match judged.eligible {
            Some(false) => {
                found.skipped.push(*firm);
                continue;
            }
            _ if sure => Step::Offered { judged },
            _ => Step::Drafted { judged },
        };
        match begin(tx, acting, *firm, policy, step) {
            Ok(one) if sure => found.offered.push((*firm, one.id)),
            Ok(one) => found.moved.push((*firm, one.id)),
            Err(Error::Refused(refusal)) if refusal.code == "E-APP-07" => {
                found.skipped.push(*firm);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Shares what is left of a policy's pool among those who consented or handed in and are granted it
/// by the rules; whoever was shared with and not paid yet is shared with anew.
///
/// Fails with `E-APP-02` for a policy without a pool, `E-PAY-02` while its budget is not known.
pub fn share(
    tx: &mut Tx<'_>,
    acting: Acting<'_>,
    policy: &Policy,
    sharing: Sharing,
) -> Result<(EventId, Allocation)> {
    let Some(pool) = &policy.pool else {
        let (zh, en) = ("该政策没有资金池", "the policy has no pool to share");
        return Err(Refusal::new("E-APP-02", en, zh, en).into());
    };
    let Some(budget) = pool.budget else {
        let (zh, en) = ("资金池额度未知,未知不兑付", "its budget is not known");
        let rule = "what is not known does not pay (I12)";
        return Err(Refusal::new("E-PAY-02", rule, zh, en).column("pool.budget").into());
    };
    let sql = "select id from service_application where pool = $1
        and state in ('consented', 'granted') order by id";
    let ids = tx.query(sql, params![pool.id.as_str()], |row| row.int(0))?;
    let (mut claims, mut sharers, mut taken) = (Vec::new(), Vec::new(), paid_from(tx, &pool.id)?);
    for id in ids {
        let id = ApplicationId(id);
        let whole = get(tx, acting.ground, &Sight::All, id)?;
        let one = &whole.application;
        let shared = one.state == State::Consented || (one.round.is_some() && one.paid == 0);
        match (shared, one.judged.bound.and_then(Fen::new)) {
            (true, Some(amount)) => {
                // Ties go by the number of the application, oldest first.
                claims.push(Claim { code: format!("P{:012}", id.0), amount });
                sharers.push(whole);
            }
            _ => taken += one.unpaid(),
        }
    }
    let left = Fen::new((budget.fen() - taken).max(0)).unwrap_or(Fen::ZERO);
    let shared = allocate(&claims, left, sharing)?;
    let digest = shared.proof.digest();
    let payload = Object::new().text("pool", &pool.id).text("proof", &digest);
    let event = tx.append(NewEvent {
        kind: "pool_shared".to_string(),
        actor: acting.actor.clone(),
        at: acting.now,
        subject: Some(pool.id.clone()),
        payload: payload.to_string(),
    })?;
    tx.execute(
        "insert into service_round (event_index, pool, digest, proof, actor, recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![
            event.0,
            pool.id.as_str(),
            digest.as_str(),
            shared.proof.canonical().as_str(),
            acting.actor.as_str(),
            acting.now
        ],
    )?;
    for (whole, (_, amount)) in sharers.into_iter().zip(&shared.paid) {
        let of = policy_of(acting.ground.shelf, &whole.policy, &whole.digest)?;
        let round = Some(digest.clone());
        let step = Step::Granted { amount: Some(amount.fen()), round };
        write(tx, acting, of, whole, &Terms::default(), step)?;
    }
    Ok((event, shared))
}

/// The proof of the last sharing of a pool, canonical JSON.
pub fn last_round(tx: &mut Tx<'_>, pool: &str) -> Result<Option<(EventId, String)>> {
    let sql = "select event_index, proof from service_round where pool = $1
        order by event_index desc limit 1";
    Ok(tx.query_opt(sql, params![pool], |row| Ok((EventId(row.int(0)?), row.text(1)?)))?)
}
