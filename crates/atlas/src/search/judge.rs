//! How well an entity matches what was typed, and why.

use super::distance::{Near, Stretch, near};
use super::document::{Entry, Role};
use super::short_forms::ShortForms;
use super::sound;
use super::wanted::{Wanted, Word};
use kernel::text::{fold, has_han, is_han, name_key};

/// Why an entity was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By its name.
    Name,
    /// By another name, an acronym or an identifier.
    Alias,
    /// By a short form of its name.
    Short,
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
            How::Short => "short",
            How::Pinyin => "pinyin",
            How::Initials => "initials",
            How::Typo => "typo",
            How::Text => "text",
            How::Browse => "browse",
        }
    }
}

/// What counts as a match besides what was typed; each also allows what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Allowing {
    /// Nothing: the text itself, in letters or in sounds.
    Nothing,
    /// Short forms of names, and the place for a part of the text.
    Short,
    /// Slips in names.
    Slips,
    /// Some parts of the text, not all.
    Parts,
}

/// Scores from this on are of names, below it of other texts.
pub(super) const NAMED: u16 = 4_000;
/// Scores from this on are of one text that has everything.
pub(super) const ONE_TEXT: u16 = TEXT_SPELLED;
/// Scores below this are of what was nearly or partly typed.
pub(super) const EXACT: u16 = 900;
/// Within a rank a closer name is better, and one of which more is known: so much is added at most.
const CLOSER: usize = 50;
const KNOWN: u32 = 49;

const NAME: u16 = 9_000;
const OTHER_NAME: u16 = 8_600;
const IDENTIFIER: u16 = 8_500;
const CODE: u16 = 8_400;
const NAME_HEAD: u16 = 8_000;
const NAME_WORDS: u16 = 7_000;
/// Open: the last word is the beginning of one.
const NAME_HEAD_OPEN: u16 = 6_600;
const OTHER_HEAD: u16 = 6_100;
const OTHER_WORDS: u16 = 6_000;
const OTHER_HEAD_OPEN: u16 = 5_900;
const INITIALS: u16 = 5_400;
const INITIALS_HEAD: u16 = 5_200;
const INITIALS_WITHIN: u16 = 5_100;
/// Names in another spelling keep their order: up to 90 is added.
const SPELLED: u16 = 4_900;
/// Less ten for what is left out: 280 at most.
const SHORT: u16 = 4_800;
const SOUND: u16 = 4_400;
const SOUND_HEAD: u16 = 4_300;
const NAME_WORDS_OPEN: u16 = 4_200;
const SOUND_WITHIN: u16 = 4_100;
const OTHER_WORDS_OPEN: u16 = 4_000;
const TEXT: u16 = 1_100;
const TEXT_OPEN: u16 = 1_050;
const TEXT_SPELLED: u16 = 1_020;
const TEXTS: u16 = 1_000;
const TEXTS_AND_PLACE: u16 = 950;
const SOUNDS_LIKE: u16 = 850;
/// Less twenty for each slip.
const SLIPS: u16 = 800;
/// Up to 500 is added for how much is there, and 100 if it is in a name.
const PARTS: u16 = 100;

/// A verdict: greater scores are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) score: u16,
    pub(super) how: How,
    pub(super) entry: usize,
    pub(super) shown: Shown,
    /// Which spelling of the text: the one typed, or another, counted from 1.
    pub(super) spelling: u8,
}

impl Verdict {
    /// The score of an entity with so many statements.
    pub(super) fn of_known(self, count: u32) -> u32 {
        let doublings = u64::from(count).pow(2).checked_ilog2().unwrap_or(0);
        let known = if self.score < NAMED { 0 } else { (3 * doublings).min(KNOWN) };
        u32::from(self.score) + known
    }

    /// The same verdict about the text in another spelling.
    pub(super) fn spelled(self, spelling: u8) -> Verdict {
        let score = match self.score {
            NAMED.. => SPELLED + self.score / 100,
            EXACT.. => TEXT_SPELLED.min(self.score),
            less => less,
        };
        let how = if self.score >= NAMED { How::Short } else { self.how };
        Verdict { score, how, spelling, ..self }
    }
}

/// What of the entry to highlight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Whole,
    Beginning,
    Words,
    NearWords,
    /// Characters of a short form.
    Short,
    /// Syllables from and to.
    Sounds(usize, usize),
    /// Characters of the key, without spaces, from and to.
    Part(usize, usize),
}

/// A match of one entry.
type Match = (u16, How, Shown);

/// What to judge by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) forms: &'a ShortForms,
    pub(super) allowing: Allowing,
    /// Folded names of the places that the entity is in.
    pub(super) places: &'a [String],
}

/// Words of the text that texts of an entity have, as bits.
#[derive(Default)]
struct Seen {
    all: u32,
    in_names: u32,
    /// The most in one entry, and which.
    most: (u32, usize),
}

impl Judge<'_> {
    /// Judges the entries of an entity that `stands` accepts.
    pub(super) fn judge(
        &self,
        entries: &[Entry],
        stands: impl Fn(&Entry) -> bool,
    ) -> Option<Verdict> {
        let mut best: Option<Verdict> = None;
        let mut seen = Seen::default();
        for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| stands(entry)) {
            let folded = fold(&entry.text);
            let here = self.words_in(&folded);
            seen.all |= here;
            if entry.role.is_name() {
                seen.in_names |= here;
            }
            if here.count_ones() > seen.most.0 {
                seen.most = (here.count_ones(), at);
            }
            if let Some((score, how, shown)) = self.of_entry(entry, &folded, here)
                && best.is_none_or(|best| best.score < score)
            {
                best = Some(Verdict { score, how, entry: at, shown, spelling: 0 });
            }
        }
        best.or_else(|| self.of_all(&seen))
    }

    fn words_in(&self, folded: &str) -> u32 {
        let has = |word: &Word| word.places(folded).next().is_some();
        let words = (0u32..).zip(&self.wanted.words);
        words.filter(|(_, word)| has(word)).fold(0, |bits, (at, _)| bits | 1 << at)
    }

    /// By what the texts have together.
    fn of_all(&self, seen: &Seen) -> Option<Verdict> {
        let all = self.wanted.all_words();
        let text = |score| {
            let (how, shown) = (How::Text, Shown::Words);
            Some(Verdict { score, how, entry: seen.most.1, shown, spelling: 0 })
        };
        if seen.all == 0 {
            return None;
        }
        if seen.all == all {
            return text(TEXTS);
        }
        if self.allowing < Allowing::Short || self.wanted.parts.is_empty() {
            return None;
        }
        let with_place = seen.all | if self.wanted.one_run { 0 } else { self.words_of_place() };
        if with_place == all {
            return text(TEXTS_AND_PLACE);
        }
        if self.allowing < Allowing::Parts {
            return None;
        }
        text(self.of_parts(with_place, seen.in_names)?)
    }

    /// Words that say where the entity is.
    fn words_of_place(&self) -> u32 {
        let here =
            |text: &&super::wanted::Part| self.places.iter().any(|place| text.names_place(place));
        self.wanted.parts.iter().filter(here).fold(0, |bits, part| bits | part.words)
    }

    /// A score for having some of the parts: of one run half of them at least.
    fn of_parts(&self, seen: u32, in_names: u32) -> Option<u16> {
        let parts = &self.wanted.parts;
        let length = |bits: u32| -> usize {
            let has = parts.iter().filter(|part| bits & part.words == part.words);
            has.map(|part| part.text.chars().count()).sum()
        };
        let (all, here, named) = (length(u32::MAX), length(seen), length(in_names));
        let enough = if self.wanted.one_run { 2 * here >= all } else { here > 0 };
        let share = |part: usize, most: usize| (part * most / all.max(1)) as u16;
        enough.then(|| PARTS + share(here, 500) + share(named, 100))
    }

    fn of_entry(&self, entry: &Entry, folded: &str, here: u32) -> Option<Match> {
        let wanted = self.wanted;
        let all = here != 0 && here == wanted.all_words();
        // The last word may be the beginning of one.
        let open =
            all && wanted.words.last().is_some_and(|word| word.prefix && !word.stands_in(folded));
        let text = (if open { TEXT_OPEN } else { TEXT }, How::Text, Shown::Words);
        match entry.role {
            Role::Text => return all.then_some(text),
            Role::Identifier => {
                let key = name_key(&entry.text);
                let exact = key == wanted.key || wanted.identifier.as_ref() == Some(&key);
                return match (exact, all) {
                    (true, _) => Some((IDENTIFIER, How::Alias, Shown::Whole)),
                    (_, true) if wanted.is_code() => Some((CODE, How::Alias, Shown::Words)),
                    _ => all.then_some(text),
                };
            }
            Role::Name | Role::Alias | Role::Acronym => {}
        }
        let key = name_key(&entry.text);
        let named = entry.role == Role::Name;
        let how = if named { How::Name } else { How::Alias };
        if key == wanted.key {
            return Some((if named { NAME } else { OTHER_NAME }, how, Shown::Whole));
        }
        if all {
            let head = key.starts_with(&wanted.key);
            let score = match (head, open, named) {
                (true, false, true) => NAME_HEAD,
                (false, false, true) => NAME_WORDS,
                (true, true, true) => NAME_HEAD_OPEN,
                (false, true, true) => NAME_WORDS_OPEN,
                (true, false, false) => OTHER_HEAD,
                (false, false, false) => OTHER_WORDS,
                (true, true, false) => OTHER_HEAD_OPEN,
                (false, true, false) => OTHER_WORDS_OPEN,
            };
            let shown = if head { Shown::Beginning } else { Shown::Words };
            return Some((score + closer(wanted.chars.len(), &key), how, shown));
        }
        self.by_sound(folded, &key)
            .or_else(|| self.by_short_form(&key))
            .or_else(|| self.by_slips(folded, &key))
    }

    fn by_sound(&self, folded: &str, key: &str) -> Option<Match> {
        let wanted = self.wanted;
        if wanted.letters.is_empty() {
            return None;
        }
        let sounds = sound::sounds(folded);
        if wanted.initials
            && let Some(found) = by_initials(wanted, folded, &sounds, key)
        {
            return Some(found);
        }
        if !has_han(folded) {
            return None;
        }
        let letters = wanted.sung();
        let (first, last, whole) = (0..sounds.len()).find_map(|first| {
            let (length, whole) = spelled(&letters, &sounds[first..])?;
            Some((first, first + length, whole))
        })?;
        let score = match (first, last == sounds.len()) {
            (0, true) => SOUND,
            (0, false) => SOUND_HEAD,
            _ => SOUND_WITHIN,
        };
        let closer = if whole { closer(last - first, key) } else { 0 };
        Some((score + closer, How::Pinyin, Shown::Sounds(first, last)))
    }

    fn by_short_form(&self, key: &str) -> Option<Match> {
        if self.allowing < Allowing::Short || !has_han(key) {
            return None;
        }
        let chars: Vec<char> = key.chars().filter(|c| *c != ' ').collect();
        let fit = self.forms.fit(&self.wanted.chars, &chars)?;
        Some((SHORT - fit.cost as u16 * 10, How::Short, Shown::Short))
    }

    fn by_slips(&self, folded: &str, key: &str) -> Option<Match> {
        if self.allowing < Allowing::Slips {
            return None;
        }
        let wanted = self.wanted;
        if !wanted.sounds.is_empty() {
            let sounds = sound::sounds(folded);
            let mut parts = sounds.windows(wanted.sounds.len());
            if let Some(first) = parts.position(|part| *part == wanted.sounds) {
                let shown = Shown::Sounds(first, first + wanted.sounds.len());
                return Some((SOUNDS_LIKE, How::Typo, shown));
            }
        }
        let less = |slips: usize| SLIPS - slips.min(20) as u16 * 20;
        if wanted.slips() > 0 {
            let chars: Vec<char> = key.chars().filter(|c| *c != ' ').collect();
            let Near { slips, start, end } =
                near(&wanted.chars, &chars, wanted.slips(), Stretch::Part)?;
            return Some((less(slips), How::Typo, Shown::Part(start, end)));
        }
        if !wanted.words.iter().any(|word| word.slips() > 0) {
            return None;
        }
        let there = latin_words(folded);
        let mut slips = 0;
        for word in &wanted.words {
            slips += there.iter().filter_map(|(there, _)| slips_of(word, there)).min()?;
        }
        Some((less(slips), How::Typo, Shown::NearWords))
    }
}

/// What is added for a name that has little else than what was typed.
fn closer(typed: usize, key: &str) -> u16 {
    let there = key.chars().filter(|c| *c != ' ').count().max(1);
    (typed.min(there) * CLOSER / there) as u16
}

fn by_initials(wanted: &Wanted, folded: &str, sounds: &[String], key: &str) -> Option<Match> {
    for (way, initials) in sound::initials(folded, sounds).iter().enumerate() {
        for first in 0..initials.starts {
            let Some(tail) = initials.letters.get(first..) else { break };
            if tail.starts_with(&wanted.letters) {
                let whole = initials.letters == wanted.letters;
                let last = first + wanted.letters.len();
                let score = match (whole, first) {
                    (true, _) => INITIALS,
                    (false, 0) => INITIALS_HEAD,
                    (false, _) => INITIALS_WITHIN,
                };
                let shown =
                    if whole || way > 0 { Shown::Whole } else { Shown::Sounds(first, last) };
                let closer = if whole { 0 } else { closer(wanted.letters.len(), key) };
                return Some((score + closer, How::Initials, shown));
            }
        }
    }
    None
}

/// How many of the first syllables spell the letters, and whether all of the last one.
fn spelled(letters: &str, sounds: &[String]) -> Option<(usize, bool)> {
    let mut rest = letters;
    for (at, sound) in sounds.iter().enumerate() {
        if sound.starts_with(rest) {
            return Some((at + 1, sound == rest));
        }
        rest = rest.strip_prefix(sound.as_str())?;
    }
    None
}

pub(super) fn slips_of(word: &Word, there: &[char]) -> Option<usize> {
    let typed: Vec<char> = word.text.chars().collect();
    let stretch = if word.prefix { Stretch::Beginning } else { Stretch::Whole };
    near(&typed, there, word.slips(), stretch).map(|near| near.slips)
}

/// The words of a folded text that are not Chinese, with their first characters' positions.
pub(super) fn latin_words(folded: &str) -> Vec<(Vec<char>, usize)> {
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
