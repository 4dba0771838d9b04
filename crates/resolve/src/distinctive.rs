//! The distinctive part of a firm's name: what is left of it without place, trade and form.

use crate::firm::{split_firm, without_branch};
use crate::lexicon::{Class, Lexicon, Region};

/// A name longer than this many characters is not taken apart.
pub(crate) const CHARS_MAX: usize = 300;

/// Where the parts of one body's name lie, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Split {
    /// First character after the place.
    pub(crate) region_end: usize,
    /// First character of the trade.
    pub(crate) industry: usize,
    /// First character after the trade: a place before the form, or the form.
    pub(crate) industry_end: usize,
    /// First character of the form.
    pub(crate) form: usize,
    /// What the form says.
    pub(crate) class: Option<Class>,
}

/// The distinctive part (字号) of a firm's name, as a slice of it, or nothing.
///
/// `distinctive("宁波明州环境能源有限公司") == Some("明州")`. Cost: a few microseconds.
pub fn distinctive<'a>(lexicon: &Lexicon, name: &'a str) -> Option<&'a str> {
    let mut chars: Vec<char> = Vec::with_capacity(32);
    let mut offsets: Vec<usize> = Vec::with_capacity(32);
    let mut depth = 0_u32;
    for (at, c) in name.char_indices().take(CHARS_MAX) {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() => {}
            c if depth == 0 => {
                chars.push(c);
                offsets.push(at);
            }
            _ => {}
        }
    }
    let split = split_firm(lexicon, without_branch(&chars), &mut |_, _, _| {});
    if split.region_end >= split.industry {
        return None;
    }
    let start = *offsets.get(split.region_end)?;
    let last = split.industry - 1;
    let end = offsets.get(last)? + chars.get(last)?.len_utf8();
    let part = name.get(start..end)?;
    // A bracket inside ends it: what follows the bracket is trade.
    let part = part.split(['(', '（', '[', '【']).next().unwrap_or(part).trim();
    (!part.is_empty()).then_some(part)
}

/// Takes one body's name apart and tells each place in it: first character, one after, region.
pub(crate) fn split(
    lexicon: &Lexicon,
    chars: &[char],
    region: &mut dyn FnMut(usize, usize, Region),
) -> Split {
    let (mut form, class) = form_start(lexicon, chars);
    if class.is_none() {
        form = chars.len();
    }
    if class.is_some_and(|class| matches!(lexicon.class_name(class), "company" | "shop")) {
        return split_firm(lexicon, chars, region);
    }
    let mut region_end = 0;
    while let Some((length, found)) = place(lexicon, &chars[region_end..form], region_end > 0) {
        // A place that is all there is names the body: 北京大学 keeps its Beijing.
        region(region_end, region_end + length, found);
        region_end += length;
    }
    let industry_end = tail_place(lexicon, &chars[..form], region_end, region);
    let industry = region_end
        + industry_start(lexicon, &chars[region_end..industry_end], Reading::default()).0;
    Split { region_end, industry, industry_end, form, class }
}

/// Where the form begins and what it is; forms repeat: 集团 + 有限公司.
pub(crate) fn form_start(lexicon: &Lexicon, chars: &[char]) -> (usize, Option<Class>) {
    let mut start = chars.len();
    let mut class = None;
    loop {
        let found = lexicon.forms.longest(reversed(&chars[..start]));
        let Some((length, found)) = found else { return (start, class) };
        // One letter more would leave nothing to name: 厂, 院 and 部 alone are part of a word.
        if length >= start || (class.is_some() && !may_repeat(lexicon, class, found, length)) {
            if class.is_none() && length == start {
                return (0, Some(found));
            }
            return (start, class);
        }
        start -= length;
        class = class.or(Some(found));
    }
}

/// Only firms pile up forms, and never by one letter.
fn may_repeat(lexicon: &Lexicon, first: Option<Class>, next: Class, length: usize) -> bool {
    let firm = |class| matches!(lexicon.class_name(class), "company" | "shop");
    length > 1 && first.is_some_and(firm) && lexicon.class_name(next) == "company"
}

/// The place at the front, with its suffix: characters and which one.
pub(crate) fn place(lexicon: &Lexicon, chars: &[char], inner: bool) -> Option<(usize, Region)> {
    let suffix = |from: usize| {
        lexicon.region_suffixes.longest(letters(&chars[from..])).map_or(0, |(length, ())| length)
    };
    let known = lexicon.regions.longest(letters(chars));
    if let Some((length, found)) = known {
        let tail = suffix(length);
        // 栖霞山 is a mountain, not a part of 栖霞.
        let nature = ['山', '湖', '江', '湾', '岛'];
        if tail == 0 && found.city >= 1000 && chars.get(length).is_some_and(|c| nature.contains(c))
        {
            return None;
        }
        let bare = tail == 0
            && lexicon.suffixed.longest(letters(chars)).is_some_and(|(l, ())| l == length);
        // 海淀区 takes its suffix; 上海市场 does not lose its market.
        let tail = if splits_word(lexicon, chars, length, tail) { 0 } else { tail };
        let wide = found.is_scope() && found.city > 0;
        if !bare && !wide {
            return Some((length + tail, found));
        }
    }
    unknown_place(lexicon, chars, inner)
}

/// Whether the suffix is the head of a longer word of trade: 市政, 市场, 区块链, 县域.
pub(crate) fn splits_word(lexicon: &Lexicon, chars: &[char], at: usize, length: usize) -> bool {
    length == 1
        && (2..=4).any(|size| {
            chars.get(at..at + size).is_some_and(|word| {
                lexicon.industries.longest(reversed(word)).is_some_and(|(found, ())| found == size)
            })
        })
}

/// A county, town or district the lexicon does not know, by its shape: 翁源县, 宿豫区, 千灯镇.
fn unknown_place(lexicon: &Lexicon, chars: &[char], inner: bool) -> Option<(usize, Region)> {
    const UNKNOWN: Region = Region { province: u16::MAX, city: 0 };
    // 社区, 园区, 城市, 超市 are words, not places; after a known place 宛城区 is one.
    let never = ['小', '社', '园', '景', '超', '门', '上', '都', '校', '地', '发', '术'];
    for end in 1..=5 {
        let (&last, &before) = (chars.get(end)?, chars.get(end - 1)?);
        let shaped = match last {
            '县' => end <= 4,
            '旗' => (2..=4).contains(&end),
            '镇' | '乡' if ['城', '家', '故', '老', '村', '乡'].contains(&before) => false,
            '镇' | '乡' => (2..=4).contains(&end) && inner,
            '区' | '市' if before == '城' => end == 2 && inner,
            '区' | '市' => (2..=3).contains(&end) && !never.contains(&before),
            '道' => end > 2 && before == '街' && inner,
            _ => false,
        };
        if shaped && !splits_word(lexicon, chars, end, 1) && chars.len() > end + 1 {
            return Some((end + 1, UNKNOWN));
        }
        if shaped {
            return None;
        }
    }
    None
}

/// A place between trade and form (新月能源|石家庄|公司): where it begins, else where it would.
pub(crate) fn tail_place(
    lexicon: &Lexicon,
    chars: &[char],
    from: usize,
    region: &mut dyn FnMut(usize, usize, Region),
) -> usize {
    let end = chars.len();
    for start in (from + 2..end.saturating_sub(1)).rev().take(5) {
        let tail = &chars[start..];
        let Some((length, found)) = lexicon.regions.longest(letters(tail)) else { continue };
        let rest = tail.len() - length;
        let whole = rest == 0 || (rest == 1 && matches!(tail.last(), Some('省' | '市' | '区')));
        if whole && !found.is_scope() {
            region(start, end, found);
            return start;
        }
    }
    end
}

/// How the end of a core is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    /// Whether it is a firm's for certain, so that rare and unknown words of trade count.
    pub(crate) firm: bool,
    /// Whether the name of a branch may follow the trade: 恒力|轮胎销售|天马|公司.
    pub(crate) branch: bool,
    /// Whether the law asks for a name, so that one word of trade alone is it.
    pub(crate) named: bool,
}

/// What numbers are written with.
pub(crate) const NUMERALS: &str = "一二三四五六七八九十百0123456789";
/// A price that is never paid.
pub(crate) const NEVER: u32 = u32::MAX / 2;
/// A longer core is not read.
const CORE_MAX: usize = 48;

/// Where the words of trade begin, so that words and what is left are likely together; the price.
///
/// Each way to read the end of the core as words of trade has a price, and so has the length of
/// what is left: firms call themselves with two or three characters, hardly ever with one.
pub(crate) fn industry_start(lexicon: &Lexicon, core: &[char], how: Reading) -> (usize, u32) {
    if core.len() > CORE_MAX {
        return (core.len(), NEVER);
    }
    let places = inner_places(lexicon, core);
    let mut prices = [NEVER; CORE_MAX + 1];
    prices[core.len()] = 0;
    if how.branch && core.len() > 5 {
        for length in 2..=3 {
            prices[core.len() - length] = 14;
        }
    }
    // Only a word of trade gives leave to stop: what a branch is called is not the trade.
    let mut traded = [false; CORE_MAX + 1];
    traded[core.len()] = true;
    let (mut best, mut best_price) = (core.len(), NEVER);
    for end in (0..=core.len()).rev() {
        if prices[end] == NEVER {
            continue;
        }
        let empty = end == 0 && how.named && core.len() == 2;
        let price = if empty { NEVER } else { prices[end] + length_price(end) };
        if traded[end] && price < best_price {
            (best, best_price) = (end, price);
        }
        if places[end] > 0 {
            let start = usize::from(places[end]);
            prices[start] = prices[start].min(prices[end] + 6);
            traded[start] = true;
        }
        let mut word = |length: usize, price: u32| {
            prices[end - length] = prices[end - length].min(prices[end] + price);
            traded[end - length] = true;
        };
        lexicon.industries.walk(reversed(&core[..end]), |length, ()| {
            word(length, [20, 4, 3][length.min(3) - 1]);
        });
        if how.firm {
            let rare = |length: usize| length < end;
            lexicon.goods.walk(reversed(&core[..end]), |length, ()| {
                if rare(length) {
                    word(length, [20, 5, 4][length.min(3) - 1]);
                }
            });
            if let [.., first, last] = core[..end]
                && rare(2)
                && lexicon.looks_like_trade([first, last])
            {
                word(2, 7);
            }
            // 投资|与|资产管理: two words are joined, so what is before it is one too.
            if let Some('与' | '及' | '和' | '暨') = core[..end].last()
                && end > 3
                && end < core.len()
            {
                let before = &core[..end - 1];
                let joined = [&lexicon.industries, &lexicon.goods]
                    .into_iter()
                    .any(|t| t.longest(reversed(before)).is_some_and(|(length, ())| length > 1));
                if joined {
                    word(1, 2);
                }
            }
            if let Some(length) = ordinal_at_end(&core[..end]) {
                word(length, 4);
            }
        }
    }
    (best, best_price)
}

/// The length of an ordinal at the end: 建工|第九|建筑.
fn ordinal_at_end(chars: &[char]) -> Option<usize> {
    let digits = chars.iter().rev().take_while(|c| NUMERALS.contains(**c)).count();
    let first = chars.len().checked_sub(digits + 1)?;
    (digits > 0 && chars[first] == '第').then_some(digits + 1)
}

/// For each end of a place inside the core where that place begins: 建业电缆|信阳|销售.
fn inner_places(lexicon: &Lexicon, core: &[char]) -> [u8; CORE_MAX + 1] {
    let mut places = [0_u8; CORE_MAX + 1];
    for start in 2..core.len() {
        let found = lexicon.regions.longest(letters(&core[start..]));
        if let Some((length, region)) = found
            && !region.is_scope()
        {
            places[start + length] = start as u8;
        }
    }
    places
}

/// The price of a distinctive part of so many characters.
fn length_price(chars: usize) -> u32 {
    match chars {
        0 => 0,
        1 => 60,
        2 => 5,
        3 => 10,
        4 => 14,
        n => 14 + 10 * (n as u32 - 4),
    }
}

pub(crate) fn letters(chars: &[char]) -> impl Iterator<Item = u64> + '_ {
    chars.iter().map(|c| u64::from(u32::from(*c)))
}

pub(crate) fn reversed(chars: &[char]) -> impl Iterator<Item = u64> + '_ {
    chars.iter().rev().map(|c| u64::from(u32::from(*c)))
}
