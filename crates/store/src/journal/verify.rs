//! Verification: the whole log computed again from its entries.

use crate::error::{Error, Result};
use crate::journal::merkle::{Frontier, Hash, leaf_hash};
use crate::journal::note::Verifier;
use crate::journal::{COLUMNS, Event, read};
use crate::params;
use crate::row::Row;
use crate::tx::Tx;
use kernel::EventId;
use std::collections::BTreeMap;

/// Events read at once.
const BATCH: i64 = 256;
/// Findings kept; more are only counted.
const FINDINGS_MAX: usize = 1_000;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The event, where it is one event's matter.
    pub event: Option<EventId>,
    /// What is wrong, as a sentence for people.
    pub what: String,
}

/// What a verification saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Count of events read.
    pub size: u64,
    /// Root hash computed from their entries.
    pub root: Hash,
    /// What does not hold, in the order it was found; at most 1,000.
    pub findings: Vec<Finding>,
    /// Count of all findings.
    pub finding_count: u64,
}

impl Report {
    /// Whether everything holds.
    pub fn is_sound(&self) -> bool {
        self.finding_count == 0
    }

    fn add(&mut self, event: Option<EventId>, what: impl Into<String>) {
        self.finding_count += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { event, what: what.into() });
        }
    }
}

/// Computes every leaf, every stored hash, the root and the signature again, and hands each event
/// to `hook`, so that the owner of the rows it tells of can compare them with its digests.
///
/// A changed byte anywhere in the journal's tables is a finding, not an error. Fails only if the
/// database cannot be read. Cost: O(n).
pub fn verify(
    tx: &mut Tx<'_>,
    verifier: &Verifier,
    hook: &mut dyn FnMut(&Event, &mut Tx<'_>) -> Result<(), Finding>,
) -> Result<Report> {
    let mut report = Report { size: 0, root: [0; 32], findings: Vec::new(), finding_count: 0 };
    let mut log = Frontier::default();
    let mut completed = BTreeMap::new();
    let mut after = i64::MIN;
    loop {
        let batch = rows(tx, after)?;
        let Some(last) = batch.last() else {
            break;
        };
        after = last.index;
        for seen in batch {
            let leaf = check_event(&seen, log.size(), &mut report);
            log.push(leaf, |(level, index, hash)| {
                completed.insert((i64::from(level), index as i64), hash);
            });
            if let Ok(event) = &seen.event
                && let Err(finding) = hook(event, tx)
            {
                report.add(finding.event.or(Some(event.id)), finding.what);
            }
        }
    }
    report.size = log.size();
    report.root = log.root();
    check_hashes(tx, completed, &mut report)?;
    check_head(tx, &log, verifier, &mut report)?;
    Ok(report)
}

/// A row as it was found, sound or not.
struct Seen {
    index: i64,
    leaf: Hash,
    event: Result<Event>,
}

fn rows(tx: &mut Tx<'_>, after: i64) -> Result<Vec<Seen>> {
    let sql = format!(
        "select {COLUMNS} from journal_event where event_index > $1
         order by event_index limit $2"
    );
    tx.query(&sql, params![after, BATCH], |row| {
        let leaf = row.str(5).map_or([0; 32], |entry| leaf_hash(entry.as_bytes()));
        Ok(Seen { index: row.int(0)?, leaf, event: read(row) })
    })
}

fn check_event(seen: &Seen, place: u64, report: &mut Report) -> Hash {
    let id = Some(EventId(seen.index));
    if seen.index != place as i64 {
        report.add(id, format!("an event stands at {} where {place} should be", seen.index));
    }
    match &seen.event {
        Err(error) => report.add(id, error.to_string()),
        Ok(event) if event.leaf_hash != seen.leaf => {
            report.add(id, "the leaf hash is not that of the entry");
        }
        Ok(_) => {}
    }
    seen.leaf
}

fn check_hashes(
    tx: &mut Tx<'_>,
    mut completed: BTreeMap<(i64, i64), Hash>,
    report: &mut Report,
) -> Result<()> {
    let sql = "select level, hash_index, hash from journal_hash order by level, hash_index";
    tx.for_each(sql, &[], |row: &Row<'_>| -> Result<()> {
        let place = (row.int(0)?, row.int(1)?);
        let expected = completed.remove(&place);
        if expected.is_none() || row.hash(2).ok() != expected {
            report.add(None, format!("hash {} of level {} is wrong", place.1, place.0));
        }
        Ok(())
    })?;
    for (level, index) in completed.keys() {
        report.add(None, format!("hash {index} of level {level} is missing"));
    }
    Ok(())
}

fn check_head(
    tx: &mut Tx<'_>,
    log: &Frontier,
    verifier: &Verifier,
    report: &mut Report,
) -> Result<()> {
    let sql = "select id, size, root, frontier, checkpoint from journal_head";
    let heads = tx.query(sql, &[], |row| Ok(read_head(row)))?;
    if heads.len() > 1 || (heads.is_empty() && log.size() > 0) {
        report.add(None, format!("the log has {} heads", heads.len()));
    }
    for head in heads {
        let (id, size, root, frontier, checkpoint) = match head {
            Ok(head) => head,
            Err(error) => {
                report.add(None, format!("the head cannot be read: {error}"));
                continue;
            }
        };
        if id != 1 || size != log.size() as i64 {
            report.add(None, format!("head {id} counts {size} events, there are {}", log.size()));
        }
        if root != log.root() {
            report.add(None, "the root of the head is not that of the entries");
        }
        if frontier != log.to_bytes() {
            report.add(None, "the frontier of the head is not that of the entries");
        }
        match verifier.open(&checkpoint) {
            Err(error) => report.add(None, error.to_string()),
            Ok(signed) if signed.size != log.size() || signed.root != log.root() => {
                report.add(None, "the signed checkpoint is not about these entries");
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

type HeadRow = (i64, i64, Hash, Vec<u8>, String);

fn read_head(row: &Row<'_>) -> Result<HeadRow, Error> {
    Ok((row.int(0)?, row.int(1)?, row.hash(2)?, row.bytes(3)?, row.text(4)?))
}
