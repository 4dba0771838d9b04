//! What comes out of cases: the annual report, the survey, the radar, packs, calendars, feeds.

use crate::app::App;
use crate::ask::{Args, set};
use crate::extract::{Key, Who};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::questions::transfer as said;
use crate::routes::transfer::{private, sight};
use crate::wire;
use crate::wire::proof::Proof;
use crate::wire::transfer::{CapTable, Figure, Portfolio, Prior, Report, Stalled};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use identity::Act;
use kernel::Day;
use transfer::case::{self, CaseId};
use transfer::{portfolio, prior, report};
use transfer_rules::activity;
use transfer_rules::input::On;
use transfer_rules::{autm, report as rules};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Reports, packs and feeds.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_report))
        .routes(routes!(list_stalled))
        .routes(routes!(get_pack))
        .routes(routes!(get_cap_table))
        .routes(routes!(list_prior))
        .routes(routes!(get_portfolio))
        .routes(routes!(get_notice_feed))
}

/// Which year.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct YearParams {
    /// The year.
    #[param(minimum = 1990, maximum = 2100)]
    year: usize,
    /// Whose law it is made by, such as `shanghai`; without one, that of most cases.
    #[param(min_length = 1, max_length = 40)]
    place: Option<String>,
}

impl FromParams for YearParams {
    fn take(params: &mut Params) -> Result<YearParams> {
        let year = params.number("year", 1990, 2100)?;
        let year = year.ok_or_else(|| crate::params::wrong("E-QUERY-02", "year", ""))?;
        Ok(YearParams { year, place: params.text("place", 40)? })
    }
}

/// Figures of which no kind of event in a case says anything: without one they are not known, and
/// what is not known is not nought.
const NOT_RECORDED: &[&str] = &[
    "research_expenditure",
    "options_executed",
    "legal_fees_spent",
    "legal_fees_reimbursed",
    "startups",
    "startups_operating",
    "startups_home",
    "startups_home_share",
    "new_products",
    "cashed_in_equity",
    "income_to_office",
];

fn figure(one: &activity::Figure) -> Figure {
    if one.events.is_empty() && NOT_RECORDED.contains(&one.key) {
        let proof = kernel::Proof::fact(one.key, kernel::Shown::Unknown);
        return Figure {
            key: one.key.to_string(),
            question: one.question.map(str::to_string),
            value: proof.value.text(),
            kind: proof.value.kind().to_string(),
            events: Vec::new(),
            proof: Proof::from(&proof),
        };
    }
    Figure {
        key: one.key.to_string(),
        question: one.question.map(str::to_string),
        value: one.value.text(),
        kind: one.value.kind().to_string(),
        events: one.events.clone(),
        proof: Proof::from(&one.proof),
    }
}

/// What the law of a place makes of something; nothing where it says nothing that is known.
fn known<T>(found: std::result::Result<T, kernel::Refusal>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(refusal) if refusal.code == "E-RULE-01" => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The annual report and the survey of a year: every number derived from events, none typed.
#[utoipa::path(
    get, path = "/transfer/report", operation_id = "get_transfer_report", tag = "transfer",
    params(YearParams),
    responses((status = 200, description = "The numbers.", body = Report), Problems)
)]
async fn get_report(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<YearParams>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let found = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let year = params.year as i16;
            let day = |year| Day::from_ymd(year, 1, 1).unwrap_or(today);
            let (from, to) = (day(year), day(year + 1));
            app.store().read(|tx| {
                let book = app.book(tx)?;
                let places = report::places(tx, sight)?;
                let first = || places.first().cloned().unwrap_or_else(|| "shanghai".to_string());
                let place = params.place.clone().unwrap_or_else(first);
                if book.place(&place).is_none() {
                    return Err(crate::params::wrong("E-QUERY-02", "place", &place));
                }
                let events = report::activities(tx, &book, sight, &place, (from, to))?;
                let law = book.lookup(&place, from, today);
                let content = rules::Content { year, events: events.clone() };
                let annual = known(rules::content(&content, &law))?;
                let facts = autm::Facts { from: On(from), to: On(to), events };
                let survey = autm::survey(&facts, &law)?;
                let due = rules::Facts {
                    year,
                    reporter: rules::Reporter::Institution,
                    central: false,
                    filed: None,
                };
                let due = known(rules::due(&due, &law, today.max(to)))?;
                Ok::<_, Problem>(Report {
                    year: i64::from(year),
                    due: due.as_ref().map(|due| Proof::from(&due.proof)),
                    due_day: due.map(|due| due.due.to_string()),
                    annual: annual.iter().flat_map(|one| &one.figures).map(figure).collect(),
                    survey: survey.figures.iter().map(figure).collect(),
                    mistakes: survey.mistakes.iter().map(wire::proof::Broken::from).collect(),
                    place: place.clone(),
                    places,
                })
            })
        })
        .await?;
    Ok(private(axum::Json(found)))
}

/// Results registered over a year ago of which nothing came, and what the law of each place makes
/// of that.
#[utoipa::path(
    get, path = "/transfer/radar", operation_id = "list_stalled", tag = "transfer",
    responses((status = 200, description = "Results.", body = wire::Page<Stalled>), Problems)
)]
async fn list_stalled(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let sight = sight(&caller)?;
    let items = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.store().read(|tx| {
                let book = app.book(tx)?;
                let found = report::radar(tx, &book, sight, (today, today), 200)?;
                Ok::<_, Problem>(found.iter().map(said::stalled).collect::<Vec<_>>())
            })
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}

/// The sealed evidence pack of a case: one file that `xiudai verify` checks offline.
#[utoipa::path(
    get, path = "/transfer/cases/{id}/pack", operation_id = "get_case_pack", tag = "transfer",
    params(("id" = String, Path, description = "Id of the case, `K1`.")),
    responses(
        (status = 200, description = "The pack.", body = String, content_type = "application/json"),
        Problems
    )
)]
async fn get_pack(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<CaseId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let text = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let signer = app.store().signer().ok_or_else(|| Problem::broken("no key"))?;
            let verifier = signer.verifier().clone();
            app.store().read(|tx| {
                if case::side(tx, sight, id)? == case::Side::Other {
                    return Err(said::for_unit());
                }
                let book = app.book(tx)?;
                Ok::<_, Problem>(case::pack(tx, &book, id, today, &verifier)?)
            })
        })
        .await?;
    let mut response = private(text);
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, "application/json");
    let name = format!("attachment; filename=\"evidence-{id}.json\"");
    set(headers, header::CONTENT_DISPOSITION, &name);
    Ok(response)
}

/// The proofs of concept in sight, and what they come to in money.
#[utoipa::path(
    get, path = "/transfer/portfolio", operation_id = "get_portfolio", tag = "transfer",
    responses((status = 200, description = "The portfolio.", body = Portfolio), Problems)
)]
async fn get_portfolio(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let sight = sight(&caller)?;
    let found = app
        .blocking(move |app| {
            app.store().read(|tx| {
                let book = app.book(tx)?;
                let found = portfolio::portfolio(tx, &book, sight)?;
                Ok::<_, Problem>(said::portfolio(&found))
            })
        })
        .await?;
    Ok(private(axum::Json(found)))
}

/// Other cases in sight that may be about the same result: disclosed before under a similar title.
#[utoipa::path(
    get, path = "/transfer/cases/{id}/prior", operation_id = "list_prior_cases", tag = "transfer",
    params(("id" = String, Path, description = "Id of the case, `K1`.")),
    responses((status = 200, description = "Cases.", body = wire::Page<Prior>), Problems)
)]
async fn list_prior(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<CaseId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let items = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            app.store().read(|tx| {
                if case::side(tx, sight, id)? == case::Side::Other {
                    return Err(said::for_unit());
                }
                let book = app.book(tx)?;
                let found = prior::prior(tx, &book, sight, id, today)?;
                Ok::<_, Problem>(found.iter().map(said::prior).collect::<Vec<_>>())
            })
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}

/// Who holds what of the company that a case led to, at each step.
#[utoipa::path(
    get, path = "/transfer/cases/{id}/cap-table", operation_id = "get_cap_table", tag = "transfer",
    params(("id" = String, Path, description = "Id of the case, `K1`.")),
    responses((status = 200, description = "The ledger.", body = CapTable), Problems)
)]
async fn get_cap_table(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<CaseId>,
    _: Args<()>,
) -> Result<Response> {
    let sight = sight(&caller)?;
    let ledger = app
        .blocking(move |app| {
            app.store().read(|tx| {
                case::side(tx, sight, id)?;
                let book = app.book(tx)?;
                let whole = case::get(tx, &book, id)?;
                let moved = |event: &str| event == "equity_moved";
                let last = whole.events.iter().rev().find(|(kept, _)| moved(kept.event.kind));
                let known = last.map_or(app.now().legal_day(), |(kept, _)| kept.at.legal_day());
                let ledger = whole.case.cap_table(&book, known).map(|ledger| ledger.json());
                Ok::<_, Problem>(CapTable { ledger })
            })
        })
        .await?;
    Ok(private(axum::Json(ledger)))
}

/// Notices as a feed.
#[utoipa::path(
    get, path = "/transfer/notices.rss", operation_id = "get_notice_feed", tag = "transfer",
    responses(
        (status = 200, description = "RSS 2.0.", body = String, content_type = "application/rss+xml"),
        Problems
    )
)]
async fn get_notice_feed(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let text = app
        .blocking(move |app| {
            let base = crate::routes::feed::xml(&app.settings().base_url);
            let found = app.store().read(|tx| case::notices(tx, None, 100))?;
            let mut text = format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n\
                 <title>科技成果协议定价公示</title><link>{base}/notices</link>\
                 <description>公示期内可提出异议</description><language>zh-CN</language>\n"
            );
            for one in &found {
                let part = |key: &str| {
                    crate::routes::feed::xml(one.body[key].as_str().unwrap_or_default())
                };
                let link = format!("{base}/notices/{}", one.event);
                let at = crate::routes::feed::rfc_2822(&format!("{}T00:00:00", one.first));
                text.push_str(&format!(
                    "<item><title>{}</title><link>{link}</link><guid>{link}</guid>\
                     <pubDate>{at}</pubDate><description>{} · {} 元 · 至 {}</description></item>\n",
                    part("result"),
                    part("unit"),
                    part("price"),
                    one.last,
                ));
            }
            text.push_str("</channel></rss>\n");
            Ok(text)
        })
        .await?;
    let mut response = text.into_response();
    set(response.headers_mut(), header::CONTENT_TYPE, "application/rss+xml; charset=utf-8");
    Ok(response)
}
