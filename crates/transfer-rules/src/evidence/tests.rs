use super::*;
use crate::bound::testing::{book, law, sound as proven, take};
use kernel::{Day, Fen};
use proptest::prelude::*;

fn hash() -> String {
    "0f".repeat(32)
}

fn member(person: &str, present: bool, conflicted: Option<bool>, in_favor: bool) -> Value {
    json!({"person": person, "present": present, "conflicted": conflicted, "in_favor": in_favor})
}

/// A pack that is complete everywhere.
fn sound() -> Value {
    json!({
        "deal": "D1",
        "pricing": "negotiated",
        "actor": "李娜",
        "approver": "王芳",
        "minutes": {
            "on": "2026-02-27", "sha256": hash(),
            "members": [
                member("周", true, Some(false), true),
                member("吴", true, Some(false), true),
                member("郑", false, Some(false), false),
                member("张伟", true, Some(true), false),
            ],
        },
        "notices": [
            {"at": "unit", "url": "https://unit.example/1", "sha256": hash(), "from": "2026-03-02", "to": "2026-03-17"},
            {"at": "market", "url": "https://market.example/1", "sha256": hash(), "from": "2026-03-02", "to": "2026-03-17"},
        ],
        "price": [{"kind": "appraisal", "sha256": hash()}],
        "alternatives": ["独占许可", "作价入股"],
        "supervision": [{"on": "2026-03-10", "what": "公示期检查"}],
        "rules": {"heard_on": "2025-05-10", "passed_on": "2025-06-01"},
    })
}

fn gaps(place: &str, value: Value) -> Vec<(String, String)> {
    let found = missing(&take(value), &law(book(), place, "2026-03-02")).expect("a check");
    proven(&found.proof);
    assert_eq!(found.complete, found.gaps.is_empty());
    assert_eq!(found.json()["complete"], found.complete);
    for gap in &found.gaps {
        assert!(!gap.why.zh.is_empty() && !gap.why.en.is_empty());
    }
    found.gaps.iter().map(|gap| (gap.element.to_string(), gap.article.clone())).collect()
}

fn gap(element: &str, article: &str) -> Vec<(String, String)> {
    vec![(element.to_string(), article.to_string())]
}

fn changed(at: &str, value: Value) -> Value {
    let mut pack = sound();
    *pack.pointer_mut(at).expect("there") = value;
    pack
}

#[test]
fn a_complete_pack_lacks_nothing() {
    for place in ["shanghai", "zhejiang", "beijing", "china"] {
        assert_eq!(gaps(place, sound()), [], "{place}");
    }
    let found = missing(&take(sound()), &law(book(), "zhejiang", "2026-03-02")).expect("a check");
    let keys: Vec<&str> = found.proof.parts.iter().map(|part| &*part.key).collect();
    let asked = [
        "minutes",
        "quorum",
        "separation",
        "notice_unit",
        "notice_market",
        "price",
        "conflicts",
        "supervision",
    ];
    assert_eq!(keys, asked);
    assert_eq!(
        found.proof.find("notice_last_day").map(|one| one.value.text()).as_deref(),
        Some("2026-03-17")
    );
    assert_eq!(found.proof.find("eligible").map(|one| one.value.text()).as_deref(), Some("3"));
    assert_eq!(found.proof.find("present").map(|one| one.value.text()).as_deref(), Some("2"));
    assert_eq!(found.proof.find("in_favor").map(|one| one.value.text()).as_deref(), Some("2"));
    let keys: Vec<String> = missing(&take(sound()), &law(book(), "shanghai", "2026-03-02"))
        .expect("a check")
        .proof
        .parts
        .iter()
        .map(|part| part.key.to_string())
        .collect();
    let mut asked: Vec<&str> = ELEMENTS.to_vec();
    asked.retain(|one| *one != "notice_market");
    assert_eq!(keys, asked);
}

#[test]
fn each_missing_element_is_named_with_its_article() {
    for (place, at, value, element, article) in [
        ("shanghai", "/minutes/sha256", json!("no"), "minutes", "SH17 26"),
        ("beijing", "/minutes/sha256", json!("no"), "minutes", "BJ 19"),
        ("zhejiang", "/minutes/sha256", json!("no"), "minutes", "STL 68"),
        ("china", "/minutes/sha256", json!("no"), "minutes", "STL 68"),
        ("shanghai", "/actor", json!("王芳"), "separation", "HOUSE separation of duties"),
        ("shanghai", "/actor", Value::Null, "separation", "HOUSE separation of duties"),
        ("shanghai", "/approver", Value::Null, "separation", "HOUSE separation of duties"),
        ("shanghai", "/notices", json!([]), "notice_unit", "TL 18"),
        ("beijing", "/notices/0/to", json!("2026-03-16"), "notice_unit", "BJ 19"),
        ("zhejiang", "/notices/1/at", json!("unit"), "notice_market", "ZJ 19"),
        ("zhejiang", "/notices/1/to", json!("2026-03-16"), "notice_market", "ZJ 19"),
        ("zhejiang", "/notices/1/url", json!(" "), "notice_market", "ZJ 19"),
        ("zhejiang", "/notices/0/sha256", json!("no"), "notice_unit", "ZJ 19"),
        ("shanghai", "/price", json!([]), "price", "SH17 26"),
        ("zhejiang", "/price", json!([]), "price", "TL 18"),
        ("china", "/price/0/kind", json!("voucher"), "price", "TL 18"),
        ("shanghai", "/price/0/sha256", json!("no"), "price", "SH17 26"),
        ("shanghai", "/minutes/members/2/conflicted", Value::Null, "conflicts", "SH17 26"),
        ("shanghai", "/alternatives", json!([]), "alternatives", "SH17 26"),
        ("shanghai", "/alternatives", json!([" "]), "alternatives", "SH17 26"),
        ("shanghai", "/supervision", json!([]), "supervision", "SH17 26"),
        ("beijing", "/supervision", json!([]), "supervision", "BJ 19"),
        ("zhejiang", "/supervision", json!([]), "supervision", "STL 68"),
        ("shanghai", "/rules/heard_on", Value::Null, "rules_heard", "SH17 25"),
        ("shanghai", "/rules/passed_on", Value::Null, "rules_passed", "SH17 25"),
        ("shanghai", "/rules/passed_on", json!("2026-02-28"), "rules_passed", "SH17 25"),
        ("shanghai", "/rules/passed_on", json!("2025-05-09"), "rules_passed", "SH17 25"),
    ] {
        assert_eq!(gaps(place, changed(at, value)), gap(element, article), "{place} {at}");
    }
    let late = changed("/rules", json!({"heard_on": "2026-02-28", "passed_on": "2026-02-28"}));
    let both = [gap("rules_heard", "SH17 25"), gap("rules_passed", "SH17 25")].concat();
    assert_eq!(gaps("shanghai", late), both);
    let none = changed("/minutes", Value::Null);
    let three =
        [gap("minutes", "SH17 26"), gap("quorum", "HOUSE quorum"), gap("conflicts", "SH17 26")]
            .concat();
    assert_eq!(gaps("shanghai", none), three);
    assert_eq!(gaps("beijing", changed("/rules", Value::Null)), []);
    assert_eq!(gaps("zhejiang", changed("/alternatives", json!([]))), []);
    assert_eq!(
        gaps(
            "shanghai",
            changed("/rules", json!({"heard_on": "2026-02-27", "passed_on": "2026-02-27"}))
        ),
        []
    );
    assert_eq!(gaps("shanghai", changed("/price/0/kind", json!("market"))), []);
}

#[test]
fn a_notice_is_asked_for_only_of_a_negotiated_price() {
    // ZJ 19: listing or auction, or a price published at both places.
    for pricing in ["listing", "auction"] {
        let mut pack = sound();
        pack["pricing"] = json!(pricing);
        pack["notices"] = json!([]);
        assert_eq!(gaps("zhejiang", pack.clone()), gap("price", "TL 18"), "{pricing}");
        pack["price"] = json!([{"kind": "voucher", "sha256": hash()}]);
        assert_eq!(gaps("zhejiang", pack), [], "{pricing}");
    }
    let bare = changed("/notices", json!([]));
    let both = [gap("notice_unit", "ZJ 19"), gap("notice_market", "ZJ 19")].concat();
    assert_eq!(gaps("zhejiang", bare), both);
    // The fifteenth day, 2026-03-28, is a Saturday: the notice hangs until Monday.
    for (to, whole) in [("2026-03-29", false), ("2026-03-30", true)] {
        let mut pack = sound();
        pack["notices"][0]["from"] = json!("2026-03-13");
        pack["notices"][0]["to"] = json!(to);
        let expected = if whole { vec![] } else { gap("notice_unit", "TL 18") };
        assert_eq!(gaps("shanghai", pack), expected, "TIME 203 {to}");
    }
    let mut two = sound();
    let first = two["notices"][0].clone();
    two["notices"].as_array_mut().expect("notices").push(first);
    two["notices"][0]["to"] = json!("2026-03-05");
    assert_eq!(gaps("shanghai", two), [], "another notice hung long enough");
    let torn = changed("/notices/0/to", json!("2026-03-01"));
    let refused = missing(&take(torn), &law(book(), "shanghai", "2026-03-02")).expect_err("torn");
    assert_eq!(refused.code, "E-DATE-02");
    let short = missing(
        &take(changed("/notices/0/to", json!("2026-03-16"))),
        &law(book(), "shanghai", "2026-03-02"),
    );
    let why = short.expect("a check").gaps.remove(0).why.en;
    assert!(why.contains("until 2026-03-17 and ended on 2026-03-16"), "{why}");
    assert_eq!(
        gaps("shanghai", changed("/notices/0/to", json!("2026-03-02"))),
        gap("notice_unit", "TL 18")
    );
}

#[test]
fn conflicted_people_make_no_quorum() {
    let fine = |person: &str, present: bool, in_favor: bool| {
        member(person, present, Some(false), in_favor)
    };
    for (clause, members, good) in [
        (
            "two of three there",
            json!([fine("a", true, true), fine("b", true, true), fine("c", false, false)]),
            true,
        ),
        ("one of two there", json!([fine("a", true, true), fine("b", false, false)]), false),
        (
            "five of eight there",
            json!((0..8).map(|at| fine(&at.to_string(), at < 5, at < 5)).collect::<Vec<_>>()),
            false,
        ),
        (
            "six of eight there",
            json!((0..8).map(|at| fine(&at.to_string(), at < 6, at < 6)).collect::<Vec<_>>()),
            true,
        ),
        ("half in favor", json!([fine("a", true, true), fine("b", true, false)]), false),
        (
            "two of three in favor",
            json!([fine("a", true, true), fine("b", true, true), fine("c", true, false)]),
            true,
        ),
        (
            "in favor and absent",
            json!([fine("a", true, true), fine("b", true, false), fine("c", false, true)]),
            false,
        ),
        (
            "conflicted out",
            json!([
                fine("a", true, true),
                member("b", true, Some(true), false),
                member("c", true, Some(true), false)
            ]),
            true,
        ),
        (
            "conflicted voted",
            json!([
                fine("a", true, true),
                fine("b", true, true),
                member("c", true, Some(true), true)
            ]),
            false,
        ),
        (
            "one twice",
            json!([fine("a", true, true), fine("a", true, true), fine("b", true, false)]),
            false,
        ),
        ("nobody eligible", json!([member("c", true, Some(true), false)]), false),
        ("nobody", json!([]), false),
    ] {
        let expected = if good { vec![] } else { gap("quorum", "HOUSE quorum") };
        assert_eq!(
            gaps("shanghai", changed("/minutes/members", members)),
            expected,
            "I13 {clause}"
        );
    }
    let silent = json!([fine("a", true, true), member("b", true, None, true)]);
    let two = [gap("quorum", "HOUSE quorum"), gap("conflicts", "SH17 26")].concat();
    assert_eq!(gaps("shanghai", changed("/minutes/members", silent)), two);
}

#[test]
fn lists_are_bounded() {
    for at in ["/alternatives", "/notices", "/price", "/supervision", "/minutes/members"] {
        let one = match at {
            "/alternatives" => json!("x"),
            "/minutes/members" => member("a", true, None, false),
            _ => sound().pointer(&format!("{at}/0")).expect("there").clone(),
        };
        let pack = changed(at, vec![one; 10_001].into());
        let refused = missing(&take(pack), &law(book(), "shanghai", "2026-03-02")).expect_err(at);
        assert_eq!(refused.code, "E-SIZE", "{at}");
    }
}

fn proof() -> Proof {
    let yuan = |number: i64| Fen::new(number * 100).expect("fen");
    let parts = vec![Proof::fact("receipts", yuan(100)), Proof::fact("taxes", yuan(7))];
    let net = Proof::step("net_income", yuan(93), "difference", parts);
    let day = Proof::fact("signed", Day::parse("2026-03-18").expect("a day"));
    Proof::step("deal", true, "choice", vec![net, day])
}

fn sealing() -> Sealing {
    take(json!({
        "deal": "D1", "place": "shanghai", "sealed_on": "2026-04-10",
        "elements": {"minutes": sound()["minutes"], "alternatives": ["b", "a"]},
    }))
}

#[test]
fn a_sealed_pack_checks_offline() {
    let sealed = seal(&sealing(), &[proof()]).expect("sealed");
    assert_eq!(seal(&sealing(), &[proof()]).as_ref(), Ok(&sealed));
    let report = check(&sealed.text).expect("a pack");
    assert!(report.sound, "{report:?}");
    assert_eq!((report.checked, &report.manifest), ((2, 1), &sealed.manifest));
    assert!(
        sealed
            .text
            .starts_with(r#"{"deal":"D1","elements":{"alternatives":{"body":["b","a"],"sha256":""#),
        "{}",
        sealed.text
    );
    // What anyone finds who hashes the body by other means.
    let value: Value = serde_json::from_str(&sealed.text).expect("json");
    let digest = kernel::canon::hex(&kernel::canon::sha256(br#"["b","a"]"#));
    assert_eq!(value["elements"]["alternatives"]["sha256"], digest);
    assert_eq!(value["proofs"][0]["sha256"], proof().digest());
    let json = report.json();
    assert_eq!(
        json,
        json!({"sound": true, "manifest": sealed.manifest, "elements": 2, "proofs": 1, "faults": []})
    );
}

#[test]
fn a_changed_pack_is_found_out() {
    let sealed = seal(&sealing(), &[proof()]).expect("sealed");
    let value: Value = serde_json::from_str(&sealed.text).expect("json");
    let faults = |value: &Value| -> Vec<(String, &'static str, &'static str)> {
        let report = check(&canonical(value).expect("canonical")).expect("a pack");
        assert_eq!(report.sound, report.faults.is_empty());
        report.faults.into_iter().map(|one| (one.at, one.code, one.what)).collect()
    };
    assert_eq!(faults(&value), []);
    let manifest = ("manifest".to_string(), "E-SRC-02", "digest");
    for (at, new, others) in [
        ("/deal", json!("D2"), vec![]),
        ("/place", json!("beijing"), vec![]),
        ("/sealed_on", json!("2026-04-11"), vec![]),
        (
            "/elements/alternatives/body/0",
            json!("c"),
            vec![("elements.alternatives", "E-SRC-02", "digest")],
        ),
        (
            "/elements/minutes/body/members/0/in_favor",
            json!(false),
            vec![("elements.minutes", "E-SRC-02", "digest")],
        ),
        (
            "/elements/minutes/sha256",
            json!(hash()),
            vec![("elements.minutes", "E-SRC-02", "digest")],
        ),
        ("/proofs/0/sha256", json!(hash()), vec![("proofs[1]", "E-SRC-02", "digest")]),
        (
            "/proofs/0/proof/parts/0/value",
            json!("92.00"),
            vec![("proofs[1]", "E-SRC-02", "digest"), ("proofs[1]", "E-SRC-02", "arithmetic")],
        ),
        (
            "/proofs/0/proof/parts/1/value",
            json!("2026-03-17"),
            vec![("proofs[1]", "E-SRC-02", "digest")],
        ),
        (
            "/proofs/0/proof/parts/1/value",
            json!("2026-13-17"),
            vec![("proofs[1]", "E-DATE-01", "reading")],
        ),
    ] {
        let mut wrong = value.clone();
        *wrong.pointer_mut(at).expect("there") = new;
        let mut expected = vec![manifest.clone()];
        expected.extend(others.into_iter().map(|(at, code, what)| (at.to_string(), code, what)));
        assert_eq!(faults(&wrong), expected, "{at}");
    }
    let mut forged = value.clone();
    forged["manifest"] = json!(hash());
    assert_eq!(faults(&forged), [manifest]);
    let spaced = sealed.text.replacen(':', ": ", 1);
    let report = check(&spaced).expect("a pack");
    assert_eq!(report.faults.len(), 1);
    assert_eq!(
        (report.faults[0].at.as_str(), report.faults[0].what, report.sound),
        ("text", "writing", false)
    );
    assert_eq!(report.json()["faults"][0]["what"], "writing");
    assert_eq!(report.json()["faults"][0]["at"], "text");
}

#[test]
fn what_is_no_pack_is_refused() {
    let sealed = seal(&sealing(), &[]).expect("sealed");
    let value: Value = serde_json::from_str(&sealed.text).expect("json");
    for name in ["form", "deal", "place", "sealed_on", "elements", "proofs", "manifest"] {
        let mut wrong = value.clone();
        wrong.as_object_mut().expect("object").remove(name);
        assert_eq!(check(&wrong.to_string()).map_err(|r| r.code), Err("E-INPUT-01"), "{name}");
    }
    for (name, new) in [
        ("form", json!("evidence-pack/2")),
        ("elements", json!([])),
        ("proofs", json!({})),
        ("more", json!(1)),
    ] {
        let mut wrong = value.clone();
        wrong[name] = new;
        assert_eq!(check(&wrong.to_string()).map_err(|r| r.code), Err("E-INPUT-01"), "{name}");
    }
    for text in ["", "[]", "{", "null"] {
        assert_eq!(check(text).map_err(|r| r.code), Err("E-INPUT-01"), "{text}");
    }
    assert_eq!(check(&" ".repeat((8 << 20) + 1)).map_err(|r| r.code), Err("E-SIZE"));
}

#[test]
fn what_cannot_be_checked_is_not_sealed() {
    let mut float = sealing();
    float.elements.insert("x".to_string(), json!({"price": 1.5}));
    assert_eq!(seal(&float, &[]).map_err(|r| r.code), Err("E-MONEY-04"));
    let mut wrong = proof();
    wrong.parts[0].parts[1].value = kernel::proof::Shown::from(1);
    let refused = seal(&sealing(), &[wrong]).expect_err("wrong");
    assert_eq!((refused.code, refused.place.value.as_deref()), ("E-SRC-02", Some("net_income")));
    let other = Proof::step("k", 1, "guess", vec![]);
    assert_eq!(seal(&sealing(), &[other]).map_err(|r| r.code), Err("E-INPUT-01"));
    let mut large = sealing();
    large.elements.insert("x".to_string(), json!("x".repeat(8 << 20)));
    assert_eq!(seal(&large, &[]).map_err(|r| r.code), Err("E-SIZE"));
    let many = vec![Proof::fact("k", 1); 10_001];
    assert_eq!(seal(&sealing(), &many).map_err(|r| r.code), Err("E-SIZE"));
}

#[test]
fn canonical_json_is_one_writing() {
    let value = json!({"b": [1, -2, true, false, null, "a\"\n"], "a": {"d": 18446744073709551615u64, "c": {}}, "é": []});
    let text =
        r#"{"a":{"c":{},"d":18446744073709551615},"b":[1,-2,true,false,null,"a\"\n"],"é":[]}"#;
    assert_eq!(canonical(&value).as_deref(), Ok(text));
    assert_eq!(canonical(&json!(1.0)).map_err(|r| r.code), Err("E-MONEY-04"));
}

proptest! {
    #[test]
    fn any_changed_digit_is_found_out(at in 0usize..4000, digit in 0u8..10) {
        let sealed = seal(&sealing(), &[proof()]).expect("sealed");
        let mut bytes = sealed.text.into_bytes();
        let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
        let at = places[at % places.len()];
        prop_assume!(bytes[at] != b'0' + digit);
        bytes[at] = b'0' + digit;
        let text = String::from_utf8(bytes).expect("text");
        prop_assert!(!check(&text).is_ok_and(|report| report.sound));
    }
}
