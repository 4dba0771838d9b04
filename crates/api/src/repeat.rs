//! Idempotency: a POST that is sent twice with one key happens once.

use crate::app::App;
use crate::ask::{caller_of, set};
use crate::extract::cut;
use crate::problem::{Problem, Result};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kernel::Actor;
use kernel::canon::Hasher;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tower_http::timeout::TimeoutBody;
use work::idempotency::{self, BODY_BYTES_MAX};
use work::{Begun, Response as Kept};

/// A body that sends nothing for this long is given up.
const STILL_MAX: Duration = Duration::from_secs(20);
/// Longest wait for room to take in an upload.
const ROOM_WAIT_MAX: Duration = Duration::from_secs(30);

/// Longest upload, in bytes.
pub(crate) const UPLOAD_BYTES_MAX: usize = 64 << 20;
/// Longest JSON body.
const JSON_BYTES_MAX: usize = 1 << 20;

/// What is kept of an answer instead of its body: a secret is shown once.
#[derive(Clone)]
pub(crate) struct KeptBody(pub(crate) String);

/// A key with what it stands for.
struct Keyed {
    actor: Actor,
    key: String,
    digest: [u8; 32],
}

impl Keyed {
    fn request(&self) -> idempotency::Request<'_> {
        idempotency::Request { actor: &self.actor, key: &self.key, digest: self.digest }
    }
}

/// Answers a repeated POST with what the first one was answered.
///
/// Signing in and out are left out: their answers are cookies.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let body = Body::new(TimeoutBody::new(STILL_MAX, body));
    let caller = caller_of(&parts);
    let signing = parts.uri.path().starts_with("/api/v1/session");
    // Uploads stand in line before any of their bytes are taken in.
    let _room = match is_upload(&parts) {
        true => Some(room(&app).await?),
        false => None,
    };
    let key = parts.headers.get("idempotency-key").cloned();
    let (Some(key), true) = (key, parts.method == Method::POST && caller.account().is_some())
    else {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    if signing {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let most = if is_upload(&parts) { UPLOAD_BYTES_MAX } else { JSON_BYTES_MAX };
    let bytes = to_bytes(body, most).await.map_err(|error| cut(&error))?;
    let key = key.to_str().unwrap_or_default().to_string();
    let keyed = Keyed { actor: caller.actor(), key, digest: digest(&parts, &bytes) };
    let keyed = std::sync::Arc::new(keyed);
    if let Begun::Replay(kept) = begin(&app, &keyed).await? {
        return Ok(replay(&kept));
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    keep(&app, keyed, response).await
}

/// Room for one more upload in memory.
async fn room(app: &App) -> Result<OwnedSemaphorePermit> {
    let room = tokio::time::timeout(ROOM_WAIT_MAX, app.uploads().acquire_owned()).await;
    match room {
        Ok(room) => room.map_err(|_| Problem::broken("closed")),
        Err(_) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "E-BUSY-05",
            "正在接收的文件过多,请稍后再试",
            "too many files are being taken in; try later",
        )
        .retry_after(30)),
    }
}

async fn begin(app: &App, keyed: &std::sync::Arc<Keyed>) -> Result<Begun> {
    let keyed = std::sync::Arc::clone(keyed);
    app.blocking(move |app| {
        let now = app.now();
        Ok(app.store().write(|tx| idempotency::begin(tx, now, &keyed.request()))?)
    })
    .await
}

/// Keeps a good answer; after any other the key is free again.
async fn keep(app: &App, keyed: std::sync::Arc<Keyed>, response: Response) -> Result<Response> {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, UPLOAD_BYTES_MAX).await.unwrap_or_default();
    let header = |name: HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_string)
    };
    let text = match parts.extensions.get::<KeptBody>() {
        Some(kept) => Some(kept.0.clone()),
        None => String::from_utf8(bytes.to_vec()).ok().filter(|t| t.len() <= BODY_BYTES_MAX),
    };
    let kept = text.filter(|_| parts.status.is_success()).map(|body| Kept {
        status: parts.status.as_u16(),
        location: header(header::LOCATION),
        etag: header(header::ETAG),
        body,
    });
    let done = app
        .blocking(move |app| {
            let request = keyed.request();
            Ok(app.store().write(|tx| match &kept {
                Some(kept) => idempotency::finish(tx, &request, kept),
                None => idempotency::abandon(tx, &request),
            })?)
        })
        .await;
    if let Err(problem) = done {
        tracing::warn!(%problem, "an answer could not be kept for its key");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(kept: &Kept) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = (status, kept.body.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if kept.body.is_empty() {
        headers.remove(header::CONTENT_TYPE);
    }
    for (name, value) in [(header::LOCATION, &kept.location), (header::ETAG, &kept.etag)] {
        if let Some(value) = value {
            set(headers, name, value);
        }
    }
    set(headers, HeaderName::from_static("idempotency-replayed"), "true");
    response
}

fn content_type(parts: &Parts) -> &str {
    let value = parts.headers.get(header::CONTENT_TYPE);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn is_upload(parts: &Parts) -> bool {
    content_type(parts).starts_with("multipart/form-data")
}

/// The same form has another boundary each time it is sent; the boundary does not count.
fn digest(parts: &Parts, body: &Bytes) -> [u8; 32] {
    let path = parts.uri.to_string();
    let boundary = content_type(parts).split_once("boundary=").map(|(_, boundary)| boundary);
    let boundary = boundary.map(|text| text.trim_matches('"')).filter(|text| !text.is_empty());
    let (Some(boundary), true) = (boundary, is_upload(parts)) else {
        return idempotency::digest(parts.method.as_str(), &path, body);
    };
    let mut hasher = Hasher::new();
    hasher.text(parts.method.as_str()).text(&path);
    let mut rest: &[u8] = body;
    while let Some(at) = find(rest, boundary.as_bytes()) {
        hasher.bytes(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    hasher.bytes(rest).digest()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(step) = haystack[from..].iter().position(|byte| *byte == first) {
        let at = from + step;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}
