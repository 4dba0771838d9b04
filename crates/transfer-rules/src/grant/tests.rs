use super::*;
use crate::clock::tests::{ask, book, day, facts};

fn request() -> Value {
    json!({
        "event": "request", "on": "2026-10-16", "representative": "Wang", "in_writing": true,
        "split": {"Wang": "60%", "Li": "40%"}, "plan": "found a company",
    })
}

fn check() -> Value {
    json!({
        "event": "check", "on": "2026-10-20", "findings": {
            "national_security": false, "secrecy": false, "public_interest": false,
            "unclear_title": false, "third_party_rights": false,
        },
    })
}

fn decide(approved: bool) -> Value {
    json!({"event": "decide", "on": "2026-10-21", "approved": approved})
}

fn publish() -> Value {
    json!({"event": "publish", "on": "2026-10-22"})
}

fn sign(on: &str) -> Value {
    json!({
        "event": "sign", "on": on, "agreement": {
            "decision_mechanism": "two thirds", "cost_split": "by share", "upkeep": "the team",
            "income_split": "by share",
        },
    })
}

fn later(event: &str, on: &str) -> Value {
    match event {
        "record" => json!({"event": event, "on": on, "entry": "R-1"}),
        "terminate" => json!({"event": event, "on": on, "reason": "given up"}),
        _ => json!({"event": event, "on": on}),
    }
}

fn extend(to: &str) -> Value {
    json!({"event": "extend", "on": "2026-11-25", "to": to})
}

/// The steps up to and with so many.
fn chain(count: usize) -> Vec<Value> {
    let all = [
        request(),
        check(),
        decide(true),
        publish(),
        sign("2026-11-07"),
        later("record", "2026-11-20"),
        later("perform", "2026-11-21"),
    ];
    all.into_iter().take(count).collect()
}

fn ownership(team: &str, unit: &str) -> Value {
    json!({"form": "ownership", "team": team, "unit": unit, "from": "2026-11-07"})
}

fn use_right(to: &str) -> Value {
    json!({"form": "use", "from": "2026-11-07", "to": to})
}

fn stood(
    place: &str,
    grant: Value,
    filed: Option<&str>,
    others: Value,
    events: &[Value],
) -> Result<Standing, Refusal> {
    let patent = filed.map(|filed| json!({"kind": "invention", "filed": filed}));
    let asked: Grant = facts(json!({
        "right": "P", "grant": grant, "patent": patent, "others": others, "events": events,
        "now": "2026-12-01",
    }));
    stand(&asked, &ask(book(), place, "2026-12-01"))
}

fn code(found: Result<Standing, Refusal>) -> Option<&'static str> {
    found.map_err(|refusal| refusal.code).err()
}

#[test]
fn scenario_4_a_grant_after_inaction() {
    let found =
        stood("shanghai", ownership("70%", "30%"), Some("2024-05-01"), json!([]), &chain(7));
    let found = found.expect("admitted");
    assert_eq!(found.state, State::Performing);
    assert_eq!(found.team, Some(Ratio::percent(70)));
    // 15 days after Thursday 22 October: Friday 6 November.
    assert_eq!(found.notice_last, Some(day("2026-11-06")));
    assert_eq!(found.earliest_signing, Some(day("2026-11-07")));
    assert_eq!((found.to, found.reward_too), (None, Some(false)));
    assert_eq!(found.proof.first_wrong(), None);
    let cite = found.proof.cite.as_ref().expect("cited");
    assert_eq!(cite.article, "SH24 13");
    let json = found.json();
    assert_eq!((&json["state"], &json["team"]), (&json!("performing"), &json!("70%")));
    assert_eq!(
        (&json["notice_last"], &json["earliest_signing"]),
        (&json!("2026-11-06"), &json!("2026-11-07"))
    );
    assert_eq!((&json["to"], &json["reward_too"]), (&Value::Null, &json!(false)));
    // Ten years from 2026-11-07; a patent filed on 2015-05-07 has eight and a half years left.
    for (clause, to, filed, refused) in [
        ("GK128 eight years", "2034-11-07", Some("2024-05-01"), Some("E-GRANT-01")),
        ("GK128 a day short", "2036-11-06", Some("2024-05-01"), Some("E-GRANT-01")),
        ("GK128 ten years", "2036-11-07", Some("2024-05-01"), None),
        ("I5 eight and a half left", "2036-11-07", Some("2015-05-07"), Some("E-LIC-02")),
        ("I5 to the end", "2036-11-07", Some("2016-11-07"), None),
        ("I5 a day past it", "2036-11-07", Some("2016-11-06"), Some("E-LIC-02")),
        ("no patent", "2046-11-07", None, None),
    ] {
        let found = stood("shanghai", use_right(to), filed, json!([]), &chain(4));
        if let Ok(found) = &found {
            assert_eq!((found.to, found.team), (Some(day(to)), None));
            assert_eq!(found.json()["to"], to);
        }
        assert_eq!(code(found), refused, "{clause}");
    }
    let refusal = stood("shanghai", use_right("2034-11-07"), None, json!([]), &[]);
    let refusal = refusal.expect_err("too short");
    assert!(refusal.message.en.ends_with("to 2036-11-07"));
    assert_eq!(refusal.place.value.as_deref(), Some("2034-11-07"));
}

#[test]
fn the_course_of_a_grant() {
    let with = |count: usize, more: Vec<Value>| {
        let mut events = chain(count);
        events.extend(more);
        events
    };
    for (clause, events, state) in [
        ("B7 nothing", chain(0), "draft"),
        ("B7 requested", chain(1), "requested"),
        ("B7 checked", chain(2), "checked"),
        ("B7 decided", chain(3), "decided"),
        ("B7 rejected", with(2, vec![decide(false)]), "rejected"),
        ("B7 public", chain(4), "public"),
        ("B7 signed", chain(5), "signed"),
        ("B7 recorded", chain(6), "recorded"),
        ("B7 performing", chain(7), "performing"),
        ("B7 extended", with(7, vec![extend("2040-01-01")]), "extended"),
        (
            "B7 extended twice",
            with(7, vec![extend("2040-01-01"), extend("2041-01-01")]),
            "extended",
        ),
        ("B7 terminated", with(7, vec![later("terminate", "2026-11-30")]), "terminated"),
        (
            "B7 terminated once signed",
            with(5, vec![later("terminate", "2026-11-30")]),
            "terminated",
        ),
    ] {
        let found = stood("china", use_right("2036-11-07"), Some("2024-05-01"), json!([]), &events);
        let found = found.expect(clause);
        assert_eq!(found.state.name(), state, "{clause}");
        assert_eq!(found.json()["state"], state);
        assert_eq!(found.proof.first_wrong(), None, "{clause}");
        assert_eq!(found.reward_too.is_some(), found.proof.find("reward_too").is_some());
    }
    let events = with(7, vec![extend("2040-01-01")]);
    let found = stood("china", use_right("2036-11-07"), Some("2024-05-01"), json!([]), &events);
    assert_eq!(found.expect("extended").to, Some(day("2040-01-01")));
    for (clause, events, refused) in [
        ("B7 not in this order", vec![check()], "E-INPUT-01"),
        ("B7 requested twice", with(1, vec![request()]), "E-INPUT-01"),
        ("B7 published undecided", with(2, vec![publish()]), "E-INPUT-01"),
        ("B7 published though rejected", with(2, vec![decide(false), publish()]), "E-INPUT-01"),
        ("B7 signed on the last day", with(4, vec![sign("2026-11-06")]), "E-PRICE-01"),
        ("B7 signed unpublished", with(3, vec![sign("2026-11-07")]), "E-INPUT-01"),
        ("B7 performed unrecorded", with(5, vec![later("perform", "2026-11-20")]), "E-INPUT-01"),
        ("B7 extended to the same day", with(7, vec![extend("2036-11-07")]), "E-INPUT-01"),
        ("B7 extended before it is performed", with(6, vec![extend("2040-01-01")]), "E-INPUT-01"),
        ("I5 extended past the patent", with(7, vec![extend("2044-05-02")]), "E-LIC-02"),
        ("B7 terminated unsigned", with(4, vec![later("terminate", "2026-11-30")]), "E-INPUT-01"),
        (
            "B7 terminated twice",
            with(7, vec![later("terminate", "2026-11-30"), later("terminate", "2026-11-30")]),
            "E-INPUT-01",
        ),
        ("in the future", with(6, vec![later("perform", "2026-12-02")]), "E-DATE-03"),
        ("too many", vec![request(); 10_001], "E-SIZE"),
    ] {
        let found = stood("china", use_right("2036-11-07"), Some("2024-05-01"), json!([]), &events);
        assert_eq!(code(found), Some(refused), "{clause}");
    }
    let early = with(4, vec![sign("2026-11-06")]);
    let early =
        stood("china", use_right("2036-11-07"), None, json!([]), &early).expect_err("early");
    assert!(early.message.en.ends_with("from 2026-11-07"));
    assert!(early.message.zh.contains("2026-11-07"));
    assert_eq!(early.place.value.as_deref(), Some("2026-11-06"));
    let to_the_end = with(7, vec![extend("2044-05-01")]);
    let found = stood("china", use_right("2036-11-07"), Some("2024-05-01"), json!([]), &to_the_end);
    assert_eq!(code(found), None);
    // Ownership has no end that could be moved.
    let found = stood(
        "china",
        ownership("70%", "30%"),
        None,
        json!([]),
        &with(7, vec![extend("2044-05-01")]),
    );
    assert_eq!(code(found), Some("E-INPUT-01"));
}

#[test]
fn requests_and_agreements_say_enough() {
    let ask = |events: &[Value]| {
        code(stood("shanghai", ownership("70%", "30%"), None, json!([]), events))
    };
    for (field, value, refused) in [
        ("representative", json!(" "), "E-INPUT-01"),
        ("plan", json!(""), "E-INPUT-01"),
        ("in_writing", json!(false), "E-INPUT-01"),
        ("split", json!({"Wang": "60%"}), "E-SHARE-01"),
        ("split", json!({"Wang": "110%", "Li": "-10%"}), "E-SHARE-02"),
        ("split", json!({}), "E-SHARE-01"),
    ] {
        let mut asked = request();
        asked[field] = value;
        assert_eq!(ask(&[asked]), Some(refused), "{field}");
    }
    for field in ["decision_mechanism", "cost_split", "upkeep", "income_split"] {
        let mut events = chain(5);
        events[4]["agreement"][field] = json!(" ");
        let refusal = stood("shanghai", ownership("70%", "30%"), None, json!([]), &events);
        let refusal = refusal.expect_err(field);
        assert_eq!((refusal.code, refusal.rule.as_str()), ("E-CON-01", "SH24 13"));
        assert_eq!(refusal.place.value.as_deref(), Some(field));
    }
    for (blank, event) in
        [("entry", later("record", "2026-11-20")), ("reason", later("terminate", "2026-11-20"))]
    {
        let mut events = chain(5);
        events.push(event);
        events[5][blank] = json!(" ");
        assert_eq!(ask(&events), Some("E-INPUT-01"), "{blank}");
    }
    // ZJ 37(3): the reward too, only when agreed.
    for (agreed, expected) in [(false, false), (true, true)] {
        let mut events = chain(5);
        events[4]["agreement"]["reward_too"] = json!(agreed);
        let found = stood("zhejiang", ownership("70%", "30%"), None, json!([]), &events);
        let found = found.expect("signed");
        assert_eq!(found.reward_too, Some(expected));
        let cite = found.proof.find("reward_too").and_then(|one| one.cite.clone());
        assert_eq!(cite.map(|cite| cite.article.clone()).as_deref(), Some("ZJ 37(3)"));
    }
}

#[test]
fn the_negative_list_and_other_grants() {
    for item in
        ["national_security", "secrecy", "public_interest", "unclear_title", "third_party_rights"]
    {
        for (value, words) in [(json!(true), "it stands on"), (Value::Null, "it is not known")] {
            let mut events = chain(2);
            events[1]["findings"][item] = value;
            let refusal = stood("china", ownership("70%", "30%"), None, json!([]), &events);
            let refusal = refusal.expect_err(item);
            assert_eq!((refusal.code, refusal.place.value.as_deref()), ("E-GRANT-02", Some(item)));
            assert!(refusal.message.en.starts_with(words), "{}", refusal.message.en);
        }
    }
    let other = |right: &str, from: &str, to: Option<&str>| json!([{"id": "G0", "right": right, "from": from, "to": to}]);
    for (clause, grant, others, refused) in [
        ("B7 live", use_right("2036-11-07"), other("P", "2020-01-01", None), true),
        ("B7 of another right", use_right("2036-11-07"), other("Q", "2020-01-01", None), false),
        (
            "B7 ends as it starts",
            use_right("2036-11-07"),
            other("P", "2020-01-01", Some("2026-11-07")),
            false,
        ),
        (
            "B7 ends a day later",
            use_right("2036-11-07"),
            other(" P ", "2020-01-01", Some("2026-11-08")),
            true,
        ),
        ("B7 starts as it ends", use_right("2036-11-07"), other("P", "2036-11-07", None), false),
        ("B7 starts a day earlier", use_right("2036-11-07"), other("P", "2036-11-06", None), true),
        ("B7 ownership has no end", ownership("70%", "30%"), other("P", "2099-01-01", None), true),
    ] {
        let found = stood("china", grant, None, others, &[]);
        assert_eq!(code(found), refused.then_some("E-GRANT-03"), "{clause}");
    }
    let many = json!(vec![json!({"id": "G", "right": "Q", "from": "2020-01-01"}); 10_001]);
    assert_eq!(code(stood("china", use_right("2036-11-07"), None, many, &[])), Some("E-SIZE"));
}

#[test]
fn ownership_shares() {
    for (clause, team, unit, filed, refused) in [
        ("SH24 13 whole", "100%", "0%", None, None),
        ("SH24 13 part", "1%", "99%", None, None),
        ("SH24 13 nothing", "0%", "100%", None, Some("E-SHARE-02")),
        ("I1 short", "70%", "29%", None, Some("E-SHARE-01")),
        ("I1 below nothing", "-1%", "101%", None, Some("E-SHARE-02")),
        ("I5 the last day of the patent", "70%", "30%", Some("2006-11-08"), None),
        ("I5 a patent that has ended", "70%", "30%", Some("2006-11-07"), Some("E-LIC-02")),
    ] {
        let found = stood("beijing", ownership(team, unit), filed, json!([]), &[]);
        if let Ok(found) = &found {
            assert_eq!(
                found.proof.find("team_share").map(|one| one.value.text()).as_deref(),
                Some(team)
            );
            assert_eq!(found.proof.cite.as_ref().map(|cite| cite.article.as_str()), Some("BJ 9"));
        }
        assert_eq!(code(found), refused, "{clause}");
    }
}
