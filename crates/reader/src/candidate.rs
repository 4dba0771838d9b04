//! Candidates: what a document seems to state, for people to accept or reject.

use crate::document::Document;
use crate::grammar::Grammar;
use crate::sentence::{Sentence, sentences};
use crate::{event, fact, mention, relation, subject};
use kernel::{Comparator, Decimal, Precision, Valid};
use schema::Schema;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateKind {
    /// A figure of a subject.
    Fact,
    /// A name of a thing.
    Mention,
    /// A relation between two names: `subject`, `property`, and `value` as the far end.
    Relation,
    /// The date of an event of the subject.
    EventDate,
}

impl CandidateKind {
    /// The name used in files, storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            CandidateKind::Fact => "fact",
            CandidateKind::Mention => "mention",
            CandidateKind::Relation => "relation",
            CandidateKind::EventDate => "event-date",
        }
    }
}

/// A candidate statement with its exact place. Names of natural persons are masked in every text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub kind: CandidateKind,
    /// Who or what it is about.
    pub subject: String,
    /// Key of the subject's kind in the schema, where the text shows it.
    pub subject_kind: Option<String>,
    /// The property as written; for relations the relation's kind, for events the event's.
    pub property: String,
    /// Key of the schema's indicator that sources call so.
    pub indicator: Option<String>,
    /// How the number is meant.
    pub comparator: Comparator,
    /// The value as text: exact decimal for facts, a name for relations, a date for events.
    pub value: String,
    /// The upper end of a range.
    pub value_high: Option<String>,
    /// Key of the unit.
    pub unit: Option<String>,
    /// First day, last day and precision.
    pub valid: Valid,
    /// `expected` or `target` when it is not yet so.
    pub forecast: Option<String>,
    /// The day of the document, `YYYY-MM-DD`.
    pub document_date: Option<String>,
    /// First byte in [`Document::original`].
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
    /// The original text of the span, persons masked.
    pub quote: String,
    /// The same, repaired.
    pub quote_normalized: String,
    /// How likely it is right, 0 to 100.
    pub confidence: u8,
    /// `grammar` or `endpoint`.
    pub reader: &'static str,
    /// Small categorical features for [`crate::Ranking`]: name and value.
    pub features: Vec<(String, String)>,
}

impl Candidate {
    /// Whether it stands in the headline of its document.
    pub(crate) fn headline(&self) -> bool {
        self.features.iter().any(|(name, value)| name == "place" && value == "headline")
    }

    /// The value as an exact number; `None` for relations and events.
    pub fn number(&self) -> Option<Decimal> {
        match self.kind {
            CandidateKind::Fact => Decimal::parse(&self.value).ok(),
            _ => None,
        }
    }

    /// A candidate without value at a place of a document.
    pub(crate) fn at(
        document: &Document,
        sentence: &Sentence<'_>,
        (from, to): (usize, usize),
        pattern: &str,
        grammar: &Grammar,
    ) -> Candidate {
        let (start, end) = sentence.span(from, to);
        Candidate {
            kind: CandidateKind::Mention,
            subject: String::new(),
            subject_kind: None,
            property: String::new(),
            indicator: None,
            comparator: Comparator::Exact,
            value: String::new(),
            value_high: None,
            unit: None,
            valid: Valid { from: None, to: None, precision: Precision::Open },
            forecast: None,
            document_date: document.published.map(|day| day.to_string()),
            start,
            end,
            quote: document.quote(start, end),
            quote_normalized: document.shown(&sentence.glyphs[from..to]),
            confidence: grammar.prior(pattern),
            reader: "grammar",
            features: vec![
                ("pattern".to_string(), pattern.to_string()),
                ("format".to_string(), document.format.name().to_string()),
            ],
        }
    }
}

/// Everything that a document seems to state, in the order of the text.
///
/// Cost: linear in the text. At most [`crate::Limits::candidates_max`] candidates.
pub fn candidates(document: &Document, grammar: &Grammar, schema: &Schema) -> Vec<Candidate> {
    let sentences = sentences(document);
    let places = subject::places(document, &sentences, grammar);
    let mut out = fact::facts(document, &sentences, &places, grammar, schema);
    out.extend(mention::mentions(document, &sentences, &places, grammar));
    out.extend(relation::relations(document, &sentences, &places, grammar));
    out.extend(event::events(document, &sentences, &places, grammar));
    out.sort_by(|a, b| {
        (a.start, a.end, a.kind, &a.property, &a.value).cmp(&(
            b.start,
            b.end,
            b.kind,
            &b.property,
            &b.value,
        ))
    });
    out.dedup();
    out.truncate(document.candidates_max);
    out
}
