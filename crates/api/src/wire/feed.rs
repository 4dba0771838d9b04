//! What happened, newest first.

use crate::wire::label::{EntityRef, Label, SourceRef};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedItem {
    /// The journal event.
    pub event: String,
    /// When.
    pub at: String,
    /// What kind of thing, in the past tense.
    pub kind: String,
    /// In words.
    pub title: Label,
    /// Who did it.
    pub actor: String,
    /// About whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityRef>,
    /// About which source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
    /// What a scan did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<FeedCounts>,
}

/// What a scan did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedCounts {
    /// Statements that were not there before.
    pub new: u64,
    /// Statements that took the place of earlier ones.
    pub changed: u64,
    /// Statements that the file no longer gives.
    pub gone: u64,
}
