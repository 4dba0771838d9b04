//! Documents: brought in, read, reviewed.

use super::imports::{address, broken_form, bytes, file_name, some, word};
use crate::app::App;
use crate::ask::{Args, Ask, PageParams, set};
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::questions;
use crate::wire;
use crate::wire::document::{Document, DocumentCard, NewDecision, NewDecisions, NewReading};
use atlas::AsOf;
use atlas::candidate::{self, Candidate, CandidateId, Decision, NewCandidate, Verdict};
use atlas::reading::{self, Card};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use kernel::{Comparator, EntityId, Valid};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

/// Largest document, in bytes.
const DOCUMENT_BYTES_MAX: usize = 32 << 20;
/// Longest text of a corrected field, in characters.
const FIELD_CHARS_MAX: usize = 200;

/// Documents and decisions.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_documents))
        .routes(routes!(read_document).layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX + (1 << 20))))
        .routes(routes!(get_document))
        .routes(routes!(decide))
}

/// Documents that were read, newest first.
#[utoipa::path(
    get, path = "/documents", operation_id = "list_documents", tag = "documents",
    params(PageParams),
    responses(
        (status = 200, description = "Documents.", body = wire::Page<DocumentCard>),
        Problems
    )
)]
async fn list_documents(ask: Ask<PageParams>) -> Result<Response> {
    ask.caller.allow(Act::ReviewDocuments)?;
    ask.json(questions::documents).await
}

/// A document with its text and what was found in it.
#[utoipa::path(
    get, path = "/documents/{key}", operation_id = "get_document", tag = "documents",
    params(("key" = String, Path, description = "Key of the document's source.")),
    responses((status = 200, description = "The document.", body = Document), Problems)
)]
async fn get_document(Key(key): Key<String>, ask: Ask<()>) -> Result<Response> {
    ask.caller.allow(Act::ReviewDocuments)?;
    ask.json(move |asked, ()| questions::document(asked, &key)).await
}

/// A document with what its bringer says of it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads it")]
struct DocumentForm {
    /// What it is called.
    title: Option<String>,
    /// Who published it.
    publisher: Option<String>,
    /// When: `2025`, `2025-03` or `2025-03-21`.
    published: Option<String>,
    /// Its address.
    url: Option<String>,
    /// Its licence.
    licence: Option<String>,
    /// Text, HTML, PDF or DOCX, 32 MiB at most.
    #[schema(format = Binary)]
    file: String,
}

/// Reads a document; what it says waits to be reviewed. The same file again is the document that
/// is there.
#[utoipa::path(
    post, path = "/documents", operation_id = "read_document", tag = "documents",
    request_body(content = DocumentForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It was read before.", body = Document),
        (status = 201, description = "It was read.", body = Document),
        Problems
    )
)]
async fn read_document(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    request: Request,
) -> Result<Response> {
    caller.allow(Act::Import)?;
    let (card, file) = read_form(&app, request).await?;
    let actor = caller.actor();
    let (document, new) = app
        .blocking(move |app| {
            let now = app.now();
            let mut read = reading::read(app.schema(), app.grammar(), &file, &card)?;
            let known = app.store().read(|tx| {
                Ok::<_, Problem>(atlas::document::by_digest(tx, &read.document.digest)?)
            })?;
            if known.is_none() {
                read.candidates.extend(app.second_reading(&read.read));
            }
            let (key, new) = app.write(|tx| {
                let kept = atlas::document::keep(tx, &actor, now, &read.document, &read.candidates);
                let (document, new) = kept?;
                Ok::<_, Problem>((document.key, new))
            })?;
            let as_of = AsOf { valid: now.day(), known: None };
            Ok((app.ask(as_of, |asked| questions::document(asked, &key))?, new))
        })
        .await?;
    let location = format!("/api/v1/documents/{}", document.document.key);
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = (status, axum::Json(document)).into_response();
    set(response.headers_mut(), header::LOCATION, &location);
    Ok(response)
}

async fn read_form(app: &App, request: Request) -> Result<(Card, Vec<u8>)> {
    let multipart = Multipart::from_request(request, app).await.map_err(|_| {
        let (zh, en) = ("请以 multipart/form-data 发送", "send the form as multipart/form-data");
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "E-FORM-02", zh, en).file("body")
    });
    let (mut multipart, mut card, mut file) = (multipart?, Card::default(), None);
    while let Some(field) = multipart.next_field().await.map_err(broken_form)? {
        let name = field.name().unwrap_or_default().to_string();
        match name.as_str() {
            "file" => {
                card.name = file_name(field.file_name().unwrap_or_default())?;
                file = Some(bytes(field, DOCUMENT_BYTES_MAX).await?);
            }
            "title" => card.title = some(word(field).await?),
            "publisher" => card.publisher = some(word(field).await?),
            "published" => card.published = some(word(field).await?),
            "licence" => card.licence = some(word(field).await?),
            "url" => card.url = some(address(word(field).await?)?),
            _ => return Err(lacking(&name)),
        }
    }
    let file = file.ok_or_else(|| lacking("file"))?;
    Ok((card, file))
}

fn lacking(field: &str) -> Problem {
    let zh = "表单应有 file,可有 title、publisher、published、url、licence";
    let en = "the form has a file, and may have title, publisher, published, url, licence";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "E-FORM-01", zh, en).file("body").column(field)
}

/// Decides about candidates of a document, all of them or none.
#[utoipa::path(
    post, path = "/documents/{key}/decisions", operation_id = "decide", tag = "documents",
    params(("key" = String, Path, description = "Key of the document's source.")),
    request_body = NewDecisions,
    responses((status = 200, description = "As it is now.", body = Document), Problems)
)]
async fn decide(
    State(app): State<App>,
    Who(caller): Who,
    Key(key): Key<String>,
    _: Args<()>,
    Json(body): Json<NewDecisions>,
) -> Result<Response> {
    caller.allow(Act::ReviewDocuments)?;
    let actor = caller.actor();
    let document = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| {
                let document = atlas::document::get(tx, &key)?;
                let found = candidate::of_document(tx, document.source)?;
                let decisions = read(app, &found, &body.decisions)?;
                candidate::decide(tx, app.schema(), &actor, now, &key, &decisions)?;
                Ok::<_, Problem>(())
            })?;
            let as_of = AsOf { valid: now.day(), known: None };
            app.ask(as_of, |asked| questions::document(asked, &key))
        })
        .await?;
    Ok(axum::Json(document).into_response())
}

fn read(app: &App, found: &[Candidate], body: &[NewDecision]) -> Result<Vec<Decision>> {
    let by_id: BTreeMap<CandidateId, &Candidate> = found.iter().map(|one| (one.id, one)).collect();
    let mut decisions = Vec::with_capacity(body.len());
    for (at, one) in body.iter().enumerate() {
        let placed = |problem: Problem| problem.in_field(&format!("decisions/{at}"));
        decisions.push(read_one(app, &by_id, one).map_err(placed)?);
    }
    Ok(decisions)
}

fn read_one(
    app: &App,
    by_id: &BTreeMap<CandidateId, &Candidate>,
    body: &NewDecision,
) -> Result<Decision> {
    let id: CandidateId = body.candidate.parse()?;
    let found = by_id.get(&id).ok_or_else(|| Problem::missing("candidate", &body.candidate))?;
    let verdict = match body.verdict.as_str() {
        "accept" => Verdict::Accepted,
        "correct" => Verdict::Corrected,
        "reject" => Verdict::Rejected,
        "reopen" => Verdict::Reopened,
        other => {
            let en = "a verdict is accept, correct, reject or reopen";
            let zh = "决定应为 accept、correct、reject 或 reopen";
            return Err(refusal("E-CAND-05", zh, en).column("verdict").value(other));
        }
    };
    let correction = match (&body.correction, verdict) {
        (Some(correction), Verdict::Corrected) => Some(corrected(app, &found.found, correction)?),
        (None, Verdict::Corrected) => {
            let (zh, en) = ("更正应给出正确的内容", "a correction says what is right");
            return Err(refusal("E-CAND-05", zh, en).column("correction"));
        }
        (Some(_), _) => {
            let (zh, en) = ("只有更正才带内容", "only a correction says what is right");
            return Err(refusal("E-CAND-05", zh, en).column("correction"));
        }
        (None, _) => None,
    };
    let entity: Option<EntityId> = body.entity.as_deref().map(str::parse).transpose()?;
    Ok(Decision { candidate: id, verdict, correction, entity })
}

fn refusal(code: &'static str, zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).rule(en)
}

/// The candidate as it should have been.
fn corrected(app: &App, found: &NewCandidate, body: &NewReading) -> Result<NewCandidate> {
    let mut right = found.clone();
    let text = |text: &String| -> Result<String> {
        Ok(kernel::text::clean(text, FIELD_CHARS_MAX)?.to_string())
    };
    if let Some(subject) = &body.subject {
        let subject = text(subject)?;
        if subject != right.subject {
            right.subject_kind = None;
        }
        right.subject = subject;
    }
    if let Some(property) = &body.property {
        right.property = text(property)?;
    }
    if let Some(key) = &body.indicator {
        if !key.is_empty() && app.schema().property(key).is_none() {
            return Err(Problem::missing("indicator", key));
        }
        right.indicator = some(key.clone());
    }
    if let Some(sign) = &body.comparator {
        if Comparator::from_sign(sign).is_none() {
            let en = "a comparator is =, >, >=, <, <=, ~ or range";
            let zh = "比较符应为 =、>、>=、<、<=、~ 或 range";
            return Err(refusal("E-NUM-04", zh, en).column("comparator").value(sign));
        }
        right.comparator = Some(sign.clone());
    }
    if let Some(value) = &body.value {
        right.value = some(text(value)?);
    }
    if let Some(high) = &body.value_high {
        right.value_high = some(text(high)?);
    }
    if let Some(unit) = &body.unit {
        right.unit = some(text(unit)?);
    }
    if let Some(valid) = &body.valid {
        right.valid = Valid::parse(valid).map_err(|refusal| refusal.column("valid"))?;
    }
    Ok(right)
}
