//! Questions as they come in: the point of view, the parameters, and whether the asker knows the
//! answer already.

use crate::app::{App, District};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Result};
use crate::wire::Look;
use atlas::search::Index;
use atlas::{AsOf, Sight, View};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::{Act, Caller};
use kernel::canon::{Hasher, hex};
use kernel::{Day, Timestamp};
use serde::Serialize;
use store::Tx;
use utoipa::IntoParams;

/// What a question is given: one snapshot of storage, the view of just that snapshot, the search
/// index, and the point of view.
pub struct Asked<'a, 't> {
    /// Storage.
    pub tx: &'a mut Tx<'t>,
    /// The statements in memory.
    pub view: &'a View,
    /// Full text.
    pub index: &'a Index,
    /// The district that the house is of.
    pub district: &'a District,
    /// The point of view.
    pub as_of: AsOf,
    /// The same in positions of the journal.
    pub sight: Sight,
    /// When it is asked.
    pub now: Timestamp,
}

impl<'a> Asked<'a, '_> {
    /// What turns answers into what goes over the wire.
    pub fn look(&self) -> Look<'a> {
        Look { view: self.view, sight: self.sight }
    }

    /// Today, UTC.
    pub fn today(&self) -> Day {
        self.now.day()
    }
}

/// The point of view of every read.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only the document reads it")]
pub(crate) struct AsOfParams {
    /// Day on which statements are true in the world, `YYYY-MM-DD`; today unless said.
    #[param(value_type = Option<String>, format = Date)]
    valid: Option<Day>,
    /// Day by whose end (UTC) statements had been recorded, `YYYY-MM-DD`; now unless said.
    #[param(value_type = Option<String>, format = Date)]
    known: Option<Day>,
}

/// Which page of a list.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// `next` of the page before.
    pub after: Option<String>,
    /// Items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: usize,
}

impl FromParams for PageParams {
    fn take(params: &mut Params) -> Result<PageParams> {
        Ok(PageParams { after: params.sent("after")?, limit: params.limit()? })
    }
}

/// Reads the point of view.
pub(crate) fn take_as_of(params: &mut Params, now: Timestamp) -> Result<AsOf> {
    let valid = params.day("valid")?.unwrap_or(now.day());
    let known = params.day("known")?.map(Timestamp::end_of);
    Ok(AsOf { valid, known: known.filter(|known| *known < now) })
}

/// Parameters alone, for what has no point of view: a read takes one all the same, so that pages
/// can send it everywhere. Refuses what it does not know.
pub(crate) struct Args<P>(pub(crate) P);

impl<S, P> FromRequestParts<S> for Args<P>
where
    P: FromParams,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Args<P>> {
        let mut params = Params::parse(parts.uri.query().unwrap_or_default())?;
        if parts.method.is_safe() {
            params.day("valid")?;
            params.day("known")?;
        }
        let read = P::take(&mut params)?;
        params.done()?;
        Ok(Args(read))
    }
}

/// A question: who asks what, from which point of view.
pub(crate) struct Ask<P> {
    pub(crate) app: App,
    pub(crate) params: P,
    pub(crate) as_of: AsOf,
    pub(crate) caller: Caller,
    address: String,
    known_tags: Vec<String>,
}

impl<S, P> FromRequestParts<S> for Ask<P>
where
    P: FromParams,
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Ask<P>> {
        let app = App::from_ref(state);
        let caller = caller_of(parts);
        caller.allow(Act::Read)?;
        let mut params = Params::parse(parts.uri.query().unwrap_or_default())?;
        let as_of = take_as_of(&mut params, app.now())?;
        let read = P::take(&mut params)?;
        params.done()?;
        Ok(Ask {
            app,
            params: read,
            as_of,
            caller,
            address: parts.uri.to_string(),
            known_tags: tags(&parts.headers),
        })
    }
}

/// Who asks, as the door found out.
pub(crate) fn caller_of(parts: &Parts) -> Caller {
    parts.extensions.get::<Caller>().cloned().unwrap_or_else(Caller::anonymous)
}

/// The tags of `If-None-Match`.
fn tags(headers: &HeaderMap) -> Vec<String> {
    let written = headers.get_all(header::IF_NONE_MATCH).iter();
    let lists = written.filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').to_string())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// A file that a question is answered with.
pub(crate) struct FileAnswer {
    pub(crate) content_type: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl<P: Send + Sync + 'static> Ask<P> {
    /// Answers as JSON, or `304` when the asker has this answer.
    pub(crate) async fn json<T: Serialize>(
        self,
        question: impl Fn(&mut Asked<'_, '_>, &P) -> Result<T> + Send + 'static,
    ) -> Result<Response> {
        self.file(move |asked, params| {
            let answer = question(asked, params)?;
            let bytes = serde_json::to_vec(&answer);
            let bytes = bytes.map_err(|error| Problem::broken(format!("no JSON: {error}")))?;
            Ok(FileAnswer { content_type: "application/json", name: None, bytes })
        })
        .await
    }

    /// Answers with a file, or `304` when the asker has it.
    pub(crate) async fn file(
        self,
        question: impl Fn(&mut Asked<'_, '_>, &P) -> Result<FileAnswer> + Send + 'static,
    ) -> Result<Response> {
        let Ask { app, params, as_of, caller, address, known_tags } = self;
        let role = caller.role().name();
        let (tag, answer) = app
            .blocking(move |app| {
                app.ask(as_of, |asked| {
                    let tag = tag(asked, &address, role);
                    match known_tags.contains(&tag) {
                        true => Ok((tag, None)),
                        false => Ok((tag, Some(question(asked, &params)?))),
                    }
                })
            })
            .await?;
        Ok(answer_with(&tag, answer))
    }
}

/// Equal for equal answers: the same build, the same journal, the same day, the same question.
fn tag(asked: &Asked<'_, '_>, address: &str, role: &str) -> String {
    let mut hasher = Hasher::new();
    hasher
        .text(env!("CARGO_PKG_VERSION"))
        .int(asked.view.event_count() as i64)
        .int(i64::from(asked.today().number()))
        .text(address)
        .text(role);
    hex(&hasher.digest()[..12])
}

fn answer_with(tag: &str, answer: Option<FileAnswer>) -> Response {
    let mut response = match answer {
        None => StatusCode::NOT_MODIFIED.into_response(),
        Some(file) => {
            let mut response =
                ([(header::CONTENT_TYPE, file.content_type)], file.bytes).into_response();
            if let Some(name) = file.name {
                let text = format!("attachment; filename=\"{name}\"");
                set(response.headers_mut(), header::CONTENT_DISPOSITION, &text);
            }
            response
        }
    };
    let headers = response.headers_mut();
    set(headers, header::ETAG, &format!("W/\"{tag}\""));
    set(headers, header::CACHE_CONTROL, "private, no-cache");
    set(headers, header::VARY, "cookie, authorization");
    response
}

/// Sets a header to a text that is known to be sound.
pub(crate) fn set(headers: &mut HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
