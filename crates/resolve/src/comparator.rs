//! Comparators: how near two values of a field are, in a few levels.

use crate::text::plain;

/// How a field is compared. Level 0 is the same value, higher levels are further apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparator {
    /// Same or not.
    Exact,
    /// Names: same, Jaro-Winkler similarity from .92, from .84, or less.
    Name,
    /// Dates as digits (`19850407`): same, one slip, two parts of three the same, or else.
    Date,
    /// Numbers as text: same, one slip, or else.
    Digits,
}

impl Comparator {
    /// Number of levels.
    pub fn levels(self) -> usize {
        match self {
            Comparator::Exact => 2,
            Comparator::Digits => 3,
            Comparator::Name | Comparator::Date => 4,
        }
    }

    /// The level of two values that were [`prepared`].
    pub(crate) fn level(self, left: &[char], right: &[char]) -> u8 {
        if left == right {
            return 0;
        }
        match self {
            Comparator::Exact => 1,
            Comparator::Name => match jaro_winkler(left, right) {
                s if s >= 0.92 => 1,
                s if s >= 0.84 => 2,
                _ => 3,
            },
            Comparator::Date if one_slip(left, right) => 1,
            Comparator::Date if two_of_three(left, right) => 2,
            Comparator::Date => 3,
            Comparator::Digits => 2 - u8::from(one_slip(left, right)),
        }
    }
}

/// Characters of a value that take part in a comparison.
const CHARS_MAX: usize = 64;

/// A value as it is compared: folded, dates and numbers without signs between.
pub(crate) fn prepared(comparator: Comparator, value: &str) -> Vec<char> {
    let folded = plain(value);
    let digits = matches!(comparator, Comparator::Date | Comparator::Digits);
    folded.chars().filter(|c| !digits || c.is_alphanumeric()).take(CHARS_MAX).collect()
}

/// Whether one insertion, deletion, replacement or exchange of neighbours makes them the same.
fn one_slip(left: &[char], right: &[char]) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if long.len() > short.len() + 1 {
        return false;
    }
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[head..], &long[head..]);
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[..short.len() - tail], &long[..long.len() - tail]);
    match (short, long) {
        ([], [_]) | ([_], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// Whether two of year, month and day agree, or month and day are exchanged.
fn two_of_three(left: &[char], right: &[char]) -> bool {
    if left.len() != 8 || right.len() != 8 {
        return false;
    }
    let part = |value: &[char], at: usize| match at {
        0 => [value[0], value[1], value[2], value[3]],
        1 => ['0', '0', value[4], value[5]],
        _ => ['0', '0', value[6], value[7]],
    };
    let same = (0..3).filter(|at| part(left, *at) == part(right, *at)).count();
    let exchanged = part(left, 1) == part(right, 2) && part(left, 2) == part(right, 1);
    same >= 2 || (exchanged && part(left, 0) == part(right, 0))
}

/// Jaro-Winkler similarity, 0 to 1, with a prefix of at most four and a weight of .1.
pub(crate) fn jaro_winkler(left: &[char], right: &[char]) -> f64 {
    let (left, right) = (&left[..left.len().min(CHARS_MAX)], &right[..right.len().min(CHARS_MAX)]);
    if left.is_empty() || right.is_empty() {
        return 0.0;
    }
    let reach = (left.len().max(right.len()) / 2).saturating_sub(1);
    let (mut taken, mut seen) = (0_u64, 0_u64);
    for (at, c) in left.iter().enumerate() {
        let from = at.saturating_sub(reach);
        let to = (at + reach + 1).min(right.len());
        if let Some(other) = (from..to).find(|o| taken & (1 << o) == 0 && right[*o] == *c) {
            taken |= 1 << other;
            seen |= 1 << at;
        }
    }
    let matches = seen.count_ones();
    if matches == 0 {
        return 0.0;
    }
    let ours = (0..left.len()).filter(|at| seen & (1 << at) != 0).map(|at| left[at]);
    let theirs = (0..right.len()).filter(|at| taken & (1 << at) != 0).map(|at| right[at]);
    let swapped = ours.zip(theirs).filter(|(a, b)| a != b).count() as f64 / 2.0;
    let m = f64::from(matches);
    let jaro = (m / left.len() as f64 + m / right.len() as f64 + (m - swapped) / m) / 3.0;
    let prefix = left.iter().zip(right).take(4).take_while(|(a, b)| a == b).count();
    jaro + prefix as f64 * 0.1 * (1.0 - jaro)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn level(comparator: Comparator, left: &str, right: &str) -> u8 {
        comparator.level(&prepared(comparator, left), &prepared(comparator, right))
    }

    #[test]
    fn levels_of_values() {
        use Comparator::{Date, Digits, Exact, Name};
        for (comparator, left, right, expected) in [
            (Exact, "NSW", "nsw", 0),
            (Exact, "nsw", "vic", 1),
            (Name, "Martha", "marhta", 1),
            (Name, "dixon", "dicksonx", 3),
            (Name, "李建国", "李建國", 0),
            (Date, "1985-04-07", "19850407", 0),
            (Date, "19850407", "19850408", 1),
            (Date, "19850407", "19850470", 1),
            (Date, "19850407", "19850704", 2),
            (Date, "19850407", "19621130", 3),
            (Digits, "5304218", "5304281", 1),
            (Digits, "5304218", "530428", 1),
            (Digits, "5304218", "1234567", 2),
        ] {
            assert_eq!(level(comparator, left, right), expected, "{left} {right}");
        }
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let near = (jaro_winkler(&chars("martha"), &chars("marhta")) - 0.9611).abs();
        assert!(near < 1e-3);
    }

    proptest! {
        #[test]
        fn order_does_not_matter(left in "[0-9a-c]{0,9}", right in "[0-9a-c]{0,9}") {
            let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            let (there, back) = (jaro_winkler(&a, &b), jaro_winkler(&b, &a));
            prop_assert!((0.0..=1.0).contains(&there) && (0.0..=1.0).contains(&back));
            for comparator in [Comparator::Exact, Comparator::Date, Comparator::Digits] {
                prop_assert_eq!(comparator.level(&a, &b), comparator.level(&b, &a));
            }
        }
    }
}
