//! Values: from a written cell to a typed value, or a refusal that names the rule.

use crate::mapping::Check;
use kernel::text::{clean, has_han};
use kernel::{Fen, Quantity, Refusal, Unit, Valid, Value, identifier};
use schema::{Schema, ValueType};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Texts have at most this many characters.
const TEXT_CHARS_MAX: usize = 4_000;
/// Identifiers and addresses have at most this many characters.
const ADDRESS_CHARS_MAX: usize = 2_000;

/// A value with the qualifiers that keep what it does not hold.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) value: Value,
    pub(crate) qualifiers: Vec<(String, String)>,
}

/// What a value is to become.
pub(crate) struct Target<'a> {
    pub(crate) value_type: ValueType,
    pub(crate) check: Check,
    pub(crate) scheme: Option<&'a str>,
    /// Unit of the property.
    pub(crate) own_unit: Option<&'a str>,
    /// Unit as the row writes it; empty for none.
    pub(crate) unit: &'a str,
    pub(crate) lang: Option<&'a str>,
}

/// Reads cells, remembering the concepts it has looked up.
pub(crate) struct Values<'a> {
    schema: &'a Schema,
    concepts: BTreeMap<String, Option<String>>,
}

impl<'a> Values<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Values<'a> {
        Values { schema, concepts: BTreeMap::new() }
    }

    /// The text as a value of the target's type.
    pub(crate) fn read(&mut self, text: &str, target: &Target<'_>) -> Result<Typed, Refusal> {
        let value = match target.value_type {
            ValueType::Text => self.text(text, target.lang)?,
            ValueType::Url => plain(url(text)?),
            ValueType::Identifier => plain(&identifier(text, target.check)?),
            ValueType::Date => date(text)?,
            ValueType::Concept => self.concept(text, target.scheme.unwrap_or(""))?,
            ValueType::Number => return self.number(text, target),
            ValueType::Money => return self.money(text, target),
            ValueType::Entity | ValueType::Point | ValueType::Shape => {
                return Err(Refusal::new(
                    "E-MAP-06",
                    "entities, points and shapes are not read from text",
                    "实体、坐标和形状不能从文本读取",
                    "entities, points and shapes are not read from text",
                ));
            }
        };
        Ok(Typed { value, qualifiers: Vec::new() })
    }

    pub(crate) fn text(&self, text: &str, lang: Option<&str>) -> Result<Value, Refusal> {
        let text = clean(text, TEXT_CHARS_MAX)?;
        let lang = match lang {
            Some("auto") | None => has_han(text).then(|| "zh".to_string()),
            Some(lang) => Some(lang.to_string()),
        };
        Ok(Value::Text { text: text.to_string(), lang })
    }

    fn concept(&mut self, text: &str, scheme: &str) -> Result<Value, Refusal> {
        let key = format!("{scheme}:{text}");
        let schema = self.schema;
        let found = self.concepts.entry(key).or_insert_with(|| {
            let concept = schema.concept_named(scheme, text);
            concept.map(schema::Concept::id)
        });
        found.clone().map(Value::Concept).ok_or_else(|| {
            Refusal::new(
                "E-VAL-02",
                format!("a value is a concept of the scheme `{scheme}`"),
                format!("“{text}”不在分类“{scheme}”中"),
                format!("`{text}` is no concept of the scheme `{scheme}`"),
            )
            .value(text)
        })
    }

    /// The unit that the row writes, or the property's own; `E-UNIT-01` when it is unknown or
    /// measures something else.
    fn unit(&self, target: &Target<'_>) -> Result<Option<&'a Unit>, Refusal> {
        let units = self.schema.units();
        let own = target.own_unit.and_then(|unit| units.find(unit));
        if target.unit.is_empty() {
            return Ok(own);
        }
        let unit = units.find(target.unit);
        let fits = match (unit, own) {
            (Some(unit), Some(own)) => unit.dimension == own.dimension,
            (found, _) => found.is_some(),
        };
        if fits {
            return Ok(unit);
        }
        let wanted = own.map_or("", |own| own.key.as_str());
        Err(Refusal::new(
            "E-UNIT-01",
            "a unit is one of the schema's and measures what the property measures",
            format!("计量单位“{}”不适用(应与“{wanted}”同类)", target.unit),
            format!("the unit `{}` does not fit here (like `{wanted}`)", target.unit),
        )
        .value(target.unit))
    }

    pub(crate) fn number(&self, text: &str, target: &Target<'_>) -> Result<Typed, Refusal> {
        let unit = self.unit(target)?;
        Ok(Typed {
            value: Value::Number {
                quantity: Quantity::parse(text)?,
                unit: unit.map(|unit| unit.key.clone()),
            },
            qualifiers: as_written(text),
        })
    }

    pub(crate) fn money(&self, text: &str, target: &Target<'_>) -> Result<Typed, Refusal> {
        let unit = self.unit(target)?.filter(|unit| unit.is_money()).ok_or_else(|| {
            let rule = "money has a unit of money";
            Refusal::new("E-MONEY-03", rule, "金额缺少货币单位", rule).value(text)
        })?;
        let quantity = Quantity::parse(text)?;
        let fen = Fen::from_yuan(quantity.number, unit.factor)?;
        if let Some(high) = quantity.high {
            Fen::from_yuan(high, unit.factor)?;
        }
        Ok(Typed {
            value: Value::Money { quantity, unit: unit.key.clone(), fen },
            qualifiers: as_written(text),
        })
    }
}

/// A remark in brackets does not fit into a quantity: it is kept beside it.
fn as_written(text: &str) -> Vec<(String, String)> {
    if text.contains(['(', '（']) {
        vec![("as_written".to_string(), text.trim().to_string())]
    } else {
        Vec::new()
    }
}

fn plain(text: &str) -> Value {
    Value::Text { text: text.to_string(), lang: None }
}

/// A web address; fails with `E-VAL-01`.
pub(crate) fn url(text: &str) -> Result<&str, Refusal> {
    let text = clean(text, ADDRESS_CHARS_MAX)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace)) {
        return Ok(text);
    }
    Err(Refusal::new(
        "E-VAL-01",
        "an address begins with http:// or https:// and has no spaces",
        "网址应以 http:// 或 https:// 开头,不含空格",
        "an address begins with http:// or https:// and has no spaces",
    )
    .value(text))
}

/// An identifier in its canonical form.
pub(crate) fn identifier(text: &str, check: Check) -> Result<Cow<'_, str>, Refusal> {
    match check {
        Check::Ror => identifier::ror_id(text).map(Cow::Owned),
        Check::Credit => identifier::credit_code(text).map(Cow::Owned),
        Check::Plain => clean(text, ADDRESS_CHARS_MAX).map(Cow::Borrowed),
    }
}

/// A day, month, quarter or year; fails with `E-DATE-01`, or `E-VAL-03` for longer spans.
pub(crate) fn date(text: &str) -> Result<Value, Refusal> {
    let valid = Valid::parse(text)?;
    let one = !text.contains(['/', '前', '止']) && !text.trim_end().ends_with('s');
    match (valid.from, valid.to) {
        (Some(day), Some(_)) if one => Ok(Value::Date { day, precision: valid.precision }),
        _ => Err(Refusal::new(
            "E-VAL-03",
            "a date is one day, month, quarter or year",
            "日期应为某一天、某月、某季度或某年,而不是一段时间",
            "a date is one day, month, quarter or year, not a span",
        )
        .value(text)),
    }
}
