//! A whole file with its mapping, read on one thread while another writes.

use super::loader::{Cache, Header, Loader, ScanReport};
use crate::error::{Error, Result};
use crate::source::{Description, SourceKind};
use kernel::canon::{hex, sha256};
use kernel::{Actor, Refusal, Timestamp};
use scan::{Flow, Limits, Mapping, ReadReport, Record};
use schema::Schema;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use store::{Store, Tx};

/// A file to scan.
pub struct ScanFile<'a> {
    /// Its name, without folders.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How it is read.
    pub mapping: &'a Mapping,
    /// The mapping's text and its lookups' texts: a changed one is a changed scan.
    pub mapping_text: &'a str,
    /// Bounds.
    pub limits: &'a Limits,
}

/// How a scan is to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write what changed.
    Write,
    /// Find out what would change, and undo it.
    Try,
}

/// A transaction that is to be undone, with what it found.
enum Undo {
    Report(Box<ScanReport>),
    Failed(Error),
}

impl From<store::Error> for Undo {
    fn from(error: store::Error) -> Undo {
        Undo::Failed(error.into())
    }
}

impl From<Error> for Undo {
    fn from(error: Error) -> Undo {
        Undo::Failed(error)
    }
}

/// Records handed from one thread to the other at a time.
const CHUNK: usize = 256;
/// Chunks that wait at most.
const WAITING_MAX: usize = 16;
/// Refusals in one report at most.
const REFUSALS_MAX: usize = 100;

/// Scans a file: all of it is recorded, or, when anything is refused, nothing.
///
/// `progress` hears how many records were taken. Fails only when storage fails or the source is
/// withdrawn; what is wrong with the file stands in [`ScanReport::refusals`].
pub fn scan_file(
    store: &Store,
    schema: &Schema,
    cache: &mut Cache,
    actor: &Actor,
    now: Timestamp,
    file: &ScanFile<'_>,
    mode: Mode,
    progress: &mut dyn FnMut(u64),
) -> Result<ScanReport> {
    let header = header(file);
    let done = store.write_bulk(|tx| {
        let Some(loader) = Loader::begin(tx, schema, cache, actor, now, header.clone())? else {
            return Ok(unchanged(tx, file, &header)?);
        };
        let report = run(tx, schema, loader, file, progress)?;
        match (report.refusals.is_empty(), mode) {
            (true, Mode::Write) => Ok(report),
            _ => Err(Undo::Report(Box::new(report))),
        }
    });
    match done {
        Ok(report) => Ok(report),
        Err(undo) => {
            cache.forget();
            match undo {
                Undo::Report(report) => Ok(*report),
                Undo::Failed(error) => Err(error),
            }
        }
    }
}

fn header(file: &ScanFile<'_>) -> Header {
    let card = &file.mapping.source;
    let mapping = hex(&sha256(file.mapping_text.as_bytes()));
    Header {
        source: Description {
            key: card.key.clone(),
            kind: SourceKind::File,
            parent: None,
            title: card.title.clone(),
            publisher: Some(card.publisher.clone()).filter(|text| !text.is_empty()),
            licence: Some(card.licence.clone()).filter(|text| !text.is_empty()),
            attribution: card.attribution.clone(),
            url: card.url.clone(),
            published: card.published.clone(),
        },
        file: file.name.to_string(),
        digest: format!("{}-{}", hex(&sha256(file.bytes)), &mapping[..16]),
        retrieved: card.retrieved.clone(),
    }
}

/// The report of a scan that found the very bytes it knew.
fn unchanged(tx: &mut Tx<'_>, file: &ScanFile<'_>, header: &Header) -> Result<ScanReport> {
    let source = crate::source::get(tx, &header.source.key)?;
    let past = crate::source::events(tx, Some(source.id))?;
    let last = past.iter().rev().find(|e| e.what == crate::source::SourceChange::Scanned);
    let mut counts = last.map(|event| event.counts).unwrap_or_default();
    (counts.new, counts.changed, counts.gone) = (0, 0, 0);
    counts.unchanged = counts.statements;
    let (file, source) = (file.name.to_string(), header.source.key.clone());
    Ok(ScanReport { file, source, counts, ..ScanReport::default() })
}

/// Reads on another thread, writes on this one.
fn run(
    tx: &mut Tx<'_>,
    schema: &Schema,
    mut loader: Loader<'_>,
    file: &ScanFile<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<ScanReport> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    let (read, taken) = std::thread::scope(|scope| {
        let reading = scope.spawn(move || read(file, schema, &sender));
        let taken = take(tx, &mut loader, &receiver, progress);
        drop(receiver);
        (reading.join(), taken)
    });
    taken?;
    let Ok(read) = read else {
        return Err(Error::Damaged(format!("reading `{}` failed", file.name)));
    };
    let mut refusals: Vec<Refusal> = read.refusals;
    refusals.extend(loader.refused().iter().cloned());
    refusals.truncate(REFUSALS_MAX);
    if refusals.is_empty() {
        return loader.finish(tx, read.rows);
    }
    let mut report = loader.into_report();
    report.refusals = refusals;
    report.counts.rows = read.rows;
    Ok(report)
}

fn read(file: &ScanFile<'_>, schema: &Schema, sender: &SyncSender<Vec<Record>>) -> ReadReport {
    let mut chunk = Vec::with_capacity(CHUNK);
    let report =
        scan::read(file.name, file.bytes, file.mapping, schema, file.limits, &mut |record| {
            chunk.push(record);
            if chunk.len() < CHUNK {
                return Flow::Go;
            }
            match sender.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))) {
                Ok(()) => Flow::Go,
                Err(_) => Flow::Stop,
            }
        });
    // A receiver that is gone has failed and says so itself.
    let _ = sender.send(chunk);
    report
}

fn take(
    tx: &mut Tx<'_>,
    loader: &mut Loader<'_>,
    receiver: &Receiver<Vec<Record>>,
    progress: &mut dyn FnMut(u64),
) -> Result<()> {
    let mut count = 0;
    for chunk in receiver {
        for record in &chunk {
            loader.take(tx, record)?;
        }
        count += chunk.len() as u64;
        progress(count);
        if loader.refused().len() >= REFUSALS_MAX {
            break;
        }
    }
    Ok(())
}
