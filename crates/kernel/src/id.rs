//! Identifiers people can say aloud: `E12` is an entity, `S34` a statement, `J56` a journal event.

use crate::refusal::Refusal;
use std::fmt;
use std::str::FromStr;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = Refusal;

            /// Reads the letter and a number from 0 to 2^53; fails with `E-ID-00`.
            fn from_str(text: &str) -> Result<$name, Refusal> {
                text.strip_prefix($letter)
                    .filter(|digits| !digits.is_empty() && digits.len() <= 16)
                    .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|digits| digits.parse().ok())
                    .filter(|number| *number <= (1 << 53))
                    .map($name)
                    .ok_or_else(|| {
                        Refusal::new(
                            "E-ID-00",
                            concat!("an id is `", $letter, "` and a number"),
                            concat!("编号应为“", $letter, "”加数字"),
                            concat!("an id here is `", $letter, "` followed by a number"),
                        )
                        .value(text)
                    })
            }
        }
    };
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
