//! Jobs, against a model that is as plain as can be.

use super::*;
use crate::MIGRATIONS;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::testkit::{each, each_engine};

const SECOND_US: i64 = 1_000_000;
const LEASE_US: i64 = 60 * SECOND_US;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * SECOND_US)
}

fn ask(tx: &mut Tx<'_>, actor: &str, seconds: i64, delay: i64) -> Result<Job> {
    let new = NewJob { kind: "import", payload: "{}", run_after: at(seconds + delay) };
    enqueue(tx, &Actor::new(actor), at(seconds), &new)
}

fn done() -> Outcome {
    Outcome::Done { result: "{\"rows\":7}".to_string() }
}

fn kinds(store: &store::Store) -> Vec<String> {
    let events = store.read(|tx| store::journal::events(tx, None, 1_000));
    let events = events.expect("the journal reads");
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_job_from_asking_to_done() {
    each_engine(MIGRATIONS, |store| {
        let asked = store.write(|tx| ask(tx, "A1", 0, 0)).expect("asked");
        assert_eq!(asked.id, JobId(1));
        let claimed = store.write(|tx| claim(tx, at(1), LEASE_US));
        let (lease, job) = claimed.expect("claimed").expect("it is due");
        assert_eq!((job.id, job.started), (asked.id, Some(at(1))));
        let none = store.write(|tx| claim(tx, at(2), LEASE_US));
        assert_eq!(none.expect("a claim"), None);
        let half = Progress { done: 3, total: Some(7), unit: "rows".to_string() };
        store.write(|tx| progress(tx, at(50), lease, LEASE_US, &half)).expect("noted");
        let more = Progress { done: 8, ..half.clone() };
        let wrong = store.write(|tx| progress(tx, at(50), lease, LEASE_US, &more));
        assert_eq!(wrong.err().and_then(|e| e.code()), Some("E-JOB-01"));
        let none = store.write(|tx| claim(tx, at(109), LEASE_US));
        assert_eq!(none.expect("a claim"), None, "the lease was renewed");
        let settled = store.write(|tx| settle(tx, at(109), lease, &done()));
        let settled = settled.expect("settled");
        let kept = store.read(|tx| get(tx, asked.id)).expect("kept");
        assert_eq!(settled, kept);
        assert_eq!((kept.standing.state, kept.progress), (State::Done, half));
        assert_eq!(kept.finished, Some(at(109)));
        let again = store.write(|tx| settle(tx, at(110), lease, &done()));
        assert!(matches!(again, Err(Error::LeaseLost)));
        assert_eq!(kinds(store), ["job_queued", "job_done"]);
    });
}

#[test]
fn a_slow_worker_loses_to_its_successor() {
    each_engine(MIGRATIONS, |store| {
        store.write(|tx| ask(tx, "A1", 0, 0)).expect("asked");
        let take = |seconds| {
            let taken = store.write(|tx| claim(tx, at(seconds), LEASE_US));
            taken.expect("claimed").expect("it is due").0
        };
        let (slow, quick) = (take(0), take(60));
        assert_eq!((slow.attempt, quick.attempt), (1, 2));
        let late = store.write(|tx| {
            tx.execute("delete from work_schedule", &[])?;
            settle(tx, at(61), slow, &done())
        });
        assert!(matches!(late, Err(Error::LeaseLost)));
        let late = store.write(|tx| progress(tx, at(61), slow, LEASE_US, &Progress::default()));
        assert!(matches!(late, Err(Error::LeaseLost)));
        store.write(|tx| settle(tx, at(62), quick, &done())).map(|_| ()).expect("settled");
    });
}

#[test]
fn what_kills_its_worker_is_given_up() {
    each_engine(MIGRATIONS, |store| {
        store.write(|tx| ask(tx, "system", 0, 0)).expect("asked");
        store.write(|tx| ask(tx, "A1", 0, 500)).expect("asked");
        for attempt in 0..ATTEMPTS_MAX {
            let taken = store.write(|tx| claim(tx, at(attempt * 60), LEASE_US));
            assert_eq!(taken.expect("claimed").expect("due").1.id, JobId(1));
        }
        let taken = store.write(|tx| claim(tx, at(1_000), LEASE_US));
        assert_eq!(taken.expect("claimed").expect("due").1.id, JobId(2));
        let dead = store.read(|tx| get(tx, JobId(1))).expect("kept");
        assert_eq!(dead.standing.state, State::Failed);
        assert_eq!(dead.error.as_deref(), Some("gave up after 5 attempts"));
        assert_eq!(kinds(store), ["job_queued", "job_failed"]);
        let depth = store.read(|tx| depth(tx, at(2_000))).expect("a depth");
        let expected = Depth { queued: 0, running: 1, failed: 1, late_us: 940 * SECOND_US };
        assert_eq!(depth, expected);
    });
}

#[test]
fn what_is_asked_is_checked_and_bounded() {
    each_engine(MIGRATIONS, |store| {
        let ask = |kind: &str, payload: &str| {
            let new = NewJob { kind, payload, run_after: at(0) };
            let asked = store.write(|tx| enqueue(tx, &Actor::system(), at(0), &new));
            asked.err().and_then(|error| error.code())
        };
        assert_eq!(ask("questions/check", "[1,2]"), None);
        let long = format!("\"{}\"", "x".repeat(check::PAYLOAD_BYTES_MAX));
        let wrong = [("", "{}"), ("Import", "{}"), ("a b", "{}"), ("a", ""), ("a", "{} {}")];
        for (kind, payload) in wrong.into_iter().chain([("a", long.as_str())]) {
            assert_eq!(ask(kind, payload), Some("E-JOB-01"), "{kind} {payload:.20}");
        }
        store
            .write(|tx| -> Result<()> {
                let columns = [
                    "id",
                    "kind",
                    "payload",
                    "state",
                    "attempts",
                    "due_us",
                    "progress_done",
                    "progress_unit",
                    "actor",
                    "created_us",
                ];
                let mut rows = (10..10 + LIVE_MAX - 1)
                    .map(|id| params![id, "a", "{}", "queued", 0, 0, 0, "", "system", 0].to_vec());
                tx.insert_rows("work_job", &columns, &mut rows)?;
                Ok(())
            })
            .expect("a full queue");
        assert_eq!(ask("a", "{}"), Some("E-JOB-02"));
    });
}

#[test]
fn lists_and_sweeping() {
    each_engine(MIGRATIONS, |store| {
        for (seconds, actor) in ["A1", "A2", "A1"].into_iter().enumerate() {
            store.write(|tx| ask(tx, actor, seconds as i64, 0)).map(|_| ()).expect("asked");
        }
        let ids = |jobs: Result<Vec<Job>>| -> Vec<i64> {
            jobs.expect("a list").iter().map(|job| job.id.0).collect()
        };
        assert_eq!(ids(store.read(|tx| list(tx, None, 2))), [3, 2]);
        assert_eq!(ids(store.read(|tx| list(tx, Some(JobId(2)), 2))), [1]);
        let own = Actor::new("A1");
        assert_eq!(ids(store.read(|tx| list_of(tx, &own, None, 200))), [3, 1]);
        assert_eq!(ids(store.read(|tx| list_of(tx, &own, Some(JobId(3)), 1))), [1]);
        store
            .write(|tx| -> Result<()> {
                let (lease, _) = claim(tx, at(9), LEASE_US)?.expect("it is due");
                settle(tx, at(10), lease, &done())?;
                Ok(())
            })
            .expect("settled");
        let sweep = |seconds| store.write(|tx| sweep(tx, at(seconds))).expect("swept");
        let days_30 = KEPT_US / SECOND_US;
        assert_eq!((sweep(9 + days_30), sweep(10 + days_30)), (0, 1));
        let gone = store.read(|tx| get(tx, JobId(1)));
        assert_eq!(gone.err().and_then(|e| e.code()), Some("E-JOB-03"));
    });
}

/// What the world does to a queue.
#[derive(Debug, Clone)]
enum Step {
    Ask {
        delay: i64,
    },
    Claim,
    /// The nth lease ever given, live or not.
    Note {
        lease: usize,
    },
    Done {
        lease: usize,
    },
    Retry {
        lease: usize,
        after: i64,
    },
    Fail {
        lease: usize,
    },
    Wait {
        seconds: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0i64..50).prop_map(|delay| Step::Ask { delay }),
        6 => Just(Step::Claim),
        1 => (0usize..30).prop_map(|lease| Step::Note { lease }),
        1 => (0usize..30).prop_map(|lease| Step::Done { lease }),
        2 => (0usize..30, 1i64..90).prop_map(|(lease, after)| Step::Retry { lease, after }),
        1 => (0usize..30).prop_map(|lease| Step::Fail { lease }),
        4 => (1i64..100).prop_map(|seconds| Step::Wait { seconds }),
    ];
    proptest::collection::vec(step, 1..80)
}

/// A job as one would tell it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Waits { until: i64, tried: i64 },
    Works { until: i64, tried: i64 },
    Over { well: bool },
}

/// The queue as a list, with everything done by looking at all of it.
#[derive(Default)]
struct Model {
    jobs: Vec<Told>,
    leases: Vec<Lease>,
}

impl Model {
    /// The index of the job that a claim gets.
    fn claim(&mut self, now: i64) -> Option<(usize, i64)> {
        loop {
            let due = self.jobs.iter().enumerate().filter_map(|(index, job)| match job {
                Told::Waits { until, tried } | Told::Works { until, tried } if *until <= now => {
                    Some((*until, index, *tried))
                }
                _ => None,
            });
            let (_, index, tried) = due.min()?;
            if tried >= ATTEMPTS_MAX {
                self.jobs[index] = Told::Over { well: false };
                continue;
            }
            let (until, tried) = (now + 60, tried + 1);
            self.jobs[index] = Told::Works { until, tried };
            return Some((index, tried));
        }
    }

    /// What becomes of a job when the holder of a lease speaks; nothing if the lease is lost.
    fn speak(&mut self, lease: Lease, says: impl Fn(i64) -> Told) -> bool {
        let job = &mut self.jobs[lease.job.0 as usize - 1];
        match *job {
            Told::Works { tried, .. } if tried == lease.attempt => {
                *job = says(tried);
                true
            }
            _ => false,
        }
    }
}

fn told(job: &Job) -> Told {
    let until = job.standing.due.map_or(0, |due| due.micros() / SECOND_US);
    let tried = job.standing.attempts;
    match job.standing.state {
        State::Queued => Told::Waits { until, tried },
        State::Running => Told::Works { until, tried },
        State::Done => Told::Over { well: true },
        State::Failed => Told::Over { well: false },
    }
}

/// Whether the holder of a lease was heard.
fn heard<T>(result: Result<T>) -> Result<bool> {
    match result {
        Ok(_) => Ok(true),
        Err(Error::LeaseLost) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Takes a step in both worlds; answers what each of them heard or handed out.
fn take(tx: &mut Tx<'_>, model: &mut Model, now: i64, step: &Step) -> Result<(bool, bool)> {
    let lease_of = |model: &Model, index: usize| model.leases.get(index).copied();
    let (lease, outcome, then): (_, _, Box<dyn Fn(i64) -> Told>) = match step {
        Step::Wait { .. } => return Ok((true, true)),
        Step::Ask { delay } => {
            ask(tx, "A1", now, *delay)?;
            let until = now + delay;
            model.jobs.push(Told::Waits { until, tried: 0 });
            return Ok((true, true));
        }
        Step::Claim => {
            let found = claim(tx, at(now), LEASE_US)?.map(|(lease, _)| lease);
            let expected = model
                .claim(now)
                .map(|(index, attempt)| Lease { job: JobId(index as i64 + 1), attempt });
            model.leases.extend(expected);
            return Ok((found == expected, true));
        }
        Step::Note { lease } => {
            let Some(lease) = lease_of(model, *lease) else {
                return Ok((true, true));
            };
            let noted = progress(tx, at(now), lease, LEASE_US, &Progress::default());
            let until = now + 60;
            let expected = model.speak(lease, |tried| Told::Works { until, tried });
            return Ok((heard(noted)?, expected));
        }
        Step::Done { lease } => (*lease, done(), Box::new(|_| Told::Over { well: true })),
        Step::Fail { lease } => {
            let error = "never".to_string();
            let then = |_| Told::Over { well: false };
            (*lease, Outcome::Fail { error }, Box::new(then))
        }
        Step::Retry { lease, after } => {
            let (error, until) = ("later".to_string(), now + after);
            let after_us = after * SECOND_US;
            let then = move |tried| match tried < ATTEMPTS_MAX {
                true => Told::Waits { until, tried },
                false => Told::Over { well: false },
            };
            (*lease, Outcome::Retry { after_us, error }, Box::new(then))
        }
    };
    let Some(lease) = lease_of(model, lease) else {
        return Ok((true, true));
    };
    let settled = heard(settle(tx, at(now), lease, &outcome))?;
    Ok((settled, model.speak(lease, then)))
}

#[test]
fn behaves_as_the_model() {
    for store in each(MIGRATIONS) {
        let mut runner =
            TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
        let ran = runner.run(&steps(), |steps| {
            let (differ, lists) = store
                .write(|tx| -> Result<_> {
                    tx.execute("delete from work_job", &[])?;
                    tx.execute("delete from counter", &[])?;
                    let (mut model, mut now, mut differ) = (Model::default(), 0, None);
                    for step in &steps {
                        if let Step::Wait { seconds } = step {
                            now += seconds;
                        }
                        let (found, expected) = take(tx, &mut model, now, step)?;
                        if found != expected {
                            differ.get_or_insert((step.clone(), found, expected));
                        }
                    }
                    let mut jobs = list(tx, None, LIST_MAX)?;
                    jobs.reverse();
                    let found: Vec<Told> = jobs.iter().map(told).collect();
                    Ok((differ, (found, model.jobs)))
                })
                .expect("the store works");
            prop_assert!(differ.is_none(), "{differ:?}");
            prop_assert_eq!(lists.0, lists.1);
            Ok(())
        });
        ran.unwrap_or_else(|error| panic!("{}: {error}", store.engine()));
    }
}
