//! Bringing in tables, and the jobs that load them.

use crate::app::App;
use crate::ask::{Args, set};
use crate::extract::{Key, Who, stalled, too_large};
use crate::import::{self, Brought, Outcome};
use crate::params::{FromParams, Params};
use crate::problem::{Problem, Problems, Result};
use crate::repeat::UPLOAD_BYTES_MAX;
use crate::template::{self, Card};
use crate::wire;
use crate::wire::job::{Progress, Queued};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use identity::Act;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;
use work::{Job, JobId, State as JobState};

/// Longest mapping, in bytes.
const MAPPING_BYTES_MAX: usize = 256 * 1024;
/// Longest word in a form, in characters.
const WORD_CHARS_MAX: usize = 500;
/// Bytes of a word that are taken in, to say of what is longer that it is.
const WORD_BYTES_MAX: usize = 64 * 1024;

/// Templates, imports and jobs.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_template))
        .routes(routes!(import).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX + (1 << 20))))
        .routes(routes!(get_job))
}

/// A table to fill in, with the columns of a kind.
#[utoipa::path(
    get, path = "/kinds/{kind}/template.csv", operation_id = "get_template", tag = "imports",
    params(("kind" = String, Path, description = "Key of the kind.")),
    responses(
        (status = 200, description = "The table.", body = String, content_type = "text/csv"),
        Problems
    )
)]
async fn get_template(
    State(app): State<App>,
    Key(kind): Key<String>,
    _: Args<()>,
) -> Result<Response> {
    let text = template::csv(app.schema(), &kind)?;
    let name = format!("attachment; filename=\"{kind}.csv\"");
    let mut response = ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response();
    set(response.headers_mut(), header::CONTENT_DISPOSITION, &name);
    Ok(response)
}

/// How a file is brought in.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportParams {
    /// Whether to find out what would change, and change nothing.
    #[param(default = false)]
    dry_run: bool,
}

impl FromParams for ImportParams {
    fn take(params: &mut Params) -> Result<ImportParams> {
        Ok(ImportParams { dry_run: params.flag("dry_run")? })
    }
}

/// A file with what reads it: the kind of its template, or a mapping of its own.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only the document reads it")]
struct ImportForm {
    /// Key of the kind whose template was filled in.
    kind: Option<String>,
    /// A mapping as YAML, in place of `kind`.
    mapping: Option<String>,
    /// What the source is called.
    title: Option<String>,
    /// Who publishes it.
    publisher: Option<String>,
    /// Its licence.
    licence: Option<String>,
    /// Its address.
    url: Option<String>,
    /// CSV, XLSX or JSON, 64 MiB at most.
    #[schema(format = Binary)]
    file: String,
}

/// Brings in a table: tried at once, or loaded by a job.
#[utoipa::path(
    post, path = "/imports", operation_id = "import", tag = "imports",
    params(ImportParams),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "What loading it would do.", body = wire::ScanReport),
        (status = 202, description = "A job loads it.", body = Queued),
        Problems
    )
)]
async fn import(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<ImportParams>,
    request: Request,
) -> Result<Response> {
    caller.allow(Act::Import)?;
    let form = read_form(&app, request).await?;
    let today = app.now().day().to_string();
    let actor = caller.actor();
    let (done, report) = app
        .blocking(move |app| {
            let brought = form.brought(app, today)?;
            match params.dry_run {
                true => Ok((None, Some(brought.dry_run(app, &actor)?))),
                false => Ok((Some(brought.enqueue(app, &actor)?), None)),
            }
        })
        .await?;
    let Some(id) = done else {
        return Ok(axum::Json(report).into_response());
    };
    let mut response =
        (StatusCode::ACCEPTED, axum::Json(Queued { job: id.to_string() })).into_response();
    set(response.headers_mut(), header::LOCATION, &format!("/api/v1/jobs/{id}"));
    Ok(response)
}

#[derive(Default)]
struct Form {
    kind: Option<String>,
    mapping: Option<String>,
    card: Card,
    bytes: Option<Vec<u8>>,
}

impl Form {
    fn brought(self, app: &App, today: String) -> Result<Brought> {
        let bytes = self.bytes.ok_or_else(|| lacking("file"))?;
        let card = Card { today, ..self.card };
        let mapping = match (self.mapping, self.kind) {
            (Some(mapping), None) => mapping,
            (None, Some(kind)) => template::mapping(app.schema(), &kind, &card)?,
            _ => return Err(lacking("kind")),
        };
        Ok(Brought { name: card.file, bytes, mapping })
    }
}

fn lacking(field: &str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "E-FORM-01",
        "表单应有 file,以及 kind 或 mapping 之一",
        "the form has a file, and either a kind or a mapping",
    )
    .file("body")
    .column(field)
}

async fn read_form(app: &App, request: Request) -> Result<Form> {
    let multipart = Multipart::from_request(request, app).await.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "E-FORM-02",
            "请以 multipart/form-data 发送",
            "send the form as multipart/form-data",
        )
        .file("body")
    });
    let (mut multipart, mut form) = (multipart?, Form::default());
    while let Some(field) = multipart.next_field().await.map_err(broken_form)? {
        let name = field.name().unwrap_or_default().to_string();
        match name.as_str() {
            "file" => {
                form.card.file = file_name(field.file_name().unwrap_or_default())?;
                form.bytes = Some(bytes(field, UPLOAD_BYTES_MAX).await?);
            }
            "mapping" => form.mapping = Some(text(field, MAPPING_BYTES_MAX).await?),
            "kind" => form.kind = Some(word(field).await?),
            "title" => form.card.title = some(word(field).await?),
            "publisher" => form.card.publisher = some(word(field).await?),
            "licence" => form.card.licence = some(word(field).await?),
            "url" => form.card.url = some(address(word(field).await?)?),
            _ => return Err(lacking(&name)),
        }
    }
    Ok(form)
}

/// `E-URL-01`: an address that browsers would not open as a page.
pub(super) fn address(text: String) -> Result<String> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    if text.is_empty() || web && !text.contains(char::is_whitespace) {
        return Ok(text);
    }
    let en = "a web address starts with https:// or http://";
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "E-URL-01", "网址应以 https:// 开头", en)
        .rule(en)
        .file("body")
        .column("url")
        .value(&text))
}

pub(super) fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What the sender calls the file, without folders. Only ever shown and recorded, never opened.
pub(super) fn file_name(sent: &str) -> Result<String> {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = kernel::text::clean_name(name).map_err(|refusal| refusal.column("file"))?;
    Ok(name.chars().take(120).collect())
}

pub(super) async fn bytes(mut field: Field<'_>, most: usize) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken_form)? {
        if all.len() + chunk.len() > most {
            return Err(too_large());
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all)
}

async fn text(field: Field<'_>, most: usize) -> Result<String> {
    let name = field.name().unwrap_or_default().to_string();
    let bytes = bytes(field, most).await.map_err(|problem| problem.column(&name))?;
    String::from_utf8(bytes).map_err(|_| {
        let (zh, en) = ("字段不是 UTF-8 文本", "the field is not UTF-8 text");
        Problem::new(StatusCode::BAD_REQUEST, "E-FORM-03", zh, en).file("body").column(&name)
    })
}

pub(super) async fn word(field: Field<'_>) -> Result<String> {
    let name = field.name().unwrap_or_default().to_string();
    let text = text(field, WORD_BYTES_MAX).await?;
    let clean = kernel::text::clean(&text, WORD_CHARS_MAX);
    Ok(clean.map_err(|refusal| refusal.file("body").column(&name))?.to_string())
}

pub(super) fn broken_form(error: MultipartError) -> Problem {
    if let Some(problem) = stalled(&error) {
        return problem;
    }
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    let (zh, en) = ("表单格式有误", "the form is broken");
    Problem::new(StatusCode::BAD_REQUEST, "E-FORM-04", zh, en).file("body")
}

/// How far a job is, and what came of it.
#[utoipa::path(
    get, path = "/jobs/{id}", operation_id = "get_job", tag = "imports",
    params(("id" = String, Path, description = "Id of the job, `W1`.")),
    responses((status = 200, description = "The job.", body = wire::Job), Problems)
)]
async fn get_job(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JobId>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::ReadJob)?;
    let job = app.blocking(move |app| Ok(app.store().read(|tx| work::job::get(tx, id))?)).await?;
    if job.actor != caller.actor() && caller.allow(Act::Operate).is_err() {
        return Err(work::Error::NoJob.into());
    }
    let mut response = axum::Json(of_job(&app, &job)).into_response();
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    Ok(response)
}

fn of_job(app: &App, job: &Job) -> wire::Job {
    let outcome: Option<Outcome> =
        job.result.as_deref().and_then(|result| serde_json::from_str(result).ok());
    let report = outcome.map(|outcome| outcome.report);
    let refused = report.as_ref().and_then(import::refused);
    let failed = job.standing.state == JobState::Failed;
    let broke = failed.then(|| {
        let (zh, en) = ("任务失败,未写入任何内容", "the job failed; nothing was written");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "E-JOB-04", zh, en)
    });
    let state = if refused.is_some() { JobState::Failed } else { job.standing.state };
    let rows = report.as_ref().map_or(0, |report| report.rows as i64);
    let done = app.progress_of(job.id).unwrap_or(rows as u64) as i64;
    wire::Job {
        id: job.id.to_string(),
        kind: job.kind.clone(),
        state: state.name().to_string(),
        progress: Progress { done, total: rows, unit: "rows".to_string() },
        problem: refused.or(broke).map(|problem| problem.body(true, None)),
        report,
    }
}
