//! Applications for what policies grant: drafted or offered, decided, paid from pools.

use crate::app::App;
use crate::ask::{Args, Asked};
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::questions::{self, service as said};
use crate::routes::requests::{entity, sight};
use crate::routes::transfer::private;
use crate::wire;
use crate::wire::proof::Proof;
use crate::wire::service::{
    ApplicationLine, ApplicationPage, ApplicationStep, NewApplication, NewOffer, NewPlaces,
    NewShare, Offered, PoolBalance, Shared, Waiting, Written,
};
use atlas::AsOf;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Act;
use kernel::{Day, EntityId, Fen, Refusal};
use policy_rules::pool::Sharing;
use policy_rules::{Facts, Moment, Policy, Shelf};
use schema::Rulebook;
use serde_json::Value;
use service::application::{self, Acting, ApplicationId, Filter, Ground, Whole};
use service::application_rules::{Handed, Judged, Step};
use service::firm::{self, Known};
use service::{Sight, package, waiting};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Firms that are named in an offer at most.
const FIRMS_MAX: usize = 2_000;

/// Applications, offers, pools.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_applications, begin_application))
        .routes(routes!(get_application))
        .routes(routes!(step_application))
        .routes(routes!(offer_policy))
        .routes(routes!(share_pool))
        .routes(routes!(set_places))
        .routes(routes!(list_pools))
        .routes(routes!(get_waiting))
}

/// Which applications are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ApplicationParams {
    /// Where they stand.
    #[param(min_length = 1, max_length = 20)]
    state: Option<String>,
    /// For this policy.
    #[param(min_length = 1, max_length = 100)]
    policy: Option<String>,
    /// From this pool.
    #[param(min_length = 1, max_length = 100)]
    pool: Option<String>,
    /// Where the page begins.
    after: Option<String>,
    /// Lines on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: usize,
}

impl FromParams for ApplicationParams {
    fn take(params: &mut Params) -> Result<ApplicationParams> {
        Ok(ApplicationParams {
            state: params.text("state", 20)?,
            policy: params.text("policy", 100)?,
            pool: params.text("pool", 100)?,
            after: params.sent("after")?,
            limit: params.limit()?,
        })
    }
}

/// Applications, those to be paid first at the top.
#[utoipa::path(
    get, path = "/applications", operation_id = "list_applications", tag = "service",
    params(ApplicationParams),
    responses((status = 200, description = "Applications.", body = wire::Page<ApplicationLine>), Problems)
)]
async fn list_applications(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<ApplicationParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let place = |text: &str| text.parse::<usize>().map_err(|_| questions::bad_place(text));
    let offset = params.after.as_deref().map(place).transpose()?.unwrap_or(0).min(1_000_000);
    let limit = params.limit;
    let filter =
        Filter { state: params.state, firm: None, policy: params.policy, pool: params.pool };
    let page = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.ask(AsOf { valid: today, known: None }, |asked| {
                let mut lines = application::list(asked.tx, &sight, &filter, (offset, limit + 1))?;
                let more = lines.len() > limit;
                lines.truncate(limit);
                let items = lines.iter().map(|one| said::application_line(asked, one)).collect();
                Ok(wire::Page { items, next: more.then(|| (offset + limit).to_string()) })
            })
        })
        .await?;
    Ok(private(axum::Json(page)))
}

/// What a firm's facts are by now, with those of an application over them.
fn facts_of(known: &[Known], own: &Value) -> Result<Facts> {
    let mut facts = firm::facts(known);
    if !own.is_null() {
        let own =
            Facts::from_json(own).map_err(|refusal| Problem::from(refusal).in_body("facts"))?;
        facts.0.extend(own.0);
    }
    Ok(facts)
}

fn policy_of<'s>(shelf: &'s Shelf, id: &str, today: Day) -> Result<&'s Policy> {
    let moment = Moment { on: today, known: today };
    let found = shelf.at(moment).into_iter().find(|policy| policy.id == id);
    found.ok_or_else(|| Problem::missing("policy", id))
}

/// What a house knows of a firm today.
fn known(app: &App, shelf: &Shelf, firm: EntityId, today: Day) -> Result<Vec<Known>> {
    app.ask(AsOf { valid: today, known: None }, |asked| {
        let mut found = firm::known(asked.tx, asked.view, shelf, &[firm], today)?;
        Ok(found.remove(&firm).unwrap_or_default())
    })
}

fn law(app: &App) -> Result<(Arc<Rulebook>, Arc<Shelf>)> {
    app.store().read(|tx| Ok::<_, Problem>((app.book(tx)?, app.shelf(tx)?)))
}

fn answer(app: &App, sight: &Sight, id: ApplicationId) -> Result<ApplicationPage> {
    let today = app.now().legal_day();
    app.ask(AsOf { valid: today, known: None }, |asked: &mut Asked<'_, '_>| {
        let (book, shelf) = (app.book(asked.tx)?, app.shelf(asked.tx)?);
        let ground = Ground { shelf: &shelf, calendar: book.calendar() };
        let whole = application::get(asked.tx, ground, sight, id)?;
        let mut held = firm::known(asked.tx, asked.view, &shelf, &[whole.firm], today)?;
        let held = held.remove(&whole.firm).unwrap_or_default();
        said::application_page(asked, (&book, &shelf), &whole, &held, sight)
    })
}

/// Begins an application; what the house knows of the firm is not asked for again.
#[utoipa::path(
    post, path = "/applications", operation_id = "begin_application", tag = "service",
    request_body = NewApplication,
    responses((status = 201, description = "A draft, judged.", body = ApplicationPage), Problems)
)]
async fn begin_application(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewApplication>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let firm = match &sight {
                Sight::Firm(firm, _) => EntityId(*firm),
                Sight::All => entity(body.firm.as_deref(), "firm")?.ok_or_else(no_firm)?,
                Sight::Own(_) => return Err(no_firm()),
            };
            let (book, shelf) = law(app)?;
            let now = app.now();
            let today = now.legal_day();
            let policy = policy_of(&shelf, &body.policy, today)?;
            let facts = facts_of(&known(app, &shelf, firm, today)?, &body.facts)?;
            let moment = Moment { on: today, known: today };
            let (judged, _) = application::judge(policy, &facts, moment, book.calendar())?;
            let ground = Ground { shelf: &shelf, calendar: book.calendar() };
            let id = app.write(|tx| {
                atlas::outcome::exists(tx, firm)?;
                let acting = Acting { actor: &actor, now, ground };
                let step = Step::Drafted { judged: judged.clone() };
                Ok::<_, Problem>(application::begin(tx, acting, firm, policy, step)?.id)
            })?;
            answer(app, &sight, id)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(page))))
}

fn no_firm() -> Problem {
    let (zh, en) = ("请指明申请企业", "say which firm applies");
    Problem::from(Refusal::new("E-INPUT-02", en, zh, en).column("firm"))
}

/// An application with its history, and what the rules make of it.
#[utoipa::path(
    get, path = "/applications/{id}", operation_id = "get_application", tag = "service",
    params(("id" = String, Path, description = "Id of the application, `P1`.")),
    responses((status = 200, description = "The application.", body = ApplicationPage), Problems)
)]
async fn get_application(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<ApplicationId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let page = app.blocking(move |app| answer(app, &sight, id)).await?;
    Ok(private(axum::Json(page)))
}

fn wanted<T>(value: Option<T>, member: &str) -> Result<T> {
    value.ok_or_else(|| {
        let (zh, en) = ("缺少这一项", "this is missing");
        Problem::from(Refusal::new("E-INPUT-02", en, zh, en).column(member))
    })
}

fn fen(text: &str) -> Result<i64> {
    let fen = Fen::parse(text).map_err(|refusal| Problem::from(refusal).in_body("amount"))?;
    Ok(fen.fen())
}

/// The step that a body asks for.
fn step(body: &ApplicationStep, judged: impl FnOnce() -> Result<Judged>) -> Result<Step> {
    let reason = || wanted(body.reason.clone(), "reason");
    let amount = || fen(&wanted(body.amount.clone(), "amount")?);
    let reference = || wanted(body.reference.clone(), "reference");
    let handed = |one: &wire::service::HandedIn| Handed {
        material: one.material,
        evidence: one.evidence.clone(),
    };
    Ok(match body.kind.as_str() {
        "submitted" => Step::Submitted {
            judged: judged()?,
            materials: body.materials.iter().map(handed).collect(),
        },
        "consented" => Step::Consented,
        "withdrawn" => Step::Withdrawn,
        "returned" => Step::Returned { reason: reason()? },
        "moved" => Step::Moved { reason: reason()? },
        "refused" => Step::Refused { reason: reason()? },
        "granted" => {
            Step::Granted { amount: body.amount.as_deref().map(fen).transpose()?, round: None }
        }
        "paid" => Step::Paid { amount: amount()?, reference: reference()? },
        "rejudged" => Step::Rejudged { judged: judged()?, reason: reason()? },
        "reclaimed" => Step::Reclaimed { amount: amount()?, reference: reference()? },
        "published" => Step::Published,
        other => {
            let (zh, en) = ("没有这一步", "an application has no such step");
            let refusal = Refusal::new("E-INPUT-01", "steps of an application", zh, en);
            return Err(refusal.column("kind").value(other).into());
        }
    })
}

/// Says what happens to an application: the firm hands it in, the office decides and pays.
#[utoipa::path(
    post, path = "/applications/{id}/steps", operation_id = "step_application", tag = "service",
    params(("id" = String, Path, description = "Id of the application, `P1`.")),
    request_body = ApplicationStep,
    responses((status = 201, description = "As it is now.", body = ApplicationPage), Problems)
)]
async fn step_application(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<ApplicationId>,
    _: Args<()>,
    Json(body): Json<ApplicationStep>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let (book, shelf) = law(app)?;
            let ground = Ground { shelf: &shelf, calendar: book.calendar() };
            let now = app.now();
            let today = now.legal_day();
            let whole: Whole = app.store().read(|tx| application::get(tx, ground, &sight, id))?;
            let known = known(app, &shelf, whole.firm, today)?;
            let judged = || -> Result<Judged> {
                let policy = policy_of(&shelf, &whole.policy, today)?;
                // What was said in the application before stays said.
                let before = Value::Object(whole.application.judged.facts.clone());
                let mut facts = Facts::from_json(&before)?;
                facts.0.extend(facts_of(&known, &body.facts)?.0);
                let moment = Moment { on: today, known: today };
                Ok(application::judge(policy, &facts, moment, book.calendar())?.0)
            };
            let step = step(&body, judged)?;
            let held = |name: &str| known.iter().any(|one| one.name == name);
            app.write(|tx| {
                let acting = Acting { actor: &actor, now, ground };
                let at = (id, body.version);
                application::act(tx, acting, &sight, at, held, step.clone())?;
                Ok::<_, Problem>(())
            })?;
            answer(app, &sight, id)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(page))))
}

/// Offers a policy to firms that did not ask (免申即享): to those named, or to every firm that the
/// facts grant it.
#[utoipa::path(
    post, path = "/policies/{id}/offers", operation_id = "offer_policy", tag = "service",
    params(("id" = String, Path, description = "Id of the policy.")),
    request_body = NewOffer,
    responses((status = 201, description = "Who was offered it.", body = Offered), Problems)
)]
async fn offer_policy(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<String>,
    _: Args<()>,
    Json(body): Json<NewOffer>,
) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let actor = caller.actor();
    let offered = app
        .blocking(move |app| {
            let (book, shelf) = law(app)?;
            let now = app.now();
            let today = now.legal_day();
            let policy = policy_of(&shelf, &id, today)?;
            let named = match &body.firms {
                None => None,
                Some(names) if names.len() > FIRMS_MAX => {
                    let (zh, en) = ("一次最多2000家", "at most 2,000 firms at once");
                    let refusal = Refusal::new("E-SIZE", en, zh, en).column("firms");
                    return Err(refusal.value(&names.len().to_string()).into());
                }
                Some(names) => {
                    let mut firms = Vec::with_capacity(names.len());
                    for name in names {
                        firms.extend(entity(Some(name), "firms")?);
                    }
                    Some(firms)
                }
            };
            let all = named.is_none();
            let moment = Moment { on: today, known: today };
            let asked: Vec<(EntityId, Facts)> =
                app.ask(AsOf { valid: today, known: None }, |asked| {
                    let firms = match &named {
                        Some(firms) => firms.clone(),
                        None => firm::all(asked.view, today),
                    };
                    Ok(firm::facts_of(asked.tx, asked.view, &shelf, &firms, today)?)
                })?;
            // Without names, only whom the facts grant it: nobody is sent a form for nothing.
            let asked = match all {
                false => asked,
                true => {
                    let map = asked.iter().cloned().collect();
                    let (_, each) = package::reach(policy, &map, moment, book.calendar());
                    let granted = |firm: &EntityId| {
                        each.get(firm).is_some_and(|one| {
                            use policy_rules::Granted as G;
                            !matches!(one, G::Nothing | G::Unknown)
                        })
                    };
                    asked.into_iter().filter(|(firm, _)| granted(firm)).collect()
                }
            };
            let ground = Ground { shelf: &shelf, calendar: book.calendar() };
            app.write(|tx| {
                for (firm, _) in &asked {
                    atlas::outcome::exists(tx, *firm)?;
                }
                let acting = Acting { actor: &actor, now, ground };
                let done = application::offer(tx, acting, policy, &asked)?;
                let ids = |list: &[(EntityId, ApplicationId)]| {
                    list.iter().map(|(_, id)| id.to_string()).collect()
                };
                Ok::<_, Problem>(Offered {
                    offered: ids(&done.offered),
                    moved: ids(&done.moved),
                    skipped: done.skipped.len() as i64,
                })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(offered))))
}

/// Shares what is left of a policy's pool among those who consented, to the fen.
#[utoipa::path(
    post, path = "/policies/{id}/shares", operation_id = "share_pool", tag = "service",
    params(("id" = String, Path, description = "Id of the policy.")),
    request_body = NewShare,
    responses((status = 201, description = "How it was shared.", body = Shared), Problems)
)]
async fn share_pool(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<String>,
    _: Args<()>,
    Json(body): Json<NewShare>,
) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let actor = caller.actor();
    let sharing = match body.sharing.as_str() {
        "pro_rata" => Sharing::ProRata,
        "in_order" => Sharing::InOrder,
        other => {
            let (zh, en) = ("分配方式应为 pro_rata 或 in_order", "pro_rata or in_order");
            let refusal = Refusal::new("E-INPUT-01", "ways to share a pool", zh, en);
            return Err(refusal.column("sharing").value(other).into());
        }
    };
    let shared = app
        .blocking(move |app| {
            let (book, shelf) = law(app)?;
            let now = app.now();
            let policy = policy_of(&shelf, &id, now.legal_day())?;
            let ground = Ground { shelf: &shelf, calendar: book.calendar() };
            app.write(|tx| {
                let acting = Acting { actor: &actor, now, ground };
                let (event, shared) = application::share(tx, acting, policy, sharing)?;
                Ok::<_, Problem>(Shared {
                    journal: event.to_string(),
                    claims: shared.paid.len() as i64,
                    left: shared.left.to_string(),
                    proof: Proof::from(&shared.proof),
                })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(shared))))
}

/// Says how many of a policy a firm may have.
#[utoipa::path(
    post, path = "/policies/{id}/places", operation_id = "set_places", tag = "service",
    params(("id" = String, Path, description = "Id of the policy.")),
    request_body = NewPlaces,
    responses((status = 201, description = "It is kept.", body = Written), Problems)
)]
async fn set_places(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<String>,
    _: Args<()>,
    Json(body): Json<NewPlaces>,
) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let actor = caller.actor();
    let written = app
        .blocking(move |app| {
            let firm = entity(Some(&body.firm), "firm")?.ok_or_else(no_firm)?;
            let (_, shelf) = law(app)?;
            let now = app.now();
            let policy = policy_of(&shelf, &id, now.legal_day())?;
            app.write(|tx| {
                let places = (firm, body.places);
                let event = application::set_places(tx, (&actor, now), policy, places)?;
                Ok::<_, Problem>(Written { journal: event.to_string() })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(written))))
}

/// How every pool stands: what is in it, committed, paid and left.
#[utoipa::path(
    get, path = "/pools", operation_id = "list_pools", tag = "service",
    responses((status = 200, description = "Pools.", body = wire::Page<PoolBalance>), Problems)
)]
async fn list_pools(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::Read)?;
    let office = identity::may(caller.role(), Act::ServeFirms);
    let items = app
        .blocking(move |app| {
            app.store().read(|tx| {
                let shelf = app.shelf(tx)?;
                let mut items = Vec::new();
                for one in application::balances(tx, &shelf)? {
                    let round = match office {
                        true => application::last_round(tx, &one.pool)?,
                        false => None,
                    };
                    let round =
                        round.and_then(|(_, proof)| serde_json::from_str::<Value>(&proof).ok());
                    items.push(said::pool(&shelf, &one, round));
                }
                Ok::<_, Problem>(items)
            })
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}

/// What waits for whoever asks: offers and returned papers of a firm, decisions and late requests of
/// the office.
#[utoipa::path(
    get, path = "/waiting", operation_id = "get_waiting", tag = "service",
    responses((status = 200, description = "How much waits.", body = Waiting), Problems)
)]
async fn get_waiting(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let sight = sight(&caller)?;
    let found = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.store().read(|tx| waiting::waiting(tx, &sight, today).map_err(Problem::from))
        })
        .await?;
    let waiting::Waiting { offered, drafted, returned, submitted, late } = found;
    Ok(private(axum::Json(Waiting { offered, drafted, returned, submitted, late })))
}
