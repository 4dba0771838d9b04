//! Valid time: when a statement is true in the world, as precisely as its source says.

use crate::day::{Day, digits, impossible};
use crate::refusal::Refusal;
use std::fmt;

/// How precisely a source dates its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// A day, or a span between days.
    Day,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year, or a span of years.
    Year,
    /// Not said, or without an end.
    Open,
}

impl Precision {
    /// The name used in files, storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Day => "day",
            Precision::Month => "month",
            Precision::Quarter => "quarter",
            Precision::Year => "year",
            Precision::Open => "open",
        }
    }

    /// The precision with this name.
    pub fn from_name(name: &str) -> Option<Precision> {
        use Precision::{Day, Month, Open, Quarter, Year};
        [Day, Month, Quarter, Year, Open].into_iter().find(|p| p.name() == name)
    }
}

/// The days on which a statement is true, both ends included; an end that is absent is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Valid {
    /// First day, or open.
    pub from: Option<Day>,
    /// Last day, or open.
    pub to: Option<Day>,
    /// As precise as the source.
    pub precision: Precision,
}

impl Valid {
    /// The source does not say when: true at any time, as far as anyone knows.
    pub const ALWAYS: Valid = Valid { from: None, to: None, precision: Precision::Open };

    /// One day.
    pub fn day(day: Day) -> Valid {
        Valid { from: Some(day), to: Some(day), precision: Precision::Day }
    }

    /// From this day on.
    pub fn since(day: Day) -> Valid {
        Valid { from: Some(day), to: None, precision: Precision::Day }
    }

    /// Reads `2025-12-31`, `2024-09`, `2024-Q3`, `2025`, `1980s`, `2021/2025`, `2024-01/..`,
    /// and what Chinese sources add in brackets (`2025(十四五末)`, `2023-03前` = until).
    /// An empty text is [`Valid::ALWAYS`].
    ///
    /// Fails with `E-DATE-01` for a date that does not exist, `E-DATE-02` for an end before the start.
    pub fn parse(text: &str) -> Result<Valid, Refusal> {
        let trimmed = text.trim();
        let plain = match trimmed.find(['(', '（']) {
            Some(at) if at > 0 => trimmed[..at].trim_end(),
            _ => trimmed,
        };
        if plain.is_empty() {
            return Ok(Valid::ALWAYS);
        }
        if let Some(before) = plain.strip_suffix(['前', '止']) {
            let span = one(before).ok_or_else(|| impossible(text))?;
            return Ok(Valid { from: None, ..span });
        }
        let Some((start, end)) = plain.split_once('/') else {
            return one(plain).ok_or_else(|| impossible(text));
        };
        let start = side(start).ok_or_else(|| impossible(text))?;
        let end = side(end).ok_or_else(|| impossible(text))?;
        let precision = start.precision.min(end.precision);
        let span = Valid { from: start.from, to: end.to, precision };
        match (span.from, span.to) {
            (Some(from), Some(to)) if from > to => Err(Refusal::new(
                "E-DATE-02",
                "a time ends no earlier than it starts",
                "结束日期早于开始日期",
                "the end lies before the start",
            )
            .value(text)),
            _ => Ok(span),
        }
    }

    /// Whether the statement had begun by this day.
    pub fn begun_by(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day)
    }

    /// Whether the day lies inside.
    pub fn contains(&self, day: Day) -> bool {
        self.begun_by(day) && self.to.is_none_or(|to| day <= to)
    }

    /// Whether some day lies in both.
    pub fn overlaps(&self, other: &Valid) -> bool {
        let before = |to: Option<Day>, from: Option<Day>| match (to, from) {
            (Some(to), Some(from)) => to < from,
            _ => false,
        };
        !before(self.to, other.from) && !before(other.to, self.from)
    }
}

fn side(text: &str) -> Option<Valid> {
    if text.is_empty() || text == ".." { Some(Valid::ALWAYS) } else { one(text) }
}

/// One point of a source's time: a day, month, quarter, year or decade.
fn one(text: &str) -> Option<Valid> {
    if let Some(decade) = text.strip_suffix('s') {
        let year = digits(decade, 4).filter(|year| year % 10 == 0)?;
        return span(year, 1, year + 9, 12, Precision::Year);
    }
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4).filter(|year| (1..=9990).contains(year))?;
    let Some(second) = parts.next() else {
        return span(year, 1, year, 12, Precision::Year);
    };
    if let Some(day) = parts.next() {
        let month = digits(second, 2)?;
        let day = Day::from_ymd(year as i16, month as i8, digits(day, 2)? as i8)?;
        return parts.next().is_none().then(|| Valid::day(day));
    }
    if let Some(quarter) = second.strip_prefix('Q') {
        let quarter = digits(quarter, 1).filter(|quarter| (1..=4).contains(quarter))?;
        return span(year, quarter * 3 - 2, year, quarter * 3, Precision::Quarter);
    }
    let month = digits(second, 2)?;
    span(year, month, year, month, Precision::Month)
}

fn span(year: i32, month: i32, to_year: i32, to_month: i32, precision: Precision) -> Option<Valid> {
    let from = Day::from_ymd(year as i16, month as i8, 1)?;
    let (next_year, next_month) =
        if to_month == 12 { (to_year + 1, 1) } else { (to_year, to_month + 1) };
    let to = Day::from_ymd(next_year as i16, next_month as i8, 1)?.previous();
    Some(Valid { from: Some(from), to: Some(to), precision })
}

impl fmt::Display for Valid {
    /// First and last day, `2025-01-01/2025-12-31`; `..` for an open end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |day: Option<Day>| day.map_or("..".to_string(), |day| day.to_string());
        write!(f, "{}/{}", side(self.from), side(self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, &'static str> {
        Valid::parse(text).map(|v| format!("{v} {}", v.precision.name())).map_err(|r| r.code)
    }

    #[test]
    fn reads_times_as_precisely_as_written() {
        let table = [
            ("2025", "2025-01-01/2025-12-31 year"),
            ("2025(十四五末)", "2025-01-01/2025-12-31 year"),
            ("2024-02", "2024-02-01/2024-02-29 month"),
            ("2024-Q3", "2024-07-01/2024-09-30 quarter"),
            ("2025-04-29", "2025-04-29/2025-04-29 day"),
            ("1980s", "1980-01-01/1989-12-31 year"),
            ("2021/2025", "2021-01-01/2025-12-31 year"),
            ("2024-09/2026-01", "2024-09-01/2026-01-31 month"),
            ("2023-03前", "../2023-03-31 month"),
            ("2024-05-01/..", "2024-05-01/.. day"),
            ("", "../.. open"),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), Ok(expected.to_string()), "{text}");
        }
    }

    #[test]
    fn refuses_times_that_do_not_exist() {
        for text in ["2015-13-32", "2023-02-30", "20255", "连续三年", "2024-Q5", "1985s", "2025/x"]
        {
            assert_eq!(read(text), Err("E-DATE-01"), "{text}");
        }
        assert_eq!(read("2025/2021"), Err("E-DATE-02"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = Valid::parse(&text);
        }

        #[test]
        fn overlap_is_symmetric(a in -9000i32..9000, b in 0i32..900, c in -9000i32..9000, d in 0i32..900) {
            let span = |from, length| Valid {
                from: Some(Day::from_number(from)),
                to: Some(Day::from_number(from + length)),
                precision: Precision::Day,
            };
            let (x, y) = (span(a, b), span(c, d));
            prop_assert_eq!(x.overlaps(&y), y.overlaps(&x));
            prop_assert_eq!(x.overlaps(&y), (a..=a + b).any(|day| y.contains(Day::from_number(day))));
        }
    }
}
