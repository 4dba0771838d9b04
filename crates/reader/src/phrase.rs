//! Phrases: the name of a figure before or behind its number.

use crate::grammar::Grammar;
use crate::sentence::Sentence;
use crate::subject::{Places, opening};
use crate::time::Mark;

/// A noun behind a number has at most so many characters.
const RIGHT_CHARS_MAX: usize = 30;
/// A property before a number has at most so many characters.
const LEFT_CHARS_MAX: usize = 40;

/// The noun behind a counter, from `from` to at most `end`; empty when there is none.
pub(crate) fn right_noun(
    chars: &[char],
    from: usize,
    end: usize,
    next_figure: Option<usize>,
    grammar: &Grammar,
) -> (usize, usize) {
    let mut start = from;
    if chars.get(start) == Some(&'的') {
        start += 1;
    }
    let end = end.min(next_figure.unwrap_or(end)).min(start + RIGHT_CHARS_MAX).min(chars.len());
    // 640家增加到1530家: a verb of change is no noun.
    let changes = grammar
        .links
        .at(chars, start)
        .is_some_and(|(length, _)| length >= 2 && matches!(chars[start + length - 1], '到' | '至'));
    if changes {
        return (start, start);
    }
    let mut quoted = 0usize;
    let mut at = start;
    while at < end {
        if grammar.quotes_open.at(chars, at).is_some() {
            quoted += 1;
        } else if grammar.quotes_close.at(chars, at).is_some() {
            if quoted == 0 {
                break;
            }
            quoted -= 1;
            // A quotation closes the noun, unless it goes on.
            if at + 1 < end && grammar.noun_ends.at(chars, at + 1).is_some() {
                at += 1;
                break;
            }
        } else if quoted == 0 {
            let c = chars[at];
            let listed = c == '、' && (at == start || at - start > 3);
            if listed || matches!(c, ',' | '。' | ';' | ':' | '!' | '?' | '(' | ')' | '—' | '…')
            {
                break;
            }
            if at > start && grammar.noun_ends.at(chars, at).is_some() {
                break;
            }
        }
        at += 1;
    }
    let mut stop = at.max(start);
    if stop > start + 1 && chars[stop - 1] == '的' {
        stop -= 1;
    }
    // What joins the next figure belongs to neither.
    while stop > start {
        match grammar.joins.before(chars, start, stop) {
            Some((length, _)) if next_figure == Some(stop) || chars[stop - 1] == '、' => {
                stop -= length
            }
            _ => break,
        }
    }
    (start, stop)
}

/// The property before a number: between `floor` and `end`, without links at its end, without
/// openings, times, the subject and verbs at its start.
pub(crate) fn left_noun(
    sentence: &Sentence<'_>,
    floor: usize,
    end: usize,
    marks: &[Mark],
    places: &Places,
    grammar: &Grammar,
) -> (usize, usize) {
    let chars = &sentence.chars;
    let mut stop = end;
    loop {
        let before = stop;
        while stop > floor
            && chars
                .get(stop - 1)
                .is_some_and(|c| !c.is_alphanumeric() && !matches!(c, '”' | '’' | '》' | '%'))
        {
            stop -= 1;
        }
        if let Some((length, _)) = grammar.links.before(chars, floor, stop) {
            stop -= length;
        } else if let Some(mark) = marks.iter().find(|mark| mark.end == stop && mark.start >= floor)
        {
            stop = mark.start;
        }
        if stop == before || stop <= floor {
            break;
        }
    }
    let mut start = floor.max(stop.saturating_sub(LEFT_CHARS_MAX)).min(stop);
    loop {
        let before = start;
        start = opening(&chars[..stop], start, marks, grammar).min(stop);
        if let Some(length) = places.own_at(&chars[..stop], start) {
            start += length;
        }
        if let Some((length, _)) =
            grammar.self_words.at(&chars[..stop], start).filter(|(n, _)| start + n < stop)
        {
            // 区级 belongs to 区级财政收入; 全区 does not to 全区商品销售总额.
            if chars[start + length - 1] != '级' {
                start += length;
            }
        }
        if let Some((length, _)) = grammar.light_verbs.at(&chars[..stop], start) {
            start += length;
        }
        if let Some((length, _)) = grammar.times.forecast.at(&chars[..stop], start) {
            start += length;
        }
        if start == before || start >= stop {
            break;
        }
    }
    (start.min(stop), stop)
}

/// The place of the last quotation or name with a known end before `end`, in one clause.
pub(crate) fn last_name(
    chars: &[char],
    from: usize,
    end: usize,
    grammar: &Grammar,
) -> Option<(usize, usize, Option<String>)> {
    (from..end).rev().find_map(|at| {
        if grammar.quotes_close.at(chars, at).is_some() {
            let open = (from..at).rev().find(|i| grammar.quotes_open.at(chars, *i).is_some())?;
            return Some((open + 1, at, None));
        }
        let (length, index) = grammar.end_at(&chars[..end], at)?;
        let stop = at + length;
        let start = name_start(chars, from, at, grammar);
        let kind = grammar.entity_kinds[index].kind.clone();
        let long = stop - start >= length + 2 && grammar.generic.at(chars, start).is_none();
        long.then_some((start, stop, Some(kind)))
    })
}

/// Where a name that ends at `end` begins: behind the last verb, join or mark before it.
pub(crate) fn name_start(chars: &[char], from: usize, end: usize, grammar: &Grammar) -> usize {
    let floor = from.max(end.saturating_sub(20));
    let mut start = floor;
    let mut at = floor;
    while at < end {
        let c = chars[at];
        let mark = !c.is_alphanumeric() && c != '·';
        let time = [&grammar.times.relative, &grammar.times.current]
            .into_iter()
            .find_map(|words| words.at(&chars[..end], at))
            .map(|(length, _)| length);
        let word =
            grammar.verbs.at(&chars[..end], at).map(|(n, _)| n).or_else(|| {
                grammar.openings.at(&chars[..end], at).map(|(n, _)| n).filter(|n| *n >= 2)
            });
        if mark || matches!(c, '的' | '了' | '等' | '在' | '与' | '由' | '和' | '及') {
            at += 1;
            start = at;
        } else if let Some(length) = time {
            at += length;
            start = at;
        } else if let Some(length) = word.filter(|n| *n >= 2) {
            at += length;
            start = at;
        } else {
            at += 1;
        }
    }
    start.min(end)
}
