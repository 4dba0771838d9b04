//! What can go wrong, as facts a caller can act on.

use kernel::Refusal;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command or question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing has this id or key.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// `entity`, `statement`, `source`, …
        what: &'static str,
        /// As it was asked for.
        id: String,
    },
    /// The input breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The thing changed since it was read.
    #[error("{what} `{id}` changed since it was read")]
    Stale {
        /// `source`, `question`, …
        what: &'static str,
        /// Its id or key.
        id: String,
    },
    /// Storage holds what no version of this program writes.
    #[error("storage is damaged: {0}")]
    Damaged(String),
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
    /// The search index failed.
    #[error("the search index failed")]
    Index(#[from] tantivy::TantivyError),
}

impl Error {
    /// Nothing has this id.
    pub fn missing(what: &'static str, id: impl ToString) -> Error {
        Error::Missing { what, id: id.to_string() }
    }
}
