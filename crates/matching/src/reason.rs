//! Reasons: why a result was matched, in words that people can check.

use crate::answer::Feedback;
use crate::constraint::{Holds, Line};
use crate::error::Result;
use crate::lexicon::{Origin, Term};
use crate::pair::Passed;
use crate::record::Record;
use crate::rules::Rules;
use crate::score::{PartKey, Scores};
use crate::snapshot::{NONE, Snapshot};
use kernel::Label;
use kernel::text::{fold, is_han};
use std::collections::BTreeSet;

/// A part shows at most so many words.
const TERMS_SHOWN: usize = 8;
/// At most so many past questions are shown, each so long.
const QUESTIONS_SHOWN: usize = 3;
const QUESTION_CHARS: usize = 60;
/// Of a record so much text is searched for shared words, in characters.
const TEXT_CHARS: usize = 20_000;
/// A shared phrase is at most so long, in characters.
const PHRASE_CHARS: usize = 12;

/// The demand's words, ready to be found in results.
pub(crate) struct Words {
    bare: String,
    brought: Vec<Term>,
}

impl Words {
    pub(crate) fn new(rules: &Rules, text: &str, topics: &BTreeSet<String>) -> Words {
        let weights = &rules.weights;
        let terms = rules.lexicon.terms(text, topics, weights.single, weights.expanded);
        let brought = terms.into_iter().filter(|term| term.origin == Origin::Expanded).collect();
        Words { bare: rules.lexicon.bare(text), brought }
    }

    /// Fills in the words of each part and says the reasons.
    pub(crate) fn explain(
        &self,
        snapshot: &Snapshot,
        scores: &Scores,
        passed: &mut Passed,
    ) -> Result<()> {
        let text = record_text(&passed.found.record);
        let mut said = Vec::new();
        for part in &mut passed.found.parts {
            part.terms = match part.key {
                PartKey::Words => shared(snapshot, &self.bare, &text)?,
                PartKey::Meaning => self.meant(&text),
                PartKey::Learnt => questions(snapshot, scores, passed.doc)?,
                _ => Vec::new(),
            };
            let group = &passed.found.record.group;
            said.extend(say(part.key, &part.terms, group, passed.found.record.cited));
        }
        said.append(&mut passed.found.reasons);
        passed.found.reasons = said;
        Ok(())
    }

    fn meant(&self, text: &str) -> Vec<String> {
        let long = self.brought.iter().filter(|term| term.text.chars().nth(1).is_some());
        let found = long.filter(|term| text.contains(term.text.as_str()));
        found.take(TERMS_SHOWN).map(|term| term.text.clone()).collect()
    }
}

fn record_text(record: &Record) -> String {
    let all = record.fields.values().map(String::as_str).collect::<Vec<_>>().join("\n");
    fold(&all.chars().take(TEXT_CHARS).collect::<String>())
}

/// The longest phrases that both texts have, the rarest first; single characters left out.
fn shared(snapshot: &Snapshot, bare: &str, text: &str) -> Result<Vec<String>> {
    let mut phrases: Vec<String> = Vec::new();
    let mut rest = bare;
    while let Some(first) = rest.chars().next() {
        let end = phrase(rest, text);
        let phrase = &rest[..end];
        if phrase.chars().nth(1).is_some() && !phrases.iter().any(|known| known == phrase) {
            phrases.push(phrase.to_string());
        }
        rest = &rest[end.max(first.len_utf8())..];
    }
    let mut weighed = Vec::with_capacity(phrases.len());
    for phrase in phrases {
        let mut terms = Vec::new();
        kernel::text::tokens(&phrase, |term, _, _| terms.push(term.to_string()));
        let mut worth = 0.0;
        for term in terms.iter().filter(|term| term.chars().nth(1).is_some()) {
            worth += snapshot.rarity(term)?;
        }
        weighed.push((worth, phrase));
    }
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    Ok(weighed.into_iter().take(TERMS_SHOWN).map(|(_, phrase)| phrase).collect())
}

/// Bytes of the longest beginning of `rest`, all Chinese or one Latin word, that `text` has.
fn phrase(rest: &str, text: &str) -> usize {
    let han = rest.chars().next().is_some_and(is_han);
    let inside = |c: char| c.is_alphanumeric() && is_han(c) == han;
    let run = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
    if !han {
        return if run > 0 && text.contains(&rest[..run]) { run } else { 0 };
    }
    let ends = rest[..run].char_indices().map(|(at, c)| at + c.len_utf8()).take(PHRASE_CHARS);
    ends.take_while(|end| text.contains(&rest[..*end])).last().unwrap_or(0)
}

/// Past questions, the most alike first, that this record answered.
fn questions(snapshot: &Snapshot, scores: &Scores, doc: u32) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (_, answer) in &scores.voters {
        let target = snapshot.target[*answer as usize];
        if target == NONE || target != doc || found.len() == QUESTIONS_SHOWN {
            continue;
        }
        if let Some(question) = snapshot.question(*answer)? {
            let cut: String = question.chars().take(QUESTION_CHARS).collect();
            if !found.contains(&cut) {
                found.push(cut);
            }
        }
    }
    Ok(found)
}

fn say(key: PartKey, terms: &[String], group: &str, cited: u32) -> Option<Label> {
    let (zh, en) = (terms.join("、"), terms.join(", "));
    match key {
        PartKey::Words if !terms.is_empty() => {
            Some(Label::new(format!("共同用词:{zh}"), format!("shared words: {en}")))
        }
        PartKey::Meaning if !terms.is_empty() => {
            Some(Label::new(format!("相关用词:{zh}"), format!("related words: {en}")))
        }
        PartKey::Learnt if !terms.is_empty() => Some(Label::new(
            format!("曾被采纳为类似需求的答复:{zh}"),
            format!("accepted before for similar questions: {en}"),
        )),
        PartKey::Learnt => Some(Label::new("曾被采纳", "accepted before")),
        PartKey::Group if !group.is_empty() => {
            Some(Label::new(format!("{group}另有相关内容"), format!("{group} has more on this")))
        }
        PartKey::Cited if cited > 0 => {
            Some(Label::new(format!("被引用{cited}次"), format!("cited {cited} times")))
        }
        _ => None,
    }
}

/// What constraints hold, and what is still to be asked.
pub(crate) fn of_constraints(lines: &[Line]) -> Vec<Label> {
    let line = |line: &Line| match line.holds {
        Holds::Yes => Label::new(
            format!("满足{}:{}", line.label.zh, line.has.zh),
            format!("meets {}: {}", line.label.en, line.has.en),
        ),
        Holds::Unknown => Label::new(
            format!("{}待核实(要求:{})", line.label.zh, line.wanted.zh),
            format!("{} to be confirmed (wanted: {})", line.label.en, line.wanted.en),
        ),
        Holds::No => Label::new(
            format!("不满足{}", line.label.zh),
            format!("does not meet {}", line.label.en),
        ),
    };
    lines.iter().map(line).collect()
}

/// What earlier answers said against a record.
pub(crate) fn of_feedback(rules: &Rules, feedback: &Feedback, id: &str) -> Vec<Label> {
    let reason = |(reason, count): (&crate::rules::Reason, u32)| {
        Label::new(
            format!("曾被谢绝{count}次:{}", reason.label.zh),
            format!("declined {count} times: {}", reason.label.en),
        )
    };
    feedback.reasons(rules, id).map(reason).collect()
}
