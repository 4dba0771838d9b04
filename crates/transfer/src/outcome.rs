//! Outcomes: what a case came to is told to the atlas, with the journal event as its source.

use crate::case::CaseId;
use crate::error::Result;
use atlas::outcome::{Outcome, Tie};
use atlas::source::{Description, SourceKind};
use kernel::{Actor, Day, EntityId, EventId, Label, Precision, Quantity, Timestamp, Value};
use schema::Schema;
use store::Tx;
use transfer_rules::case::Case;

/// Key of the register that speaks of cases.
pub const REGISTER: &str = "transfer/cases";

/// Tells the atlas what came of a case; answers the entity of its contract, if there is one.
///
/// What it tells is what [`Case::outcome`] lets everyone know. Telling what stands writes nothing.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    schema: &Schema,
    actor: &Actor,
    now: Timestamp,
    (id, event): (CaseId, EventId),
    case: &Case,
) -> Result<Option<EntityId>> {
    let Some(found) = case.outcome() else { return Ok(None) };
    let date = |day: Day| Value::Date { day, precision: Precision::Day };
    let text = |text: &str| Value::Text { text: text.to_string(), lang: Some("zh".to_string()) };
    let identifier = Value::Text { text: id.to_string(), lang: None };
    let mut said = vec![
        ("name", text(found.title)),
        ("transfer_case", identifier),
        ("contract_kind", Value::Concept(format!("contract_kind:{}", found.kind.name()))),
        ("signed", date(found.signed)),
    ];
    if let Some(fen) = found.amount {
        let quantity = Quantity::parse(&fen.to_string())?;
        said.push(("contract_amount", Value::Money { quantity, unit: "元".to_string(), fen }));
    }
    if let Some(day) = found.registered {
        said.push(("contract_registered", date(day)));
    }
    let ends = [(found.unit, "seller"), (found.counterparty, "buyer")];
    let ties = ends.into_iter().filter_map(|(entity, role)| {
        Some(Tie { kind: "contract_party", entity: EntityId(entity?), role })
    });
    let outcome = Outcome {
        source: register(),
        kind: "technology_contract",
        key: ("transfer_case", id.to_string()),
        record: id.to_string(),
        event,
        said,
        ties: ties.collect(),
    };
    Ok(Some(atlas::outcome::tell(tx, schema, actor, now, &outcome)?))
}

fn register() -> Description {
    Description {
        key: REGISTER.to_string(),
        kind: SourceKind::Register,
        parent: None,
        title: Label::new("技术转移案件登记", "Register of technology transfer cases"),
        publisher: None,
        licence: None,
        attribution: None,
        url: None,
        published: None,
    }
}
