use super::*;
use crate::input;
use crate::testkit::book;

/// A deal judged: every proof of it comes out.
fn run(text: &str) -> Value {
    let deal: Deal = input::read(text).expect("a deal");
    let checked = check(&deal, book()).expect("judged");
    assert!(checked.case.facts().iter().all(|fact| fact.first_wrong().is_none()));
    assert_eq!(checked.sound, checked.json["sound"] == true);
    let again = check(&deal, book()).expect("judged");
    assert_eq!(checked.json, again.json, "the same bytes");
    checked.json
}

/// Steps that were refused: their number, the code, the article.
fn refused(deal: &Value) -> Vec<(u64, String, String)> {
    let steps = deal["steps"].as_array().expect("steps");
    let one = |step: &Value| {
        let first = &step["refusals"][0];
        let text = |key: &str| first[key].as_str().unwrap_or_default().to_string();
        (step["accepted"] == false)
            .then(|| (step["at"].as_u64().unwrap_or(0), text("code"), text("rule")))
    };
    steps.iter().filter_map(one).collect()
}

fn list(all: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    all.iter().map(|(at, code, rule)| (*at, code.to_string(), rule.to_string())).collect()
}

fn fact(deal: &Value, key: &str) -> String {
    let facts = deal["facts"].as_array().expect("facts");
    let found = facts.iter().find(|fact| fact["key"] == key);
    found.and_then(|fact| fact["value"].as_str()).unwrap_or("-").to_string()
}

fn clock(deal: &Value, key: &str) -> (String, String) {
    let clocks = deal["clocks"].as_array().expect("clocks");
    let found = clocks.iter().find(|clock| clock["key"] == key);
    let text = |name: &str| found.and_then(|one| one[name].as_str()).unwrap_or("-").to_string();
    (text("last_day"), text("done"))
}

fn last(day: &str) -> (String, String) {
    (day.to_string(), "-".to_string())
}

#[test]
fn scenario_1_a_patent_is_sold_registered_and_distributed() {
    let deal = run(include_str!("../../../../docs/transfer/scenario-1-sale.json"));
    assert_eq!(
        refused(&deal),
        list(&[
            (18, "E-PRICE-01", "GF16 公示"),
            (27, "E-REW-01", "TL 45"),
            (30, "E-REW-04", "GF16 公示"),
            (32, "E-PAY-03", "I6"),
        ])
    );
    for (key, value) in [
        ("earliest_signing", "2026-03-18"),
        ("net_income", "2934500.00"),
        ("reward", "2054150.00"),
        ("reward_share", "70%"),
        ("registration", "registered"),
        ("patent_end", "2043-01-05"),
        ("receipts", "3000000.00"),
        ("signed", "2026-03-18"),
    ] {
        assert_eq!(fact(&deal, key), value, "{key}");
    }
    let done = |day: &str, done: &str| (day.to_string(), done.to_string());
    assert_eq!(clock(&deal, "notice"), done("2026-03-17", "2026-03-18"));
    assert_eq!(clock(&deal, "inaction"), done("2026-10-15", "2026-03-18"));
    assert_eq!(clock(&deal, "payment.price"), done("2026-04-10", "2026-04-10"));
    assert_eq!(clock(&deal, "iit_window"), done("2029-04-10", "2026-06-01"));
    assert_eq!(clock(&deal, "report.2026"), done("2027-03-30", "2027-03-30"));
    assert_eq!(deal["stage"], "closed");
    assert_eq!(deal["missing_evidence"], json!([]));
    let paid = &deal["steps"][30];
    let base = paid["proofs"].as_array().expect("proofs").iter();
    let base: Vec<_> = base.filter(|one| one["key"] == "iit_base 王一").collect();
    assert_eq!(base.len(), 1);
    assert_eq!(base[0]["value"], "462183.75");
    let stages: Vec<&str> = deal["stages"]
        .as_array()
        .expect("stages")
        .iter()
        .filter_map(|stage| stage["stage"].as_str())
        .collect();
    let every: Vec<&str> = Stage::ALL.iter().map(|stage| stage.name()).collect();
    let passed: Vec<&str> =
        every.into_iter().filter(|stage| *stage != "proof_of_concept").collect();
    assert_eq!(stages, passed);
}

#[test]
fn scenario_2_a_licence_with_entry_fee_and_royalty() {
    let deal = run(include_str!("../../../../docs/transfer/scenario-2-licence.json"));
    assert_eq!(
        refused(&deal),
        list(&[
            (16, "E-CON-04", "SPC 10(6)"),
            (17, "E-LIC-01", "SPC 25"),
            (21, "E-DATE-02", "SPC 15"),
        ])
    );
    let amount = |key: &str| {
        let clocks = deal["clocks"].as_array().expect("clocks");
        let found = clocks.iter().find(|clock| clock["key"] == key).expect(key);
        found["amount"].as_str().unwrap_or("-").to_string()
    };
    assert_eq!(amount("payment.entry"), "500000.00");
    assert_eq!(amount("payment.royalty.1"), "120000.00");
    assert_eq!(amount("payment.royalty.2"), "200000.00");
    assert_eq!(amount("payment.royalty.3"), "375000.00");
    assert_eq!(clock(&deal, "filing"), last("2026-06-22"));
    assert_eq!(clock(&deal, "delay.payment.royalty.2"), last("2028-06-07"));
    assert_eq!(fact(&deal, "termination_right_from"), "2028-06-08");
    assert_eq!(fact(&deal, "licence_kind"), "sole");
    let gaps = deal["missing_evidence"].as_array().expect("gaps").iter();
    let gaps: Vec<_> = gaps.filter_map(|gap| gap["element"].as_str()).collect();
    assert_eq!(gaps, ["supervision", "rules_heard", "rules_passed"]);
}

#[test]
fn scenario_2_a_contract_that_is_silent_is_an_ordinary_licence() {
    let text = include_str!("../../../../docs/transfer/scenario-2-licence.json");
    let text = text.replace("\"kind\": \"sole\",", "");
    let deal = run(&text);
    assert_eq!(fact(&deal, "licence_kind"), "ordinary");
}

#[test]
fn scenario_4_a_grant_after_inaction() {
    let deal = run(include_str!("../../../../docs/transfer/scenario-4-grant.json"));
    let found = refused(&deal);
    let codes: Vec<_> = found.iter().map(|(at, code, _)| (*at, code.as_str())).collect();
    assert_eq!(codes, [(7, "E-GRANT-01"), (8, "E-LIC-02")]);
    assert_eq!(fact(&deal, "grant"), "public");
    assert_eq!(clock(&deal, "grant_notice"), last("2026-11-05"));
    assert_eq!(clock(&deal, "inaction"), last("2026-10-15"), "over from the day after");
}

#[test]
fn scenario_5_registration_by_version() {
    for (name, text, due, technical) in [
        (
            "a",
            include_str!("../../../../docs/transfer/scenario-5a-registration.json"),
            "2025-12-17",
            "3000000.00",
        ),
        (
            "b",
            include_str!("../../../../docs/transfer/scenario-5b-registration.json"),
            "2026-03-23",
            "2750000.00",
        ),
        (
            "c",
            include_str!("../../../../docs/transfer/scenario-5c-registration.json"),
            "2026-04-14",
            "5900000.00",
        ),
        (
            "d",
            include_str!("../../../../docs/transfer/scenario-5d-registration.json"),
            "2026-03-30",
            "2750000.00",
        ),
    ] {
        let deal = run(text);
        assert_eq!(refused(&deal), [], "{name}");
        assert_eq!(clock(&deal, "registration"), last(due), "{name}");
        assert_eq!(fact(&deal, "technical_amount"), technical, "{name}");
    }
    let deal = run(include_str!("../../../../docs/transfer/scenario-5e-registration.json"));
    assert_eq!(
        refused(&deal),
        list(&[(15, "E-REG-01", "SPC 17"), (16, "E-INPUT-01", "R2026 认定登记"),])
    );
}

#[test]
fn scenario_6_a_proof_of_concept_is_killed() {
    let deal = run(include_str!("../../../../docs/transfer/scenario-6-poc.json"));
    let found = refused(&deal);
    let codes: Vec<_> = found.iter().map(|(at, code, _)| (*at, code.as_str())).collect();
    assert_eq!(codes, [(10, "E-POC-01")], "no release before its gate");
    assert_eq!(fact(&deal, "poc_released"), "560000.00");
    assert_eq!(fact(&deal, "poc_refund"), "88699.60");
    assert_eq!(fact(&deal, "poc_cancelled"), "240000.00");
    assert_eq!(deal["stage"], "route");
}

#[test]
fn scenario_12_restricted_technology() {
    let deal = run(include_str!("../../../../docs/transfer/scenario-12-export.json"));
    let found = refused(&deal);
    let codes: Vec<_> = found.iter().map(|(at, code, _)| (*at, code.as_str())).collect();
    assert_eq!(codes, [(9, "E-EXP-02"), (13, "E-EXP-03")]);
    assert_eq!(clock(&deal, "export_letter"), ("2026-04-14".to_string(), "2026-04-14".to_string()));
    assert_eq!(fact(&deal, "effective"), "2026-05-11");
}

/// The steps of scenario 1 up to a number, and then others.
fn tried(upto: usize, more: &[Value]) -> Value {
    let text = include_str!("../../../../docs/transfer/scenario-1-sale.json");
    let mut deal: Value = serde_json::from_str(text).expect("JSON");
    let events = deal["events"].as_array_mut().expect("events");
    events.truncate(upto);
    // What scenario 1 tries and is refused is left out.
    events.extend(more.iter().cloned());
    run(&deal.to_string())
}

/// The event of scenario 1 with a number, changed.
fn step(at: usize, change: impl FnOnce(&mut Value)) -> Value {
    let text = include_str!("../../../../docs/transfer/scenario-1-sale.json");
    let deal: Value = serde_json::from_str(text).expect("JSON");
    let mut event = deal["events"][at - 1].clone();
    change(&mut event);
    event
}

fn code_of(deal: &Value) -> Option<String> {
    refused(deal).into_iter().map(|(_, code, _)| code).next_back()
}

#[test]
fn signing_has_its_guards() {
    let contract = |change: fn(&mut Value)| tried(17, &[step(19, change)]);
    assert_eq!(code_of(&contract(|_| {})), None);
    for (change, code) in [
        ((|event| event["on"] = json!("2026-03-17")) as fn(&mut Value), "E-PRICE-01"),
        (|event| event["contract"]["price"]["total"] = json!("2999999.99"), "E-PRICE-02"),
        (|event| event["counterparty"] = json!("另一公司"), "E-PRICE-02"),
        (|event| event["contract"]["form"] = json!("oral"), "E-CON-02"),
        (|event| event["contract"]["content"]["scope"] = Value::Null, "E-CON-01"),
        (|event| event["contract"]["patents"][0]["title"] = Value::Null, "E-CON-03"),
        (
            |event| event["contract"]["patents"][0]["patent_number"] = json!("ZL202310000001.6"),
            "E-ID-02",
        ),
        (|event| event["contract"]["price"]["non_technical"] = json!(true), "E-REG-02"),
        (|event| event["text"] = json!("乙方不得对专利提出异议"), "E-CON-04"),
        (|event| event["contract"]["price"]["total"] = json!("1e400"), "E-MONEY-04"),
        (|event| event["contract"]["price"]["total"] = json!("3000000.001"), "E-MONEY-01"),
        (|event| event["due"] = json!([]), "-"),
        (|event| event["due"] = json!(["2026-04-10", "2026-05-10"]), "E-INPUT-02"),
        (|event| event["bonus"] = json!(1), "E-INPUT-01"),
        (|event| event["on"] = json!("2026-02-30"), "E-DATE-01"),
    ] {
        let found = code_of(&contract(change)).unwrap_or_else(|| "-".to_string());
        assert_eq!(found, code);
    }
    // Without the notice to one completer, and without any.
    let text = include_str!("../../../../docs/transfer/scenario-1-sale.json");
    let mut deal: Value = serde_json::from_str(text).expect("JSON");
    deal["events"].as_array_mut().expect("events").remove(10);
    assert!(refused(&run(&deal.to_string())).iter().any(|(_, code, _)| code == "E-OWN-03"));
    // Owned with another who did not consent.
    let mut deal: Value = serde_json::from_str(text).expect("JSON");
    deal["events"][5]["holdings"] = json!([
        {"party": "材料研究所", "share": "60%", "from": "2023-01-05"},
        {"party": "另一大学", "share": "40%", "from": "2023-01-05"},
    ]);
    assert!(refused(&run(&deal.to_string())).iter().any(|(_, code, _)| code == "E-OWN-02"));
    deal["events"][5]["holdings"] =
        json!([{"party": "别人", "share": "100%", "from": "2023-01-05"}]);
    assert!(refused(&run(&deal.to_string())).iter().any(|(_, code, _)| code == "E-OWN-01"));
    deal["events"][5]["holdings"] =
        json!([{"party": "材料研究所", "share": "99%", "from": "2023-01-05"}]);
    assert!(refused(&run(&deal.to_string())).iter().any(|(_, code, _)| code == "E-SHARE-01"));
}

#[test]
fn several_rules_are_said_at_once() {
    let deal = tried(
        17,
        &[step(19, |event| {
            event["on"] = json!("2026-03-17");
            event["contract"]["form"] = json!("oral");
            event["text"] = json!("乙方不得对专利提出异议");
        })],
    );
    let codes: Vec<_> = deal["steps"][17]["refusals"]
        .as_array()
        .expect("refusals")
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, ["E-PRICE-01", "E-CON-02", "E-CON-04"]);
}

#[test]
fn an_objection_blocks_signing_until_it_is_decided() {
    let objection =
        json!({"kind": "objection_received", "on": "2026-03-10", "text": "价格明显偏低,请复核"});
    let decide = |upheld: bool| {
        json!({"kind": "objection_decided", "on": "2026-03-19", "objection": "O18",
            "upheld": upheld, "reasons": "评估报告足以说明"})
    };
    let sign = |on: &str| step(19, |event| event["on"] = json!(on));
    let open = tried(17, &[objection.clone(), sign("2026-03-18")]);
    assert_eq!(code_of(&open).as_deref(), Some("E-PRICE-03"));
    let rejected = tried(17, &[objection.clone(), decide(false), sign("2026-03-20")]);
    assert_eq!(code_of(&rejected), None);
    let upheld = tried(17, &[objection.clone(), decide(true), sign("2026-03-20")]);
    assert_eq!(code_of(&upheld).as_deref(), Some("E-PRICE-01"));
    let late =
        json!({"kind": "objection_received", "on": "2026-03-18", "text": "太迟的异议,请复核"});
    assert!(code_of(&tried(17, &[late])).is_some());
    // A price that changes after its notice needs a new one.
    let dearer = step(9, |event| {
        event["price"] = json!("3100000.00");
        event["on"] = json!("2026-03-12");
    });
    let sign_dearer = |on: &str| {
        step(19, |event| {
            event["on"] = json!(on);
            event["contract"]["price"]["total"] = json!("3100000.00");
        })
    };
    let void = tried(17, &[dearer.clone(), sign_dearer("2026-03-18")]);
    assert_eq!(code_of(&void).as_deref(), Some("E-PRICE-01"));
    let again = step(15, |event| event["on"] = json!("2026-03-13"));
    let anew = tried(17, &[dearer, again, sign_dearer("2026-03-30"), sign_dearer("2026-03-31")]);
    let codes: Vec<_> = refused(&anew).into_iter().map(|(at, code, _)| (at, code)).collect();
    assert_eq!(codes, [(20, "E-PRICE-01".to_string())], "15 days from 13 March end on Monday 30");
}

#[test]
fn a_case_goes_step_by_step() {
    let one = |events: Value| run(&json!({"events": events}).to_string());
    let opened = || step(1, |_| {});
    for (events, code) in [
        (json!([step(2, |_| {})]), "E-CASE-01"),
        (json!([opened(), opened()]), "E-CASE-01"),
        (json!([opened(), step(3, |_| {})]), "E-CASE-01"),
        (json!([opened(), step(19, |_| {})]), "E-CASE-01"),
        (json!([step(1, |event| event["place"] = json!("mars"))]), "E-RULE-04"),
        (json!([step(1, |event| event["title"] = json!(""))]), "E-INPUT-02"),
        (json!([opened(), step(2, |_| {}), step(2, |_| {})]), "E-CASE-01"),
        (
            json!([
                opened(),
                step(2, |_| {}),
                json!({"kind": "screened", "on": "2025-10-15", "outcome": "return"})
            ]),
            "E-INPUT-02",
        ),
    ] {
        assert_eq!(code_of(&one(events.clone())).as_deref(), Some(code), "{events}");
    }
    let returned = one(json!([
        opened(), step(2, |_| {}),
        {"kind": "screened", "on": "2025-10-15", "outcome": "return", "reason": "缺少贡献说明"},
        step(2, |_| {}), step(3, |_| {}),
    ]));
    assert_eq!((code_of(&returned), &returned["stage"]), (None, &json!("assessment")));
    let rejected = one(json!([
        opened(), step(2, |_| {}),
        {"kind": "screened", "on": "2025-10-15", "outcome": "reject", "reason": "非职务成果"},
        step(2, |_| {}), {"kind": "noted", "on": "2025-10-16", "text": "已告知"},
    ]));
    assert_eq!(rejected["stage"], "closed");
    let codes: Vec<_> = refused(&rejected).into_iter().map(|(at, code, _)| (at, code)).collect();
    assert_eq!(codes, [(4, "E-CASE-01".to_string())]);
    let known = json!({"known": "2026-11-27", "events": [step(1, |event| event["on"] = json!("2026-11-29"))]});
    assert_eq!(code_of(&run(&known.to_string())).as_deref(), Some("E-DATE-03"));
    let known = json!({"known": "2026-11-27", "events": [step(1, |event| event["on"] = json!("2026-11-28"))]});
    assert_eq!(code_of(&run(&known.to_string())), None, "a day ahead is east of Greenwich");
}

#[test]
fn who_acts_does_not_approve_and_the_conflicted_do_not_vote() {
    let decided = |change: fn(&mut Value)| tried(9, &[step(10, change)]);
    assert_eq!(code_of(&decided(|_| {})), None);
    let same = decided(|event| event["approver"] = event["actor"].clone());
    assert_eq!(code_of(&same).as_deref(), Some("E-EVIDENCE-01"));
    let conflicted = decided(|event| event["members"][0]["conflicted"] = json!(true));
    assert_eq!(code_of(&conflicted).as_deref(), Some("E-EVIDENCE-01"));
    let declared = json!({"kind": "conflicts_declared", "on": "2026-02-26", "person": "甲", "conflicted": true});
    let silent = step(10, |event| event["members"][0]["conflicted"] = Value::Null);
    let found = tried(9, &[declared, silent]);
    assert_eq!(code_of(&found).as_deref(), Some("E-EVIDENCE-01"), "what was declared counts");
}

#[test]
fn a_case_does_not_close_while_something_is_due() {
    let close = |on: &str| json!({"kind": "closed", "on": on, "reason": "履行完毕"});
    let found = tried(19, &[close("2026-03-20")]);
    assert_eq!(code_of(&found).as_deref(), Some("E-CASE-02"));
    let twice = tried(26, &[step(23, |_| {})]);
    assert_eq!(code_of(&twice).as_deref(), Some("E-PAY-03"), "one sum is received once");
    let less = tried(22, &[step(23, |event| event["amount"] = json!("2999999.99"))]);
    assert_eq!(clock(&less, "payment.price"), last("2026-04-10"));
    let again = tried(29, &[step(28, |_| {})]);
    assert_eq!(code_of(&again).as_deref(), Some("E-PAY-03"), "nothing new to distribute");
    let wrong = tried(29, &[step(31, |event| event["amount"] = json!("924367.51"))]);
    assert_eq!(code_of(&wrong).as_deref(), Some("E-REW-02"));
    let nobody = tried(29, &[step(31, |event| event["person"] = json!("孙五"))]);
    assert_eq!(code_of(&nobody).as_deref(), Some("E-REW-02"));
}

#[test]
fn a_sealed_pack_is_checked_offline_and_a_changed_byte_is_found() {
    let text = include_str!("../../../../docs/transfer/scenario-1-sale.json");
    let deal: Deal = input::read(text).expect("a deal");
    let mut case = Case::default();
    let mut steps = Vec::new();
    for value in &deal.events {
        let event = Event::read(value.clone()).expect("an event");
        let seq = steps.len() as i64 + 1;
        let recorded = Day::parse("2027-06-01").expect("a day");
        let stamped = Stamped { event, seq, by: "A1".to_string(), recorded };
        if let Ok(applied) = case.apply(&stamped, book()) {
            steps.push((stamped, applied));
        }
    }
    let none = serde_json::Map::new();
    let today = Day::parse("2027-06-01").expect("a day");
    let sealed = case.seal("K1", &steps, &none, book(), today).expect("sealed");
    let again = case.seal("K1", &steps, &none, book(), today).expect("sealed");
    assert_eq!(sealed, again, "the same bytes");
    let report = crate::evidence::check(&sealed.text).expect("a pack");
    assert!(report.sound, "{:?}", report.faults.first());
    assert_eq!(report.manifest, sealed.manifest);
    assert!(report.checked.1 > 20);
    for (from, to) in [("2054150.00", "2054151.00"), ("2026-03-18", "2026-03-17"), ("恒达", "恒大")]
    {
        let changed = sealed.text.replacen(from, to, 1);
        assert_ne!(changed, sealed.text);
        assert!(crate::evidence::check(&changed).is_ok_and(|report| !report.sound), "{from}");
    }
}
