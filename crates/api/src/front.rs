//! What every request passes on its way in and every answer on its way out.

use crate::app::App;
use crate::ask::set;
use crate::extract::Origin;
use crate::problem::{Problem, Result};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use identity::Caller;
use kernel::canon::hex;
use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tracing::Instrument as _;

/// An answer begins within this, except where a file is taken in.
const TIME_MAX: Duration = Duration::from_secs(30);
/// The same for uploads.
const UPLOAD_TIME_MAX: Duration = Duration::from_secs(300);
/// Longest name of a cookie with its value.
const COOKIE_CHARS_MAX: usize = 200;

/// Policy for what pages may load: nothing from elsewhere, no script in the page. The map needs
/// workers from blobs and images from data; charts set styles.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; worker-src 'self' blob:; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// A path as it may be logged: the key of a calendar feed is a secret.
fn logged(path: &str) -> String {
    const FEED: &str = "/api/v1/transfer/calendar/";
    if path.starts_with(FEED) { format!("{FEED}…") } else { path.to_string() }
}

/// Names the request, times it, logs it, and says problems in the asker's language.
pub(crate) async fn dress(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = hex(&app.chance::<8>());
    let method = request.method().clone();
    let path = logged(request.uri().path());
    let chinese = prefers_chinese(request.headers());
    let started = Instant::now();
    let span = tracing::info_span!("request", request_id = %id, %method, path = %path);
    let inner = span.clone();
    let mut response = next.run(request).instrument(span).await;
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        let mut said = problem.answer(chinese, Some(&id));
        // What the layers within added, such as `Allow`, stays.
        for (name, value) in response.headers() {
            if !said.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                said.headers_mut().insert(name.clone(), value.clone());
            }
        }
        response = said;
    }
    let status = response.status().as_u16();
    app.gauge().count(status, micros);
    inner.in_scope(|| match problem.as_ref().and_then(Problem::cause) {
        Some(cause) => tracing::error!(status, micros, cause, "a request broke"),
        None => tracing::info!(status, micros, "answered"),
    });
    protect(&app, response.headers_mut());
    set(response.headers_mut(), HeaderName::from_static("x-request-id"), &id);
    response
}

fn protect(app: &App, headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        set(headers, name, value);
    }
    if app.settings().secure_cookies {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Whether Chinese stands before English in `Accept-Language`.
fn prefers_chinese(headers: &HeaderMap) -> bool {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let text = text.unwrap_or_default().to_ascii_lowercase();
    match (text.find("zh"), text.find("en")) {
        (Some(zh), Some(en)) => zh < en,
        (zh, _) => zh.is_some(),
    }
}

/// Ends what takes too long, with a problem.
pub(crate) async fn hurry(request: Request, next: Next) -> Response {
    let upload = request.method() == Method::POST && request.uri().path().ends_with("/imports");
    let most = if upload { UPLOAD_TIME_MAX } else { TIME_MAX };
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "E-BUSY-02",
            "处理超时,请缩小范围或稍后重试",
            "this takes too long; ask for less or try again",
        )
        .retry_after(5)
        .into_response(),
    }
}

/// A panic becomes a problem.
pub(crate) fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
    Problem::broken(format!("panicked: {text}")).into_response()
}

/// Finds out who asks and from where, holds back who asks too often, and refuses a write that does
/// not carry what it must.
pub(crate) async fn admit(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let address = address(&app, &parts);
    parts.extensions.insert(Origin(address));
    app.door().knock(app.now(), address)?;
    let caller = find_caller(&app, &parts).await?;
    if !parts.method.is_safe() {
        let sent = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        caller.check_csrf(sent)?;
    }
    parts.extensions.insert(caller);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Where a request comes from: the nearest address that is no proxy of ours.
fn address(app: &App, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip()).to_canonical();
    let trusted = &app.settings().trusted_proxies;
    if !trusted.contains(&peer) {
        return peer;
    }
    let lists = parts.headers.get_all("x-forwarded-for").iter();
    let lists: Vec<&str> = lists.filter_map(|value| value.to_str().ok()).collect();
    let hops = lists.iter().flat_map(|list| list.split(','));
    let hops: Vec<IpAddr> = hops.filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

async fn find_caller(app: &App, parts: &Parts) -> Result<Caller> {
    let bearer = parts.headers.get(header::AUTHORIZATION);
    let token = bearer.and_then(|value| value.to_str().ok());
    let token = token.and_then(|text| text.strip_prefix("Bearer ")).map(str::to_string);
    if bearer.is_some() && token.is_none() {
        return Err(identity::Error::Bearer.into());
    }
    if let Some(token) = token {
        return app.blocking(move |app| Ok(app.door().by_token(app.now(), &token)?)).await;
    }
    match cookie(&parts.headers, session_cookie(app)) {
        Some(secret) => {
            app.blocking(move |app| Ok(app.door().by_cookie(app.now(), &secret)?)).await
        }
        None => Ok(Caller::anonymous()),
    }
}

/// Name of the session's cookie.
pub(crate) fn session_cookie(app: &App) -> &'static str {
    if app.settings().secure_cookies { "__Host-xiudai_session" } else { "xiudai_session" }
}

/// Name of a visitor's cookie, which guards signing in.
pub(crate) fn visitor_cookie(app: &App) -> &'static str {
    if app.settings().secure_cookies { "__Host-xiudai_visitor" } else { "xiudai_visitor" }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lists = headers.get_all(header::COOKIE).iter();
    let mut pairs = lists.filter_map(|v| v.to_str().ok()).flat_map(|list| list.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && pair.len() <= COOKIE_CHARS_MAX).then(|| value.to_string())
    })
}

/// `404`: nothing is at this address of the API.
pub(crate) async fn no_route() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "E-ROUTE-01",
        "接口中没有这个地址",
        "nothing is at this address of the API; see /api/v1/openapi.json",
    )
    .file("path")
}

/// `405`: the address exists, the method does not.
pub(crate) async fn no_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "E-ROUTE-03",
        "这个地址不支持该方法",
        "this address does not take that method",
    )
    .file("path")
}

#[cfg(test)]
mod tests {
    use super::logged;

    #[test]
    fn the_key_of_a_calendar_is_not_logged() {
        let key = "ab".repeat(32);
        assert!(!logged(&format!("/api/v1/transfer/calendar/{key}.ics")).contains(&key));
        assert_eq!(logged("/api/v1/transfer/calendar.ics"), "/api/v1/transfer/calendar.ics");
    }
}
