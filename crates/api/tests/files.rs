//! Exports, the stream, and the document of the API.

mod support;

use serde_json::{Value, json};
use std::time::Duration;
use support::House;
use tokio_stream::StreamExt as _;
use tower::ServiceExt as _;

/// A line of CSV in cells.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (quoted, c) {
            (true, '"') if rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    rows
}

async fn questions(house: &House) -> Vec<String> {
    let district = house.id("徐汇区").await;
    let (firm, other) = (house.id("星河智能科技").await, house.id("兰台资本").await);
    vec![
        "search?kind=company".to_string(),
        format!("entity?entity={firm}"),
        format!("graph?focus={district}&hops=2"),
        format!("paths?from={firm}&to={other}"),
        "map?layer=streets".to_string(),
        "choropleth?indicator=ai_firms&level=districts".to_string(),
        format!("series?indicator=ai_firms&entity={district}&family=true"),
        "cube?rows=kind&columns=street".to_string(),
        "changes?from=2026-11-01".to_string(),
        "coverage?".to_string(),
        "sources?".to_string(),
        "statements?kind=company".to_string(),
    ]
}

#[tokio::test]
async fn every_answer_is_a_file_in_every_format() {
    let house = House::new();
    for question in questions(&house).await {
        let get = async |format: &str| {
            let answer = house.get(&format!("/api/v1/export/{question}&format={format}")).await;
            assert_eq!(answer.status, 200, "{question} {format}: {}", answer.text());
            let name = answer.header("content-disposition").to_string();
            assert!(name.ends_with(&format!("-2026-11-23.{format}\"")), "{name}");
            answer
        };
        let csv = get("csv").await.text();
        assert!(csv.starts_with('\u{feff}'));
        let rows = cells(csv.trim_start_matches('\u{feff}'));
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{question}");
        let as_of = rows[0].iter().position(|name| name == "as_of").expect("a column");
        assert!(rows.iter().skip(1).all(|row| row[as_of] == "2026-11-23"), "{question}");
        let book = get("xlsx").await;
        assert!(book.bytes.starts_with(b"PK"));
        let map = get("geojson").await.json();
        assert_eq!(map["type"], "FeatureCollection");
        assert_eq!(map["features"].as_array().map(Vec::len), Some(rows.len() - 1), "{question}");
        let linked = get("jsonld").await.json();
        assert_eq!(linked["@graph"][0]["@type"][0], "schema:Dataset");
        let triples = get("nt").await.text();
        for line in triples.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.starts_with("<https://house.example/"), "{line}");
            assert!(line.ends_with(" ."), "{line}");
            let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            assert!(quotes == 0 || quotes == 2, "{line}");
        }
    }
}

#[tokio::test]
async fn files_name_their_sources_and_hold_no_formulas() {
    let house = House::new();
    let csv = house.get("/api/v1/export/statements?kind=company&format=csv").await.text();
    assert!(csv.contains("\"'=HYPERLINK(1)\""), "{csv}");
    assert!(csv.contains("他说\"\"好\"\""), "{csv}");
    assert!(csv.contains("虚构企业 · 测试局 · CC-BY-4.0"), "{csv}");
    let map = house.get("/api/v1/export/map?layer=streets&format=geojson").await.json();
    assert_eq!(map["attribution"], json!(["街镇 · 测试局 · CC0 · © 测试局"]));
    assert_eq!(map["features"][0]["geometry"]["coordinates"], json!([121.4, 31.17]));
    let search = house.get("/api/v1/export/search?kind=company&format=geojson").await.json();
    assert!(search["features"][0]["geometry"].is_null());
    let nt = house.get("/api/v1/export/statements?kind=company&format=nt").await.text();
    let source = "<https://house.example/sources/companies%2Fmade-up> .";
    assert!(nt.contains(&format!("<http://www.w3.org/ns/prov#hadPrimarySource> {source}")));
    assert!(nt.contains("\"他说\\\"好\\\"\"@zh"), "{nt}");
    let few = house.get("/api/v1/export/statements?kind=company&format=csv&limit=2").await.text();
    assert_eq!(few.lines().count(), 3);
}

#[tokio::test]
async fn the_stream_tells_of_a_write() {
    let house = House::new();
    let administrator = house.administrator().await;
    let request = axum::http::Request::get("/api/v1/feed/stream");
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let response = api::router(house.app.clone()).oneshot(request).await.expect("never fails");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let read = house.ask("/sources/companies%2Fmade-up").await;
    let version = format!("\"{}\"", read["version"]);
    let path = "/api/v1/sources/companies%2Fmade-up/withdraw";
    let headers = [("if-match", version.as_str())];
    let why = json!({ "reason": "撤稿" });
    let done = administrator.write(&house, "POST", path, &headers, &why).await;
    assert_eq!(done.status, 200);
    let next = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
    let chunk = next.expect("in time").expect("more").expect("sound");
    let text = String::from_utf8(chunk.to_vec()).expect("UTF-8");
    assert!(text.starts_with("event: change\n"), "{text}");
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
    let item: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(item["kind"], "source_withdrawn");

    // After a break, everything since is sent.
    let request = axum::http::Request::get("/api/v1/feed/stream").header("last-event-id", "J0");
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let response = api::router(house.app.clone()).oneshot(request).await.expect("never fails");
    let mut stream = response.into_body().into_data_stream();
    let mut seen = String::new();
    while seen.matches("event: change").count() < 4 {
        let next = tokio::time::timeout(Duration::from_secs(10), stream.next()).await;
        let chunk = next.expect("in time").expect("more").expect("sound");
        seen.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert_eq!(seen.matches("source_scanned").count(), 3);
}

#[tokio::test]
async fn the_document_describes_every_route() {
    let house = House::new();
    let served = house.ask("/openapi.json").await;
    let document = serde_json::to_value(api::openapi()).expect("JSON");
    assert_eq!(served, document);
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let paths = document["paths"].as_object().expect("paths");
    let mut ids = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let name = format!("{method} {path}");
            let text = |key: &str| operation[key].as_str().unwrap_or_default().to_string();
            assert!(!text("summary").is_empty(), "{name} has no summary");
            assert!(!text("operationId").is_empty(), "{name} has no id");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name}");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with('4')), "{name}");
            assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
            ids.push(text("operationId"));
            // Every documented route is there: whatever it answers, it is not "no such address".
            let path = path.replace("{path}", "0/000");
            let at = path.replace("{id}", "E1").replace(['{', '}'], "");
            let request = axum::http::Request::builder().method(method.to_uppercase().as_str());
            let request = request.uri(&at).body(axum::body::Body::empty()).expect("a request");
            if !at.ends_with("/stream") {
                let answer = house.send(request).await;
                let text = String::from_utf8_lossy(&answer.bytes).to_string();
                assert!(!text.contains("E-ROUTE-0"), "{name}: {text}");
                assert_ne!(answer.status, 500, "{name}: {text}");
            }
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique");
    assert!(count > 45, "{count}");
}

#[tokio::test]
async fn documented_parameters_are_taken() {
    let house = House::new();
    let document = serde_json::to_value(api::openapi()).expect("JSON");
    for (path, item) in document["paths"].as_object().expect("paths") {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let names = parameters.iter().filter(|one| one["in"] == "query");
        for name in names.filter_map(|one| one["name"].as_str()) {
            if path.contains("/export/") {
                continue;
            }
            let at = path.replace("{id}", "E1").replace(['{', '}'], "");
            let answer = house.get(&format!("{at}?{name}=")).await;
            assert!(!answer.text().contains("E-QUERY-01"), "{path} {name}: {}", answer.text());
        }
    }
}
