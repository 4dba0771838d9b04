use super::*;
use crate::bound::testing::{book, day, law, sound as proven, take};
use proptest::prelude::*;

type Method<T> = fn(&T, &Lookup<'_>) -> Result<Valued, Refusal>;

fn ask<T: serde::de::DeserializeOwned>(
    method: Method<T>,
    value: Value,
) -> Result<Valued, (&'static str, String)> {
    let found = method(&take(value), &law(book(), "shanghai", "2026-03-02"));
    if let Ok(valued) = &found {
        proven(&valued.proof);
        assert_eq!(valued.rounding, Rounding::HalfUp);
        assert_eq!(valued.json()["rounding"], "half_up");
        assert_eq!(valued.json()["value"], valued.value.to_string());
        assert_eq!(valued.json()["role"], valued.role.name());
        assert_eq!(valued.json()["method"], valued.method);
        assert_eq!(valued.json()["confidence"], "excerpt");
    }
    found.map_err(|refusal| (refusal.code, refusal.place.column.unwrap_or_default()))
}

fn value<T: serde::de::DeserializeOwned>(
    method: Method<T>,
    facts: Value,
) -> Result<String, &'static str> {
    ask(method, facts).map(|one| one.value.to_string()).map_err(|(code, _)| code)
}

fn deals(prices: &[&str]) -> Value {
    let rows: Vec<Value> = prices
        .iter()
        .enumerate()
        .map(|(at, price)| json!({"id": format!("D{at}"), "price": price}))
        .collect();
    json!({"deals": rows})
}

#[test]
fn the_median_stands_in_the_middle() {
    for (prices, median) in [
        (vec!["3.00"], Ok("3.00")),
        (vec!["9.00", "1.00", "3.00"], Ok("3.00")),
        (vec!["9.00", "1.00", "3.00", "4.00"], Ok("3.50")),
        (vec!["1.00", "1.01"], Ok("1.01")),
        (vec!["0.00", "0.00"], Ok("0.00")),
        (vec![], Err("E-INPUT-02")),
        (vec!["1.00", "-0.01"], Err("E-MONEY-02")),
        (vec!["10000000000000.00", "10000000000000.00"], Err("E-MONEY-04")),
    ] {
        let found = value(comparables, deals(&prices));
        assert_eq!(found, median.map(str::to_string), "IPH 9.3 {prices:?}");
    }
    let one = ask(comparables, deals(&["9.00", "1.00", "3.00"])).expect("a value");
    assert_eq!((one.method, one.role, one.proof.how), ("comparables", Role::Price, "median"));
    let twice = json!({"deals": [{"id": "a", "price": "1.00"}, {"id": "a", "price": "1.00"}]});
    assert_eq!(value(comparables, twice), Err("E-INPUT-02"));
    let rows: Vec<Value> =
        (0..10_001).map(|at| json!({"id": at.to_string(), "price": "1.00"})).collect();
    assert_eq!(value(comparables, json!({"deals": rows})), Err("E-SIZE"));
}

#[test]
fn a_rating_moves_the_reference() {
    let factor = |weight: &str, points: u32, reference: u32| json!({"key": "k", "weight": weight, "points": points, "reference_points": reference});
    let ask_rating =
        |factors: Vec<Value>| ask(rating, json!({"reference": "1000000.00", "factors": factors}));
    // 0.6 × 5 + 0.4 × 2 = 3.8 against 3 everywhere.
    let one = ask_rating(vec![factor("60%", 5, 3), factor("40%", 2, 3)]).expect("a value");
    assert_eq!(one.value.to_string(), "1266666.67");
    assert_eq!((one.method, one.role), ("rating", Role::Price));
    assert_eq!(one.proof.find("multiple").map(|part| part.value.text()).as_deref(), Some("19/15"));
    for (clause, factors, code, column) in [
        ("weights below", vec![factor("99%", 5, 3)], "E-SHARE-01", "factors"),
        ("weights above", vec![factor("60%", 5, 3), factor("41%", 5, 3)], "E-SHARE-01", "factors"),
        ("no factors", vec![], "E-SHARE-01", "factors"),
        (
            "negative weight",
            vec![factor("-1%", 5, 3), factor("101%", 5, 3)],
            "E-SHARE-02",
            "factors[1].weight",
        ),
        ("no points", vec![factor("100%", 0, 3)], "E-INPUT-02", "factors[1].points"),
        (
            "no reference points",
            vec![factor("100%", 5, 0)],
            "E-INPUT-02",
            "factors[1].reference_points",
        ),
        ("too many points", vec![factor("100%", 1001, 3)], "E-INPUT-02", "factors[1].points"),
    ] {
        assert_eq!(ask_rating(factors).err(), Some((code, column.to_string())), "{clause}");
    }
    assert_eq!(
        ask_rating(vec![factor("100%", 1000, 1)]).map(|one| one.value.to_string()),
        Ok("1000000000.00".to_string())
    );
    let negative = json!({"reference": "-0.01", "factors": [factor("100%", 1, 1)]});
    assert_eq!(ask(rating, negative).err(), Some(("E-MONEY-02", "reference".to_string())));
    let free = json!({"reference": "0.00", "factors": [factor("100%", 2, 1)]});
    assert_eq!(value(rating, free), Ok("0.00".to_string()));
    let huge = json!({"reference": "10000000000000.00", "factors": [factor("100%", 2, 1)]});
    assert_eq!(value(rating, huge), Err("E-MONEY-04"));
}

#[test]
fn a_rule_of_thumb_and_costs_are_never_the_price() {
    let thumb = ask(rule_of_thumb, json!({"profit": "1000000.02"})).expect("a value");
    assert_eq!(
        (thumb.value.to_string().as_str(), thumb.role, thumb.proof.how),
        ("250000.01", Role::SanityCheck, "share")
    );
    assert_eq!(value(rule_of_thumb, json!({"profit": "-0.01"})), Err("E-MONEY-02"));
    let costs =
        ask(cost, json!({"items": [{"id": "a", "price": "1.10"}, {"id": "b", "price": "2.25"}]}))
            .expect("a value");
    assert_eq!(
        (costs.value.to_string().as_str(), costs.role, costs.proof.how),
        ("3.35", Role::ShownOnly, "sum")
    );
    assert_eq!(value(cost, json!({"items": []})), Ok("0.00".to_string()));
    assert_eq!(value(cost, json!({"items": [{"id": "a", "price": "-0.01"}]})), Err("E-MONEY-02"));
    let huge =
        json!({"items": [{"id": "a", "price": "10000000000000.00"}, {"id": "b", "price": "0.01"}]});
    assert_eq!(value(cost, huge), Err("E-MONEY-04"));
    assert_eq!(
        [Role::Price, Role::SanityCheck, Role::ShownOnly].map(Role::name),
        ["price", "sanity_check", "shown_only"]
    );
    assert_eq!((thumb.confidence, costs.confidence), (Confidence::Excerpt, Confidence::Excerpt));
}

fn flows(base: &str, premium: &str, rows: &[(u32, &str)]) -> Value {
    let rows: Vec<Value> =
        rows.iter().map(|(year, amount)| json!({"year": year, "amount": amount})).collect();
    json!({"base_rate": base, "risk_premium": premium, "flows": rows})
}

#[test]
fn flows_are_discounted() {
    for (clause, facts, expected) in [
        ("now", flows("4%", "6%", &[(0, "100.00")]), Ok("100.00")),
        ("one year at 10 %", flows("4%", "6%", &[(1, "110.00")]), Ok("100.00")),
        ("two years at 10 %", flows("4%", "6%", &[(2, "121.00")]), Ok("100.00")),
        ("half a fen goes up", flows("100%", "0", &[(1, "0.01")]), Ok("0.01")),
        ("less than half goes", flows("100%", "0", &[(2, "0.01")]), Ok("0.00")),
        // 1000000 / 1.25 + 1000000 / 1.5625 − 500000.
        (
            "out and in",
            flows("5%", "20%", &[(0, "-500000.00"), (1, "1000000.00"), (2, "1000000.00")]),
            Ok("940000.00"),
        ),
        // 1000000 / 1.12^5, known to be 567426.8557.
        ("five years at 12 %", flows("12%", "0%", &[(5, "1000000.00")]), Ok("567426.86")),
        ("no rate", flows("0", "0", &[(60, "7.00")]), Ok("7.00")),
        ("no flow", flows("4%", "6%", &[]), Err("E-INPUT-02")),
        ("too far", flows("4%", "6%", &[(61, "1.00")]), Err("E-INPUT-02")),
        ("negative rate", flows("-1%", "6%", &[(1, "1.00")]), Err("E-SHARE-02")),
        ("rate past 100 %", flows("4%", "101%", &[(1, "1.00")]), Err("E-SHARE-02")),
        ("too much", flows("0", "0", &[(0, "10000000000000.00"), (1, "0.01")]), Err("E-MONEY-04")),
    ] {
        assert_eq!(value(dcf, facts), expected.map(str::to_string), "IPH 9.3 {clause}");
    }
    let one = ask(dcf, flows("4%", "6%", &[(1, "100.00"), (2, "100.00")])).expect("a value");
    assert_eq!((one.method, one.role), ("dcf", Role::Price));
    let part = |key: &str| one.proof.find(key).map(|part| part.value.text());
    assert_eq!(part("rate").as_deref(), Some("10%"));
    assert_eq!(part("year_1").as_deref(), Some("90.91"));
    assert_eq!(part("year_2").as_deref(), Some("82.64"));
    assert_eq!(part("present_value").as_deref(), Some("173.55"));
    assert_eq!(part("factor").as_deref(), Some("909090909091/1000000000000"));
}

#[test]
fn stages_weigh_what_comes_after_them() {
    let stage = |success: &str, rows: &[(u32, &str)]| {
        let rows: Vec<Value> =
            rows.iter().map(|(year, amount)| json!({"year": year, "amount": amount})).collect();
        json!({"key": format!("stage {success}"), "success": success, "flows": rows})
    };
    let facts = |rate: &str, stages: Vec<Value>| json!({"rate": rate, "stages": stages});
    // −100 + 0.5 × (−200 / 1.25) + 0.5 × 0.4 × (1000 / 1.5625).
    let three = vec![
        stage("50%", &[(0, "-100.00")]),
        stage("40%", &[(1, "-200.00")]),
        stage("100%", &[(2, "1000.00")]),
    ];
    let one = ask(rnpv, facts("25%", three)).expect("a value");
    assert_eq!(one.value.to_string(), "-52.00");
    assert_eq!((one.method, one.role), ("rnpv", Role::Price));
    let part = |key: &str| one.proof.find(key).map(|part| part.value.text());
    assert_eq!(part("stage 50%").as_deref(), Some("-100.00"));
    assert_eq!(part("stage 40%").as_deref(), Some("-80.00"));
    assert_eq!(part("stage 100%").as_deref(), Some("128.00"));
    for (clause, stages, expected) in [
        ("the first stage is reached", vec![stage("0", &[(0, "7.00")])], Ok("7.00")),
        (
            "nothing after a failure",
            vec![stage("0", &[(0, "7.00")]), stage("1", &[(0, "9.00")])],
            Ok("7.00"),
        ),
        ("a third", vec![stage("1/3", &[]), stage("1", &[(0, "100.00")])], Ok("33.33")),
        ("two thirds", vec![stage("2/3", &[]), stage("1", &[(0, "100.00")])], Ok("66.67")),
        ("no flow", vec![stage("1", &[])], Err("E-INPUT-02")),
        ("no stage", vec![], Err("E-INPUT-02")),
        ("past 100 %", vec![stage("101%", &[(0, "1.00")])], Err("E-SHARE-02")),
        ("below nought", vec![stage("-1%", &[(0, "1.00")])], Err("E-SHARE-02")),
        ("too far", vec![stage("1", &[(61, "1.00")])], Err("E-INPUT-02")),
    ] {
        assert_eq!(
            value(rnpv, facts("0", stages)),
            expected.map(str::to_string),
            "IPH 9.3 {clause}"
        );
    }
}

#[test]
fn an_appraisal_is_signed_and_kept() {
    let ask = |signers: &[&str], statutory: bool, kept: Option<&str>| {
        let facts = take(
            json!({"signers": signers, "statutory": statutory, "on": "2026-03-02", "kept_until": kept}),
        );
        appraisal(&facts, &law(book(), "shanghai", "2026-03-02"))
            .map(|one| {
                proven(&one.proof);
                assert_eq!(one.json()["signers"], one.signers);
                assert_eq!(one.json()["keep_until"], one.keep_until.to_string());
                assert_eq!(one.json()["kept"].as_bool(), one.kept);
                (one.signers, one.keep_until, one.kept)
            })
            .map_err(|refusal| (refusal.code, refusal.rule))
    };
    for (clause, signers, statutory, kept, expected) in [
        ("APL 27", vec!["周", "吴"], false, None, Ok((2, day("2041-03-02"), None))),
        (
            "APL 29",
            vec!["周", "吴"],
            false,
            Some("2041-03-02"),
            Ok((2, day("2041-03-02"), Some(true))),
        ),
        (
            "APL 29",
            vec!["周", "吴"],
            false,
            Some("2041-03-01"),
            Ok((2, day("2041-03-02"), Some(false))),
        ),
        (
            "APL 29 statutory",
            vec!["周", "吴", "郑"],
            true,
            Some("2056-03-01"),
            Ok((3, day("2056-03-02"), Some(false))),
        ),
        (
            "APL 29 statutory",
            vec!["周", "吴"],
            true,
            Some("2056-03-02"),
            Ok((2, day("2056-03-02"), Some(true))),
        ),
        ("APL 27 one", vec!["周"], false, None, Err(("E-INPUT-02", "APL 27".to_string()))),
        (
            "APL 27 one twice",
            vec!["周", "周 "],
            false,
            None,
            Err(("E-INPUT-02", "APL 27".to_string())),
        ),
        (
            "APL 27 one blank",
            vec!["周", " "],
            false,
            None,
            Err(("E-INPUT-02", "APL 27".to_string())),
        ),
        ("APL 28 one", vec!["周"], true, None, Err(("E-INPUT-02", "APL 28".to_string()))),
    ] {
        assert_eq!(ask(&signers, statutory, kept), expected, "{clause}");
    }
}

proptest! {
    #[test]
    fn a_higher_rate_never_makes_income_worth_more(
        rows in prop::collection::vec((0u32..=60, 0i64..1_000_000_000_000), 1..12),
        rate in 0i64..100, more in 0i64..=1,
    ) {
        let worth = |rate: i64| {
            let rows: Vec<Value> = rows
                .iter()
                .map(|(year, fen)| json!({"year": year, "amount": Fen::new(*fen).expect("fen").to_string()}))
                .collect();
            ask(dcf, json!({"base_rate": format!("{rate}%"), "risk_premium": "0", "flows": rows}))
        };
        let (low, high) = (worth(rate).expect("a value"), worth(rate + more).expect("a value"));
        prop_assert!(high.value <= low.value && high.value >= Fen::ZERO);
    }

    #[test]
    fn the_median_has_as_many_above_as_below(prices in prop::collection::vec(0i64..1_000_000, 1..20)) {
        let texts: Vec<String> = prices.iter().map(|fen| Fen::new(*fen).expect("fen").to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let median = ask(comparables, deals(&texts)).expect("a value").value.fen();
        let half = prices.len() / 2;
        prop_assert!(prices.iter().filter(|one| **one < median).count() <= half);
        prop_assert!(prices.iter().filter(|one| **one > median).count() <= half);
    }
}
