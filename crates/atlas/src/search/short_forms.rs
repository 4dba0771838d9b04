//! Short names: which words names are made of, and what a short name leaves out of a long one.
//!
//! A short name has characters of the long one in their order: `交大` of `上海交通大学`. It takes
//! them where words begin, or the last of a word, and every character left out makes it less
//! likely. The words are data: `schema/abbreviations.yaml`, or a text like it.

use kernel::Refusal;
use kernel::text::{fold, has_han, is_han};
use serde::Deserialize;
use std::collections::BTreeMap;

const SHIPPED: &str = include_str!("../../../../schema/abbreviations.yaml");
/// Characters of a name that may be shortened, at most.
const NAME_CHARS_MAX: usize = 60;
/// Characters of a short name.
const SHORT_CHARS: std::ops::RangeInclusive<usize> = 2..=24;
/// Words and forms of a list, and characters of each, at most.
const LIST_MAX: usize = 20_000;
const WORD_CHARS_MAX: usize = 30;
/// Other spellings of one text, at most.
const SPELLINGS_MAX: usize = 4;
/// What it costs to begin anew at a word, or at its last character.
const TURN: u32 = 2;
/// What it costs to begin anew where no word is known to begin.
const TURN_INSIDE: u32 = 4;
/// What a character left out costs, in a word that is known and elsewhere.
const LEFT_OUT: u32 = 1;
const LEFT_OUT_UNKNOWN: u32 = 3;
/// Costs that are too much: this, and so much more for each character typed, up to the last.
const COST_BASE: u32 = 3;
const COST_A_CHAR: u32 = 4;
const COST_MAX: u32 = 28;

/// Words that names are made of, and forms that stand for others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShortForms {
    /// By first character, longer ones first; with whether it is an ending.
    words: BTreeMap<char, Vec<(Vec<char>, bool)>>,
    /// Short and full, longer short ones first.
    forms: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    endings: Vec<String>,
    #[serde(default)]
    forms: Vec<Form>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    short: String,
    full: String,
}

/// What a character of a name is in its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    begins: bool,
    /// Last of a word that is known.
    ends: bool,
    left_out: u32,
}

/// How a short name lies in a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fit {
    /// 0 to [`COST_MAX`]; less is likelier.
    pub(super) cost: u32,
    /// Characters of the name that the short one has.
    pub(super) chars: Vec<usize>,
}

impl ShortForms {
    /// The list that ships.
    pub fn shipped() -> Result<ShortForms, Refusal> {
        ShortForms::parse(SHIPPED)
    }

    /// The list in a YAML text of the shape of `schema/abbreviations.yaml`.
    ///
    /// Fails with `E-SCHEMA-01` for any other shape, and for words that are empty, longer than 30
    /// characters or more than 20,000.
    pub fn parse(text: &str) -> Result<ShortForms, Refusal> {
        let refused = |said: &str| {
            Refusal::new(
                "E-SCHEMA-01",
                "a list of short forms has the documented shape",
                said,
                said,
            )
        };
        let file: File =
            serde_saphyr::from_str(text).map_err(|error| refused(&error.to_string()))?;
        let forms = file.forms.iter().flat_map(|form| [&form.short, &form.full]);
        let all = file.words.iter().chain(&file.endings).chain(forms);
        for (at, word) in all.enumerate() {
            if at >= LIST_MAX || word.is_empty() || word.chars().nth(WORD_CHARS_MAX).is_some() {
                return Err(
                    refused("a word has 1 to 30 characters, a list 20,000 words").value(word)
                );
            }
        }
        let mut found = ShortForms::default();
        let words = file.words.iter().map(|word| (word, false));
        for (word, ending) in words.chain(file.endings.iter().map(|word| (word, true))) {
            let chars: Vec<char> = fold(word).chars().collect();
            let Some(first) = chars.first().copied() else { continue };
            found.words.entry(first).or_default().push((chars, ending));
        }
        for words in found.words.values_mut() {
            words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        }
        let forms = file.forms.iter().map(|form| (fold(&form.short), fold(&form.full)));
        found.forms = forms.collect();
        found.forms.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        Ok(found)
    }

    /// Other spellings of a folded text: its short forms in full, then each full one in short.
    pub(super) fn spellings(&self, folded: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut full = folded.to_string();
        for (short, long) in &self.forms {
            // What is there in full already is not made longer still.
            if !full.contains(long.as_str()) {
                full = replaced(&full, short, long);
            }
        }
        if full != folded {
            found.push(full);
        }
        for (short, long) in self.forms.iter().filter(|(short, _)| short.chars().count() > 1) {
            let other = replaced(folded, long, short);
            if other != folded && found.len() < SPELLINGS_MAX && !found.contains(&other) {
                found.push(other);
            }
        }
        found
    }

    /// How `short` may be a short form of `name`, both without spaces; `None` if it is none.
    ///
    /// Cost: the product of their lengths, 24 and 60 at most.
    pub(super) fn fit(&self, short: &[char], name: &[char]) -> Option<Fit> {
        if !can_shorten(short)
            || name.len() > NAME_CHARS_MAX
            || !in_order(short, name.iter().copied())
        {
            return None;
        }
        let most = (COST_BASE + COST_A_CHAR * short.len() as u32).min(COST_MAX);
        let places = self.places(name);
        // (cost, whether the character before was taken) for so many characters of the short one.
        let mut rows = vec![vec![[NONE; 2]; short.len() + 1]];
        rows[0][0][0] = 0;
        for (at, place) in places.iter().enumerate() {
            let before = &rows[at];
            let mut next = vec![[NONE; 2]; short.len() + 1];
            for (taken, cell) in before.iter().enumerate() {
                let least = cell[0].min(cell[1]);
                next[taken][0] = least.saturating_add(place.left_out);
                if short.get(taken) == Some(&name[at]) {
                    let turn = if place.begins || place.ends { TURN } else { TURN_INSIDE };
                    next[taken + 1][1] = cell[1].min(cell[0].saturating_add(turn));
                }
            }
            rows.push(next);
        }
        let last = rows.last()?[short.len()];
        let cost = last[0].min(last[1]);
        (cost <= most).then(|| Fit { cost, chars: way_back(&rows, &places, short, name) })
    }

    fn places(&self, name: &[char]) -> Vec<Place> {
        let unknown = Place { begins: false, ends: false, left_out: LEFT_OUT_UNKNOWN };
        let mut places = vec![unknown; name.len()];
        let (mut at, mut border) = (0, true);
        while at < name.len() {
            let rest = &name[at..];
            let mut words = self.words.get(&name[at]).into_iter().flatten();
            let Some((word, ending)) = words.find(|(word, _)| rest.starts_with(word)) else {
                let script = at > 0 && is_han(name[at - 1]) != is_han(name[at]);
                places[at].begins = border || script;
                border = false;
                at += 1;
                continue;
            };
            let left_out = if *ending { 0 } else { LEFT_OUT };
            for place in &mut places[at..at + word.len()] {
                *place = Place { begins: false, ends: false, left_out };
            }
            places[at].begins = true;
            at += word.len();
            places[at - 1].ends = true;
            border = true;
        }
        places
    }
}

const NONE: u32 = u32::MAX;

/// Whether a text may be a short name at all: Chinese, of a fitting length.
pub(super) fn can_shorten(short: &[char]) -> bool {
    SHORT_CHARS.contains(&short.len()) && short.iter().any(|c| is_han(*c))
}

/// Whether the characters stand in a text in their order, with others between.
pub(super) fn in_order(short: &[char], name: impl Iterator<Item = char>) -> bool {
    let mut left = short;
    for c in name {
        match left {
            [first, rest @ ..] if *first == c => left = rest,
            [] => return true,
            _ => {}
        }
    }
    left.is_empty()
}

/// The characters of the name along the cheapest way; of equal ways the one that takes later.
fn way_back(rows: &[Vec<[u32; 2]>], places: &[Place], short: &[char], name: &[char]) -> Vec<usize> {
    let mut chars = Vec::with_capacity(short.len());
    let mut left = short.len();
    let last = rows[name.len()][left];
    let mut took = last[1] <= last[0];
    for at in (0..name.len()).rev() {
        let before = &rows[at];
        if took {
            left -= 1;
            chars.push(at);
            let cell = before[left];
            let turn = if places[at].begins || places[at].ends { TURN } else { TURN_INSIDE };
            took = cell[1] <= cell[0].saturating_add(turn);
        } else {
            let cell = before[left];
            took = cell[1] <= cell[0];
        }
    }
    chars.reverse();
    chars
}

/// A text with one form for another; Latin ones only where they are words of their own.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_han(c));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in text.match_indices(from) {
        let end = at + found.len();
        let cut = !has_han(from)
            && (latin(text[..at].chars().next_back()) || latin(text[end..].chars().next()));
        if !cut {
            out.push_str(&text[done..at]);
            out.push_str(to);
            done = end;
        }
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cost(forms: &ShortForms, short: &str, name: &str) -> Option<u32> {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        let (short, name) = (chars(short), chars(name));
        let fit = forms.fit(&short, &name)?;
        let taken: Vec<char> = fit.chars.iter().map(|at| name[*at]).collect();
        assert_eq!(taken, short, "the way back gives the short name");
        assert!(fit.chars.windows(2).all(|pair| pair[0] < pair[1]));
        Some(fit.cost)
    }

    #[test]
    fn short_names_leave_out_words_and_ends_of_words() {
        let forms = ShortForms::shipped().expect("the list that ships is sound");
        for (short, name) in [
            ("北大", "北京大学"),
            ("华师大", "华东师范大学"),
            ("西北工大", "西北工业大学"),
            ("浙大二院", "浙江大学医学院附属第二医院"),
            ("中科院半导体所", "中国科学院半导体研究所"),
            ("市科委", "上海市科学技术委员会"),
            ("天文台", "中国科学院上海天文台"),
            ("东方电气", "东方电气集团股份有限公司"),
        ] {
            assert!(cost(&forms, short, name).is_some(), "{short} of {name}");
        }
        for (short, name) in [
            ("北大", "北方工业大厦"),
            ("北大", "大北农科技"),
            ("师大", "高级工程师培训大会"),
            ("a", "alpha"),
            ("机电", "机器学习在电影推荐中的应用研究"),
        ] {
            assert_eq!(cost(&forms, short, name), None, "{short} of {name}");
        }
    }

    #[test]
    fn what_leaves_out_less_is_likelier() {
        let forms = ShortForms::shipped().expect("the list that ships is sound");
        for (short, likelier, other) in [
            ("北大", "北京大学", "北京科技大学"),
            ("华师大", "华东师范大学", "华东师范大学附属中学"),
            ("交大", "西南交通大学", "西南交通大学医学院"),
        ] {
            let [first, second] = [likelier, other].map(|name| cost(&forms, short, name));
            assert!(first.unwrap_or(u32::MAX) < second.unwrap_or(u32::MAX), "{short}");
        }
    }

    proptest! {
        #[test]
        fn a_fit_is_the_short_name_in_order(name in "[上海交通大学院科研究所化有限公司a ]{0,64}", taken in any::<u64>()) {
            let forms = ShortForms::shipped().expect("the list that ships is sound");
            let chars = name.chars().enumerate();
            let short: String =
                chars.filter(|(at, _)| taken >> (at % 64) & 1 == 1).map(|(_, c)| c).collect();
            if let Some(cost) = cost(&forms, &short, &name) {
                prop_assert!(cost <= COST_MAX);
                prop_assert!(short.chars().count() > 1);
            }
        }
    }

    #[test]
    fn spellings_go_both_ways_and_keep_words_whole() {
        let forms = ShortForms::parse(
            "forms: [{short: 社科院, full: 社会科学院}, {short: ai, full: 人工智能}]",
        )
        .expect("a list");
        assert_eq!(forms.spellings("社科院ai所"), ["社会科学院人工智能所"]);
        assert_eq!(forms.spellings("人工智能所"), ["ai所"]);
        assert_eq!(forms.spellings("air 社会科学院"), ["air 社科院"]);
        assert!(forms.spellings("chair").is_empty());
    }

    #[test]
    fn a_list_of_another_shape_is_refused() {
        for text in ["words: [\"\"]", "forms: [{short: a}]", "wrods: []", "- a"] {
            let code = ShortForms::parse(text).map_err(|refusal| refusal.code);
            assert_eq!(code, Err("E-SCHEMA-01"), "{text}");
        }
    }
}
