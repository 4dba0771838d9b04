use super::*;
use crate::clock::tests::{ask, book, day, facts};
use proptest::prelude::*;

fn content() -> Value {
    json!({
        "result": "A catalyst", "summary": "It is fast.", "route": "transfer",
        "scope": "the patent, whole", "price": "3000000.00",
        "completers": ["Wang", "Li"], "counterparty": "Bright Ltd",
        "procedure": "write to the office", "way": "agreement", "appraised": false,
        "interested": false, "flagged": false,
    })
}

fn publish(on: &str) -> Value {
    json!({"event": "publish", "on": on, "content": content(), "sites": ["unit", "market"]})
}

fn object(on: &str, id: &str) -> Value {
    json!({"event": "object", "on": on, "id": id})
}

fn decide(on: &str, id: &str, upheld: bool) -> Value {
    json!({"event": "decide", "on": on, "id": id, "upheld": upheld, "reasons": "checked"})
}

fn edit(on: &str, field: &str, value: &str) -> Value {
    json!({"event": "edit", "on": on, field: value})
}

fn course(place: &str, events: &[Value], now: &str) -> Result<Standing, Refusal> {
    let book = book();
    let course: Course = facts(json!({"notice": {"events": events}, "now": now}));
    stand(&course, &ask(book, place, now))
}

fn signing(place: &str, events: &[Value], on: &str) -> Result<Signed, Refusal> {
    let book = book();
    let signing: Signing = facts(json!({
        "notice": {"events": events}, "on": on, "price": "3000000.00",
        "counterparty": "Bright Ltd",
    }));
    sign(&signing, &ask(book, place, on))
}

fn code<T>(found: Result<T, Refusal>) -> Option<&'static str> {
    found.map_err(|refusal| refusal.code).err()
}

#[test]
fn scenario_1_the_earliest_signing() {
    for place in ["shanghai", "zhejiang", "beijing", "china"] {
        let found = course(place, &[publish("2026-03-02")], "2026-03-10").expect(place);
        assert_eq!(found.state, State::Public);
        assert_eq!(found.published, Some(day("2026-03-02")));
        assert_eq!(found.last, Some(day("2026-03-17")));
        assert_eq!(found.earliest_signing, Some(day("2026-03-18")));
        assert_eq!(found.price, Fen::new(300_000_000));
        assert_eq!(found.counterparty.as_deref(), Some("Bright Ltd"));
        assert!(found.immunity && !found.related && found.open.is_empty());
        assert_eq!(found.proof.first_wrong(), None);
        assert!(found.proof.find("notice.days").is_some());
        let early = signing(place, &[publish("2026-03-02")], "2026-03-17").expect_err("early");
        assert_eq!(early.code, "E-PRICE-01");
        assert_eq!(early.place.value.as_deref(), Some("2026-03-17"));
        assert!(early.message.en.ends_with("from 2026-03-18"));
        assert_eq!(early.rule, if place == "zhejiang" { "ZJ 17" } else { "GF16 公示" });
        let signed = signing(place, &[publish("2026-03-02")], "2026-03-18").expect("signed");
        assert_eq!(signed.earliest, day("2026-03-18"));
        assert_eq!(signed.price, Fen::new(300_000_000).expect("fen"));
        assert_eq!(signed.proof.first_wrong(), None);
        assert_eq!(signed.json()["earliest"], "2026-03-18");
        assert_eq!(signed.json()["price"], "3000000.00");
    }
}

/// An objection that was decided on the first day after the window holds nothing up, and the proof
/// does not say that it does.
#[test]
fn an_objection_holds_signing_up_only_past_the_window() {
    for (decided, earliest, named) in
        [("2026-03-18", "2026-03-18", false), ("2026-03-19", "2026-03-19", true)]
    {
        let events =
            [publish("2026-03-02"), object("2026-03-10", "o1"), decide(decided, "o1", false)];
        let found = course("china", &events, "2026-03-25").expect(decided);
        assert_eq!(found.earliest_signing, Some(day(earliest)));
        assert_eq!(found.proof.find("objection_decided").is_some(), named, "{decided}");
    }
}

#[test]
fn the_course_of_a_notice() {
    let p = || publish("2026-03-02");
    for (clause, events, now, state, earliest) in [
        ("nothing yet", vec![], "2026-03-02", "draft", None),
        ("TL 18 first day", vec![p()], "2026-03-02", "public", Some("2026-03-18")),
        ("ZJ 17 last day", vec![p()], "2026-03-17", "public", Some("2026-03-18")),
        ("ZJ 17 day after", vec![p()], "2026-03-18", "cleared", Some("2026-03-18")),
        ("objected", vec![p(), object("2026-03-17", "o")], "2026-03-20", "objected", None),
        (
            "objected on the first day",
            vec![p(), object("2026-03-02", "o")],
            "2026-03-02",
            "objected",
            None,
        ),
        (
            "rejected in the window",
            vec![p(), object("2026-03-05", "o"), decide("2026-03-09", "o", false)],
            "2026-03-10",
            "public",
            Some("2026-03-18"),
        ),
        (
            "the clock kept running",
            vec![p(), object("2026-03-05", "o"), decide("2026-03-17", "o", false)],
            "2026-03-18",
            "cleared",
            Some("2026-03-18"),
        ),
        (
            "rejected on the next day",
            vec![p(), object("2026-03-05", "o"), decide("2026-03-18", "o", false)],
            "2026-03-18",
            "cleared",
            Some("2026-03-18"),
        ),
        (
            "rejected after the window",
            vec![p(), object("2026-03-05", "o"), decide("2026-03-25", "o", false)],
            "2026-03-26",
            "cleared",
            Some("2026-03-25"),
        ),
        (
            "one of two is open",
            vec![
                p(),
                object("2026-03-05", "o"),
                object("2026-03-06", "q"),
                decide("2026-03-09", "o", false),
            ],
            "2026-03-10",
            "objected",
            None,
        ),
        (
            "upheld",
            vec![p(), object("2026-03-05", "o"), decide("2026-03-09", "o", true)],
            "2026-03-30",
            "draft",
            None,
        ),
        (
            "upheld, published anew",
            vec![
                p(),
                object("2026-03-05", "o"),
                decide("2026-03-09", "o", true),
                publish("2026-03-10"),
            ],
            "2026-03-25",
            "public",
            Some("2026-03-26"),
        ),
        (
            "price edited",
            vec![p(), edit("2026-03-10", "price", "2900000.00")],
            "2026-03-30",
            "void",
            None,
        ),
        (
            "price edited to the same",
            vec![p(), edit("2026-03-10", "price", "3000000")],
            "2026-03-30",
            "cleared",
            Some("2026-03-18"),
        ),
        (
            "counterparty edited",
            vec![p(), edit("2026-03-10", "counterparty", "Dark Ltd")],
            "2026-03-30",
            "void",
            None,
        ),
        (
            "scope edited",
            vec![p(), edit("2026-03-10", "scope", "half of it")],
            "2026-03-30",
            "void",
            None,
        ),
        (
            "scope the same",
            vec![p(), edit("2026-03-10", "scope", " the patent, whole ")],
            "2026-03-30",
            "cleared",
            Some("2026-03-18"),
        ),
        (
            "summary edited",
            vec![p(), edit("2026-03-10", "summary", "It is very fast.")],
            "2026-03-30",
            "cleared",
            Some("2026-03-18"),
        ),
        (
            "edited once cleared",
            vec![p(), edit("2026-03-20", "price", "1.00")],
            "2026-03-30",
            "void",
            None,
        ),
        (
            "void, published anew",
            vec![p(), edit("2026-03-10", "price", "1.00"), publish("2026-03-11")],
            "2026-03-20",
            "public",
            Some("2026-03-27"),
        ),
        (
            "ends on a free day",
            vec![publish("2026-03-20")],
            "2026-04-07",
            "public",
            Some("2026-04-08"),
        ),
    ] {
        let found = course("shanghai", &events, now).expect(clause);
        assert_eq!(found.state.name(), state, "{clause}");
        assert_eq!(found.earliest_signing, earliest.map(day), "{clause}");
        assert_eq!(found.proof.first_wrong(), None, "{clause}");
        assert_eq!(found.json()["state"], state);
        assert_eq!(found.json()["earliest_signing"], json!(earliest));
        let proved = found.proof.find("earliest_signing").map(|step| step.value.text());
        assert_eq!(proved.as_deref(), earliest, "{clause}");
        // What may be signed says the same.
        let refused = match (state, earliest) {
            ("objected", _) => Some("E-PRICE-03"),
            (_, Some(earliest)) if day(earliest) <= day(now) => None,
            _ => Some("E-PRICE-01"),
        };
        assert_eq!(code(signing("shanghai", &events, now)), refused, "{clause}");
    }
}

#[test]
fn steps_that_cannot_follow_are_refused() {
    let p = || publish("2026-03-02");
    for (clause, events, refused) in [
        ("objection after the window", vec![p(), object("2026-03-18", "o")], "E-INPUT-01"),
        (
            "late beside an open one",
            vec![p(), object("2026-03-17", "o"), object("2026-03-18", "q")],
            "E-INPUT-01",
        ),
        (
            "objection to a void notice",
            vec![p(), edit("2026-03-03", "price", "1.00"), object("2026-03-04", "o")],
            "E-INPUT-01",
        ),
        (
            "objection twice",
            vec![p(), object("2026-03-05", "o"), object("2026-03-06", "o")],
            "E-INPUT-01",
        ),
        ("objection to nothing", vec![object("2026-03-05", "o")], "E-INPUT-01"),
        ("decision on nothing", vec![p(), decide("2026-03-05", "o", true)], "E-INPUT-01"),
        (
            "decision twice",
            vec![
                p(),
                object("2026-03-05", "o"),
                decide("2026-03-06", "o", false),
                decide("2026-03-07", "o", false),
            ],
            "E-INPUT-01",
        ),
        (
            "decision on a void notice",
            vec![
                p(),
                object("2026-03-05", "o"),
                edit("2026-03-06", "price", "1.00"),
                decide("2026-03-07", "o", false),
            ],
            "E-INPUT-01",
        ),
        ("published twice", vec![p(), publish("2026-03-05")], "E-INPUT-01"),
        ("published again once cleared", vec![p(), publish("2026-03-25")], "E-INPUT-01"),
        (
            "edited after it was void",
            vec![p(), edit("2026-03-05", "price", "1.00"), edit("2026-03-06", "price", "2.00")],
            "E-INPUT-01",
        ),
        ("edited before it was public", vec![edit("2026-03-05", "price", "1.00")], "E-INPUT-01"),
        ("out of order", vec![p(), object("2026-03-01", "o")], "E-DATE-02"),
        ("in the future", vec![publish("2026-04-02")], "E-DATE-03"),
    ] {
        assert_eq!(code(course("shanghai", &events, "2026-04-01")), Some(refused), "{clause}");
    }
    let mut silent = decide("2026-03-06", "o", false);
    silent["reasons"] = json!(" ");
    let events = vec![p(), object("2026-03-05", "o"), silent];
    assert_eq!(code(course("shanghai", &events, "2026-04-01")), Some("E-INPUT-01"));
    let mut upheld = decide("2026-03-06", "o", true);
    upheld["reasons"] = Value::Null;
    let events = vec![p(), object("2026-03-05", "o"), upheld];
    assert_eq!(code(course("shanghai", &events, "2026-04-01")), None);
    assert_eq!(code(course("shanghai", &vec![p(); 10_001], "2026-04-01")), Some("E-SIZE"));
    let late = course("shanghai", &[p(), object("2026-03-18", "o")], "2026-04-01");
    let late = late.expect_err("late");
    assert!(late.message.en.ends_with("by 2026-03-17"));
    assert_eq!(late.place.column.as_deref(), Some("events/1"));
}

#[test]
fn a_notice_says_what_it_must_where_it_must() {
    for field in ["result", "summary", "route", "scope", "price", "counterparty", "procedure"] {
        let mut event = publish("2026-03-02");
        event["content"][field] = Value::Null;
        let refusal = course("shanghai", &[event], "2026-03-02").expect_err(field);
        assert_eq!((refusal.code, refusal.rule.as_str()), ("E-INPUT-01", "TL 18"));
        assert_eq!(refusal.place.value.as_deref(), Some(field));
        assert_eq!(refusal.place.column.as_deref(), Some("events/0/content"));
    }
    let with = |field: &str, value: Value| {
        let mut event = publish("2026-03-02");
        event["content"][field] = value;
        code(course("shanghai", &[event], "2026-03-02"))
    };
    assert_eq!(with("completers", json!([])), Some("E-INPUT-01"));
    assert_eq!(with("completers", json!([" "])), Some("E-INPUT-01"));
    assert_eq!(with("price", json!("-0.01")), Some("E-MONEY-02"));
    assert_eq!(with("price", json!("0.00")), None);
    for (clause, place, sites, refused, immunity) in [
        ("TL 18", "shanghai", vec!["unit"], None, false),
        ("TL 18 both", "shanghai", vec!["unit", "market"], None, true),
        ("TL 18 the market alone", "shanghai", vec!["market"], Some("E-INPUT-01"), false),
        ("ZJ 17", "zhejiang", vec!["unit"], Some("E-INPUT-01"), false),
        ("ZJ 17 both", "zhejiang", vec!["market", "unit"], None, true),
        ("TL 18 nowhere", "china", vec![], Some("E-INPUT-01"), false),
    ] {
        let mut event = publish("2026-03-02");
        event["sites"] = json!(sites);
        let found = course(place, &[event], "2026-03-02");
        if let Ok(found) = &found {
            assert_eq!(found.immunity, immunity, "{clause}");
            assert_eq!(found.json()["immunity"], immunity);
        }
        assert_eq!(code(found), refused, "{clause}");
    }
    for (until, refused, last) in [
        ("2026-03-16", Some("E-PRICE-01"), ""),
        ("2026-03-17", None, "2026-03-17"),
        ("2026-03-31", None, "2026-03-31"),
    ] {
        let mut event = publish("2026-03-02");
        event["until"] = json!(until);
        let found = course("shanghai", &[event], "2026-03-02");
        if let Ok(found) = &found {
            assert_eq!(found.last, Some(day(last)));
            assert_eq!(found.earliest_signing, Some(day(last).next()));
            assert_eq!(found.proof.first_wrong(), None);
        }
        assert_eq!(code(found), refused, "{until}");
    }
}

#[test]
fn related_parties_are_flagged_and_priced_in_the_open() {
    for (clause, party, interested, flagged, way, appraised, own, refused) in [
        ("ZJ 17 stranger", "Bright Ltd", Some(false), false, "agreement", false, None, None),
        ("ZJ 17 not said", "Bright Ltd", None, false, "agreement", false, None, Some("E-PRICE-04")),
        (
            "ZJ 17 completer, not flagged",
            "Wang",
            Some(false),
            false,
            "auction",
            false,
            None,
            Some("E-PRICE-04"),
        ),
        ("ZJ 17 completer, flagged", " Wang ", None, true, "auction", false, None, None),
        (
            "ZJ 17 interested, not flagged",
            "Bright Ltd",
            Some(true),
            false,
            "listing",
            true,
            None,
            Some("E-PRICE-04"),
        ),
        (
            "policy: agreed",
            "Bright Ltd",
            Some(true),
            true,
            "agreement",
            false,
            None,
            Some("E-PRICE-04"),
        ),
        ("policy: appraised", "Bright Ltd", Some(true), true, "agreement", true, None, None),
        ("policy: listed", "Bright Ltd", Some(true), true, "listing", false, None, None),
        (
            "own policy: auction",
            "Bright Ltd",
            Some(true),
            true,
            "listing",
            true,
            Some(vec!["auction"]),
            Some("E-PRICE-04"),
        ),
        (
            "own policy: auctioned",
            "Bright Ltd",
            Some(true),
            true,
            "auction",
            false,
            Some(vec!["auction"]),
            None,
        ),
        (
            "own policy: appraisal",
            "Bright Ltd",
            Some(true),
            true,
            "agreement",
            true,
            Some(vec!["listing", "appraisal"]),
            None,
        ),
        (
            "own policy: none",
            "Bright Ltd",
            Some(true),
            true,
            "agreement",
            false,
            Some(vec![]),
            None,
        ),
    ] {
        let mut event = publish("2026-03-02");
        event["content"]["counterparty"] = json!(party);
        event["content"]["interested"] = json!(interested);
        event["content"]["flagged"] = json!(flagged);
        event["content"]["way"] = json!(way);
        event["content"]["appraised"] = json!(appraised);
        let asked: Course = facts(json!({
            "notice": {"events": [event], "related_party_requires": own}, "now": "2026-03-02",
        }));
        let book = book();
        let found = stand(&asked, &ask(book, "zhejiang", "2026-03-02"));
        if let Ok(found) = &found {
            assert_eq!(found.related, flagged, "{clause}");
            assert_eq!(found.json()["related"], flagged);
        }
        assert_eq!(code(found), refused, "{clause}");
    }
}

#[test]
fn a_contract_says_what_the_notice_said() {
    let book = book();
    let ask_price = |price: &str, party: &str| {
        let signing: Signing = facts(json!({
            "notice": {"events": [publish("2026-03-02")]}, "on": "2026-03-18", "price": price,
            "counterparty": party,
        }));
        sign(&signing, &ask(book, "shanghai", "2026-03-18"))
    };
    assert_eq!(code(ask_price("3000000.00", " Bright Ltd")), None);
    for price in ["3000000.01", "2999999.99"] {
        let refusal = ask_price(price, "Bright Ltd").expect_err("another price");
        assert_eq!(refusal.code, "E-PRICE-02");
        assert_eq!(refusal.place.column.as_deref(), Some("price"));
        assert!(refusal.message.en.contains("3000000.00"));
    }
    let refusal = ask_price("3000000.00", "Dark Ltd").expect_err("another party");
    assert_eq!(
        (refusal.code, refusal.place.column.as_deref()),
        ("E-PRICE-02", Some("counterparty"))
    );
}

#[test]
fn names_are_stable() {
    let states = [State::Draft, State::Public, State::Objected, State::Cleared, State::Void];
    assert_eq!(states.map(State::name), ["draft", "public", "objected", "cleared", "void"]);
    assert_eq!(
        [Way::Agreement, Way::Listing, Way::Auction].map(Way::name),
        ["agreement", "listing", "auction"]
    );
    let all = [Safeguard::Listing, Safeguard::Auction, Safeguard::Appraisal];
    assert_eq!(all.map(Safeguard::name), ["listing", "auction", "appraisal"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_is_signed_before_the_earliest_day(
        start in 20_454i32..20_818, wait in 0i32..60, objected in proptest::option::of((0i32..30, 0i32..30)),
    ) {
        let published = Day::from_number(start);
        let on = Day::from_number(start + wait);
        let mut events = vec![publish(&published.to_string())];
        if let Some((raised, decided)) = objected {
            let raised = Day::from_number(start + raised);
            events.push(object(&raised.to_string(), "o"));
            let decided = Day::from_number(raised.number() + decided);
            events.push(decide(&decided.to_string(), "o", false));
        }
        if signing("shanghai", &events, &on.to_string()).is_ok() {
            prop_assert!(on.number() > start + 15);
            let standing = course("shanghai", &events, &on.to_string()).expect("a notice");
            prop_assert!(standing.earliest_signing.is_some_and(|earliest| earliest <= on));
        }
    }
}
