use super::*;
use crate::sample::{VOUCHER, calendar, moment, policy, with};
use proptest::prelude::*;
use serde_json::json;

fn outcome(text: &str, facts: serde_json::Value, on: &str) -> Outcome {
    let policy = policy(text);
    let standing = Standing::at(&policy, moment(on), calendar());
    evaluate(&standing, &Facts::from_json(&facts).expect("facts")).expect("of their kind")
}

#[test]
fn the_tests_of_a_policy_are_run() {
    let policy = policy(VOUCHER);
    for ran in crate::run::all(&policy, calendar()) {
        assert_eq!(ran.wrong, None, "{}", ran.name);
    }
    let wrong = VOUCHER.replace("195000.00", "195000.01");
    let ran = crate::run::all(&crate::sample::policy(&wrong), calendar());
    assert!(ran[0].wrong.as_ref().is_some_and(|label| label.en.contains("195000.00")));
}

#[test]
fn what_could_not_be_read_never_pays_more() {
    let facts = json!({"deal": {"corpus": "900000.00", "affiliated": "250000.00"},
        "firm": {"good_credit": true, "staff": 12}});
    let found = outcome(VOUCHER, facts, "2025-08-01");
    assert_eq!(found.granted, Granted::UpTo(Fen::parse("195000").expect("yuan")));
    assert_eq!((found.missing.len(), found.unread.as_slice()), (0, &[1usize][..]));
    let proof = found.proof.expect("asked for");
    assert_eq!(proof.first_wrong(), None);
    assert_eq!(proof.find("cap").map(|cap| cap.value.clone()), Some(Shown::Unknown));
    assert_eq!(
        proof.find("信用良好").and_then(|p| p.cite.clone()).map(|c| c.article.clone()),
        Some("样例措施 1".to_string())
    );
}

#[test]
fn questions_come_cheapest_first_and_only_while_they_matter() {
    let found = outcome(VOUCHER, json!({}), "2025-08-01");
    let policy = policy(VOUCHER);
    let names: Vec<&str> =
        found.missing.iter().map(|at| policy.inputs[*at].name.as_str()).collect();
    assert_eq!(names, ["firm.good_credit", "deal.corpus", "firm.staff", "deal.affiliated"]);
    let found = outcome(VOUCHER, json!({"firm.staff": 3}), "2025-08-01");
    assert_eq!((found.eligible, found.granted), (Some(false), Granted::Nothing));
    assert_eq!(found.missing, Vec::<usize>::new(), "nothing can change it any more");
}

#[test]
fn expressions_come_out() {
    let inputs = "  n: {type: number, min: -1000}\n  m: money\n  d: day\n  k: {type: choice, of: [a, b, c]}\n  t: truth\n  people: {type: list, of: {born: day, pay: money, adult: truth}}";
    let facts = json!({"n": "7", "m": "1234.56", "d": "2024-02-29", "k": "b", "t": true,
        "people": [{"born": "1980-05-01", "pay": "100.10", "adult": true},
                   {"born": "2015-06-02", "pay": "0.00", "adult": false}]});
    for (expression, shown) in [
        ("n / 2", "350%"),
        ("n * n - 40", "9"),
        ("-n + 1", "-6"),
        ("round(m, 100, 'down')", "1200.00"),
        ("round(m, 100, 'up')", "1300.00"),
        ("round(m, 0.1, 'half_up')", "1234.60"),
        ("round(-n / 2, 1, 'half_up')", "-4"),
        ("round(-n / 2, 1, 'down')", "-3"),
        ("round(-n / 2, 1, 'up')", "-4"),
        ("min(m, 1000)", "1000.00"),
        ("max(m, 1000, 2000.5)", "2000.50"),
        ("if k = 'b' then m else 0", "1234.56"),
        ("k in ['a', 'c']", "false"),
        ("k not in ['a', 'c']", "true"),
        ("between(n, 7, 8)", "true"),
        ("years(d, 2025-02-28)", "0"),
        ("years(d, 2025-03-01)", "1"),
        ("months(d, 2024-05-28)", "2"),
        ("months(2024-05-28, d)", "-2"),
        ("days(d, 2024-03-01)", "1"),
        ("add_months(2025-01-31, 1, 'down')", "2025-02-28"),
        ("add_months(2025-01-31, 1, 'up')", "2025-03-01"),
        ("add_months(2025-01-31, -2, 'down')", "2024-11-30"),
        ("add_days(d, 1)", "2024-03-01"),
        ("add_workdays(2026-09-18, 5)", "2026-09-25"),
        ("year(d) * 100 + month(d)", "202402"),
        ("end_of_month(2024-02-03)", "2024-02-29"),
        ("start_of_month(d)", "2024-02-01"),
        ("earlier(d, 2020-01-01)", "2020-01-01"),
        ("later(d, 2020-01-01)", "2024-02-29"),
        ("sum(p in people: p.pay)", "100.10"),
        ("count(p in people where years(p.born, as_of) < 18)", "1"),
        ("any(p in people: p.adult)", "true"),
        ("all(p in people: p.adult)", "false"),
        ("largest(p in people: p.pay)", "100.10"),
        ("count(p in people where count(q in people where q.born < p.born) = 1)", "1"),
        ("prorated(1500, 2026-03-16, 2026-06-30)", "5274.19"),
        ("prorated(1500, 2026-07-01, 2026-06-30)", "0.00"),
        ("not t or n > 7", "false"),
        ("t and 2 * 3 = 6", "true"),
    ] {
        let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
        let policy = policy(&text);
        let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
        let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
        let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
        assert_eq!(found.as_deref(), Ok(shown), "{expression}");
    }
    for (expression, says) in [
        ("n / (n - 7)", "divided by nothing"),
        ("add_days(d, 0.5)", "whole"),
        ("n * 1000000000 * 1000000000", "past"),
        ("largest(p in people where p.pay > 500: p.pay)", "of nothing"),
    ] {
        let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
        let policy = policy(&text);
        let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
        let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
        let trouble = define(&standing, &values, 0).expect_err(expression);
        assert!(trouble.message.en.contains(says), "{expression}: {trouble:?}");
    }
}

#[test]
fn unknowns_are_carried_and_not_guessed() {
    let inputs = "  n: number\n  m: money\n  t: truth\n  u: truth";
    let known = json!({"n": "7", "t": true});
    for (expression, shown) in [
        ("min(m, 1000)", "0.00 .. 1000.00"),
        ("max(m, 1000)", ">= 1000.00"),
        ("m * 0", "0.00"),
        ("m - 5", "unknown"),
        ("if u then 5 else 5", "5"),
        ("if u then 5 else 9", "5 .. 9"),
        ("u or t", "true"),
        ("u and not t", "false"),
        ("u and t", "unknown"),
        ("m >= 0", "true"),
        ("m > 0", "unknown"),
        ("m < 0", "false"),
        ("not u", "unknown"),
    ] {
        let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
        let policy = policy(&text);
        let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
        let values = Facts::from_json(&known).and_then(|f| f.bind(&policy)).expect("facts");
        let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
        assert_eq!(found.as_deref(), Ok(shown), "{expression}");
    }
}

#[test]
fn exceptions_go_before_the_rule() {
    let text = with(
        "  kind: {type: choice, of: [a, b, c]}\n  young: truth",
        "define:\n  rate:\n    expr: 10%\n    exceptions:\n      - {label: b, when: kind = 'b', value: 20%}\n      - {label: young, when: young, value: 30%, over: [b]}\neligible: rate > 0",
    );
    let policy = policy(&text);
    let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
    for (facts, shown) in [
        (json!({"kind": "a", "young": false}), "10%"),
        (json!({"kind": "b", "young": false}), "20%"),
        (json!({"kind": "b", "young": true}), "30%"),
        (json!({"kind": "c", "young": true}), "30%"),
        (json!({"young": true}), "30%"),
        (json!({"young": false}), "10% .. 20%"),
        (json!({"kind": "b"}), "20% .. 30%"),
        (json!({}), "10% .. 30%"),
    ] {
        let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
        let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
        assert_eq!(found.as_deref(), Ok(shown), "{facts}");
    }
}

#[test]
fn figures_have_their_time() {
    let text = with(
        "  base: money",
        "parameters:\n  rate:\n    type: ratio\n    values:\n      - {from: 2024-01-01, to: 2024-12-31, value: 10%}\n      - {from: 2025-01-01, to: 2026-12-31, known: 2025-01-01, value: 20%}\n      - {from: 2025-01-01, to: 2026-12-31, known: 2025-06-01, value: 25%}\n      - {from: 2027-01-01, known: 2025-06-01, value: null}\ntables:\n  scale: {of: money, gives: ratio, mode: marginal, rows: [{from: 0, below: 1000, value: 10%}, {from: 1000, value: 20%}]}\n  step: {of: money, gives: money, rows: [{from: 0, below: 1000, value: 1}, {from: 1000, below: 5000, value: 2}]}\ndefine:\n  x: rate * base\n  y: (rate ?? 0) * base\n  z: scale(base)\n  s: step(base)\neligible: base >= 0",
    );
    let policy = policy(&text);
    let value = |on: &str, known: &str, name: &str, base: &str| {
        let moment = crate::Moment { on: crate::sample::day(on), known: crate::sample::day(known) };
        let standing = Standing::at(&policy, moment, calendar());
        let facts = json!({"base": base});
        let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
        let place = policy.definitions.iter().position(|one| one.name == name);
        let found = define(&standing, &values, place.expect("defined"));
        found.map_or_else(|trouble| trouble.message.en, |(_, proof)| proof.value.text())
    };
    for (on, known, name, shown) in [
        ("2024-12-31", "2026-01-01", "x", "100.00"),
        ("2025-01-01", "2025-05-31", "x", "200.00"),
        ("2025-01-01", "2025-06-01", "x", "250.00"),
        ("2023-12-31", "2026-01-01", "x", "unknown"),
        ("2023-12-31", "2026-01-01", "y", "0.00"),
        ("2027-01-01", "2027-01-01", "y", "0.00"),
    ] {
        assert_eq!(value(on, known, name, "1000"), shown, "{on} {known} {name}");
    }
    for (base, z, s) in [
        ("0", "0.00", "1.00"),
        ("999.90", "99.99", "1.00"),
        ("1000", "100.00", "2.00"),
        ("1500.05", "200.01", "2.00"),
        ("5000", "900.00", "no row of the table holds for this number"),
    ] {
        let at = |name: &str| value("2025-01-01", "2026-01-01", name, base);
        assert_eq!((at("z").as_str(), at("s").as_str()), (z, s));
    }
}

/// Facts of which some are left out.
fn part(all: &serde_json::Value, keep: u8) -> serde_json::Value {
    let members = all.as_object().expect("facts").iter().enumerate();
    let kept = members.filter(|(at, _)| keep & (1 << at) != 0);
    serde_json::Value::Object(kept.map(|(_, (k, v))| (k.clone(), v.clone())).collect())
}

proptest! {
    /// Knowing more never turns a definite answer into another one, and the same facts give the
    /// same bytes.
    #[test]
    fn more_knowledge_never_contradicts(
        corpus in 0u32..2_000_000, affiliated in 0u32..2_000_000, credit: bool,
        staff in 0u32..20, keep: u8, more: u8,
    ) {
        let all = json!({"deal.corpus": corpus, "deal.affiliated": affiliated,
            "firm.good_credit": credit, "firm.staff": staff});
        let policy = policy(VOUCHER);
        let standing = Standing::at(&policy, moment("2025-08-01"), calendar());
        let ask = |keep: u8| {
            let facts = Facts::from_json(&part(&all, keep)).expect("facts");
            evaluate(&standing, &facts).expect("of their kind")
        };
        let (less, more) = (ask(keep), ask(keep | more));
        prop_assert_eq!(less.proof.as_ref().map(Proof::digest), ask(keep).proof.map(|p| p.digest()));
        if let Some(truth) = less.eligible {
            prop_assert_eq!(more.eligible, Some(truth));
        }
        match less.granted {
            Granted::Unknown => prop_assert!(!less.missing.is_empty()),
            Granted::Range(low, high) => match more.granted {
                Granted::Range(l, h) => prop_assert!(low <= l && h <= high),
                Granted::Exact(fen) => prop_assert!(low <= fen && fen <= high),
                other => prop_assert!(false, "{other:?}"),
            },
            definite => prop_assert_eq!(more.granted, definite),
        }
        let bound = Facts::from_json(&part(&all, keep)).and_then(|f| f.bind(&policy)).expect("facts");
        let plain = decide(&standing, &bound);
        prop_assert_eq!((plain.eligible, plain.granted, plain.missing), (less.eligible, less.granted, less.missing));
    }
}
