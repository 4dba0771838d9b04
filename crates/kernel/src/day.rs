//! Calendar days in the proleptic Gregorian calendar.

use crate::refusal::Refusal;
use jiff::civil::Date;
use std::fmt;

/// A calendar day, kept as days since 1970-01-01 (may be negative).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// From days since 1970-01-01.
    pub const fn from_number(number: i32) -> Day {
        Day(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// From year, month and day; `None` when there is no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Day> {
        Date::new(year, month, day).ok().map(Day::from_date)
    }

    fn from_date(date: Date) -> Day {
        let span = date.duration_since(EPOCH);
        Day((span.as_hours() / 24) as i32)
    }

    fn date(self) -> Date {
        let span = jiff::SignedDuration::from_hours(i64::from(self.0) * 24);
        EPOCH.checked_add(span).unwrap_or(if self.0 < 0 { Date::MIN } else { Date::MAX })
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.date().year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.date().month()
    }

    /// The day after.
    pub fn next(self) -> Day {
        Day(self.0 + 1)
    }

    /// The day before.
    pub fn previous(self) -> Day {
        Day(self.0 - 1)
    }

    /// The day of the month, 1 to 31.
    pub fn day_of_month(self) -> i8 {
        self.date().day()
    }

    /// The corresponding day so many months on, or the last of that month; `None` past year 9998.
    pub fn plus_months(self, months: u32) -> Option<Day> {
        let span = jiff::Span::new().try_months(months).ok()?;
        self.date().checked_add(span).ok().map(Day::from_date).filter(|day| day.year() <= 9998)
    }

    /// Reads `YYYY-MM-DD` from year 1 to 9998; fails with `E-DATE-01`.
    pub fn parse(text: &str) -> Result<Day, Refusal> {
        read_ymd(text).ok_or_else(|| impossible(text))
    }
}

/// The refusal for something that is not a day in the calendar.
pub(crate) fn impossible(text: &str) -> Refusal {
    Refusal::new(
        "E-DATE-01",
        "a date is a day that exists, written YYYY-MM-DD, YYYY-MM or YYYY",
        "日期不存在或写法不对，应为 YYYY-MM-DD、YYYY-MM 或 YYYY",
        "there is no such date; write YYYY-MM-DD, YYYY-MM or YYYY",
    )
    .value(text)
}

fn read_ymd(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() || !(1..=9998).contains(&year) {
        return None;
    }
    Day::from_ymd(year as i16, month as i8, day as i8)
}

/// Exactly `width` ASCII digits.
pub(crate) fn digits(text: &str, width: usize) -> Option<i32> {
    let sound = text.len() == width && text.bytes().all(|b| b.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_exist_and_days_that_do_not() {
        for text in ["1970-01-01", "2024-02-29", "1896-04-08", "2026-11-23", "0001-01-01"] {
            assert_eq!(Day::parse(text).map(|d| d.to_string()), Ok(text.to_string()));
        }
        for text in ["2015-13-32", "2023-02-29", "2026-1-1", "", "2026-11-23T00:00", "-001-01-01"] {
            assert_eq!(Day::parse(text).map_err(|r| r.code), Err("E-DATE-01"), "{text}");
        }
        assert_eq!(Day::parse("1970-01-02").map(Day::number), Ok(1));
        assert_eq!(Day::parse("1969-12-31").map(Day::number), Ok(-1));
    }
}
