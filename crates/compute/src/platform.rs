//! The platform: the engine, and the log that it is made of.
//!
//! Whoever tells something applies it to the engine and stands in line; the first in line keeps all
//! that came meanwhile in one transaction. Nobody is answered before what was told is durable.

use crate::book::{Book, Member, Program};
use crate::error::{Error, Result};
use crate::record::Told;
use compute_rules::bill::Prices;
use compute_rules::cluster::{Cluster, WHOLE};
use compute_rules::engine::{Decision, Engine, Event, Reservation, ReservationId};
use compute_rules::fragment::{Class, Target};
use compute_rules::job::{JobId, Request, Standing};
use compute_rules::ledger::{Issue, Posting, Tenant, VoucherId};
use compute_rules::packing::Policy;
use compute_rules::party::{Group, Party};
use compute_rules::refused::{bound, otherwise, refused};
use compute_rules::task::Models;
use kernel::canon::{Hasher, Object, hex};
use kernel::{Actor, EventId, Timestamp};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use store::{NewEvent, Store, Tx, params};

/// Milliseconds of a week. While a job that may not be passed waits, what it needs is kept free: on the
/// real trace a patience of six hours makes all wait twice as long as first come, first served would,
/// and a day or more a third as long.
const WEEK: i64 = 7 * 24 * 3_600_000;

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

impl Settings {
    /// As a house decides: placing by the policy of this house for a workload of single whole
    /// devices and quarters of one alike, and nobody is passed for more than a week. The log is
    /// read by the settings it was made by, so these do not change.
    pub fn of_house() -> Settings {
        let class = |share, weight| Class {
            cpu: 1_000,
            share,
            devices: 1,
            models: Models::default(),
            weight,
        };
        Settings {
            policy: Policy::Xiudai,
            target: Target::new(vec![class(WHOLE, 0.5), class(WHOLE / 4, 0.5)]),
            patience: WEEK,
        }
    }
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

/// What would come of events.
#[derive(Debug, Clone)]
pub struct Supposed {
    /// As it stands.
    pub before: Engine,
    /// As it would stand.
    pub after: Engine,
    /// What would be decided.
    pub decisions: Vec<Decision>,
}

/// A job as somebody asks for it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What the tenant is known by.
    pub tenant: String,
    /// The kinds of device that will do, by name, the dearest to the asker first; none is any.
    pub kinds: Vec<String>,
    /// The rest; its job, tenant and kinds are not looked at.
    pub request: Request,
    /// What it runs.
    pub program: Program,
}

/// A party as it is known outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who<'k> {
    /// A tenant by its key.
    Tenant(&'k str),
    /// A group.
    Group(Group),
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
    book: Book,
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

impl Inner {
    /// Applies what is told; its record waits to be kept.
    fn take(&mut self, actor: &Actor, at: Timestamp, told: Told, body: String) -> Result<Answer> {
        let decisions = apply(&mut self.engine, &mut self.book, at, told)?;
        self.last = at;
        let postings = self.engine.postings();
        let seq = self.next;
        self.next += 1;
        self.pending.push(Record { seq, at, body, actor: actor.clone() });
        Ok(Answer { seq, decisions, postings })
    }

    /// The same for what was not written down before the lock was held.
    fn note(&mut self, actor: &Actor, at: Timestamp, told: Told) -> Result<Answer> {
        let body = told.write();
        self.take(actor, at, told, body)
    }

    fn party(&mut self, actor: &Actor, at: Timestamp, who: Who<'_>) -> Result<Party> {
        Ok(match who {
            Who::Group(group) => Party::Group(group),
            Who::Tenant(key) => Party::Tenant(self.enrolled(actor, at, key)?),
        })
    }

    /// The number of a tenant, given now if it has none.
    fn enrolled(&mut self, actor: &Actor, at: Timestamp, key: &str) -> Result<Tenant> {
        if let Some(tenant) = self.book.tenant(key) {
            return Ok(tenant);
        }
        let tenant = self.book.next_tenant();
        self.note(actor, at, Told::Enrol(tenant, key.to_string()))?;
        Ok(tenant)
    }
}

fn check_weight(weight: u32) -> Result<()> {
    Ok(bound("weight", i64::from(weight), 1, 1_000)?)
}

/// Takes in what is told.
fn apply(
    engine: &mut Engine,
    book: &mut Book,
    at: Timestamp,
    told: Told,
) -> Result<Vec<Decision>, kernel::Refusal> {
    let mut decisions = Vec::new();
    match told {
        Told::Enrol(tenant, key) => book.enrol(tenant, &key),
        Told::Program(job, program) => book.run(job, program),
        Told::Group(group, name) => book.name_group(group, &name),
        Told::Event(event) => {
            let named = match &event {
                Event::Submit(request) => (Some(request.job), None),
                Event::Issue(issue) => (None, Some(issue.voucher.0)),
                Event::Split(_, to, ..) => (None, Some(to.0)),
                _ => (None, None),
            };
            let reservation = match &event {
                Event::Reserve(one) => Some(one.id),
                _ => None,
            };
            engine.apply(at, event, &mut decisions)?;
            reservation.into_iter().for_each(|id| book.note_reservation(id));
            named.0.into_iter().for_each(|job| book.note_job(job));
            named.1.into_iter().for_each(|voucher| book.note_voucher(voucher));
        }
    }
    Ok(decisions)
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
        let write = |event: Event| {
            let told = Told::Event(event);
            let body = told.write();
            (told, body)
        };
        let all: Vec<(Told, String)> = events.into_iter().map(write).collect();
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let mut answers = Vec::with_capacity(all.len());
        let mut last = None;
        for (told, body) in all {
            let answer = inner.take(actor, at, told, body);
            last = answer.as_ref().ok().map(|answer| answer.seq).or(last);
            answers.push(answer);
        }
        if let Some(seq) = last {
            self.keep(inner, seq)?;
        }
        Ok(answers)
    }

    /// Tells what became of an attempt of a job, if that is still its attempt: one that was taken off
    /// meanwhile is not ended by what is heard of it late.
    ///
    /// Fails as [`Platform::tell`].
    pub fn tell_of(
        &self,
        actor: &Actor,
        now: Timestamp,
        (job, attempt): (JobId, u8),
        event: Event,
    ) -> Result<Option<Answer>> {
        let mut inner = self.lock();
        if inner.engine.job(job).is_none_or(|job| job.attempt != attempt) {
            return Ok(None);
        }
        let at = now.max(inner.last);
        let answer = inner.note(actor, at, Told::Event(event))?;
        self.keep(inner, answer.seq)?;
        Ok(Some(answer))
    }

    /// Submits a job that runs a program, for a tenant that is enrolled if it is new. The number of
    /// the job, its tenant and the devices it may run on are filled in here.
    ///
    /// Submitted again under its key it is the same job, and nothing happens. With a place in an array
    /// all jobs of that are submitted, or none; the answer is of the first.
    ///
    /// Fails as [`Platform::tell`], with `E-CMP-20` for another job under a key, `E-CMP-47` for a program that cannot be run and `E-CMP-41`
    /// for a kind of device that is not there.
    pub fn submit(&self, actor: &Actor, now: Timestamp, asked: Asked) -> Result<(JobId, Answer)> {
        asked.program.check()?;
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let kinds = inner.engine.kinds_named(&asked.kinds)?;
        let tenant = inner.enrolled(actor, at, &asked.tenant)?;
        let count = asked.program.count();
        let known = inner.book.keyed(&asked.program.submitter, &asked.program.key);
        let first = known.filter(|_| !asked.program.key.is_empty());
        let next = first.unwrap_or_else(|| inner.book.next_job());
        let array: Vec<(Request, Program)> = (0..count)
            .map(|index| {
                let job = JobId(next.0 + u64::from(index));
                let of = asked.program.array.map(|_| Member { index, count });
                let program = Program { array: of, ..asked.program.clone() };
                (Request { job, tenant, kinds: kinds.clone(), ..asked.request.clone() }, program)
            })
            .collect();
        if let Some(job) = first {
            let same = array.iter().all(|(request, program)| {
                inner.engine.job(request.job).is_some_and(|one| one.request == *request)
                    && inner.book.program(request.job) == Some(program)
            });
            if !same {
                return Err(otherwise("key", job.0).into());
            }
            let seq = inner.next - 1;
            self.keep(inner, seq)?;
            return Ok((job, Answer { seq, decisions: Vec::new(), postings: Vec::new() }));
        }
        // All of an array or none: only what the others took could refuse a later one.
        if count > 1 {
            inner.engine.affords(at, &array[0].0, count)?;
        }
        let mut answer: Option<Answer> = None;
        for (request, program) in array {
            let job = request.job;
            let one = inner.note(actor, at, Told::Event(Event::Submit(request)))?;
            inner.note(actor, at, Told::Program(job, program))?;
            answer.get_or_insert(one);
        }
        let last = inner.next - 1;
        self.keep(inner, last)?;
        let answer = answer.ok_or_else(|| Error::Damaged("an array of no job".to_string()))?;
        Ok((next, answer))
    }

    /// Stops the jobs of an array, or takes them out of the queue; a job by itself is an array of one.
    ///
    /// Fails as [`Platform::tell`].
    pub fn cancel_array(&self, actor: &Actor, now: Timestamp, job: JobId) -> Result<()> {
        let events: Vec<Event> = self.see(|engine, book| {
            let member = book.program(job).and_then(|program| program.array);
            let Member { index, count } = member.unwrap_or(Member { index: 0, count: 1 });
            let first = job.0 - u64::from(index);
            let all = (first..first + u64::from(count)).map(JobId);
            let open = all.filter(|one| {
                engine.job(*one).is_some_and(|one| !matches!(one.standing, Standing::Ended { .. }))
            });
            open.map(Event::Cancel).collect()
        });
        self.tell_all(actor, now, events)?.into_iter().try_for_each(|answer| answer.map(|_| ()))
    }

    /// Makes a group of tenants, within another or at the top, with this weight.
    ///
    /// Fails as [`Platform::tell`], with `E-CMP-47` for a name that is none or is taken.
    pub fn make_group(
        &self,
        actor: &Actor,
        now: Timestamp,
        name: &str,
        (within, weight): (Option<Group>, u32),
    ) -> Result<Group> {
        let name = name.trim();
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let good = (1..=200).contains(&name.len()) && !name.chars().any(char::is_control);
        if !good || inner.book.groups().any(|(_, one)| one == name) {
            let rule = "a group has a name of 1 to 200 bytes, on one line, that no other has";
            return Err(refused("E-CMP-47", rule, "分组名称有误或重复", "name", name).into());
        }
        check_weight(weight)?;
        let group = inner.book.next_group();
        // Joined first: it is what may be refused, and then nothing is there.
        inner.note(actor, at, Told::Event(Event::Join(Party::Group(group), within)))?;
        inner.note(actor, at, Told::Group(group, name.to_string()))?;
        let last = inner.note(actor, at, Told::Event(Event::Weigh(Party::Group(group), weight)))?;
        self.keep(inner, last.seq)?;
        Ok(group)
    }

    /// Puts a tenant, enrolled if it is new, or a group within a group or at the top, with this weight.
    ///
    /// Fails as [`Platform::tell`].
    pub fn place_party(
        &self,
        actor: &Actor,
        now: Timestamp,
        who: Who<'_>,
        (within, weight): (Option<Group>, u32),
    ) -> Result<()> {
        check_weight(weight)?;
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let party = inner.party(actor, at, who)?;
        inner.note(actor, at, Told::Event(Event::Join(party, within)))?;
        let last = inner.note(actor, at, Told::Event(Event::Weigh(party, weight)))?;
        self.keep(inner, last.seq)
    }

    /// Reserves nodes for a tenant, enrolled if it is new, or a group; its number and holder are filled
    /// in here.
    ///
    /// Fails as [`Platform::tell`].
    pub fn reserve(
        &self,
        actor: &Actor,
        now: Timestamp,
        holder: Who<'_>,
        reservation: Reservation,
    ) -> Result<ReservationId> {
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let holder = inner.party(actor, at, holder)?;
        let id = inner.book.next_reservation();
        let event = Event::Reserve(Reservation { id, holder, ..reservation });
        let answer = inner.note(actor, at, Told::Event(event))?;
        self.keep(inner, answer.seq)?;
        Ok(id)
    }

    /// Issues a voucher to a tenant that is enrolled if it is new; its number and holder are filled
    /// in here.
    ///
    /// Fails as [`Platform::tell`].
    pub fn issue(
        &self,
        actor: &Actor,
        now: Timestamp,
        holder: &str,
        issue: Issue,
    ) -> Result<VoucherId> {
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let holder = inner.enrolled(actor, at, holder)?;
        let voucher = VoucherId(inner.book.next_voucher());
        let issue = Event::Issue(Issue { voucher, holder, ..issue });
        let answer = inner.note(actor, at, Told::Event(issue))?;
        self.keep(inner, answer.seq)?;
        Ok(voucher)
    }

    /// Splits a part of a voucher off for a tenant that is enrolled if it is new.
    ///
    /// Fails as [`Platform::tell`].
    pub fn split(
        &self,
        actor: &Actor,
        now: Timestamp,
        from: VoucherId,
        (holder, amount): (&str, i64),
    ) -> Result<VoucherId> {
        let mut inner = self.lock();
        let at = now.max(inner.last);
        let holder = inner.enrolled(actor, at, holder)?;
        let to = VoucherId(inner.book.next_voucher());
        let split = Event::Split(from, to, holder, amount);
        let answer = inner.note(actor, at, Told::Event(split))?;
        self.keep(inner, answer.seq)?;
        Ok(to)
    }

    /// What would come of a job if it were submitted now: the same decision, on a copy of the state
    /// that is thrown away; of an array, of its first. Cost: a copy of the engine.
    ///
    /// Fails as [`Platform::submit`].
    pub fn what_if(&self, now: Timestamp, asked: Asked) -> Result<(JobId, Engine)> {
        asked.program.check()?;
        let count = asked.program.count();
        let (mut engine, job, tenant, kinds, at) = {
            let inner = self.lock();
            let kinds = inner.engine.kinds_named(&asked.kinds)?;
            let tenant = inner.book.tenant(&asked.tenant).unwrap_or(inner.book.next_tenant());
            let at = now.max(inner.last);
            (inner.engine.clone(), inner.book.next_job(), tenant, kinds, at)
        };
        let request = Request { job, tenant, kinds, ..asked.request };
        engine.affords(at, &request, count)?;
        engine.apply(at, Event::Submit(request), &mut Vec::new())?;
        Ok((job, engine))
    }

    /// What would come of events if they happened now: on a copy of the state that is thrown away, the
    /// copy before and after, and what would be decided. Cost: two copies of the engine.
    ///
    /// Fails as [`Platform::tell`].
    pub fn suppose(&self, now: Timestamp, events: Vec<Event>) -> Result<Supposed> {
        let (before, at) = {
            let inner = self.lock();
            (inner.engine.clone(), now.max(inner.last))
        };
        let (mut after, mut decisions) = (before.clone(), Vec::new());
        for event in events {
            after.apply(at, event, &mut decisions)?;
        }
        Ok(Supposed { before, after, decisions })
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

    /// Asks the engine and the book something. What is seen may not be kept yet.
    pub fn see<T>(&self, ask: impl FnOnce(&Engine, &Book) -> T) -> T {
        let inner = self.lock();
        ask(&inner.engine, &inner.book)
    }

    /// Waits until everything that was told so far is durable.
    ///
    /// Fails with [`Error::NotKept`] when it could not be kept.
    pub fn settle(&self) -> Result<()> {
        let inner = self.lock();
        let last = inner.next - 1;
        self.keep(inner, last)
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

/// Records that are handed over together while a log is read.
const HANDFUL: usize = 1_024;

/// A record as it is read.
type Read = (i64, Timestamp, Told);

/// The state that the log makes. One thread reads the log while another applies it.
fn recover(store: &Store, settings: &Settings, age: u64) -> Result<Inner> {
    let (send, take) = sync_channel::<Vec<Read>>(8);
    std::thread::scope(|scope| {
        let applying = scope.spawn(move || made_of(take.into_iter().flatten(), settings, age));
        let read = store.read(|tx| read_log(tx, &send));
        drop(send);
        let applied = applying.join();
        let panicked = |_| Error::Damaged("what applies the log panicked".to_string());
        // Where both failed, what was read last was not taken.
        let inner = applied.map_err(panicked)??;
        read.map(|()| inner)
    })
}

/// Hands the records of the log over until nobody takes them.
fn read_log(tx: &mut Tx<'_>, send: &SyncSender<Vec<Read>>) -> Result<()> {
    let mut handful = Vec::with_capacity(HANDFUL);
    let left = |_| Error::Damaged("a record was not taken".to_string());
    let sql = "select seq, at_us, body from compute_log order by seq";
    tx.for_each(sql, params![], |row| -> Result<()> {
        let told = Told::read(&row.str(2)?)?;
        handful.push((row.int(0)?, Timestamp::from_micros(row.int(1)?), told));
        if handful.len() == HANDFUL {
            let full = std::mem::replace(&mut handful, Vec::with_capacity(HANDFUL));
            send.send(full).map_err(left)?;
        }
        Ok(())
    })?;
    send.send(handful).map_err(left)
}

fn made_of(log: impl Iterator<Item = Read>, settings: &Settings, age: u64) -> Result<Inner> {
    let Settings { policy, target, patience } = settings;
    let (cluster, prices) = (Cluster::default(), Prices::default());
    let mut engine = Engine::new(cluster, target.clone(), *policy, prices, *patience)?;
    let (mut last, mut kept, mut book) = (Timestamp::from_micros(0), 0, Book::default());
    for (seq, at, told) in log {
        apply(&mut engine, &mut book, at, told)
            .map_err(|refusal| Error::Damaged(format!("record {seq}: {refusal}")))?;
        // Nobody asks what moved then.
        engine.forget_postings();
        (last, kept) = (at, seq);
    }
    Ok(Inner {
        engine,
        book,
        last,
        next: kept + 1,
        pending: Vec::new(),
        kept,
        keeping: false,
        age,
        why: String::new(),
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
