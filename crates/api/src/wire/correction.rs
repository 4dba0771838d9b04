//! Corrections by hand, as they come in.

use crate::problem::{Problem, Result};
use crate::wire::label::Look;
use atlas::correct::Correction;
use axum::http::StatusCode;
use kernel::geometry::Point;
use kernel::{Comparator, Day, Decimal, EntityId, Fen, Precision, Quantity, Valid, Value};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is right instead.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatement {
    /// The value, of the type that the property takes.
    pub value: NewValue,
    /// When it is true.
    pub valid: NewValid,
    /// 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub confidence: i64,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// When a correction is true.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewValid {
    /// First day, or open.
    pub from: Option<String>,
    /// Last day, included, or open.
    pub to: Option<String>,
    /// `day`, `month`, `quarter`, `year` or `open`.
    pub precision: Option<String>,
}

/// A value as it comes in; what can be computed from it is not read.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NewValue {
    /// Another entity.
    Entity {
        /// It.
        entity: EntityKey,
    },
    /// Text.
    Text {
        /// It, at most 4,000 characters.
        text: String,
        /// BCP 47 language.
        lang: Option<String>,
    },
    /// A number in a unit.
    Number(NewQuantity),
    /// Money in a unit of money.
    Money(NewQuantity),
    /// A date.
    Date {
        /// First day of what is meant.
        date: String,
        /// `day`, `month`, `quarter` or `year`.
        precision: Option<String>,
    },
    /// A position, WGS 84 degrees.
    Point {
        /// Longitude.
        lon: f64,
        /// Latitude.
        lat: f64,
    },
    /// A concept of a taxonomy.
    Concept {
        /// It.
        concept: ConceptKey,
    },
    /// A web address.
    Url {
        /// It.
        url: String,
    },
}

/// A number as it comes in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = NewQuantity)]
pub struct NewQuantity {
    /// An exact decimal text.
    pub number: String,
    /// `=`, `>`, `>=`, `<`, `<=`, `~` or `range`; `=` unless said.
    pub comparator: Option<String>,
    /// Upper end of a range.
    pub high: Option<String>,
    /// Key of the unit.
    pub unit: Option<String>,
}

/// An entity by its id.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EntityKey {
    /// `E12`.
    pub id: String,
}

/// A concept by its key.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ConceptKey {
    /// The scheme.
    pub scheme: String,
    /// Key in it.
    pub key: String,
}

impl NewStatement {
    /// The correction, checked against the schema.
    ///
    /// Fails with a refusal that names the field.
    pub fn read(&self, look: Look<'_>) -> Result<Correction> {
        let confidence = u8::try_from(self.confidence).ok().filter(|number| *number <= 100);
        let confidence = confidence.ok_or_else(|| {
            refusal("E-NUM-03", "可信度应为0至100", "confidence is a whole number from 0 to 100")
                .column("confidence")
                .value(&self.confidence.to_string())
        })?;
        let value = self.value.read(look).map_err(|problem| problem.in_field("value"))?;
        let valid = self.valid.read().map_err(|problem| problem.in_field("valid"))?;
        Ok(Correction { value, valid, confidence, reason: self.reason.clone() })
    }
}

fn refusal(code: &'static str, zh: &str, en: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).rule(en)
}

impl NewValid {
    fn read(&self) -> Result<Valid> {
        let day = |text: &Option<String>| -> Result<Option<Day>> {
            Ok(match text {
                Some(text) => Some(Day::parse(text)?),
                None => None,
            })
        };
        let (from, to) = (day(&self.from)?, day(&self.to)?);
        if let (Some(first), Some(last)) = (from, to)
            && first > last
        {
            let (zh, en) = ("结束日期早于开始日期", "a time ends no earlier than it starts");
            return Err(refusal("E-DATE-02", zh, en).column("valid.to").value(&last.to_string()));
        }
        let usual = if from.is_none() && to.is_none() { "open" } else { "day" };
        Ok(Valid { from, to, precision: precision(self.precision.as_deref().unwrap_or(usual))? })
    }
}

fn precision(name: &str) -> Result<Precision> {
    Precision::from_name(name).ok_or_else(|| {
        let en = "a precision is day, month, quarter, year or open";
        refusal("E-DATE-05", "精度应为 day、month、quarter、year 或 open", en)
            .column("precision")
            .value(name)
    })
}

impl NewValue {
    fn read(&self, look: Look<'_>) -> Result<Value> {
        Ok(match self {
            NewValue::Entity { entity } => {
                let id: EntityId = entity.id.parse()?;
                if !look.view.exists(id, look.sight) {
                    let en = "the value names an entity that exists";
                    return Err(refusal("E-FIND-02", "没有这个对象", en).value(&entity.id));
                }
                Value::Entity(id)
            }
            NewValue::Text { text, lang } => {
                let lang = match lang {
                    Some(lang) => Some(kernel::text::clean(lang, 35)?),
                    None => None,
                };
                let text = kernel::text::clean(text, 4_000)?.to_string();
                Value::Text { text, lang: lang.map(str::to_string) }
            }
            NewValue::Url { url } => {
                let url = kernel::text::clean(url, 2_000)?;
                if !url.starts_with("https://") && !url.starts_with("http://") {
                    let en = "a web address starts with https:// or http://";
                    return Err(refusal("E-URL-01", "网址应以 https:// 开头", en).value(url));
                }
                Value::Text { text: url.to_string(), lang: None }
            }
            NewValue::Number(quantity) => {
                let unit = quantity.unit(look)?.map(|unit| unit.key.clone());
                Value::Number { quantity: quantity.read()?, unit }
            }
            NewValue::Money(quantity) => quantity.money(look)?,
            NewValue::Date { date, precision: name } => Value::Date {
                day: Day::parse(date)?,
                precision: precision(name.as_deref().unwrap_or("day"))?,
            },
            NewValue::Point { lon, lat } => Value::Point(Point::from_degrees(*lon, *lat)?),
            NewValue::Concept { concept } => {
                let id = format!("{}:{}", concept.scheme, concept.key);
                match look.view.schema().concept(&id) {
                    Some(_) => Value::Concept(id),
                    None => {
                        let en = "the value names a concept of the schema";
                        return Err(refusal("E-FIND-02", "没有这个概念", en).value(&id));
                    }
                }
            }
        })
    }
}

impl NewQuantity {
    fn read(&self) -> Result<Quantity> {
        let sign = self.comparator.as_deref().unwrap_or("=");
        let comparator = Comparator::from_sign(sign).ok_or_else(|| {
            let en = "a comparator is =, >, >=, <, <=, ~ or range";
            refusal("E-NUM-04", "比较符应为 =、>、>=、<、<=、~ 或 range", en).value(sign)
        })?;
        let number = Decimal::parse(&self.number)?;
        let high = self.high.as_deref().map(Decimal::parse).transpose()?;
        let range = comparator == Comparator::Range;
        if range != high.is_some() || high.is_some_and(|high| high < number) {
            let en = "a range, and only a range, has an upper end, no lower than it starts";
            return Err(refusal("E-NUM-02", "区间(且仅区间)应有不低于下限的上限", en));
        }
        Ok(Quantity { comparator, number, high })
    }

    fn unit<'a>(&self, look: Look<'a>) -> Result<Option<&'a kernel::Unit>> {
        let Some(name) = self.unit.as_deref().filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let unit = look.view.schema().units().find(name);
        let unknown = || refusal("E-UNIT-01", "没有这个计量单位", "the unit is one of the schema");
        unit.map(Some).ok_or_else(|| unknown().value(name))
    }

    fn money(&self, look: Look<'_>) -> Result<Value> {
        let unit = self.unit(look)?.filter(|unit| unit.is_money()).ok_or_else(|| {
            refusal("E-MONEY-03", "金额应注明货币单位", "an amount has a unit of money")
        })?;
        let quantity = self.read()?;
        let fen = Fen::from_yuan(quantity.number, unit.factor)?;
        if let Some(high) = quantity.high {
            Fen::from_yuan(high, unit.factor)?;
        }
        Ok(Value::Money { quantity, unit: unit.key.clone(), fen })
    }
}
