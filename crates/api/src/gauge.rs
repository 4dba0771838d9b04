//! Numbers about the house at work, as Prometheus reads them.

use crate::app::App;
use crate::problem::Result;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    requests: AtomicU64,
    refused: AtomicU64,
    broken: AtomicU64,
    micros: AtomicU64,
}

impl Gauge {
    /// Counts an answer.
    pub(crate) fn count(&self, status: u16, micros: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let class = match status {
            400..=499 => &self.refused,
            500.. => &self.broken,
            _ => return,
        };
        class.fetch_add(1, Ordering::Relaxed);
    }
}

/// The text for `/metrics`. Blocks.
pub(crate) fn text(app: &App) -> Result<String> {
    let now = app.now();
    let (journal, view, entities, depth) = app.see(|tx, view| {
        let depth = work::job::depth(tx, now)?;
        let size = store::journal::head(tx)?.size;
        Ok((size, view.statement_count(), view.entity_count(), depth))
    })?;
    let gauge = app.gauge();
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
    let numbers = [
        ("requests_total", "counter", "Requests answered.", read(&gauge.requests)),
        ("requests_refused_total", "counter", "Answers 400 to 499.", read(&gauge.refused)),
        ("requests_broken_total", "counter", "Answers 500 and up.", read(&gauge.broken)),
        ("request_seconds_total", "counter", "Time spent answering.", read(&gauge.micros) / 1e6),
        ("journal_events", "gauge", "Events in the journal.", journal as f64),
        ("view_statements", "gauge", "Statements in memory.", view as f64),
        ("view_entities", "gauge", "Entities in memory.", entities as f64),
        ("jobs_queued", "gauge", "Jobs that wait.", depth.queued as f64),
        ("jobs_running", "gauge", "Jobs under way.", depth.running as f64),
        ("jobs_failed", "gauge", "Jobs that failed and are kept.", depth.failed as f64),
        ("jobs_late_seconds", "gauge", "Age of the oldest due job.", depth.late_us as f64 / 1e6),
    ];
    let mut text = String::new();
    for (name, kind, help, number) in numbers {
        let _ = write!(text, "# HELP xiudai_{name} {help}\n# TYPE xiudai_{name} {kind}\n");
        let _ = writeln!(text, "xiudai_{name} {number}");
    }
    Ok(text)
}
