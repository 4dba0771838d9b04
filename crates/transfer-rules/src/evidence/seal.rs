//! A sealed pack: one canonical JSON object with a digest of each element and of the whole.

use crate::bound::{bounded, too_many};
use crate::input::On;
use crate::output;
use kernel::canon::{hex, quoted, sha256};
use kernel::{Proof, Refusal};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The version of the form; another form has another number.
const FORM: &str = "evidence-pack/1";

/// What is sealed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealing {
    /// The deal.
    pub deal: String,
    /// The place whose law applies.
    pub place: String,
    /// The day.
    pub sealed_on: On,
    /// The elements by name; numbers in them are whole.
    pub elements: Map<String, Value>,
}

/// A pack that was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The canonical bytes.
    pub text: String,
    /// SHA-256 of the pack without this digest itself.
    pub manifest: String,
}

/// What is wrong in a sealed pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: `manifest`, `elements.minutes`, `proofs[1]`.
    pub at: String,
    /// `E-SRC-02` for what does not come out, or the code of what does not read.
    pub code: &'static str,
    /// What does not come out: `digest`, `arithmetic`, `writing` (not the canonical bytes) or
    /// `reading`.
    pub what: &'static str,
    /// The digest as recomputed, the key of the wrong step, or the value that does not read.
    pub found: String,
}

/// What the check of a pack came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether nothing is wrong.
    pub sound: bool,
    /// The manifest as recomputed.
    pub manifest: String,
    /// How many elements and proofs were checked.
    pub checked: (usize, usize),
    /// What is wrong, in order.
    pub faults: Vec<Fault>,
}

impl Report {
    /// As JSON: `sound`, `manifest`, `elements`, `proofs`, `faults` (`at`, `code`, `what`, `found`).
    pub fn json(&self) -> Value {
        let fault = |one: &Fault| json!({"at": one.at, "code": one.code, "what": one.what, "found": one.found});
        json!({
            "sound": self.sound,
            "manifest": self.manifest,
            "elements": self.checked.0,
            "proofs": self.checked.1,
            "faults": self.faults.iter().map(fault).collect::<Vec<Value>>(),
        })
    }
}

/// Canonical JSON: members sorted, no spaces, shortest escapes, whole numbers.
///
/// Fails with `E-MONEY-04` for a number with a fraction or exponent: what is written down twice
/// must be written the same.
pub fn canonical(value: &Value) -> Result<String, Refusal> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), Refusal> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            out.push_str(&number.to_string());
        }
        Value::Number(number) => {
            return Err(Refusal::new(
                "E-MONEY-04",
                "numbers of a pack are whole; others are texts",
                "证据包中的数字应为整数,其他数值写成文本",
                "numbers of a pack are whole; write others as texts",
            )
            .value(&number.to_string()));
        }
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(name));
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn digest(value: &Value) -> Result<String, Refusal> {
    Ok(hex(&sha256(canonical(value)?.as_bytes())))
}

/// Seals elements and proofs; the same ones give the same bytes.
///
/// Fails with `E-SIZE` past 10,000 elements or proofs or a text too long to be read back,
/// `E-MONEY-04` for numbers that are not whole, `E-SRC-02` for a proof whose arithmetic does not
/// come out.
pub fn seal(facts: &Sealing, proofs: &[Proof]) -> Result<Sealed, Refusal> {
    bounded(proofs, "proofs")?;
    bounded(&facts.elements.values().collect::<Vec<&Value>>(), "elements")?;
    let mut elements = Map::new();
    for (name, body) in &facts.elements {
        elements.insert(name.clone(), json!({"body": body, "sha256": digest(body)?}));
    }
    let mut sealed = Vec::new();
    for one in proofs {
        if let Some(key) = one.first_wrong() {
            return Err(Refusal::new(
                "E-SRC-02",
                "the arithmetic of a sealed proof comes out",
                format!("证明中的 {key} 与其组成不符"),
                format!("the step {key} of a proof does not come out from its parts"),
            )
            .value(key));
        }
        let written = output::proof(one);
        // What cannot be read back cannot be checked, so it is not sealed.
        output::read_proof(&written)?;
        sealed.push(json!({"proof": written, "sha256": one.digest()}));
    }
    let mut pack = json!({
        "form": FORM,
        "deal": facts.deal,
        "place": facts.place,
        "sealed_on": facts.sealed_on.0.to_string(),
        "elements": elements,
        "proofs": sealed,
    });
    let manifest = digest(&pack)?;
    pack["manifest"] = json!(manifest);
    let text = canonical(&pack)?;
    if text.len() > crate::input::BYTES_MAX {
        return Err(too_many("bytes", text.len()));
    }
    Ok(Sealed { text, manifest })
}

/// Checks a sealed pack with nothing but its own text: every digest is recomputed, and the
/// arithmetic of every proof.
///
/// Fails with `E-INPUT-01` for what is no pack and `E-SIZE` past 8 MiB; what is wrong inside a
/// pack is a fault of the report.
pub fn check(text: &str) -> Result<Report, Refusal> {
    let mut pack: Map<String, Value> = crate::input::read(text)?;
    let no_pack = |what: &str| {
        Refusal::new(
            "E-INPUT-01",
            "a pack has form, deal, place, sealed_on, elements, proofs and manifest",
            format!("不是约定结构的证据包:{what}"),
            format!("this is no evidence pack of the documented shape: {what}"),
        )
        .value(what)
    };
    let members = ["form", "deal", "place", "sealed_on", "elements", "proofs", "manifest"];
    if let Some(other) = pack.keys().find(|name| !members.contains(&name.as_str())) {
        return Err(no_pack(other));
    }
    if let Some(absent) = members.iter().find(|name| !pack.contains_key(**name)) {
        return Err(no_pack(absent));
    }
    if pack.get("form").and_then(Value::as_str) != Some(FORM) {
        return Err(no_pack("form"));
    }
    let said = pack.remove("manifest").unwrap_or_default();
    let mut faults = Vec::new();
    let whole = Value::Object(pack);
    let manifest = digest(&whole)?;
    let mut digest_is = |at: String, said: Option<&Value>, found: String| {
        if said.and_then(Value::as_str) != Some(&*found) {
            faults.push(Fault { at, code: "E-SRC-02", what: "digest", found });
        }
    };
    digest_is("manifest".to_string(), Some(&said), manifest.clone());
    let elements = whole.get("elements").and_then(Value::as_object);
    let elements = elements.ok_or_else(|| no_pack("elements"))?;
    for (name, element) in elements {
        let body = element.get("body").unwrap_or(&Value::Null);
        digest_is(format!("elements.{name}"), element.get("sha256"), digest(body)?);
    }
    let proofs = whole.get("proofs").and_then(Value::as_array);
    let proofs = proofs.ok_or_else(|| no_pack("proofs"))?;
    for (at, one) in proofs.iter().enumerate() {
        let place = format!("proofs[{}]", at + 1);
        match output::read_proof(one.get("proof").unwrap_or(&Value::Null)) {
            Err(refusal) => {
                let found = refusal.place.value.unwrap_or_default();
                faults.push(Fault { at: place, code: refusal.code, what: "reading", found });
            }
            Ok(proof) => {
                let found = proof.digest();
                if one.get("sha256").and_then(Value::as_str) != Some(&*found) {
                    let at = place.clone();
                    faults.push(Fault { at, code: "E-SRC-02", what: "digest", found });
                }
                if let Some(key) = proof.first_wrong() {
                    let found = key.to_string();
                    faults.push(Fault { at: place, code: "E-SRC-02", what: "arithmetic", found });
                }
            }
        }
    }
    let checked = (elements.len(), proofs.len());
    // The same content in another writing has the same digests, but is not what was sealed.
    let mut again = whole.clone();
    again["manifest"] = said;
    if canonical(&again)? != text {
        let (at, found) = ("text".to_string(), hex(&sha256(text.as_bytes())));
        faults.push(Fault { at, code: "E-SRC-02", what: "writing", found });
    }
    Ok(Report { sound: faults.is_empty(), manifest, checked, faults })
}
