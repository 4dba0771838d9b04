//! What one commit shows: the index's postings beside small columns that every score needs.
//!
//! All statistics count live records only, so that a score depends on what is in the index and not
//! on the order in which it came, nor on what was there before.

use crate::error::Result;
use crate::fields::Fields;
use crate::record::Record;
use crate::rules::Rules;
use crate::stored;
use std::collections::BTreeMap;
use std::sync::Arc;
use tantivy::columnar::StrColumn;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption, TantivyDocument, Value as _};
use tantivy::{InvertedIndexReader, Searcher, SegmentReader, Term};

/// No record: the target of what is not an answer.
pub(crate) const NONE: u32 = u32::MAX;

/// One commit, read only. Documents are numbered through all segments.
pub(crate) struct Snapshot {
    searcher: Searcher,
    fields: Fields,
    bases: Vec<u32>,
    pub(crate) doc_count: u32,
    pub(crate) record_count: usize,
    pub(crate) answer_count: usize,
    /// Ids of records and of answers to one that is there; empty for what is deleted.
    pub(crate) ids: Vec<Box<str>>,
    /// Groups by number, in the order of their names; the first is none.
    pub(crate) groups: Vec<String>,
    /// `group_of[document]`: number of its group.
    pub(crate) group_of: Vec<u32>,
    /// Kinds by number, and `kind_of[document]`; `u8::MAX` for an answer or a deleted one.
    pub(crate) kinds: Vec<String>,
    pub(crate) kind_of: Vec<u8>,
    /// `prior[document]`: points for being cited.
    pub(crate) prior: Vec<f32>,
    /// `target[document]`: the record that an answer speaks for, or [`NONE`].
    pub(crate) target: Vec<u32>,
    /// Answers of each group, with a record that is there.
    pub(crate) group_answers: Vec<u32>,
    /// Length codes of records' texts and answers' questions, see [`FieldNormReader`].
    pub(crate) text_code: Vec<u8>,
    pub(crate) asked_code: Vec<u8>,
    pub(crate) text_mean: f32,
    /// Records with answers: how many answers, and how long all their questions are.
    pub(crate) learnt: BTreeMap<u32, Learnt>,
    pub(crate) learnt_mean: f32,
    /// `asked_norm[document]`: length of an answer's question as a vector of term weights.
    pub(crate) asked_norm: Vec<f32>,
}

/// What a record was taught.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Learnt {
    pub(crate) answers: u32,
    pub(crate) length: u32,
}

/// The live postings of one term: documents through all segments, and how often it occurs there.
pub(crate) struct Postings {
    /// Live documents that have the term.
    pub(crate) live: u32,
    parts: Vec<(u32, BlockSegmentPostings)>,
}

impl Snapshot {
    pub(crate) fn new(searcher: Searcher, fields: Fields, rules: &Rules) -> Result<Snapshot> {
        let mut bases = Vec::new();
        let mut doc_count = 0;
        for segment in searcher.segment_readers() {
            bases.push(doc_count);
            doc_count += segment.max_doc();
        }
        let size = doc_count as usize;
        let mut snapshot = Snapshot {
            searcher,
            fields,
            bases,
            doc_count,
            record_count: 0,
            answer_count: 0,
            ids: vec![Box::default(); size],
            groups: Vec::new(),
            group_of: vec![0; size],
            kinds: rules.kinds().map(|kind| kind.key.clone()).collect(),
            kind_of: vec![u8::MAX; size],
            prior: vec![0.0; size],
            target: vec![NONE; size],
            group_answers: Vec::new(),
            text_code: vec![0; size],
            asked_code: vec![0; size],
            text_mean: 1.0,
            learnt: BTreeMap::new(),
            learnt_mean: 1.0,
            asked_norm: vec![0.0; size],
        };
        snapshot.read_columns(rules)?;
        snapshot.read_answers()?;
        snapshot.weigh_answers()?;
        Ok(snapshot)
    }

    fn read_columns(&mut self, rules: &Rules) -> Result<()> {
        let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        numbers.insert(String::new(), Vec::new());
        let mut length_sum = 0_u64;
        let searcher = self.searcher.clone();
        for (segment, base) in searcher.segment_readers().iter().zip(self.bases.clone()) {
            let fast = segment.fast_fields();
            let names = |key: &str| Column::new(fast.str(key)?);
            let (ids, kinds, groups) = (names("id")?, names("kind")?, names("group")?);
            let cited = fast.u64("cited")?;
            let texts = segment.get_fieldnorms_reader(self.fields.text)?;
            let asked = segment.get_fieldnorms_reader(self.fields.asked)?;
            for doc in segment.doc_ids_alive() {
                let at = (base + doc) as usize;
                self.text_code[at] = texts.fieldnorm_id(doc);
                self.asked_code[at] = asked.fieldnorm_id(doc);
                let Some(kind) = kinds.get(doc) else { continue };
                let number = self.kinds.iter().position(|known| *known == kind);
                let Some(number) = number.and_then(|number| u8::try_from(number).ok()) else {
                    continue;
                };
                self.kind_of[at] = number;
                self.ids[at] = Box::from(ids.get(doc).unwrap_or_default());
                let group = groups.get(doc).unwrap_or_default();
                match numbers.get_mut(group) {
                    Some(docs) => docs.push(base + doc),
                    None => drop(numbers.insert(group.to_string(), vec![base + doc])),
                }
                let cited = cited.first(doc).unwrap_or(0) as f32;
                self.prior[at] = rules.weights.cited * cited.ln_1p();
                self.record_count += 1;
                length_sum += u64::from(FieldNormReader::id_to_fieldnorm(self.text_code[at]));
            }
        }
        for (number, (name, docs)) in numbers.into_iter().enumerate() {
            self.groups.push(name);
            docs.iter().for_each(|doc| self.group_of[*doc as usize] = number as u32);
        }
        self.group_answers = vec![0; self.groups.len()];
        self.text_mean = (length_sum as f32 / self.record_count.max(1) as f32).max(1.0);
        Ok(())
    }

    fn read_answers(&mut self) -> Result<()> {
        let searcher = self.searcher.clone();
        for (segment, base) in searcher.segment_readers().iter().zip(self.bases.clone()) {
            let targets = Column::new(segment.fast_fields().str("target")?)?;
            let ids = Column::new(segment.fast_fields().str("id")?)?;
            for doc in segment.doc_ids_alive() {
                let Some(id) = targets.get(doc) else { continue };
                self.answer_count += 1;
                let Some(target) = self.find(id)? else { continue };
                let at = (base + doc) as usize;
                self.ids[at] = Box::from(ids.get(doc).unwrap_or_default());
                self.target[at] = target;
                self.group_answers[self.group_of[target as usize] as usize] += 1;
                let learnt = self.learnt.entry(target).or_default();
                learnt.answers += 1;
                learnt.length += FieldNormReader::id_to_fieldnorm(self.asked_code[at]);
            }
        }
        let sum: u64 = self.learnt.values().map(|learnt| u64::from(learnt.length)).sum();
        self.learnt_mean = (sum as f32 / self.learnt.len().max(1) as f32).max(1.0);
        Ok(())
    }

    /// The vector length of each question, by one pass over the questions' postings.
    fn weigh_answers(&mut self) -> Result<()> {
        let searcher = self.searcher.clone();
        let mut terms: BTreeMap<Vec<u8>, ()> = BTreeMap::new();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(self.fields.asked)?;
            let mut stream = inverted.terms().stream()?;
            while stream.advance() {
                terms.insert(stream.key().to_vec(), ());
            }
        }
        for term in terms.keys() {
            let Ok(text) = std::str::from_utf8(term) else { continue };
            let Some(mut postings) = self.asked(text)? else { continue };
            let rarity = self.rarity_both(self.rarity(text)?, postings.live);
            postings.each(|doc, _| self.asked_norm[doc as usize] += rarity * rarity);
        }
        self.asked_norm.iter_mut().for_each(|norm| *norm = norm.sqrt());
        Ok(())
    }

    /// How rare a term is among records: ln(1 + (n - df + ½) / (df + ½)).
    pub(crate) fn rarity(&self, term: &str) -> Result<f32> {
        let having = self.postings(self.fields.text, term)?.map_or(0, |postings| postings.live);
        Ok(rarity(self.record_count as u32, having))
    }

    /// How rare a term is in records and in questions answered before, between the two.
    pub(crate) fn rarity_both(&self, among_records: f32, asked: u32) -> f32 {
        (among_records + rarity(self.answer_count as u32, asked)) / 2.0
    }

    pub(crate) fn text(&self, term: &str) -> Result<Option<Postings>> {
        self.postings(self.fields.text, term)
    }

    pub(crate) fn asked(&self, term: &str) -> Result<Option<Postings>> {
        self.postings(self.fields.asked, term)
    }

    fn postings(&self, field: Field, term: &str) -> Result<Option<Postings>> {
        let term = Term::from_field_text(field, term);
        let mut parts = Vec::new();
        let mut live = 0;
        for (at, segment) in self.searcher.segment_readers().iter().enumerate() {
            let inverted: Arc<InvertedIndexReader> = segment.inverted_index(field)?;
            let Some(info) = inverted.get_term_info(&term)? else { continue };
            let option = IndexRecordOption::WithFreqs;
            let read = || inverted.read_block_postings_from_terminfo(&info, option);
            live += match segment.has_deletes() {
                false => info.doc_freq,
                true => count_live(segment, read()?),
            };
            parts.push((self.bases[at], read()?));
        }
        Ok((live > 0).then_some(Postings { live, parts }))
    }

    /// The live record of this id.
    pub(crate) fn find(&self, id: &str) -> Result<Option<u32>> {
        let term = Term::from_field_text(self.fields.id, id);
        for (segment, base) in self.searcher.segment_readers().iter().zip(&self.bases) {
            let inverted = segment.inverted_index(self.fields.id)?;
            let Some(mut postings) =
                inverted.read_block_postings(&term, IndexRecordOption::Basic)?
            else {
                continue;
            };
            while postings.block_len() > 0 {
                let live = postings.docs().iter().find(|doc| !segment.is_deleted(**doc));
                if let Some(doc) = live {
                    let record = self.kind_of[(base + doc) as usize] != u8::MAX;
                    return Ok(record.then_some(base + doc));
                }
                postings.advance();
            }
        }
        Ok(None)
    }

    /// The record as it was added.
    pub(crate) fn record(&self, doc: u32) -> Result<Option<Record>> {
        Ok(self.whole(doc)?.as_deref().and_then(stored::from_bytes))
    }

    fn whole(&self, doc: u32) -> Result<Option<Vec<u8>>> {
        let at = self.bases.partition_point(|base| *base <= doc) - 1;
        let address = tantivy::DocAddress::new(at as u32, doc - self.bases[at]);
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document.get_first(self.fields.whole).and_then(|value| value.as_bytes());
        Ok(bytes.map(<[u8]>::to_vec))
    }

    /// The question that an answer was given to.
    pub(crate) fn question(&self, doc: u32) -> Result<Option<String>> {
        let bytes = self.whole(doc)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The kind of a record; empty for an answer.
    pub(crate) fn kind(&self, doc: u32) -> &str {
        let number = usize::from(self.kind_of[doc as usize]);
        self.kinds.get(number).map_or("", String::as_str)
    }
}

impl Postings {
    /// Calls `f(document, how often)` for every document, deleted ones too: their columns say so.
    pub(crate) fn each(&mut self, mut f: impl FnMut(u32, u32)) {
        for (base, postings) in &mut self.parts {
            while postings.block_len() > 0 {
                for (doc, freq) in postings.docs().iter().zip(postings.freqs()) {
                    f(*base + *doc, *freq);
                }
                postings.advance();
            }
        }
    }
}

/// ln(1 + (n - df + ½) / (df + ½)), never below nought.
pub(crate) fn rarity(count: u32, having: u32) -> f32 {
    let (count, having) = (count.max(having) as f32, having as f32);
    ((count - having + 0.5) / (having + 0.5)).ln_1p()
}

fn count_live(segment: &SegmentReader, mut postings: BlockSegmentPostings) -> u32 {
    let mut live = 0;
    while postings.block_len() > 0 {
        let alive = postings.docs().iter().filter(|doc| !segment.is_deleted(**doc));
        live += alive.count() as u32;
        postings.advance();
    }
    live
}

/// A column of texts that may be absent, with its dictionary read at once.
struct Column {
    inner: Option<StrColumn>,
    texts: Vec<String>,
}

impl Column {
    fn new(inner: Option<StrColumn>) -> Result<Column> {
        let mut texts = Vec::new();
        if let Some(inner) = &inner {
            let mut stream = inner.dictionary().stream()?;
            while stream.advance() {
                texts.push(String::from_utf8_lossy(stream.key()).into_owned());
            }
        }
        Ok(Column { inner, texts })
    }

    fn get(&self, doc: u32) -> Option<&str> {
        let ord = self.inner.as_ref()?.ords().first(doc)?;
        self.texts.get(usize::try_from(ord).ok()?).map(String::as_str)
    }
}
