//! The worker: one thread that runs jobs, looks at saved questions, and sends what is to be sent.

use crate::app::{App, Deliver, Parcel};
use crate::import;
use crate::problem::{Problem, Result};
use crate::watch::Watch;
use atlas::load::Cache;
use kernel::Day;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use work::{Answer, DeliveryLease, Lease, Outcome};

/// A job that nobody heard of for this long is taken up again.
const LEASE_US: i64 = 30 * 60 * 1_000_000;
/// The same for a message.
const DELIVERY_LEASE_US: i64 = 2 * 60 * 1_000_000;
/// Longest sleep: what others wrote, and what is due later, is found within this.
const NAP: Duration = Duration::from_secs(5);
/// Tending (sessions, old keys, old jobs) happens this often.
const TEND_US: i64 = 60 * 1_000_000;
/// Messages sent between two looks at the jobs.
const PARCELS_MAX: usize = 20;

/// A running worker. Dropping it lets the worker run on.
pub struct Worker {
    app: App,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Ends the worker after what it is doing, and waits for it.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.app.announce();
        if self.thread.join().is_err() {
            tracing::error!("the worker panicked");
        }
    }
}

/// Starts the worker on a thread of its own. `deliver` sends messages to web hooks.
///
/// Fails when the system gives no thread.
pub fn start_worker(app: App, deliver: Deliver) -> std::io::Result<Worker> {
    let stop = Arc::new(AtomicBool::new(false));
    let (theirs, flag) = (app.clone(), Arc::clone(&stop));
    let thread = std::thread::Builder::new().name("worker".to_string()).spawn(move || {
        let mut turn = Turn::new(theirs, deliver);
        while !flag.load(Ordering::Relaxed) {
            if !turn.take() {
                turn.app.wait(NAP);
            }
        }
    })?;
    Ok(Worker { app, stop, thread })
}

/// What the worker keeps between its turns.
struct Turn {
    app: App,
    deliver: Deliver,
    cache: Cache,
    tended_us: i64,
    watch: Watch,
    /// Journal size and day when the questions were last looked at.
    looked: Option<(u64, Day)>,
}

impl Turn {
    fn new(app: App, deliver: Deliver) -> Turn {
        Turn {
            app,
            deliver,
            cache: Cache::default(),
            tended_us: i64::MIN,
            watch: Watch::default(),
            looked: None,
        }
    }

    /// Does what is to be done; answers whether there may be more. A fault in one thing does not
    /// keep the others from being done.
    fn take(&mut self) -> bool {
        let done = catch_unwind(AssertUnwindSafe(|| {
            let job = self.run_job();
            let looked = self.look_at_questions();
            let sent = self.send();
            let tended = self.tend();
            let results = [job, looked, sent, tended];
            for problem in results.iter().filter_map(|result| result.as_ref().err()) {
                tracing::error!(%problem, cause = problem.cause(), "the worker met a problem");
            }
            results.into_iter().any(|result| result.unwrap_or(false))
        }));
        done.unwrap_or_else(|_| {
            tracing::error!("the worker caught a panic");
            self.cache = Cache::default();
            false
        })
    }

    fn run_job(&mut self) -> Result<bool> {
        let now = self.app.now();
        // Looking first keeps an idle house from writing.
        let due = self.app.store().read(|tx| work::job::depth(tx, now))?;
        if due.late_us <= 0 && due.queued == 0 {
            return Ok(false);
        }
        let claimed = self.app.store().write(|tx| work::job::claim(tx, now, LEASE_US))?;
        let Some((lease, job)) = claimed else {
            return Ok(false);
        };
        let outcome = match job.kind.as_str() {
            import::IMPORT => self.load(&job),
            other => Outcome::Fail { error: format!("nobody knows jobs of kind `{other}`") },
        };
        self.settle(lease, &outcome)?;
        if !matches!(outcome, Outcome::Retry { .. }) {
            import::clear(&self.app, &job);
        }
        self.app.forget_progress(job.id);
        Ok(true)
    }

    /// Loads a file. What is wrong with the file ends the job; what is wrong with the house is
    /// tried again. Scanning the same file twice is harmless.
    fn load(&mut self, job: &work::Job) -> Outcome {
        let done = catch_unwind(AssertUnwindSafe(|| import::run(&self.app, &mut self.cache, job)));
        let done = done.unwrap_or_else(|_| {
            self.cache = Cache::default();
            Err(Problem::broken("loading panicked"))
        });
        self.app.announce();
        match done {
            Ok(outcome) => Outcome::Done {
                result: serde_json::to_string(&outcome).unwrap_or_else(|_| "{}".to_string()),
            },
            Err(problem) if problem.status() >= 500 => {
                tracing::error!(job = %job.id, cause = problem.cause(), "a job broke");
                let error = problem.cause().unwrap_or("it broke").to_string();
                Outcome::Retry { after_us: work::backoff_us(1, job.id.0), error }
            }
            Err(problem) => Outcome::Fail { error: problem.to_string() },
        }
    }

    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<()> {
        let now = self.app.now();
        self.app.store().write(|tx| work::job::settle(tx, now, lease, outcome))?;
        Ok(())
    }

    fn look_at_questions(&mut self) -> Result<bool> {
        let at = (self.app.store().read(store::journal::head)?.size, self.app.now().day());
        if self.looked == Some(at) {
            return Ok(false);
        }
        self.watch.look(&self.app)?;
        self.looked = Some(at);
        Ok(false)
    }

    fn send(&self) -> Result<bool> {
        for _ in 0..PARCELS_MAX {
            let now = self.app.now();
            let claim = |tx: &mut store::Tx<'_>| work::webhook::claim(tx, now, DELIVERY_LEASE_US);
            let Some((lease, delivery)) = self.app.store().write(claim)? else {
                return Ok(false);
            };
            self.deliver(lease, &delivery)?;
        }
        Ok(true)
    }

    fn deliver(&self, lease: DeliveryLease, delivery: &work::Delivery) -> Result<()> {
        let id = delivery.id.to_string();
        let parcel = Parcel { id: &id, url: &delivery.url, body: &delivery.body };
        let answer = match (self.deliver)(&parcel) {
            Ok(status) => Answer::Status(status),
            Err(why) => Answer::Unreached(why),
        };
        let now = self.app.now();
        self.app.store().write(|tx| work::webhook::settle(tx, now, lease, &answer))?;
        Ok(())
    }

    fn tend(&mut self) -> Result<bool> {
        let now = self.app.now();
        if now.micros().saturating_sub(self.tended_us) < TEND_US {
            return Ok(false);
        }
        self.tended_us = now.micros();
        self.app.door().tend(now)?;
        self.app.store().write(|tx| -> work::Result<()> {
            work::idempotency::sweep(tx, now)?;
            work::job::sweep(tx, now)?;
            work::webhook::sweep(tx, now)?;
            Ok(())
        })?;
        Ok(false)
    }
}
