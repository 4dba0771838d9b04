//! `W12` is a job, `D3` a delivery.

use kernel::Refusal;
use std::fmt;
use std::str::FromStr;

/// A job. Dense from 1, in the order of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub i64);

/// A message to a web hook. Dense from 1, in the order of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W{}", self.0)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D{}", self.0)
    }
}

impl FromStr for JobId {
    type Err = Refusal;

    /// Fails with `E-ID-00`.
    fn from_str(text: &str) -> Result<JobId, Refusal> {
        number('W', text).map(JobId).ok_or_else(|| refused('W', text))
    }
}

impl FromStr for DeliveryId {
    type Err = Refusal;

    /// Fails with `E-ID-00`.
    fn from_str(text: &str) -> Result<DeliveryId, Refusal> {
        number('D', text).map(DeliveryId).ok_or_else(|| refused('D', text))
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
        assert_eq!("W12".parse(), Ok(JobId(12)));
        assert_eq!(DeliveryId(3).to_string().parse(), Ok(DeliveryId(3)));
        for wrong in ["", "W", "w1", "W-1", "D1", "W１", "W+1", "W99999999999999999"] {
            assert!(wrong.parse::<JobId>().is_err(), "{wrong}");
        }
    }
}
