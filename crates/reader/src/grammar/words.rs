//! Word lists that are asked at a position: which word stands here, which one ends here.

use std::collections::BTreeMap;

/// A list of words with a number each, found by longest match.
///
/// Both questions cost at most as many steps as the longest word has characters, times the number
/// of lengths that words of the list have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    index: BTreeMap<String, usize>,
    /// Lengths that occur, longest first.
    lengths: Vec<usize>,
    firsts: Hint,
    lasts: Hint,
}

/// Which characters may begin or end a word: no for certain, or perhaps.
///
/// Most questions are asked where no word stands; this answers them without a search.
#[derive(Debug, Clone, Copy, Default)]
struct Hint([u64; 32]);

impl Hint {
    fn add(&mut self, c: char) {
        let (word, bit) = Hint::place(c);
        self.0[word] |= 1 << bit;
    }

    fn may(&self, c: char) -> bool {
        let (word, bit) = Hint::place(c);
        self.0[word] >> bit & 1 == 1
    }

    fn place(c: char) -> (usize, u32) {
        let code = c as u32;
        ((code / 64 % 32) as usize, code % 64)
    }
}

impl Words {
    /// The list of these words; a word that stands twice keeps its first number.
    pub(crate) fn new<'a>(words: impl IntoIterator<Item = (&'a str, usize)>) -> Words {
        let mut index = BTreeMap::new();
        for (word, number) in words {
            if !word.is_empty() {
                index.entry(word.to_string()).or_insert(number);
            }
        }
        let mut lengths: Vec<usize> =
            index.keys().map(|word: &String| word.chars().count()).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        let (mut firsts, mut lasts) = (Hint::default(), Hint::default());
        for word in index.keys() {
            word.chars().next().into_iter().for_each(|c| firsts.add(c));
            word.chars().next_back().into_iter().for_each(|c| lasts.add(c));
        }
        Words { index, lengths, firsts, lasts }
    }

    /// The list of these words, numbered in order.
    pub(crate) fn plain(words: &[String]) -> Words {
        Words::new(words.iter().enumerate().map(|(number, word)| (word.as_str(), number)))
    }

    /// The longest word that starts at `at`: its length and number.
    pub(crate) fn at(&self, chars: &[char], at: usize) -> Option<(usize, usize)> {
        if !self.firsts.may(*chars.get(at)?) {
            return None;
        }
        self.lengths.iter().find_map(|length| {
            let slice = chars.get(at..at + length)?;
            self.get(slice).map(|number| (*length, number))
        })
    }

    /// The longest word that ends before `end`, not reaching before `from`.
    pub(crate) fn before(&self, chars: &[char], from: usize, end: usize) -> Option<(usize, usize)> {
        let last = end.checked_sub(1).and_then(|last| chars.get(last))?;
        if !self.lasts.may(*last) {
            return None;
        }
        self.lengths.iter().find_map(|length| {
            let start = end.checked_sub(*length).filter(|start| *start >= from)?;
            let slice = chars.get(start..end)?;
            self.get(slice).map(|number| (*length, number))
        })
    }

    /// The first word inside `from..end`: position, length, number.
    pub(crate) fn within(
        &self,
        chars: &[char],
        from: usize,
        end: usize,
    ) -> Option<(usize, usize, usize)> {
        let end = end.min(chars.len());
        (from..end).find_map(|at| {
            let (length, number) = self.at(&chars[..end], at)?;
            Some((at, length, number))
        })
    }

    /// Whether exactly these characters are a word.
    pub(crate) fn has(&self, chars: &[char]) -> bool {
        self.get(chars).is_some()
    }

    fn get(&self, slice: &[char]) -> Option<usize> {
        let mut bytes = [0u8; 128];
        let mut used = 0;
        for c in slice {
            let room = bytes.get_mut(used..used + c.len_utf8())?;
            used += c.encode_utf8(room).len();
        }
        let word = std::str::from_utf8(bytes.get(..used)?).ok()?;
        self.index.get(word).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins_from_either_side() {
        let words = Words::new([("超", 0), ("超过", 1), ("不超过", 2)]);
        let chars: Vec<char> = "不超过三".chars().collect();
        assert_eq!(words.at(&chars, 0), Some((3, 2)));
        assert_eq!(words.at(&chars, 1), Some((2, 1)));
        assert_eq!(words.before(&chars, 0, 3), Some((3, 2)));
        assert_eq!(words.before(&chars, 1, 3), Some((2, 1)));
        assert_eq!(words.within(&chars, 1, 4), Some((1, 2, 1)));
        assert_eq!(words.at(&chars, 9), None);
        assert!(!words.has(&chars[..1]));
    }
}
