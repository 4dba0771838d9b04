//! Arithmetic of days: months that end differently, and amounts by the days of each month.

use super::{Ended, overflow, rounded, shown};
use crate::fault::At;
use crate::value::{Span, Value};
use kernel::proof::Shown;
use kernel::{Day, Ratio, Rounding};

pub(super) fn start_of_month(day: Day) -> Option<Day> {
    Day::from_ymd(day.year(), day.month(), 1)
}

pub(super) fn end_of_month(day: Day) -> Option<Day> {
    Some(start_of_month(day)?.plus_months(1)?.previous())
}

/// Whole months from one day to another; below nothing when the second comes first.
pub(super) fn months_between(from: Day, to: Day) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    months - i64::from(to.day_of_month() < from.day_of_month())
}

pub(super) fn add_months(day: Day, months: i64, up: bool) -> Option<Day> {
    let all = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
    let year = i16::try_from(all.div_euclid(12)).ok()?;
    let month = i8::try_from(all.rem_euclid(12) + 1).ok()?;
    if let Some(same) = Day::from_ymd(year, month, day.day_of_month()) {
        return Some(same);
    }
    let last = end_of_month(Day::from_ymd(year, month, 1)?)?;
    Some(if up { last.next() } else { last })
}

/// A monthly amount from a day to a day, both included: each month by its days, to the fen, a half
/// up. Gives the sum and what each month came to.
pub(super) fn prorated(
    monthly: Span,
    from: &Value,
    to: &Value,
    at: At,
) -> Ended<(Span, Vec<(String, Shown)>)> {
    let (Value::Day(from, from_gap), Value::Day(to, to_gap)) = (from, to) else {
        return Err(overflow(at));
    };
    let gap = monthly.gap.and(*from_gap).and(*to_gap);
    let unknown = Span { low: monthly.low.map(|_| Ratio::ZERO), high: None, gap };
    let (Some(from), Some(to), Some(rate)) = (from, to, monthly.number()) else {
        return Ok((unknown, Vec::new()));
    };
    let (mut total, mut months) = (Ratio::ZERO, Vec::new());
    let mut start = *from;
    while start <= *to {
        if months.len() > 1_200 {
            return Err(overflow(at));
        }
        let end = end_of_month(start).ok_or_else(|| overflow(at))?;
        let until = end.min(*to);
        let days = i128::from(until.number() - start.number() + 1);
        let share = Ratio::new(days, i128::from(end.day_of_month()));
        let part = share.and_then(|share| rate.times(share));
        let part = part.and_then(|part| rounded(part, Ratio::new(1, 100)?, Rounding::HalfUp));
        let part = part.ok_or_else(|| overflow(at))?;
        total = total.plus(part).ok_or_else(|| overflow(at))?;
        let month = format!("{:04}-{:02}", start.year(), start.month());
        months.push((month, shown(&Value::Number(Span::exact(part)), true)));
        start = end.next();
    }
    Ok((Span::exact(total), months))
}
