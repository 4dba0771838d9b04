//! The law that services run by: the rulebook, and whose law it is.

use kernel::Day;
use schema::{Lookup, Rulebook};

/// The rulebook with the place whose law applies.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// The rulebook.
    pub book: &'a Rulebook,
    /// The place, `shanghai`.
    pub place: &'a str,
}

impl<'a> Law<'a> {
    /// The law on a day, as it was known on another.
    pub fn lookup(&self, on: Day, known: Day) -> Lookup<'a> {
        self.book.lookup(self.place, on, known)
    }
}
