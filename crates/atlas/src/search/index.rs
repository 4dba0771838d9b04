//! The index on disk: opened, brought up to date, made anew when in doubt.

use super::document::{Gathered, Gatherer, number};
use super::fields::{self, Fields};
use super::short_forms::ShortForms;
use super::standing::Kept;
use crate::error::Result;
use crate::view::{LIVE, View};
use kernel::EventId;
use kernel::canon::{Hasher, Object, hex};
use schema::Schema;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use store::Tx;
use tantivy::directory::MmapDirectory;
use tantivy::{
    IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
};

/// Raised whenever documents of the same entity would come out differently.
const FORMAT: i64 = 2;
/// Memory of the writer's threads together, in bytes.
const WRITER_BYTES: usize = 60_000_000;
/// The same for a few entities: the least that the engine takes.
const SMALL_WRITER_BYTES: usize = 16_000_000;
/// Entities up to which one thread writes, and storage is asked for them alone.
const FEW: usize = 2_000;
/// Size of a block of stored texts: small, because a search reads hundreds at random.
const BLOCK_BYTES: usize = 4_096;
/// Blocks of stored texts that the reader keeps, for each segment.
const BLOCKS_KEPT: usize = 256;

/// The search index. Derived state: deleting its folder loses nothing.
///
/// Share it freely: searches run side by side, catching up happens one at a time.
pub struct Index {
    inner: tantivy::Index,
    pub(super) fields: Fields,
    reader: IndexReader,
    state: Mutex<State>,
    pub(super) kept: Kept,
    pub(super) forms: ShortForms,
}

#[derive(Default)]
struct State {
    /// Size of the journal at the last catching up here, for which `touched` is the difference.
    seen: u64,
    /// The position that the reader shows.
    shown: Option<Position>,
}

/// Where an index stands: which journal, how far, under which schema.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Position {
    format: i64,
    schema: String,
    size: u64,
    /// Leaf hash of the last event, hex: another journal of the same size has another.
    leaf: String,
}

/// What catching up did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaughtUp {
    /// Entities that were written.
    pub entities: usize,
    /// Whether everything was written anew.
    pub rebuilt: bool,
    /// Whether another process is writing the index, so that nothing was done here.
    pub skipped: bool,
}

impl Position {
    fn text(&self) -> String {
        Object::new()
            .int("format", self.format)
            .text("schema", &self.schema)
            .int("size", self.size as i64)
            .text("leaf", &self.leaf)
            .to_string()
    }

    fn parse(text: &str) -> Option<Position> {
        let object: serde_json::Value = serde_json::from_str(text).ok()?;
        Some(Position {
            format: object.get("format")?.as_i64()?,
            schema: object.get("schema")?.as_str()?.to_string(),
            size: object.get("size")?.as_u64()?,
            leaf: object.get("leaf")?.as_str()?.to_string(),
        })
    }
}

impl Index {
    /// Opens the index in this folder, or one in memory.
    ///
    /// It lives in `index` inside the folder. A damaged one, or one of another version, is deleted
    /// there and begun anew; the next [`Index::catch_up`] fills it.
    pub fn open(dir: Option<&Path>) -> Result<Index> {
        let (schema, fields) = fields::schema();
        let settings =
            IndexSettings { docstore_blocksize: BLOCK_BYTES, ..IndexSettings::default() };
        let builder = tantivy::Index::builder().schema(schema.clone()).settings(settings);
        let mut inner = match dir {
            None => builder.create_in_ram()?,
            Some(dir) => {
                let folder = dir.join("index");
                match open_sound(&folder, &schema) {
                    Some(inner) => inner,
                    None => {
                        if folder.exists() {
                            std::fs::remove_dir_all(&folder).map_err(TantivyError::from)?;
                        }
                        std::fs::create_dir_all(&folder).map_err(TantivyError::from)?;
                        let directory = MmapDirectory::open(&folder).map_err(TantivyError::from)?;
                        builder.open_or_create(directory)?
                    }
                }
            }
        };
        inner.set_tokenizers(fields::tokenizers());
        let reader = inner
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(BLOCKS_KEPT)
            .try_into()?;
        Ok(Index {
            inner,
            fields,
            reader,
            state: Mutex::default(),
            kept: Kept::default(),
            forms: ShortForms::shipped()?,
        })
    }

    /// The same index, with a district's own short forms instead of those that ship.
    pub fn with_short_forms(self, forms: ShortForms) -> Index {
        Index { forms, ..self }
    }

    /// Brings the index to the state of the view, which `tx` must see at least.
    ///
    /// `touched` is what [`View::catch_up`] answered just now, when it was called for this index
    /// too; without it what changed is found from the index's own position. Everything is written
    /// anew when the position is missing, of another journal or another schema. While another
    /// process writes the index, nothing is done and searches go on with what it committed.
    ///
    /// Cost: linear in what changed; one pass over the statements when that is much. Memory: 60 MB.
    pub fn catch_up(
        &self,
        tx: &mut Tx<'_>,
        view: &View,
        touched: Option<&BTreeSet<u32>>,
    ) -> Result<CaughtUp> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = self.position()?;
        let wanted = wanted_position(tx, view)?;
        if stored.as_ref() == Some(&wanted) {
            self.show(&mut state, &wanted)?;
            return Ok(CaughtUp::default());
        }
        let changed = match &stored {
            Some(stored) if continues(tx, stored, &wanted)? => Some(match touched {
                Some(touched) if state.seen == stored.size => touched.clone(),
                _ => changed_since(view, stored.size),
            }),
            _ => None,
        };
        let few = changed.as_ref().is_some_and(|changed| changed.len() <= FEW);
        let mut writer = match self.writer(few) {
            Ok(writer) => writer,
            Err(TantivyError::LockFailure(..)) => {
                tracing::warn!("another process writes the search index; this one only reads it");
                if let Some(stored) = stored {
                    self.show(&mut state, &stored)?;
                }
                return Ok(CaughtUp { skipped: true, ..CaughtUp::default() });
            }
            Err(error) => return Err(error.into()),
        };
        let entities = self.write(&mut writer, tx, view, changed.as_ref())?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&wanted.text());
        commit.commit()?;
        writer.wait_merging_threads()?;
        if let Some(changed) = &changed {
            self.kept.grow(view, state.seen, changed);
        }
        self.show(&mut state, &wanted)?;
        Ok(CaughtUp { entities, rebuilt: changed.is_none(), skipped: false })
    }

    /// Size of the journal that the index has taken in; `None` for a new one.
    pub fn size(&self) -> Result<Option<u64>> {
        Ok(self.position()?.map(|position| position.size))
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    fn position(&self) -> Result<Option<Position>> {
        let metas = self.inner.load_metas()?;
        Ok(metas.payload.as_deref().and_then(Position::parse))
    }

    fn show(&self, state: &mut State, position: &Position) -> Result<()> {
        if state.shown.as_ref() != Some(position) {
            self.reader.reload()?;
            state.shown = Some(position.clone());
        }
        state.seen = position.size;
        Ok(())
    }

    fn writer(&self, few: bool) -> tantivy::Result<IndexWriter> {
        let (threads, bytes) = if few { (1, SMALL_WRITER_BYTES) } else { (2, WRITER_BYTES) };
        self.inner.writer_with_num_threads(threads, bytes)
    }

    fn write(
        &self,
        writer: &mut IndexWriter,
        tx: &mut Tx<'_>,
        view: &View,
        changed: Option<&BTreeSet<u32>>,
    ) -> Result<usize> {
        let gatherer = Gatherer::new(view);
        let mut written = 0;
        let mut give = |gathered: &Gathered| -> Result<()> {
            for document in gathered.documents(&self.fields) {
                writer.add_document(document)?;
            }
            written += 1;
            Ok(())
        };
        let Some(changed) = changed else {
            writer.delete_all_documents()?;
            gatherer.all(tx, |_| true, give)?;
            return Ok(written);
        };
        for id in changed {
            for past in [false, true] {
                writer.delete_term(Term::from_field_u64(self.fields.id, number(*id, past)));
            }
        }
        if changed.len() <= FEW {
            gatherer.some(tx, changed, &mut give)?;
        } else {
            gatherer.all(tx, |id| changed.contains(&id), give)?;
        }
        Ok(written)
    }
}

/// The index in a folder, if it is whole and of this version.
fn open_sound(folder: &Path, schema: &tantivy::schema::Schema) -> Option<tantivy::Index> {
    if !folder.join("meta.json").exists() {
        return None;
    }
    let checked = tantivy::Index::open_in_dir(folder).and_then(|index| {
        let damaged = index.validate_checksum()?;
        Ok((damaged.is_empty() && index.schema() == *schema).then_some(index))
    });
    let sound = checked.unwrap_or_else(|error| {
        tracing::warn!(%error, "the search index cannot be opened");
        None
    });
    if sound.is_none() {
        tracing::warn!("the search index is damaged or of another version and is made anew");
    }
    sound
}

fn wanted_position(tx: &mut Tx<'_>, view: &View) -> Result<Position> {
    let size = view.event_count();
    let (format, schema) = (FORMAT, fingerprint(view.schema()));
    Ok(Position { format, schema, size, leaf: leaf(tx, size)? })
}

/// Leaf hash of the last of `size` events; empty when there is none.
fn leaf(tx: &mut Tx<'_>, size: u64) -> Result<String> {
    let last = i64::try_from(size).unwrap_or(i64::MAX) - 1;
    let event = store::journal::event(tx, EventId(last))?;
    Ok(event.map_or(String::new(), |event| hex(&event.leaf_hash)))
}

/// Whether an index at `stored` can be brought to `wanted` by what changed in between.
fn continues(tx: &mut Tx<'_>, stored: &Position, wanted: &Position) -> Result<bool> {
    let alike = stored.format == wanted.format && stored.schema == wanted.schema;
    Ok(alike && stored.size <= wanted.size && leaf(tx, stored.size)? == stored.leaf)
}

/// A digest of all that the schema gives to documents.
fn fingerprint(schema: &Schema) -> String {
    let mut hasher = Hasher::new();
    for kind in schema.kinds() {
        hasher.text(&kind.key).int(i64::from(kind.edge.is_some()));
    }
    for property in schema.properties() {
        hasher.text(&property.key).text(property.value_type.name());
    }
    for concept in schema.concepts() {
        hasher.text(&concept.id()).text(&concept.label.zh).text(&concept.label.en);
        concept.aliases.iter().for_each(|alias| {
            hasher.text(alias);
        });
    }
    hex(&hasher.digest())
}

/// Entities of which a statement came, ended, or changed with its source or a judgement since `since` events.
fn changed_since(view: &View, since: u64) -> BTreeSet<u32> {
    let since = u32::try_from(since).unwrap_or(LIVE);
    let columns = &view.columns;
    let turned: Vec<bool> = view
        .sources
        .iter()
        .map(|state| state.turns.last().is_some_and(|(event, _)| *event >= since))
        .collect();
    let source_turned = |id: u32| {
        let index = id as usize - 1;
        turned[index] || turned[view.sources[index].root as usize - 1]
    };
    let rows = 0..columns.entity.len();
    let changed = rows.filter(|at| {
        columns.event[*at] >= since
            || (columns.ended[*at] != LIVE && columns.ended[*at] >= since)
            || source_turned(columns.source[*at])
    });
    let mut all: BTreeSet<u32> = changed.map(|at| columns.entity[at]).collect();
    all.extend(view.judged_since(since));
    all
}
