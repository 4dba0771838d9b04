//! Reading what people and programs send: typed, bounded, each refusal with its place.
//!
//! Inputs are JSON with money as texts in yuan, shares as texts or exact numbers, days as
//! `YYYY-MM-DD`. Floats never touch money: a JSON number is refused where money is meant.

use kernel::{Day, Fen, Ratio, Refusal};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Money on the wire: a text in yuan, `"3000000.00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yuan(pub Fen);

impl<'de> Deserialize<'de> for Yuan {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Yuan, D::Error> {
        let text = String::deserialize(from)?;
        Fen::parse(&text).map(Yuan).map_err(coded)
    }
}

impl Serialize for Yuan {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// A share on the wire: `"70%"`, `"0.7"`, `"7/10"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(pub Ratio);

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Share, D::Error> {
        let text = String::deserialize(from)?;
        Ratio::parse(&text).map(Share).map_err(coded)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// A day on the wire: `"2026-03-18"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct On(pub Day);

impl<'de> Deserialize<'de> for On {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<On, D::Error> {
        let text = String::deserialize(from)?;
        Day::parse(&text).map(On).map_err(coded)
    }
}

impl Serialize for On {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// Codes that the readers above refuse with; they survive the trip through serde as a prefix.
const CODES: &[&str] = &["E-MONEY-01", "E-MONEY-04", "E-SHARE-02", "E-DATE-01"];

fn coded<E: serde::de::Error>(refusal: Refusal) -> E {
    E::custom(format!("{}|{}", refusal.code, refusal.place.value.unwrap_or_default()))
}

/// Longest input, in bytes.
pub const BYTES_MAX: usize = 8 << 20;

/// Reads JSON of a shape; unknown members are refused by the shapes themselves.
///
/// Fails with the code of the value that was wrong (`E-MONEY-…`, `E-SHARE-02`, `E-DATE-01`), or
/// `E-INPUT-01` for what is not of the shape, `E-SIZE` past [`BYTES_MAX`].
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    if text.len() > BYTES_MAX {
        return Err(Refusal::new(
            "E-SIZE",
            "an input has at most 8 MiB",
            "输入超过 8 MiB",
            "the input passes 8 MiB",
        ));
    }
    serde_json::from_str(text).map_err(|error| refused(&error))
}

/// Reads a JSON value of a shape; fails like [`read`].
pub fn take<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, Refusal> {
    T::deserialize(value).map_err(|error| refused(&error))
}

/// What a failed reading was, as a refusal with its own code.
fn refused(error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let found = CODES.iter().find_map(|code| {
        let rest = text.strip_prefix(*code)?.strip_prefix('|')?;
        let value = rest.split(" at line ").next().unwrap_or(rest);
        Some((*code, value.to_string()))
    });
    let place = match error.line() {
        0 => String::new(),
        line => format!("line {line}, column {}", error.column()),
    };
    let refusal = match found {
        Some((code, value)) => {
            let (zh, en) = match code {
                "E-MONEY-01" => ("金额最多精确到分(两位小数)", "money has at most two decimals"),
                "E-MONEY-04" => (
                    "金额应为文本形式的人民币元,且在 10^15 分以内",
                    "money is a text in yuan within 10^15 fen",
                ),
                "E-SHARE-02" => ("比例应写成 70%、0.7 或 7/10", "a share reads 70%, 0.7 or 7/10"),
                _ => ("日期不存在或写法不对", "there is no such date; write YYYY-MM-DD"),
            };
            Refusal::new(code, en, zh, en).value(&value)
        }
        None => Refusal::new(
            "E-INPUT-01",
            "an input has the documented shape",
            format!("输入不符合约定的结构:{text}"),
            format!("the input is not of the documented shape: {text}"),
        ),
    };
    if place.is_empty() { refusal } else { refusal.column(&place) }
}

/// A refusal whose rule is an article.
pub fn refuse(code: &'static str, article: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(code, article, zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        price: Yuan,
        share: Share,
        on: On,
    }

    #[test]
    fn values_are_refused_with_their_own_code() {
        let ask = |price: &str, share: &str, on: &str| {
            let text = format!(r#"{{"price": {price}, "share": {share}, "on": {on}}}"#);
            let one: Result<Sample, _> = read(&text);
            one.map(|one| (one.price.0.to_string(), one.share.0.to_string(), one.on.0.to_string()))
                .map_err(|refusal| (refusal.code, refusal.place.value.unwrap_or_default()))
        };
        let good = ask(r#""3000000.00""#, r#""45%""#, r#""2026-03-02""#);
        let shown = ("3000000.00".to_string(), "45%".to_string(), "2026-03-02".to_string());
        assert_eq!(good, Ok(shown));
        let code = |price, share, on| ask(price, share, on).map_err(|(code, _)| code).err();
        let (p, s, d) = (r#""1.00""#, r#""1""#, r#""2026-03-02""#);
        assert_eq!(code(r#""0.001""#, s, d), Some("E-MONEY-01"));
        assert_eq!(code(r#""NaN""#, s, d), Some("E-MONEY-04"));
        assert_eq!(code(r#""1e400""#, s, d), Some("E-MONEY-04"));
        assert_eq!(code("3000000.00", s, d), Some("E-INPUT-01"));
        assert_eq!(code(p, r#""most""#, d), Some("E-SHARE-02"));
        assert_eq!(code(p, s, r#""2015-13-32""#), Some("E-DATE-01"));
        assert_eq!(
            ask(p, s, r#""2015-13-32""#).map_err(|(_, value)| value).err().as_deref(),
            Some("2015-13-32")
        );
        let more: Result<Sample, _> = read(r#"{"price":"1","share":"1","on":"2026-01-01","x":1}"#);
        assert_eq!(more.map_err(|refusal| refusal.code).err(), Some("E-INPUT-01"));
    }
}
