//! Sources: who says it.

use crate::wire::label::SourceRef;
use serde::Serialize;
use utoipa::ToSchema;

/// A source with what it gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Source {
    /// What it is called.
    #[serde(flatten)]
    pub source: SourceRef,
    /// `file`, `document` or `hand` (corrections by officers).
    pub kind: String,
    /// Key of the file that cites it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Day of retrieval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<String>,
    /// When it was published, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// SHA-256 of the file and its mapping at the last scan, hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// `fresh` (half a year), `aging` (two years), `stale` or `unknown`.
    pub freshness: String,
    /// Standing statements.
    pub statements: usize,
    /// Entities they speak of.
    pub entities: usize,
    /// Records at the last scan.
    pub rows: Option<u64>,
    /// When it was last scanned with a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_scanned: Option<String>,
    /// Number of its last event, for `If-Match`.
    pub version: i64,
}

/// A source with its documents and scans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourcePage {
    /// It.
    #[serde(flatten)]
    pub source: Source,
    /// Documents it cites.
    pub children: Vec<Source>,
    /// Scans that changed something, newest first.
    pub runs: Vec<ScanRun>,
    /// The attribution its licence asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

/// A scan that changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScanRun {
    /// The journal event.
    pub event: String,
    /// When.
    pub at: String,
    /// Records.
    pub rows: u64,
    /// Statements it gave.
    pub statements: u64,
    /// That were not there before.
    pub new: u64,
    /// That took the place of earlier ones.
    pub changed: u64,
    /// That it no longer gave.
    pub gone: u64,
    /// That stayed.
    pub unchanged: u64,
    /// SHA-256 of the file and its mapping, hex.
    pub digest: String,
}
