//! What was typed, understood in every way that a search may take it.

use super::sound::{self, Reading};
use kernel::text::{fold, has_han, is_han, name_key, tokens};

/// Words that all have to occur; more are not looked at.
const WORDS_MAX: usize = 24;
/// A last word of so many letters may be the beginning of one.
const PREFIX_LETTERS: usize = 3;
/// Letters that may be initials, at most.
const INITIALS_MAX: usize = 12;

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
        let mut wanted = Wanted {
            words: words(&folded),
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
    fn words_have_borders() {
        let word = |text: &str, prefix| Word { text: text.to_string(), han: false, prefix };
        assert_eq!(
            word("ai", false).places("air ai 徐ai区 ai2").collect::<Vec<_>>(),
            [(4, 6), (10, 12)]
        );
        assert_eq!(word("la", true).places("ola lab").collect::<Vec<_>>(), [(4, 6)]);
    }
}
