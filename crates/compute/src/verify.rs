//! Verification: every batch of the log against the digest that the journal keeps of it.

use crate::error::Result;
use crate::platform::{description, digest};
use kernel::EventId;
use kernel::canon::{Hasher, hex};
use std::collections::BTreeMap;
use store::journal::{Event, Finding};
use store::{Tx, params};

/// What the log says of each journal event.
#[derive(Debug, Default)]
pub struct Rows {
    said: BTreeMap<i64, String>,
}

fn finding(event: i64, what: &str) -> Finding {
    Finding { event: Some(EventId(event)), what: what.to_string() }
}

/// Gathers what is to be compared. Cost: one pass over the log.
pub fn gather(tx: &mut Tx<'_>) -> Result<Rows> {
    let mut batches: BTreeMap<i64, (i64, i64, Hasher)> = BTreeMap::new();
    let sql = "select seq, at_us, actor, body, event_index from compute_log order by seq";
    tx.for_each(sql, params![], |row| -> Result<()> {
        let seq = row.int(0)?;
        let batch = batches.entry(row.int(4)?).or_insert_with(|| (seq, seq, Hasher::new()));
        batch.1 = seq;
        digest(&mut batch.2, seq, row.int(1)?, &row.str(2)?, &row.str(3)?);
        Ok(())
    })?;
    let said = batches.into_iter().map(|(event, (first, last, hasher))| {
        (event, description(first, last, &hex(&hasher.digest())))
    });
    Ok(Rows { said: said.collect() })
}

impl Rows {
    /// Compares one journal event with the batch that names it.
    pub fn check(&mut self, event: &Event) -> std::result::Result<(), Finding> {
        match (event.kind == "compute_kept", self.said.remove(&event.id.0)) {
            (false, None) => Ok(()),
            (true, Some(said)) if said == event.payload => Ok(()),
            _ => Err(finding(event.id.0, "a batch of the compute log differs from the journal")),
        }
    }

    /// Batches that name an event which says nothing of them.
    pub fn left_over(self) -> Vec<Finding> {
        let lost = "a batch of the compute log names an event that does not account for it";
        self.said.into_keys().map(|event| finding(event, lost)).collect()
    }
}
