//! The bytes of an event: one canonical JSON object.

use crate::error::{Error, Result};
use kernel::canon::quoted;
use kernel::{Actor, Timestamp};
use serde_json::Value;

/// The longest entry in bytes: what a length in an entry bundle can say.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// The canonical form of a JSON object: keys sorted by their bytes, no spaces, shortest escapes,
/// whole numbers only.
///
/// Fails with [`Error::Journal`] on what is not JSON, not an object, or holds a fraction (write
/// it as text, or in a smaller unit).
pub fn canonical(text: &str) -> Result<String> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Error::Journal(format!("a payload is not JSON: {error}")))?;
    if !value.is_object() {
        return Err(Error::Journal("a payload is not a JSON object".to_string()));
    }
    let mut out = String::with_capacity(text.len());
    write(&value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<()> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) if number.is_f64() => {
            return Err(Error::Journal(format!("a payload holds {number}; write it as text")));
        }
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (place, (key, item)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(key));
                out.push(':');
                write(item, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// What stands around the payload in an entry.
pub(crate) struct Frame<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) at: Timestamp,
    pub(crate) index: i64,
    pub(crate) kind: &'a str,
    pub(crate) subject: Option<&'a str>,
}

impl Frame<'_> {
    fn before(&self) -> String {
        let (actor, kind) = (quoted(self.actor.as_str()), quoted(self.kind));
        let (at, index) = (self.at, self.index);
        format!(r#"{{"actor":{actor},"at":"{at}","index":{index},"kind":{kind},"payload":"#)
    }

    fn after(&self) -> String {
        let subject = self.subject.map_or_else(|| "null".to_string(), quoted);
        format!(r#","subject":{subject}}}"#)
    }

    /// The entry around a canonical payload. Fails with [`Error::Journal`] when it is too long.
    pub(crate) fn around(&self, payload: &str) -> Result<String> {
        let entry = [&self.before(), payload, &self.after()].concat();
        match entry.len() <= ENTRY_BYTES_MAX {
            true => Ok(entry),
            false => Err(Error::Journal(format!(
                "an event of kind `{}` has {} bytes, more than {ENTRY_BYTES_MAX}",
                self.kind,
                entry.len()
            ))),
        }
    }

    /// The payload inside an entry, if the entry is framed by exactly these words.
    pub(crate) fn payload<'e>(&self, entry: &'e str) -> Option<&'e str> {
        entry.strip_prefix(self.before().as_str())?.strip_suffix(self.after().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_write() {
        let loose = " { \"b\" : [1, -2 , null,true], \"a\":{\"z\":\"\\u00e9\\n\",\"é\":0} } ";
        let tight = "{\"a\":{\"z\":\"é\\n\",\"é\":0},\"b\":[1,-2,null,true]}";
        assert_eq!(canonical(loose).expect("canonical"), tight);
        assert_eq!(canonical(tight).expect("canonical"), tight);
        for wrong in ["", "{", "[]", "1", "{\"a\":1.5}", "{\"a\":1e400}", "{\"a\":1} x"] {
            assert!(canonical(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_frame_finds_its_payload() {
        let actor = Actor::new("A1");
        let at = Timestamp::from_micros(5);
        let frame = Frame { actor: &actor, at, index: 7, kind: "k", subject: Some("E\"1") };
        let entry = frame.around("{\"a\":1}").expect("short");
        assert_eq!(
            entry,
            [
                r#"{"actor":"A1","at":"1970-01-01T00:00:00.000005Z","index":7,"kind":"k","#,
                r#""payload":{"a":1},"subject":"E\"1"}"#,
            ]
            .concat()
        );
        assert_eq!(frame.payload(&entry), Some("{\"a\":1}"));
        assert_eq!(Frame { index: 8, ..frame }.payload(&entry), None);
        assert!(frame.around(&"x".repeat(ENTRY_BYTES_MAX)).is_err());
    }
}
