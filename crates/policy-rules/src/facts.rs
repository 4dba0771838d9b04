//! Facts as they are given, before any policy gives them a kind.

use crate::kind::Kind;
use crate::policy::{Input, Policy};
use crate::value::{Gap, Span, Value};
use kernel::{Day, Ratio, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A list has at most so many items.
pub const ITEMS_MAX: usize = 1_000;

/// A fact as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Nobody knows.
    Unknown,
    /// A number, day, text or truth, as text.
    Text(String),
    /// Items with their fields.
    List(Vec<BTreeMap<String, Given>>),
}

impl Given {
    /// As [`Facts::from_json`] reads it.
    fn json(&self) -> serde_json::Value {
        match self {
            Given::Unknown => serde_json::Value::Null,
            Given::Text(text) => serde_json::Value::String(text.clone()),
            Given::List(items) => {
                let item = |item: &BTreeMap<String, Given>| {
                    item.iter().map(|(name, given)| (name.clone(), given.json())).collect()
                };
                let items = items.iter().map(item).map(serde_json::Value::Object);
                serde_json::Value::Array(items.collect())
            }
        }
    }
}

/// Facts by name. What is not among them is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts(pub BTreeMap<String, Given>);

impl Facts {
    /// Reads `{"contract.verified": "1300000.00", "firm": {"employees": 12}}`: members of an object
    /// are named with a dot, `null` is unknown.
    ///
    /// Fails with `E-INPUT-01` for what is no such object, `E-MONEY-04` for a number with a point
    /// that is not written as a text, `E-SIZE`.
    pub fn from_json(value: &serde_json::Value) -> Result<Facts, Refusal> {
        let Some(members) = value.as_object() else {
            let en = "facts are an object of names and values";
            return Err(Refusal::new("E-INPUT-01", en, "事实应为对象", en));
        };
        let mut facts = Facts::default();
        for (name, value) in members {
            facts.add(name, value, 0)?;
        }
        Ok(facts)
    }

    fn add(&mut self, name: &str, value: &serde_json::Value, depth: usize) -> Result<(), Refusal> {
        match value {
            serde_json::Value::Object(members) if depth < 8 => {
                for (key, value) in members {
                    self.add(&format!("{name}.{key}"), value, depth + 1)?;
                }
            }
            value => {
                self.0.insert(name.to_string(), given(name, value)?);
            }
        }
        Ok(())
    }

    /// Those that a policy asks, as JSON; what is not known is left out.
    pub fn of(&self, policy: &Policy) -> serde_json::Map<String, serde_json::Value> {
        let known = policy.inputs.iter().filter_map(|input| {
            let value = self.0.get(&input.name)?.json();
            (!value.is_null()).then(|| (input.name.clone(), value))
        });
        known.collect()
    }

    /// The values of a policy's inputs, in their order.
    ///
    /// Fails with `E-INPUT-01` for what is not of the input's kind or outside its bounds.
    pub fn bind(&self, policy: &Policy) -> Result<Vec<Value>, Refusal> {
        let mut values = Vec::with_capacity(policy.inputs.len());
        for (at, input) in policy.inputs.iter().enumerate() {
            let gap = Gap { inputs: 1 << at, parameters: 0 };
            let value = match self.0.get(&input.name) {
                None | Some(Given::Unknown) => nothing(input, gap),
                Some(given) => value(&input.kind, given, &policy.words, gap)
                    .and_then(|value| bounded(input, value))
                    .map_err(|refusal| refusal.column(&input.name))?,
            };
            values.push(value);
        }
        Ok(values)
    }
}

fn given(name: &str, value: &serde_json::Value) -> Result<Given, Refusal> {
    use serde_json::Value as Json;
    Ok(match value {
        Json::Null => Given::Unknown,
        Json::Bool(truth) => Given::Text(truth.to_string()),
        Json::Number(number) if number.is_i64() || number.is_u64() => {
            Given::Text(number.to_string())
        }
        Json::Number(number) => {
            let en = "a number with a point is written as a text, so that it stays exact";
            return Err(Refusal::new("E-MONEY-04", en, "小数请写成文本", en)
                .column(name)
                .value(&number.to_string()));
        }
        Json::String(text) => Given::Text(text.clone()),
        Json::Array(items) => {
            if items.len() > ITEMS_MAX {
                let en = format!("a list has at most {ITEMS_MAX} items");
                let zh = format!("列表最多{ITEMS_MAX}项");
                return Err(Refusal::new("E-SIZE", en.clone(), zh, en).column(name));
            }
            let item = |item: &Json| {
                let members = item.as_object().ok_or_else(|| {
                    let en = "an item of a list is an object";
                    Refusal::new("E-INPUT-01", en, "列表的每一项应为对象", en).column(name)
                })?;
                let field = |(key, value): (&String, &Json)| Ok((key.clone(), given(key, value)?));
                members.iter().map(field).collect::<Result<BTreeMap<_, _>, Refusal>>()
            };
            Given::List(items.iter().map(item).collect::<Result<_, _>>()?)
        }
        Json::Object(_) => {
            let en = "facts are nested too deep";
            return Err(Refusal::new("E-SIZE", en, "事实嵌套过深", en).column(name));
        }
    })
}

/// What is known of an input that nobody stated.
pub(crate) fn nothing(input: &Input, gap: Gap) -> Value {
    match &input.kind {
        Kind::Truth => Value::Truth(None, gap),
        Kind::Number(_) | Kind::Literal => {
            Value::Number(Span { low: input.least, high: input.most, gap })
        }
        Kind::Day => Value::Day(None, gap),
        Kind::Text(_) => Value::Text(None, gap),
        Kind::List(_) => Value::List(None, gap),
    }
}

fn bounded(input: &Input, value: Value) -> Result<Value, Refusal> {
    if let Value::Number(span) = &value
        && let Some(number) = span.number()
    {
        let under = input.least.is_some_and(|least| number < least);
        if under || input.most.is_some_and(|most| number > most) {
            let money = input.kind.unit().is_money() && under;
            let code = if money { "E-MONEY-02" } else { "E-INPUT-01" };
            let en = "the number lies outside what it can be";
            return Err(Refusal::new(code, en, "数值超出可能的范围", en).value(&number.to_string()));
        }
    }
    Ok(value)
}

/// A value of a kind. `gap` is what an unknown part of it is missing.
pub(crate) fn value(
    kind: &Kind,
    given: &Given,
    words: &[String],
    gap: Gap,
) -> Result<Value, Refusal> {
    let wrong = |zh: String, en: String, value: &str| {
        Refusal::new("E-INPUT-01", "a fact is of the kind its input takes", zh, en).value(value)
    };
    let text = match (kind, given) {
        (Kind::List(fields), Given::List(items)) => {
            let mut rows = Vec::with_capacity(items.len());
            for item in items {
                if let Some(stray) = item.keys().find(|key| !fields.iter().any(|(f, _)| f == *key))
                {
                    let en = format!("an item has no field `{stray}`");
                    return Err(wrong(format!("列表的项没有字段“{stray}”"), en, stray));
                }
                let mut row = Vec::with_capacity(fields.len());
                for (name, kind) in fields {
                    row.push(match item.get(name) {
                        None | Some(Given::Unknown) => blank(kind, gap),
                        Some(given) => value(kind, given, words, gap)?,
                    });
                }
                rows.push(row);
            }
            return Ok(Value::List(Some(Arc::new(rows)), Gap::NONE));
        }
        (_, Given::Unknown) => return Ok(blank(kind, gap)),
        (Kind::List(_), _) => {
            return Err(wrong("应为列表".into(), "a list is wanted".into(), "text"));
        }
        (_, Given::List(_)) => {
            return Err(wrong(format!("应为 {kind}"), format!("a {kind} is wanted"), "list"));
        }
        (_, Given::Text(text)) => text.trim(),
    };
    match kind {
        Kind::Truth => match text {
            "true" | "yes" | "是" => Ok(Value::Truth(Some(true), Gap::NONE)),
            "false" | "no" | "否" => Ok(Value::Truth(Some(false), Gap::NONE)),
            _ => Err(wrong("应为 true 或 false".into(), "true or false is wanted".into(), text)),
        },
        Kind::Number(unit) if unit.is_money() => {
            // Amounts as they are stated have at most two decimals: a fen is a fen.
            let fen = kernel::Fen::parse(text)?;
            let number = Ratio::new(i128::from(fen.fen()), 100);
            let en = "the amount is too large".to_string();
            number
                .map(|number| Value::Number(Span::exact(number)))
                .ok_or_else(|| wrong("金额过大".into(), en, text))
        }
        Kind::Number(_) | Kind::Literal => match Ratio::parse(text) {
            Ok(number) => Ok(Value::Number(Span::exact(number))),
            Err(_) => Err(wrong("应为数".into(), "a number is wanted".into(), text)),
        },
        Kind::Day => match Day::parse(text) {
            Ok(day) => Ok(Value::Day(Some(day), Gap::NONE)),
            Err(refusal) => Err(refusal),
        },
        Kind::Text(options) => {
            let place = words.iter().position(|word| word == text);
            match place.and_then(|place| u32::try_from(place).ok()) {
                Some(place) if options.is_empty() || options.iter().any(|one| one == text) => {
                    Ok(Value::Text(Some(place), Gap::NONE))
                }
                // A text that the policy never speaks of is none of those it does.
                None if options.is_empty() => Ok(Value::Text(Some(u32::MAX), Gap::NONE)),
                _ => {
                    let all = options.join("、");
                    let en = format!("one of these is wanted: {}", options.join(", "));
                    Err(wrong(format!("应为其中之一:{all}"), en, text))
                }
            }
        }
        Kind::List(_) => Ok(Value::List(None, gap)),
    }
}

fn blank(kind: &Kind, gap: Gap) -> Value {
    match kind {
        Kind::Truth => Value::Truth(None, gap),
        Kind::Number(_) | Kind::Literal => Value::Number(Span { low: None, high: None, gap }),
        Kind::Day => Value::Day(None, gap),
        Kind::Text(_) => Value::Text(None, gap),
        Kind::List(_) => Value::List(None, gap),
    }
}
