//! A firm's name taken apart, where it is certain that it is a firm's.

use crate::distinctive::{
    NEVER, Reading, Split, form_start, industry_start, letters, place, reversed, tail_place,
};
use crate::lexicon::{Class, Lexicon};

/// What a county without its suffix costs: less than two characters more of a name.
const SMALL_PRICE: u32 = 4;

/// Takes a firm's name apart: the reading of place, name and trade that costs the least.
pub(crate) fn split_firm(lexicon: &Lexicon, chars: &[char]) -> Split {
    let (form, class) = firm_form(lexicon, chars);
    let (base, province) = front(lexicon, &chars[..form]);
    let how = reading(lexicon, &chars[form..], class);
    let mut best = None;
    let mut best_price = NEVER + 1;
    for (start, extra) in
        [(base, 0), (small(lexicon, &chars[base..form], province) + base, SMALL_PRICE)]
    {
        if extra > 0 && start == base {
            continue;
        }
        let industry_end = tail_place(lexicon, &chars[..form], start, &mut |_, _, _| {});
        let (industry, price) = industry_start(lexicon, &chars[start..industry_end], how);
        // A county is a place only before a name.
        if (extra == 0 || industry > 1) && price + extra < best_price {
            best_price = price + extra;
            let industry = start + industry;
            best = Some(Split { region_end: start, industry, industry_end, form, class });
        }
    }
    best.unwrap_or(Split { region_end: base, industry: form, industry_end: form, form, class })
}

/// Where the form begins; a shop's may be one character behind a word of trade.
fn firm_form(lexicon: &Lexicon, chars: &[char]) -> (usize, Option<Class>) {
    let (form, class) = form_start(lexicon, chars);
    if class.is_some() {
        return (form, class);
    }
    let body = chars.len().saturating_sub(1);
    let end = lexicon.ends.longest(reversed(chars)).is_some();
    let trade = |trie: &crate::trie::Trie<()>| {
        trie.longest(reversed(&chars[..body])).is_some_and(|(length, ())| length > 1)
    };
    let shop = end && (trade(&lexicon.industries) || trade(&lexicon.goods));
    (if shop { body } else { chars.len() }, None)
}

/// What the form allows the trade to be.
fn reading(lexicon: &Lexicon, form: &[char], class: Option<Class>) -> Reading {
    let shop = class.is_none_or(|class| lexicon.class_name(class) != "company");
    let limited = form.windows(2).any(|pair| pair == ['有', '限']);
    let branch = matches!(form, ['公', '司'] | ['分', '公', '司']);
    Reading { firm: true, shop: shop && !form.is_empty(), branch, named: limited }
}

/// Where the places at the front end, with their suffixes and ordinals, and in which province.
fn front(lexicon: &Lexicon, chars: &[char]) -> (usize, Option<u16>) {
    let mut end = 0;
    let mut province = None;
    loop {
        let rest = &chars[end..];
        if let Some((length, found)) = place(lexicon, rest, end > 0) {
            if (1..100).contains(&found.province) {
                province = Some(found.province);
            }
            end += length;
        } else {
            let length = if end > 0 { shaped(lexicon, rest) } else { 0 };
            if length == 0 {
                return (end + ordinal(rest), province);
            }
            end += length;
        }
    }
}

/// The length of what only after a place is one: a zone (新区), a street, a village.
fn shaped(lexicon: &Lexicon, chars: &[char]) -> usize {
    if let Some((length, ())) = lexicon.region_suffixes.longest(letters(chars))
        && length > 1
        && chars.len() > length + 1
    {
        return length;
    }
    let long = chars.windows(3).take(9).position(|end| end == ['自', '治', '县']);
    if let Some(at) = long {
        return at + 3;
    }
    let never = ['农', '新', '乡', '商', '步', '行', '小', '美', '老'];
    (2..=3)
        .find(|end| {
            matches!(chars.get(*end), Some('街' | '村'))
                && !never.contains(&chars[*end - 1])
                && chars.len() > *end + 2
        })
        .map_or(0, |end| end + 1)
}

/// The length of an ordinal: 第三 before the trade only counts the firms of a city.
fn ordinal(chars: &[char]) -> usize {
    const NUMERALS: &str = "一二三四五六七八九十百0123456789";
    if chars.first() != Some(&'第') {
        return 0;
    }
    let length = chars[1..].iter().take_while(|c| NUMERALS.contains(**c)).count();
    if length == 0 { 0 } else { length + 1 }
}

/// The length of a county without suffix at the front, in the province if one is known.
fn small(lexicon: &Lexicon, chars: &[char], province: Option<u16>) -> usize {
    match lexicon.small.longest(letters(chars)) {
        Some((length, found)) if province.is_none_or(|known| known == found) => length,
        _ => 0,
    }
}
