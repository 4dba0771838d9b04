//! Imports: a file with its mapping, tried or loaded.

use crate::app::App;
use crate::problem::{Problem, Result};
use crate::spool::Slot;
use crate::wire::ScanReport;
use atlas::load::{Cache, Mode, ScanFile, scan_file};
use axum::http::StatusCode;
use kernel::Actor;
use scan::Mapping;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use work::{Job, JobId, NewJob};

/// The kind of job that loads a file.
pub(crate) const IMPORT: &str = "import";

/// A file that was brought in, with the mapping that reads it.
pub(crate) struct Brought {
    /// File name, without folders.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// Text of the mapping.
    pub(crate) mapping: String,
}

/// What a job needs to know.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    slot: String,
    file: String,
}

/// What a job leaves.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// What the scan did.
    pub(crate) report: ScanReport,
}

impl Brought {
    /// Reads the mapping, so that a wrong one is refused at once.
    pub(crate) fn check(&self, app: &App) -> Result<Mapping> {
        Ok(Mapping::parse("mapping", &self.mapping, &BTreeMap::new(), app.schema())?)
    }

    /// What loading it would do. Blocks, and holds back other writers meanwhile.
    pub(crate) fn dry_run(&self, app: &App, actor: &Actor) -> Result<ScanReport> {
        self.scan(app, actor, &mut Cache::default(), Mode::Try, &mut |_| {})
    }

    fn scan(
        &self,
        app: &App,
        actor: &Actor,
        cache: &mut Cache,
        mode: Mode,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ScanReport> {
        let mapping = self.check(app)?;
        let file = ScanFile {
            name: &self.name,
            bytes: &self.bytes,
            mapping: &mapping,
            mapping_text: &self.mapping,
            limits: &app.settings().limits,
        };
        let (store, schema, now) = (app.store(), app.schema(), app.now());
        let report = scan_file(store, schema, cache, actor, now, &file, mode, progress)?;
        Ok(ScanReport::new(&self.name, &report))
    }

    /// Puts it aside for the worker.
    pub(crate) fn enqueue(&self, app: &App, actor: &Actor) -> Result<JobId> {
        self.check(app)?;
        let slot = Slot::new(app);
        slot.put(app, &self.bytes, &self.mapping)?;
        let payload = Payload { slot: slot.name().to_string(), file: self.name.clone() };
        let payload = serde_json::to_string(&payload).unwrap_or_default();
        let now = app.now();
        let new = NewJob { kind: IMPORT, payload: &payload, run_after: now };
        let queued = app.write(|tx| work::job::enqueue(tx, actor, now, &new));
        if queued.is_err() {
            slot.clear(app);
        }
        Ok(queued?.id)
    }
}

/// Loads the file of a job; answers what the job is to keep.
pub(crate) fn run(app: &App, cache: &mut Cache, job: &Job) -> Result<Outcome> {
    let payload: Payload = serde_json::from_str(&job.payload)
        .map_err(|error| Problem::broken(format!("payload of {}: {error}", job.id)))?;
    let slot = Slot::parse(&payload.slot)
        .ok_or_else(|| Problem::broken(format!("payload of {} names no slot", job.id)))?;
    let (bytes, mapping) = slot.get(app)?;
    let brought = Brought { name: payload.file, bytes, mapping };
    let id = job.id;
    let mut progress = |rows| app.note_progress(id, rows);
    let report = brought.scan(app, &job.actor, cache, Mode::Write, &mut progress)?;
    Ok(Outcome { report })
}

/// Forgets the file of a job that is over.
pub(crate) fn clear(app: &App, job: &Job) {
    let payload: Option<Payload> = serde_json::from_str(&job.payload).ok();
    if let Some(slot) = payload.and_then(|payload| Slot::parse(&payload.slot)) {
        slot.clear(app);
    }
}

/// Why a load that was refused wrote nothing.
pub(crate) fn refused(report: &ScanReport) -> Option<Problem> {
    let first = report.refusals.first()?;
    let count = report.refusals.len();
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "E-IMPORT-01",
        &format!("有 {count} 处不合规则,未写入任何内容。第一处:{}", first.message.zh),
        &format!("{count} refusals, so nothing was written. The first: {}", first.message.en),
    );
    Some(problem.file(&report.file).rule(&first.rule).value(&first.value))
}
