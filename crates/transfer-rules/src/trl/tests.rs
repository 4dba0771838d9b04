use super::*;
use crate::bound::testing::{book, law, sound as proven, take};
use proptest::prelude::*;

/// The conditions of each level, as the tests' own copy of the data.
const LEVELS: [&[&str]; 9] = [
    &["principle_reported"],
    &["use_described", "concept_reviewed"],
    &["function_shown", "experiment_recorded"],
    &["laboratory_test_report"],
    &["breadboard_built", "like_environment_test_report"],
    &["prototype_built", "prototype_test_report"],
    &["field_trial_report"],
    &["product_acceptance", "process_fixed"],
    &["use_record"],
];

fn evidence(levels: impl IntoIterator<Item = usize>) -> Vec<Value> {
    let conditions = levels.into_iter().flat_map(|level| LEVELS[level - 1]);
    conditions.map(|condition| item(condition, Some("reviewer"))).collect()
}

fn item(condition: &str, accepted_by: Option<&str>) -> Value {
    json!({"condition": condition, "id": condition, "submitted_by": "team", "accepted_by": accepted_by})
}

fn ask(from: i64, to: i64, evidence: Vec<Value>, reason: Option<&str>) -> Result<Changed, Refusal> {
    let book = book();
    let facts = take(json!({"from": from, "to": to, "evidence": evidence, "reason": reason}));
    change(&facts, &law(book, "shanghai", "2026-03-02"))
}

#[test]
fn a_rise_needs_evidence_of_every_level() {
    // Scenario 6 first, then I15 on both sides.
    let refused = ask(3, 5, evidence([1, 2, 3, 5]), None).expect_err("no level 4");
    assert_eq!(refused.code, "E-TRL-01");
    assert!(
        refused.message.en.contains("level 4 lacks")
            && refused.message.en.contains("laboratory_test_report")
    );
    assert_eq!(refused.place.value.as_deref(), Some("5"));
    let raised = ask(3, 4, evidence(1..=4), None).expect("a test report was accepted");
    assert_eq!((raised.level, raised.raised), (4, true));
    proven(&raised.proof);
    assert_eq!(raised.proof.value.text(), "4");
    assert_eq!(raised.json()["level"], 4);
    assert_eq!(raised.json()["raised"], true);
    for level in 1..=9usize {
        let to = level as i64;
        assert!(ask(0, to, evidence(1..=level), None).is_ok(), "GBT22900 {level}");
        for lacking in LEVELS[level - 1] {
            let mut some = evidence(1..=level);
            some.retain(|one| one["condition"] != *lacking);
            let refused = ask(0, to, some, None).expect_err(lacking);
            assert_eq!(refused.code, "E-TRL-01", "GBT22900 {level} {lacking}");
            assert!(refused.message.en.ends_with(lacking), "{refused}");
        }
    }
}

#[test]
fn evidence_counts_once_someone_else_accepted_it() {
    for (by, counts) in
        [(Some("reviewer"), true), (Some("team"), false), (Some(""), false), (None, false)]
    {
        let found = ask(0, 1, vec![item("principle_reported", by)], None);
        assert_eq!(found.is_ok(), counts, "{by:?}");
    }
}

#[test]
fn a_fall_needs_a_reason() {
    let fallen = ask(5, 3, vec![], Some("现场试验失败")).expect("a reason");
    assert_eq!((fallen.level, fallen.raised), (3, false));
    assert_eq!(
        fallen.proof.find("reason").map(|one| one.value.text()).as_deref(),
        Some("现场试验失败")
    );
    for reason in [None, Some(" ")] {
        let refused = ask(5, 3, vec![], reason).expect_err("no reason");
        assert_eq!((refused.code, refused.place.column.as_deref()), ("E-INPUT-02", Some("reason")));
    }
    let same = ask(1, 1, evidence([1]), None).expect("still held");
    assert!(!same.raised);
    assert_eq!(ask(1, 1, vec![], None).map_err(|r| r.code).err(), Some("E-TRL-01"));
    for (from, to, column) in [(0, 10, "to"), (0, -1, "to"), (10, 9, "from"), (-1, 1, "from")] {
        let refused = ask(from, to, evidence(1..=9), Some("r")).expect_err("past the scale");
        assert_eq!((refused.code, refused.place.column.as_deref()), ("E-TRL-01", Some(column)));
    }
    assert!(ask(9, 0, vec![], Some("r")).is_ok());
}

#[test]
fn a_system_is_as_ready_as_its_least_ready_critical_element() {
    let book = book();
    let law = law(book, "shanghai", "2026-03-02");
    let element = |id: &str, critical: bool, level: usize| json!({"id": id, "critical": critical, "evidence": evidence(1..=level)});
    let ask = |elements: Vec<Value>| hold(&take(json!({"elements": elements})), &law);
    let held = ask(vec![element("a", true, 6), element("b", true, 4), element("c", false, 2)])
        .expect("held");
    assert_eq!(held.level, 4);
    proven(&held.proof);
    let levels: Vec<(&str, bool, i64)> =
        held.elements.iter().map(|one| (one.id.as_str(), one.critical, one.level)).collect();
    assert_eq!(levels, [("a", true, 6), ("b", true, 4), ("c", false, 2)]);
    assert_eq!(held.elements[1].lacking, LEVELS[4]);
    assert_eq!(held.elements[2].lacking, LEVELS[2]);
    assert_eq!(held.proof.find("c").map(|one| one.value.text()).as_deref(), Some("2"));
    assert_eq!(held.proof.find("trl").map(|one| one.how), Some("smallest"));
    let json = held.json();
    assert_eq!((&json["level"], &json["elements"][1]["level"]), (&json!(4), &json!(4)));
    assert_eq!(json["elements"][2]["critical"], false);
    assert_eq!(json["elements"][0]["id"], "a");
    assert_eq!(json["elements"][0]["lacking"], json!(LEVELS[6]));
    assert_eq!(
        ask(vec![element("a", true, 9)]).map(|held| (held.level, held.proof.how)),
        Ok((9, "smallest"))
    );
    assert_eq!(ask(vec![element("a", true, 0)]).map(|held| held.level), Ok(0));
    for none in [vec![], vec![element("c", false, 2)]] {
        assert_eq!(ask(none).map_err(|refusal| refusal.code).err(), Some("E-INPUT-02"));
    }
}

#[test]
fn levels_have_names() {
    let book = book();
    let names = names(&law(book, "shanghai", "2026-03-02")).expect("names");
    let zh: Vec<&str> = names.iter().map(|(_, label)| label.zh.as_str()).collect();
    let expected =
        ["报告级", "方案级", "功能级", "仿真级", "初样级", "正样级", "环境级", "产品级", "系统级"];
    assert_eq!(zh, expected);
    assert_eq!(
        names.iter().map(|(level, _)| *level).collect::<Vec<_>>(),
        (1..=9).collect::<Vec<_>>()
    );
    for (level, conditions) in LEVELS.iter().enumerate() {
        let law = law(book, "china", "2026-03-02");
        let id = format!("trl.level.{}", level + 1);
        assert_eq!(law.text(&id).map(|found| found.0), Ok(conditions.join(" ").as_str()));
        for condition in *conditions {
            let (_, parameter) = law.truth(&format!("trl.condition.{condition}")).expect("named");
            assert!(!parameter.label.zh.is_empty() && !parameter.label.en.is_empty());
        }
    }
}

proptest! {
    #[test]
    fn more_evidence_never_lowers_a_level(picked in prop::collection::vec(any::<bool>(), 14), one in 0usize..14) {
        let book = book();
        let law = law(book, "shanghai", "2026-03-02");
        let all: Vec<&str> = LEVELS.iter().flat_map(|level| level.iter().copied()).collect();
        let level = |picked: &[bool]| {
            let evidence: Vec<Value> = all
                .iter()
                .zip(picked)
                .filter(|(_, picked)| **picked)
                .map(|(condition, _)| item(condition, Some("reviewer")))
                .collect();
            let facts = json!({"elements": [{"id": "a", "critical": true, "evidence": evidence}]});
            hold(&take(facts), &law).expect("held").level
        };
        let mut more = picked.clone();
        more[one] = true;
        prop_assert!(level(&picked) <= level(&more));
    }
}
