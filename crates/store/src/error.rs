//! What can go wrong between a command and its database.

use std::error::Error as StdError;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of rule that a row broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Two rows would share a key.
    Unique,
    /// A `check` said no.
    Check,
    /// A reference points at nothing, or something still points here.
    Reference,
    /// A column that must hold a value holds none.
    Absent,
}

/// Why a transaction, a migration or a backup did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row broke a rule of its table; the same name on both engines (see the README).
    #[error("the rule `{name}` of the database is broken")]
    Constraint {
        /// The kind of rule.
        broken: Broken,
        /// Name of the constraint or unique index; `foreign_key` for references.
        name: String,
    },
    /// A row does not hold what the program expects: our fault, or a damaged database.
    #[error("column `{column}` should hold {want} but holds {found}")]
    Decode {
        /// The column, as the query names it.
        column: String,
        /// What was asked for.
        want: &'static str,
        /// What stands there.
        found: String,
    },
    /// A value that the engines cannot keep alike: a NUL in text, a number that is no number.
    #[error("a value cannot be kept: {0}")]
    Value(String),
    /// `query_one` found no row, or more than one.
    #[error("expected one row, found {0}")]
    RowCount(usize),
    /// A verb was used after a statement of the same transaction had failed.
    #[error("an earlier statement of this transaction failed, so nothing of it is kept")]
    Failed,
    /// Other writers kept winning, or no connection came free in time; trying again may help.
    #[error("the database is busy: {0}")]
    Busy(&'static str),
    /// No room on the disk; nothing of the transaction is kept.
    #[error("the disk is full, so nothing was written; make room and try again")]
    Full,
    /// The verb is not for this transaction: a write in a read, a transaction in a transaction.
    #[error("{0}")]
    Misuse(&'static str),
    /// A migration cannot be applied, or differs from the one that was.
    #[error("migration {number} of `{module}`: {what}")]
    Migration {
        /// The module that owns it.
        module: String,
        /// Its number.
        number: u32,
        /// What is wrong.
        what: String,
    },
    /// An event, key, checkpoint or proof is not sound.
    #[error("journal: {0}")]
    Journal(String),
    /// A backup cannot be written, is damaged, or the target is not empty.
    #[error("backup: {0}")]
    Backup(String),
    /// The engine itself failed.
    #[error("the database failed at `{doing}`")]
    Engine {
        /// The statement or step, shortened.
        doing: String,
        /// What the driver says.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl Error {
    /// An [`Error::Engine`] at a step.
    pub(crate) fn engine(doing: &str, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        let doing = doing.split_whitespace().collect::<Vec<_>>().join(" ");
        let doing = doing.chars().take(120).collect();
        Error::Engine { doing, source: source.into() }
    }

    /// Whether this is the constraint with that name, for mapping to a refusal.
    ///
    /// ```
    /// let error = store::Error::Failed;
    /// assert!(!error.is_constraint("account_name_key"));
    /// ```
    pub fn is_constraint(&self, wanted: &str) -> bool {
        matches!(self, Error::Constraint { name, .. } if name == wanted)
    }
}
