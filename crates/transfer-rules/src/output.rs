//! Writing what was computed: proofs and refusals as JSON, the same on the command line and over HTTP.

use kernel::{Proof, Refusal};
use serde_json::{Value, json};

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
