use super::*;
use crate::clock::tests::{ask, book, day, facts};
use proptest::prelude::*;

#[test]
fn numbers_carry_their_check_digit() {
    for (text, kind, year, granted, shown) in [
        ("85100001.0", Kind::Invention, 1985, false, "85100001.0"),
        ("ZL 85100001.0", Kind::Invention, 1985, true, "ZL85100001.0"),
        ("zl02200001.x", Kind::Utility, 2002, true, ""),
        ("CN2023300000010", Kind::Design, 2023, false, ""),
        ("ZL202080000001.0", Kind::Invention, 2020, true, ""),
        ("202090000001.0", Kind::Utility, 2020, false, ""),
    ] {
        // Only the first two end on the digit they were written with; the rest get the right one.
        let bare: String = text.chars().filter(char::is_ascii_digit).collect();
        let size = if bare.len() >= 12 { 12 } else { 8 };
        let body: Vec<u32> = bare.chars().take(size).filter_map(|c| c.to_digit(10)).collect();
        let right = check_digit(&body);
        let prefix: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
        let digits: String = body.iter().map(u32::to_string).collect();
        let read = number(&format!("{prefix}{digits}.{right}")).expect(text);
        assert_eq!((read.kind, read.year, read.granted), (kind, year, granted), "{text}");
        assert_eq!(read.digits, format!("{digits}{right}"));
        if !shown.is_empty() {
            assert_eq!(number(text).expect(text).text(), shown);
        }
    }
    // 8·2 + 5·3 + 1·4 + 1·9 = 44 = 4·11; a last 2 makes it 53, which leaves 9; 3 leaves 7.
    assert_eq!(check_digit(&[8, 5, 1, 0, 0, 0, 0, 1]), '0');
    assert_eq!(check_digit(&[8, 5, 1, 0, 0, 0, 0, 2]), '9');
    // 2·2 + 2·4 + 3·5 + 1·6 + 1·5 = 38 leaves 5.
    assert_eq!(check_digit(&[2, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 1]), '5');
    // 2·2 + 2·4 + 3·5 + 1·6 + 2·5 = 43 leaves ten.
    assert_eq!(check_digit(&[2, 0, 2, 3, 1, 0, 0, 0, 0, 0, 0, 2]), 'X');
    let read = number("ZL202310000002.x").expect("X in either case");
    assert_eq!(read.text(), "ZL202310000002.X");
    assert_eq!(
        read.json(),
        json!({"number": "ZL202310000002.X", "granted": true, "year": 2023, "kind": "invention"})
    );
    assert_eq!(Kind::Utility.name(), "utility");
    assert_eq!(Kind::Design.name(), "design");
}

#[test]
fn wrong_numbers_are_refused() {
    for text in [
        "",
        "ZL",
        "ZL85100001.1",
        "ZL8510000.0",
        "ZL2023100000011",
        "ZL8510000A.0",
        // No kind 4, with the right check digit and with a wrong one.
        "85400001.7",
        "85400001.0",
    ] {
        assert_eq!(number(text).map_err(|refusal| refusal.code).err(), Some("E-ID-02"), "{text}");
    }
    assert!(number("ZL2023100000015").is_ok());
    let refusal = number("ZL85100001.1").expect_err("wrong digit");
    assert!(refusal.message.en.ends_with("would be 0"), "{}", refusal.message.en);
    assert_eq!(refusal.place.value.as_deref(), Some("ZL85100001.1"));
}

#[test]
fn terms_by_kind_and_filing_date() {
    let book = book();
    for (clause, kind, filed, end, article) in [
        ("PL 42 invention", "invention", "2020-03-15", "2040-03-15", "PL 42"),
        ("PL 42 utility", "utility", "2020-03-15", "2030-03-15", "PL 42"),
        ("PL 42 design, new", "design", "2021-06-01", "2036-06-01", "PL 42"),
        ("PL 42 design, old", "design", "2021-05-31", "2031-05-31", "PL 42"),
        ("PL 42 leap day", "invention", "2004-02-29", "2024-02-29", "PL 42"),
    ] {
        let filing: Filing = facts(json!({"kind": kind, "filed": filed}));
        let life = life(&filing, &ask(book, "shanghai", "2026-03-01")).expect(clause);
        assert_eq!((life.filed, life.end), (day(filed), day(end)), "{clause}");
        let cite = life.proof.cite.as_ref().expect("cited");
        assert_eq!(cite.article, article);
        assert_eq!(life.proof.first_wrong(), None);
        assert_eq!(life.json()["end"], end);
        assert_eq!(life.json()["filed"], filed);
    }
}

#[test]
fn priority_by_kind() {
    let book = book();
    for (clause, kind, filed, until, copy) in [
        ("PL 29, 30 invention", "invention", "2026-03-02", "2027-03-02", Some("2027-07-02")),
        ("PL 29, 30 utility", "utility", "2026-03-02", "2027-03-02", Some("2027-07-02")),
        ("PL 29 design", "design", "2026-03-02", "2026-09-02", None),
        ("PL 29 design, rolls", "design", "2026-03-20", "2026-09-20", None),
        ("PL 29 design, holiday", "design", "2026-04-03", "2026-10-08", None),
    ] {
        let first: FirstFiling = facts(json!({"kind": kind, "filed": filed}));
        let found = priority(&first, &ask(book, "china", "2026-03-01")).expect(clause);
        assert_eq!(found.until, day(until), "{clause}");
        assert_eq!(found.copy_until, copy.map(day), "{clause}");
        assert_eq!(found.json()["copy_until"], json!(copy));
        assert_eq!(found.json()["until"], until);
        assert_eq!(found.proof.first_wrong(), None);
        assert!(found.proof.find("priority_until").is_some());
    }
}

#[test]
fn the_clock_of_a_disclosure() {
    let book = book();
    let law = ask(book, "china", "2026-03-01");
    let one = |on: &str, cause: &str| match cause {
        "" => json!({"on": on}),
        cause => json!({"on": on, "cause": cause}),
    };
    let none: Option<&str> = None;
    for (clause, publications, filed, now, novelty, until) in [
        ("nothing public", vec![], none, "2026-03-01", "safe", none),
        (
            "PL 24(1)",
            vec![("2026-01-12", "emergency")],
            none,
            "2026-03-01",
            "grace",
            Some("2026-07-13"),
        ),
        (
            "PL 24(2)",
            vec![("2026-01-12", "exhibition")],
            none,
            "2026-07-12",
            "grace",
            Some("2026-07-13"),
        ),
        (
            "PL 24(3) last day",
            vec![("2026-01-12", "meeting")],
            none,
            "2026-07-13",
            "grace",
            Some("2026-07-13"),
        ),
        ("PL 24(3) day after", vec![("2026-01-12", "meeting")], none, "2026-07-14", "lost", none),
        (
            "PL 24(4)",
            vec![("2026-01-12", "without_consent")],
            Some("2026-07-13"),
            "2026-12-01",
            "safe",
            none,
        ),
        (
            "PL 24(4) filed late",
            vec![("2026-01-12", "without_consent")],
            Some("2026-07-14"),
            "2026-12-01",
            "lost",
            none,
        ),
        ("PL 22 lost", vec![("2026-01-12", "other")], none, "2026-01-13", "lost", none),
        (
            "public on the filing day",
            vec![("2026-01-12", "other")],
            Some("2026-01-12"),
            "2026-02-01",
            "safe",
            none,
        ),
        (
            "public the day before",
            vec![("2026-01-11", "other")],
            Some("2026-01-12"),
            "2026-02-01",
            "lost",
            none,
        ),
        ("planned", vec![("2026-04-01", "other")], none, "2026-03-31", "safe", Some("2026-04-01")),
        ("planned for today", vec![("2026-04-01", "other")], none, "2026-04-01", "lost", none),
        ("cause unknown", vec![("2026-01-12", "")], none, "2026-03-01", "unknown", none),
        (
            "unknown promises nothing",
            vec![("2026-01-12", ""), ("2026-01-13", "meeting")],
            none,
            "2026-03-01",
            "unknown",
            none,
        ),
        (
            "the worst counts",
            vec![("2026-01-12", ""), ("2026-01-13", "other")],
            none,
            "2026-03-01",
            "lost",
            none,
        ),
        (
            "the earliest end counts",
            vec![("2026-02-12", "meeting"), ("2026-01-12", "meeting")],
            none,
            "2026-03-01",
            "grace",
            Some("2026-07-13"),
        ),
        (
            "planned before the end",
            vec![("2026-04-01", "other"), ("2026-01-12", "meeting")],
            none,
            "2026-03-01",
            "grace",
            Some("2026-04-01"),
        ),
    ] {
        let list: Vec<Value> = publications.iter().map(|(on, cause)| one(on, cause)).collect();
        let disclosure: Disclosure =
            facts(json!({"publications": list, "filed": filed, "now": now}));
        let standing = super::novelty(&disclosure, &law).expect(clause);
        assert_eq!(standing.novelty.name(), novelty, "{clause}");
        assert_eq!(standing.until, until.map(day), "{clause}");
        assert_eq!(standing.proof.first_wrong(), None);
        assert_eq!(standing.proof.parts.len(), publications.len() + 1);
        assert_eq!(standing.json()["novelty"], novelty);
        assert_eq!(standing.json()["until"], json!(until));
    }
    let many: Vec<Value> = (0..10_001).map(|_| one("2026-01-12", "other")).collect();
    let disclosure: Disclosure = facts(json!({"publications": many, "now": "2026-03-01"}));
    let code = super::novelty(&disclosure, &law).map_err(|refusal| refusal.code).err();
    assert_eq!(code, Some("E-SIZE"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
        if let Err(refusal) = number(&text) {
            prop_assert_eq!(refusal.code, "E-ID-02");
        }
    }

    #[test]
    fn one_wrong_digit_is_found(
        mut body in prop::collection::vec(0u32..10, 12), at in 5usize..12, by in 1u32..10,
    ) {
        if let Some(kind) = body.get_mut(4) {
            *kind = 1;
        }
        let text = |body: &[u32], check| -> String {
            body.iter().map(u32::to_string).chain([String::from(check)]).collect()
        };
        let check = check_digit(&body);
        prop_assert!(number(&text(&body, check)).is_ok());
        if let Some(digit) = body.get_mut(at) {
            *digit = (*digit + by) % 10;
        }
        prop_assert!(number(&text(&body, check)).is_err());
    }
}

#[test]
fn a_cause_is_found_by_its_name() {
    let causes = [
        ("emergency", Cause::Emergency),
        ("exhibition", Cause::Exhibition),
        ("meeting", Cause::Meeting),
        ("without_consent", Cause::WithoutConsent),
        ("other", Cause::Other),
    ];
    for (name, cause) in causes {
        assert_eq!(Cause::from_name(name), Some(cause), "{name}");
    }
    assert_eq!(Cause::from_name("whim"), None);
}
