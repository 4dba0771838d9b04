//! What people decide through the real router: documents, pairs, matches.

mod support;

use serde_json::{Value, json};
use support::{Answer, House, Visitor};

/// Written for this test.
const NEWS: &str = "徐汇区人工智能发展情况\n来源:测试发布 2025-06-30\n\n\
    截至2025年6月,徐汇区人工智能企业达1860家,副区长钱某某介绍了情况。\n";

async fn bring(house: &House, visitor: &Visitor, name: &str, bytes: &[u8]) -> Answer {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    let request = visitor
        .request("POST", "/api/v1/documents")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(body.into())
        .expect("a request");
    house.send(request).await
}

#[tokio::test]
async fn a_document_is_read_reviewed_and_becomes_statements() {
    let house = House::new();
    let administrator = house.administrator().await;
    let analyst = house.analyst(&administrator).await;
    let stranger = house.visitor().await;
    assert_eq!(bring(&house, &stranger, "n.txt", NEWS.as_bytes()).await.problem().0, 401);
    assert_eq!(stranger.get(&house, "/api/v1/documents").await.problem().0, 401);

    let made = bring(&house, &analyst, "../../n.txt", NEWS.as_bytes()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let location = made.header("location").to_string();
    let document = made.json();
    assert_eq!(document["document"]["published"], "2025-06-30");
    assert!(!document["text"].as_str().expect("text").contains("钱某某"));
    let again = bring(&house, &analyst, "other.txt", NEWS.as_bytes()).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (200, location.as_str()));

    let candidates = document["candidates"].as_array().expect("candidates").clone();
    let figure = candidates.iter().find(|one| one["value"] == "1860").expect("the figure");
    assert_eq!(figure["indicator"]["key"], "ai_firms");
    assert_eq!(figure["subject_entity"]["name"]["zh"], "徐汇区");
    assert_eq!(figure["state"], "waiting");
    let decide = format!("{location}/decisions");
    let accept = json!({ "decisions": [{ "candidate": figure["id"], "verdict": "accept" }] });
    assert_eq!(stranger.post(&house, &decide, &accept).await.problem().0, 401);
    let after = analyst.post(&house, &decide, &accept).await.good();
    let done = after["candidates"].as_array().expect("candidates").iter();
    let done = done.clone().find(|one| one["id"] == figure["id"]).expect("it is there");
    assert_eq!(done["state"], "accepted");
    assert_eq!(after["document"]["counts"]["accepted"], 1);
    let statement = done["statement"].as_str().expect("a statement").to_string();
    let said = house.ask(&format!("/statements/{statement}")).await;
    assert_eq!(said["value"]["number"], "1860");
    assert_eq!(said["source"]["key"], document["document"]["key"]);
    let series = house.ask("/indicators/ai_firms/series").await;
    assert!(series.to_string().contains("1860"), "it stands in the series");

    assert_eq!(analyst.post(&house, &decide, &accept).await.problem(), (422, "E-CAND-01".into()));
    for (body, code) in [
        (json!({ "decisions": [] }), "E-CAND-04"),
        (json!({ "decisions": [{ "candidate": "C1", "verdict": "maybe" }] }), "E-CAND-05"),
        (json!({ "decisions": [{ "candidate": "C1", "verdict": "correct" }] }), "E-CAND-05"),
        (json!({ "decisions": [{ "candidate": "X1", "verdict": "accept" }] }), "E-ID-00"),
        (json!({ "decisions": [{ "candidate": "C999", "verdict": "accept" }] }), "E-FIND-01"),
    ] {
        assert_eq!(analyst.post(&house, &decide, &body).await.problem().1, code, "{body}");
    }
    let reopen = json!({ "decisions": [{ "candidate": figure["id"], "verdict": "reopen" }] });
    let after = analyst.post(&house, &decide, &reopen).await.good();
    assert_eq!(after["document"]["counts"]["accepted"], 0);
    let series = house.ask("/indicators/ai_firms/series").await;
    assert!(!series.to_string().contains("\"1860\""), "it was taken back");
}

#[tokio::test]
async fn a_second_reader_is_believed_only_where_the_document_says_it() {
    let facts = json!({ "facts": [
        { "subject": "徐汇区", "property": "高等院校数", "value": 13, "unit": "所",
          "comparator": "=", "valid_time": "2024", "forecast": "",
          "quote": "辖区内坐落着高校13所" },
        { "subject": "徐汇区", "property": "高等院校数", "value": 14, "unit": "所",
          "comparator": "=", "valid_time": "2024", "forecast": "",
          "quote": "辖区内坐落着高校13所" },
        { "subject": "徐汇区", "property": "医院数", "value": 8, "unit": "家",
          "comparator": "=", "valid_time": "2024", "forecast": "", "quote": "医院8家" },
    ]});
    let answer = json!({ "choices": [{ "message": { "content": facts.to_string() } }] });
    let house = House::with_second_reader(&answer.to_string());
    let analyst = house.administrator().await;
    let text = "徐汇区概况\n2024年,辖区内坐落着高校13所,环境优美。\n";
    let document = bring(&house, &analyst, "about.txt", text.as_bytes()).await.good();
    let candidates = document["candidates"].as_array().expect("candidates");
    let second: Vec<&Value> = candidates.iter().filter(|one| one["reader"] == "endpoint").collect();
    assert_eq!(second.len(), 1, "what the document does not say is dropped: {candidates:#?}");
    assert_eq!(second[0]["value"], "13");
    assert!(second[0]["quote"].as_str().is_some_and(|quote| quote.contains("13")));
}

#[tokio::test]
async fn documents_that_cannot_be_read_are_refused_by_rule() {
    let house = House::new();
    let analyst = house.administrator().await;
    let before = house.ask("/journal?limit=1").await["size"].clone();
    let nul = b"a\0b".to_vec();
    let broken_pdf = b"%PDF-1.7\nnothing of it".to_vec();
    let broken_docx = b"PK\x03\x04 not an archive".to_vec();
    for (name, bytes) in [("nul.txt", nul), ("a.pdf", broken_pdf), ("a.docx", broken_docx)] {
        let (status, code) = bring(&house, &analyst, name, &bytes).await.problem();
        assert!((400..500).contains(&status) && code.starts_with("E-READ-"), "{name} {code}");
    }
    assert_eq!(house.ask("/journal?limit=1").await["size"], before, "nothing was written");
    let missing = analyst.get(&house, "/api/v1/documents/document-000000000000").await;
    assert_eq!(missing.problem().0, 404);
}

#[tokio::test]
async fn two_entities_become_one_and_two_again() {
    let house = House::new();
    let analyst = house.administrator().await;
    let stranger = house.visitor().await;
    house.load_firms(
        "code,zh,en,street,industry,website,note,since\n\
        F1,星河智能科技,Galaxy AI,漕河泾街道,I,https://galaxy.example,-,2019\n\
        F9,星河智能科技有限公司,Galaxy AI Company,漕河泾街道,I,https://g9.example,-,2018\n",
    );
    let pairs = house.ask("/pairs?zone=merge").await;
    let review = house.ask("/pairs").await;
    let all = [&pairs["items"], &review["items"]].map(|items| items.as_array().expect("a list"));
    let pair = all.into_iter().flatten().find(|pair| {
        pair["left"]["names"].to_string().contains("星河智能科技")
            && pair["right"]["names"].to_string().contains("星河智能科技有限公司")
    });
    let pair = pair.unwrap_or_else(|| panic!("no such pair: {pairs} {review}"));
    let sum: f64 = pair["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| part["contribution"].as_f64().expect("a number"))
        .sum();
    let told = pair["probability"].as_f64().expect("a probability");
    assert!((1.0 / (1.0 + (-sum).exp()) - told).abs() < 0.01, "the parts make the probability");
    let (left, right) = (&pair["left"]["entity"]["id"], &pair["right"]["entity"]["id"]);
    let wish = json!({ "left": left, "right": right, "verdict": "positive" });
    assert_eq!(stranger.post(&house, "/api/v1/judgements", &wish).await.problem().0, 401);
    let made = analyst.post(&house, "/api/v1/judgements", &wish).await;
    assert_eq!(made.status, 201);
    let location = made.header("location").to_string();

    let page = house.ask(&format!("/entities/{}", right.as_str().expect("an id"))).await;
    assert_eq!(page["entity"]["id"], *left, "asked for one member, the one that stands answers");
    assert_eq!(page["merged"][0]["entity"]["id"], *right);
    assert!(page.to_string().contains("https://g9.example"), "with what both sources say");
    let found = house.ask("/search?q=Galaxy").await;
    assert_eq!(found["total"], 1, "one result, not two: {found}");
    for (body, code) in [
        (json!({ "left": left, "right": right, "verdict": "perhaps" }), "E-ER-06"),
        (json!({ "left": left, "right": left, "verdict": "positive" }), "E-ER-05"),
        (json!({ "left": left, "right": right, "verdict": "positive", "x": 1 }), "E-BODY-03"),
    ] {
        let (status, found) = analyst.post(&house, "/api/v1/judgements", &body).await.problem();
        assert!((400..500).contains(&status), "{body}");
        assert!(found == code || code == "E-BODY-03", "{body} {found}");
    }
    let undone = analyst.write(&house, "DELETE", &location, &[], &Value::Null).await;
    assert_eq!(undone.status, 204);
    let twice = analyst.write(&house, "DELETE", &location, &[], &Value::Null).await;
    assert!(twice.status.is_client_error());
    let page = house.ask(&format!("/entities/{}", right.as_str().expect("an id"))).await;
    assert_eq!(page["entity"]["id"], *right);
    assert_eq!(house.ask("/search?q=Galaxy").await["total"], 2);
    let history = house.ask("/judgements").await;
    assert!(history["items"][0]["undone_at"].is_string());
}

#[tokio::test]
async fn a_demand_is_matched_answered_and_learnt_from() {
    let house = House::new();
    let analyst = house.administrator().await;
    let stranger = house.visitor().await;
    let words = house.ask("/match-vocabulary").await;
    assert!(words["decline_reasons"].as_array().is_some_and(|list| list.len() > 5));
    let demand = json!({
        "title": "寻找软件企业", "text": "需要做软件和信息技术服务的企业合作",
        "kinds": ["firm"], "constraints": { "place": "徐汇区" },
    });
    let ask = json!({ "demand": demand, "limit": 5 });
    let found = stranger.post(&house, "/api/v1/matches", &ask).await.good();
    let items = found["items"].as_array().expect("items");
    assert!(!items.is_empty(), "{found}");
    for item in items {
        let sum: f64 = item["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .filter_map(|p| p["value"].as_f64())
            .sum();
        assert!(
            (sum - item["score"].as_f64().expect("a score")).abs() < 0.01,
            "parts are the score"
        );
        assert_eq!(item["constraints"][0]["holds"], "yes", "{item}");
    }
    let first = items[0]["entity"]["id"].clone();
    let decline = json!({ "demand": demand, "entity": first, "verdict": "decline" });
    assert_eq!(stranger.post(&house, "/api/v1/answers", &decline).await.problem().0, 401);
    let bare = analyst.post(&house, "/api/v1/answers", &decline).await;
    assert_eq!(bare.problem(), (422, "E-MATCH-01".into()));
    let mut reasoned = decline.clone();
    reasoned["reason"] = json!("not_our_field");
    let given = analyst.post(&house, "/api/v1/answers", &reasoned).await;
    assert_eq!(given.status, 201);
    let location = given.header("location").to_string();
    let after = stranger.post(&house, "/api/v1/matches", &ask).await.good();
    let score = |answer: &Value| {
        let items = answer["items"].as_array().expect("items");
        let same = items.iter().find(|item| item["entity"]["id"] == first);
        same.and_then(|item| item["score"].as_f64()).unwrap_or(0.0)
    };
    assert!(score(&after) < score(&found), "a decline lowers it");
    assert_eq!(after["learnt_from"], 1);
    let back = analyst.write(&house, "DELETE", &location, &[], &Value::Null).await;
    assert_eq!(back.status, 204);
    let forgotten = stranger.post(&house, "/api/v1/matches", &ask).await.good();
    assert_eq!(forgotten["items"], found["items"], "taken back, it is as before");
    // What a source said is not offered once the source is withdrawn.
    let withdraw = "/api/v1/sources/companies%2Fmade-up/withdraw";
    let why = json!({ "reason": "out of date" });
    let gone = analyst.write(&house, "POST", withdraw, &[("if-match", "*")], &why).await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    let empty = stranger.post(&house, "/api/v1/matches", &ask).await.good();
    assert_eq!(empty["items"], json!([]));
    for (body, code) in [
        (json!({ "demand": { "title": "", "text": "" } }), "E-MATCH-10"),
        (json!({ "demand": { "title": "a", "kinds": ["dragon"] } }), "E-MATCH-11"),
        (json!({ "demand": { "title": "a", "constraints": { "place": "仙境" } } }), "E-MATCH-12"),
        (json!({ "demand": { "title": "a", "constraints": { "budget": "NaN" } } }), "E-MATCH-12"),
        (json!({ "demand": { "title": "a" }, "limit": 0 }), "E-MATCH-13"),
    ] {
        assert_eq!(
            analyst.post(&house, "/api/v1/matches", &body).await.problem().1,
            code,
            "{body}"
        );
    }
}
