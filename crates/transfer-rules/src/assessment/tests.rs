use super::*;
use crate::bound::testing::{book, day, law, sound as proven, take};

const KEYS: [&str; 5] =
    ["scientific", "technical", "economic", "social_and_cultural", "transformation_potential"];

fn score(indicator: &str, assessor: &str, points: i64) -> Value {
    json!({
        "indicator": indicator, "assessor": assessor, "points": points, "on": "2026-03-02",
        "evidence": ["E1"],
    })
}

fn sound() -> Value {
    let scores: Vec<Value> = KEYS
        .iter()
        .flat_map(|key| [score(key, "周", 60), score(key, "吴", 80), score(key, "郑", 99)])
        .collect();
    json!({
        "result_kind": "applied", "purpose": "定价", "completers": ["张伟"],
        "assessors": [
            {"person": "周", "conflicted": false}, {"person": "吴", "conflicted": false},
            {"person": "郑", "conflicted": true},
        ],
        "scores": scores,
    })
}

fn ask(value: Value) -> Result<Assessed, (&'static str, String)> {
    let book = book();
    assess(&take(value), &law(book, "shanghai", "2026-03-02"), day("2026-03-02"))
        .map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

#[test]
fn every_indicator_stands_for_itself() {
    let found = ask(sound()).expect("an assessment");
    assert!(found.complete);
    assert_eq!(found.excluded, ["郑"]);
    proven(&found.proof);
    let keys: Vec<&str> = found.indicators.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, KEYS, "GBT44731");
    for one in &found.indicators {
        assert_eq!((one.lowest, one.highest, one.scores), (Some(60), Some(80), 2), "{}", one.key);
    }
    let json = found.json();
    assert!(json.get("total").is_none());
    assert_eq!(
        json["indicators"][0],
        json!({"key": "scientific", "lowest": 60, "highest": 80, "scores": 2})
    );
    assert_eq!(json["excluded"], json!(["郑"]));
    assert_eq!(json["complete"], true);
    let leaf = found.proof.find("technical.lowest").expect("there");
    assert_eq!(leaf.parts.len(), 2);
    assert_eq!(leaf.find("周").map(|one| one.value.text()).as_deref(), Some("60"));
    assert_eq!(leaf.find("evidence").map(|one| one.value.text()).as_deref(), Some("E1"));
    assert_eq!(
        found.proof.find("result_kind").map(|one| one.value.text()).as_deref(),
        Some("applied")
    );
}

#[test]
fn an_indicator_nobody_scored_stays_open() {
    let mut value = sound();
    let scores = value["scores"].as_array_mut().expect("scores");
    scores.retain(|one| one["indicator"] != "economic" || one["assessor"] == "郑");
    let found = ask(value).expect("an assessment");
    assert!(!found.complete);
    let economic = &found.indicators[2];
    assert_eq!((economic.lowest, economic.highest, economic.scores), (None, None, 0));
    proven(&found.proof);
}

#[test]
fn what_is_no_score_is_refused() {
    let cases: &[(&str, &str, Value, &str, &str)] = &[
        (
            "GBT44731 indicator",
            "/scores/0/indicator",
            json!("beauty"),
            "E-INPUT-02",
            "scores[1].indicator",
        ),
        ("below the scale", "/scores/0/points", json!(-1), "E-INPUT-02", "scores[1].points"),
        ("past the scale", "/scores/0/points", json!(101), "E-INPUT-02", "scores[1].points"),
        ("no evidence", "/scores/1/evidence", json!([]), "E-INPUT-02", "scores[2].evidence"),
        ("no assessor", "/scores/1/assessor", json!("钱"), "E-INPUT-02", "scores[2].assessor"),
        ("twice", "/scores/1/assessor", json!("周"), "E-INPUT-02", "scores[2].assessor"),
        ("no purpose", "/purpose", json!(" "), "E-INPUT-02", "purpose"),
        ("future", "/scores/0/on", json!("2026-03-03"), "E-DATE-03", "scores[1].on"),
        ("I13 completer", "/completers/0", json!("周"), "E-POC-03", "assessors"),
        ("I13 not declared", "/assessors/0/conflicted", Value::Null, "E-POC-03", "assessors"),
    ];
    for (clause, at, value, code, column) in cases {
        let mut facts = sound();
        *facts.pointer_mut(at).expect("there") = value.clone();
        assert_eq!(ask(facts), Err((*code, (*column).to_string())), "{clause}");
    }
    for points in [0, 100] {
        let mut facts = sound();
        facts["scores"][0]["points"] = json!(points);
        assert!(ask(facts).is_ok(), "{points}");
    }
    for (name, kind) in [
        ("basic", ResultKind::Basic),
        ("applied", ResultKind::Applied),
        ("development", ResultKind::Development),
        ("soft", ResultKind::Soft),
    ] {
        assert_eq!(kind.name(), name);
        assert_eq!(take::<ResultKind>(json!(name)), kind);
    }
    let mut facts = sound();
    facts["completers"] = vec!["x"; 10_001].into();
    assert_eq!(ask(facts), Err(("E-SIZE", "completers".to_string())));
}
