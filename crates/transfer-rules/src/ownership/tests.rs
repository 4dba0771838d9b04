use super::*;
use crate::clock::tests::{ask, book, day, facts};
use proptest::prelude::*;

#[test]
fn whose_a_result_is() {
    let law = ask(book(), "shanghai", "2026-03-02");
    let no_use = json!({"mainly_used": false});
    let with = |more: Value| {
        let mut value = no_use.clone();
        for (key, new) in more.as_object().expect("an object") {
            value[key] = new.clone();
        }
        value
    };
    let left = |made: Option<&str>, related: Option<bool>| {
        with(json!({"task": false, "left": "2025-03-02", "made": made, "related_to_post": related}))
    };
    for (clause, work, service, article) in [
        ("TL 2 task", with(json!({"task": true})), Some(true), "TL 2; CC 847"),
        ("TL 2 no task, no use", with(json!({"task": false})), Some(false), "SPC 4"),
        ("TL 2 task not known", no_use.clone(), None, "TL 2; CC 847"),
        (
            "CC 847 mainly used",
            json!({"task": false, "mainly_used": true, "paid_for": false, "verification_only": false}),
            Some(true),
            "SPC 4",
        ),
        (
            "SPC 4 paid for",
            json!({"task": false, "mainly_used": true, "paid_for": true}),
            Some(false),
            "SPC 4",
        ),
        (
            "SPC 4 verification only",
            json!({"task": false, "mainly_used": true, "paid_for": false, "verification_only": true}),
            Some(false),
            "SPC 4",
        ),
        (
            "SPC 4 verification not known",
            json!({"task": false, "mainly_used": true, "paid_for": false}),
            None,
            "SPC 4",
        ),
        (
            "SPC 4 use not known",
            json!({"task": false, "paid_for": false, "verification_only": false}),
            None,
            "SPC 4",
        ),
        (
            "used, whatever the task",
            json!({"mainly_used": true, "paid_for": false, "verification_only": false}),
            Some(true),
            "SPC 4",
        ),
        (
            "SPC 2 on the anniversary",
            left(Some("2026-03-02"), Some(true)),
            Some(true),
            "SPC 2; PR 13",
        ),
        ("SPC 2 the day after", left(Some("2026-03-03"), Some(true)), Some(false), "SPC 4"),
        (
            "SPC 2 on the day of leaving",
            left(Some("2025-03-02"), Some(true)),
            Some(true),
            "SPC 2; PR 13",
        ),
        ("SPC 2 made before leaving", left(Some("2025-03-01"), Some(true)), Some(false), "SPC 4"),
        ("SPC 2 unrelated", left(Some("2025-06-01"), Some(false)), Some(false), "SPC 4"),
        ("SPC 2 relation not known", left(Some("2025-06-01"), None), None, "SPC 2; PR 13"),
        ("SPC 2 day not known", left(None, Some(true)), None, "SPC 2; PR 13"),
        ("nothing known", json!({}), None, "TL 2; CC 847"),
    ] {
        let asked: Work = facts(work.clone());
        let found = determine(&asked, &law).expect(clause);
        assert_eq!(found.service, service, "{clause}");
        assert_eq!(found.article, article, "{clause}");
        let until = work.get("left").map(|_| day("2026-03-02"));
        assert_eq!(found.until, until, "{clause}");
        assert_eq!(found.proof.first_wrong(), None);
        assert_eq!(found.json()["service"], json!(service));
        assert_eq!(found.json()["article"], article);
        assert_eq!(found.json()["until"], json!(until.map(|day| day.to_string())));
        let shown = match service {
            Some(true) => "service",
            Some(false) => "own",
            None => "unknown",
        };
        assert_eq!(found.proof.value.text(), shown);
    }
}

#[test]
fn who_is_a_completer() {
    let law = ask(book(), "china", "2026-03-02");
    for (clause, creative, roles, expected) in [
        ("SPC 6 creative", Some(true), vec!["funding"], Some(true)),
        ("SPC 6 not creative", Some(false), vec![], Some(false)),
        ("PR 14 funds", None, vec!["funding"], Some(false)),
        ("PR 14 organizes", None, vec!["organising"], Some(false)),
        ("SPC 6 draws and translates", None, vec!["drawing", "translating"], Some(false)),
        ("nothing known", None, vec![], None),
        ("SPC 6 something else too", None, vec!["funding", "other"], None),
    ] {
        let asked: Contributor = facts(json!({"creative": creative, "roles": roles}));
        let found = completer(&asked, &law).expect(clause);
        assert_eq!(found.completer, expected, "{clause}");
        assert_eq!(found.json()["completer"], json!(expected));
        let shown =
            expected.map_or("unknown", |yes| if yes { "completer" } else { "no_completer" });
        assert_eq!(found.proof.value.text(), shown);
        assert_eq!(found.proof.parts.len(), roles.len() + 2);
    }
    let many: Contributor = facts(json!({"roles": vec!["funding"; 10_001]}));
    assert_eq!(completer(&many, &law).map_err(|r| r.code).err(), Some("E-SIZE"));
}

#[test]
fn two_employers() {
    let law = ask(book(), "china", "2026-03-02");
    let ask = |agreed: Value, contributed: Value| {
        let asked: Employers = facts(json!({"agreed": agreed, "contributed": contributed}));
        employers(&asked, &law)
    };
    let half = || json!({"old": "50%", "new": "50%"});
    let third = || json!({"old": "1/3", "new": "2/3"});
    for (clause, agreed, contributed, by, old) in [
        ("SPC 5 agreement first", half(), third(), "agreement", Some("50%")),
        ("SPC 5 contribution", Value::Null, third(), "contribution", Some("1/3")),
        ("SPC 5 neither", Value::Null, Value::Null, "unknown", None),
    ] {
        let found = ask(agreed, contributed).expect(clause);
        assert_eq!(found.by, by, "{clause}");
        let share = found.shares.as_ref().and_then(|shares| shares.get("old"));
        assert_eq!(share.map(|share| share.to_string()).as_deref(), old, "{clause}");
        assert_eq!(found.json()["by"], by);
        assert_eq!(found.json()["shares"]["old"], json!(old));
    }
    let code = |found: Result<Shared, Refusal>| found.map_err(|r| r.code).err();
    assert_eq!(code(ask(json!({"old": "50%"}), Value::Null)), Some("E-SHARE-01"));
    assert_eq!(code(ask(json!({"old": "-10%", "new": "110%"}), Value::Null)), Some("E-SHARE-02"));
}

fn disposal(change: Value) -> Result<Disposed, Refusal> {
    let mut value = json!({
        "right": "patent", "seller": "Institute", "buyer": "Bright Ltd", "act": "assign",
        "holdings": [
            {"party": "Institute", "share": "70%", "from": "2023-03-01"},
            {"party": "Works", "share": "30%", "from": "2023-03-01"},
        ],
        "on": "2026-03-18", "consents": [{"party": "Works", "on": "2026-03-18"}],
        "service": true, "completers": ["Wang"],
        "notices": [{"completer": "Wang", "on": "2026-03-02", "answer": "waived"}],
    });
    for (key, new) in change.as_object().expect("an object") {
        value[key] = new.clone();
    }
    let asked: Disposal = facts(value);
    dispose(&asked, &ask(book(), "shanghai", "2026-03-18"))
}

#[test]
fn who_may_dispose_of_a_right() {
    let found = disposal(json!({})).expect("disposed");
    assert_eq!(
        (found.share, found.consented.clone()),
        (Ratio::percent(70), vec!["Works".to_string()])
    );
    assert_eq!(found.json()["share"], "70%");
    assert_eq!(found.json()["consented"], json!(["Works"]));
    assert!(found.proof.find("first_refusal").is_some() && found.proof.first_wrong().is_none());
    let notice = |on: &str, answer: Option<&str>| json!([{"completer": " Wang ", "on": on, "answer": answer}]);
    let none: Vec<Value> = Vec::new();
    let moved = json!([
        {"party": "Institute", "share": "100%", "from": "2023-03-01", "to": "2026-03-18"},
        {"party": "Works", "share": "100%", "from": "2026-03-18"},
    ]);
    let still = json!([
        {"party": "Institute", "share": "100%", "from": "2023-03-01", "to": "2026-03-19"},
        {"party": "Works", "share": "100%", "from": "2026-03-19"},
    ]);
    for (clause, change, code) in [
        ("E-OWN-01 a stranger", json!({"seller": "Nobody"}), Some("E-OWN-01")),
        ("E-OWN-01 sold already", json!({"holdings": moved}), Some("E-OWN-01")),
        ("E-OWN-01 the last day", json!({"holdings": still}), None),
        (
            "E-OWN-01 a share of nothing",
            json!({"holdings": [
                {"party": "Institute", "share": "0%", "from": "2023-03-01"},
                {"party": "Works", "share": "100%", "from": "2023-03-01"},
            ]}),
            Some("E-OWN-01"),
        ),
        ("TL 40(3) no consent", json!({"consents": none}), Some("E-OWN-02")),
        (
            "CC 860 consent a day late",
            json!({"consents": [{"party": "Works", "on": "2026-03-19"}]}),
            Some("E-OWN-02"),
        ),
        (
            "CC 860 someone else's consent",
            json!({"consents": [{"party": "Wang", "on": "2026-03-01"}]}),
            Some("E-OWN-02"),
        ),
        (
            "a co-owner of nothing",
            json!({"consents": none, "holdings": [
                {"party": "Institute", "share": "100%", "from": "2023-03-01"},
                {"party": "Works", "share": "0%", "from": "2023-03-01"},
            ]}),
            None,
        ),
        (
            "SPC 20 know-how, ordinary",
            json!({"right": "know_how", "act": "ordinary_licence", "consents": none}),
            None,
        ),
        (
            "SPC 20 know-how, exclusive",
            json!({"right": "know_how", "act": "exclusive_licence", "consents": none}),
            Some("E-OWN-02"),
        ),
        (
            "SPC 20 know-how, assigned",
            json!({"right": "know_how", "consents": none}),
            Some("E-OWN-02"),
        ),
        ("PL 14 patent, ordinary", json!({"act": "ordinary_licence", "consents": none}), None),
        (
            "PL 14 patent, exclusive",
            json!({"act": "exclusive_licence", "consents": none}),
            Some("E-OWN-02"),
        ),
        ("CC 847 not told", json!({"notices": none}), Some("E-OWN-03")),
        ("CC 847 told on the day", json!({"notices": notice("2026-03-18", Some("waived"))}), None),
        (
            "CC 847 told afterwards",
            json!({"notices": notice("2026-03-19", Some("waived"))}),
            Some("E-OWN-03"),
        ),
        (
            "CC 847 taken up",
            json!({"notices": notice("2026-03-02", Some("taken"))}),
            Some("E-OWN-03"),
        ),
        (
            "CC 847 no answer, no rule",
            json!({"notices": notice("2026-03-02", None)}),
            Some("E-OWN-03"),
        ),
        (
            "CC 847 no answer, over",
            json!({"notices": notice("2026-03-02", None), "answer_days": 15}),
            None,
        ),
        (
            "CC 847 no answer, last day",
            json!({"notices": notice("2026-03-03", None), "answer_days": 15}),
            Some("E-OWN-03"),
        ),
        ("CC 847 the completer buys", json!({"buyer": "Wang", "notices": none}), None),
        (
            "CC 847 two completers, one told",
            json!({"completers": ["Wang", "Li"]}),
            Some("E-OWN-03"),
        ),
        ("CC 847 completers not named", json!({"completers": none}), Some("E-OWN-03")),
        ("CC 847 no service result", json!({"service": false, "notices": none}), None),
        ("CC 847 not known", json!({"service": null, "notices": none}), Some("E-OWN-03")),
        ("CC 847 a licence", json!({"act": "exclusive_licence", "notices": none}), None),
        (
            "CC 847 the last answer counts",
            json!({"notices": [
                {"completer": "Wang", "on": "2026-03-02", "answer": "taken"},
                {"completer": "Wang", "on": "2026-03-04", "answer": "waived"},
            ]}),
            None,
        ),
        (
            "I1 shares short",
            json!({"holdings": [{"party": "Institute", "share": "70%", "from": "2023-03-01"}]}),
            Some("E-SHARE-01"),
        ),
        ("I1 nobody yet", json!({"holdings": none}), Some("E-SHARE-01")),
        ("too many", json!({"completers": vec!["Wang"; 10_001]}), Some("E-SIZE")),
        (
            "too many notices",
            json!({"consents": vec![json!({"party": "Works", "on": "2026-03-18"}); 10_000]}),
            Some("E-SIZE"),
        ),
    ] {
        let found = disposal(change);
        if let Err(refusal) = &found {
            let rule = match refusal.code {
                "E-OWN-03" => "CC 847",
                "E-OWN-01" | "E-OWN-02" => "TL 40(3); CC 860",
                _ => refusal.rule.as_str(),
            };
            assert_eq!(refusal.rule, rule, "{clause}");
        }
        assert_eq!(found.map_err(|r| r.code).err(), code, "{clause}");
    }
    let late = disposal(json!({"notices": notice("2026-03-03", None), "answer_days": 15}));
    assert!(late.expect_err("waiting").message.en.ends_with("until 2026-03-18"));
    let missing = disposal(json!({"consents": none})).expect_err("no consent");
    assert_eq!(missing.place.value.as_deref(), Some("Works"));
    let names = [Act::Assign, Act::ExclusiveLicence, Act::OrdinaryLicence].map(Act::name);
    assert_eq!(names, ["assign", "exclusive_licence", "ordinary_licence"]);
}

fn holding(party: &str, share: &str, from: &str, to: Option<&str>) -> Value {
    json!({"party": party, "share": share, "from": from, "to": to})
}

#[test]
fn shares_sum_to_one_at_every_instant() {
    let ask = |list: Vec<Value>| {
        let asked: Holdings = facts(json!({"holdings": list}));
        shares(&asked)
    };
    let moved = |to: &str| {
        vec![
            holding("A", "1/3", "2023-01-01", None),
            holding("B", "2/3", "2023-01-01", Some("2026-01-01")),
            holding("C", "2/3", to, None),
        ]
    };
    let found = ask(moved("2026-01-01")).expect("sound");
    assert_eq!(found.since.len(), 2);
    assert_eq!(found.since[0].0, day("2023-01-01"));
    assert_eq!(found.since[1].1.get("C"), Some(&Ratio::new(2, 3).expect("a ratio")));
    assert_eq!(
        found.json()["since"][1],
        json!({"from": "2026-01-01", "shares": {"A": "1/3", "C": "2/3"}})
    );
    for (clause, list, code) in [
        ("I1 a gap of a day", moved("2026-01-02"), Some("E-SHARE-01")),
        ("I1 an overlap of a day", moved("2025-12-31"), Some("E-SHARE-01")),
        ("I1 the right ends", vec![holding("A", "1", "2023-01-01", Some("2026-01-01"))], None),
        (
            "I1 nothing in between",
            vec![
                holding("A", "1", "2023-01-01", Some("2026-01-01")),
                holding("A", "1", "2026-01-02", None),
            ],
            Some("E-SHARE-01"),
        ),
        (
            "I1 two shares of one",
            vec![holding("A", "50%", "2023-01-01", None), holding(" A", "50%", "2023-01-01", None)],
            None,
        ),
        ("I1 almost", vec![holding("A", "99.99%", "2023-01-01", None)], Some("E-SHARE-01")),
        ("I1 nobody", vec![], Some("E-SHARE-01")),
        (
            "below nothing",
            vec![
                holding("A", "-50%", "2023-01-01", None),
                holding("B", "150%", "2023-01-01", None),
            ],
            Some("E-SHARE-02"),
        ),
        ("past all", vec![holding("A", "101%", "2023-01-01", None)], Some("E-SHARE-02")),
        (
            "ends as it starts",
            vec![
                holding("A", "1", "2023-01-01", Some("2023-01-01")),
                holding("A", "1", "2022-01-01", None),
            ],
            Some("E-DATE-02"),
        ),
        ("too many", vec![holding("A", "0", "2023-01-01", None); 10_001], Some("E-SIZE")),
    ] {
        assert_eq!(ask(list).map_err(|r| r.code).err(), code, "{clause}");
    }
    let refusal = ask(moved("2025-12-31")).expect_err("overlap");
    assert_eq!((refusal.rule.as_str(), refusal.place.value.as_deref()), ("I1", Some("5/3")));
    let alone = ask(vec![holding("A", "1", "2023-01-01", Some("2026-01-01"))]).expect("ends");
    assert_eq!(alone.since.len(), 1);
    // A few thousand changes of a few thousand shares would take too long.
    let restless = |count: i32| -> Vec<Value> {
        (0..count)
            .map(|at| {
                let from = Day::from_number(at).to_string();
                let to = Day::from_number(at + 1).to_string();
                holding("A", "1", &from, Some(&to))
            })
            .collect()
    };
    assert_eq!(ask(restless(999)).map_err(|r| r.code).err(), None);
    assert_eq!(ask(restless(1000)).map_err(|r| r.code).err(), Some("E-SIZE"));
}

proptest! {
    #[test]
    fn accepted_shares_are_whole_on_every_day(
        list in prop::collection::vec((0i128..4, 0i32..20, 1i32..20), 1..6),
    ) {
        let start = day("2026-01-01").number();
        let on = |at: i32| On(Day::from_number(start + at));
        let holdings: Vec<Holding> = list.iter().enumerate().map(|(index, (share, from, length))| Holding {
            party: format!("P{index}"),
            share: Share(Ratio::new(*share, 3).expect("a ratio")),
            from: on(*from),
            to: Some(on(from + length)),
        }).collect();
        let first = holdings.iter().map(|one| one.from).min().expect("one");
        let last = holdings.iter().filter_map(|one| one.to).max().expect("one");
        let whole = (first.0.number()..last.0.number()).all(|at| {
            let here = holdings.iter().filter(|one| {
                one.from.0.number() <= at && one.to.is_some_and(|to| at < to.0.number())
            });
            Ratio::sum(here.map(|one| one.share.0)) == Some(Ratio::ONE)
        });
        let found = shares(&Holdings { holdings: holdings.clone() });
        let torn = holdings.iter().any(|one| !one.share.0.is_share());
        prop_assert_eq!(found.is_ok(), whole && !torn);
    }
}
