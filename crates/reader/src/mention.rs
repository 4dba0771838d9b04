//! Mentions: organizations, places, policies, programmes and platforms that a document names.

use crate::candidate::Candidate;
use crate::document::Document;
use crate::grammar::Grammar;
use crate::phrase::name_start;
use crate::sentence::Sentence;
use crate::subject::{Places, quotations};
use std::collections::BTreeSet;

/// A name in a sentence: characters, kind and pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: Option<String>,
    pub(crate) pattern: &'static str,
}

/// The first mention of each name.
pub(crate) fn mentions(
    document: &Document,
    sentences: &[Sentence<'_>],
    places: &Places,
    grammar: &Grammar,
) -> Vec<Candidate> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::new();
    for sentence in sentences {
        for named in names(sentence, places, grammar) {
            let text = sentence.text(named.from, named.to);
            if out.len() >= document.candidates_max || !seen.insert(text) {
                continue;
            }
            let range = (named.from, named.to);
            let mut candidate = Candidate::at(document, sentence, range, named.pattern, grammar);
            candidate.subject = candidate.quote_normalized.clone();
            candidate.subject_kind = named.kind;
            candidate.property = "name".to_string();
            candidate.value = candidate.subject.clone();
            out.push(candidate);
        }
    }
    out
}

/// The names of a sentence, in order, without overlap.
pub(crate) fn names(sentence: &Sentence<'_>, places: &Places, grammar: &Grammar) -> Vec<Named> {
    let chars = &sentence.chars;
    let mut out: Vec<Named> = Vec::new();
    for (from, to, name) in quotations(chars, grammar) {
        let work = chars.get(from - 1) == Some(&'《');
        let suffix = grammar.entity_ends.before(chars, from, to);
        let kind = suffix.map(|(_, index)| grammar.entity_kinds[index].kind.clone());
        let numeral = name
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_digit() || grammar.digits.contains_key(&c));
        let spoken = name.chars().count() > 30 || name.contains([',', '。', '、']);
        if work {
            out.push(Named {
                from,
                to,
                kind: Some("policy".to_string()),
                pattern: "mention_policy",
            });
        } else if kind.is_some() && !spoken && !numeral {
            out.push(Named { from, to, kind, pattern: "mention_quoted" });
        }
    }
    let mut at = 0;
    while at < chars.len() {
        if let Some(named) = place(chars, at, places) {
            at = named.to;
            out.push(named);
            continue;
        }
        if let Some((length, index)) = grammar.end_at(chars, at) {
            let to = at + length;
            let kind = &grammar.entity_kinds[index];
            let from = name_start(chars, at.saturating_sub(20), at, grammar);
            let longer = grammar.end_at(chars, to).is_some();
            let generic = grammar.generic.at(chars, from).is_some();
            let han = chars[from..at].iter().filter(|c| c.is_alphanumeric()).count();
            if kind.strong && !longer && !generic && han >= 2 {
                out.push(Named {
                    from,
                    to,
                    kind: Some(kind.kind.clone()),
                    pattern: "mention_suffix",
                });
            }
            at = to;
            continue;
        }
        at += 1;
    }
    out.sort_by_key(|named| (named.from, std::cmp::Reverse(named.to)));
    let mut end = 0;
    out.retain(|named| {
        let free = named.from >= end;
        if free {
            end = named.to;
        }
        free
    });
    out
}

fn place(chars: &[char], at: usize, places: &Places) -> Option<Named> {
    let (length, kind) = match places.own.as_ref().map(|own| own.name.chars().collect::<Vec<_>>()) {
        Some(own) if chars[at..].starts_with(&own) => (own.len(), "district"),
        _ => (places.others.at(chars, at)?.0, "district"),
    };
    let kind =
        if matches!(chars.get(at + length - 1), Some('市' | '省')) { "region" } else { kind };
    Some(Named {
        from: at,
        to: at + length,
        kind: Some(kind.to_string()),
        pattern: "mention_place",
    })
}
