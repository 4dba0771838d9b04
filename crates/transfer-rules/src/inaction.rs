//! The completer's right when the unit does nothing with a result for over a year.
//!
//! Three laws, three effects: agreement and 赋权 (SH24 13), implementing it oneself (BJ 11),
//! implementing it and keeping all income (ZJ 38). They are not merged.

use crate::clock::{self, at};
use crate::input::On;
use crate::output;
use kernel::proof::Shown;
use kernel::{Day, Proof, Refusal};
use schema::Lookup;
use serde::Deserialize;
use serde_json::{Value, json};

/// A result that may lie idle. What is left out is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    /// What it is called.
    pub result: String,
    /// The day it was registered in the unit.
    pub registered: On,
    /// Whether it has been transformed, in whole or part.
    pub transformed: Option<bool>,
    /// Whether the unit has a good reason for doing nothing.
    pub good_reason: Option<bool>,
    /// The day the completer asks, or the question is asked.
    pub now: On,
}

/// What the completer may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// SH24 13: by agreement with the unit and a grant, alone or together.
    AgreementAndGrant,
    /// BJ 11: implement it.
    Implement,
    /// ZJ 38: implement it and keep all income.
    ImplementAndKeepIncome,
}

impl Effect {
    /// The name in data.
    pub fn name(self) -> &'static str {
        match self {
            Effect::AgreementAndGrant => "agreement_and_grant",
            Effect::Implement => "implement",
            Effect::ImplementAndKeepIncome => "implement_and_keep_income",
        }
    }

    fn from_name(name: &str) -> Option<Effect> {
        let all = [Effect::AgreementAndGrant, Effect::Implement, Effect::ImplementAndKeepIncome];
        all.into_iter().find(|one| one.name() == name)
    }
}

/// Whether the completer's right is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Yes, no, or unknown.
    pub admitted: Option<bool>,
    /// `admitted`, `not_over`, `transformed`, `good_reason` or `unknown`.
    pub reason: &'static str,
    /// The first day after the year: over means not on the anniversary.
    pub from: Day,
    /// What follows where the law of this place applies.
    pub effect: Effect,
    /// Whether an agreement with the unit is needed.
    pub needs_agreement: bool,
    /// Whether the completer keeps all income.
    pub keeps_income: bool,
    /// How these came about.
    pub proof: Proof,
}

impl Claim {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "admitted": self.admitted,
            "reason": self.reason,
            "from": self.from.to_string(),
            "effect": self.effect.name(),
            "needs_agreement": self.needs_agreement,
            "keeps_income": self.keeps_income,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Whether the completer's right after inaction is there.
///
/// Fails with `E-RULE-01` where no such law was read, `E-DATE-02` for a question before the
/// registration.
pub fn claim(facts: &Idle, law: &Lookup<'_>) -> Result<Claim, Refusal> {
    let (registered, now) = (facts.registered.0, facts.now.0);
    clock::in_order(Some(registered), now, "now")?;
    let law = &at(law, now);
    let (name, rule) = law.text("inaction.effect")?;
    let effect = Effect::from_name(name).ok_or_else(|| {
        let en = "this effect of inaction is not one we know";
        Refusal::new("E-RULE-02", &*rule.cite.article, "不认识的法律后果", en).value(name)
    })?;
    let start = Proof::fact("registered", registered);
    let year = clock::exact("anniversary", start, registered, "inaction.period", law)?;
    let from = year.due.last.next();
    let over = now >= from;
    let (admitted, reason) = match (over, facts.transformed, facts.good_reason) {
        (false, _, _) => (Some(false), "not_over"),
        (_, Some(true), _) => (Some(false), "transformed"),
        (_, _, Some(true)) => (Some(false), "good_reason"),
        (true, Some(false), Some(false)) => (Some(true), "admitted"),
        _ => (None, "unknown"),
    };
    let fact = |key: &'static str, value: Option<bool>| match value {
        Some(value) => Proof::fact(key, value),
        None => Proof::step(key, Shown::Unknown, "fact", Vec::new()),
    };
    let parts = vec![
        clock::day_after("over_since", year.proof, year.due.last),
        Proof::fact("now", now),
        fact("transformed", facts.transformed),
        fact("good_reason", facts.good_reason),
        rule.proof(),
    ];
    let proof = Proof::step("completers_right", reason, "choice", parts).citing(&rule.cite);
    Ok(Claim {
        admitted,
        reason,
        from,
        effect,
        needs_agreement: effect == Effect::AgreementAndGrant,
        keeps_income: effect == Effect::ImplementAndKeepIncome,
        proof,
    })
}

/// Results that may lie idle, on one day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The results; their own days are what is asked about.
    pub results: Vec<Idle>,
}

/// The results whose time is over or is next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Radar {
    /// Result and claim: those admitted first, then unknown, then not yet over, each by day; results
    /// that were transformed or have a good reason are left out.
    pub found: Vec<(String, Claim)>,
    /// How many are admitted.
    pub admitted: usize,
    /// How many are over but not known to be idle without reason.
    pub unknown: usize,
    /// How many are not over yet.
    pub waiting: usize,
    /// How many are left out.
    pub left_out: usize,
    /// How that came about.
    pub proof: Proof,
}

impl Radar {
    /// As JSON.
    pub fn json(&self) -> Value {
        let found: Vec<Value> = self
            .found
            .iter()
            .map(|(result, claim)| {
                let mut value = claim.json();
                value["result"] = json!(result);
                value
            })
            .collect();
        json!({
            "found": found,
            "admitted": self.admitted,
            "unknown": self.unknown,
            "waiting": self.waiting,
            "left_out": self.left_out,
            "proof": output::proof(&self.proof),
        })
    }
}

/// Looks over many results for those that lie idle. Fails with `E-SIZE` and like [`claim`], naming
/// the result.
pub fn radar(facts: &Field, law: &Lookup<'_>) -> Result<Radar, Refusal> {
    clock::bounded(facts.results.len(), "results")?;
    let mut found = Vec::new();
    let (mut admitted, mut unknown, mut waiting, mut left_out) = (0, 0, 0, 0);
    for (index, one) in facts.results.iter().enumerate() {
        let claim =
            claim(one, law).map_err(|refusal| refusal.column(&format!("results/{index}")))?;
        let rank = match claim.reason {
            "admitted" => {
                admitted += 1;
                0
            }
            "unknown" => {
                unknown += 1;
                1
            }
            "not_over" => {
                // What was transformed or has its reason will not lie idle.
                if one.transformed == Some(true) || one.good_reason == Some(true) {
                    left_out += 1;
                    continue;
                }
                waiting += 1;
                2
            }
            _ => {
                left_out += 1;
                continue;
            }
        };
        found.push((rank, one.result.clone(), claim));
    }
    found.sort_by(|a, b| (a.0, a.2.from, &a.1).cmp(&(b.0, b.2.from, &b.1)));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let parts = vec![
        Proof::fact("results", count(facts.results.len())),
        Proof::fact("unknown", count(unknown)),
        Proof::fact("waiting", count(waiting)),
        Proof::fact("left_out", count(left_out)),
    ];
    let proof = Proof::step("idle_results", count(admitted), "choice", parts);
    let found = found.into_iter().map(|(_, result, claim)| (result, claim)).collect();
    Ok(Radar { found, admitted, unknown, waiting, left_out, proof })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::tests::{ask, book, day, facts};
    use proptest::prelude::*;

    fn idle(
        result: &str,
        registered: &str,
        transformed: Option<bool>,
        reason: Option<bool>,
        now: &str,
    ) -> Value {
        json!({
            "result": result, "registered": registered, "transformed": transformed,
            "good_reason": reason, "now": now,
        })
    }

    #[test]
    fn scenario_4_over_one_year() {
        let no = Some(false);
        for (clause, place, registered, transformed, reason, now, admitted, why) in [
            (
                "SH24 13 on the anniversary",
                "shanghai",
                "2025-10-15",
                no,
                no,
                "2026-10-15",
                no,
                "not_over",
            ),
            (
                "SH24 13 the day after",
                "shanghai",
                "2025-10-15",
                no,
                no,
                "2026-10-16",
                Some(true),
                "admitted",
            ),
            (
                "BJ 11 on the anniversary",
                "beijing",
                "2025-10-15",
                no,
                no,
                "2026-10-15",
                no,
                "not_over",
            ),
            (
                "BJ 11 the day after",
                "beijing",
                "2025-10-15",
                no,
                no,
                "2026-10-16",
                Some(true),
                "admitted",
            ),
            (
                "ZJ 38 on the anniversary",
                "zhejiang",
                "2025-10-15",
                no,
                no,
                "2026-10-15",
                no,
                "not_over",
            ),
            (
                "ZJ 38 the day after",
                "zhejiang",
                "2025-10-15",
                no,
                no,
                "2026-10-16",
                Some(true),
                "admitted",
            ),
            (
                "SH24 13 transformed",
                "shanghai",
                "2025-10-15",
                Some(true),
                no,
                "2026-10-16",
                no,
                "transformed",
            ),
            (
                "SH24 13 good reason",
                "shanghai",
                "2025-10-15",
                no,
                Some(true),
                "2026-10-16",
                no,
                "good_reason",
            ),
            (
                "SH24 13 not known whether transformed",
                "shanghai",
                "2025-10-15",
                None,
                no,
                "2026-10-16",
                None,
                "unknown",
            ),
            (
                "SH24 13 reason not known",
                "shanghai",
                "2025-10-15",
                no,
                None,
                "2026-10-16",
                None,
                "unknown",
            ),
            (
                "SH24 13 transformed, reason not known",
                "shanghai",
                "2025-10-15",
                Some(true),
                None,
                "2026-10-16",
                no,
                "transformed",
            ),
            (
                "SH24 13 good reason, else not known",
                "shanghai",
                "2025-10-15",
                None,
                Some(true),
                "2026-10-16",
                no,
                "good_reason",
            ),
            // The anniversary is a Sunday and no day of the law's moving: nobody has to act on it.
            (
                "SH24 13 a free day moves nothing",
                "shanghai",
                "2025-10-04",
                no,
                no,
                "2026-10-05",
                Some(true),
                "admitted",
            ),
        ] {
            let asked: Idle = facts(idle("R", registered, transformed, reason, now));
            let found = claim(&asked, &ask(book(), place, now)).expect(clause);
            assert_eq!((found.admitted, found.reason), (admitted, why), "{clause}");
            let (effect, agreement, income, article) = match place {
                "shanghai" => (Effect::AgreementAndGrant, true, false, "SH24 13"),
                "beijing" => (Effect::Implement, false, false, "BJ 11"),
                _ => (Effect::ImplementAndKeepIncome, false, true, "ZJ 38"),
            };
            assert_eq!(found.effect, effect, "{clause}");
            assert_eq!((found.needs_agreement, found.keeps_income), (agreement, income));
            assert_eq!(found.proof.cite.as_ref().map(|c| c.article.as_str()), Some(article));
            assert_eq!(found.proof.first_wrong(), None);
            let json = found.json();
            assert_eq!((&json["admitted"], &json["reason"]), (&json!(admitted), &json!(why)));
            assert_eq!(json["effect"], effect.name());
            assert_eq!(
                (&json["needs_agreement"], &json["keeps_income"]),
                (&json!(agreement), &json!(income))
            );
            assert_eq!(json["from"], found.from.to_string());
        }
        let asked: Idle = facts(idle("R", "2025-10-15", no, no, "2026-10-15"));
        let found = claim(&asked, &ask(book(), "shanghai", "2026-10-15")).expect("a claim");
        assert_eq!(found.from, day("2026-10-16"));
        let code = |place: &str, now: &str| {
            let asked: Idle = facts(idle("R", "2025-10-15", no, no, now));
            claim(&asked, &ask(book(), place, now)).map_err(|refusal| refusal.code).err()
        };
        assert_eq!(code("china", "2026-10-16"), Some("E-RULE-01"));
        assert_eq!(code("shanghai", "2025-10-14"), Some("E-DATE-02"));
        assert_eq!(code("shanghai", "2025-10-15"), None);
    }

    #[test]
    fn the_radar_shows_what_lies_idle() {
        let (yes, no) = (Some(true), Some(false));
        let now = "2026-10-16";
        let results = vec![
            idle("waits", "2026-05-01", no, no, now),
            idle("waits less", "2026-01-01", None, None, now),
            idle("sold", "2020-01-01", yes, no, now),
            idle("sold early", "2026-01-01", yes, no, now),
            idle("excused", "2020-01-01", no, yes, now),
            idle("excused early", "2026-01-01", no, yes, now),
            idle("who knows", "2024-01-01", None, no, now),
            idle("idle", "2025-10-15", no, no, now),
            idle("idle for long", "2021-01-01", no, no, now),
            idle("b", "2025-10-15", no, no, now),
        ];
        let field: Field = facts(json!({"results": results}));
        let found = radar(&field, &ask(book(), "shanghai", now)).expect("a radar");
        let order: Vec<&str> = found.found.iter().map(|(result, _)| result.as_str()).collect();
        assert_eq!(order, ["idle for long", "b", "idle", "who knows", "waits less", "waits"]);
        assert_eq!((found.admitted, found.unknown, found.waiting, found.left_out), (3, 1, 2, 4));
        let json = found.json();
        assert_eq!(json["found"][0]["result"], "idle for long");
        assert_eq!(json["found"][0]["from"], "2022-01-02");
        assert_eq!((&json["admitted"], &json["unknown"]), (&json!(3), &json!(1)));
        assert_eq!((&json["waiting"], &json["left_out"]), (&json!(2), &json!(4)));
        assert_eq!(found.proof.value, Shown::Number(3));
        let many: Field =
            facts(json!({"results": vec![idle("R", "2025-10-15", no, no, now); 10_001]}));
        let law = ask(book(), "shanghai", now);
        assert_eq!(radar(&many, &law).map_err(|r| r.code).err(), Some("E-SIZE"));
        let torn: Field = facts(
            json!({"results": [idle("R", "2025-10-15", no, no, now), idle("R", "2027-01-01", no, no, now)]}),
        );
        let refusal = radar(&torn, &law).expect_err("before its registration");
        assert_eq!(
            (refusal.code, refusal.place.column.as_deref()),
            ("E-DATE-02", Some("results/1"))
        );
        assert_eq!(Effect::from_name("nothing"), None);
    }

    proptest! {
        #[test]
        fn over_a_year_is_never_the_anniversary(start in 19_900i32..20_400, wait in 300i32..450) {
            let registered = Day::from_number(start);
            let now = Day::from_number(start + wait);
            let idle = Idle {
                result: "R".to_string(), registered: On(registered), transformed: Some(false),
                good_reason: Some(false), now: On(now),
            };
            let law = book().lookup("zhejiang", now, day("2026-12-01"));
            let found = claim(&idle, &law).expect("a claim");
            let anniversary = registered.plus_months(12).expect("a day");
            prop_assert_eq!(found.admitted, Some(now > anniversary));
            prop_assert_eq!(found.from, anniversary.next());
        }
    }
}
