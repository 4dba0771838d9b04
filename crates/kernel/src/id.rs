//! Identifiers people can say aloud: `E12` is an entity, `S34` a statement, `J56` a journal event.

use crate::refusal::Refusal;

/// Declares an id: a letter and a number, such as `E12`.
///
/// `kernel::id!(JobId, "W")`, with documentation before the name, gives the type, its `Display`
/// and a `FromStr` that fails with `E-ID-00`.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Refusal;

            /// Reads the letter and a number from 0 to 2^53; fails with `E-ID-00`.
            fn from_str(text: &str) -> Result<$name, $crate::Refusal> {
                $crate::id::read($letter, text).map($name)
            }
        }
    };
}

/// The number of an id with this letter: what [`id!`](crate::id!) calls. Fails with `E-ID-00`.
pub fn read(letter: &str, text: &str) -> Result<i64, Refusal> {
    let sound = |digits: &&str| {
        (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let number = text.strip_prefix(letter).filter(sound).and_then(|digits| digits.parse().ok());
    number.filter(|number| *number <= (1 << 53)).ok_or_else(|| {
        Refusal::new(
            "E-ID-00",
            format!("an id is `{letter}` and a number"),
            format!("编号应为“{letter}”加数字"),
            format!("an id here is `{letter}` followed by a number"),
        )
        .value(text)
    })
}

id!(
    /// An entity of the atlas. Dense from 1, in the order of first recording.
    EntityId, "E"
);
id!(
    /// A statement. Dense from 1, in the order of recording.
    StatementId, "S"
);
id!(
    /// An event of the journal: its index in the Merkle log, from 0.
    EventId, "J"
);
id!(
    /// A source: a file that was scanned or a document that a file cites.
    SourceId, "R"
);

/// Who did something: an account (`A1`), a token's account, or `system`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(String);

impl Actor {
    /// The actor with this name.
    pub fn new(name: impl Into<String>) -> Actor {
        Actor(name.into())
    }

    /// The house itself: loading what ships, keeping clocks.
    pub fn system() -> Actor {
        Actor("system".to_string())
    }

    /// The name as it stands in the journal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_write() {
        assert_eq!("E12".parse::<EntityId>(), Ok(EntityId(12)));
        assert_eq!(EntityId(12).to_string(), "E12");
        for wrong in ["", "E", "12", "e12", "E-1", "E1.0", "E99999999999999999", "S1", "E１２"] {
            assert_eq!(wrong.parse::<EntityId>().map_err(|r| r.code), Err("E-ID-00"), "{wrong}");
        }
    }
}
