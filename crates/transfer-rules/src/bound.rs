//! Bounds and clocks that the rules of ventures share.

use kernel::calendar::Roll;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;

/// A list in an input has at most so many items.
pub(crate) const ITEMS_MAX: usize = 10_000;

/// Fails with `E-SIZE` for a list past [`ITEMS_MAX`].
pub(crate) fn bounded<T>(list: &[T], column: &str) -> Result<(), Refusal> {
    if list.len() <= ITEMS_MAX {
        return Ok(());
    }
    Err(too_many(column, list.len()))
}

/// The refusal of a list that is too long.
pub(crate) fn too_many(column: &str, number: usize) -> Refusal {
    Refusal::new(
        "E-SIZE",
        "a list has at most 10,000 items",
        format!("列表 {column} 有 {number} 项,最多 10000 项"),
        format!("the list {column} has {number} items; at most 10,000 are accepted"),
    )
    .value(&number.to_string())
    .column(column)
}

/// The refusal of a sum that leaves the range of money.
pub(crate) fn past_money(column: &str) -> Refusal {
    Refusal::new(
        "E-MONEY-04",
        "an amount lies within 10^15 fen",
        format!("{column} 的合计超出 10^15 分的上限"),
        format!("the total of {column} passes the limit of 10^15 fen"),
    )
    .column(column)
}

/// A required column that is missing or does not read as it should.
pub(crate) fn missing(column: &str, article: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new("E-INPUT-02", article, zh, en).column(column)
}

/// The roll a parameter names; fails with `E-RULE-02` for a name that is none.
pub(crate) fn roll(law: &Lookup<'_>, id: &str) -> Result<(Roll, Proof), Refusal> {
    let (name, parameter) = law.text(id)?;
    let found = Roll::from_name(name).ok_or_else(|| {
        Refusal::new(
            "E-RULE-02",
            &*parameter.cite.article,
            format!("参数 {id} 应为 none、statutory_holiday 或 any_non_working_day"),
            format!("parameter {id} is none, statutory_holiday or any_non_working_day"),
        )
        .value(name)
    })?;
    Ok((found, parameter.proof()))
}

/// The last day of a period of the law that starts on `from`, with its proof.
///
/// The proof's parts are the start, the period and the roll.
pub(crate) fn clock(
    law: &Lookup<'_>,
    id: &str,
    roll_id: &str,
    (start, from): (&'static str, Day),
    key: &'static str,
) -> Result<(Day, Proof), Refusal> {
    let (number, count, parameter) = law.period(id)?;
    let (roll, rolled) = roll(law, roll_id)?;
    let due = law.calendar().due(from, number, count, roll)?;
    let parts = vec![Proof::fact(start, from), parameter.proof(), rolled];
    let proof = Proof::step(key, due.last, "period", parts).citing(&parameter.cite);
    Ok((due.last, proof))
}

/// A length as the number of a proof; lists are bounded far below its limit.
pub(crate) fn number(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// What every test asks: the shipped rulebook.
#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// The shipped law, read once for all tests.
    pub(crate) fn book() -> &'static schema::Rulebook {
        static BOOK: std::sync::OnceLock<schema::Rulebook> = std::sync::OnceLock::new();
        BOOK.get_or_init(|| schema::Rulebook::shipped().expect("sound"))
    }

    /// A day.
    pub(crate) fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    /// Asks the law of a place on a day, as known in 2027.
    pub(crate) fn law<'a>(book: &'a schema::Rulebook, place: &'a str, on: &str) -> Lookup<'a> {
        book.lookup(place, day(on), day("2027-12-31"))
    }

    /// Asserts that a proof comes out and reads back from its JSON as it was.
    pub(crate) fn sound(proof: &Proof) {
        assert_eq!(proof.first_wrong(), None);
        let back = crate::output::read_proof(&crate::output::proof(proof));
        assert_eq!(back.as_ref(), Ok(proof));
    }

    /// Reads an input.
    pub(crate) fn take<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
        crate::input::take(value).expect("an input")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_bounded() {
        assert!(bounded(&vec![0; ITEMS_MAX], "x").is_ok());
        let refused = bounded(&vec![0; ITEMS_MAX + 1], "x").expect_err("too long");
        assert_eq!((refused.code, refused.place.column.as_deref()), ("E-SIZE", Some("x")));
        assert_eq!(number(7), 7);
    }
}
