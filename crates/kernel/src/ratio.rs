//! Exact ratios: shares, rates, percentages. No float stands in for one.

use crate::decimal::Decimal;
use crate::money::Fen;
use crate::refusal::Refusal;
use std::cmp::Ordering;
use std::fmt;

/// A fraction in lowest terms, the denominator above zero; both within ±10^18.
///
/// Parts of results that would leave that range are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    den: i128,
}

/// How an amount that is no whole number of fen becomes one. Each use says which and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest; a half goes away from zero.
    HalfUp,
    /// Towards zero: what someone receives never passes what is there.
    Down,
    /// Away from zero: a floor that must be met is never missed by rounding.
    Up,
}

impl Rounding {
    /// The name in proofs.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::HalfUp => "half_up",
            Rounding::Down => "down",
            Rounding::Up => "up",
        }
    }
}

const BOUND: i128 = 1_000_000_000_000_000_000;

impl Ratio {
    /// Nothing of it.
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };

    /// The whole of it.
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// `num` / `den` in lowest terms; `None` for a denominator of zero and past the bounds.
    pub fn new(num: i128, den: i128) -> Option<Ratio> {
        if den == 0 {
            return None;
        }
        let divisor = gcd(num.unsigned_abs(), den.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?;
        let sign = if den < 0 { -1 } else { 1 };
        let (num, den) = (sign * num / divisor, sign * den / divisor);
        (num.abs() <= BOUND && den <= BOUND).then_some(Ratio { num, den })
    }

    /// So many hundredths.
    pub const fn percent(number: i64) -> Ratio {
        let mut divisor: i64 = 100;
        // The common divisors of 100 are few enough to try.
        while number % divisor != 0 || 100 % divisor != 0 {
            divisor -= 1;
        }
        Ratio { num: (number / divisor) as i128, den: (100 / divisor) as i128 }
    }

    /// Reads `70%`, `12.5 %`, `0.45`, `1/3`, `1`; fails with `E-SHARE-02` for anything else.
    pub fn parse(text: &str) -> Result<Ratio, Refusal> {
        read(text.trim()).ok_or_else(|| {
            Refusal::new(
                "E-SHARE-02",
                "a share is a percentage, a decimal or a fraction: 70%, 0.7, 7/10",
                "比例应写成百分数、小数或分数,如 70%、0.7、7/10",
                "a share is a percentage, a decimal or a fraction: 70%, 0.7, 7/10",
            )
            .value(text)
        })
    }

    /// The numerator.
    pub fn num(self) -> i128 {
        self.num
    }

    /// The denominator, above zero.
    pub fn den(self) -> i128 {
        self.den
    }

    /// The sum.
    pub fn plus(self, other: Ratio) -> Option<Ratio> {
        let left = self.num.checked_mul(other.den)?;
        let right = other.num.checked_mul(self.den)?;
        Ratio::new(left.checked_add(right)?, self.den.checked_mul(other.den)?)
    }

    /// The difference.
    pub fn minus(self, other: Ratio) -> Option<Ratio> {
        self.plus(Ratio { num: -other.num, den: other.den })
    }

    /// The product.
    pub fn times(self, other: Ratio) -> Option<Ratio> {
        Ratio::new(self.num.checked_mul(other.num)?, self.den.checked_mul(other.den)?)
    }

    /// The quotient; `None` by zero.
    pub fn over(self, other: Ratio) -> Option<Ratio> {
        Ratio::new(self.num.checked_mul(other.den)?, self.den.checked_mul(other.num)?)
    }

    /// The sum of many; `None` past the bounds.
    pub fn sum(many: impl IntoIterator<Item = Ratio>) -> Option<Ratio> {
        many.into_iter().try_fold(Ratio::ZERO, Ratio::plus)
    }

    /// This share of an amount, in whole fen; `None` past the bound of money.
    pub fn of(self, amount: Fen, rounding: Rounding) -> Option<Fen> {
        let product = i128::from(amount.fen()).checked_mul(self.num)?;
        let (whole, rest) = (product / self.den, product % self.den);
        let away = match rounding {
            Rounding::Down => false,
            Rounding::Up => rest != 0,
            Rounding::HalfUp => rest.unsigned_abs() * 2 >= self.den.unsigned_abs(),
        };
        let step = if product < 0 { -1 } else { 1 };
        let fen = whole + if away { step } else { 0 };
        i64::try_from(fen).ok().and_then(Fen::new)
    }

    /// What part `part` is of `whole`; `None` when `whole` is nought.
    pub fn between(part: Fen, whole: Fen) -> Option<Ratio> {
        Ratio::new(i128::from(part.fen()), i128::from(whole.fen()))
    }

    /// Whether it lies from nought to one, both included.
    pub fn is_share(self) -> bool {
        self >= Ratio::ZERO && self <= Ratio::ONE
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        // Both stay below 10^36, well inside 128 bits.
        (self.num * other.den).cmp(&(other.num * self.den))
    }
}

impl fmt::Display for Ratio {
    /// A percentage where that is exact with at most four decimals (`12.5%`), else `1/3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled = self.num * 1_000_000;
        if scaled % self.den != 0 {
            return write!(f, "{}/{}", self.num, self.den);
        }
        let parts = scaled / self.den;
        let (sign, size) = (if parts < 0 { "-" } else { "" }, parts.abs());
        let (whole, decimals) = (size / 10_000, size % 10_000);
        if decimals == 0 {
            return write!(f, "{sign}{whole}%");
        }
        let decimals = format!("{decimals:04}");
        write!(f, "{sign}{whole}.{}%", decimals.trim_end_matches('0'))
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn read(text: &str) -> Option<Ratio> {
    if let Some((num, den)) = text.split_once('/') {
        let whole = |part: &str| Decimal::parse(part).ok()?.to_whole();
        return Ratio::new(i128::from(whole(num)?), i128::from(whole(den)?));
    }
    let (body, hundredths) = match text.strip_suffix(['%', '％']) {
        Some(body) => (body, 2),
        None => (text, 0),
    };
    let number = Decimal::parse(body).ok()?;
    let den = 10i128.checked_pow(number.scale() + hundredths)?;
    Ratio::new(number.mantissa(), den)
}

/// Divides an amount by shares so that the parts sum to it to the fen.
///
/// Each part is first rounded down; what is left goes fen by fen to the largest remainders, the
/// earlier one first among equals (the method of largest remainders). `None` when the shares do
/// not sum to exactly one or one lies outside 0 to 1.
pub fn divide(amount: Fen, shares: &[Ratio]) -> Option<Vec<Fen>> {
    let sound = shares.iter().all(|share| share.is_share());
    if !sound || Ratio::sum(shares.iter().copied()) != Some(Ratio::ONE) {
        return None;
    }
    let sign = if amount.fen() < 0 { -1 } else { 1 };
    let size = i128::from(amount.fen().abs());
    let mut parts = Vec::with_capacity(shares.len());
    let mut order = Vec::with_capacity(shares.len());
    let mut left = size;
    for (at, share) in shares.iter().enumerate() {
        let product = size.checked_mul(share.num)?;
        let part = product / share.den;
        left -= part;
        parts.push(part);
        order.push((at, Ratio::new(product % share.den, share.den)?));
    }
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (at, _) in order.iter().take(usize::try_from(left).ok()?) {
        parts[*at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(sign * part).ok().and_then(Fen::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).expect("a ratio")
    }

    #[test]
    fn reads_and_writes_shares() {
        for (text, shown) in [
            ("70%", "70%"),
            ("0.45", "45%"),
            ("12.5 %", "12.5%"),
            ("1/3", "1/3"),
            ("1", "100%"),
            ("0", "0%"),
            ("-3%", "-3%"),
            ("4/8", "50%"),
            ("0.0003", "0.03%"),
            ("７０％", "70%"),
        ] {
            assert_eq!(ratio(text).to_string(), shown, "{text}");
            assert_eq!(ratio(shown), ratio(text), "{shown}");
        }
        for wrong in ["", "%", "1/0", "a", "NaN", "1/2/3", "0.1/2", "1e400"] {
            assert_eq!(Ratio::parse(wrong).map_err(|r| r.code), Err("E-SHARE-02"), "{wrong}");
        }
        for number in [-100, -7, 0, 1, 5, 33, 50, 70, 100, 250] {
            assert_eq!(Some(Ratio::percent(number)), Ratio::new(number.into(), 100), "{number}");
        }
    }

    #[test]
    fn rounding_is_named() {
        let fen = |n| Fen::new(n).expect("fen");
        let third = ratio("1/3");
        assert_eq!(third.of(fen(100), Rounding::Down), Some(fen(33)));
        assert_eq!(third.of(fen(100), Rounding::Up), Some(fen(34)));
        assert_eq!(third.of(fen(100), Rounding::HalfUp), Some(fen(33)));
        assert_eq!(third.of(fen(-100), Rounding::Down), Some(fen(-33)));
        assert_eq!(third.of(fen(-100), Rounding::Up), Some(fen(-34)));
        assert_eq!(ratio("0.5").of(fen(3), Rounding::HalfUp), Some(fen(2)));
        assert_eq!(ratio("0.5").of(fen(-3), Rounding::HalfUp), Some(fen(-2)));
        assert_eq!(ratio("0.5").of(fen(4), Rounding::Up), Some(fen(2)));
        assert_eq!(Ratio::between(fen(1), fen(4)), Some(Ratio::percent(25)));
        assert_eq!(Ratio::between(fen(1), fen(0)), None);
    }

    #[test]
    fn arithmetic_is_exact() {
        assert_eq!(ratio("1/3").plus(ratio("1/6")), Some(ratio("1/2")));
        assert_eq!(ratio("1/2").minus(ratio("2/3")), Some(ratio("-1/6")));
        assert_eq!(ratio("2/3").times(ratio("3/4")), Some(ratio("1/2")));
        assert_eq!(ratio("1/2").over(ratio("3/4")), Some(ratio("2/3")));
        assert_eq!(ratio("1/2").over(Ratio::ZERO), None);
        assert!(ratio("1/3") < ratio("0.34") && ratio("-1/3") < Ratio::ZERO);
        assert!(Ratio::ONE.is_share() && !ratio("101%").is_share() && !ratio("-1%").is_share());
    }

    #[test]
    fn the_largest_remainders_take_what_is_left() {
        let fen = |n| Fen::new(n).expect("fen");
        let thirds = [ratio("1/3"), ratio("1/3"), ratio("1/3")];
        assert_eq!(divide(fen(100), &thirds), Some(vec![fen(34), fen(33), fen(33)]));
        assert_eq!(divide(fen(-100), &thirds), Some(vec![fen(-34), fen(-33), fen(-33)]));
        assert_eq!(divide(fen(1), &[ratio("40%"), ratio("60%")]), Some(vec![fen(0), fen(1)]));
        assert_eq!(divide(fen(1), &[ratio("40%"), ratio("50%")]), None);
        assert_eq!(divide(fen(1), &[ratio("-10%"), ratio("110%")]), None);
        assert_eq!(divide(fen(1), &[]), None);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(
            amount in -Fen::MAX..Fen::MAX,
            weights in prop::collection::vec(0i128..1000, 1..9),
        ) {
            let sum: i128 = weights.iter().sum();
            prop_assume!(sum > 0);
            let shares: Vec<Ratio> =
                weights.iter().filter_map(|weight| Ratio::new(*weight, sum)).collect();
            let amount = Fen::new(amount).expect("fen");
            let parts = divide(amount, &shares).expect("shares that sum to one");
            prop_assert_eq!(parts.iter().map(|part| part.fen()).sum::<i64>(), amount.fen());
            for (part, share) in parts.iter().zip(&shares) {
                let down = share.of(amount, Rounding::Down).expect("fits").fen();
                let up = share.of(amount, Rounding::Up).expect("fits").fen();
                prop_assert!(part.fen() >= down.min(up) && part.fen() <= down.max(up));
            }
        }
    }
}
