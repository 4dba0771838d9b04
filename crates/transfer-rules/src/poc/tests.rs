use super::*;
use crate::bound::testing::{book, day, law, sound as proven, take};
use proptest::prelude::*;

fn reviewer(person: &str, conflicted: Option<bool>, voted: bool) -> Value {
    json!({"person": person, "conflicted": conflicted, "voted": voted})
}

fn reviewed() -> Value {
    let panel = ["周", "吴", "郑"].map(|person| reviewer(person, Some(false), true));
    json!({"on": "2025-12-01", "what": {"kind": "reviewed", "panel": panel}})
}

fn funded(grant: &str, tranches: &[&str]) -> Value {
    json!({"on": "2026-01-05", "what": {"kind": "funded", "grant": grant, "tranches": tranches}})
}

fn event(on: &str, what: Value) -> Value {
    json!({"on": on, "what": what})
}

fn release(on: &str, tranche: u32) -> Value {
    event(on, json!({"kind": "released", "tranche": tranche}))
}

fn spend(on: &str, id: &str, amount: &str) -> Value {
    event(on, json!({"kind": "spent", "id": id, "amount": amount}))
}

fn audit(on: &str, id: &str, accepted: bool) -> Value {
    event(on, json!({"kind": "audited", "id": id, "accepted": accepted}))
}

fn gate(on: &str, gate: u32, decision: Value) -> Value {
    event(on, json!({"kind": "gate", "gate": gate, "decision": decision}))
}

fn met(on: &str, gate: u32) -> Value {
    event(on, json!({"kind": "met", "gate": gate}))
}

fn close(on: &str, ending: &str) -> Value {
    event(on, json!({"kind": "closed", "ending": ending}))
}

fn hand_over(on: &str, to: &str) -> Value {
    event(on, json!({"kind": "handed_over", "to": to}))
}

fn ask_kind(kind: &str, events: &[Value]) -> Result<Project, (&'static str, String)> {
    let facts = take(json!({"kind": kind, "applicants": ["张伟"], "events": events}));
    let found = run(&facts, &law(book(), "shanghai", "2026-03-02"), day("2027-01-01"));
    if let Ok(project) = &found {
        proven(&project.proof);
    }
    found.map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

fn ask(events: &[Value]) -> Result<Project, (&'static str, String)> {
    ask_kind("proof_of_concept", events)
}

/// Funded with 240 + 320 + 240 thousand, the first released.
fn running() -> Vec<Value> {
    vec![
        reviewed(),
        funded("800000.00", &["240000.00", "320000.00", "240000.00"]),
        release("2026-01-06", 1),
    ]
}

fn with(more: &[Value]) -> Vec<Value> {
    let mut events = running();
    events.extend_from_slice(more);
    events
}

fn yuan(text: &str) -> Fen {
    Fen::parse(text).expect("money")
}

#[test]
fn scenario_6_a_kill_returns_what_was_not_spent() {
    let mut events = with(&[
        spend("2026-03-01", "a", "200000.40"),
        gate("2026-05-15", 1, json!("pass")),
        release("2026-05-20", 2),
        spend("2026-07-01", "b", "271300.00"),
        spend("2026-08-01", "c", "10000.00"),
        audit("2026-08-02", "c", false),
        gate("2026-09-30", 2, json!("kill")),
    ]);
    let open = ask(&events).expect("a project");
    assert_eq!((open.accepted, open.refund), (None, None));
    assert_eq!(open.cancelled, Some(yuan("240000.00")));
    assert_eq!(open.proof.find("refund").map(|one| one.value.clone()), Some(Shown::Unknown));
    events.extend([audit("2026-10-08", "a", true), audit("2026-10-08", "b", true)]);
    let killed = ask(&events).expect("a project");
    assert_eq!(killed.state, State::Killed);
    assert_eq!(killed.grant, yuan("800000.00"));
    assert_eq!(killed.released, yuan("560000.00"));
    assert_eq!(killed.accepted, Some(yuan("471300.40")));
    assert_eq!(killed.refund, Some(yuan("88699.60")));
    assert_eq!(killed.cancelled, Some(yuan("240000.00")));
    assert_eq!(killed.gates_passed, 1);
    assert_eq!(killed.usual, Some(true));
    assert!(killed.negative && killed.searchable);
    let part = |key: &str| killed.proof.find(key).map(|one| (one.how, one.value.text()));
    assert_eq!(part("refund"), Some(("difference", "88699.60".to_string())));
    assert_eq!(part("cancelled"), Some(("difference", "240000.00".to_string())));
    assert_eq!(part("released"), Some(("sum", "560000.00".to_string())));
    assert_eq!(part("killed_on"), Some(("fact", "2026-09-30".to_string())));
    assert_eq!(part("panel"), Some(("count", "3".to_string())));
    let mut json = killed.json();
    json.as_object_mut().expect("object").remove("proof");
    let told = json!({
        "state": "killed", "grant": "800000.00", "released": "560000.00", "accepted": "471300.40",
        "refund": "88699.60", "cancelled": "240000.00", "gates_passed": 1, "negative": true,
        "searchable": true, "usual": true,
    });
    assert_eq!(json, told);
    for what in [
        release("2026-10-09", 3),
        gate("2026-10-09", 2, json!("pass")),
        close("2026-10-09", "success"),
    ] {
        let mut more = events.clone();
        more.push(what);
        assert_eq!(ask(&more).map_err(|(code, _)| code).err(), Some("E-POC-01"));
    }
    let mut more = events.clone();
    more.push(spend("2026-10-09", "d", "1.00"));
    assert_eq!(ask(&more).err(), Some(("E-POC-02", "events[13]".to_string())));
    events.extend([close("2026-10-10", "negative_result"), hand_over("2026-10-11", "archive")]);
    let archived = ask(&events).expect("a project");
    assert_eq!(
        (archived.state, archived.negative, archived.searchable),
        (State::HandedOver, true, true)
    );
    assert_eq!(archived.refund, Some(yuan("88699.60")));
}

#[test]
fn a_project_runs_to_success() {
    let mut events = with(&[
        gate("2026-02-01", 1, json!("pass")),
        release("2026-02-02", 2),
        gate("2026-03-01", 2, json!({"conditional": "2026-03-20"})),
    ]);
    let waiting = ask(&events).expect("a project");
    assert_eq!((waiting.state, waiting.gates_passed), (State::Waiting, 1));
    assert_eq!((waiting.refund, waiting.cancelled), (None, None));
    assert!(!waiting.negative && !waiting.searchable);
    events.extend([
        spend("2026-03-10", "a", "560000.00"),
        met("2026-03-20", 2),
        release("2026-03-21", 3),
        gate("2026-06-01", 3, json!("pass")),
        audit("2026-06-02", "a", true),
        close("2026-06-03", "success"),
    ]);
    let closed = ask(&events).expect("a project");
    assert_eq!((closed.state, closed.gates_passed), (State::Closed, 3));
    assert_eq!((closed.refund, closed.cancelled), (Some(yuan("240000.00")), Some(Fen::ZERO)));
    assert!(!closed.negative && closed.searchable);
    for to in ["incubation", "licence", "archive"] {
        let mut more = events.clone();
        more.push(hand_over("2026-06-04", to));
        assert_eq!(ask(&more).map(|one| one.state), Ok(State::HandedOver), "{to}");
    }
    let names = [
        State::Applied,
        State::Reviewed,
        State::Funded,
        State::Waiting,
        State::Killed,
        State::Closed,
        State::HandedOver,
    ]
    .map(State::name);
    assert_eq!(
        names,
        ["applied", "reviewed", "funded", "waiting", "killed", "closed", "handed_over"]
    );
}

#[test]
fn a_negative_result_may_come_without_a_kill() {
    let events = with(&[close("2026-02-01", "negative_result")]);
    let closed = ask(&events).expect("a project");
    assert!(closed.negative && closed.searchable);
    assert_eq!(closed.refund, Some(yuan("240000.00")));
    assert_eq!(closed.cancelled, Some(yuan("560000.00")));
    let waiting = with(&[
        gate("2026-02-01", 1, json!({"conditional": "2026-03-20"})),
        close("2026-02-02", "negative_result"),
    ]);
    assert!(ask(&waiting).is_ok());
}

#[test]
fn steps_before_their_time_are_refused() {
    let early = |events: Vec<Value>| {
        let number = events.len();
        (events, "E-POC-01", number)
    };
    let spent = |events: Vec<Value>| {
        let number = events.len();
        (events, "E-POC-02", number)
    };
    let passed = gate("2026-02-01", 1, json!("pass"));
    let waiting = gate("2026-02-01", 1, json!({"conditional": "2026-03-20"}));
    let cases = [
        ("release before gate 1", early(with(&[release("2026-02-01", 2)]))),
        (
            "release before gate 2",
            early(with(&[passed.clone(), release("2026-02-01", 2), release("2026-02-02", 3)])),
        ),
        ("release out of turn", early(with(&[passed.clone(), release("2026-02-01", 3)]))),
        ("release twice", early(with(&[release("2026-02-01", 1)]))),
        ("tranche nought", early(with(&[release("2026-02-01", 0)]))),
        (
            "tranche past the last",
            early(with(&[
                passed.clone(),
                release("2026-02-01", 2),
                gate("2026-02-02", 2, json!("pass")),
                release("2026-02-03", 3),
                gate("2026-02-04", 3, json!("pass")),
                release("2026-02-05", 4),
            ])),
        ),
        ("release before funding", early(vec![reviewed(), release("2026-01-06", 1)])),
        (
            "release while a condition is open",
            early(with(&[waiting.clone(), release("2026-02-02", 2)])),
        ),
        ("condition met late", early(with(&[waiting.clone(), met("2026-03-21", 1)]))),
        ("condition of another gate", early(with(&[waiting.clone(), met("2026-03-20", 2)]))),
        ("no condition", early(with(&[met("2026-03-20", 1)]))),
        (
            "condition met twice",
            early(with(&[waiting.clone(), met("2026-03-19", 1), met("2026-03-19", 2)])),
        ),
        ("gate out of turn", early(with(&[gate("2026-02-01", 2, json!("pass"))]))),
        ("gate twice", early(with(&[passed.clone(), passed.clone()]))),
        (
            "gate while a condition is open",
            early(with(&[waiting.clone(), gate("2026-02-02", 1, json!("pass"))])),
        ),
        (
            "gate past the last",
            early(with(&[
                passed.clone(),
                gate("2026-02-01", 2, json!("pass")),
                gate("2026-02-01", 3, json!("pass")),
                gate("2026-02-01", 4, json!("pass")),
            ])),
        ),
        ("gate before funding", early(vec![reviewed(), gate("2026-01-06", 1, json!("pass"))])),
        ("review twice", early(with(&[event("2026-02-01", reviewed()["what"].clone())]))),
        ("funding before review", early(vec![funded("1.00", &["1.00"])])),
        (
            "funding twice",
            early(with(&[event("2026-02-01", funded("1.00", &["1.00"])["what"].clone())])),
        ),
        (
            "success before every gate",
            early(with(&[
                passed.clone(),
                gate("2026-02-01", 2, json!("pass")),
                close("2026-02-01", "success"),
            ])),
        ),
        ("close before funding", early(vec![reviewed(), close("2026-02-01", "negative_result")])),
        ("hand over before close", early(with(&[hand_over("2026-02-01", "archive")]))),
        (
            "negative into a licence",
            early(with(&[
                close("2026-02-01", "negative_result"),
                hand_over("2026-02-02", "licence"),
            ])),
        ),
        ("spent a fen too much", spent(with(&[spend("2026-02-01", "a", "240000.01")]))),
        (
            "spent a fen too much in two",
            spent(with(&[spend("2026-02-01", "a", "0.01"), spend("2026-02-01", "b", "240000.00")])),
        ),
        ("spent before funding", spent(vec![reviewed(), spend("2026-02-01", "a", "0.01")])),
        (
            "spent after the close",
            spent(with(&[
                close("2026-02-01", "negative_result"),
                spend("2026-02-01", "a", "0.01"),
            ])),
        ),
        ("tranches sum to less", spent(vec![reviewed(), funded("800000.00", &["799999.99"])])),
        (
            "tranches sum to more",
            spent(vec![reviewed(), funded("800000.00", &["800000.00", "0.01"])]),
        ),
        ("no tranche", spent(vec![reviewed(), funded("800000.00", &[])])),
    ];
    for (clause, (events, code, number)) in cases {
        assert_eq!(
            ask(&events).err(),
            Some((code, format!("events[{number}]"))),
            "SHKH17 {clause}"
        );
    }
}

#[test]
fn what_just_fits_is_taken() {
    for (clause, events) in [
        ("all of it spent", with(&[spend("2026-02-01", "a", "240000.00")])),
        (
            "a refused expense is free again",
            with(&[
                spend("2026-02-01", "a", "240000.00"),
                audit("2026-02-02", "a", false),
                spend("2026-02-03", "b", "240000.00"),
            ]),
        ),
        (
            "condition met on its last day",
            with(&[
                gate("2026-02-01", 1, json!({"conditional": "2026-03-20"})),
                met("2026-03-20", 1),
                release("2026-03-20", 2),
            ]),
        ),
        (
            "deadline on the day of the gate",
            with(&[gate("2026-02-01", 1, json!({"conditional": "2026-02-01"}))]),
        ),
        ("one tranche", vec![reviewed(), funded("0.01", &["0.01"])]),
        ("nothing yet", vec![]),
    ] {
        assert!(ask(&events).is_ok(), "{clause}");
    }
    let nothing = ask(&[]).expect("applied");
    assert_eq!((nothing.state, nothing.usual, nothing.grant), (State::Applied, None, Fen::ZERO));
    assert_eq!(
        (nothing.accepted, nothing.refund, nothing.cancelled),
        (Some(Fen::ZERO), None, None)
    );
    let reviewed = ask(&[reviewed()]).expect("reviewed");
    assert_eq!((reviewed.state, reviewed.usual), (State::Reviewed, None));
}

#[test]
fn a_panel_is_three_without_conflicts() {
    let review = |panel: Value| {
        let what = json!({"on": "2025-12-01", "what": {"kind": "reviewed", "panel": panel}});
        ask(&[what]).map(|one| one.state).map_err(|(code, _)| code)
    };
    let fine = |person: &str| reviewer(person, Some(false), true);
    for (clause, panel, good) in [
        ("three", json!([fine("a"), fine("b"), fine("c")]), true),
        ("two", json!([fine("a"), fine("b")]), false),
        ("one twice", json!([fine("a"), fine("b"), fine("b")]), false),
        ("third absent", json!([fine("a"), fine("b"), reviewer("c", Some(false), false)]), false),
        (
            "conflicted voted",
            json!([fine("a"), fine("b"), fine("c"), reviewer("d", Some(true), true)]),
            false,
        ),
        (
            "conflicted stayed out",
            json!([fine("a"), fine("b"), fine("c"), reviewer("d", Some(true), false)]),
            true,
        ),
        (
            "not declared, voted",
            json!([fine("a"), fine("b"), fine("c"), reviewer("d", None, true)]),
            false,
        ),
        ("applicant voted", json!([fine("a"), fine("b"), fine("c"), fine("张伟")]), false),
        (
            "applicant stayed out",
            json!([fine("a"), fine("b"), fine("c"), reviewer("张伟", Some(false), false)]),
            true,
        ),
    ] {
        let expected = if good { Ok(State::Reviewed) } else { Err("E-POC-03") };
        assert_eq!(review(panel), expected, "panel: {clause}");
    }
    let facts = |panel: Value| {
        take(
            json!({"kind": "pilot", "applicants": ["张伟"], "events": [{"on": "2025-12-01", "what": {"kind": "reviewed", "panel": panel}}]}),
        )
    };
    let said = |panel: Value| {
        run(&facts(panel), &law(book(), "china", "2026-03-02"), day("2027-01-01"))
            .expect_err("refused")
            .message
            .en
    };
    assert!(said(json!([reviewer("d", None, true)])).contains("not declared"));
    assert!(said(json!([reviewer("d", Some(true), true)])).contains("has a conflict"));
    assert!(said(json!([reviewer("张伟", None, true)])).contains("applicant"));
}

#[test]
fn what_is_entered_wrong_is_refused() {
    for (clause, events, code) in [
        ("out of order", with(&[spend("2026-01-05", "a", "1.00")]), "E-DATE-02"),
        ("future", with(&[spend("2027-01-02", "a", "1.00")]), "E-DATE-03"),
        (
            "deadline before its gate",
            with(&[gate("2026-02-01", 1, json!({"conditional": "2026-01-31"}))]),
            "E-DATE-02",
        ),
        ("nothing spent", with(&[spend("2026-02-01", "a", "0.00")]), "E-MONEY-02"),
        ("less than nothing", with(&[spend("2026-02-01", "a", "-1.00")]), "E-MONEY-02"),
        ("empty tranche", vec![reviewed(), funded("1.00", &["1.00", "0.00"])], "E-MONEY-02"),
        ("negative grant", vec![reviewed(), funded("-1.00", &["-1.00"])], "E-MONEY-02"),
        (
            "the same expense twice",
            with(&[spend("2026-02-01", "a", "1.00"), spend("2026-02-01", "a", "1.00")]),
            "E-INPUT-02",
        ),
        ("audit of nothing", with(&[audit("2026-02-01", "a", true)]), "E-INPUT-02"),
        (
            "audit twice",
            with(&[
                spend("2026-02-01", "a", "1.00"),
                audit("2026-02-01", "a", true),
                audit("2026-02-01", "a", false),
            ]),
            "E-INPUT-02",
        ),
        (
            "too much money",
            vec![reviewed(), funded("1.00", &["10000000000000.00", "10000000000000.00"])],
            "E-MONEY-04",
        ),
    ] {
        assert_eq!(ask(&events).map_err(|(code, _)| code).err(), Some(code), "{clause}");
    }
    assert!(ask(&with(&[spend("2027-01-01", "a", "1.00")])).is_ok());
    let many = vec![reviewed(); 10_001];
    assert_eq!(ask(&many).map_err(|(code, _)| code).err(), Some("E-SIZE"));
}

#[test]
fn usual_amounts_are_only_said() {
    for (kind, grant, usual) in [
        ("proof_of_concept", "499999.99", false),
        ("proof_of_concept", "500000.00", true),
        ("proof_of_concept", "2000000.00", true),
        ("proof_of_concept", "2000000.01", false),
        ("pilot", "4999999.99", false),
        ("pilot", "5000000.00", true),
        ("pilot", "20000000.00", true),
        ("pilot", "20000000.01", false),
    ] {
        let found = ask_kind(kind, &[reviewed(), funded(grant, &[grant])]).expect("funded");
        assert_eq!((found.state, found.usual), (State::Funded, Some(usual)), "{kind} {grant}");
    }
}

proptest! {
    #[test]
    fn money_is_never_more_than_it_was(
        tranches in prop::collection::vec(1i64..1_000_000, 1..5),
        steps in prop::collection::vec((0u8..7, 1u32..5, 1i64..900_000, any::<bool>()), 0..25),
    ) {
        let fen = |number: i64| Fen::new(number).expect("fen").to_string();
        let grant: i64 = tranches.iter().sum();
        let texts: Vec<String> = tranches.iter().map(|one| fen(*one)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut events = vec![reviewed(), funded(&fen(grant), &texts)];
        for (at, (kind, number, amount, truth)) in steps.iter().enumerate() {
            let on = "2026-06-01";
            let id = format!("e{at}");
            let next = match kind {
                0 => release(on, *number),
                1 => spend(on, &id, &fen(*amount)),
                2 => audit(on, &format!("e{}", at.saturating_sub(1)), *truth),
                3 => gate(on, *number, json!("pass")),
                4 => gate(on, *number, json!({"conditional": on})),
                5 => met(on, *number),
                _ if *number == 4 => gate(on, 1, json!("kill")),
                _ => release(on, 1),
            };
            events.push(next);
            // A step that is refused leaves everything as it was.
            match ask(&events) {
                Err(_) => { events.pop(); }
                Ok(project) => {
                    prop_assert!(project.released <= project.grant);
                    let gates = project.gates_passed as usize;
                    let most: i64 = tranches.iter().take(gates + 1).sum();
                    prop_assert!(project.released.fen() <= most);
                    if let Some(accepted) = project.accepted {
                        prop_assert!(accepted <= project.released);
                    }
                    if let (Some(refund), Some(accepted), Some(cancelled)) =
                        (project.refund, project.accepted, project.cancelled)
                    {
                        let all = Fen::sum([refund, accepted, cancelled]);
                        prop_assert_eq!(all, Some(project.grant));
                    }
                }
            }
        }
    }
}
