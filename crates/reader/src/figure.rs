//! Figures: numbers with comparator and unit, as they stand in a sentence.

use crate::grammar::{Grammar, UnitKind};
use crate::numeral::{Numeral, Script, digits_end, numeral};
use kernel::{Comparator, Decimal};

/// What kind of figure was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// 300家, 50亿元.
    Plain,
    /// 44%.
    Percent,
    /// 1/5, 三成.
    Fraction,
    /// 第一, 首位.
    Rank,
    /// 全国首个.
    First,
    /// 五大功能区.
    Group,
    /// “一核两翼”.
    Structure,
    /// 翻一番.
    Doubling,
    /// 千亿规模, 4个千亿.
    Magnitude,
    /// 每平方公里1.15公里.
    Rate,
    /// 38天.
    Span,
}

/// Before the numeral of a slogan stand at most so many characters.
const SLOGAN_HEAD_MAX: usize = 3;

/// A figure in a sentence; places are characters of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// First character, comparator included.
    pub(crate) start: usize,
    /// Character after the unit and what stands behind it.
    pub(crate) end: usize,
    pub(crate) value: Decimal,
    pub(crate) high: Option<Decimal>,
    pub(crate) comparator: Comparator,
    pub(crate) unit: String,
    pub(crate) dimension: String,
    pub(crate) form: Form,
    pub(crate) script: Script,
}

/// All figures of a sentence, in order, outside the places that say a time.
pub(crate) fn figures(chars: &[char], taken: &[(usize, usize)], grammar: &Grammar) -> Vec<Figure> {
    let scan = Scan { chars, grammar };
    let mut out: Vec<Figure> = Vec::new();
    let mut at = 0;
    let mut times = taken.iter().peekable();
    while at < chars.len() {
        while times.next_if(|(_, end)| *end <= at).is_some() {}
        if let Some((_, end)) = times.peek().filter(|(start, _)| *start <= at) {
            at = *end;
            continue;
        }
        if let Some((length, _)) = grammar.idioms.at(chars, at) {
            at += length;
            continue;
        }
        let floor = out.last().map_or(0, |figure| figure.end);
        match scan.one(at, floor) {
            Step::Found(figures, next) => {
                out.extend(figures);
                at = next.max(at + 1);
            }
            Step::Pass(next) => at = next.max(at + 1),
        }
    }
    out
}

enum Step {
    Found(Vec<Figure>, usize),
    Pass(usize),
}

struct Scan<'a> {
    chars: &'a [char],
    grammar: &'a Grammar,
}

impl Scan<'_> {
    fn one(&self, at: usize, floor: usize) -> Step {
        if let Some((figures, next)) = self.structure(at) {
            return Step::Found(figures, next);
        }
        let found = self.doubling(at).or_else(|| self.first(at)).or_else(|| self.rank(at));
        if let Some(figure) = found {
            let next = figure.end;
            return Step::Found(vec![figure], next);
        }
        let Some(number) = numeral(self.chars, at, self.grammar) else {
            // A run of digits that is no number is passed as a whole.
            return Step::Pass(digits_end(self.chars, at));
        };
        if !self.may_start(at, floor) {
            return Step::Pass(number.end);
        }
        match self.measured(at, number, floor) {
            Some(figure) => {
                let next = figure.end;
                Step::Found(vec![figure], next)
            }
            None => Step::Pass(number.end),
        }
    }

    /// Whether a number may begin here: no letter, digit or label before it.
    fn may_start(&self, at: usize, floor: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|index| self.chars.get(index)) else {
            return true;
        };
        if before.is_ascii_alphanumeric() || *before == '.' {
            return false;
        }
        let written = !self.chars.get(at).is_some_and(char::is_ascii_digit);
        let vague =
            written && self.grammar.not_after_written.before(self.chars, floor, at).is_some();
        !vague && self.grammar.not_after.before(self.chars, floor, at).is_none()
    }

    fn measured(&self, at: usize, number: Numeral, floor: usize) -> Option<Figure> {
        if let Some(figure) = self.fraction(at, &number, floor) {
            return Some(figure);
        }
        let (number, high) = self.range(number);
        let blocked = self.grammar.not_before.at(self.chars, number.end).map_or(0, |(n, _)| n);
        let unit = self.grammar.unit_words.at(self.chars, number.end);
        match unit {
            Some((length, index)) if length > blocked => {
                self.with_unit(at, number, high, number.end + length, index, floor)
            }
            _ if blocked > 0 => None,
            _ => self.bare_money(at, number, number.end, floor),
        }
    }

    /// 10-20家: the second number of a range, when it does not end below the first.
    fn range(&self, number: Numeral) -> (Numeral, Option<Numeral>) {
        let Some((length, _)) = self.grammar.range_marks.at(self.chars, number.end) else {
            // 1000万元至2000万元 keeps its two figures: rare, and each is true as a bound.
            return (number, None);
        };
        match numeral(self.chars, number.end + length, self.grammar) {
            Some(second) if second.value > number.value || second.power > number.power => {
                let low = Numeral { end: second.end, power: second.power, ..number };
                (Numeral { suffix: second.suffix, ..low }, Some(second))
            }
            _ => (number, None),
        }
    }

    fn with_unit(
        &self,
        at: usize,
        number: Numeral,
        high: Option<Numeral>,
        unit_end: usize,
        index: usize,
        floor: usize,
    ) -> Option<Figure> {
        let unit = &self.grammar.units[index];
        let (start, sign) = self.comparator_before(at, floor);
        let next_after = self.grammar.after.at(self.chars, unit_end);
        let end = next_after.map_or(unit_end, |(length, _)| unit_end + length);
        if number.script == Script::Bare
            && !self.bare_counts(
                at,
                end,
                &unit.dimension,
                sign.is_some() || number.suffix.is_some(),
            )
        {
            return None;
        }
        let indefinite = number.script == Script::Chinese && self.is_indefinite(at, number.end);
        if indefinite && !matches!(unit.kind, UnitKind::Span) {
            return None;
        }
        if let Some(figure) = self.counted_money(start, &number, unit_end, &unit.key) {
            return Some(figure);
        }
        if self.is_slogan(at, number.end, unit_end) {
            return None;
        }
        let form = match unit.kind {
            UnitKind::Group if self.is_group(&number, unit_end) => Form::Group,
            UnitKind::Group => return None,
            UnitKind::Span if self.is_span(&number, at, unit_end) => Form::Span,
            UnitKind::Span => return None,
            UnitKind::Plain if unit.key == self.grammar.words.ratio_unit => Form::Percent,
            UnitKind::Plain => Form::Plain,
        };
        let comparator =
            self.comparator(sign, number.suffix, next_after.map(|(_, n)| n), high.is_some());
        let (start, unit_key, form) = match self.rate(start, &unit.key) {
            Some((from, key)) => (from, key, Form::Rate),
            None => (start, unit.key.clone(), form),
        };
        let (value, high, unit_key) = self.scaled(&number, high, unit_key)?;
        let dimension = self.grammar.unit(&unit_key)?.dimension.clone();
        let value = self.signed(at, value);
        Some(Figure {
            start,
            end,
            value,
            high,
            comparator,
            unit: unit_key,
            dimension,
            form,
            script: number.script,
        })
    }

    /// Whether 千 or 亿 without a digit is a quantity: 近千家, 达千亿元, but not “亿元”商街.
    fn bare_counts(&self, at: usize, end: usize, dimension: &str, compared: bool) -> bool {
        let quoted =
            at.checked_sub(1).is_some_and(|i| self.grammar.quotes_open.at(self.chars, i).is_some());
        let closed = self.chars.get(end).is_none_or(|c| !c.is_alphanumeric() && *c != '”')
            || self.grammar.bare_money_before.at(self.chars, end).is_some();
        !quoted && (compared || (dimension == "money" && closed))
    }

    /// The value in the unit that takes 万 or 亿 into its name, or in the plain unit.
    fn scaled(
        &self,
        number: &Numeral,
        high: Option<Numeral>,
        unit: String,
    ) -> Option<(Decimal, Option<Decimal>, String)> {
        let prefix = match number.power {
            4 => "万",
            8 => "亿",
            12 => "万亿",
            _ => "",
        };
        let joined = format!("{prefix}{unit}");
        if self.grammar.unit(&joined).is_some() {
            return Some((number.value, high.map(|h| h.value), joined));
        }
        let ten = Decimal::whole(10i64.checked_pow(number.power)?);
        let high = match high {
            Some(high) => Some(high.value.times(ten)?),
            None => None,
        };
        Some((number.value.times(ten)?, high, unit))
    }

    /// A minus sign that is no range mark and no hyphen of a word.
    fn signed(&self, at: usize, value: Decimal) -> Decimal {
        let minus = at.checked_sub(1).and_then(|i| self.chars.get(i)) == Some(&'-');
        let before = at.checked_sub(2).and_then(|i| self.chars.get(i));
        if minus && before.is_none_or(|c| !c.is_ascii_alphanumeric()) {
            Decimal::new(-value.mantissa(), value.scale()).unwrap_or(value)
        } else {
            value
        }
    }

    /// 每平方公里1.15公里: the base of the rate before the number.
    fn rate(&self, start: usize, unit: &str) -> Option<(usize, String)> {
        let from = start.saturating_sub(8);
        (from..start).find_map(|at| {
            let (per, _) = self.grammar.per.at(self.chars, at)?;
            let (length, index) = self.grammar.unit_words.at(self.chars, at + per)?;
            let key = format!("{unit}/{}", self.grammar.units[index].key);
            (at + per + length == start && self.grammar.unit(&key).is_some()).then_some((at, key))
        })
    }

    /// 4个千亿: so many times a bare magnitude of money.
    fn counted_money(
        &self,
        start: usize,
        number: &Numeral,
        unit_end: usize,
        unit: &str,
    ) -> Option<Figure> {
        let large = numeral(self.chars, unit_end, self.grammar)?;
        let adjacent = unit == "个" && large.script == Script::Bare && large.power >= 8;
        if !adjacent
            || self
                .grammar
                .unit_words
                .at(self.chars, large.end)
                .is_some_and(|(_, index)| self.grammar.units[index].dimension != "money")
        {
            return None;
        }
        let key = self.grammar.bare_money.get("亿")?;
        let dimension = self.grammar.unit(key)?.dimension.clone();
        let ten = Decimal::whole(10i64.checked_pow(large.power - 8)?);
        let value = number.value.times(large.value)?.times(ten)?;
        Some(Figure {
            start,
            end: large.end,
            value,
            high: None,
            comparator: Comparator::About,
            unit: key.clone(),
            dimension,
            form: Form::Magnitude,
            script: number.script,
        })
    }

    /// 拿出50亿, 突破4000亿: money whose unit goes without saying.
    fn bare_money(&self, at: usize, number: Numeral, end: usize, floor: usize) -> Option<Figure> {
        if number.power < 8 {
            return None;
        }
        let (start, sign) = self.comparator_before(at, floor);
        let next = self.chars.get(end);
        let closed = next.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '“' | '‘'));
        let worded = self.grammar.bare_money_before.at(self.chars, end);
        if !closed && worded.is_none() {
            return None;
        }
        // “千亿”台阶 is a step, not a sum.
        let quoted = at
            .checked_sub(1)
            .and_then(|i| self.chars.get(i))
            .is_some_and(|c| matches!(c, '“' | '‘'));
        if number.script == Script::Bare && (quoted || (sign.is_none() && worded.is_none())) {
            return None;
        }
        let (value, high, unit) = self.scaled(&number, None, "元".to_string())?;
        let dimension = self.grammar.unit(&unit)?.dimension.clone();
        let sign =
            if number.script == Script::Bare { sign.or(Some(Comparator::About)) } else { sign };
        let comparator = self.comparator(sign, number.suffix, None, false);
        let form = if number.script == Script::Bare { Form::Magnitude } else { Form::Plain };
        Some(Figure {
            start,
            end,
            value,
            high,
            comparator,
            unit,
            dimension,
            form,
            script: number.script,
        })
    }

    fn fraction(&self, at: usize, number: &Numeral, floor: usize) -> Option<Figure> {
        let (start, sign) = self.comparator_before(at, floor);
        let hundred = Decimal::whole(100);
        let (value, end) = if self.chars.get(number.end) == Some(&'/') {
            let second = numeral(self.chars, number.end + 1, self.grammar)?;
            let proper = number.value < second.value && second.value <= hundred;
            let part = number.value.times(hundred)?.divided(second.value, 2)?;
            let next = self.chars.get(second.end);
            let small = second.value <= Decimal::whole(10)
                && next.is_none_or(|c| !c.is_alphanumeric() && *c != '/');
            (proper && (small || next == Some(&'的'))).then_some((part, second.end))?
        } else if let Some((length, _)) = self.grammar.fraction_marks.at(self.chars, number.end) {
            let second = numeral(self.chars, number.end + length, self.grammar)?;
            let end = second.end;
            // 百分之十 is ten of a hundred, 五分之一 one of five.
            let whole = if number.script == Script::Bare { hundred } else { number.value };
            (second.value.times(hundred)?.divided(whole, 2)?, end)
        } else {
            let (length, _) = self.grammar.tenth_marks.at(self.chars, number.end)?;
            let end = number.end + length;
            let ends = self.grammar.tenth_not_before.at(self.chars, end).is_none();
            let whole = number.value <= Decimal::whole(10) && number.script == Script::Chinese;
            (ends && whole).then_some((number.value.times(Decimal::whole(10))?, end))?
        };
        let next = self.grammar.after.at(self.chars, end);
        let end = next.map_or(end, |(length, _)| end + length);
        let unit = self.grammar.words.ratio_unit.clone();
        let dimension = self.grammar.unit(&unit)?.dimension.clone();
        let comparator = self.comparator(sign, number.suffix, next.map(|(_, n)| n), false);
        Some(Figure {
            start,
            end,
            value,
            high: None,
            comparator,
            unit,
            dimension,
            form: Form::Fraction,
            script: number.script,
        })
    }

    /// 翻一番, 翻了两番.
    fn doubling(&self, at: usize) -> Option<Figure> {
        let (length, _) = self.grammar.doubling_before.at(self.chars, at)?;
        let number = numeral(self.chars, at + length, self.grammar)?;
        let (after, _) = self.grammar.doubling_after.at(self.chars, number.end)?;
        let times =
            u32::try_from(number.value.to_whole()?).ok().filter(|n| (1..=10).contains(n))?;
        let unit = self.grammar.words.times_unit.clone();
        Some(self.plain(
            at,
            number.end + after,
            Decimal::whole(2i64.pow(times)),
            unit,
            Form::Doubling,
        ))
    }

    /// 全国首个: a scope, then a first.
    fn first(&self, at: usize) -> Option<Figure> {
        let (length, index) = self.grammar.firsts.at(self.chars, at)?;
        let from = at.saturating_sub(6);
        let scoped = (from..at).rev().any(|i| {
            let here = |n: usize| i + n <= at && i + n + 2 >= at;
            self.grammar.scopes.at(self.chars, i).is_some_and(|(n, _)| here(n))
                || self.grammar.cities.at(self.chars, i).is_some_and(|(n, _)| here(n))
        });
        let unit = self.grammar.first_units.get(index)?.clone();
        scoped.then(|| self.plain(at, at + length, Decimal::whole(1), unit, Form::First))
    }

    /// 居全市首位, 位列第三, 排名第5.
    fn rank(&self, at: usize) -> Option<Figure> {
        let (value, end) = match self.grammar.rank_words.at(self.chars, at) {
            Some((length, index)) => (Decimal::whole(self.grammar.rank_values[index]), at + length),
            None => {
                let (length, _) = self.grammar.ordinal_marks.at(self.chars, at)?;
                let number = numeral(self.chars, at + length, self.grammar)?;
                if self.grammar.idioms.at(self.chars, at).is_some() {
                    return None;
                }
                let named = self.grammar.rank_units.at(self.chars, number.end);
                (number.value, named.map_or(number.end, |(n, _)| number.end + n))
            }
        };
        let closed = self.chars.get(end).is_none_or(|c| !c.is_alphanumeric())
            || self.grammar.noun_ends.at(self.chars, end).is_some();
        let whole = value.to_whole().is_some_and(|n| (1..=500).contains(&n));
        if !closed || !whole || !self.is_ranked(at) {
            return None;
        }
        let unit = self.grammar.words.rank_unit.clone();
        Some(self.plain(at, end, value, unit, Form::Rank))
    }

    /// Whether a scope or a verb of ranking stands close before.
    fn is_ranked(&self, at: usize) -> bool {
        let from = at.saturating_sub(12);
        (from..at).any(|i| {
            let verb = self.grammar.rank_verbs.at(&self.chars[..at], i);
            let scope =
                self.grammar.scopes.at(&self.chars[..at], i).filter(|(n, _)| i + n + 1 >= at);
            (verb.is_some() || scope.is_some())
                && !self.chars[i..at].iter().any(|c| matches!(c, ',' | '。' | ';'))
        })
    }

    /// “一核两翼”: the whole of a quotation in pairs of numeral and shape.
    fn structure(&self, at: usize) -> Option<(Vec<Figure>, usize)> {
        let (open, _) = self.grammar.quotes_open.at(self.chars, at)?;
        let mut out = Vec::new();
        let mut end = at + open;
        while let Some(number) = numeral(self.chars, end, self.grammar) {
            let (length, index) = self.grammar.structures.at(self.chars, number.end)?;
            let unit = self.grammar.structure_units[index].clone();
            out.push(self.plain(end, number.end + length, number.value, unit, Form::Structure));
            end = number.end + length;
        }
        let closed = self.grammar.quotes_close.at(self.chars, end).is_some();
        (out.len() >= 2 && closed).then_some((out, end))
    }

    fn plain(&self, start: usize, end: usize, value: Decimal, unit: String, form: Form) -> Figure {
        let dimension = match form {
            _ if unit == self.grammar.words.rank_unit => "rank".to_string(),
            _ => self
                .grammar
                .unit(&unit)
                .map_or_else(|| "count".to_string(), |u| u.dimension.clone()),
        };
        let comparator = Comparator::Exact;
        Figure {
            start,
            end,
            value,
            high: None,
            comparator,
            unit,
            dimension,
            form,
            script: Script::Chinese,
        }
    }

    /// The comparator before a number, and where it begins.
    fn comparator_before(&self, at: usize, floor: usize) -> (usize, Option<Comparator>) {
        match self.grammar.before.before(self.chars, floor, at) {
            Some((length, index)) => (at - length, Some(self.grammar.before_signs[index])),
            None => (at, None),
        }
    }

    fn comparator(
        &self,
        sign: Option<Comparator>,
        suffix: Option<usize>,
        next: Option<usize>,
        is_range: bool,
    ) -> Comparator {
        if is_range {
            return Comparator::Range;
        }
        let after = next.or(suffix).map(|index| self.grammar.after_signs[index]);
        sign.or(after).unwrap_or(Comparator::Exact)
    }

    /// 一个: "a", not one.
    fn is_indefinite(&self, from: usize, to: usize) -> bool {
        self.grammar.indefinite.has(&self.chars[from..to])
    }

    /// “四个人人”: the whole of a quotation is numeral, counter and little more.
    fn is_slogan(&self, at: usize, number_end: usize, unit_end: usize) -> bool {
        let opened =
            at.checked_sub(1).is_some_and(|i| self.grammar.quotes_open.at(self.chars, i).is_some());
        let counter = self.grammar.slogan_counters.has(&self.chars[number_end..unit_end]);
        let max = self.grammar.words.slogan_chars_max;
        let close = (unit_end..self.chars.len().min(unit_end + max + 1))
            .any(|i| self.grammar.quotes_close.at(self.chars, i).is_some());
        // “新十条”: a word before the numeral, and the quotation ends behind its counter.
        let from = at.saturating_sub(SLOGAN_HEAD_MAX);
        let headed = (from..at).any(|i| self.grammar.quotes_open.at(self.chars, i).is_some())
            && self.chars[from..unit_end].iter().all(|c| !c.is_ascii_digit())
            && self.grammar.quotes_close.at(self.chars, unit_end).is_some();
        counter && (opened && close || headed)
    }

    fn is_group(&self, number: &Numeral, end: usize) -> bool {
        let few = number.value.to_whole().is_some_and(|n| (2..=100).contains(&n));
        few && number.power == 0
            && self.chars.get(end).is_some_and(|c| c.is_alphanumeric() || matches!(c, '“' | '‘'))
    }

    /// Whether a length of time is a figure: a word for it stands near, and no word of a window.
    fn is_span(&self, number: &Numeral, at: usize, end: usize) -> bool {
        if self.grammar.span_not_after.at(self.chars, end).is_some()
            || number.script == Script::Bare
        {
            return false;
        }
        let year = number.script == Script::Arabic && number.value > Decimal::whole(1000);
        let stop = |c: &char| matches!(c, ',' | '。' | ';');
        let behind = self.chars[end..].iter().take(10).position(stop).map_or(10, |n| n.min(10));
        let after = self.grammar.span_words.within(self.chars, end, end + behind).is_some();
        let from = at.saturating_sub(10);
        let ahead = self.chars[from..at].iter().rposition(stop).map_or(from, |n| from + n + 1);
        !year && (after || self.grammar.span_words.within(self.chars, ahead, at).is_some())
    }
}
