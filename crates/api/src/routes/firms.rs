//! Firms as the district serves them: their package, what they say of themselves, who looks after
//! them.

use crate::app::App;
use crate::ask::{Args, Asked, set};
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions::service as said;
use crate::routes::policies::DayParams;
use crate::routes::requests::sight;
use crate::routes::transfer::private;
use crate::wire::service::{
    Declaration, Desk, DeskFirm, NewSteward, NewVisit, Package, StewardLoad, Written,
};
use atlas::AsOf;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use identity::{Act, Caller, Role};
use kernel::{Day, EntityId};
use service::declared::{self, NewFact};
use service::package;
use service::request::{self, Filter};
use service::sheet::{self, Contact};
use service::{Sight, steward};
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Packages, facts, stewards, visits.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_package))
        .routes(routes!(get_package_sheet))
        .routes(routes!(declare_facts))
        .routes(routes!(appoint_steward))
        .routes(routes!(record_visit))
        .routes(routes!(get_desk))
}

/// Lets officers at any firm, members at their own; for others it does not exist.
fn firm(caller: &Caller, id: EntityId) -> Result<()> {
    match sight(caller)? {
        Sight::All => Ok(()),
        Sight::Firm(firm, _) if firm == id.0 => Ok(()),
        Sight::Firm(..) | Sight::Own(_) => Err(Problem::missing("firm", &id.to_string())),
    }
}

fn made(asked: &mut Asked<'_, '_>, app: &App, id: EntityId, on: Day) -> Result<package::Package> {
    if !asked.view.exists(id, asked.sight) {
        return Err(Problem::missing("firm", &id.to_string()));
    }
    let (book, shelf) = (app.book(asked.tx)?, app.shelf(asked.tx)?);
    Ok(package::package(
        asked.tx,
        asked.view,
        (&shelf, book.calendar(), &app.settings().place),
        id,
        on,
    )?)
}

/// The package of a firm: what it is granted, what is missing, by when, and who helps.
#[utoipa::path(
    get, path = "/firms/{id}/package", operation_id = "get_package", tag = "service",
    params(("id" = String, Path, description = "Id of the firm, `E12`."), DayParams),
    responses((status = 200, description = "The package.", body = Package), Problems)
)]
async fn get_package(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EntityId>,
    Args(params): Args<DayParams>,
) -> Result<Response> {
    firm(&caller, id)?;
    let found = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let on = params.as_of.unwrap_or(today);
            app.ask(AsOf { valid: on, known: None }, |asked| {
                let found = made(asked, app, id, on)?;
                let (book, shelf) = (app.book(asked.tx)?, app.shelf(asked.tx)?);
                said::package(asked, (app.service_law(&book), &shelf), &found, today)
            })
        })
        .await?;
    Ok(private(axum::Json(found)))
}

/// The package on one page, as PDF.
#[utoipa::path(
    get, path = "/firms/{id}/package.pdf", operation_id = "get_package_sheet", tag = "service",
    params(("id" = String, Path, description = "Id of the firm, `E12`."), DayParams),
    responses(
        (status = 200, description = "One page of A4.", body = Vec<u8>, content_type = "application/pdf"),
        Problems
    )
)]
async fn get_package_sheet(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EntityId>,
    Args(params): Args<DayParams>,
) -> Result<Response> {
    firm(&caller, id)?;
    let bytes = app
        .blocking(move |app| {
            let on = params.as_of.unwrap_or(app.now().legal_day());
            app.ask(AsOf { valid: on, known: None }, |asked| {
                let found = made(asked, app, id, on)?;
                let name = match &found.steward {
                    None => None,
                    Some(care) => Some(said::account_name(asked, &care.account)?),
                };
                Ok(sheet::sheet(&found, &Contact { steward: name }))
            })
        })
        .await?;
    let mut response = private(bytes);
    set(response.headers_mut(), header::CONTENT_TYPE, "application/pdf");
    let name = format!("inline; filename=\"package-{id}.pdf\"");
    set(response.headers_mut(), header::CONTENT_DISPOSITION, &name);
    Ok(response)
}

/// Keeps what a firm says of itself, each fact with what shows it.
#[utoipa::path(
    post, path = "/firms/{id}/facts", operation_id = "declare_facts", tag = "service",
    params(("id" = String, Path, description = "Id of the firm, `E12`.")),
    request_body = Declaration,
    responses((status = 201, description = "It is kept.", body = Written), Problems)
)]
async fn declare_facts(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EntityId>,
    _: Args<()>,
    Json(body): Json<Declaration>,
) -> Result<Response> {
    firm(&caller, id)?;
    let actor = caller.actor();
    let written = app
        .blocking(move |app| {
            let new: Vec<NewFact> = body
                .facts
                .into_iter()
                .map(|one| NewFact { name: one.name, value: one.value, evidence: one.evidence })
                .collect();
            let now = app.now();
            app.write(|tx| {
                atlas::outcome::exists(tx, id)?;
                let shelf = app.shelf(tx)?;
                let event = declared::declare(tx, (&actor, now), &shelf, id.0, &new)?;
                Ok::<_, Problem>(Written { journal: event.to_string() })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(written))))
}

/// Says who looks after a firm.
#[utoipa::path(
    post, path = "/firms/{id}/steward", operation_id = "appoint_steward", tag = "service",
    params(("id" = String, Path, description = "Id of the firm, `E12`.")),
    request_body = NewSteward,
    responses((status = 201, description = "It is kept.", body = Written), Problems)
)]
async fn appoint_steward(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EntityId>,
    _: Args<()>,
    Json(body): Json<NewSteward>,
) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let actor = caller.actor();
    let written = app
        .blocking(move |app| {
            let account = match body.account.as_deref() {
                None => None,
                Some(text) => Some(
                    text.parse::<identity::AccountId>()
                        .map_err(|refusal| Problem::from(refusal).in_body("account"))?,
                ),
            };
            let now = app.now();
            app.write(|tx| {
                if let Some(account) = account {
                    let found = identity::account::get(tx, account)?;
                    // A member acts for an organization of its own, and is no steward of another.
                    if found.role <= Role::Member {
                        let (zh, en) = ("企业管家应为工作人员", "a steward is an officer");
                        let refusal = kernel::Refusal::new("E-INPUT-01", en, zh, en);
                        return Err(refusal.column("account").value(&account.to_string()).into());
                    }
                }
                let name = account.map(|account| account.to_string());
                let event = steward::appoint(tx, (&actor, now), id, name.as_deref())?;
                Ok::<_, Problem>(Written { journal: event.to_string() })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(written))))
}

/// Keeps a visit to a firm.
#[utoipa::path(
    post, path = "/firms/{id}/visits", operation_id = "record_visit", tag = "service",
    params(("id" = String, Path, description = "Id of the firm, `E12`.")),
    request_body = NewVisit,
    responses((status = 201, description = "It is kept.", body = Written), Problems)
)]
async fn record_visit(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EntityId>,
    _: Args<()>,
    Json(body): Json<NewVisit>,
) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let actor = caller.actor();
    let written = app
        .blocking(move |app| {
            let now = app.now();
            let on = match body.on.as_deref() {
                None => now.legal_day(),
                Some(text) => {
                    Day::parse(text).map_err(|refusal| Problem::from(refusal).in_body("on"))?
                }
            };
            app.write(|tx| {
                let event = steward::visit(tx, (&actor, now), id, (on, &body.note))?;
                Ok::<_, Problem>(Written { journal: event.to_string() })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(written))))
}

/// The desk of stewards: whom they look after, what is late, how much each has to do.
#[utoipa::path(
    get, path = "/desk", operation_id = "get_desk", tag = "service",
    responses((status = 200, description = "The desk.", body = Desk), Problems)
)]
async fn get_desk(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::ServeFirms)?;
    let own = caller.actor().as_str().to_string();
    let desk = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.ask(AsOf { valid: today, known: None }, |asked| {
                let book = app.book(asked.tx)?;
                let cares = steward::cares(asked.tx, None, None)?;
                let mut firms = Vec::with_capacity(cares.len());
                for care in &cares {
                    let steward = said::steward_ref(asked, app.service_law(&book), care, today)?;
                    let late = steward
                        .next_visit
                        .as_deref()
                        .is_some_and(|day| Day::parse(day).is_ok_and(|day| day < today));
                    let firm = asked.look().entity(care.firm);
                    firms.push(DeskFirm { firm, steward, visit_late: late });
                }
                firms.sort_by(|a, b| a.steward.next_visit.cmp(&b.steward.next_visit));
                let mut loads: BTreeMap<String, StewardLoad> = BTreeMap::new();
                for one in &firms {
                    let load = loads.entry(one.steward.account.clone());
                    let load =
                        load.or_insert_with(|| empty(&one.steward.account, &one.steward.name));
                    load.firms += 1;
                    load.visits_late += i64::from(one.visit_late);
                }
                let open = Filter { state: Some("open".to_string()), ..Filter::default() };
                for line in request::list(asked.tx, &Sight::All, &open, (0, 5_000))? {
                    let Some(account) = &line.assigned else { continue };
                    if !loads.contains_key(account) {
                        let name = said::account_name(asked, account)?;
                        loads.insert(account.clone(), empty(account, &name));
                    }
                    if let Some(load) = loads.get_mut(account) {
                        load.requests_open += 1;
                        let late = line.clock.as_ref().is_some_and(|(_, day)| *day < today);
                        load.requests_late += i64::from(late);
                    }
                }
                let own = firms.iter().any(|one| one.steward.account == own).then(|| own.clone());
                Ok(Desk { own, firms, loads: loads.into_values().collect() })
            })
        })
        .await?;
    Ok(private(axum::Json(desk)))
}

fn empty(account: &str, name: &str) -> StewardLoad {
    StewardLoad {
        account: account.to_string(),
        name: name.to_string(),
        firms: 0,
        visits_late: 0,
        requests_open: 0,
        requests_late: 0,
    }
}
