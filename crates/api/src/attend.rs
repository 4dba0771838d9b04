//! Attends to the jobs that run on this machine, on a thread of its own.

use crate::app::App;
use crate::problem::Result;
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

/// A machine that runs jobs.
#[derive(Debug, Clone)]
pub struct Machine {
    /// What it is called, no other's.
    pub name: String,
    /// Its cores; each counts as a device.
    pub cores: i64,
    /// Memory for jobs, MiB.
    pub memory: i64,
}

/// Takes a machine out that ran jobs before: what was to run there starts again elsewhere. Blocks.
pub fn leave(app: &App, runner: Runner, machine: &str) -> Result<()> {
    let attendant = Attendant::new(runner, Actor::system(), machine);
    Ok(attendant.leave(app.compute()?.as_ref(), app.now(), None)?)
}

/// Brings this machine in and runs on it what is decided.
///
/// Fails when the system gives no thread.
pub fn attend(app: App, runner: Runner, machine: Machine) -> std::io::Result<Attending> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let thread = std::thread::Builder::new().name("attendant".to_string()).spawn(move || {
        let mut attendant = Attendant::new(runner, Actor::system(), &machine.name);
        let mut arrived = false;
        while !flag.load(Ordering::Relaxed) {
            let round = app.compute().and_then(|platform| {
                let platform = platform.as_ref();
                if !arrived {
                    attendant.arrive(platform, app.now(), (machine.cores, machine.memory))?;
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
