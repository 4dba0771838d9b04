//! Technology transfer: the board, cases, what happens in them, notices, holiday tables.

use crate::app::App;
use crate::ask::{Args, set};
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::questions::transfer as said;
use crate::wire;
use crate::wire::transfer::{
    Acted, Board, CasePage, DueItem, Form, HolidayEffect, NewEvent, NewHolidays, NewObjection,
    Notice, Rules,
};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::{Act, Caller, Role};
use kernel::{Day, EntityId, EventId};
use transfer::case::{self, CaseId, Filter, Ground, Sight};
use transfer::holidays;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Technology transfer.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_cases, open_case))
        .routes(routes!(get_case))
        .routes(routes!(add_event))
        .routes(routes!(list_due))
        .routes(routes!(list_notices))
        .routes(routes!(get_notice))
        .routes(routes!(object))
        .routes(routes!(get_rules))
        .routes(routes!(list_forms))
        .routes(routes!(set_holidays))
}

/// Whose cases a caller sees: officers all, members those of their organization.
pub(super) fn sight(caller: &Caller) -> Result<Sight> {
    caller.allow(Act::ReadCases)?;
    Ok(sight_of(caller.role(), caller.organization()))
}

/// What a role sees of cases, and a member of an organization.
pub(super) fn sight_of(role: Role, organization: Option<&str>) -> Sight {
    if role > Role::Member {
        return Sight::All;
    }
    let entity: Option<EntityId> = organization.and_then(|key| key.parse().ok());
    Sight::Of(entity.map_or(-1, |entity| entity.0))
}

/// Nothing of a case may stay in a shared cache.
pub(super) fn private(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

/// Which cases are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaseParams {
    /// In this stage.
    stage: Option<String>,
    /// Under this place's law.
    place: Option<String>,
    /// With these words in title or unit.
    q: Option<String>,
    /// Only those with a proof of concept.
    poc: bool,
    /// Due by the end of this day.
    #[param(value_type = Option<String>, format = Date)]
    due_by: Option<Day>,
    /// `next` of the page before.
    after: Option<String>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: usize,
}

impl FromParams for CaseParams {
    fn take(params: &mut Params) -> Result<CaseParams> {
        Ok(CaseParams {
            stage: params.text("stage", 40)?,
            place: params.text("place", 40)?,
            q: params.text("q", 100)?,
            poc: params.flag("poc")?,
            due_by: params.day("due_by")?,
            after: params.sent("after")?,
            limit: params.limit()?,
        })
    }
}

/// The board: cases by what is due next.
#[utoipa::path(
    get, path = "/transfer/cases", operation_id = "list_cases", tag = "transfer",
    params(CaseParams),
    responses((status = 200, description = "Cases.", body = Board), Problems)
)]
async fn list_cases(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<CaseParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let place = |text: &str| text.parse::<usize>().map_err(|_| questions::bad_place(text));
    let offset = params.after.as_deref().map(place).transpose()?.unwrap_or(0).min(1_000_000);
    let limit = params.limit;
    let filter = Filter {
        stage: params.stage,
        place: params.place,
        text: params.q,
        poc: params.poc,
        due_by: params.due_by,
    };
    let board = app
        .blocking(move |app| {
            app.store().read(|tx| {
                let lines = case::list(tx, sight, &filter, (offset, limit + 1))?;
                let counts = case::counts(tx, sight)?;
                Ok::<_, Problem>(said::board(lines, &counts, offset, limit))
            })
        })
        .await?;
    Ok(private(axum::Json(board)))
}

/// Opens a case; its first event is of the kind `opened`.
#[utoipa::path(
    post, path = "/transfer/cases", operation_id = "open_case", tag = "transfer",
    request_body = NewEvent,
    responses(
        (status = 201, description = "It is open.", body = Acted),
        (status = 200, description = "What opening it would do.", body = Acted),
        Problems
    )
)]
async fn open_case(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewEvent>,
) -> Result<Response> {
    caller.allow(Act::ManageCases)?;
    act(app, caller, None, body).await
}

/// One case, whole: stages, facts, clocks, what can be done, what happened.
#[utoipa::path(
    get, path = "/transfer/cases/{id}", operation_id = "get_case", tag = "transfer",
    params(("id" = String, Path, description = "Id of the case, `K1`.")),
    responses((status = 200, description = "The case.", body = CasePage), Problems)
)]
async fn get_case(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<CaseId>,
    _: Args<()>,
) -> Result<Response> {
    let (sight, asker) = (sight(&caller)?, caller.actor());
    let page = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.store().read(|tx| {
                let side = case::side(tx, sight, id)?;
                let book = app.book(tx)?;
                let whole = case::get(tx, &book, id)?;
                let moves = holidays::moves_of(tx, id.0, 100)?;
                let page = said::case(&book, &whole, &moves, today);
                match side {
                    case::Side::Other => said::for_other_side(page, asker.as_str()),
                    case::Side::Office | case::Side::Unit => Ok::<_, Problem>(page),
                }
            })
        })
        .await?;
    Ok(private(axum::Json(page)))
}

/// Adds what happened to a case, or tries it (`dry_run`): every rule it would break is said.
#[utoipa::path(
    post, path = "/transfer/cases/{id}/events", operation_id = "add_case_event", tag = "transfer",
    params(("id" = String, Path, description = "Id of the case, `K1`.")),
    request_body = NewEvent,
    responses(
        (status = 201, description = "It is written.", body = Acted),
        (status = 200, description = "What it would do.", body = Acted),
        Problems
    )
)]
async fn add_event(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<CaseId>,
    _: Args<()>,
    Json(body): Json<NewEvent>,
) -> Result<Response> {
    caller.allow(Act::ActInCases)?;
    act(app, caller, Some(id), body).await
}

async fn act(app: App, caller: Caller, id: Option<CaseId>, body: NewEvent) -> Result<Response> {
    let (sight, actor) = (sight(&caller)?, caller.actor());
    let dry = body.dry_run.unwrap_or(false);
    let acted = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| {
                let book = app.book(tx)?;
                let ground = Ground { book: &book, schema: app.schema() };
                let event = body.event.clone();
                let mut side = case::Side::Office;
                let acted = match id {
                    None => case::open(tx, &actor, now, ground, event, dry)?,
                    Some(id) => {
                        side = case::side(tx, sight, id)?;
                        said::may_state(side, &event)?;
                        case::act(tx, &actor, now, ground, (id, body.version), event, dry)?
                    }
                };
                let mut acted = said::acted(&book, &acted, !dry);
                if side == case::Side::Other {
                    acted.clocks.retain(said::concerns_other_side);
                }
                Ok::<_, Problem>(acted)
            })
        })
        .await?;
    if dry {
        return Ok(private(axum::Json(acted)));
    }
    let location = format!("/api/v1/transfer/cases/{}", acted.id);
    let mut response = private((StatusCode::CREATED, axum::Json(acted)));
    set(response.headers_mut(), header::LOCATION, &location);
    Ok(response)
}

/// Which periods are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DueParams {
    /// Ending on this day or later; today unless said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: usize,
}

impl FromParams for DueParams {
    fn take(params: &mut Params) -> Result<DueParams> {
        Ok(DueParams { from: params.day("from")?, limit: params.limit()? })
    }
}

/// Periods that run, the first to end first.
#[utoipa::path(
    get, path = "/transfer/due", operation_id = "list_due", tag = "transfer",
    params(DueParams),
    responses((status = 200, description = "Periods.", body = wire::Page<DueItem>), Problems)
)]
async fn list_due(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<DueParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let items = app
        .blocking(move |app| {
            let from = params.from.unwrap_or(app.now().legal_day());
            app.store().read(|tx| {
                let due = case::due(tx, sight, from, params.limit)?;
                Ok::<_, Problem>(due.iter().map(said::due).collect::<Vec<_>>())
            })
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}

/// Which notices are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoticeParams {
    /// `next` of the page before.
    after: Option<String>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: usize,
}

impl FromParams for NoticeParams {
    fn take(params: &mut Params) -> Result<NoticeParams> {
        Ok(NoticeParams { after: params.sent("after")?, limit: params.limit()? })
    }
}

/// Notices of negotiated prices, the newest first: open to everyone.
#[utoipa::path(
    get, path = "/transfer/notices", operation_id = "list_notices", tag = "transfer",
    params(NoticeParams),
    responses((status = 200, description = "Notices.", body = wire::Page<Notice>), Problems)
)]
async fn list_notices(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<NoticeParams>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let place = |text: &str| text.parse().map_err(|_| questions::bad_place(text));
    let before: Option<EventId> = params.after.as_deref().map(place).transpose()?;
    let limit = params.limit;
    let items = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.store().read(|tx| {
                let found = case::notices(tx, before, limit + 1)?;
                Ok::<_, Problem>(found.iter().map(|one| said::notice(one, today)).collect())
            })
        })
        .await?;
    let page = wire::Page::cut(items, limit, |one: &Notice| one.id.clone());
    Ok(private(axum::Json(page)))
}

/// One notice.
#[utoipa::path(
    get, path = "/transfer/notices/{id}", operation_id = "get_notice", tag = "transfer",
    params(("id" = String, Path, description = "Id of the notice, `J12`.")),
    responses((status = 200, description = "The notice.", body = Notice), Problems)
)]
async fn get_notice(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EventId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let one = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let found = app.store().read(|tx| case::notice(tx, id))?;
            Ok(said::notice(&found, today))
        })
        .await?;
    Ok(private(axum::Json(one)))
}

/// Objects to a notice while its window is open. Anyone may.
#[utoipa::path(
    post, path = "/transfer/notices/{id}/objections", operation_id = "object_to_notice",
    tag = "transfer",
    params(("id" = String, Path, description = "Id of the notice, `J12`.")),
    request_body = NewObjection,
    responses((status = 201, description = "It was received.", body = Notice), Problems)
)]
async fn object(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EventId>,
    _: Args<()>,
    Json(body): Json<NewObjection>,
) -> Result<Response> {
    caller.allow(Act::Object)?;
    let actor = caller.actor();
    let one = app
        .blocking(move |app| {
            let now = app.now();
            let text = kernel::text::clean(&body.text, 4_000)
                .map_err(|refusal| Problem::from(refusal).in_body("text"))?
                .to_string();
            if text.chars().count() < 10 {
                let (zh, en) =
                    ("请写明异议的理由(至少10个字)", "say why, in at least 10 characters");
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "E-TEXT-01", zh, en)
                    .rule(en)
                    .in_body("text"));
            }
            app.write(|tx| {
                let notice = case::notice(tx, id)?;
                let book = app.book(tx)?;
                let ground = Ground { book: &book, schema: app.schema() };
                let event = said::objection(now.legal_day(), &text, body.from.as_deref());
                case::act(tx, &actor, now, ground, (notice.case, None), event, false)?;
                Ok::<_, Problem>(said::notice(&case::notice(tx, id)?, now.legal_day()))
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(one))))
}

/// The law as data: parameters in versions with article and confidence, laws, holiday tables.
#[utoipa::path(
    get, path = "/transfer/rules", operation_id = "get_transfer_rules", tag = "transfer",
    responses((status = 200, description = "The rules.", body = Rules), Problems)
)]
async fn get_rules(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::Read)?;
    let rules = app
        .blocking(move |app| app.store().read(|tx| Ok::<_, Problem>(said::rules(&*app.book(tx)?))))
        .await?;
    Ok(private(axum::Json(rules)))
}

/// What each kind of event in a case is stated with.
#[utoipa::path(
    get, path = "/transfer/forms", operation_id = "list_forms", tag = "transfer",
    responses((status = 200, description = "Forms.", body = Vec<Form>), Problems)
)]
async fn list_forms(Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::Read)?;
    Ok(axum::Json(said::forms()?).into_response())
}

/// Adds a holiday table: every period that runs is computed again, and what moves is said.
#[utoipa::path(
    post, path = "/transfer/holidays", operation_id = "set_holidays", tag = "transfer",
    request_body = NewHolidays,
    responses((status = 200, description = "What it moves.", body = HolidayEffect), Problems)
)]
async fn set_holidays(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewHolidays>,
) -> Result<Response> {
    caller.allow(Act::SetCalendar)?;
    let actor = caller.actor();
    let effect = app
        .blocking(move |app| {
            let table = said::table(&body)?;
            let (now, dry) = (app.now(), body.dry_run.unwrap_or(false));
            app.write(|tx| {
                let effect = holidays::add(tx, &actor, now, app.law(), &table, dry)?;
                Ok::<_, Problem>(said::effect(&effect))
            })
        })
        .await?;
    Ok(private(axum::Json(effect)))
}
