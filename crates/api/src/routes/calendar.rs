//! Deadlines as a calendar feed, for a session and for calendar programs that have none.

use crate::app::App;
use crate::ask::{Args, set};
use crate::extract::{Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::repeat::KeptBody;
use crate::routes::transfer::{private, sight, sight_of};
use crate::wire::transfer::CalendarLink;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use identity::{Act, Secret, calendar_key, may};
use kernel::Day;
use transfer::case::{self, Sight};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The calendar and its link.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_calendar))
        .routes(routes!(make_link, end_link))
        .routes(routes!(get_subscribed))
}

/// Text of iCalendar: its own signs escaped.
fn ical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line of iCalendar, folded at 73 octets between characters (RFC 5545, 3.1).
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > 73 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// What is due of the cases that someone sees, at most 1,000 days.
async fn calendar(app: App, sight: Sight) -> Result<Response> {
    let text = app
        .blocking(move |app| {
            let now = app.now();
            let stamp = now.to_string().replace(['-', ':'], "");
            let stamp = format!("{}Z", stamp.get(..15).unwrap_or_default());
            let base = app.settings().base_url.clone();
            let due = app.store().read(|tx| case::due(tx, sight, now.legal_day(), 1_000))?;
            let mut text = String::from(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Xiudai//Transfer//ZH\r\n",
            );
            for one in &due {
                let day = |day: Day| day.to_string().replace('-', "");
                let title = ical(&format!("{} · {} ({})", one.title, one.key, one.article));
                text.push_str("BEGIN:VEVENT\r\n");
                text.push_str(&folded(&format!("UID:{}.{}@xiudai", one.case, ical(&one.key))));
                text.push_str(&folded(&format!("DTSTAMP:{stamp}")));
                text.push_str(&folded(&format!("DTSTART;VALUE=DATE:{}", day(one.last))));
                text.push_str(&folded(&format!("DTEND;VALUE=DATE:{}", day(one.last.next()))));
                text.push_str(&folded(&format!("SUMMARY:{title}")));
                text.push_str(&folded(&format!("URL:{base}/cases/{}", one.case)));
                text.push_str("END:VEVENT\r\n");
            }
            text.push_str("END:VCALENDAR\r\n");
            Ok(text)
        })
        .await?;
    let mut response = private(text);
    set(response.headers_mut(), header::CONTENT_TYPE, "text/calendar; charset=utf-8");
    Ok(response)
}

/// Deadlines as a calendar feed.
#[utoipa::path(
    get, path = "/transfer/calendar.ics", operation_id = "get_due_calendar", tag = "transfer",
    responses(
        (status = 200, description = "iCalendar.", body = String, content_type = "text/calendar"),
        Problems
    )
)]
async fn get_calendar(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let sight = sight(&caller)?;
    calendar(app, sight).await
}

/// Makes the address under which a calendar program reads one's deadlines, instead of the one
/// there was. It is in this answer and never again.
#[utoipa::path(
    post, path = "/transfer/calendar-link", operation_id = "make_calendar_link", tag = "transfer",
    responses((status = 201, description = "The address.", body = CalendarLink), Problems)
)]
async fn make_link(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::ReadCases)?;
    let secret = Secret::new(app.chance());
    let base = app.settings().base_url.clone();
    let url = format!("{base}/api/v1/transfer/calendar/{}.ics", secret.text());
    app.blocking(move |app| {
        let now = app.now();
        app.write(|tx| calendar_key::make(tx, &caller, now, &secret))
    })
    .await?;
    // An answer that is kept to be repeated keeps no secret.
    let kept = serde_json::to_string(&CalendarLink { url: None }).unwrap_or_default();
    let mut response = private((StatusCode::CREATED, axum::Json(CalendarLink { url: Some(url) })));
    response.extensions_mut().insert(KeptBody(kept));
    Ok(response)
}

/// Ends the address under which a calendar program reads one's deadlines.
#[utoipa::path(
    delete, path = "/transfer/calendar-link", operation_id = "end_calendar_link",
    tag = "transfer",
    responses((status = 204, description = "It does not work any more."), Problems)
)]
async fn end_link(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<StatusCode> {
    caller.allow(Act::ManageSelf)?;
    app.blocking(move |app| {
        let now = app.now();
        app.write(|tx| calendar_key::end(tx, &caller, now))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deadlines as a calendar program reads them: whoever knows the address may.
#[utoipa::path(
    get, path = "/transfer/calendar/{key}", operation_id = "get_subscribed_calendar",
    tag = "transfer",
    params(("key" = String, Path, description = "What `make_calendar_link` answered.")),
    responses(
        (status = 200, description = "iCalendar.", body = String, content_type = "text/calendar"),
        Problems
    )
)]
async fn get_subscribed(
    State(app): State<App>,
    Key(key): Key<String>,
    _: Args<()>,
) -> Result<Response> {
    // The key is not said back.
    let (zh, en) = ("日历地址无效,或已更换", "this calendar address is not valid, or was replaced");
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "E-FIND-01", zh, en);
    let secret = Secret::parse(key.strip_suffix(".ics").unwrap_or(&key)).ok_or_else(unknown)?;
    let owner = app
        .blocking(move |app| Ok(app.store().read(|tx| calendar_key::find(tx, &secret))?))
        .await?
        .filter(|owner| may(owner.role, Act::ReadCases))
        .ok_or_else(unknown)?;
    let sight = sight_of(owner.role, owner.organization.as_deref());
    calendar(app, sight).await
}
