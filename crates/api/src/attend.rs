//! Attends to the jobs that run on this machine, on a thread of its own.

use crate::app::App;
use compute::attend::Attendant;
use compute::runner::Runner;
use kernel::Actor;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two rounds: what ended is heard of within it.
const ROUND: Duration = Duration::from_millis(100);
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

/// Brings this machine in, with so many cores and so much memory (MiB), and runs what is decided.
///
/// Fails when the system gives no thread.
pub fn attend(app: App, runner: Runner, machine: (i64, i64)) -> std::io::Result<Attending> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("attendant".to_string()).spawn(move || {
        let mut attendant = Attendant::new(runner, Actor::system());
        let mut arrived = false;
        while !flag.load(Ordering::Relaxed) {
            let round = app.compute().and_then(|platform| {
                let platform = platform.as_ref();
                if !arrived {
                    attendant.arrive(platform, app.now(), machine)?;
                    arrived = true;
                }
                Ok(attendant.round(platform, app.now())?)
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
