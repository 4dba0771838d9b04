//! Problems: every answer that is not what was asked for, as RFC 9457 says it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Label, Place, Refusal};
use serde::Serialize;
use std::error::Error as StdError;
use std::fmt;
use utoipa::{IntoResponses, ToSchema};

/// The result of everything that answers a request.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// Why a request was not answered as asked: a status, a stable code, words in both languages.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    rule: Option<String>,
    detail: Label,
    place: Place,
    errors: Vec<Fault>,
    retry_after_s: Option<i64>,
    /// What broke, with its causes; for the log only.
    cause: Option<String>,
}

/// A fault in one field of a body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer to the field.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// Where in an input something was wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Where {
    /// File name, or `query`, `path`, `body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row in the file, the header being row 1.
    pub row: Option<u64>,
    /// Column, field or parameter.
    pub column: Option<String>,
    /// The offending value, cut to 120 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The rule that was broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// A problem (RFC 9457), sent as `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable address of the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the status means.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was wrong and what would be right, in the language of `Accept-Language`.
    pub detail: String,
    /// Stable code, such as `E-QUERY-01`.
    pub code: String,
    /// Names this request in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Faults by field of the body.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// Where it was wrong.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<Where>,
}

/// The problems that any operation may answer, for the API document.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only the document reads it")]
pub(crate) enum Problems {
    /// The address, a parameter, a header or the JSON is malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Nobody is signed in, or the API token does not work.
    #[response(status = 401, content_type = "application/problem+json")]
    SignedOut(ProblemBody),
    /// The role does not include the act, or the CSRF token is missing.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    Missing(ProblemBody),
    /// The address does not take the method.
    #[response(status = 405, content_type = "application/problem+json")]
    NoMethod(ProblemBody),
    /// The body stood still for too long.
    #[response(status = 408, content_type = "application/problem+json")]
    Stalled(ProblemBody),
    /// The state of things does not allow it.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// It changed since it was read.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(ProblemBody),
    /// The request is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is not of the media type that is wanted.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// The content breaks a rule; `where` says which and where.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(ProblemBody),
    /// The request must say which version it changes (`If-Match`).
    #[response(status = 428, content_type = "application/problem+json")]
    NoVersion(ProblemBody),
    /// Too many requests; `Retry-After` says when to come back.
    #[response(status = 429, content_type = "application/problem+json")]
    Rate(ProblemBody),
    /// Something broke; the log knows more under `request_id`.
    #[response(status = 500, content_type = "application/problem+json")]
    Broken(ProblemBody),
    /// Busy; `Retry-After` says when to come back.
    #[response(status = 503, content_type = "application/problem+json")]
    Busy(ProblemBody),
    /// No room on the disk.
    #[response(status = 507, content_type = "application/problem+json")]
    Full(ProblemBody),
}

impl Problem {
    /// A problem of one's own.
    pub(crate) fn new(status: StatusCode, code: &'static str, zh: &str, en: &str) -> Problem {
        Problem(Box::new(Inner {
            status,
            code,
            rule: None,
            detail: Label::new(zh, en),
            place: Place::default(),
            errors: Vec::new(),
            retry_after_s: None,
            cause: None,
        }))
    }

    /// A refusal under a status.
    pub(crate) fn refused(status: StatusCode, refusal: Refusal) -> Problem {
        let Refusal { code, rule, message, place } = refusal;
        let mut problem = Problem::new(status, code, "", "");
        problem.0.detail = message;
        problem.0.rule = Some(rule);
        problem.0.place = place;
        problem
    }

    /// Something broke: the client learns nothing of it but the request id.
    pub(crate) fn broken(cause: impl Into<String>) -> Problem {
        let mut problem = Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "E-BROKEN",
            "系统内部出错,请凭请求编号联系管理员",
            "something broke here; the log knows more under the request id",
        );
        problem.0.cause = Some(cause.into());
        problem
    }

    /// `507`: no room on the disk.
    pub(crate) fn full(cause: impl Into<String>) -> Problem {
        let mut problem = Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "E-DISK-01",
            "服务器存储空间不足,未写入任何内容;请联系管理员",
            "the disk is full, so nothing was written; tell the operator",
        );
        problem.0.cause = Some(cause.into());
        problem
    }

    pub(crate) fn from_error(error: &dyn StdError) -> Problem {
        Problem::broken(chain(error))
    }

    pub(crate) fn missing(what: &str, id: &str) -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "E-FIND-01",
            &format!("没有这个{}:{id}", in_chinese(what)),
            &format!("there is no {what} `{id}`"),
        )
        .value(id)
    }

    pub(crate) fn column(mut self, column: &str) -> Problem {
        self.0.place.column = Some(column.to_string());
        self
    }

    pub(crate) fn file(mut self, file: &str) -> Problem {
        self.0.place.file = Some(file.to_string());
        self
    }

    /// In this field of a body, unless it says already where.
    pub(crate) fn in_field(mut self, field: &str) -> Problem {
        if self.0.status == StatusCode::BAD_REQUEST {
            self.0.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        match self.0.place.column {
            Some(_) => self,
            None => self.column(field),
        }
    }

    /// The same about a field of a body: what was malformed there is content that breaks a rule.
    pub(crate) fn in_body(mut self, field: &str) -> Problem {
        if self.0.status == StatusCode::BAD_REQUEST || self.0.status == StatusCode::NOT_FOUND {
            self.0.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        self.file("body").column(field)
    }

    pub(crate) fn value(self, value: &str) -> Problem {
        let shown = Refusal::new("", "", "", "").value(value).place.value;
        let mut problem = self;
        problem.0.place.value = shown;
        problem
    }

    pub(crate) fn rule(mut self, rule: &str) -> Problem {
        self.0.rule = Some(rule.to_string());
        self
    }

    pub(crate) fn retry_after(mut self, seconds: i64) -> Problem {
        self.0.retry_after_s = Some(seconds.max(1));
        self
    }

    pub(crate) fn fault(mut self, pointer: &str, detail: &str) -> Problem {
        self.0.errors.push(Fault { pointer: pointer.to_string(), detail: detail.to_string() });
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.0.status.as_u16()
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What broke inside, for the log.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// As it goes over the wire, in Chinese or English.
    pub fn body(&self, chinese: bool, request_id: Option<&str>) -> ProblemBody {
        let Inner { status, code, rule, detail, place, errors, .. } = &*self.0;
        let at = Where {
            file: place.file.clone(),
            row: place.row,
            column: place.column.clone(),
            value: place.value.clone(),
            rule: rule.clone(),
        };
        let placed = rule.is_some() || *place != Place::default();
        ProblemBody {
            kind: format!("/problems/{code}"),
            title: title(*status, chinese).to_string(),
            status: status.as_u16(),
            detail: if chinese { detail.zh.clone() } else { detail.en.clone() },
            code: (*code).to_string(),
            request_id: request_id.map(str::to_string),
            errors: errors.clone(),
            place: placed.then_some(at),
        }
    }

    /// The answer in one language, with the request id.
    pub(crate) fn answer(&self, chinese: bool, request_id: Option<&str>) -> Response {
        let body = serde_json::to_vec(&self.body(chinese, request_id)).unwrap_or_default();
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::VARY, HeaderValue::from_static("accept-language")),
        ];
        let mut response = (self.0.status, headers, body).into_response();
        if self.0.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// The middleware at the front writes it again with the request id and in the right language.
    fn into_response(self) -> Response {
        let mut response = self.answer(false, None);
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.0.status.as_u16(), self.0.code, self.0.detail.en)
    }
}

impl StdError for Problem {}

fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

fn in_chinese(what: &str) -> &str {
    match what {
        "entity" => "对象",
        "statement" => "陈述",
        "source" => "来源",
        "indicator" => "指标",
        "layer" => "图层",
        "level" => "层级",
        "kind" => "类别",
        "property" => "属性",
        "concept" => "概念",
        "event" => "事件",
        "question" => "问题",
        "notification" => "通知",
        "case" => "案件",
        "notice" => "公示",
        "demand" => "需求",
        "job" => "作业",
        "voucher" => "算力券",
        "group" => "分组",
        "node" => "节点",
        other => other,
    }
}

fn title(status: StatusCode, chinese: bool) -> &'static str {
    let (zh, en) = match status.as_u16() {
        400 => ("请求有误", "Bad request"),
        401 => ("未登录", "Signed out"),
        403 => ("没有权限", "Forbidden"),
        404 => ("没有找到", "Not found"),
        405 => ("方法不允许", "Method not allowed"),
        406 => ("格式不支持", "Not acceptable"),
        408 => ("等待超时", "Timed out"),
        409 => ("状态冲突", "Conflict"),
        412 => ("版本已变", "Changed since it was read"),
        413 => ("内容过大", "Too large"),
        415 => ("类型不支持", "Unsupported media type"),
        422 => ("内容不合规则", "Refused"),
        428 => ("须注明版本", "Version required"),
        429 => ("请求过于频繁", "Too many requests"),
        503 => ("暂时繁忙", "Busy"),
        507 => ("空间不足", "Out of room"),
        _ => ("内部错误", "Broken"),
    };
    if chinese { zh } else { en }
}

impl From<Refusal> for Problem {
    /// A malformed id is a malformed request; any other refusal is about content.
    fn from(refusal: Refusal) -> Problem {
        let status = match refusal.code {
            "E-ID-00" => StatusCode::BAD_REQUEST,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Problem::refused(status, refusal)
    }
}

impl From<Box<Refusal>> for Problem {
    fn from(refusal: Box<Refusal>) -> Problem {
        Problem::from(*refusal)
    }
}

impl From<std::convert::Infallible> for Problem {
    fn from(never: std::convert::Infallible) -> Problem {
        match never {}
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Problem {
        match error {
            store::Error::Busy(_) => {
                let mut problem = Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "E-BUSY-01",
                    "系统繁忙,请稍后重试",
                    "the database is busy; try again",
                )
                .retry_after(1);
                problem.0.cause = Some(chain(&error));
                problem
            }
            full @ store::Error::Full => Problem::full(chain(&full)),
            other => Problem::from_error(&other),
        }
    }
}

impl From<atlas::Error> for Problem {
    fn from(error: atlas::Error) -> Problem {
        match error {
            atlas::Error::Missing { what, id } => Problem::missing(what, &id),
            atlas::Error::Refused(refusal) => refusal.into(),
            atlas::Error::Stale { what: "statement", id } => Problem::new(
                StatusCode::CONFLICT,
                "E-CONFLICT-01",
                "该陈述已终止,请更正取代它的陈述",
                "the statement has ended; correct the one that took its place",
            )
            .value(&id),
            atlas::Error::Stale { what, id } => stale(what, &id),
            atlas::Error::Store(error) => error.into(),
            error @ (atlas::Error::Damaged(_) | atlas::Error::Index(_)) => {
                Problem::from_error(&error)
            }
        }
    }
}

impl From<transfer::Error> for Problem {
    fn from(error: transfer::Error) -> Problem {
        match error {
            transfer::Error::Missing { what, id } => Problem::missing(what, &id),
            transfer::Error::Refused(refusals) => {
                let mut refusals = refusals.into_iter();
                let Some(first) = refusals.next() else {
                    return Problem::broken("refused for no reason");
                };
                let mut problem = Problem::from(first);
                for other in refusals {
                    let pointer = other.place.column.clone().unwrap_or_default();
                    problem = problem.fault(&pointer, &other.to_string());
                }
                problem
            }
            transfer::Error::Conflict { id, at } => Problem::new(
                StatusCode::CONFLICT,
                "E-CONFLICT",
                &format!("有人先一步办理了这个案件(现在是第{at}步),请重新查看后再办"),
                &format!("someone acted on this case first (it stands at step {at}); look again"),
            )
            .value(&id),
            transfer::Error::Store(error) => error.into(),
            error @ transfer::Error::Damaged(_) => Problem::from_error(&error),
        }
    }
}

impl From<compute::Error> for Problem {
    fn from(error: compute::Error) -> Problem {
        match error {
            compute::Error::Refused(refusal) if refusal.code == "E-CMP-42" => {
                Problem::refused(StatusCode::NOT_FOUND, refusal)
            }
            compute::Error::Refused(refusal) => Problem::from(refusal),
            compute::Error::Store(error) => error.into(),
            error @ (compute::Error::NotKept(_) | compute::Error::Damaged(_)) => {
                Problem::from_error(&error)
            }
        }
    }
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Problem {
        match error {
            service::Error::Missing { what, id } => Problem::missing(what, &id),
            service::Error::Refused(refusal) if refusal.code.starts_with("E-AUTH") => {
                Problem::refused(StatusCode::FORBIDDEN, refusal)
            }
            service::Error::Refused(refusal) => Problem::from(refusal),
            service::Error::Conflict { id, at } => Problem::new(
                StatusCode::CONFLICT,
                "E-CONFLICT",
                &format!("有人先一步办理了(现在是第{at}步),请重新查看后再办"),
                &format!("someone acted first (it stands at step {at}); look again"),
            )
            .value(&id),
            service::Error::Store(error) => error.into(),
            error @ service::Error::Damaged(_) => Problem::from_error(&error),
        }
    }
}

/// `412`: it changed since it was read.
pub(crate) fn stale(what: &str, id: &str) -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "E-CONFLICT-02",
        &format!("读取之后{}已有变动,请重新读取", in_chinese(what)),
        &format!("the {what} changed since it was read; read it again"),
    )
    .value(id)
}

impl From<identity::Error> for Problem {
    fn from(error: identity::Error) -> Problem {
        use identity::Error;
        let status = match &error {
            Error::Credentials | Error::SignedOut | Error::Bearer => StatusCode::UNAUTHORIZED,
            Error::Csrf | Error::Forbidden(_) | Error::Setup => StatusCode::FORBIDDEN,
            Error::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Taken | Error::LastAdministrator | Error::Full { .. } => StatusCode::CONFLICT,
            Error::NoAccount | Error::NoToken => StatusCode::NOT_FOUND,
            Error::Rate { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let refusal = error.refusal();
        match (error, refusal) {
            (Error::Store(error), _) => error.into(),
            (Error::Rate { retry_after_s }, Some(refusal)) => {
                Problem::refused(status, refusal).retry_after(retry_after_s)
            }
            (_, Some(refusal)) => Problem::refused(status, refusal),
            (error, None) => Problem::from_error(&error),
        }
    }
}

impl From<work::Error> for Problem {
    fn from(error: work::Error) -> Problem {
        use work::Error;
        let refusal = error.refusal();
        let status = match &error {
            Error::Refused(refusal) if refusal.code == "E-ID-00" => StatusCode::BAD_REQUEST,
            Error::Refused(_) | Error::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Full { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Error::NoJob => StatusCode::NOT_FOUND,
            Error::LeaseLost | Error::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Error::KeyBusy => StatusCode::CONFLICT,
        };
        match (error, refusal) {
            (Error::Store(error), _) => error.into(),
            (Error::Full { .. }, Some(refusal)) => {
                Problem::refused(status, refusal).retry_after(30)
            }
            (_, Some(refusal)) => Problem::refused(status, refusal),
            (error, None) => Problem::from_error(&error),
        }
    }
}
