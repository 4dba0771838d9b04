//! What can go wrong, as facts a caller can act on.

use kernel::Refusal;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command or question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing has this id, or the asker may not know of it.
    #[error("there is no {what} `{id}`")]
    Missing {
        /// `request`, `application`, `policy`, …
        what: &'static str,
        /// As it was asked for.
        id: String,
    },
    /// The input breaks a rule.
    #[error("{0}")]
    Refused(Refusal),
    /// Someone else acted since it was read: `E-CONFLICT`.
    #[error("`{id}` stands at step {at} by now")]
    Conflict {
        /// What stands.
        id: String,
        /// How many steps it has.
        at: i64,
    },
    /// Storage holds what no version of this program writes.
    #[error("storage is damaged: {0}")]
    Damaged(String),
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

impl Error {
    /// Nothing has this id.
    pub fn missing(what: &'static str, id: impl ToString) -> Error {
        Error::Missing { what, id: id.to_string() }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}

impl From<atlas::Error> for Error {
    fn from(error: atlas::Error) -> Error {
        match error {
            atlas::Error::Missing { what, id } => Error::Missing { what, id },
            atlas::Error::Refused(refusal) => Error::Refused(refusal),
            atlas::Error::Store(error) => Error::Store(error),
            other => Error::Damaged(other.to_string()),
        }
    }
}
