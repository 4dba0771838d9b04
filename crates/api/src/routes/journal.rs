//! The journal: for people as JSON, for machines as tiles.

use crate::app::App;
use crate::ask::{Args, PageParams};
use crate::extract::{Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::wire;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use kernel::canon::hex;
use kernel::{EventId, StatementId};
use store::journal::{self, Tile};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Below `/api/v1`.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_journal))
        .routes(routes!(get_event))
        .routes(routes!(get_event_proof))
        .routes(routes!(get_statement_proof))
}

/// At the root, where readers of tiles look for them.
pub(super) fn tiles() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_checkpoint)).routes(routes!(get_tile))
}

/// The newest state of the journal, and its events, newest first.
#[utoipa::path(
    get, path = "/journal", operation_id = "get_journal", tag = "journal",
    params(PageParams),
    responses((status = 200, description = "The journal.", body = wire::Journal), Problems)
)]
async fn get_journal(
    State(app): State<App>,
    Who(caller): Who,
    Args(page): Args<PageParams>,
) -> Result<Response> {
    caller.allow(Act::ReadJournal)?;
    let place = |text: &str| text.parse().map_err(|_| crate::questions::bad_place(text));
    let before: Option<EventId> = page.after.as_deref().map(place).transpose()?;
    let limit = page.limit;
    let journal = app
        .blocking(move |app| {
            let vkey = app.store().signer().map(|signer| signer.vkey()).unwrap_or_default();
            let (head, events) = app.store().read(|tx| -> Result<_> {
                let events = journal::newest(tx, before, limit as i64 + 1)?;
                Ok((journal::head(tx)?, events))
            })?;
            let events = events.iter().map(wire::JournalEvent::from).collect();
            Ok(wire::Journal {
                size: head.size,
                root: hex(&head.root),
                checkpoint: head.checkpoint.unwrap_or_default(),
                vkey,
                events: wire::Page::cut(events, limit, |event| event.id.clone()),
            })
        })
        .await?;
    Ok(axum::Json(journal).into_response())
}

/// An event of the journal.
#[utoipa::path(
    get, path = "/journal/events/{id}", operation_id = "get_event", tag = "journal",
    params(("id" = String, Path, description = "Id of the event, `J56`.")),
    responses((status = 200, description = "The event.", body = wire::JournalEvent), Problems)
)]
async fn get_event(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EventId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::ReadJournal)?;
    let event = app
        .blocking(move |app| Ok(app.store().read(|tx| journal::event(tx, id))?))
        .await?
        .ok_or_else(|| Problem::missing("event", &id.to_string()))?;
    let lasting = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((lasting, axum::Json(wire::JournalEvent::from(&event))).into_response())
}

/// A file that proves that an event is in the journal, to someone who trusts nobody.
#[utoipa::path(
    get, path = "/journal/events/{id}/proof", operation_id = "get_event_proof", tag = "journal",
    params(("id" = String, Path, description = "Id of the event, `J56`.")),
    responses((status = 200, description = "The file.", body = Object), Problems)
)]
async fn get_event_proof(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<EventId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::ReadJournal)?;
    let file = app.blocking(move |app| proof(app, id)).await?;
    Ok(download(&format!("{id}.proof.json"), file))
}

/// A file that proves that the event which brought a statement is in the journal.
#[utoipa::path(
    get, path = "/statements/{id}/proof", operation_id = "get_statement_proof", tag = "statements",
    params(("id" = String, Path, description = "Id of the statement, `S34`.")),
    responses((status = 200, description = "The file.", body = Object), Problems)
)]
async fn get_statement_proof(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<StatementId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::ReadJournal)?;
    let file = app
        .blocking(move |app| {
            let statement =
                app.store().read(|tx| Ok::<_, Problem>(atlas::statement::get(tx, id)?))?;
            proof(app, statement.event)
        })
        .await?;
    Ok(download(&format!("{id}.proof.json"), file))
}

fn proof(app: &App, id: EventId) -> Result<String> {
    let signer = app.store().signer().ok_or_else(|| Problem::broken("the store has no signer"))?;
    app.store().read(|tx| match journal::event(tx, id)? {
        Some(_) => Ok(journal::proof_file(tx, id, signer.verifier())?),
        None => Err(Problem::missing("event", &id.to_string())),
    })
}

fn download(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_string()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-cache".to_string()),
    ];
    (headers, text).into_response()
}

/// The newest signed checkpoint of the log (C2SP tlog-checkpoint).
#[utoipa::path(
    get, path = "/journal/checkpoint", operation_id = "get_checkpoint", tag = "journal",
    responses(
        (status = 200, description = "The note.", body = String, content_type = "text/plain"),
        Problems
    )
)]
async fn get_checkpoint(State(app): State<App>, _: Args<()>) -> Result<Response> {
    let checkpoint = app.blocking(|app| Ok(app.store().read(journal::checkpoint)?)).await?;
    let note = checkpoint.ok_or_else(|| Problem::missing("checkpoint", "newest"))?;
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, note).into_response())
}

/// A tile of the log (C2SP tlog-tiles): hashes for everyone, entries for analysts.
#[utoipa::path(
    get, path = "/journal/tile/{*path}", operation_id = "get_tile", tag = "journal",
    params(("path" = String, Path, description = "`0/x001/234.p/5`, `entries/000`.")),
    responses(
        (
            status = 200,
            description = "The bytes.",
            body = String, content_type = "application/octet-stream"
        ),
        Problems
    )
)]
async fn get_tile(
    State(app): State<App>,
    Who(caller): Who,
    Key(path): Key<String>,
    _: Args<()>,
) -> Result<Response> {
    let wrong = |path: &str| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "E-PATH-02",
            "日志分块的路径无效",
            "the path of a tile is `tile/<level>/<index>`",
        )
        .file("path")
        .value(path)
    };
    let tile: Tile = format!("tile/{path}").parse().map_err(|_| wrong(&path))?;
    match tile {
        Tile::Entries { .. } => caller.allow(Act::Import)?,
        Tile::Hashes { .. } => caller.allow(Act::ReadJournal)?,
    }
    let bytes = app.blocking(move |app| Ok(app.store().read(|tx| tile.bytes(tx))?)).await?;
    let bytes = bytes.ok_or_else(|| Problem::missing("tile", &path))?;
    let cache = match tile {
        Tile::Entries { .. } => "private, no-cache",
        Tile::Hashes { .. } => "public, max-age=31536000, immutable",
    };
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, cache)];
    Ok((headers, bytes).into_response())
}
