use super::*;
use crate::bound::testing::{book, law, sound as proven, take};
use proptest::prelude::*;

fn event(id: &str, on: &str, what: Value) -> Value {
    json!({"id": id, "on": on, "what": what})
}

fn signed(licence: &str, exclusive: bool, licensee: &str, equity: bool) -> Value {
    json!({"kind": "licence_signed", "licence": licence, "exclusive": exclusive, "licensee": licensee, "equity": equity})
}

fn income(licence: Option<&str>, amount: &str, income: &str) -> Value {
    json!({"kind": "licence_income", "licence": licence, "amount": amount, "income": income})
}

fn formed(startup: &str, licence: Option<&str>, home: bool) -> Value {
    json!({"kind": "startup_formed", "startup": startup, "licence": licence, "home": home})
}

fn ask(events: Vec<Value>) -> Survey {
    let facts = take(json!({"from": "2025-01-01", "to": "2026-01-01", "events": events}));
    let found = survey(&facts, &law(book(), "shanghai", "2026-03-02")).expect("a survey");
    proven(&found.proof);
    found
}

fn year() -> Vec<Value> {
    vec![
        event("L0", "2023-05-01", signed("LA", true, "large", false)),
        event("L1", "2024-05-01", signed("LB", false, "small", false)),
        event("S0", "2024-06-01", formed("SA", Some("LB"), false)),
        event("P0", "2024-07-01", json!({"kind": "disclosed", "disclosure": "D0"})),
        event("X1", "2025-01-01", json!({"kind": "licence_ended", "licence": "LA"})),
        event("R1", "2025-01-01", json!({"kind": "research_spent", "amount": "7000000.00"})),
        event("R2", "2025-12-31", json!({"kind": "research_spent", "amount": "3000000.50"})),
        event("D1", "2025-02-01", json!({"kind": "disclosed", "disclosure": "D1"})),
        event("D2", "2025-02-02", json!({"kind": "disclosed", "disclosure": "D2"})),
        event("D3", "2025-02-03", json!({"kind": "disclosed", "disclosure": "D3"})),
        event(
            "A1",
            "2025-03-01",
            json!({"kind": "patent_filed", "application": "A1", "new": true}),
        ),
        event(
            "A2",
            "2025-03-02",
            json!({"kind": "patent_filed", "application": "A2", "new": false}),
        ),
        event("L2", "2025-04-01", signed("LC", true, "startup", true)),
        event("L3", "2025-04-02", signed("LD", false, "small", false)),
        event("L4", "2025-04-03", signed("LE", false, "large", false)),
        event("O1", "2025-04-04", json!({"kind": "option_signed", "option": "O1"})),
        event("S1", "2025-05-01", formed("SB", Some("LC"), true)),
        event("S2", "2025-05-02", formed("SC", Some("LD"), true)),
        event("S3", "2025-05-03", formed("SD", Some("LE"), false)),
        event("S4", "2025-06-01", json!({"kind": "startup_ceased", "startup": "SB"})),
        event("I1", "2025-07-01", income(Some("LB"), "120000.00", "running_royalty")),
        event("I2", "2025-07-02", income(Some("LC"), "500000.00", "fee")),
        event("I3", "2025-07-03", income(Some("LC"), "80000.25", "cashed_equity")),
        event("F1", "2025-08-01", json!({"kind": "legal_fee_spent", "amount": "40000.00"})),
        event("F2", "2025-08-02", json!({"kind": "legal_fee_reimbursed", "amount": "40000.00"})),
        event(
            "N1",
            "2025-09-01",
            json!({"kind": "product_launched", "product": "N", "licence": "LB"}),
        ),
        event("T1", "2025-09-02", json!({"kind": "result_obtained", "result": "R"})),
    ]
}

#[test]
fn the_survey_is_derived() {
    let found = ask(year());
    assert_eq!(found.mistakes, []);
    for (question, key, value, events) in [
        ("Q3.1", "research_expenditure", "10000000.50", "R1 R2"),
        ("Q4.1", "licences_executed", "3", "L2 L3 L4"),
        ("Q4.2", "options_executed", "1", "O1"),
        ("Q5.4", "licence_income", "700000.25", "I1 I2 I3"),
        ("Q7.1", "disclosures", "3", "D1 D2 D3"),
        ("Q7.4", "new_patent_applications", "1", "A1"),
        ("Q8.1", "startups", "3", "S1 S2 S3"),
        ("", "active_licences", "4", "L1 L2 L3 L4"),
        ("", "exclusive_licences", "1", "L2"),
        ("", "non_exclusive_licences", "2", "L3 L4"),
        ("", "licences_to_startups", "1", "L2"),
        ("", "licences_to_small", "1", "L3"),
        ("", "licences_to_large", "1", "L4"),
        ("", "licences_with_equity", "1", "L2"),
        ("", "running_royalties", "120000.00", "I1"),
        ("", "cashed_in_equity", "80000.25", "I3"),
        ("", "legal_fees_spent", "40000.00", "F1"),
        ("", "legal_fees_reimbursed", "40000.00", "F2"),
        ("", "startups_operating", "3", "S0 S2 S3"),
        ("", "startups_home", "2", "S1 S2"),
        ("", "startups_home_share", "2/3", "S1 S2 S3"),
        ("", "new_products", "1", "N1"),
    ] {
        let figure = found.figure(key).expect(key);
        assert_eq!(
            (figure.value.text().as_str(), figure.events.join(" ").as_str()),
            (value, events),
            "AUTM {key}"
        );
        assert_eq!(figure.question.unwrap_or(""), question, "{key}");
        if !question.is_empty() {
            assert_eq!(found.figure(question).map(|one| one.key), Some(key));
        }
    }
    assert_eq!(found.figures.len(), 22);
    let json = found.json();
    assert_eq!(json["figures"][3]["question"], "Q5.4");
    assert_eq!(json["mistakes"], json!([]));
}

#[test]
fn common_mistakes_are_found_and_counted_nowhere() {
    let cases: &[(&str, Value, &str, &str)] = &[
        (
            "income without a licence",
            event("M", "2025-10-01", income(None, "1.00", "fee")),
            "E-INPUT-02",
            "Q5.4",
        ),
        (
            "income of an unknown licence",
            event("M", "2025-10-01", income(Some("LZ"), "1.00", "fee")),
            "E-INPUT-02",
            "Q5.4",
        ),
        (
            "income before its licence",
            event("M", "2025-03-31", income(Some("LC"), "1.00", "fee")),
            "E-INPUT-02",
            "Q5.4",
        ),
        (
            "startup without a licence",
            event("M", "2025-10-01", formed("SZ", None, true)),
            "E-INPUT-02",
            "Q8.1",
        ),
        (
            "startup of an unknown licence",
            event("M", "2025-10-01", formed("SZ", Some("LZ"), true)),
            "E-INPUT-02",
            "Q8.1",
        ),
        (
            "startup twice",
            event("M", "2025-10-01", formed("SB", Some("LC"), true)),
            "E-INPUT-02",
            "startups_operating",
        ),
        (
            "startup that never was ceased",
            event("M", "2025-10-01", json!({"kind": "startup_ceased", "startup": "SZ"})),
            "E-INPUT-02",
            "startups_operating",
        ),
        (
            "startup ceased twice",
            event("M", "2025-10-01", json!({"kind": "startup_ceased", "startup": "SB"})),
            "E-INPUT-02",
            "startups_operating",
        ),
        (
            "negative income",
            event("M", "2025-10-01", income(Some("LC"), "-1.00", "fee")),
            "E-MONEY-02",
            "Q5.4",
        ),
        (
            "income of nought",
            event("M", "2025-10-01", income(Some("LC"), "0.00", "fee")),
            "E-INPUT-02",
            "Q5.4",
        ),
        (
            "negative research",
            event("M", "2025-10-01", json!({"kind": "research_spent", "amount": "-0.01"})),
            "E-MONEY-02",
            "Q3.1",
        ),
        (
            "after the year",
            event("M", "2026-01-01", json!({"kind": "disclosed", "disclosure": "D9"})),
            "E-DATE-03",
            "Q7.1",
        ),
        (
            "disclosure twice",
            event("M", "2025-10-01", json!({"kind": "disclosed", "disclosure": "D1"})),
            "E-INPUT-02",
            "Q7.1",
        ),
        (
            "application twice",
            event(
                "M",
                "2025-10-01",
                json!({"kind": "patent_filed", "application": "A1", "new": true}),
            ),
            "E-INPUT-02",
            "Q7.4",
        ),
        (
            "option twice",
            event("M", "2025-10-01", json!({"kind": "option_signed", "option": "O1"})),
            "E-INPUT-02",
            "Q4.2",
        ),
        (
            "licence twice",
            event("M", "2025-10-01", signed("LC", true, "startup", true)),
            "E-INPUT-02",
            "Q4.1",
        ),
        (
            "licence ended that never was",
            event("M", "2025-10-01", json!({"kind": "licence_ended", "licence": "LZ"})),
            "E-INPUT-02",
            "active_licences",
        ),
        (
            "licence ended twice",
            event("M", "2025-10-01", json!({"kind": "licence_ended", "licence": "LA"})),
            "E-INPUT-02",
            "active_licences",
        ),
        (
            "product without a licence",
            event(
                "M",
                "2025-10-01",
                json!({"kind": "product_launched", "product": "P", "licence": "LZ"}),
            ),
            "E-INPUT-02",
            "new_products",
        ),
        (
            "id twice",
            event("R1", "2025-10-01", json!({"kind": "research_spent", "amount": "9.00"})),
            "E-INPUT-02",
            "Q3.1",
        ),
    ];
    let clean = ask(year());
    for (clause, mistake, code, figure) in cases {
        let mut events = year();
        events.push(mistake.clone());
        let found = ask(events);
        let named: Vec<(&str, Option<&str>)> =
            found.mistakes.iter().map(|one| (one.code, one.place.column.as_deref())).collect();
        assert_eq!(named, [(*code, mistake["id"].as_str())], "AUTM check: {clause}");
        let value = |survey: &Survey| survey.figure(figure).map(|one| one.value.clone());
        assert_eq!(value(&found), value(&clean), "AUTM check: {clause}");
        assert_eq!(found.json()["mistakes"][0]["code"], *code);
    }
}

#[test]
fn sums_that_contradict_are_said() {
    let mut events = year();
    events.push(event(
        "F3",
        "2025-08-03",
        json!({"kind": "legal_fee_reimbursed", "amount": "0.01"}),
    ));
    let found = ask(events);
    assert_eq!(found.mistakes.len(), 1);
    assert_eq!(found.mistakes[0].place.column.as_deref(), Some("legal_fees_reimbursed"));
    assert_eq!(
        found.figure("legal_fees_reimbursed").map(|one| one.value.text()).as_deref(),
        Some("40000.01")
    );
    let none = ask(vec![]);
    assert_eq!(
        none.figure("startups_home_share").map(|one| one.value.clone()),
        Some(Shown::Unknown)
    );
    assert_eq!(none.figure("Q5.4").map(|one| one.value.text()).as_deref(), Some("0.00"));
    for (to, code) in
        [("2025-01-01", Some("E-DATE-02")), ("2024-12-31", Some("E-DATE-02")), ("2025-01-02", None)]
    {
        let facts = take(json!({"from": "2025-01-01", "to": to, "events": []}));
        let found = survey(&facts, &law(book(), "us", "2026-03-02"));
        assert_eq!(found.map_err(|refusal| refusal.code).err(), code, "{to}");
    }
    let many: Vec<Value> = (0..10_001)
        .map(|at| {
            event(
                &at.to_string(),
                "2025-01-01",
                json!({"kind": "disclosed", "disclosure": at.to_string()}),
            )
        })
        .collect();
    let facts = take(json!({"from": "2025-01-01", "to": "2026-01-01", "events": many}));
    let found = survey(&facts, &law(book(), "us", "2026-03-02"));
    assert_eq!(found.map_err(|refusal| refusal.code).err(), Some("E-SIZE"));
}

proptest! {
    #[test]
    fn the_order_of_entry_does_not_matter(seed in any::<u64>()) {
        let mut events = year();
        let mut state = seed | 1;
        for at in (1..events.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            events.swap(at, (state >> 33) as usize % (at + 1));
        }
        // Events of one day keep their order of entry; the two of 2025-01-01 do not touch.
        let found = ask(events);
        prop_assert!(found.mistakes.is_empty());
        for figure in ask(year()).figures {
            let other = found.figure(figure.key).map(|one| one.value.clone());
            prop_assert_eq!(Some(figure.value), other, "{}", figure.key);
        }
    }
}
