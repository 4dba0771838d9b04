//! A small made-up district behind the real router.

#![expect(dead_code, unreachable_pub, reason = "each test file uses a part")]

use api::{App, Deliver, District, Parts, Settings, router, start_worker};
use atlas::load::{Cache, Mode, ScanFile, scan_file};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use kernel::{Actor, Timestamp};
use scan::{Limits, Mapping};
use schema::Schema;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store::testkit::Fresh;
use tower::ServiceExt as _;

/// 2026-11-23T08:00:00Z.
const NOW_US: i64 = 1_795_420_800_000_000;

const PLACES: &str = r#"
source: {key: geo/places, title: {zh: 街镇, en: Places}, publisher: 测试局, licence: CC0, attribution: "© 测试局", retrieved: "2026-11-01", confidence: 90}
file: places.csv
format: csv
record: "{name}"
entities:
  - {id: district, kind: district, names: [{zh: 徐汇区}]}
  - {id: place, kind: street, names: [{zh: "{name}"}, {en: "{en}"}]}
statements:
  - {of: place, property: located_in, entity: district, field: district}
  - {of: place, property: location, lon: "{lon}", lat: "{lat}"}
"#;

const PLACES_CSV: &str = "name,en,lon,lat\n漕河泾街道,Caohejing,121.40,31.17\n\
    徐家汇街道,Xujiahui,121.43,31.19\n";

const FIRMS: &str = r#"
source: {key: companies/made-up, title: {zh: 虚构企业, en: Made-up firms}, publisher: 测试局, licence: CC-BY-4.0, retrieved: "2026-10-01", confidence: 80}
file: firms.csv
format: csv
record: "{code}"
entities:
  - {id: firm, kind: company, keys: {ticker: "{code}"}, names: [{zh: "{zh}"}, {en: "{en}"}]}
  - {id: street, kind: street, names: [{zh: "{street}"}]}
statements:
  - {of: firm, property: located_in, entity: street}
  - {of: firm, property: industry, value: "{industry}"}
  - {of: firm, property: website, value: "{website}"}
  - {of: firm, property: note, value: "{note}", lang: zh}
  - {of: firm, property: established, value: "{since}"}
"#;

/// One note is what a spreadsheet would take for a formula.
pub const FIRMS_CSV: &str = "code,zh,en,street,industry,website,note,since\n\
    F1,星河智能科技,Galaxy AI,漕河泾街道,I,https://galaxy.example,=HYPERLINK(1),2019\n\
    F2,云杉软件,Spruce Software,徐家汇街道,I,https://spruce.example,\"他说\"\"好\"\"\",2021\n\
    F3,兰台资本,Orchid Capital,徐家汇街道,J,https://orchid.example,-,2015\n";

const FIGURES: &str = r#"
source: {key: reports/figures, title: {zh: 公报, en: Bulletin}, publisher: 统计局, licence: 政府公开信息, retrieved: "2023-01-05", confidence: 85}
file: figures.csv
format: csv
record: "{key}"
entities:
  - {id: place, kind: district, names: [{zh: "{place}"}]}
statements:
  - {of: place, property: ai_firms, value: "{firms}", valid: "{year}"}
  - {of: place, property: gdp, value: "{gdp}", valid: "{year}"}
"#;

const FIGURES_CSV: &str = "key,place,year,firms,gdp\n\
    1,徐汇区,2024,1200,3000.5\n2,徐汇区,2024,1500,\n3,徐汇区,2025,>1800,3210.75\n";

/// The house under test.
pub struct House {
    pub app: App,
    store: Fresh,
    clock: Arc<AtomicI64>,
    spool: std::path::PathBuf,
    pub sent: Arc<Mutex<Vec<(String, String)>>>,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.spool);
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| {
            panic!("no JSON ({error}): {}", String::from_utf8_lossy(&self.bytes))
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("UTF-8")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of a good answer.
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        self.json()
    }

    /// Status and code of a problem, which must look like one.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        assert!(body["detail"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        (self.status.as_u16(), body["code"].as_str().expect("a code").to_string())
    }
}

/// Someone with cookies.
#[derive(Default, Clone)]
pub struct Visitor {
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
}

impl House {
    pub fn new() -> House {
        House::with_rate(1_000_000)
    }

    pub fn with_rate(requests_a_minute: u32) -> House {
        House::with(requests_a_minute, None)
    }

    /// With a second reader of documents that always answers this.
    pub fn with_second_reader(answer: &str) -> House {
        let answer = answer.to_string();
        let ask: api::AskReader = Arc::new(move |_| Ok(answer.clone()));
        House::with(1_000_000, Some(api::SecondReader { model: "test".to_string(), ask }))
    }

    fn with(requests_a_minute: u32, second_reader: Option<api::SecondReader>) -> House {
        // What breaks says why in the output of the test.
        let _ = tracing_subscriber::fmt()
            .with_test_writer()
            .with_max_level(tracing::Level::WARN)
            .try_init();
        let migrations = [
            identity::MIGRATIONS,
            work::MIGRATIONS,
            atlas::MIGRATIONS,
            transfer::MIGRATIONS,
            policy::MIGRATIONS,
            service::MIGRATIONS,
            compute::MIGRATIONS,
        ]
        .concat();
        let store = store::testkit::sqlite(&migrations);
        let schema = Arc::new(Schema::shipped().expect("the schema that ships"));
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("xiudai_api_{}_{number}", std::process::id());
        let spool = std::env::temp_dir().join(name);
        let clock = Arc::new(AtomicI64::new(NOW_US));
        let (ticks, dice) = (Arc::clone(&clock), AtomicU64::new(number << 32));
        let app = App::new(Parts {
            store: store.clone(),
            schema,
            index: atlas::search::Index::open(None).expect("an index in memory"),
            settings: Settings {
                base_url: "https://house.example".to_string(),
                secure_cookies: false,
                trusted_proxies: Vec::new(),
                webhook_hosts: Vec::new(),
                district: District {
                    name: "徐汇区".to_string(),
                    headline: vec!["ai_firms".to_string(), "gdp".to_string()],
                },
                place: "shanghai/xuhui".to_string(),
                jobs: spool.join("jobs"),
                spool: spool.clone(),
                requests_a_minute,
                limits: Limits::default(),
            },
            clock: Arc::new(move || {
                Timestamp::from_micros(ticks.fetch_add(1_000, Ordering::Relaxed))
            }),
            random: Arc::new(move |bytes: &mut [u8]| {
                let roll = dice.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                let digest = kernel::canon::sha256(&roll);
                bytes.iter_mut().zip(digest.iter().cycle()).for_each(|(b, d)| *b = *d);
            }),
            grammar: reader::Grammar::shipped().expect("the grammar that ships"),
            second_reader,
        })
        .expect("an app");
        let house = House { app, store, clock, spool, sent: Arc::default() };
        house.load(PLACES, "places.csv", PLACES_CSV);
        house.load(FIRMS, "firms.csv", FIRMS_CSV);
        house.load(FIGURES, "figures.csv", FIGURES_CSV);
        house
    }

    pub fn load(&self, mapping_text: &str, name: &str, text: &str) {
        let schema = self.app.schema();
        let mapping = Mapping::parse("test", mapping_text, &BTreeMap::new(), schema);
        let mapping = mapping.unwrap_or_else(|refusal| panic!("{refusal}"));
        let file = ScanFile {
            name,
            bytes: text.as_bytes(),
            mapping: &mapping,
            mapping_text,
            limits: &Limits::default(),
        };
        let (store, now) = (self.app.store(), self.app.now());
        let (cache, actor) = (&mut Cache::default(), Actor::system());
        let report = scan_file(store, schema, cache, &actor, now, &file, Mode::Write, &mut |_| {});
        let report = report.expect("a scan");
        assert_eq!(report.refusals, []);
    }

    pub fn load_firms(&self, text: &str) {
        self.load(FIRMS, "firms.csv", text);
    }

    /// Moves the clock.
    pub fn pass_days(&self, days: i64) {
        self.clock.fetch_add(days * 86_400_000_000, Ordering::Relaxed);
    }

    /// Moves the clock a little.
    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000_000, Ordering::Relaxed);
    }

    pub fn worker(&self) -> api::Worker {
        let sent = Arc::clone(&self.sent);
        let deliver: Deliver = Arc::new(move |parcel| {
            let parcel = (parcel.url.to_string(), parcel.body.to_string());
            sent.lock().expect("no panic").push(parcel);
            Ok(204)
        });
        start_worker(self.app.clone(), deliver).expect("a thread")
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = router(self.app.clone()).oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 28).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// The body of a good answer below `/api/v1`.
    pub async fn ask(&self, path: &str) -> Value {
        self.get(&format!("/api/v1{path}")).await.good()
    }

    /// The id of the entity with this name.
    pub async fn id(&self, name: &str) -> String {
        let mut bytes = String::new();
        for byte in name.bytes() {
            bytes.push_str(&format!("%{byte:02X}"));
        }
        let found = self.ask(&format!("/search?q={bytes}")).await;
        found["items"][0]["entity"]["id"].as_str().expect("found").to_string()
    }

    /// Creates the first administrator and signs in.
    pub async fn administrator(&self) -> Visitor {
        let secret = identity::Secret::new([7; 32]);
        let now = self.app.now();
        self.app
            .store()
            .write(|tx| identity::setup::make_link(tx, &Actor::system(), now, &secret))
            .expect("a link");
        let mut visitor = self.visitor().await;
        let body = json!({
            "token": secret.text(), "name": "梅女士", "password": "correct horse battery",
        });
        let answer = visitor.post(self, "/api/v1/session/first", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        visitor.keep(&answer);
        visitor
    }

    /// Creates an analyst and signs in.
    pub async fn analyst(&self, administrator: &Visitor) -> Visitor {
        let body =
            json!({ "name": "小林同学", "password": "quiet river stones", "role": "analyst" });
        let made = administrator.post(self, "/api/v1/accounts", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        self.sign_in("小林同学", "quiet river stones").await
    }

    /// Creates someone who acts for an organization, and signs in.
    pub async fn member(
        &self,
        administrator: &Visitor,
        name: &str,
        organization: Option<&str>,
    ) -> Visitor {
        let password = "Silk-Belt-1843-river";
        let body = json!({
            "name": name, "password": password, "role": "member", "organization": organization,
        });
        let made = administrator.post(self, "/api/v1/accounts", &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        self.sign_in(name, password).await
    }

    pub async fn sign_in(&self, name: &str, password: &str) -> Visitor {
        let mut visitor = self.visitor().await;
        let body = json!({ "name": name, "password": password });
        let answer = visitor.post(self, "/api/v1/session", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        visitor.keep(&answer);
        visitor
    }

    pub async fn visitor(&self) -> Visitor {
        let mut visitor = Visitor::default();
        let answer = visitor.get(self, "/api/v1/session").await;
        visitor.keep(&answer);
        visitor
    }
}

impl Visitor {
    /// Keeps the cookies and the CSRF token of a session's answer.
    pub fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("text");
            let (pair, rest) = text.split_once(';').expect("attributes");
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax"), "{text}");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.insert(name.to_string(), value.to_string());
        }
        self.csrf = answer.json()["csrf"].as_str().expect("a token").to_string();
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder().method(method).uri(path);
        request.header("cookie", cookies.join("; ")).header("x-csrf-token", &self.csrf)
    }

    pub async fn get(&self, house: &House, path: &str) -> Answer {
        house.send(self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, house: &House, path: &str, body: &Value) -> Answer {
        self.write(house, "POST", path, &[], body).await
    }

    pub async fn write(
        &self,
        house: &House,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = self.request(method, path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Sends a form with a file.
    pub async fn upload(
        &self,
        house: &House,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
        file: (&str, &str),
        boundary: &str,
    ) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        let (name, text) = file;
        body.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\
             \r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n"
        ));
        let kind = format!("multipart/form-data; boundary={boundary}");
        let mut request = self.request("POST", path).header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        house.send(request.body(Body::from(body)).expect("a request")).await
    }
}
