//! The view: every statement in columns in memory, for questions that look at many at once.
//!
//! Derived state. It holds nothing that storage does not, is caught up from storage by position,
//! and costs about 60 bytes a statement. Values themselves stay in storage.

mod catch_up;
mod clusters;
mod entity;
mod place;

pub use entity::Names;
pub use place::PlaceOf;

use kernel::{Day, EntityId, Label, SourceId, StatementId, Timestamp};
use schema::{KindIx, PropertyIx, Schema};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Position of a statement in the view: its id less one.
pub type At = u32;

/// A statement that has not ended.
pub(crate) const LIVE: u32 = u32::MAX;
/// An open beginning.
pub(crate) const OPEN_FROM: i32 = i32::MIN;
/// An open end.
pub(crate) const OPEN_TO: i32 = i32::MAX;

/// From which point in the world and in our knowledge a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The day in the world.
    pub valid: Day,
    /// What was recorded by then; `None` is now.
    pub known: Option<Timestamp>,
}

/// An [`AsOf`] in positions of the journal.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Day number.
    pub day: i32,
    /// Events below this number are known.
    pub horizon: u32,
}

/// A source as the view knows it.
#[derive(Debug, Clone)]
pub(crate) struct SourceState {
    pub(crate) source: crate::source::Source,
    /// Journal event and whether it withdrew (or restored) the source, oldest first.
    pub(crate) turns: Vec<(u32, bool)>,
    pub(crate) published_day: i32,
    /// Key of the source for the cube: its file.
    pub(crate) root: u32,
}

/// Statements in columns.
#[derive(Default, Clone)]
pub(crate) struct Columns {
    pub(crate) entity: Vec<u32>,
    pub(crate) property: Vec<u16>,
    pub(crate) source: Vec<u32>,
    /// Far end of a relation, 0 for none.
    pub(crate) value_entity: Vec<u32>,
    /// Number of the concept plus one, 0 for none.
    pub(crate) concept: Vec<u16>,
    pub(crate) from: Vec<i32>,
    pub(crate) to: Vec<i32>,
    /// Year of a date value, otherwise of the valid time; 0 for none.
    pub(crate) year: Vec<i16>,
    pub(crate) event: Vec<u32>,
    pub(crate) ended: Vec<u32>,
    /// Rank × 256 + confidence.
    pub(crate) weight: Vec<u16>,
    /// Whether it speaks of the future of its source: a forecast or a target.
    pub(crate) forecast: Vec<bool>,
}

impl Columns {
    /// Makes room for so many more statements.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.entity.reserve(count);
        self.property.reserve(count);
        self.source.reserve(count);
        self.value_entity.reserve(count);
        self.concept.reserve(count);
        self.from.reserve(count);
        self.to.reserve(count);
        self.year.reserve(count);
        self.event.reserve(count);
        self.ended.reserve(count);
        self.weight.reserve(count);
        self.forecast.reserve(count);
    }
}

/// Every entity and statement, in memory.
#[derive(Clone)]
pub struct View {
    pub(crate) schema: Arc<Schema>,
    /// Kind of each entity, by id less one.
    pub(crate) kinds: Vec<u16>,
    pub(crate) created: Vec<u32>,
    pub(crate) names: entity::NameTable,
    pub(crate) columns: Columns,
    /// Statements about each entity.
    pub(crate) about: Vec<Vec<At>>,
    /// Statements that point to each entity.
    pub(crate) into: Vec<Vec<At>>,
    /// Statements of each indicator.
    pub(crate) of_indicator: BTreeMap<u16, Vec<At>>,
    pub(crate) sources: Vec<SourceState>,
    /// (first event, recorded) of each instant, ascending.
    pub(crate) instants: Vec<(u32, i64)>,
    /// Events that are taken in.
    pub(crate) event_count: u64,
    /// Events that were taken in when an entity, statement or source last changed.
    pub(crate) content: u64,
    pub(crate) unresolved: Vec<u32>,
    /// Entities that people judged to be one, laid over everything above.
    pub(crate) clusters: clusters::Clusters,
    pub(crate) known: KnownProperties,
}

/// Properties that the view gives a meaning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownProperties {
    pub(crate) name: u16,
    pub(crate) located_in: u16,
    pub(crate) industry: u16,
    pub(crate) about: u16,
}

impl View {
    /// The schema that its numbers belong to.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// How many journal events are taken in.
    pub fn event_count(&self) -> u64 {
        self.event_count
    }

    /// Grows when what is said changes: an entity, a statement, its end, a source that came or
    /// went. Judgements, answers and accounts leave it. What is derived from the view is as fresh
    /// as this number.
    pub fn content_revision(&self) -> u64 {
        self.content
    }

    /// How many entities there are, relations included.
    pub fn entity_count(&self) -> usize {
        self.kinds.len()
    }

    /// How many statements there are, ended ones included.
    pub fn statement_count(&self) -> usize {
        self.columns.entity.len()
    }

    /// The point of view of a question.
    pub fn sight(&self, as_of: AsOf) -> Sight {
        let horizon = match as_of.known {
            None => LIVE,
            Some(known) => {
                let later = self.instants.partition_point(|(_, at)| *at <= known.micros());
                self.instants.get(later).map_or(LIVE, |(event, _)| *event)
            }
        };
        Sight { day: as_of.valid.number(), horizon }
    }

    /// Whether an entity was known, and is not another one's by judgement.
    pub fn exists(&self, entity: EntityId, sight: Sight) -> bool {
        let known = |index: usize| self.created[index] < sight.horizon;
        self.index(entity).is_some_and(known) && self.canonical(entity) == entity
    }

    /// Whether a statement stands: recorded, not ended, its source not withdrawn. Its valid time is
    /// not looked at.
    pub fn stands(&self, at: At, sight: Sight) -> bool {
        let at = at as usize;
        let columns = &self.columns;
        columns.event[at] < sight.horizon
            && (columns.ended[at] == LIVE || columns.ended[at] >= sight.horizon)
            && !self.withdrawn(columns.source[at], sight.horizon)
    }

    /// Whether it stands and is true on the day: for relations and attributes.
    pub fn holds(&self, at: At, sight: Sight) -> bool {
        let index = at as usize;
        self.columns.from[index] <= sight.day
            && sight.day <= self.columns.to[index]
            && self.stands(at, sight)
    }

    /// Whether it stands and had begun by the day: for figures, which speak of their time and stay
    /// the latest until a later one comes.
    pub fn begun(&self, at: At, sight: Sight) -> bool {
        self.columns.from[at as usize] <= sight.day && self.stands(at, sight)
    }

    pub(crate) fn withdrawn(&self, source: u32, horizon: u32) -> bool {
        let state = &self.sources[source as usize - 1];
        let own = |state: &SourceState| {
            let turn = state.turns.iter().rev().find(|(event, _)| *event < horizon);
            turn.is_some_and(|(_, withdrawn)| *withdrawn)
        };
        own(state) || (state.root != source && own(&self.sources[state.root as usize - 1]))
    }

    /// Whether a source is withdrawn, itself or with its file.
    pub fn source_withdrawn(&self, source: SourceId, sight: Sight) -> bool {
        u32::try_from(source.0).is_ok_and(|source| self.withdrawn(source, sight.horizon))
    }

    /// The file that a source belongs to: itself, or the file that cites it.
    pub fn root_of(&self, source: SourceId) -> SourceId {
        self.sources
            .get((source.0 - 1) as usize)
            .map_or(source, |state| SourceId(i64::from(state.root)))
    }

    /// A source's description.
    pub fn source(&self, id: SourceId) -> Option<&crate::source::Source> {
        self.sources.get(usize::try_from(id.0 - 1).ok()?).map(|state| &state.source)
    }

    /// Every source, in the order of recording.
    pub fn sources(&self) -> impl Iterator<Item = &crate::source::Source> {
        self.sources.iter().map(|state| &state.source)
    }

    /// The source with this key.
    pub fn source_named(&self, key: &str) -> Option<&crate::source::Source> {
        self.sources().find(|source| source.description.key == key)
    }

    /// The day a source was published, as far as it is known: the later end of what was written.
    pub(crate) fn published_day(&self, source: u32) -> i32 {
        self.sources[source as usize - 1].published_day
    }

    pub(crate) fn index(&self, entity: EntityId) -> Option<usize> {
        let index = usize::try_from(entity.0.checked_sub(1)?).ok()?;
        (index < self.kinds.len()).then_some(index)
    }

    /// The kind of an entity.
    pub fn kind(&self, entity: EntityId) -> Option<KindIx> {
        self.index(entity).map(|index| KindIx(self.kinds[index]))
    }

    /// The key of an entity's kind; empty for an entity that does not exist.
    pub fn kind_key(&self, entity: EntityId) -> &str {
        self.kind(entity).map_or("", |ix| self.schema.kind_at(ix).key.as_str())
    }

    /// Statements about an entity, in the order of recording.
    pub fn about(&self, entity: EntityId) -> &[At] {
        self.index(entity).map_or(&[], |index| self.about[index].as_slice())
    }

    /// Statements that point to an entity.
    pub fn into(&self, entity: EntityId) -> &[At] {
        self.index(entity).map_or(&[], |index| self.into[index].as_slice())
    }

    /// Statements of an indicator.
    pub fn of_indicator(&self, property: PropertyIx) -> &[At] {
        self.of_indicator.get(&property.0).map_or(&[], Vec::as_slice)
    }

    /// The entity a statement is about.
    pub fn entity_at(&self, at: At) -> EntityId {
        EntityId(i64::from(self.columns.entity[at as usize]))
    }

    /// The entity it points to.
    pub fn value_entity_at(&self, at: At) -> Option<EntityId> {
        let value = self.columns.value_entity[at as usize];
        (value != 0).then(|| EntityId(i64::from(value)))
    }

    /// Its property.
    pub fn property_at(&self, at: At) -> PropertyIx {
        PropertyIx(self.columns.property[at as usize])
    }

    /// Its source.
    pub fn source_at(&self, at: At) -> SourceId {
        SourceId(i64::from(self.columns.source[at as usize]))
    }

    /// Its id.
    pub fn id_at(at: At) -> StatementId {
        StatementId(i64::from(at) + 1)
    }

    /// First and last day, open ends as the extremes.
    pub(crate) fn days_at(&self, at: At) -> (i32, i32) {
        (self.columns.from[at as usize], self.columns.to[at as usize])
    }

    /// The order in which one of several statements of a property is shown first: rank, no
    /// forecast, later time, later publication, confidence, later recording. Greater is better.
    pub fn merit(&self, at: At) -> (u16, bool, i32, i32, i32, u16, At) {
        let index = at as usize;
        let columns = &self.columns;
        let (rank, confidence) = (columns.weight[index] / 256, columns.weight[index] % 256);
        let published = self.published_day(columns.source[index]);
        let (from, to) = (columns.from[index], columns.to[index]);
        // What ends later speaks of a later time; of two that end alike the narrower is surer.
        let last = if to == OPEN_TO { from } else { to };
        (rank, !columns.forecast[index], last, published, from, confidence, at)
    }

    /// The names of an entity.
    pub fn names(&self, entity: EntityId) -> Names<'_> {
        self.index(entity).map_or(Names::default(), |index| self.names.get(index))
    }

    /// The names of an entity as a label; its id when it has none.
    pub fn label(&self, entity: EntityId) -> Label {
        let names = self.names(entity);
        match (names.zh, names.en) {
            ("", "") => self.relation_label(entity),
            (zh, en) => Label::new(zh, en),
        }
    }

    /// A relation is named by its ends.
    fn relation_label(&self, entity: EntityId) -> Label {
        let Some((source, target)) = self.ends(entity) else {
            return Label::new(entity.to_string(), entity.to_string());
        };
        let (a, b) = (self.names(source), self.names(target));
        let joined = |a: &str, b: &str| format!("{a} → {b}");
        Label::new(joined(a.any_zh(), b.any_zh()), joined(a.any_en(), b.any_en()))
    }

    /// The two ends of a relation.
    pub fn ends(&self, relation: EntityId) -> Option<(EntityId, EntityId)> {
        let edge = self.schema.kind_at(self.kind(relation)?).edge.as_ref()?;
        let end = |key: &str| {
            let ix = self.schema.property_ix(key)?;
            let mut found = self.about(relation).iter().filter(|at| self.property_at(**at) == ix);
            found.find_map(|at| self.value_entity_at(*at))
        };
        Some((end(&edge.source)?, end(&edge.target)?))
    }

    /// Whether an entity is a relation.
    pub fn is_relation(&self, entity: EntityId) -> bool {
        self.kind(entity).is_some_and(|ix| self.schema.kind_at(ix).edge.is_some())
    }

    /// Whether names of this entity wait for someone's judgement.
    pub fn is_unresolved(&self, entity: EntityId) -> bool {
        u32::try_from(entity.0).is_ok_and(|id| self.unresolved.binary_search(&id).is_ok())
    }
}
