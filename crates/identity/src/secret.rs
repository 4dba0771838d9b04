//! Secrets: 32 random bytes that only their holder has.

use kernel::canon::{hex, sha256};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// 32 bytes from the source of chance in the binary. Shown as 64 hexadecimal digits.
///
/// Never stored and never printed: the store keeps its digest, `Debug` keeps silent.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret of these bytes.
    pub fn new(bytes: [u8; 32]) -> Secret {
        Secret(bytes)
    }

    /// The secret that [`Secret::text`] shows, or none.
    pub fn parse(text: &str) -> Option<Secret> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Secret(bytes))
    }

    /// 64 lower-case hexadecimal digits, for the cookie or the link.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// What the store keeps: sha256 of the bytes.
    pub fn digest(&self) -> [u8; 32] {
        sha256(&self.0)
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The CSRF token that goes with a session's secret (or with a visitor's, before signing in):
/// 64 hexadecimal digits. It tells nothing about the secret.
pub fn csrf(secret: &Secret) -> String {
    hex(&keyed_hash(&secret.0, b"xiudai csrf 1"))
}

/// Whether two texts are the same, in a time that depends on their lengths only.
pub fn same(a: &str, b: &str) -> bool {
    let pairs = a.bytes().zip(b.bytes());
    let difference = pairs.fold(0, |sum, (x, y)| std::hint::black_box(sum | (x ^ y)));
    a.len() == b.len() && difference == 0
}

/// HMAC-SHA-256 with a key of at most 64 bytes. Source: RFC 2104, section 2.
fn keyed_hash(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        block.iter_mut().zip(key).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_hmac() {
        // RFC 4231, test case 2, has the key "Jefe"; a key is padded with zeros to the block.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        assert_eq!(
            hex(&keyed_hash(&key, b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn secrets_read_back_and_keep_silent() {
        let secret = Secret::new([0xab; 32]);
        let again = Secret::parse(&secret.text()).expect("its own text");
        assert_eq!(again.digest(), secret.digest());
        assert!(!format!("{secret:?}").contains("ab"));
        assert_ne!(csrf(&secret), secret.text());
        for wrong in ["", "ab", &"AB".repeat(32), &"é".repeat(32), &"0".repeat(65)] {
            assert!(Secret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn same_is_equality() {
        assert!(same("abc", "abc") && same("", ""));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
