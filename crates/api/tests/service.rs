//! Services through the real router: a firm finds its package and applies, an officer writes a policy
//! and publishes it, requests run by their clocks, and nobody sees what is another's.

mod support;

use serde_json::{Value, json};
use support::{House, Visitor};

const POLICIES: &str = "/api/v1/policies";
const APPLICATIONS: &str = "/api/v1/applications";
const REQUESTS: &str = "/api/v1/requests";

const NOTICE: &str = "
policy: xh.test.keep-jobs
title: {zh: 稳岗奖励, en: Reward for keeping jobs}
place: shanghai/xuhui
source: {document: 测试办法, issued: 2026-01-01, clause: 第三条, confidence: own}
valid: {from: 2026-01-01, to: null}
inputs:
  firm.registered_district: null
  jobs.kept: {type: truth, label: {zh: 未裁员, en: Kept its jobs}, ask: 2}
  jobs.insured: {type: number, unit: 人, label: {zh: 参保人数, en: Insured employees}, ask: 2}
parameters:
  least: {type: number, unit: 人, value: 10, clause: 第三条}
  each: {type: money, value: 300000.00, clause: 第三条}
eligible:
  all:
    - {that: \"firm.registered_district = '徐汇区'\", label: {zh: 注册在本区, en: Registered here}, clause: 第二条}
    - {that: jobs.kept, label: {zh: 未裁员, en: Kept its jobs}, clause: 第三条}
    - {that: jobs.insured >= least, label: {zh: 参保10人以上, en: Ten insured or more}, clause: 第三条}
amount: {kind: exact, expr: each}
pool: {id: xh.test.2026, budget: 500000.00}
process: {way: automatic, within: 60 workday, materials: [{label: {zh: 社保缴费记录, en: Record of insurance}, shows: jobs.insured}]}
justifications: [{of: firm.registered_district, article: 第二条, until: 2027-12-31}]
tests:
  - {name: 符合, in: {firm.registered_district: 徐汇区, jobs.kept: true, jobs.insured: 12}, out: {exact: 300000.00}, clause: 第三条}
  - {name: 正好10人, in: {firm.registered_district: 徐汇区, jobs.kept: true, jobs.insured: 10}, out: {exact: 300000.00}, clause: 第三条}
  - {name: 差1人, in: {firm.registered_district: 徐汇区, jobs.kept: true, jobs.insured: 9}, out: {eligible: false}, clause: 第三条}
  - {name: 裁员, in: {firm.registered_district: 徐汇区, jobs.kept: false, jobs.insured: 12}, out: {eligible: false}, clause: 第三条}
  - {name: 外区, in: {firm.registered_district: 静安区, jobs.kept: true, jobs.insured: 12}, out: {eligible: false}, clause: 第二条}
  - {name: 未知, in: {firm.registered_district: 徐汇区, jobs.kept: true}, out: {unknown: [jobs.insured]}, clause: 第三条}
  - {name: 都未知, in: {}, out: {unknown: [firm.registered_district, jobs.insured, jobs.kept]}, clause: 第三条}
";

/// Status and code of what someone tries.
async fn tried(house: &House, who: &Visitor, path: &str, body: &Value) -> (u16, String) {
    let answer = who.post(house, path, body).await;
    let code = answer.json()["code"].as_str().unwrap_or_default().to_string();
    (answer.status.as_u16(), code)
}

fn list(value: &Value, key: &str) -> Vec<String> {
    let all = value[key].as_array().expect("a list").iter();
    all.map(|one| one.as_str().expect("text").to_string()).collect()
}

#[tokio::test]
async fn an_officer_writes_a_notice_sees_whom_it_reaches_and_publishes_it() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let firm = house.id("云杉软件").await;
    let check = format!("{POLICIES}/check");
    // What is wrong is said with line and column; a condition that asks for everything is refused.
    let broken = NOTICE.replace("jobs.insured >= least", "jobs.insurd >= least");
    let said = officer.post(&house, &check, &json!({"text": broken})).await.good();
    assert_eq!(said["sound"], false);
    let faults = said["faults"].as_array().expect("faults");
    let fault = faults.iter().find(|one| one["weight"] == "error").expect("an error");
    assert_eq!((fault["code"].as_str(), fault["line"].as_i64()), (Some("E-POL-11"), Some(18)));
    assert!(fault["column"].as_i64().is_some_and(|column| column > 1), "{fault}");
    let catchall = NOTICE.replace("社保缴费记录", "其他材料");
    let said = officer.post(&house, &check, &json!({"text": catchall})).await.good();
    assert!(said["faults"].as_array().expect("faults").iter().any(|one| one["code"] == "E-POL-05"));
    let refused = tried(&house, &officer, POLICIES, &json!({"text": catchall})).await;
    assert_eq!(refused, (422, "E-POL-05".into()));
    let failing =
        NOTICE.replace("exact: 300000.00}, clause: 第三条}", "exact: 1.00}, clause: 第三条}");
    let said = officer.post(&house, &check, &json!({"text": failing})).await.good();
    assert!(said["tests"][0]["wrong"]["zh"].is_string(), "{said}");

    // One firm says what it takes: the notice reaches it, and costs that much.
    let facts = json!({"facts": [
        {"name": "jobs.kept", "value": "true", "evidence": "承诺书"},
        {"name": "jobs.insured", "value": "12", "evidence": "社保缴费记录"},
    ]});
    let path = format!("/api/v1/firms/{firm}/facts");
    let early = tried(&house, &officer, &path, &facts).await;
    assert_eq!(early, (422, "E-INPUT-01".into()), "no policy asks it yet");
    let said = officer.post(&house, &check, &json!({"text": NOTICE})).await.good();
    assert_eq!((&said["sound"], &said["policy"]), (&json!(true), &json!("xh.test.keep-jobs")));
    assert_eq!((said["reach"]["granted"].as_i64(), said["before"].is_null()), (Some(0), true));
    assert_eq!(said["reach"]["unknown"], said["reach"]["firms"]);
    let (noticed, mutants) = (said["noticed"].as_i64(), said["mutants"].as_i64());
    assert!(noticed.zip(mutants).is_some_and(|(n, m)| m > 5 && n * 10 >= m * 9), "{said}");
    let published = officer.post(&house, POLICIES, &json!({"text": NOTICE})).await;
    assert_eq!(published.status, 201, "{}", published.text());
    let again = tried(&house, &officer, POLICIES, &json!({"text": NOTICE})).await;
    assert_eq!(again, (422, "E-POL-03".into()));
    let declared = officer.post(&house, &path, &facts).await;
    assert_eq!(declared.status, 201, "{}", declared.text());
    // A dearer version: it is known before it is published for whom that changes what.
    let dearer = NOTICE.replace("300000.00", "400000.00");
    let said = officer.post(&house, &check, &json!({"text": dearer})).await.good();
    assert_eq!((said["reach"]["granted"].as_i64(), said["changed"].as_i64()), (Some(1), Some(1)));
    assert_eq!(
        (&said["before"]["cost"], &said["reach"]["cost"]),
        (&json!("300000.00"), &json!("400000.00"))
    );
    assert_eq!(said["changes"][0]["before"]["amount"], "300000.00");
    assert_eq!(
        tried(&house, &officer, POLICIES, &json!({"text": dearer})).await.0,
        422,
        "one a day"
    );
    house.pass_days(1);
    let officer = house.sign_in("小林同学", "quiet river stones").await;
    let administrator = house.sign_in("梅女士", "correct horse battery").await;
    let next = officer.post(&house, POLICIES, &json!({"text": dearer})).await;
    assert_eq!(next.status, 201, "{}", next.text());
    let text = officer.get(&house, &format!("{POLICIES}/xh.test.keep-jobs/text")).await.good();
    assert_eq!(text["text"], dearer);
    let versions = officer.get(&house, &format!("{POLICIES}/published")).await.good();
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(2));
    // Those who are no officers write no policies, and read what is published.
    let desk = house.member(&administrator, "firm desk", Some(&firm)).await;
    assert_eq!(desk.post(&house, &check, &json!({"text": NOTICE})).await.status, 403);
    assert_eq!(desk.post(&house, POLICIES, &json!({"text": NOTICE})).await.status, 403);
    let page = house.visitor().await.get(&house, &format!("{POLICIES}/xh.test.keep-jobs")).await;
    assert_eq!(page.good()["policy"]["id"], "xh.test.keep-jobs");
}

#[tokio::test]
async fn a_firm_finds_its_package_and_is_paid_once() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let (firm, other) = (house.id("云杉软件").await, house.id("星河智能科技").await);
    let desk = house.member(&administrator, "firm desk", Some(&firm)).await;
    let rival = house.member(&administrator, "other desk", Some(&other)).await;
    let published = officer.post(&house, POLICIES, &json!({"text": NOTICE})).await;
    assert_eq!(published.status, 201, "{}", published.text());
    let package = format!("/api/v1/firms/{firm}/package");
    let found = desk.get(&house, &package).await.good();
    assert!(found["items"].as_array().is_some_and(|items| items.len() > 20), "{found}");
    let known: Vec<&Value> = found["known"].as_array().expect("facts").iter().collect();
    let district = known.iter().find(|one| one["name"] == "firm.registered_district");
    let district = district.expect("the atlas says where it is");
    assert_eq!((&district["value"], &district["from"]), (&json!("徐汇区"), &json!("atlas")));
    assert!(district["statement"].as_str().is_some_and(|id| id.starts_with('S')), "{district}");
    // A year is no day: nothing is guessed from it.
    assert!(known.iter().all(|one| one["name"] != "firm.founded"));
    assert!(found["questions"].as_array().is_some_and(|all| !all.is_empty()));

    // What it says itself is kept with what shows it, and changes the package.
    let facts = json!({"facts": [
        {"name": "use.is_third_party_model", "value": "true"},
        {"name": "contract.verified", "value": "1300000.00", "evidence": "合同登记 2026-118"},
    ]});
    let declared = desk.post(&house, &format!("/api/v1/firms/{firm}/facts"), &facts).await;
    assert_eq!(declared.status, 201, "{}", declared.text());
    let found = desk.get(&house, &package).await.good();
    let voucher = found["items"]
        .as_array()
        .and_then(|items| items.iter().find(|one| one["policy"] == "sh.ai.2025.model-voucher"))
        .expect("it is in the package");
    assert_eq!(
        (&voucher["eligible"], &voucher["result"]["amount"]),
        (&json!("yes"), &json!("650000.00"))
    );
    assert_eq!(voucher["result"]["note"]["zh"], "上限估计，不代表已享有");
    let sheet = desk.get(&house, &format!("{package}.pdf")).await;
    assert_eq!((sheet.status.as_u16(), sheet.header("content-type")), (200, "application/pdf"));
    let text = String::from_utf8_lossy(&sheet.bytes);
    assert!(text.starts_with("%PDF-1.") && text.contains("/Count 1"), "one page");

    // Nobody sees another's package, facts or applications.
    assert_eq!(rival.get(&house, &package).await.status, 404);
    let path = format!("/api/v1/firms/{firm}/facts");
    assert_eq!(rival.post(&house, &path, &facts).await.status, 404);
    assert_eq!(house.visitor().await.get(&house, &package).await.status, 401);

    // From a draft to paid.
    let draft = json!({"policy": "sh.ai.2025.model-voucher"});
    let begun = desk.post(&house, APPLICATIONS, &draft).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let page = begun.json();
    let id = page["application"]["id"].as_str().expect("an id").to_string();
    assert_eq!(
        (&page["same"], &page["evaluation"]["result"]["amount"]),
        (&json!(true), &json!("650000.00"))
    );
    assert_eq!(list(&page, "next"), ["submitted", "withdrawn"]);
    assert_eq!(tried(&house, &desk, APPLICATIONS, &draft).await, (422, "E-APP-07".into()));
    assert_eq!(rival.get(&house, &format!("{APPLICATIONS}/{id}")).await.status, 404);
    let steps = format!("{APPLICATIONS}/{id}/steps");
    let grant = json!({"kind": "granted", "amount": "600000.00"});
    assert_eq!(tried(&house, &desk, &steps, &grant).await, (403, "E-AUTH-05".into()));
    assert_eq!(tried(&house, &officer, &steps, &grant).await, (422, "E-APP-01".into()));
    assert_eq!(tried(&house, &desk, &steps, &json!({"kind": "submitted"})).await.0, 201);
    let more = json!({"kind": "granted", "amount": "650000.01"});
    assert_eq!(tried(&house, &officer, &steps, &more).await, (422, "E-APP-05".into()));
    let stale = json!({"kind": "granted", "amount": "600000.00", "version": 1});
    assert_eq!(tried(&house, &officer, &steps, &stale).await, (409, "E-CONFLICT".into()));
    assert_eq!(tried(&house, &officer, &steps, &grant).await.0, 201);
    let pay = |amount: &str, reference: &str| json!({"kind": "paid", "amount": amount, "reference": reference});
    assert_eq!(
        tried(&house, &officer, &steps, &pay("600000.01", "P-1")).await,
        (422, "E-PAY-03".into())
    );
    assert_eq!(tried(&house, &officer, &steps, &pay("1.001", "P-1")).await.0, 422);
    assert_eq!(tried(&house, &officer, &steps, &pay("250000.00", "P-1")).await.0, 201);
    assert_eq!(
        tried(&house, &officer, &steps, &pay("250000.00", "P-1")).await,
        (422, "E-PAY-03".into())
    );
    let paid = officer.post(&house, &steps, &pay("350000.00", "P-2")).await.good();
    assert_eq!(
        (&paid["application"]["state"], &paid["application"]["paid"]),
        (&json!("paid"), &json!("600000.00"))
    );
    // The facts change: what was paid too much is worked out, and comes back.
    let changed = json!({"kind": "rejudged", "reason": "合同终止,核定额下降",
        "facts": {"contract.verified": "1000000.00"}});
    let page = officer.post(&house, &steps, &changed).await.good();
    assert_eq!(page["owed_back"], "0.00", "an upper bound does not say what was due exactly");
    assert_eq!(tried(&house, &officer, &steps, &json!({"kind": "published"})).await.0, 201);
    let pools = house.visitor().await.get(&house, "/api/v1/pools").await.good();
    let pool = pools["items"]
        .as_array()
        .and_then(|items| items.iter().find(|one| one["id"] == "sh.2025.model"))
        .expect("the pool");
    assert_eq!((&pool["paid"], &pool["left"]), (&json!("600000.00"), &json!("299400000.00")));
    let mine = desk.get(&house, APPLICATIONS).await.good();
    assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(rival.get(&house, APPLICATIONS).await.good()["items"], json!([]));
}

#[tokio::test]
async fn what_is_granted_is_offered_shared_and_paid_from_a_short_pool() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let published = officer.post(&house, POLICIES, &json!({"text": NOTICE})).await;
    assert_eq!(published.status, 201, "{}", published.text());
    let mut firms = Vec::new();
    for (name, insured) in
        [("云杉软件", Some("12")), ("星河智能科技", Some("30")), ("兰台资本", None)]
    {
        let firm = house.id(name).await;
        let mut facts = vec![json!({"name": "jobs.kept", "value": "true"})];
        facts.extend(
            insured.map(|n| json!({"name": "jobs.insured", "value": n, "evidence": "社保"})),
        );
        let path = format!("/api/v1/firms/{firm}/facts");
        assert_eq!(officer.post(&house, &path, &json!({"facts": facts})).await.status, 201);
        firms.push(firm);
    }
    let offers = format!("{POLICIES}/xh.test.keep-jobs/offers");
    let offered = officer.post(&house, &offers, &json!({})).await.good();
    assert_eq!((list(&offered, "offered").len(), list(&offered, "moved").len()), (2, 0));
    let named = officer.post(&house, &offers, &json!({"firms": firms})).await.good();
    assert_eq!((list(&named, "moved").len(), &named["skipped"]), (1, &json!(2)));
    let by_hand = format!("{POLICIES}/sh.ai.2025.model-voucher/offers");
    let firm = &firms[0];
    let not_so = tried(&house, &officer, &by_hand, &json!({"firms": [firm]})).await;
    assert_eq!(not_so.0, 201, "nothing is known of it: it would be applied for");
    let ids = list(&offered, "offered");
    // The firm sees at the next page that something waits for it, and only what is its own.
    let desk = house.member(&administrator, "spruce desk", Some(firm)).await;
    let waits = json!({"offered": 1, "drafted": 1, "returned": 0, "submitted": 0, "late": 0});
    assert_eq!(desk.get(&house, "/api/v1/waiting").await.good(), waits);
    let none = json!({"offered": 0, "drafted": 0, "returned": 0, "submitted": 0, "late": 0});
    assert_eq!(officer.get(&house, "/api/v1/waiting").await.good(), none);
    assert_eq!(house.visitor().await.get(&house, "/api/v1/waiting").await.status, 401);
    for id in &ids {
        let consent = json!({"kind": "consented"});
        // An officer takes a firm's consent down by telephone; a firm consents itself.
        let path = format!("{APPLICATIONS}/{id}/steps");
        assert_eq!(tried(&house, &administrator, &path, &consent).await.0, 201);
    }
    assert_eq!(desk.get(&house, "/api/v1/waiting").await.good()["offered"], 0);
    assert_eq!(officer.get(&house, "/api/v1/waiting").await.good()["submitted"], 2);
    let shares = format!("{POLICIES}/xh.test.keep-jobs/shares");
    let shared = officer.post(&house, &shares, &json!({"sharing": "pro_rata"})).await.good();
    assert_eq!((&shared["claims"], &shared["left"]), (&json!(2), &json!("0.00")));
    let one = officer.get(&house, &format!("{APPLICATIONS}/{}", ids[0])).await.good();
    assert_eq!(one["application"]["granted"], "250000.00");
    assert!(one["application"]["due"].is_string(), "60 working days from its consent");
    assert_eq!(
        tried(&house, &officer, &shares, &json!({"sharing": "by_lot"})).await,
        (422, "E-INPUT-01".into())
    );
    // A firm has so many places and no more.
    let places = format!("{POLICIES}/xh.test.keep-jobs/places");
    let set = tried(&house, &officer, &places, &json!({"firm": firms[2], "places": 0})).await;
    assert_eq!(set.0, 201);
    let moved = list(&named, "moved")[0].clone();
    let steps = format!("{APPLICATIONS}/{moved}/steps");
    let late = json!({"kind": "submitted", "facts": {"jobs.insured": "15"},
        "materials": [{"material": 1, "evidence": "社保缴费记录 2026-11"}]});
    assert_eq!(tried(&house, &administrator, &steps, &late).await.0, 201);
    let grant = json!({"kind": "granted"});
    assert_eq!(tried(&house, &officer, &steps, &grant).await, (422, "E-PAY-05".into()));
    let pool = officer.get(&house, "/api/v1/pools").await.good();
    let pool =
        pool["items"].as_array().and_then(|all| all.iter().find(|one| one["id"] == "xh.test.2026"));
    let pool = pool.expect("the pool");
    assert_eq!((&pool["committed"], &pool["left"]), (&json!("500000.00"), &json!("0.00")));
    assert!(pool["round"].is_object());
}

#[tokio::test]
async fn requests_run_by_their_clocks_and_stewards_have_a_desk() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let (firm, other) = (house.id("云杉软件").await, house.id("星河智能科技").await);
    let desk = house.member(&administrator, "firm desk", Some(&firm)).await;
    let rival = house.member(&administrator, "other desk", Some(&other)).await;
    let new = json!({"lane": "firm", "title": "停车位不足", "text": "园区早高峰没有车位"});
    let filed = desk.post(&house, REQUESTS, &new).await;
    assert_eq!(filed.status, 201, "{}", filed.text());
    let page = filed.json();
    let id = page["request"]["id"].as_str().expect("an id").to_string();
    assert_eq!(page["request"]["firm"]["id"], firm.as_str());
    assert_eq!(page["clocks"][0]["proof"]["cite"]["article"], "YSHJ 49");
    let steps = format!("{REQUESTS}/{id}/steps");
    let say = |step: Value| json!({"step": step});
    let settled = say(json!({"kind": "settled", "answer": "已协调增加临时车位"}));
    assert_eq!(tried(&house, &desk, &steps, &settled).await, (403, "E-AUTH-05".into()));
    assert_eq!(tried(&house, &rival, &steps, &settled).await.0, 404);
    assert_eq!(rival.get(&house, &format!("{REQUESTS}/{id}")).await.status, 404);
    let odd = say(json!({"kind": "settled", "answer": "好", "extra": 1}));
    assert_eq!(tried(&house, &officer, &steps, &odd).await, (422, "E-INPUT-01".into()));
    let empty = say(json!({"kind": "settled", "answer": " "}));
    assert_eq!(tried(&house, &officer, &steps, &empty).await, (422, "E-REQ-03".into()));

    // A steward looks after the firm, is given the request, and the desk counts both.
    let session = officer.get(&house, "/api/v1/session").await.good();
    let account = session["account"]["id"].as_str().expect("an account").to_string();
    let steward = format!("/api/v1/firms/{firm}/steward");
    assert_eq!(tried(&house, &officer, &steward, &json!({"account": account})).await.0, 201);
    let desk_account = desk.get(&house, "/api/v1/session").await.good()["account"]["id"].clone();
    let no = tried(&house, &officer, &steward, &json!({"account": desk_account})).await;
    assert_eq!(no, (422, "E-INPUT-01".into()), "a member is no steward");
    let assigned = say(json!({"kind": "assigned", "to": account}));
    assert_eq!(tried(&house, &officer, &steps, &assigned).await.0, 201);
    let visit = format!("/api/v1/firms/{firm}/visits");
    let future = json!({"on": "2030-01-01", "note": "走访"});
    assert_eq!(tried(&house, &officer, &visit, &future).await, (422, "E-DATE-03".into()));
    assert_eq!(tried(&house, &officer, &visit, &json!({"note": "走访,了解算力需求"})).await.0, 201);
    let shown = officer.get(&house, "/api/v1/desk").await.good();
    assert_eq!(
        (&shown["own"], &shown["loads"][0]["firms"], &shown["loads"][0]["requests_open"]),
        (&json!(account), &json!(1), &json!(1))
    );
    assert_eq!(desk.get(&house, "/api/v1/desk").await.status, 403);
    let package = desk.get(&house, &format!("/api/v1/firms/{firm}/package")).await.good();
    assert_eq!(package["steward"]["account"], account.as_str());

    // Ten days later it is late, and has risen to the district.
    house.pass_days(14);
    let again = |name: &'static str, password: &'static str| house.sign_in(name, password);
    let officer = again("小林同学", "quiet river stones").await;
    let desk = again("firm desk", "Silk-Belt-1843-river").await;
    let board = officer.get(&house, &format!("{REQUESTS}?late=true&mine=true")).await.good();
    assert_eq!((&board["counts"]["late"], &board["items"][0]["late"]), (&json!(1), &json!(true)));
    let page = officer.get(&house, &format!("{REQUESTS}/{id}")).await.good();
    assert_eq!(page["level"], "district");
    assert_eq!(tried(&house, &officer, &steps, &settled).await.0, 201);
    let rated = say(json!({"kind": "rated", "mark": 1, "named": true}));
    let page = desk.post(&house, &steps, &rated).await.good();
    assert_eq!(
        (&page["request"]["state"], &page["request"]["clock"]),
        (&json!("call_back"), &json!("call_back"))
    );
    let page = desk.get(&house, &format!("{REQUESTS}/{id}")).await.good();
    assert_eq!(list(&page, "next"), Vec::<String>::new());
    let stranger = house.visitor().await;
    assert_eq!(stranger.get(&house, REQUESTS).await.status, 401);
}
