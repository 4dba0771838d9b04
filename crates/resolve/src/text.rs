//! Names as a row of units: each Chinese character, each Latin word, each number is one.

use crate::lexicon::Lexicon;
use crate::trie::hash;
use kernel::text::{fold, is_han};

/// Marks a unit that is a number, so that 第一, 第1 and 第01 are one.
const NUMBER: u64 = 1 << 36;
/// Marks a unit that is a Latin word; the rest is its hash, cut to what a trie can take.
const WORD: u64 = 1 << 39;

/// The number of a Latin word.
pub(crate) fn word_unit(word: &str) -> u64 {
    (hash(word) >> 24) | WORD
}

/// The number of a number.
pub(crate) fn number_unit(value: u32) -> u64 {
    u64::from(value) | NUMBER
}

/// The number a unit stands for.
pub(crate) fn unit_number(unit: u64) -> Option<u32> {
    (unit & WORD == 0 && unit & NUMBER != 0).then_some(unit as u32)
}

/// Whether a unit is a Latin word.
pub(crate) fn is_word(unit: u64) -> bool {
    unit & WORD != 0
}

/// [`fold`], and the rest of the Latin letters without their accents.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return fold(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in fold(text).chars() {
        match bare(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

/// Latin Extended-A without accents, and combining marks without anything.
fn bare(c: char) -> Option<&'static str> {
    let letters = match c {
        'ą' | 'ă' | 'å' | 'ạ' | 'ả' | 'ấ' | 'ầ' => "a",
        'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'ę' | 'ě' | 'ė' | 'ĕ' | 'ế' | 'ề' | 'ệ' => "e",
        'ğ' | 'ĝ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ı' | 'į' | 'ĩ' | 'ĭ' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ł' | 'ľ' | 'ĺ' | 'ļ' => "l",
        'ń' | 'ň' | 'ņ' => "n",
        'ő' | 'ŏ' | 'ơ' | 'ọ' | 'ố' => "o",
        'ŕ' | 'ř' | 'ŗ' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'ŝ' => "s",
        'ť' | 'ţ' | 'ț' | 'ŧ' => "t",
        'ů' | 'ű' | 'ų' | 'ũ' | 'ŭ' | 'ư' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ž' | 'ż' => "z",
        'þ' => "th",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    };
    Some(letters)
}

/// Calls `emit(unit, first byte, byte after)` for each unit of a plain text, in order.
///
/// Latin words come in their full form (`univ` as `university`); words that carry nothing are
/// left out; numbers in Chinese or digits come as one unit where they count things.
pub(crate) fn units(lexicon: &Lexicon, text: &str, mut emit: impl FnMut(u64, usize, usize)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let mut end = at + c.len_utf8();
        if c.is_ascii_digit() {
            while bytes.get(end).is_some_and(u8::is_ascii_digit) {
                end += 1;
            }
            let value = text[at..end].parse().unwrap_or(u32::from(u16::MAX));
            emit(number_unit(value), at, end);
        } else if is_han(c) {
            if digit(c).is_some()
                && let Some((value, length)) = counted(&text[at..], before)
            {
                end = at + length;
                emit(number_unit(value), at, end);
            } else {
                emit(u64::from(u32::from(c)), at, end);
            }
        } else if c.is_alphanumeric() {
            for letter in text[end..].chars() {
                if is_han(letter) || !letter.is_alphanumeric() || letter.is_ascii_digit() {
                    break;
                }
                end += letter.len_utf8();
            }
            let word = &text[at..end];
            let number = hash(word);
            if !lexicon.stop.contains_key(&number) {
                let word = lexicon.short.get(&number).map_or(word, |full| full);
                emit(word_unit(word), at, end);
            }
        }
        before = c;
        at = end;
    }
}

/// A Chinese digit.
fn digit(c: char) -> Option<u32> {
    "〇零一二三四五六七八九十百".chars().position(|d| d == c).map(|at| (at as u32).max(1) - 1)
}

/// A Chinese number that counts, and its bytes: 第一…, 九〇〇医院, 海洋四所; not 三亚, 四川.
fn counted(text: &str, before: char) -> Option<(u32, usize)> {
    let run = || text.chars().map_while(digit);
    let count = run().count();
    let after = text.chars().nth(count);
    let counts = before == '第'
        || count >= 2
        || after.is_some_and(|c| matches!(c, '所' | '院' | '中' | '厂' | '局' | '队' | '附'));
    if !counts || count > 6 {
        return None;
    }
    let value = if run().any(|d| d >= 10) {
        let (mut total, mut ones) = (0, 0);
        for d in run() {
            match d {
                10 => {
                    total += ones.max(1) * 10;
                    ones = 0;
                }
                11 => {
                    total += ones.max(1) * 100;
                    ones = 0;
                }
                d => ones = d,
            }
        }
        total + ones
    } else {
        run().fold(0, |value, d| value * 10 + d)
    };
    let length = text.chars().take(count).map(char::len_utf8).sum();
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_numbers_only_where_they_count() {
        for (text, before, expected) in [
            ("一医院", '第', Some(1)),
            ("十二中学", '第', Some(12)),
            ("二十三所", '第', Some(23)),
            ("九〇〇医院", '第', Some(900)),
            ("九八八医院", ' ', Some(988)),
            ("四所", '洋', Some(4)),
            ("三亚", ' ', None),
            ("四川", ' ', None),
            ("一百零三", '第', Some(103)),
        ] {
            assert_eq!(counted(text, before).map(|(value, _)| value), expected, "{text}");
        }
    }
}
