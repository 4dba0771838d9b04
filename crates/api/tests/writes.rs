//! Writes through the real router: who may, what must be carried, what happens once.

mod support;

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::{House, Visitor};

/// Sees that a condition comes true within ten seconds.
async fn eventually<F: Future<Output = bool>>(mut check: impl FnMut() -> F) {
    let started = Instant::now();
    while !check().await {
        assert!(started.elapsed() < Duration::from_secs(10), "it never came true");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The website statement of an entity.
async fn website(house: &House, entity: &str) -> Value {
    let found = house.ask(&format!("/statements?entity={entity}&property=website")).await;
    found["items"][0].clone()
}

#[tokio::test]
async fn signing_in_takes_a_token_of_ones_own() {
    let house = House::new();
    let administrator = house.administrator().await;
    let body = json!({ "name": "梅女士", "password": "correct horse battery" });
    let bare = Visitor::default().post(&house, "/api/v1/session", &body).await;
    assert_eq!(bare.problem(), (403, "E-AUTH-03".into()));
    let visitor = house.visitor().await;
    let wrong = json!({ "name": "梅女士", "password": "correct horse" });
    let refused = visitor.post(&house, "/api/v1/session", &wrong).await;
    assert_eq!(refused.problem(), (401, "E-AUTH-01".into()));
    let unknown = json!({ "name": "nobody", "password": "correct horse" });
    let refused = visitor.post(&house, "/api/v1/session", &unknown).await;
    assert_eq!(refused.problem(), (401, "E-AUTH-01".into()));
    let mut again = visitor.clone();
    let answer = again.post(&house, "/api/v1/session", &body).await;
    again.keep(&answer);
    let session = again.get(&house, "/api/v1/session").await.good();
    assert_eq!(session["account"]["role"], "administrator");
    let out = again.write(&house, "DELETE", "/api/v1/session", &[], &Value::Null).await;
    assert_eq!(out.status, 204);
    let after = again.get(&house, "/api/v1/session").await.good();
    assert!(after["account"].is_null());
    house.pass_minutes(2);
    let link = json!({ "token": "00", "name": "another", "password": "something long enough" });
    let late = visitor.post(&house, "/api/v1/session/first", &link).await;
    assert_eq!(late.problem(), (403, "E-AUTH-06".into()));
    assert!(!administrator.csrf.is_empty());
}

#[tokio::test]
async fn every_role_may_what_the_table_says() {
    let house = House::new();
    let administrator = house.administrator().await;
    let analyst = house.analyst(&administrator).await;
    let stranger = house.visitor().await;
    let firm = house.id("兰台资本").await;
    let statement = website(&house, &firm).await["id"].as_str().expect("an id").to_string();
    let fix = json!({
        "value": { "type": "url", "url": "https://orchid.new" },
        "valid": { "from": null, "to": null, "precision": "open" },
        "confidence": 95, "reason": "搬了家",
    });
    let path = format!("/api/v1/statements/{statement}/supersede");
    let asked = stranger.post(&house, &path, &fix).await;
    assert_eq!(asked.problem(), (401, "E-AUTH-02".into()));
    assert_eq!(asked.header("www-authenticate"), "Bearer");
    let new = json!({ "name": "someone", "password": "a long enough one", "role": "analyst" });
    let not = analyst.post(&house, "/api/v1/accounts", &new).await;
    assert_eq!(not.problem(), (403, "E-AUTH-05".into()));
    assert_eq!(analyst.get(&house, "/api/v1/accounts").await.problem().0, 403);
    let forged = Visitor { csrf: "0".repeat(64), ..analyst.clone() };
    assert_eq!(forged.post(&house, &path, &fix).await.problem(), (403, "E-AUTH-03".into()));
    let fixed = analyst.post(&house, &path, &fix).await.good();
    assert_eq!(fixed["supersedes"], statement);
    assert_eq!(fixed["source"]["key"], "hand");
    assert_eq!(website(&house, &firm).await["value"]["url"], "https://orchid.new");
    let again = analyst.post(&house, &path, &fix).await;
    assert_eq!(again.problem(), (409, "E-CONFLICT-01".into()));
    let feed = house.ask("/feed?limit=1").await;
    assert_eq!(feed["items"][0]["kind"], "statement_corrected");
    assert_eq!(feed["items"][0]["entity"]["id"], firm);
}

#[tokio::test]
async fn corrections_are_refused_by_rule() {
    let house = House::new();
    let analyst = house.administrator().await;
    let district = house.id("徐汇区").await;
    let found = house.ask(&format!("/statements?entity={district}&property=gdp")).await;
    let id = found["items"][0]["id"].as_str().expect("an id").to_string();
    let path = format!("/api/v1/statements/{id}/supersede");
    let valid = json!({ "from": "2024-01-01", "to": "2024-12-31", "precision": "year" });
    let money = |number: &str| {
        let unit = "亿元";
        json!({ "type": "money", "number": number, "comparator": "=", "unit": unit })
    };
    let body = |value: Value, valid: &Value, sure: i64, why: &str| {
        let (value, valid) = (value, valid.clone());
        json!({ "value": value, "valid": valid, "confidence": sure, "reason": why })
    };
    let turned = json!({ "from": "2025-01-01", "to": "2024-12-31" });
    let range = json!({
        "type": "money", "number": "5", "comparator": "range", "high": "3", "unit": "亿元",
    });
    let nobody = json!({ "type": "entity", "entity": { "id": "E99999" } });
    let cases = [
        (body(money("1e400"), &valid, 90, "x"), 422, "E-NUM-01"),
        (body(money("0.00000000001"), &valid, 90, "x"), 422, "E-MONEY-01"),
        (body(money("99999999999999"), &valid, 90, "x"), 422, "E-MONEY-04"),
        (body(money("1"), &turned, 90, "x"), 422, "E-DATE-02"),
        (body(money("1"), &json!({ "from": "2024-02-30" }), 90, "x"), 422, "E-DATE-01"),
        (body(money("1"), &valid, 101, "x"), 422, "E-NUM-03"),
        (body(money("1"), &valid, 90, ""), 422, "E-SRC-05"),
        (body(range, &valid, 90, "x"), 422, "E-NUM-02"),
        (body(json!({ "type": "text", "text": "many" }), &valid, 90, "x"), 422, "E-TYPE-01"),
        (body(json!({ "type": "text", "text": "a\u{202e}b" }), &valid, 90, "x"), 422, "E-TEXT-02"),
        (body(nobody, &valid, 9, "x"), 422, "E-FIND-02"),
        (body(json!({ "type": "magic" }), &valid, 90, "x"), 422, "E-JSON-02"),
        (json!({ "value": money("1") }), 422, "E-JSON-02"),
        (json!([1, 2]), 422, "E-JSON-02"),
    ];
    for (body, status, code) in cases {
        let answer = analyst.post(&house, &path, &body).await;
        assert_eq!(answer.problem(), (status, code.to_string()), "{body}: {}", answer.text());
    }
    let broken = analyst.request("POST", &path).header("content-type", "application/json");
    let broken = house.send(broken.body("{\"value\":".into()).expect("a request")).await;
    assert_eq!(broken.problem(), (400, "E-JSON-01".into()));
    let plain = house.send(analyst.request("POST", &path).body("{}".into()).expect("one")).await;
    assert_eq!(plain.problem(), (415, "E-JSON-03".into()));
    let large = "x".repeat(2 << 20);
    let large = analyst.post(&house, &path, &json!({ "reason": large })).await;
    assert_eq!(large.problem(), (413, "E-SIZE-06".into()));
    let method = analyst.write(&house, "PUT", &path, &[], &json!({})).await;
    assert_eq!(method.problem(), (405, "E-ROUTE-03".into()));
    assert_eq!(method.header("allow"), "POST");
    let good =
        analyst.post(&house, &path, &body(money("3000.55"), &valid, 90, "勘误")).await.good();
    assert_eq!(good["value"]["fen"], "30005500000000");
}

#[tokio::test]
async fn a_source_is_withdrawn_in_the_version_that_was_read() {
    let house = House::new();
    let analyst = house.administrator().await;
    let read = house.ask("/sources/companies%2Fmade-up").await;
    let version = format!("\"{}\"", read["version"]);
    let path = "/api/v1/sources/companies%2Fmade-up/withdraw";
    let why = json!({ "reason": "撤稿" });
    let none = analyst.post(&house, path, &why).await;
    assert_eq!(none.problem(), (428, "E-MATCH-01".into()));
    let stale = analyst.write(&house, "POST", path, &[("if-match", "\"1\"")], &why).await;
    assert_eq!(stale.problem(), (412, "E-CONFLICT-02".into()));
    let done = analyst.write(&house, "POST", path, &[("if-match", &version)], &why).await;
    let tag = done.header("etag").to_string();
    assert_eq!(done.good()["withdrawn"], true);
    assert_eq!(house.ask("/search?kind=company").await["total"], 0);
    let twice = analyst.write(&house, "POST", path, &[("if-match", &tag)], &why).await;
    assert_eq!(twice.problem(), (422, "E-SRC-04".into()));
    let back = path.replace("withdraw", "restore");
    let back = analyst.write(&house, "POST", &back, &[("if-match", &tag)], &why).await;
    assert_eq!(back.good()["withdrawn"], false);
    assert_eq!(house.ask("/search?kind=company").await["total"], 3);
}

#[tokio::test]
async fn what_is_sent_twice_happens_once() {
    let house = House::new();
    let administrator = house.administrator().await;
    let body = json!({ "name": "周先生", "password": "eleven green bottles", "role": "analyst" });
    let key = [("idempotency-key", "k-1")];
    let first = administrator.write(&house, "POST", "/api/v1/accounts", &key, &body).await;
    let second = administrator.write(&house, "POST", "/api/v1/accounts", &key, &body).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(first.header("etag"), second.header("etag"));
    assert_eq!(first.json(), second.json());
    let other = json!({ "name": "another", "password": "eleven green bottles", "role": "analyst" });
    let reused = administrator.write(&house, "POST", "/api/v1/accounts", &key, &other).await;
    assert_eq!(reused.problem(), (422, "E-IDEM-02".into()));
    let key = [("idempotency-key", "k-2")];
    let taken = administrator.write(&house, "POST", "/api/v1/accounts", &key, &body).await;
    assert_eq!(taken.problem(), (409, "E-AUTH-09".into()));
    // What came to nothing does not use the key up.
    let free = administrator.write(&house, "POST", "/api/v1/accounts", &key, &other).await;
    assert_eq!(free.status, 201);
    let wrong = [("idempotency-key", "a b")];
    let wrong = administrator.write(&house, "POST", "/api/v1/accounts", &wrong, &body).await;
    assert_eq!(wrong.problem(), (422, "E-IDEM-01".into()));
    // A token's secret is shown once.
    let key = [("idempotency-key", "k-3")];
    let body = json!({ "name": "脚本" });
    let first = administrator.write(&house, "POST", "/api/v1/tokens", &key, &body).await.good();
    let second = administrator.write(&house, "POST", "/api/v1/tokens", &key, &body).await.good();
    assert!(first["secret"].as_str().is_some_and(|secret| secret.starts_with("xdt_")));
    assert!(second["secret"].is_null());
    assert_eq!(first["id"], second["id"]);
}

#[tokio::test]
async fn a_program_acts_with_its_token_and_no_more() {
    let house = House::new();
    let administrator = house.administrator().await;
    let body = json!({ "name": "脚本", "role": "analyst", "expires": "2026-12-31" });
    let token = administrator.post(&house, "/api/v1/tokens", &body).await.good();
    let secret = format!("Bearer {}", token["secret"].as_str().expect("a secret"));
    let program = Visitor::default();
    let headers = [("authorization", secret.as_str())];
    let firm = house.id("星河智能科技").await;
    let statement = website(&house, &firm).await["id"].as_str().expect("an id").to_string();
    let path = format!("/api/v1/statements/{statement}/retract");
    let why = json!({ "reason": "测试" });
    let done = program.write(&house, "POST", &path, &headers, &why).await.good();
    assert_eq!(done["ended"]["reason"], "retracted");
    let more = program.write(&house, "POST", "/api/v1/tokens", &headers, &body).await;
    assert_eq!(more.problem(), (403, "E-AUTH-05".into()));
    let accounts = program.write(&house, "GET", "/api/v1/accounts", &headers, &Value::Null).await;
    assert_eq!(accounts.problem().0, 403);
    let id = token["id"].as_str().expect("an id");
    let end = format!("/api/v1/tokens/{id}");
    let ended = administrator.write(&house, "DELETE", &end, &[], &Value::Null).await;
    assert_eq!(ended.status, 204);
    let dead = program.write(&house, "POST", &path, &headers, &why).await;
    assert_eq!(dead.problem(), (401, "E-AUTH-04".into()));
    let basic = [("authorization", "Basic abc")];
    let basic = program.write(&house, "GET", "/api/v1/schema", &basic, &Value::Null).await;
    assert_eq!(basic.problem(), (401, "E-AUTH-04".into()));
}

#[tokio::test]
async fn accounts_change_and_the_last_administrator_stays() {
    let house = House::new();
    let administrator = house.administrator().await;
    let analyst = house.analyst(&administrator).await;
    let list = administrator.get(&house, "/api/v1/accounts").await.good();
    let (first, second) = (list["items"][0].clone(), list["items"][1].clone());
    let path =
        |account: &Value| format!("/api/v1/accounts/{}", account["id"].as_str().expect("id"));
    let demoted = json!({ "role": "analyst" });
    let last = administrator.write(&house, "PUT", &path(&first), &[], &demoted).await;
    assert_eq!(last.problem(), (409, "E-AUTH-12".into()));
    let stale = [("if-match", "\"0000\"")];
    let stale = administrator.write(&house, "PUT", &path(&second), &stale, &demoted).await;
    assert_eq!(stale.problem(), (412, "E-CONFLICT-02".into()));
    let own = json!({ "password": "new river stones", "current_password": "wrong" });
    let wrong = analyst.write(&house, "PUT", &path(&second), &[], &own).await;
    assert_eq!(wrong.problem(), (401, "E-AUTH-01".into()));
    let own = json!({ "password": "new river stones", "current_password": "quiet river stones" });
    assert_eq!(analyst.write(&house, "PUT", &path(&second), &[], &own).await.status, 200);
    let gone = analyst.get(&house, "/api/v1/session").await.good();
    assert!(gone["account"].is_null(), "a new password ends every session");
    let etag = second["etag"].as_str().expect("a tag");
    let closed = json!({ "active": false });
    let closed =
        administrator.write(&house, "PUT", &path(&second), &[("if-match", etag)], &closed).await;
    assert_eq!(closed.good()["active"], false);
}

#[tokio::test]
async fn a_table_is_tried_and_then_loaded() {
    let house = House::new();
    let analyst = house.administrator().await;
    let template = house.get("/api/v1/kinds/patent/template.csv").await.text();
    assert!(template.starts_with("\u{feff}name_zh,name_en,"), "{template}");
    let good = "name_zh,patent_number,filed,industry\n一种算法,CN202310000001.5,2023-01-05,I\n\
        另一种,CN202310000002.3,2024,I\n";
    let bad = good.replace("2024,I", "2024-13-01,I");
    let kind = [("kind", "patent"), ("publisher", "知识产权局")];
    let form = async |path: &str, key: &str, text: &str, boundary: &str| {
        let headers = [("idempotency-key", key)];
        analyst.upload(&house, path, &headers, &kind, ("../../p 1.csv", text), boundary).await
    };
    let tried = form("/api/v1/imports?dry_run=true", "t1", &bad, "b1").await.good();
    assert_eq!(tried["refusals"][0]["code"], "E-DATE-01");
    assert_eq!(tried["refusals"][0]["row"], 3);
    assert_eq!(tried["refusals"][0]["file"], "p 1.csv");
    let tried = form("/api/v1/imports?dry_run=true", "t2", good, "b1").await.good();
    assert_eq!((&tried["rows"], &tried["entities_new"]), (&json!(2), &json!(2)));
    assert_eq!(house.ask("/search?kind=patent").await["total"], 0);

    let queued = form("/api/v1/imports", "k1", good, "b1").await;
    assert_eq!(queued.status, 202);
    let job = queued.json()["job"].as_str().expect("a job").to_string();
    assert_eq!(queued.header("location"), format!("/api/v1/jobs/{job}"));
    let again = form("/api/v1/imports", "k1", good, "another-boundary").await;
    assert_eq!(again.json()["job"], job, "the same form is the same request");
    let refused = form("/api/v1/imports", "k2", &bad, "b2").await.good();
    let worker = house.worker();
    let path = format!("/api/v1/jobs/{job}");
    eventually(async || analyst.get(&house, &path).await.good()["state"] == "done").await;
    let done = analyst.get(&house, &path).await.good();
    assert_eq!(done["report"]["rows"], 2);
    let path = format!("/api/v1/jobs/{}", refused["job"].as_str().expect("a job"));
    eventually(async || analyst.get(&house, &path).await.good()["state"] == "failed").await;
    let failed = analyst.get(&house, &path).await.good();
    assert_eq!(failed["problem"]["code"], "E-IMPORT-01");
    worker.stop();
    assert_eq!(house.ask("/search?kind=patent").await["total"], 2);
    let sources = house.ask("/sources").await;
    assert_eq!(sources["items"][3]["key"], "import/patent/p-1");
    assert_eq!(sources["items"][3]["publisher"], "知识产权局");
    let left = std::fs::read_dir(&house.app.settings().spool).expect("a folder").count();
    assert_eq!(left, 0, "nothing stays in the spool");
    let stranger = house.analyst(&analyst).await;
    assert_eq!(stranger.get(&house, &path).await.problem(), (404, "E-JOB-03".into()));
}

#[tokio::test]
async fn forms_are_refused_by_rule() {
    let house = House::new();
    let analyst = house.administrator().await;
    let stranger = house.visitor().await;
    let send = async |who: &Visitor, fields: &[(&str, &str)], file: (&str, &str)| {
        let answer = who.upload(&house, "/api/v1/imports", &[], fields, file, "b").await;
        answer.problem()
    };
    let csv = ("a.csv", "name_zh\nx\n");
    assert_eq!(send(&stranger, &[("kind", "patent")], csv).await, (401, "E-AUTH-02".into()));
    assert_eq!(send(&analyst, &[], csv).await, (422, "E-FORM-01".into()));
    assert_eq!(send(&analyst, &[("kind", "unicorn")], csv).await, (404, "E-FIND-01".into()));
    assert_eq!(send(&analyst, &[("kind", "patent")], ("a.exe", "x")).await.1, "E-FILE-01");
    assert_eq!(send(&analyst, &[("kind", "patent")], ("", "x")).await.1, "E-TEXT-05");
    assert_eq!(send(&analyst, &[("mapping", "a: [")], csv).await, (422, "E-MAP-01".into()));
    assert_eq!(send(&analyst, &[("color", "red")], csv).await, (422, "E-FORM-01".into()));
    let json = analyst.post(&house, "/api/v1/imports", &json!({})).await;
    assert_eq!(json.problem(), (415, "E-FORM-02".into()));
    let kind = "multipart/form-data; boundary=b";
    let cut = analyst.request("POST", "/api/v1/imports").header("content-type", kind);
    let cut = house.send(cut.body("--b\r\nbroken".into()).expect("a request")).await;
    assert_eq!(cut.problem(), (400, "E-FORM-04".into()));
}

#[tokio::test]
async fn whoever_keeps_a_question_hears_when_its_answer_changes() {
    let house = House::new();
    let analyst = house.administrator().await;
    let stranger = house.analyst(&analyst).await;
    let path = "/indicators/ai_firms/series?family=true";
    let hook = "https://hooks.example/x?key=1";
    let body = json!({
        "title": "企业数", "path": path, "notify": { "app": true, "webhook": hook },
    });
    let kept = analyst.post(&house, "/api/v1/questions", &body).await;
    assert_eq!((kept.status.as_u16(), kept.header("etag")), (201, "\"1\""));
    let id = kept.json()["id"].as_str().expect("an id").to_string();
    let at = format!("/api/v1/questions/{id}");
    assert_eq!(stranger.get(&house, &at).await.problem(), (404, "E-FIND-01".into()));
    let wrong = [
        ("path", json!("/nothing"), "E-ROUTE-02"),
        ("path", json!("/graph"), "E-QUERY-05"),
        ("path", json!("/search?colour=red"), "E-QUERY-01"),
        ("title", json!(""), "E-TEXT-05"),
        ("notify", json!({ "app": true, "webhook": "ftp://x" }), "E-HOOK-01"),
    ];
    for (field, value, code) in wrong {
        let mut body = body.clone();
        body[field] = value;
        let refused = analyst.post(&house, "/api/v1/questions", &body).await;
        assert_eq!(refused.problem(), (422, code.into()), "{body}");
    }
    let worker = house.worker();
    let checked = async || analyst.get(&house, &at).await.good()["last_checked"].is_string();
    eventually(checked).await;
    let district = house.id("徐汇区").await;
    let found = house.ask(&format!("/statements?entity={district}&property=ai_firms")).await;
    let statement = found["items"][0]["id"].as_str().expect("an id").to_string();
    let retract = format!("/api/v1/statements/{statement}/retract");
    analyst.post(&house, &retract, &json!({ "reason": "重复" })).await.good();
    eventually(async || analyst.get(&house, &at).await.good()["changed"] == true).await;
    eventually(async || !house.sent.lock().expect("no panic").is_empty()).await;
    worker.stop();
    let (url, text) = house.sent.lock().expect("no panic")[0].clone();
    assert_eq!(url, hook);
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((told["question"].as_str(), told["path"].as_str()), (Some(id.as_str()), Some(path)));
    let list = analyst.get(&house, "/api/v1/notifications").await.good();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let read =
        format!("/api/v1/notifications/{}/read", list["items"][0]["id"].as_str().expect("id"));
    assert_eq!(stranger.post(&house, &read, &json!({})).await.problem().0, 404);
    assert_eq!(analyst.post(&house, &read, &json!({})).await.status, 204);
    assert_eq!(analyst.get(&house, &at).await.good()["changed"], false);

    let late = analyst.write(&house, "PUT", &at, &[("if-match", "\"7\"")], &body).await;
    assert_eq!(late.problem(), (412, "E-CONFLICT-02".into()));
    let first = [("if-match", "\"1\"")];
    let changed = analyst.write(&house, "PUT", &at, &first, &body).await.good();
    assert_eq!(changed["etag"], "\"2\"");
    let bare = analyst.write(&house, "DELETE", &at, &[], &Value::Null).await;
    assert_eq!(bare.problem(), (428, "E-MATCH-01".into()));
    let second = [("if-match", "\"2\"")];
    assert_eq!(analyst.write(&house, "DELETE", &at, &second, &Value::Null).await.status, 204);
    assert_eq!(analyst.get(&house, &at).await.problem().0, 404);
}
