//! Documents: opened, repaired, dated, with every character tied to the bytes it came from.

use crate::format::{self, Format, Meta};
use crate::glyph::{Encoding, Glyph, chars, text};
use crate::grammar::{Grammar, Words};
use crate::limits::Limits;
use crate::mask;
use crate::repair::{self, Paragraph, Repairs};
use crate::time::{Anchor, marks, survey};
use kernel::{Day, Precision, Refusal, Valid};

/// What byte offsets count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanOf {
    /// The file as it came.
    Original,
    /// The text extracted from it: [`Document::original`] gives that text.
    Extracted,
}

impl SpanOf {
    /// `original` or `extracted`.
    pub fn name(self) -> &'static str {
        match self {
            SpanOf::Original => "original",
            SpanOf::Extracted => "extracted",
        }
    }
}

/// A document after repair. Names of natural persons are masked in everything it shows.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its format.
    pub format: Format,
    /// The encoding of the bytes that spans count in.
    pub encoding: Encoding,
    /// What spans count in.
    pub span_of: SpanOf,
    /// Its title, repaired and masked.
    pub title: Option<String>,
    /// Who published it, as the source line or the metadata say.
    pub publisher: Option<String>,
    /// The day of publication, as the document says.
    pub published: Option<Day>,
    /// How often each kind of damage was undone.
    pub repairs: Repairs,
    pub(crate) paragraphs: Vec<Paragraph>,
    pub(crate) title_index: Option<usize>,
    pub(crate) anchor: Anchor,
    /// Byte ranges of names of persons, sorted, without overlap.
    pub(crate) persons: Vec<(u32, u32)>,
    pub(crate) candidates_max: usize,
    bytes: Vec<u8>,
}

/// Which bytes of the original each stretch of the shown text came from.
#[derive(Debug, Clone, Default)]
pub struct ShownPlaces {
    units: usize,
    /// First byte, byte after, first code unit, unit after; in the order of the text.
    places: Vec<(u32, u32, usize, usize)>,
}

impl ShownPlaces {
    fn add(&mut self, start: u32, end: u32, units: usize) {
        self.places.push((start, end, self.units, self.units + units));
        self.units += units;
    }

    /// The UTF-16 code units that show a span of the original.
    pub fn span(&self, start: u32, end: u32) -> (usize, usize) {
        // Columns may have been joined, but the text never goes back.
        let first = self.places.partition_point(|(_, to, _, _)| *to <= start);
        let last = self.places.partition_point(|(from, _, _, _)| *from < end);
        match (self.places.get(first), last.checked_sub(1).and_then(|at| self.places.get(at))) {
            (Some(first), Some(last)) if first.0 < end && last.3 > first.2 => (first.2, last.3),
            (Some(first), _) => (first.2, first.2),
            (None, _) => (self.units, self.units),
        }
    }
}

/// What stands for a name of a person.
pub(crate) const MASK: &str = "***";

/// How many lines from either end may say when and by whom a document was published.
const EDGE_LINES: usize = 15;
/// So many first lines may open with the day on which a report was given.
const OPENING_LINES: usize = 5;
/// A line that says who published and when has at most so many characters.
const SIGNED_CHARS_MAX: usize = 40;
/// A line about the document itself has at most so many characters.
const EDGE_CHARS_MAX: usize = 80;

/// Reads a document; the format is told by its bytes and then by the end of `name`.
///
/// Fails with `E-READ-01` (too many bytes), `E-READ-02` (too long), `E-READ-03` (a bomb),
/// `E-READ-04` (too many pages), `E-READ-05` (damaged or encrypted) or `E-READ-06` (encoding).
pub fn read(
    bytes: &[u8],
    name: &str,
    grammar: &Grammar,
    limits: &Limits,
) -> Result<Document, Refusal> {
    limits.check_file(bytes.len())?;
    let format = Format::of(bytes, name);
    let mut opened = format::open(bytes, format, grammar, limits).map_err(|r| r.file(name))?;
    let mut repairs = Repairs::new();
    repair::repair_lines(&mut opened.lines, grammar, &mut repairs);
    let about = about(&opened.lines, &opened.meta, grammar);
    let paragraphs = repair::paragraphs(opened.lines, grammar, &mut repairs);
    let persons = mask::persons(&paragraphs, grammar);
    let span_of = if opened.extracted.is_some() { SpanOf::Extracted } else { SpanOf::Original };
    let bytes = opened.extracted.map_or_else(|| bytes.to_vec(), String::into_bytes);
    let mut document = Document {
        format,
        encoding: opened.encoding,
        span_of,
        title: None,
        publisher: about.publisher,
        published: about.published,
        repairs,
        title_index: None,
        anchor: Anchor { published: about.published, ..Anchor::default() },
        paragraphs,
        persons,
        candidates_max: limits.candidates_max,
        bytes,
    };
    document.find_title(about.title, grammar);
    document.find_anchor(grammar);
    Ok(document)
}

impl Document {
    /// The bytes that spans point into: the file, or the text extracted from it.
    pub fn original(&self) -> &[u8] {
        &self.bytes
    }

    /// The repaired text with names of persons masked, one paragraph a line.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.paragraphs().collect();
        lines.join("\n")
    }

    /// The repaired paragraphs with names of persons masked.
    pub fn paragraphs(&self) -> impl Iterator<Item = String> {
        self.paragraphs.iter().map(|paragraph| self.shown(&paragraph.glyphs))
    }

    /// Where every shown character came from: for many spans at once.
    pub fn shown_places(&self) -> ShownPlaces {
        let mut places = ShownPlaces { units: 0, places: Vec::new() };
        for (index, paragraph) in self.paragraphs.iter().enumerate() {
            if index > 0 {
                places.units += 1;
            }
            self.each_shown(&paragraph.glyphs, |from, to, c| {
                places.add(from, to, c.map_or(MASK.len(), char::len_utf16));
            });
        }
        places
    }

    /// The bytes of a span as text, with names of persons masked.
    pub fn quote(&self, start: u32, end: u32) -> String {
        let mut out = String::new();
        let mut at = start;
        let first = self.persons.partition_point(|(_, to)| *to <= start);
        for (from, to) in self.persons[first..].iter().take_while(|(from, _)| *from < end) {
            out.push_str(&self.slice(at, (*from).max(at)));
            out.push_str(MASK);
            at = (*to).min(end);
        }
        out.push_str(&self.slice(at, end));
        out
    }

    fn slice(&self, start: u32, end: u32) -> String {
        let bytes = self.bytes.get(start as usize..end as usize).unwrap_or_default();
        self.encoding.show(bytes)
    }

    /// Repaired glyphs as text, with names of persons masked.
    pub(crate) fn shown(&self, glyphs: &[Glyph]) -> String {
        let mut out = String::new();
        self.each_shown(glyphs, |_, _, c| match c {
            Some(c) => out.push(c),
            None => out.push_str(MASK),
        });
        out
    }

    /// Calls `take` with what is shown for glyphs, in order: the bytes it stands for, and a
    /// character, or `None` for the name of a person, once.
    fn each_shown(&self, glyphs: &[Glyph], mut take: impl FnMut(u32, u32, Option<char>)) {
        let mut masked_to = 0;
        let first = glyphs.first().map_or(0, |glyph| glyph.start);
        let mut next = self.persons.partition_point(|(_, to)| *to <= first);
        for glyph in glyphs {
            while self.persons.get(next).is_some_and(|(_, to)| *to <= glyph.start) {
                next += 1;
            }
            match self.persons.get(next).filter(|(from, _)| *from <= glyph.start) {
                Some((from, to)) if masked_to != *to => {
                    take(*from, *to, None);
                    masked_to = *to;
                }
                Some(_) => {}
                None => take(glyph.start, glyph.end, Some(glyph.c)),
            }
        }
    }

    /// The title that the format names, or the first heading that is one.
    fn find_title(&mut self, named: Option<String>, grammar: &Grammar) {
        let looks = |paragraph: &Paragraph| {
            let line = chars(&paragraph.glyphs);
            let labelled = grammar.author_labels.at(&line, 0).is_some()
                || grammar.source_labels.at(&line, 0).is_some()
                || grammar.date_labels.at(&line, 0).is_some();
            paragraph.heading && !labelled && (4..=80).contains(&line.len())
        };
        let first = self.paragraphs.iter().take(6).position(looks);
        let key = |text: &str| kernel::text::name_key(text);
        self.title_index = match &named {
            Some(title) => {
                let wanted = key(title);
                let same = |p: &Paragraph| key(&text(&p.glyphs)) == wanted;
                self.paragraphs.iter().take(12).position(same)
            }
            None => first,
        };
        let shown = self.title_index.map(|index| self.shown(&self.paragraphs[index].glyphs));
        self.title = shown.or(named);
    }

    /// What times count from: the day, the year reported on, the window spoken of.
    fn find_anchor(&mut self, grammar: &Grammar) {
        let mut anchor = self.anchor;
        for paragraph in &self.paragraphs {
            survey(&chars(&paragraph.glyphs), &mut anchor, grammar);
        }
        if self.published.is_none() {
            let lines = self.paragraphs.iter().take(EDGE_LINES);
            let year = lines.map(|line| chars(&line.glyphs)).find_map(|line| {
                let at = line.iter().position(|c| matches!(c, '〔' | '[' | '【'))?;
                numbered_year(&line[at..])
            });
            anchor.report_years = year.map(|year| (year, year));
        }
        if let Some(title) = &self.title {
            let shift = grammar.genres.iter().find_map(|(words, shift)| {
                words.iter().any(|word| title.contains(word.as_str())).then_some(*shift)
            });
            let line: Vec<char> = title.chars().collect();
            let named = marks(&line, &Anchor::default(), grammar)
                .into_iter()
                .find_map(|mark| mark.valid.filter(|valid| valid.precision == Precision::Year))
                .and_then(|valid| Some((valid.from?.year(), valid.to?.year())))
                .or_else(|| bare_year(&line).map(|year| (year, year)));
            let today = self.published.map(Day::year);
            let part = grammar.times.parts.within(&line, 0, line.len());
            anchor.report_part = part.map(|(_, _, index)| grammar.times.part_months[index]);
            anchor.report_years = anchor.report_years.or(match (named, shift, today) {
                // 2023年经济运行情况 tells of 2023, whatever it is called, unless it looks ahead.
                (Some((from, to)), _, Some(today)) if from == to && from > today => None,
                (Some((from, to)), shift, _) => {
                    let shift = shift.filter(|_| from == to).unwrap_or(0);
                    Some((from + shift, to + shift))
                }
                (None, Some(shift), Some(today)) => Some((today + shift, today + shift)),
                (None, ..) => None,
            });
        }
        self.anchor = anchor;
    }
}

/// 数说某区2023: a year that stands in a title without 年, as its only number.
fn bare_year(title: &[char]) -> Option<i16> {
    let digits: Vec<char> = title.iter().copied().filter(char::is_ascii_digit).collect();
    let text: String = title.iter().collect();
    let number: String = digits.iter().collect();
    let alone = digits.len() == 4 && text.contains(&number);
    let latin = title.iter().any(char::is_ascii_alphabetic);
    let year = number.parse().ok().filter(|year| (1990..=2100).contains(year));
    year.filter(|_| alone && !latin)
}

/// 〔2024〕2号: the year in which a document was numbered.
fn numbered_year(line: &[char]) -> Option<i16> {
    let open = line.iter().position(|c| matches!(c, '〔' | '[' | '(' | '【'))?;
    let inside = line.get(open + 1..open + 5)?;
    let closed = matches!(line.get(open + 5), Some('〕' | ']' | ')' | '】'));
    let behind = line[open..].iter().skip(6).take_while(|c| c.is_ascii_digit()).count();
    let number: String = inside.iter().collect();
    let year = number.parse().ok().filter(|year| (1990..=2100).contains(year));
    year.filter(|_| closed && behind > 0 && line.get(open + 6 + behind) == Some(&'号'))
}

/// What a document says about itself.
#[derive(Debug, Default)]
struct About {
    title: Option<String>,
    publisher: Option<String>,
    published: Option<Day>,
}

fn about(lines: &[format::Line], meta: &Meta, grammar: &Grammar) -> About {
    let mut about = About { title: meta.title.clone(), ..About::default() };
    about.published = meta.date.as_deref().and_then(meta_day);
    let total = lines.len();
    let edges = lines
        .iter()
        .enumerate()
        .filter(|(index, _)| *index < EDGE_LINES || index + EDGE_LINES >= total)
        .map(|(index, line)| (index, chars(&line.glyphs)));
    for (index, line) in edges {
        let short = line.len() <= EDGE_CHARS_MAX;
        if about.publisher.is_none() {
            about.publisher = publisher(&line, short, grammar);
        }
        if about.published.is_none() && short {
            about.published = published(&line, index < OPENING_LINES, grammar);
        }
    }
    about.publisher = about.publisher.or_else(|| meta.source.clone());
    about
}

/// `2024-03-29T16:00:55Z`, `2024年3月29日`, `D:20240329…`.
fn meta_day(text: &str) -> Option<Day> {
    let digits: Vec<String> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(ToString::to_string)
        .collect();
    let joined = digits
        .first()
        .filter(|first| first.len() >= 8)
        .map(|first| [&first[..4], &first[4..6], &first[6..8]].map(ToString::to_string).to_vec());
    let parts = joined.unwrap_or(digits);
    let [year, month, day] = parts.get(..3)? else { return None };
    let year = year.parse().ok().filter(|year| (1900..=2200).contains(year))?;
    Day::from_ymd(year, month.parse().ok()?, day.parse().ok()?)
}

/// The publisher behind a label such as 来源: or 综合自:.
fn publisher(line: &[char], short: bool, grammar: &Grammar) -> Option<String> {
    // In a long last line the source stands in brackets at the end.
    let from = if short { 0 } else { line.len().saturating_sub(EDGE_CHARS_MAX) };
    let label = labelled(line, from, &grammar.source_labels).or_else(|| {
        let start = line.iter().position(|c| c.is_alphanumeric())?;
        let (length, _) = grammar.source_damaged.at(line, start)?;
        (line.get(start + length) == Some(&':')).then_some(start + length + 1)
    })?;
    let value: String = line[label..]
        .iter()
        .skip_while(|c| **c == ' ')
        .take_while(|c| !matches!(c, ' ' | ')' | '(' | ',' | ';' | '。' | '|' | ']' | '】'))
        .collect();
    let name: Vec<char> = value.chars().collect();
    // Spaces between Chinese words are gone: the next label ends the name as well.
    let next = (1..name.len()).find(|at| {
        [&grammar.author_labels, &grammar.date_labels].into_iter().any(|labels| {
            labels.at(&name, *at).is_some_and(|(length, _)| name.get(at + length) == Some(&':'))
        })
    });
    let dated = name.iter().position(char::is_ascii_digit).filter(|at| *at > 1);
    let end = next.unwrap_or(name.len()).min(dated.unwrap_or(name.len())).min(60);
    let shown: String = name[..end].iter().collect();
    let shown = kernel::text::unquoted(&shown);
    (shown.chars().count() >= 2).then_some(shown)
}

/// Where the value behind a label and its colon begins.
fn labelled(line: &[char], from: usize, labels: &Words) -> Option<usize> {
    (from..line.len()).find_map(|at| {
        let (length, _) = labels.at(line, at)?;
        (line.get(at + length) == Some(&':')).then_some(at + length + 1)
    })
}

/// A day in a short line: alone, with a clock, or behind a label.
fn published(line: &[char], opening: bool, grammar: &Grammar) -> Option<Day> {
    let found = marks(line, &Anchor::default(), grammar);
    let day = found.iter().find(|mark| {
        mark.valid.is_some_and(|valid| valid.from.is_some() && valid.from == valid.to)
    })?;
    let clock =
        found.iter().any(|mark| mark.valid.is_none() && line[mark.start..mark.end].contains(&':'));
    let label = labelled(line, 0, &grammar.date_labels).is_some()
        || labelled(line, 0, &grammar.source_labels).is_some();
    let around = line.iter().filter(|c| c.is_alphanumeric()).count();
    let alone = around <= day.end - day.start + 2;
    // ——2025年1月14日在…会议上: a report opens with the day it was given.
    let first = line.iter().position(|c| c.is_alphanumeric()).unwrap_or(0);
    let given = opening && day.start == first && !line.contains(&'。');
    // 某区统计局 2024-07-25: a line that says who and when, and no more.
    let signed = opening
        && line.len() <= SIGNED_CHARS_MAX
        && !line.iter().any(|c| matches!(c, '。' | ',' | ';' | '!' | '?'))
        && day.end - day.start >= 8;
    let Valid { from, .. } = day.valid?;
    (clock || label || alone || given || signed).then_some(from)?
}

/// The text of paragraphs without spaces and punctuation, with the byte of each character, to find
/// quotes in.
pub(crate) fn letters(document: &Document) -> Vec<(char, u32, u32)> {
    let glyphs = document.paragraphs.iter().flat_map(|paragraph| &paragraph.glyphs);
    let mut out: Vec<(char, u32, u32)> = glyphs
        .filter(|glyph| glyph.c.is_alphanumeric() || glyph.c == '%')
        .map(|glyph| (glyph.c.to_ascii_lowercase(), glyph.start, glyph.end))
        .collect();
    out.shrink_to_fit();
    out
}

/// Where a text stands in these letters, its own spaces and punctuation aside.
pub(crate) fn find_letters(letters: &[(char, u32, u32)], wanted: &str) -> Option<(u32, u32)> {
    let needle: Vec<char> = kernel::text::simplified(wanted)
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '%')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let first = needle.first()?;
    // Quotes are short and few; a bound on both keeps this from growing quadratic.
    let needle = &needle[..needle.len().min(200)];
    letters.windows(needle.len()).find_map(|window| {
        let same = window[0].0 == *first && window.iter().zip(needle).all(|(l, c)| l.0 == *c);
        same.then(|| (window[0].1, window[needle.len() - 1].2))
    })
}
