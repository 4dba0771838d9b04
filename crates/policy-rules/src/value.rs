//! Values while a policy is evaluated: three-valued truths, numbers between bounds, and what they
//! still depend on.

use kernel::{Day, Ratio};
use std::cmp::Ordering;
use std::sync::Arc;

/// What a value still depends on: inputs that nobody stated and parameters that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Gap {
    /// A bit for each input of the policy.
    pub inputs: u64,
    /// A bit for each parameter of the policy.
    pub parameters: u64,
}

impl Gap {
    /// Nothing is missing.
    pub const NONE: Gap = Gap { inputs: 0, parameters: 0 };

    /// Whether nothing is missing.
    pub fn is_none(self) -> bool {
        self == Gap::NONE
    }

    /// Both.
    pub fn and(self, other: Gap) -> Gap {
        Gap { inputs: self.inputs | other.inputs, parameters: self.parameters | other.parameters }
    }
}

/// A value. What is known exactly has no gap.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes, no, or not known.
    Truth(Option<bool>, Gap),
    /// A number between two bounds; exact when they meet and nothing is missing.
    Number(Span),
    /// A day, or not known.
    Day(Option<Day>, Gap),
    /// A text of the policy's words by its place there, or not known.
    Text(Option<u32>, Gap),
    /// Items of a list, each with its fields in order; or not known.
    List(Option<Arc<Vec<Vec<Value>>>>, Gap),
}

/// A number between two bounds, each of them included; none is without a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// It is no less.
    pub low: Option<Ratio>,
    /// It is no more.
    pub high: Option<Ratio>,
    /// What would make it exact.
    pub gap: Gap,
}

impl Span {
    /// Exactly this.
    pub fn exact(number: Ratio) -> Span {
        Span { low: Some(number), high: Some(number), gap: Gap::NONE }
    }

    /// Anything between.
    pub fn between(low: Option<Ratio>, high: Option<Ratio>, gap: Gap) -> Span {
        let met = low.is_some() && low == high;
        Span { low, high, gap: if met { Gap::NONE } else { gap } }
    }

    /// The number, when it is exact.
    pub fn number(self) -> Option<Ratio> {
        self.low.filter(|low| self.high == Some(*low))
    }

    /// The span that holds both.
    pub fn hull(self, other: Span) -> Span {
        let low = self.low.zip(other.low).map(|(a, b)| a.min(b));
        let high = self.high.zip(other.high).map(|(a, b)| a.max(b));
        Span::between(low, high, self.gap.and(other.gap))
    }

    /// The sum; nothing past the bounds of exact numbers.
    pub fn plus(self, other: Span) -> Option<Span> {
        let low = ends(self.low, other.low, Ratio::plus)?;
        let high = ends(self.high, other.high, Ratio::plus)?;
        Some(Span::between(low, high, self.gap.and(other.gap)))
    }

    /// The number with the other sign.
    pub fn negative(self) -> Option<Span> {
        let turn = |end: Option<Ratio>| match end {
            Some(end) => Ratio::ZERO.minus(end).map(Some),
            None => Some(None),
        };
        Some(Span::between(turn(self.high)?, turn(self.low)?, self.gap))
    }

    /// The product.
    pub fn times(self, other: Span) -> Option<Span> {
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return Some(Span::exact(a.times(b)?));
        }
        for (one, rest) in [(self, other), (other, self)] {
            if one.number() == Some(Ratio::ZERO) {
                return Some(one);
            }
            // By a number that is known: the bounds move, and change places below zero.
            if let Some(factor) = one.number() {
                let by = |end: Option<Ratio>| match end {
                    Some(end) => end.times(factor).map(Some),
                    None => Some(None),
                };
                let (low, high) = (by(rest.low)?, by(rest.high)?);
                let below = factor < Ratio::ZERO;
                let (low, high) = if below { (high, low) } else { (low, high) };
                return Some(Span::between(low, high, rest.gap));
            }
        }
        let gap = self.gap.and(other.gap);
        let positive = |end: Option<Ratio>| end.is_some_and(|end| end >= Ratio::ZERO);
        if positive(self.low) && positive(other.low) {
            let low = ends(self.low, other.low, Ratio::times)?;
            let high = ends(self.high, other.high, Ratio::times)?;
            return Some(Span::between(low, high, gap));
        }
        Some(Span { low: None, high: None, gap })
    }

    /// One divided by it; nothing when it may be zero and is known to be.
    pub fn inverse(self) -> Option<Span> {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => Some(Span::exact(Ratio::ONE.over(low)?)),
            (Some(low), high) if low > Ratio::ZERO => {
                let least = match high {
                    Some(high) => Ratio::ONE.over(high)?,
                    None => Ratio::ZERO,
                };
                Some(Span::between(Some(least), Some(Ratio::ONE.over(low)?), self.gap))
            }
            _ => Some(Span { low: None, high: None, gap: self.gap }),
        }
    }

    /// The smallest of several; only what can still change it stays missing.
    pub fn smallest(all: &[Span]) -> Span {
        let high = all.iter().filter_map(|one| one.high).min();
        let lows: Option<Vec<Ratio>> = all.iter().map(|one| one.low).collect();
        let low = lows.and_then(|lows| lows.into_iter().min());
        let open = |one: &&Span| match (one.low, high) {
            (Some(low), Some(high)) => low < high,
            _ => true,
        };
        let gap = all.iter().filter(open).fold(Gap::NONE, |gap, one| gap.and(one.gap));
        Span::between(low, high, gap)
    }

    /// The largest of several.
    pub fn largest(all: &[Span]) -> Span {
        let low = all.iter().filter_map(|one| one.low).max();
        let highs: Option<Vec<Ratio>> = all.iter().map(|one| one.high).collect();
        let high = highs.and_then(|highs| highs.into_iter().max());
        let open = |one: &&Span| match (one.high, low) {
            (Some(high), Some(low)) => high > low,
            _ => true,
        };
        let gap = all.iter().filter(open).fold(Gap::NONE, |gap, one| gap.and(one.gap));
        Span::between(low, high, gap)
    }

    /// Both ends by a function that never falls.
    pub fn rising(self, by: impl Fn(Ratio) -> Option<Ratio>) -> Option<Span> {
        let end = |end: Option<Ratio>| match end {
            Some(end) => by(end).map(Some),
            None => Some(None),
        };
        Some(Span::between(end(self.low)?, end(self.high)?, self.gap))
    }

    /// How two compare, when every number between their bounds compares so.
    pub fn order(self, other: Span) -> Option<Ordering> {
        match (self.number(), other.number()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ if self.high.zip(other.low).is_some_and(|(a, b)| a < b) => Some(Ordering::Less),
            _ if self.low.zip(other.high).is_some_and(|(a, b)| a > b) => Some(Ordering::Greater),
            _ => None,
        }
    }

    /// Whether it is at most the other, when that is sure.
    pub fn at_most(self, other: Span) -> Option<bool> {
        if self.high.zip(other.low).is_some_and(|(a, b)| a <= b) {
            return Some(true);
        }
        match self.low.zip(other.high).is_some_and(|(a, b)| a > b) {
            true => Some(false),
            false => None,
        }
    }
}

/// Combines two ends; none stays none.
fn ends(
    a: Option<Ratio>,
    b: Option<Ratio>,
    by: impl Fn(Ratio, Ratio) -> Option<Ratio>,
) -> Option<Option<Ratio>> {
    match (a, b) {
        (Some(a), Some(b)) => by(a, b).map(Some),
        _ => Some(None),
    }
}

impl Value {
    /// What it still depends on.
    pub fn gap(&self) -> Gap {
        match self {
            Value::Number(span) => span.gap,
            Value::Truth(_, gap)
            | Value::Day(_, gap)
            | Value::Text(_, gap)
            | Value::List(_, gap) => *gap,
        }
    }

    /// What holds whichever of the two it is, when `gap` decides between them.
    pub fn either(self, other: Value, gap: Gap) -> Value {
        let all = gap.and(self.gap()).and(other.gap());
        match (self, other) {
            (Value::Truth(a, _), Value::Truth(b, _)) if a.is_some() && a == b => {
                Value::Truth(a, Gap::NONE)
            }
            (Value::Truth(..), _) => Value::Truth(None, all),
            (Value::Number(a), Value::Number(b)) => {
                let mut hull = a.hull(b);
                if hull.number().is_none() {
                    hull.gap = all;
                }
                Value::Number(hull)
            }
            (Value::Day(a, _), Value::Day(b, _)) if a.is_some() && a == b => {
                Value::Day(a, Gap::NONE)
            }
            (Value::Text(a, _), Value::Text(b, _)) if a.is_some() && a == b => {
                Value::Text(a, Gap::NONE)
            }
            (Value::Number(_), _) => Value::Number(Span { low: None, high: None, gap: all }),
            (Value::Day(..), _) => Value::Day(None, all),
            (Value::Text(..), _) => Value::Text(None, all),
            (Value::List(..), _) => Value::List(None, all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(number: i64) -> Ratio {
        Ratio::new(number.into(), 1).expect("a number")
    }

    const FIRST: Gap = Gap { inputs: 1, parameters: 0 };
    const SECOND: Gap = Gap { inputs: 2, parameters: 0 };

    fn span(low: Option<i64>, high: Option<i64>, gap: Gap) -> Span {
        Span::between(low.map(number), high.map(number), gap)
    }

    #[test]
    fn only_what_can_still_change_it_is_missing() {
        let (open, five) = (span(Some(0), None, FIRST), span(Some(5), Some(5), Gap::NONE));
        assert_eq!(Span::smallest(&[open, five]), span(Some(0), Some(5), FIRST));
        let much = span(Some(7), None, FIRST);
        assert_eq!(Span::smallest(&[much, five]).number(), Some(number(5)));
        assert_eq!(Span::smallest(&[much, five]).gap, Gap::NONE);
        assert_eq!(Span::largest(&[open, five]), span(Some(5), None, FIRST));
        let other = span(Some(1), Some(3), SECOND);
        assert_eq!(Span::largest(&[other, five]).number(), Some(number(5)));
        assert_eq!(
            open.times(Span::exact(Ratio::ZERO)).map(|s| s.number()),
            Some(Some(Ratio::ZERO))
        );
        assert_eq!(open.order(span(Some(-3), Some(-1), Gap::NONE)), Some(Ordering::Greater));
        assert_eq!(open.at_most(five), None);
        assert_eq!(open.plus(other), Some(span(Some(1), None, FIRST.and(SECOND))));
    }

    fn spans() -> impl Strategy<Value = (Span, i64)> {
        (-20i64..20, 0i64..10, 0i64..10, 0u8..4).prop_map(|(at, below, above, open)| {
            let low = (open & 1 == 0).then_some(at - below);
            let high = (open & 2 == 0).then_some(at + above);
            (span(low, high, FIRST), at)
        })
    }

    fn holds(span: Span, value: i64) -> bool {
        let value = number(value);
        span.low.is_none_or(|low| low <= value) && span.high.is_none_or(|high| value <= high)
    }

    proptest! {
        /// Whatever the numbers are between their bounds, the result lies between its own.
        #[test]
        fn bounds_hold_every_number((a, x) in spans(), (b, y) in spans()) {
            prop_assert!(holds(a.plus(b).expect("small"), x + y));
            prop_assert!(holds(a.times(b).expect("small"), x * y));
            prop_assert!(holds(a.negative().expect("small"), -x));
            prop_assert!(holds(Span::smallest(&[a, b]), x.min(y)));
            prop_assert!(holds(Span::largest(&[a, b]), x.max(y)));
            prop_assert!(holds(a.hull(b), x) && holds(a.hull(b), y));
            if let Some(order) = a.order(b) {
                prop_assert_eq!(order, x.cmp(&y));
            }
            if let Some(at_most) = a.at_most(b) {
                prop_assert_eq!(at_most, x <= y);
            }
        }
    }
}
