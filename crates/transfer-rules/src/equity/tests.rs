use super::*;
use crate::input;
use crate::testkit::{book, day, share, yuan};
use proptest::prelude::*;
use serde_json::json;

fn scenario_3() -> Value {
    json!({
        "place": "shanghai",
        "founding": {
            "on": "2026-05-20", "capital": "50000000", "appraised": "10000000", "path": "unit",
            "agreed": null, "holder": "institute", "reward": "70%", "team": "team",
            "cash": [{"name": "founder", "capital": "40000000"}],
        },
        "changes": [
            {"event": "round", "on": "2027-06-01", "name": "A", "pre": "120000000", "new": "30000000",
             "investors": [{"name": "fund", "share": "100%"}]},
        ],
    })
}

fn run(value: Value) -> Result<Ledger, Refusal> {
    let facts: Dilute = input::take(value)?;
    let law = book().lookup("shanghai", day("2026-05-20"), day("2026-11-27"));
    dilute(&facts, &law)
}

fn with(change: impl FnOnce(&mut Value)) -> Result<Ledger, Refusal> {
    let mut value = scenario_3();
    change(&mut value);
    run(value)
}

fn code(found: Result<Ledger, Refusal>) -> Option<&'static str> {
    found.map_err(|refusal| refusal.code).err()
}

fn parts(table: &Table) -> Vec<(&str, String)> {
    table.parts.iter().map(|(name, part)| (name.as_str(), part.to_string())).collect()
}

fn shown<'a>(all: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    all.iter().map(|(name, part)| (*name, (*part).to_string())).collect()
}

#[test]
fn scenario_3_in_full() {
    let ledger = run(scenario_3()).expect("a ledger");
    assert_eq!(ledger.paid_by, day("2031-05-20"));
    let first = &ledger.tables[0];
    assert_eq!(parts(first), shown(&[("founder", "80%"), ("institute", "6%"), ("team", "14%")]));
    assert_eq!(first.proof.find("result_share").map(|p| p.value.text()).as_deref(), Some("20%"));
    assert_eq!((first.capital, first.new_capital), (yuan("50000000"), yuan("50000000")));
    assert_eq!(
        (first.on, first.after.as_str(), first.value),
        (day("2026-05-20"), "founding", None)
    );
    let after = ledger.now().expect("a table");
    assert_eq!(
        parts(after),
        shown(&[("founder", "64%"), ("fund", "20%"), ("institute", "4.8%"), ("team", "11.2%")])
    );
    assert_eq!((after.new_capital, after.capital), (yuan("12500000"), yuan("62500000")));
    assert_eq!((after.value, after.after.as_str()), (Some(yuan("150000000")), "A"));
    assert_eq!(Ratio::sum(after.parts.values().copied()), Some(Ratio::ONE));
    let json = ledger.json();
    assert_eq!(json["paid_by"], "2031-05-20");
    assert_eq!(json["tables"][1]["holders"][3]["share"], "11.2%");
    assert_eq!(json["tables"][1]["holders"][3]["capital"], "7000000.00");
    assert_eq!(json["tables"][1]["new_capital"], "12500000.00");
}

#[test]
fn scenario_3_the_director_is_offered_cash() {
    let people = |cash: bool, chief: bool| {
        with(|value| {
            value["founding"]["people"] = json!([
                {"name": "director", "share": "20%", "chief_leader": chief, "cash": cash},
                {"name": "a", "share": "80%"},
            ]);
        })
    };
    let refused = people(false, true).expect_err("no equity");
    assert_eq!((refused.code, refused.rule.as_str()), ("E-REW-03", "GF16 领导"));
    assert_eq!(refused.place.value.as_deref(), Some("1400000.00"));
    assert_eq!(refused.place.column.as_deref(), Some("founding.people[0]"));
    let cash = people(true, true).expect("in cash");
    assert_eq!(cash.cash_rewards, [("director".to_string(), yuan("1400000"))]);
    let first = shown(&[("founder", "80%"), ("institute", "8.8%"), ("team", "11.2%")]);
    assert_eq!(parts(&cash.tables[0]), first);
    let other = people(false, false).expect("in shares");
    assert!(other.cash_rewards.is_empty());
    let first = shown(&[("founder", "80%"), ("institute", "6%"), ("team", "14%")]);
    assert_eq!(parts(&other.tables[0]), first);
    let apart = with(|value| {
        value["founding"]["team"] = Value::Null;
        value["founding"]["people"] =
            json!([{"name": "a", "share": "50%"}, {"name": "b", "share": "50%"}]);
    });
    let apart = apart.expect("apart");
    let first = shown(&[("a", "7%"), ("b", "7%"), ("founder", "80%"), ("institute", "6%")]);
    assert_eq!(parts(&apart.tables[0]), first);
}

#[test]
fn what_cannot_found_a_company() {
    for (path, inner, expected) in [
        ("appraised", Value::Null, "E-EQUITY-01"),
        ("path", json!("joint"), "E-EQUITY-02"),
        ("capital", json!("50000000.01"), "E-EQUITY-03"),
        ("capital", json!("49999999.99"), "E-EQUITY-03"),
        ("appraised", json!("0"), "E-EQUITY-03"),
        (
            "cash",
            json!([{"name": "f", "capital": "-1"}, {"name": "g", "capital": "40000001"}]),
            "E-EQUITY-03",
        ),
        ("reward", json!("100.01%"), "E-SHARE-02"),
        ("reward", json!("-1%"), "E-SHARE-02"),
        ("people", json!([{"name": "a", "share": "99%"}]), "E-SHARE-01"),
        ("on", json!("2026-02-30"), "E-DATE-01"),
        ("path", json!("gift"), "E-INPUT-01"),
    ] {
        let found = with(|value| value["founding"][path] = inner.clone());
        assert_eq!(code(found), Some(expected), "{path} {inner}");
    }
    let joint = with(|value| {
        value["founding"]["path"] = json!("joint");
        value["founding"]["agreed"] = json!(true);
    });
    assert_eq!(code(joint), None);
    let refused = with(|value| {
        value["founding"]["path"] = json!("joint");
        value["founding"]["agreed"] = json!(false);
    });
    assert_eq!(code(refused), Some("E-EQUITY-02"));
    assert_eq!(code(with(|value| value["founding"]["path"] = json!("asset_company"))), None);
    let all = with(|value| value["founding"]["reward"] = json!("100%")).expect("all of it");
    let first = shown(&[("founder", "80%"), ("team", "20%")]);
    assert_eq!(parts(&all.tables[0]), first, "nobody stands with nothing");
}

#[test]
fn pools_transfers_and_exits() {
    let ledger = with(|value| {
        value["changes"] = json!([
            {"event": "pool", "on": "2026-06-01", "share": "10%", "name": "options"},
            {"event": "transfer", "on": "2026-06-01", "from": "founder", "to": "angel", "share": "2%"},
            {"event": "exit", "on": "2026-07-01", "holder": "institute", "to": "founder"},
        ]);
    })
    .expect("a ledger");
    let pool = &ledger.tables[1];
    assert_eq!(
        parts(pool),
        shown(&[("founder", "72%"), ("institute", "5.4%"), ("options", "10%"), ("team", "12.6%")])
    );
    // A ninth of the old capital makes a tenth of the new.
    assert_eq!(pool.new_capital, yuan("5555555.56"));
    assert_eq!(pool.after, "options");
    let given = &ledger.tables[2];
    assert_eq!(given.parts.get("angel"), Some(&share("2%")));
    assert_eq!(given.parts.get("founder"), Some(&share("70%")));
    assert_eq!((given.new_capital, given.after.as_str()), (Fen::ZERO, "founder → angel"));
    let left = ledger.now().expect("a table");
    assert_eq!(left.parts.get("institute"), None);
    assert_eq!(left.parts.get("founder"), Some(&share("75.4%")));
}

#[test]
fn changes_that_cannot_be() {
    for (change, expected) in [
        (
            json!({"event": "round", "on": "2026-05-19", "name": "A", "pre": "1", "new": "1", "investors": [{"name": "f", "share": "1"}]}),
            Some("E-DATE-02"),
        ),
        (
            json!({"event": "round", "on": "2026-05-20", "name": "A", "pre": "1", "new": "1", "investors": [{"name": "f", "share": "1"}]}),
            None,
        ),
        (
            json!({"event": "round", "on": "2026-06-20", "name": "A", "pre": "0", "new": "1", "investors": [{"name": "f", "share": "1"}]}),
            Some("E-MONEY-02"),
        ),
        (
            json!({"event": "round", "on": "2026-06-20", "name": "A", "pre": "1", "new": "0", "investors": [{"name": "f", "share": "1"}]}),
            Some("E-MONEY-02"),
        ),
        (
            json!({"event": "round", "on": "2026-06-20", "name": "A", "pre": "1", "new": "1", "investors": []}),
            Some("E-SHARE-01"),
        ),
        (
            json!({"event": "pool", "on": "2026-06-20", "share": "100%", "name": "o"}),
            Some("E-SHARE-02"),
        ),
        (
            json!({"event": "pool", "on": "2026-06-20", "share": "101%", "name": "o"}),
            Some("E-SHARE-02"),
        ),
        (json!({"event": "pool", "on": "2026-06-20", "share": "0%", "name": "o"}), None),
        (
            json!({"event": "transfer", "on": "2026-06-20", "from": "team", "to": "x", "share": "14%"}),
            None,
        ),
        (
            json!({"event": "transfer", "on": "2026-06-20", "from": "team", "to": "x", "share": "14.0001%"}),
            Some("E-EQUITY-03"),
        ),
        (
            json!({"event": "transfer", "on": "2026-06-20", "from": "nobody", "to": "x", "share": "0%"}),
            Some("E-EQUITY-03"),
        ),
        (
            json!({"event": "transfer", "on": "2026-06-20", "from": "team", "to": "x", "share": "-1%"}),
            Some("E-SHARE-02"),
        ),
        (
            json!({"event": "exit", "on": "2026-06-20", "holder": "nobody", "to": "x"}),
            Some("E-EQUITY-03"),
        ),
    ] {
        let found = with(|value| value["changes"] = json!([change.clone()]));
        assert_eq!(code(found), expected, "{change}");
    }
}

#[test]
fn a_call_gives_sixty_days() {
    let law = book().lookup("shanghai", day("2026-03-02"), day("2026-11-27"));
    let found = call(day("2026-03-02"), &law).expect("a call");
    // The sixtieth day is Friday 1 May, a holiday to the 5th.
    assert_eq!((found.until, found.forfeit_from), (day("2026-05-06"), day("2026-05-07")));
    assert_eq!(found.proof.value.text(), "2026-05-07");
}

proptest! {
    #[test]
    fn the_whole_is_always_one(
        changes in prop::collection::vec((0u8..4, 1i64..100, 1i64..100), 0..8),
        reward in 0i64..=100,
    ) {
        let events: Vec<Value> = changes.iter().enumerate().map(|(at, (kind, a, b))| match kind {
            0 => json!({"event": "round", "on": "2026-06-20", "name": at.to_string(),
                "pre": (a * 1000).to_string(), "new": (b * 100).to_string(),
                "investors": [{"name": format!("fund{}", at % 3), "share": "1/3"},
                    {"name": "other", "share": "2/3"}]}),
            1 => json!({"event": "pool", "on": "2026-06-20", "share": format!("{}%", a % 30),
                "name": "options"}),
            2 => json!({"event": "transfer", "on": "2026-06-20", "from": "founder",
                "to": "angel", "share": format!("{}/10000", b)}),
            _ => json!({"event": "exit", "on": "2026-06-20", "holder": "other", "to": "founder"}),
        }).collect();
        let mut value = scenario_3();
        value["founding"]["reward"] = json!(format!("{reward}%"));
        value["changes"] = json!(events);
        match run(value) {
            Ok(ledger) => for table in &ledger.tables {
                prop_assert_eq!(Ratio::sum(table.parts.values().copied()), Some(Ratio::ONE));
                prop_assert!(table.parts.values().all(|part| part.is_share()));
            },
            // Nobody gives what they do not hold; fractions stay exact or say that they cannot.
            Err(refusal) => prop_assert!(["E-EQUITY-03", "E-MONEY-04"].contains(&refusal.code)),
        }
    }
}
