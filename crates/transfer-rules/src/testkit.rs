//! What the tests of the rules share.

use kernel::{Day, Fen, Ratio};
use schema::Rulebook;
use std::sync::OnceLock;

/// The rulebook that ships, read once.
pub(crate) fn book() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| Rulebook::shipped().expect("the rulebook that ships is sound"))
}

/// A day.
pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Yuan.
pub(crate) fn yuan(text: &str) -> Fen {
    Fen::parse(text).expect("yuan")
}

/// A share.
pub(crate) fn share(text: &str) -> Ratio {
    Ratio::parse(text).expect("a share")
}
