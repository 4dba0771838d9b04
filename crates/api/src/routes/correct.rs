//! Writes to the atlas: corrections, and sources taken out and brought back.

use crate::app::App;
use crate::ask::{Args, set};
use crate::extract::{IfMatch, Json, Key, Who};
use crate::problem::{Problem, Problems, Result, stale};
use crate::questions;
use crate::wire;
use crate::wire::correction::NewStatement;
use atlas::{AsOf, correct, source};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use identity::Act;
use kernel::{Actor, StatementId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Corrections, withdrawals, restorations.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(supersede_statement))
        .routes(routes!(retract_statement))
        .routes(routes!(withdraw_source))
        .routes(routes!(restore_source))
}

/// Why something is done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// 1 to 500 characters.
    reason: String,
}

/// Records what is right in place of a statement; both stay in history.
#[utoipa::path(
    post, path = "/statements/{id}/supersede", operation_id = "supersede_statement",
    tag = "statements",
    params(("id" = String, Path, description = "Id of the statement, `S34`.")),
    request_body = NewStatement,
    responses((status = 200, description = "The correction.", body = wire::Statement), Problems)
)]
async fn supersede_statement(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<StatementId>,
    _: Args<()>,
    Json(body): Json<NewStatement>,
) -> Result<Response> {
    caller.allow(Act::Correct)?;
    let actor = caller.actor();
    let statement = app.blocking(move |app| supersede(app, &actor, id, &body)).await?;
    Ok(axum::Json(statement).into_response())
}

fn supersede(
    app: &App,
    actor: &Actor,
    id: StatementId,
    body: &NewStatement,
) -> Result<wire::Statement> {
    let now = app.now();
    let as_of = AsOf { valid: now.day(), known: None };
    let correction = app.ask(as_of, |asked| body.read(asked.look()))?;
    let new = app.write(|tx| {
        let correction = correction.clone();
        Ok::<_, Problem>(correct::supersede(tx, app.schema(), actor, now, id, correction)?)
    })?;
    app.ask(as_of, |asked| questions::statement(asked, new))
}

/// Takes a statement back without another in its place; it stays in history.
#[utoipa::path(
    post, path = "/statements/{id}/retract", operation_id = "retract_statement",
    tag = "statements",
    params(("id" = String, Path, description = "Id of the statement, `S34`.")),
    request_body = Reason,
    responses((status = 200, description = "As it ended.", body = wire::Statement), Problems)
)]
async fn retract_statement(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<StatementId>,
    _: Args<()>,
    Json(body): Json<Reason>,
) -> Result<Response> {
    caller.allow(Act::Correct)?;
    let actor = caller.actor();
    let statement = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| Ok::<_, Problem>(correct::retract(tx, &actor, now, id, &body.reason)?))?;
            let as_of = AsOf { valid: now.day(), known: None };
            app.ask(as_of, |asked| questions::statement(asked, id))
        })
        .await?;
    Ok(axum::Json(statement).into_response())
}

/// Takes a source, and the documents it cites, out of today's view; history stays.
#[utoipa::path(
    post, path = "/sources/{key}/withdraw", operation_id = "withdraw_source", tag = "sources",
    params(
        ("key" = String, Path, description = "Key of the source, as one segment."),
        ("If-Match" = String, Header, description = "`version` of the source, in quotes.")
    ),
    request_body = Reason,
    responses((status = 200, description = "As it is now.", body = wire::SourcePage), Problems)
)]
async fn withdraw_source(
    State(app): State<App>,
    Who(caller): Who,
    Key(key): Key<String>,
    version: IfMatch,
    _: Args<()>,
    Json(body): Json<Reason>,
) -> Result<Response> {
    caller.allow(Act::WithdrawSource)?;
    turn(&app, caller.actor(), key, version, body.reason, true).await
}

/// Brings a withdrawn source back.
#[utoipa::path(
    post, path = "/sources/{key}/restore", operation_id = "restore_source", tag = "sources",
    params(
        ("key" = String, Path, description = "Key of the source, as one segment."),
        ("If-Match" = String, Header, description = "`version` of the source, in quotes.")
    ),
    request_body = Reason,
    responses((status = 200, description = "As it is now.", body = wire::SourcePage), Problems)
)]
async fn restore_source(
    State(app): State<App>,
    Who(caller): Who,
    Key(key): Key<String>,
    version: IfMatch,
    _: Args<()>,
    Json(body): Json<Reason>,
) -> Result<Response> {
    caller.allow(Act::WithdrawSource)?;
    turn(&app, caller.actor(), key, version, body.reason, false).await
}

async fn turn(
    app: &App,
    actor: Actor,
    key: String,
    version: IfMatch,
    reason: String,
    withdraw: bool,
) -> Result<Response> {
    let expected = match version.0.as_str() {
        "*" => None,
        text => Some(text.parse::<i64>().map_err(|_| stale("source", text))?),
    };
    let source = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| -> Result<kernel::EventId> {
                Ok(match withdraw {
                    true => source::withdraw(tx, &actor, now, &key, &reason, expected)?,
                    false => source::restore(tx, &actor, now, &key, &reason, expected)?,
                })
            })?;
            let as_of = AsOf { valid: now.day(), known: None };
            app.ask(as_of, |asked| questions::source(asked, &key))
        })
        .await?;
    let tag = format!("\"{}\"", source.source.version);
    let mut response = axum::Json(source).into_response();
    set(response.headers_mut(), header::ETAG, &tag);
    Ok(response)
}
