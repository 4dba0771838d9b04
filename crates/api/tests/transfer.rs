//! Technology transfer through the real router: a sale with a refusal and an objection on the way,
//! every refusal as 422 with code, value and article, and who sees what.

mod support;

use serde_json::{Value, json};
use support::{House, Visitor};

const SALE: &str = include_str!("../../../docs/transfer/scenario-1-sale.json");
const LICENCE: &str = include_str!("../../../docs/transfer/scenario-2-licence.json");
const GRANT: &str = include_str!("../../../docs/transfer/scenario-4-grant.json");
const POC: &str = include_str!("../../../docs/transfer/scenario-6-poc.json");
const EXPORT: &str = include_str!("../../../docs/transfer/scenario-12-export.json");
const CASES: &str = "/api/v1/transfer/cases";

fn events(text: &str) -> Vec<Value> {
    let deal: Value = serde_json::from_str(text).expect("JSON");
    deal["events"].as_array().expect("events").clone()
}

/// Opens a case with the first events of a deal; what is refused is left out.
async fn play(house: &House, officer: &Visitor, all: &[Value]) -> String {
    let opened = officer.post(house, CASES, &json!({"event": all[0]})).await;
    assert_eq!(opened.status, 201, "{}", opened.text());
    let id = opened.json()["id"].as_str().expect("an id").to_string();
    for event in &all[1..] {
        let done = act(house, officer, &id, event).await;
        assert!(matches!(done.0, 201 | 422), "{}: {done:?}", event["kind"]);
    }
    id
}

/// Status and code of an event that is tried in earnest.
async fn act(house: &House, who: &Visitor, id: &str, event: &Value) -> (u16, String) {
    let path = format!("{CASES}/{id}/events");
    let answer = who.post(house, &path, &json!({"event": event})).await;
    let code = answer.json()["code"].as_str().unwrap_or_default().to_string();
    (answer.status.as_u16(), code)
}

#[tokio::test]
async fn a_patent_is_sold_with_a_refusal_and_an_objection_on_the_way() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let all = events(SALE);
    let id = play(&house, &officer, &all[..14]).await;
    // Nothing is signed before there is a notice.
    assert_eq!(act(&house, &officer, &id, &all[18]).await, (422, "E-PRICE-01".into()));
    assert_eq!(act(&house, &officer, &id, &all[14]).await.0, 201);

    // The public reads the notice without an account, and the feed.
    let stranger = house.visitor().await;
    let notices = stranger.get(&house, "/api/v1/transfer/notices").await.good();
    let notice = notices["items"][0].clone();
    assert_eq!(notice["body"]["price"], "3000000.00");
    assert_eq!(notice["last_day"], "2026-03-17");
    let feed = stranger.get(&house, "/api/v1/transfer/notices.rss").await;
    assert_eq!(feed.status, 200);
    assert!(feed.text().contains("<pubDate>02 Mar 2026"), "{}", feed.text());
    // An objection after the window is refused with the article.
    let path =
        format!("/api/v1/transfer/notices/{}/objections", notice["id"].as_str().expect("id"));
    let late = stranger.post(&house, &path, &json!({"text": "价格明显低于评估值,请复核"})).await;
    assert_eq!(late.status, 422, "{}", late.text());
    let short = stranger.post(&house, &path, &json!({"text": "太低"})).await;
    assert_eq!(short.problem(), (422, "E-TEXT-01".into()));
    // In the window it is received, and blocks.
    let objection =
        json!({"kind": "objection_received", "on": "2026-03-10", "text": "价格明显偏低,请复核"});
    assert_eq!(act(&house, &officer, &id, &objection).await.0, 201);
    assert_eq!(act(&house, &officer, &id, &all[18]).await, (422, "E-PRICE-03".into()));
    let decided = json!({"kind": "objection_decided", "on": "2026-03-17", "objection": "O16",
        "upheld": false, "reasons": "评估报告足以说明价格合理"});
    assert_eq!(act(&house, &officer, &id, &decided).await, (201, String::new()));
    for event in &all[18..] {
        let (status, code) = act(&house, &officer, &id, event).await;
        let tried = ["E-REW-01", "E-REW-04", "E-PAY-03"].contains(&code.as_str());
        assert!(status == 201 || tried || code == "E-DATE-03", "{}: {code}", event["kind"]);
    }
    let page = officer.get(&house, &format!("{CASES}/{id}")).await.good();
    assert_eq!(page["case"]["stage"], "report");
    let fact = |key: &str| {
        let facts = page["facts"].as_array().expect("facts");
        facts.iter().find(|fact| fact["key"] == key).map(|fact| fact["value"].clone())
    };
    assert_eq!(fact("reward"), Some(json!("2054150.00")));
    assert_eq!(fact("net_income"), Some(json!("2934500.00")));
    assert_eq!(page["case"]["next_key"], "report.2026");

    // The pack is one file, sealed; the report counts the sale, each number with its events.
    let pack = officer.get(&house, &format!("{CASES}/{id}/pack")).await;
    assert_eq!(pack.status, 200);
    assert!(pack.header("content-disposition").contains("evidence-K"));
    let checked = transfer_rules::evidence::check(&pack.text()).expect("a pack");
    assert!(checked.sound, "{:?}", checked.faults.first());
    let proofs = pack.json()["elements"]["journal"]["body"].as_object().expect("proofs").clone();
    assert_eq!(proofs.len(), page["steps"].as_array().expect("steps").len());
    for proof in proofs.values() {
        store::journal::check_proof_file(proof.as_str().expect("text")).expect("in the log");
    }
    let report = officer.get(&house, "/api/v1/transfer/report?year=2026").await.good();
    assert_eq!(report["due_day"], "2027-03-30");
    let figures = report["annual"].as_array().expect("figures");
    assert!(figures.iter().any(|one| one["value"] == "3000000.00" && one["events"][0].is_string()));
    // No event of a case says what research cost: it is not known, and so it is not nought.
    let survey = report["survey"].as_array().expect("figures");
    let research = survey.iter().find(|one| one["question"] == "Q3.1").expect("it is asked");
    assert_eq!(research["value"], "unknown");
    // Its licences are none, so none is of unknown size; and a place without cases says so.
    let sized = survey.iter().find(|one| one["key"] == "licences_to_small").expect("it is asked");
    assert_eq!(sized["value"], "0");
    assert_eq!((&report["place"], &report["places"]), (&json!("shanghai"), &json!(["shanghai"])));
    let asked = "/api/v1/transfer/report?year=2026&place=beijing";
    let beijing = officer.get(&house, asked).await.good();
    assert_eq!((&beijing["due_day"], &beijing["due"]), (&Value::Null, &Value::Null));
    assert_eq!(beijing["annual"][0]["value"], "0");
    let nowhere = officer.get(&house, "/api/v1/transfer/report?year=2026&place=mars").await;
    assert_eq!(nowhere.problem(), (400, "E-QUERY-02".into()));
    let calendar = officer.get(&house, "/api/v1/transfer/calendar.ics").await;
    assert!(calendar.text().contains("DTSTART;VALUE=DATE:20270330"), "{}", calendar.text());
    assert!(calendar.text().lines().all(|line| line.len() <= 75));
}

#[tokio::test]
async fn every_refusal_says_code_value_and_article() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let all = events(SALE);
    let sale = play(&house, &officer, &all[..17]).await;
    let change = |event: &Value, edit: fn(&mut Value)| {
        let mut event = event.clone();
        edit(&mut event);
        event
    };
    let sign = &all[18];
    for (event, code, rule) in [
        (change(sign, |e| e["on"] = json!("2026-03-17")), "E-PRICE-01", "GF16"),
        (change(sign, |e| e["contract"]["price"]["total"] = json!("1.00")), "E-PRICE-02", "GF16"),
        (change(sign, |e| e["contract"]["form"] = json!("oral")), "E-CON-02", "CC"),
        (change(sign, |e| e["contract"]["content"]["plan"] = Value::Null), "E-CON-01", "CC 845"),
        (
            change(sign, |e| e["contract"]["patents"][0]["holder"] = Value::Null),
            "E-CON-03",
            "CC 845",
        ),
        (change(sign, |e| e["text"] = json!("乙方不得对专利提出异议")), "E-CON-04", "SPC 10"),
        (
            change(sign, |e| e["contract"]["price"]["non_technical"] = json!(true)),
            "E-REG-02",
            "SPC 14",
        ),
        (change(sign, |e| e["contract"]["price"]["total"] = json!("3.001")), "E-MONEY-01", ""),
        (change(sign, |e| e["contract"]["price"]["total"] = json!("NaN")), "E-MONEY-04", ""),
        (change(sign, |e| e["on"] = json!("2015-13-32")), "E-DATE-01", ""),
        (change(sign, |e| e["on"] = json!("2999-01-01")), "E-DATE-03", ""),
        (change(sign, |e| e["kind"] = json!("exploded")), "E-INPUT-01", ""),
        (change(&all[5], |e| e["right"] = json!("ZL202310000001.6")), "E-ID-02", ""),
        (change(&all[5], |e| e["holdings"][0]["share"] = json!("99%")), "E-SHARE-01", ""),
        (change(&all[5], |e| e["holdings"][0]["share"] = json!("101%")), "E-SHARE-02", ""),
        (change(&all[8], |e| e["price"] = json!("-1")), "E-MONEY-02", ""),
        (
            json!({"kind": "trl_assessed", "on": "2026-03-01", "to": 3, "evidence": []}),
            "E-TRL-01",
            "GBT22900",
        ),
        (all[28].clone(), "E-CASE-01", ""),
    ] {
        let path = format!("{CASES}/{sale}/events");
        let answer = officer.post(&house, &path, &json!({"event": event})).await;
        let body = answer.json();
        assert_eq!((answer.status.as_u16(), body["code"].as_str()), (422, Some(code)), "{body}");
        let article = body["where"]["rule"].as_str().unwrap_or_default();
        assert!(article.starts_with(rule) && !article.is_empty(), "{code}: {article}");
    }
    // Nothing of it was written.
    let page = officer.get(&house, &format!("{CASES}/{sale}")).await.good();
    assert_eq!(page["case"]["version"], 17);

    // Deals that bring the other codes out: what each tries, and what comes of it.
    let mut said = Vec::new();
    for (text, upto) in [(GRANT, 12), (POC, 15), (EXPORT, 17)] {
        let all = events(text);
        let id = play(&house, &officer, &all[..1]).await;
        for event in &all[1..upto] {
            let (status, code) = act(&house, &officer, &id, event).await;
            assert!(matches!(status, 201 | 422), "{code}");
            said.extend((status == 422).then_some(code));
        }
    }
    for code in ["E-GRANT-01", "E-LIC-02", "E-POC-01", "E-EXP-02", "E-EXP-03"] {
        assert!(said.iter().any(|one| one == code), "{code} in {said:?}");
    }
    let calculate = |input: Value, path: &'static str| {
        let (house, officer) = (&house, &officer);
        async move {
            let answer = officer.post(house, path, &json!({"input": input})).await;
            (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or("-").to_string())
        }
    };
    let income = |edit: fn(&mut Value)| {
        let mut input: Value =
            serde_json::from_str(include_str!("../../../docs/transfer/distribute-scenario-1.json"))
                .expect("JSON");
        edit(&mut input);
        input
    };
    let path = "/api/v1/transfer/distribution";
    for (input, code) in [
        (income(|_| {}), "-"),
        (income(|input| input["reward"] = json!("45%")), "E-REW-01"),
        (income(|input| input["people"][0]["amount"] = json!("1.00")), "E-REW-02"),
        (
            income(|input| {
                input["people"][0]["roles"] = json!(["chief_leader"]);
                input["people"][0]["form"] = json!("equity");
            }),
            "E-REW-03",
        ),
        (income(|input| input["people"][0]["share"] = json!("44%")), "E-SHARE-01"),
    ] {
        assert_eq!(calculate(input, path).await.1, code);
    }
}

/// What one refusal needs: the deal, how many of its events come first, what changes in the last of
/// them, the event that is tried, its code and how the article begins.
struct Try {
    deal: &'static str,
    first: usize,
    edit: fn(&mut Value),
    tried: Value,
    code: &'static str,
    rule: &'static str,
}

fn same(_: &mut Value) {}

#[tokio::test]
async fn refusals_of_rights_licences_registration_and_projects() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let (sale, licence, grant) = (events(SALE), events(LICENCE), events(GRANT));
    let with = |event: &Value, edit: fn(&mut Value)| {
        let mut event = event.clone();
        edit(&mut event);
        event
    };
    let signs = licence[17].clone();
    let halves = json!([
        {"party": "材料研究所", "share": "50%", "from": "2023-01-05"},
        {"party": "合作大学", "share": "50%", "from": "2023-01-05"},
    ]);
    let mut shared = sale[5].clone();
    shared["holdings"] = halves;
    let mut elsewhere = sale[5].clone();
    elsewhere["holdings"][0]["party"] = json!("另一研究所");
    let mut open = licence[5].clone();
    open["open"] = json!([{"from": "2026-01-01", "withdrawn": null}]);
    let panel = |conflicted: bool| {
        let one = |person: &str, conflicted: bool| json!({"person": person, "conflicted": conflicted, "voted": true});
        json!({"kind": "poc_moved", "on": "2026-01-20", "what": {"kind": "reviewed",
            "panel": [one("专一", conflicted), one("专二", false), one("专三", false)]}})
    };
    let spent = json!({"kind": "poc_moved", "on": "2026-03-01",
        "what": {"kind": "spent", "id": "E1", "amount": "240000.01"}});
    let second = with(&grant[8], |e| e["on"] = json!("2026-10-22"));
    let submits = json!({"kind": "registration_moved", "on": "2026-04-03", "event": "submit",
        "traits": sale[19]["traits"]});
    let tries = [
        Try { deal: SALE, first: 17, edit: same, tried: sale[18].clone(), code: "-", rule: "" },
        Try {
            deal: "elsewhere",
            first: 17,
            edit: same,
            tried: sale[18].clone(),
            code: "E-OWN-01",
            rule: "TL 40",
        },
        Try {
            deal: "shared",
            first: 17,
            edit: same,
            tried: sale[18].clone(),
            code: "E-OWN-02",
            rule: "TL 40",
        },
        Try {
            deal: "unasked",
            first: 17,
            edit: same,
            tried: sale[18].clone(),
            code: "E-OWN-03",
            rule: "CC 847",
        },
        Try {
            deal: SALE,
            first: 9,
            edit: |e| e["interested"] = Value::Null,
            tried: sale[14].clone(),
            code: "E-PRICE-04",
            rule: "HOUSE",
        },
        Try {
            deal: "open",
            first: 15,
            edit: same,
            tried: signs.clone(),
            code: "E-LIC-03",
            rule: "PL 5",
        },
        Try {
            deal: LICENCE,
            first: 15,
            edit: same,
            tried: with(&signs, |e| e["under"] = json!("第一份许可")),
            code: "E-LIC-04",
            rule: "SPC 25",
        },
        Try {
            deal: SALE,
            first: 19,
            edit: same,
            tried: with(&sale[19], |e| e["traits"]["to_be_developed"] = json!(true)),
            code: "E-REG-01",
            rule: "SPC 22",
        },
        Try { deal: SALE, first: 22, edit: same, tried: submits, code: "E-REG-03", rule: "R2026" },
        Try {
            deal: GRANT,
            first: 9,
            edit: same,
            tried: with(&grant[9], |e| e["findings"]["secrecy"] = json!(true)),
            code: "E-GRANT-02",
            rule: "GK128",
        },
        Try { deal: GRANT, first: 12, edit: same, tried: second, code: "E-GRANT-03", rule: "SH24" },
        Try { deal: POC, first: 9, edit: same, tried: spent, code: "E-POC-02", rule: "HOUSE" },
        Try {
            deal: POC,
            first: 6,
            edit: same,
            tried: panel(true),
            code: "E-POC-03",
            rule: "HOUSE",
        },
        Try {
            deal: EXPORT,
            first: 7,
            edit: same,
            tried: json!({"kind": "export_moved", "on": "2026-03-02", "class": "prohibited", "act": "exclusive_licence", "publicly_funded": true}),
            code: "E-EXP-01",
            rule: "TIE",
        },
    ];
    for one in tries {
        let mut all = match one.deal {
            "elsewhere" | "shared" | "unasked" => sale.clone(),
            "open" => licence.clone(),
            deal => events(deal),
        };
        match one.deal {
            "elsewhere" => all[5] = elsewhere.clone(),
            "shared" => all[5] = shared.clone(),
            "unasked" => all.retain(|event| event["kind"] != "first_refusal_notified"),
            "open" => all[5] = open.clone(),
            _ => {}
        }
        let first = all.len().min(one.first);
        (one.edit)(&mut all[first - 1]);
        let id = play(&house, &officer, &all[..first]).await;
        let version = |page: &Value| page["case"]["version"].clone();
        let before = version(&officer.get(&house, &format!("{CASES}/{id}")).await.good());
        let path = format!("{CASES}/{id}/events");
        let answer = officer.post(&house, &path, &json!({"event": one.tried})).await;
        let body = answer.json();
        if one.code == "-" {
            assert_eq!(answer.status, 201, "{body}");
            continue;
        }
        let code = body["code"].as_str();
        assert_eq!((answer.status.as_u16(), code), (422, Some(one.code)), "{}", body["message"]);
        let article = body["where"]["rule"].as_str().unwrap_or_default();
        assert!(article.starts_with(one.rule), "{}: {article}", one.code);
        let after = version(&officer.get(&house, &format!("{CASES}/{id}")).await.good());
        assert_eq!(before, after, "{}: nothing is written", one.code);
    }
}

#[tokio::test]
async fn two_tabs_and_members() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let stranger = house.visitor().await;
    let all = events(SALE);
    assert_eq!(stranger.get(&house, CASES).await.problem().0, 401);
    assert_eq!(stranger.post(&house, CASES, &json!({"event": all[0]})).await.problem().0, 401);
    let id = play(&house, &officer, &all[..5]).await;
    let path = format!("{CASES}/{id}/events");
    let note =
        json!({"event": {"kind": "noted", "on": "2026-03-01", "text": "电话沟通"}, "version": 5});
    assert_eq!(officer.post(&house, &path, &note).await.status, 201);
    let second = officer.post(&house, &path, &note).await;
    assert_eq!(second.problem(), (409, "E-CONFLICT".into()));
    let mut tried = note.clone();
    tried["version"] = json!(6);
    tried["dry_run"] = json!(true);
    let tried = officer.post(&house, &path, &tried).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["written"]), (200, &json!(false)));
    let board = officer.get(&house, CASES).await.good();
    assert_eq!(board["items"][0]["version"], 6);
    assert_eq!(board["stages"].as_array().map(Vec::len), Some(13));
    // A member acts for an organization of the atlas, and for nothing else.
    let account = |role: &str, organization: Value| {
        json!({"name": "li na", "password": "Silk-Belt-1843-river", "role": role,
            "organization": organization})
    };
    let accounts = "/api/v1/accounts";
    let none = administrator.post(&house, accounts, &account("member", Value::Null)).await;
    assert_eq!(none.problem(), (422, "E-AUTH-14".into()));
    let nobody = administrator.post(&house, accounts, &account("member", json!("E999"))).await;
    assert_eq!(nobody.problem(), (422, "E-FIND-01".into()));
    let both = administrator.post(&house, accounts, &account("analyst", json!("E1"))).await;
    assert_eq!(both.status, 422, "{}", both.text());
    // A calendar is set by administrators.
    let table = json!({"year": 2027, "version": "2027-1", "free": ["2027-01-01"], "worked": [], "dry_run": true});
    let path = "/api/v1/transfer/holidays";
    assert_eq!(officer.post(&house, path, &table).await.problem().0, 403);
    assert_eq!(administrator.post(&house, path, &table).await.status, 200);
    let mut wrong = table.clone();
    wrong["free"] = json!(["2026-01-01"]);
    assert_eq!(administrator.post(&house, path, &wrong).await.problem(), (422, "E-DATE-05".into()));
    for path in ["/api/v1/transfer/forms", "/api/v1/transfer/rules"] {
        assert_eq!(stranger.get(&house, path).await.status, 200, "{path}");
    }
    let due = "/api/v1/transfer/period?from=2026-09-18&count=5&unit=workday";
    assert_eq!(stranger.get(&house, due).await.good()["last_day"], "2026-09-24");
    for wrong in [
        "from=2026-13-01&count=5&unit=day",
        "from=2026-01-01&count=0&unit=day",
        "from=2026-01-01&count=5&unit=week",
        "count=5&unit=day",
    ] {
        let answer = stranger.get(&house, &format!("/api/v1/transfer/period?{wrong}")).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{wrong}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_member_sees_the_cases_of_its_organization_and_nothing_else() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let firm = house.id("云杉软件").await;
    let mut mine = events(SALE);
    mine[8]["counterparty_entity"] = json!(firm);
    let own = play(&house, &officer, &mine[..14]).await;
    let other = play(&house, &officer, &events(SALE)[..4]).await;

    let password = "Silk-Belt-1843-river";
    let account = json!({"name": "firm desk", "password": password, "role": "member",
        "organization": firm});
    let made = administrator.post(&house, "/api/v1/accounts", &account).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let mut member = house.visitor().await;
    let signed = json!({"name": "firm desk", "password": password});
    let answer = member.post(&house, "/api/v1/session", &signed).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    member.keep(&answer);

    let board = member.get(&house, CASES).await.good();
    let ids: Vec<&str> = board["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(ids, [own.as_str()]);
    // As the other side it sees what concerns both: no appraisal, no minutes, no evidence.
    let page = member.get(&house, &format!("{CASES}/{own}")).await.good();
    let names = |list: &str| -> Vec<String> {
        let all = page[list].as_array().expect("a list").iter();
        all.filter_map(|one| one["kind"].as_str().or(one["key"].as_str()))
            .map(String::from)
            .collect()
    };
    assert_eq!(names("steps"), Vec::<String>::new());
    assert!(names("facts").contains(&"price".to_string()));
    assert!(!names("facts").contains(&"appraised".to_string()), "{:?}", names("facts"));
    assert!(names("openings").iter().all(|kind| kind != "notice_published"));
    let pack = member.get(&house, &format!("{CASES}/{own}/pack")).await;
    assert_eq!(pack.problem(), (403, "E-AUTH-05".into()));
    let said = json!({"kind": "conflicts_declared", "on": "2026-03-01", "person": "钱六",
        "conflicted": false});
    assert_eq!(act(&house, &member, &own, &said).await.0, 201);
    let page = member.get(&house, &format!("{CASES}/{own}")).await.good();
    assert_eq!(page["steps"][0]["kind"], "conflicts_declared", "its own words are its to see");
    // What is not theirs does not exist for them.
    assert_eq!(member.get(&house, &format!("{CASES}/{other}")).await.status, 404);
    let noted = json!({"kind": "noted", "on": "2026-03-01", "text": "看到了"});
    assert_eq!(act(&house, &member, &other, &noted).await.0, 404);
    assert_eq!(act(&house, &member, &own, &mine[14]).await.0, 403, "the office publishes notices");
    // Nothing that belongs to officers.
    for (path, body) in [
        (CASES, json!({"event": mine[0]})),
        ("/api/v1/accounts", account.clone()),
        ("/api/v1/tokens", json!({"name": "script"})),
        (
            "/api/v1/transfer/holidays",
            json!({"year": 2027, "version": "1", "free": [], "worked": []}),
        ),
    ] {
        let status = member.post(&house, path, &body).await.status.as_u16();
        assert_eq!(status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_calendar_program_reads_deadlines_without_a_session() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    play(&house, &officer, &events(SALE)).await;
    let link = "/api/v1/transfer/calendar-link";
    let path = |made: &Value| {
        let url = made["url"].as_str().expect("an address").to_string();
        url[url.find("/api/v1").expect("a path")..].to_string()
    };
    assert_eq!(house.visitor().await.post(&house, link, &json!({})).await.problem().0, 401);
    let first = path(&officer.post(&house, link, &json!({})).await.good());
    let read = house.get(&first).await;
    let own = officer.get(&house, "/api/v1/transfer/calendar.ics").await;
    let events = |text: String| text.matches("BEGIN:VEVENT").count();
    assert_eq!(events(read.text()), events(own.text()));
    assert!(events(own.text()) > 0);
    // A new address ends the one before; without one nobody reads anything.
    let second = path(&officer.post(&house, link, &json!({})).await.good());
    assert_eq!(house.get(&first).await.problem(), (404, "E-FIND-01".into()));
    assert!(house.get(&second).await.text().starts_with("BEGIN:VCALENDAR"));
    let gone = officer.write(&house, "DELETE", link, &[], &json!({})).await;
    assert_eq!(gone.status, 204);
    assert_eq!(house.get(&second).await.problem().0, 404);
    let wrong = format!("/api/v1/transfer/calendar/{}.ics", "0".repeat(64));
    assert_eq!(house.get(&wrong).await.problem().0, 404);
    // The journal says that there was a key, and not which.
    let journal = officer.get(&house, "/api/v1/journal?limit=200").await.text();
    assert!(journal.contains("calendar_key_made") && journal.contains("calendar_key_ended"));
}

#[tokio::test]
async fn the_cap_table_is_that_of_the_last_change() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let mut all = events(SALE)[..7].to_vec();
    all[6]["route"] = json!("equity");
    all[6]["alternatives"] = json!(["许可"]);
    all.push(json!({"kind": "equity_moved", "on": "2026-05-20", "founding": {
        "on": "2026-05-20", "capital": "50000000.00", "appraised": "10000000.00", "path": "unit",
        "holder": "研究所", "reward": "70%", "team": "团队",
        "cash": [{"name": "创始人", "capital": "40000000.00"}],
    }}));
    let id = play(&house, &officer, &all).await;
    let path = format!("/api/v1/transfer/cases/{id}/cap-table");
    let ledger = officer.get(&house, &path).await.good()["ledger"].clone();
    let holders = ledger["tables"][0]["holders"].as_array().expect("holders").clone();
    let share = |name: &str| {
        let found = holders.iter().find(|one| one["name"] == name).expect("a holder");
        found["share"].as_str().expect("a share").to_string()
    };
    // 10 of 50 million in kind, 70 % of it to the team.
    assert_eq!(
        (share("团队"), share("研究所"), share("创始人")),
        ("14%".into(), "6%".into(), "80%".into())
    );
    let none = play(&house, &officer, &events(SALE)[..7]).await;
    let path = format!("/api/v1/transfer/cases/{none}/cap-table");
    assert!(officer.get(&house, &path).await.good()["ledger"].is_null());
}

#[tokio::test]
async fn what_was_disclosed_before_is_said_and_projects_are_summed() {
    let house = House::new();
    let administrator = house.administrator().await;
    let officer = house.analyst(&administrator).await;
    let poc = play(&house, &officer, &events(POC)).await;
    let mut again = events(SALE)[0].clone();
    again["title"] = json!("一种低温固化的导电胶");
    let again = play(&house, &officer, &[again]).await;
    let mut other = events(SALE)[0].clone();
    other["title"] = json!("低轨卫星相控阵天线");
    play(&house, &officer, &[other]).await;
    let found = officer.get(&house, &format!("{CASES}/{again}/prior")).await.good();
    let items = found["items"].as_array().expect("items");
    assert_eq!(items.len(), 1, "{found}");
    assert_eq!(items[0]["case"], poc);
    assert_eq!(items[0]["similarity"], items[0]["proof"]["value"]);
    let missing = officer.get(&house, &format!("{CASES}/K999/prior")).await;
    assert_eq!(missing.status, 404);

    let portfolio = officer.get(&house, "/api/v1/transfer/portfolio").await.good();
    assert_eq!(portfolio["items"][0]["case"]["id"], poc);
    let sums = portfolio["sums"].as_array().expect("sums");
    let sum = |key: &str| {
        sums.iter().find(|one| one["key"] == key).expect("it is summed")["value"].clone()
    };
    assert_eq!(sum("poc_granted"), "800000.00");
    assert_eq!(sum("poc_released"), "560000.00");
    assert_eq!(sum("poc_accepted"), "471300.40");
    assert_eq!(sum("poc_refund"), "88699.60");
    assert_eq!(sum("poc_cancelled"), "240000.00");
    let stranger = house.visitor().await.get(&house, "/api/v1/transfer/portfolio").await;
    assert_eq!(stranger.status, 401);
}
