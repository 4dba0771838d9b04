//! Instants: microseconds since 1970-01-01T00:00:00Z.

use crate::day::Day;
use crate::refusal::Refusal;
use std::fmt;

/// An instant in UTC, cut to microseconds, the finest that both engines keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Later than anything recorded.
    pub const MAX: Timestamp = Timestamp(i64::MAX);

    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The calendar day in UTC.
    pub fn day(self) -> Day {
        Day::from_number(self.0.div_euclid(86_400_000_000) as i32)
    }

    /// The civil day in China, UTC+8 the year round: the day that periods of law run by. At eight in
    /// the evening in UTC it is tomorrow there already.
    pub fn legal_day(self) -> Day {
        Timestamp(self.0.saturating_add(8 * 3_600_000_000)).day()
    }

    /// The first microsecond after a civil day in China, UTC+8.
    pub fn after_legal(day: Day) -> Timestamp {
        Timestamp((i64::from(day.number()) + 1) * 86_400_000_000 - 8 * 3_600_000_000)
    }

    /// Reads RFC 3339, with any offset; fails with `E-DATE-01`.
    pub fn parse(text: &str) -> Result<Timestamp, Refusal> {
        let read = text.parse::<jiff::Timestamp>();
        read.map(|at| Timestamp(at.as_microsecond())).map_err(|_| {
            Refusal::new(
                "E-DATE-01",
                "an instant is written as in RFC 3339, 2026-11-23T16:00:00Z",
                "时刻写法不对，应如 2026-11-23T16:00:00Z",
                "this is no instant; write one such as 2026-11-23T16:00:00Z",
            )
            .value(text)
        })
    }

    /// The last microsecond of a day in UTC: "known by the end of that day".
    pub fn end_of(day: Day) -> Timestamp {
        Timestamp((i64::from(day.number()) + 1) * 86_400_000_000 - 1)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with six decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0.rem_euclid(86_400_000_000);
        let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z", self.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_rfc3339() {
        assert_eq!(Timestamp::from_micros(0).to_string(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp::from_micros(-1).to_string(), "1969-12-31T23:59:59.999999Z");
        let day = Day::parse("2026-11-23").expect("a day");
        assert_eq!(Timestamp::end_of(day).to_string(), "2026-11-23T23:59:59.999999Z");
        assert_eq!(Timestamp::after_legal(day).to_string(), "2026-11-23T16:00:00.000000Z");
        assert_eq!(Timestamp::after_legal(day).legal_day(), day.next());
    }

    #[test]
    fn reads_rfc3339() {
        for text in ["2026-11-23T16:00:00Z", "2026-11-24T00:00:00.000000+08:00"] {
            let day = Day::parse("2026-11-23").expect("a day");
            assert_eq!(Timestamp::parse(text), Ok(Timestamp::after_legal(day)));
        }
        for text in ["", "2026-11-23", "2026-11-23T16:00", "2026-13-23T16:00:00Z", "now"] {
            assert_eq!(Timestamp::parse(text).expect_err("refused").code, "E-DATE-01", "{text}");
        }
    }

    #[test]
    fn the_day_of_the_law_begins_eight_hours_earlier() {
        let day = Day::parse("2026-11-23").expect("a day");
        let midnight = Timestamp::end_of(day.previous()).0 + 1;
        let hour = 3_600_000_000;
        let legal = |micros: i64| Timestamp::from_micros(micros).legal_day();
        assert_eq!(legal(midnight + 16 * hour - 1), day);
        assert_eq!(legal(midnight + 16 * hour), day.next());
        assert_eq!(legal(i64::MAX), Timestamp::from_micros(i64::MAX).day());
    }
}
