//! Legal periods: a day they start on, a parameter, a last day, with the proof of all three.

use kernel::calendar::{Due, Roll};
use kernel::{Day, Proof, Refusal};
use schema::Lookup;

/// A list in an input has at most this many entries.
pub const LIST_MAX: usize = 10_000;

/// A period that was computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The period itself.
    pub due: Due,
    /// Its last day, down to the start and the parameter.
    pub proof: Proof,
}

/// The same law asked for another day: the one the facts happened on.
pub fn at<'a>(law: &Lookup<'a>, on: Day) -> Lookup<'a> {
    Lookup { on, ..*law }
}

/// The last day of the period `id` that starts on `start`, moved off free days as `contracts.roll`
/// says (TIME 201–203).
///
/// Fails with `E-RULE-01`, `E-RULE-02` or `E-DATE-06`.
pub fn run(
    key: &'static str,
    start: Proof,
    from: Day,
    id: &str,
    law: &Lookup<'_>,
) -> Result<Clock, Refusal> {
    let (name, roll) = law.text("contracts.roll")?;
    let rule = Roll::from_name(name).ok_or_else(|| {
        let known = "a roll is none, statutory_holiday or any_non_working_day";
        Refusal::new("E-RULE-02", &*roll.cite.article, "不认识的顺延规则", known).value(name)
    })?;
    count(key, start, from, id, rule, law)
}

/// Like [`run`], but the end is never moved: for "over one year" and the life of a right, within
/// which nobody has to act.
pub fn exact(
    key: &'static str,
    start: Proof,
    from: Day,
    id: &str,
    law: &Lookup<'_>,
) -> Result<Clock, Refusal> {
    count(key, start, from, id, Roll::None, law)
}

fn count(
    key: &'static str,
    start: Proof,
    from: Day,
    id: &str,
    roll: Roll,
    law: &Lookup<'_>,
) -> Result<Clock, Refusal> {
    let (number, unit, parameter) = law.period(id)?;
    let due = law.calendar().due(from, number, unit, roll)?;
    let parts = vec![start, parameter.proof()];
    let proof = Proof::step(key, due.last, "period", parts).citing(&parameter.cite);
    Ok(Clock { due, proof })
}

/// The day after a computed one: the first on which what had to wait may happen.
pub fn day_after(key: &'static str, last: Proof, day: Day) -> Proof {
    Proof::step(key, day.next(), "period", vec![last, Proof::fact("days_after", 1i64)])
}

/// Fails with `E-SIZE` for a list past [`LIST_MAX`].
pub fn bounded(length: usize, column: &str) -> Result<(), Refusal> {
    if length <= LIST_MAX {
        return Ok(());
    }
    let zh = format!("列表最多 {LIST_MAX} 项");
    let en = format!("a list has at most {LIST_MAX} entries");
    Err(Refusal::new("E-SIZE", en.clone(), zh, en).value(&length.to_string()).column(column))
}

/// Whether a text says something.
pub fn filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

/// An input that lacks something or asks for a step that cannot follow: `E-INPUT-01`.
pub fn unfit(article: &str, zh: &str, en: &str, value: &str, column: &str) -> Refusal {
    Refusal::new("E-INPUT-01", article, zh, en).value(value).column(column)
}

/// Fails with `E-DATE-02` unless `day` is at or after `earlier`.
pub fn in_order(earlier: Option<Day>, day: Day, column: &str) -> Result<(), Refusal> {
    match earlier {
        Some(earlier) if day < earlier => {
            let zh = format!("日期不应早于前一步的 {earlier}");
            let en = format!("a step is not before the one it follows, on {earlier}");
            Err(Refusal::new("E-DATE-02", en.clone(), zh, en)
                .value(&day.to_string())
                .column(column))
        }
        _ => Ok(()),
    }
}

/// Fails with `E-DATE-03` for something recorded as done that lies after `now`.
pub fn not_future(day: Day, now: Day, column: &str) -> Result<(), Refusal> {
    if day <= now {
        return Ok(());
    }
    let zh = format!("{now} 时尚未发生,不能记为已发生");
    let en = format!("on {now} this has not happened yet and cannot be recorded as done");
    Err(Refusal::new("E-DATE-03", en.clone(), zh, en).value(&day.to_string()).column(column))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A day of a test.
    pub(crate) fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    /// The shipped rulebook, read once.
    pub(crate) fn book() -> &'static schema::Rulebook {
        static BOOK: std::sync::OnceLock<schema::Rulebook> = std::sync::OnceLock::new();
        BOOK.get_or_init(|| schema::Rulebook::shipped().expect("a sound rulebook"))
    }

    /// Asks the shipped law of a place.
    pub(crate) fn ask<'a>(book: &'a schema::Rulebook, place: &'a str, on: &str) -> Lookup<'a> {
        book.lookup(place, day(on), day("2026-12-01"))
    }

    /// A value from JSON text.
    pub(crate) fn facts<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
        crate::input::take(value).expect("facts of the shape")
    }

    #[test]
    fn periods_name_start_and_parameter() {
        let book = book();
        let law = ask(book, "china", "2026-03-20");
        let start = || Proof::fact("start", day("2026-03-20"));
        let rolled = run("due", start(), day("2026-03-20"), "licence.filing", &law).expect("runs");
        assert_eq!(rolled.due.last, day("2026-06-22"));
        assert_eq!(rolled.proof.value, day("2026-06-22").into());
        assert_eq!((rolled.proof.how, rolled.proof.parts.len()), ("period", 2));
        assert_eq!(rolled.proof.parts.first(), Some(&start()));
        let exact = exact("due", start(), day("2026-03-20"), "licence.filing", &law).expect("runs");
        assert_eq!(exact.due.last, day("2026-06-20"));
        let after = day_after("next", exact.proof, exact.due.last);
        assert_eq!(after.value, day("2026-06-21").into());
        assert_eq!(
            run("due", start(), day("2026-03-20"), "no.such", &law).map_err(|r| r.code).err(),
            Some("E-RULE-01")
        );
    }

    #[test]
    fn bounds_are_held_on_both_sides() {
        assert_eq!(bounded(10_000, "list"), Ok(()));
        let over = bounded(10_001, "list").expect_err("too long");
        assert_eq!((over.code, over.place.value.as_deref()), ("E-SIZE", Some("10001")));
        let (first, second) = (day("2026-03-01"), day("2026-03-02"));
        assert_eq!(in_order(None, first, "on"), Ok(()));
        assert_eq!(in_order(Some(first), first, "on"), Ok(()));
        assert_eq!(in_order(Some(second), first, "on").map_err(|r| r.code), Err("E-DATE-02"));
        assert_eq!(not_future(first, first, "on"), Ok(()));
        assert_eq!(not_future(second, first, "on").map_err(|r| r.code), Err("E-DATE-03"));
        assert!(filled(Some("a")) && !filled(Some(" ")) && !filled(None));
        assert_eq!(at(&ask(book(), "china", "2026-03-20"), first).on, first);
    }
}
