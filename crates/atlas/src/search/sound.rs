//! How names sound, and how a row of letters is heard as syllables.

use kernel::text::{has_han, is_han, syllables};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Readings of a row of letters that are followed at most.
const READINGS_MAX: usize = 8;

/// The syllables of a folded text, ü written u: on a keyboard both are typed.
pub(super) fn sounds(folded: &str) -> Vec<String> {
    let mut found = syllables(folded);
    for syllable in &mut found {
        if syllable.contains('ü') {
            *syllable = syllable.replace('ü', "u");
        }
    }
    found
}

/// Every syllable that a Chinese character has.
static SYLLABLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let characters: String = ('\u{4e00}'..='\u{9fff}').collect();
    let all = sounds(&characters).into_iter();
    all.filter(|s| s.is_ascii() && s.contains(['a', 'e', 'i', 'o', 'u'])).collect()
});

/// A way to hear letters as syllables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whole syllables.
    pub(super) syllables: Vec<String>,
    /// The beginning of one more.
    pub(super) rest: String,
}

/// The ways to hear chunks of letters as syllables, longer syllables first; only the last chunk
/// may end inside a syllable.
pub(super) fn readings(chunks: &[String]) -> Vec<Reading> {
    let mut found = vec![Reading { syllables: Vec::new(), rest: String::new() }];
    for (at, chunk) in chunks.iter().enumerate() {
        let mut tails = Vec::new();
        let last = at + 1 == chunks.len();
        // `v` stands for ü on a keyboard.
        hear(&chunk.replace('v', "u"), last, &mut Vec::new(), &mut tails);
        let joined = found.iter().flat_map(|head| {
            tails.iter().map(|tail| Reading {
                syllables: [head.syllables.clone(), tail.syllables.clone()].concat(),
                rest: tail.rest.clone(),
            })
        });
        found = joined.take(READINGS_MAX).collect();
    }
    found
}

fn hear(letters: &str, partial: bool, heard: &mut Vec<String>, found: &mut Vec<Reading>) {
    if found.len() >= READINGS_MAX || heard.len() > 24 {
        return;
    }
    if letters.is_empty() {
        found.push(Reading { syllables: heard.clone(), rest: String::new() });
        return;
    }
    for length in (1..=letters.len().min(6)).rev() {
        let (head, tail) = letters.split_at(length);
        if SYLLABLES.contains(head) {
            heard.push(head.to_string());
            hear(tail, partial, heard, found);
            heard.pop();
        }
    }
    if partial && found.len() < READINGS_MAX && begins_syllable(letters) {
        found.push(Reading { syllables: heard.clone(), rest: letters.to_string() });
    }
}

fn begins_syllable(letters: &str) -> bool {
    let next = SYLLABLES.range(letters.to_string()..).next();
    next.is_some_and(|syllable| syllable.starts_with(letters) && syllable != letters)
}

/// Latin words that do not count for initials in one of the two ways to count them.
const SMALL_WORDS: [&str; 6] = ["of", "the", "and", "for", "in", "at"];
/// A name of more Latin words is a sentence: nobody searches it by initials.
const WORDS_MAX: usize = 10;

/// The initials of a folded name, with the places where a search may begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Initials {
    /// One letter a syllable or word.
    pub(super) letters: String,
    /// How many of the first positions a search may start from: all of a Chinese name's first
    /// eight, only the first of a Latin name.
    pub(super) starts: usize,
}

/// The initials of a folded name: with and, if that differs, without small words.
pub(super) fn initials(folded: &str, sounds: &[String]) -> Vec<Initials> {
    let first = |sounds: &[&String]| -> String {
        sounds.iter().filter_map(|s| s.chars().next()).filter(char::is_ascii).collect()
    };
    let all: Vec<&String> = sounds.iter().collect();
    if has_han(folded) {
        let starts = folded.chars().filter(|c| is_han(*c)).count().min(8);
        return vec![Initials { letters: first(&all), starts }];
    }
    if all.len() < 2 || all.len() > WORDS_MAX {
        return Vec::new();
    }
    let large: Vec<&String> =
        all.iter().copied().filter(|word| !SMALL_WORDS.contains(&word.as_str())).collect();
    let mut found = vec![Initials { letters: first(&all), starts: 1 }];
    if large.len() < all.len() && large.len() >= 2 {
        found.push(Initials { letters: first(&large), starts: 1 });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(letters: &str) -> Vec<String> {
        let chunks: Vec<String> = letters.split(' ').map(str::to_string).collect();
        let spell = |r: &Reading| format!("{}|{}", r.syllables.join(" "), r.rest);
        readings(&chunks).iter().map(spell).collect()
    }

    #[test]
    fn letters_are_heard_as_syllables() {
        assert!(SYLLABLES.len() > 380 && SYLLABLES.len() < 450, "{}", SYLLABLES.len());
        assert!(heard("caohejing").contains(&"cao he jing|".to_string()));
        assert!(heard("cao he jing").contains(&"cao he jing|".to_string()));
        assert!(heard("caohej").contains(&"cao he|j".to_string()));
        assert!(heard("xian").contains(&"xian|".to_string()));
        assert!(heard("xian").contains(&"xi an|".to_string()));
        assert!(heard("lvse").contains(&"lu se|".to_string()));
        assert_eq!(heard("zzz"), Vec::<String>::new());
    }

    #[test]
    fn initials_skip_small_words() {
        let letters = |name: &str| -> Vec<String> {
            initials(name, &sounds(name)).into_iter().map(|i| i.letters).collect()
        };
        assert_eq!(letters("漕河泾开发区"), ["chjkfq"]);
        assert_eq!(letters("shanghai jiao tong university"), ["sjtu"]);
        assert_eq!(letters("university of science and technology"), ["uosat", "ust"]);
        assert_eq!(letters("alphabet"), Vec::<String>::new());
    }
}
