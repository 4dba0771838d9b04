//! Policies through the real router: the catalogue, one policy, what comes of facts.

mod support;

use serde_json::{Value, json};
use support::House;

const EVALUATION: &str = "/api/v1/policies/evaluation";

#[tokio::test]
async fn anyone_reads_the_catalogue_and_works_out_what_they_would_get() {
    let house = House::new();
    let stranger = house.visitor().await;
    let catalogue = stranger.get(&house, "/api/v1/policies?as_of=2026-03-01").await.good();
    let policies = catalogue["policies"].as_array().expect("policies");
    assert!(policies.len() >= 40, "{}", policies.len());
    for policy in policies {
        assert!(
            policy["source"]["document"].is_string() && policy["source"]["confidence"].is_string()
        );
        assert!(policy["tests"].as_u64().is_some_and(|tests| tests >= 4), "{policy}");
    }
    let facts = catalogue["facts"].as_array().expect("facts");
    let staff = facts.iter().find(|fact| fact["name"] == "firm.employees").expect("asked");
    assert_eq!((&staff["kind"], &staff["unit"]), (&json!("number"), &json!("人")));
    // A policy that has ended is not among those of a later day.
    let ended = |text: &Value| {
        text["policies"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["id"] == "cn.vat.tech-contract"))
    };
    let before = stranger.get(&house, "/api/v1/policies?as_of=2025-12-31").await.good();
    assert!(ended(&before) && !ended(&catalogue));

    let page = stranger
        .get(&house, "/api/v1/policies/sh.ai.2025.corpus-voucher?as_of=2026-03-01")
        .await
        .good();
    let cap = page["figures"].as_array().expect("figures").iter().find(|one| one["name"] == "cap");
    assert_eq!(cap.expect("a cap")["value"], "unread");
    assert_eq!(page["budget"], "100000000.00");

    let facts = json!({"compute.rent": "4000000.00", "compute.contract_verified": true,
        "contract": {"verified": "1300000.00"}, "use.is_third_party_model": true,
        "corpus.bought": "900000.00", "corpus.from_affiliates": "250000.00", "corpus.delivered": true});
    let asked = json!({"facts": facts, "as_of": "2026-03-01"});
    let said = stranger.post(&house, EVALUATION, &asked).await.good();
    assert_eq!(said["result"]["together"]["total"], "2045000.00");
    assert!(
        said["result"]["policies"][0].get("proof").is_none(),
        "proofs are asked for one by one"
    );
    assert!(said["result"]["questions"][0]["ask"].as_u64().is_some_and(|ask| ask == 1));
    let one = json!({"facts": facts, "as_of": "2026-03-01", "policy": "sh.ai.2025.model-voucher"});
    let said = stranger.post(&house, EVALUATION, &one).await.good();
    assert_eq!(said["result"]["result"]["amount"], "650000.00");
    assert_eq!(said["result"]["proof"]["cite"]["rule"], "sh.ai.2025.model-voucher");
    // Not granted: the smallest change that would flip it.
    let few = json!({"facts": {"firm.employees": 301, "firm.taxable_income": "1000000.00",
        "firm.assets": "1000000.00", "firm.barred_industry": false}, "as_of": "2026-03-01",
        "policy": "cn.eit.small-profit"});
    let said = stranger.post(&house, EVALUATION, &few).await.good();
    assert_eq!(said["result"]["eligible"], "no");
    let change = &said["result"]["whynot"][0]["changes"];
    assert_eq!(
        change,
        &json!([{"input": "firm.employees", "label": change[0]["label"], "to": "300"}])
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let house = House::new();
    let stranger = house.visitor().await;
    let missing = stranger.get(&house, "/api/v1/policies/no.such.policy").await;
    assert_eq!(missing.problem(), (404, "E-FIND-01".into()));
    let day = stranger.get(&house, "/api/v1/policies?as_of=2015-13-32").await;
    assert!((400..500).contains(&day.status.as_u16()), "{}", day.text());
    for (body, code) in [
        (json!({"facts": []}), "E-INPUT-01"),
        (json!({"facts": {"firm.employees": 1.5}}), "E-MONEY-04"),
        (
            json!({"facts": {"firm.employees": "many"}, "policy": "cn.eit.small-profit", "as_of": "2026-01-01"}),
            "E-INPUT-01",
        ),
        (
            json!({"facts": {"firm.assets": "-1"}, "policy": "cn.eit.small-profit", "as_of": "2026-01-01"}),
            "E-MONEY-02",
        ),
        (
            json!({"facts": {"firm.assets": "1.001"}, "policy": "cn.eit.small-profit", "as_of": "2026-01-01"}),
            "E-MONEY-01",
        ),
        (json!({"facts": {}, "as_of": "2026-02-30"}), "E-DATE-01"),
        (json!({"facts": {}, "policy": "no.such.policy"}), "E-FIND-01"),
        (json!({"facts": {}, "extra": 1}), "E-JSON-02"),
    ] {
        let answer = stranger.post(&house, EVALUATION, &body).await;
        let (status, found) = answer.problem();
        assert!((400..500).contains(&status), "{body}: {status}");
        assert_eq!(found, code, "{body}: {}", answer.text());
    }
    // One bad fact does not hide the other policies.
    let body = json!({"facts": {"firm.employees": "many"}, "as_of": "2026-01-01"});
    let said = stranger.post(&house, EVALUATION, &body).await.good();
    let all = said["result"]["policies"].as_array().expect("policies").clone();
    let refused = all.iter().filter(|one| one["refused"]["code"] == "E-INPUT-01").count();
    assert!(refused > 0 && refused < all.len(), "{refused}");
}
