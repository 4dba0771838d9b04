//! What can go wrong, as facts a caller can act on.

use kernel::Refusal;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command or question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks a rule.
    #[error("{0}")]
    Refused(Refusal),
    /// What was told was not kept, and is not so: it may be told again.
    #[error("the platform's log could not be written: {0}")]
    NotKept(String),
    /// Storage holds what no version of this program writes.
    #[error("storage is damaged: {0}")]
    Damaged(String),
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(refusal)
    }
}
