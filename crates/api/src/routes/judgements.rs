//! Judgements: whether two entities are one, and how that is undone.

use crate::app::App;
use crate::ask::{Args, PageParams, set};
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::wire;
use crate::wire::judgement::{Judgement, NewJudgement, PairPage};
use atlas::AsOf;
use atlas::judgement::{self, JudgementId, Verdict, Wish};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Pairs and judgements.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_pairs))
        .routes(routes!(list_judgements, judge))
        .routes(routes!(undo_judgement))
}

/// Pairs of entities that may be one, the most likely first.
#[utoipa::path(
    get, path = "/pairs", operation_id = "list_pairs", tag = "judgements",
    params(questions::PairParams, PageParams),
    responses((status = 200, description = "Pairs.", body = PairPage), Problems)
)]
async fn list_pairs(
    State(app): State<App>,
    Who(caller): Who,
    Args((params, page)): Args<(questions::PairParams, PageParams)>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let found = app
        .blocking(move |app| {
            let as_of = AsOf { valid: app.now().day(), known: None };
            app.ask(as_of, |asked| questions::pairs(asked, app.pairs(), &params, &page))
        })
        .await?;
    let mut response = axum::Json(found).into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Judgements, newest first; undone ones among them.
#[utoipa::path(
    get, path = "/judgements", operation_id = "list_judgements", tag = "judgements",
    params(PageParams),
    responses(
        (status = 200, description = "Judgements.", body = wire::Page<Judgement>),
        Problems
    )
)]
async fn list_judgements(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let place = |text: &str| text.parse().map_err(|_| questions::bad_place(text));
    let before: Option<JudgementId> = page.after.as_deref().map(place).transpose()?;
    let limit = page.limit;
    let items = app
        .blocking(move |app| {
            let as_of = AsOf { valid: app.now().day(), known: None };
            app.ask(as_of, |asked| {
                let found = judgement::list(asked.tx, before, limit + 1)?;
                let look = asked.look();
                Ok(found.iter().map(|one| look.judgement(one)).collect::<Vec<_>>())
            })
        })
        .await?;
    let page = wire::Page::cut(items, limit, |one: &Judgement| one.id.clone());
    let mut response = axum::Json(page).into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Says of two entities whether they are one. Nothing is lost: undoing it parts them again.
#[utoipa::path(
    post, path = "/judgements", operation_id = "judge", tag = "judgements",
    request_body = NewJudgement,
    responses((status = 201, description = "As it was recorded.", body = Judgement), Problems)
)]
async fn judge(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewJudgement>,
) -> Result<Response> {
    caller.allow(Act::Judge)?;
    let actor = caller.actor();
    let one = app
        .blocking(move |app| {
            let (wish, now) = (read(&body)?, app.now());
            let id = app.write(|tx| {
                let one = judgement::judge(tx, app.schema(), &actor, now, &wish)?;
                Ok::<_, Problem>(one.id)
            })?;
            let as_of = AsOf { valid: now.day(), known: None };
            app.ask(as_of, |asked| {
                let one = judgement::get(asked.tx, id)?;
                Ok(asked.look().judgement(&one))
            })
        })
        .await?;
    let location = format!("/api/v1/judgements/{}", one.id);
    let mut response = (StatusCode::CREATED, axum::Json(one)).into_response();
    set(response.headers_mut(), header::LOCATION, &location);
    Ok(response)
}

fn read(body: &NewJudgement) -> Result<Wish> {
    let verdict = Verdict::from_name(&body.verdict).ok_or_else(|| {
        let en = "a verdict is positive, negative or unsure";
        let zh = "判断应为 positive、negative 或 unsure";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "E-ER-06", zh, en)
            .rule(en)
            .file("body")
            .column("verdict")
            .value(&body.verdict)
    })?;
    let entity = |text: &str, column: &str| {
        text.parse::<kernel::EntityId>().map_err(|refusal| refusal.file("body").column(column))
    };
    Ok(Wish {
        left: entity(&body.left, "left")?,
        right: entity(&body.right, "right")?,
        verdict,
        reason: body.reason.clone(),
    })
}

/// Undoes a judgement; it stays in history.
#[utoipa::path(
    delete, path = "/judgements/{id}", operation_id = "undo_judgement", tag = "judgements",
    params(("id" = String, Path, description = "Id of the judgement, `M1`.")),
    responses((status = 204, description = "It no longer counts."), Problems)
)]
async fn undo_judgement(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JudgementId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::Judge)?;
    let actor = caller.actor();
    app.blocking(move |app| {
        let now = app.now();
        app.write(|tx| Ok::<_, Problem>(judgement::undo(tx, &actor, now, id)?))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
