//! What can go wrong: the caller asked for something impossible, or the index broke.

use kernel::Refusal;
use tantivy::TantivyError;

/// Why a call on the engine failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input breaks a rule; nothing was changed.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The index could not be read or written.
    #[error("the matching index failed: {0}")]
    Index(Box<TantivyError>),
}

/// A result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        Error::Refused(Box::new(refusal))
    }
}

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Error {
        Error::Index(Box::new(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::from(TantivyError::from(error))
    }
}
