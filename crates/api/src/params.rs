//! Parameters of a query: each is named, read once, and what nobody wants is refused by name.

use crate::problem::{Problem, Result};
use axum::http::StatusCode;
use kernel::{Day, Refusal};
use std::str::FromStr;

/// Longest query, in bytes.
const QUERY_BYTES_MAX: usize = 8_192;
/// Most parameters in one query.
const PAIRS_MAX: usize = 200;
/// Items of a page unless the request says otherwise.
const LIMIT_DEFAULT: usize = 50;
/// Items of a page at most.
const LIMIT_MAX: usize = 200;

/// The parameters of a query that were not read yet.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
}

/// What can be read from the parameters of a query.
pub trait FromParams: Sized {
    /// Takes its own parameters. Fails with `E-QUERY-02` on a value that is not sound.
    fn take(params: &mut Params) -> Result<Self>;
}

impl FromParams for () {
    fn take(_: &mut Params) -> Result<()> {
        Ok(())
    }
}

impl Params {
    /// Splits a query (without `?`), as HTML forms write it.
    ///
    /// Fails with `E-QUERY-04` when it is too long or not UTF-8.
    pub fn parse(query: &str) -> Result<Params> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(unsound("查询过长", "the query is too long"));
        }
        let mut pairs = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        if pairs.len() > PAIRS_MAX {
            return Err(unsound("参数过多", "the query has too many parameters"));
        }
        Ok(Params { pairs })
    }

    /// Every value of a parameter, in order.
    pub fn all(&mut self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.pairs.retain(|(key, value)| {
            if key == name {
                found.push(value.clone());
            }
            key != name
        });
        found
    }

    /// Whether a parameter is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(key, _)| key == name)
    }

    /// Every word of a parameter that may be repeated or hold words between commas.
    pub fn words(&mut self, name: &str) -> Vec<String> {
        let all = self.all(name);
        let words = all.iter().flat_map(|value| value.split(','));
        words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_string).collect()
    }

    /// The one value of a parameter; an empty one counts as absent.
    pub fn one(&mut self, name: &str) -> Result<Option<String>> {
        Ok(self.sent(name)?.filter(|value| !value.is_empty()))
    }

    /// The one value of a parameter, empty or not: for those that take some words only.
    pub(crate) fn sent(&mut self, name: &str) -> Result<Option<String>> {
        let mut all = self.all(name);
        let last = all.pop();
        match all.is_empty() {
            true => Ok(last),
            false => Err(wrong("E-QUERY-03", name, last.as_deref().unwrap_or_default())
                .rule("a parameter stands once")),
        }
    }

    /// The one value of a parameter that must be there.
    pub fn need(&mut self, name: &str) -> Result<String> {
        self.one(name)?.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "E-QUERY-05",
                &format!("缺少参数 {name}"),
                &format!("the parameter `{name}` is missing"),
            )
            .file("query")
            .column(name)
        })
    }

    /// A value that can be read from text, such as an id.
    pub fn read<T>(&mut self, name: &str) -> Result<Option<T>>
    where
        T: FromStr<Err = Refusal>,
    {
        let text = self.sent(name)?;
        text.map(|text| text.parse().map_err(|refusal| bad(name, refusal))).transpose()
    }

    /// Ids, repeated or between commas.
    pub fn read_all<T>(&mut self, name: &str) -> Result<Vec<T>>
    where
        T: FromStr<Err = Refusal>,
    {
        let words = self.words(name);
        words.iter().map(|text| text.parse().map_err(|refusal| bad(name, refusal))).collect()
    }

    /// A calendar day.
    pub fn day(&mut self, name: &str) -> Result<Option<Day>> {
        let text = self.sent(name)?;
        text.map(|text| Day::parse(&text).map_err(|refusal| bad(name, refusal))).transpose()
    }

    /// A whole number from `low` to `high`.
    pub fn number(&mut self, name: &str, low: usize, high: usize) -> Result<Option<usize>> {
        let Some(text) = self.sent(name)? else {
            return Ok(None);
        };
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|n| plain && (low..=high).contains(n));
        number.map(Some).ok_or_else(|| {
            wrong("E-QUERY-02", name, &text).rule(&format!("a whole number from {low} to {high}"))
        })
    }

    /// Items of a page: 1 to 200, 50 unless said.
    pub fn limit(&mut self) -> Result<usize> {
        Ok(self.number("limit", 1, LIMIT_MAX)?.unwrap_or(LIMIT_DEFAULT))
    }

    /// `true` or `false`; `false` unless said.
    pub fn flag(&mut self, name: &str) -> Result<bool> {
        match self.sent(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(wrong("E-QUERY-02", name, other).rule("`true` or `false`")),
        }
    }

    /// Text that people typed, at most so many characters, free of invisible characters.
    pub fn text(&mut self, name: &str, chars_max: usize) -> Result<Option<String>> {
        let Some(text) = self.one(name)? else {
            return Ok(None);
        };
        match kernel::text::clean(&text, chars_max) {
            Ok(clean) => Ok(Some(clean.to_string()).filter(|text| !text.is_empty())),
            Err(refusal) => Err(bad(name, refusal)),
        }
    }

    /// Fails with `E-QUERY-01`, which names a parameter that nobody read.
    pub fn done(self) -> Result<()> {
        match self.pairs.first() {
            None => Ok(()),
            Some((name, value)) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "E-QUERY-01",
                &format!("这里没有参数 {name}"),
                &format!("there is no parameter `{name}` here"),
            )
            .rule("only documented parameters are sent")
            .file("query")
            .column(name)
            .value(value)),
        }
    }
}

/// `E-QUERY-02` and its like: a value that a parameter does not take.
pub(crate) fn wrong(code: &'static str, name: &str, value: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        code,
        &format!("参数 {name} 的值无效"),
        &format!("the parameter `{name}` does not take this value"),
    )
    .file("query")
    .column(name)
    .value(value)
}

/// A refusal of a value in the query.
pub(crate) fn bad(name: &str, refusal: Refusal) -> Problem {
    Problem::refused(StatusCode::BAD_REQUEST, refusal.file("query").column(name))
}

fn unsound(zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "E-QUERY-04", zh, en).file("query")
}

fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair = rest.next().and_then(digit).zip(rest.next().and_then(digit));
                let (high, low) =
                    pair.ok_or_else(|| unsound("百分号编码有误", "a `%` escape is broken"))?;
                high << 4 | low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| unsound("查询不是 UTF-8", "the query is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: Result<T>) -> &'static str {
        result.map_or_else(|problem| problem.code(), |_| "")
    }

    #[test]
    fn reads_what_forms_write() {
        let mut params = Params::parse("q=%E5%BE%90%E6%B1%87+AI&kind=a,b&kind=c&x=").expect("ok");
        assert_eq!(params.text("q", 20).expect("ok").as_deref(), Some("徐汇 AI"));
        assert_eq!(params.words("kind"), ["a", "b", "c"]);
        assert_eq!(code(params.clone().done()), "E-QUERY-01");
        assert_eq!(params.all("x"), [""]);
        assert_eq!(code(params.done()), "");
    }

    #[test]
    fn refuses_what_is_not_sound() {
        let read = |query: &str| Params::parse(query);
        assert_eq!(code(read("q=%zz")), "E-QUERY-04");
        assert_eq!(code(read("q=%ff")), "E-QUERY-04");
        assert_eq!(code(read("q=%")), "E-QUERY-04");
        assert_eq!(code(read("a=1&a=2").expect("ok").one("a")), "E-QUERY-03");
        assert_eq!(code(read("limit=0").expect("ok").limit()), "E-QUERY-02");
        assert_eq!(code(read("limit=+5").expect("ok").limit()), "E-QUERY-02");
        assert_eq!(code(read("v=2023-02-29").expect("ok").day("v")), "E-DATE-01");
        assert_eq!(code(read("limit=").expect("ok").limit()), "E-QUERY-02");
        assert_eq!(code(read("v=").expect("ok").day("v")), "E-DATE-01");
        assert_eq!(code(read("f=yes").expect("ok").flag("f")), "E-QUERY-02");
        assert_eq!(code(read("q=a%00").expect("ok").text("q", 9)), "E-TEXT-01");
    }
}
