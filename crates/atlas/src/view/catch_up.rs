//! Taking in what storage has gained since.

use super::clusters::Clusters;
use super::entity::NameTable;
use super::{Columns, KnownProperties, LIVE, OPEN_FROM, OPEN_TO, SourceState, View};
use crate::error::{Error, Result};
use crate::source::{self, Source, SourceChange};
use kernel::{Day, EntityId, Valid};
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{Row, Tx, params};

const STATEMENTS: &str = r#"select id, entity_id, property, value_type, value_entity_id,
        case when value_type in ('concept', 'date') or property in ('name', 'alias', 'acronym')
            then value_text else null end,
        lang, valid_from_day, valid_to_day, source_id, rank, confidence, event_index,
        case when qualifiers like '%"forecast":"true"%' then 1 else 0 end, recorded_us
    from atlas_statement where id > $1 order by id"#;

impl View {
    /// An empty view of a schema.
    ///
    /// Fails with [`Error::Damaged`] if the schema lacks a property that the view needs.
    pub fn new(schema: Arc<Schema>) -> Result<View> {
        let number = |key: &str| {
            let ix = schema.property_ix(key);
            ix.map(|ix| ix.0).ok_or_else(|| Error::Damaged(format!("the schema lacks `{key}`")))
        };
        let known = KnownProperties {
            name: number("name")?,
            located_in: number("located_in")?,
            industry: number("industry")?,
            about: number("about")?,
        };
        Ok(View {
            schema,
            kinds: Vec::new(),
            created: Vec::new(),
            names: NameTable::default(),
            columns: Columns::default(),
            about: Vec::new(),
            into: Vec::new(),
            of_indicator: BTreeMap::new(),
            sources: Vec::new(),
            instants: Vec::new(),
            event_count: 0,
            content: 0,
            unresolved: Vec::new(),
            clusters: Clusters::default(),
            known,
        })
    }

    /// Takes in what was recorded since, in one snapshot; answers the entities that changed.
    ///
    /// Cost: linear in what is new.
    pub fn catch_up(&mut self, tx: &mut Tx<'_>) -> Result<BTreeSet<u32>> {
        let size = store::journal::head(tx)?.size;
        if size == self.event_count {
            return Ok(BTreeSet::new());
        }
        let mut touched = BTreeSet::new();
        self.lift();
        self.take_sources(tx, &mut touched)?;
        self.take_entities(tx, &mut touched)?;
        self.take_statements(tx, &mut touched)?;
        self.take_ends(tx, &mut touched)?;
        self.take_unresolved(tx)?;
        if !touched.is_empty() {
            self.content = size;
        }
        touched.extend(self.take_judgements(tx)?);
        let standing = touched.iter().map(|id| self.canonical(EntityId(i64::from(*id))).0 as u32);
        let standing: Vec<u32> = standing.collect();
        touched.extend(standing);
        self.event_count = size;
        Ok(touched)
    }

    /// Whether storage has more than the view.
    pub fn behind(&self, tx: &mut Tx<'_>) -> Result<bool> {
        Ok(store::journal::head(tx)?.size != self.event_count)
    }

    fn take_sources(&mut self, tx: &mut Tx<'_>, touched: &mut BTreeSet<u32>) -> Result<()> {
        let (known, since) = (self.sources.len(), self.event_count);
        for source in source::all(tx)?.into_iter().skip(known) {
            let root = source.description.parent.unwrap_or(source.id).0 as u32;
            self.note_instant(source.event.0 as u32, source.recorded.micros());
            let published_day = published_day(&source);
            self.sources.push(SourceState { source, turns: Vec::new(), published_day, root });
        }
        for event in source::events(tx, None)? {
            if (event.event.0 as u64) < since {
                continue;
            }
            self.note_instant(event.event.0 as u32, event.at.micros());
            if event.what != SourceChange::Scanned {
                let withdrawn = event.what == SourceChange::Withdrawn;
                let state = &mut self.sources[event.source.0 as usize - 1];
                state.turns.push((event.event.0 as u32, withdrawn));
                self.touch_source(event.source.0 as u32, touched);
            }
        }
        Ok(())
    }

    /// A source came or went: everything it speaks of changes its names and places.
    fn touch_source(&self, source: u32, touched: &mut BTreeSet<u32>) {
        let of = |id: u32| id == source || self.sources[id as usize - 1].root == source;
        let rows = self.columns.source.iter().zip(&self.columns.entity);
        touched.extend(rows.filter(|(id, _)| of(**id)).map(|(_, entity)| *entity));
    }

    fn take_entities(&mut self, tx: &mut Tx<'_>, touched: &mut BTreeSet<u32>) -> Result<()> {
        let sql = "select id, kind, event_index from atlas_entity where id > $1 order by id";
        let known = self.kinds.len() as i64;
        tx.for_each(sql, params![known], |row| -> Result<()> {
            let kind = row.str(1)?;
            let ix = self.schema.kind_ix(&kind);
            let ix = ix.ok_or_else(|| Error::Damaged(format!("unknown kind `{kind}`")))?;
            if row.int(0)? != self.kinds.len() as i64 + 1 {
                return Err(Error::Damaged(format!("entity E{} is missing", self.kinds.len() + 1)));
            }
            self.kinds.push(ix.0);
            self.created.push(row.int(2)? as u32);
            touched.insert(self.kinds.len() as u32);
            Ok(())
        })?;
        self.about.resize_with(self.kinds.len(), Vec::new);
        self.into.resize_with(self.kinds.len(), Vec::new);
        self.names.grow(self.kinds.len());
        Ok(())
    }

    fn take_statements(&mut self, tx: &mut Tx<'_>, touched: &mut BTreeSet<u32>) -> Result<()> {
        let concepts: BTreeMap<String, u16> = (1u16..)
            .zip(self.schema.concepts())
            .map(|(number, concept)| (concept.id(), number))
            .collect();
        let schema = Arc::clone(&self.schema);
        let properties: HashMap<&str, u16> =
            (0u16..).zip(schema.properties()).map(|(ix, p)| (p.key.as_str(), ix)).collect();
        let known = self.columns.entity.len() as i64;
        let newest = "select coalesce(max(id), 0) from atlas_statement";
        let newest = tx.query_one(newest, params![], |row| row.int(0))?;
        self.columns.reserve(usize::try_from(newest - known).unwrap_or(0));
        let mut last = 0;
        tx.for_each(STATEMENTS, params![known], |row| -> Result<()> {
            let property = row.str(2)?;
            let ix = properties.get(&*property).copied();
            let ix = ix.ok_or_else(|| Error::Damaged(format!("unknown property `{property}`")))?;
            if row.int(0)? != self.columns.entity.len() as i64 + 1 {
                let next = self.columns.entity.len() + 1;
                return Err(Error::Damaged(format!("statement S{next} is missing")));
            }
            let entity = self.take_statement(row, ix, &concepts)?;
            // In a new view every entity is touched already.
            if known > 0 && entity != last {
                touched.insert(entity);
            }
            last = entity;
            Ok(())
        })
    }

    fn take_statement(
        &mut self,
        row: &Row<'_>,
        property: u16,
        concepts: &BTreeMap<String, u16>,
    ) -> Result<u32> {
        let at = self.columns.entity.len() as u32;
        let entity = row.int(1)? as u32;
        let value_entity = row.opt_int(4)?.unwrap_or(0) as u32;
        let text = row.opt_text(5)?;
        let kind = row.str(3)?;
        let from = row.opt_int(7)?.map_or(OPEN_FROM, |day| day as i32);
        let (rank, confidence) = (row.int(10)? as u16, row.int(11)? as u16);
        let event = row.int(12)? as u32;
        if self.columns.event.last() != Some(&event) {
            self.note_instant(event, row.int(14)?);
        }
        let forecast = row.int(13)? == 1;
        let date = text.as_deref().filter(|_| &*kind == "date");
        let year = match date.and_then(|date| Day::parse(date).ok()) {
            Some(day) => day.year(),
            None if from != OPEN_FROM => Day::from_number(from).year(),
            None => 0,
        };
        let columns = &mut self.columns;
        columns.entity.push(entity);
        columns.property.push(property);
        columns.source.push(row.int(9)? as u32);
        columns.value_entity.push(value_entity);
        let concept = text.as_deref().filter(|_| &*kind == "concept");
        columns.concept.push(concept.and_then(|id| concepts.get(id)).copied().unwrap_or(0));
        columns.from.push(from);
        columns.to.push(row.opt_int(8)?.map_or(OPEN_TO, |day| day as i32));
        columns.year.push(year);
        columns.event.push(event);
        columns.ended.push(LIVE);
        columns.weight.push(rank * 256 + confidence);
        columns.forecast.push(forecast);
        let index = entity as usize - 1;
        self.about
            .get_mut(index)
            .ok_or_else(|| Error::Damaged(format!("statement S{} has no entity", at + 1)))?
            .push(at);
        if value_entity != 0 {
            self.into
                .get_mut(value_entity as usize - 1)
                .ok_or_else(|| Error::Damaged(format!("statement S{} points nowhere", at + 1)))?
                .push(at);
        }
        if self.schema.property_at(schema::PropertyIx(property)).indicator {
            self.of_indicator.entry(property).or_default().push(at);
        }
        if property == self.known.name
            && let Some(name) = &text
        {
            let english = row.opt_text(6)?.is_some_and(|lang| lang == "en");
            self.names.offer(index, english, name, name_merit(rank, confidence, at));
        }
        Ok(entity)
    }

    fn take_ends(&mut self, tx: &mut Tx<'_>, touched: &mut BTreeSet<u32>) -> Result<()> {
        let sql = "select statement_id, event_index, recorded_us from atlas_statement_end
            where event_index >= $1 order by statement_id";
        let since = self.event_count as i64;
        let mut renamed = BTreeSet::new();
        tx.for_each(sql, params![since], |row| -> Result<()> {
            let at = usize::try_from(row.int(0)? - 1).unwrap_or(usize::MAX);
            if at >= self.columns.ended.len() {
                return Err(Error::Damaged(format!("the end of S{} has no statement", at + 1)));
            }
            self.columns.ended[at] = row.int(1)? as u32;
            self.instants.push((row.int(1)? as u32, row.int(2)?));
            touched.insert(self.columns.entity[at]);
            if self.columns.property[at] == self.known.name {
                renamed.insert(self.columns.entity[at]);
            }
            Ok(())
        })?;
        self.instants.sort_unstable();
        self.instants.dedup();
        for entity in renamed {
            self.rename(tx, entity)?;
        }
        Ok(())
    }

    /// Offers an entity's names anew, after one ended.
    fn rename(&mut self, tx: &mut Tx<'_>, entity: u32) -> Result<()> {
        let index = entity as usize - 1;
        self.names.clear(index);
        let sql = "select id, value_text, lang, rank, confidence from atlas_statement
            where entity_id = $1 and property = 'name' order by id";
        tx.for_each(sql, params![entity], |row| -> Result<()> {
            let at = (row.int(0)? - 1) as u32;
            let english = row.opt_text(2)?.is_some_and(|lang| lang == "en");
            let merit = name_merit(row.int(3)? as u16, row.int(4)? as u16, at);
            // A name that ended is better than none: the past is still asked about.
            let live = self.columns.ended[at as usize] == LIVE;
            self.names.offer(index, english, &row.str(1)?, if live { merit } else { merit >> 16 });
            Ok(())
        })
    }

    fn take_unresolved(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let sql = "select entity_id from atlas_entity_key
            where scheme = 'unresolved' order by entity_id";
        self.unresolved = tx.query(sql, params![], |row| Ok(row.int(0)? as u32))?;
        Ok(())
    }

    pub(super) fn note_instant(&mut self, event: u32, at: i64) {
        self.instants.push((event, at));
    }
}

/// Among names the surer wins, then the earlier: a name that settled does not flicker.
fn name_merit(rank: u16, confidence: u16, at: u32) -> u64 {
    (u64::from(rank * 256 + confidence) << 32) | u64::from(u32::MAX - at)
}

fn published_day(source: &Source) -> i32 {
    let written = source.description.published.as_deref().and_then(|text| Valid::parse(text).ok());
    written.and_then(|valid| valid.to).map_or(OPEN_FROM, Day::number)
}
