//! Outcomes: what a capability of this house did comes back as statements of its register.
//!
//! An outcome is told whole each time. What stands and is told again stays; what changed is
//! superseded; what is no longer told is gone. Telling the same twice writes nothing.

use crate::error::{Error, Result};
use crate::keys::Key;
use crate::load::{Batch, Ending};
use crate::source::{self, Description};
use crate::statement::{self, EndReason, Statement};
use kernel::canon::Object;
use kernel::{
    Actor, EntityId, EventId, NewStatement, Rank, SourceId, StatementId, Timestamp, Valid, Value,
};
use schema::Schema;
use store::{Tx, params};

/// A relation of the outcome's entity to an entity that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// A kind of relation whose target the outcome is.
    pub kind: &'static str,
    /// The other end.
    pub entity: EntityId,
    /// What the other end is in it; the relation's `role`.
    pub role: &'static str,
}

/// What came of something, as it stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The register that says so.
    pub source: Description,
    /// The kind of entity it is.
    pub kind: &'static str,
    /// Its strong key: a property of the schema and its value.
    pub key: (&'static str, String),
    /// Key of the record in the register.
    pub record: String,
    /// The journal event that it comes from; every new statement names it.
    pub event: EventId,
    /// Properties and values, one value a property.
    pub said: Vec<(&'static str, Value)>,
    /// Who takes part.
    pub ties: Vec<Tie>,
}

/// Tells an outcome; answers its entity.
///
/// Appends `outcome_recorded` to the journal when anything changed. Fails with
/// [`Error::Missing`] for an end that does not exist, [`Error::Damaged`] when the schema lacks a
/// kind of relation.
pub fn tell(
    tx: &mut Tx<'_>,
    schema: &Schema,
    actor: &Actor,
    now: Timestamp,
    outcome: &Outcome,
) -> Result<EntityId> {
    let source = source::ensure(tx, actor, now, &outcome.source)?;
    let mut telling = Telling::begin(tx, outcome, source)?;
    let entity = telling.entity(tx, outcome.kind, (outcome.key.0, &outcome.key.1))?;
    telling.wish(tx, entity, &outcome.said)?;
    for tie in &outcome.ties {
        exists(tx, tie.entity)?;
        let edge = schema.kind(tie.kind).and_then(|kind| kind.edge.clone());
        let edge = edge.ok_or_else(|| Error::Damaged(format!("no relation `{}`", tie.kind)))?;
        let scheme = format!("ends:{}", tie.kind);
        let relation =
            telling.entity(tx, tie.kind, (&scheme, &format!("{}>{entity}", tie.entity)))?;
        let role = Value::Text { text: tie.role.to_string(), lang: None };
        let said = [
            (edge.source.as_str(), Value::Entity(tie.entity)),
            (edge.target.as_str(), Value::Entity(entity)),
            ("role", role),
        ];
        telling.wish(tx, relation, &said)?;
    }
    telling.rest_is_gone(tx, entity)?;
    if !telling.batch.is_empty() {
        let about = Object::new()
            .text("source", &outcome.source.key)
            .text("record", &outcome.record)
            .text("of", &outcome.event.to_string());
        telling.batch.write(tx, actor, now, "outcome_recorded", about, &entity.to_string())?;
    }
    Ok(entity)
}

/// Fails with [`Error::Missing`] unless the atlas has an entity.
pub fn exists(tx: &mut Tx<'_>, entity: EntityId) -> Result<()> {
    let sql = "select id from atlas_entity where id = $1";
    match tx.query_opt(sql, params![entity.0], |row| row.int(0))? {
        Some(_) => Ok(()),
        None => Err(Error::missing("entity", entity)),
    }
}

/// What a record of a register says now, in the order in which it was told.
pub fn told(tx: &mut Tx<'_>, register: &str, record: &str) -> Result<Vec<Statement>> {
    let Some(source) = source::find(tx, register)? else { return Ok(Vec::new()) };
    let sql = "select s.id from atlas_statement s
        left join atlas_statement_end e on e.statement_id = s.id
        where s.source_id = $1 and s.record = $2 and e.statement_id is null order by s.id";
    let ids = tx.query(sql, params![source.id.0, record], |row| Ok(StatementId(row.int(0)?)))?;
    statement::list(tx, &ids)
}

/// One telling: what it adds, and which statements of the record it confirmed.
struct Telling<'a> {
    outcome: &'a Outcome,
    source: SourceId,
    batch: Batch,
    next_entity: i64,
    next_statement: i64,
    kept: Vec<StatementId>,
}

impl<'a> Telling<'a> {
    fn begin(tx: &mut Tx<'_>, outcome: &'a Outcome, source: SourceId) -> Result<Telling<'a>> {
        let mut newest = |table: &str| {
            let sql = format!("select coalesce(max(id), 0) + 1 from {table}");
            tx.query_one(&sql, params![], |row| row.int(0))
        };
        let next_entity = newest("atlas_entity")?;
        let next_statement = newest("atlas_statement")?;
        let batch = Batch::default();
        Ok(Telling { outcome, source, batch, next_entity, next_statement, kept: Vec::new() })
    }

    /// The entity with a key, added when there is none.
    fn entity(
        &mut self,
        tx: &mut Tx<'_>,
        kind: &str,
        (scheme, value): (&str, &str),
    ) -> Result<EntityId> {
        let sql = "select min(entity_id) from atlas_entity_key where scheme = $1 and value = $2";
        let known = tx.query_one(sql, params![scheme, value], |row| row.opt_int(0))?;
        if let Some(known) = known {
            return Ok(EntityId(known));
        }
        let entity = EntityId(self.next_entity);
        self.next_entity += 1;
        self.batch.entities.push((entity, kind.to_string()));
        let (scheme, value) = (scheme.to_string(), value.to_string());
        self.batch.keys.push(Key { scheme, value, entity });
        Ok(entity)
    }

    /// Makes an entity say these, as far as it does not say them yet.
    fn wish(&mut self, tx: &mut Tx<'_>, entity: EntityId, said: &[(&str, Value)]) -> Result<()> {
        let standing = self.standing(tx, entity)?;
        for (property, value) in said {
            let before = standing.iter().find(|one| one.said.property == *property);
            if let Some(same) = before.filter(|one| one.said.value == *value) {
                self.kept.push(same.id);
                continue;
            }
            let id = StatementId(self.next_statement);
            self.next_statement += 1;
            if let Some(before) = before {
                self.kept.push(before.id);
                let reason = EndReason::Superseded;
                self.batch.ends.push(Ending { statement: before.id, reason, by: Some(id) });
            }
            let said = NewStatement {
                subject: entity,
                property: (*property).to_string(),
                value: value.clone(),
                valid: Valid::ALWAYS,
                source: self.source,
                record: self.outcome.record.clone(),
                field: (*property).to_string(),
                row: None,
                rank: Rank::Normal,
                confidence: 100,
                quote: None,
                qualifiers: vec![("journal".to_string(), self.outcome.event.to_string())],
                supersedes: before.map(|before| before.id),
            };
            self.batch.statements.push((id, said));
        }
        Ok(())
    }

    fn standing(&self, tx: &mut Tx<'_>, entity: EntityId) -> Result<Vec<Statement>> {
        let mut all = statement::of_entity(tx, entity, 10_000)?;
        all.retain(|one| {
            one.end.is_none()
                && one.said.source == self.source
                && one.said.record == self.outcome.record
        });
        Ok(all)
    }

    /// Ends what the record said of the entity and its relations, and was not told again.
    fn rest_is_gone(&mut self, tx: &mut Tx<'_>, entity: EntityId) -> Result<()> {
        let sql = "select distinct entity_id from atlas_statement
            where value_entity_id = $1 and source_id = $2 and record = $3 order by entity_id";
        let record = self.outcome.record.as_str();
        let relations =
            tx.query(sql, params![entity.0, self.source.0, record], |row| row.int(0))?;
        for one in std::iter::once(entity).chain(relations.into_iter().map(EntityId)) {
            for statement in self.standing(tx, one)? {
                if !self.kept.contains(&statement.id) {
                    let (statement, reason) = (statement.id, EndReason::Gone);
                    self.batch.ends.push(Ending { statement, reason, by: None });
                }
            }
        }
        Ok(())
    }
}
