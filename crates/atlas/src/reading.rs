//! Reading: a file that people bring becomes a document with candidates, ready to be kept.

use crate::candidate::{Lesson, NewCandidate};
use crate::document::{NewDocument, key_of};
use crate::error::Result;
use crate::source::{Description, SourceKind};
use kernel::Label;
use kernel::canon::{hex, sha256};
use reader::{Candidate, CandidateKind, Document, Grammar, Limits, Ranking, ShownPlaces};
use schema::Schema;

/// Characters of a document's title.
const TITLE_CHARS_MAX: usize = 200;

/// What the bringer says of a file; what is missing is taken from the document itself.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// File name, without folders.
    pub name: String,
    /// What it is called.
    pub title: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published, as written.
    pub published: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its licence.
    pub licence: Option<String>,
}

/// A file that was read, with what was found in it.
#[derive(Debug)]
pub struct Reading {
    /// To be kept.
    pub document: NewDocument,
    /// Found by the grammar, in the order of the text.
    pub candidates: Vec<NewCandidate>,
    /// As the reader has it, for a second reader.
    pub read: Document,
}

/// Reads a file. Fails with `E-READ-01` to `E-READ-06`, and `E-DATE-01` for a date in the card that
/// does not exist.
pub fn read(schema: &Schema, grammar: &Grammar, bytes: &[u8], card: &Card) -> Result<Reading> {
    let read = reader::read(bytes, &card.name, grammar, &Limits::default())?;
    let digest = hex(&sha256(bytes));
    if let Some(text) = &card.published {
        kernel::Valid::parse(text).map_err(|refusal| refusal.column("published"))?;
    }
    let title = card.title.clone().or_else(|| read.title.clone());
    let title: String =
        title.unwrap_or_else(|| card.name.clone()).chars().take(TITLE_CHARS_MAX).collect();
    let source = Description {
        key: key_of(&digest),
        kind: SourceKind::Document,
        parent: None,
        title: Label::new(&title, ""),
        publisher: card.publisher.clone().or_else(|| read.publisher.clone()),
        licence: card.licence.clone(),
        attribution: None,
        url: card.url.clone(),
        published: card.published.clone().or_else(|| read.published.map(|day| day.to_string())),
    };
    let document = NewDocument {
        source,
        name: card.name.clone(),
        format: read.format.name().to_string(),
        digest,
        byte_count: bytes.len() as u64,
        body: read.text(),
    };
    let found = reader::candidates(&read, grammar, schema);
    let candidates = of_candidates(&read, &found);
    Ok(Reading { document, candidates, read })
}

/// Candidates as they are kept.
pub fn of_candidates(document: &Document, found: &[Candidate]) -> Vec<NewCandidate> {
    let places = document.shown_places();
    found.iter().map(|one| of_candidate(&places, one)).collect()
}

fn of_candidate(places: &ShownPlaces, one: &Candidate) -> NewCandidate {
    let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
    let relation = one.kind == CandidateKind::Relation;
    let mention = one.kind == CandidateKind::Mention;
    let (from, to) = places.span(one.start, one.end);
    let mut features = one.features.clone();
    features.sort();
    features.dedup_by(|a, b| a.0 == b.0);
    NewCandidate {
        kind: match one.kind {
            CandidateKind::EventDate => "event".to_string(),
            kind => kind.name().to_string(),
        },
        reader: one.reader.to_string(),
        subject: one.subject.clone(),
        subject_kind: one.subject_kind.clone(),
        property: one.property.clone(),
        indicator: one.indicator.clone(),
        object: some(&one.value).filter(|_| relation),
        object_kind: None,
        comparator: Some(one.comparator.sign().to_string())
            .filter(|_| one.kind == CandidateKind::Fact),
        value: some(&one.value).filter(|_| !relation && !mention),
        value_high: one.value_high.clone(),
        unit: one.unit.clone(),
        valid: one.valid,
        forecast: one.forecast.is_some(),
        bytes: (u64::from(one.start), u64::from(one.end)),
        shown: (from as u64, to as u64),
        quote: one.quote.clone(),
        confidence: one.confidence,
        features,
    }
}

/// The ranking that reviewers' decisions make.
pub fn ranking(learnt: &[Lesson]) -> Ranking {
    let mut ranking = Ranking::default();
    for (features, right) in learnt {
        ranking.learn(features, *right);
    }
    ranking
}
