//! The calculators: periods, distributions, ledgers and deals, with nothing kept of them.

use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::routes::transfer::private;
use crate::wire::transfer::{Calculation, Due, NewCalculation};
use axum::extract::State;
use axum::response::Response;
use identity::Act;
use kernel::Day;
use kernel::calendar::{Count, Roll};
use serde_json::Value;
use transfer_rules::check::{Deal, check};
use transfer_rules::distribution::{Distribute, Tables, distribute};
use transfer_rules::equity::{Dilute, dilute};
use transfer_rules::input;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calculators.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(compute_due))
        .routes(routes!(compute_distribution))
        .routes(routes!(compute_dilution))
        .routes(routes!(check_deal))
}

/// A period.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DueParams {
    /// The day it starts on; not counted.
    #[param(value_type = String, format = Date)]
    from: Day,
    /// How many.
    #[param(minimum = 1, maximum = 40000)]
    count: u32,
    /// `day`, `workday`, `month` or `year`.
    unit: String,
    /// `any_non_working_day` unless said, `statutory_holiday` or `none`.
    roll: Option<String>,
}

impl FromParams for DueParams {
    fn take(params: &mut Params) -> Result<DueParams> {
        let from = params.need("from")?;
        let from = Day::parse(&from).map_err(|refusal| crate::params::bad("from", refusal))?;
        let count = params.need("count")?;
        let number = count.parse::<u32>().ok().filter(|number| (1..=40_000).contains(number));
        let count = number.ok_or_else(|| crate::params::wrong("E-QUERY-02", "count", &count))?;
        let unit = params.need("unit")?;
        Ok(DueParams { from, count, unit, roll: params.one("roll")? })
    }
}

/// When a period ends.
#[utoipa::path(
    get, path = "/transfer/period", operation_id = "compute_due", tag = "transfer",
    params(DueParams),
    responses((status = 200, description = "Its last day.", body = Due), Problems)
)]
async fn compute_due(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<DueParams>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let count = Count::from_name(&params.unit)
        .ok_or_else(|| crate::params::wrong("E-QUERY-02", "unit", &params.unit))?;
    let roll = params.roll.as_deref().unwrap_or("any_non_working_day");
    let roll =
        Roll::from_name(roll).ok_or_else(|| crate::params::wrong("E-QUERY-02", "roll", roll))?;
    let due = app
        .blocking(move |app| {
            let book = app.store().read(|tx| app.book(tx))?;
            Ok(book.calendar().due(params.from, params.count, count, roll)?)
        })
        .await?;
    Ok(private(axum::Json(Due {
        last_day: due.last.to_string(),
        next_day: due.next_day().to_string(),
        ends: due.end.to_string(),
        tables: due.tables.clone(),
        assumed: due.assumed.iter().map(|year| i64::from(*year)).collect(),
    })))
}

async fn compute(
    app: App,
    body: NewCalculation,
    run: impl FnOnce(Value, &schema::Rulebook, Day) -> std::result::Result<Value, kernel::Refusal>
    + Send
    + 'static,
) -> Result<Response> {
    let result = app
        .blocking(move |app| {
            let book = app.store().read(|tx| app.book(tx))?;
            let known = app.now().legal_day().next();
            run(body.input, &book, known).map_err(|refusal| Problem::from(refusal).file("body"))
        })
        .await?;
    Ok(private(axum::Json(Calculation { result })))
}

/// Distributes an income among people, unit and office, with its proof. Nothing is kept.
#[utoipa::path(
    post, path = "/transfer/distribution", operation_id = "compute_distribution", tag = "transfer",
    request_body = NewCalculation,
    responses((status = 200, description = "Who receives how much.", body = Calculation), Problems)
)]
async fn compute_distribution(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewCalculation>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    compute(app, body, |value, book, known| {
        let facts: Distribute = input::take(value)?;
        let on = facts.on.or(facts.receipts.last().map(|one| one.on)).map_or(known, |on| on.0);
        let law = book.lookup(&facts.place, on, known);
        distribute(&facts, Tables::shipped()?, &law).map(|done| done.json())
    })
    .await
}

/// Keeps the ledger of a company that a result was contributed to. Nothing is kept.
#[utoipa::path(
    post, path = "/transfer/dilution", operation_id = "compute_dilution", tag = "transfer",
    request_body = NewCalculation,
    responses((status = 200, description = "Who holds what.", body = Calculation), Problems)
)]
async fn compute_dilution(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewCalculation>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    compute(app, body, |value, book, known| {
        let facts: Dilute = input::take(value)?;
        let law = book.lookup(&facts.place, facts.founding.on.0, known);
        dilute(&facts, &law).map(|done| done.json())
    })
    .await
}

/// Judges a deal with its events: every guard, refusal, date and amount. Nothing is kept.
#[utoipa::path(
    post, path = "/transfer/check", operation_id = "check_deal", tag = "transfer",
    request_body = NewCalculation,
    responses((status = 200, description = "Step by step.", body = Calculation), Problems)
)]
async fn check_deal(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewCalculation>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    compute(app, body, |value, book, _| {
        let deal: Deal = input::take(value)?;
        check(&deal, book).map(|done| done.json)
    })
    .await
}
