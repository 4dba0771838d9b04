//! Keys and checkpoints: C2SP signed notes over the state of the log.
//!
//! Sources: <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-checkpoint>.

use crate::error::{Error, Result};
use crate::journal::merkle::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use kernel::canon::{hex, sha256};
use std::fmt;

/// The type byte of ed25519 in signed notes.
const ED25519: u8 = 1;

/// Signs checkpoints in the name of an instance. Its `Debug` does not show the key.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

/// Checks checkpoints: the public half of a [`Signer`], with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `xiudai/<instance>`.
    pub origin: String,
    /// Count of entries.
    pub size: u64,
    /// Root hash over them.
    pub root: Hash,
}

impl Signer {
    /// A signer for an instance from the 32 secret bytes of an ed25519 key (RFC 8032).
    ///
    /// Fails with [`Error::Journal`] if the name is empty or holds a space, `+` or control.
    pub fn new(instance: &str, secret: &[u8; 32]) -> Result<Signer> {
        let key = SigningKey::from_bytes(secret);
        let verifier = Verifier::new(format!("xiudai/{instance}"), key.verifying_key())?;
        match instance.is_empty() {
            true => Err(Error::Journal("an instance needs a name".to_string())),
            false => Ok(Signer { key, verifier }),
        }
    }

    /// The public half.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Public key as text, in the form `name+id+key`.
    pub fn vkey(&self) -> String {
        self.verifier.to_string()
    }

    /// The signed note for a state of the log. The same state gives the same bytes.
    pub fn checkpoint(&self, size: u64, root: &Hash) -> String {
        let name = &self.verifier.name;
        let text = format!("{name}\n{size}\n{}\n", STANDARD.encode(root));
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        let signed = STANDARD.encode([&self.verifier.id()[..], &signature].concat());
        format!("{text}\n— {name} {signed}\n")
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl Verifier {
    fn new(name: String, key: VerifyingKey) -> Result<Verifier> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        match name.is_empty() || name.contains(odd) {
            true => Err(Error::Journal(format!("`{name}` cannot name a key"))),
            false => Ok(Verifier { name, key }),
        }
    }

    /// Reads `name+id+key`. Fails with [`Error::Journal`] if it is not a sound ed25519 key.
    pub fn parse(text: &str) -> Result<Verifier> {
        let wrong = || Error::Journal("a verifying key is not `name+id+key`".to_string());
        let mut parts = text.trim_end().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let bytes = STANDARD.decode(key).map_err(|_| wrong())?;
        let (kind, public) = bytes.split_first().ok_or_else(wrong)?;
        let public: [u8; 32] = public.try_into().map_err(|_| wrong())?;
        let key = VerifyingKey::from_bytes(&public).map_err(|_| wrong())?;
        let verifier = Verifier::new(name.to_string(), key)?;
        match *kind == ED25519 && hex(&verifier.id()) == id {
            true => Ok(verifier),
            false => Err(wrong()),
        }
    }

    /// The origin line of the log this key speaks for.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> [u8; 4] {
        let key = [self.name.as_bytes(), &[b'\n', ED25519], self.key.as_bytes()].concat();
        let [a, b, c, d, ..] = sha256(&key);
        [a, b, c, d]
    }

    /// What a checkpoint says, if it is sound and this key signed it.
    ///
    /// Signatures of other keys are allowed beside it, as witnesses add them.
    pub fn open(&self, note: &str) -> Result<Checkpoint> {
        let wrong = |what: &str| Error::Journal(format!("a checkpoint {what}"));
        let at = note.rfind("\n\n").ok_or_else(|| wrong("has no signature"))?;
        let (text, signatures) = (&note[..=at], &note[at + 2..]);
        if !signatures.ends_with('\n') {
            return Err(wrong("is cut"));
        }
        let mut signed = false;
        for line in signatures.lines() {
            let (name, signature) = line
                .strip_prefix("— ")
                .and_then(|rest| rest.split_once(' '))
                .ok_or_else(|| wrong("has a line that is no signature"))?;
            let bytes =
                STANDARD.decode(signature).map_err(|_| wrong("has a signature out of shape"))?;
            if name == self.name && bytes.starts_with(&self.id()) {
                let signature = Signature::from_slice(&bytes[4..])
                    .map_err(|_| wrong("has a signature of the wrong length"))?;
                self.key
                    .verify_strict(text.as_bytes(), &signature)
                    .map_err(|_| wrong("has a signature that does not fit"))?;
                signed = true;
            }
        }
        if !signed {
            return Err(wrong(&format!("is not signed by `{}`", self.name)));
        }
        let checkpoint = Checkpoint::parse(text)?;
        match checkpoint.origin == self.name {
            true => Ok(checkpoint),
            false => Err(wrong("speaks of another log")),
        }
    }
}

impl fmt::Display for Verifier {
    /// `name+id+key`, as signed notes have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519], &self.key.as_bytes()[..]].concat());
        write!(f, "{}+{}+{key}", self.name, hex(&self.id()))
    }
}

impl Checkpoint {
    fn parse(text: &str) -> Result<Checkpoint> {
        let wrong = || Error::Journal("a checkpoint is not origin, size and root".to_string());
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong());
        };
        let count: u64 = size.parse().map_err(|_| wrong())?;
        let root = STANDARD.decode(root).map_err(|_| wrong())?;
        let root: Hash = root.try_into().map_err(|_| wrong())?;
        match count.to_string() == size {
            true => Ok(Checkpoint { origin: origin.to_string(), size: count, root }),
            false => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and note of the reference implementation of signed notes
    /// (golang.org/x/mod/sumdb/note, documentation).
    #[test]
    fn reads_the_reference_key() {
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let verifier = Verifier::parse(vkey).expect("a key");
        assert_eq!(verifier.to_string(), vkey);
        let note = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p\
            ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let error = verifier.open(note).expect_err("signed, but no checkpoint").to_string();
        assert_eq!(error, "journal: a checkpoint is not origin, size and root");
        let error = verifier.open(&note.replace("answer", "Answer")).expect_err("changed");
        assert_eq!(error.to_string(), "journal: a checkpoint has a signature that does not fit");
    }

    #[test]
    fn any_changed_byte_of_a_checkpoint_is_found() {
        let signer = Signer::new("test", &[7; 32]).expect("a signer");
        let verifier = Verifier::parse(&signer.vkey()).expect("a key");
        assert_eq!(verifier, *signer.verifier());
        let note = signer.checkpoint(12, &[3; 32]);
        let expected = Checkpoint { origin: "xiudai/test".to_string(), size: 12, root: [3; 32] };
        assert_eq!(verifier.open(&note).expect("sound"), expected);
        for at in 0..note.len() {
            for flip in [1, 2, 16, 128] {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= flip;
                if let Ok(changed) = String::from_utf8(bytes) {
                    assert!(verifier.open(&changed).is_err(), "{at} {flip}");
                }
            }
        }
        for name in ["", "a b", "a+b", "a\n"] {
            assert!(Signer::new(name, &[7; 32]).is_err(), "{name}");
        }
    }
}
