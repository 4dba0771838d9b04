//! A firm's name taken apart, where it is certain that it is a firm's.

use crate::distinctive::{
    NEVER, NUMERALS, Reading, Split, form_start, industry_start, letters, place, reversed,
    splits_word, tail_place,
};
use crate::lexicon::{Class, Lexicon, Provinces, Region, provinces};

/// What a county without its suffix costs: less than two characters more of a name.
const SMALL_PRICE: u32 = 4;

/// A firm's name without its branch, which follows the first company: 常瑞集团公司|扬州分公司.
pub(crate) fn without_branch(chars: &[char]) -> &[char] {
    let company = chars.windows(2).skip(3).position(|pair| pair == ['公', '司']);
    company.map_or(chars, |at| &chars[..at + 5])
}

/// Takes a firm's name apart: the reading of place, name and trade that costs the least.
pub(crate) fn split_firm(
    lexicon: &Lexicon,
    chars: &[char],
    region: &mut dyn FnMut(usize, usize, Region),
) -> Split {
    let (form, class) = firm_form(lexicon, chars);
    let body = &chars[..form];
    let mut places = Vec::new();
    let (base, within) = front(lexicon, body, 0, 0, &mut places);
    let how = reading(&chars[form..]);
    let before = places.len();
    let county = small(lexicon, &body[base..])
        .or_else(|| lexicon.towns.longest(letters(&body[base..])).filter(|_| base > 0))
        .filter(|(_, found)| base == 0 || within & found != 0)
        .map(|(length, found)| {
            let found = shared(within, found);
            places.push((base, base + length, whole(found)));
            front(lexicon, body, base + length, found, &mut places).0
        });
    let mut best_price = NEVER + 1;
    let mut best = Split { region_end: base, industry: form, industry_end: form, form, class };
    let mut kept = before;
    for (start, extra) in [(Some(base), 0), (county, SMALL_PRICE)] {
        let Some(start) = start else { continue };
        let industry_end = tail_place(lexicon, body, start, &mut |_, _, _| {});
        let (industry, price) = industry_start(lexicon, &body[start..industry_end], how);
        // A county is a place only before a name.
        if (extra == 0 || industry > 1) && price + extra < best_price {
            best_price = price + extra;
            kept = if extra == 0 { before } else { places.len() };
            let industry = start + industry;
            best = Split { region_end: start, industry, industry_end, form, class };
        }
    }
    places.truncate(kept);
    if best.industry == best.region_end
        && let Some(start) = foreign(&places, best.region_end)
    {
        places.pop();
        best.region_end = start;
    }
    for (start, end, found) in places {
        region(start, end, found);
    }
    tail_place(lexicon, body, best.region_end, region);
    best
}

/// Where the form begins; a shop's may be one character behind a word of trade.
fn firm_form(lexicon: &Lexicon, chars: &[char]) -> (usize, Option<Class>) {
    let (form, class) = form_start(lexicon, chars);
    let trade = |end: usize| {
        let word = |trie: &crate::trie::Trie<()>| {
            trie.longest(reversed(&chars[..end])).is_some_and(|(length, ())| length > 1)
        };
        word(&lexicon.industries) || word(&lexicon.goods)
    };
    let ends = lexicon.ends.longest(reversed(chars)).map_or(0, |(length, ())| length);
    let start = chars.len() - ends;
    let start = if ends > 0 && start > 1 && start < form && (ends > 1 || trade(start)) {
        start
    } else {
        form
    };
    if gives_back(lexicon, chars, start) {
        return (start + 1, class);
    }
    // A small shop says so before its form: 宏达|小百货店.
    let shop = class.is_some_and(|class| lexicon.class_name(class) == "shop");
    let little = shop && start > 2 && chars[start - 1] == '小';
    (start - usize::from(little), class)
}

/// Whether a form of two characters owes the first to a word of trade: 化工|厂, but 机电|商店.
fn gives_back(lexicon: &Lexicon, chars: &[char], form: usize) -> bool {
    let word = |from: usize| {
        chars.get(from..from + 2).is_some_and(|pair| {
            [&lexicon.industries, &lexicon.goods]
                .into_iter()
                .any(|trie| trie.longest(reversed(pair)).is_some_and(|(length, ())| length == 2))
        })
    };
    let ends = chars.last().is_some_and(|c| lexicon.ends.longest(reversed(&[*c])).is_some());
    form > 2 && chars.len() == form + 2 && ends && word(form - 1) && !word(form - 2)
}

/// What the form allows the trade to be.
fn reading(form: &[char]) -> Reading {
    let limited = form.windows(2).any(|pair| pair == ['有', '限']);
    let branch = matches!(form, ['公', '司'] | ['分', '公', '司']);
    Reading { firm: true, branch, named: limited }
}

/// Where the places at the front end, with their suffixes and ordinals, and in which provinces.
fn front(
    lexicon: &Lexicon,
    chars: &[char],
    from: usize,
    mut within: Provinces,
    places: &mut Vec<(usize, usize, Region)>,
) -> (usize, Provinces) {
    let mut end = from;
    loop {
        let rest = &chars[end..];
        if let Some((length, found)) = small(lexicon, rest)
            && let Some(suffix) = county_suffix(lexicon, rest, length)
        {
            within = shared(within, found);
            places.push((end, end + length + suffix, whole(within)));
            end += length + suffix;
        } else if let Some((length, found)) = place(lexicon, rest, end > 0) {
            let known = provinces(found.province);
            within = if known == 0 { within } else { known };
            places.push((end, end + length, found));
            end += length;
        } else {
            let length = if end > 0 { shaped(lexicon, rest, chars[end - 1]) } else { 0 };
            if length == 0 {
                return (end + ordinal(rest), within);
            }
            end += length;
        }
    }
}

/// Where a last place of two characters begins that lies in another province than the one before:
/// 上海|德惠|风机 has nothing to do with 德惠 in Jilin.
fn foreign(places: &[(usize, usize, Region)], end: usize) -> Option<usize> {
    let [.., before, last] = places else { return None };
    let (known, found) = (provinces(before.2.province), provinces(last.2.province));
    let bare = last.1 == end && last.1 - last.0 == 2;
    (bare && known > 0 && found > 0 && known != found).then_some(last.0)
}

/// What two sets of provinces share, else the second.
fn shared(within: Provinces, found: Provinces) -> Provinces {
    if within & found == 0 { found } else { within & found }
}

/// A province as a place; an unknown one where there are several.
fn whole(within: Provinces) -> Region {
    let one = within.is_power_of_two();
    Region { province: if one { within.trailing_zeros() as u16 } else { u16::MAX }, city: 0 }
}

/// The suffix behind a county, if it has one and is not the head of a word: 市政, 区块链.
fn county_suffix(lexicon: &Lexicon, chars: &[char], length: usize) -> Option<usize> {
    let (suffix, ()) = lexicon.region_suffixes.longest(letters(&chars[length..]))?;
    (chars.len() > length + suffix && !splits_word(lexicon, chars, length, suffix))
        .then_some(suffix)
}

/// The length of what only behind a place is one: a zone (新区), a street, a village.
fn shaped(lexicon: &Lexicon, chars: &[char], before: char) -> usize {
    // 德阳|市区, 乐山|市中区.
    if before == '市' {
        let length = match chars {
            ['区', _, _, ..] => 1,
            ['中', '区', _, _, ..] => 2,
            _ => 0,
        };
        if length > 0 {
            return length;
        }
    }
    // The zone may have a name of its own: 阳澄湖|度假区.
    for at in [0, 2, 3] {
        let found = lexicon.zones.longest(letters(chars.get(at..).unwrap_or_default()));
        if let Some((length, ())) = found
            && chars.len() > at + length + 1
            && (at == 0 || length > 2 || (at == 2 && chars[2..4] == ['新', '区']))
        {
            return at + length;
        }
    }
    let long = chars.windows(3).take(9).position(|end| end == ['自', '治', '县']);
    if let Some(at) = long {
        return at + 3;
    }
    // A road behind a district or county: 雨花区|劳动东路.
    if matches!(before, '区' | '县' | '市' | '镇') {
        let road = (2..=4).find(|end| chars.get(*end) == Some(&'路'));
        let never = ['道', '铁', '公', '网', '电', '管', '线', '陆', '思', '丝'];
        if let Some(end) = road
            && !never.contains(&chars[end - 1])
            && chars.len() > end + 4
        {
            return end + 1;
        }
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
    if chars.first() != Some(&'第') {
        return 0;
    }
    let length = chars[1..].iter().take_while(|c| NUMERALS.contains(**c)).count();
    if length == 0 { 0 } else { length + 1 }
}

/// A county or district at the front: its length and provinces.
fn small(lexicon: &Lexicon, chars: &[char]) -> Option<(usize, Provinces)> {
    lexicon.small.longest(letters(chars))
}

#[cfg(test)]
mod tests {
    use crate::{Lexicon, distinctive};
    use proptest::prelude::*;

    #[test]
    fn the_part_of_each_kind_of_name_is_found() {
        let lexicon = Lexicon::shipped().expect("the shipped lists are sound");
        for (name, part) in [
            // A county, a district, a town or a zone, with suffix and without.
            ("安吉盛祥面料商行", Some("盛祥")),
            ("扬州市江都区伟宏焊割器材有限公司", Some("伟宏")),
            ("息烽永靖镇光祥砂厂", Some("光祥")),
            ("深圳市宝安区沙井国辉电子经销部", Some("国辉")),
            ("苏州工业园区科特建筑装饰有限公司", Some("科特")),
            ("相城阳澄湖度假区湖之韵饭店", Some("湖之韵")),
            // A county is a name where no other is left, and so is a city of another province.
            ("上海德惠特种风机有限公司", Some("德惠")),
            ("兴国商贸有限公司", Some("兴国")),
            // Trades no list holds.
            ("山东胜油管具有限公司", Some("胜油")),
            // Ordinals are no names.
            ("平昌县第二建筑工程公司", None),
            ("成都建工第九建筑工程有限公司", Some("建工")),
            // Branches.
            ("江苏常瑞汽车集团有限公司扬州分公司", Some("常瑞")),
            // Forms that would take a letter of the trade.
            ("天津市大港区天成化工厂", Some("天成")),
            ("太仆寺旗建民矿山机电商店", Some("建民")),
        ] {
            assert_eq!(distinctive(&lexicon, name), part, "{name}");
        }
    }

    proptest! {
        #[test]
        fn parts_in_any_order_are_a_name(
            parts in proptest::collection::vec(
                prop::sample::select(vec![
                    "天台", "市", "区", "江都区", "第", "三", "新区", "路", "街", "镇", "自治县",
                    "宏", "达", "小", "与", "化工", "工厂", "店", "公司", "有限公司", "（", "）",
                ]),
                0..9,
            ),
        ) {
            let lexicon = LEXICON.get_or_init(|| Lexicon::shipped().expect("the shipped lists are sound"));
            let name = parts.concat();
            let part = distinctive(lexicon, &name);
            prop_assert!(part.is_none_or(|part| name.contains(part)));
            let _ = crate::OrgName::parse(lexicon, &name);
        }
    }

    static LEXICON: std::sync::OnceLock<Lexicon> = std::sync::OnceLock::new();
}
