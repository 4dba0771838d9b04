//! The working calendar: 日 and 工作日 with make-up days (调休), and when a period ends.
//!
//! One module computes every deadline. Holiday tables are data, a version a year; a year without
//! one counts Monday to Friday and says so ([`Due::assumed`]).
//! Source: Civil Code of the PRC, arts 200–204; 全国年节及纪念日放假办法 and the yearly notices.

use crate::day::Day;
use crate::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// A period counts at most so many days, working days, months or years.
pub const COUNT_MAX: u32 = 40_000;

/// What a period is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Count {
    /// 日: calendar days.
    Day,
    /// 工作日: working days, make-up days among them.
    Workday,
    /// Months: to the corresponding day, or the end of the month.
    Month,
    /// Years: to the corresponding day, or the end of the month.
    Year,
}

impl Count {
    /// The name in data and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Count::Day => "day",
            Count::Workday => "workday",
            Count::Month => "month",
            Count::Year => "year",
        }
    }

    /// The unit with this name.
    pub fn from_name(name: &str) -> Option<Count> {
        let all = [Count::Day, Count::Workday, Count::Month, Count::Year];
        all.into_iter().find(|count| count.name() == name)
    }
}

/// Whether a period that ends on a free day ends later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Roll {
    /// It ends where it ends: for "over one year", which nobody has to act within.
    None,
    /// Past the free days of a statutory holiday, as art. 203 says; not past a plain weekend.
    StatutoryHoliday,
    /// Past any day that is no working day.
    AnyNonWorkingDay,
}

impl Roll {
    /// The name in data and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Roll::None => "none",
            Roll::StatutoryHoliday => "statutory_holiday",
            Roll::AnyNonWorkingDay => "any_non_working_day",
        }
    }

    /// The rule with this name.
    pub fn from_name(name: &str) -> Option<Roll> {
        let all = [Roll::None, Roll::StatutoryHoliday, Roll::AnyNonWorkingDay];
        all.into_iter().find(|roll| roll.name() == name)
    }
}

/// The table of one year: which days are free by the holiday notice, which weekend days are worked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HolidayYear {
    /// What the table is called, such as `2026-1`: a correction has another name.
    pub version: String,
    /// Free days of the notice, weekend days inside a holiday among them.
    pub free: BTreeSet<Day>,
    /// Saturdays and Sundays that are worked (调休).
    pub worked: BTreeSet<Day>,
}

/// Holiday tables by year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    years: BTreeMap<i16, HolidayYear>,
}

impl Calendar {
    /// One without any table.
    pub fn new() -> Calendar {
        Calendar::default()
    }

    /// With the table of a year; the one before is replaced.
    ///
    /// Fails with `E-DATE-05` when a day lies in another year, is both free and worked, or a worked
    /// day is no Saturday or Sunday.
    pub fn with(mut self, year: i16, table: HolidayYear) -> Result<Calendar, Refusal> {
        let elsewhere = |day: &&Day| day.year() != year;
        let stray = table.free.iter().chain(&table.worked).find(elsewhere);
        let torn = table.free.intersection(&table.worked).next();
        let idle = table.worked.iter().find(|day| !is_weekend(**day));
        match stray.or(torn).or(idle) {
            None => {
                self.years.insert(year, table);
                Ok(self)
            }
            Some(day) => Err(Refusal::new(
                "E-DATE-05",
                "a holiday table names free days and worked weekend days of its year, none twice",
                "节假日表只列本年的放假日和调休上班的周末,同一天不能两列",
                "a holiday table names free days and worked weekend days of its own year, none twice",
            )
            .value(&day.to_string())),
        }
    }

    /// The table of a year.
    pub fn year(&self, year: i16) -> Option<&HolidayYear> {
        self.years.get(&year)
    }

    /// Years that have a table.
    pub fn years(&self) -> impl Iterator<Item = (i16, &HolidayYear)> {
        self.years.iter().map(|(year, table)| (*year, table))
    }

    /// Whether a day is free by a holiday notice.
    pub fn is_statutory_holiday(&self, day: Day) -> bool {
        self.years.get(&day.year()).is_some_and(|table| table.free.contains(&day))
    }

    /// Whether a day is worked: Monday to Friday but for holidays, and make-up days.
    pub fn is_working_day(&self, day: Day) -> bool {
        match self.years.get(&day.year()) {
            Some(table) if table.free.contains(&day) => false,
            Some(table) if table.worked.contains(&day) => true,
            _ => !is_weekend(day),
        }
    }

    /// When a period ends that starts on `from`: the start day is not counted (art. 201).
    ///
    /// Months and years end on the corresponding day or the last of the month (art. 202). `roll`
    /// says what happens when that is a free day (art. 203); working days never end on one.
    /// Fails with `E-DATE-06` for a count of nought or past [`COUNT_MAX`], and past the year 9998.
    pub fn due(&self, from: Day, number: u32, count: Count, roll: Roll) -> Result<Due, Refusal> {
        if number == 0 || number > COUNT_MAX {
            return Err(out_of_range(&number.to_string()));
        }
        let beyond = || out_of_range(&format!("{from} + {number} {}", count.name()));
        let end = match count {
            Count::Day => Day::from_number(from.number() + number as i32),
            Count::Workday => self.workday(from, number).ok_or_else(beyond)?,
            Count::Month => from.plus_months(number).ok_or_else(beyond)?,
            Count::Year => from.plus_months(number * 12).ok_or_else(beyond)?,
        };
        let free = |day: Day| match roll {
            Roll::None => false,
            Roll::StatutoryHoliday => self.is_statutory_holiday(day),
            Roll::AnyNonWorkingDay => !self.is_working_day(day),
        };
        let mut last = end;
        while free(last) {
            last = last.next();
        }
        if last.year() > 9998 {
            return Err(beyond());
        }
        // Calendar periods ask the calendar for their end only, working days for every day.
        let first_asked = if count == Count::Workday { from.next() } else { end };
        let asked = first_asked.year()..=last.year();
        let assumed = asked.clone().filter(|year| !self.years.contains_key(year)).collect();
        let tables = asked
            .filter_map(|year| self.years.get(&year))
            .map(|table| table.version.clone())
            .collect();
        Ok(Due { from, number, count, roll, end, last, tables, assumed })
    }

    /// The `number`-th working day after `from`.
    fn workday(&self, from: Day, number: u32) -> Option<Day> {
        let mut day = from;
        let mut left = number;
        while left > 0 {
            day = day.next();
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        (day.year() <= 9998).then_some(day)
    }
}

/// A period that was computed, and what it was computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day it starts on; not counted.
    pub from: Day,
    /// How many.
    pub number: u32,
    /// Of what.
    pub count: Count,
    /// What happens when it ends on a free day.
    pub roll: Roll,
    /// Where it ends before rolling.
    pub end: Day,
    /// Its last day: it ends at 24:00 or with the hours of business (art. 203).
    pub last: Day,
    /// Versions of the holiday tables it was computed with.
    pub tables: Vec<String>,
    /// Years asked for that have no table: weekends alone count as free there.
    pub assumed: Vec<i16>,
}

impl Due {
    /// The day after the last: the first on which what had to wait may happen.
    pub fn next_day(&self) -> Day {
        self.last.next()
    }

    /// Whether the last day was moved because it was free.
    pub fn rolled(&self) -> bool {
        self.last != self.end
    }
}

fn out_of_range(value: &str) -> Refusal {
    Refusal::new(
        "E-DATE-06",
        format!("a period counts 1 to {COUNT_MAX} and ends before the year 9999"),
        format!("期间应为 1 至 {COUNT_MAX},且不晚于 9998 年"),
        format!("a period counts 1 to {COUNT_MAX} and ends before the year 9999"),
    )
    .value(value)
}

/// Saturday or Sunday.
pub fn is_weekend(day: Day) -> bool {
    // 1970-01-01 was a Thursday: Saturdays are 2 and Sundays 3 past a multiple of seven.
    matches!(day.number().rem_euclid(7), 2 | 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    fn days(texts: &[&str]) -> BTreeSet<Day> {
        let mut found = BTreeSet::new();
        for text in texts {
            let (first, last) = text.split_once("..").unwrap_or((text, text));
            let (first, last) = (day(first), day(last));
            found.extend((first.number()..=last.number()).map(Day::from_number));
        }
        found
    }

    /// The 2026 table of the yearly notice, as the tests' own copy.
    fn calendar() -> Calendar {
        let table = HolidayYear {
            version: "2026-1".to_string(),
            free: days(&[
                "2026-01-01..2026-01-03",
                "2026-02-15..2026-02-23",
                "2026-04-04..2026-04-06",
                "2026-05-01..2026-05-05",
                "2026-06-19..2026-06-21",
                "2026-09-25..2026-09-27",
                "2026-10-01..2026-10-07",
            ]),
            worked: days(&[
                "2026-01-04",
                "2026-02-14",
                "2026-02-28",
                "2026-05-09",
                "2026-09-20",
                "2026-10-10",
            ]),
        };
        Calendar::new().with(2026, table).expect("a sound table")
    }

    #[test]
    fn periods_end_as_the_law_says() {
        let calendar = calendar();
        let any = Roll::AnyNonWorkingDay;
        for (from, number, count, roll, last) in [
            ("2026-03-02", 15, Count::Day, any, "2026-03-17"),
            ("2026-03-02", 15, Count::Workday, any, "2026-03-23"),
            ("2026-03-02", 30, Count::Workday, any, "2026-04-14"),
            ("2026-09-18", 5, Count::Workday, any, "2026-09-24"),
            ("2026-09-18", 15, Count::Workday, any, "2026-10-15"),
            ("2026-03-20", 3, Count::Month, any, "2026-06-22"),
            ("2026-03-20", 3, Count::Month, Roll::StatutoryHoliday, "2026-06-22"),
            ("2026-03-20", 3, Count::Month, Roll::None, "2026-06-20"),
            // A plain Saturday.
            ("2026-03-13", 15, Count::Day, any, "2026-03-30"),
            ("2026-03-13", 15, Count::Day, Roll::StatutoryHoliday, "2026-03-28"),
            // A worked Saturday is a day like any other.
            ("2026-05-08", 1, Count::Day, any, "2026-05-09"),
            ("2026-02-13", 1, Count::Workday, any, "2026-02-14"),
            ("2026-02-14", 1, Count::Workday, any, "2026-02-24"),
            // The end of a short month, and a leap day.
            ("2026-01-31", 1, Count::Month, Roll::None, "2026-02-28"),
            ("2024-02-29", 1, Count::Year, Roll::None, "2025-02-28"),
            ("2024-02-29", 4, Count::Year, Roll::None, "2028-02-29"),
            ("2026-05-20", 5, Count::Year, any, "2031-05-20"),
            ("2025-11-17", 30, Count::Day, any, "2025-12-17"),
            ("2026-12-31", 2, Count::Month, Roll::None, "2027-02-28"),
        ] {
            let due = calendar.due(day(from), number, count, roll).expect("a period");
            assert_eq!(due.last, day(last), "{from} + {number} {}", count.name());
            assert_eq!(due.next_day(), day(last).next());
        }
    }

    #[test]
    fn a_year_without_a_table_is_said() {
        let calendar = calendar();
        let due = |from, number, count| {
            calendar.due(day(from), number, count, Roll::AnyNonWorkingDay).expect("a period")
        };
        assert_eq!(due("2026-12-30", 5, Count::Workday).assumed, [2027]);
        assert_eq!(due("2026-12-30", 5, Count::Workday).tables, ["2026-1"]);
        assert_eq!(due("2025-12-30", 30, Count::Day).assumed, [0i16; 0]);
        assert_eq!(due("2026-05-20", 5, Count::Year).assumed, [2031]);
        assert!(due("2026-03-20", 3, Count::Month).rolled());
        assert!(!due("2026-03-02", 15, Count::Day).rolled());
    }

    #[test]
    fn periods_that_are_none_are_refused() {
        let calendar = calendar();
        let code = |from, number, count| {
            calendar.due(day(from), number, count, Roll::None).map_err(|r| r.code)
        };
        assert_eq!(code("2026-01-01", 0, Count::Day), Err("E-DATE-06"));
        assert_eq!(code("2026-01-01", COUNT_MAX + 1, Count::Day), Err("E-DATE-06"));
        assert!(code("2026-01-01", COUNT_MAX, Count::Day).is_ok());
        assert_eq!(code("2026-01-01", 8000, Count::Year), Err("E-DATE-06"));
        assert_eq!(code("9998-12-20", 30, Count::Workday), Err("E-DATE-06"));
        assert_eq!(code("9998-12-31", 1, Count::Day), Err("E-DATE-06"));
    }

    #[test]
    fn tables_that_contradict_themselves_are_refused() {
        let table = |free: &[&str], worked: &[&str]| {
            let table =
                HolidayYear { version: "1".to_string(), free: days(free), worked: days(worked) };
            Calendar::new().with(2026, table).map_err(|r| r.code)
        };
        assert!(table(&["2026-01-01"], &["2026-01-04"]).is_ok());
        assert_eq!(table(&["2025-12-31"], &[]).err(), Some("E-DATE-05"));
        assert_eq!(table(&["2026-01-04"], &["2026-01-04"]).err(), Some("E-DATE-05"));
        assert_eq!(table(&[], &["2026-01-05"]).err(), Some("E-DATE-05"));
    }

    proptest! {
        #[test]
        fn a_longer_period_never_ends_earlier(
            start in 20_454i32..20_818, number in 1u32..400,
            roll in prop::sample::select(vec![
                Roll::None, Roll::StatutoryHoliday, Roll::AnyNonWorkingDay,
            ]),
            count in prop::sample::select(vec![
                Count::Day, Count::Workday, Count::Month, Count::Year,
            ]),
        ) {
            let calendar = calendar();
            let from = Day::from_number(start);
            let shorter = calendar.due(from, number, count, roll).expect("a period");
            let longer = calendar.due(from, number + 1, count, roll).expect("a period");
            prop_assert!(shorter.last <= longer.last);
            prop_assert!(shorter.end > from);
            if roll == Roll::AnyNonWorkingDay || count == Count::Workday {
                prop_assert!(calendar.is_working_day(shorter.last));
            }
            if count == Count::Workday {
                let days = from.number() + 1..=shorter.end.number();
                let worked = days.filter(|n| calendar.is_working_day(Day::from_number(*n)));
                prop_assert_eq!(worked.count(), number as usize);
            }
        }
    }
}
