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
