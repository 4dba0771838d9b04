use super::*;
use crate::clock::tests::{ask, book, day, facts};

fn price(total: &str, equipment: Option<&str>) -> Value {
    match equipment {
        None => json!({"total": total, "items": [], "non_technical": false}),
        Some(amount) => json!({
            "total": total, "non_technical": true,
            "items": [{"name": "reactor", "part": "equipment", "amount": amount}],
        }),
    }
}

fn event(name: &str, on: &str) -> Value {
    let mut event = json!({"event": name, "on": on});
    match name {
        "register" => event["certificate"] = json!("C-1"),
        "refuse" => event["reason"] = json!("not technical"),
        _ => {}
    }
    event
}

fn course(
    place: &str,
    events: &[(&str, &str)],
    price: Value,
    disputed: Option<bool>,
    now: &str,
) -> Result<Standing, Refusal> {
    let book = book();
    let events: Vec<Value> = events.iter().map(|(name, on)| event(name, on)).collect();
    let course: Course =
        facts(json!({"events": events, "price": price, "disputed": disputed, "now": now}));
    stand(&course, &ask(book, place, now))
}

#[test]
fn scenario_5_the_version_switch() {
    let accepted = |on: &'static str| vec![("submit", on), ("accept", on)];
    let corrected = || {
        vec![
            ("submit", "2026-03-02"),
            ("accept", "2026-03-02"),
            ("request_correction", "2026-03-05"),
            ("correct", "2026-03-09"),
        ]
    };
    for (clause, events, price, version, technical, review, due, confidence) in [
        (
            "5a R2000",
            accepted("2025-11-17"),
            price("3600000.00", None),
            "R2000",
            "3600000.00",
            false,
            "2025-12-17",
            "excerpt",
        ),
        (
            "5b R2026",
            accepted("2026-03-02"),
            price("3600000.00", Some("850000.00")),
            "R2026",
            "2750000.00",
            false,
            "2026-03-23",
            "draft",
        ),
        (
            "5c R2026 expert review",
            accepted("2026-03-02"),
            price("6200000.00", Some("300000.00")),
            "R2026",
            "5900000.00",
            true,
            "2026-04-14",
            "draft",
        ),
        (
            "5d R2026 corrected",
            corrected(),
            price("3600000.00", Some("850000.00")),
            "R2026",
            "2750000.00",
            false,
            "2026-03-30",
            "draft",
        ),
        (
            "R2000 large, no review",
            accepted("2025-11-17"),
            price("6200000.00", None),
            "R2000",
            "6200000.00",
            false,
            "2025-12-17",
            "excerpt",
        ),
        (
            "R2000 last day",
            accepted("2026-01-22"),
            price("1.00", None),
            "R2000",
            "1.00",
            false,
            "2026-02-24",
            "excerpt",
        ),
        (
            "R2026 first day",
            accepted("2026-01-23"),
            price("1.00", None),
            "R2026",
            "1.00",
            false,
            "2026-02-13",
            "draft",
        ),
        (
            "R2026 at the threshold",
            accepted("2026-03-02"),
            price("5000000.00", None),
            "R2026",
            "5000000.00",
            true,
            "2026-04-14",
            "draft",
        ),
        (
            "R2026 below the threshold",
            accepted("2026-03-02"),
            price("4999999.99", None),
            "R2026",
            "4999999.99",
            false,
            "2026-03-23",
            "draft",
        ),
        (
            "R2026 total above, technical below",
            accepted("2026-03-02"),
            price("5000000.00", Some("0.01")),
            "R2026",
            "4999999.99",
            false,
            "2026-03-23",
            "draft",
        ),
    ] {
        let found = course("shanghai", &events, price, Some(false), "2026-03-10").expect(clause);
        assert_eq!(found.version.as_deref(), Some(version), "{clause}");
        assert_eq!(found.turnover.technical.to_string(), technical, "{clause}");
        assert_eq!((found.review, found.due), (review, Some(day(due))), "{clause}");
        assert_eq!(found.state, State::Accepted);
        assert_eq!(found.proof.first_wrong(), None, "{clause}");
        let step = found.proof.find("decision_due").expect("in the proof");
        assert_eq!(step.cite.as_ref().map(|cite| cite.confidence.name()), Some(confidence));
        let json = found.json();
        assert_eq!((&json["due"], &json["technical"]), (&json!(due), &json!(technical)));
        assert_eq!((&json["version"], &json["review"]), (&json!(version), &json!(review)));
    }
}

#[test]
fn scenario_5e_retouching_is_no_development() {
    let refusal = examined("shanghai", json!({
        "traits": {"stated": "development_commissioned", "to_be_developed": false, "only_existing": true},
    }))
    .expect_err("reclassified");
    assert_eq!((refusal.code, refusal.rule.as_str()), ("E-REG-01", "SPC 17"));
    assert_eq!(refusal.place.value.as_deref(), Some("development_commissioned"));
    assert!(refusal.message.en.ends_with("it is service"));
}

fn examined(place: &str, change: Value) -> Result<Examined, Refusal> {
    let mut value = json!({
        "contract": "K-1", "known": ["K-0"], "applicant": "seller", "import": false,
        "form": "written", "parties_clear": true, "subject_clear": true, "price_clear": true,
        "traits": {"stated": "service", "works": false},
        "price": price("100.00", None), "on": "2026-03-02",
    });
    for (key, new) in change.as_object().expect("an object") {
        value[key] = new.clone();
    }
    let book = book();
    let application: Application = facts(value);
    examine(&application, &ask(book, place, "2026-03-02"))
}

#[test]
fn what_may_be_registered() {
    for (clause, change, verdict, reasons) in [
        ("all is well", json!({}), "registrable", vec![]),
        (
            "R2000 parties",
            json!({"parties_clear": false}),
            "not_registered",
            vec!["parties_unclear"],
        ),
        (
            "R2000 subject",
            json!({"subject_clear": false}),
            "not_registered",
            vec!["subject_unclear"],
        ),
        ("R2000 price", json!({"price_clear": false}), "not_registered", vec!["price_unclear"]),
        (
            "R2000 not technical",
            json!({"traits": {"stated": "service", "works": true}}),
            "not_registered",
            vec!["not_technical"],
        ),
        (
            "several",
            json!({"parties_clear": false, "price_clear": false, "subject_clear": null}),
            "not_registered",
            vec!["parties_unclear", "price_unclear"],
        ),
        ("parties not known", json!({"parties_clear": null}), "unknown", vec!["parties_unclear"]),
        (
            "type not known",
            json!({"traits": {"stated": "service"}}),
            "unknown",
            vec!["not_technical"],
        ),
        ("R2026 electronic", json!({"form": "electronic"}), "registrable", vec![]),
        (
            "R2026 import by the buyer",
            json!({"import": true, "applicant": "buyer"}),
            "registrable",
            vec![],
        ),
    ] {
        let found = examined("china", change).expect(clause);
        assert_eq!((found.verdict.name(), found.reasons.clone()), (verdict, reasons), "{clause}");
        assert_eq!(found.version, "R2026");
        assert_eq!(found.proof.first_wrong(), None);
        let known =
            found.verdict == Verdict::Registrable || !found.reasons.contains(&"not_technical");
        assert_eq!(found.kind, known.then_some(Kind::Service), "{clause}");
        let json = found.json();
        assert_eq!((&json["verdict"], &json["technical"]), (&json!(verdict), &json!("100.00")));
        assert_eq!(json["version"], "R2026");
        assert_eq!(json["reasons"], json!(found.reasons));
    }
    for (clause, change, code, value) in [
        (
            "E-REG-01 transfer of what is not there yet",
            json!({"traits": {"stated": "transfer", "to_be_developed": true}}),
            "E-REG-01",
            "transfer",
        ),
        (
            "E-REG-02 not itemised",
            json!({"price": {"total": "100.00", "items": [], "non_technical": true}}),
            "E-REG-02",
            "non_technical",
        ),
        ("E-REG-03 the same", json!({"contract": " K-0 "}), "E-REG-03", "K-0"),
        ("no name", json!({"contract": " "}), "E-INPUT-01", ""),
        ("R2026 oral", json!({"form": "oral"}), "E-CON-02", "oral"),
        ("form not known", json!({"form": null}), "E-CON-02", "unknown"),
        ("R2000 oral", json!({"form": "oral", "on": "2025-11-17"}), "E-CON-02", "oral"),
        (
            "R2000 electronic",
            json!({"form": "electronic", "on": "2025-11-17"}),
            "E-CON-02",
            "electronic",
        ),
        ("the buyer applies", json!({"applicant": "buyer"}), "E-INPUT-01", "buyer"),
        ("R2026 import by the seller", json!({"import": true}), "E-INPUT-01", "seller"),
        (
            "R2000 import by the buyer",
            json!({"import": true, "applicant": "buyer", "on": "2025-11-17"}),
            "E-INPUT-01",
            "buyer",
        ),
        ("too many", json!({"known": vec!["K"; 10_001]}), "E-SIZE", "10001"),
    ] {
        let refusal = examined("china", change).expect_err(clause);
        assert_eq!((refusal.code, refusal.place.value.as_deref()), (code, Some(value)), "{clause}");
    }
    let old = examined("china", json!({"on": "2025-11-17", "import": true})).expect("R2000");
    assert_eq!(old.version, "R2000");
}

#[test]
fn the_course_of_an_application() {
    let s = ("submit", "2026-03-02");
    let a = ("accept", "2026-03-02");
    let small = || price("100.00", None);
    for (clause, events, now, state, due, late, benefit) in [
        ("nothing", vec![], "2026-03-02", "draft", None, false, false),
        ("handed in", vec![s], "2026-03-02", "submitted", None, false, false),
        (
            "to be corrected",
            vec![s, ("request_correction", "2026-03-03")],
            "2026-04-01",
            "correction_requested",
            None,
            false,
            false,
        ),
        (
            "corrected before it was accepted",
            vec![s, ("request_correction", "2026-03-02"), ("correct", "2026-03-02"), a],
            "2026-03-23",
            "accepted",
            Some("2026-03-23"),
            false,
            false,
        ),
        ("due today", vec![s, a], "2026-03-23", "accepted", Some("2026-03-23"), false, false),
        ("overdue", vec![s, a], "2026-03-24", "accepted", Some("2026-03-23"), true, false),
        (
            "registered in time",
            vec![s, a, ("register", "2026-03-23")],
            "2026-12-01",
            "registered",
            Some("2026-03-23"),
            false,
            true,
        ),
        (
            "registered late",
            vec![s, a, ("register", "2026-03-24")],
            "2026-12-01",
            "registered",
            Some("2026-03-23"),
            true,
            true,
        ),
        (
            "not registered",
            vec![s, a, ("refuse", "2026-03-20")],
            "2026-12-01",
            "not_registered",
            Some("2026-03-23"),
            false,
            false,
        ),
        (
            "not accepted",
            vec![s, ("refuse", "2026-03-20")],
            "2026-12-01",
            "not_registered",
            None,
            false,
            false,
        ),
        (
            "under review",
            vec![s, a, ("review", "2026-03-04")],
            "2026-03-24",
            "expert_review",
            Some("2026-04-14"),
            false,
            false,
        ),
        (
            "changed",
            vec![
                s,
                a,
                ("register", "2026-03-20"),
                ("change", "2026-05-01"),
                ("change", "2026-05-02"),
            ],
            "2026-12-01",
            "changed",
            Some("2026-03-23"),
            false,
            true,
        ),
        (
            "cancelled",
            vec![
                s,
                a,
                ("register", "2026-03-20"),
                ("change", "2026-05-01"),
                ("cancel", "2026-05-01"),
            ],
            "2026-12-01",
            "cancelled",
            Some("2026-03-23"),
            false,
            false,
        ),
    ] {
        let found = course("shanghai", &events, small(), Some(false), now).expect(clause);
        assert_eq!(found.state.name(), state, "{clause}");
        assert_eq!((found.due, found.late), (due.map(day), late), "{clause}");
        assert_eq!(found.benefit, Some(benefit), "SHTM 20: {clause}");
        let json = found.json();
        assert_eq!((&json["state"], &json["late"]), (&json!(state), &json!(late)));
        assert_eq!(json["benefit"], benefit);
        let elsewhere = course("china", &events, small(), Some(false), now).expect(clause);
        assert_eq!(elsewhere.benefit, benefit.then_some(true), "{clause}");
    }
    let done = [s, a, ("register", "2026-03-20")];
    let found = course("china", &done, small(), Some(false), "2026-03-20").expect("registered");
    assert_eq!((found.certificate.as_deref(), found.reason), (Some("C-1"), None));
    let done = [s, a, ("refuse", "2026-03-20")];
    let found = course("china", &done, small(), Some(false), "2026-03-20").expect("refused");
    assert_eq!((found.certificate, found.reason.as_deref()), (None, Some("not technical")));
    // Disputed, or not known not to be: experts review.
    for (disputed, review) in [(Some(true), true), (None, true), (Some(false), false)] {
        let found = course("china", &[s, a], small(), disputed, "2026-03-02").expect("accepted");
        assert_eq!(found.review, review);
        assert_eq!(found.proof.find("expert_review").map(|one| one.how), Some("any"));
        assert_eq!(found.proof.first_wrong(), None);
    }
}

#[test]
fn steps_that_cannot_follow_are_refused() {
    let s = ("submit", "2026-03-02");
    let a = ("accept", "2026-03-02");
    for (clause, events, code) in [
        ("accepted before it was handed in", vec![a], "E-INPUT-01"),
        ("handed in twice", vec![s, s], "E-INPUT-01"),
        ("registered before it was accepted", vec![s, ("register", "2026-03-03")], "E-INPUT-01"),
        ("corrected unasked", vec![s, ("correct", "2026-03-03")], "E-INPUT-01"),
        (
            "accepted while to be corrected",
            vec![s, ("request_correction", "2026-03-02"), a],
            "E-INPUT-01",
        ),
        ("changed unregistered", vec![s, a, ("change", "2026-03-03")], "E-INPUT-01"),
        (
            "cancelled twice",
            vec![
                s,
                a,
                ("register", "2026-03-03"),
                ("cancel", "2026-03-03"),
                ("cancel", "2026-03-03"),
            ],
            "E-INPUT-01",
        ),
        ("reviewed unaccepted", vec![s, ("review", "2026-03-03")], "E-INPUT-01"),
        ("out of order", vec![s, ("accept", "2026-03-01")], "E-DATE-02"),
        ("in the future", vec![s, ("accept", "2027-03-01")], "E-DATE-03"),
        (
            "R2000 correction: the text was not read",
            vec![
                ("submit", "2025-11-17"),
                ("accept", "2025-11-17"),
                ("request_correction", "2025-11-18"),
                ("correct", "2025-11-19"),
            ],
            "E-RULE-02",
        ),
    ] {
        let found = course("china", &events, price("1.00", None), Some(false), "2026-12-01");
        assert_eq!(found.map_err(|r| r.code).err(), Some(code), "{clause}");
    }
    let blank = |name: &str, field: &str| {
        let mut last = event(name, "2026-03-03");
        last[field] = json!(" ");
        let events = vec![event("submit", "2026-03-02"), event("accept", "2026-03-02"), last];
        let course: Course = facts(json!({
            "events": events, "price": price("1.00", None), "disputed": false, "now": "2026-12-01",
        }));
        stand(&course, &ask(book(), "china", "2026-12-01")).map_err(|r| r.code).err()
    };
    assert_eq!(blank("register", "certificate"), Some("E-INPUT-01"));
    assert_eq!(blank("refuse", "reason"), Some("E-INPUT-01"));
    let many = course("china", &vec![s; 10_001], price("1.00", None), None, "2026-12-01");
    assert_eq!(many.map_err(|r| r.code).err(), Some("E-SIZE"));
}
