//! Money in fen, the hundredth of a yuan. No float touches it.

use crate::decimal::Decimal;
use crate::refusal::Refusal;
use std::fmt;

/// An amount in fen (1/100 CNY), between -10^15 and 10^15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

impl Fen {
    /// The largest amount that is accepted: 10^15 fen, ten trillion yuan.
    pub const MAX: i64 = 1_000_000_000_000_000;

    /// From fen; `None` past [`Fen::MAX`] either way.
    pub fn new(fen: i64) -> Option<Fen> {
        (fen.abs() <= Fen::MAX).then_some(Fen(fen))
    }

    /// The amount in fen.
    pub fn fen(self) -> i64 {
        self.0
    }

    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// Reads yuan with at most two decimals: `2054150.00`.
    ///
    /// Fails with `E-MONEY-01` for more decimals and `E-MONEY-04` for what is no number or too large.
    pub fn parse(text: &str) -> Result<Fen, Refusal> {
        let number = Decimal::parse(text).map_err(|_| {
            Refusal::new(
                "E-MONEY-04",
                "an amount is a decimal number of yuan within 10^15 fen",
                "金额应为人民币元的十进制数,如 3000000.00",
                "an amount is a decimal number of yuan, such as 3000000.00",
            )
            .value(text)
        })?;
        Fen::from_yuan(number, Decimal::whole(1))
    }

    /// The sum; `None` past [`Fen::MAX`].
    pub fn plus(self, other: Fen) -> Option<Fen> {
        Fen::new(self.0 + other.0)
    }

    /// The difference; `None` past [`Fen::MAX`].
    pub fn minus(self, other: Fen) -> Option<Fen> {
        Fen::new(self.0 - other.0)
    }

    /// The sum of many; `None` past [`Fen::MAX`].
    pub fn sum(many: impl IntoIterator<Item = Fen>) -> Option<Fen> {
        many.into_iter().try_fold(Fen::ZERO, Fen::plus)
    }

    /// `number` × `yuan_factor` yuan in fen, exactly.
    ///
    /// Fails with `E-MONEY-01` when that is no whole number of fen and `E-MONEY-04` past the limit.
    pub fn from_yuan(number: Decimal, yuan_factor: Decimal) -> Result<Fen, Refusal> {
        let fen = number
            .times(yuan_factor)
            .and_then(|yuan| yuan.times(Decimal::whole(100)))
            .ok_or_else(|| too_large(number))?;
        if fen.scale() > 0 {
            return Err(Refusal::new(
                "E-MONEY-01",
                "money has at most two decimals of a yuan",
                "金额最多精确到分(两位小数)",
                "money has at most two decimals of a yuan",
            )
            .value(&number.to_string()));
        }
        fen.to_whole().and_then(Fen::new).ok_or_else(|| too_large(number))
    }
}

fn too_large(number: Decimal) -> Refusal {
    Refusal::new(
        "E-MONEY-04",
        "an amount lies within 10^15 fen",
        "金额超出 10^15 分的上限",
        "the amount passes the limit of 10^15 fen",
    )
    .value(&number.to_string())
}

impl fmt::Display for Fen {
    /// Yuan with two decimals: `12.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", size / 100, size % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen_exactly_or_not_at_all() {
        let fen = |number: &str, factor: &str| {
            let number = Decimal::parse(number).expect("number");
            let factor = Decimal::parse(factor).expect("factor");
            Fen::from_yuan(number, factor).map(Fen::fen).map_err(|r| r.code)
        };
        assert_eq!(fen("4153.08", "100000000"), Ok(41_530_800_000_000));
        assert_eq!(fen("2203", "10000"), Ok(2_203_000_000));
        assert_eq!(fen("0.01", "1"), Ok(1));
        assert_eq!(fen("0.001", "1"), Err("E-MONEY-01"));
        assert_eq!(fen("100001", "100000000"), Err("E-MONEY-04"));
        let read = |text| Fen::parse(text).map(Fen::fen).map_err(|r| r.code);
        assert_eq!(read("3000000.00"), Ok(300_000_000));
        assert_eq!(read("-0.5"), Ok(-50));
        assert_eq!(read("0.005"), Err("E-MONEY-01"));
        for wrong in ["", "NaN", "1e400", "inf", "十", "10000000000000.01"] {
            assert_eq!(read(wrong), Err("E-MONEY-04"), "{wrong}");
        }
        let all = [Fen(1), Fen(2), Fen(-5)];
        assert_eq!(Fen::sum(all), Fen::new(-2));
        assert_eq!(Fen(Fen::MAX).plus(Fen(1)), None);
        assert_eq!(Fen(-Fen::MAX).minus(Fen(1)), None);
        assert_eq!(Fen::new(-1205).map(|f| f.to_string()).as_deref(), Some("-12.05"));
    }
}
