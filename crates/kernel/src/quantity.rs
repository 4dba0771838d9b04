//! Quantities as sources write them: "over 4000" is not 4000.

use crate::decimal::Decimal;
use crate::refusal::Refusal;
use std::fmt;

/// How a written number relates to the true one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparator {
    /// Exactly, as far as the source says.
    Exact,
    /// More than: 超, 多.
    Over,
    /// At least: 以上, 不少于.
    AtLeast,
    /// Less than: 不足.
    Under,
    /// At most: 不超过.
    AtMost,
    /// About: 约, 近, 余.
    About,
    /// Between two numbers, both included.
    Range,
}

impl Comparator {
    /// All of them, in a fixed order.
    pub const ALL: [Comparator; 7] = [
        Comparator::Exact,
        Comparator::Over,
        Comparator::AtLeast,
        Comparator::Under,
        Comparator::AtMost,
        Comparator::About,
        Comparator::Range,
    ];

    /// The sign used in files and on the wire.
    pub fn sign(self) -> &'static str {
        match self {
            Comparator::Exact => "=",
            Comparator::Over => ">",
            Comparator::AtLeast => ">=",
            Comparator::Under => "<",
            Comparator::AtMost => "<=",
            Comparator::About => "~",
            Comparator::Range => "range",
        }
    }

    /// The comparator with this sign.
    pub fn from_sign(sign: &str) -> Option<Comparator> {
        Comparator::ALL.into_iter().find(|c| c.sign() == sign)
    }
}

/// A number with its comparator, and for a range its upper end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantity {
    /// How the number is meant.
    pub comparator: Comparator,
    /// The number, or the lower end of a range.
    pub number: Decimal,
    /// The upper end; present exactly for [`Comparator::Range`] and not below `number`.
    pub high: Option<Decimal>,
}

impl Quantity {
    /// Exactly this number.
    pub fn exact(number: Decimal) -> Quantity {
        Quantity { comparator: Comparator::Exact, number, high: None }
    }

    /// Reads `4153.08`, `>4000`, `≥20`, `≈1500(余)`, `10~20`, `10-20`; a remark in brackets is left out.
    ///
    /// Fails with `E-NUM-01` when there is no number and `E-NUM-02` for a range that ends before it starts.
    pub fn parse(text: &str) -> Result<Quantity, Refusal> {
        let plain = without_remark(text.trim());
        let (comparator, rest) = split_sign(plain);
        if comparator == Comparator::Exact
            && let Some(range) = read_range(rest)
        {
            return range.map_err(|r| r.value(text));
        }
        let number = Decimal::parse(rest).map_err(|r| r.value(text))?;
        Ok(Quantity { comparator, number, high: None })
    }

    /// Whether both could be true of one thing at one time.
    pub fn agrees_with(&self, other: &Quantity) -> bool {
        let (a, b) = (self.bounds(), other.bounds());
        let above = |low: &Bound, high: &Bound| match (low, high) {
            (Some((x, x_open)), Some((y, y_open))) => x > y || (x == y && (*x_open || *y_open)),
            _ => false,
        };
        !above(&a.0, &b.1) && !above(&b.0, &a.1)
    }

    /// Lower and upper bound with whether each is excluded. "About" allows a tenth either way.
    fn bounds(&self) -> (Bound, Bound) {
        let here = Some((self.number, false));
        match self.comparator {
            Comparator::Exact => (here, here),
            Comparator::Over => (Some((self.number, true)), None),
            Comparator::AtLeast => (here, None),
            Comparator::Under => (None, Some((self.number, true))),
            Comparator::AtMost => (None, here),
            Comparator::Range => (here, self.high.map(|high| (high, false)).or(here)),
            Comparator::About => {
                let tenth = Decimal::new(self.number.mantissa(), self.number.scale() + 1);
                let spread = tenth.unwrap_or(Decimal::ZERO);
                let minus = Decimal::new(-spread.mantissa(), spread.scale());
                let low = minus.and_then(|m| self.number.plus(m)).unwrap_or(self.number);
                let high = self.number.plus(spread).unwrap_or(self.number);
                (Some((low.min(high), false)), Some((low.max(high), false)))
            }
        }
    }
}

type Bound = Option<(Decimal, bool)>;

/// `≈1500(余)` without `(余)`; a remark without a number before it stays, to be refused.
fn without_remark(text: &str) -> &str {
    match text.find(['(', '（']) {
        Some(at) if at > 0 && text.ends_with([')', '）']) => text[..at].trim_end(),
        _ => text,
    }
}

fn split_sign(text: &str) -> (Comparator, &str) {
    let signs = [
        (">=", Comparator::AtLeast),
        ("<=", Comparator::AtMost),
        ("≥", Comparator::AtLeast),
        ("≤", Comparator::AtMost),
        (">", Comparator::Over),
        ("<", Comparator::Under),
        ("≈", Comparator::About),
        ("~", Comparator::About),
        ("约", Comparator::About),
        ("超", Comparator::Over),
    ];
    for (sign, comparator) in signs {
        if let Some(rest) = text.strip_prefix(sign) {
            return (comparator, rest.trim_start());
        }
    }
    (Comparator::Exact, text)
}

fn read_range(text: &str) -> Option<Result<Quantity, Refusal>> {
    let (low, high) = text.split_once(['~', '～', '–', '—', '至']).or_else(|| {
        let at = text.get(1..)?.find('-')? + 1;
        (!text[..at].ends_with(['e', 'E'])).then(|| (&text[..at], &text[at + 1..]))
    })?;
    let low = Decimal::parse(low).ok()?;
    let high = Decimal::parse(high).ok()?;
    Some(if low > high {
        Err(Refusal::new(
            "E-NUM-02",
            "a range ends no lower than it starts",
            "区间的上限小于下限",
            "the range ends below its start",
        ))
    } else {
        Ok(Quantity { comparator: Comparator::Range, number: low, high: Some(high) })
    })
}

impl fmt::Display for Quantity {
    /// As it is exported: `4153.08`, `>4000`, `~1500`, `10~20`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.comparator, self.high) {
            (Comparator::Exact, _) => write!(f, "{}", self.number),
            (Comparator::Range, Some(high)) => write!(f, "{}~{high}", self.number),
            (comparator, _) => write!(f, "{}{}", comparator.sign(), self.number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, &'static str> {
        Quantity::parse(text).map(|q| q.to_string()).map_err(|r| r.code)
    }

    #[test]
    fn keeps_what_was_written() {
        assert_eq!(read(">4000"), Ok(">4000".into()));
        assert_eq!(read("≈1500(余)"), Ok("~1500".into()));
        assert_eq!(read("≥20"), Ok(">=20".into()));
        assert_eq!(read("10-20"), Ok("10~20".into()));
        assert_eq!(read("10～20"), Ok("10~20".into()));
        assert_eq!(read("-5"), Ok("-5".into()));
        assert_eq!(read("1e-5"), Ok("0.00001".into()));
        assert_eq!(read("20-10"), Err("E-NUM-02"));
        assert_eq!(read("首批"), Err("E-NUM-01"));
        assert_eq!(read("≈4×1000"), Err("E-NUM-01"));
    }

    #[test]
    fn agreement_respects_comparators() {
        let agrees = |a: &str, b: &str| {
            let (a, b) = (Quantity::parse(a).expect(a), Quantity::parse(b).expect(b));
            assert_eq!(a.agrees_with(&b), b.agrees_with(&a));
            a.agrees_with(&b)
        };
        assert!(agrees(">4000", "4153.08"));
        assert!(!agrees(">4000", "4000"));
        assert!(agrees(">=4000", "4000"));
        assert!(!agrees("62", "83"));
        assert!(agrees("~1000", "1050"));
        assert!(!agrees("~1000", "1500"));
        assert!(agrees("10~20", "15"));
        assert!(!agrees(">20", "10~20"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn reads_what_it_writes(n in -1_000_000i64..1_000_000, scale in 0u32..4, sign in 0usize..6) {
            let number = Decimal::new(i128::from(n), scale).expect("fits");
            let quantity = Quantity { comparator: Comparator::ALL[sign], number, high: None };
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
        }
    }
}
