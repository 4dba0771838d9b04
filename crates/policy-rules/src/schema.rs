//! The JSON schema of policy files, for editors that complete and check while one types.

use serde_json::{Value, json};

/// The schema (draft 2020-12). What it lets through is still checked when a policy is read.
pub fn schema() -> Value {
    let day = json!({"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"});
    let label = json!({"anyOf": [
        {"type": "string"},
        {"type": "object", "required": ["zh", "en"], "additionalProperties": false,
            "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}},
    ]});
    let confidence = json!({"enum": ["verified", "excerpt", "draft", "general", "own"]});
    let scalar = json!({"type": ["string", "number", "boolean", "null"]});
    let kind =
        json!({"enum": ["truth", "money", "number", "ratio", "day", "text", "choice", "list"]});
    let typed = json!({
        "type": {"$ref": "#/$defs/kind"}, "unit": {"type": "string"}, "per": {"type": "string"},
        "of": {"type": ["array", "object"]},
    });
    let with = |extra: Value| {
        let mut all = typed.clone();
        if let (Some(all), Some(extra)) = (all.as_object_mut(), extra.as_object()) {
            all.extend(extra.clone());
        }
        json!({"type": "object", "additionalProperties": false, "properties": all})
    };
    let input = with(json!({
        "label": {"$ref": "#/$defs/label"}, "ask": {"type": "integer", "minimum": 1, "maximum": 9},
        "min": {}, "max": {}, "property": {"type": "string"}, "personal": {"type": "boolean"},
        "concern": {"enum": ["none", "identity", "locality"]},
    }));
    let version = json!({"type": "object", "additionalProperties": false, "required": ["value"],
        "properties": {"from": day, "to": {"anyOf": [day, {"type": "null"}]}, "known": day,
            "value": scalar, "clause": {"type": ["string", "number"]}, "confidence": confidence}});
    let parameter = with(json!({
        "label": {"$ref": "#/$defs/label"}, "clause": {"type": ["string", "number"]},
        "confidence": confidence, "value": scalar, "values": {"type": "array", "items": version},
    }));
    let row = json!({"type": "object", "additionalProperties": false, "required": ["value"],
        "properties": {"from": {}, "below": {}, "value": {}}});
    let condition = json!({"anyOf": [
        {"type": ["string", "boolean"]},
        {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
            "all": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}},
            "any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}},
            "not": {"$ref": "#/$defs/condition"}, "that": {"$ref": "#/$defs/condition"},
            "label": {"$ref": "#/$defs/label"}, "clause": {"type": ["string", "number"]},
            "confidence": confidence,
        }},
    ]});
    let exception = json!({"type": "object", "additionalProperties": false,
        "required": ["label", "when", "value"], "properties": {
            "label": {"type": "string"}, "when": {"$ref": "#/$defs/condition"}, "value": scalar,
            "over": {"type": ["array", "string"]}, "clause": {"type": ["string", "number"]},
            "confidence": confidence}});
    let definition = json!({"anyOf": [{"type": ["string", "number"]}, with(json!({
        "label": {"$ref": "#/$defs/label"}, "expr": scalar, "clause": {"type": ["string", "number"]},
        "confidence": confidence, "exceptions": {"type": "array", "items": exception},
    }))]});
    let test = json!({"type": "object", "additionalProperties": false, "required": ["name", "out"],
    "properties": {"name": {"type": "string"}, "on": day, "known": day, "in": {"type": "object"},
        "clause": {"type": ["string", "number"]},
        "out": {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
            "eligible": {"enum": [true, false, "unknown"]}, "exact": {}, "up_to": {},
            "range": {"type": "array", "minItems": 2, "maxItems": 2},
            "unknown": {"type": "array"}, "unread": {"type": "array"}, "values": {"type": "object"},
        }}}});
    let names = |of: Value| json!({"type": "object", "additionalProperties": of});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy",
        "type": "object",
        "additionalProperties": false,
        "required": ["policy", "title", "source"],
        "$defs": {"label": label, "kind": kind, "condition": condition},
        "properties": {
            "policy": {"type": "string"}, "title": {"$ref": "#/$defs/label"},
            "summary": {"$ref": "#/$defs/label"}, "audience": {"$ref": "#/$defs/label"},
            "place": {"type": "string"},
            "source": {"type": "object", "additionalProperties": false,
                "required": ["document", "confidence"], "properties": {
                    "document": {"type": "string"}, "issuer": {"type": "string"},
                    "number": {"type": "string"}, "issued": day, "clause": {"type": ["string", "number"]},
                    "url": {"type": "string"}, "confidence": confidence}},
            "valid": {"type": "object", "additionalProperties": false, "properties": {
                "from": {"anyOf": [day, {"type": "null"}]}, "to": {"anyOf": [day, {"type": "null"}]}}},
            "known": day,
            "inputs": names(json!({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/kind"}, input]})),
            "parameters": names(parameter),
            "tables": names(json!({"type": "object", "additionalProperties": false,
                "required": ["of", "gives"], "properties": {
                    "of": {}, "gives": {}, "mode": {"enum": ["step", "marginal"]},
                    "rows": {"type": "array", "items": row}, "versions": {"type": "array"},
                    "clause": {"type": ["string", "number"]}, "confidence": confidence}})),
            "define": names(definition),
            "eligible": {"$ref": "#/$defs/condition"},
            "amount": {"type": "object", "additionalProperties": false, "required": ["expr"],
                "properties": {"kind": {"enum": ["exact", "up_to"]}, "expr": scalar,
                    "round": {"enum": ["fen_half_up", "fen_down", "fen_up"]}, "step": {},
                    "per": {"enum": ["once", "year", "month"]}}},
            "pool": {"type": "object", "required": ["id"], "additionalProperties": false,
                "properties": {"id": {"type": "string"}, "budget": {}}},
            "support": {"type": "object", "additionalProperties": false, "properties": {
                "cost": {"type": "string"}, "excludes": {"type": "array"}, "group": {"type": "string"},
                "yearly_cap": {}, "alternative_to": {"type": "string"}, "needs_approval": {"type": "boolean"}}},
            "discretion": {"type": "boolean"},
            "approximated": {"type": "array"}, "justifications": {"type": "array"},
            "process": {"type": "object", "additionalProperties": false, "properties": {
                "way": {"enum": ["automatic", "quick", "application", "by_law"]},
                "within": {"type": "string"}, "materials": {"type": "array"},
                "office": {"$ref": "#/$defs/label"}, "phone": {"type": "string"}, "closes": day}},
            "tests": {"type": "array", "items": test},
        },
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_knows_every_member() {
        let schema = super::schema();
        let properties = schema["properties"].as_object().expect("properties");
        let known: Vec<&str> = properties.keys().map(String::as_str).collect();
        assert_eq!(known.len(), crate::read::MEMBERS.len());
        for member in crate::read::MEMBERS {
            assert!(known.contains(member), "{member}");
        }
    }
}
