//! The feed: as a stream of events, as Atom and as RSS.

use crate::app::App;
use crate::ask::{Ask, Asked, FileAnswer, PageParams};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::wire::FeedItem;
use atlas::AsOf;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use kernel::EventId;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A stream says that it lives this often, and looks for what others wrote.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a slow reader.
const WAITING_MAX: usize = 64;
/// Items in a feed file.
const ITEMS_MAX: usize = 50;

/// Below `/api/v1`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(stream_feed))
        .routes(routes!(get_atom))
        .routes(routes!(get_rss))
}

/// The same files at the root, where readers of feeds look for them.
pub(super) fn outside() -> axum::Router<App> {
    axum::Router::new()
        .route("/feed.atom", axum::routing::get(get_atom))
        .route("/feed.rss", axum::routing::get(get_rss))
}

/// What happens, as it happens: server-sent events named `change`, each a feed item.
///
/// After a break, `Last-Event-ID` continues where it was.
#[utoipa::path(
    get, path = "/feed/stream", operation_id = "stream_feed", tag = "feed",
    params(
        (
            "Last-Event-ID" = Option<String>, Header,
            description = "Id of the last event seen, `J56`."
        )
    ),
    responses(
        (
            status = 200,
            description = "The stream.",
            body = FeedItem, content_type = "text/event-stream"
        ),
        Problems
    )
)]
async fn stream_feed(State(app): State<App>, headers: HeaderMap, _: Ask<()>) -> Result<Response> {
    let busy = |_| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "E-BUSY-04",
            "实时连接过多,请稍后再试",
            "too many streams are open; try later",
        )
        .retry_after(30)
    };
    let room = app.streams().try_acquire_owned().map_err(busy)?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last: Option<EventId> = last.map(str::parse).transpose()?;
    let last = match last {
        Some(last) => Some(last),
        None => newest(&app).await?,
    };
    let (sender, receiver) = mpsc::channel::<Result<Event, Infallible>>(WAITING_MAX);
    tokio::spawn(async move {
        follow(&app, last, &sender).await;
        drop(room);
    });
    let alive = KeepAlive::new().interval(HEARTBEAT).text("alive");
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(alive).into_response())
}

async fn newest(app: &App) -> Result<Option<EventId>> {
    app.blocking(|app| {
        let size = app.store().read(store::journal::head)?.size;
        Ok(i64::try_from(size).ok().filter(|size| *size > 0).map(|size| EventId(size - 1)))
    })
    .await
}

/// Sends what happens until the reader is gone.
async fn follow(
    app: &App,
    mut last: Option<EventId>,
    sender: &mpsc::Sender<Result<Event, Infallible>>,
) {
    let (mut writes, mut closing) = (app.writes(), app.closing());
    loop {
        let Ok((items, seen)) = since(app, last).await else {
            return;
        };
        let more = seen != last;
        last = seen;
        for item in items {
            if sender.send(Ok(event(&item))).await.is_err() {
                return;
            }
        }
        if more {
            continue;
        }
        tokio::select! {
            _ = writes.changed() => {}
            () = tokio::time::sleep(HEARTBEAT) => {}
            () = sender.closed() => return,
            _ = closing.wait_for(|closing| *closing) => return,
        }
    }
}

async fn since(app: &App, last: Option<EventId>) -> Result<(Vec<FeedItem>, Option<EventId>)> {
    app.blocking(move |app| {
        let as_of = AsOf { valid: app.now().day(), known: None };
        app.ask(as_of, |asked| questions::feed_since(asked, last))
    })
    .await
}

fn event(item: &FeedItem) -> Event {
    let text = serde_json::to_string(item).unwrap_or_default();
    Event::default().event("change").id(item.event.clone()).data(text)
}

/// The feed as Atom (RFC 4287).
#[utoipa::path(
    get, path = "/feed.atom", operation_id = "get_atom", tag = "feed",
    responses(
        (
            status = 200,
            description = "The feed.",
            body = String, content_type = "application/atom+xml"
        ),
        Problems
    )
)]
async fn get_atom(ask: Ask<()>) -> Result<Response> {
    let base = ask.app.settings().base_url.clone();
    ask.file(move |asked, ()| {
        let items = items(asked)?;
        let bytes = atom(&base, &items, &asked.now.to_string()).into_bytes();
        Ok(FileAnswer { content_type: "application/atom+xml; charset=utf-8", name: None, bytes })
    })
    .await
}

/// The feed as RSS 2.0.
#[utoipa::path(
    get, path = "/feed.rss", operation_id = "get_rss", tag = "feed",
    responses(
        (
            status = 200,
            description = "The feed.",
            body = String, content_type = "application/rss+xml"
        ),
        Problems
    )
)]
async fn get_rss(ask: Ask<()>) -> Result<Response> {
    let base = ask.app.settings().base_url.clone();
    ask.file(move |asked, ()| {
        let bytes = rss(&base, &items(asked)?).into_bytes();
        Ok(FileAnswer { content_type: "application/rss+xml; charset=utf-8", name: None, bytes })
    })
    .await
}

fn items(asked: &mut Asked<'_, '_>) -> Result<Vec<FeedItem>> {
    let page = PageParams { after: None, limit: ITEMS_MAX };
    Ok(questions::feed(asked, &page)?.items)
}

/// Where an item is looked at in the web app.
fn link(base: &str, item: &FeedItem) -> String {
    format!("{base}/journal/{}", item.event)
}

fn atom(base: &str, items: &[FeedItem], now: &str) -> String {
    let base = xml(base);
    let updated = items.first().map_or(now, |item| item.at.as_str());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n\
         <id>{base}/</id><title>绣带 变化</title><updated>{updated}</updated>\n\
         <link rel=\"self\" href=\"{base}/feed.atom\"/><link href=\"{base}/changes\"/>\n"
    );
    for item in items {
        let link = xml(&link(&base, item));
        let (title, at) = (xml(item.title.text()), &item.at);
        let (actor, english) =
            (xml(&item.actor), xml(item.title.en.as_deref().unwrap_or_default()));
        let _ = writeln!(
            text,
            "<entry><id>{link}</id><title>{title}</title><updated>{at}</updated>\
             <link href=\"{link}\"/><author><name>{actor}</name></author>\
             <summary xml:lang=\"en\">{english}</summary></entry>"
        );
    }
    text.push_str("</feed>\n");
    text
}

fn rss(base: &str, items: &[FeedItem]) -> String {
    let base = xml(base);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n\
         <title>绣带 变化</title><link>{base}/changes</link>\
         <description>这个街区的变化</description><language>zh-CN</language>\n"
    );
    for item in items {
        let link = xml(&link(&base, item));
        let (title, at) = (xml(item.title.text()), rfc_2822(&item.at));
        let english = xml(item.title.en.as_deref().unwrap_or_default());
        let _ = writeln!(
            text,
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>\
             <pubDate>{at}</pubDate><description>{english}</description></item>"
        );
    }
    text.push_str("</channel></rss>\n");
    text
}

/// `2026-11-23T03:04:05.000000Z` as `23 Nov 2026 03:04:05 +0000`.
pub(super) fn rfc_2822(at: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = at.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let part = |range| at.get(range).unwrap_or_default();
    let name = MONTHS[(month.clamp(1, 12)) - 1];
    format!("{} {name} {} {} +0000", part(8..10), part(0..4), part(11..19))
}

/// Text inside XML; characters that XML cannot hold are left out.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) => {}
            c => out.push(c),
        }
    }
    out
}
