//! What is not sound is refused by rule and place, and leaves nothing behind.

mod support;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use support::{House, Visitor};

const HEAD: &str = "name_zh,name_en,ticker,established,website,note,valid";

/// A file, what is in it, the code of its refusal, the row and the column.
type Case = (&'static str, Vec<u8>, &'static str, Option<u64>, Option<&'static str>);

/// Tries to bring in a table of companies; answers the first refusal.
async fn tried(house: &House, visitor: &Visitor, name: &str, bytes: &[u8]) -> Value {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ncompany\r\n--b\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = visitor
        .request("POST", "/api/v1/imports?dry_run=true")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .expect("a request");
    let report = house.send(request).await.good();
    report["refusals"][0].clone()
}

fn table(row: &str) -> Vec<u8> {
    format!("{HEAD}\n{row}\n").into_bytes()
}

#[tokio::test]
async fn tables_are_refused_by_rule_and_place() {
    let house = House::new();
    let administrator = house.administrator().await;
    let analyst = house.analyst(&administrator).await;
    let before = house.ask("/journal?limit=1").await["size"].clone();
    let wide = [HEAD.as_bytes(), b"\n", &b"x,".repeat(1_000_000)].concat();
    let deep = b"[".repeat(4 << 20);
    let utf16: Vec<u8> = "甲,A".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<Case> = vec![
        ("latin.csv", b"name_zh\nCaf\xe9 \xff\xfe\n".to_vec(), "E-ENC-01", None, None),
        ("utf16.csv", utf16, "E-ENC-02", Some(1), None),
        ("nul.csv", table("甲\0,A,T1,,,,"), "E-ENC-02", Some(2), None),
        ("ragged.csv", table("甲,A"), "E-CSV-01", Some(2), None),
        ("wide.csv", wide, "E-SIZE-03", Some(2), None),
        ("quote.csv", table("甲\"乙,A,T1,,,,"), "E-CSV-02", Some(2), Some("1")),
        ("open.csv", table("\"甲,A,T1,,,,"), "E-CSV-03", Some(2), Some("1")),
        ("date.csv", table("甲,A,T1,2015-13-32,,,"), "E-DATE-01", Some(2), Some("established")),
        ("zero.csv", table("甲,A,T1,0000-00-00,,,"), "E-DATE-01", Some(2), Some("established")),
        ("valid.csv", table("甲,A,T1,2020,,,9999-99-99"), "E-DATE-01", Some(2), Some("valid")),
        ("bidi.csv", table("甲\u{202e}乙,A,T1,,,,"), "E-TEXT-02", Some(2), Some("name_zh")),
        ("zero-width.csv", table("甲\u{200b}乙,A,T1,,,,"), "E-TEXT-02", Some(2), Some("name_zh")),
        ("mixed.csv", table("甲,p\u{430}ypal,T1,,,,"), "E-TEXT-04", Some(2), Some("name_en")),
        ("bell.csv", table("甲\u{7},A,T1,,,,"), "E-TEXT-01", Some(2), Some("name_zh")),
        ("link.csv", table("甲,A,T1,,javascript:x,,"), "E-VAL-01", Some(2), Some("website")),
        ("empty.csv", Vec::new(), "E-HEAD-04", None, None),
        ("twice.csv", b"name_zh,name_zh\na,b\n".to_vec(), "E-HEAD-02", Some(1), Some("name_zh")),
        ("deep.json", deep, "E-SIZE-05", None, None),
        ("nan.json", b"[{\"name_zh\": NaN}]".to_vec(), "E-JSON-01", Some(1), None),
        ("twice.json", b"[{\"note\":1,\"note\":2}]".to_vec(), "E-JSON-01", Some(1), Some("note")),
        ("text.xlsx", table("甲,A,T1,,,,"), "E-XLSX-01", None, None),
    ];
    for (name, bytes, code, row, column) in cases {
        let refusal = tried(&house, &analyst, name, &bytes).await;
        assert_eq!(refusal["code"], code, "{name}: {refusal}");
        assert_eq!(refusal["file"], name, "{refusal}");
        assert_eq!(refusal["row"].as_u64(), row, "{name}: {refusal}");
        assert_eq!(refusal["column"].as_str(), column, "{name}: {refusal}");
        assert!(refusal["rule"].as_str().is_some_and(|rule| !rule.is_empty()), "{refusal}");
    }
    assert_eq!(house.ask("/journal?limit=1").await["size"], before, "nothing was written");
}

#[tokio::test]
async fn names_and_fields_of_a_form_stay_what_they_are() {
    let house = House::new();
    let administrator = house.administrator().await;
    let (path, good) = ("/api/v1/imports?dry_run=true", "name_zh,ticker\n好公司,G1\n");
    for (sent, shown) in [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\\\..\\\\x.csv", "x.csv"),
        ("/abs/olute.csv", "olute.csv"),
        ("{name_zh}.csv", "{name_zh}.csv"),
    ] {
        let fields = [("kind", "company")];
        let answer = administrator.upload(&house, path, &[], &fields, (sent, good), "b").await;
        assert_eq!(answer.good()["file"], shown);
    }
    for (name, value, status, code) in [
        ("url", "javascript:alert(1)", 422, "E-URL-01"),
        ("title", "\u{202e}", 422, "E-TEXT-02"),
        ("kind", "../../etc", 404, "E-FIND-01"),
        ("else", "x", 422, "E-FORM-01"),
    ] {
        let mut fields = vec![(name, value)];
        if name != "kind" {
            fields.push(("kind", "company"));
        }
        let file = ("g.csv", good);
        let answer = administrator.upload(&house, path, &[], &fields, file, "b").await;
        assert_eq!(answer.problem(), (status, code.to_string()), "{name}");
    }
    let long = "x".repeat(3_000);
    let fields = [("kind", "company"), ("title", long.as_str())];
    let answer = administrator.upload(&house, path, &[], &fields, ("g.csv", good), "b").await;
    assert_eq!(answer.problem(), (422, "E-TEXT-03".to_string()));
    assert_eq!(answer.json()["where"]["column"], "title");
    let two = administrator.request("POST", path);
    let two = two.header("content-type", "multipart/form-data; boundary=b");
    let cut = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\nab";
    let cut = house.send(two.body(Body::from(cut)).expect("a request")).await;
    assert_eq!(cut.problem(), (400, "E-FORM-04".to_string()));
}

#[tokio::test]
async fn requests_are_refused_by_rule() {
    let house = House::new();
    for (path, status, code) in [
        ("/entities/E-1", 400, "E-ID-00"),
        ("/entities/E99999999999999999999", 400, "E-ID-00"),
        ("/entities/%00", 400, "E-ID-00"),
        ("/entities/%ff", 400, "E-PATH-01"),
        ("/sources/..%2f..%2fjournal.key", 404, "E-FIND-01"),
        ("/overview?valid=0000-00-00", 400, "E-DATE-01"),
        ("/overview?known=9999-99-99", 400, "E-DATE-01"),
        ("/overview?valid=", 400, "E-DATE-01"),
        ("/overview?valid=2020-01-01&valid=2021-01-01", 400, "E-QUERY-03"),
        ("/statements?limit=-1", 400, "E-QUERY-02"),
        ("/statements?limit=", 400, "E-QUERY-02"),
        ("/search?q=%00", 400, "E-TEXT-01"),
        ("/search?year=%2B2024", 400, "E-QUERY-02"),
        ("/journal?after=", 400, "E-QUERY-02"),
        ("/openapi.json?x=1", 400, "E-QUERY-01"),
        ("/session?x=1", 400, "E-QUERY-01"),
    ] {
        let answer = house.get(&format!("/api/v1{path}")).await;
        assert_eq!(answer.problem(), (status, code.to_string()), "{path}");
    }
    let far = house.ask("/statements?known=9998-12-31&limit=1").await;
    assert_eq!(far["items"].as_array().map(Vec::len), Some(1), "the future knows what now knows");
    for (method, path) in [
        ("PUT", "/api/v1/overview"),
        ("OPTIONS", "/api/v1/entities/E1"),
        ("TRACE", "/"),
        ("OPTIONS", "/"),
        ("PUT", "/health/live"),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty());
        let answer = house.send(request.expect("a request")).await;
        assert_eq!(answer.problem(), (405, "E-ROUTE-03".to_string()), "{method} {path}");
    }
    let request = Request::builder().uri("/api/v1/overview");
    let request = request.header("authorization", &b"Bearer \xff"[..]);
    let answer = house.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.problem(), (401, "E-AUTH-04".to_string()), "a token that is no text");
}

#[tokio::test]
async fn a_password_is_not_changed_by_half() {
    let house = House::new();
    let administrator = house.administrator().await;
    let analyst = house.analyst(&administrator).await;
    let own = analyst.get(&house, "/api/v1/session").await.json();
    let path = format!("/api/v1/accounts/{}", own["account"]["id"].as_str().expect("an id"));
    let both = json!({ "password": "brand new password 7", "name": "梅女士" });
    let answer = administrator.write(&house, "PUT", &path, &[], &both).await;
    assert_eq!(answer.problem(), (422, "E-AUTH-16".to_string()));
    let still = analyst.get(&house, "/api/v1/session").await.json();
    assert_eq!(still["account"]["name"], own["account"]["name"], "nor is anyone signed out");
}

#[tokio::test]
async fn the_document_says_what_is_malformed() {
    let document = serde_json::to_value(api::openapi()).expect("JSON");
    for (path, item) in document["paths"].as_object().expect("paths") {
        assert!(!path.contains('*'), "{path}");
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["security"].is_array(), "{method} {path}");
            for one in operation["parameters"].as_array().into_iter().flatten() {
                let name = one["name"].as_str().expect("a name");
                let needed = one["required"] == true;
                assert!(!needed || one["schema"]["default"].is_null(), "{method} {path} {name}");
                if one["in"] == "path" && name == "id" {
                    assert!(one["schema"]["pattern"].is_string(), "{method} {path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_file_names_many_sources_once() {
    let house = House::new();
    let csv = house.get("/api/v1/export/search?format=csv").await.text();
    assert_eq!(csv.matches("街镇 · 测试局").count(), 1, "{csv}");
    let csv = house.get("/api/v1/export/changes?format=csv&from=2026-01-01").await.text();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines.len() > 10, "{csv}");
    assert!(lines[1..].iter().all(|line| line.ends_with(|c| c != ',')), "{csv}");
}
