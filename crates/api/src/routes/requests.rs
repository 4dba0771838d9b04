//! Requests of firms and residents: brought, settled by working-day clocks, rated.

use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::questions::{self, service as said};
use crate::routes::transfer::private;
use crate::wire::service::{NewRequest, RequestBoard, RequestPage, RequestStep};
use atlas::AsOf;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::{Act, Caller, Role};
use kernel::EntityId;
use serde_json::json;
use service::Sight;
use service::request::{self, Filter, RequestId};
use service::request_rules::Step;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Requests.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, file_request))
        .routes(routes!(get_request))
        .routes(routes!(step_request))
}

/// What of services a caller sees.
pub(super) fn sight(caller: &Caller) -> Result<Sight> {
    caller.allow(Act::UseServices)?;
    let account = caller.actor().as_str().to_string();
    if caller.role() > Role::Member {
        return Ok(Sight::All);
    }
    let firm: Option<EntityId> = caller.organization().and_then(|key| key.parse().ok());
    Ok(match firm {
        Some(firm) => Sight::Firm(firm.0, account),
        None => Sight::Own(account),
    })
}

/// Which requests are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestParams {
    /// `open`, `answered`, `call_back` or `closed`.
    #[param(min_length = 1, max_length = 20)]
    state: Option<String>,
    /// Only those the caller is to settle.
    #[param(value_type = Option<bool>)]
    mine: bool,
    /// Only those whose day has passed.
    #[param(value_type = Option<bool>)]
    late: bool,
    /// Where the page begins.
    after: Option<String>,
    /// Lines on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: usize,
}

impl FromParams for RequestParams {
    fn take(params: &mut Params) -> Result<RequestParams> {
        Ok(RequestParams {
            state: params.text("state", 20)?,
            mine: params.flag("mine")?,
            late: params.flag("late")?,
            after: params.sent("after")?,
            limit: params.limit()?,
        })
    }
}

/// The desk: requests by what is due first.
#[utoipa::path(
    get, path = "/requests", operation_id = "list_requests", tag = "service",
    params(RequestParams),
    responses((status = 200, description = "Requests.", body = RequestBoard), Problems)
)]
async fn list_requests(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<RequestParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let place = |text: &str| text.parse::<usize>().map_err(|_| questions::bad_place(text));
    let offset = params.after.as_deref().map(place).transpose()?.unwrap_or(0).min(1_000_000);
    let limit = params.limit;
    let own = caller.actor().as_str().to_string();
    let board = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let filter = Filter {
                state: params.state,
                assigned: params.mine.then_some(own),
                late_on: params.late.then_some(today),
            };
            app.ask(AsOf { valid: today, known: None }, |asked| {
                let lines = request::list(asked.tx, &sight, &filter, (offset, limit + 1))?;
                let counts = request::counts(asked.tx, &sight, today)?;
                Ok(said::request_board(asked, lines, counts, (offset, limit, today)))
            })
        })
        .await?;
    Ok(private(axum::Json(board)))
}

fn answer(app: &App, sight: &Sight, caller: &str, id: RequestId) -> Result<RequestPage> {
    let today = app.now().legal_day();
    app.ask(AsOf { valid: today, known: None }, |asked| {
        let book = app.book(asked.tx)?;
        let whole = request::get(asked.tx, app.service_law(&book), sight, id)?;
        let asks =
            whole.asker == caller || (!sight.is_office() && whole.firm == Some(sight.firm()));
        Ok(said::request_page(
            asked,
            app.service_law(&book),
            &whole,
            (sight.is_office(), asks),
            today,
        ))
    })
}

/// Brings a request. A member's is of their firm, unless it is a resident's.
#[utoipa::path(
    post, path = "/requests", operation_id = "file_request", tag = "service",
    request_body = NewRequest,
    responses((status = 201, description = "It is kept.", body = RequestPage), Problems)
)]
async fn file_request(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewRequest>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let step = json!({"kind": "filed", "lane": body.lane, "title": body.title,
                "text": body.text});
            let step = read(step)?;
            let firm = match (&sight, body.lane.as_str()) {
                (_, "resident") => None,
                (Sight::Firm(firm, _), _) => Some(*firm),
                (Sight::All, _) => entity(body.firm.as_deref(), "firm")?.map(|firm| firm.0),
                (Sight::Own(_), _) => None,
            };
            let now = app.now();
            let id = app.write(|tx| {
                if let Some(firm) = firm {
                    atlas::outcome::exists(tx, EntityId(firm))?;
                }
                let book = app.book(tx)?;
                let whole =
                    request::file(tx, (&actor, now), app.service_law(&book), firm, step.clone())?;
                Ok::<_, Problem>(whole.id)
            })?;
            answer(app, &sight, actor.as_str(), id)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(page))))
}

/// An entity by its id in the body.
pub(super) fn entity(text: Option<&str>, member: &str) -> Result<Option<EntityId>> {
    let read = |text: &str| {
        text.parse::<EntityId>().map_err(|refusal| Problem::from(refusal).in_body(member))
    };
    text.map(read).transpose()
}

fn read(step: serde_json::Value) -> Result<Step> {
    serde_json::from_value(step).map_err(|error| {
        let text = error.to_string();
        let (zh, en) = ("这一步的内容不符合要求", "the step is not of its form");
        let refusal = kernel::Refusal::new("E-INPUT-01", "steps of a request", zh, en);
        Problem::from(refusal.column("step").value(&text))
    })
}

/// A request with its clocks and its history.
#[utoipa::path(
    get, path = "/requests/{id}", operation_id = "get_request", tag = "service",
    params(("id" = String, Path, description = "Id of the request, `H1`.")),
    responses((status = 200, description = "The request.", body = RequestPage), Problems)
)]
async fn get_request(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<RequestId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let own = caller.actor().as_str().to_string();
    let page = app.blocking(move |app| answer(app, &sight, &own, id)).await?;
    Ok(private(axum::Json(page)))
}

/// Says what happens to a request: who asked rates it, the office settles it.
#[utoipa::path(
    post, path = "/requests/{id}/steps", operation_id = "step_request", tag = "service",
    params(("id" = String, Path, description = "Id of the request, `H1`.")),
    request_body = RequestStep,
    responses((status = 201, description = "As it is now.", body = RequestPage), Problems)
)]
async fn step_request(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<RequestId>,
    _: Args<()>,
    Json(body): Json<RequestStep>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let step = read(body.step)?;
            let now = app.now();
            app.write(|tx| {
                let book = app.book(tx)?;
                let at = (id, body.version);
                request::act(tx, (&actor, now), app.service_law(&book), &sight, at, step.clone())?;
                Ok::<_, Problem>(())
            })?;
            answer(app, &sight, actor.as_str(), id)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(page))))
}
