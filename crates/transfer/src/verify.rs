//! Verification: every event of a case against what the journal says of it.

use crate::case::{self, CaseId, Kept};
use crate::error::Result;
use kernel::EventId;
use std::collections::BTreeMap;
use store::Tx;
use store::journal::{Event, Finding};

/// What the tables say of each journal event.
#[derive(Debug, Default)]
pub struct Rows(BTreeMap<i64, String>);

/// Gathers what is to be compared. Cost: one pass over the events of cases.
pub fn gather(tx: &mut Tx<'_>) -> Result<Rows> {
    let mut rows = BTreeMap::new();
    case::for_each_event(tx, |id: CaseId, kept: Kept| {
        let (seq, proof) = (kept.seq, kept.proof.as_deref());
        let said = case::description(id, seq, &kept.event, proof, &kept.by).to_string();
        rows.insert(kept.journal.0, said);
        Ok(())
    })?;
    Ok(Rows(rows))
}

impl Rows {
    /// Compares one journal event with the row that names it.
    pub fn check(&mut self, event: &Event) -> std::result::Result<(), Finding> {
        let is_step = event.kind.starts_with("case_");
        match (is_step, self.0.remove(&event.id.0)) {
            (false, None) => Ok(()),
            (true, Some(said)) if said == event.payload => Ok(()),
            _ => {
                let what = "a step of a case differs from what the journal says".to_string();
                Err(Finding { event: Some(event.id), what })
            }
        }
    }

    /// Rows that name an event which says nothing of them.
    pub fn left_over(self) -> Vec<Finding> {
        let finding = |event| Finding {
            event: Some(EventId(event)),
            what: "a step of a case names an event that does not account for it".to_string(),
        };
        self.0.into_keys().map(finding).collect()
    }
}
