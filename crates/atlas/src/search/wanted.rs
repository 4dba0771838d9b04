//! What was typed, understood in every way that a search may take it.

use super::sound::{self, Reading};
use kernel::text::{fold, has_han, is_han, name_key, tokens};
use std::collections::BTreeSet;

/// Words that all have to occur; more are not looked at.
const WORDS_MAX: usize = 24;
/// A last word of so many letters may be the beginning of one.
const PREFIX_LETTERS: usize = 3;
/// Letters that may be initials, at most.
const INITIALS_MAX: usize = 12;
/// A piece of a code has at least so many characters.
const CODE_CHARS: usize = 6;
/// Parts that are looked for one by one, at most: one bit of a mark each.
const PARTS_MAX: usize = 8;

/// A word or a pair of Chinese characters that has to occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) han: bool,
    /// Whether it may be the beginning of a word.
    pub(super) prefix: bool,
}

impl Word {
    /// Slips that are forgiven in a Latin word.
    pub(super) fn slips(&self) -> usize {
        match self.text.chars().count() {
            _ if self.han || self.text.bytes().all(|b| b.is_ascii_digit()) => 0,
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        }
    }

    /// Whether a folded text has it as a whole word.
    pub(super) fn stands_in(&self, folded: &str) -> bool {
        Word { prefix: false, ..self.clone() }.places(folded).next().is_some()
    }

    /// Where a folded text has this word: bytes from and to.
    pub(super) fn places<'a>(
        &'a self,
        folded: &'a str,
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let inside = |c: char| c.is_alphanumeric() && !is_han(c);
        folded.match_indices(self.text.as_str()).map(|(at, text)| (at, at + text.len())).filter(
            move |(start, end)| {
                self.han
                    || (!folded[..*start].chars().next_back().is_some_and(inside)
                        && (self.prefix || !folded[*end..].chars().next().is_some_and(inside)))
            },
        )
    }
}

/// What may be left out when nothing has all of it: a run of Chinese characters or a Latin word;
/// of a single run each pair of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// Bits of its words.
    pub(super) words: u32,
}

impl Part {
    /// Whether a place of this name is meant, as people shorten it: `徐汇` is `徐汇区`.
    pub(super) fn names_place(&self, folded: &str) -> bool {
        match has_han(&self.text) {
            true => self.text.chars().count() > 1 && folded.starts_with(&self.text),
            false => folded.split(' ').any(|word| word == self.text),
        }
    }
}

/// A search text, taken apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// See [`name_key`].
    pub(super) key: String,
    /// The key's characters without spaces.
    pub(super) chars: Vec<char>,
    /// Other keys an identifier may have been typed as: the end of its address.
    pub(super) identifier: Option<String>,
    pub(super) words: Vec<Word>,
    /// None when there is only one.
    pub(super) parts: Vec<Part>,
    /// Whether the parts are pairs of one run, which stand together for something.
    pub(super) one_run: bool,
    /// When it is a row of letters: those letters, and how they may be heard.
    pub(super) letters: String,
    pub(super) readings: Vec<Reading>,
    /// Whether the letters may be initials.
    pub(super) initials: bool,
    /// The syllables of a Chinese text; empty for any other.
    pub(super) sounds: Vec<String>,
}

impl Wanted {
    pub(super) fn new(text: &str) -> Wanted {
        let folded = fold(text);
        let key = name_key(text);
        let chars: Vec<char> = key.chars().filter(|c| *c != ' ').collect();
        let tail = folded.trim_end_matches('/').rsplit_once('/').map(|(_, tail)| name_key(tail));
        let words = words(&folded);
        let (parts, one_run) = parts(&folded, &words);
        let mut wanted = Wanted {
            words,
            parts,
            one_run,
            identifier: tail.filter(|tail| !tail.is_empty() && *tail != key),
            key,
            chars,
            ..Wanted::default()
        };
        let apart = |c: char| c == ' ' || c == '\'' || c == '-';
        if folded.chars().all(|c| c.is_ascii_lowercase() || apart(c)) {
            let chunks: Vec<String> =
                folded.split(apart).filter(|chunk| !chunk.is_empty()).map(str::to_string).collect();
            wanted.letters = chunks.concat();
            wanted.initials =
                chunks.len() == 1 && (2..=INITIALS_MAX).contains(&wanted.letters.len());
            if wanted.letters.len() <= 60 && !chunks.is_empty() {
                wanted.readings = sound::readings(&chunks);
            }
        } else if wanted.chars.len() >= 2 && wanted.chars.iter().all(|c| is_han(*c)) {
            wanted.sounds = sound::sounds(&folded);
        }
        wanted
    }

    /// Slips that are forgiven in a text with Chinese characters.
    pub(super) fn slips(&self) -> usize {
        match self.chars.len() {
            _ if !has_han(&self.key) => 0,
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        }
    }

    /// Bits of all words.
    pub(super) fn all_words(&self) -> u32 {
        (0..self.words.len()).fold(0, |bits, at| bits | 1 << at)
    }

    /// Whether it may be a piece of a code that lists give: letters alone are words.
    pub(super) fn is_code(&self) -> bool {
        self.chars.len() >= CODE_CHARS && self.chars.iter().any(char::is_ascii_digit)
    }

    /// The letters with `v` heard as ü, which sounds are kept as `u`.
    pub(super) fn sung(&self) -> String {
        self.letters.replace('v', "u")
    }
}

fn words(folded: &str) -> Vec<Word> {
    let mut all: Vec<(String, usize, usize, bool)> = Vec::new();
    tokens(folded, |text, start, end| {
        all.push((text.to_string(), start, end, text.chars().all(is_han)));
    });
    let single = |text: &str| text.chars().nth(1).is_none();
    let in_pair = |start: usize, end: usize| {
        all.iter().any(|(text, s, e, han)| *han && !single(text) && (*s == start || *e == end))
    };
    let last = all.last().map_or(0, |(_, _, end, _)| *end);
    let mut found: Vec<Word> = Vec::new();
    for (text, start, end, han) in &all {
        let prefix = !han
            && *end == last
            && (text.len() >= PREFIX_LETTERS || *start > 0)
            && !text.bytes().all(|b| b.is_ascii_digit());
        let word = Word { text: text.clone(), han: *han, prefix };
        let covered = *han && single(text) && in_pair(*start, *end);
        if !covered && !found.contains(&word) && found.len() < WORDS_MAX {
            found.push(word);
        }
    }
    found
}

/// The parts of a folded text, and whether they are pairs of one run.
fn parts(folded: &str, words: &[Word]) -> (Vec<Part>, bool) {
    let mut runs: Vec<String> = Vec::new();
    let mut end = 0;
    let mut before = false;
    tokens(folded, |text, start, stop| {
        let han = text.chars().all(is_han);
        if !(han && before) || start > end || runs.is_empty() {
            runs.push(String::new());
        }
        // Characters come one by one, and in pairs that add nothing.
        if let Some(run) = runs.last_mut()
            && (!han || stop - start == text.chars().next().map_or(0, char::len_utf8))
        {
            run.push_str(text);
        }
        (before, end) = (han, stop);
    });
    let mut seen = BTreeSet::new();
    runs.retain(|run| seen.insert(run.clone()));
    let bits = |run: &str| {
        let within =
            |word: &Word| if word.han { run.contains(&word.text) } else { run == word.text };
        (0u32..).zip(words).filter(|(_, word)| within(word)).fold(0, |all, (at, _)| all | 1 << at)
    };
    let one_run = runs.len() == 1;
    let texts = if one_run { words.iter().map(|word| word.text.clone()).collect() } else { runs };
    let mut found: Vec<Part> =
        texts.into_iter().map(|text| Part { words: bits(&text), text }).collect();
    found.retain(|part| part.words != 0);
    found.truncate(PARTS_MAX);
    if found.len() < 2 || (one_run && found.len() < 3) {
        (Vec::new(), false)
    } else {
        (found, one_run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_taken_apart() {
        let words = |text: &str| -> Vec<String> {
            let mark = |w: Word| if w.prefix { w.text + "*" } else { w.text };
            Wanted::new(text).words.into_iter().map(mark).collect()
        };
        assert_eq!(words("人工智能 AI lab"), ["人工", "工智", "智能", "ai", "lab*"]);
        assert_eq!(words("汇"), ["汇"]);
        assert_eq!(words("ai"), ["ai"]);
        assert_eq!(words("徐匯2024"), ["徐汇", "2024"]);
        let wanted = Wanted::new("https://ror.org/01y3hvq34");
        assert_eq!(wanted.identifier.as_deref(), Some("01y3hvq34"));
        assert!(Wanted::new("chj").initials && !Wanted::new("cao he").initials);
        assert_eq!(Wanted::new("漕河井").sounds, ["cao", "he", "jing"]);
    }

    #[test]
    fn parts_are_runs_and_of_one_run_its_pairs() {
        let parts = |text: &str| -> Vec<(String, u32)> {
            Wanted::new(text).parts.into_iter().map(|part| (part.text, part.words)).collect()
        };
        let own = |all: &[(&str, u32)]| -> Vec<(String, u32)> {
            all.iter().map(|(text, words)| ((*text).to_string(), *words)).collect()
        };
        assert_eq!(parts("徐汇 机器人"), own(&[("徐汇", 1), ("机器人", 6)]));
        assert_eq!(parts("徐汇ai lab"), own(&[("徐汇", 1), ("ai", 2), ("lab", 4)]));
        assert_eq!(parts("徐汇机器"), own(&[("徐汇", 1), ("汇机", 2), ("机器", 4)]));
        assert!(parts("徐汇").is_empty() && parts("徐汇区").is_empty() && parts("ai").is_empty());
        let part = |text: &str| Part { text: text.to_string(), words: 1 };
        assert!(part("徐汇").names_place("徐汇区") && part("xuhui").names_place("xuhui district"));
        assert!(!part("徐").names_place("徐汇区") && !part("hui").names_place("xuhui district"));
    }

    #[test]
    fn words_have_borders() {
        let word = |text: &str, prefix| Word { text: text.to_string(), han: false, prefix };
        assert_eq!(
            word("ai", false).places("air ai 徐ai区 ai2").collect::<Vec<_>>(),
            [(4, 6), (10, 12)]
        );
        assert_eq!(word("la", true).places("ola lab").collect::<Vec<_>>(), [(4, 6)]);
    }
}
