use super::*;
use crate::bound::testing::{book as rulebook, day, law, sound as proven, take};
use proptest::prelude::*;

fn booking(id: &str, from: &str, to: &str, seats: u32) -> Value {
    json!({"id": id, "from": from, "to": to, "seats": seats})
}

fn ask(
    capacity: u32,
    exclusive: bool,
    bookings: &[Value],
    request: Value,
) -> Result<Booked, Refusal> {
    book(&take(json!({
        "space": "A1", "capacity": capacity, "exclusive": exclusive,
        "bookings": bookings, "request": request,
    })))
}

#[test]
fn a_room_is_taken_once() {
    let taken = [booking("B1", "2026-03-02", "2026-03-05", 1)];
    for (clause, from, to, free) in [
        ("ends as it begins", "2026-02-27", "2026-03-02", true),
        ("begins as it ends", "2026-03-05", "2026-03-06", true),
        ("its first day", "2026-02-27", "2026-03-03", false),
        ("its last day", "2026-03-04", "2026-03-06", false),
        ("inside", "2026-03-03", "2026-03-04", false),
        ("around", "2026-03-01", "2026-03-09", false),
        ("the same", "2026-03-02", "2026-03-05", false),
    ] {
        let found = ask(9, true, &taken, booking("R", from, to, 1));
        match found {
            Ok(booked) => assert!(free && booked.peak == 1, "{clause}"),
            Err(refusal) => {
                assert!(!free, "{clause}");
                assert_eq!(refusal.code, "E-SPACE-01");
                assert_eq!(refusal.place.value.as_deref(), Some("B1"));
                assert!(refusal.message.en.contains("booking B1 from 2026-03-02 to 2026-03-05"));
            }
        }
    }
    let again = ask(9, false, &taken, booking("B1", "2027-03-02", "2027-03-05", 1));
    assert_eq!(again.map_err(|refusal| refusal.code).err(), Some("E-SPACE-01"));
}

#[test]
fn places_run_out() {
    let taken = [
        booking("B1", "2026-03-02", "2026-03-05", 3),
        booking("B2", "2026-03-04", "2026-03-08", 4),
        booking("B3", "2026-03-05", "2026-03-06", 2),
    ];
    for (clause, from, to, seats, peak) in [
        ("before", "2026-02-01", "2026-03-02", 10, Some(10)),
        ("after", "2026-03-08", "2026-03-09", 10, Some(10)),
        ("B1 alone", "2026-03-02", "2026-03-04", 7, Some(10)),
        ("B1 alone, one too many", "2026-03-02", "2026-03-04", 8, None),
        ("B1 and B2", "2026-03-02", "2026-03-05", 3, Some(10)),
        ("B1 and B2, one too many", "2026-03-02", "2026-03-05", 4, None),
        ("B2 and B3, begins inside", "2026-03-05", "2026-03-06", 4, Some(10)),
        ("B2 and B3, one too many", "2026-03-05", "2026-03-06", 5, None),
        ("the end is open", "2026-03-03", "2026-03-04", 7, Some(10)),
        ("small", "2026-03-01", "2026-03-20", 1, Some(8)),
    ] {
        let found = ask(10, false, &taken, booking("R", from, to, seats));
        assert_eq!(found.as_ref().ok().map(|booked| booked.peak), peak, "{clause}");
        if let Err(refusal) = found {
            assert_eq!(
                (refusal.code, refusal.place.column.as_deref()),
                ("E-SPACE-02", Some("request.seats")),
                "{clause}"
            );
        }
    }
    let booked = ask(10, false, &taken, booking("R", "2026-03-01", "2026-03-20", 1)).expect("room");
    assert_eq!((booked.peak, booked.free), (8, 2));
    assert_eq!(
        booked.proof.find("fullest_day").map(|one| one.value.text()).as_deref(),
        Some("2026-03-04")
    );
    assert_eq!(booked.json()["peak"], 8);
    assert_eq!(booked.json()["free"], 2);
    proven(&booked.proof);
    let refused =
        ask(10, false, &taken, booking("R", "2026-03-01", "2026-03-20", 4)).expect_err("full");
    assert!(
        refused.message.en.contains("has 3 places left on 2026-03-04; 4 are asked for"),
        "{refused}"
    );
}

#[test]
fn bookings_are_sound() {
    let fine = || booking("R", "2026-03-02", "2026-03-03", 1);
    for (clause, bookings, request, code, column) in [
        (
            "ends as it begins",
            vec![],
            booking("R", "2026-03-02", "2026-03-02", 1),
            "E-DATE-02",
            "request.to",
        ),
        (
            "ends before",
            vec![],
            booking("R", "2026-03-02", "2026-03-01", 1),
            "E-DATE-02",
            "request.to",
        ),
        (
            "no seats",
            vec![],
            booking("R", "2026-03-02", "2026-03-03", 0),
            "E-INPUT-02",
            "request.seats",
        ),
        (
            "an unsound one",
            vec![booking("B", "2026-03-02", "2026-03-02", 1)],
            fine(),
            "E-DATE-02",
            "bookings[1].to",
        ),
        (
            "too many",
            vec![booking("B", "2026-01-02", "2026-01-03", 1); 10_001],
            fine(),
            "E-SIZE",
            "bookings",
        ),
    ] {
        let refusal = ask(5, false, &bookings, request).expect_err(clause);
        assert_eq!(
            (refusal.code, refusal.place.column.as_deref()),
            (code, Some(column)),
            "{clause}"
        );
    }
    let huge = ask(u32::MAX, false, &[booking("B", "2026-03-02", "2026-03-03", u32::MAX)], fine());
    assert_eq!(huge.map_err(|refusal| refusal.code).err(), Some("E-SPACE-02"));
    let over = [booking("B", "2026-03-02", "2026-03-03", 9)];
    let refused = ask(5, false, &over, fine()).expect_err("over already");
    assert!(refused.message.en.contains("has 0 places left"));
}

proptest! {
    #[test]
    fn accepted_bookings_never_pass_capacity(
        capacity in 1u32..12,
        exclusive in any::<bool>(),
        asked in prop::collection::vec((0i32..40, 1i32..12, 1u32..6), 1..30),
    ) {
        let mut accepted: Vec<(i32, i32, u32)> = Vec::new();
        for (at, (from, length, seats)) in asked.iter().enumerate() {
            let text = |number: i32| Day::from_number(20_000 + number).to_string();
            let row = |id: usize, from: i32, to: i32, seats: u32| booking(&format!("B{id}"), &text(from), &text(to), seats);
            let bookings: Vec<Value> =
                accepted.iter().enumerate().map(|(id, (from, to, seats))| row(id, *from, *to, *seats)).collect();
            let request = row(100 + at, *from, from + length, *seats);
            // What a day-by-day count says, written down once more in another way.
            let taken = |day: i32| -> u32 {
                accepted.iter().filter(|(from, to, _)| *from <= day && day < *to).map(|one| one.2).sum()
            };
            let busiest = (*from..from + length).map(taken).max().unwrap_or(0);
            let conflict = exclusive && busiest > 0;
            match ask(capacity, exclusive, &bookings, request) {
                Ok(booked) => {
                    prop_assert!(!conflict && booked.peak == u64::from(busiest + seats));
                    prop_assert_eq!(booked.free, u64::from(capacity) - booked.peak);
                    accepted.push((*from, from + length, *seats));
                }
                Err(refusal) => {
                    let expected = if conflict { "E-SPACE-01" } else { "E-SPACE-02" };
                    prop_assert_eq!(refusal.code, expected);
                    prop_assert!(conflict || busiest + seats > capacity);
                }
            }
        }
        for day in 0..60 {
            let taken: u32 = accepted.iter().filter(|(from, to, _)| *from <= day && day < *to).map(|one| one.2).sum();
            prop_assert!(taken <= capacity);
        }
    }
}

fn sound_lease() -> Value {
    json!({
        "tenant": "某公司", "from": "2026-03-02", "months": 24, "rent": "10000.05",
        "deposit": "20000.00", "written": true,
        "milestones": [
            {"key": "融资", "due": "2026-06-30", "reached": "2026-06-30"},
            {"key": "首单", "due": "2026-06-30", "reached": "2026-07-01"},
            {"key": "高企", "due": "2026-07-31"},
            {"key": "上市", "due": "2026-08-01"},
        ],
    })
}

fn ask_lease(value: Value) -> Result<Terms, (&'static str, String)> {
    lease(&take(value), &law(rulebook(), "shanghai", "2026-03-02"), day("2026-08-01"))
        .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

#[test]
fn a_lease_comes_to_terms() {
    let terms = ask_lease(sound_lease()).expect("terms");
    assert_eq!(terms.ends, day("2028-03-02"));
    assert_eq!(terms.rent, Fen::parse("240001.20").expect("money"));
    assert_eq!(terms.total, Fen::parse("260001.20").expect("money"));
    assert!(terms.writing_required && !terms.open_ended);
    let progress: Vec<&str> =
        terms.milestones.iter().map(|(_, progress)| progress.name()).collect();
    assert_eq!(progress, ["reached", "late", "overdue", "open"]);
    proven(&terms.proof);
    let json = terms.json();
    assert_eq!(json["ends"], "2028-03-02");
    assert_eq!(
        (json["rent"].as_str(), json["total"].as_str()),
        (Some("240001.20"), Some("260001.20"))
    );
    assert_eq!(json["milestones"][1], json!({"key": "首单", "progress": "late"}));
    assert_eq!((&json["writing_required"], &json["open_ended"]), (&json!(true), &json!(false)));
}

#[test]
fn terms_follow_the_code() {
    for (clause, months, written, ends, required, open) in [
        ("CC 707 short", 5, false, "2026-08-02", false, false),
        ("CC 707 six months", 6, false, "2026-09-02", true, true),
        ("CC 707 in writing", 6, true, "2026-09-02", true, false),
        ("CC 705 twenty years", 240, true, "2046-03-02", true, false),
        ("CC 705 past twenty years", 241, true, "2046-03-02", true, false),
        ("CC 705 just below", 239, true, "2046-02-02", true, false),
    ] {
        let mut value = sound_lease();
        value["months"] = json!(months);
        value["written"] = json!(written);
        let terms = ask_lease(value).expect(clause);
        assert_eq!(
            (terms.ends, terms.writing_required, terms.open_ended),
            (day(ends), required, open),
            "{clause}"
        );
    }
    for (clause, at, value, code, column) in [
        ("no months", "months", json!(0), "E-DATE-06", "months"),
        ("too many", "months", json!(40_001), "E-DATE-06", "months"),
        ("negative rent", "rent", json!("-0.01"), "E-MONEY-02", "rent"),
        ("negative deposit", "deposit", json!("-0.01"), "E-MONEY-02", "deposit"),
        ("too much", "rent", json!("10000000000000.00"), "E-MONEY-04", "rent"),
        (
            "future",
            "milestones",
            json!([{"key": "k", "due": "2026-08-05", "reached": "2026-08-02"}]),
            "E-DATE-03",
            "milestones[1].reached",
        ),
    ] {
        let mut lease = sound_lease();
        lease[at] = value;
        assert_eq!(ask_lease(lease).err(), Some((code, column.to_string())), "{clause}");
    }
    let mut free = sound_lease();
    free["rent"] = json!("0.00");
    free["deposit"] = json!("0.00");
    free["milestones"] = json!([{"key": "k", "due": "2026-08-01", "reached": "2026-08-01"}]);
    assert_eq!(ask_lease(free).map(|terms| terms.total), Ok(Fen::ZERO));
}

fn ask_survival(firms: Value, years: u32) -> Result<Survival, (&'static str, String)> {
    let facts = take(json!({"firms": firms, "years": years}));
    survival(&facts, &law(rulebook(), "shanghai", "2026-03-02"), day("2026-03-02"))
        .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

#[test]
fn survival_lies_between_bounds() {
    let firms = json!([
        {"id": "a", "entered": "2023-03-02", "seen": "2026-03-02"},
        {"id": "b", "entered": "2023-03-02", "ceased": "2026-03-02"},
        {"id": "c", "entered": "2023-03-02", "ceased": "2026-03-01"},
        {"id": "d", "entered": "2023-03-02", "seen": "2026-03-01"},
        {"id": "e", "entered": "2023-03-02"},
        {"id": "f", "entered": "2023-03-03", "seen": "2026-03-02"},
        {"id": "g", "entered": "2023-03-03", "ceased": "2024-01-01"},
    ]);
    let found = ask_survival(firms, 3).expect("a cohort");
    assert_eq!((found.operating, found.ceased, found.unknown, found.young), (2, 1, 2, 2));
    assert_eq!((found.lowest, found.highest), (Ratio::new(2, 5), Ratio::new(4, 5)));
    assert_eq!(found.proof.value, Shown::Unknown);
    let fate = |id: &str| found.proof.find(id).map(|one| one.value.text());
    assert_eq!(fate("c").as_deref(), Some("ceased"));
    assert_eq!(fate("e").as_deref(), Some("unknown"));
    assert_eq!(fate("b").as_deref(), Some("operating"));
    assert_eq!(fate("f").as_deref(), Some("young"));
    let mut json = found.json();
    json.as_object_mut().expect("object").remove("proof");
    let told = json!({"operating": 2, "ceased": 1, "unknown": 2, "young": 2, "lowest": "40%", "highest": "80%"});
    assert_eq!(json, told);
    let known = json!([
        {"id": "a", "entered": "2023-01-02", "seen": "2026-02-02"},
        {"id": "c", "entered": "2023-01-02", "ceased": "2025-03-01"},
        {"id": "d", "entered": "2023-01-02", "ceased": "2025-03-01"},
    ]);
    let found = ask_survival(known, 3).expect("a cohort");
    assert_eq!((found.lowest, found.highest), (Ratio::new(1, 3), Ratio::new(1, 3)));
    assert_eq!(found.proof.value.text(), "1/3");
    let none = ask_survival(json!([]), 3).expect("a cohort");
    assert_eq!((none.lowest, none.highest, none.operating), (None, None, 0));
}

#[test]
fn firms_are_sound() {
    for (clause, firm, years, code) in [
        (
            "ceased before it entered",
            json!({"id": "a", "entered": "2023-03-02", "ceased": "2023-03-01"}),
            3,
            "E-DATE-02",
        ),
        (
            "seen before it entered",
            json!({"id": "a", "entered": "2023-03-02", "seen": "2023-03-01"}),
            3,
            "E-DATE-02",
        ),
        (
            "ceased in the future",
            json!({"id": "a", "entered": "2023-03-02", "ceased": "2026-03-03"}),
            3,
            "E-DATE-03",
        ),
        (
            "seen in the future",
            json!({"id": "a", "entered": "2023-03-02", "seen": "2026-03-03"}),
            3,
            "E-DATE-03",
        ),
        ("no years", json!({"id": "a", "entered": "2023-03-02"}), 0, "E-DATE-06"),
    ] {
        assert_eq!(
            ask_survival(json!([firm]), years).map_err(|(code, _)| code).err(),
            Some(code),
            "{clause}"
        );
    }
    assert!(
        ask_survival(json!([{"id": "a", "entered": "2023-03-02", "ceased": "2023-03-02"}]), 3)
            .is_ok()
    );
}
