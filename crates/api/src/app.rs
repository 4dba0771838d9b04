//! The application: what every request shares, and the one way into storage and memory.

use crate::ask::Asked;
use crate::gauge::Gauge;
use crate::problem::{Problem, Result};
use crate::questions::PairCache;
use atlas::candidate::NewCandidate;
use atlas::demand::Supply;
use atlas::search::Index;
use atlas::{AsOf, View};
use compute::Platform;
use identity::{Door, Limit};
use kernel::Timestamp;
use matching::Rules;
use policy_rules::{Shelf, Weight};
use reader::Grammar;
use schema::{Rulebook, Schema};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::{Store, Tx};
use tokio::sync::{Semaphore, watch};

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Fills bytes with chance.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
/// Sends a message to a web hook: address and body; answers the HTTP status, or why it did not
/// arrive. Must not follow redirects, and must only connect to addresses that
/// [`work::WebhookUrl::check_addresses`] accepts.
pub type Deliver = Arc<dyn Fn(&Parcel<'_>) -> Result<u16, String> + Send + Sync>;

/// A message to a web hook.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Names the message: `D12`. Send it as `X-Xiudai-Delivery`.
    pub id: &'a str,
    /// Where to. May hold a secret: never log it.
    pub url: &'a str,
    /// JSON.
    pub body: &'a str,
}

/// The district that the house is of, as `data/xuhui/district.yaml` says.
#[derive(Debug, Clone, Default)]
pub struct District {
    /// Chinese name of its entity: `徐汇区`.
    pub name: String,
    /// Keys of the indicators in the sentence that opens the house, in order.
    pub headline: Vec<String>,
}

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address under which the house is reached, without a slash at its end.
    pub base_url: String,
    /// Whether cookies are sent over https only.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Hosts that web hooks may point to; empty allows every public one.
    pub webhook_hosts: Vec<String>,
    /// The district.
    pub district: District,
    /// Whose law and whose policies hold, from the wider to the narrower: `shanghai/xuhui`.
    pub place: String,
    /// Folder for uploads that wait to be scanned.
    pub spool: PathBuf,
    /// Folder of the jobs that run on this machine.
    pub jobs: PathBuf,
    /// Requests of one address a minute.
    pub requests_a_minute: u32,
    /// Bounds for files that are brought in.
    pub limits: scan::Limits,
}

/// Sends a request body and answers with the text of the response, or why there is none.
pub type AskReader = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// A second reader of documents: a chat endpoint that an operator configured. Off unless it is.
#[derive(Clone)]
pub struct SecondReader {
    /// What the endpoint calls its model.
    pub model: String,
    /// Sends a request body and answers with the text of the response, or why there is none.
    /// Bounded in time and size by whoever makes it.
    pub ask: AskReader,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// Storage, migrated.
    pub store: Store,
    /// The schema.
    pub schema: Arc<Schema>,
    /// The search index.
    pub index: Index,
    /// What the operator decides.
    pub settings: Settings,
    /// What time it is.
    pub clock: Clock,
    /// Chance.
    pub random: Chance,
    /// What documents are read by.
    pub grammar: Grammar,
    /// Reads documents too, when an operator wants it.
    pub second_reader: Option<SecondReader>,
}

/// What every request shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    store: Store,
    schema: Arc<Schema>,
    view: RwLock<View>,
    index: Index,
    door: Door,
    settings: Settings,
    clock: Clock,
    random: Chance,
    gauge: Gauge,
    /// Counts writes, so that streams and the worker hear of them.
    written: watch::Sender<u64>,
    /// Turns true when the house closes.
    closing: watch::Sender<bool>,
    bell: Bell,
    streams: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    /// Rows that running imports have taken: storage cannot say while it is being written.
    progress: Mutex<BTreeMap<i64, u64>>,
    /// Pairs of entities that may be one.
    pairs: PairCache,
    /// What documents are read by.
    grammar: Grammar,
    second_reader: Option<SecondReader>,
    /// What is matched by, and what is offered.
    rules: Arc<Rules>,
    supply: Mutex<Option<Supply>>,
    /// The law as it ships.
    law: Arc<Rulebook>,
    /// Policies that ship, read and checked.
    shelf: Arc<Shelf>,
    /// Those with what was published here, and the publication they were made at.
    published: Mutex<Option<(i64, Arc<Shelf>)>>,
    /// The law with the holiday tables of the store, and the table it was made at.
    book: Mutex<Option<(i64, Arc<Rulebook>)>>,
    /// The compute platform, once somebody asked for it.
    compute: Mutex<Option<Arc<Platform>>>,
}

/// Wakes the worker.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    wake: Condvar,
}

/// Streams open at once.
const STREAMS_MAX: usize = 500;
/// Uploads received at once: each may hold 64 MiB in memory.
const UPLOADS_MAX: usize = 4;
/// Files made at once, each of 20,000 rows in memory; the others wait in line.
const EXPORTS_MAX: usize = 1;

impl App {
    /// The application. Reads nothing yet: see [`App::warm`].
    ///
    /// Fails when the schema lacks a property that the view needs.
    pub fn new(parts: Parts) -> Result<App> {
        let Parts { store, schema, index, settings, clock, random, grammar, second_reader } = parts;
        let view = View::new(Arc::clone(&schema))?;
        let rules = Arc::new(Rules::shipped()?);
        let law = Arc::new(Rulebook::shipped()?);
        let shelf = Arc::new(policy::shipped(law.calendar()).clone());
        if let Some(fault) = shelf.faults.iter().find(|one| one.weight == Weight::Error) {
            return Err(Problem::from(fault.refusal()));
        }
        let requests = Limit::a_minute(settings.requests_a_minute.max(1));
        Ok(App(Arc::new(Inner {
            door: Door::new(store.clone(), requests),
            store,
            schema,
            view: RwLock::new(view),
            index,
            settings,
            clock,
            random,
            gauge: Gauge::default(),
            written: watch::Sender::new(0),
            closing: watch::Sender::new(false),
            bell: Bell::default(),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
            progress: Mutex::default(),
            pairs: PairCache::default(),
            grammar,
            second_reader,
            rules,
            supply: Mutex::default(),
            law,
            shelf,
            published: Mutex::default(),
            book: Mutex::default(),
            compute: Mutex::default(),
        })))
    }

    /// Reads the atlas into memory and brings the search index up to date. Blocks.
    pub fn warm(&self) -> Result<()> {
        self.see(|tx, view| Ok(self.0.index.catch_up(tx, view, None).map(|_| ())?))
    }

    /// Storage.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The law that services run by: that of the house's place.
    pub(crate) fn service_law<'a>(&'a self, book: &'a Rulebook) -> service::Law<'a> {
        let place = &self.0.settings.place;
        service::Law { book, place: place.split_once('/').map_or(place, |(first, _)| first) }
    }

    /// The policies: those that ship, with what was published here.
    pub(crate) fn shelf(&self, tx: &mut Tx<'_>) -> Result<Arc<Shelf>> {
        let Some(revision) = policy::published::revision(tx)? else {
            return Ok(Arc::clone(&self.0.shelf));
        };
        let mut kept = self.0.published.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, shelf)) = kept.as_ref().filter(|(at, _)| *at == revision) {
            return Ok(Arc::clone(shelf));
        }
        let shelf = Arc::new(policy::published::shelf(tx, self.0.law.calendar())?);
        *kept = Some((revision, Arc::clone(&shelf)));
        Ok(shelf)
    }

    /// The compute platform; its state is made of the log when it is first asked for. Blocks.
    pub fn compute(&self) -> Result<Arc<Platform>> {
        let mut kept = self.0.compute.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(platform) = kept.as_ref() {
            return Ok(Arc::clone(platform));
        }
        let settings = compute::Settings::of_house();
        let platform = Arc::new(Platform::open(self.0.store.clone(), settings)?);
        *kept = Some(Arc::clone(&platform));
        Ok(platform)
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.0.schema
    }

    /// The search index.
    pub fn index(&self) -> &Index {
        &self.0.index
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Who may come in.
    pub(crate) fn door(&self) -> &Door {
        &self.0.door
    }

    pub(crate) fn gauge(&self) -> &Gauge {
        &self.0.gauge
    }

    pub(crate) fn streams(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.streams)
    }

    pub(crate) fn uploads(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.uploads)
    }

    pub(crate) fn exports(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.exports)
    }

    /// Pairs of entities that may be one, as they were found last.
    pub(crate) fn pairs(&self) -> &PairCache {
        &self.0.pairs
    }

    /// What documents are read by.
    pub(crate) fn grammar(&self) -> &Grammar {
        &self.0.grammar
    }

    /// What is matched by.
    pub(crate) fn rules(&self) -> &Arc<Rules> {
        &self.0.rules
    }

    /// The law as it ships, without tables that were added.
    pub(crate) fn law(&self) -> &Arc<Rulebook> {
        &self.0.law
    }

    /// The law with the holiday tables of the store, made anew when one was added.
    pub(crate) fn book(&self, tx: &mut Tx<'_>) -> Result<Arc<Rulebook>> {
        let Some(revision) = transfer::holidays::revision(tx)? else {
            return Ok(Arc::clone(&self.0.law));
        };
        let mut kept = self.0.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, book)) = kept.as_ref().filter(|(at, _)| *at == revision) {
            return Ok(Arc::clone(book));
        }
        let calendar = transfer::holidays::calendar(tx, self.0.law.calendar())?;
        let book = Arc::new((*self.0.law).clone().with_calendar(calendar));
        *kept = Some((revision, Arc::clone(&book)));
        Ok(book)
    }

    /// What is offered, gathered anew when the view moved on.
    pub(crate) fn with_supply<T>(
        &self,
        tx: &mut Tx<'_>,
        view: &View,
        ask: impl FnOnce(&mut Supply) -> Result<T>,
    ) -> Result<T> {
        let mut supply = self.0.supply.lock().unwrap_or_else(PoisonError::into_inner);
        let current = match supply.take().filter(|supply| supply.fresh(view)) {
            Some(supply) => supply,
            None => Supply::gather(tx, view, &self.0.rules)?,
        };
        ask(supply.insert(current))
    }

    /// What the second reader found that the document bears out; nothing when there is none.
    pub(crate) fn second_reading(&self, document: &reader::Document) -> Vec<NewCandidate> {
        let Some(reader) = &self.0.second_reader else {
            return Vec::new();
        };
        let body = reader::endpoint::request(document, &reader.model).to_string();
        match (reader.ask)(&body) {
            Ok(answer) => {
                let answer = reader::endpoint::candidates(document, &answer, &self.0.grammar);
                tracing::info!(
                    kept = answer.candidates.len(),
                    dropped = ?answer.dropped,
                    "the second reader answered"
                );
                atlas::reading::of_candidates(document, &answer.candidates)
            }
            Err(error) => {
                tracing::warn!(error, "the second reader did not answer");
                Vec::new()
            }
        }
    }

    /// Notes how many rows a running import has taken.
    pub(crate) fn note_progress(&self, job: work::JobId, rows: u64) {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).insert(job.0, rows);
    }

    /// How many rows a running import has taken.
    pub(crate) fn progress_of(&self, job: work::JobId) -> Option<u64> {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).get(&job.0).copied()
    }

    /// Forgets the progress of a job that is over.
    pub(crate) fn forget_progress(&self, job: work::JobId) {
        self.0.progress.lock().unwrap_or_else(PoisonError::into_inner).remove(&job.0);
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.0.clock)()
    }

    /// Random bytes.
    pub(crate) fn chance<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0.random)(&mut bytes);
        bytes
    }

    /// Ends open streams, so that serving can end: call it when the program is asked to stop.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Hears of the end.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Hears of writes.
    pub(crate) fn writes(&self) -> watch::Receiver<u64> {
        self.0.written.subscribe()
    }

    /// Tells streams and the worker that something was written, or is to be done.
    pub(crate) fn announce(&self) {
        self.0.written.send_modify(|count| *count += 1);
        let bell = &self.0.bell;
        *bell.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.wake.notify_all();
    }

    /// Blocks until something was written, at most so long.
    pub(crate) fn wait(&self, most: Duration) {
        let bell = &self.0.bell;
        let rung = bell.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = bell.wake.wait_timeout_while(rung, most, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// Runs `look` over one snapshot of storage and the view of just that snapshot. Blocks.
    ///
    /// The lock on the view is taken before the snapshot, so the snapshot is never older than the
    /// view; when it is newer, the view catches up first.
    pub fn see<T>(&self, mut look: impl FnMut(&mut Tx<'_>, &View) -> Result<T>) -> Result<T> {
        loop {
            if let Ok(view) = self.0.view.read() {
                let seen = self.0.store.read(|tx| match view.behind(tx)? {
                    true => Ok(None),
                    false => look(tx, &view).map(Some),
                })?;
                if let Some(answer) = seen {
                    return Ok(answer);
                }
            }
            self.catch_up()?;
        }
    }

    /// Brings the view to the newest snapshot. One that broke half way is made anew: it holds
    /// nothing that storage does not.
    fn catch_up(&self) -> Result<()> {
        let mut view = self.0.view.write().unwrap_or_else(|poisoned| {
            let mut view = poisoned.into_inner();
            if let Ok(empty) = View::new(Arc::clone(&self.0.schema)) {
                *view = empty;
            }
            view
        });
        let caught = self.0.store.read(|tx| Ok::<_, Problem>(view.catch_up(tx)?));
        if caught.is_err() {
            *view = View::new(Arc::clone(&self.0.schema))?;
        }
        self.0.view.clear_poison();
        caught.map(|_| ())
    }

    /// Asks a question as of a point in time. Blocks.
    pub fn ask<T>(
        &self,
        as_of: AsOf,
        mut question: impl FnMut(&mut Asked<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        let now = self.now();
        self.see(|tx, view| {
            // Before a judgement, what it made one were two.
            let then = view.at(view.sight(as_of));
            question(&mut self.asked(tx, then.as_ref().unwrap_or(view), as_of, now))
        })
    }

    /// What a question is given.
    pub(crate) fn asked<'a, 't>(
        &'a self,
        tx: &'a mut Tx<'t>,
        view: &'a View,
        as_of: AsOf,
        now: Timestamp,
    ) -> Asked<'a, 't> {
        Asked {
            tx,
            view,
            index: &self.0.index,
            district: &self.0.settings.district,
            as_of,
            sight: view.sight(as_of),
            now,
        }
    }

    /// Runs a command and keeps what it did, durably, or nothing; then tells who waits for writes.
    /// Blocks.
    pub(crate) fn write<T, E: Into<Problem> + From<store::Error>>(
        &self,
        command: impl FnMut(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> Result<T> {
        let done = self.0.store.write(command).map_err(Into::into)?;
        self.announce();
        Ok(done)
    }

    /// Runs blocking work away from the threads that serve.
    ///
    /// A panic in it becomes a problem, and is logged with the request it belongs to.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let app = self.clone();
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || span.in_scope(|| work(&app))).await;
        done.unwrap_or_else(|error| Err(Problem::broken(format!("the work failed: {error}"))))
    }
}
