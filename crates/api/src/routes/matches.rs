//! Matching: what fits a demand, and what came of it.

use crate::app::App;
use crate::ask::{Args, PageParams, set};
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::wire;
use crate::wire::matching::{Answer, MatchVocabulary, Matches, NewAnswer, NewMatch};
use atlas::AsOf;
use atlas::answer::{self, AnswerId, Reply, Wish};
use atlas::demand::{Demand, LIMIT_MAX};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Results of one question unless it says otherwise.
const LIMIT_DEFAULT: i64 = 10;

/// Matching and answers.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_match_vocabulary))
        .routes(routes!(find_matches))
        .routes(routes!(list_answers, answer_match))
        .routes(routes!(take_answer_back))
}

/// What a demand may ask for, and why an offer may be declined.
#[utoipa::path(
    get, path = "/match-vocabulary", operation_id = "get_match_vocabulary", tag = "matching",
    responses((status = 200, description = "The vocabulary.", body = MatchVocabulary), Problems)
)]
async fn get_match_vocabulary(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    Ok(axum::Json(questions::vocabulary(app.rules())?).into_response())
}

/// What of the atlas fits a demand, with reasons and the condition table. Nothing is kept of it.
#[utoipa::path(
    post, path = "/matches", operation_id = "find_matches", tag = "matching",
    request_body = NewMatch,
    responses((status = 200, description = "What fits, best first.", body = Matches), Problems)
)]
async fn find_matches(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewMatch>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let limit = body.limit.unwrap_or(LIMIT_DEFAULT);
    let limit = usize::try_from(limit).ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
    let limit = limit.ok_or_else(|| {
        let (zh, en) = ("结果数应为1至50", "between 1 and 50 results are given");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "E-MATCH-13", zh, en)
            .rule(en)
            .file("body")
            .column("limit")
    })?;
    let found = app
        .blocking(move |app| {
            let demand = Demand::from(&body.demand);
            crate::find_matches(app, &demand, limit)
        })
        .await?;
    let mut response = axum::Json(found).into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Answers, newest first; those taken back among them.
#[utoipa::path(
    get, path = "/answers", operation_id = "list_answers", tag = "matching",
    params(PageParams),
    responses((status = 200, description = "Answers.", body = wire::Page<Answer>), Problems)
)]
async fn list_answers(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::AnswerMatch)?;
    let place = |text: &str| text.parse().map_err(|_| questions::bad_place(text));
    let before: Option<AnswerId> = page.after.as_deref().map(place).transpose()?;
    let limit = page.limit;
    let items = app
        .blocking(move |app| {
            let as_of = AsOf { valid: app.now().day(), known: None };
            app.ask(as_of, |asked| {
                let found = answer::list(asked.tx, before, limit + 1)?;
                let look = asked.look();
                Ok(found.iter().map(|one| look.answer(app.rules(), one)).collect::<Vec<_>>())
            })
        })
        .await?;
    let page = wire::Page::cut(items, limit, |one: &Answer| one.id.clone());
    let mut response = axum::Json(page).into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Answers an offer; the order of later results learns from it.
#[utoipa::path(
    post, path = "/answers", operation_id = "answer_match", tag = "matching",
    request_body = NewAnswer,
    responses((status = 201, description = "As it was recorded.", body = Answer), Problems)
)]
async fn answer_match(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewAnswer>,
) -> Result<Response> {
    caller.allow(Act::AnswerMatch)?;
    let actor = caller.actor();
    let one = app
        .blocking(move |app| {
            let (wish, now) = (read(app, &body)?, app.now());
            let given = app.write(|tx| Ok::<_, Problem>(answer::give(tx, &actor, now, &wish)?))?;
            let as_of = AsOf { valid: now.day(), known: None };
            app.ask(as_of, |asked| Ok(asked.look().answer(app.rules(), &given)))
        })
        .await?;
    let location = format!("/api/v1/answers/{}", one.id);
    let mut response = (StatusCode::CREATED, axum::Json(one)).into_response();
    set(response.headers_mut(), header::LOCATION, &location);
    Ok(response)
}

fn read(app: &App, body: &NewAnswer) -> Result<Wish> {
    let demand = Demand::from(&body.demand);
    demand.check(app.rules())?;
    let refusal = |code: &'static str, zh: &str, en: &str| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).rule(en).file("body")
    };
    let reply = Reply::from_name(&body.verdict).ok_or_else(|| {
        refusal("E-MATCH-14", "答复应为 accept 或 decline", "an answer is accept or decline")
            .column("verdict")
            .value(&body.verdict)
    })?;
    let reason = body.reason.as_deref().filter(|code| !code.is_empty());
    if let Some(code) = reason.filter(|code| app.rules().reason(code).is_none()) {
        let en = "a reason is one of the vocabulary's";
        return Err(refusal("E-MATCH-08", "理由应取自词表", en).column("reason").value(code));
    }
    let entity = body
        .entity
        .parse()
        .map_err(|refusal: kernel::Refusal| refusal.file("body").column("entity"))?;
    let title = if demand.title.trim().is_empty() { &demand.text } else { &demand.title };
    Ok(Wish {
        demand: demand.canonical(),
        title: title.trim().chars().take(200).collect(),
        entity,
        reply,
        reason: reason.map(str::to_string),
        note: body.note.clone(),
    })
}

/// Takes an answer back; the ranking forgets it, history does not.
#[utoipa::path(
    delete, path = "/answers/{id}", operation_id = "take_answer_back", tag = "matching",
    params(("id" = String, Path, description = "Id of the answer, `O1`.")),
    responses((status = 204, description = "It no longer counts."), Problems)
)]
async fn take_answer_back(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<AnswerId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::AnswerMatch)?;
    let actor = caller.actor();
    app.blocking(move |app| {
        let now = app.now();
        app.write(|tx| Ok::<_, Problem>(answer::take_back(tx, &actor, now, id)?))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
