//! Times: which words of a sentence say when, and what they mean on the day of the document.

use crate::grammar::{Grammar, Words};
use crate::numeral::{digits_end, numeral};
use kernel::{Day, Precision, Valid};

/// What relative times count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Anchor {
    /// The day of the document.
    pub(crate) published: Option<Day>,
    /// The latest past day that the text names in full: the document is no older.
    pub(crate) latest: Option<Day>,
    /// The year that the document reports on, for bulletins and reports.
    pub(crate) report_years: Option<(i16, i16)>,
    /// The months of that year that it reports on, first and last.
    pub(crate) report_part: Option<(i8, i8)>,
    /// The window that the document speaks of, as the first one it names.
    pub(crate) window: Option<(i16, i16)>,
}

impl Anchor {
    /// The year that 今年 means.
    pub(crate) fn year(&self) -> Option<i16> {
        self.published.or(self.latest).map(Day::year)
    }

    /// The one year that the document reports on.
    fn report_year(&self) -> Option<i16> {
        self.report_years.filter(|(from, to)| from == to).map(|(year, _)| year)
    }

    /// The year that 全年 means: the one reported on, in spring the one before.
    fn whole_year(&self) -> Option<i16> {
        let spring = self.published.filter(|day| day.month() <= 3).map(|day| day.year() - 1);
        self.report_year().or(spring).or_else(|| self.year())
    }

    /// The year of a month that is named without one: never later than the document.
    fn month_year(&self, month: i8) -> Option<i16> {
        let last = self.published.map(|day| day.year() - i16::from(month > day.month()));
        self.report_year().or(last).or_else(|| self.year())
    }

    /// When a figure without any time holds.
    pub(crate) fn default_time(&self, flow: bool, month_max: i8) -> Valid {
        if let (Some((first, last)), Some((year, to))) = (self.report_part, self.report_years)
            && year == to
        {
            return months(year, first, year, last, Precision::Month);
        }
        if let Some((from, to)) = self.report_years {
            return years(from, to);
        }
        match self.published {
            Some(day) if flow && day.month() <= month_max => years(day.year() - 1, day.year() - 1),
            Some(day) => Valid::day(day),
            None => self.latest.map_or(Valid::ALWAYS, |day| Valid {
                from: Some(day),
                to: None,
                precision: Precision::Open,
            }),
        }
    }
}

/// A time in a sentence; places are characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// `None` for what only looks like a figure: clocks, decades, times to compare with.
    pub(crate) valid: Option<Valid>,
    /// Whether it only says "now".
    pub(crate) current: bool,
    /// Whether it is the whole year that is spoken of: 全年.
    pub(crate) whole: bool,
    /// Whether it is a time to come, or said to be aimed at.
    pub(crate) target: bool,
}

/// The times of a sentence, in order.
pub(crate) fn marks(chars: &[char], anchor: &Anchor, grammar: &Grammar) -> Vec<Mark> {
    let scan = Scan { chars, anchor, grammar };
    let mut out: Vec<Mark> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match scan.one(at) {
            Some(mark) => {
                at = mark.end.max(at + 1);
                out.push(mark);
            }
            None if chars[at].is_ascii_digit() => at = digits_end(chars, at).max(at + 1),
            None => at += 1,
        }
    }
    out
}

/// Whole years.
pub(crate) fn years(from: i16, to: i16) -> Valid {
    months(from, 1, to, 12, Precision::Year)
}

fn months(from: i16, first: i8, to: i16, last: i8, precision: Precision) -> Valid {
    let (next_year, next_month) = if last == 12 { (to + 1, 1) } else { (to, last + 1) };
    let end = Day::from_ymd(next_year, next_month, 1).map(Day::previous);
    Valid { from: Day::from_ymd(from, first, 1), to: end, precision }
}

/// A calendar year as a document of our time may name it.
fn plausible_year(value: i64) -> Option<i16> {
    i16::try_from(value).ok().filter(|year| (1900..=2100).contains(year))
}

struct Scan<'a> {
    chars: &'a [char],
    anchor: &'a Anchor,
    grammar: &'a Grammar,
}

impl Scan<'_> {
    fn one(&self, at: usize) -> Option<Mark> {
        let digit = self.chars[at].is_ascii_digit();
        let inside = digit && at > 0 && self.chars[at - 1].is_ascii_alphanumeric();
        if digit && !inside {
            let found = self.clock(at).or_else(|| self.date(at)).or_else(|| self.month_day(at));
            return found.or_else(|| self.last_years(at));
        }
        let times = &self.grammar.times;
        if let Some((length, index)) = times.windows.at(self.chars, at) {
            return Some(self.window(at, at + length, index));
        }
        if let Some((length, index)) = times.relative.at(self.chars, at) {
            let year = self.anchor.year().map(|year| year + times.relative_shifts[index]);
            let future = times.relative_shifts[index] > 0;
            return Some(self.within_year(at, at + length, year, future));
        }
        if let Some((length, _)) = times.current.at(self.chars, at) {
            return Some(self.now(at, at + length));
        }
        if let Some((length, _)) = times.whole_year.at(self.chars, at) {
            let year = self.anchor.whole_year()?;
            return Some(Mark { whole: true, ..mark(at, at + length, Some(years(year, year))) });
        }
        self.last_years(at).or_else(|| self.part(at))
    }

    fn now(&self, start: usize, end: usize) -> Mark {
        Mark { current: true, ..mark(start, end, None) }
    }

    /// 16:00:55 says nothing about a figure.
    fn clock(&self, at: usize) -> Option<Mark> {
        let mut end = digits_end(self.chars, at);
        let first = end;
        while self.chars.get(end) == Some(&':')
            && self.chars.get(end + 1).is_some_and(char::is_ascii_digit)
        {
            end = digits_end(self.chars, end + 1);
        }
        (end > first && first - at <= 2).then(|| mark(at, end, None))
    }

    /// 2023年, 2023年10月, 2024-03-29, 2021-2025年, 2023 at the start of a clause.
    fn date(&self, at: usize) -> Option<Mark> {
        let year_end = at + self.digits(at);
        let year =
            (year_end - at == 4).then(|| self.number(at)).flatten().and_then(plausible_year)?;
        match self.chars.get(year_end) {
            Some('年') => self
                .year_range(at, year_end + 1, year)
                .or_else(|| Some(self.dated(at, year_end + 1, year))),
            Some('-' | '.' | '/') => {
                self.dashed(at, year_end, year).or_else(|| self.year_range(at, year_end, year))
            }
            Some('~' | '–' | '—' | '至' | '到') => self.year_range(at, year_end, year),
            Some(',') => {
                let opens = at
                    .checked_sub(1)
                    .is_none_or(|i| matches!(self.chars[i], ',' | ';' | '。' | '('));
                opens.then(|| mark(at, year_end, Some(years(year, year))))
            }
            _ => None,
        }
    }

    /// 2021-2025年, 2021年至2025年.
    fn year_range(&self, at: usize, from: usize, year: i16) -> Option<Mark> {
        let (length, _) = self.grammar.range_marks.at(self.chars, from)?;
        let second = from + length;
        let digits = self.digits(second);
        let last = (digits == 4).then(|| self.number(second)).flatten().and_then(plausible_year)?;
        let end = second + digits;
        let closed = self.chars.get(end) == Some(&'年');
        (last >= year && closed).then(|| mark(at, end + 1, Some(years(year, last))))
    }

    /// 2024-03-29, with whatever clock follows.
    fn dashed(&self, at: usize, year_end: usize, year: i16) -> Option<Mark> {
        let separator = *self.chars.get(year_end)?;
        let month_at = year_end + 1;
        let month_end = month_at + self.digits(month_at);
        let month = i8::try_from(self.number(month_at)?).ok()?;
        if self.chars.get(month_end) != Some(&separator) {
            return None;
        }
        let day_end = month_end + 1 + self.digits(month_end + 1);
        let day = i8::try_from(self.number(month_end + 1)?).ok()?;
        let day = Day::from_ymd(year, month, day)?;
        Some(mark(at, day_end, Some(Valid::day(day))))
    }

    /// Behind 2023年: a month and a day, a part of the year, its end.
    fn dated(&self, at: usize, end: usize, year: i16) -> Mark {
        let digits = self.digits(end);
        if (1..=2).contains(&digits)
            && let Some(month) = self.number(end).and_then(|m| i8::try_from(m).ok())
        {
            let month_end = end + digits;
            if self.chars.get(month_end) == Some(&'月')
                && let Some(found) = self.in_month(at, month_end + 1, year, month)
            {
                return found;
            }
            if let Some(found) = self.month_range(at, end, year) {
                return found;
            }
        }
        self.within_year(at, end, Some(year), false)
    }

    /// 1-6月.
    fn month_range(&self, at: usize, from: usize, year: i16) -> Option<Mark> {
        let first_end = from + self.digits(from);
        let first = i8::try_from(self.number(from)?).ok()?;
        let skip = usize::from(self.chars.get(first_end) == Some(&'月'));
        let (length, _) = self.grammar.range_marks.at(self.chars, first_end + skip)?;
        let second = first_end + skip + length;
        let last_end = second + self.digits(second);
        let last = i8::try_from(self.number(second)?).ok()?;
        let sound = (1..=12).contains(&first) && first < last && last <= 12;
        let closed = self.chars.get(last_end) == Some(&'月');
        (sound && closed).then(|| {
            mark(at, last_end + 1, Some(months(year, first, year, last, Precision::Month)))
        })
    }

    fn in_month(&self, at: usize, end: usize, year: i16, month: i8) -> Option<Mark> {
        if !(1..=12).contains(&month) {
            return None;
        }
        let digits = self.digits(end);
        if (1..=2).contains(&digits) && matches!(self.chars.get(end + digits), Some('日' | '号'))
        {
            let day = i8::try_from(self.number(end)?).ok()?;
            let day = Day::from_ymd(year, month, day)?;
            return Some(self.aimed(mark(at, end + digits + 1, Some(Valid::day(day)))));
        }
        let tail = usize::from(matches!(self.chars.get(end), Some('底' | '末')));
        let span = months(year, month, year, month, Precision::Month);
        Some(self.aimed(mark(at, end + tail, Some(span))))
    }

    /// A year, or the part or end of it that follows.
    fn within_year(&self, at: usize, end: usize, year: Option<i16>, future: bool) -> Mark {
        let times = &self.grammar.times;
        let Some(year) = year else { return mark(at, end, None) };
        let found = if let Some((length, index)) = times.parts.at(self.chars, end) {
            let (first, last) = times.part_months[index];
            let precision = if last - first == 2 { Precision::Quarter } else { Precision::Month };
            mark(at, end + length, Some(months(year, first, year, last, precision)))
        } else if let Some((length, _)) = times.year_end.at(self.chars, end) {
            mark(at, end + length, Day::from_ymd(year, 12, 31).map(Valid::day))
        } else if let Some((month, length)) = self.month_behind(end) {
            return self
                .in_month(at, end + length, year, month)
                .unwrap_or_else(|| mark(at, end, None));
        } else if let Some((length, _)) = times.whole_year.at(self.chars, end) {
            mark(at, end + length, Some(years(year, year)))
        } else if let Some((length, _)) = times.since.at(self.chars, end) {
            let from = Day::from_ymd(year, 1, 1);
            mark(
                at,
                end + length,
                Some(Valid { from, to: self.anchor.published, precision: Precision::Year }),
            )
        } else {
            mark(at, end, Some(years(year, year)))
        };
        let found = self.aimed(found);
        Mark { target: found.target || future, ..found }
    }

    fn month_behind(&self, at: usize) -> Option<(i8, usize)> {
        let digits = self.digits(at);
        let month = (1..=2).contains(&digits).then(|| self.number(at)).flatten()?;
        let closed = self.chars.get(at + digits) == Some(&'月');
        closed.then_some((i8::try_from(month).ok()?, digits + 1))
    }

    /// 3月29日, 3月: in the year of the document.
    fn month_day(&self, at: usize) -> Option<Mark> {
        let spanned = self.anchor.month_year(1).and_then(|year| self.month_range(at, at, year));
        if spanned.is_some() {
            return spanned;
        }
        let (month, length) = self.month_behind(at)?;
        let end = at + length;
        let dated =
            self.anchor.month_year(month).and_then(|year| self.in_month(at, end, year, month));
        Some(dated.unwrap_or_else(|| mark(at, end, None)))
    }

    /// “十四五”期间, “十四五”末; 较“十三五” is no time of the figure.
    fn window(&self, at: usize, end: usize, index: usize) -> Mark {
        let times = &self.grammar.times;
        let (from, to) = times.window_years[index];
        let before = times.compare_before.before(self.chars, at.saturating_sub(4), at);
        let ended = times.window_end.at(self.chars, end);
        let end = ended.map_or(end, |(length, _)| end + length);
        if before.is_some() {
            return mark(at, end, None);
        }
        let valid = if ended.is_some() { years(to, to) } else { years(from, to) };
        let found = self.aimed(mark(at, end, Some(valid)));
        let future = self.anchor.year().is_some_and(|year| from > year);
        Mark { target: found.target || future, ..found }
    }

    /// 近五年, 五年来, 这五年.
    fn last_years(&self, at: usize) -> Option<Mark> {
        let times = &self.grammar.times;
        let before = times.last_before.at(self.chars, at).map_or(0, |(length, _)| length);
        let number = numeral(self.chars, at + before, self.grammar)?;
        let count = number
            .value
            .to_whole()
            .and_then(|n| i16::try_from(n).ok())
            .filter(|n| (1..=50).contains(n))?;
        let mut end = number.end;
        if self.chars.get(end) != Some(&'年') {
            return None;
        }
        if let Some((length, _)) = times.years_ago.at(self.chars, end) {
            let year = self.anchor.year().map(|year| year - count);
            return Some(mark(at, end + length, year.map(|year| years(year, year))));
        }
        end += 1;
        let after = times.last_after.at(self.chars, end).map_or(0, |(length, _)| length);
        if before == 0 && after == 0 {
            return None;
        }
        end += after;
        let window = self.anchor.window.filter(|(from, to)| to - from + 1 == count);
        let valid = match (window, self.anchor.published) {
            (Some((from, to)), _) if before == 0 => Some(years(from, to)),
            (_, Some(day)) => {
                let early = day.month() <= times.flow_month_max;
                let last = if early { day.year() - 1 } else { day.year() };
                // 五年来 runs to the day of the document.
                let today = day.year();
                let runs = before == 0 && after > 0;
                Some(if runs { years(today - count, today) } else { years(last - count + 1, last) })
            }
            (Some((from, to)), None) => Some(years(from, to)),
            (None, None) => None,
        };
        Some(mark(at, end, valid))
    }

    /// 上半年 of the year that the document speaks of.
    fn part(&self, at: usize) -> Option<Mark> {
        let (length, index) = self.grammar.times.parts.at(self.chars, at)?;
        let (first, last) = self.grammar.times.part_months[index];
        let year = self.anchor.month_year(last)?;
        let precision = if last - first == 2 { Precision::Quarter } else { Precision::Month };
        Some(mark(at, at + length, Some(months(year, first, year, last, precision))))
    }

    /// 到2027年: a time to come is a target.
    fn aimed(&self, found: Mark) -> Mark {
        let said = self.grammar.times.target_before.before(self.chars, 0, found.start).is_some();
        let year = self.anchor.year();
        let from = found.valid.and_then(|valid| valid.from).map(Day::year);
        let future = matches!((from, year), (Some(from), Some(year)) if from > year);
        Mark { target: future || (said && year.is_none()), ..found }
    }

    fn digits(&self, at: usize) -> usize {
        self.chars
            .get(at..)
            .map_or(0, |rest| rest.iter().take(9).take_while(|c| c.is_ascii_digit()).count())
    }

    fn number(&self, at: usize) -> Option<i64> {
        let text: String = self.chars.get(at..at + self.digits(at))?.iter().collect();
        text.parse().ok()
    }
}

fn mark(start: usize, end: usize, valid: Option<Valid>) -> Mark {
    Mark { start, end, valid, current: false, whole: false, target: false }
}

/// The first window that a text names, and its latest full past date.
pub(crate) fn survey(text: &[char], anchor: &mut Anchor, grammar: &Grammar) {
    let plain = Anchor::default();
    for mark in marks(text, &plain, grammar) {
        let Some(valid) = mark.valid else { continue };
        if matches!(valid.precision, Precision::Day | Precision::Month)
            && let Some(day) = valid.from
            && anchor.published.is_none_or(|published| day <= published)
            // 有效期至2026年底: a document is no younger than the day that it runs to.
            && grammar.times.target_before.before(text, 0, mark.start).is_none()
        {
            anchor.latest = anchor.latest.max(Some(day));
        }
    }
    if anchor.window.is_none() {
        anchor.window = first_window(text, &grammar.times.windows)
            .map(|index| grammar.times.window_years[index]);
    }
}

fn first_window(text: &[char], windows: &Words) -> Option<usize> {
    windows.within(text, 0, text.len()).map(|(_, _, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_precise_as_their_words() {
        let grammar = Grammar::shipped().expect("grammar");
        let anchor = Anchor {
            published: Day::from_ymd(2024, 3, 29),
            window: Some((2021, 2025)),
            ..Anchor::default()
        };
        let table = [
            ("2023年10月成立", "2023-10-01/2023-10-31"),
            ("2025年4月29日", "2025-04-29/2025-04-29"),
            ("3月29日下午", "2024-03-29/2024-03-29"),
            ("去年共为", "2023-01-01/2023-12-31"),
            ("近五年年均", "2019-01-01/2023-12-31"),
            ("五年来,", "2021-01-01/2025-12-31"),
            ("“十四五”末", "2025-01-01/2025-12-31"),
            ("2024年上半年", "2024-01-01/2024-06-30"),
            ("2021-2025年", "2021-01-01/2025-12-31"),
            ("2023年末", "2023-12-31/2023-12-31"),
            ("2023,某区", "2023-01-01/2023-12-31"),
            ("2024-03-29 16", "2024-03-29/2024-03-29"),
            ("1-2月,", "2024-01-01/2024-02-29"),
        ];
        for (text, expected) in table {
            let chars: Vec<char> = text.chars().collect();
            let found = marks(&chars, &anchor, &grammar);
            let shown = found.first().and_then(|mark| mark.valid).map(|valid| valid.to_string());
            assert_eq!(shown.as_deref(), Some(expected), "{text}");
        }
        for text in ["16:00:55", "较“十三五”", "1500家"] {
            let chars: Vec<char> = text.chars().collect();
            assert!(marks(&chars, &anchor, &grammar).iter().all(|m| m.valid.is_none()), "{text}");
        }
    }
}
