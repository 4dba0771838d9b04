//! Units of numbers: what may be added to what, and what a product is.

use std::fmt;

/// Money, in yuan.
pub const MONEY: &str = "元";

/// A unit: symbols with their exponents, sorted; none of them for a pure number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Unit(Vec<(String, i8)>);

impl Unit {
    /// A pure number.
    pub const NONE: Unit = Unit(Vec::new());

    /// Money.
    pub fn money() -> Unit {
        Unit::of(MONEY)
    }

    /// One symbol, once.
    pub fn of(symbol: &str) -> Unit {
        match symbol {
            "" => Unit::NONE,
            symbol => Unit(vec![(symbol.to_string(), 1)]),
        }
    }

    /// Whether it is money.
    pub fn is_money(&self) -> bool {
        matches!(self.0.as_slice(), [(symbol, 1)] if symbol == MONEY)
    }

    /// Whether it is a pure number.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The unit of a product.
    pub fn times(&self, other: &Unit) -> Unit {
        self.join(other, 1)
    }

    /// The unit of a quotient.
    pub fn over(&self, other: &Unit) -> Unit {
        self.join(other, -1)
    }

    fn join(&self, other: &Unit, sign: i8) -> Unit {
        let mut all = self.0.clone();
        for (symbol, exponent) in &other.0 {
            match all.iter_mut().find(|(known, _)| known == symbol) {
                Some((_, known)) => *known = known.saturating_add(exponent.saturating_mul(sign)),
                None => all.push((symbol.clone(), exponent.saturating_mul(sign))),
            }
        }
        all.retain(|(_, exponent)| *exponent != 0);
        all.sort();
        Unit(all)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |over: bool| {
            let of = self.0.iter().filter(move |(_, exponent)| (*exponent < 0) == over);
            let shown = of.map(|(symbol, exponent)| match exponent.unsigned_abs() {
                1 => symbol.clone(),
                more => format!("{symbol}^{more}"),
            });
            shown.collect::<Vec<_>>().join("·")
        };
        match (part(false), part(true)) {
            (above, below) if below.is_empty() => f.write_str(&above),
            (above, below) => write!(f, "{above}/{below}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients_keep_their_units() {
        let (money, area, month) = (Unit::money(), Unit::of("m2"), Unit::of("month"));
        let rent = money.over(&area).over(&month);
        assert_eq!(rent.to_string(), "元/m2·month");
        assert!(rent.times(&area).times(&month).is_money());
        assert!(money.over(&money).is_none());
        assert_eq!(area.times(&area).to_string(), "m2^2");
        assert_eq!(Unit::of(""), Unit::NONE);
        assert_eq!(Unit::NONE.over(&month).to_string(), "/month");
    }
}
