//! Masks: where names of natural persons stand, so that nothing shows them.

use crate::glyph::chars;
use crate::grammar::{Grammar, Words};
use crate::repair::Paragraph;
use kernel::text::is_han;

/// At most so many different names are followed through a document.
const NAMES_MAX: usize = 2_000;

/// Byte ranges of names of persons, sorted, without overlap.
pub(crate) fn persons(paragraphs: &[Paragraph], grammar: &Grammar) -> Vec<(u32, u32)> {
    let texts: Vec<Vec<char>> = paragraphs.iter().map(|p| chars(&p.glyphs)).collect();
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (index, line) in texts.iter().enumerate() {
        for (start, end) in line_names(line, grammar) {
            found.push((index, start, end));
            // A name of three is followed everywhere; two characters may be a common word.
            if end - start >= 3 && names.len() < NAMES_MAX {
                names.push(line[start..end].iter().collect());
            }
        }
    }
    let words = Words::plain(&names);
    if !names.is_empty() {
        for (index, line) in texts.iter().enumerate() {
            let hits = (0..line.len()).filter_map(|at| Some((at, words.at(line, at)?.0)));
            found.extend(hits.map(|(at, length)| (index, at, at + length)));
        }
    }
    let mut ranges: Vec<(u32, u32)> = found
        .into_iter()
        .map(|(index, start, end)| {
            let glyphs = &paragraphs[index].glyphs;
            (glyphs[start].start, glyphs[end - 1].end)
        })
        .collect();
    ranges.sort_unstable();
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match out.last_mut().filter(|last| from < last.1) {
            Some(last) => last.1 = last.1.max(to),
            None => out.push((from, to)),
        }
    }
    out
}

/// The names in one paragraph.
fn line_names(line: &[char], grammar: &Grammar) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < line.len() {
        if let Some((length, _)) = grammar.titles_before.at(line, at) {
            let sure = grammar.titles_sure.has(&line[at..at + length]);
            let mut from = at + length;
            while line.get(from).is_some_and(|c| matches!(c, ':' | ' ' | '|')) {
                from += 1;
            }
            if let Some(end) = name_at(line, from, sure, grammar) {
                out.push((from, end));
                at = list(line, end, &mut out, grammar);
                continue;
            }
            at += length;
            continue;
        }
        if let Some((length, _)) = grammar.titles_after.at(line, at) {
            out.extend(name_before(line, at, grammar));
            at += length;
            continue;
        }
        at += 1;
    }
    out
}

/// 记者 甲、乙: further names behind the first.
fn list(line: &[char], from: usize, out: &mut Vec<(usize, usize)>, grammar: &Grammar) -> usize {
    let mut at = from;
    while matches!(line.get(at), Some('、' | ' ')) {
        match name_at(line, at + 1, false, grammar) {
            Some(end) => {
                out.push((at + 1, end));
                at = end;
            }
            None => break,
        }
    }
    at
}

/// A name of two or three characters at `from`: a surname, and a word end behind it.
fn name_at(line: &[char], from: usize, sure: bool, grammar: &Grammar) -> Option<usize> {
    if !is_name_start(line, from, grammar) {
        return None;
    }
    let ends = |at: usize| {
        line.get(at).is_none_or(|c| !is_han(*c)) || grammar.name_stops.at(line, at).is_some()
    };
    let han = |at: usize| line.get(at).is_some_and(|c| is_han(*c));
    let free = |at: usize| han(at) && grammar.name_stops.at(line, at).is_none();
    if !han(from + 1) {
        return None;
    }
    if han(from + 2) && ends(from + 3) && free(from + 2) {
        return Some(from + 3);
    }
    if ends(from + 2) {
        return Some(from + 2);
    }
    (sure && han(from + 2)).then_some(from + 3)
}

fn is_name_start(line: &[char], from: usize, grammar: &Grammar) -> bool {
    let surname = line.get(from).is_some_and(|c| grammar.surnames.contains(*c));
    surname && grammar.not_names.at(line, from).is_none()
}

/// A name before a title or a verb of speech, behind a break in the text.
fn name_before(line: &[char], end: usize, grammar: &Grammar) -> Option<(usize, usize)> {
    [3usize, 2].into_iter().find_map(|length| {
        let from = end.checked_sub(length)?;
        let opens = from == 0 || line.get(from - 1).is_some_and(|c| !c.is_alphanumeric());
        let han = line[from..end].iter().all(|c| is_han(*c));
        (opens && han && is_name_start(line, from, grammar)).then_some((from, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_behind_and_before_titles_are_found() {
        let grammar = Grammar::shipped().expect("grammar");
        let table = [
            ("副区长俞某某推介了产业", "俞某某"),
            ("记者:楊宜修", ""),
            ("记者:杨宜修", "杨宜修"),
            ("区委书记王小明深入一线", "王小明"),
            (",李四表示", "李四"),
            ("区长王五在会上", "王五"),
            ("代表高新技术企业", ""),
            ("居民安全", ""),
        ];
        for (text, expected) in table {
            let line: Vec<char> = text.chars().collect();
            let found = line_names(&line, &grammar);
            let shown: String = found.iter().flat_map(|(a, b)| line[*a..*b].iter()).collect();
            assert_eq!(shown, expected, "{text}");
        }
    }
}
