//! Facts: each figure with its property, subject, time and modality.

use crate::candidate::{Candidate, CandidateKind};
use crate::carry::State;
use crate::document::Document;
use crate::figure::{Figure, Form, figures};
use crate::grammar::Grammar;
use crate::phrase::{last_name, left_noun, right_noun};
use crate::sentence::{Clause, Sentence};
use crate::subject::{Places, Subject, quotations};
use crate::time::{Mark, marks};
use kernel::{Comparator, Decimal, Precision, Valid};
use schema::Schema;
use std::collections::BTreeMap;

/// A property has at most so many characters.
const PROPERTY_CHARS_MAX: usize = 60;

/// With so many facts in its body a document needs none from its headline.
const BODY_FACTS_MIN: usize = 5;
/// A label before a colon has at most so many characters.
const LABEL_CHARS_MAX: usize = 20;
/// A property as it was found.
#[derive(Debug, Clone, Default)]
struct Found {
    property: String,
    pattern: &'static str,
    /// Characters of the sentence that the candidate's span must hold.
    from: usize,
    to: usize,
    negative: bool,
    subject: Option<Subject>,
}

/// All facts of a document.
pub(crate) fn facts(
    document: &Document,
    sentences: &[Sentence<'_>],
    places: &Places,
    grammar: &Grammar,
    schema: &Schema,
) -> Vec<Candidate> {
    let reading = Reading { document, places, grammar, schema };
    let mut state = State::default();
    let mut out = Vec::new();
    for (index, sentence) in sentences.iter().enumerate() {
        if out.len() >= document.candidates_max {
            break;
        }
        if state.paragraph != Some(sentence.paragraph) {
            state = state.next_paragraph(sentence);
        }
        state.speaker = reading.speaker_behind(sentences, index);
        reading.sentence(sentence, &mut state, &mut out);
    }
    // A headline rounds and teases: where the body tells figures, they are the ones to keep.
    let body = out.iter().filter(|candidate| !candidate.headline()).count();
    if body >= BODY_FACTS_MIN {
        out.retain(|candidate| !candidate.headline());
    }
    without_echoes(out)
}

/// A document being read for facts.
pub(crate) struct Reading<'a> {
    pub(crate) document: &'a Document,
    pub(crate) places: &'a Places,
    pub(crate) grammar: &'a Grammar,
    schema: &'a Schema,
}

/// One sentence, scanned.
struct Scanned<'a> {
    sentence: &'a Sentence<'a>,
    marks: Vec<Mark>,
    figures: Vec<Figure>,
    /// The subject of each clause, and the character after its name there.
    subjects: Vec<(Subject, usize)>,
    carried: Option<Mark>,
    section: Option<Valid>,
}

impl Reading<'_> {
    fn sentence(&self, sentence: &Sentence<'_>, state: &mut State, out: &mut Vec<Candidate>) {
        let times = marks(&sentence.chars, &self.document.anchor, self.grammar);
        let taken: Vec<(usize, usize)> = times.iter().map(|mark| (mark.start, mark.end)).collect();
        let figures = figures(&sentence.chars, &taken, self.grammar);
        let subjects = self.subjects(sentence, &times, state);
        state.before = None;
        if sentence.heading && !sentence.title {
            state.window = None;
        }
        if sentence.heading && !sentence.title && figures.is_empty() {
            let year =
                times.iter().find_map(|mark| mark.valid.filter(|v| v.precision == Precision::Year));
            state.section = year.or(state.section);
        }
        let carried = state.time.take();
        if matches!(sentence.chars.last(), Some(';')) {
            state.time = times
                .iter()
                .rfind(|mark| self.holds(&sentence.chars, mark))
                .cloned()
                .or_else(|| carried.clone());
        }
        let lead = self.lead(sentence, &times, &subjects, state);
        let carried = carried.or(lead);
        let scanned = Scanned {
            sentence,
            marks: times,
            figures,
            subjects,
            carried,
            section: state.section.or(state.window),
        };
        for index in 0..scanned.figures.len() {
            let Some(found) = self.property(&scanned, index, state) else { continue };
            let figure = &scanned.figures[index];
            state.before = Some((found.property.clone(), figure.end.max(found.to)));
            out.push(self.candidate(&scanned, figure, found));
        }
    }

    fn property(&self, scanned: &Scanned<'_>, index: usize, state: &State) -> Option<Found> {
        let figure = &scanned.figures[index];
        let clause_index = scanned.sentence.clause_of(figure.start);
        let clause = scanned.sentence.clauses[clause_index];
        let before = index.checked_sub(1).map(|i| &scanned.figures[i]);
        let (_, subject_end) = scanned.subjects[clause_index];
        let inside = before.filter(|before| before.end > clause.start);
        let floor =
            clause.start.max(subject_end.min(figure.start)).max(inside.map_or(0, |b| b.end));
        let told = state.before.as_ref().map_or(0, |(_, end)| *end);
        let floor = if told <= figure.start { floor.max(told) } else { floor };
        if self.is_threshold(scanned, index, clause) {
            return None;
        }
        let left = left_noun(
            scanned.sentence,
            floor,
            figure.start,
            &scanned.marks,
            self.places,
            self.grammar,
        );
        let left = match left {
            (from, to) if to > from => left,
            _ => self.label(scanned, clause_index, figure).unwrap_or(left),
        };
        let next = scanned.figures.get(index + 1).map(|next| next.start);
        let right = right_noun(&scanned.sentence.chars, figure.end, clause.end, next, self.grammar);
        // 在169家高新区中排名第38位: those are what it is ranked among.
        let ranked = scanned.figures.get(index + 1).is_some_and(|next| next.form == Form::Rank);
        if ranked && right.1 > right.0 && scanned.sentence.chars[right.1 - 1] == '中' {
            return None;
        }
        let at = Around { clause, clause_index, floor, left, right };
        let found = match figure.form {
            Form::Rank => self.ranked(scanned, figure, &at, state),
            Form::First => self.first(scanned, figure, &at),
            Form::Structure => Some(Found {
                property: scanned.sentence.text(figure.start, figure.end),
                pattern: "structure",
                from: figure.start,
                to: figure.end,
                ..Found::default()
            }),
            Form::Group => self.counted(scanned, figure, &at, "group"),
            Form::Doubling => self.linked(scanned, figure, &at, state, "doubling"),
            Form::Percent | Form::Fraction => self.ratio(scanned, figure, &at, state),
            Form::Magnitude => self.linked(scanned, figure, &at, state, "magnitude"),
            Form::Rate => self.linked(scanned, figure, &at, state, "rate"),
            Form::Span => self.span(scanned, figure, &at),
            Form::Plain => self.plain(scanned, figure, &at, state),
        }?;
        let property = found
            .property
            .trim_matches(|c: char| !c.is_alphanumeric() && !"”“’‘》《%)(".contains(c))
            .to_string();
        // What inherits from what inherits must not grow without end.
        let property: String = property.chars().take(PROPERTY_CHARS_MAX).collect();
        let chars: Vec<char> = property.chars().collect();
        let empty = property.is_empty() || self.grammar.empty_nouns.has(&chars);
        (!empty).then_some(Found { property, ..found })
    }

    /// GDP:745亿元, 生产总值(GDP)745亿元: what stands before the colon or the bracket is what the
    /// first figure behind it measures.
    fn label(
        &self,
        scanned: &Scanned<'_>,
        clause_index: usize,
        figure: &Figure,
    ) -> Option<(usize, usize)> {
        let sentence = scanned.sentence;
        let clause = sentence.clauses[clause_index];
        let mut number = clause_index.checked_sub(1)?;
        let mut mark = clause.start.checked_sub(1)?;
        if sentence.chars[mark] == ')' && sentence.clauses[number].bracket {
            mark = sentence.clauses[number].start.checked_sub(1)?;
            number = number.checked_sub(1)?;
        }
        let before = sentence.clauses[number];
        if !matches!(sentence.chars[mark], ':' | '(') || before.end != mark {
            return None;
        }
        let first = !scanned
            .figures
            .iter()
            .any(|other| other.start < figure.start && other.end > before.start);
        let floor = before.start.max(scanned.subjects[number].1.min(before.end));
        let found =
            left_noun(sentence, floor, before.end, &scanned.marks, self.places, self.grammar);
        let short = (2..=LABEL_CHARS_MAX).contains(&(found.1 - found.0));
        (first && short).then_some(found)
    }

    /// 500万元以上的村有9个: the first figure only says which villages.
    fn is_threshold(&self, scanned: &Scanned<'_>, index: usize, clause: Clause) -> bool {
        let chars = &scanned.sentence.chars;
        let figure = &scanned.figures[index];
        let bounded = matches!(figure.comparator, Comparator::AtLeast | Comparator::AtMost)
            && self.grammar.after.before(chars, figure.start, figure.end).is_some();
        let Some(next) = scanned.figures.get(index + 1).filter(|_| bounded) else { return false };
        let between = &chars[figure.end..next.start.max(figure.end)];
        let noun = between.iter().filter(|c| **c != '的').count();
        next.end <= clause.end
            && (noun <= 12 && !between.is_empty())
            && between.iter().all(|c| c.is_alphanumeric())
    }

    /// 300家企业, 企业300家, 收入50亿元.
    fn plain(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        state: &State,
    ) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        if figure.dimension == "points" || self.grows(chars, at, figure).is_some() {
            return self.growth(scanned, figure, at, state);
        }
        if let Some(found) = self.area_of(scanned, figure, at) {
            return Some(found);
        }
        let measured =
            !matches!(figure.dimension.as_str(), "count" | "persons" | "households" | "visits");
        let has_left = at.left.1 > at.left.0;
        let direct = measured && has_left;
        if at.right.1 > at.right.0 && !direct {
            return self.counted(scanned, figure, at, "counted");
        }
        self.linked(scanned, figure, at, state, "link")
    }

    /// The noun behind a counter is the property.
    fn counted(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        pattern: &'static str,
    ) -> Option<Found> {
        let (from, to) = at.right;
        if to <= from {
            return None;
        }
        let coordinated = pattern == "counted"
            && at.floor > at.clause.start + 1
            && scanned.figures.iter().any(|other| other.end == at.floor);
        let pattern = if coordinated { "coordinated" } else { pattern };
        let change = self.grammar.change_verbs.before(
            &scanned.sentence.chars,
            at.clause.start,
            figure.start,
        );
        let verb = change.map_or(0, |(length, _)| length);
        let noun = scanned.sentence.text(from, to);
        let property =
            format!("{}{noun}", scanned.sentence.text(figure.start - verb, figure.start));
        let subject = self.owner_behind(scanned, figure, at);
        Some(Found { property, pattern, from: figure.start, to, subject, ..Found::default() })
    }

    /// 五大功能平台入驻的“…”, 38天建成…社区——“…”: the quotation names the owner.
    fn owner_behind(&self, scanned: &Scanned<'_>, figure: &Figure, at: &Around) -> Option<Subject> {
        let chars = &scanned.sentence.chars;
        let (from, _, name) = quotations(&chars[..at.clause.end.min(chars.len())], self.grammar)
            .into_iter()
            .find(|(from, _, _)| *from > at.right.1.max(figure.end) + 1)?;
        let opened = from - 1;
        let relative = chars.get(opened.wrapping_sub(1)) == Some(&'的') && opened > at.right.1;
        let apposed = self.grammar.apposition.before(chars, figure.end, opened).is_some();
        let between = &chars[at.right.1.min(opened)..opened];
        let crossed = between.iter().any(|c| matches!(c, '、' | ','));
        ((relative || apposed) && !crossed).then_some(Subject {
            name,
            kind: None,
            source: "relative",
        })
    }

    /// What stands before the number is the property; a bare attribute asks for its owner.
    fn linked(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        state: &State,
        pattern: &'static str,
    ) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let (from, to) = at.left;
        if to > from {
            let property = scanned.sentence.text(from, to);
            let bare = self.grammar.bare_attributes.has(&chars[from..to]);
            let mut found = Found { property, pattern, from, to: figure.end, ..Found::default() };
            if bare {
                self.own(scanned, at, state, &mut found);
            }
            return Some(found);
        }
        if at.right.1 > at.right.0 {
            return self.counted(scanned, figure, at, "trailing");
        }
        let object = self.object_before(scanned, at, figure);
        let property =
            object.or_else(|| state.before.as_ref().map(|(property, _)| property.clone()))?;
        Some(Found {
            property,
            pattern: "implicit",
            from: figure.start,
            to: figure.end,
            ..Found::default()
        })
    }

    /// 基金…,规模超千亿元: the attribute belongs to the name in the clause before, or to the figure.
    fn own(&self, scanned: &Scanned<'_>, at: &Around, state: &State, found: &mut Found) {
        let chars = &scanned.sentence.chars;
        let previous = at.clause_index.checked_sub(1).map(|i| scanned.sentence.clauses[i]);
        let explicit = matches!(scanned.subjects[at.clause_index].0.source, "entity" | "quoted");
        let inherited = scanned.subjects[at.clause_index].0.source == "inherited";
        if let Some(clause) = previous.filter(|_| !explicit && !inherited)
            && !scanned.figures.iter().any(|f| f.start >= clause.start && f.end <= clause.end)
            && let Some((from, to, kind)) = last_name(chars, clause.start, clause.end, self.grammar)
        {
            let name = scanned.sentence.text(from, to);
            found.subject = Some(Subject { name, kind, source: "object" });
            return;
        }
        let dependent =
            self.grammar.dependent_attributes.has(&found.property.chars().collect::<Vec<_>>());
        if let Some((property, _)) = state.before.as_ref().filter(|_| dependent) {
            found.property = format!("{property}{}", found.property);
        }
    }

    /// The object of the clause before, when this one has a bare number.
    fn object_before(&self, scanned: &Scanned<'_>, at: &Around, figure: &Figure) -> Option<String> {
        let chars = &scanned.sentence.chars;
        let floor = scanned
            .figures
            .iter()
            .filter(|f| f.end <= figure.start)
            .map(|f| f.end)
            .max()
            .unwrap_or(0);
        if matches!(figure.dimension.as_str(), "persons" | "households") && at.left.1 <= at.left.0 {
            return Some(format!("{}数", figure.unit.trim_start_matches(['万', '亿'])));
        }
        let raw: String = chars[at.clause.start.max(floor)..figure.start]
            .iter()
            .filter(|c| c.is_alphanumeric())
            .collect();
        (raw.chars().count() >= 2).then_some(raw)
    }

    fn ratio(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        state: &State,
    ) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let share_at = self.grammar.share_verbs.within(chars, at.floor, figure.start);
        if let Some((position, _, _)) = share_at {
            return self.share(scanned, figure, at, position, state);
        }
        if self.grows(chars, at, figure).is_some() {
            return self.growth(scanned, figure, at, state);
        }
        let behind = chars.get(figure.end) == Some(&'的') || at.left.1 <= at.left.0;
        if behind && at.right.1 > at.right.0 {
            // 上海80%的文化单位: the scope stands before, the noun behind.
            let scope = scanned.sentence.text(at.left.0, at.left.1);
            let scope: String = self.trailing_scope(&scope);
            let noun = scanned.sentence.text(at.right.0, at.right.1);
            let property = format!("{scope}{noun}{}", self.grammar.words.share);
            let pattern = if figure.form == Form::Fraction { "fraction" } else { "share" };
            return Some(Found {
                property,
                pattern,
                from: figure.start,
                to: at.right.1,
                ..Found::default()
            });
        }
        self.linked(scanned, figure, at, state, "link")
    }

    /// The place at the end of what stands before a share.
    fn trailing_scope(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let own = self
            .grammar
            .cities
            .before(&chars, 0, chars.len())
            .or_else(|| self.grammar.scopes.before(&chars, 0, chars.len()));
        own.map(|(length, _)| chars[chars.len() - length..].iter().collect()).unwrap_or_default()
    }

    /// 占全市61%: the share of the figure before, or of the noun before the verb.
    fn share(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        verb: usize,
        state: &State,
    ) -> Option<Found> {
        let left =
            left_noun(scanned.sentence, at.floor, verb, &scanned.marks, self.places, self.grammar);
        let mut head = scanned.sentence.text(left.0, left.1);
        let mut from = left.0;
        if left.1 <= left.0 {
            head = state.before.as_ref().map(|(property, _)| property.clone()).unwrap_or_default();
            from = verb;
        }
        let mut tail = scanned.sentence.text(verb, figure.start);
        tail.retain(char::is_alphanumeric);
        let share = &self.grammar.words.share;
        let shown = if tail.contains(share.as_str()) || tail.contains("比重") {
            String::new()
        } else {
            "比重".to_string()
        };
        let property = format!("{head}{tail}{shown}");
        Some(Found { property, pattern: "share", from, to: figure.end, ..Found::default() })
    }

    /// The word of growth close before a figure: position and whether it goes down.
    fn grows(&self, chars: &[char], at: &Around, figure: &Figure) -> Option<(usize, bool)> {
        let mut stop = figure.start;
        while stop > at.floor
            && (!chars[stop - 1].is_alphanumeric()
                || matches!(chars[stop - 1], '了' | '约' | '为' | '达'))
        {
            stop -= 1;
        }
        let level = self.grammar.growth_level.before(chars, at.floor, stop).is_some();
        if level {
            return None;
        }
        if let Some((length, _)) = self.grammar.growth_down.before(chars, at.floor, stop) {
            return Some((stop - length, true));
        }
        let (length, _) = self.grammar.growth_up.before(chars, at.floor, stop)?;
        let counts = matches!(figure.dimension.as_str(), "ratio" | "points");
        counts.then_some((stop - length, false))
    }

    fn growth(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        state: &State,
    ) -> Option<Found> {
        let (position, down) =
            self.grows(&scanned.sentence.chars, at, figure).unwrap_or((figure.start, false));
        let relative = matches!(figure.dimension.as_str(), "ratio" | "points");
        let left = left_noun(
            scanned.sentence,
            at.floor,
            position,
            &scanned.marks,
            self.places,
            self.grammar,
        );
        let mut from = left.0;
        let mut base = scanned.sentence.text(left.0, left.1);
        base = base
            .split(['较', '比'])
            .next()
            .unwrap_or("")
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_string();
        if base.is_empty() {
            from = position;
            // 固定资产投资:同比增长9.8%.
            let label = self.label(scanned, at.clause_index, figure);
            let label = label.map(|(from, to)| scanned.sentence.text(from, to));
            base = label
                .or_else(|| state.before.as_ref().map(|(property, _)| property.clone()))
                .or_else(|| {
                    let (a, b) = at.right;
                    (b > a).then(|| scanned.sentence.text(a, b))
                })?;
        }
        let word = scanned.sentence.text(position, figure.start);
        let named = ["增速", "增幅", "增长率", "降幅"].iter().find(|name| word.contains(**name));
        let tail = named.map_or(self.grammar.words.growth.as_str(), |name| name);
        let base = base.trim_end_matches(tail);
        let property = format!("{base}{tail}");
        Some(Found {
            property,
            pattern: "growth",
            from,
            to: figure.end,
            negative: down && relative && !word.contains("降幅"),
            ..Found::default()
        })
    }

    /// 总量居中心城区第一: what was ranked stands before the verb, or was the figure before.
    fn ranked(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        at: &Around,
        state: &State,
    ) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let verb = self
            .grammar
            .rank_verbs
            .within(chars, at.floor, figure.start)
            .map_or(figure.start, |v| v.0);
        let left =
            left_noun(scanned.sentence, at.floor, verb, &scanned.marks, self.places, self.grammar);
        let scope: String = scanned.sentence.text(verb, figure.start);
        let scope = self.scope(&scope);
        let own = scanned.sentence.text(left.0, left.1);
        let own = if self.grammar.scopes.has(&own.chars().collect::<Vec<_>>()) {
            String::new()
        } else {
            own
        };
        let before =
            state.before.as_ref().map(|(property, _)| property.clone()).unwrap_or_default();
        let bare = self.grammar.bare_attributes.has(&own.chars().collect::<Vec<_>>());
        let (head, from) = if own.is_empty() {
            (before, verb)
        } else if bare && !before.is_empty() && !before.ends_with(&own) {
            (format!("{before}{own}"), left.0)
        } else {
            (own, left.0)
        };
        let property = format!("{head}{scope}{}", self.grammar.words.rank);
        Some(Found {
            property,
            pattern: "rank",
            from: from.min(figure.start),
            to: figure.end,
            ..Found::default()
        })
    }

    /// The scope inside a phrase such as 位列全市.
    fn scope(&self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let found = self
            .grammar
            .scopes
            .within(&chars, 0, chars.len())
            .or_else(|| self.grammar.cities.within(&chars, 0, chars.len()));
        found.map(|(at, length, _)| chars[at..at + length].iter().collect()).unwrap_or_default()
    }

    /// 全国首个…社区——“…”: the first belongs to what the noun names.
    fn first(&self, scanned: &Scanned<'_>, figure: &Figure, at: &Around) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let end = at.clause.end;
        let named = quotations(&chars[..end], self.grammar)
            .into_iter()
            .find(|(from, _, _)| *from > figure.end);
        let apposed = (figure.end..end).find(|i| self.grammar.apposition.at(chars, *i).is_some());
        let subject = match (named, apposed) {
            (Some((_, _, name)), _) => Some(Subject { name, kind: None, source: "first" }),
            (None, Some(dash)) => {
                let from = (dash..end).find(|i| chars[*i].is_alphanumeric()).unwrap_or(end);
                let to = (from..end).find(|i| !chars[*i].is_alphanumeric()).unwrap_or(end);
                let name = scanned.sentence.text(from, to);
                (name.chars().count() >= 2).then_some(Subject { name, kind: None, source: "first" })
            }
            (None, None) => None,
        };
        let (from, to) = at.right;
        let scope = self
            .grammar
            .scopes
            .before(chars, at.floor, figure.start)
            .or_else(|| self.grammar.cities.before(chars, at.floor, figure.start));
        let start = scope.map_or(figure.start, |(length, _)| figure.start - length);
        let property = scanned.sentence.text(start, to.max(figure.end));
        (to > from).then_some(Found {
            property,
            pattern: "first",
            from: start,
            to,
            subject,
            ..Found::default()
        })
    }

    /// 100万平方米的北杨人工智能小镇: an area before the name of a place.
    fn area_of(&self, scanned: &Scanned<'_>, figure: &Figure, at: &Around) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let (from, to) = at.right;
        let attributive = matches!(figure.dimension.as_str(), "area" | "money")
            && chars.get(figure.end) == Some(&'的');
        let (left_from, left_to) = at.left;
        let bare = self.grammar.bare_attributes.before(chars, left_from, left_to);
        let verb = self.grammar.verbs.before(chars, left_from, left_to);
        if !attributive || to <= from || (left_to > left_from && bare.is_none() && verb.is_none()) {
            return None;
        }
        let (length, index) = self.grammar.entity_ends.before(chars, from, to)?;
        let generic = self.grammar.generic.at(chars, from).is_some() || to - from < length + 2;
        let property = if figure.dimension == "area" {
            self.grammar.words.area.clone()
        } else {
            "规模".to_string()
        };
        let property = bare.map_or(property, |(n, _)| scanned.sentence.text(left_to - n, left_to));
        let kind = Some(self.grammar.entity_kinds[index].kind.clone());
        let name = scanned.sentence.text(from, to);
        let name = kernel::text::unquoted(&name);
        (!generic).then(|| Found {
            property,
            pattern: "area_of",
            from: figure.start,
            to,
            subject: Some(Subject { name, kind, source: "area_of" }),
            ..Found::default()
        })
    }

    /// 38天建成…, “15分钟社区生活圈”.
    fn span(&self, scanned: &Scanned<'_>, figure: &Figure, at: &Around) -> Option<Found> {
        let chars = &scanned.sentence.chars;
        let (left_from, left_to) = at.left;
        if left_to > left_from {
            let property = scanned.sentence.text(left_from, left_to);
            return Some(Found {
                property,
                pattern: "span",
                from: left_from,
                to: figure.end,
                ..Found::default()
            });
        }
        let to = chars[figure.end..at.clause.end.max(figure.end)]
            .iter()
            .position(|c| !c.is_alphanumeric())
            .map_or(at.clause.end, |n| figure.end + n)
            .min(figure.end + 30);
        let property = scanned.sentence.text(figure.end, to);
        let subject = self.owner_behind(scanned, figure, at);
        Some(Found {
            property,
            pattern: "span",
            from: figure.start,
            to,
            subject,
            ..Found::default()
        })
    }

    fn candidate(&self, scanned: &Scanned<'_>, figure: &Figure, found: Found) -> Candidate {
        let sentence = scanned.sentence;
        let clause_index = sentence.clause_of(figure.start);
        let clause = sentence.clauses[clause_index];
        let from = found.from.min(figure.start);
        let to = found.to.max(figure.end).min(sentence.chars.len());
        let mut candidate =
            Candidate::at(self.document, sentence, (from, to), found.pattern, self.grammar);
        let mut subject = found.subject.unwrap_or_else(|| scanned.subjects[clause_index].0.clone());
        let letters: Vec<char> = found.property.chars().collect();
        let district = self.grammar.district_heads.within(&letters, 0, letters.len()).is_some();
        if subject.source == "carried" && district {
            subject = Subject { source: "district", ..self.places.own_place() };
        }
        let name = self.places.full(&subject.name).unwrap_or_else(|| subject.name.clone());
        let (valid, forecast, time_source) = self.when(scanned, figure, clause, &found.property);
        let value = if found.negative { negative(figure.value) } else { figure.value };
        candidate.kind = CandidateKind::Fact;
        candidate.indicator = self.indicator(&found.property, &figure.dimension);
        candidate.subject = name;
        candidate.subject_kind = subject.kind.clone();
        candidate.property = found.property;
        candidate.comparator = figure.comparator;
        candidate.value = value.to_string();
        candidate.value_high = figure.high.map(|high| high.to_string());
        candidate.unit = Some(figure.unit.clone());
        candidate.valid = valid;
        candidate.forecast = forecast;
        let title = sentence.title || sentence.heading;
        if title {
            candidate.confidence = candidate.confidence.min(self.grammar.prior("title"));
        }
        let mut feature = |name: &str, value: &str| {
            candidate.features.push((name.to_string(), value.to_string()))
        };
        feature("unit", &figure.unit);
        feature("subject", subject.source);
        feature("time", time_source);
        feature(
            "script",
            match figure.script {
                crate::numeral::Script::Arabic => "arabic",
                crate::numeral::Script::Chinese => "chinese",
                crate::numeral::Script::Bare => "bare",
            },
        );
        let place = match (sentence.title, sentence.heading) {
            (true, _) => "headline",
            (false, true) => "title",
            (false, false) => "body",
        };
        feature("place", place);
        let known = if candidate.indicator.is_some() { "known" } else { "unknown" };
        candidate.features.push(("indicator".to_string(), known.to_string()));
        candidate
    }

    /// Valid time, modality, and where the time was found.
    fn when(
        &self,
        scanned: &Scanned<'_>,
        figure: &Figure,
        clause: Clause,
        property: &str,
    ) -> (Valid, Option<String>, &'static str) {
        let chars = &scanned.sentence.chars;
        let times = &self.grammar.times;
        let said = |mark: &&Mark| {
            (mark.valid.is_some() || mark.current) && !self.is_past(scanned, mark, figure, clause)
        };
        let before = scanned.marks.iter().rfind(|mark| mark.end <= figure.start && said(mark));
        // 与2020年相比,由2.2万人增加到4.7万人: the first figure is of 2020.
        let first = figure.start.checked_sub(1).is_some_and(|i| matches!(chars[i], '由' | '从'));
        let compared = scanned.marks.iter().rfind(|mark| {
            mark.end <= figure.start && mark.valid.is_some() && !self.holds(chars, mark)
        });
        let before = compared.filter(|_| first).or(before);
        let after = scanned.marks.iter().find(|mark| {
            mark.start >= figure.end && mark.end <= clause.end && mark.valid.is_some()
        });
        let word = times.forecast.within(chars, clause.start, figure.start).or_else(|| {
            times
                .forecast
                .within(chars, 0, figure.start)
                .filter(|(_, _, index)| times.modalities[*index] == "target")
        });
        let target = before.is_some_and(|mark| mark.target).then(|| "target".to_string());
        let forecast = word.map(|(_, _, index)| times.modalities[index].clone()).or(target);
        let flow = times
            .flows
            .within(&property.chars().collect::<Vec<_>>(), 0, property.chars().count())
            .is_some();
        let default = self.document.anchor.default_time(flow, times.flow_month_max);
        let default = match scanned.section {
            Some(section) => section,
            None => default,
        };
        match before.or(after).or(scanned.carried.as_ref()) {
            Some(mark) if mark.whole && scanned.section.is_some() => (default, forecast, "section"),
            Some(Mark { valid: Some(valid), .. }) => (*valid, forecast, "said"),
            Some(_) => (self.document.anchor.default_time(false, 0), forecast, "current"),
            None => (default, forecast, "default"),
        }
    }

    /// 成立于2008年 dates the founding, 由2020年的1.1万人增加到 only the first of two figures.
    fn is_past(&self, scanned: &Scanned<'_>, mark: &Mark, figure: &Figure, clause: Clause) -> bool {
        let chars = &scanned.sentence.chars;
        let compared = self.grammar.times.compared_before.before(chars, 0, mark.start).is_some();
        let against = mark.start.checked_sub(1).is_some_and(|i| matches!(chars[i], '与' | '同'))
            && chars[mark.end..].starts_with(&['相', '比']);
        if compared || against {
            return true;
        }
        match mark.start.checked_sub(1).and_then(|i| chars.get(i)) {
            Some('是') if figure.unit == self.grammar.words.times_unit => {
                chars.get(mark.end) == Some(&'的')
            }
            Some('于') => mark.end <= clause.start,
            Some('由' | '从') => {
                scanned.figures.iter().any(|f| f.start >= mark.end && f.end <= figure.start)
            }
            _ => false,
        }
    }

    /// The schema's indicator that sources call so, when its unit measures the same.
    fn indicator(&self, property: &str, dimension: &str) -> Option<String> {
        let stripped = property.trim_start_matches(['“', '‘']).to_string();
        let tails = ["", "数", "数量", "总数", "总量"];
        let names = tails.iter().map(|tail| format!("{stripped}{tail}"));
        let found = names.filter_map(|name| self.schema.indicator_named(&name)).find(|indicator| {
            let unit = indicator.unit.as_deref().and_then(|unit| self.grammar.unit(unit));
            unit.is_none_or(|unit| unit.dimension == dimension)
        });
        found.map(|indicator| indicator.key.clone())
    }
}

/// What stands around a figure: characters of the sentence.
struct Around {
    clause: Clause,
    clause_index: usize,
    floor: usize,
    left: (usize, usize),
    right: (usize, usize),
}

fn negative(value: Decimal) -> Decimal {
    Decimal::new(-value.mantissa().abs(), value.scale()).unwrap_or(value)
}

/// A headline says what the body says better; a sentence said twice counts once.
fn without_echoes(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let is_title = |c: &Candidate| {
        c.headline() || c.features.iter().any(|(name, value)| name == "place" && value == "title")
    };
    let key = |c: &Candidate| (c.value.clone(), c.unit.clone());
    let mut body: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    for candidate in candidates.iter().filter(|candidate| !is_title(candidate)) {
        *body.entry(key(candidate)).or_insert(0) += 1;
    }
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    candidates
        .into_iter()
        .filter(|candidate| {
            if is_title(candidate) && body.contains_key(&key(candidate)) {
                return false;
            }
            let said = format!(
                "{}|{}|{}|{:?}|{}",
                candidate.subject,
                candidate.property,
                candidate.value,
                candidate.unit,
                candidate.valid
            );
            seen.insert(said, ()).is_none()
        })
        .collect()
}
