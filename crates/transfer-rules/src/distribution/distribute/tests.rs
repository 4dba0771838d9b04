use super::*;
use crate::input;
use crate::testkit::{book, day, share, yuan};
use proptest::prelude::*;
use serde_json::json;

fn tables() -> &'static Tables {
    Tables::shipped().expect("sound")
}

fn scenario_1() -> Value {
    json!({
        "place": "shanghai",
        "unit_kind": "state_institute",
        "basis": "rule",
        "reward": "70%",
        "receipts": [{"on": "2026-04-10", "amount": "3000000.00"}],
        "costs": [
            {"kind": "tax", "amount": "900.00"},
            {"kind": "upkeep", "amount": "24600.00"},
            {"kind": "appraisal", "amount": "40000.00"},
        ],
        "people": [
            {"name": "甲", "share": "45%"},
            {"name": "乙", "share": "30%"},
            {"name": "丙", "share": "15%"},
            {"name": "丁", "share": "10%"},
        ],
        "payment": {
            "published_on": "2026-04-13", "paid_on": "2026-06-01", "nonprofit": true,
            "registered": true,
        },
    })
}

fn run(value: Value) -> Result<Distributed, Refusal> {
    let facts: Distribute = input::take(value)?;
    let place = facts.place.clone();
    let law = book().lookup(&place, day("2026-04-10"), day("2026-11-27"));
    distribute(&facts, tables(), &law)
}

fn with(change: impl FnOnce(&mut Value)) -> Result<Distributed, Refusal> {
    let mut value = scenario_1();
    change(&mut value);
    run(value)
}

fn code(found: Result<Distributed, Refusal>) -> Option<&'static str> {
    found.map_err(|refusal| refusal.code).err()
}

#[test]
fn scenario_1_in_full() {
    let found = run(scenario_1()).expect("distributed");
    assert_eq!((found.gross, found.net), (yuan("3000000"), yuan("2934500.00")));
    assert_eq!((found.reward, found.reward_now), (yuan("2054150.00"), yuan("2054150.00")));
    assert_eq!(found.others, BTreeMap::from([(UNIT.to_string(), yuan("880350.00"))]));
    assert_eq!(found.costs, yuan("65500"));
    let amounts: Vec<String> = found.people.iter().map(|one| one.amount.to_string()).collect();
    assert_eq!(amounts, ["924367.50", "616245.00", "308122.50", "205415.00"]);
    assert_eq!(found.people[0].iit_base, Some(yuan("462183.75")));
    assert_eq!(found.floor, Some(yuan("1467250.00")));
    assert_eq!((found.reward_share, found.floor_share), (Some(share("70%")), Some(share("50%"))));
    assert_eq!(found.proof.first_wrong(), None);
    assert_eq!(found.proof.value.text(), "2054150.00");
    let json = found.json();
    assert_eq!(json["net_income"], "2934500.00");
    assert_eq!(json["unit"], "880350.00");
    assert_eq!(json["people"][0]["iit_base"], "462183.75");
    assert_eq!(json["proof_digest"], found.proof.digest());
    assert_eq!(json["proof_digest"], run(scenario_1()).expect("again").proof.digest());
    assert_eq!(json["people"][3]["form"], "cash");
}

#[test]
fn scenario_1_otherwise() {
    let none = with(|value| {
        value["basis"] = json!("none");
        value["reward"] = Value::Null;
    });
    assert_eq!(none.map(|found| found.reward), Ok(yuan("1467250.00")), "half by law");
    assert_eq!(code(with(|value| value["reward"] = json!("45%"))), Some("E-REW-01"));
    let sixty = with(|value| value["reward"] = json!("60%")).expect("allowed");
    assert_eq!(sixty.reward, yuan("1760700.00"));
    assert!(sixty.notes.iter().any(|note| note.en.contains("below SH17 34 standard")));
    let zhejiang = |reward: &str| {
        with(|value| {
            value["place"] = json!("zhejiang");
            value["reward"] = json!(reward);
        })
    };
    assert_eq!(code(zhejiang("60%")), Some("E-REW-01"));
    let seventy = zhejiang("70%").expect("allowed");
    assert_eq!(seventy.main_least, Some(yuan("1437905.00")));
    assert_eq!(seventy.staff_least, Some(yuan("102707.50")));
    assert_eq!(seventy.json()["transfer_staff_at_least"], "102707.50");
}

#[test]
fn money_in_pieces_is_shared_as_if_it_came_at_once() {
    let pieces = |before: usize| {
        with(|value| {
            value["receipts"] = json!([
                {"on": "2026-04-10", "amount": "50000.01"},
                {"on": "2026-05-10", "amount": "1000000.01"},
                {"on": "2026-06-10", "amount": "1949999.98"},
            ]);
            value["distributed_before"] = json!(before);
            // The first receipt does not even repay the costs.
        })
        .expect("distributed")
    };
    let all = pieces(0);
    assert_eq!((all.reward, all.reward_now), (yuan("2054150"), yuan("2054150")));
    let last = pieces(2);
    assert_eq!(last.reward, yuan("2054150"));
    assert!(last.reward_now < last.reward);
    let one = pieces(1);
    assert_eq!(one.reward_now, one.reward, "nothing was left after costs before");
    assert_eq!(pieces(3).reward_now, Fen::ZERO);
    assert!(pieces(3).people.iter().all(|one| one.now == Fen::ZERO));
    let now: Vec<Fen> = last.people.iter().map(|one| one.now).collect();
    assert_eq!(Fen::sum(now), Some(last.reward_now));
    let too_many = with(|value| value["distributed_before"] = json!(2));
    assert_eq!(code(too_many), Some("E-INPUT-02"));
    assert_eq!(code(with(|value| value["distributed_before"] = json!(1))), None);
}

#[test]
fn costs_that_pass_income_leave_nothing_to_share() {
    let found = with(|value| value["receipts"][0]["amount"] = json!("65499.99")).expect("nought");
    assert_eq!((found.net, found.reward), (yuan("-0.01"), Fen::ZERO));
    assert_eq!(found.floor, Some(Fen::ZERO));
    assert!(found.notes.iter().any(|note| note.en == "costs are not repaid yet"));
    let found = with(|value| value["receipts"][0]["amount"] = json!("65500.00")).expect("nought");
    assert!(found.notes.iter().all(|note| note.en != "costs are not repaid yet"));
    assert_eq!(found.costs, yuan("65500"));
}

#[test]
fn a_policy_of_its_own_leaves_no_share_open() {
    let found = with(|value| {
        value["table"] = json!("notre_dame");
        value["basis"] = Value::Null;
        value["reward"] = Value::Null;
    })
    .expect("distributed");
    assert_eq!((found.reward_share, found.floor_share, found.floor), (None, None, None));
    // Half of the first 100,000 of net income, a quarter of the rest, to four alike.
    assert_eq!(found.reward, yuan("758625.00"));
    assert!(found.people.iter().all(|one| one.amount == yuan("189656.25")));
    assert_eq!(split_name(Split::Equal), "equal");
    assert_eq!(split_name(Split::Contribution), "contribution");
}

#[test]
fn what_is_not_sound_is_refused() {
    for (change, expected) in [
        (json!({"receipts": []}), "E-INPUT-02"),
        (
            json!({"receipts": [{"on": "2026-04-10", "amount": "1"}, {"on": "2026-04-09", "amount": "1"}]}),
            "E-DATE-02",
        ),
        (json!({"receipts": [{"on": "2026-13-10", "amount": "1"}]}), "E-DATE-01"),
        (json!({"receipts": [{"on": "2026-04-10", "amount": "0.001"}]}), "E-MONEY-01"),
        (json!({"receipts": [{"on": "2026-04-10", "amount": 3000000}]}), "E-INPUT-01"),
        (json!({"receipts": [{"on": "2026-04-10", "amount": "-1"}]}), "E-MONEY-02"),
        (json!({"table": "harvard"}), "E-RULE-01"),
        (json!({"costs": [{"kind": "tax", "amount": null}]}), "E-MONEY-05"),
        (json!({"people": [{"name": "甲", "share": "99%"}]}), "E-SHARE-01"),
        (json!({"people": []}), "E-INPUT-02"),
        (json!({"place": "mars"}), "E-RULE-01"),
        (json!({"bonus": 1}), "E-INPUT-01"),
        (json!({"unit_kind": "club"}), "E-INPUT-01"),
        (json!({"reward": "seventy"}), "E-SHARE-02"),
        (json!({"reward": null}), "E-SHARE-01"),
    ] {
        let shown = change.to_string();
        let found = with(|value| {
            for (key, inner) in change.as_object().expect("an object") {
                value[key] = inner.clone();
            }
        });
        assert_eq!(code(found), Some(expected), "{shown}");
    }
    let same_day =
        json!([{"on": "2026-04-10", "amount": "1"}, {"on": "2026-04-10", "amount": "1"}]);
    assert_eq!(code(with(|value| value["receipts"] = same_day)), None);
}

proptest! {
    #[test]
    fn a_distribution_sums_to_what_came_in(
        receipts in prop::collection::vec(0i64..100_000_000, 1..6),
        costs in prop::collection::vec((0usize..8, 0i64..1_000_000), 0..6),
        percent in 70i64..=100,
        weights in prop::collection::vec(1i64..100, 1..6),
        place in prop::sample::select(vec!["china", "shanghai", "beijing", "zhejiang"]),
        before in 0usize..4,
    ) {
        let sum: i64 = weights.iter().sum();
        let amount = |fen: i64| Fen::new(fen).expect("fen").to_string();
        let facts = json!({
            "place": place, "unit_kind": "state_university", "basis": "agreement",
            "reward": format!("{percent}%"),
            "receipts": receipts.iter()
                .map(|fen| json!({"on": "2026-04-10", "amount": amount(*fen)})).collect::<Vec<_>>(),
            "costs": costs.iter()
                .map(|(kind, fen)| json!({
                    "kind": crate::net_income::CostKind::ALL[*kind].name(), "amount": amount(*fen),
                })).collect::<Vec<_>>(),
            "people": weights.iter().enumerate()
                .map(|(at, weight)| json!({"name": at.to_string(), "share": format!("{weight}/{sum}")}))
                .collect::<Vec<_>>(),
            "distributed_before": before.min(receipts.len()),
        });
        let found = run(facts).expect("distributed");
        let people = Fen::sum(found.people.iter().map(|one| one.amount)).expect("fits");
        prop_assert_eq!(people, found.reward);
        let others = Fen::sum(found.others.values().copied()).expect("fits");
        let all = Fen::sum([found.reward, others, found.costs]);
        prop_assert_eq!(all, Some(found.gross));
        prop_assert_eq!(
            found.reward.plus(others),
            Some(found.net.max(Fen::ZERO)),
            "the sum is net income"
        );
        prop_assert!(found.floor.is_some_and(|floor| found.reward >= floor));
        let now = Fen::sum(found.people.iter().map(|one| one.now)).expect("fits");
        prop_assert_eq!(now, found.reward_now);
        prop_assert_eq!(found.proof.first_wrong(), None);
    }
}
