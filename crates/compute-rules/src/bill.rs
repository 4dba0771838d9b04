//! From metered use to an invoice, to the micro-yuan.
//!
//! Use is whole milli-GPU times whole milliseconds; a price is whole micro-yuan for a device-hour.
//! What a job costs is exact as a fraction of a micro-yuan, rounded down once, over the whole job.
//! Its lines are rounded by largest remainder so that they sum to that, however they are grouped.

use kernel::{Refusal, Timestamp};

/// Milli-GPU-milliseconds of a device-hour.
pub const DEVICE_HOUR: i64 = 1_000 * 3_600_000;

/// A price of a kind of device while it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// The kind, a place in the inventory.
    pub kind: u16,
    /// From when.
    pub from: Timestamp,
    /// Up to and without this instant.
    pub until: Timestamp,
    /// Micro-yuan for a device-hour, 0 or more.
    pub micro_yuan: i64,
}

/// What a provider asks for its devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices(Vec<Price>);

/// A stretch of time in which a job held devices at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// From when.
    pub from: Timestamp,
    /// Up to and without this instant.
    pub until: Timestamp,
    /// The price, micro-yuan for a device-hour.
    pub micro_yuan: i64,
    /// Milli-GPU-milliseconds.
    pub use_: i64,
}

impl Stretch {
    /// What it costs, in parts of a micro-yuan: [`DEVICE_HOUR`] of them make one.
    pub fn parts(&self) -> i128 {
        i128::from(self.use_) * i128::from(self.micro_yuan)
    }
}

/// A line of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What it is for.
    pub stretch: Stretch,
    /// What it costs, micro-yuan.
    pub micro_yuan: i64,
}

fn refused(code: &'static str, rule: &str, zh: &str, value: &str) -> Refusal {
    Refusal::new(code, rule, zh, rule).value(value)
}

impl Prices {
    /// Prices of which no two of a kind hold at once.
    ///
    /// Fails with `E-CMP-30` for two at once, a window that ends before it begins, or a price below
    /// nothing.
    pub fn new(mut all: Vec<Price>) -> Result<Prices, Refusal> {
        all.sort_by_key(|price| (price.kind, price.from));
        let unsound = |price: &&Price| price.until <= price.from || price.micro_yuan < 0;
        let twice = |pair: &&[Price]| pair[0].kind == pair[1].kind && pair[1].from < pair[0].until;
        let wrong = all.iter().find(unsound).or(all.windows(2).find(twice).map(|pair| &pair[1]));
        if let Some(price) = wrong {
            let rule = "a kind has one price at a time, of 0 or more, in a window that ends after it begins";
            let zh = "同一型号同一时间只有一个不小于零的价格";
            return Err(refused("E-CMP-30", rule, zh, &price.from.to_string()));
        }
        Ok(Prices(all))
    }

    /// These prices and one more.
    ///
    /// Fails as [`Prices::new`]; a price that is there already is no second one.
    pub fn with(&self, price: Price) -> Result<Prices, Refusal> {
        if self.0.contains(&price) {
            return Ok(self.clone());
        }
        Prices::new(self.0.iter().copied().chain([price]).collect())
    }

    /// The price of a kind at an instant.
    pub fn at(&self, kind: u16, at: Timestamp) -> Option<&Price> {
        self.0.iter().find(|price| price.kind == kind && price.from <= at && at < price.until)
    }

    /// The dearest price of a kind within a stretch of time; none unless there is one all the time.
    pub fn dearest(&self, kind: u16, from: Timestamp, until: Timestamp) -> Option<i64> {
        let (mut at, mut most) = (from, None);
        while at < until || most.is_none() {
            let price = self.at(kind, at)?;
            most = most.max(Some(price.micro_yuan));
            at = price.until;
        }
        most
    }

    /// The dearest price of a kind from an instant on, as far as prices are known.
    pub fn dearest_from(&self, kind: u16, from: Timestamp) -> Option<i64> {
        let later = self.0.iter().filter(|price| price.kind == kind && price.until > from);
        later.map(|price| price.micro_yuan).max()
    }

    /// A run cut where prices change. Time counts in whole milliseconds from its start: what is
    /// left of a millisecond at the end is not charged.
    ///
    /// Fails with `E-CMP-31` when some of it has no price, `E-CMP-22` when it ends before it begins,
    /// `E-CMP-32` when a number passes its bound.
    pub fn stretches(
        &self,
        kind: u16,
        milli: i64,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Stretch>, Refusal> {
        if until < from {
            let rule = "time goes forward: a run ends after it begins";
            return Err(refused("E-CMP-22", rule, "时钟倒退", &until.to_string()));
        }
        let mut stretches = Vec::new();
        // Whole milliseconds since the start, so that cuts lose nothing between them.
        let whole = |at: Timestamp| (at.micros() - from.micros()) / 1_000;
        let mut start = from;
        while start < until {
            let Some(price) = self.at(kind, start) else {
                let rule = "a device runs only while it has a price";
                return Err(refused("E-CMP-31", rule, "该型号此时没有价格", &start.to_string()));
            };
            let end = until.min(price.until);
            let long = whole(end) - whole(start);
            let Some(use_) = milli.checked_mul(long) else {
                let rule = "use stays below 2^63 milli-GPU-milliseconds";
                return Err(refused("E-CMP-32", rule, "用量超出上限", &long.to_string()));
            };
            stretches.push(Stretch { from: start, until: end, micro_yuan: price.micro_yuan, use_ });
            start = end;
        }
        Ok(stretches)
    }
}

/// What a job costs, micro-yuan: its exact cost, rounded down once.
pub fn cost(stretches: &[Stretch]) -> i64 {
    let parts: i128 = stretches.iter().map(Stretch::parts).sum();
    i64::try_from(parts / i128::from(DEVICE_HOUR)).unwrap_or(i64::MAX)
}

/// The most a job may cost that holds so many milli-GPU for so many milliseconds: rounded up.
pub fn most(milli: i64, milliseconds: i64, micro_yuan: i64) -> Option<i64> {
    let use_ = i128::from(milli) * i128::from(milliseconds);
    let parts = use_.checked_mul(i128::from(micro_yuan))?;
    let hour = i128::from(DEVICE_HOUR);
    i64::try_from((parts + hour - 1) / hour).ok()
}

/// Micro-yuan, none below nothing, as people read them: two decimals, and more where there is more.
pub fn yuan(micro: i64) -> String {
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    let cut = text.trim_end_matches('0').len().max(text.len() - 4);
    text[..cut].to_string()
}

/// The lines of a job: each rounded down, and the micro-yuan that lack to the job's cost go to the
/// largest remainders, the earlier among equals.
pub fn lines(stretches: &[Stretch]) -> Vec<Line> {
    let exact: Vec<i128> = stretches.iter().map(Stretch::parts).collect();
    let amounts = rounded(cost(stretches), &exact, i128::from(DEVICE_HOUR));
    let line = |(stretch, micro_yuan): (&Stretch, i64)| Line { stretch: *stretch, micro_yuan };
    stretches.iter().zip(amounts).map(line).collect()
}

/// Whole amounts of exact ones, which are so many parts of this size: each rounded down, and what lacks
/// to the whole goes to the largest remainders, the earlier among equals.
pub(crate) fn rounded(whole: i64, exact: &[i128], size: i128) -> Vec<i64> {
    let mut amounts: Vec<i64> = exact.iter().map(|parts| (parts / size) as i64).collect();
    let lacking = whole - amounts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(exact[*at] % size), *at));
    for at in order.into_iter().take(lacking.max(0) as usize) {
        amounts[at] += 1;
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_micros(milliseconds * 1_000)
    }

    fn price(from: i64, until: i64, micro_yuan: i64) -> Price {
        Price { kind: 0, from: at(from), until: at(until), micro_yuan }
    }

    const HOUR: i64 = 3_600_000;

    #[test]
    fn four_quarters_for_an_hour_are_a_device_hour() {
        let prices = Prices::new(vec![price(0, 2 * HOUR, 8_000_000)]).expect("prices");
        let quarter = prices.stretches(0, 250, at(0), at(HOUR)).expect("a run");
        assert_eq!(4 * quarter[0].use_, DEVICE_HOUR);
        assert_eq!(4 * cost(&quarter), 8_000_000);
    }

    #[test]
    fn a_run_is_cut_where_its_price_changes_and_only_there() {
        let prices = Prices::new(vec![price(0, 10, 7), price(10, 20, 9)]).expect("prices");
        let run = prices.stretches(0, 1_000, at(5), at(20)).expect("a run");
        let cut: Vec<_> = run.iter().map(|one| (one.from, one.until, one.micro_yuan)).collect();
        assert_eq!(cut, [(at(5), at(10), 7), (at(10), at(20), 9)]);
        assert_eq!(run.iter().map(|one| one.use_).sum::<i64>(), 15_000);
        // No time costs nothing, and is no stretch.
        assert_eq!(prices.stretches(0, 1_000, at(5), at(5)), Ok(vec![]));
    }

    #[test]
    fn micro_yuan_are_written_to_the_last_of_them() {
        let cases = [(0, "0.00"), (1, "0.000001"), (8_000_000, "8.00"), (12_500_000, "12.50")];
        for (micro, text) in cases {
            assert_eq!(yuan(micro), text);
        }
    }

    #[test]
    fn what_has_no_price_or_no_sense_is_refused() {
        let prices = Prices::new(vec![price(0, 10, 7)]).expect("prices");
        let code = |found: Result<Vec<Stretch>, Refusal>| found.expect_err("refused").code;
        assert_eq!(code(prices.stretches(0, 1_000, at(5), at(11))), "E-CMP-31");
        assert_eq!(code(prices.stretches(1, 1_000, at(5), at(6))), "E-CMP-31");
        assert_eq!(code(prices.stretches(0, 1_000, at(6), at(5))), "E-CMP-22");
        assert_eq!(code(prices.stretches(0, i64::MAX, at(0), at(10))), "E-CMP-32");
        let twice = Prices::new(vec![price(0, 10, 7), price(9, 12, 7)]);
        assert_eq!(twice.expect_err("two at once").code, "E-CMP-30");
        for unsound in [price(10, 10, 7), price(0, 10, -1)] {
            assert_eq!(Prices::new(vec![unsound]).expect_err("unsound").code, "E-CMP-30");
        }
        assert!(Prices::new(vec![price(0, 10, 7), price(10, 12, 8)]).is_ok());
    }

    #[test]
    fn what_is_held_covers_what_is_charged() {
        assert_eq!(most(250, 1, 8_000_000), Some(1));
        assert_eq!(most(1_000, HOUR, 8_000_001), Some(8_000_001));
        assert_eq!(most(1_000, HOUR + 1, 8_000_000), Some(8_000_003));
        assert_eq!(most(i64::MAX, i64::MAX, i64::MAX), None);
    }

    proptest! {
        /// Lines sum to the cost, which is within one micro-yuan of the exact one; each line is
        /// within one of its own; and what was set aside suffices.
        #[test]
        fn lines_sum_to_the_cost(
            milli in 1i64..8_000,
            start in 0i64..1_000,
            lengths in proptest::collection::vec((1i64..5_000_000, 0i64..50_000_000), 1..12),
        ) {
            let mut from = 0;
            let mut all = Vec::new();
            for (length, micro_yuan) in &lengths {
                all.push(price(from, from + length, *micro_yuan));
                from += length;
            }
            let prices = Prices::new(all).expect("prices");
            let start = start.min(from - 1);
            let run = prices.stretches(0, milli, at(start), at(from)).expect("a run");
            let use_: i64 = run.iter().map(|one| one.use_).sum();
            prop_assert_eq!(use_, milli * (from - start));
            let lines = lines(&run);
            let sum: i64 = lines.iter().map(|line| line.micro_yuan).sum();
            prop_assert_eq!(sum, cost(&run));
            let exact: i128 = run.iter().map(Stretch::parts).sum();
            let hour = i128::from(DEVICE_HOUR);
            prop_assert!(i128::from(sum) * hour <= exact && exact < (i128::from(sum) + 1) * hour);
            for line in &lines {
                let off = i128::from(line.micro_yuan) * hour - line.stretch.parts();
                prop_assert!(off.abs() < hour, "{line:?}");
            }
            let dearest = lengths.iter().map(|(_, micro_yuan)| *micro_yuan).max().unwrap_or(0);
            prop_assert!(most(milli, from - start, dearest).expect("small") >= sum);
        }
    }
}
