//! What the journal learns: ids, roles and kinds. Never a name, a secret or a digest: the journal
//! is public and cannot forget.

use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{NewEvent, Tx};

/// Appends an event about `subject`.
pub(crate) fn announce(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    (kind, subject): (&str, String),
    facts: &Object,
) -> store::Result<()> {
    tx.append(NewEvent {
        kind: kind.to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(subject),
        payload: facts.to_string(),
    })?;
    Ok(())
}
