//! Affiliations: which organizations a line such as `Dept. of X, Y University, City, Country` names.
//!
//! Names are looked up as rows of words, the longest first; each finding is weighed by what else
//! the line says: country, city, whole segment, how rare and how ambiguous the name is.

use crate::lexicon::Lexicon;
use crate::text::{is_word, plain, unit_number, units, word_unit};
use crate::trie::{NumberMap, Trie};
use kernel::text::{fold, is_han};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a name of an organization is to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// What it calls itself.
    Label,
    /// Another name.
    Alias,
    /// Its initials.
    Acronym,
}

/// An organization as registers such as ROR describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The register's id.
    pub id: String,
    /// ISO 3166 code of its country, two letters.
    pub country: String,
    /// Its city, in any writing.
    pub city: String,
    /// All its names.
    pub names: Vec<(String, NameKind)>,
    /// Whether the register holds it for existing; others are found only if nothing else fits.
    pub active: bool,
}

/// An organization found in a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'o> {
    /// The register's id.
    pub id: &'o str,
    /// How sure, 0 to 1.
    pub score: f64,
    /// First byte of the name in the line.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Whether the line names it as a part of a university that it names too: a school, a
    /// laboratory, a hospital before it. Who counts one organization for a line leaves these out.
    pub part: bool,
}

/// A line longer than this many bytes is cut.
pub const LINE_BYTES_MAX: usize = 4_000;
/// Words of a line that are looked at.
const WORDS_MAX: usize = 400;
/// Organizations told for one line.
const FINDINGS_MAX: usize = 12;
/// How rare a word is that no name has: the scale the odds below were set on.
const RAREST: f32 = 10.85;
/// From this score on a finding is told.
const TOLD: f64 = 0.7;

#[derive(Debug)]
struct Head {
    id: Box<str>,
    country: [u8; 2],
    city: Box<[u64]>,
    active: bool,
}

#[derive(Debug, Clone, Copy)]
struct Bearer {
    head: u32,
    kind: NameKind,
    /// The words were put in another order.
    turned: bool,
}

/// Organizations, to be found in lines of text. Built once; asking needs no lock.
#[derive(Debug)]
pub struct Organizations {
    lexicon: Arc<Lexicon>,
    heads: Vec<Head>,
    names: Trie<u32>,
    bearers: Vec<Vec<Bearer>>,
    countries: Trie<[u8; 2]>,
    cities: Trie<()>,
    university: u64,
    school: Vec<u64>,
    /// From 0 to [`RAREST`], whatever the size of the register.
    rarity: NumberMap<f32>,
}

/// A word of a line.
#[derive(Debug, Clone, Copy)]
struct Word {
    unit: u64,
    start: usize,
    end: usize,
    /// Which segment between commas it is in.
    segment: u16,
    /// Written in capitals only.
    capitals: bool,
}

/// A name found in a line, before it is weighed.
#[derive(Debug, Clone, Copy)]
struct Hit {
    from: usize,
    to: usize,
    head: u32,
    score: f64,
}

impl Organizations {
    /// Indexes all names of the records. Cost: linear in their characters.
    pub fn build(lexicon: Arc<Lexicon>, records: impl IntoIterator<Item = Record>) -> Self {
        let mut heads: Vec<Head> = Vec::new();
        let mut rows: BTreeMap<Vec<u64>, Vec<Bearer>> = BTreeMap::new();
        let mut counts: NumberMap<u32> = NumberMap::default();
        let mut cities = Trie::new();
        for record in records {
            let head = heads.len() as u32;
            let city = word_row(&lexicon, &record.city);
            cities.insert(city.iter().copied(), ());
            for (name, kind) in &record.names {
                let row = name_row(&lexicon, name);
                if row.is_empty() || row.len() > 24 {
                    continue;
                }
                row.iter().for_each(|unit| *counts.entry(*unit).or_insert(0) += 1);
                for (row, turned) in turns(row) {
                    let bearers = rows.entry(row).or_default();
                    if !bearers.iter().any(|bearer| bearer.head == head) {
                        bearers.push(Bearer { head, kind: *kind, turned });
                    }
                }
            }
            let country = record.country.as_bytes().try_into().unwrap_or([b'?'; 2]);
            let active = record.active;
            heads.push(Head { id: record.id.into(), country, city: city.into(), active });
        }
        let all = heads.len().max(1) as f32;
        let scale = RAREST / all.ln_1p();
        let rarity = |count: u32| scale * (all / count as f32).ln_1p();
        let rarity = counts.into_iter().map(|(unit, count)| (unit, rarity(count))).collect();
        let (mut names, mut bearers) = (Trie::new(), Vec::with_capacity(rows.len()));
        for (row, list) in rows {
            names.insert(row.into_iter(), bearers.len() as u32);
            bearers.push(list);
        }
        let mut countries = Trie::new();
        for (name, code) in &lexicon.countries {
            countries.insert(word_row(&lexicon, name).into_iter(), *code);
        }
        let university = word_unit("university");
        let school = ["school", "faculty", "college", "department"].map(word_unit).to_vec();
        Organizations {
            lexicon,
            heads,
            names,
            bearers,
            countries,
            cities,
            university,
            school,
            rarity,
        }
    }

    /// The organizations a line names, in the order in which they stand; at most twelve.
    pub fn affiliate(&self, line: &str) -> Vec<Finding<'_>> {
        let cut = (0..=LINE_BYTES_MAX.min(line.len())).rev().find(|at| line.is_char_boundary(*at));
        let words = self.words(&line[..cut.unwrap_or(0)]);
        let countries = self.countries_of(&words);
        let mut hits = self.hits(&words, &countries);
        self.prefer_universities(&words, &mut hits);
        hits.sort_by(|a, b| {
            let length = |hit: &Hit| hit.to - hit.from;
            (length(b).cmp(&length(a))).then(b.score.total_cmp(&a.score)).then(a.head.cmp(&b.head))
        });
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            let free = kept.iter().all(|other| hit.to <= other.from || other.to <= hit.from);
            let new = kept.iter().all(|other| other.head != hit.head);
            if free && new && kept.len() < FINDINGS_MAX {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| hit.from);
        let is_university = |hit: &Hit| self.has(&words, hit, &[self.university]);
        let part = |hit: &Hit| {
            let follows = |other: &Hit| other.from >= hit.to && is_university(other);
            !is_university(hit) && kept.iter().any(follows)
        };
        kept.iter()
            .map(|hit| Finding {
                id: &self.heads[hit.head as usize].id,
                score: hit.score,
                start: words[hit.from].start,
                end: words[hit.to - 1].end,
                part: part(hit),
            })
            .collect()
    }

    /// Whether a name has one of these words.
    fn has(&self, words: &[Word], hit: &Hit, wanted: &[u64]) -> bool {
        words[hit.from..hit.to].iter().any(|word| wanted.contains(&word.unit))
    }

    /// Drops the school where the name of its university lies in its name: who writes `X
    /// University School of Medicine` means X University.
    fn prefer_universities(&self, words: &[Word], hits: &mut Vec<Hit>) {
        let inner = |outer: &Hit, hit: &Hit| {
            outer.from <= hit.from
                && hit.to <= outer.to
                && hit.to - hit.from < outer.to - outer.from
        };
        let whole: Vec<Hit> = hits
            .iter()
            .filter(|hit| self.has(words, hit, &[self.university]))
            .filter(|hit| !self.has(words, hit, &self.school))
            .copied()
            .collect();
        hits.retain(|hit| {
            !self.has(words, hit, &self.school) || !whole.iter().any(|other| inner(hit, other))
        });
    }

    /// The words of a line with their places in it.
    fn words(&self, line: &str) -> Vec<Word> {
        let mut words = Vec::with_capacity(32);
        let mut segment = 0_u16;
        let mut at = 0;
        for piece in line.split_inclusive([',', ';', '，', '；', '、', '(', ')', '|', '\n']) {
            let mut start = at;
            // Word by word, so that places in the line survive folding.
            for raw in piece.split_inclusive(|c: char| !c.is_alphanumeric() && !apostrophe(c)) {
                let capitals = raw.chars().filter(|c| c.is_uppercase()).count() > 1
                    && !raw.chars().any(char::is_lowercase);
                let trimmed = raw.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
                let folded = plain(raw);
                let same = folded.len() == raw.trim().len();
                units(&self.lexicon, &folded, |unit, from, to| {
                    let (from, to) = if same { (from, to) } else { (0, trimmed) };
                    if words.len() < WORDS_MAX {
                        let (start, end) = (start + from, start + to.min(trimmed).max(from));
                        words.push(Word { unit, start, end, segment, capitals });
                    }
                });
                start += raw.len();
            }
            at += piece.len();
            segment = segment.saturating_add(1);
        }
        words
    }

    /// The countries a line names.
    fn countries_of(&self, words: &[Word]) -> Vec<[u8; 2]> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let whole = at == 0 || words[at - 1].segment != words[at].segment;
            match self.countries.longest(words[at..].iter().map(|word| word.unit)) {
                // Inside a segment a country is a part of a name, unless it ends the segment.
                Some((length, code)) => {
                    let next = words.get(at + length).map(|word| word.segment);
                    let ends = next != Some(words[at + length - 1].segment);
                    if (whole || at + length == words.len()) && ends && !found.contains(&code) {
                        found.push(code);
                    }
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// All names in a line that weigh enough.
    fn hits(&self, words: &[Word], countries: &[[u8; 2]]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for from in 0..words.len() {
            self.names.walk(words[from..].iter().map(|word| word.unit), |length, list| {
                let span = Span { words, from, to: from + length, countries };
                if let Some(hit) = self.weigh(&span, &self.bearers[list as usize]) {
                    hits.push(hit);
                }
            });
        }
        hits
    }

    /// The likeliest bearer of a name, if it is likely and no other is as likely.
    fn weigh(&self, span: &Span<'_>, bearers: &[Bearer]) -> Option<Hit> {
        if self.names_a_place(span) {
            return None;
        }
        let common = self.common(span);
        let (mut best, mut second) = (None::<(f64, u32)>, f64::NEG_INFINITY);
        for bearer in bearers {
            let odds = common + self.own(span, bearer);
            match best {
                Some((top, _)) if odds <= top => second = second.max(odds),
                _ => {
                    second = best.map_or(second, |(top, _)| top);
                    best = Some((odds, bearer.head));
                }
            }
        }
        let (odds, head) = best?;
        // A rival that fits as well halves the odds.
        let odds = odds - (1.0 + (second - odds).exp()).ln() * 3.0;
        let score = 1.0 / (1.0 + (-odds).exp());
        (score >= TOLD).then_some(Hit { from: span.from, to: span.to, head, score })
    }

    /// What speaks for a name in this place, whoever bears it.
    fn common(&self, span: &Span<'_>) -> f64 {
        let found = &span.words[span.from..span.to];
        let rare: f32 = found.iter().map(|word| self.rarity_of(word.unit)).sum();
        let named: f32 = found
            .iter()
            .filter(|word| !self.generic(word.unit))
            .map(|word| self.rarity_of(word.unit))
            .sum();
        let mut odds = -4.0 + f64::from(rare.min(24.0)) * 0.12 + f64::from(named.min(14.0)) * 0.12;
        if span.whole() {
            odds += 1.2;
        } else if span.goes_on() && !is_han_unit(span.words[span.to].unit) {
            // Chinese goes on without a comma: 复旦大学物理学系.
            odds -= 1.0;
        }
        if found.len() == 1 && !is_han_unit(found[0].unit) {
            odds -= if span.whole() { 1.0 } else { 3.0 };
        }
        if named == 0.0 {
            odds -= 2.5;
        }
        odds
    }

    /// What speaks for one bearer of a name.
    fn own(&self, span: &Span<'_>, bearer: &Bearer) -> f64 {
        let head = &self.heads[bearer.head as usize];
        let mut odds = match bearer.kind {
            NameKind::Label => 1.0,
            NameKind::Alias => 0.6,
            NameKind::Acronym => -1.0,
        };
        if bearer.kind == NameKind::Acronym {
            let capitals = span.words[span.from..span.to].iter().all(|word| word.capitals);
            odds -= if capitals { 0.0 } else { 5.0 };
        }
        if bearer.turned {
            odds -= if span.in_one_segment() { 0.5 } else { 8.0 };
        }
        let chinese = |code: [u8; 2]| matches!(&code, b"CN" | b"HK" | b"MO" | b"TW");
        odds += if span.countries.contains(&head.country) {
            2.0
        } else if span.countries.is_empty() {
            0.0
        } else if span.countries.iter().any(|c| chinese(*c)) && chinese(head.country) {
            0.5
        } else {
            -6.0
        };
        if self.says_city(span, &head.city) {
            odds += 2.0;
        }
        if !head.active {
            odds -= 1.5;
        }
        odds
    }

    /// Whether a name is a city's too, or two or three letters as states have: Phoenix, VA.
    fn names_a_place(&self, span: &Span<'_>) -> bool {
        let found = &span.words[span.from..span.to];
        let city = self.cities.longest(found.iter().map(|word| word.unit));
        let letters = found[0].capitals && found[0].end - found[0].start <= 3;
        let place = city.is_some_and(|(length, ())| length == found.len());
        place || (found.len() == 1 && letters && span.whole() && span.from > 0)
    }

    fn says_city(&self, span: &Span<'_>, city: &[u64]) -> bool {
        let Some(first) = city.first() else { return false };
        let words = span.words;
        (0..words.len()).any(|at| {
            words[at].unit == *first
                && words.len() - at >= city.len()
                && city.iter().zip(&words[at..]).all(|(unit, word)| *unit == word.unit)
        })
    }

    fn rarity_of(&self, unit: u64) -> f32 {
        self.rarity.get(&unit).copied().unwrap_or(RAREST)
    }

    /// Whether a word says what kind of body it is, not which.
    fn generic(&self, unit: u64) -> bool {
        unit_number(unit).is_some() || self.rarity_of(unit) < 4.0
    }
}

/// A name in a line.
struct Span<'a> {
    words: &'a [Word],
    from: usize,
    to: usize,
    countries: &'a [[u8; 2]],
}

impl Span<'_> {
    /// Whether it fills its segment.
    fn whole(&self) -> bool {
        !self.before() && !self.goes_on()
    }

    fn in_one_segment(&self) -> bool {
        self.words[self.from].segment == self.words[self.to - 1].segment
    }

    /// Whether words of its segment stand before it.
    fn before(&self) -> bool {
        self.from > 0 && self.words[self.from - 1].segment == self.words[self.from].segment
    }

    /// Whether words of its segment stand behind it.
    fn goes_on(&self) -> bool {
        let last = self.words[self.to - 1].segment;
        self.words.get(self.to).is_some_and(|word| word.segment == last)
    }
}

fn is_han_unit(unit: u64) -> bool {
    !is_word(unit) && u32::try_from(unit).ok().and_then(char::from_u32).is_some_and(is_han)
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘')
}

/// The words of any text.
fn word_row(lexicon: &Lexicon, text: &str) -> Vec<u64> {
    let mut row = Vec::new();
    units(lexicon, &plain(text), |unit, _, _| row.push(unit));
    row
}

/// The words of a name, without a country in brackets: Toppan (Japan).
fn name_row(lexicon: &Lexicon, name: &str) -> Vec<u64> {
    if let Some((before, inner)) = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("))
        && lexicon.country(&fold(inner)).is_some()
    {
        return word_row(lexicon, before);
    }
    word_row(lexicon, name)
}

/// A row, and the same with the word for its kind at the other end: university of x, x university.
fn turns(row: Vec<u64>) -> Vec<(Vec<u64>, bool)> {
    let university = word_unit("university");
    let mut out = Vec::with_capacity(2);
    if (2..=4).contains(&row.len()) {
        let mut turned = row.clone();
        if row.first() == Some(&university) {
            turned.rotate_left(1);
            out.push((turned, true));
        } else if row.last() == Some(&university) {
            turned.rotate_right(1);
            out.push((turned, true));
        }
    }
    out.insert(0, (row, false));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn organizations() -> Organizations {
        let record = |id: &str, country: &str, city: &str, names: &[&str]| Record {
            id: id.to_string(),
            country: country.to_string(),
            city: city.to_string(),
            names: names.iter().map(|name| ((*name).to_string(), NameKind::Label)).collect(),
            active: true,
        };
        let records = [
            record("fudan", "CN", "Shanghai", &["Fudan University", "复旦大学"]),
            record("zhongshan", "CN", "Shanghai", &["复旦大学附属中山医院"]),
            record("york-gb", "GB", "York", &["University of York"]),
            record("york-ca", "CA", "Toronto", &["York University"]),
            record("tartu", "EE", "Tartu", &["Tartu Ülikool", "University of Tartu"]),
        ];
        let lexicon = Arc::new(Lexicon::shipped().expect("the shipped lists are sound"));
        Organizations::build(lexicon, records)
    }

    #[test]
    fn finds_whom_a_line_names() {
        let organizations = organizations();
        for (line, expected) in [
            ("Dept. of Physics, Fudan University, Shanghai, P.R. China", vec!["fudan"]),
            ("Department of Law, University of York, York, UK", vec!["york-gb"]),
            ("Faculty of Science, York University, Toronto, Canada", vec!["york-ca"]),
            ("Institute of Ecology, Univ. of Tartu, Tartu, Estonia", vec!["tartu"]),
            ("复旦大学附属中山医院心内科,上海", vec!["zhongshan"]),
            ("复旦大学物理学系", vec!["fudan"]),
            ("York, UK", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = organizations.affiliate(line).iter().map(|f| f.id).collect();
            assert_eq!(found, expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn places_lie_in_the_line(line in "(Fudan University|复旦大学|[\\PC]{0,6}|, |’){0,12}") {
            for finding in organizations().affiliate(&line) {
                prop_assert!(line.get(finding.start..finding.end).is_some_and(|t| !t.is_empty()));
                prop_assert!((0.0..=1.0).contains(&finding.score));
            }
        }
    }
}
