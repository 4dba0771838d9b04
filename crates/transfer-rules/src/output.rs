//! Writing what was computed: proofs and refusals as JSON, the same on the command line and over HTTP.

use kernel::proof::{Cite, Confidence, Shown};
use kernel::{Day, Fen, Proof, Ratio, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

/// A proof as JSON: `key`, `value` (text), `type`, `how`, `cite`, `parts`.
pub fn proof(one: &Proof) -> Value {
    let mut value = json!({
        "key": one.key,
        "value": one.value.text(),
        "type": one.value.kind(),
        "how": one.how,
    });
    if let Some(cite) = &one.cite {
        value["cite"] = json!({
            "rule": cite.rule,
            "version": cite.version,
            "article": cite.article,
            "confidence": cite.confidence.name(),
        });
    }
    if !one.parts.is_empty() {
        value["parts"] = one.parts.iter().map(proof).collect();
    }
    value
}

/// JSON in one way only: members sorted, no spaces.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (at, (key, inner)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&kernel::canon::quoted(key));
                out.push(':');
                write(inner, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, inner) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(inner, out);
            }
            out.push(']');
        }
        Value::String(text) => out.push_str(&kernel::canon::quoted(text)),
        other => out.push_str(&other.to_string()),
    }
}

/// A refusal as JSON: `code`, `rule` (the article), `message` in two languages, `at`, `value`.
pub fn refusal(one: &Refusal) -> Value {
    let mut value = json!({
        "code": one.code,
        "rule": one.rule,
        "message": {"zh": one.message.zh, "en": one.message.en},
    });
    if let Some(at) = &one.place.column {
        value["at"] = json!(at);
    }
    if let Some(wrong) = &one.place.value {
        value["value"] = json!(wrong);
    }
    value
}

/// How steps come about; a proof that is read back knows no others.
pub const HOWS: &[&str] = &[
    "fact",
    "parameter",
    "sum",
    "difference",
    "share",
    "period",
    "largest",
    "smallest",
    "choice",
    "all",
    "any",
    "count",
    "total",
    "quotient",
    "product",
    "median",
    "rounded",
    "tier",
    "next_day",
    "divided",
    "rest",
];

/// A proof that is read back is at most so deep and has at most so many nodes.
const DEPTH_MAX: usize = 60;
const NODES_MAX: usize = 200_000;

/// Reads a proof that [`proof`] wrote.
///
/// Fails with `E-INPUT-01` for what is not of that shape, `E-SIZE` past 60 levels or 200,000
/// nodes, and with the code of a value that does not read (`E-MONEY-…`, `E-SHARE-02`, `E-DATE-01`).
pub fn read_proof(value: &Value) -> Result<Proof, Refusal> {
    let mut nodes = 0;
    read_node(value, 0, &mut nodes)
}

fn not_a_proof(what: &str) -> Refusal {
    Refusal::new(
        "E-INPUT-01",
        "a proof has key, value, type, how, and cite and parts where it has them",
        format!("不是约定结构的证明:{what}"),
        format!("this is no proof of the documented shape: {what}"),
    )
    .value(what)
}

fn member<'a>(value: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| not_a_proof(name))
}

fn read_node(value: &Value, depth: usize, nodes: &mut usize) -> Result<Proof, Refusal> {
    *nodes += 1;
    if depth > DEPTH_MAX || *nodes > NODES_MAX {
        return Err(Refusal::new(
            "E-SIZE",
            "a proof has at most 60 levels and 200,000 nodes",
            "证明最多 60 层、200000 个节点",
            "a proof has at most 60 levels and 200,000 nodes",
        ));
    }
    let members = value.as_object().ok_or_else(|| not_a_proof("object"))?;
    let known = ["key", "value", "type", "how", "cite", "parts"];
    if let Some(other) = members.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(not_a_proof(other));
    }
    let text = member(value, "value")?;
    let shown = match member(value, "type")? {
        "money" => Shown::Money(Fen::parse(text)?),
        "ratio" => Shown::Ratio(Ratio::parse(text)?),
        "day" => Shown::Day(Day::parse(text)?),
        "number" => Shown::Number(text.parse().map_err(|_| not_a_proof(text))?),
        "truth" => Shown::Truth(text.parse().map_err(|_| not_a_proof(text))?),
        "text" => Shown::from(text.to_string()),
        "unknown" => Shown::Unknown,
        other => return Err(not_a_proof(other)),
    };
    let how = member(value, "how")?;
    let how = HOWS.iter().find(|one| **one == how).ok_or_else(|| not_a_proof(how))?;
    let parts = match value.get("parts") {
        None => Vec::new(),
        Some(parts) => {
            let parts = parts.as_array().ok_or_else(|| not_a_proof("parts"))?;
            let read = parts.iter().map(|part| read_node(part, depth + 1, nodes));
            read.collect::<Result<Vec<Proof>, Refusal>>()?
        }
    };
    let one = Proof::step(member(value, "key")?.to_string(), shown, how, parts);
    let Some(cite) = value.get("cite") else { return Ok(one) };
    let confidence = member(cite, "confidence")?;
    let cite = Cite {
        rule: member(cite, "rule")?.to_string(),
        version: member(cite, "version")?.to_string(),
        article: member(cite, "article")?.to_string(),
        confidence: Confidence::from_name(confidence).ok_or_else(|| not_a_proof(confidence))?,
    };
    Ok(one.citing(&Arc::new(cite)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cite() -> Arc<Cite> {
        Arc::new(Cite {
            rule: "a.b".to_string(),
            version: "2017-06-01".to_string(),
            article: "SH17 33".to_string(),
            confidence: Confidence::Excerpt,
        })
    }

    #[test]
    fn a_proof_reads_back_as_it_was() {
        let parts = vec![
            Proof::fact("money", Fen::new(-1205).expect("fen")),
            Proof::fact("ratio", Ratio::new(1, 3).expect("ratio")),
            Proof::fact("day", Day::parse("2026-03-02").expect("day")),
            Proof::fact("number", -7),
            Proof::fact("truth", true),
            Proof::fact("text", "净收入"),
            Proof::fact("none", Shown::Unknown),
            Proof::parameter("p", "15 day", &cite()),
        ];
        let one = Proof::step("all of them", "x", "choice", parts).citing(&cite());
        let back = read_proof(&proof(&one)).expect("reads back");
        assert_eq!(back, one);
        assert_eq!(back.digest(), one.digest());
        for how in HOWS {
            let one = Proof::step("k", 1, how, Vec::new());
            assert_eq!(read_proof(&proof(&one)).as_ref(), Ok(&one), "{how}");
        }
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let sound = proof(&Proof::parameter("k", true, &cite()));
        assert!(read_proof(&sound).is_ok());
        let cases: &[(&str, Value, &str)] = &[
            ("key", json!(1), "E-INPUT-01"),
            ("value", json!("maybe"), "E-INPUT-01"),
            ("value", Value::Null, "E-INPUT-01"),
            ("type", json!("color"), "E-INPUT-01"),
            ("type", json!("money"), "E-MONEY-04"),
            ("type", json!("ratio"), "E-SHARE-02"),
            ("type", json!("day"), "E-DATE-01"),
            ("type", json!("number"), "E-INPUT-01"),
            ("how", json!("guess"), "E-INPUT-01"),
            ("parts", json!({}), "E-INPUT-01"),
            ("parts", json!([1]), "E-INPUT-01"),
            ("cite", json!({}), "E-INPUT-01"),
            (
                "cite",
                json!({"rule": "r", "version": "v", "article": "a", "confidence": "sure"}),
                "E-INPUT-01",
            ),
            ("more", json!(1), "E-INPUT-01"),
        ];
        for (name, value, code) in cases {
            let mut wrong = sound.clone();
            wrong[*name] = value.clone();
            assert_eq!(read_proof(&wrong).map_err(|r| r.code), Err(*code), "{name} {value}");
        }
        assert_eq!(read_proof(&json!([])).map_err(|r| r.code), Err("E-INPUT-01"));
    }

    #[test]
    fn a_proof_is_bounded() {
        let deep = |levels: usize| {
            (0..levels)
                .fold(Proof::fact("k", 1), |inner, _| Proof::step("k", 1, "choice", vec![inner]))
        };
        assert!(read_proof(&proof(&deep(DEPTH_MAX))).is_ok());
        let refused = read_proof(&proof(&deep(DEPTH_MAX + 1))).map_err(|r| r.code);
        assert_eq!(refused, Err("E-SIZE"));
        let leaf = proof(&Proof::fact("k", 1));
        let wide = |nodes: usize| {
            let mut one = leaf.clone();
            one["parts"] = vec![leaf.clone(); nodes - 1].into();
            read_proof(&one).map(|_| ()).map_err(|r| r.code)
        };
        assert_eq!(wide(NODES_MAX), Ok(()));
        assert_eq!(wide(NODES_MAX + 1), Err("E-SIZE"));
    }

    #[test]
    fn a_refusal_says_where() {
        let one = Refusal::new("E-X-01", "SH17 1", "中", "en").value("v").column("c");
        let told = json!({
            "code": "E-X-01", "rule": "SH17 1", "message": {"zh": "中", "en": "en"},
            "at": "c", "value": "v",
        });
        assert_eq!(refusal(&one), told);
        let bare = refusal(&Refusal::new("E-X-01", "SH17 1", "中", "en"));
        assert!(bare.get("at").is_none() && bare.get("value").is_none());
    }

    proptest! {
        #[test]
        fn every_ratio_reads_back(num in -10_000_000_000i128..10_000_000_000, den in 1i128..10_000_000_000) {
            let one = Proof::fact("r", Ratio::new(num, den).expect("ratio"));
            prop_assert_eq!(read_proof(&proof(&one)), Ok(one));
        }
    }
}
