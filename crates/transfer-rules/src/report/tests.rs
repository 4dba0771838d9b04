use super::*;
use crate::bound::testing::{book, day, law, sound as proven, take};
use kernel::Fen;

fn ask(reporter: &str, more: Value, now: &str) -> Result<Due, (&'static str, String)> {
    let mut facts = json!({"year": 2025, "reporter": reporter, "central": false});
    facts.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
    due(&take(facts), &law(book(), "shanghai", "2026-03-02"), day(now))
        .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

#[test]
fn scenario_12_reports_are_due_on_fixed_dates() {
    for (clause, reporter, more, now, last, late, days) in [
        ("SH17 18", "institution", json!({}), "2026-03-30", "2026-03-30", None, 0),
        ("SH17 18 past", "institution", json!({}), "2026-03-31", "2026-03-30", Some(true), 1),
        (
            "SH17 18 in time",
            "institution",
            json!({"filed": "2026-03-30"}),
            "2026-05-01",
            "2026-03-30",
            Some(false),
            0,
        ),
        (
            "SH17 18 late",
            "institution",
            json!({"filed": "2026-04-02"}),
            "2026-05-01",
            "2026-03-30",
            Some(true),
            3,
        ),
        (
            "SH17 18 early",
            "institution",
            json!({"filed": "2026-01-01"}),
            "2026-05-01",
            "2026-03-30",
            Some(false),
            0,
        ),
        ("SH17 18 body", "supervising_body", json!({}), "2026-04-30", "2026-04-30", None, 0),
        (
            "SH17 18 body past",
            "supervising_body",
            json!({}),
            "2026-05-02",
            "2026-04-30",
            Some(true),
            2,
        ),
        (
            "SH17 18 body late",
            "supervising_body",
            json!({"filed": "2026-05-01"}),
            "2026-05-02",
            "2026-04-30",
            Some(true),
            1,
        ),
        // 2024-03-30 was a Saturday: the fixed date does not move.
        (
            "SH17 18 Saturday",
            "institution",
            json!({"year": 2023}),
            "2024-03-31",
            "2024-03-30",
            Some(true),
            1,
        ),
    ] {
        let found = ask(reporter, more, now).expect(clause);
        assert_eq!((found.due, found.late, found.days_late), (day(last), late, days), "{clause}");
        proven(&found.proof);
        assert_eq!(found.proof.find("due").map(|one| one.value.text()).as_deref(), Some(last));
        assert_eq!(found.json()["due"], last);
        assert_eq!(found.json()["late"].as_bool(), late);
        assert_eq!(found.json()["days_late"], days);
    }
}

#[test]
fn what_follows_and_who_receives_a_copy() {
    let open = ask("institution", json!({}), "2026-03-31").expect("due");
    assert_eq!(open.follows.as_deref(), Some("rectify"), "TL 46");
    assert_eq!(open.json()["follows"], "rectify");
    let filed = ask("institution", json!({"filed": "2026-03-31"}), "2026-03-31").expect("due");
    assert_eq!((filed.follows, filed.filed), (None, Some(day("2026-03-31"))));
    assert_eq!(ask("institution", json!({}), "2026-03-30").map(|one| one.follows), Ok(None));
    for (reporter, central, copy) in [
        ("institution", true, true),
        ("institution", false, false),
        ("supervising_body", true, false),
    ] {
        let found = ask(reporter, json!({"central": central}), "2026-03-02").expect("due");
        assert_eq!(found.copy_to_city, copy, "SH17 18 {reporter} {central}");
        assert_eq!(found.json()["copy_to_city"], copy);
    }
}

#[test]
fn dates_that_cannot_be_are_refused() {
    for (more, now, code, column) in [
        (json!({"filed": "2026-03-03"}), "2026-03-02", "E-DATE-03", "filed"),
        (json!({"filed": "2025-12-31"}), "2026-03-02", "E-DATE-02", "filed"),
        (json!({"year": 9998}), "2026-03-02", "E-DATE-01", "year"),
        (json!({"year": -5}), "2026-03-02", "E-DATE-01", "year"),
        (json!({"year": 32767}), "2026-03-02", "E-DATE-01", "year"),
    ] {
        assert_eq!(ask("institution", more, now).err(), Some((code, column.to_string())));
    }
    assert!(ask("institution", json!({"filed": "2026-03-02"}), "2026-03-02").is_ok());
    let facts = take(json!({"year": 2025, "reporter": "institution", "central": false}));
    let elsewhere = due(&facts, &law(book(), "zhejiang", "2026-03-02"), day("2026-03-02"));
    assert_eq!(elsewhere.map_err(|refusal| refusal.code).err(), Some("E-RULE-01"));
}

fn event(id: &str, on: &str, what: Value) -> Value {
    json!({"id": id, "on": on, "what": what})
}

fn year() -> Vec<Value> {
    let paid = |to: &str, amount: &str| json!({"kind": "distributed", "contract": "C1", "to": to, "amount": amount});
    let deal = |contract: &str, amount: Option<&str>| json!({"kind": "transformed", "contract": contract, "route": "licence", "amount": amount});
    vec![
        event("E0", "2024-12-31", json!({"kind": "result_obtained", "result": "R0"})),
        event("E1", "2025-01-01", json!({"kind": "result_obtained", "result": "R1"})),
        event("E2", "2025-12-31", json!({"kind": "result_obtained", "result": "R2"})),
        event("E3", "2026-01-01", json!({"kind": "result_obtained", "result": "R3"})),
        event("E4", "2025-04-01", deal("C1", Some("3000000.00"))),
        event("E5", "2025-06-01", deal("C2", Some("500000.01"))),
        event("E6", "2025-07-01", paid("people", "2054150.00")),
        event("E7", "2025-07-01", paid("unit", "780350.00")),
        event("E8", "2025-07-02", paid("office", "100000.00")),
        event("E9", "2025-07-02", json!({"kind": "disclosed", "disclosure": "D1"})),
    ]
}

fn content_of(events: Vec<Value>) -> Result<Report, (&'static str, String)> {
    content(&take(json!({"year": 2025, "events": events})), &law(book(), "shanghai", "2026-03-02"))
        .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

#[test]
fn numbers_come_from_events() {
    let report = content_of(year()).expect("a report");
    proven(&report.proof);
    for (key, value, events) in [
        ("results", "2", vec!["E1", "E2"]),
        ("transformations", "2", vec!["E4", "E5"]),
        ("transformation_amount", "3500000.01", vec!["E4", "E5"]),
        ("income_distributed", "2934500.00", vec!["E6", "E7", "E8"]),
        ("income_to_people", "2054150.00", vec!["E6"]),
        ("income_to_unit", "780350.00", vec!["E7"]),
        ("income_to_office", "100000.00", vec!["E8"]),
    ] {
        let figure = report.figure(key).expect(key);
        assert_eq!(
            (figure.value.text().as_str(), &figure.events),
            (value, &events.iter().map(|id| (*id).to_string()).collect()),
            "SH17 18 {key}"
        );
        let parts: Vec<&str> = figure.proof.parts.iter().map(|one| &*one.key).collect();
        assert_eq!(parts, events, "{key}");
        assert_eq!(figure.question, None);
    }
    assert_eq!(report.figures.len(), 7);
    let json = report.json();
    assert_eq!(json["figures"][2]["value"], "3500000.01");
    assert_eq!(json["figures"][2]["events"], json!(["E4", "E5"]));
    assert_eq!(json["figures"][2]["type"], "money");
    assert_eq!(json["figures"][2]["key"], "transformation_amount");
    assert_eq!(report.figure("none"), None);
}

#[test]
fn what_is_not_stated_is_not_nothing() {
    let mut events = year();
    events.push(event(
        "EX",
        "2025-08-01",
        json!({"kind": "transformed", "contract": "C3", "route": "equity"}),
    ));
    let report = content_of(events).expect("a report");
    let figure = report.figure("transformation_amount").expect("there");
    assert_eq!((&figure.value, figure.proof.how), (&Shown::Unknown, "sum"));
    assert_eq!(report.figure("transformations").map(|one| one.value.text()).as_deref(), Some("3"));
    proven(&report.proof);
    let most = json!({"kind": "transformed", "contract": "C", "route": "other", "amount": "10000000000000.00"});
    let report =
        content_of(vec![event("1", "2025-08-01", most.clone()), event("2", "2025-08-01", most)])
            .expect("a report");
    let figure = report.figure("transformation_amount").expect("there");
    assert_eq!((&figure.value, figure.proof.first_wrong()), (&Shown::Unknown, None));
    assert_eq!(
        content_of(vec![]).expect("empty").figure("income_to_unit").map(|one| one.value.clone()),
        Some(Shown::Money(Fen::ZERO))
    );
}

#[test]
fn events_are_sound() {
    let spent = |amount: &str| json!({"kind": "distributed", "contract": "C", "to": "unit", "amount": amount});
    let twice =
        vec![event("a", "2025-01-01", spent("1.00")), event("a", "2025-01-02", spent("1.00"))];
    assert_eq!(content_of(twice).err(), Some(("E-INPUT-02", "events[2]".to_string())));
    let negative = vec![event("a", "2025-01-01", spent("-0.01"))];
    assert_eq!(content_of(negative).err(), Some(("E-MONEY-02", "events[1]".to_string())));
    assert!(content_of(vec![event("a", "2025-01-01", spent("0.00"))]).is_ok());
    let many = (0..10_001).map(|at| event(&at.to_string(), "2025-01-01", spent("1.00"))).collect();
    assert_eq!(content_of(many).err(), Some(("E-SIZE", "events".to_string())));
}
