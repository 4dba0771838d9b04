//! The lexicon: what a question's words are worth, and which other words mean the same.

use crate::rules::{SynonymLine, TopicLine};
use kernel::text::{fold, is_han, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// A question is read up to so many characters.
pub const QUESTION_CHARS_MAX: usize = 2_000;
/// So many different terms of a question are looked at, the first of each origin.
const TERMS_MAX: usize = 1_000;

/// Where a term of a question came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It was typed.
    Asked,
    /// A synonym or a topic brought it.
    Expanded,
}

/// A term of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// A Chinese character, a pair of them, or a Latin word; folded.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
    /// How much it counts beside its rarity.
    pub weight: f32,
}

/// Words that ask, words that mean others, and topics.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    asking: BTreeSet<String>,
    phrases: Phrases,
    meanings: Vec<(Vec<String>, f32)>,
    topics: BTreeMap<String, Topic>,
}

#[derive(Debug, Clone, Default)]
struct Topic {
    words: Vec<String>,
    broader: String,
}

/// Phrases by their first character, longest first, with the meanings of each.
#[derive(Debug, Clone, Default)]
struct Phrases(BTreeMap<char, Vec<(String, Vec<usize>)>>);

impl Phrases {
    fn add(&mut self, phrase: String, meaning: Option<usize>) {
        let Some(first) = phrase.chars().next() else { return };
        let here = self.0.entry(first).or_default();
        match here.iter_mut().find(|(known, _)| *known == phrase) {
            Some((_, meanings)) => meanings.extend(meaning),
            None => here.push((phrase, meaning.into_iter().collect())),
        }
    }

    fn finish(&mut self) {
        for here in self.0.values_mut() {
            here.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        }
    }

    /// The phrases that start at this byte of a text.
    fn at<'a>(
        &'a self,
        text: &'a str,
        at: usize,
    ) -> impl Iterator<Item = &'a (String, Vec<usize>)> + 'a {
        let rest = &text[at..];
        let here = rest.chars().next().and_then(|first| self.0.get(&first));
        here.into_iter().flatten().filter(move |(phrase, _)| {
            let end = at + phrase.len();
            let latin = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_han(c));
            let cuts_before = latin(text[..at].chars().next_back()) && latin(rest.chars().next());
            rest.starts_with(phrase.as_str())
                && !cuts_before
                && !(latin(phrase.chars().next_back()) && latin(text[end..].chars().next()))
        })
    }
}

impl Lexicon {
    pub(crate) fn add(
        &mut self,
        asking: &[String],
        synonyms: &[SynonymLine],
        topics: Vec<TopicLine>,
    ) {
        for word in asking {
            let word = fold(word);
            self.phrases.add(word.clone(), None);
            self.asking.insert(word);
        }
        for line in synonyms {
            let words = line.mean.iter().map(|word| fold(word)).collect();
            self.meanings.push((words, line.strength));
            let meaning = self.meanings.len() - 1;
            line.words.iter().for_each(|word| self.phrases.add(fold(word), Some(meaning)));
        }
        for line in topics {
            let words = line.words.iter().map(|word| fold(word)).collect();
            self.topics.insert(line.key, Topic { words, broader: line.broader });
        }
    }

    pub(crate) fn finish(&mut self) {
        for topic in self.topics.values() {
            self.meanings.push((topic.words.clone(), 1.0));
            let meaning = self.meanings.len() - 1;
            topic.words.iter().for_each(|word| self.phrases.add(word.clone(), Some(meaning)));
        }
        self.phrases.finish();
    }

    /// The terms of a question or demand: each once, with a weight; `topics` bring their words.
    ///
    /// `single` is the weight of one Chinese character, `expanded` that of words that were not
    /// typed. The text is read up to [`QUESTION_CHARS_MAX`] characters.
    /// Cost: linear in the text times the phrases that begin with a character.
    pub fn terms(
        &self,
        question: &str,
        topics: &BTreeSet<String>,
        single: f32,
        expanded: f32,
    ) -> Vec<Term> {
        let cut: String = question.chars().take(QUESTION_CHARS_MAX).collect();
        let folded = fold(&cut);
        let (kept, meanings) = self.read(&folded);
        let mut asked: BTreeMap<String, f32> = BTreeMap::new();
        tokens(&kept, |token, _, _| {
            if asked.len() < TERMS_MAX || asked.contains_key(token) {
                *asked.entry(token.to_string()).or_default() += worth(token, single);
            }
        });
        let brought = self.brought(&meanings, topics);
        let mut more: BTreeMap<String, f32> = BTreeMap::new();
        for (words, strength) in &brought {
            let weight = expanded * strength / (words.len().max(1) as f32).sqrt();
            for word in words.iter().filter(|word| !folded.contains(word.as_str())) {
                tokens(word, |token, _, _| {
                    let lone = worth(token, 0.0) == 0.0 && word.chars().count() > 1;
                    if !lone && !asked.contains_key(token) && more.len() < TERMS_MAX {
                        let known = more.entry(token.to_string()).or_default();
                        *known = known.max(weight);
                    }
                });
            }
        }
        let term = |origin| move |(text, weight)| Term { text, origin, weight };
        let asked = asked.into_iter().map(term(Origin::Asked));
        let all = asked.chain(more.into_iter().map(term(Origin::Expanded)));
        all.filter(|term| term.weight > 0.0).collect()
    }

    /// A question, folded, without its asking words.
    pub(crate) fn bare(&self, question: &str) -> String {
        let cut: String = question.chars().take(QUESTION_CHARS_MAX).collect();
        self.read(&fold(&cut)).0
    }

    /// The text with asking words cut out (when something is left), and the meanings it touches.
    fn read(&self, folded: &str) -> (String, BTreeSet<usize>) {
        let mut kept = String::with_capacity(folded.len());
        let mut meanings = BTreeSet::new();
        let mut skip_to = 0;
        for (at, c) in folded.char_indices() {
            let mut asks = 0;
            for (phrase, means) in self.phrases.at(folded, at) {
                meanings.extend(means.iter().copied());
                if self.asking.contains(phrase) {
                    asks = asks.max(phrase.len());
                }
            }
            if at >= skip_to && asks > 0 {
                skip_to = at + asks;
                kept.push(' ');
            }
            if at >= skip_to {
                kept.push(c);
            }
        }
        if kept.trim().is_empty() { (folded.to_string(), meanings) } else { (kept, meanings) }
    }

    fn brought(
        &self,
        meanings: &BTreeSet<usize>,
        topics: &BTreeSet<String>,
    ) -> Vec<(&Vec<String>, f32)> {
        let by_words = meanings.iter().filter_map(|at| self.meanings.get(*at));
        let by_words = by_words.map(|(words, strength)| (words, *strength));
        let by_topic = topics.iter().filter_map(|key| self.topics.get(key));
        by_words.chain(by_topic.map(|topic| (&topic.words, 1.0))).collect()
    }

    /// How alike two sets of topics are, 0 to 1: shared ones, and half for those below the same
    /// broader topic, over all.
    pub fn topics_alike(&self, a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
        let all = a.union(b).count();
        if all == 0 {
            return 0.0;
        }
        let broader = |key: &String| {
            self.topics.get(key).map(|topic| topic.broader.as_str()).filter(|b| !b.is_empty())
        };
        let shared = a.intersection(b).count();
        let above: BTreeSet<&str> = b.iter().filter_map(broader).collect();
        let near = a.iter().filter(|key| !b.contains(*key));
        let near = near.filter(|key| broader(key).is_some_and(|up| above.contains(up))).count();
        (shared as f64 + 0.5 * near as f64) / all as f64
    }
}

fn worth(token: &str, single: f32) -> f32 {
    let mut chars = token.chars();
    let lone = chars.next().is_some_and(is_han) && chars.next().is_none();
    if lone { single } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn terms(text: &str, topics: &[&str]) -> Vec<(String, Origin)> {
        let rules = Rules::shipped().expect("shipped rules");
        let topics = topics.iter().map(|topic| (*topic).to_string()).collect();
        let terms = rules.lexicon.terms(text, &topics, 0.0, 0.5);
        terms.into_iter().map(|term| (term.text, term.origin)).collect()
    }

    fn of(terms: &[(String, Origin)], origin: Origin) -> Vec<&str> {
        terms.iter().filter(|(_, o)| *o == origin).map(|(text, _)| text.as_str()).collect()
    }

    #[test]
    fn asking_words_go_and_nothing_joins_over_the_gap() {
        let found = terms("请问废水怎么办", &[]);
        assert_eq!(of(&found, Origin::Asked), ["废水"]);
        let found = terms("膜可以处理", &[]);
        assert_eq!(of(&found, Origin::Asked), ["处理"]);
        let found = terms("怎么办", &[]);
        assert_eq!(of(&found, Origin::Asked), ["么办", "怎么"], "nothing else was said");
    }

    #[test]
    fn synonyms_and_topics_bring_words_that_were_not_typed() {
        let found = terms("老板拖欠工资", &[]);
        let more = of(&found, Origin::Expanded);
        assert!(more.contains(&"报酬") && more.contains(&"用人"), "{more:?}");
        assert!(!more.contains(&"工资"), "typed already");
        let found = terms("降解", &["green/water"]);
        assert!(of(&found, Origin::Expanded).contains(&"脱氮"));
    }

    #[test]
    fn latin_words_are_whole() {
        let found = terms("fair trade", &[]);
        assert!(of(&found, Origin::Expanded).is_empty(), "`ai` is no part of `fair`");
        let found = terms("用AI找", &[]);
        assert!(of(&found, Origin::Expanded).contains(&"智能"));
    }

    #[test]
    fn topics_below_one_topic_are_half_alike() {
        let rules = Rules::shipped().expect("shipped rules");
        let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_string()).collect();
        let alike = |a: &[&str], b: &[&str]| rules.lexicon.topics_alike(&set(a), &set(b));
        assert_eq!(alike(&["ai/vision"], &["ai/vision"]), 1.0);
        assert_eq!(alike(&["ai/vision"], &["ai/speech"]), 0.25);
        assert_eq!(alike(&["ai/vision"], &["bio/drug"]), 0.0);
        assert_eq!(alike(&[], &[]), 0.0);
    }
}
