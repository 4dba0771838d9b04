//! Reads through the real router.

mod support;

use serde_json::Value;
use support::House;

#[tokio::test]
async fn every_question_has_an_answer() {
    let house = House::new();
    let firm = house.id("星河智能科技").await;
    let district = house.id("徐汇区").await;
    let overview = house.ask("/overview").await;
    assert_eq!(overview["district"]["id"], district);
    assert_eq!(overview["headline"][0]["indicator"]["key"], "ai_firms");
    assert_eq!(overview["headline"][0]["statement"]["value"]["comparator"], ">");
    assert_eq!(overview["totals"]["sources"], 3);
    assert_eq!(overview["latest_changes"].as_array().map(Vec::len), Some(3));
    let codes: Vec<&str> = overview["attention"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["code"].as_str().expect("a code"))
        .collect();
    assert_eq!(codes, ["conflicts", "stale_sources", "empty_kinds"]);

    let schema = house.ask("/schema").await;
    let company =
        schema["kinds"].as_array().expect("kinds").iter().find(|kind| kind["key"] == "company");
    assert!(company.expect("companies")["color"].as_str().is_some_and(|c| c.starts_with('#')));

    let page = house.ask(&format!("/entities/{firm}")).await;
    assert_eq!(page["entity"]["name"]["en"], "Galaxy AI");
    assert_eq!(page["identifiers"][0]["value"], "F1");
    assert_eq!(page["place"]["name"]["zh"], "漕河泾街道");
    let groups = page["groups"].as_array().expect("groups");
    let website = groups.iter().find(|group| group["property"]["key"] == "website");
    assert_eq!(website.expect("a website")["best"]["value"]["url"], "https://galaxy.example");
    let own = house.ask(&format!("/entities/{district}")).await;
    assert_eq!(own["conflicts"][0]["kind"], "value");
    assert_eq!(own["conflicts"][0]["statements"].as_array().map(Vec::len), Some(2));

    let statement = page["groups"][0]["best"]["id"].as_str().expect("an id");
    assert_eq!(house.ask(&format!("/statements/{statement}")).await["id"], statement);
    let proof = house.ask(&format!("/statements/{statement}/proof")).await;
    let checked = store::journal::check_proof_file(&format!("{proof}\n"));
    assert!(checked.is_ok(), "{checked:?}");

    let graph = house.ask(&format!("/graph?focus={firm}&hops=2")).await;
    assert_eq!(graph["nodes"][0]["id"], firm);
    assert_eq!(graph["edges"][0]["relation"]["key"], "located_in");
    let other = house.id("云杉软件").await;
    let paths = house.ask(&format!("/graph/paths?from={firm}&to={other}")).await;
    assert_eq!(paths["paths"][0]["nodes"].as_array().map(Vec::len), Some(5));
    let map = house.ask("/map/streets").await;
    assert_eq!(map["features"][0]["geometry"]["type"], "Point");
    assert_eq!(map["features"][0]["properties"]["count"], 1);
    let shades = house.ask("/map/choropleth?indicator=ai_firms&level=districts").await;
    assert_eq!(shades["unit"], "家");

    let indicators = house.ask("/indicators").await;
    assert_eq!(indicators["items"][0]["indicator"]["key"], "ai_firms");
    let series = house.ask(&format!("/indicators/ai_firms/series?entity={district}")).await;
    assert_eq!(series["points"].as_array().map(Vec::len), Some(3));
    assert_eq!(series["points"][0]["conflict"], 0);
    let cube = house.ask("/cube?rows=kind&columns=street&kind=company").await;
    assert_eq!(cube["total"], 3);
    let street = house.id("徐家汇街道").await;
    let cell = house
        .ask(&format!("/cube/cell?rows=kind&columns=street&row=company&column={street}&limit=3"))
        .await;
    assert_eq!(cell["entities"].as_array().map(Vec::len), Some(2));
    assert!(cell["next"].is_string());
    assert_eq!(house.ask("/changes?from=2026-11-20&to=2026-11-23").await["summary"]["ended"], 0);
    let coverage = house.ask("/coverage").await;
    assert!(coverage["items"].as_array().is_some_and(|items| items.len() > 20));
    let sources = house.ask("/sources").await;
    assert_eq!(sources["items"][0]["key"], "geo/places");
    let source = house.ask("/sources/geo%2Fplaces").await;
    assert_eq!(source["attribution"], "© 测试局");
    assert_eq!(source["runs"][0]["rows"], 2);
    assert_eq!(source["freshness"], "fresh");
    let feed = house.ask("/feed").await;
    assert_eq!(feed["items"][0]["source"]["key"], "reports/figures");
    let history = house.ask(&format!("/entities/{firm}/history?limit=2")).await;
    assert_eq!(history["items"][0]["change"], "added");
    assert!(history["next"].is_string());
}

#[tokio::test]
async fn pages_meet_and_end() {
    let house = House::new();
    for list in ["/statements?kind=company&", "/search?", "/sources?", "/feed?"] {
        let whole = house.ask(&format!("{list}limit=200")).await;
        let mut found = Vec::new();
        let mut path = format!("{list}limit=2");
        loop {
            let page = house.ask(&path).await;
            let items = page["items"].as_array().expect("items").clone();
            assert!(items.len() <= 2);
            found.extend(items);
            match page["next"].as_str() {
                Some(next) => path = format!("{list}limit=2&after={}", next.replace('/', "%2F")),
                None => break,
            }
        }
        assert!(whole["next"].is_null());
        assert_eq!(Value::Array(found), whole["items"], "{list}");
    }
}

#[tokio::test]
async fn the_past_stays_as_it_was() {
    let house = House::new();
    let firm = house.id("云杉软件").await;
    house.pass_days(3);
    let changed = support::FIRMS_CSV.replace("https://spruce.example", "https://spruce.new");
    house.load_firms(&changed);
    let url = |page: &Value| {
        let groups = page["groups"].as_array().expect("groups").clone();
        let group = groups.into_iter().find(|group| group["property"]["key"] == "website");
        group.expect("a website")["best"]["value"]["url"].clone()
    };
    assert_eq!(url(&house.ask(&format!("/entities/{firm}")).await), "https://spruce.new");
    let then = house.ask(&format!("/entities/{firm}?known=2026-11-23")).await;
    assert_eq!(url(&then), "https://spruce.example");
    assert!(then["groups"][0]["best"]["ended"].is_null());
    let changes = house.ask("/changes?from=2026-11-23&to=2026-11-26").await;
    assert_eq!(changes["summary"]["changed"], 1);
    assert_eq!(changes["items"][0]["before"]["superseded_by"], changes["items"][0]["after"]["id"]);
    let history = house.ask(&format!("/entities/{firm}/history?limit=2")).await;
    assert_eq!(history["items"][0]["change"], "added");
    assert_eq!(history["items"][1]["change"], "superseded");
    assert_eq!(history["items"][0]["event"], history["items"][1]["event"]);
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let house = House::new();
    let first = house.get("/api/v1/coverage").await;
    let tag = first.header("etag").to_string();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = || {
        let request = axum::http::Request::get("/api/v1/coverage").header("if-none-match", &tag);
        request.body(axum::body::Body::empty()).expect("a request")
    };
    let second = house.send(again()).await;
    assert_eq!((second.status.as_u16(), second.bytes.len()), (304, 0));
    house.load_firms(&support::FIRMS_CSV.replace("2015", "2016"));
    assert_eq!(house.send(again()).await.status, 200);
}

#[tokio::test]
async fn whatever_is_wrong_is_a_problem_with_a_code() {
    let house = House::new();
    let cases = [
        ("/api/v1/nothing", 404, "E-ROUTE-01"),
        ("/api/v2", 404, "E-ROUTE-01"),
        ("/api", 404, "E-ROUTE-01"),
        ("/api/v1/overview?colour=red", 400, "E-QUERY-01"),
        ("/api/v1/overview?valid=2026-02-30", 400, "E-DATE-01"),
        ("/api/v1/overview?known=yesterday", 400, "E-DATE-01"),
        ("/api/v1/search?limit=0", 400, "E-QUERY-02"),
        ("/api/v1/search?limit=201", 400, "E-QUERY-02"),
        ("/api/v1/search?q=a&q=b", 400, "E-QUERY-03"),
        ("/api/v1/search?q=%ff", 400, "E-QUERY-04"),
        ("/api/v1/search?q=%E2%80%AE", 400, "E-TEXT-02"),
        ("/api/v1/search?year=20x4", 400, "E-QUERY-02"),
        ("/api/v1/search?after=zz", 422, "E-SEARCH-03"),
        ("/api/v1/search?kind=unicorn", 422, "E-SEARCH-01"),
        ("/api/v1/entities/12", 400, "E-ID-00"),
        ("/api/v1/entities/E99999999999999999999", 400, "E-ID-00"),
        ("/api/v1/entities/E0", 404, "E-FIND-01"),
        ("/api/v1/entities/E9007199254740992", 404, "E-FIND-01"),
        ("/api/v1/entities/E999", 404, "E-FIND-01"),
        ("/api/v1/entities/%FF", 400, "E-PATH-01"),
        ("/api/v1/entities/E1/history?after=x", 400, "E-QUERY-02"),
        ("/api/v1/statements/S0", 404, "E-FIND-01"),
        ("/api/v1/statements/S9007199254740992", 404, "E-FIND-01"),
        ("/api/v1/statements?after=S9007199254740992&source=nobody", 404, "E-FIND-01"),
        ("/api/v1/statements?property=wings", 404, "E-FIND-01"),
        ("/api/v1/graph", 400, "E-QUERY-05"),
        ("/api/v1/graph?focus=E1&hops=9", 400, "E-QUERY-02"),
        ("/api/v1/graph?focus=E999", 404, "E-FIND-01"),
        ("/api/v1/graph/paths?from=E1&to=X", 400, "E-ID-00"),
        ("/api/v1/map/moon", 404, "E-FIND-01"),
        ("/api/v1/map/choropleth?indicator=gdp&level=moons", 404, "E-FIND-01"),
        ("/api/v1/indicators/website/series", 404, "E-FIND-01"),
        ("/api/v1/cube?rows=kind&columns=kind", 422, "E-CUBE-02"),
        ("/api/v1/cube?rows=shape", 400, "E-CUBE-01"),
        ("/api/v1/cube?year=soon", 422, "E-CUBE-03"),
        ("/api/v1/cube/cell?row=unicorn&column=", 422, "E-CUBE-03"),
        ("/api/v1/cube/cell?row=company&column=E999999999999", 200, ""),
        ("/api/v1/cube/cell?row=company&after=S0&column=", 200, ""),
        ("/api/v1/changes?from=2026-11-23&to=2026-11-01", 400, "E-DATE-02"),
        ("/api/v1/sources/nowhere", 404, "E-FIND-01"),
        ("/api/v1/sources?after=nowhere", 400, "E-QUERY-02"),
        ("/api/v1/export/search", 400, "E-QUERY-05"),
        ("/api/v1/export/search?format=pdf", 400, "E-QUERY-02"),
        ("/api/v1/export/secrets?format=csv", 404, "E-FIND-01"),
        ("/api/v1/export/coverage?format=csv&limit=3", 400, "E-QUERY-01"),
        ("/api/v1/kinds/unicorn/template.csv", 404, "E-FIND-01"),
        ("/api/v1/journal/events/J999", 404, "E-FIND-01"),
        ("/api/v1/journal/events/J999/proof", 404, "E-FIND-01"),
        ("/api/v1/jobs/W1", 401, "E-AUTH-02"),
        ("/api/v1/accounts", 401, "E-AUTH-02"),
        ("/api/v1/tokens", 401, "E-AUTH-02"),
        ("/api/v1/questions", 401, "E-AUTH-02"),
        ("/journal/tile/0/zzz", 400, "E-PATH-02"),
        ("/journal/tile/entries/000.p/3", 401, "E-AUTH-02"),
        ("/journal/tile/0/999", 404, "E-FIND-01"),
    ];
    for (path, status, code) in cases {
        let answer = house.get(path).await;
        if code.is_empty() {
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            continue;
        }
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.problem(), (status, code.to_string()), "{path}");
    }
    let named = house.get("/api/v1/overview?colour=red").await.json();
    assert_eq!(named["where"]["column"], "colour");
}

#[tokio::test]
async fn problems_speak_the_language_of_the_asker() {
    let house = House::new();
    for (languages, start) in [("zh-CN,en;q=0.5", "没有"), ("en, zh;q=0.1", "there is no")] {
        let request = axum::http::Request::get("/api/v1/entities/E999");
        let request = request.header("accept-language", languages);
        let answer = house.send(request.body(axum::body::Body::empty()).expect("a request")).await;
        let detail = answer.json()["detail"].as_str().expect("words").to_string();
        assert!(detail.starts_with(start), "{detail}");
    }
}

#[tokio::test]
async fn the_house_says_how_it_is() {
    let house = House::new();
    assert_eq!(house.get("/health/live").await.good()["status"], "live");
    assert_eq!(house.get("/health/ready").await.good()["status"], "ready");
    let metrics = house.get("/metrics").await.text();
    assert!(metrics.contains("\nxiudai_view_statements "), "{metrics}");
    let page = house.get("/map?layer=streets").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("script-src 'self';"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(house.get("/assets/nothing.js").await.status, 404);
    assert_eq!(
        house.get("/..%2f..%2fetc/passwd").await.header("content-type"),
        "text/html; charset=utf-8"
    );
    let checkpoint = house.get("/journal/checkpoint").await.text();
    assert!(checkpoint.starts_with("xiudai/test\n"), "{checkpoint}");
    let size: usize = checkpoint.lines().nth(1).expect("a size").parse().expect("a number");
    let tile = house.get(&format!("/journal/tile/0/000.p/{size}")).await;
    assert_eq!(tile.bytes.len(), size * 32);
    let atom = house.get("/feed.atom").await.text();
    assert!(atom.contains("<entry>") && atom.ends_with("</feed>\n"), "{atom}");
    assert!(house.get("/api/v1/feed.rss").await.text().contains("<pubDate>23 Nov 2026 "));
}

#[tokio::test]
async fn who_asks_too_often_waits() {
    let house = House::with_rate(5);
    for _ in 0..5 {
        assert_eq!(house.get("/api/v1/schema").await.status, 200);
    }
    let held = house.get("/api/v1/schema").await;
    assert_eq!(held.problem(), (429, "E-RATE-01".to_string()));
    assert!(held.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1));
    assert_eq!(house.get("/health/live").await.status, 200);
}
