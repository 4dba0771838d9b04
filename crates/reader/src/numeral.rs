//! Numerals: Arabic and Chinese numbers, exactly, without what they count.

use crate::grammar::Grammar;
use kernel::Decimal;

/// How a numeral is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// 1,500 or 3.5万.
    Arabic,
    /// 二十五, 三百.
    Chinese,
    /// 千亿, 百万: a magnitude without a digit.
    Bare,
}

/// A numeral at a place: `value` × 10^`power` with `power` of 0, 4, 8 or 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numeral {
    pub(crate) end: usize,
    pub(crate) value: Decimal,
    pub(crate) power: u32,
    pub(crate) script: Script,
    /// Whether 余 or 多 stands inside: 1万余套, 400多家.
    pub(crate) suffix: Option<usize>,
}

/// No figure of a district has more digits; longer runs are identifiers.
const DIGITS_MAX: usize = 15;

/// The numeral that starts at `at`, if one does.
pub(crate) fn numeral(chars: &[char], at: usize, grammar: &Grammar) -> Option<Numeral> {
    let first = *chars.get(at)?;
    if first.is_ascii_digit() {
        arabic(chars, at, grammar)
    } else if grammar.digits.contains_key(&first) || grammar.powers.contains_key(&first) {
        chinese(chars, at, grammar)
    } else {
        None
    }
}

/// Where a run of digits, points and group commas ends.
pub(crate) fn digits_end(chars: &[char], at: usize) -> usize {
    let mut end = at;
    while let Some(c) = chars.get(end) {
        let digit_next = chars.get(end + 1).is_some_and(char::is_ascii_digit);
        let grouped = *c == ',' && end > at && groups(chars, end);
        if !(c.is_ascii_digit() || (*c == '.' && end > at && digit_next) || grouped) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether exactly three digits follow a comma.
fn groups(chars: &[char], comma: usize) -> bool {
    let digit = |offset: usize| chars.get(comma + offset).is_some_and(char::is_ascii_digit);
    let before = |offset: usize| {
        comma.checked_sub(offset).and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit)
    };
    let head_fits = !(before(1) && before(2) && before(3) && before(4));
    head_fits && digit(1) && digit(2) && digit(3) && !digit(4)
}

fn arabic(chars: &[char], at: usize, grammar: &Grammar) -> Option<Numeral> {
    let end = digits_end(chars, at);
    if end - at > DIGITS_MAX + 5 {
        return None;
    }
    let text: String = chars[at..end].iter().filter(|c| **c != ',').collect();
    let value = Decimal::parse(&text).ok()?;
    let (end, value, power, suffix) = magnitudes(chars, end, value, grammar)?;
    Some(Numeral { end, value, power, script: Script::Arabic, suffix })
}

/// 余 and 多 and the magnitudes behind a number, in either order.
fn magnitudes(
    chars: &[char],
    from: usize,
    value: Decimal,
    grammar: &Grammar,
) -> Option<(usize, Decimal, u32, Option<usize>)> {
    let (mut end, mut small, mut large, mut suffix) = (from, 0, 0, None);
    while let Some(c) = chars.get(end) {
        let power = grammar.powers.get(c).copied();
        match power {
            // 1.5万亿 joins; 亿万 does not.
            Some(power @ (4 | 8)) if large == 0 || (large == 4 && power == 8) => large += power,
            Some(power @ 1..=3) if small == 0 && large == 0 => small = power,
            _ => match grammar.after.at(chars, end) {
                Some((1, number)) if suffix.is_none() => suffix = Some(number),
                _ => break,
            },
        }
        end += 1;
    }
    let scaled = value.times(Decimal::whole(10i64.checked_pow(small)?))?;
    Some((end, scaled, large, suffix))
}

/// Chinese numerals: 二十五, 一千二百, 三百万, 千亿.
fn chinese(chars: &[char], at: usize, grammar: &Grammar) -> Option<Numeral> {
    let mut end = at;
    let (mut total, mut section, mut digit): (i64, i64, Option<i64>) = (0, 0, None);
    let mut bare = true;
    let mut large: u32 = 0;
    while let Some(c) = chars.get(end).filter(|_| end - at < DIGITS_MAX) {
        if let Some(value) = grammar.digits.get(c) {
            if digit.is_some_and(|before| before != 0) {
                // 二〇二四: digits in a row are a year or a code, not a quantity.
                return None;
            }
            digit = Some(*value);
            bare = false;
            large = 0;
        } else if let Some(power) = grammar.powers.get(c) {
            let ten = 10i64.checked_pow(*power)?;
            if *power >= 4 {
                let before = section + digit.unwrap_or(0);
                let before = if before == 0 { 1 } else { before };
                total = (total + before).checked_mul(ten)?;
                section = 0;
                large += power;
            } else {
                section = section.checked_add(digit.unwrap_or(1).checked_mul(ten)?)?;
                bare &= *power > 1;
            }
            digit = None;
        } else {
            break;
        }
        end += 1;
    }
    let whole = total.checked_add(section)?.checked_add(digit.unwrap_or(0))?;
    let power =
        if matches!(large, 4 | 8 | 12) && digit.is_none() && section == 0 { large } else { 0 };
    let value = Decimal::whole(whole.checked_div(10i64.checked_pow(power)?)?);
    let script = if bare { Script::Bare } else { Script::Chinese };
    let suffix = grammar.after.at(chars, end).filter(|(length, _)| *length == 1);
    let end = end + usize::from(suffix.is_some());
    Some(Numeral { end, value, power, script, suffix: suffix.map(|(_, number)| number) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_exact() {
        let grammar = Grammar::shipped().expect("grammar");
        let table = [
            ("1500 ", "1500", 0, 4),
            ("1,234,567家", "1234567", 0, 9),
            ("10.2%", "10.2", 0, 4),
            ("2100万平", "2100", 4, 5),
            ("1万余套", "1", 4, 3),
            ("400多家", "400", 0, 4),
            ("1.5万亿元", "1.5", 12, 5),
            ("3千家", "3000", 0, 2),
            ("二十五家", "25", 0, 3),
            ("十大", "10", 0, 1),
            ("三百家", "300", 0, 2),
            ("一千二百家", "1200", 0, 4),
            ("三百万元", "300", 4, 3),
            ("千亿元", "1000", 8, 2),
            ("百亿", "100", 8, 2),
            ("两个", "2", 0, 1),
        ];
        for (text, value, power, end) in table {
            let chars: Vec<char> = text.chars().collect();
            let found = numeral(&chars, 0, &grammar).expect(text);
            let read = (found.value.to_string(), found.power, found.end);
            assert_eq!(read, (value.to_string(), power, end), "{text}");
        }
        let year: Vec<char> = "二〇二四年".chars().collect();
        assert!(
            numeral(&year, 0, &grammar).is_some_and(|n| n.value != Decimal::whole(2024))
                || numeral(&year, 0, &grammar).is_none()
        );
    }
}
