//! Passwords: what is good enough, and how what was chosen is kept.

use crate::error::{Error, Result};
use argon2::password_hash::{PasswordHash as Parsed, PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordVerifier as _, Version};
use kernel::{Refusal, text};
use std::collections::BTreeSet;
use std::fmt;

/// Fewest characters of a password.
pub const CHARS_MIN: usize = 12;
/// Most characters of a password: hashing more would only cost time.
pub const CHARS_MAX: usize = 200;
/// Fewest different characters of a password.
const DISTINCT_MIN: usize = 5;

/// Memory of one hash, in KiB. Source: OWASP Password Storage Cheat Sheet (2024), Argon2id with
/// 19 MiB of memory, 2 iterations and 1 degree of parallelism.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory. Source: as above.
pub const PASSES: u32 = 2;
/// Lanes. Source: as above.
pub const LANES: u32 = 1;

/// A hash of nothing anyone knows, so that an unknown name costs the same as a known one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$ZGVjb3lkZWNveWRlY295ZA\
                     $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// 16 random bytes for one hash. Source of the length: RFC 9106, section 3.1.
pub type Salt = [u8; 16];

/// A password someone wants to have, found good enough. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Password {
    /// The password if it is good enough for the account with this name: 12 to 200 characters,
    /// none of them a control character, at least 5 different ones, and without the name.
    ///
    /// Taken as typed: spaces count. Fails with `E-AUTH-07`, which never repeats the password.
    pub fn parse(wish: &str, account_name: &str) -> Result<Password> {
        if wish.chars().nth(CHARS_MIN - 1).is_none() {
            return Err(refused(
                format!("密码至少 {CHARS_MIN} 个字符"),
                format!("the password has fewer than {CHARS_MIN} characters"),
            ));
        }
        if wish.chars().nth(CHARS_MAX).is_some() {
            return Err(refused(
                format!("密码最多 {CHARS_MAX} 个字符"),
                format!("the password has more than {CHARS_MAX} characters"),
            ));
        }
        if wish.chars().any(char::is_control) {
            return Err(refused(
                "密码含有控制字符(例如换行)",
                "the password has a control character, such as a line break",
            ));
        }
        if wish.chars().collect::<BTreeSet<char>>().len() < DISTINCT_MIN {
            return Err(refused(
                format!("密码至少应有 {DISTINCT_MIN} 个不同的字符"),
                format!("the password has fewer than {DISTINCT_MIN} different characters"),
            ));
        }
        if text::fold(wish).contains(&text::fold(account_name)) {
            return Err(refused(
                "密码不能包含用户名",
                "the password contains the name of the account",
            ));
        }
        Ok(Password(wish.to_string()))
    }

    /// Hashes it: some tens of milliseconds and 19 MiB, so never inside a transaction.
    pub fn hash(&self, salt: &Salt) -> PasswordHash {
        let salt = SaltString::encode_b64(salt);
        let hashed = salt.and_then(|salt| {
            hasher().hash_password(self.0.as_bytes(), &salt).map(|h| h.to_string())
        });
        // 16 bytes of salt and 12 to 800 bytes of password are within every bound of Argon2.
        PasswordHash(hashed.unwrap_or_else(|_| unreachable!("the bounds of Argon2 hold")))
    }
}

fn refused(zh: impl Into<String>, en: impl Into<String>) -> Error {
    let rule = "a password has 12 to 200 characters, 5 different ones, and not the account's name";
    Refusal::new("E-AUTH-07", rule, zh, en).column("password").into()
}

/// What is kept of a password: Argon2id in PHC form. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    pub(crate) fn from_store(text: String) -> PasswordHash {
        PasswordHash(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether an attempt is the password behind `kept`. With nothing kept (an unknown name) the
/// answer is no, after the same work.
pub fn verify(kept: Option<&PasswordHash>, attempt: &str) -> bool {
    let bounded = attempt.chars().nth(CHARS_MAX).is_none();
    let kept = kept.filter(|_| bounded);
    let attempt = if bounded { attempt } else { "" };
    let text = kept.map_or(DECOY, PasswordHash::as_str);
    let right = Parsed::new(text)
        .and_then(|parsed| hasher().verify_password(attempt.as_bytes(), &parsed))
        .is_ok();
    right && kept.is_some()
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.unwrap_or_else(|_| unreachable!("the constants are within bounds"));
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_say_what_is_wrong() {
        let code = |wish: &str| Password::parse(wish, "mei.li").map(|_| ()).map_err(|e| e.code());
        assert_eq!(code("correct horse"), Ok(()));
        assert_eq!(code("锦绣 江南 烟雨 楼台 万里"), Ok(()));
        assert_eq!(code(&"abcde".repeat(40)), Ok(()));
        for wrong in [
            "",
            "elevenchars",
            "aaaaaaaaaaaaaaaa",
            "ababababababab",
            "with\na line break",
            "the one of MEI.LI here",
            &"abcdef".repeat(34),
        ] {
            assert_eq!(code(wrong), Err(Some("E-AUTH-07")), "{wrong}");
        }
        let error = Password::parse("short", "mei").expect_err("too short");
        assert_eq!(error.refusal().and_then(|r| r.place.value), None);
    }

    #[test]
    fn hashes_verify_and_differ_by_salt() {
        let password = Password::parse("correct horse", "mei").expect("good");
        let hash = password.hash(&[7; 16]);
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(Some(&hash), "correct horse"));
        assert!(!verify(Some(&hash), "correct horsf"));
        assert!(!verify(Some(&hash), ""));
        assert!(!verify(None, "correct horse"));
        assert!(!verify(Some(&hash), &"x".repeat(100_000)));
        assert_ne!(hash, password.hash(&[8; 16]));
    }

    #[test]
    fn the_decoy_costs_the_same() {
        let decoy = Parsed::new(DECOY).expect("a sound hash");
        let real = Password::parse("correct horse", "mei").expect("good").hash(&[7; 16]);
        let real = Parsed::new(real.as_str()).expect("a sound hash");
        assert_eq!(decoy.params, real.params);
        assert_eq!((decoy.algorithm, decoy.version), (real.algorithm, real.version));
        assert_eq!(decoy.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
    }
}
