//! What the journal learns: what a person asked for, and what was given up. The house's own
//! routine leaves no event, so that the journal is about the district and not about its clockwork.

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

/// Whether the house itself asked.
pub(crate) fn is_routine(actor: &Actor) -> bool {
    *actor == Actor::system()
}
