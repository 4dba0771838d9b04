//! Where policies are written: checked, tested, tried on every firm, and published.

use crate::app::App;
use crate::ask::Args;
use crate::extract::{Json, Key, Who};
use crate::problem::{Problem, Problems, Result};
use crate::routes::transfer::private;
use crate::wire;
use crate::wire::service::{
    PolicyChange, PolicyCheck, PolicyFault, PolicyReach, PolicySourceText, PolicyTestRun,
    PolicyText, Published,
};
use atlas::AsOf;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::Act;
use policy::published;
use policy_rules::{Fault, Moment, Shelf, Weight, json, mutate, run};
use service::{firm, package};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Firms that are named for whom something changes.
const NAMED_MAX: usize = 50;

/// Tests are run on mutants at most so often: a text of any size must not hold a thread for long.
const RUNS_MAX: usize = 20_000;

/// Writing policies.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(check_policy))
        .routes(routes!(publish_policy))
        .routes(routes!(get_policy_text))
        .routes(routes!(list_published))
}

fn fault(one: &Fault) -> PolicyFault {
    PolicyFault {
        code: one.code.to_string(),
        weight: one.weight.name().to_string(),
        line: one.at.line,
        column: one.at.column,
        message: wire::Label::from(&one.message),
        hint: one.hint.as_ref().map(wire::Label::from),
    }
}

fn reach(one: &package::Reach) -> PolicyReach {
    PolicyReach {
        firms: one.firms as i64,
        granted: one.granted as i64,
        refused: one.refused as i64,
        unknown: one.unknown as i64,
        cost: one.cost.map(|fen| fen.to_string()),
    }
}

/// Checks a text: what is wrong with it, whether its tests pass and notice changes, whom it reaches
/// and what it costs beside the version on the shelf. Nothing is kept.
#[utoipa::path(
    post, path = "/policies/check", operation_id = "check_policy", tag = "policy",
    request_body = PolicyText,
    responses((status = 200, description = "What it would do.", body = PolicyCheck), Problems)
)]
async fn check_policy(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<PolicyText>,
) -> Result<Response> {
    caller.allow(Act::PublishPolicies)?;
    let checked = app
        .blocking(move |app| {
            let today = app.now().legal_day();
            let moment = Moment { on: today, known: today };
            app.ask(AsOf { valid: today, known: None }, |asked| {
                let (book, shelf) = (app.book(asked.tx)?, app.shelf(asked.tx)?);
                let calendar = book.calendar();
                let (policy, faults) = published::check(&body.text, calendar);
                let sound =
                    policy.is_some() && faults.iter().all(|fault| fault.weight == Weight::Warning);
                let faults = faults.iter().map(fault).collect();
                // A text with faults is still read as far as it goes, so that its tests can be run.
                let read = policy.or_else(|| read(&body.text));
                let Some(policy) = read else {
                    return Ok(PolicyCheck {
                        policy: None,
                        title: None,
                        sound,
                        faults,
                        tests: Vec::new(),
                        mutants: 0,
                        noticed: 0,
                        reach: None,
                        before: None,
                        changes: Vec::new(),
                        changed: 0,
                    });
                };
                let ran = run::all(&policy, calendar);
                let passes = ran.iter().all(|one| one.wrong.is_none());
                let mutants = match passes {
                    true => mutate::within(&policy, calendar, RUNS_MAX).unwrap_or_default(),
                    false => Vec::new(),
                };
                let noticed = mutants.iter().filter(|one| one.killed_by.is_some()).count();
                let mut on_shelf = (*shelf).clone();
                on_shelf.policies.push(policy.clone());
                let firms = firm::all(asked.view, today);
                let facts = firm::facts_of(asked.tx, asked.view, &on_shelf, &firms, today)?;
                let facts = facts.into_iter().collect();
                let (now, each) = package::reach(&policy, &facts, moment, calendar);
                let standing = shelf.at(moment).into_iter().find(|one| one.id == policy.id);
                let old = standing.map(|one| package::reach(one, &facts, moment, calendar));
                let mut changes = Vec::new();
                let mut changed = 0;
                for (firm, after) in &each {
                    let nothing = policy_rules::Granted::Nothing;
                    let before = match &old {
                        Some((_, each)) => each.get(firm).copied().unwrap_or(nothing),
                        None => continue,
                    };
                    if before != *after {
                        changed += 1;
                        if changes.len() < NAMED_MAX {
                            changes.push(PolicyChange {
                                firm: asked.look().entity(*firm),
                                before: json::granted(before),
                                after: json::granted(*after),
                            });
                        }
                    }
                }
                Ok(PolicyCheck {
                    policy: Some(policy.id.clone()),
                    title: Some(wire::Label::from(&policy.title)),
                    sound,
                    faults,
                    tests: ran
                        .iter()
                        .map(|one| PolicyTestRun {
                            name: one.name.clone(),
                            line: one.at.line,
                            wrong: one.wrong.as_ref().map(wire::Label::from),
                        })
                        .collect(),
                    mutants: mutants.len() as i64,
                    noticed: noticed as i64,
                    reach: Some(reach(&now)),
                    before: old.as_ref().map(|(old, _)| reach(old)),
                    changes,
                    changed,
                })
            })
        })
        .await?;
    Ok(private(axum::Json(checked)))
}

fn read(text: &str) -> Option<policy_rules::Policy> {
    let vocabulary = policy::Files::shipped().vocabulary().ok()?;
    policy_rules::read(text, &vocabulary).policy
}

/// Publishes a version of a policy; it holds from then on beside those before it.
#[utoipa::path(
    post, path = "/policies", operation_id = "publish_policy", tag = "policy",
    request_body = PolicyText,
    responses((status = 201, description = "It is on the shelf.", body = Published), Problems)
)]
async fn publish_policy(
    State(app): State<App>,
    Who(caller): Who,
    _: Args<()>,
    Json(body): Json<PolicyText>,
) -> Result<Response> {
    caller.allow(Act::PublishPolicies)?;
    let actor = caller.actor();
    let done = app
        .blocking(move |app| {
            let now = app.now();
            app.write(|tx| {
                let book = app.book(tx)?;
                let done = published::publish(tx, (&actor, now), book.calendar(), &body.text);
                let (event, policy) = done.map_err(problem)?;
                Ok::<_, Problem>(Published {
                    policy: policy.id.clone(),
                    digest: policy.digest.clone(),
                    journal: event.to_string(),
                    by: actor.as_str().to_string(),
                    at: now.to_string(),
                })
            })
        })
        .await?;
    Ok(private((StatusCode::CREATED, axum::Json(done))))
}

fn problem(error: published::Error) -> Problem {
    match error {
        published::Error::Refused(refusal) => Problem::from(refusal),
        published::Error::Store(error) => error.into(),
        published::Error::Faulty(faults) => {
            let mut errors = faults.iter().filter(|fault| fault.weight == Weight::Error);
            let Some(first) = errors.next() else { return Problem::broken("no fault") };
            let mut problem = Problem::from(first.refusal());
            for other in errors.take(20) {
                let at = format!("line {}", other.at.line);
                problem = problem.fault(&at, &other.to_string());
            }
            problem
        }
    }
}

/// The text of a policy, to write its next version from.
#[utoipa::path(
    get, path = "/policies/{id}/text", operation_id = "get_policy_text", tag = "policy",
    params(("id" = String, Path, description = "Id of the policy.")),
    responses((status = 200, description = "The text.", body = PolicySourceText), Problems)
)]
async fn get_policy_text(
    State(app): State<App>,
    Who(caller): Who,
    Key(id): Key<String>,
    _: Args<()>,
) -> Result<Response> {
    caller.allow(Act::Read)?;
    let text = app
        .blocking(move |app| {
            app.store().read(|tx| {
                let shelf: std::sync::Arc<Shelf> = app.shelf(tx)?;
                let policy = shelf.get(&id).ok_or_else(|| Problem::missing("policy", &id))?;
                let text = published::text(tx, &policy.digest)?;
                let text = text.ok_or_else(|| Problem::missing("policy", &id))?;
                let (policy, digest) = (policy.id.clone(), policy.digest.clone());
                Ok::<_, Problem>(PolicySourceText { policy, text, digest })
            })
        })
        .await?;
    Ok(private(axum::Json(text)))
}

/// Versions that were published here, the newest first.
#[utoipa::path(
    get, path = "/policies/published", operation_id = "list_published", tag = "policy",
    responses((status = 200, description = "Versions.", body = wire::Page<Published>), Problems)
)]
async fn list_published(State(app): State<App>, Who(caller): Who, _: Args<()>) -> Result<Response> {
    caller.allow(Act::Read)?;
    let items = app
        .blocking(move |app| {
            let found = app.store().read(|tx| published::versions(tx, 200))?;
            let version = |one: &published::Version| Published {
                policy: one.policy.clone(),
                digest: one.digest.clone(),
                journal: one.event.to_string(),
                by: one.by.as_str().to_string(),
                at: one.at.to_string(),
            };
            Ok(found.iter().map(version).collect::<Vec<_>>())
        })
        .await?;
    Ok(private(axum::Json(wire::Page { items, next: None })))
}
