//! Documents: what was read, as people are shown it.
//!
//! A document is a source like any other; what was found in it waits as candidates until someone
//! decides (see [`crate::candidate`]).

use crate::candidate::{self, NewCandidate};
use crate::error::{Error, Result};
use crate::source::{self, Description};
use kernel::canon::{Hasher, Object, hex, sha256};
use kernel::{Actor, EventId, SourceId, Timestamp};
use std::collections::BTreeMap;
use store::{NewEvent, Row, Tx, params};

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its source.
    pub source: SourceId,
    /// Key of its source: `document-` and twelve hex digits of its digest.
    pub key: String,
    /// File name, without folders.
    pub name: String,
    /// `text`, `html`, `pdf` or `docx`.
    pub format: String,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// Size of the file.
    pub byte_count: u64,
    /// Characters of its repaired text: see [`body`].
    pub characters: u64,
    /// The journal event.
    pub event: EventId,
    /// When it was read.
    pub recorded: Timestamp,
}

/// A document about to be kept.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// How its source is described; the key is [`key_of`] its digest.
    pub source: Description,
    /// File name, without folders.
    pub name: String,
    /// `text`, `html`, `pdf` or `docx`.
    pub format: String,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// Size of the file.
    pub byte_count: u64,
    /// The repaired text.
    pub body: String,
}

/// The key of the source of a document with this digest.
pub fn key_of(digest: &str) -> String {
    format!("document-{}", digest.get(..12).unwrap_or(digest))
}

const SELECT: &str = "select d.source_id, s.key, d.name, d.format, d.digest, d.byte_count,
        cast(length(d.body) as bigint),
        d.event_index, d.recorded_us
    from atlas_document d join atlas_source s on s.id = d.source_id";

fn read(row: &Row<'_>) -> store::Result<Document> {
    Ok(Document {
        source: SourceId(row.int(0)?),
        key: row.text(1)?,
        name: row.text(2)?,
        format: row.text(3)?,
        digest: row.text(4)?,
        byte_count: u64::try_from(row.int(5)?).unwrap_or(0),
        characters: u64::try_from(row.int(6)?).unwrap_or(0),
        event: EventId(row.int(7)?),
        recorded: Timestamp::from_micros(row.int(8)?),
    })
}

/// Keeps a document with its candidates, and `document_read` in the journal. The same file again
/// is the document that is kept already.
pub fn keep(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    new: &NewDocument,
    candidates: &[NewCandidate],
) -> Result<(Document, bool)> {
    if let Some(known) = by_digest(tx, &new.digest)? {
        return Ok((known, false));
    }
    let source = source::ensure(tx, actor, now, &new.source)?;
    let first = match candidates.len() {
        0 => 0,
        count => tx.take_ids("atlas_candidate", count as i64)?,
    };
    let mut document = Document {
        source,
        key: new.source.key.clone(),
        name: new.name.clone(),
        format: new.format.clone(),
        digest: new.digest.clone(),
        byte_count: new.byte_count,
        characters: new.body.chars().count() as u64,
        event: EventId(0),
        recorded: now,
    };
    let mut hasher = Hasher::new();
    for (id, one) in (first..).zip(candidates) {
        candidate::digest_into(&mut hasher, id, one);
    }
    let found = (candidates.len() as i64, hex(&hasher.digest()));
    document.event = tx.append(NewEvent {
        kind: "document_read".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(document.key.clone()),
        payload: description(&document, &new.body, &found).to_string(),
    })?;
    tx.execute(
        "insert into atlas_document
             (source_id, name, format, digest, byte_count, body, event_index, recorded_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            source.0,
            &document.name,
            &document.format,
            &document.digest,
            document.byte_count as i64,
            &new.body,
            document.event.0,
            now
        ],
    )?;
    candidate::insert(tx, source, document.event, first, candidates)?;
    Ok((document, true))
}

/// What the journal says of a document and of its candidates (how many, their digest).
fn description(document: &Document, body: &str, candidates: &(i64, String)) -> Object {
    Object::new()
        .text("source", &document.source.to_string())
        .text("name", &document.name)
        .text("format", &document.format)
        .text("digest", &document.digest)
        .int("byte_count", document.byte_count as i64)
        .text("body", &hex(&sha256(body.as_bytes())))
        .int("candidate_count", candidates.0)
        .text("candidates", &candidates.1)
}

/// What the rows say of every document, by the event that brought it.
pub(crate) fn descriptions(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, String>> {
    let mut candidates = candidate::digests(tx)?;
    let empty = (0, hex(&Hasher::new().digest()));
    let documents = tx.query(&format!("{SELECT} order by d.source_id"), params![], read)?;
    let mut found = BTreeMap::new();
    for one in &documents {
        let of = candidates.remove(&one.event.0).unwrap_or_else(|| empty.clone());
        let text = body(tx, one.source)?;
        found.insert(one.event.0, description(one, &text, &of).to_string());
    }
    // Candidates of no document: no event accounts for them.
    found.extend(candidates.into_iter().map(|(event, (count, digest))| {
        (event, format!("{count} candidates of no document: {digest}"))
    }));
    Ok(found)
}

/// The repaired text of a document.
pub fn body(tx: &mut Tx<'_>, source: SourceId) -> Result<String> {
    let sql = "select body from atlas_document where source_id = $1";
    Ok(tx.query_one(sql, params![source.0], |row| row.text(0))?)
}

/// The document with this digest, if it was read.
pub fn by_digest(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Document>> {
    Ok(tx.query_opt(&format!("{SELECT} where d.digest = $1"), params![digest], read)?)
}

/// The document with this key, or [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, key: &str) -> Result<Document> {
    let found = tx.query_opt(&format!("{SELECT} where s.key = $1"), params![key], read)?;
    found.ok_or_else(|| Error::missing("document", key))
}

/// Documents before one, newest first.
pub fn list(tx: &mut Tx<'_>, before: Option<SourceId>, limit: usize) -> Result<Vec<Document>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    let sql = format!("{SELECT} where d.source_id < $1 order by d.source_id desc limit $2");
    Ok(tx.query(&sql, params![before, limit as i64], read)?)
}
