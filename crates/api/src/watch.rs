//! Looking at saved questions: whoever asked hears when an answer changes.

use crate::app::App;
use crate::problem::{Problem, Result};
use crate::questions::{self, Request};
use atlas::AsOf;
use atlas::question::{self as saved, Question};
use axum::http::StatusCode;
use kernel::{Actor, Day, EventId, Refusal, Timestamp};
use serde_json::json;
use work::{NewDelivery, WebhookUrl};

/// Questions looked at in one transaction.
const CHUNK: i64 = 50;

/// What was last looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Watch {
    event: Option<EventId>,
    day: Option<Day>,
    started: bool,
}

impl Watch {
    /// Looks at every question if there is news or a new day, or whether one was never looked at.
    pub(crate) fn look(&mut self, app: &App) -> Result<()> {
        let now = app.now();
        let (news, last) = self.news(app, now)?;
        let anew = news || !self.started || self.day != Some(now.day());
        let mut after = 0;
        loop {
            let some = app.store().read(|tx| saved::all(tx, after, CHUNK))?;
            let Some(end) = some.last() else { break };
            after = end.id.0;
            let due: Vec<&Question> =
                some.iter().filter(|question| anew || question.digest.is_none()).collect();
            look_at(app, now, &due, last.unwrap_or(EventId(0)))?;
        }
        *self = Watch { event: last, day: Some(now.day()), started: true };
        Ok(())
    }

    /// Whether the atlas changed since, and the last event there is.
    fn news(&self, app: &App, now: Timestamp) -> Result<(bool, Option<EventId>)> {
        let as_of = AsOf { valid: now.day(), known: None };
        let (mut after, mut news) = (self.event, false);
        loop {
            let (items, seen) = app.ask(as_of, |asked| questions::feed_since(asked, after))?;
            news |= !items.is_empty();
            if seen == after {
                return Ok((news, after));
            }
            after = seen;
        }
    }
}

fn look_at(app: &App, now: Timestamp, due: &[&Question], event: EventId) -> Result<()> {
    let mut answers = Vec::with_capacity(due.len());
    for question in due {
        if let Some(digest) = answer(app, now, question)? {
            answers.push((*question, digest));
        }
    }
    if answers.is_empty() {
        return Ok(());
    }
    let base = &app.settings().base_url;
    app.store().write(|tx| -> Result<()> {
        for (question, digest) in &answers {
            if saved::note(tx, now, question, digest, event)? {
                tell(tx, now, question, base)?;
            }
        }
        Ok(())
    })
}

/// A digest of the answer; of a refusal its code. What is broken here says nothing about it.
fn answer(app: &App, now: Timestamp, question: &Question) -> Result<Option<String>> {
    let asked = Request::parse(&question.path, now).and_then(|request| {
        app.ask(request.as_of, |asked| Ok(questions::digest(&request.answer(asked)?)))
    });
    match asked {
        Ok(digest) => Ok(Some(digest)),
        Err(problem) if problem.status() < 500 => Ok(Some(problem.code().to_string())),
        Err(problem) => {
            let (question, cause) = (question.id.to_string(), problem.cause());
            tracing::error!(question, cause, "a question could not be looked at");
            Ok(None)
        }
    }
}

/// Sends word to the web hook, if there is one.
fn tell(tx: &mut store::Tx<'_>, now: Timestamp, question: &Question, base: &str) -> Result<()> {
    let Some(webhook) = &question.webhook else {
        return Ok(());
    };
    let url = WebhookUrl::parse(webhook)?;
    let body = json!({
        "event": "question_changed",
        "question": question.id.to_string(),
        "title": question.title,
        "path": question.path,
        "at": now.to_string(),
        "link": format!("{base}/questions"),
    })
    .to_string();
    let new = NewDelivery { url: &url, event: "question_changed", body: &body };
    // A receiver that is too far behind must not keep the others from hearing.
    match tx.attempt(|tx| work::webhook::enqueue(tx, &Actor::system(), now, &new)) {
        Err(work::Error::Full { .. }) => {
            tracing::warn!(question = %question.id, "the web hook is too far behind");
            Ok(())
        }
        other => Ok(other.map(|_| ())?),
    }
}

/// The address of a web hook, if the operator allows it.
///
/// Fails with `E-HOOK-01`, or with `E-HOOK-02` for a host that is not on the operator's list.
pub(crate) fn check_webhook(app: &App, text: &str) -> Result<String> {
    let url = WebhookUrl::parse(text)?;
    let hosts = &app.settings().webhook_hosts;
    if hosts.is_empty() || hosts.iter().any(|host| host.eq_ignore_ascii_case(url.host())) {
        return Ok(url.as_str().to_string());
    }
    let refusal = Refusal::new(
        "E-HOOK-02",
        "a web hook points to a host that the operator allows",
        "运营者未允许向该主机发送通知",
        "the operator does not allow web hooks to this host",
    );
    let refusal = refusal.column("webhook").value(url.host());
    Err(Problem::refused(StatusCode::UNPROCESSABLE_ENTITY, refusal))
}
