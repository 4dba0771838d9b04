//! Canonical bytes: one way to write a thing down, so that digests mean something.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// SHA-256 over length-prefixed fields: no two different sequences share their bytes.
#[derive(Debug, Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// An empty one.
    pub fn new() -> Hasher {
        Hasher::default()
    }

    /// Adds a field of bytes.
    pub fn bytes(&mut self, field: &[u8]) -> &mut Hasher {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field);
        self
    }

    /// Adds a field of text.
    pub fn text(&mut self, field: &str) -> &mut Hasher {
        self.bytes(field.as_bytes())
    }

    /// Adds a whole number.
    pub fn int(&mut self, field: i64) -> &mut Hasher {
        self.bytes(&field.to_be_bytes())
    }

    /// Adds a text that may be absent; absent and empty differ.
    pub fn opt_text(&mut self, field: Option<&str>) -> &mut Hasher {
        match field {
            Some(text) => self.text(text),
            None => {
                self.0.update(u64::MAX.to_be_bytes());
                self
            }
        }
    }

    /// Adds a number that may be absent.
    pub fn opt_int(&mut self, field: Option<i64>) -> &mut Hasher {
        match field {
            Some(number) => self.int(number),
            None => self.opt_text(None),
        }
    }

    /// The digest of all fields so far.
    pub fn digest(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

/// SHA-256 of plain bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A canonical JSON object under construction: keys sorted, no spaces, numbers whole.
#[derive(Debug, Clone, Default)]
pub struct Object(std::collections::BTreeMap<String, String>);

impl Object {
    /// `{}`.
    pub fn new() -> Object {
        Object::default()
    }

    /// With a text member.
    pub fn text(mut self, key: &str, value: &str) -> Object {
        self.0.insert(key.to_string(), quoted(value));
        self
    }

    /// With a text member when there is one.
    pub fn opt_text(self, key: &str, value: Option<&str>) -> Object {
        match value {
            Some(value) => self.text(key, value),
            None => self,
        }
    }

    /// With a whole number.
    pub fn int(mut self, key: &str, value: i64) -> Object {
        self.0.insert(key.to_string(), value.to_string());
        self
    }

    /// With a truth value.
    pub fn boolean(mut self, key: &str, value: bool) -> Object {
        self.0.insert(key.to_string(), value.to_string());
        self
    }

    /// With an object inside.
    pub fn object(mut self, key: &str, value: &Object) -> Object {
        self.0.insert(key.to_string(), value.to_string());
        self
    }

    /// With a list of texts.
    pub fn texts(mut self, key: &str, values: &[String]) -> Object {
        let inside: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.0.insert(key.to_string(), format!("[{}]", inside.join(",")));
        self
    }
}

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char('{')?;
        for (position, (key, value)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(f, "{comma}{}:{value}", quoted(key))?;
        }
        f.write_char('}')
    }
}

/// A JSON string with the shortest escapes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_together() {
        let digest = |fields: &[&str]| {
            let mut hasher = Hasher::new();
            fields.iter().for_each(|field| {
                hasher.text(field);
            });
            hasher.digest()
        };
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a", ""]), digest(&["a"]));
        assert_ne!(Hasher::new().opt_text(None).digest(), Hasher::new().text("").digest());
    }

    #[test]
    fn objects_are_canonical() {
        let object = Object::new().text("z", "a\"\n\u{1}").int("b", -5).object("a", &Object::new());
        assert_eq!(object.to_string(), r#"{"a":{},"b":-5,"z":"a\"\n\u0001"}"#);
        assert_eq!(hex(&sha256(b""))[..8], *"e3b0c442");
    }
}
