//! The platform: the engine, and the log that it is made of.
//!
//! Whoever tells something applies it to the engine and stands in line; the first in line keeps all
//! that came meanwhile in one transaction. Nobody is answered before what was told is durable.

use crate::error::{Error, Result};
use crate::record;
use compute_rules::bill::Prices;
use compute_rules::cluster::Cluster;
use compute_rules::engine::{Decision, Engine, Event};
use compute_rules::fragment::Target;
use compute_rules::ledger::Posting;
use compute_rules::packing::Policy;
use kernel::canon::{Hasher, Object, hex};
use kernel::{Actor, EventId, Timestamp};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use store::{NewEvent, Store, Tx, params};

/// How the platform decides; the same for all of its log.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The packing policy.
    pub policy: Policy,
    /// The workload it expects.
    pub target: Target,
    /// How long a job waits until none may pass it, milliseconds.
    pub patience: i64,
}

/// What came of what was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The number of its record.
    pub seq: i64,
    /// What the engine decided.
    pub decisions: Vec<Decision>,
    /// What moved in the ledger.
    pub postings: Vec<Posting>,
}

/// A record that is not kept yet.
struct Record {
    seq: i64,
    at: Timestamp,
    body: String,
    actor: Actor,
}

struct Inner {
    engine: Engine,
    last: Timestamp,
    next: i64,
    pending: Vec<Record>,
    /// Up to which record all is durable.
    kept: i64,
    keeping: bool,
    /// Grows when the engine was made anew: what was told before it and is not kept, is not so.
    age: u64,
    why: String,
}

/// The platform. Shared by all who tell and ask.
pub struct Platform {
    store: Store,
    settings: Settings,
    inner: Mutex<Inner>,
    turn: Condvar,
}

impl Platform {
    /// The platform of a store, its state made of the log.
    ///
    /// Fails with [`Error::Damaged`] for a log that the engine does not take.
    pub fn open(store: Store, settings: Settings) -> Result<Platform> {
        let inner = recover(&store, &settings, 0)?;
        Ok(Platform { store, settings, inner: Mutex::new(inner), turn: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere does not make the log wrong, and the engine is audited by its tests.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the platform what happens and waits until that is kept.
    ///
    /// Fails with [`Error::Refused`] as the engine does, with [`Error::NotKept`] when the log could
    /// not be written; then it did not happen.
    pub fn tell(&self, actor: &Actor, now: Timestamp, event: Event) -> Result<Answer> {
        let mut told = self.tell_all(actor, now, vec![event])?;
        told.pop().unwrap_or_else(|| Err(Error::Damaged("an event without an answer".to_string())))
    }

    /// Tells it many things at once, in their order, each taken or refused by itself; what was taken
    /// is kept together.
    ///
    /// Fails with [`Error::NotKept`] when the log could not be written; then none of it happened.
    pub fn tell_all(
        &self,
        actor: &Actor,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Result<Answer>>> {
        // Written down before the lock is asked for: others wait while it is held.
        let bodies: Vec<String> = events.iter().map(record::write).collect();
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let mut told = Vec::with_capacity(events.len());
        let mut last = None;
        for (event, body) in events.into_iter().zip(bodies) {
            let mut decisions = Vec::new();
            if let Err(refusal) = inner.engine.apply(at, event, &mut decisions) {
                told.push(Err(Error::Refused(refusal)));
                continue;
            }
            inner.last = at;
            let postings = inner.engine.postings();
            let seq = inner.next;
            inner.next += 1;
            inner.pending.push(Record { seq, at, body, actor: actor.clone() });
            told.push(Ok(Answer { seq, decisions, postings }));
            last = Some(seq);
        }
        if let Some(seq) = last {
            self.keep(inner, seq)?;
        }
        Ok(told)
    }

    /// Lets time pass, if anything is due: jobs past their limit are stopped.
    ///
    /// Fails as [`Platform::tell`].
    pub fn tick(&self, actor: &Actor, now: Timestamp) -> Result<Option<Answer>> {
        let due = self.lock().engine.due().is_some_and(|due| due <= now);
        due.then(|| self.tell(actor, now, Event::Tick)).transpose()
    }

    /// Asks the engine something. What is seen may not be kept yet.
    pub fn look<T>(&self, ask: impl FnOnce(&Engine) -> T) -> T {
        ask(&self.lock().engine)
    }

    /// Waits until a record is durable, keeping what is pending when nobody else does.
    fn keep<'g>(&'g self, mut inner: MutexGuard<'g, Inner>, seq: i64) -> Result<()> {
        let age = inner.age;
        loop {
            if inner.age != age {
                return Err(Error::NotKept(inner.why.clone()));
            }
            if inner.kept >= seq {
                return Ok(());
            }
            if inner.keeping {
                inner = self.turn.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            inner.keeping = true;
            let batch = std::mem::take(&mut inner.pending);
            drop(inner);
            let written = write(&self.store, &batch);
            inner = self.lock();
            inner.keeping = false;
            match written {
                Ok(()) => inner.kept = batch.last().map_or(inner.kept, |last| last.seq),
                Err(error) => self.start_anew(&mut inner, &error),
            }
            self.turn.notify_all();
        }
    }

    /// Forgets what could not be kept: the engine is made of the log again.
    fn start_anew(&self, inner: &mut Inner, error: &Error) {
        let why = match error {
            Error::Store(error) => format!("{error:?}"),
            other => other.to_string(),
        };
        let age = inner.age + 1;
        match recover(&self.store, &self.settings, age) {
            Ok(anew) => *inner = Inner { why, ..anew },
            Err(again) => {
                // Nothing can be read either: whoever comes next is told so and tries again.
                inner.age = age;
                inner.pending.clear();
                inner.next = inner.kept + 1;
                inner.why = format!("{why}; {again}");
            }
        }
    }
}

/// The state that the log makes.
fn recover(store: &Store, settings: &Settings, age: u64) -> Result<Inner> {
    let Settings { policy, target, patience } = settings;
    store.read(|tx| {
        let cluster = Cluster::default();
        let mut engine =
            Engine::new(cluster, target.clone(), *policy, Prices::default(), *patience)?;
        let (mut last, mut kept) = (Timestamp::from_micros(0), 0);
        let mut decisions = Vec::new();
        let sql = "select seq, at_us, body from compute_log order by seq";
        tx.for_each(sql, params![], |row| -> Result<()> {
            let (seq, at) = (row.int(0)?, Timestamp::from_micros(row.int(1)?));
            let event = record::read(&row.str(2)?)?;
            engine
                .apply(at, event, &mut decisions)
                .map_err(|refusal| Error::Damaged(format!("record {seq}: {refusal}")))?;
            decisions.clear();
            (last, kept) = (at, seq);
            Ok(())
        })?;
        engine.postings();
        Ok(Inner {
            engine,
            last,
            next: kept + 1,
            pending: Vec::new(),
            kept,
            keeping: false,
            age,
            why: String::new(),
        })
    })
}

/// What the journal says of a batch.
pub(crate) fn description(first: i64, last: i64, digest: &str) -> String {
    Object::new().int("first", first).int("last", last).text("digest", digest).to_string()
}

/// Adds a record to the digest of its batch.
pub(crate) fn digest(hasher: &mut Hasher, seq: i64, at: i64, actor: &str, body: &str) {
    hasher.int(seq).int(at).text(actor).text(body);
}

fn write(store: &Store, batch: &[Record]) -> Result<()> {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(()) };
    let mut hasher = Hasher::new();
    for one in batch {
        digest(&mut hasher, one.seq, one.at.micros(), one.actor.as_str(), &one.body);
    }
    let payload = description(first.seq, last.seq, &hex(&hasher.digest()));
    store.write(|tx| {
        let event = append(tx, &payload, last)?;
        let mut rows = batch.iter().map(|one| {
            params![one.seq, one.at, one.body.as_str(), one.actor.as_str(), event.0].to_vec()
        });
        let columns = ["seq", "at_us", "body", "actor", "event_index"];
        tx.insert_rows("compute_log", &columns, &mut rows)?;
        Ok(())
    })
}

/// A batch is of its last author in the journal; each record keeps its own.
fn append(tx: &mut Tx<'_>, payload: &str, last: &Record) -> Result<EventId> {
    Ok(tx.append(NewEvent {
        kind: "compute_kept".to_string(),
        actor: last.actor.clone(),
        at: last.at,
        subject: None,
        payload: payload.to_string(),
    })?)
}
