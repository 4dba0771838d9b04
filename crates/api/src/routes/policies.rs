//! Policies: the catalogue, and what would come of them; open to everyone, nothing is kept.

use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::questions::policy as said;
use crate::routes::transfer::private;
use crate::wire::policy::{Catalogue, Evaluation, NewEvaluation, PolicyPage};
use axum::extract::State;
use axum::response::Response;
use identity::Act;
use kernel::Day;
use policy_rules::{Facts, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of policies.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_policies))
        .routes(routes!(get_policy))
        .routes(routes!(evaluate_policies))
}

/// For which day.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DayParams {
    /// The day; today unless said.
    #[param(value_type = Option<String>, format = Date)]
    pub(super) as_of: Option<Day>,
}

impl FromParams for DayParams {
    fn take(params: &mut Params) -> Result<DayParams> {
        let as_of = match params.one("as_of")? {
            Some(text) => {
                Some(Day::parse(&text).map_err(|refusal| crate::params::bad("as_of", refusal))?)
            }
            None => None,
        };
        Ok(DayParams { as_of })
    }
}

/// The policies that hold on a day, and every fact that they ask.
#[utoipa::path(
    get, path = "/policies", operation_id = "get_policies", tag = "policy",
    params(DayParams),
    responses((status = 200, description = "The catalogue.", body = Catalogue), Problems)
)]
async fn get_policies(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<DayParams>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let today = app.now().legal_day();
    let moment = said::moment(params.as_of.unwrap_or(today), today);
    let catalogue = app
        .blocking(move |app| {
            let shelf = app.store().read(|tx| app.shelf(tx))?;
            Ok(said::catalogue(&shelf, moment))
        })
        .await?;
    Ok(private(axum::Json(catalogue)))
}

/// One policy: conditions, figures with their articles, materials, tests.
#[utoipa::path(
    get, path = "/policies/{id}", operation_id = "get_policy", tag = "policy",
    params(("id" = String, Path, description = "Id of the policy."), DayParams),
    responses((status = 200, description = "The policy.", body = PolicyPage), Problems)
)]
async fn get_policy(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<String>,
    Args(params): Args<DayParams>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let today = app.now().legal_day();
    let moment = said::moment(params.as_of.unwrap_or(today), today);
    let page = app
        .blocking(move |app| {
            let (book, shelf) =
                app.store().read(|tx| Ok::<_, Problem>((app.book(tx)?, app.shelf(tx)?)))?;
            let found = shelf.at(moment).into_iter().find(|policy| policy.id == id);
            let policy = found.ok_or_else(|| Problem::missing("policy", &id))?;
            Ok(said::page(policy, moment, book.calendar()))
        })
        .await?;
    Ok(private(axum::Json(page)))
}

/// Works out policies for facts: what is granted, what is missing, what would flip it.
#[utoipa::path(
    post, path = "/policies/evaluation", operation_id = "evaluate_policies", tag = "policy",
    request_body = NewEvaluation,
    responses((status = 200, description = "What came of it.", body = Evaluation), Problems)
)]
async fn evaluate_policies(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewEvaluation>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let today = app.now().legal_day();
    let on = match &body.as_of {
        Some(text) => {
            Day::parse(text).map_err(|refusal| Problem::from(refusal).in_body("as_of"))?
        }
        None => today,
    };
    let moment = said::moment(on, today);
    let result = app
        .blocking(move |app| {
            let (book, shelf) =
                app.store().read(|tx| Ok::<_, Problem>((app.book(tx)?, app.shelf(tx)?)))?;
            let facts = Facts::from_json(&body.facts)
                .map_err(|refusal| Problem::from(refusal).file("body"))?;
            let calendar = book.calendar();
            let answer = match &body.policy {
                Some(id) => {
                    let found = shelf.at(moment).into_iter().find(|policy| policy.id == *id);
                    let policy = found.ok_or_else(|| Problem::missing("policy", id))?;
                    json::one(policy, &facts, moment, calendar).map(|(_, said)| said)
                }
                None => json::all(&shelf, &facts, moment, calendar).map(|mut said| {
                    // Proofs are asked for one by one: all of them are hundreds of kilobytes.
                    for one in said["policies"].as_array_mut().into_iter().flatten() {
                        if let Some(one) = one.as_object_mut() {
                            one.remove("proof");
                        }
                    }
                    said
                }),
            };
            answer.map_err(|refusal| Problem::from(refusal).file("body"))
        })
        .await?;
    Ok(private(axum::Json(Evaluation { result })))
}
