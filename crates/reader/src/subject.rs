//! Subjects: the place that a document is about, and what each clause is about.

use crate::document::Document;
use crate::grammar::{EntityKind, Grammar, Words};
use crate::mention::names;
use crate::numeral::numeral;
use crate::phrase::last_name;
use crate::sentence::{Clause, Sentence};
use crate::time::Mark;
use kernel::text::is_han;
use std::collections::{BTreeMap, BTreeSet};

/// Who or what something is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    /// How it was found, a feature for ranking.
    pub(crate) source: &'static str,
}

/// The places and names of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// The document's own place.
    pub(crate) own: Option<Subject>,
    pub(crate) city: Option<Subject>,
    /// Ways to write the document's own place.
    own_words: Words,
    /// Other places that the document names.
    pub(crate) others: Words,
    pub(crate) other_names: Vec<String>,
    /// Names in quotation marks, to complete shortened ones.
    quoted: BTreeSet<String>,
    /// What the title says that the document is about, when it is no place.
    topic: Option<Subject>,
    /// The district around it, when the document's own place is a town.
    above: Option<Subject>,
    /// Names that the document uses again and again, in full and shortened.
    known: Words,
    known_subjects: Vec<Subject>,
}

/// A name has at most so many characters.
const NAME_CHARS_MAX: usize = 24;
/// The name of an office has at most so many characters behind its place.
const OFFICE_CHARS_MAX: usize = 14;
/// A name before the colon of a title has at most so many characters.
const HEAD_CHARS_MAX: usize = 10;
/// A short name of a firm has at least so many characters.
const SHORT_CHARS_MIN: usize = 3;
/// Names kept of one document.
const NAMES_MAX: usize = 5_000;

/// Finds the places and quoted names of a document.
pub(crate) fn places(document: &Document, sentences: &[Sentence<'_>], grammar: &Grammar) -> Places {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut cities: BTreeMap<String, usize> = BTreeMap::new();
    let mut quoted = BTreeSet::new();
    let title: Vec<char> = document.title.iter().flat_map(|title| title.chars()).collect();
    count_places(&title, 3, grammar, &mut counts, &mut cities);
    for sentence in sentences {
        count_places(&sentence.chars, 1, grammar, &mut counts, &mut cities);
        if quoted.len() < NAMES_MAX {
            quoted
                .extend(quotations(&sentence.chars, grammar).into_iter().map(|(_, _, name)| name));
        }
    }
    without_prefixes(&mut counts, grammar);
    let publisher = document.publisher.as_deref().unwrap_or("");
    let best = |wanted: &dyn Fn(&str) -> bool| {
        let fits = counts.iter().filter(|(name, _)| wanted(name));
        fits.max_by_key(|(name, count)| {
            let bonus = usize::from(publisher.contains(stem(name, grammar).as_str()));
            (*count + bonus, std::cmp::Reverse(name.chars().count()))
        })
        .map(|(name, count)| (name.clone(), *count))
    };
    let district = best(&|name| !name.ends_with(['市', '省']));
    let city_like = best(&|name| name.ends_with(['市', '省']));
    let own = match (&district, &city_like) {
        (Some((name, count)), Some((city, city_count))) => {
            // A city's own report names its districts now and then; the city is its subject.
            if *city_count > count * 2 + 2 { city.clone() } else { name.clone() }
        }
        (Some((name, _)), None) | (None, Some((name, _))) => name.clone(),
        (None, None) => String::new(),
    };
    let top_city = cities.iter().max_by_key(|(_, count)| **count).map(|(name, _)| name.clone());
    let city = city_like.map(|(name, _)| name).filter(|name| *name != own).or(top_city);
    let town = own.ends_with(['镇', '道', '乡']);
    let around = counts.iter().filter(|(name, _)| town && name.ends_with(['区', '县']));
    let above = around.max_by_key(|(_, count)| **count).map(|(name, _)| Subject {
        name: name.clone(),
        kind: Some("district".to_string()),
        source: "place",
    });
    let mut places = build(own, city, counts, quoted, grammar);
    places.above = above;
    places.topic =
        topic(&title, grammar).or_else(|| places.title_entity(&title, sentences, grammar));
    places.topic = places.topic.take().or_else(|| places.title_head(&title, sentences, grammar));
    places.learn(sentences, grammar);
    places
}

/// 关于举办…的通知: what the notice is about.
fn topic(title: &[char], grammar: &Grammar) -> Option<Subject> {
    let text: String = title.iter().collect();
    let inside = grammar.topics.iter().find_map(|topic| {
        let rest =
            topic.before.iter().find_map(|before| Some(text.split_once(before.as_str())?.1))?;
        topic.after.iter().find_map(|after| Some(rest.split_once(after.as_str())?.0))
    })?;
    // 第六届…大赛: the edition is no part of the name.
    let name = inside
        .strip_prefix('第')
        .and_then(|rest| Some(rest.split_once(['届', '次'])?.1))
        .unwrap_or(inside);
    let count = name.chars().count();
    // 关于组织申报…的通知 is about no event: what it says holds for whoever gives notice.
    let letters: Vec<char> = name.chars().collect();
    let (_, index) = grammar.entity_ends.before(&letters, 0, letters.len())?;
    if grammar.entity_kinds[index].kind != "event" {
        return None;
    }
    (3..=40).contains(&count).then(|| Subject {
        name: name.to_string(),
        kind: Some("event".to_string()),
        source: "topic",
    })
}

fn build(
    own: String,
    city: Option<String>,
    counts: BTreeMap<String, usize>,
    quoted: BTreeSet<String>,
    grammar: &Grammar,
) -> Places {
    let mut ways: Vec<String> = Vec::new();
    if !own.is_empty() {
        let stem = stem(&own, grammar);
        for name in [own.clone(), stem] {
            if name.chars().count() < 2 {
                continue;
            }
            if let Some(city) = city.as_ref().filter(|city| **city != own) {
                ways.push(format!("{city}{name}"));
                ways.push(format!("{}{name}", city.trim_end_matches(['市', '省'])));
            }
            ways.push(name);
        }
    }
    let other_names: Vec<String> = counts.into_keys().filter(|name| *name != own).collect();
    let subject = |name: String, source| Subject {
        kind: Some(if name.ends_with(['市', '省']) { "region" } else { "district" }.to_string()),
        name,
        source,
    };
    Places {
        topic: None,
        above: None,
        known: Words::default(),
        known_subjects: Vec::new(),
        city: city.map(|name| subject(name, "city")),
        own_words: Words::plain(&ways),
        others: Words::plain(&other_names),
        other_names,
        quoted,
        own: (!own.is_empty()).then(|| subject(own, "default")),
    }
}

/// 徐汇区 without its end.
fn stem(name: &str, grammar: &Grammar) -> String {
    let chars: Vec<char> = name.chars().collect();
    let cut = grammar.place_ends.before(&chars, 2, chars.len()).map_or(0, |(length, _)| length);
    chars[..chars.len() - cut].iter().collect()
}

/// Counts names of places that stand where a name can begin.
fn count_places(
    chars: &[char],
    weight: usize,
    grammar: &Grammar,
    counts: &mut BTreeMap<String, usize>,
    cities: &mut BTreeMap<String, usize>,
) {
    for at in 0..chars.len() {
        if let Some((_, index)) = grammar.cities.at(chars, at) {
            *cities.entry(grammar.city_names[index].clone()).or_insert(0) += weight;
        }
        if let Some(name) = place_ending(chars, at, grammar) {
            *counts.entry(name).or_insert(0) += weight;
        }
    }
}

/// 年度鹭洲区 is counted as 度鹭洲区 where nothing tells better; 鹭洲区 elsewhere does.
fn without_prefixes(counts: &mut BTreeMap<String, usize>, grammar: &Grammar) {
    let names: Vec<String> = counts.keys().cloned().collect();
    for name in &names {
        let mut letters = name.chars();
        letters.next();
        let rest = letters.as_str().to_string();
        let named = stem(&rest, grammar).chars().count() >= 2 && counts.contains_key(&rest);
        if named && let Some(count) = counts.remove(name) {
            *counts.entry(rest).or_insert(0) += count;
        }
    }
}

/// The place whose end begins at `at`: two or three characters before it, then a word break.
fn place_ending(chars: &[char], at: usize, grammar: &Grammar) -> Option<String> {
    let (length, _) = grammar.place_ends.at(chars, at)?;
    let end = at + length;
    if grammar.place_not.before(chars, 0, end).is_some() || continues_word(chars, end) {
        return None;
    }
    let doubtful = grammar.place_doubtful.before(chars, 0, end).map(|(length, _)| end - length);
    if doubtful.is_some_and(|from| grammar.not_before_doubtful.before(chars, 0, from).is_some()) {
        return None;
    }
    let sizes: &[usize] = if doubtful.is_some() { &[2] } else { &[2, 3] };
    sizes.iter().copied().find_map(|size| {
        let from = at.checked_sub(size)?;
        let named = chars[from..at].iter().all(|c| is_han(*c));
        let plain = !chars[from..at]
            .iter()
            .any(|c| matches!(c, '的' | '了' | '和' | '与' | '各' | '全' | '在' | '是' | '为'));
        let numeral = chars[from..at].iter().any(|c| grammar.digits.contains_key(c));
        let opens = from == 0
            || !chars[from - 1].is_alphanumeric()
            || grammar.before_place.before(chars, 0, from).is_some()
            || grammar.cities.before(chars, 0, from).is_some();
        let generic = grammar.generic.at(chars, from).is_some_and(|(n, _)| n >= 2)
            || grammar.verbs.at(chars, from).is_some_and(|(n, _)| n >= 2);
        (named && plain && opens && !numeral && !generic).then(|| chars[from..end].iter().collect())
    })
}

/// 区域, 市场, 县城: the end belongs to another word.
fn continues_word(chars: &[char], end: usize) -> bool {
    let last = end.saturating_sub(1);
    matches!(
        (chars.get(last), chars.get(end)),
        (Some('区'), Some('域' | '块' | '间' | '位' | '号'))
            | (Some('市'), Some('场' | '民' | '值' | '政' | '容'))
            | (Some('县'), Some('城'))
            | (Some('镇'), Some('静'))
            | (Some('乡'), Some('村'))
    )
}

/// Quotations of a sentence: first character inside, character after the last, the name.
pub(crate) fn quotations(chars: &[char], grammar: &Grammar) -> Vec<(usize, usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in chars.iter().enumerate() {
        if grammar.quotes_open.at(chars, at).is_some() {
            open = Some((at + 1, *c));
        } else if grammar.quotes_close.at(chars, at).is_some()
            && let Some((from, _)) = open.take()
            && (2..=60).contains(&(at - from))
        {
            out.push((from, at, chars[from..at].iter().collect()));
        }
    }
    out
}

impl Places {
    /// The length of the document's own place written here.
    pub(crate) fn own_at(&self, chars: &[char], at: usize) -> Option<usize> {
        self.own_words.at(chars, at).map(|(length, _)| length)
    }

    /// An organization that opens the title and is named again in the text.
    fn title_entity(
        &self,
        title: &[char],
        sentences: &[Sentence<'_>],
        grammar: &Grammar,
    ) -> Option<Subject> {
        let limit = title.len().min(NAME_CHARS_MAX);
        let (end, index) = (2..limit).find_map(|at| {
            let (length, index) = grammar.end_at(title, at)?;
            let longer = grammar.end_at(title, at + length).is_some();
            (!longer).then_some((at + length, index))
        })?;
        let kind = &grammar.entity_kinds[index];
        let whole = title[..end].iter().all(|c| c.is_alphanumeric());
        let about = grammar.topic_kinds.contains(&kind.kind);
        let generic = grammar.generic.at(title, 0).is_some();
        let again = sentences
            .iter()
            .filter(|s| !s.title)
            .any(|sentence| sentence.chars.windows(end).any(|window| window == &title[..end]));
        (whole && about && !generic && again).then(|| Subject {
            name: title[..end].iter().collect(),
            kind: Some(kind.kind.clone()),
            source: "topic",
        })
    }

    /// Learns the names that come again, and the short names of firms.
    fn learn(&mut self, sentences: &[Sentence<'_>], grammar: &Grammar) {
        let mut counts: BTreeMap<String, (usize, Option<String>)> = BTreeMap::new();
        let mut short: BTreeMap<String, Subject> = BTreeMap::new();
        for sentence in sentences.iter().filter(|sentence| !sentence.title) {
            for named in names(sentence, self, grammar) {
                if named.pattern != "mention_suffix" || counts.len() >= NAMES_MAX {
                    continue;
                }
                let chars = &sentence.chars;
                let kind = named.kind.as_deref();
                let from = self.behind_own(chars, named.from, named.to, kind);
                let from = behind_descriptor(chars, from, named.to, kind, grammar);
                let name = sentence.text(from, named.to);
                let subject =
                    Subject { name: name.clone(), kind: named.kind.clone(), source: "entity" };
                if named.kind.as_deref() == Some("company")
                    && let Some((length, _)) = grammar.firm_ends.before(chars, from, named.to)
                    && named.to - length >= from + SHORT_CHARS_MIN
                {
                    short.insert(sentence.text(from, named.to - length), subject.clone());
                }
                if let Some(given) = given_short(chars, named.to, grammar) {
                    short.insert(given, subject);
                }
                let count = counts.entry(name).or_insert((0, named.kind));
                count.0 += 1;
            }
        }
        let again = counts.into_iter().filter(|(_, (count, _))| *count >= 2);
        let again =
            again.map(|(name, (_, kind))| (name.clone(), Subject { name, kind, source: "entity" }));
        let topic = self.topic.iter().filter(|topic| topic.kind.is_none());
        let topic: Vec<(String, Subject)> =
            topic.map(|topic| (topic.name.clone(), topic.clone())).collect();
        if let Some(full) = self.topic.as_ref().and_then(|topic| short.get(&topic.name)) {
            self.topic = Some(Subject { source: "topic", ..full.clone() });
        }
        let all: BTreeMap<String, Subject> = topic.into_iter().chain(again).chain(short).collect();
        let (words, subjects): (Vec<String>, Vec<Subject>) = all.into_iter().unzip();
        self.known = Words::plain(&words);
        self.known_subjects = subjects;
    }

    /// 紫藤区翠湖镇: a town is named without the district that everything is about.
    fn behind_own(&self, chars: &[char], from: usize, to: usize, kind: Option<&str>) -> usize {
        let length = self.own_at(&chars[..to], from).filter(|_| kind == Some("street"));
        length.filter(|length| from + length + 3 <= to).map_or(from, |length| from + length)
    }

    /// 白杨区科技局, 区财政局: what an office of the place reports is told of the place.
    fn office(&self, chars: &[char], from: usize, grammar: &Grammar) -> Option<usize> {
        let own = self.own_at(chars, from);
        let named = own.or_else(|| matches!(chars.get(from), Some('区' | '县')).then_some(1))?;
        let start = from + named;
        let run = chars[start..].iter().take(OFFICE_CHARS_MAX).take_while(|c| is_han(**c)).count();
        (start..start + run).find_map(|at| {
            let (length, index) = grammar.end_at(chars, at)?;
            let end = at + length;
            let longer = grammar.end_at(chars, end).is_some();
            let office = grammar.entity_kinds[index].kind == "government";
            (office && !longer && self.own.is_some()).then_some(end)
        })
    }

    /// 全镇 is not said of a district: it stands for the town named before.
    fn own_is_as_large(&self, chars: &[char], from: usize, length: usize) -> bool {
        let town = chars[from..from + length].iter().any(|c| matches!(c, '镇' | '街'));
        let own = self.own.as_ref().map_or("", |own| own.name.as_str());
        !town || own.ends_with(['镇', '道', '乡'])
    }

    /// A name known from elsewhere in the document, whatever stands behind it.
    pub(crate) fn known_name(
        &self,
        chars: &[char],
        from: usize,
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let (length, index) = self.known.at(chars, from)?;
        let end = from + length;
        let run = chars[end..].iter().take(10).take_while(|c| is_han(**c) && **c != '的').count();
        let longer = grammar.entity_ends.within(&chars[..end + run], end, end + run).is_some();
        let listed = matches!(chars.get(end), Some('、' | '和' | '与' | '及' | '等'));
        (!longer && !listed).then(|| (self.known_subjects[index].clone(), end))
    }

    /// 走进某某公司的车间: the last name of the clause is what the report goes on about.
    fn led_to(&self, chars: &[char], from: usize, grammar: &Grammar) -> Option<(Subject, usize)> {
        let example = chars.get(from) == Some(&'以')
            && grammar.examples.before(chars, from, chars.len()).is_some();
        let length = match grammar.scenes.at(chars, from) {
            Some((length, _)) => length,
            None => usize::from(example),
        };
        if length == 0 {
            return None;
        }
        let (start, end, kind) = last_name(chars, from + length, chars.len(), grammar)?;
        let start = self.behind_own(chars, start, end, kind.as_deref());
        let name: String = chars[start..end].iter().collect();
        Some((Subject { name, kind, source: "entity" }, chars.len()))
    }

    /// 大零号湾:从一条街到一座城: a name before the colon of the title that the text repeats.
    fn title_head(
        &self,
        title: &[char],
        sentences: &[Sentence<'_>],
        grammar: &Grammar,
    ) -> Option<Subject> {
        let end = title.iter().position(|c| *c == ':')?;
        let head = &title[..end];
        let own = (0..end).any(|at| {
            self.own_at(head, at).is_some()
                || self.others.at(head, at).is_some()
                || grammar.cities.at(head, at).is_some()
        });
        let named = (3..=HEAD_CHARS_MAX).contains(&end) && head.iter().all(|c| is_han(*c));
        let word = grammar.generic.at(head, 0).is_some() || grammar.verbs.at(head, 0).is_some();
        let counts = sentences
            .iter()
            .filter(|sentence| !sentence.title)
            .map(|sentence| sentence.chars.windows(end).filter(|window| *window == head).count());
        (named && !own && !word && counts.sum::<usize>() >= 2).then(|| Subject {
            name: head.iter().collect(),
            kind: None,
            source: "topic",
        })
    }

    /// The subject while nothing else was named.
    pub(crate) fn default_subject(&self) -> Subject {
        self.topic.clone().unwrap_or_else(|| self.own_place())
    }

    /// The document's own place, or its city.
    pub(crate) fn own_place(&self) -> Subject {
        self.own.clone().or_else(|| self.city.clone()).unwrap_or_default()
    }

    /// A shortened name completed by a quoted one that ends with it.
    pub(crate) fn full(&self, name: &str) -> Option<String> {
        let short = name.chars().count();
        self.quoted
            .iter()
            .filter(|full| full.ends_with(name) && full.chars().count() <= short + 8)
            .max_by_key(|full| full.chars().count())
            .cloned()
    }

    /// What a clause is about, when it says so at its start; with the character after it.
    pub(crate) fn explicit(
        &self,
        sentence: &Sentence<'_>,
        clause: Clause,
        marks: &[Mark],
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let chars = &sentence.chars[..clause.end];
        let from = opening(chars, clause.start, marks, grammar);
        // Whoever speaks in a clause is not what the figures of the next are about.
        let spoken = grammar.speech.within(chars, from, chars.len()).is_some()
            && !chars[from..].iter().any(char::is_ascii_digit);
        if spoken {
            return None;
        }
        if let Some(found) = self.set_scene(chars, from, grammar) {
            return Some(found);
        }
        if let Some(end) = self.office(chars, from, grammar) {
            let own = Subject { source: "own", ..self.own_place() };
            return Some((own, end));
        }
        if let Some(found) = self.led_to(chars, from, grammar) {
            return Some(found);
        }
        if let Some(found) = self.named_entity(chars, from, marks, grammar) {
            return Some(found);
        }
        if let Some(found) = self.known_name(chars, from, grammar) {
            return Some(found);
        }
        if let Some(length) = self.own_at(chars, from) {
            let mut own = self.own_place();
            own.source = "own";
            return Some((own, from + length));
        }
        if let Some((length, _)) = grammar.self_words.at(chars, from)
            && self.own_is_as_large(chars, from, length)
        {
            let word = &chars[from..from + length];
            let district = word.iter().any(|c| matches!(c, '区' | '县'))
                && matches!(word[length - 1], '区' | '县' | '里');
            if let Some(above) = self.above.clone().filter(|_| district) {
                return Some((above, from + length));
            }
            let mut own = self.own_place();
            own.source = "self";
            return Some((own, from + length));
        }
        if let Some((length, index)) = self.others.at(chars, from)
            && (predicates(chars, from + length, grammar)
                || grammar.subject_verbs.at(chars, from + length).is_some()
                || (self.other_names[index].ends_with(['镇', '乡', '道'])
                    && !matches!(
                        chars.get(from + length),
                        None | Some('、' | '和' | '与' | '等' | '及')
                    )))
        {
            let name = self.other_names[index].clone();
            return Some((
                Subject { name, kind: Some("district".to_string()), source: "place" },
                from + length,
            ));
        }
        if let Some((length, _)) = grammar.self_words_city.at(chars, from) {
            let own_city = self.own.as_ref().filter(|own| own.name.ends_with(['市', '省']));
            let mut subject = own_city.cloned().or_else(|| self.city.clone())?;
            subject.source = "self_city";
            return Some((subject, from + length));
        }
        let (length, index) = grammar.cities.at(chars, from)?;
        if !predicates(chars, from + length, grammar) {
            return None;
        }
        let name = grammar.city_names[index].clone();
        Some((Subject { name, kind: Some("region".to_string()), source: "city" }, from + length))
    }

    /// 在白鹤镇, as a whole clause: what follows is about that place.
    fn set_scene(
        &self,
        chars: &[char],
        from: usize,
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let start = (chars.get(from) == Some(&'在')).then_some(from + 1)?;
        let end = chars.len();
        let subject =
            |name: String, kind: String| Subject { name, kind: Some(kind), source: "entity" };
        if let Some((length, index)) = self.others.at(chars, start)
            && start + length == end
        {
            return Some((subject(self.other_names[index].clone(), "street".to_string()), end));
        }
        let (length, index) = grammar.entity_ends.before(chars, start, end)?;
        let kind = &grammar.entity_kinds[index];
        let whole =
            chars[start..end].iter().all(|c| c.is_alphanumeric()) && end - start >= length + 2;
        let named = kind.strong && grammar.generic.at(chars, start).is_none();
        let plain = !chars[start..end].contains(&'的') && end - start <= NAME_CHARS_MAX;
        (whole && named && plain)
            .then(|| (subject(chars[start..end].iter().collect(), kind.kind.clone()), end))
    }

    /// A name at the start of a clause, with a verb or attribute of its own behind it.
    fn named_entity(
        &self,
        chars: &[char],
        from: usize,
        marks: &[Mark],
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let quoted_at = self.own_at(chars, from).map_or(from, |length| from + length);
        if let Some((open, _)) = grammar.quotes_open.at(chars, quoted_at) {
            return self.quoted_entity(chars, quoted_at + open, grammar);
        }
        let limit = chars.len().min(from + NAME_CHARS_MAX);
        if grammar.generic.at(chars, from).is_some() || grammar.verbs.at(chars, from).is_some() {
            return None;
        }
        let mut at = from;
        while at < limit {
            let c = chars[at];
            if matches!(c, '、' | '“' | '《' | '(') || (c.is_ascii_digit() && at == from) {
                return None;
            }
            if at > from
                && let Some((length, index)) = grammar.end_at(chars, at)
            {
                let end = at + length;
                let kind = &grammar.entity_kinds[index];
                if let Some(found) = self.entity(chars, (from, end), kind, marks, grammar) {
                    return Some(found);
                }
                at += 1;
                continue;
            }
            if at > from + 1
                && grammar.verbs.at(chars, at).is_some_and(|(n, _)| n >= 2)
                && !self.inside_name(chars, from, at, grammar)
            {
                return None;
            }
            at += 1;
        }
        None
    }

    /// 徐汇区科技成果转化服务中心: a verb inside a name is followed by the end of that name.
    fn inside_name(&self, chars: &[char], from: usize, at: usize, grammar: &Grammar) -> bool {
        let limit = chars.len().min(from + NAME_CHARS_MAX);
        (at..limit.min(at + 8)).any(|i| {
            grammar.end_at(chars, i).is_some_and(|(n, _)| {
                let name: String = chars[from..i + n].iter().collect();
                // 某某集团…生产基地项目: behind the name of a firm a verb does not end it.
                let firm = (from + 2..at).any(|earlier| {
                    grammar
                        .end_at(&chars[..at], earlier)
                        .is_some_and(|(_, index)| grammar.entity_kinds[index].strong)
                });
                firm || self.quoted.contains(&name) || self.full(&name).is_some()
            })
        })
    }

    /// 某某集团手持订单达93艘: a long name of a firm or school, a noun and a figure behind it.
    fn holds_figures(
        &self,
        chars: &[char],
        (from, end): (usize, usize),
        kind: &str,
        grammar: &Grammar,
    ) -> bool {
        let body = matches!(kind, "company" | "university" | "hospital" | "institute");
        let long = grammar
            .entity_ends
            .before(chars, from, end)
            .is_some_and(|(length, _)| end - from >= length + SHORT_CHARS_MIN);
        let noun = chars
            .get(end)
            .is_some_and(|c| is_han(*c) && !matches!(c, '的' | '和' | '与' | '及' | '等'));
        let ends = grammar.entity_ends.within(chars, end, chars.len()).is_some();
        body && long && noun && !ends && chars[end..].iter().any(char::is_ascii_digit)
    }

    /// 某某中心2021年入驻…: behind the name stand a time and a verb.
    fn acts_later(&self, chars: &[char], end: usize, marks: &[Mark], grammar: &Grammar) -> bool {
        let behind = marks.iter().find(|mark| mark.start == end).map(|mark| mark.end);
        behind.is_some_and(|at| {
            let verb =
                grammar.verbs.at(chars, at).is_some() || grammar.noun_ends.at(chars, at).is_some();
            verb || grammar.subject_verbs.at(chars, at).is_some()
        })
    }

    fn quoted_entity(
        &self,
        chars: &[char],
        from: usize,
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let limit = chars.len().min(from + 40);
        let close = (from..limit).find(|at| grammar.quotes_close.at(chars, *at).is_some())?;
        let next = chars.get(close + 1)?;
        let name: String = chars[from..close].iter().collect();
        // “十四五”期间 is a time, “四大”…的 an attribute.
        let numeral = name
            .chars()
            .next()
            .is_some_and(|c| grammar.digits.contains_key(&c) || c.is_ascii_digit());
        let windowed = grammar.times.windows.at(chars, from.saturating_sub(1)).is_some()
            || grammar.times.windows.at(chars, from).is_some();
        if windowed
            || numeral
            || matches!(next, '的' | '、' | '等' | '“')
            || name.chars().count() < 2
        {
            return None;
        }
        let verb = grammar.subject_verbs.at(chars, close + 1).is_some()
            || grammar.noun_ends.at(chars, close + 1).is_some()
            || grammar.verbs.at(chars, close + 1).is_some();
        let suffix = grammar.entity_ends.before(chars, from, close);
        let kind = suffix.map(|(_, index)| grammar.entity_kinds[index].kind.clone());
        verb.then_some((Subject { name, kind, source: "quoted" }, close + 1))
    }

    /// Whether `from..end` is a name that is the subject: what it is, and what stands behind it.
    fn entity(
        &self,
        chars: &[char],
        (from, end): (usize, usize),
        kind: &EntityKind,
        marks: &[Mark],
        grammar: &Grammar,
    ) -> Option<(Subject, usize)> {
        let (kind, strong) = (kind.kind.as_str(), kind.strong);
        let letters = chars[end..].iter().take_while(|c| c.is_ascii_alphabetic()).count();
        if letters >= 2 {
            // 标杆项目ITC: the letters are the name.
            let name: String = chars[end..end + letters].iter().collect();
            let kind = Some(kind.to_string());
            return Some((Subject { name, kind, source: "entity" }, end + letters));
        }
        if grammar.end_at(chars, end).is_some() {
            return None;
        }
        let from = self.behind_own(chars, from, end, Some(kind));
        let from = behind_descriptor(chars, from, end, Some(kind), grammar);
        let name: String = chars[from..end].iter().collect();
        let quiet = strong
            && !matches!(chars.get(end), Some('、' | '的' | '和' | '与' | '及' | '等'))
            && !chars[end..]
                .iter()
                .any(|c| c.is_ascii_digit() || matches!(c, '、') || grammar.digits.contains_key(c));
        // 大徐家汇功能区标杆项目: the name goes on.
        let ahead = &chars[..chars.len().min(end + 10)];
        let goes_on = grammar.entity_ends.within(ahead, end, ahead.len()).is_some()
            || ahead[end..].iter().any(char::is_ascii_alphabetic);
        let followed = (quiet && !goes_on)
            || grammar.subject_verbs.at(chars, end).is_some()
            || (chars.get(end).is_none() && end - from >= 4)
            || self.holds_figures(chars, (from, end), kind, grammar)
            || (matches!(chars.get(end), Some('与' | '和' | '同'))
                && chars.get(end + 1).is_some_and(char::is_ascii_digit))
            || (strong && grammar.verbs.at(chars, end).is_some_and(|(n, _)| n >= 2))
            || self.acts_later(chars, end, marks, grammar);
        let length = end - from;
        let known = self.full(&name);
        let placed = self.own_at(chars, from).is_some()
            || grammar.cities.at(chars, from).is_some()
            || self.others.at(chars, from).is_some();
        let latin = name.chars().any(|c| c.is_ascii_alphabetic());
        // 某某集团生产基地项目: a firm inside makes a name of it.
        let firm = (from + 2..end).any(|at| {
            grammar.end_at(&chars[..end], at).is_some_and(|(length, index)| {
                grammar.entity_kinds[index].strong && at + length < end
            })
        });
        let numbered = name.chars().any(|c| c.is_ascii_digit()) && !name.contains('第');
        // 某区计划…: behind the place stands nothing but the end.
        let bare = self.own_at(chars, from).is_some_and(|n| {
            !strong
                && kind != "landmark"
                && grammar.end_at(&chars[..end], from + n).is_some_and(|(m, _)| n + m == length)
        });
        // 某区计划将…基金: what the place will do is no name.
        let plans = self.own_at(chars, from).is_some_and(|n| {
            grammar.times.forecast.at(chars, from + n).is_some()
                || grammar.not_behind_place.at(chars, from + n).is_some()
        });
        let measured = grammar.not_in_names.within(chars, from, end).is_some();
        let named = !(bare || plans || measured || numbered)
            && (strong || known.is_some() || placed || latin || firm);
        let own_only = self.own_at(chars, from) == Some(length);
        // 参加城镇…: no town.
        let class = grammar.self_words.at(chars, from).is_some()
            || kind == "street" && grammar.place_not.before(chars, 0, end).is_some();
        if class || !followed || !named || length < 3 || own_only || name.contains(['的', '了']) {
            return None;
        }
        let name = known.unwrap_or(name);
        Some((Subject { name, kind: Some(kind.to_string()), source: "entity" }, end))
    }
}

/// 链主企业某某公司: the name of a firm begins behind what it is called.
fn behind_descriptor(
    chars: &[char],
    from: usize,
    to: usize,
    kind: Option<&str>,
    grammar: &Grammar,
) -> usize {
    if kind != Some("company") {
        return from;
    }
    let last = to.saturating_sub(SHORT_CHARS_MIN + 2);
    let behind = |at: usize| grammar.descriptors.at(&chars[..to], at).map(|(n, _)| at + n);
    (from..last).rev().find_map(behind).unwrap_or(from)
}

/// 某某公司(以下简称“某某”): the short name given behind a name.
fn given_short(chars: &[char], end: usize, grammar: &Grammar) -> Option<String> {
    let (length, _) = grammar.shortened.at(chars, end + 1)?;
    let quote = end + 1 + length;
    let (open, _) = grammar.quotes_open.at(chars, quote)?;
    let from = quote + open;
    let limit = chars.len().min(from + NAME_CHARS_MAX);
    let close = (from..limit).find(|at| grammar.quotes_close.at(chars, *at).is_some())?;
    (close >= from + 2).then(|| chars[from..close].iter().collect())
}

/// Whether what follows a place makes it the subject: a link, a verb or the name of a figure.
fn predicates(chars: &[char], at: usize, grammar: &Grammar) -> bool {
    chars.get(at).is_some_and(char::is_ascii_digit)
        || [&grammar.links, &grammar.verbs, &grammar.heads, &grammar.before]
            .into_iter()
            .any(|words| words.at(chars, at).is_some_and(|_| chars.get(at) != Some(&'的')))
}

/// The first character of a clause behind openings, times and punctuation.
pub(crate) fn opening(chars: &[char], start: usize, marks: &[Mark], grammar: &Grammar) -> usize {
    let mut at = start;
    loop {
        let before = at;
        if chars
            .get(at)
            .is_some_and(|c| !c.is_alphanumeric() && grammar.quotes_open.at(chars, at).is_none())
        {
            at += 1;
        }
        // A speech opens with a quotation mark that closes much later: it names nothing.
        if grammar.quotes_open.at(chars, at).is_some()
            && at == start
            && !(at..chars.len().min(at + 30)).any(|i| grammar.quotes_close.at(chars, i).is_some())
        {
            at += 1;
        }
        if let Some(mark) = marks.iter().find(|mark| {
            mark.start == at
                || (mark.start == at + 1 && mark.end > at + 1 && chars.get(at) == Some(&'到'))
        }) {
            at = mark.end;
        }
        if let Some((length, _)) = grammar.openings.at(chars, at) {
            at += length;
        }
        at = behind_article(chars, at, grammar);
        if at == before || at >= chars.len() {
            return at.min(chars.len());
        }
    }
}

/// Behind 第四条, when the label of an article stands here.
fn behind_article(chars: &[char], at: usize, grammar: &Grammar) -> usize {
    let found = grammar.ordinal_marks.at(chars, at).and_then(|(length, _)| {
        let number = numeral(chars, at + length, grammar)?;
        let (end, _) = grammar.article_ends.at(chars, number.end)?;
        Some(number.end + end)
    });
    found.unwrap_or(at)
}
