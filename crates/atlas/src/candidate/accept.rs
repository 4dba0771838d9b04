//! Accepting a candidate: who its subject is, and what statement it makes.

use super::{CandidateId, NewCandidate};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::keys::{self, Found, Key, Keys};
use crate::load::Batch;
use crate::source::{self, SourceChange};
use kernel::text::has_han;
use kernel::{Actor, EntityId, NewStatement, Rank, Refusal, SourceId, StatementId, Valid, Value};
use scan::{DraftEntity, DraftName};
use schema::Schema;
use store::{Tx, params};

/// A relation without a kind of its own.
const ASSOCIATION: &str = "association";

/// What accepting needs to know, read once for a batch of decisions.
pub(super) struct Accepting<'a> {
    schema: &'a Schema,
    keys: Keys,
    key: String,
    source: SourceId,
    actor: Actor,
    entity_count: i64,
    next_statement: i64,
}

impl<'a> Accepting<'a> {
    pub(super) fn begin(
        tx: &mut Tx<'_>,
        schema: &'a Schema,
        document: &Document,
        actor: &Actor,
    ) -> Result<Accepting<'a>> {
        let past = source::events(tx, Some(document.source))?;
        let last = past.iter().rev().find(|event| event.what != SourceChange::Scanned);
        if last.is_some_and(|event| event.what == SourceChange::Withdrawn) {
            let (zh, en) = ("该文档已撤回", "this document is withdrawn; restore it first");
            let rule = "what a withdrawn document says is not accepted";
            return Err(Refusal::new("E-SRC-06", rule, zh, en).value(&document.key).into());
        }
        let mut keys = Keys::default();
        let size = store::journal::head(tx)?.size;
        keys.fresh(tx, schema, size)?;
        let newest = "select coalesce(max(id), 0) + 1 from atlas_statement";
        let entities = "select coalesce(max(id), 0) from atlas_entity";
        Ok(Accepting {
            schema,
            keys,
            key: document.key.clone(),
            source: document.source,
            actor: actor.clone(),
            entity_count: tx.query_one(entities, params![], |row| row.int(0))?,
            next_statement: tx.query_one(newest, params![], |row| row.int(0))?,
        })
    }

    /// Adds what a candidate makes to the batch; answers its statement.
    pub(super) fn accept(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        chosen: Option<EntityId>,
    ) -> Result<StatementId> {
        let subject = match chosen {
            Some(entity) if (1..=self.entity_count).contains(&entity.0) => entity,
            Some(entity) => return Err(Error::missing("entity", entity)),
            None => self.entity(batch, id, found, &found.subject, found.subject_kind.as_deref())?,
        };
        match found.kind.as_str() {
            "mention" => self.mention(batch, id, found, subject),
            "relation" => self.relation(batch, id, found, subject),
            _ => self.figure(batch, id, found, subject),
        }
    }

    /// The entity of a name: known, or new when its kind is known.
    fn entity(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        name: &str,
        kind: Option<&str>,
    ) -> Result<EntityId> {
        let name = kernel::text::clean_name(name)?;
        let own = kind.and_then(|kind| self.schema.kind(kind)).filter(|kind| !kind.is_abstract);
        let kinds: Vec<&str> = match own {
            Some(kind) => vec![kind.key.as_str()],
            None => vec!["district", "street", "company", "platform", "policy", "model"],
        };
        for kind in &kinds {
            let Some(kind) = self.schema.kind(kind) else { continue };
            let draft = draft(&kind.key, name);
            match self.keys.find(self.schema, &self.key, &draft)? {
                Found::Known(entity) => return Ok(entity),
                Found::Unresolved(_) => return Err(nobody(name, true)),
                Found::New => {}
            }
        }
        let Some(kind) = own else { return Err(nobody(name, false)) };
        let draft = draft(&kind.key, name);
        let entity = self.add_entity(batch, &draft);
        let lang = if has_han(name) { "zh" } else { "en" };
        let value = Value::Text { text: name.to_string(), lang: Some(lang.to_string()) };
        self.say(batch, id, found, entity, "name", value, Vec::new());
        Ok(entity)
    }

    fn add_entity(&mut self, batch: &mut Batch, draft: &DraftEntity) -> EntityId {
        let entity = self.keys.add_entity(self.schema, &draft.kind);
        self.entity_count = self.entity_count.max(entity.0);
        batch.entities.push((entity, draft.kind.clone()));
        for key in keys::of_draft(self.schema, draft, entity) {
            self.add_key(batch, key);
        }
        entity
    }

    fn add_key(&mut self, batch: &mut Batch, key: Key) {
        if self.keys.insert(self.schema, &key) {
            batch.keys.push(key);
        }
    }

    /// An entity is there: the document calls it so.
    fn mention(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        subject: EntityId,
    ) -> Result<StatementId> {
        let said = batch.statements.iter().rev().find(|(_, said)| {
            said.subject == subject && said.property == "name" && said.source == self.source
        });
        if let Some((statement, _)) = said {
            return Ok(*statement);
        }
        let name = kernel::text::clean_name(&found.subject)?;
        let lang = if has_han(name) { "zh" } else { "en" };
        let value = Value::Text { text: name.to_string(), lang: Some(lang.to_string()) };
        Ok(self.say(batch, id, found, subject, "name", value, Vec::new()))
    }

    fn relation(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        subject: EntityId,
    ) -> Result<StatementId> {
        let name = found.object.as_deref().unwrap_or_default();
        let object = self.entity(batch, id, found, name, found.object_kind.as_deref())?;
        let kind = found.indicator.as_deref().unwrap_or(ASSOCIATION);
        let edge = self.schema.kind(kind).and_then(|kind| kind.edge.clone());
        let (kind, edge) = match edge {
            Some(edge) => (kind, edge),
            None => match self.schema.kind(ASSOCIATION).and_then(|kind| kind.edge.clone()) {
                Some(edge) => (ASSOCIATION, edge),
                None => return Err(Error::Damaged("the schema lacks `association`".to_string())),
            },
        };
        let ends = format!("{subject}>{object}");
        let relation = match self.keys.relation(kind, &ends) {
            Some(known) => known,
            None => {
                let new = self.keys.add_entity(self.schema, kind);
                batch.entities.push((new, kind.to_string()));
                let scheme = format!("ends:{kind}");
                self.add_key(batch, Key { scheme, value: ends, entity: new });
                new
            }
        };
        let written = vec![("relation".to_string(), found.property.clone())];
        let from = Value::Entity(subject);
        self.say(batch, id, found, relation, &edge.source, from, written.clone());
        Ok(self.say(batch, id, found, relation, &edge.target, Value::Entity(object), written))
    }

    fn figure(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        subject: EntityId,
    ) -> Result<StatementId> {
        let value = found.value.as_deref().unwrap_or_default();
        let text = match (found.comparator.as_deref(), found.value_high.as_deref()) {
            (Some("range"), Some(high)) => format!("{value}~{high}"),
            (None | Some("="), _) => value.to_string(),
            (Some(sign), _) => format!("{sign}{value}"),
        };
        if found.kind == "fact" {
            let number = kernel::Quantity::parse(&text);
            number.map_err(|refusal| no_value(&refusal, &text))?;
        }
        let unit = match found.kind.as_str() {
            "event" => "日期",
            _ => found.unit.as_deref().unwrap_or_default(),
        };
        let made =
            scan::measured(self.schema, found.indicator.as_deref(), &found.property, &text, unit);
        let made = made.map_err(|refusal| no_value(&refusal, &text))?;
        let mut qualifiers = made.qualifiers;
        if found.forecast {
            qualifiers.push(("forecast".to_string(), "true".to_string()));
        }
        Ok(self.say(batch, id, found, subject, &made.property, made.value, qualifiers))
    }

    fn say(
        &mut self,
        batch: &mut Batch,
        id: CandidateId,
        found: &NewCandidate,
        subject: EntityId,
        property: &str,
        value: Value,
        mut qualifiers: Vec<(String, String)>,
    ) -> StatementId {
        qualifiers.push(("accepted_by".to_string(), self.actor.as_str().to_string()));
        qualifiers.sort();
        let timed = !matches!(property, "name") && found.kind != "event";
        let statement = StatementId(self.next_statement);
        self.next_statement += 1;
        let said = NewStatement {
            subject,
            property: property.to_string(),
            value,
            valid: if timed { found.valid } else { Valid::ALWAYS },
            source: self.source,
            record: id.to_string(),
            field: format!("bytes {}-{}", found.bytes.0, found.bytes.1),
            row: None,
            rank: Rank::Normal,
            confidence: found.confidence.min(100),
            quote: Some(found.quote.clone()),
            qualifiers,
            supersedes: None,
        };
        batch.statements.push((statement, said));
        statement
    }
}

fn draft(kind: &str, name: &str) -> DraftEntity {
    let lang = if has_han(name) { "zh" } else { "en" };
    let name = DraftName { text: name.to_string(), lang, field: "subject".to_string() };
    DraftEntity { kind: kind.to_string(), keys: Vec::new(), names: vec![name] }
}

/// `E-CAND-02`: what should be the value is none, for the reason that values are refused.
fn no_value(refusal: &Refusal, text: &str) -> Error {
    let (zh, en) = (refusal.message.zh.clone(), refusal.message.en.clone());
    Refusal::new("E-CAND-02", refusal.rule.clone(), zh, en).column("value").value(text).into()
}

/// `E-CAND-03`: nobody, or more than one, is called so.
fn nobody(name: &str, several: bool) -> Error {
    let (zh, en) = match several {
        true => ("多个对象同名,请选定一个", "several are called so; choose one"),
        false => {
            ("没有同名对象,也不知道它的类型,请选定对象", "nobody is called so; choose who it is")
        }
    };
    let rule = "a statement is about someone";
    Refusal::new("E-CAND-03", rule, zh, en).column("entity").value(name).into()
}
