//! One scan of one file.

use super::batch::{Batch, Ending};
use crate::error::{Error, Result};
use crate::keys::{self, Found, Key, Keys};
use crate::source::{self, Counts, Description, SourceChange, SourceEvent, SourceKind};
use crate::statement::{self, EndReason};
use kernel::canon::{Hasher, Object};
use kernel::{
    Actor, EntityId, EventId, Label, NewStatement, Rank, Refusal, SourceId, StatementId, Timestamp,
    Valid, Value,
};
use scan::{Citation, DraftEntity, DraftStatement, DraftValue, Record};
use schema::Schema;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{NewEvent, Tx, params};

/// What is known of a file before its records are read.
#[derive(Debug, Clone)]
pub struct Header {
    /// How its source is described.
    pub source: Description,
    /// File name, without folders.
    pub file: String,
    /// SHA-256 of the file and its mapping, hex: equal means that nothing can have changed.
    pub digest: String,
    /// When the file was retrieved, `YYYY-MM-DD`.
    pub retrieved: Option<String>,
}

/// What a scan did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScanReport {
    /// File name.
    pub file: String,
    /// Key of the source.
    pub source: String,
    /// What it gave and what changed.
    pub counts: Counts,
    /// Entities that were not known before.
    pub entities_new: u64,
    /// Names that several entities bear and that were set aside.
    pub unresolved: u64,
    /// The last journal event, when anything changed.
    pub event: Option<EventId>,
    /// Why nothing was written, if so.
    pub refusals: Vec<Refusal>,
}

/// Memory that one program keeps between scans, so that the keys are read once.
#[derive(Default)]
pub struct Cache {
    keys: Keys,
}

impl Cache {
    /// Call after a scan was undone.
    pub fn forget(&mut self) {
        self.keys.forget();
    }
}

/// A statement that the source gave before.
struct Before {
    id: StatementId,
    content: [u8; 32],
    /// Whether it still stands; one that was corrected by hand does not, and is not said anew.
    live: bool,
}

/// How a statement compares with what its source said before.
enum Earlier {
    /// It said just this.
    Same,
    /// It said something else in this place.
    Other(StatementId),
    /// It said nothing here.
    None,
}

/// A scan under way, inside a write transaction.
pub struct Loader<'a> {
    schema: &'a Schema,
    actor: Actor,
    now: Timestamp,
    header: Header,
    source: SourceId,
    cited: BTreeMap<String, SourceId>,
    keys: &'a mut Keys,
    before: HashMap<[u8; 16], Vec<Before>>,
    /// Names and keys that this scan has said already.
    named: HashSet<[u8; 16]>,
    batch: Batch,
    next_statement: i64,
    report: ScanReport,
}

impl<'a> Loader<'a> {
    /// Begins a scan, or answers `None` when this file with this mapping was scanned already.
    ///
    /// Fails with `E-SRC-06` when the source is withdrawn.
    pub fn begin(
        tx: &mut Tx<'_>,
        schema: &'a Schema,
        cache: &'a mut Cache,
        actor: &Actor,
        now: Timestamp,
        header: Header,
    ) -> Result<Option<Loader<'a>>> {
        let source = source::ensure(tx, actor, now, &header.source)?;
        let past = source::events(tx, Some(source))?;
        refuse_withdrawn(&past, &header)?;
        let last = past.iter().rev().find(|event| event.what == SourceChange::Scanned);
        if last.is_some_and(|event| event.digest.as_deref() == Some(&header.digest)) {
            return Ok(None);
        }
        let size = store::journal::head(tx)?.size;
        cache.keys.fresh(tx, schema, size)?;
        let next = tx.query_one(
            "select coalesce(max(id), 0) + 1 from atlas_statement",
            params![],
            |row| row.int(0),
        )?;
        let report = ScanReport {
            file: header.file.clone(),
            source: header.source.key.clone(),
            ..ScanReport::default()
        };
        let mut loader = Loader {
            schema,
            actor: actor.clone(),
            now,
            header,
            source,
            cited: BTreeMap::new(),
            keys: &mut cache.keys,
            before: HashMap::new(),
            named: HashSet::new(),
            batch: Batch::default(),
            next_statement: next,
            report,
        };
        if last.is_some() {
            loader.remember(tx)?;
        }
        Ok(Some(loader))
    }

    /// Reads what the source and the documents it cites said before.
    fn remember(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let of_file = |source: &source::Source| {
            source.id == self.source || source.description.parent == Some(self.source)
        };
        let sources: Vec<SourceId> =
            source::all(tx)?.iter().filter(|s| of_file(s)).map(|s| s.id).collect();
        for id in sources {
            let (before, schema) = (&mut self.before, self.schema);
            statement::said_by_source(tx, id, |statement| {
                let place = place(&statement.said, schema);
                let content = content(&statement.said);
                before.entry(place).or_default().push(Before {
                    id: statement.id,
                    content,
                    live: statement.end.is_none(),
                });
            })?;
        }
        Ok(())
    }

    /// Takes one record.
    ///
    /// A refused record leaves a refusal in the report and writes nothing of its own; the caller
    /// undoes the transaction when [`Loader::refused`] is not empty at the end.
    pub fn take(&mut self, tx: &mut Tx<'_>, record: &Record) -> Result<()> {
        self.report.counts.rows += 1;
        match self.resolve(record) {
            Ok(entities) => self.state(tx, record, &entities)?,
            Err(Error::Refused(refusal)) => {
                let placed = refusal.file(&self.header.file).row(record.row);
                self.report.refusals.push(placed);
            }
            Err(other) => return Err(other),
        }
        if self.batch.statements.len() >= Batch::STATEMENTS_MAX {
            self.write(tx)?;
        }
        Ok(())
    }

    /// What was refused so far.
    pub fn refused(&self) -> &[Refusal] {
        &self.report.refusals
    }

    /// What was found so far, for a scan that is to be undone.
    pub fn into_report(self) -> ScanReport {
        self.report
    }

    /// Ends what the source no longer says, writes the rest and the scan's own event. `rows` counts
    /// those of the file, with the ones its mapping leaves out.
    pub fn finish(mut self, tx: &mut Tx<'_>, rows: u64) -> Result<ScanReport> {
        self.report.counts.rows = rows;
        let left = std::mem::take(&mut self.before).into_values().flatten();
        let gone: Vec<StatementId> = left.filter(|b| b.live).map(|b| b.id).collect();
        self.report.counts.gone = gone.len() as u64;
        let end = |statement| Ending { statement, reason: EndReason::Gone, by: None };
        self.batch.ends.extend(gone.into_iter().map(end));
        self.write(tx)?;
        let mut event = SourceEvent {
            source: self.source,
            event: EventId(0),
            at: self.now,
            what: SourceChange::Scanned,
            digest: Some(self.header.digest.clone()),
            retrieved: self.header.retrieved.clone(),
            counts: self.report.counts,
            reason: None,
        };
        let payload = Object::new()
            .text("file", &self.header.file)
            .text("source", &self.header.source.key)
            .text("row", &source::event_digest(&event))
            .int("rows", self.report.counts.rows as i64)
            .int("new", self.report.counts.new as i64)
            .int("changed", self.report.counts.changed as i64)
            .int("gone", self.report.counts.gone as i64)
            .int("unchanged", self.report.counts.unchanged as i64);
        event.event = tx.append(NewEvent {
            kind: "source_scanned".to_string(),
            actor: self.actor.clone(),
            at: self.now,
            subject: Some(self.header.source.key.clone()),
            payload: payload.to_string(),
        })?;
        source::record(tx, &event)?;
        self.keys.settle(event.event.0 as u64 + 1);
        self.report.event = Some(event.event);
        Ok(self.report)
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let about = Object::new().text("source", &self.header.source.key);
        let key = &self.header.source.key;
        self.batch.write(tx, &self.actor, self.now, "statements_recorded", about, key)?;
        Ok(())
    }

    /// Finds or makes the entities of a record: things first, then the relations between them.
    fn resolve(&mut self, record: &Record) -> Result<Vec<EntityId>> {
        let mut entities = vec![EntityId(0); record.entities.len()];
        let is_relation =
            |draft: &DraftEntity| self.schema.kind(&draft.kind).is_some_and(|k| k.edge.is_some());
        let relations: Vec<bool> = record.entities.iter().map(is_relation).collect();
        for (at, draft) in record.entities.iter().enumerate().filter(|(at, _)| !relations[*at]) {
            entities[at] = self.thing(draft)?;
        }
        for (at, draft) in record.entities.iter().enumerate().filter(|(at, _)| relations[*at]) {
            entities[at] = self.relation(record, draft, at, &entities)?;
        }
        Ok(entities)
    }

    fn thing(&mut self, draft: &DraftEntity) -> Result<EntityId> {
        let (id, aside) = match self.keys.find(self.schema, &self.header.source.key, draft)? {
            Found::Known(id) => (id, None),
            Found::New => (self.add_entity(&draft.kind), None),
            Found::Unresolved(value) => {
                self.report.unresolved += 1;
                (self.add_entity(&draft.kind), Some(value))
            }
        };
        if let Some(value) = aside {
            self.add_key(Key { scheme: "unresolved".to_string(), value, entity: id });
        }
        for key in keys::of_draft(self.schema, draft, id) {
            self.add_key(key);
        }
        Ok(id)
    }

    fn relation(
        &mut self,
        record: &Record,
        draft: &DraftEntity,
        at: usize,
        entities: &[EntityId],
    ) -> Result<EntityId> {
        let edge = self.schema.kind(&draft.kind).and_then(|kind| kind.edge.as_ref());
        let end = |property: &str| {
            let ends = record.statements.iter();
            ends.filter(|s| s.subject == at && s.property == property).find_map(|s| match s.value {
                DraftValue::Entity(entity) => entities.get(entity).copied(),
                DraftValue::Value(_) => None,
            })
        };
        let ends = edge.and_then(|edge| Some((end(&edge.source)?, end(&edge.target)?)));
        let Some((source, target)) = ends else {
            return Err(Refusal::new(
                "E-REL-01",
                "a relation has two ends",
                "关系缺少一端",
                "the relation lacks an end",
            )
            .value(&draft.kind)
            .into());
        };
        let value = format!("{source}>{target}");
        if let Some(known) = self.keys.relation(&draft.kind, &value) {
            return Ok(known);
        }
        let id = self.add_entity(&draft.kind);
        self.add_key(Key { scheme: format!("ends:{}", draft.kind), value, entity: id });
        Ok(id)
    }

    fn add_entity(&mut self, kind: &str) -> EntityId {
        let id = self.keys.add_entity(self.schema, kind);
        self.batch.entities.push((id, kind.to_string()));
        self.report.entities_new += 1;
        id
    }

    fn add_key(&mut self, key: Key) {
        if self.keys.insert(self.schema, &key) {
            self.batch.keys.push(key);
        }
    }

    fn state(&mut self, tx: &mut Tx<'_>, record: &Record, entities: &[EntityId]) -> Result<()> {
        for (draft, entity) in record.entities.iter().zip(entities) {
            for name in &draft.names {
                let value =
                    Value::Text { text: name.text.clone(), lang: Some(name.lang.to_string()) };
                let said = self.said(record, *entity, "name", value, &name.field);
                self.record(said);
            }
            for (property, value) in &draft.keys {
                let text = Value::Text { text: value.clone(), lang: None };
                let field = format!("{property}@{entity}");
                let said = self.said(record, *entity, property, text, &field);
                self.record(said);
            }
        }
        for draft in &record.statements {
            let said = self.statement(tx, record, draft, entities)?;
            self.record(said);
        }
        Ok(())
    }

    fn said(
        &self,
        record: &Record,
        subject: EntityId,
        property: &str,
        value: Value,
        field: &str,
    ) -> NewStatement {
        NewStatement {
            subject,
            property: property.to_string(),
            value,
            valid: Valid::ALWAYS,
            source: self.source,
            record: record.key.clone(),
            field: field.to_string(),
            row: i64::try_from(record.row).ok(),
            rank: Rank::Normal,
            confidence: record.confidence,
            quote: None,
            qualifiers: Vec::new(),
            supersedes: None,
        }
    }

    fn statement(
        &mut self,
        tx: &mut Tx<'_>,
        record: &Record,
        draft: &DraftStatement,
        entities: &[EntityId],
    ) -> Result<NewStatement> {
        let value = match &draft.value {
            DraftValue::Entity(at) => Value::Entity(entities[*at]),
            DraftValue::Value(value) => value.clone(),
        };
        let source = match &draft.citation {
            Some(citation) => self.cited(tx, citation)?,
            None => self.source,
        };
        let said = self.said(record, entities[draft.subject], &draft.property, value, &draft.field);
        Ok(NewStatement {
            valid: draft.valid,
            source,
            rank: draft.rank,
            confidence: draft.confidence,
            quote: draft.quote.clone(),
            qualifiers: draft.qualifiers.clone(),
            ..said
        })
    }

    fn cited(&mut self, tx: &mut Tx<'_>, citation: &Citation) -> Result<SourceId> {
        let key = format!("{}/{}", self.header.source.key, citation.key);
        if let Some(id) = self.cited.get(&key) {
            return Ok(*id);
        }
        let new = Description {
            key: key.clone(),
            kind: SourceKind::Document,
            parent: Some(self.source),
            title: Label::new(&citation.title, &citation.title),
            publisher: citation.publisher.clone(),
            licence: None,
            attribution: None,
            url: citation.url.clone(),
            published: citation.published.clone(),
        };
        let id = source::ensure(tx, &self.actor, self.now, &new)?;
        self.cited.insert(key, id);
        Ok(id)
    }

    /// Records a statement unless the source said just this before.
    fn record(&mut self, mut said: NewStatement) {
        if names_its_subject(&said, self.schema) && !self.named.insert(place(&said, self.schema)) {
            return;
        }
        self.report.counts.statements += 1;
        let id = StatementId(self.next_statement);
        match self.earlier(&said) {
            Earlier::Same => self.report.counts.unchanged += 1,
            Earlier::Other(earlier) => {
                self.report.counts.changed += 1;
                said.supersedes = Some(earlier);
                let reason = EndReason::Superseded;
                self.batch.ends.push(Ending { statement: earlier, reason, by: Some(id) });
                self.push(id, said);
            }
            Earlier::None => {
                self.report.counts.new += 1;
                self.push(id, said);
            }
        }
    }

    /// What the source said in this place before; it is taken from what is left over.
    fn earlier(&mut self, said: &NewStatement) -> Earlier {
        if self.before.is_empty() {
            return Earlier::None;
        }
        let place = place(said, self.schema);
        let Some(list) = self.before.get_mut(&place) else {
            return Earlier::None;
        };
        let content = content(said);
        let standing = names_its_subject(said, self.schema);
        let same = list.iter().position(|before| standing || before.content == content);
        let found = match (same, list.iter().position(|before| before.live)) {
            (Some(at), _) => {
                list.swap_remove(at);
                Earlier::Same
            }
            (None, Some(at)) => Earlier::Other(list.swap_remove(at).id),
            (None, None) => Earlier::None,
        };
        if list.is_empty() {
            self.before.remove(&place);
        }
        found
    }

    fn push(&mut self, id: StatementId, said: NewStatement) {
        self.next_statement += 1;
        self.batch.statements.push((id, said));
    }
}

fn refuse_withdrawn(past: &[SourceEvent], header: &Header) -> Result<()> {
    let last = past.iter().rev().find(|event| event.what != SourceChange::Scanned);
    if last.is_some_and(|event| event.what == SourceChange::Withdrawn) {
        return Err(Refusal::new(
            "E-SRC-06",
            "a withdrawn source is restored before it is scanned again",
            "该来源已撤回,恢复后才能再次扫描",
            "this source is withdrawn; restore it before scanning it again",
        )
        .file(&header.file)
        .value(&header.source.key)
        .into());
    }
    Ok(())
}

/// Whether a statement only says what its subject is called or numbered. Every record that speaks
/// of an entity says so again; a source is taken at its word once.
fn names_its_subject(said: &NewStatement, schema: &Schema) -> bool {
    said.property == "name" || schema.property(&said.property).is_some_and(|p| p.strong)
}

/// Where a statement stands in its source: its record and field, wherever the row moves to. A name
/// or key stands with its subject instead.
fn place(said: &NewStatement, schema: &Schema) -> [u8; 16] {
    let mut hasher = Hasher::new();
    if names_its_subject(said, schema) {
        let value = statement::value_cells(&said.value);
        hasher
            .int(said.subject.0)
            .text(&said.property)
            .opt_text(value.text.as_deref())
            .opt_text(value.lang);
    } else {
        hasher.text(&said.record).text(&said.field);
    }
    let mut place = [0; 16];
    place.copy_from_slice(&hasher.digest()[..16]);
    place
}

fn content(said: &NewStatement) -> [u8; 32] {
    let mut hasher = Hasher::new();
    statement::content_into(&mut hasher, said);
    hasher.digest()
}
