//! Questions that people keep, and what is told about them.

use crate::app::App;
use crate::ask::{Args, PageParams, set};
use crate::extract::{IfMatch, Json, Key, Who};
use crate::problem::{Problems, Result, stale};
use crate::questions::Request;
use crate::watch::check_webhook;
use crate::wire;
use crate::wire::question::{NewQuestion, Notify};
use atlas::question::{self as saved, NotificationId, Question, QuestionId, Wish};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Longest address of a question, in characters.
const PATH_CHARS_MAX: usize = 2_000;

/// Questions and notifications.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_questions, save_question))
        .routes(routes!(get_question, change_question, remove_question))
        .routes(routes!(list_notifications))
        .routes(routes!(read_notification))
}

/// One's own questions, in the order of saving.
#[utoipa::path(
    get, path = "/questions", operation_id = "list_questions", tag = "questions",
    params(PageParams),
    responses(
        (status = 200, description = "Questions.", body = wire::Page<wire::Question>),
        Problems
    )
)]
async fn list_questions(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::SaveQuestion)?;
    let place = |text: &str| text.parse().map_err(|_| crate::questions::bad_place(text));
    let after: Option<QuestionId> = page.after.as_deref().map(place).transpose()?;
    let (owner, limit) = (caller.actor(), page.limit);
    let found = app
        .blocking(move |app| {
            Ok(app.store().read(|tx| saved::list(tx, &owner, after, limit + 1))?)
        })
        .await?;
    let items = found.iter().map(of_question).collect();
    Ok(fresh(wire::Page::cut(items, limit, |question: &wire::Question| question.id.clone())))
}

/// Keeps a question; its owner hears when the answer changes.
#[utoipa::path(
    post, path = "/questions", operation_id = "save_question", tag = "questions",
    request_body = NewQuestion,
    responses((status = 201, description = "Kept.", body = wire::Question), Problems)
)]
async fn save_question(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewQuestion>,
) -> Result<Response> {
    caller.allow(Act::SaveQuestion)?;
    let question = app
        .blocking(move |app| {
            let (wish, now, owner) = (wish(app, &body)?, app.now(), caller.actor());
            app.write(|tx| saved::save(tx, &owner, now, &wish))
        })
        .await?;
    let location = format!("/api/v1/questions/{}", question.id);
    let mut response = with_tag(&question);
    *response.status_mut() = StatusCode::CREATED;
    set(response.headers_mut(), header::LOCATION, &location);
    Ok(response)
}

/// One of one's own questions.
#[utoipa::path(
    get, path = "/questions/{id}", operation_id = "get_question", tag = "questions",
    params(("id" = String, Path, description = "Id of the question, `Q1`.")),
    responses((status = 200, description = "The question.", body = wire::Question), Problems)
)]
async fn get_question(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<QuestionId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::SaveQuestion)?;
    let owner = caller.actor();
    let question =
        app.blocking(move |app| Ok(app.store().read(|tx| saved::get(tx, &owner, id))?)).await?;
    Ok(with_tag(&question))
}

/// Changes a question.
#[utoipa::path(
    put, path = "/questions/{id}", operation_id = "change_question", tag = "questions",
    params(
        ("id" = String, Path, description = "Id of the question, `Q1`."),
        ("If-Match" = String, Header, description = "`etag` of the question.")
    ),
    request_body = NewQuestion,
    responses((status = 200, description = "As it is now.", body = wire::Question), Problems)
)]
async fn change_question(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<QuestionId>,
    version: IfMatch,
    _: Args<()>,
    Json(body): Json<NewQuestion>,
) -> Result<Response> {
    caller.allow(Act::SaveQuestion)?;
    let version = number(&version)?;
    let question = app
        .blocking(move |app| {
            let (wish, now, owner) = (wish(app, &body)?, app.now(), caller.actor());
            app.write(|tx| saved::change(tx, &owner, now, (id, version), &wish))
        })
        .await?;
    Ok(with_tag(&question))
}

/// Removes a question.
#[utoipa::path(
    delete, path = "/questions/{id}", operation_id = "remove_question", tag = "questions",
    params(
        ("id" = String, Path, description = "Id of the question, `Q1`."),
        ("If-Match" = String, Header, description = "`etag` of the question.")
    ),
    responses((status = 204, description = "It is gone."), Problems)
)]
async fn remove_question(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<QuestionId>,
    version: IfMatch,
    _: Args<()>,
) -> Result<StatusCode> {
    caller.allow(Act::SaveQuestion)?;
    let version = number(&version)?;
    app.blocking(move |app| {
        let (now, owner) = (app.now(), caller.actor());
        app.write(|tx| saved::remove(tx, &owner, now, (id, version)))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What there is to read about one's questions, newest first.
#[utoipa::path(
    get, path = "/notifications", operation_id = "list_notifications", tag = "questions",
    params(PageParams),
    responses(
        (status = 200, description = "Notifications.", body = wire::Page<wire::Notification>),
        Problems
    )
)]
async fn list_notifications(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::SaveQuestion)?;
    let place = |text: &str| text.parse().map_err(|_| crate::questions::bad_place(text));
    let before: Option<NotificationId> = page.after.as_deref().map(place).transpose()?;
    let (owner, limit) = (caller.actor(), page.limit);
    let found = app
        .blocking(move |app| {
            Ok(app.store().read(|tx| saved::notifications(tx, &owner, before, limit + 1))?)
        })
        .await?;
    let items = found.iter().map(of_notification).collect();
    Ok(fresh(wire::Page::cut(items, limit, |one: &wire::Notification| one.id.clone())))
}

/// Notes that a notification was read.
#[utoipa::path(
    post, path = "/notifications/{id}/read", operation_id = "read_notification",
    tag = "questions",
    params(("id" = String, Path, description = "Id of the notification, `N1`.")),
    responses((status = 204, description = "Noted."), Problems)
)]
async fn read_notification(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<NotificationId>,
    _: Args<()>,
) -> Result<StatusCode> {
    caller.allow(Act::SaveQuestion)?;
    app.blocking(move |app| {
        let (now, owner) = (app.now(), caller.actor());
        Ok(app.store().write(|tx| saved::mark_read(tx, &owner, now, id))?)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A question as it comes in, checked: it must be one that has an answer.
fn wish(app: &App, body: &NewQuestion) -> Result<Wish> {
    let title = kernel::text::clean_name(&body.title).map_err(|r| r.column("title"))?;
    let path = kernel::text::clean(&body.path, PATH_CHARS_MAX).map_err(|r| r.column("path"))?;
    Request::parse(path, app.now()).map_err(|problem| problem.in_body("path"))?;
    let webhook = body.notify.webhook.as_deref().filter(|text| !text.trim().is_empty());
    Ok(Wish {
        title: title.chars().take(200).collect(),
        path: path.to_string(),
        webhook: webhook.map(|text| check_webhook(app, text)).transpose()?,
    })
}

/// The version that `If-Match` names; none is any.
fn number(version: &IfMatch) -> Result<Option<i64>> {
    match version.0.as_str() {
        "*" => Ok(None),
        text => text.parse().map(Some).map_err(|_| stale("question", text)),
    }
}

fn of_question(question: &Question) -> wire::Question {
    wire::Question {
        id: question.id.to_string(),
        title: question.title.clone(),
        path: question.path.clone(),
        notify: Notify { app: true, webhook: question.webhook.clone() },
        last_checked: question.checked.map(|at| at.to_string()),
        changed: question.changed,
        etag: format!("\"{}\"", question.version),
    }
}

fn of_notification(notification: &saved::Notification) -> wire::Notification {
    wire::Notification {
        id: notification.id.to_string(),
        question: notification.question.to_string(),
        at: notification.at.to_string(),
        title: notification.title.clone(),
        read: notification.read,
    }
}

fn with_tag(question: &Question) -> Response {
    let question = of_question(question);
    let tag = question.etag.clone();
    let mut response = fresh(question);
    set(response.headers_mut(), header::ETAG, &tag);
    response
}

/// An answer that nobody keeps.
fn fresh(answer: impl serde::Serialize) -> Response {
    let mut response = axum::Json(answer).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
