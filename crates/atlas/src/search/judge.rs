//! How well an entity matches what was typed, and why.

use super::distance::{Near, Stretch, near};
use super::document::{Entry, Role};
use super::sound;
use super::wanted::{Wanted, Word};
use kernel::text::{fold, has_han, is_han, name_key};

/// Begins a highlighted stretch. No text of the atlas has it: control characters are refused.
pub const MARK_START: char = '\u{2}';
/// Ends a highlighted stretch.
pub const MARK_END: char = '\u{3}';
/// Characters of a text that are shown before and after what matched.
const AROUND_CHARS: usize = 24;

/// Why an entity was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By its name.
    Name,
    /// By another name, an acronym or an identifier.
    Alias,
    /// By how its name sounds.
    Pinyin,
    /// By the initials of its name.
    Initials,
    /// By a name that is nearly what was typed.
    Typo,
    /// By its texts.
    Text,
    /// Nothing was typed.
    Browse,
}

impl How {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            How::Name => "name",
            How::Alias => "alias",
            How::Pinyin => "pinyin",
            How::Initials => "initials",
            How::Typo => "typo",
            How::Text => "text",
            How::Browse => "browse",
        }
    }
}

/// A verdict: greater scores are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) score: u16,
    pub(super) how: How,
    entry: usize,
    shown: Shown,
}

/// What of the entry to highlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Whole,
    Beginning,
    Words,
    NearWords,
    /// Syllables from and to.
    Sounds(usize, usize),
    /// Characters of the key, without spaces, from and to.
    Part(usize, usize),
}

/// Judges the entries of an entity that `stands` accepts; `similar` allows for slips.
pub(super) fn judge(
    wanted: &Wanted,
    entries: &[Entry],
    similar: bool,
    stands: impl Fn(&Entry) -> bool,
) -> Option<Verdict> {
    let mut best: Option<Verdict> = None;
    let (mut seen, mut most) = (0u32, (0, 0));
    for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| stands(entry)) {
        let folded = fold(&entry.text);
        let here = (0u32..).zip(&wanted.words).fold(0u32, |mask, (bit, word)| {
            mask | (u32::from(word.places(&folded).next().is_some()) << bit)
        });
        seen |= here;
        if here.count_ones() > most.0 {
            most = (here.count_ones(), at);
        }
        let all = here.count_ones() as usize == wanted.words.len() && here != 0;
        if let Some((score, how, shown)) = of_entry(wanted, entry, &folded, all, similar)
            && best.is_none_or(|best| best.score < score)
        {
            best = Some(Verdict { score, how, entry: at, shown });
        }
    }
    let everywhere = seen.count_ones() as usize == wanted.words.len() && seen != 0;
    let spread = Verdict { score: 100, how: How::Text, entry: most.1, shown: Shown::Words };
    best.or(everywhere.then_some(spread))
}

fn of_entry(
    wanted: &Wanted,
    entry: &Entry,
    folded: &str,
    all: bool,
    similar: bool,
) -> Option<(u16, How, Shown)> {
    match entry.role {
        Role::Text => return all.then_some((110, How::Text, Shown::Words)),
        Role::Identifier => {
            let key = name_key(&entry.text);
            let exact = key == wanted.key || wanted.identifier.as_ref() == Some(&key);
            return match (exact, all) {
                (true, _) => Some((850, How::Alias, Shown::Whole)),
                (_, true) => Some((840, How::Alias, Shown::Words)),
                _ => None,
            };
        }
        Role::Name | Role::Alias | Role::Acronym => {}
    }
    let key = name_key(&entry.text);
    let named = entry.role == Role::Name;
    let how = if named { How::Name } else { How::Alias };
    if key == wanted.key {
        return Some((if named { 900 } else { 860 }, how, Shown::Whole));
    }
    if !wanted.key.is_empty() && key.starts_with(&wanted.key) {
        return Some((if named { 800 } else { 610 }, how, Shown::Beginning));
    }
    if all {
        return Some((if named { 700 } else { 600 }, how, Shown::Words));
    }
    by_sound(wanted, folded).or_else(|| if similar { by_slips(wanted, folded, &key) } else { None })
}

fn by_sound(wanted: &Wanted, folded: &str) -> Option<(u16, How, Shown)> {
    if wanted.letters.is_empty() && wanted.sounds.is_empty() {
        return None;
    }
    let sounds = sound::sounds(folded);
    if !wanted.sounds.is_empty() {
        let found = sounds.windows(wanted.sounds.len()).position(|part| *part == wanted.sounds);
        let shown = |first| Shown::Sounds(first, first + wanted.sounds.len());
        return found.map(|first| (320, How::Typo, shown(first)));
    }
    if wanted.initials {
        let ways = sound::initials(folded, &sounds);
        for (way, initials) in ways.iter().enumerate() {
            for first in 0..initials.starts {
                let Some(tail) = initials.letters.get(first..) else { break };
                if tail.starts_with(&wanted.letters) {
                    let whole = initials.letters == wanted.letters;
                    let score = if whole { 520 } else { 510 - u16::from(first > 0) * 10 };
                    let last = first + wanted.letters.len();
                    let shown =
                        if whole || way > 0 { Shown::Whole } else { Shown::Sounds(first, last) };
                    return Some((score, How::Initials, shown));
                }
            }
        }
    }
    if !has_han(folded) {
        return None;
    }
    let letters = wanted.sung();
    let (first, last) = (0..sounds.len()).find_map(|first| {
        let length = spelled(&letters, &sounds[first..])?;
        Some((first, first + length))
    })?;
    let score = match (first, last == sounds.len()) {
        (0, true) => 420,
        (0, false) => 410,
        _ => 400,
    };
    Some((score, How::Pinyin, Shown::Sounds(first, last)))
}

/// How many of the first syllables spell the letters, the last of them perhaps in part.
fn spelled(letters: &str, sounds: &[String]) -> Option<usize> {
    let mut rest = letters;
    for (at, sound) in sounds.iter().enumerate() {
        if sound.starts_with(rest) {
            return Some(at + 1);
        }
        rest = rest.strip_prefix(sound.as_str())?;
    }
    None
}

fn by_slips(wanted: &Wanted, folded: &str, key: &str) -> Option<(u16, How, Shown)> {
    if wanted.slips() > 0 {
        let chars: Vec<char> = key.chars().filter(|c| *c != ' ').collect();
        let Near { slips, start, end } =
            near(&wanted.chars, &chars, wanted.slips(), Stretch::Part)?;
        return Some((310 - slips as u16 * 10, How::Typo, Shown::Part(start, end)));
    }
    let there = latin_words(folded);
    let mut slips = 0;
    for word in &wanted.words {
        let least = there.iter().filter_map(|(there, _)| slips_of(word, there)).min();
        slips += least?;
    }
    let any = wanted.words.iter().any(|word| word.slips() > 0);
    any.then_some((310u16.saturating_sub(slips.min(20) as u16 * 10), How::Typo, Shown::NearWords))
}

fn slips_of(word: &Word, there: &[char]) -> Option<usize> {
    let typed: Vec<char> = word.text.chars().collect();
    let stretch = if word.prefix { Stretch::Beginning } else { Stretch::Whole };
    near(&typed, there, word.slips(), stretch).map(|near| near.slips)
}

/// The words of a folded text that are not Chinese, with their first characters' positions.
fn latin_words(folded: &str) -> Vec<(Vec<char>, usize)> {
    let mut found: Vec<(Vec<char>, usize)> = Vec::new();
    let mut open = false;
    for (at, c) in folded.chars().enumerate() {
        let inside = c.is_alphanumeric() && !is_han(c);
        match (inside, open) {
            (true, true) => {
                if let Some((word, _)) = found.last_mut() {
                    word.push(c);
                }
            }
            (true, false) => found.push((vec![c], at)),
            _ => {}
        }
        open = inside;
    }
    found
}

/// The text that matched, and the same with what matched between marks; a long text is cut to
/// what is around it.
pub(super) fn explain(wanted: &Wanted, entries: &[Entry], verdict: Verdict) -> (String, String) {
    let Some(entry) = entries.get(verdict.entry) else {
        return (String::new(), String::new());
    };
    let spelling = Spelling::new(&entry.text);
    let mut ranges = spelling.ranges(wanted, verdict.shown);
    ranges.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in ranges.into_iter().filter(|(start, end)| start < end) {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    let text = entry.text.as_str();
    let cut = match merged.first() {
        Some(first) if entry.role == Role::Text => around(text, *first),
        _ => (0, text.len()),
    };
    (text[cut.0..cut.1].to_string(), marked(text, cut, &merged))
}

/// The stretch of a text to show around a place in it.
fn around(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let before = text[..start].char_indices().rev().take(AROUND_CHARS).last();
    let after = text[end..].char_indices().nth(AROUND_CHARS);
    (before.map_or(start, |(at, _)| at), after.map_or(text.len(), |(at, _)| end + at))
}

fn marked(text: &str, (from, to): (usize, usize), ranges: &[(usize, usize)]) -> String {
    let mut out = String::with_capacity(to - from + ranges.len() * 2);
    let mut at = from;
    for (start, end) in ranges.iter().filter(|(start, end)| *start >= from && *end <= to) {
        out.push_str(&text[at..*start]);
        out.push(MARK_START);
        out.push_str(&text[*start..*end]);
        out.push(MARK_END);
        at = *end;
    }
    out.push_str(&text[at..to]);
    out
}

/// A text, folded character by character, with where each came from.
struct Spelling {
    folded: String,
    /// For each folded character: byte in `folded`, and bytes from and to in the text.
    units: Vec<(usize, char, usize, usize)>,
}

impl Spelling {
    fn new(text: &str) -> Spelling {
        let (mut folded, mut units) = (String::new(), Vec::new());
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            let piece = if c.is_whitespace() { " ".to_string() } else { fold(&c.to_string()) };
            for piece in piece.chars() {
                units.push((folded.len(), piece, start, end));
                folded.push(piece);
            }
        }
        Spelling { folded, units }
    }

    fn ranges(&self, wanted: &Wanted, shown: Shown) -> Vec<(usize, usize)> {
        match shown {
            Shown::Whole => self.span(&self.units),
            Shown::Beginning => self.part(0, wanted.chars.len()),
            Shown::Part(start, end) => self.part(start, end),
            Shown::Words => wanted.words.iter().flat_map(|word| self.places(word)).collect(),
            Shown::NearWords => latin_words(&self.folded)
                .iter()
                .filter(|(there, _)| wanted.words.iter().any(|w| slips_of(w, there).is_some()))
                .flat_map(|(there, at)| self.span(&self.units[*at..*at + there.len()]))
                .collect(),
            Shown::Sounds(first, last) => self.syllables(first, last),
        }
    }

    fn span(&self, units: &[(usize, char, usize, usize)]) -> Vec<(usize, usize)> {
        units.first().zip(units.last()).map(|(first, last)| (first.2, last.3)).into_iter().collect()
    }

    /// Characters of the key, without spaces, from and to.
    fn part(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let counts = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#' | '&');
        let kept: Vec<_> = self.units.iter().copied().filter(|unit| counts(unit.1)).collect();
        let end = end.min(kept.len());
        self.span(&kept[start.min(end)..end])
    }

    fn places(&self, word: &Word) -> Vec<(usize, usize)> {
        let index = |byte: usize| self.units.partition_point(|unit| unit.0 < byte);
        let of = |(start, end): (usize, usize)| self.span(&self.units[index(start)..index(end)]);
        word.places(&self.folded).flat_map(of).collect()
    }

    /// Syllables from and to: each Chinese character is one, each Latin word is one.
    fn syllables(&self, first: usize, last: usize) -> Vec<(usize, usize)> {
        let mut number = 0;
        let mut in_word = false;
        let mut found = Vec::new();
        for unit in &self.units {
            let word = unit.1.is_ascii_alphanumeric();
            let syllable = !word && !sound::sounds(&unit.1.to_string()).is_empty();
            if in_word && !word {
                number += 1;
            }
            if (word || syllable) && (first..last).contains(&number) {
                found.push((unit.2, unit.3));
            }
            number += usize::from(syllable);
            in_word = word;
        }
        // One stretch, so that a name is not chopped where it has brackets.
        let stretch = found.first().zip(found.last()).map(|(first, last)| (first.0, last.1));
        stretch.into_iter().collect()
    }
}
