use super::*;
use proptest::prelude::*;

fn ours(text: &str) -> Option<Json> {
    let limits = Limits::default();
    let mut reader = Reader::new(text, &limits);
    let value = reader.value().ok()?;
    reader.end().ok()?;
    Some(value)
}

fn same(ours: &Json, theirs: &serde_json::Value) -> bool {
    use serde_json::Value as Theirs;
    match (ours, theirs) {
        (Json::Null, Theirs::Null) => true,
        (Json::Bool(a), Theirs::Bool(b)) => a == b,
        (Json::Text(a), Theirs::String(b)) => a == b,
        (Json::Number(a), Theirs::Number(b)) => a.parse::<f64>().ok() == b.as_f64(),
        (Json::Array(a), Theirs::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Theirs::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}

#[test]
fn items_stand_where_the_mapping_says() {
    let limits = Limits::default();
    let mut found = Vec::new();
    let text = r#"{"skip":[1,{"x":2}],"data":{"n":0,"items":[1,2],"after":{}},"end":null}"#;
    let mut reader = Reader::new(text, &limits);
    let read = each(&mut reader, "/data/items", &mut |value| {
        found.push(value);
        Ok(Flow::Go)
    });
    assert_eq!(read, Ok(()));
    assert_eq!(found, [Json::Number("1".into()), Json::Number("2".into())]);
    let mut reader = Reader::new(text, &limits);
    let missing = each(&mut reader, "nothing", &mut |_| Ok(Flow::Go));
    assert_eq!(missing.map_err(|refusal| refusal.code), Err("E-JSON-02"));
}

#[test]
fn escapes_become_characters() {
    let read = |text: &str| ours(text).map(|value| format!("{value:?}"));
    assert_eq!(read(r#""\u5f90\u6c47 \ud83d\ude80\n""#), Some("Text(\"徐汇 🚀\\n\")".into()));
    for wrong in [r#""\ud83d""#, r#""\ud83dx""#, r#""\u00""#, r#""\x""#, "\"\n\"", r#""\u+123""#] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

proptest! {
    /// Sound for us is sound for another reader and means the same; and the other way round,
    /// apart from members that stand twice and NUL, which only we refuse.
    #[test]
    fn agrees_with_another_reader(text in "[\\[\\]{},:\"a-c0-2.\\\\ntrufalse \\-+eE]{0,40}") {
        let theirs = serde_json::from_str::<serde_json::Value>(&text).ok();
        match (ours(&text), theirs) {
            (Some(ours), Some(theirs)) => prop_assert!(same(&ours, &theirs), "{text}"),
            (None, Some(_)) => {
                let strict = text.contains("\\u0000") || text.matches("\":").count() > 1
                    || text.matches(':').count() > 1;
                prop_assert!(strict, "{text}");
            }
            (Some(ours), None) => {
                // Numbers past a float's range are sound JSON; only they are more than others take.
                prop_assert!(format!("{ours:?}").contains("Number"), "{text}");
            }
            (None, None) => {}
        }
    }

    #[test]
    fn reads_what_another_writer_writes(
        texts in proptest::collection::vec(any::<String>(), 0..5),
        number in any::<i64>(),
    ) {
        let texts: Vec<String> = texts.into_iter().map(|t| t.replace('\0', "")).collect();
        let theirs = serde_json::json!({ "t": texts, "n": number, "o": { "x": [null, true] } });
        let ours = ours(&theirs.to_string()).expect("sound");
        prop_assert!(same(&ours, &theirs));
    }
}
