//! What is wrong with a policy as it is written: where, which rule, and what would be right.

use kernel::{Label, Refusal};
use std::fmt;

/// A place in a file, both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

impl At {
    /// So many characters further on the same line.
    pub fn plus(self, characters: usize) -> At {
        let by = u32::try_from(characters).unwrap_or(u32::MAX);
        At { line: self.line, column: self.column.saturating_add(by) }
    }
}

/// Whether a policy may still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It may not.
    Error,
    /// It may, and somebody should look.
    Warning,
}

impl Weight {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Weight::Error => "error",
            Weight::Warning => "warning",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code: `E-POL-01` …; the README has the table.
    pub code: &'static str,
    /// How much it weighs.
    pub weight: Weight,
    /// File name, when it is known; never a full path.
    pub file: Option<String>,
    /// Where it is.
    pub at: At,
    /// What is wrong.
    pub message: Label,
    /// What would be right.
    pub hint: Option<Label>,
}

impl Fault {
    /// An error.
    pub fn new(code: &'static str, at: At, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        let message = Label::new(zh, en);
        Fault { code, weight: Weight::Error, file: None, at, message, hint: None }
    }

    /// A warning.
    pub fn warning(
        code: &'static str,
        at: At,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Fault {
        Fault { weight: Weight::Warning, ..Fault::new(code, at, zh, en) }
    }

    /// With what would be right.
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Fault {
        self.hint = Some(Label::new(zh, en));
        self
    }

    /// In a file.
    pub fn file(mut self, name: &str) -> Fault {
        self.file = Some(name.to_string());
        self
    }

    /// As a refusal, for those who sent the policy.
    pub fn refusal(&self) -> Refusal {
        let rule = self.hint.as_ref().map_or("a policy is written in its language", |h| &*h.en);
        let message = &self.message;
        let mut refusal = Refusal::new(self.code, rule, message.zh.clone(), message.en.clone())
            .row(u64::from(self.at.line))
            .column(&self.at.column.to_string());
        if let Some(file) = &self.file {
            refusal = refusal.file(file);
        }
        refusal
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At { line, column } = self.at;
        let file = self.file.as_deref().unwrap_or("policy");
        write!(f, "{file}:{line}:{column}: {} {}: ", self.weight.name(), self.code)?;
        write!(f, "{}", self.message.en)?;
        match &self.hint {
            Some(hint) => write!(f, " ({})", hint.en),
            None => Ok(()),
        }
    }
}
