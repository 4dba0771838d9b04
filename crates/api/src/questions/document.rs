//! Documents and what waits in them.

use crate::ask::{Asked, PageParams};
use crate::problem::Result;
use crate::wire::document::{Candidate, CandidateCounts, Document, DocumentCard};
use crate::wire::label::Page;
use atlas::candidate;
use atlas::document as kept;
use atlas::reading;
use kernel::{EntityId, SourceId};
use std::collections::BTreeMap;

/// Documents, newest first.
pub fn documents(asked: &mut Asked<'_, '_>, page: &PageParams) -> Result<Page<DocumentCard>> {
    let place = |text: &String| text.parse().map_err(|_| super::bad_place(text));
    let before: Option<SourceId> = page.after.as_ref().map(place).transpose()?;
    let mut found = kept::list(asked.tx, before, page.limit + 1)?;
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    let next = found.last().filter(|_| more).map(|one| one.source.to_string());
    let counts = candidate::counts(asked.tx)?;
    let of = |one: &kept::Document| {
        card(asked, one, counts.get(&one.source).copied().unwrap_or_default().into())
    };
    Ok(Page { items: found.iter().map(of).collect(), next })
}

fn card(asked: &Asked<'_, '_>, one: &kept::Document, counts: CandidateCounts) -> DocumentCard {
    let source = asked.look().source(one.source);
    let published =
        asked.view.source(one.source).and_then(|source| source.description.published.clone());
    DocumentCard {
        key: one.key.clone(),
        title: source.title,
        publisher: source.publisher,
        published,
        url: source.url,
        format: one.format.clone(),
        bytes: one.byte_count,
        characters: one.characters as usize,
        counts,
        recorded_at: one.recorded.to_string(),
        withdrawn: source.withdrawn,
    }
}

/// A document with its text and candidates, each with what reviewers taught.
pub fn document(asked: &mut Asked<'_, '_>, key: &str) -> Result<Document> {
    let one = kept::get(asked.tx, key)?;
    let found = candidate::of_document(asked.tx, one.source)?;
    let ranking = reading::ranking(&candidate::learnt(asked.tx)?);
    let mut counts = CandidateCounts::default();
    let mut known: BTreeMap<(String, Option<String>), Option<EntityId>> = BTreeMap::new();
    let mut candidates: Vec<Candidate> = Vec::with_capacity(found.len());
    for one in &found {
        let name = (one.found.subject.clone(), one.found.subject_kind.clone());
        let subject = match known.get(&name) {
            Some(subject) => *subject,
            None => {
                let kind = name.1.as_deref();
                let subject = candidate::subject(asked.tx, asked.view, &name.0, kind)?;
                known.insert(name, subject);
                subject
            }
        };
        let prior = one.found.confidence;
        let confidence = match one.decision {
            Some(_) => prior,
            None => ranking.confidence_of(prior, &one.found.features),
        };
        let shown = asked.look().candidate(one, confidence, subject);
        match shown.state.as_str() {
            "accepted" => counts.accepted += 1,
            "corrected" => counts.corrected += 1,
            "rejected" => counts.rejected += 1,
            _ => counts.waiting += 1,
        }
        candidates.push(shown);
    }
    let text = kept::body(asked.tx, one.source)?;
    Ok(Document { document: card(asked, &one, counts), text, candidates })
}
