//! A policy's own tests: facts, and what must come of them.

use crate::facts::Facts;
use crate::fault::At;
use kernel::{Day, Fen, Label};

/// A test of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// The day it is asked for.
    pub on: Day,
    /// What is known on which day, when that is another one.
    pub known: Option<Day>,
    /// The facts.
    pub facts: Facts,
    /// What must come of them.
    pub out: Expected,
    /// The article or item it comes from.
    pub clause: Option<String>,
}

/// What must come of a test's facts; what is none is not looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expected {
    /// Whether the policy is granted: yes, no, not known.
    pub eligible: Option<Option<bool>>,
    /// The amount.
    pub amount: Option<ExpectedAmount>,
    /// Figures that could not be read and could change it, in the order of their names.
    pub unread: Option<Vec<String>>,
    /// Definitions by name, as text.
    pub values: Vec<(String, At, String)>,
}

/// What amount must come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedAmount {
    /// Exactly this.
    Exact(Fen),
    /// At most this.
    UpTo(Fen),
    /// Between these.
    Range(Fen, Fen),
    /// Not known for want of these inputs, in the order of their names.
    Unknown(Vec<String>),
}

/// How a test came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// The test's name.
    pub name: String,
    /// Where it was written.
    pub at: At,
    /// What was wrong; none when it passed.
    pub wrong: Option<Label>,
}
