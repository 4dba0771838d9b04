//! Extractors of our own, so that what does not fit is refused as a problem.

use crate::app::App;
use crate::ask::caller_of;
use crate::problem::{Problem, Result};
use axum::extract::rejection::JsonRejection;
use axum::extract::{
    FromRef, FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Request,
};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use identity::Caller;
use serde::de::DeserializeOwned;
use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use tower_http::timeout::TimeoutError;

/// The one variable part of a path.
pub(crate) struct Key<T>(pub(crate) T);

impl<S, T> FromRequestParts<S> for Key<T>
where
    T: FromStr,
    Problem: From<T::Err>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Key<T>> {
        let path = <Path<String> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| bad_path())?;
        Ok(Key(text.parse::<T>().map_err(|error| Problem::from(error).file("path"))?))
    }
}

fn bad_path() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "E-PATH-01",
        "地址无法识别",
        "the path is not UTF-8 or lacks a part",
    )
    .file("path")
}

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<S, T> FromRequest<S> for Json<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Json(body)),
            Err(rejection) => Err(stalled(&rejection).unwrap_or_else(|| bad_json(&rejection))),
        }
    }
}

fn bad_json(rejection: &JsonRejection) -> Problem {
    let (status, code, zh, en) = match rejection {
        JsonRejection::JsonDataError(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "E-JSON-02",
            "JSON 的字段不符合要求",
            "the JSON does not have the fields that are wanted",
        ),
        JsonRejection::JsonSyntaxError(_) => {
            (StatusCode::BAD_REQUEST, "E-JSON-01", "请求体不是 JSON", "the body is not JSON")
        }
        JsonRejection::MissingJsonContentType(_) => (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "E-JSON-03",
            "请以 application/json 发送",
            "send the body as application/json",
        ),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => return too_large(),
        _ => (StatusCode::BAD_REQUEST, "E-JSON-01", "请求体无法读取", "the body cannot be read"),
    };
    if let JsonRejection::MissingJsonContentType(_) = rejection {
        return Problem::new(status, code, zh, en).file("header").column("Content-Type");
    }
    let text = rejection.body_text();
    // serde says which field; what stands before the colon is axum's own sentence.
    let detail = text.split_once(": ").map_or(text.as_str(), |(_, detail)| detail);
    let pointer = detail.split_once(": ").map(|(path, _)| path).filter(|p| !p.contains(' '));
    let pointer = pointer.map_or_else(String::new, |path| format!("/{}", path.replace('.', "/")));
    Problem::new(status, code, zh, en).file("body").fault(&pointer, detail)
}

/// `413`: the body is too large.
pub(crate) fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "E-SIZE-06",
        "请求体过大:JSON 最多 1 MiB,文件最多 64 MiB",
        "the body is too large: JSON has at most 1 MiB, an upload 64 MiB",
    )
    .file("body")
}

/// Why a body was not taken in whole: it stood still, or it is too large.
pub(crate) fn cut(error: &(dyn StdError + 'static)) -> Problem {
    stalled(error).unwrap_or_else(too_large)
}

/// `408`, if that is what an error comes from: the body stood still.
pub(crate) fn stalled(error: &(dyn StdError + 'static)) -> Option<Problem> {
    let mut cause = error;
    while !cause.is::<TimeoutError>() {
        cause = cause.source()?;
    }
    let (zh, en) = ("请求体长时间没有数据,已放弃", "the body sent nothing for too long");
    Some(Problem::new(StatusCode::REQUEST_TIMEOUT, "E-BODY-01", zh, en).file("body"))
}

/// Who asks.
pub(crate) struct Who(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Who> {
        Ok(Who(caller_of(parts)))
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin(pub(crate) IpAddr);

impl Origin {
    /// What the middleware at the front found out; this machine when there is no network.
    pub(crate) fn of(parts: &Parts) -> IpAddr {
        parts.extensions.get::<Origin>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |from| from.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Origin> {
        Ok(Origin(Origin::of(parts)))
    }
}

/// The version that a change is meant for, from `If-Match`; `*` is any.
pub(crate) struct IfMatch(pub(crate) String);

impl<S> FromRequestParts<S> for IfMatch
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfMatch> {
        let text = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        let text = text.map(|text| text.trim().trim_start_matches("W/").trim_matches('"'));
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Ok(IfMatch(text.to_string())),
            None => Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "E-MATCH-01",
                "请用 If-Match 注明所改的版本",
                "say with If-Match which version is to be changed",
            )
            .file("header")
            .column("If-Match")),
        }
    }
}

impl<S> OptionalFromRequestParts<S> for IfMatch
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<IfMatch>> {
        match parts.headers.contains_key(header::IF_MATCH) {
            true => {
                <IfMatch as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
            }
            false => Ok(None),
        }
    }
}

impl IfMatch {
    /// Fails with `412` unless it is the version of a thing.
    pub(crate) fn check(&self, what: &str, etag: &str) -> Result<()> {
        match self.0 == "*" || self.0 == etag.trim_matches('"') {
            true => Ok(()),
            false => Err(crate::problem::stale(what, &self.0)),
        }
    }
}
