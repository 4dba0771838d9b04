//! The compute platform: the cluster, jobs and what they wrote, prices, vouchers, invoices.

use crate::app::App;
use crate::ask::{Args, Asked};
use crate::extract::{Json, Key, Who};
use crate::params::{FromParams, Params, wrong};
use crate::problem::{Problem, Problems, Result};
use crate::questions::{self, compute as said};
use crate::routes::transfer::private;
use crate::wire::compute::{
    Cluster, ComputeJobPage, ComputeJobs, Invoice, NewComputeJob, NewPrice, NewVoucher, Quote,
    Rights, TaskLog, VoucherSplit, Vouchers,
};
use atlas::AsOf;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use compute::book::{Book, Member, Program};
use compute::kubernetes::{Manner, manifests};
use compute::runner::{Runner, Stream, TaskId};
use compute::{JobName, VoucherName};
use compute_rules::bill::Price;
use compute_rules::engine::{Engine, Event};
use compute_rules::job::{Job, JobId, Request, Standing};
use compute_rules::ledger::{Issue, Kinds, Tenant, Unit, VoucherId, Window};
use identity::{Act, Caller, may};
use kernel::{Day, EntityId, Refusal, Timestamp};
use questions::compute::Eyes;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The compute platform.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_cluster))
        .routes(routes!(list_compute_jobs, submit_job))
        .routes(routes!(get_compute_job))
        .routes(routes!(get_task_log))
        .routes(routes!(cancel_job))
        .routes(routes!(get_job_manifest))
        .routes(routes!(quote_job))
        .routes(routes!(set_price))
        .routes(routes!(list_vouchers, issue_voucher))
        .routes(routes!(split_voucher))
        .routes(routes!(get_invoice))
}

pub(super) fn eyes(caller: &Caller) -> Result<Eyes> {
    caller.allow(Act::RunJobs)?;
    let firm = caller.organization().filter(|key| key.parse::<EntityId>().is_ok());
    let own = firm.map_or_else(|| caller.actor().as_str().to_string(), str::to_string);
    let manage = may(caller.role(), Act::ManageCompute);
    Ok(Eyes { own, all: manage, rights: Rights { manage } })
}

impl App {
    /// Asks the platform something, with the atlas to name who it is about.
    pub(super) fn compute_ask<T>(
        &self,
        ask: impl Fn(&Asked<'_, '_>, (&Engine, &Book)) -> Result<T>,
    ) -> Result<T> {
        let platform = self.compute()?;
        let today = self.now().legal_day();
        self.ask(AsOf { valid: today, known: None }, |asked| {
            platform.see(|engine, book| ask(asked, (engine, book)))
        })
    }
}

/// The cluster as it stands: nodes, devices and what runs on them.
#[utoipa::path(
    get, path = "/compute/cluster", operation_id = "get_cluster", tag = "compute",
    responses((status = 200, description = "The cluster.", body = Cluster), Problems)
)]
async fn get_cluster(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let answer = app
        .blocking(move |app| app.compute_ask(|asked, at| Ok(said::cluster(asked, at, &eyes))))
        .await?;
    Ok(private(axum::Json(answer)))
}

/// Which jobs are asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobParams {
    /// `open` or `ended`.
    #[param(min_length = 1, max_length = 20)]
    state: Option<String>,
    /// Where the page begins: after this job.
    after: Option<String>,
    /// Lines on a page.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: usize,
}

impl FromParams for JobParams {
    fn take(params: &mut Params) -> Result<JobParams> {
        Ok(JobParams {
            state: params.text("state", 20)?,
            after: params.sent("after")?,
            limit: params.limit()?,
        })
    }
}

/// Jobs that the caller may see, the newest first.
#[utoipa::path(
    get, path = "/compute/jobs", operation_id = "list_compute_jobs", tag = "compute",
    params(JobParams),
    responses((status = 200, description = "Jobs.", body = ComputeJobs), Problems)
)]
async fn list_compute_jobs(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<JobParams>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let after = params.after.as_deref().map(str::parse::<JobName>).transpose()?;
    let answer = app
        .blocking(move |app| {
            app.compute_ask(|asked, (engine, book)| {
                let wanted = |job: &&Job| {
                    let over = matches!(job.standing, Standing::Ended { .. });
                    let state = match params.state.as_deref() {
                        Some("open") => !over,
                        Some("ended") => over,
                        _ => true,
                    };
                    let before = after.is_none_or(|after| job.request.job < JobId::from(after));
                    state && before && said::sees(&eyes, book, job)
                };
                let mut jobs: Vec<&Job> = engine.jobs().filter(wanted).collect();
                jobs.sort_unstable_by_key(|job| std::cmp::Reverse(job.request.job));
                let more = jobs.len() > params.limit;
                jobs.truncate(params.limit);
                let line = |job: &&Job| said::job_line(asked, (engine, book), job);
                let items: Vec<_> = jobs.iter().map(line).collect();
                let next = items.last().filter(|_| more).map(|job| job.id.clone());
                Ok(ComputeJobs { items, next })
            })
        })
        .await?;
    Ok(private(axum::Json(answer)))
}

/// What is asked, as the platform takes it.
fn asked_of(caller: &Caller, eyes: &Eyes, body: NewComputeJob) -> Result<compute::Asked> {
    let tenant = match body.tenant {
        Some(key) if key == eyes.own => key,
        Some(key) => {
            caller.allow(Act::ManageCompute)?;
            party(&key)?;
            key
        }
        None => eyes.own.clone(),
    };
    let actor = caller.actor();
    let user = actor.as_str().trim_start_matches('A').parse().unwrap_or(0);
    let after: Vec<JobId> = body
        .after
        .iter()
        .map(|name| name.parse::<JobName>().map(JobId::from))
        .collect::<Result<_, Refusal>>()
        .map_err(|refusal| Problem::from(refusal).in_body("after"))?;
    let deadline = body.deadline.as_deref().map(|text| instant(text, "deadline")).transpose()?;
    let request = Request {
        job: JobId(0),
        tenant: Tenant(0),
        user,
        tasks: body.tasks,
        cpu: body.cpu,
        memory: body.memory,
        devices: body.devices,
        share: body.share,
        kinds: Vec::new(),
        limit: body.limit_ms,
        priority: body.priority,
        after,
        preemptible_after: body.preemptible_after_ms,
        deadline,
    };
    let program = Program {
        name: body.name.trim().to_string(),
        command: body.command,
        submitter: actor.as_str().to_string(),
        key: body.key,
        array: (body.array != 1).then_some(Member { index: 0, count: body.array }),
    };
    Ok(compute::Asked { tenant, kinds: body.kinds, request, program })
}

/// Fails with `E-ID-00` for what names neither an entity nor an account.
pub(super) fn party(key: &str) -> Result<()> {
    let account = key.strip_prefix('A').is_some_and(|digits| digits.parse::<u32>().is_ok());
    if !account {
        key.parse::<EntityId>().map_err(|refusal| Problem::from(refusal).in_body("tenant"))?;
    }
    Ok(())
}

/// The same, and for an entity that is not there. Blocks.
pub(super) fn known_party(app: &App, key: &str) -> Result<()> {
    party(key)?;
    match key.parse::<EntityId>() {
        Ok(entity) => Ok(app.store().read(|tx| atlas::outcome::exists(tx, entity))?),
        Err(_) => Ok(()),
    }
}

/// A job that the caller sees.
fn seen<'e>(engine: &'e Engine, book: &Book, eyes: &Eyes, id: JobName) -> Result<&'e Job> {
    let found = engine.job(JobId::from(id)).filter(|job| said::sees(eyes, book, job));
    found.ok_or_else(|| Problem::missing("job", &id.to_string()))
}

fn job_page(app: &App, eyes: &Eyes, id: JobName) -> Result<ComputeJobPage> {
    app.compute_ask(|asked, (engine, book)| {
        let job = seen(engine, book, eyes, id)?;
        Ok(said::job_page(asked, (engine, book), job))
    })
}

/// Submits a job: what it may cost at most is set aside, and it starts as soon as it fits.
#[utoipa::path(
    post, path = "/compute/jobs", operation_id = "submit_job", tag = "compute",
    request_body = NewComputeJob,
    responses((status = 201, description = "It is kept.", body = ComputeJobPage), Problems)
)]
async fn submit_job(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewComputeJob>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let asked = asked_of(&caller, &eyes, body)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let (job, _) = app.compute()?.submit(&actor, app.now(), asked)?;
            app.announce();
            job_page(app, &eyes, job.into())
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(page))))
}

/// A job.
#[utoipa::path(
    get, path = "/compute/jobs/{id}", operation_id = "get_compute_job", tag = "compute",
    params(("id" = String, Path, description = "Id of the job, `G1`.")),
    responses((status = 200, description = "The job.", body = ComputeJobPage), Problems)
)]
async fn get_compute_job(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JobName>,
    _: Args<()>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let page = app.blocking(move |app| job_page(app, &eyes, id)).await?;
    Ok(private(axum::Json(page)))
}

/// Which part of what a task wrote is asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogParams {
    /// Which task, from 0.
    #[param(value_type = Option<u32>, maximum = 4095)]
    task: u32,
    /// `out` or `err`.
    #[param(value_type = Option<String>, pattern = "^(out|err)$")]
    stream: Stream,
    /// From which byte.
    #[param(value_type = Option<u64>, maximum = 268435456)]
    from: u64,
}

impl FromParams for LogParams {
    fn take(params: &mut Params) -> Result<LogParams> {
        let stream = match params.text("stream", 3)?.as_deref() {
            None | Some("out") => Stream::Out,
            Some("err") => Stream::Err,
            Some(other) => {
                return Err(wrong("E-QUERY-02", "stream", other).rule("`out` or `err`"));
            }
        };
        Ok(LogParams {
            task: params.number("task", 0, 4_095)?.unwrap_or(0) as u32,
            stream,
            from: params.number("from", 0, 1 << 28)?.unwrap_or(0) as u64,
        })
    }
}

/// A part of what a task of a job wrote, in its last attempt.
#[utoipa::path(
    get, path = "/compute/jobs/{id}/log", operation_id = "get_task_log", tag = "compute",
    params(("id" = String, Path, description = "Id of the job, `G1`."), LogParams),
    responses((status = 200, description = "The part.", body = TaskLog), Problems)
)]
async fn get_task_log(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JobName>,
    Args(params): Args<LogParams>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let log = app
        .blocking(move |app| {
            let attempt = app
                .compute()?
                .see(|engine, book| seen(engine, book, &eyes, id).map(|job| job.attempt))?;
            let task = TaskId { job: JobId::from(id).0, attempt, task: params.task };
            let folder = compute::runner::folder_of(&app.settings().jobs, task);
            let log = Runner::log(&folder, task, params.stream, params.from)
                .map_err(|error| Problem::broken(format!("a task's log: {error}")))?;
            Ok(TaskLog { text: log.text, next: log.next, size: log.size })
        })
        .await?;
    Ok(private(axum::Json(log)))
}

/// How a job is written for Kubernetes.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct ManifestParams {
    /// The namespace; `xiudai` without it.
    #[param(max_length = 63)]
    namespace: Option<String>,
    /// The image that tasks run in; `debian:stable-slim` without it.
    #[param(max_length = 255)]
    image: Option<String>,
    /// The local queue of Kueue that admits them; none for no Kueue.
    #[param(max_length = 63)]
    queue: Option<String>,
}

impl FromParams for ManifestParams {
    fn take(params: &mut Params) -> Result<ManifestParams> {
        Ok(ManifestParams {
            namespace: params.text("namespace", 63)?,
            image: params.text("image", 255)?,
            queue: params.text("queue", 63)?,
        })
    }
}

/// A job as Jobs of Kubernetes, one a task, for who applies them.
#[utoipa::path(
    get, path = "/compute/jobs/{id}/manifest", operation_id = "get_job_manifest", tag = "compute",
    params(("id" = String, Path, description = "Id of the job, `G1`."), ManifestParams),
    responses(
        (status = 200, description = "A list that kubectl creates.", body = serde_json::Value),
        Problems
    )
)]
async fn get_job_manifest(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JobName>,
    Args(params): Args<ManifestParams>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let said = app
        .blocking(move |app| {
            app.compute()?.see(|engine, book| {
                let job = seen(engine, book, &eyes, id)?;
                let orders = compute::attend::orders(engine, book, job.request.job);
                let orders = orders.ok_or_else(|| Problem::missing("job", &id.to_string()))?;
                let manner = Manner {
                    namespace: params.namespace.unwrap_or_else(|| "xiudai".to_string()),
                    image: params.image.unwrap_or_else(|| "debian:stable-slim".to_string()),
                    queue: params.queue,
                };
                Ok(manifests((job.request.job.0, job.attempt), &orders, &manner))
            })
        })
        .await?;
    Ok(private(axum::Json(said)))
}

/// What is to be stopped.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct CancelParams {
    /// All jobs of its array.
    #[param(value_type = Option<bool>)]
    array: bool,
}

impl FromParams for CancelParams {
    fn take(params: &mut Params) -> Result<CancelParams> {
        Ok(CancelParams { array: params.flag("array")? })
    }
}

/// Stops a job, or takes it out of the queue; or all of its array.
#[utoipa::path(
    post, path = "/compute/jobs/{id}/cancel", operation_id = "cancel_job", tag = "compute",
    params(("id" = String, Path, description = "Id of the job, `G1`."), CancelParams),
    responses((status = 200, description = "As it is now.", body = ComputeJobPage), Problems)
)]
async fn cancel_job(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<JobName>,
    Args(params): Args<CancelParams>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let actor = caller.actor();
    let page = app
        .blocking(move |app| {
            let platform = app.compute()?;
            platform.see(|engine, book| seen(engine, book, &eyes, id).map(|_| ()))?;
            if params.array {
                platform.cancel_array(&actor, app.now(), id.into())?;
            } else {
                platform.tell(&actor, app.now(), Event::Cancel(id.into()))?;
            }
            app.announce();
            job_page(app, &eyes, id)
        })
        .await?;
    Ok(private(axum::Json(page)))
}

/// What would come of a job if it were submitted now: the same decision, and nothing is kept.
#[utoipa::path(
    post, path = "/compute/quote", operation_id = "quote_job", tag = "compute",
    request_body = NewComputeJob,
    responses((status = 200, description = "What would come of it.", body = Quote), Problems)
)]
async fn quote_job(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewComputeJob>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let count = i64::from(body.array);
    let asked = asked_of(&caller, &eyes, body)?;
    let quote = app
        .blocking(move |app| {
            let now = app.now();
            let (job, engine) = app.compute()?.what_if(now, asked)?;
            let (why, remedy) = said::why(&engine, now, job);
            let kind = engine.job(job).and_then(|job| match &job.standing {
                Standing::Running { kind, .. } => Some(*kind),
                _ => None,
            });
            Ok(Quote {
                most: engine.held_for(job).saturating_mul(count),
                starts_now: kind.is_some(),
                kind: kind.and_then(|at| engine.cluster().models.get(usize::from(at)).cloned()),
                why,
                remedy,
                start: said::start(&engine, now, job),
            })
        })
        .await?;
    Ok(private(axum::Json(quote)))
}

/// An instant as it is sent.
pub(super) fn instant(text: &str, field: &str) -> Result<Timestamp> {
    Timestamp::parse(text).map_err(|refusal| Problem::from(refusal).in_body(field))
}

/// The first instant after a day of the law.
fn after_day(text: &str) -> Result<Timestamp> {
    let day = Day::parse(text).map_err(|refusal| Problem::from(refusal).in_body("until"))?;
    Ok(Timestamp::after_legal(day))
}

/// Sets what a device-hour of a kind costs, from now until the end of a day.
#[utoipa::path(
    post, path = "/compute/prices", operation_id = "set_price", tag = "compute",
    request_body = NewPrice,
    responses((status = 201, description = "The cluster.", body = Cluster), Problems)
)]
async fn set_price(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewPrice>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    caller.allow(Act::ManageCompute)?;
    let actor = caller.actor();
    let answer = app
        .blocking(move |app| {
            let platform = app.compute()?;
            let now = app.now();
            let names = std::slice::from_ref(&body.kind);
            let kinds = platform.look(|engine| engine.kinds_named(names))?;
            let until = after_day(&body.until)?;
            let kind = kinds.first().copied().unwrap_or_default();
            let micro_yuan = body.micro_yuan;
            let price = Price { kind, from: now, until, micro_yuan };
            platform.tell(&actor, now, Event::Price(price))?;
            app.compute_ask(|asked, at| Ok(said::cluster(asked, at, &eyes)))
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(answer))))
}

fn vouchers(app: &App, eyes: &Eyes) -> Result<Vouchers> {
    app.compute_ask(|asked, at| Ok(said::vouchers(asked, at, eyes)))
}

/// Vouchers that the caller may see, and what they come to.
#[utoipa::path(
    get, path = "/compute/vouchers", operation_id = "list_vouchers", tag = "compute",
    responses((status = 200, description = "Vouchers.", body = Vouchers), Problems)
)]
async fn list_vouchers(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let answer = app.blocking(move |app| vouchers(app, &eyes)).await?;
    Ok(private(axum::Json(answer)))
}

/// Issues a voucher, good from now until the end of a day.
#[utoipa::path(
    post, path = "/compute/vouchers", operation_id = "issue_voucher", tag = "compute",
    request_body = NewVoucher,
    responses((status = 201, description = "Vouchers.", body = Vouchers), Problems)
)]
async fn issue_voucher(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<NewVoucher>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    caller.allow(Act::ManageCompute)?;
    let actor = caller.actor();
    let answer = app
        .blocking(move |app| {
            known_party(app, &body.holder)?;
            let platform = app.compute()?;
            let now = app.now();
            let kinds = platform.look(|engine| engine.kinds_named(&body.kinds))?;
            let issue = Issue {
                voucher: VoucherId(0),
                holder: Tenant(0),
                unit: Unit::Money,
                kinds: Kinds::of(kinds.into_iter()),
                window: Window { from: now, until: after_day(&body.until)? },
                amount: body.amount,
            };
            platform.issue(&actor, now, &body.holder, issue)?;
            vouchers(app, &eyes)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(answer))))
}

/// Gives a part of a voucher to another: its holder's, or the office's to give.
#[utoipa::path(
    post, path = "/compute/vouchers/{id}/split", operation_id = "split_voucher", tag = "compute",
    params(("id" = String, Path, description = "Id of the voucher, `U1`.")),
    request_body = VoucherSplit,
    responses((status = 201, description = "Vouchers.", body = Vouchers), Problems)
)]
async fn split_voucher(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<VoucherName>,
    _: Args<()>,
    Json(body): Json<VoucherSplit>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let actor = caller.actor();
    let answer = app
        .blocking(move |app| {
            known_party(app, &body.holder)?;
            let seen = vouchers(app, &eyes)?;
            // A voucher that the caller does not see is not there.
            if !seen.items.iter().any(|one| one.id == id.to_string() && !one.makes_good) {
                return Err(Problem::missing("voucher", &id.to_string()));
            }
            let part = (body.holder.as_str(), body.amount);
            app.compute()?.split(&actor, app.now(), id.into(), part)?;
            vouchers(app, &eyes)
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(answer))))
}

/// Which invoice is asked for.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
struct InvoiceParams {
    /// Whose: the caller's own, unless they see all.
    tenant: Option<String>,
    /// The first day.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Day>,
    /// The last day.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Day>,
}

impl FromParams for InvoiceParams {
    fn take(params: &mut Params) -> Result<InvoiceParams> {
        Ok(InvoiceParams {
            tenant: params.text("tenant", 20)?,
            from: params.day("from")?,
            until: params.day("until")?,
        })
    }
}

/// What the runs that ended within some days come to: lines that sum to what vouchers paid.
#[utoipa::path(
    get, path = "/compute/invoice", operation_id = "get_invoice", tag = "compute",
    params(InvoiceParams),
    responses((status = 200, description = "The invoice.", body = Invoice), Problems)
)]
async fn get_invoice(
    State(app): State<App>,
    Who(caller): Who,
    Args(params): Args<InvoiceParams>,
) -> Result<Response> {
    let eyes = eyes(&caller)?;
    let key = params.tenant.filter(|_| eyes.all).unwrap_or_else(|| eyes.own.clone());
    let answer = app
        .blocking(move |app| {
            let start = |day: Day| Timestamp::after_legal(day.previous());
            let from = params.from.map_or(Timestamp::from_micros(0), start);
            let until = params.until.map_or(Timestamp::MAX, Timestamp::after_legal);
            app.compute_ask(|asked, at| Ok(said::invoice(asked, at, &key, (from, until))))
        })
        .await?;
    Ok(private(axum::Json(answer)))
}
