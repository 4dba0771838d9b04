//! The engine: records and answers in an index on disk or in memory.

use crate::error::{Error, Result};
use crate::fields::{self, Fields, answer_key};
use crate::record::Record;
use crate::rules::Rules;
use crate::snapshot::Snapshot;
use crate::stored;
use kernel::Refusal;
use kernel::text::{clean, fold};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tantivy::directory::MmapDirectory;
use tantivy::schema::TantivyDocument;
use tantivy::{IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyError, Term};

/// Memory of the writer, in bytes.
const WRITER_BYTES: usize = 100_000_000;
/// From so many segments on a commit makes one of them.
const SEGMENTS_MAX: usize = 4;
/// An index holds at most so many records and answers.
pub const RECORDS_MAX: u64 = 5_000_000;

/// Records of two sides, searched and matched, and what was learnt from answers.
///
/// Share it freely: searches run side by side and see the state of the last [`Engine::commit`].
/// Derived state: whoever deletes its folder adds records and answers again.
pub struct Engine {
    index: tantivy::Index,
    fields: Fields,
    reader: IndexReader,
    rules: Arc<Rules>,
    writer: Mutex<Option<IndexWriter>>,
    snapshot: RwLock<Arc<Snapshot>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("records", &self.record_count()).finish_non_exhaustive()
    }
}

impl Engine {
    /// A new engine, in this folder or in memory. What was in the folder before is deleted.
    pub fn create(dir: Option<&Path>, rules: Arc<Rules>) -> Result<Engine> {
        let (schema, fields) = fields::schema();
        let builder = tantivy::Index::builder().schema(schema).settings(IndexSettings::default());
        let index = match dir {
            None => builder.create_in_ram()?,
            Some(dir) => {
                if dir.exists() {
                    std::fs::remove_dir_all(dir)?;
                }
                std::fs::create_dir_all(dir)?;
                builder.open_or_create(MmapDirectory::open(dir).map_err(TantivyError::from)?)?
            }
        };
        Engine::new(index, fields, rules)
    }

    /// The engine in a folder; fails when there is none, or one of another version.
    pub fn open(dir: &Path, rules: Arc<Rules>) -> Result<Engine> {
        let (schema, fields) = fields::schema();
        let index = tantivy::Index::open_in_dir(dir)?;
        if index.schema() != schema {
            return Err(TantivyError::SchemaError("another version".to_string()).into());
        }
        Engine::new(index, fields, rules)
    }

    fn new(mut index: tantivy::Index, fields: Fields, rules: Arc<Rules>) -> Result<Engine> {
        index.set_tokenizers(fields::tokenizers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let snapshot = Snapshot::new(reader.searcher(), fields, &rules)?;
        Ok(Engine {
            index,
            fields,
            reader,
            rules,
            writer: Mutex::default(),
            snapshot: RwLock::new(Arc::new(snapshot)),
        })
    }

    /// The rules it works by.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Records that the last commit shows.
    pub fn record_count(&self) -> usize {
        self.snapshot().record_count
    }

    /// Answers that the last commit shows.
    pub fn answer_count(&self) -> usize {
        self.snapshot().answer_count
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds records, replacing those with the same ids; shown by the next commit. What was learnt
    /// for an id stays. All or none: fails before anything is added when one breaks the rules of
    /// [`Record::check`].
    pub fn add(&self, records: &[Record]) -> Result<()> {
        for record in records {
            record.check(&self.rules)?;
        }
        self.write(|writer| {
            for record in records {
                writer.delete_term(Term::from_field_text(self.fields.id, &record.id));
                writer.add_document(self.document(record))?;
            }
            Ok(())
        })
    }

    /// Removes records; ids that are not there are passed over. What was learnt for them is kept,
    /// silent until they come back.
    pub fn remove(&self, ids: &[&str]) -> Result<()> {
        self.write(|writer| {
            for id in ids {
                writer.delete_term(Term::from_field_text(self.fields.id, id));
            }
            Ok(())
        })
    }

    /// Remembers that this record answered this question; shown by the next commit.
    ///
    /// The record's own texts stay as they are. The same `answer_id` for the same record replaces.
    /// Fails with `E-MATCH-06` for an empty or overlong question.
    pub fn learn(&self, record_id: &str, answer_id: &str, question: &str) -> Result<()> {
        check_answer(record_id, answer_id, question)?;
        let key = answer_key(record_id, answer_id);
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.id, &key);
        document.add_text(self.fields.target, record_id);
        document.add_text(self.fields.asked, self.rules.lexicon.bare(question));
        document.add_bytes(self.fields.whole, question.as_bytes());
        self.write(|writer| {
            writer.delete_term(Term::from_field_text(self.fields.id, &key));
            writer.add_document(document)?;
            Ok(())
        })
    }

    /// Forgets an answer, as if it had never been learnt; one that is not there is passed over.
    pub fn forget(&self, record_id: &str, answer_id: &str) -> Result<()> {
        self.remove(&[&answer_key(record_id, answer_id)])
    }

    /// Shows everything that was added, removed, learnt and forgotten since the last commit.
    ///
    /// Cost: linear in what changed, plus one pass over ids and lengths.
    pub fn commit(&self) -> Result<()> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut writer) = slot.take() {
            writer.commit()?;
            let segments = self.index.searchable_segment_ids()?;
            if segments.len() > SEGMENTS_MAX {
                writer.merge(&segments).wait()?;
            }
            writer.wait_merging_threads()?;
        }
        self.reader.reload()?;
        let snapshot = Snapshot::new(self.reader.searcher(), self.fields, &self.rules)?;
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(())
    }

    /// Drops everything since the last commit.
    pub fn rollback(&self) -> Result<()> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut writer) = slot.take() {
            writer.rollback()?;
        }
        Ok(())
    }

    /// A record as it was added; `None` when there is none of this id.
    pub fn find(&self, id: &str) -> Result<Option<Record>> {
        let snapshot = self.snapshot();
        match snapshot.find(id)? {
            Some(doc) => snapshot.record(doc),
            None => Ok(None),
        }
    }

    fn write(&self, change: impl FnOnce(&IndexWriter) -> Result<()>) -> Result<()> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if self.reader.searcher().num_docs() >= RECORDS_MAX {
            return Err(Error::from(Refusal::new(
                "E-MATCH-07",
                format!("an index holds at most {RECORDS_MAX} records and answers"),
                "匹配索引已满",
                "the matching index is full",
            )));
        }
        let writer = match slot.as_mut() {
            Some(writer) => writer,
            None => slot.insert(self.index.writer_with_num_threads(1, WRITER_BYTES)?),
        };
        change(writer)
    }

    fn document(&self, record: &Record) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.fields.id, &record.id);
        document.add_text(self.fields.kind, &record.kind);
        document.add_text(self.fields.group, &record.group);
        document.add_u64(self.fields.cited, u64::from(record.cited));
        let boosts = self.rules.kind(&record.kind).map(|kind| &kind.fields);
        for (key, text) in &record.fields {
            let boost = boosts.and_then(|boosts| boosts.get(key)).copied().unwrap_or(1);
            let folded = fold(text);
            for _ in 0..boost {
                document.add_text(self.fields.text, &folded);
            }
        }
        document.add_bytes(self.fields.whole, &stored::to_bytes(record));
        document
    }
}

fn check_answer(record_id: &str, answer_id: &str, question: &str) -> Result<()> {
    let chars_max = crate::lexicon::QUESTION_CHARS_MAX;
    let id = |id: &str| clean(id, crate::record::ID_CHARS_MAX).is_ok_and(|id| !id.is_empty());
    let asked = !question.trim().is_empty() && question.chars().nth(chars_max).is_none();
    if asked && id(record_id) && id(answer_id) {
        return Ok(());
    }
    Err(Error::from(
        Refusal::new(
            "E-MATCH-06",
            format!("an answer has two ids and a question of 1 to {chars_max} characters"),
            format!("答复须有标识,问题须为 1 至 {chars_max} 个字符"),
            format!("an answer has two ids and a question of 1 to {chars_max} characters"),
        )
        .value(question),
    ))
}
