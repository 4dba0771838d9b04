//! Events: the dates of founding, holding, opening and building that a document tells.

use crate::candidate::{Candidate, CandidateKind};
use crate::document::Document;
use crate::grammar::{Grammar, Words};
use crate::mention::names;
use crate::sentence::Sentence;
use crate::subject::Places;
use crate::time::marks;
use kernel::{Precision, Valid};

/// The dated events of a document.
pub(crate) fn events(
    document: &Document,
    sentences: &[Sentence<'_>],
    places: &Places,
    grammar: &Grammar,
) -> Vec<Candidate> {
    let kinds: Vec<(&str, &str, Words)> = grammar
        .events
        .iter()
        .map(|entry| (entry.key.as_str(), entry.pattern.as_str(), Words::plain(&entry.words)))
        .collect();
    let mut out = Vec::new();
    for sentence in sentences {
        let times = marks(&sentence.chars, &document.anchor, grammar);
        if times.is_empty() {
            continue;
        }
        let all = names(sentence, places, grammar);
        for (key, pattern, words) in &kinds {
            let Some((at, length, _)) = words.within(&sentence.chars, 0, sentence.chars.len())
            else {
                continue;
            };
            let time = times.iter().rfind(|mark| mark.end <= at && mark.valid.is_some());
            let Some((mark, valid)) = time.and_then(|mark| mark.valid.map(|valid| (mark, valid)))
            else {
                continue;
            };
            // The name stands between date and verb (会议…举行) or behind the verb (成立了…中心).
            let behind = all.iter().find(|n| n.from >= at + length && n.from <= at + length + 3);
            let between = all.iter().rfind(|n| n.from >= mark.end && n.to <= at);
            let before = all.iter().rfind(|n| n.to <= mark.start);
            let Some(named) = behind.or(between).or(before) else { continue };
            if out.len() >= document.candidates_max {
                return out;
            }
            let from = mark.start.min(named.from);
            let to = (at + length).max(named.to);
            let mut candidate = Candidate::at(document, sentence, (from, to), pattern, grammar);
            candidate.kind = CandidateKind::EventDate;
            candidate.subject = document.shown(&sentence.glyphs[named.from..named.to]);
            candidate.subject_kind = named.kind.clone();
            candidate.property = (*key).to_string();
            candidate.value = written(&valid);
            candidate.valid = valid;
            out.push(candidate);
        }
    }
    out
}

/// A time as precisely as it is known: `2023-10`, `2024-03-29`, `2023`.
pub(crate) fn written(valid: &Valid) -> String {
    let Some(from) = valid.from else { return String::new() };
    let day = from.to_string();
    match valid.precision {
        Precision::Day => day,
        Precision::Month if valid.to.is_some_and(|to| to.month() == from.month()) => {
            day.chars().take(7).collect()
        }
        Precision::Year if valid.to.is_some_and(|to| to.year() == from.year()) => {
            day.chars().take(4).collect()
        }
        _ => valid.to_string(),
    }
}
