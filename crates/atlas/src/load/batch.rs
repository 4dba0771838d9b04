//! A batch: what one journal event of a load brings, with the digest of its rows.

use crate::error::Result;
use crate::keys::Key;
use crate::statement;
use kernel::canon::{Hasher, Object, hex};
use kernel::{Actor, EntityId, EventId, NewStatement, StatementId, Timestamp};
use store::{Cell, NewEvent, Tx};

/// Rows that wait to be written.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) entities: Vec<(EntityId, String)>,
    pub(crate) keys: Vec<Key>,
    pub(crate) statements: Vec<(StatementId, NewStatement)>,
    pub(crate) ends: Vec<Ending>,
}

/// A statement that ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    pub(crate) statement: StatementId,
    pub(crate) reason: statement::EndReason,
    pub(crate) by: Option<StatementId>,
}

/// Digests over the rows of one event, each over its rows in a fixed order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Digests {
    pub(crate) entities: Digest,
    pub(crate) keys: Digest,
    pub(crate) statements: Digest,
    pub(crate) ends: Digest,
}

/// A hex digest, or nothing when there were no rows.
pub(crate) type Digest = Option<String>;

impl Batch {
    /// Statements in one batch at most: bounds memory and the work to check one event.
    pub(crate) const STATEMENTS_MAX: usize = 20_000;

    pub(crate) fn is_empty(&self) -> bool {
        self.entities.is_empty()
            && self.keys.is_empty()
            && self.statements.is_empty()
            && self.ends.is_empty()
    }

    fn digests(&mut self, now: Timestamp) -> Digests {
        self.keys.sort();
        self.ends.sort_by_key(|end| end.statement);
        let mut entities = Hasher::new();
        for (id, kind) in &self.entities {
            entity_into(&mut entities, *id, kind);
        }
        let mut keys = Hasher::new();
        self.keys.iter().for_each(|key| key_into(&mut keys, key));
        let mut statements = Hasher::new();
        for (id, said) in &self.statements {
            statement::digest_into(&mut statements, *id, said, now);
        }
        let mut ends = Hasher::new();
        self.ends.iter().for_each(|end| end_into(&mut ends, end, now));
        let some = |hasher: &Hasher, empty: bool| (!empty).then(|| hex(&hasher.digest()));
        Digests {
            entities: some(&entities, self.entities.is_empty()),
            keys: some(&keys, self.keys.is_empty()),
            statements: some(&statements, self.statements.is_empty()),
            ends: some(&ends, self.ends.is_empty()),
        }
    }

    /// Writes everything under one journal event and empties the batch.
    pub(crate) fn write(
        &mut self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        now: Timestamp,
        kind: &str,
        about: Object,
        subject: &str,
    ) -> Result<EventId> {
        let digests = self.digests(now);
        let payload = about
            .int("entity_count", self.entities.len() as i64)
            .int("key_count", self.keys.len() as i64)
            .int("statement_count", self.statements.len() as i64)
            .int("end_count", self.ends.len() as i64)
            .opt_text("entities", digests.entities.as_deref())
            .opt_text("keys", digests.keys.as_deref())
            .opt_text("statements", digests.statements.as_deref())
            .opt_text("ends", digests.ends.as_deref());
        let payload = match (self.statements.first(), self.statements.last()) {
            (Some(first), Some(last)) => payload
                .text("first_statement", &first.0.to_string())
                .text("last_statement", &last.0.to_string()),
            _ => payload,
        };
        let event = tx.append(NewEvent {
            kind: kind.to_string(),
            actor: actor.clone(),
            at: now,
            subject: Some(subject.to_string()),
            payload: payload.to_string(),
        })?;
        self.insert(tx, event, now)?;
        Ok(event)
    }

    fn insert(&mut self, tx: &mut Tx<'_>, event: EventId, now: Timestamp) -> Result<()> {
        tx.insert_rows(
            "atlas_entity",
            &["id", "kind", "event_index"],
            &mut self
                .entities
                .iter()
                .map(|(id, kind)| [Cell::from(id.0), Cell::from(kind), Cell::from(event.0)]),
        )?;
        tx.insert_rows(
            "atlas_entity_key",
            &["scheme", "value", "entity_id", "event_index"],
            &mut self.keys.iter().map(|key| {
                let (scheme, value) = (Cell::from(&key.scheme), Cell::from(&key.value));
                [scheme, value, Cell::from(key.entity.0), Cell::from(event.0)]
            }),
        )?;
        tx.insert_rows(
            "atlas_statement",
            statement::COLUMNS,
            &mut self.statements.iter().map(|(id, said)| statement::cells(*id, said, event, now)),
        )?;
        tx.insert_rows(
            "atlas_statement_end",
            &["statement_id", "event_index", "recorded_us", "reason", "by_statement_id"],
            &mut self.ends.iter().map(|end| {
                [
                    Cell::from(end.statement.0),
                    Cell::from(event.0),
                    Cell::from(now),
                    Cell::from(end.reason.name()),
                    Cell::from(end.by.map(|by| by.0)),
                ]
            }),
        )?;
        self.entities.clear();
        self.keys.clear();
        self.statements.clear();
        self.ends.clear();
        Ok(())
    }
}

pub(crate) fn entity_into(hasher: &mut Hasher, id: EntityId, kind: &str) {
    hasher.int(id.0).text(kind);
}

pub(crate) fn key_into(hasher: &mut Hasher, key: &Key) {
    hasher.text(&key.scheme).text(&key.value).int(key.entity.0);
}

pub(crate) fn end_into(hasher: &mut Hasher, end: &Ending, recorded: Timestamp) {
    hasher
        .int(end.statement.0)
        .int(recorded.micros())
        .text(end.reason.name())
        .opt_int(end.by.map(|by| by.0));
}
