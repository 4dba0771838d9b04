//! The journal.

use crate::wire::label::Page;
use kernel::canon::hex;
use serde::Serialize;
use utoipa::ToSchema;

/// The newest state of the journal, and a page of its events.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Journal {
    /// Count of events.
    pub size: u64,
    /// Root hash over them, hex.
    pub root: String,
    /// Signed note over both; empty while the journal is empty.
    pub checkpoint: String,
    /// Key that signs it, `name+id+key`.
    pub vkey: String,
    /// Newest first.
    pub events: Page<JournalEvent>,
}

/// An event of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JournalEvent {
    /// `J56`: its place, from 0.
    pub id: String,
    /// When.
    pub at: String,
    /// Who did it.
    pub actor: String,
    /// What kind of thing, in the past tense.
    pub kind: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The facts.
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    /// RFC 6962 leaf hash of the event, hex.
    pub leaf_hash: String,
}

impl From<&store::journal::Event> for JournalEvent {
    fn from(event: &store::journal::Event) -> JournalEvent {
        JournalEvent {
            id: event.id.to_string(),
            at: event.at.to_string(),
            actor: event.actor.as_str().to_string(),
            kind: event.kind.clone(),
            subject: event.subject.clone(),
            payload: serde_json::from_str(&event.payload).unwrap_or_default(),
            leaf_hash: hex(&event.leaf_hash),
        }
    }
}
