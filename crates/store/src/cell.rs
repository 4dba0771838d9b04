//! A value on its way into or out of a column.

use crate::error::{Error, Result};
use kernel::Timestamp;
use std::borrow::Cow;

/// One value: what both engines can hold. Borrows where it can.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A number with a fraction; finite.
    Real(f64),
    /// Text without NUL.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// A truth value (0 or 1 in SQLite).
    Bool(bool),
}

impl Cell<'_> {
    /// Fails with [`Error::Value`] on what one of the engines would refuse or change.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Cell::Real(real) if !real.is_finite() => {
                Err(Error::Value(format!("`{real}` is no finite number")))
            }
            Cell::Text(text) if text.as_bytes().contains(&0) => {
                let start: String = text.chars().take(40).collect();
                Err(Error::Value(format!("the text `{}` holds a NUL", start.escape_default())))
            }
            _ => Ok(()),
        }
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "nothing",
            Cell::Int(_) => "a whole number",
            Cell::Real(_) => "a real number",
            Cell::Text(_) => "text",
            Cell::Bytes(_) => "bytes",
            Cell::Bool(_) => "a truth value",
        }
    }

    /// The same value, owning its content.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Null => Cell::Null,
            Cell::Int(int) => Cell::Int(int),
            Cell::Real(real) => Cell::Real(real),
            Cell::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Cell::Bytes(bytes) => Cell::Bytes(Cow::Owned(bytes.into_owned())),
            Cell::Bool(truth) => Cell::Bool(truth),
        }
    }
}

macro_rules! from {
    ($($type:ty, $value:ident => $cell:expr;)*) => {
        $(impl<'a> From<$type> for Cell<'a> {
            fn from($value: $type) -> Cell<'a> {
                $cell
            }
        })*
    };
}

from! {
    i64, value => Cell::Int(value);
    i32, value => Cell::Int(i64::from(value));
    u32, value => Cell::Int(i64::from(value));
    u8, value => Cell::Int(i64::from(value));
    f64, value => Cell::Real(value);
    bool, value => Cell::Bool(value);
    &'a str, value => Cell::Text(Cow::Borrowed(value));
    &'a String, value => Cell::Text(Cow::Borrowed(value));
    String, value => Cell::Text(Cow::Owned(value));
    Cow<'a, str>, value => Cell::Text(value);
    &'a [u8], value => Cell::Bytes(Cow::Borrowed(value));
    &'a Vec<u8>, value => Cell::Bytes(Cow::Borrowed(value));
    Vec<u8>, value => Cell::Bytes(Cow::Owned(value));
    Timestamp, value => Cell::Int(value.micros());
}

impl<'a, const N: usize> From<&'a [u8; N]> for Cell<'a> {
    fn from(value: &'a [u8; N]) -> Cell<'a> {
        Cell::Bytes(Cow::Borrowed(value))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Cell<'a> {
        value.map_or(Cell::Null, Into::into)
    }
}

/// Parameters `$1` to `$n` of a statement, each anything that is `Into<Cell>`.
///
/// ```
/// let name = String::from("绣带");
/// assert_eq!(store::params![1, &name, None::<i64>].len(), 3);
/// ```
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Cell::from($value)),*] as &[$crate::Cell<'_>]
    };
}
