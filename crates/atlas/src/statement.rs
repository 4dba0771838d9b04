//! Statements as storage keeps them.

use crate::error::{Error, Result};
use kernel::canon::{Hasher, Object};
use kernel::geometry::{Point, Shape};
use kernel::{
    Comparator, Day, Decimal, EntityId, EventId, Fen, NewStatement, Precision, Quantity, Rank,
    SourceId, StatementId, Timestamp, Valid, Value,
};
use std::borrow::Cow;
use store::{Cell, Row, Tx, params};

/// A statement that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// What it says.
    pub said: NewStatement,
    /// The journal event that brought it.
    pub event: EventId,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// How it ended, if it has.
    pub end: Option<End>,
}

/// The end of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// When we stopped holding it.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
    /// The journal event.
    pub event: EventId,
    /// The statement that took its place.
    pub by: Option<StatementId>,
}

/// Why a statement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndReason {
    /// A later one took its place.
    Superseded,
    /// Its source no longer says it.
    Gone,
    /// Someone took it back.
    Retracted,
}

impl EndReason {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            EndReason::Superseded => "superseded",
            EndReason::Gone => "gone",
            EndReason::Retracted => "retracted",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<EndReason> {
        [EndReason::Superseded, EndReason::Gone, EndReason::Retracted]
            .into_iter()
            .find(|reason| reason.name() == name)
    }
}

/// Columns of `atlas_statement`, in the order in which rows are written.
pub const COLUMNS: &[&str] = &[
    "id",
    "entity_id",
    "property",
    "value_type",
    "value_text",
    "value_entity_id",
    "value_high",
    "value_fen",
    "comparator",
    "unit",
    "lang",
    "valid_from_day",
    "valid_to_day",
    "valid_precision",
    "source_id",
    "record",
    "field",
    "row_number",
    "rank",
    "confidence",
    "quote",
    "qualifiers",
    "supersedes_id",
    "event_index",
    "recorded_us",
];

const SELECT: &str = "select s.id, s.entity_id, s.property, s.value_type, s.value_text,
        s.value_entity_id, s.value_high, s.value_fen, s.comparator, s.unit, s.lang,
        s.valid_from_day, s.valid_to_day, s.valid_precision, s.source_id, s.record, s.field,
        s.row_number, s.rank, s.confidence, s.quote, s.qualifiers, s.supersedes_id,
        s.event_index, s.recorded_us,
        e.recorded_us as ended_us, e.reason, e.event_index as end_event, e.by_statement_id
    from atlas_statement s left join atlas_statement_end e on e.statement_id = s.id";

/// The columns that hold a value.
pub(crate) struct ValueCells<'a> {
    pub(crate) text: Option<Cow<'a, str>>,
    pub(crate) entity: Option<i64>,
    pub(crate) high: Option<String>,
    pub(crate) fen: Option<i64>,
    pub(crate) comparator: Option<&'static str>,
    pub(crate) unit: Option<&'a str>,
    pub(crate) lang: Option<&'a str>,
}

/// How a value is kept.
pub(crate) fn value_cells(value: &Value) -> ValueCells<'_> {
    let mut cells = ValueCells {
        text: None,
        entity: None,
        high: None,
        fen: None,
        comparator: None,
        unit: value.unit(),
        lang: None,
    };
    if let Some(quantity) = value.quantity() {
        cells.text = Some(Cow::Owned(quantity.number.to_string()));
        cells.high = quantity.high.map(|high| high.to_string());
        cells.comparator = Some(quantity.comparator.sign());
    }
    match value {
        Value::Entity(id) => cells.entity = Some(id.0),
        Value::Text { text, lang } => {
            cells.text = Some(Cow::Borrowed(text));
            cells.lang = lang.as_deref();
        }
        Value::Number { .. } => {}
        Value::Money { fen, .. } => cells.fen = Some(fen.fen()),
        Value::Date { day, precision } => {
            cells.text = Some(Cow::Owned(day.to_string()));
            cells.lang = Some(precision.name());
        }
        Value::Point(point) => {
            cells.text = Some(Cow::Owned(format!("{},{}", point.lon_e7, point.lat_e7)));
        }
        Value::Shape(shape) => cells.text = Some(Cow::Owned(shape.to_text())),
        Value::Concept(id) => cells.text = Some(Cow::Borrowed(id)),
    }
    cells
}

/// The row of a statement, in the order of [`COLUMNS`].
pub(crate) fn cells<'a>(
    id: StatementId,
    said: &'a NewStatement,
    event: EventId,
    recorded: Timestamp,
) -> [Cell<'a>; 25] {
    let value = value_cells(&said.value);
    [
        Cell::from(id.0),
        Cell::from(said.subject.0),
        Cell::from(said.property.as_str()),
        Cell::from(said.value.type_name()),
        Cell::from(value.text),
        Cell::from(value.entity),
        Cell::from(value.high),
        Cell::from(value.fen),
        Cell::from(value.comparator),
        Cell::from(value.unit),
        Cell::from(value.lang),
        Cell::from(said.valid.from.map(Day::number)),
        Cell::from(said.valid.to.map(Day::number)),
        Cell::from(said.valid.precision.name()),
        Cell::from(said.source.0),
        Cell::from(said.record.as_str()),
        Cell::from(said.field.as_str()),
        Cell::from(said.row),
        Cell::from(said.rank as i64),
        Cell::from(said.confidence),
        Cell::from(said.quote.as_deref()),
        Cell::from(qualifier_text(&said.qualifiers)),
        Cell::from(said.supersedes.map(|id| id.0)),
        Cell::from(event.0),
        Cell::from(recorded),
    ]
}

fn qualifier_text(qualifiers: &[(String, String)]) -> Option<String> {
    let object =
        qualifiers.iter().fold(Object::new(), |object, (key, value)| object.text(key, value));
    (!qualifiers.is_empty()).then(|| object.to_string())
}

/// Adds a statement's canonical bytes to the digest of its batch.
pub(crate) fn digest_into(
    hasher: &mut Hasher,
    id: StatementId,
    said: &NewStatement,
    recorded: Timestamp,
) {
    content_into(hasher.int(id.0).int(recorded.micros()), said);
    hasher.opt_int(said.row).opt_int(said.supersedes.map(|id| id.0));
}

/// What a statement says, apart from where it stood and when it was recorded: two scans that give
/// the same content changed nothing.
pub(crate) fn content_into(hasher: &mut Hasher, said: &NewStatement) {
    let value = value_cells(&said.value);
    hasher
        .int(said.subject.0)
        .text(&said.property)
        .text(said.value.type_name())
        .opt_text(value.text.as_deref())
        .opt_int(value.entity)
        .opt_text(value.high.as_deref())
        .opt_int(value.fen)
        .opt_text(value.comparator)
        .opt_text(value.unit)
        .opt_text(value.lang)
        .opt_int(said.valid.from.map(|day| i64::from(day.number())))
        .opt_int(said.valid.to.map(|day| i64::from(day.number())))
        .text(said.valid.precision.name())
        .int(said.source.0)
        .text(&said.record)
        .text(&said.field)
        .int(said.rank as i64)
        .int(i64::from(said.confidence))
        .opt_text(said.quote.as_deref())
        .opt_text(qualifier_text(&said.qualifiers).as_deref());
}

fn damaged(column: &str, id: i64) -> store::Error {
    store::Error::Decode {
        column: format!("atlas_statement.{column} of S{id}"),
        want: "a value that this program writes",
        found: "something else".to_string(),
    }
}

fn read_value(row: &Row<'_>, id: i64) -> store::Result<Value> {
    let bad = |column: &str| damaged(column, id);
    let kind = row.str(3)?;
    let text = || row.opt_text(4)?.ok_or_else(|| damaged("value_text", id));
    let quantity = || -> store::Result<Quantity> {
        let sign = row.opt_text(8)?.ok_or_else(|| damaged("comparator", id))?;
        let number = |text: &str| Decimal::parse(text).map_err(|_| damaged("value_text", id));
        Ok(Quantity {
            comparator: Comparator::from_sign(&sign).ok_or_else(|| damaged("comparator", id))?,
            number: number(&text()?)?,
            high: row.opt_text(6)?.map(|high| number(&high)).transpose()?,
        })
    };
    Ok(match &*kind {
        "entity" => Value::Entity(EntityId(row.opt_int(5)?.ok_or_else(|| bad("value_entity_id"))?)),
        "text" => Value::Text { text: text()?, lang: row.opt_text(10)? },
        "number" => Value::Number { quantity: quantity()?, unit: row.opt_text(9)? },
        "money" => Value::Money {
            quantity: quantity()?,
            unit: row.opt_text(9)?.ok_or_else(|| bad("unit"))?,
            fen: row.opt_int(7)?.and_then(Fen::new).ok_or_else(|| bad("value_fen"))?,
        },
        "date" => Value::Date {
            day: Day::parse(&text()?).map_err(|_| bad("value_text"))?,
            precision: row
                .opt_text(10)?
                .and_then(|name| Precision::from_name(&name))
                .ok_or_else(|| bad("lang"))?,
        },
        "point" => Value::Point(read_point(&text()?).ok_or_else(|| bad("value_text"))?),
        "shape" => Value::Shape(Shape::from_text(&text()?).ok_or_else(|| bad("value_text"))?),
        "concept" => Value::Concept(text()?),
        _ => return Err(bad("value_type")),
    })
}

pub(crate) fn read_point(text: &str) -> Option<Point> {
    let (lon, lat) = text.split_once(',')?;
    Some(Point { lon_e7: lon.parse().ok()?, lat_e7: lat.parse().ok()? })
}

/// A row of the query above.
fn read(row: &Row<'_>) -> store::Result<Statement> {
    let id = row.int(0)?;
    let day = |column: usize| -> store::Result<Option<Day>> {
        let number = row.opt_int(column)?;
        number
            .map(|n| i32::try_from(n).map(Day::from_number).map_err(|_| damaged("valid", id)))
            .transpose()
    };
    let qualifiers = row.opt_text(21)?.map(|text| read_qualifiers(&text)).unwrap_or_default();
    let said = NewStatement {
        subject: EntityId(row.int(1)?),
        property: row.text(2)?,
        value: read_value(row, id)?,
        valid: Valid {
            from: day(11)?,
            to: day(12)?,
            precision: Precision::from_name(&row.str(13)?)
                .ok_or_else(|| damaged("valid_precision", id))?,
        },
        source: SourceId(row.int(14)?),
        record: row.text(15)?,
        field: row.text(16)?,
        row: row.opt_int(17)?,
        rank: match row.int(18)? {
            0 => Rank::Deprecated,
            1 => Rank::Normal,
            2 => Rank::Preferred,
            _ => return Err(damaged("rank", id)),
        },
        confidence: u8::try_from(row.int(19)?).map_err(|_| damaged("confidence", id))?,
        quote: row.opt_text(20)?,
        qualifiers,
        supersedes: row.opt_int(22)?.map(StatementId),
    };
    let end = match row.opt_int(25)? {
        Some(at) => Some(End {
            at: Timestamp::from_micros(at),
            reason: EndReason::from_name(&row.str(26)?).ok_or_else(|| damaged("reason", id))?,
            event: EventId(row.int(27)?),
            by: row.opt_int(28)?.map(StatementId),
        }),
        None => None,
    };
    Ok(Statement {
        id: StatementId(id),
        said,
        event: EventId(row.int(23)?),
        recorded: Timestamp::from_micros(row.int(24)?),
        end,
    })
}

fn read_qualifiers(text: &str) -> Vec<(String, String)> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).unwrap_or_default();
    object
        .into_iter()
        .map(|(key, value)| (key, value.as_str().unwrap_or_default().to_string()))
        .collect()
}

/// The statement, ended or not. Fails with [`Error::Missing`].
pub fn get(tx: &mut Tx<'_>, id: StatementId) -> Result<Statement> {
    let sql = format!("{SELECT} where s.id = $1");
    let found = tx.query_opt(&sql, params![id.0], read)?;
    found.ok_or_else(|| Error::missing("statement", id))
}

/// The statements with these ids, in their order; ids that do not exist are left out.
///
/// One query for up to 100 ids.
pub fn list(tx: &mut Tx<'_>, ids: &[StatementId]) -> Result<Vec<Statement>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(100) {
        // A fixed number of places, so that the statement is prepared once.
        let mut cells: Vec<Cell<'_>> = chunk.iter().map(|id| Cell::from(id.0)).collect();
        let width = if chunk.len() <= 10 { 10 } else { 100 };
        cells.resize(width, Cell::from(-1i64));
        let places: Vec<String> = (1..=width).map(|place| format!("${place}")).collect();
        let sql = format!("{SELECT} where s.id in ({})", places.join(", "));
        let mut rows = tx.query(&sql, &cells, read)?;
        rows.sort_by_key(|statement| statement.id);
        let by_id = |id: &StatementId| rows.binary_search_by_key(id, |s| s.id).ok();
        found.extend(chunk.iter().filter_map(by_id).map(|at| rows[at].clone()));
    }
    Ok(found)
}

/// Every statement of an entity, ended ones included, oldest first, at most `limit`.
///
/// One query, index `atlas_statement_entity`.
pub fn of_entity(tx: &mut Tx<'_>, entity: EntityId, limit: i64) -> Result<Vec<Statement>> {
    let sql = format!("{SELECT} where s.entity_id = $1 order by s.id limit $2");
    Ok(tx.query(&sql, params![entity.0, limit], read)?)
}

/// The statements a source gave that it has not changed or dropped itself, in the order of
/// recording: those that stand, and those that a hand corrected or took back.
pub(crate) fn said_by_source(
    tx: &mut Tx<'_>,
    source: SourceId,
    mut take: impl FnMut(Statement),
) -> Result<()> {
    let sql = format!(
        "{SELECT} where s.source_id = $1 and (e.statement_id is null or e.reason = 'retracted'
            or exists (select 1 from atlas_statement b join atlas_source h on h.id = b.source_id
                where b.id = e.by_statement_id and h.kind = 'hand'))
        order by s.id"
    );
    tx.for_each(&sql, params![source.0], |row| -> store::Result<()> {
        take(read(row)?);
        Ok(())
    })?;
    Ok(())
}

/// Statements `first..=last` in order, for checking digests.
pub(crate) fn in_order(
    tx: &mut Tx<'_>,
    first: StatementId,
    last: StatementId,
    mut take: impl FnMut(Statement),
) -> Result<()> {
    let sql = format!("{SELECT} where s.id between $1 and $2 order by s.id");
    tx.for_each(&sql, params![first.0, last.0], |row| -> store::Result<()> {
        take(read(row)?);
        Ok(())
    })?;
    Ok(())
}
