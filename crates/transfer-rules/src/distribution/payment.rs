//! Paying a reward: published first, in time, and what of it is taxed.
//!
//! Source: GF16 and ZJ 39 (publicity), ZJ 40 (within six months where nothing is agreed), CS58 and
//! GK103 (half of a cash reward of a non-profit institution is taxed as wage when the contract is
//! registered, the list was published, and it is paid within 36 months of the receipt).

use crate::input::On;
use kernel::calendar::Roll;
use kernel::{Day, Fen, Proof, Ratio, Refusal, Rounding};
use schema::Lookup;
use serde::{Deserialize, Serialize};

/// What is known about paying.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The day the list was published.
    pub published_on: Option<On>,
    /// The day it is paid.
    pub paid_on: Option<On>,
    /// Whether the unit is a non-profit research institution or university.
    pub nonprofit: Option<bool>,
    /// Whether the contract is registered.
    pub registered: Option<bool>,
}

/// Whether half of a reward is left untaxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relief {
    /// The part that is taxed: half, all, or not known.
    pub part: Option<Ratio>,
    /// The last day on which paying it still counts.
    pub last: Day,
    /// How it came about.
    pub proof: Proof,
}

/// The first day on which a published reward may be paid: the day after its publicity.
///
/// Fails with `E-REW-04` when it was not published, or is paid before that day.
pub fn payable(facts: &Payment, law: &Lookup<'_>) -> Result<Proof, Refusal> {
    let (number, count, rule) = law.period("reward.publicity")?;
    let article = rule.cite.article.as_str();
    let Some(published) = facts.published_on else {
        let (zh, en) = ("奖励方案尚未公示,不得兑现", "a reward is published before it is paid");
        return Err(Refusal::new("E-REW-04", article, zh, en).column("published_on"));
    };
    let due = law.calendar().due(published.0, number, count, Roll::AnyNonWorkingDay)?;
    let first = due.next_day();
    let last = Proof::step(
        "last_day",
        due.last,
        "period",
        vec![Proof::fact("published_on", published.0), rule.proof()],
    );
    if let Some(paid) = facts.paid_on.filter(|paid| paid.0 < first) {
        let zh = format!("公示至{}止,最早于{first}兑现", due.last);
        let en = format!("publicity ends on {}; paid on {first} at the earliest", due.last);
        let refusal = Refusal::new("E-REW-04", article, zh, en);
        return Err(refusal.column("paid_on").value(&paid.0.to_string()));
    }
    Ok(Proof::step("earliest_payment", first, "next_day", vec![last]).citing(&rule.cite))
}

/// The part of a cash reward that is taxed as wage, for income received on a day.
pub fn relief(received: Day, facts: &Payment, law: &Lookup<'_>) -> Result<Relief, Refusal> {
    let (half, rule) = law.ratio("iit.part")?;
    let (number, count, window) = law.period("iit.window")?;
    let last = law.calendar().due(received, number, count, Roll::None)?.last;
    let (days, unit, publicity) = law.period("iit.publicity")?;
    let published = match facts.published_on {
        None => None,
        Some(day) => Some(law.calendar().due(day.0, days, unit, Roll::AnyNonWorkingDay)?),
    };
    // Paid, and published for the whole period before.
    let list = match (&published, facts.paid_on) {
        (Some(due), Some(paid)) => Some(due.last < paid.0),
        _ => None,
    };
    let in_time = facts.paid_on.map(|paid| paid.0 <= last);
    let conditions = [
        ("nonprofit", facts.nonprofit),
        ("contract_registered", facts.registered),
        ("list_published", list),
        ("paid_in_time", in_time),
    ];
    let shown = |known: Option<bool>| match known {
        Some(truth) => kernel::Shown::Truth(truth),
        None => kernel::Shown::Unknown,
    };
    let mut parts: Vec<Proof> =
        conditions.iter().map(|(key, known)| Proof::fact(*key, shown(*known))).collect();
    let from = vec![Proof::fact("received_on", received), window.proof()];
    parts.push(Proof::step("last_day", last, "period", from).citing(&window.cite));
    parts.push(publicity.proof());
    parts.push(rule.proof());
    let part = if conditions.iter().any(|(_, known)| *known == Some(false)) {
        Some(Ratio::ONE)
    } else if conditions.iter().all(|(_, known)| *known == Some(true)) {
        Some(half)
    } else {
        None
    };
    let value = part.map_or(kernel::Shown::Unknown, kernel::Shown::Ratio);
    let proof = Proof::step("taxed_part", value, "choice", parts).citing(&rule.cite);
    Ok(Relief { part, last, proof })
}

/// What of an amount is taxed as wage; unknown while a condition is.
pub fn base(amount: Fen, relief: &Relief) -> (Option<Fen>, Proof) {
    let base = relief.part.and_then(|part| part.of(amount, Rounding::HalfUp));
    let value = base.map_or(kernel::Shown::Unknown, kernel::Shown::Money);
    let parts = vec![Proof::fact("reward", amount), relief.proof.clone()];
    (base, Proof::step("iit_base", value, "share", parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{book, day, yuan};

    fn law(place: &'static str) -> Lookup<'static> {
        book().lookup(place, day("2026-04-10"), day("2026-11-27"))
    }

    fn facts(published: &str, paid: &str) -> Payment {
        let on = |text: &str| (!text.is_empty()).then(|| On(day(text)));
        Payment {
            published_on: on(published),
            paid_on: on(paid),
            nonprofit: Some(true),
            registered: Some(true),
        }
    }

    #[test]
    fn publicity_ends_before_payment() {
        for (place, published, paid, code) in [
            ("shanghai", "", "", Some("E-REW-04")),
            ("shanghai", "2026-04-13", "", None),
            // 15 days from Monday 13 April end on Tuesday 28 April.
            ("shanghai", "2026-04-13", "2026-04-28", Some("E-REW-04")),
            ("shanghai", "2026-04-13", "2026-04-29", None),
            ("zhejiang", "2026-04-13", "2026-04-28", Some("E-REW-04")),
            ("zhejiang", "2026-04-13", "2026-04-29", None),
        ] {
            let found = payable(&facts(published, paid), &law(place));
            let name = format!("{place} {published} {paid}");
            match found {
                Ok(proof) => {
                    assert_eq!(code, None, "{name}");
                    assert_eq!(proof.value.text(), "2026-04-29", "{name}");
                    assert_eq!(proof.parts[0].value.text(), "2026-04-28", "{name}");
                }
                Err(refusal) => {
                    assert_eq!(Some(refusal.code), code, "{name}");
                    let article = if place == "zhejiang" { "ZJ 39" } else { "GF16 公示" };
                    assert_eq!(refusal.rule, article);
                }
            }
        }
    }

    #[test]
    fn half_is_taxed_when_every_condition_holds() {
        let received = day("2026-04-10");
        let part = |facts: &Payment| {
            let found = relief(received, facts, &law("shanghai")).expect("a part");
            assert_eq!(found.last, day("2029-04-10"), "36 months after the receipt");
            found.part.map(|part| part.to_string())
        };
        let half = Some("50%".to_string());
        let all = Some("100%".to_string());
        // Published on 13 April 2026: 15 working days end on 7 May (the holiday has five days).
        assert_eq!(part(&facts("2026-04-13", "2026-05-07")), all);
        assert_eq!(part(&facts("2026-04-13", "2026-05-08")), half);
        assert_eq!(part(&facts("2026-04-13", "2029-04-10")), half);
        assert_eq!(part(&facts("2026-04-13", "2029-04-11")), all);
        assert_eq!(part(&facts("2026-04-13", "")), None, "not paid yet: unknown");
        assert_eq!(part(&facts("", "2026-06-01")), None);
        assert_eq!(part(&facts("", "2029-04-11")), all, "too late whatever else");
        for change in [
            |one: &mut Payment| one.nonprofit = Some(false),
            |one: &mut Payment| one.registered = Some(false),
        ] {
            let mut one = facts("2026-04-13", "2026-06-01");
            change(&mut one);
            assert_eq!(part(&one), all);
        }
        for change in
            [|one: &mut Payment| one.nonprofit = None, |one: &mut Payment| one.registered = None]
        {
            let mut one = facts("2026-04-13", "2026-06-01");
            change(&mut one);
            assert_eq!(part(&one), None);
        }
    }

    #[test]
    fn scenario_1_base_of_the_first_person() {
        let paid = facts("2026-04-13", "2026-06-01");
        let found = relief(day("2026-04-10"), &paid, &law("shanghai")).expect("a part");
        let (amount, proof) = base(yuan("924367.50"), &found);
        assert_eq!(amount, Some(yuan("462183.75")));
        assert_eq!(proof.value.text(), "462183.75");
        assert!(proof.find("last_day").is_some());
        let unknown = relief(day("2026-04-10"), &Payment::default(), &law("shanghai"));
        let (amount, proof) = base(yuan("1"), &unknown.expect("a part"));
        assert_eq!((amount, proof.value.text().as_str()), (None, "unknown"));
    }
}
