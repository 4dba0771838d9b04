//! The fold: what follows what, what a step leaves behind, what comes of it.

use super::*;
use crate::testkit::{book, day};
use serde_json::{Value, json};

const SALE: &str = include_str!("../../../../docs/transfer/scenario-1-sale.json");
const LICENCE: &str = include_str!("../../../../docs/transfer/scenario-2-licence.json");
const POC: &str = include_str!("../../../../docs/transfer/scenario-6-poc.json");
const EXPORT: &str = include_str!("../../../../docs/transfer/scenario-12-export.json");

fn events(text: &str) -> Vec<Value> {
    let deal: Value = serde_json::from_str(text).expect("JSON");
    deal["events"].as_array().expect("events").clone()
}

/// A case with what came of each event: its code when it was refused.
struct Played {
    case: Case,
    steps: Vec<Stamped>,
    said: Vec<Result<Applied, &'static str>>,
}

impl Played {
    fn new(all: &[Value]) -> Played {
        let mut played = Played { case: Case::default(), steps: Vec::new(), said: Vec::new() };
        all.iter().for_each(|event| {
            played.add(event.clone());
        });
        played
    }

    /// Adds an event; `-` or the code of its refusal.
    fn add(&mut self, body: Value) -> &'static str {
        let event = Event::read(body).expect("an event");
        let seq = self.steps.len() as i64 + 1;
        let stamped = Stamped { event, seq, by: "A1".to_string(), recorded: day("2027-06-01") };
        let said = self.case.apply(&stamped, book());
        let said = said.map_err(|refusals| refusals.first().map_or("?", |refusal| refusal.code));
        if said.is_ok() {
            self.steps.push(stamped);
        }
        let code = said.as_ref().err().copied().unwrap_or("-");
        self.said.push(said);
        code
    }

    fn noted(&self) -> &[Label] {
        self.said.last().and_then(|said| said.as_ref().ok()).map_or(&[], |applied| &applied.notes)
    }

    fn fact(&self, key: &str) -> Option<String> {
        self.case.facts().iter().find(|fact| fact.key == key).map(|fact| fact.value.text())
    }
}

#[test]
fn nothing_comes_before_what_it_needs() {
    let opened = Played::new(&events(SALE)[..1]).case;
    let may: Vec<&str> = opened.openings(day("2026-03-01"), book()).iter().map(|o| o.0).collect();
    assert!(may.contains(&"disclosed") && may.contains(&"noted"), "{may:?}");
    for kind in KINDS {
        let early = !stage::needs(kind).iter().all(|need| *need == "opened");
        assert_eq!(early, !may.contains(kind) && *kind != "opened", "{kind}");
        // What cannot be offered is refused when it is tried.
        if early {
            let mut again = Played::new(&events(SALE)[..1]);
            let said = again.add(json!({"kind": kind, "on": "2026-03-01"}));
            assert_eq!(said, "E-CASE-01", "{kind}");
        }
    }
    // What happens once is not offered again.
    let disclosed = Played::new(&events(SALE)[..2]).case;
    let may: Vec<&str> =
        disclosed.openings(day("2026-03-01"), book()).iter().map(|o| o.0).collect();
    assert!(!may.contains(&"disclosed") && may.contains(&"screened"), "{may:?}");
}

#[test]
fn a_signing_that_is_too_early_is_offered_with_the_reason() {
    let mut all = events(SALE);
    all[14]["on"] = json!("2026-11-20");
    let priced = Played::new(&all[..15]).case;
    let why = |on: &str| {
        let openings = priced.openings(day(on), book());
        let found = openings.into_iter().find(|(kind, _)| *kind == "contract_signed");
        found.map(|(_, refusal)| refusal.map(|refusal| refusal.code))
    };
    assert_eq!(why("2026-11-25"), Some(Some("E-PRICE-01")));
    assert_eq!(why("2026-12-08"), Some(None));
}

#[test]
fn a_result_is_idle_until_a_contract_or_the_end() {
    let all = events(SALE);
    let idle = |count: usize| Played::new(&all[..count]).case.idle_since();
    assert_eq!(idle(1), None, "nobody disclosed it yet");
    assert_eq!(idle(2), Some(day("2025-10-15")));
    assert_eq!(idle(17), Some(day("2025-10-15")));
    assert_eq!(idle(all.len()), None);
    let mut dropped = Played::new(&all[..2]);
    assert_eq!(dropped.add(json!({"kind": "closed", "on": "2026-01-05", "reason": "撤回"})), "-");
    assert_eq!(dropped.case.idle_since(), None, "a closed case lies nowhere");
}

#[test]
fn an_assessment_stands_among_the_facts() {
    let mut played = Played::new(&events(SALE)[..3]);
    let score = |indicator: &str, points: i64| {
        json!({"indicator": indicator, "points": points, "assessor": "专一", "on": "2025-11-01",
            "evidence": ["R-1"]})
    };
    let assessed = json!({
        "kind": "assessed", "on": "2025-11-01", "result_kind": "applied", "purpose": "转化",
        "assessors": [
            {"person": "专一", "conflicted": false}, {"person": "专二", "conflicted": false},
            {"person": "专三", "conflicted": false},
        ],
        "scores": [score("scientific", 80), score("technical", 85), score("economic", 70)],
    });
    assert_eq!(played.add(assessed.clone()), "-", "{:?}", played.said.last());
    assert!(played.fact("assessment").is_some());
    assert_eq!(played.case.stage, Stage::Protection);
    // One of those who made it does not assess it.
    let mut own = assessed;
    own["assessors"][0]["person"] = json!("王一");
    assert_eq!(Played::new(&events(SALE)[..3]).add(own), "E-POC-03");
}

#[test]
fn a_co_owner_who_consented_is_asked_no_more() {
    let mut all = events(SALE);
    all[5]["holdings"] = json!([
        {"party": "材料研究所", "share": "50%", "from": "2023-01-05"},
        {"party": "合作大学", "share": "50%", "from": "2023-01-05"},
    ]);
    let mut alone = Played::new(&all[..17]);
    assert_eq!(alone.add(all[18].clone()), "E-OWN-02");
    let mut together = Played::new(&all[..17]);
    let consent = json!({"kind": "co_owner_consented", "on": "2026-03-02", "party": "合作大学"});
    assert_eq!(together.add(consent), "-");
    assert_eq!(together.add(all[18].clone()), "-");
}

#[test]
fn what_is_listed_is_sold_as_it_was_listed() {
    let mut all = events(SALE);
    all[8] = json!({"kind": "priced", "on": "2026-02-25", "way": "listing"});
    let mut played = Played::new(&all[..14]);
    assert_eq!(played.case.price(), None);
    let names = |case: &Case| -> Vec<String> {
        let missing = case.missing_evidence(book(), day("2026-11-25"));
        missing.iter().map(ToString::to_string).collect()
    };
    let listed = names(&played.case);
    let agreed = names(&Played::new(&events(SALE)[..14]).case);
    assert_ne!(listed, agreed, "a listing is shown otherwise than an agreement");
    assert_eq!(played.add(all[18].clone()), "E-PRICE-02");
    // An agreement needs both its price and its buyer.
    for gone in ["price", "counterparty"] {
        let mut event = events(SALE)[8].clone();
        event[gone] = Value::Null;
        assert_eq!(Played::new(&all[..8]).add(event), "E-INPUT-02", "{gone}");
    }
}

#[test]
fn a_licence_is_known_to_other_cases() {
    let all = events(LICENCE);
    let played = Played::new(&all[..18]);
    let (right, body) = played.case.licence().expect("granted");
    assert_eq!(right, "ZL202310000001.5");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((&body["kind"], &body["licensee"]), (&json!("sole"), &json!("恒达材料公司")));
    assert_eq!((&body["may_sublicense"], &body["under"]), (&json!(false), &Value::Null));
    let refused = played.said[16].as_ref().err();
    assert_eq!(refused, Some(&"E-LIC-01"));
}

#[test]
fn a_registration_that_is_refused_ends_the_waiting() {
    let all = events(SALE);
    let mut played = Played::new(&all[..21]);
    let refused = json!({"kind": "registration_moved", "on": "2026-04-02", "event": "refuse",
        "reason": "not_technical"});
    assert_eq!(played.add(refused), "-");
    assert_eq!(played.fact("registration").as_deref(), Some("not_registered"));
    assert_eq!(played.case.stage, Stage::Performance);
    assert!(played.noted().iter().any(|note| note.zh.contains("不享受")));
    assert_eq!(played.case.outcome().and_then(|one| one.registered), None);
    let mut clocks = played.case.clocks().iter();
    assert!(!clocks.any(|clock| clock.key == "registration" && clock.done.is_none()));
}

#[test]
fn a_report_that_is_late_is_noted() {
    let all = events(SALE);
    for (on, late) in [("2027-03-30", false), ("2027-03-31", true)] {
        let mut played = Played::new(&all[..35]);
        let report = json!({"kind": "reported", "on": on, "year": 2026});
        assert_eq!(played.add(report), "-", "{on}");
        assert_eq!(played.noted().len(), usize::from(late), "{on}");
    }
    let mut none = Played::new(&all[..35]);
    assert_eq!(
        none.add(json!({"kind": "reported", "on": "2027-03-30", "year": 2020})),
        "E-INPUT-02"
    );
}

#[test]
fn nothing_is_distributed_anew_before_it_is_paid() {
    let all = events(SALE);
    let mut played = Played::new(&all[..30]);
    assert_eq!(played.add(all[27].clone()), "E-PAY-03", "nothing new was received");
    let mut again = all[27].clone();
    again["on"] = json!("2026-05-11");
    assert_eq!(played.add(again), "E-PAY-03", "the one before is not paid out");
}

#[test]
fn evidence_is_named_by_its_digest() {
    let all = events(SALE);
    for wrong in ["", "00", &"g".repeat(64), &"A".repeat(64), &"0".repeat(63), &"0".repeat(65)] {
        let added = |sha256: &str| {
            json!({"kind": "evidence_added", "on": "2026-02-26", "element": "market",
                "sha256": sha256})
        };
        assert_eq!(Played::new(&all[..9]).add(added(wrong)), "E-SRC-02", "{wrong}");
        assert_eq!(Played::new(&all[..9]).add(added(&"0f".repeat(32))), "-");
    }
}

#[test]
fn reports_count_contracts_and_what_was_distributed() {
    let all = events(SALE);
    let played = Played::new(&all[..28]);
    let counted = |kind: &str| {
        let step = played.steps.iter().find(|step| step.event.kind == kind).expect("it happened");
        played.case.activity(step, "J7", "K1").len()
    };
    assert_eq!((counted("contract_signed"), counted("disclosed")), (1, 2));
    let shared = played.case.distributed(day("2026-05-01"), "J9", "K1");
    assert!(!shared.is_empty() && shared.iter().all(|event| event.id.starts_with("J9")));
    let early = Played::new(&all[..20]).case.distributed(day("2026-05-01"), "J9", "K1");
    assert!(early.is_empty());
}

#[test]
fn a_killed_project_says_what_is_to_be_paid_back() {
    let all = events(POC);
    let running = Played::new(&all[..14]);
    assert_eq!(running.fact("poc_refund"), None);
    assert_eq!(running.case.poc_state(), Some("funded"));
    let killed = Played::new(&all);
    assert_eq!(killed.case.poc_state(), Some("killed"));
    assert_eq!(killed.fact("poc_released").as_deref(), Some("560000.00"));
    assert_eq!(killed.fact("poc_refund").as_deref(), Some("88699.60"));
    assert!(killed.noted().iter().any(|note| note.zh.contains("阴性")));
}

#[test]
fn an_export_step_ends_its_waiting() {
    let all = events(EXPORT);
    let before = Played::new(&all[..16]);
    let waits = |played: &Played, key: &str| {
        played.case.clocks().iter().any(|clock| clock.key == key && clock.done.is_none())
    };
    assert!(waits(&before, "export_licence"), "{:?}", before.case.clocks());
    assert!(!waits(&Played::new(&all), "export_licence"));
}

#[test]
fn royalties_without_books_are_noted() {
    let all = events(LICENCE);
    let mut open = all[17].clone();
    open["contract"]["payment"]["royalty"]["audit"] = json!(false);
    let mut played = Played::new(&all[..15]);
    assert_eq!(played.add(open), "-");
    assert!(played.noted().iter().any(|note| !note.zh.is_empty() && !note.en.is_empty()));
}
