//! The end of what someone decided: a judgement that was undone, an answer that was taken back.

use kernel::canon::Object;
use kernel::{Actor, EventId, Timestamp};
use std::fmt::Display;
use store::Row;

/// Since when it no longer counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Who undid it.
    pub by: Actor,
    /// The journal event.
    pub event: EventId,
    /// When.
    pub at: Timestamp,
}

impl Undone {
    /// From three columns of an outer join that follow one another: actor, event, instant.
    pub(crate) fn read(row: &Row<'_>, first: usize) -> store::Result<Option<Undone>> {
        let (by, event) = (row.opt_text(first)?, row.opt_int(first + 1)?);
        let (Some(by), Some(event), Some(at)) = (by, event, row.opt_int(first + 2)?) else {
            return Ok(None);
        };
        let at = Timestamp::from_micros(at);
        Ok(Some(Undone { by: Actor::new(by), event: EventId(event), at }))
    }
}

/// What the journal says of such an end; made again from its row when it is checked.
pub(crate) fn description(id: impl Display, by: &Actor, at: Timestamp) -> Object {
    Object::new().text("id", &id.to_string()).text("by", by.as_str()).int("at", at.micros())
}
