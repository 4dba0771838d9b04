//! When a waiting job will start: an interval that holds nine times in ten.
//!
//! An estimate comes from running the queue on with what its jobs are expected to take. How far such
//! estimates were off is kept as ratios, and the interval is cut from their spread; where it is cut
//! moves with each outcome that falls outside or inside, so that it holds as often as it says also
//! where estimates tell little (adaptive conformal inference: Gibbs and Candès, NeurIPS 2021).
//! Whole numbers only: the same log forecasts the same.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Of outcomes, so many in a million may fall below the interval, and as many above.
const MISSES: i64 = 50_000;
/// An outcome moves a side by one part in so many of what it is off: many at first, fewer as more is
/// known.
const STEP_FIRST: i64 = 30;
const STEP_LAST: i64 = 100;
/// Outcomes for which the step grows by one part.
const STEP_EVERY: i64 = 8;
/// A side is let out at most so often by doubling.
const DOUBLINGS: i64 = 4;
/// Ratios that are kept.
const KEPT: usize = 400;
/// Below so many ratios nothing is said.
const LEAST: usize = 20;
/// Jobs ahead that are run on at most; behind them an estimate says little.
const AHEAD_MAX: usize = 4_096;
/// Added to both sides of a ratio, milliseconds: short waits are all alike.
const FLOOR: i64 = 600_000;
/// The farthest end of an interval: 90 days, in milliseconds.
pub const FARTHEST: i64 = 90 * 86_400_000;
/// A ratio of one.
const ONE: i128 = 1 << 20;

/// A job as an estimate sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Milli-GPU, or whatever room is counted in.
    pub room: i64,
    /// How long it is expected to take it from now on, or from its start, milliseconds.
    pub lasts: i64,
}

/// How much longer something runs that was expected to take so long and has run so long already:
/// what outlived its expectation is expected to run half as long again.
pub fn rest(expected: i64, ran: i64) -> i64 {
    (expected - ran).max(ran / 2).max(1)
}

/// How long until there is room, if everything lasts as expected and nobody passes: milliseconds.
pub fn wait(free: i64, running: &[Load], ahead: impl Iterator<Item = Load>, room: i64) -> i64 {
    let mut ends: BinaryHeap<Reverse<(i64, i64)>> =
        running.iter().map(|one| Reverse((one.lasts, one.room))).collect();
    let (mut free, mut now) = (free, 0);
    let me = Load { room, lasts: 0 };
    for one in ahead.take(AHEAD_MAX).chain([me]) {
        while free < one.room
            && let Some(Reverse((at, back))) = ends.pop()
        {
            now = at.max(now);
            free += back;
        }
        free -= one.room;
        ends.push(Reverse((one.lasts.saturating_add(now), one.room)));
    }
    now
}

/// From when to when, milliseconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Not before.
    pub from: i64,
    /// Not after.
    pub until: i64,
}

impl Interval {
    /// Whether a wait lies in it.
    pub fn has(&self, wait: i64) -> bool {
        self.from <= wait && wait <= self.until
    }
}

/// How wrong estimates were, and where intervals are cut.
#[derive(Debug, Clone)]
pub struct Forecast {
    recent: VecDeque<i128>,
    sorted: Vec<i128>,
    /// Outcomes of intervals so far.
    outcomes: i64,
    /// Of the ratios, so many in a million are left out below; under nothing, the side is let out past
    /// all that was seen.
    below: i64,
    /// The same above.
    above: i64,
}

impl Default for Forecast {
    fn default() -> Forecast {
        let (recent, sorted) = (VecDeque::new(), Vec::new());
        Forecast { recent, sorted, outcomes: 0, below: MISSES, above: MISSES }
    }
}

/// A number times a ratio; what is past all bounds is the greatest there is.
fn times(number: i64, of: i64, parts: i64) -> i64 {
    let product = i128::from(number) * i128::from(of) / i128::from(parts.max(1));
    i64::try_from(product).unwrap_or(i64::MAX)
}

/// How far a wait was from its estimate.
fn ratio(waited: i64, estimate: i64) -> i128 {
    (i128::from(waited) + i128::from(FLOOR)) * ONE / (i128::from(estimate) + i128::from(FLOOR))
}

/// The wait, with its floor, that is so far from an estimate.
fn scaled(estimate: i64, ratio: i128) -> i64 {
    let wait = (i128::from(estimate) + i128::from(FLOOR)) * ratio / ONE;
    i64::try_from(wait).unwrap_or(i64::MAX)
}

impl Forecast {
    /// Where the start lies nine times in ten, by an estimate of the wait in milliseconds; none while
    /// too little was seen.
    pub fn interval(&self, estimate: i64) -> Option<Interval> {
        let count = self.sorted.len();
        if count < LEAST {
            return None;
        }
        let cut = |left_out: i64| (left_out.max(0) as usize * count / 1_000_000).min(count - 1);
        let low = (scaled(estimate, self.sorted[cut(self.below)]) - FLOOR).max(0);
        let high = scaled(estimate, self.sorted[count - 1 - cut(self.above)]);
        // Let out by a whole share of misses, the lower side is at nothing and the upper is doubled.
        let low = times(low, (MISSES + self.below.min(0)).max(0), MISSES);
        let lacking = -self.above.min(0);
        let part = times(high, MISSES + lacking % MISSES, MISSES);
        let high = part.saturating_mul(1 << (lacking / MISSES)).saturating_sub(FLOOR);
        let until = high.clamp(0, FARTHEST);
        Some(Interval { from: low.min(until), until })
    }

    fn moved(&self, side: i64, missed: bool) -> i64 {
        let step = (STEP_FIRST + self.outcomes / STEP_EVERY).min(STEP_LAST);
        let off = if missed { MISSES - 1_000_000 } else { MISSES };
        // Never taken in past what is meant: what is in flight learns nothing from what comes.
        (side + off / step).clamp(-DOUBLINGS * MISSES, MISSES)
    }

    /// Takes in how long a job waited after an estimate, and the interval that was said of it, if one
    /// was. That it came late is told by [`Forecast::late`].
    pub fn learn(&mut self, estimate: i64, waited: i64, said: Option<Interval>) {
        self.outcomes += 1;
        if let Some(said) = said {
            self.below = self.moved(self.below, waited < said.from);
            if waited <= said.until {
                self.above = self.moved(self.above, false);
            }
        }
        let ratio = ratio(waited, estimate);
        self.recent.push_back(ratio);
        self.sorted.insert(self.sorted.partition_point(|one| *one < ratio), ratio);
        if self.recent.len() > KEPT
            && let Some(old) = self.recent.pop_front()
        {
            self.sorted.remove(self.sorted.partition_point(|one| *one < old));
        }
    }

    /// What was said is over and the job still waits: to be told once, as soon as that is so.
    pub fn late(&mut self) {
        self.above = self.moved(self.above, true);
    }
}

/// Forecasts of jobs that just came, and of jobs that have waited: they are wrong in different ways.
#[derive(Debug, Clone, Default)]
pub struct Forecasts {
    fresh: Forecast,
    waited: Forecast,
}

/// An estimate that waits for its outcome.
#[derive(Debug, Clone)]
pub struct Made {
    fresh: bool,
    estimate: i64,
    /// What was said by it; none while too little was seen.
    pub said: Option<Interval>,
    late: bool,
}

impl Forecasts {
    /// What is said by an estimate, milliseconds, of a job that just came or of one that has waited.
    pub fn say(&self, fresh: bool, estimate: i64) -> Made {
        let of = if fresh { &self.fresh } else { &self.waited };
        Made { fresh, estimate, said: of.interval(estimate), late: false }
    }

    fn of(&mut self, made: &Made) -> &mut Forecast {
        if made.fresh { &mut self.fresh } else { &mut self.waited }
    }

    /// What was said is over and the job still waits; once is enough.
    pub fn late(&mut self, made: &mut Made) {
        if !std::mem::replace(&mut made.late, true) {
            self.of(made).late();
        }
    }

    /// Takes in how long a job waited after an estimate was made, milliseconds.
    pub fn learn(&mut self, made: &Made, waited: i64) {
        self.of(made).learn(made.estimate, waited, made.said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(room: i64, lasts: i64) -> Load {
        Load { room, lasts }
    }

    #[test]
    fn a_wait_is_until_enough_has_ended_for_those_ahead_and_oneself() {
        let running = [load(4, 10), load(4, 30)];
        let none = std::iter::empty();
        assert_eq!(wait(2, &running, none.clone(), 2), 0);
        assert_eq!(wait(2, &running, none.clone(), 6), 10);
        assert_eq!(wait(2, &running, none, 10), 30);
        // One ahead takes what the first frees and gives it back later.
        assert_eq!(wait(2, &running, [load(6, 100)].into_iter(), 4), 30);
        assert_eq!(wait(2, &running, [load(6, 5)].into_iter(), 4), 15);
        // What never fits waits for all.
        assert_eq!(wait(2, &running, std::iter::empty(), 99), 30);
    }

    #[test]
    fn what_outlived_its_expectation_is_expected_to_last() {
        assert_eq!((rest(100, 0), rest(100, 60), rest(100, 400)), (100, 40, 200));
        assert_eq!(rest(0, 0), 1);
    }

    #[test]
    fn nothing_is_said_before_enough_was_seen() {
        let mut forecast = Forecast::default();
        for _ in 0..LEAST {
            assert_eq!(forecast.interval(1), None);
            forecast.learn(1_000, 1_000, None);
        }
        let said = forecast.interval(5_000).expect("enough was seen");
        assert!(said.has(5_000) && said.from <= said.until);
    }

    #[test]
    fn misses_let_a_side_out_and_hits_take_it_in_again() {
        let mut forecast = Forecast::default();
        for at in 0..200 {
            forecast.learn(3_600_000, 3_600_000 + at * 10_000, None);
        }
        let first = forecast.interval(3_600_000).expect("said");
        for _ in 0..20 {
            forecast.late();
            forecast.learn(3_600_000, 0, Some(first));
        }
        let wide = forecast.interval(3_600_000).expect("said");
        assert!(wide.from < first.from && wide.until > first.until, "{wide:?} {first:?}");
        for _ in 0..4_000 {
            forecast.learn(3_600_000, 4_000_000, Some(wide));
        }
        let again = forecast.interval(3_600_000).expect("said");
        assert!(again.until - again.from <= 2 && 4_000_000 - again.from <= 2, "{again:?}");
    }

    #[test]
    fn an_interval_ends_within_its_farthest() {
        let mut forecast = Forecast::default();
        for _ in 0..LEAST {
            forecast.learn(0, i64::MAX / 2, None);
        }
        let said = forecast.interval(i64::MAX / 2).expect("said");
        assert_eq!(said.until, FARTHEST);
        assert!((0..=FARTHEST).contains(&said.from));
    }
}
