//! Refusals: a clear no, with a stable code, the place and the rule.

use std::fmt;

/// A text in Chinese and English; both are always present.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// Both languages at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Label {
        Label { zh: zh.into(), en: en.into() }
    }
}

/// Where in an input something was wrong. Rows and columns count as a person sees them, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// File name or request part, never a full path.
    pub file: Option<String>,
    /// Row in the file, the header being row 1.
    pub row: Option<u64>,
    /// Column name, field name or JSON pointer.
    pub column: Option<String>,
    /// The offending value, cut to [`Refusal::VALUE_CHARS`] characters.
    pub value: Option<String>,
}

/// Input that was refused. Codes are stable: see the table in the API guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code such as `E-DATE-01`.
    pub code: &'static str,
    /// The rule that was broken, in words or as an article.
    pub rule: String,
    /// What was wrong and what would be right.
    pub message: Label,
    /// Where it was.
    pub place: Place,
}

impl Refusal {
    /// A quoted value is cut to this many characters.
    pub const VALUE_CHARS: usize = 120;

    /// A refusal that does not know its place yet.
    pub fn new(
        code: &'static str,
        rule: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Refusal {
        let message = Label::new(zh, en);
        Refusal { code, rule: rule.into(), message, place: Place::default() }
    }

    /// With the offending value, cut to a readable length and without control characters.
    pub fn value(mut self, value: &str) -> Refusal {
        let shown: String = value
            .chars()
            .take(Refusal::VALUE_CHARS)
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        self.place.value = Some(shown);
        self
    }

    /// With the file it stands in.
    pub fn file(mut self, file: &str) -> Refusal {
        self.place.file = Some(file.to_string());
        self
    }

    /// With the row it stands in, the header being row 1.
    pub fn row(mut self, row: u64) -> Refusal {
        self.place.row = Some(row);
        self
    }

    /// With the column or field it stands in.
    pub fn column(mut self, column: &str) -> Refusal {
        self.place.column = Some(column.to_string());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message.en)?;
        if let Some(file) = &self.place.file {
            write!(f, " [file {file}]")?;
        }
        if let Some(row) = self.place.row {
            write!(f, " [row {row}]")?;
        }
        if let Some(column) = &self.place.column {
            write!(f, " [column {column}]")?;
        }
        if let Some(value) = &self.place.value {
            write!(f, " [value `{value}`]")?;
        }
        write!(f, " [rule: {}]", self.rule)
    }
}

impl std::error::Error for Refusal {}
