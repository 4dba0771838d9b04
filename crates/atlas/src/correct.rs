//! Corrections by hand: a statement gives way to a better one, or is taken back.

use crate::error::{Error, Result};
use crate::load::{Batch, Ending};
use crate::source::{self, Description, SourceKind};
use crate::statement::{self, EndReason};
use kernel::canon::Object;
use kernel::{Actor, Label, NewStatement, Rank, Refusal, StatementId, Timestamp, Valid, Value};
use schema::{Schema, ValueType};
use store::{Tx, params};

/// What is right instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The value.
    pub value: Value,
    /// When it is true.
    pub valid: Valid,
    /// 0 to 100.
    pub confidence: u8,
    /// Why, 1 to 500 characters.
    pub reason: String,
}

/// Key of the source that corrections by hand belong to.
pub const HAND: &str = "hand";

/// Records what is right and ends what it corrects; both stay in history.
///
/// Fails with [`Error::Missing`], [`Error::Stale`] when the statement has ended, `E-SRC-05` without
/// a reason, `E-TYPE-01` for a value that the property does not take.
pub fn supersede(
    tx: &mut Tx<'_>,
    schema: &Schema,
    actor: &Actor,
    now: Timestamp,
    id: StatementId,
    correction: Correction,
) -> Result<StatementId> {
    let before = standing(tx, id)?;
    let reason = reason(&correction.reason)?;
    check_type(schema, &before.said.property, &correction.value)?;
    let source = source::ensure(tx, actor, now, &hand())?;
    let next = next_id(tx)?;
    let said = NewStatement {
        value: correction.value,
        valid: correction.valid,
        confidence: correction.confidence.min(100),
        source,
        record: id.to_string(),
        field: before.said.property.clone(),
        row: None,
        rank: Rank::Preferred,
        quote: None,
        qualifiers: vec![
            ("by".to_string(), actor.as_str().to_string()),
            ("reason".to_string(), reason.clone()),
        ],
        supersedes: Some(id),
        ..before.said
    };
    let mut batch = Batch::default();
    batch.statements.push((next, said));
    batch.ends.push(Ending { statement: id, reason: EndReason::Superseded, by: Some(next) });
    let about = Object::new().text("reason", &reason).text("corrects", &id.to_string());
    batch.write(tx, actor, now, "statement_corrected", about, &id.to_string())?;
    Ok(next)
}

/// Takes a statement back without another in its place; it stays in history.
///
/// Errors as [`supersede`].
pub fn retract(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: StatementId,
    why: &str,
) -> Result<()> {
    standing(tx, id)?;
    let reason = reason(why)?;
    let mut batch = Batch::default();
    batch.ends.push(Ending { statement: id, reason: EndReason::Retracted, by: None });
    let about = Object::new().text("reason", &reason).text("retracts", &id.to_string());
    batch.write(tx, actor, now, "statement_retracted", about, &id.to_string())?;
    Ok(())
}

fn standing(tx: &mut Tx<'_>, id: StatementId) -> Result<statement::Statement> {
    let statement = statement::get(tx, id)?;
    match statement.end {
        Some(_) => Err(Error::Stale { what: "statement", id: id.to_string() }),
        None => Ok(statement),
    }
}

fn reason(text: &str) -> Result<String> {
    let text = kernel::text::clean(text, 500)?;
    if text.is_empty() {
        return Err(Refusal::new(
            "E-SRC-05",
            "a correction gives its reason",
            "请写明更正理由",
            "give the reason for the correction",
        )
        .column("reason")
        .into());
    }
    Ok(text.to_string())
}

fn check_type(schema: &Schema, property: &str, value: &Value) -> Result<()> {
    let wanted = schema.property(property).map(|property| property.value_type);
    let fits = match (wanted, value) {
        (Some(ValueType::Text | ValueType::Url | ValueType::Identifier), Value::Text { .. }) => {
            true
        }
        (Some(wanted), value) => wanted.name() == value.type_name(),
        (None, _) => false,
    };
    if fits {
        return Ok(());
    }
    let name = wanted.map_or("nothing", ValueType::name);
    Err(Refusal::new(
        "E-TYPE-01",
        "a value is of the type its property takes",
        format!("属性“{property}”的值应为 {name}"),
        format!("the property `{property}` takes {name}"),
    )
    .column("value")
    .value(value.type_name())
    .into())
}

fn next_id(tx: &mut Tx<'_>) -> Result<StatementId> {
    let sql = "select coalesce(max(id), 0) + 1 from atlas_statement";
    Ok(StatementId(tx.query_one(sql, params![], |row| row.int(0))?))
}

fn hand() -> Description {
    Description {
        key: HAND.to_string(),
        kind: SourceKind::Hand,
        parent: None,
        title: Label::new("人工更正", "Corrections by hand"),
        publisher: None,
        licence: None,
        attribution: None,
        url: None,
        published: None,
    }
}
