//! What of a text to show, and which stretches of it matched.

use super::document::{Entry, Role};
use super::judge::{Shown, Verdict, latin_words, slips_of};
use super::short_forms::ShortForms;
use super::sound;
use super::wanted::{Wanted, Word};
use kernel::text::fold;

/// Begins a highlighted stretch. No text of the atlas has it: control characters are refused.
pub const MARK_START: char = '\u{2}';
/// Ends a highlighted stretch.
pub const MARK_END: char = '\u{3}';
/// Characters of a text that are shown before and after what matched.
const AROUND_CHARS: usize = 24;

/// The text that matched, and the same with what matched between marks; a long text is cut to
/// what is around it.
pub(super) fn explain(
    wanted: &Wanted,
    forms: &ShortForms,
    entries: &[Entry],
    verdict: Verdict,
) -> (String, String) {
    let Some(entry) = entries.get(verdict.entry) else {
        return (String::new(), String::new());
    };
    let spelling = Spelling::new(&entry.text);
    let mut ranges = spelling.ranges(wanted, forms, verdict.shown);
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

    fn ranges(&self, wanted: &Wanted, forms: &ShortForms, shown: Shown) -> Vec<(usize, usize)> {
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
            Shown::Short => self.short(wanted, forms),
            Shown::Sounds(first, last) => self.syllables(first, last),
        }
    }

    fn span(&self, units: &[(usize, char, usize, usize)]) -> Vec<(usize, usize)> {
        units.first().zip(units.last()).map(|(first, last)| (first.2, last.3)).into_iter().collect()
    }

    /// The characters that are in the key, without spaces.
    fn kept(&self) -> Vec<(usize, char, usize, usize)> {
        let counts = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#' | '&');
        self.units.iter().copied().filter(|unit| counts(unit.1)).collect()
    }

    /// Characters of the key, without spaces, from and to.
    fn part(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let kept = self.kept();
        let end = end.min(kept.len());
        self.span(&kept[start.min(end)..end])
    }

    fn short(&self, wanted: &Wanted, forms: &ShortForms) -> Vec<(usize, usize)> {
        let kept = self.kept();
        let name: Vec<char> = kept.iter().map(|unit| unit.1).collect();
        let fit = forms.fit(&wanted.chars, &name);
        let chars = fit.map(|fit| fit.chars).unwrap_or_default();
        chars.iter().map(|at| (kept[*at].2, kept[*at].3)).collect()
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
