//! Strong keys: identifiers that name one thing in the world.

use crate::refusal::Refusal;

/// The 31 characters of a unified social credit code, in the order of their values.
/// Source: GB 32100-2015, table 1 (no I, O, S, V, Z).
const CREDIT_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a unified social credit code (统一社会信用代码) and gives it in capitals.
///
/// Fails with `E-ID-01`: 18 characters, their alphabet, the check digit (weights 3^i mod 31).
/// Source: GB 32100-2015, section 4.
pub fn credit_code(text: &str) -> Result<String, Refusal> {
    let code = text.trim().to_ascii_uppercase();
    let values: Option<Vec<u32>> = code
        .bytes()
        .map(|b| CREDIT_ALPHABET.iter().position(|c| *c == b).map(|v| v as u32))
        .collect();
    let refuse = |zh: &str, en: &str| {
        Refusal::new("E-ID-01", "GB 32100-2015, section 4", zh, en).value(text)
    };
    let Some(values) = values.filter(|values| values.len() == 18) else {
        return Err(refuse(
            "统一社会信用代码应为18位数字或大写字母(不含I、O、S、V、Z)",
            "a unified social credit code has 18 digits or capitals (no I, O, S, V, Z)",
        ));
    };
    let sum: u32 = values[..17]
        .iter()
        .scan(1u32, |weight, value| {
            let term = value * *weight;
            *weight = *weight * 3 % 31;
            Some(term)
        })
        .sum();
    if (31 - sum % 31) % 31 == values[17] {
        Ok(code)
    } else {
        Err(refuse(
            "统一社会信用代码校验位不符,请核对是否抄错",
            "the check digit of this unified social credit code does not fit; check for a typing slip",
        ))
    }
}

/// Reads an ROR id, with or without its address, and gives its nine characters.
///
/// Fails with `E-ID-04`. Source: ROR identifier pattern, `0` + six of Crockford's base 32 + two digits.
pub fn ror_id(text: &str) -> Result<String, Refusal> {
    let id = text.trim().trim_end_matches('/');
    let id = id.rsplit('/').next().unwrap_or(id).to_ascii_lowercase();
    let middle = |b: u8| b.is_ascii_alphanumeric() && !b"ilou".contains(&b);
    let sound = id.len() == 9
        && id.is_ascii()
        && id.starts_with('0')
        && id.bytes().skip(1).take(6).all(middle)
        && id.bytes().skip(7).all(|b| b.is_ascii_digit());
    if sound {
        return Ok(id);
    }
    Err(Refusal::new(
        "E-ID-04",
        "an ROR id is `0`, six letters or digits and two digits",
        "ROR 编号应为 0 开头的九位字母数字",
        "an ROR id is `0`, six letters or digits and two digits",
    )
    .value(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_are_checked() {
        // Codes that two listed firms print on their own pages.
        for code in ["914403001922038216", "91440300708461136T", " 91440300708461136t "] {
            assert!(credit_code(code).is_ok(), "{code}");
        }
        for wrong in ["", "9131", "9131000077578555ZZ", "91310000775785552I"] {
            assert_eq!(credit_code(wrong).map_err(|r| r.code), Err("E-ID-01"), "{wrong}");
        }
    }

    #[test]
    fn one_slip_is_always_found() {
        let body = "9131000077578555";
        let code = (0..31).flat_map(|a| (0..31).map(move |b| (a, b))).find_map(|(a, b)| {
            let tail = [CREDIT_ALPHABET[a], CREDIT_ALPHABET[b]];
            credit_code(&format!("{body}{}{}", tail[0] as char, tail[1] as char)).ok()
        });
        let code = code.expect("some check digit fits");
        for position in 0..18 {
            for slip in CREDIT_ALPHABET {
                let mut bytes = code.clone().into_bytes();
                if bytes[position] != *slip {
                    bytes[position] = *slip;
                    let text = String::from_utf8(bytes).expect("ascii");
                    assert!(credit_code(&text).is_err(), "{text}");
                }
            }
        }
    }

    #[test]
    fn ror_ids_lose_their_address() {
        assert_eq!(ror_id("https://ror.org/01y3hvq34").as_deref(), Ok("01y3hvq34"));
        assert_eq!(ror_id("01y3hvq34").as_deref(), Ok("01y3hvq34"));
        for wrong in ["", "1y3hvq34", "https://ror.org/0il3hvq34", "01y3hvqxx"] {
            assert_eq!(ror_id(wrong).map_err(|r| r.code), Err("E-ID-04"), "{wrong}");
        }
    }
}
