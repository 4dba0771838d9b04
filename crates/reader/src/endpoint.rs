//! A second reader: what to ask a chat endpoint, and which of its answers the document bears out.
//!
//! Pure: the request is a body to send elsewhere, the answer a text that came back. Nothing is
//! believed that the document does not say in so many words.

use crate::candidate::{Candidate, CandidateKind};
use crate::document::{Document, find_letters, letters};
use crate::grammar::Grammar;
use kernel::{Comparator, Decimal, Precision, Valid};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Characters of a document that one request carries.
pub const REQUEST_CHARS_MAX: usize = 24_000;
/// Bytes of an answer that are read.
pub const RESPONSE_BYTES_MAX: usize = 4 << 20;
/// Facts of an answer that are read.
pub const FACTS_MAX: usize = 2_000;

const TASK: &str = "从用户给出的中文文档中提取全部数值事实。只输出 JSON 对象 {\"facts\": [...]}，\
每项含 subject、property、value(十进制数字)、unit、comparator(= > >= < <= ~)、valid_time(如 2024、2024-03、2021/2025，\
不明则空)、forecast(expected、target 或空)、quote(文档中的原句片段，须逐字出现并含该数字)。\
不要推断，不要计算，不要提取浏览量、电话、编号、日期。";

/// The body of a request to an OpenAI-compatible `chat/completions` endpoint.
///
/// Names of natural persons are masked before anything leaves.
pub fn request(document: &Document, model: &str) -> serde_json::Value {
    let text: String = document.text().chars().take(REQUEST_CHARS_MAX).collect();
    json!({
        "model": model,
        "temperature": 0,
        "response_format": { "type": "json_object" },
        "messages": [
            { "role": "system", "content": TASK },
            { "role": "user", "content": text },
        ],
    })
}

/// What an answer gave: candidates that the document bears out, and why others were dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Candidates marked `endpoint`, in the order of the text.
    pub candidates: Vec<Candidate>,
    /// How many were dropped, by reason: `unreadable`, `no_quote`, `not_in_document`,
    /// `no_number`, `value_not_in_quote`, `too_many`.
    pub dropped: BTreeMap<&'static str, usize>,
}

#[derive(Deserialize)]
struct Facts {
    #[serde(default)]
    facts: Vec<serde_json::Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Fact {
    subject: String,
    property: String,
    value: serde_json::Value,
    unit: String,
    comparator: String,
    valid_time: String,
    forecast: String,
    quote: String,
}

/// Reads the text of an answer: a bare JSON object, one in a code fence, or a whole response body.
pub fn candidates(document: &Document, response: &str, grammar: &Grammar) -> Answer {
    let mut answer = Answer::default();
    let Some(facts) = facts(response) else {
        answer.drop("unreadable");
        return answer;
    };
    let letters = letters(document);
    for (index, value) in facts.into_iter().enumerate() {
        if index >= FACTS_MAX {
            answer.drop("too_many");
            continue;
        }
        let fact = serde_json::from_value::<Fact>(value).map_err(|_| "unreadable");
        match fact.and_then(|fact| candidate(document, &letters, &fact, grammar)) {
            Ok(candidate) => answer.candidates.push(candidate),
            Err(reason) => answer.drop(reason),
        }
    }
    answer.candidates.sort_by(|a, b| (a.start, a.end, &a.value).cmp(&(b.start, b.end, &b.value)));
    answer
}

impl Answer {
    fn drop(&mut self, reason: &'static str) {
        *self.dropped.entry(reason).or_insert(0) += 1;
    }
}

fn facts(response: &str) -> Option<Vec<serde_json::Value>> {
    if response.len() > RESPONSE_BYTES_MAX {
        return None;
    }
    let whole = serde_json::from_str::<serde_json::Value>(response).ok();
    let content = whole
        .as_ref()
        .and_then(|body| body.pointer("/choices/0/message/content"))
        .and_then(serde_json::Value::as_str)
        .unwrap_or(response);
    let from = content.find('{')?;
    let to = content.rfind('}')?;
    let object = content.get(from..=to)?;
    serde_json::from_str::<Facts>(object).ok().map(|facts| facts.facts)
}

fn candidate(
    document: &Document,
    letters: &[(char, u32, u32)],
    fact: &Fact,
    grammar: &Grammar,
) -> Result<Candidate, &'static str> {
    let quote = fact.quote.trim();
    if quote.chars().count() < 2 {
        return Err("no_quote");
    }
    let (start, end) = find_letters(letters, quote).ok_or("not_in_document")?;
    let written = match &fact.value {
        serde_json::Value::String(text) => text.trim().to_string(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return Err("no_number"),
    };
    let value = Decimal::parse(&written).map_err(|_| "no_number")?;
    let plain: String = quote.chars().filter(|c| *c != ',' && *c != ' ').collect();
    let digits = value.to_string();
    if !holds(&plain, digits.trim_start_matches('-')) {
        return Err("value_not_in_quote");
    }
    let valid = Valid::parse(&fact.valid_time).unwrap_or(Valid {
        from: None,
        to: None,
        precision: Precision::Open,
    });
    let known = |word: &str| (!word.trim().is_empty()).then(|| word.trim().to_string());
    let short = |text: &str| text.trim().chars().take(200).collect::<String>();
    Ok(Candidate {
        kind: CandidateKind::Fact,
        subject: short(&fact.subject),
        subject_kind: None,
        property: short(&fact.property),
        indicator: None,
        comparator: Comparator::from_sign(&fact.comparator).unwrap_or(Comparator::Exact),
        value: digits,
        value_high: None,
        unit: known(&short(&fact.unit)),
        valid,
        forecast: known(&fact.forecast).filter(|word| word == "expected" || word == "target"),
        document_date: document.published.map(|day| day.to_string()),
        start,
        end,
        quote: document.quote(start, end),
        quote_normalized: quote.to_string(),
        confidence: grammar.prior("endpoint"),
        reader: "endpoint",
        features: vec![("pattern".to_string(), "endpoint".to_string())],
    })
}

/// Whether a number stands in a text, not as a part of a longer one.
fn holds(text: &str, digits: &str) -> bool {
    text.match_indices(digits).any(|(at, _)| {
        let part = |c: char| c.is_ascii_digit() || c == '.';
        !text[..at].ends_with(part) && !text[at + digits.len()..].starts_with(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, read};

    #[test]
    fn only_what_the_document_says_is_taken() {
        let grammar = Grammar::shipped().expect("grammar");
        let text = "锦澜区现有企业 2,600 家,副区长陈立明说。";
        let document = read(text.as_bytes(), "a.txt", &grammar, &Limits::default()).expect("text");
        let fact = |value: &str, quote: &str| json!({"subject": "锦澜区", "property": "企业", "value": value, "unit": "家", "quote": quote});
        let facts = json!({"facts": [
            fact("2600", "现有企业2,600家"),
            fact("260", "现有企业2,600家"),
            fact("99", "企业99家"),
            fact("x", "现有企业"),
            {"value": "1"},
            7,
        ]});
        let body = json!({"choices": [{"message": {"content": format!("```json\n{facts}\n```")}}]});
        let answer = candidates(&document, &body.to_string(), &grammar);
        assert_eq!(answer.candidates.len(), 1);
        assert_eq!(answer.candidates[0].quote, "现有企业 2,600 家");
        assert_eq!(answer.candidates[0].reader, "endpoint");
        let dropped: Vec<(&str, usize)> = answer.dropped.into_iter().collect();
        let expected = [
            ("no_number", 1),
            ("no_quote", 1),
            ("not_in_document", 1),
            ("unreadable", 1),
            ("value_not_in_quote", 1),
        ];
        assert_eq!(dropped, expected);
        assert_eq!(candidates(&document, "no", &grammar).dropped.get("unreadable"), Some(&1));
        assert!(!request(&document, "m").to_string().contains("陈立明"));
    }
}
