//! `A12` is an account, `T3` an API token.

use kernel::Refusal;
use std::fmt;
use std::str::FromStr;

/// An account. Dense from 1, in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

/// An API token. Dense from 1, in the order of making.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub i64);

impl AccountId {
    /// The account as it stands in the journal.
    pub fn actor(self) -> kernel::Actor {
        kernel::Actor::new(self.to_string())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{}", self.0)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T{}", self.0)
    }
}

impl FromStr for AccountId {
    type Err = Refusal;

    /// Fails with `E-ID-00`.
    fn from_str(text: &str) -> Result<AccountId, Refusal> {
        number('A', text).map(AccountId).ok_or_else(|| refused('A', text))
    }
}

impl FromStr for TokenId {
    type Err = Refusal;

    /// Fails with `E-ID-00`.
    fn from_str(text: &str) -> Result<TokenId, Refusal> {
        number('T', text).map(TokenId).ok_or_else(|| refused('T', text))
    }
}

fn number(letter: char, text: &str) -> Option<i64> {
    let digits = text.strip_prefix(letter)?;
    let sound = (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok()?;
    (sound && number <= 1 << 53).then_some(number)
}

fn refused(letter: char, text: &str) -> Refusal {
    Refusal::new(
        "E-ID-00",
        format!("an id is `{letter}` and a number"),
        format!("编号应为“{letter}”加数字"),
        format!("an id here is `{letter}` followed by a number"),
    )
    .value(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_write() {
        assert_eq!("A12".parse(), Ok(AccountId(12)));
        assert_eq!(TokenId(3).to_string().parse(), Ok(TokenId(3)));
        for wrong in ["", "A", "a1", "A-1", "T1", "A１", "A+1", "A99999999999999999"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }
}
