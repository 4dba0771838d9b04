//! Attends to the jobs that run on this house's machines, on a thread of its own.

use crate::app::App;
use crate::problem::Result;
use compute::attend::Attendant;
use compute::executor::Executor;
use kernel::Actor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two rounds: what ended is heard of within it.
const ROUND: Duration = Duration::from_millis(100);
/// Between two questions which machines there are.
const SURVEY: Duration = Duration::from_secs(5);
/// After a round that failed.
const AGAIN: Duration = Duration::from_secs(2);

/// A thread that attends. Dropping it lets it run on.
pub struct Attending {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Attending {
    /// Ends it after its round, and waits for it. What it started runs on.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.thread.join().is_err() {
            tracing::error!("the attendant panicked");
        }
    }
}

/// Takes machines out that ran jobs before: what was to run there starts again elsewhere. Blocks.
pub fn leave(app: &App, executors: Vec<Box<dyn Executor>>) -> Result<()> {
    let mut attendant = Attendant::new(executors, Actor::system());
    attendant.survey(app.compute()?.as_ref(), app.now())?;
    Ok(attendant.stop_all()?)
}

/// Brings in the machines of some executors and runs on them what is decided.
///
/// Fails when the system gives no thread.
pub fn attend(app: App, executors: Vec<Box<dyn Executor>>) -> std::io::Result<Attending> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("attendant".to_string()).spawn(move || {
        let mut attendant = Attendant::new(executors, Actor::system());
        let mut surveyed: Option<Instant> = None;
        while !flag.load(Ordering::Relaxed) {
            let round = app.compute().and_then(|platform| {
                let platform = platform.as_ref();
                let surveys = surveyed.is_none_or(|since| since.elapsed() > SURVEY);
                // An executor that does not answer keeps nothing from running on the others.
                let seen = if surveys { attendant.survey(platform, app.now()) } else { Ok(()) };
                if surveys {
                    surveyed = Some(Instant::now());
                }
                let done = attendant.round(platform, app.now())?;
                seen?;
                Ok(done)
            });
            match round {
                Ok(true) => app.announce(),
                Ok(false) => std::thread::sleep(ROUND),
                Err(problem) => {
                    tracing::error!(%problem, cause = problem.cause(), "jobs could not be attended");
                    std::thread::sleep(AGAIN);
                }
            }
        }
    })?;
    Ok(Attending { stop, thread })
}
