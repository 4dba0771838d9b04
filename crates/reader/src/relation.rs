//! Relations: what a sentence says two names have to do with each other.

use crate::candidate::{Candidate, CandidateKind};
use crate::document::Document;
use crate::grammar::{Grammar, RelationShape, Words};
use crate::mention::{Named, names};
use crate::sentence::Sentence;
use crate::subject::Places;

/// At most so many far ends of one relation: 与甲、乙、丙签约.
const ENDS_MAX: usize = 40;

/// The relations of a document.
pub(crate) fn relations(
    document: &Document,
    sentences: &[Sentence<'_>],
    places: &Places,
    grammar: &Grammar,
) -> Vec<Candidate> {
    let mut out = Vec::new();
    for entry in &grammar.relations {
        let verbs = Words::plain(&entry.verbs);
        let before = Words::plain(&entry.before);
        let kind = (&entry.kind, &entry.pattern);
        for sentence in sentences.iter().filter(|sentence| !sentence.title) {
            let Some((verb, length, _)) = verbs.within(&sentence.chars, 0, sentence.chars.len())
            else {
                continue;
            };
            let found = match entry.shape {
                RelationShape::With => with(sentence, verb, &before, places),
                RelationShape::By => by(sentence, verb, &before, places, grammar),
                RelationShape::At => at(sentence, verb, length, places, grammar),
            };
            for (near, far, from, to) in found {
                if out.len() >= document.candidates_max {
                    return out;
                }
                let mut candidate = Candidate::at(document, sentence, (from, to), kind.1, grammar);
                candidate.kind = CandidateKind::Relation;
                candidate.subject = near;
                candidate.property = kind.0.clone();
                candidate.value = far;
                out.push(candidate);
            }
        }
    }
    out
}

type Pair = (String, String, usize, usize);

/// X与A、B、C签约: each of the list is a far end.
fn with(sentence: &Sentence<'_>, verb: usize, before: &Words, places: &Places) -> Vec<Pair> {
    let chars = &sentence.chars;
    let clause = sentence.clauses[sentence.clause_of(verb)];
    let start =
        (clause.start..verb).find_map(|i| before.at(&chars[..verb], i).map(|(n, _)| (i, i + n)));
    let Some((with_at, list_from)) = start else { return Vec::new() };
    let near = near_end(sentence, clause.start, with_at, places);
    let mut list_to = verb;
    let tail: String = chars[list_from..verb].iter().collect();
    for end in ["等单位", "等机构", "等企业", "等"] {
        if let Some(at) = tail.find(end) {
            list_to = list_from + tail[..at].chars().count();
            break;
        }
    }
    let mut out = Vec::new();
    let mut from = list_from;
    for at in list_from..=list_to {
        let joins = chars.get(at).is_some_and(|c| matches!(c, '、' | '和'));
        if at == list_to || joins {
            let name = sentence.text(from, at);
            let count = name.chars().count();
            if (2..=30).contains(&count)
                && out.len() < ENDS_MAX
                && name.chars().all(char::is_alphanumeric)
            {
                out.push((near.clone(), name, from, at));
            }
            from = at + 1;
        }
    }
    if list_to == verb && out.len() < 2 { Vec::new() } else { out }
}

/// The subject of a clause as a near end: the names before the word, else the document's place.
fn near_end(sentence: &Sentence<'_>, from: usize, to: usize, places: &Places) -> String {
    let own = (from..to).any(|i| places.own_at(&sentence.chars[..to], i).is_some());
    let text: String = sentence.text(from, to);
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_string();
    let count = text.chars().count();
    if own || !(2..=20).contains(&count) { places.own_place().name } else { text }
}

/// X由Y发布: the name before, the name behind.
fn by(
    sentence: &Sentence<'_>,
    verb: usize,
    before: &Words,
    places: &Places,
    grammar: &Grammar,
) -> Vec<Pair> {
    let chars = &sentence.chars;
    let clause = sentence.clauses[sentence.clause_of(verb)];
    let word =
        (clause.start..verb).find_map(|i| before.at(&chars[..verb], i).map(|(n, _)| (i, i + n)));
    let Some((by_at, from)) = word else { return Vec::new() };
    let all = names(sentence, places, grammar);
    let near = all.iter().rfind(|named| named.to <= by_at);
    let far: Vec<&Named> =
        all.iter().filter(|named| named.from >= from && named.to <= verb).collect();
    let Some(near) = near else { return Vec::new() };
    let subject = sentence.text(near.from, near.to);
    far.into_iter()
        .take(ENDS_MAX)
        .map(|far| (subject.clone(), sentence.text(far.from, far.to), near.from, far.to))
        .collect()
}

/// X落户Y, X位于Y: the name before the verb, the place behind it.
fn at(
    sentence: &Sentence<'_>,
    verb: usize,
    length: usize,
    places: &Places,
    grammar: &Grammar,
) -> Vec<Pair> {
    let chars = &sentence.chars;
    let clause = sentence.clauses[sentence.clause_of(verb)];
    let all = names(sentence, places, grammar);
    let Some(near) = all.iter().rfind(|named| named.to <= verb && named.from >= clause.start)
    else {
        return Vec::new();
    };
    let behind = verb + length;
    let named = all.iter().find(|named| named.from == behind);
    let far = match (places.own_at(chars, behind), named) {
        (Some(n), None) => Some((places.own_place().name, behind + n)),
        (_, Some(named)) => Some((sentence.text(named.from, named.to), named.to)),
        (None, None) => None,
    };
    let subject = sentence.text(near.from, near.to);
    far.map(|(far, end)| vec![(subject, far, near.from, end)]).unwrap_or_default()
}
