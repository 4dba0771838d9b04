//! Exact decimal numbers.

use crate::refusal::Refusal;
use std::cmp::Ordering;
use std::fmt;

/// A decimal number kept exactly: `mantissa` × 10^-`scale`, trailing zeros removed.
///
/// Magnitude below 10^36, at most 30 decimals; a float never stands in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

const DIGITS_MAX: usize = 36;
const SCALE_MAX: i64 = 30;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal { mantissa: 0, scale: 0 };

    /// A whole number.
    pub const fn whole(number: i64) -> Decimal {
        Decimal { mantissa: number as i128, scale: 0 }
    }

    /// `mantissa` × 10^-`scale`, normalized; `None` past the bounds of the type.
    pub fn new(mantissa: i128, scale: u32) -> Option<Decimal> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let fits = mantissa.unsigned_abs() < 10u128.pow(DIGITS_MAX as u32);
        (fits && i64::from(scale) <= SCALE_MAX).then_some(Decimal { mantissa, scale })
    }

    /// Reads `-12.50`, `1,234`, `3.51e+24`; fails with `E-NUM-01` for NaN, infinities, numbers out
    /// of range and anything else. Full-width digits count as digits.
    pub fn parse(text: &str) -> Result<Decimal, Refusal> {
        let plain = plain_digits(text.trim());
        read(&plain).ok_or_else(|| {
            Refusal::new(
                "E-NUM-01",
                "a number has up to 36 digits and 30 decimals; NaN and infinities are none",
                "不是可以精确保存的数字(最多36位、30位小数,不接受NaN、无穷大或过大的指数)",
                "not a number that can be kept exactly (36 digits, 30 decimals; no NaN, no infinity)",
            )
            .value(text)
        })
    }

    /// The digits without the point.
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many digits stand behind the point.
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// The product, or `None` when it does not fit.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        Decimal::new(self.mantissa.checked_mul(other.mantissa)?, self.scale + other.scale)
    }

    /// The sum, or `None` when it does not fit.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let left = self.mantissa.checked_mul(power(scale - self.scale)?)?;
        let right = other.mantissa.checked_mul(power(scale - other.scale)?)?;
        Decimal::new(left.checked_add(right)?, scale)
    }

    /// The quotient rounded half up (away from zero) to `decimals`; `None` for division by zero.
    pub fn divided(self, other: Decimal, decimals: u32) -> Option<Decimal> {
        if other.mantissa == 0 {
            return None;
        }
        let shift = decimals + other.scale;
        let numerator = self.mantissa.checked_mul(power(shift)?)?;
        let denominator = other.mantissa.checked_mul(power(self.scale)?)?;
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let up = rest.unsigned_abs().checked_mul(2)? >= denominator.unsigned_abs();
        let sign = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
        Decimal::new(whole + if up { sign } else { 0 }, decimals)
    }

    /// The whole number, or `None` when there are decimals or it does not fit.
    pub fn to_whole(self) -> Option<i64> {
        if self.scale == 0 { i64::try_from(self.mantissa).ok() } else { None }
    }

    /// The nearest float: for drawing only, never for money.
    pub fn approximate(self) -> f64 {
        self.mantissa as f64 / 10f64.powi(self.scale as i32)
    }
}

fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

fn plain_digits(text: &str) -> String {
    let narrow = text.chars().take(80).map(|c| match c {
        '０'..='９' => char::from(b'0' + (c as u32 - '０' as u32) as u8),
        '．' => '.',
        '，' => ',',
        '－' | '−' => '-',
        '＋' => '+',
        other => other,
    });
    narrow.collect()
}

fn read(text: &str) -> Option<Decimal> {
    let (body, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], read_exponent(&text[at + 1..])?),
        None => (text, 0),
    };
    let (negative, body) = match body.as_bytes().first()? {
        b'-' => (true, &body[1..]),
        b'+' => (false, &body[1..]),
        _ => (false, body),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let whole = ungroup(whole)?;
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.len() > DIGITS_MAX {
        return None;
    }
    let mantissa: i128 = digits.parse().ok()?;
    let scale = fraction.len() as i64 - exponent;
    let signed = if negative { -mantissa } else { mantissa };
    if scale < 0 {
        let grown = signed.checked_mul(power(u32::try_from(-scale).ok()?)?)?;
        return Decimal::new(grown, 0);
    }
    Decimal::new(signed, u32::try_from(scale).ok()?)
}

fn read_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let size: i64 = digits.parse().ok()?;
    let signed = if text.starts_with('-') { -size } else { size };
    (signed.abs() <= 60).then_some(signed)
}

/// Removes thousands separators when they stand where they should: `1,234,567`.
fn ungroup(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return Some(whole.to_string());
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let sound = (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|g| g.len() == 3);
    sound.then(|| groups.concat())
}

impl fmt::Display for Decimal {
    /// Canonical: no exponent, no trailing zeros, no plus sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        let scale = self.scale.max(other.scale);
        let left = power(scale - self.scale).and_then(|p| self.mantissa.checked_mul(p));
        let right = power(scale - other.scale).and_then(|p| other.mantissa.checked_mul(p));
        match (left, right) {
            (Some(left), Some(right)) => left.cmp(&right),
            // One of them left 128 bits by scaling, so its size alone decides.
            (None, _) => self.mantissa.signum().cmp(&0),
            (_, None) => 0.cmp(&other.mantissa.signum()),
        }
    }
}

#[cfg(test)]
mod tests;
