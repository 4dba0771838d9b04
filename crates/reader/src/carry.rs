//! What carries over: the subject, the time and the names that later sentences stand on.

use crate::fact::Reading;
use crate::mention::names;
use crate::phrase::name_start;
use crate::sentence::{Clause, Sentence};
use crate::subject::{Subject, opening};
use crate::time::Mark;
use kernel::Valid;
use std::collections::BTreeMap;

/// Between 这座 and the end of the name that it stands for are at most so many characters.
const DEMONSTRATED_CHARS_MAX: usize = 14;

/// A name that is kept for later has at most so many characters before its end.
const REMEMBERED_CHARS_MAX: usize = 18;

/// The label of an answer in an interview has at most so many characters.
const ANSWERS_CHARS_MAX: usize = 6;
/// A time of so many years more than one is what a section tells of.
const WINDOW_YEARS_MIN: i16 = 3;
/// What stands behind a quotation says within so many characters who spoke.
const SPEAKER_CHARS_MAX: usize = 40;

/// What carries over from figure to figure and from sentence to sentence.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// The named subject that goes on within a paragraph.
    pub(crate) subject: Option<Subject>,
    pub(crate) paragraph: Option<usize>,
    /// Property and last character of the figure before, in this sentence.
    pub(crate) before: Option<(String, usize)>,
    /// The time that goes on behind a semicolon.
    pub(crate) time: Option<Mark>,
    /// The year in the heading of the section.
    pub(crate) section: Option<Valid>,
    /// The last name of each kind, for 公司 and 学校.
    by_kind: BTreeMap<String, Subject>,
    /// The last name with each end, for 这座中心.
    by_end: BTreeMap<String, Subject>,
    /// The time that a sentence of this paragraph opened with.
    lead: Option<Mark>,
    /// The years that a paragraph of this section opened with, such as “十三五”期间.
    pub(crate) window: Option<Valid>,
    /// The last name that a clause was about, for 它.
    last: Option<Subject>,
    /// Whether the paragraph is an answer in an interview.
    answers: bool,
    /// Whoever the sentence is a quotation of, as the sentence behind it says.
    pub(crate) speaker: Option<Subject>,
}

impl State {
    /// What goes on behind the end of a paragraph.
    pub(crate) fn next_paragraph(self, sentence: &Sentence<'_>) -> State {
        let State { section, window, by_kind, by_end, last, .. } = self;
        let paragraph = Some(sentence.paragraph);
        // 答:, 区长:.
        let answers = sentence.clauses.first().is_some_and(|clause| {
            let length = clause.end - clause.start;
            sentence.chars.get(clause.end) == Some(&':') && length <= ANSWERS_CHARS_MAX
        });
        State { paragraph, section, window, by_kind, by_end, last, answers, ..State::default() }
    }
}

impl Reading<'_> {
    /// The time that opened an earlier sentence of the paragraph, where this one says none and is
    /// about nothing new. A time that opens this sentence is kept for the next.
    pub(crate) fn lead(
        &self,
        sentence: &Sentence<'_>,
        times: &[Mark],
        subjects: &[(Subject, usize)],
        state: &mut State,
    ) -> Option<Mark> {
        let first = sentence.clauses.first().map_or(0, |clause| clause.start);
        let says = |mark: &&Mark| mark.valid.is_some() || mark.current;
        if let Some(mark) = times.iter().find(says) {
            let clause = sentence.clauses[sentence.clause_of(mark.start)];
            let chars = &sentence.chars;
            let opens = opening(chars, clause.start, times, self.grammar) >= mark.end
                && (clause.start == first || chars[clause.start - 1] == ':');
            // The last time that the sentence names goes on; one that is compared with does not.
            let held = times.iter().rfind(|mark| self.holds(chars, mark));
            state.lead = held.filter(|_| opens).cloned();
            let wide = |valid: &Valid| match (valid.from, valid.to) {
                (Some(from), Some(to)) => to.year() - from.year() >= WINDOW_YEARS_MIN,
                _ => false,
            };
            if opens && mark.start <= first + 2 {
                state.window = mark.valid.filter(wide).or(state.window);
            }
            return None;
        }
        let new = |(subject, _): &(Subject, usize)| {
            matches!(subject.source, "entity" | "quoted" | "anaphor" | "place")
        };
        if subjects.iter().any(new) {
            state.lead = None;
        }
        state.lead.clone()
    }

    /// Whether a time goes on behind its figure: one that is compared with does not.
    pub(crate) fn holds(&self, chars: &[char], mark: &Mark) -> bool {
        let before = mark.start.checked_sub(1).map(|i| chars[i]);
        let compared = self.grammar.times.compared_before.before(chars, 0, mark.start);
        mark.valid.is_some()
            && compared.is_none()
            && !matches!(before, Some('由' | '从' | '于' | '与' | '是'))
    }

    /// “…90人。”某某公司创始人说: the figures of a quotation are told of whoever's firm speaks.
    pub(crate) fn speaker_behind(
        &self,
        sentences: &[Sentence<'_>],
        index: usize,
    ) -> Option<Subject> {
        let sentence = &sentences[index];
        let open = sentence.chars.iter().position(|c| c.is_alphanumeric()).unwrap_or(0);
        let quoted = open > 0 && self.grammar.quotes_open.at(&sentence.chars, open - 1).is_some();
        let closed = |chars: &[char]| {
            (0..chars.len()).rfind(|at| self.grammar.quotes_close.at(chars, *at).is_some())
        };
        if !quoted || closed(&sentence.chars).is_some() {
            return None;
        }
        let behind = sentences[index + 1..].iter().take(4);
        let behind = behind.take_while(|next| next.paragraph == sentence.paragraph);
        let next = behind.into_iter().find(|next| closed(&next.chars).is_some())?;
        let start = closed(&next.chars)? + 1;
        let end = next.chars.len().min(start + SPEAKER_CHARS_MAX);
        self.grammar.speech.within(&next.chars, start, end)?;
        if let Some((subject, _)) = self.places.known_name(&next.chars, start, self.grammar) {
            return Some(subject);
        }
        let named = names(next, self.places, self.grammar);
        let named = named.into_iter().find(|named| named.from <= start + 1 && named.to > start)?;
        let kind = named.kind.filter(|kind| !matches!(kind.as_str(), "government" | "district"))?;
        let name = next.text(named.from, named.to);
        Some(Subject { name, kind: Some(kind), source: "entity" })
    }

    /// Keeps the names of a clause for what stands for them later.
    fn remember(
        &self,
        sentence: &Sentence<'_>,
        clause: Clause,
        about: &Subject,
        state: &mut State,
    ) {
        let chars = &sentence.chars[..clause.end];
        let about = about.kind.clone();
        let mut at = clause.start;
        while at < chars.len() {
            let Some((length, index)) = self.grammar.end_at(chars, at) else {
                at += 1;
                continue;
            };
            let end = at + length;
            let kind = &self.grammar.entity_kinds[index];
            let (from, placed) = self.named_from(chars, at);
            let longer = self.grammar.end_at(chars, end).is_some();
            let generic = self.grammar.generic.at(chars, from).is_some()
                || self.grammar.demonstratives.at(chars, from).is_some()
                || self.grammar.anaphors.at(chars, from).is_some()
                || self.grammar.self_words.at(chars, from).is_some();
            // 2025某某论坛: the year is no part of the name.
            let year = chars[from..at].iter().take_while(|c| c.is_ascii_digit()).count();
            let from = if year == 4 { from + year } else { from };
            let figure = chars[from..at].iter().any(char::is_ascii_digit);
            if !longer && !generic && !figure && at >= from + 2 {
                let name = sentence.text(from, end);
                let name = self.places.full(&name).unwrap_or(name);
                let subject = Subject { name, kind: Some(kind.kind.clone()), source: "remembered" };
                state.by_end.insert(sentence.text(at, end), subject.clone());
                if (kind.strong || placed) && about.as_ref() != Some(&kind.kind) {
                    state.by_kind.insert(kind.kind.clone(), subject);
                }
            }
            at = end;
        }
    }

    /// Where the name that ends here begins, and whether it begins with a place.
    fn named_from(&self, chars: &[char], at: usize) -> (usize, bool) {
        let floor = at.saturating_sub(REMEMBERED_CHARS_MAX);
        let placed = (floor..at).find(|i| {
            let place = self.places.own_at(&chars[..at], *i);
            let plain = |c: &char| c.is_alphanumeric() && !matches!(c, '的' | '了' | '在' | '和');
            place.is_some_and(|length| i + length < at) && chars[*i..at].iter().all(plain)
        });
        match placed {
            Some(from) => (from, true),
            None => (name_start(chars, 0, at, self.grammar), false),
        }
    }

    /// 这座去年9月投用的中心: the last name with this end, or of this kind.
    fn demonstrated(&self, chars: &[char], from: usize, state: &State) -> Option<(Subject, usize)> {
        let (length, _) = self.grammar.demonstratives.at(chars, from)?;
        let start = from + length;
        let (end, end_length, index) = (start..chars.len().min(start + DEMONSTRATED_CHARS_MAX))
            .find_map(|at| {
                let (length, index) = self.grammar.end_at(chars, at)?;
                let longer = self.grammar.end_at(chars, at + length).is_some();
                (!longer).then_some((at + length, length, index))
            })?;
        // 该行投放科技贷款: what stands between does not lead to the end.
        let between = &chars[start..end - end_length];
        if between.len() > 2 && !between.contains(&'的') {
            return None;
        }
        let word: String = chars[end - end_length..end].iter().collect();
        let kind = &self.grammar.entity_kinds[index].kind;
        let mut subject = state.by_end.get(&word).or_else(|| state.by_kind.get(kind)).cloned()?;
        subject.source = "anaphor";
        Some((subject, end))
    }

    /// What each clause is about: what it says itself, else what the one before was about.
    pub(crate) fn subjects(
        &self,
        sentence: &Sentence<'_>,
        marks: &[Mark],
        state: &mut State,
    ) -> Vec<(Subject, usize)> {
        let mut current = state.subject.clone().unwrap_or_else(|| self.places.default_subject());
        if state.subject.is_some() {
            current.source = "carried";
        }
        if let Some(speaker) = state.speaker.take() {
            current = speaker;
        }
        self.speakers(sentence, state);
        let mut out = Vec::with_capacity(sentence.clauses.len());
        for clause in &sentence.clauses {
            let explicit = self.places.explicit(sentence, *clause, marks, self.grammar);
            let stands = explicit.is_none() && !clause.bracket;
            let anaphor = stands.then(|| self.anaphor(sentence, *clause, marks, state)).flatten();
            match (explicit, anaphor) {
                (Some((subject, end)), _) => {
                    if matches!(subject.source, "entity" | "quoted") {
                        state.last = Some(subject.clone());
                    }
                    if let Some(kind) = &subject.kind {
                        state.by_kind.insert(kind.clone(), subject.clone());
                    }
                    if !clause.bracket {
                        current = subject.clone();
                    }
                    let placed = matches!(subject.source, "own" | "self" | "place" | "city");
                    out.push((subject, end));
                    if let Some(subject) =
                        self.presented(sentence, *clause, marks).filter(|_| placed)
                    {
                        current = subject;
                    }
                }
                (None, Some((subject, end))) => {
                    let presented = self.presented(sentence, *clause, marks);
                    current = presented.unwrap_or_else(|| subject.clone());
                    let letters: Vec<char> = subject.name.chars().collect();
                    let ends = &self.grammar.entity_ends;
                    if let Some((length, _)) = ends.before(&letters, 0, letters.len()) {
                        let word = letters[letters.len() - length..].iter().collect();
                        state.by_end.insert(word, subject.clone());
                    }
                    out.push((subject, end));
                }
                (None, None) => {
                    let presented = self.presented(sentence, *clause, marks);
                    let mut inherited = current.clone();
                    if inherited.source == "entity" || inherited.source == "quoted" {
                        inherited.source = "inherited";
                    }
                    out.push((inherited, clause.start));
                    if let Some(subject) = presented {
                        state.by_kind.extend(subject.kind.clone().map(|k| (k, subject.clone())));
                        current = subject;
                    }
                }
            }
            self.remember(sentence, *clause, &current, state);
        }
        let named = matches!(
            current.source,
            "entity" | "quoted" | "carried" | "inherited" | "anaphor" | "place"
        );
        state.subject = named.then_some(current);
        out
    }

    /// 最大的是某某公司, as a clause without figures: the next clauses are about that firm.
    fn presented(
        &self,
        sentence: &Sentence<'_>,
        clause: Clause,
        marks: &[Mark],
    ) -> Option<Subject> {
        let chars = &sentence.chars[..clause.end];
        let end = chars.iter().rposition(|c| c.is_alphanumeric()).map_or(0, |at| at + 1);
        let (length, index) = self.grammar.entity_ends.before(chars, clause.start, end)?;
        let timed = |at: usize| marks.iter().any(|mark| mark.start <= at && at < mark.end);
        if (clause.start..clause.end).any(|at| chars[at].is_ascii_digit() && !timed(at)) {
            return None;
        }
        let kind = &self.grammar.entity_kinds[index];
        let at = end - length;
        let found = (clause.start..at)
            .rev()
            .find_map(|i| Some((i, self.grammar.presents.at(&chars[..at], i)?.0)));
        // 成立于2009年的某某公司: 的 leads to a name as well.
        let of = (clause.start + 1..at).rev().find(|i| chars[*i] == '的');
        let (from, word, led) = match (found, of) {
            (Some((from, _)), Some(of)) if of > from => (of, 1, true),
            (Some((from, word)), _) => (from, word, false),
            (None, Some(of)) => (of, 1, true),
            (None, None) => return None,
        };
        let name = &chars[from + word..end];
        let plain = name.iter().all(|c| c.is_alphanumeric() && *c != '的')
            && (length + 2..=DEMONSTRATED_CHARS_MAX + length).contains(&name.len());
        let generic = self.grammar.generic.at(chars, from + word).is_some();
        let sure = kind.strong || (led && name.len() >= length + 3);
        let more = sentence.clauses.last().is_some_and(|last| last.start > clause.start);
        (sure && plain && more && !generic && !clause.bracket).then(|| Subject {
            name: name.iter().collect(),
            kind: Some(kind.kind.clone()),
            source: "entity",
        })
    }

    /// Whoever speaks for a firm makes it known: 这家企业 of the next sentence is it.
    fn speakers(&self, sentence: &Sentence<'_>, state: &mut State) {
        let chars = &sentence.chars;
        if self.grammar.speech.within(chars, 0, chars.len()).is_none() {
            return;
        }
        for named in names(sentence, self.places, self.grammar) {
            if let Some(kind) = named.kind {
                let name = sentence.text(named.from, named.to);
                let subject = Subject { name, kind: Some(kind.clone()), source: "speaker" };
                state.by_kind.insert(kind, subject);
            }
        }
    }

    /// 公司, 学校 at the start of a clause: the last name of that kind, or what the document is about.
    fn anaphor(
        &self,
        sentence: &Sentence<'_>,
        clause: Clause,
        marks: &[Mark],
        state: &State,
    ) -> Option<(Subject, usize)> {
        let chars = &sentence.chars[..clause.end];
        let from = opening(chars, clause.start, marks, self.grammar);
        if let Some(found) = self.demonstrated(chars, from, state) {
            return Some(found);
        }
        if let Some((length, _)) = self.grammar.pronouns.at(chars, from)
            && self.grammar.pronoun_not.at(chars, from).is_none()
        {
            let subject = Subject { source: "anaphor", ..state.last.clone()? };
            return Some((subject, from + length));
        }
        if let Some((length, _)) =
            self.grammar.speakers_we.at(chars, from).filter(|_| state.answers)
        {
            return Some((self.places.default_subject(), from + length));
        }
        if let Some((length, _)) = self.grammar.end_at(chars, from)
            && let Some(subject) = state.by_end.get(&sentence.text(from, from + length))
        {
            // 中心2022年运营: the bare end, with a time or verb behind it.
            let end = from + length;
            let acts = marks.iter().any(|mark| mark.start == end)
                || self.grammar.verbs.at(chars, end).is_some_and(|(n, _)| n >= 2)
                || self.grammar.subject_verbs.at(chars, end).is_some();
            if acts {
                return Some((Subject { source: "anaphor", ..subject.clone() }, end));
            }
        }
        let (length, index) = self.grammar.anaphors.at(chars, from)?;
        let kind = &self.grammar.anaphor_kinds[index];
        let topic = Some(self.places.default_subject()).filter(|s| s.kind.as_ref() == Some(kind));
        let mut subject = state.by_kind.get(kind).cloned().or(topic)?;
        subject.source = "anaphor";
        let end = from + length;
        match self.part_of(chars, end) {
            // 学校技术转移中心: a part of what the word stands for.
            Some(part) => {
                subject.name.extend(&chars[end..part]);
                Some((subject, part))
            }
            None => Some((subject, end)),
        }
    }

    /// Where the name of a part ends that stands directly behind 公司 or 学校.
    fn part_of(&self, chars: &[char], from: usize) -> Option<usize> {
        let known = |at: usize| {
            self.grammar.verbs.at(chars, at).is_some()
                || self.grammar.subject_verbs.at(chars, at).is_some()
        };
        let plain = |c: &char| c.is_alphabetic() && !matches!(c, '的' | '了' | '和' | '与' | '在');
        let run = chars.get(from..)?.iter().take(DEMONSTRATED_CHARS_MAX).take_while(|c| plain(c));
        let stop = from + run.count();
        let (at, length) = (from + 1..stop).find_map(|at| {
            let (length, _) = self.grammar.end_at(&chars[..stop], at)?;
            self.grammar.end_at(chars, at + length).is_none().then_some((at, length))
        })?;
        let end = at + length;
        let counted = chars.get(end).is_none_or(|c| !c.is_alphabetic());
        (at >= from + 2 && !known(from) && !counted).then_some(end)
    }
}
