//! The journal: every change of state, in order, in a log that cannot be rewritten unseen.
//!
//! An append-only Merkle log in the layout of <https://c2sp.org/tlog-tiles>. Events are added in
//! the transaction of the change they tell of; the head is moved and signed once a transaction,
//! just before its commit.

mod entry;
pub mod merkle;
mod note;
mod proof;
mod tile;
mod verify;

pub use self::entry::{ENTRY_BYTES_MAX, canonical};
pub use self::note::{Checkpoint, Signer, Verifier};
pub use self::proof::{Proof, check_proof_file, consistency_proof, inclusion_proof, proof_file};
pub use self::tile::{Tile, entry_bundle, tile};
pub use self::verify::{Finding, Report, verify};

use self::entry::Frame;
use self::merkle::{Completed, Frontier, Hash, leaf_hash};
use crate::cell::Cell;
use crate::error::{Error, Result};
use crate::params;
use crate::row::Row;
use crate::tx::{Mode, Tx};
use kernel::{Actor, EventId, Timestamp};

/// Events gathered before they go to the database together.
const EVENTS_AT_ONCE: usize = 512;
/// The longest list that one call answers.
const LIST_MAX: i64 = 1_000;

/// What happened, before it has its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What kind of thing happened, in the past tense: `entity_merged`.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// What it is about, as an id: `E12`.
    pub subject: Option<String>,
    /// The facts: a JSON object without fractions; kept in canonical form.
    pub payload: String,
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place, dense from 0.
    pub id: EventId,
    /// What kind of thing happened.
    pub kind: String,
    /// Who did it.
    pub actor: Actor,
    /// When, UTC.
    pub at: Timestamp,
    /// What it is about.
    pub subject: Option<String>,
    /// The facts: a canonical JSON object.
    pub payload: String,
    /// The exact bytes that were hashed.
    pub entry: String,
    /// RFC 6962 leaf hash of the entry.
    pub leaf_hash: Hash,
}

/// The newest state of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Count of events.
    pub size: u64,
    /// Root hash over them.
    pub root: Hash,
    /// Signed note over both; none while the log is empty.
    pub checkpoint: Option<String>,
}

/// What a transaction has added to the log and not yet written.
#[derive(Clone, Default)]
pub(crate) struct Pending {
    log: Option<Frontier>,
    dirty: bool,
    events: Vec<Added>,
    hashes: Vec<Completed>,
}

#[derive(Clone)]
struct Added {
    index: i64,
    event: NewEvent,
    entry: String,
    leaf_hash: Hash,
}

impl Tx<'_> {
    /// Adds an event to the journal; answers its place, which is final once the transaction is.
    ///
    /// Fails with [`Error::Journal`] if the payload is not sound, the entry longer than
    /// [`ENTRY_BYTES_MAX`], or the store has no signer; with [`Error::Misuse`] in a read.
    /// Cost: a few hashes; rows are written in batches.
    pub fn append(&mut self, event: NewEvent) -> Result<EventId> {
        if self.mode == Mode::Read {
            return Err(Error::Misuse("a read transaction cannot write"));
        }
        if self.signer.is_none() {
            return Err(Error::Journal("no signer was given, so nothing can be added".to_string()));
        }
        let mut log = match self.pending.log.take() {
            Some(log) => log,
            None => load(self)?.0,
        };
        let added = prepare(event, log.size());
        if let Ok(added) = &added {
            log.push(added.leaf_hash, |completed| self.pending.hashes.push(completed));
        }
        self.pending.log = Some(log);
        let added = added?;
        let id = EventId(added.index);
        self.pending.events.push(added);
        self.pending.dirty = true;
        if self.pending.events.len() >= EVENTS_AT_ONCE {
            flush(self)?;
        }
        Ok(id)
    }
}

fn prepare(event: NewEvent, size: u64) -> Result<Added> {
    let index = i64::try_from(size).map_err(|_| Error::Journal("the log is full".to_string()))?;
    let frame = Frame {
        actor: &event.actor,
        at: event.at,
        index,
        kind: &event.kind,
        subject: event.subject.as_deref(),
    };
    let entry = frame.around(&canonical(&event.payload)?)?;
    let texts = [event.actor.as_str(), &event.kind, event.subject.as_deref().unwrap_or_default()];
    if texts.iter().any(|text| text.contains('\0')) || event.kind.is_empty() {
        return Err(Error::Journal("an event needs a kind, and no NUL in its texts".to_string()));
    }
    Ok(Added { index, leaf_hash: leaf_hash(entry.as_bytes()), event, entry })
}

/// The state to grow from, and the newest checkpoint.
fn load(tx: &mut Tx<'_>) -> Result<(Frontier, Option<String>)> {
    let sql = "select size, root, frontier, checkpoint from journal_head where id = 1";
    let head =
        tx.query_opt(sql, &[], |row| Ok((row.int(0)?, row.hash(1)?, row.bytes(2)?, row.text(3)?)))?;
    let Some((size, root, frontier, checkpoint)) = head else {
        return Ok((Frontier::default(), None));
    };
    u64::try_from(size)
        .ok()
        .and_then(|size| Frontier::from_bytes(size, &frontier))
        .filter(|log| log.root() == root)
        .map(|log| (log, Some(checkpoint)))
        .ok_or_else(|| Error::Journal("the head of the log is damaged".to_string()))
}

/// Writes what was gathered, so that queries see it.
pub(crate) fn flush(tx: &mut Tx<'_>) -> Result<()> {
    if tx.pending.events.is_empty() {
        return Ok(());
    }
    let events = std::mem::take(&mut tx.pending.events);
    let columns = ["event_index", "recorded_us", "actor", "kind", "subject", "entry", "leaf_hash"];
    tx.insert_rows("journal_event", &columns, &mut events.iter().map(Added::cells))?;
    let hashes = std::mem::take(&mut tx.pending.hashes);
    if hashes.is_empty() {
        return Ok(());
    }
    let mut rows = hashes.iter().map(|(level, index, hash)| {
        [Cell::from(*level), Cell::Int(*index as i64), Cell::from(hash)]
    });
    tx.insert_rows("journal_hash", &["level", "hash_index", "hash"], &mut rows)?;
    Ok(())
}

impl Added {
    fn cells(&self) -> [Cell<'_>; 7] {
        [
            Cell::Int(self.index),
            Cell::from(self.event.at),
            Cell::from(self.event.actor.as_str()),
            Cell::from(&self.event.kind),
            Cell::from(self.event.subject.as_deref()),
            Cell::from(&self.entry),
            Cell::from(&self.leaf_hash),
        ]
    }
}

/// Moves the head and signs it, if the transaction added anything.
pub(crate) fn seal(tx: &mut Tx<'_>) -> Result<()> {
    flush(tx)?;
    let (true, Some(log), Some(signer)) = (tx.pending.dirty, tx.pending.log.clone(), tx.signer)
    else {
        return Ok(());
    };
    let root = log.root();
    tx.execute(
        "insert into journal_head (id, size, root, frontier, checkpoint)
         values (1, $1, $2, $3, $4)
         on conflict (id) do update set size = excluded.size, root = excluded.root,
             frontier = excluded.frontier, checkpoint = excluded.checkpoint",
        params![log.size() as i64, &root, log.to_bytes(), signer.checkpoint(log.size(), &root)],
    )?;
    tx.pending.dirty = false;
    Ok(())
}

/// The log as of the last commit. Fails with [`Error::Journal`] if its row is damaged.
pub fn head(tx: &mut Tx<'_>) -> Result<Head> {
    let (log, checkpoint) = load(tx)?;
    Ok(Head { size: log.size(), root: log.root(), checkpoint })
}

/// The newest signed checkpoint; none while the log is empty.
pub fn checkpoint(tx: &mut Tx<'_>) -> Result<Option<String>> {
    Ok(head(tx)?.checkpoint)
}

const COLUMNS: &str = "event_index, recorded_us, actor, kind, subject, entry, leaf_hash";

/// The event at a place, or none. Fails with [`Error::Journal`] if its row contradicts itself.
pub fn event(tx: &mut Tx<'_>, id: EventId) -> Result<Option<Event>> {
    flush(tx)?;
    let sql = format!("select {COLUMNS} from journal_event where event_index = $1");
    tx.query_opt(&sql, params![id.0], read)
}

/// Events after a place (none: from the first), oldest first; at most `limit`, at most 1,000.
pub fn events(tx: &mut Tx<'_>, after: Option<EventId>, limit: i64) -> Result<Vec<Event>> {
    flush(tx)?;
    let sql = format!(
        "select {COLUMNS} from journal_event where event_index > $1
         order by event_index limit $2"
    );
    let after = after.map_or(-1, |id| id.0);
    tx.query(&sql, params![after, limit.clamp(0, LIST_MAX)], read)
}

/// Events before a place (none: from the last), newest first; at most `limit`, at most 1,000.
pub fn newest(tx: &mut Tx<'_>, before: Option<EventId>, limit: i64) -> Result<Vec<Event>> {
    flush(tx)?;
    let sql = format!(
        "select {COLUMNS} from journal_event where event_index < $1
         order by event_index desc limit $2"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.query(&sql, params![before, limit.clamp(0, LIST_MAX)], read)
}

/// Events about a subject before a place, newest first; at most `limit`, at most 1,000.
pub fn events_about(
    tx: &mut Tx<'_>,
    subject: &str,
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<Event>> {
    flush(tx)?;
    let sql = format!(
        "select {COLUMNS} from journal_event where subject = $1 and event_index < $2
         order by event_index desc limit $3"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    tx.query(&sql, params![subject, before, limit.clamp(0, LIST_MAX)], read)
}

/// Reads a row in the order of [`COLUMNS`].
fn read(row: &Row<'_>) -> Result<Event> {
    let (id, at) = (EventId(row.int(0)?), Timestamp::from_micros(row.int(1)?));
    let (actor, kind, subject) = (Actor::new(row.text(2)?), row.text(3)?, row.opt_text(4)?);
    let (entry, leaf_hash) = (row.text(5)?, row.hash(6)?);
    let frame = Frame { actor: &actor, at, index: id.0, kind: &kind, subject: subject.as_deref() };
    let payload = frame
        .payload(&entry)
        .ok_or_else(|| Error::Journal(format!("the row of {id} differs from its entry")))?
        .to_string();
    Ok(Event { id, kind, actor, at, subject, payload, entry, leaf_hash })
}

#[cfg(test)]
mod tests;
