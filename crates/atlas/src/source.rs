//! Sources: who says it. A file that was scanned, a document it cites, or an officer's hand.

use crate::error::{Error, Result};
use kernel::canon::{Hasher, Object, hex};
use kernel::{Actor, EventId, Label, Refusal, SourceId, Timestamp};
use store::{NewEvent, Row, Tx, params};

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A table or geometry file with a mapping.
    File,
    /// A document that a file cites.
    Document,
    /// Corrections entered by officers.
    Hand,
    /// A register of this house: what one of its own capabilities did.
    Register,
}

impl SourceKind {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            SourceKind::File => "file",
            SourceKind::Document => "document",
            SourceKind::Hand => "hand",
            SourceKind::Register => "register",
        }
    }
}

/// What a source is, as it is told when it is added and ever after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Stable key, 1 to 200 characters, such as `companies/listed` or `reports/facts/003`.
    pub key: String,
    /// File, document or hand.
    pub kind: SourceKind,
    /// The file that cites it.
    pub parent: Option<SourceId>,
    /// Title.
    pub title: Label,
    /// Who published it.
    pub publisher: Option<String>,
    /// Licence, as its publisher names it.
    pub licence: Option<String>,
    /// The attribution its licence asks for.
    pub attribution: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// When it was published, as written.
    pub published: Option<String>,
}

/// A source that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What it is.
    pub description: Description,
    /// The journal event that added it.
    pub event: EventId,
    /// When it was added.
    pub recorded: Timestamp,
}

/// What happened to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceChange {
    /// A scan that changed something.
    Scanned,
    /// Taken out of today's view.
    Withdrawn,
    /// Brought back.
    Restored,
}

impl SourceChange {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            SourceChange::Scanned => "scanned",
            SourceChange::Withdrawn => "withdrawn",
            SourceChange::Restored => "restored",
        }
    }
}

/// One event in the life of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceEvent {
    /// Of which source.
    pub source: SourceId,
    /// The journal event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: SourceChange,
    /// SHA-256 of the file, hex, for a scan.
    pub digest: Option<String>,
    /// When the file was retrieved, `YYYY-MM-DD`.
    pub retrieved: Option<String>,
    /// What a scan did.
    pub counts: Counts,
    /// Why, for a withdrawal or restoration.
    pub reason: Option<String>,
}

/// What a scan did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records in the file.
    pub rows: u64,
    /// Statements the file gives.
    pub statements: u64,
    /// Statements that were not there before.
    pub new: u64,
    /// Statements that took the place of earlier ones.
    pub changed: u64,
    /// Statements that the file no longer gives.
    pub gone: u64,
    /// Statements that stayed.
    pub unchanged: u64,
}

const COLUMNS: &str = "id, key, kind, parent_id, title_zh, title_en, publisher, licence,
    attribution, url, published, event_index, recorded_us";

fn read(row: &Row<'_>) -> store::Result<Source> {
    let kind = match &*row.str(2)? {
        "file" => SourceKind::File,
        "document" => SourceKind::Document,
        "register" => SourceKind::Register,
        _ => SourceKind::Hand,
    };
    Ok(Source {
        id: SourceId(row.int(0)?),
        description: Description {
            key: row.text(1)?,
            kind,
            parent: row.opt_int(3)?.map(SourceId),
            title: Label { zh: row.text(4)?, en: row.text(5)? },
            publisher: row.opt_text(6)?,
            licence: row.opt_text(7)?,
            attribution: row.opt_text(8)?,
            url: row.opt_text(9)?,
            published: row.opt_text(10)?,
        },
        event: EventId(row.int(11)?),
        recorded: Timestamp::from_micros(row.int(12)?),
    })
}

/// The source with this key, adding it (and `source_added` to the journal) when it is new.
///
/// Its description is what it was first given: a changed one is a new source under a new key.
pub fn ensure(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    new: &Description,
) -> Result<SourceId> {
    if let Some(found) = find(tx, &new.key)? {
        return Ok(found.id);
    }
    let id = tx.take_ids("atlas_source", 1)?;
    let payload = in_journal(id, new);
    let event = tx.append(NewEvent {
        kind: "source_added".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(new.key.clone()),
        payload: payload.to_string(),
    })?;
    tx.execute(
        "insert into atlas_source (id, key, kind, parent_id, title_zh, title_en, publisher,
             licence, attribution, url, published, event_index, recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            id,
            &new.key,
            new.kind.name(),
            new.parent.map(|parent| parent.0),
            &new.title.zh,
            &new.title.en,
            new.publisher.as_deref(),
            new.licence.as_deref(),
            new.attribution.as_deref(),
            new.url.as_deref(),
            new.published.as_deref(),
            event.0,
            now
        ],
    )?;
    Ok(SourceId(id))
}

/// What the journal says of a source; the same bytes are made from its row when it is checked.
pub(crate) fn in_journal(id: i64, new: &Description) -> Object {
    Object::new()
        .int("id", id)
        .text("key", &new.key)
        .text("kind", new.kind.name())
        .text("title_zh", &new.title.zh)
        .text("title_en", &new.title.en)
        .opt_text("parent", new.parent.map(|parent| parent.to_string()).as_deref())
        .opt_text("publisher", new.publisher.as_deref())
        .opt_text("licence", new.licence.as_deref())
        .opt_text("attribution", new.attribution.as_deref())
        .opt_text("url", new.url.as_deref())
        .opt_text("published", new.published.as_deref())
}

/// The source with this key, if there is one.
pub fn find(tx: &mut Tx<'_>, key: &str) -> Result<Option<Source>> {
    let sql = format!("select {COLUMNS} from atlas_source where key = $1");
    Ok(tx.query_opt(&sql, params![key], read)?)
}

/// The source with this key, or [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Source> {
    find(tx, key)?.ok_or_else(|| Error::missing("source", key))
}

/// Every source, in the order of recording.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Source>> {
    let sql = format!("select {COLUMNS} from atlas_source order by id");
    Ok(tx.query(&sql, params![], read)?)
}

/// What happened to sources, oldest first; to one of them or to all.
pub fn events(tx: &mut Tx<'_>, source: Option<SourceId>) -> Result<Vec<SourceEvent>> {
    let sql = "select source_id, event_index, recorded_us, what, digest, retrieved, row_count,
            statement_count, new_count, changed_count, gone_count, unchanged_count, reason
        from atlas_source_event where source_id = $1 or $1 = -1 order by event_index";
    let one = source.map_or(-1, |source| source.0);
    Ok(tx.query(sql, params![one], read_event)?)
}

fn read_event(row: &Row<'_>) -> store::Result<SourceEvent> {
    let count = |column: usize| row.int(column).map(|n| u64::try_from(n).unwrap_or(0));
    let what = match &*row.str(3)? {
        "scanned" => SourceChange::Scanned,
        "withdrawn" => SourceChange::Withdrawn,
        _ => SourceChange::Restored,
    };
    Ok(SourceEvent {
        source: SourceId(row.int(0)?),
        event: EventId(row.int(1)?),
        at: Timestamp::from_micros(row.int(2)?),
        what,
        digest: row.opt_text(4)?,
        retrieved: row.opt_text(5)?,
        counts: Counts {
            rows: count(6)?,
            statements: count(7)?,
            new: count(8)?,
            changed: count(9)?,
            gone: count(10)?,
            unchanged: count(11)?,
        },
        reason: row.opt_text(12)?,
    })
}

/// Takes a source out of today's view; its statements stay in history. Documents it cites go
/// with it.
///
/// Fails with [`Error::Missing`], with [`Error::Stale`] when `version` is given and is not the
/// number of the source's last event, and with `E-SRC-04` when it is withdrawn already.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    key: &str,
    reason: &str,
    version: Option<i64>,
) -> Result<EventId> {
    change(tx, actor, now, key, SourceChange::Withdrawn, reason, version)
}

/// Brings a withdrawn source back; errors as [`withdraw`].
pub fn restore(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    key: &str,
    reason: &str,
    version: Option<i64>,
) -> Result<EventId> {
    change(tx, actor, now, key, SourceChange::Restored, reason, version)
}

/// The number of a source's last event: what `If-Match` compares.
pub fn version(tx: &mut Tx<'_>, source: &Source) -> Result<i64> {
    let last = events(tx, Some(source.id))?.last().map_or(source.event, |event| event.event);
    Ok(last.0)
}

fn change(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    key: &str,
    what: SourceChange,
    reason: &str,
    expected: Option<i64>,
) -> Result<EventId> {
    let source = get(tx, key)?;
    let reason = kernel::text::clean(reason, 500)?;
    if reason.is_empty() {
        return Err(Refusal::new(
            "E-SRC-05",
            "a withdrawal or restoration gives its reason",
            "请写明理由",
            "give a reason",
        )
        .column("reason")
        .into());
    }
    if expected.is_some() && expected != Some(version(tx, &source)?) {
        return Err(Error::Stale { what: "source", id: key.to_string() });
    }
    let past = events(tx, Some(source.id))?;
    let last = past.iter().rev().find(|event| event.what != SourceChange::Scanned);
    let withdrawn = last.is_some_and(|event| event.what == SourceChange::Withdrawn);
    if withdrawn == (what == SourceChange::Withdrawn) {
        return Err(Refusal::new(
            "E-SRC-04",
            "only a source in use can be withdrawn, only a withdrawn one restored",
            if withdrawn { "该来源已经撤回" } else { "该来源并未撤回" },
            if withdrawn {
                "this source is already withdrawn"
            } else {
                "this source is not withdrawn"
            },
        )
        .value(key)
        .into());
    }
    let kind = if withdrawn { "source_restored" } else { "source_withdrawn" };
    let mut event = SourceEvent {
        source: source.id,
        event: EventId(0),
        at: now,
        what,
        digest: None,
        retrieved: None,
        counts: Counts::default(),
        reason: Some(reason.to_string()),
    };
    let payload =
        Object::new().text("source", key).text("reason", reason).text("row", &event_digest(&event));
    event.event = tx.append(NewEvent {
        kind: kind.to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(key.to_string()),
        payload: payload.to_string(),
    })?;
    record(tx, &event)?;
    Ok(event.event)
}

/// Adds an event to a source's life.
pub(crate) fn record(tx: &mut Tx<'_>, event: &SourceEvent) -> Result<()> {
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    tx.execute(
        "insert into atlas_source_event (source_id, event_index, recorded_us, what, digest,
             retrieved, row_count, statement_count, new_count, changed_count, gone_count,
             unchanged_count, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            event.source.0,
            event.event.0,
            event.at,
            event.what.name(),
            event.digest.as_deref(),
            event.retrieved.as_deref(),
            count(event.counts.rows),
            count(event.counts.statements),
            count(event.counts.new),
            count(event.counts.changed),
            count(event.counts.gone),
            count(event.counts.unchanged),
            event.reason.as_deref()
        ],
    )?;
    Ok(())
}

/// The digest of a source's event row, for checking it against the journal.
pub(crate) fn event_digest(event: &SourceEvent) -> String {
    let counts = &event.counts;
    let numbers =
        [counts.rows, counts.statements, counts.new, counts.changed, counts.gone, counts.unchanged];
    let mut hasher = Hasher::new();
    hasher
        .int(event.source.0)
        .int(event.at.micros())
        .text(event.what.name())
        .opt_text(event.digest.as_deref())
        .opt_text(event.retrieved.as_deref())
        .opt_text(event.reason.as_deref());
    numbers.iter().for_each(|number| {
        hasher.bytes(&number.to_be_bytes());
    });
    hex(&hasher.digest())
}
