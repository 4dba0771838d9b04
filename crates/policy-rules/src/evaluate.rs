//! Evaluation: what a policy comes to for some facts, with or without its proof.

use crate::code::{Code, Comparison, DayFunction, Loop, Op};
use crate::facts::Facts;
use crate::fault::At;
use crate::policy::{Definition, TableRow};
use crate::standing::Standing;
use crate::value::{Gap, Span, Value};
use kernel::calendar::{Count, Roll};
use kernel::proof::Shown;
use kernel::{Day, Fen, Label, Proof, Ratio, Refusal, Rounding};
use std::borrow::Cow;

/// What a policy comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whether it is granted; none when that is not known.
    pub eligible: Option<bool>,
    /// How much.
    pub granted: Granted,
    /// Inputs that could still change it, by their places, the cheapest to ask first.
    pub missing: Vec<usize>,
    /// Parameters that could not be read or are not in force, and could change it.
    pub unread: Vec<usize>,
    /// What went wrong while it was worked out; then the outcome is not known.
    pub trouble: Option<Trouble>,
    /// How it came about; only when it was asked for.
    pub proof: Option<Proof>,
}

/// How much a policy grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Granted {
    /// Nothing: it is not granted.
    Nothing,
    /// It is granted, and is no amount of money.
    Plain,
    /// Exactly this.
    Exact(Fen),
    /// At most this: an upper bound, not an entitlement.
    UpTo(Fen),
    /// Between these.
    Range(Fen, Fen),
    /// Not known; it pays nothing.
    Unknown,
}

impl Granted {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Granted::Nothing => "none",
            Granted::Plain => "granted",
            Granted::Exact(_) => "exact",
            Granted::UpTo(_) => "up_to",
            Granted::Range(..) => "range",
            Granted::Unknown => "unknown",
        }
    }
}

/// What can go wrong in arithmetic that is otherwise sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Where in the policy.
    pub at: At,
    /// What went wrong.
    pub message: Label,
}

impl Trouble {
    fn new(at: At, zh: &str, en: &str) -> Trouble {
        Trouble { at, message: Label::new(zh, en) }
    }
}

type Ended<T> = Result<T, Box<Trouble>>;
type Step = Ended<(Value, Option<Proof>)>;

/// Works out a policy for some facts, with its proof.
///
/// Fails with `E-INPUT-01` and the like for facts that are not of their kind.
pub fn evaluate(standing: &Standing<'_>, facts: &Facts) -> Result<Outcome, Refusal> {
    Ok(prove(standing, &facts.bind(standing.policy)?))
}

/// Works out a policy for values of its inputs, with its proof.
pub fn prove(standing: &Standing<'_>, inputs: &[Value]) -> Outcome {
    Run::new(standing, inputs).outcome::<true>()
}

/// The same without the proof: for many firms at once.
pub fn decide(standing: &Standing<'_>, inputs: &[Value]) -> Outcome {
    Run::new(standing, inputs).outcome::<false>()
}

/// What a definition of the policy comes to, with its proof.
///
/// Fails with what went wrong.
pub fn define(
    standing: &Standing<'_>,
    inputs: &[Value],
    place: usize,
) -> Result<(Value, Proof), Trouble> {
    let (value, proof) = Run::new(standing, inputs).definition::<true>(place).map_err(|e| *e)?;
    Ok((value, proof.unwrap_or_else(|| Proof::fact("nothing", Shown::Unknown))))
}

/// Whether each of the leaves of a condition holds, for those who ask why not.
pub(crate) fn truth(standing: &Standing<'_>, inputs: &[Value], code: &Code) -> Option<bool> {
    match Run::new(standing, inputs).eval::<false>(code) {
        Ok((Value::Truth(truth, _), _)) => truth,
        _ => None,
    }
}

/// The number that a code comes to, when it is known.
pub(crate) fn number(standing: &Standing<'_>, inputs: &[Value], code: &Code) -> Option<Ratio> {
    match Run::new(standing, inputs).eval::<false>(code) {
        Ok((Value::Number(span), _)) => span.number(),
        _ => None,
    }
}

/// The value that a code comes to.
pub(crate) fn value(standing: &Standing<'_>, inputs: &[Value], code: &Code) -> Option<Value> {
    Run::new(standing, inputs).eval::<false>(code).ok().map(|(value, _)| value)
}

struct Run<'a> {
    standing: &'a Standing<'a>,
    inputs: &'a [Value],
    defined: Vec<Option<(Value, Option<Proof>)>>,
    items: Vec<Vec<Value>>,
}

impl<'a> Run<'a> {
    fn new(standing: &'a Standing<'a>, inputs: &'a [Value]) -> Run<'a> {
        let defined = vec![None; standing.policy.definitions.len()];
        Run { standing, inputs, defined, items: Vec::new() }
    }

    fn outcome<const P: bool>(mut self) -> Outcome {
        let policy = self.standing.policy;
        let mut parts = Vec::new();
        let mut gap = Gap::NONE;
        let mut eligible = Some(true);
        if let Some(code) = &policy.eligible {
            match self.eval::<P>(code) {
                Ok((Value::Truth(truth, missing), proof)) => {
                    eligible = truth;
                    gap = missing;
                    parts.extend(proof.map(|proof| named(proof, "eligible")));
                }
                Ok(_) => eligible = None,
                Err(trouble) => return self.failed(None, *trouble, parts),
            }
        }
        let mut granted = match eligible {
            Some(true) => Granted::Plain,
            Some(false) => Granted::Nothing,
            None => Granted::Unknown,
        };
        // What is not granted has no amount; what may be granted has one that is worth knowing.
        if let Some(amount) = policy.amount.as_ref().filter(|_| eligible != Some(false)) {
            let (span, proof) = match self.eval::<P>(&amount.expr) {
                Ok((Value::Number(span), proof)) => (span, proof),
                Ok(_) => (Span { low: None, high: None, gap: Gap::NONE }, None),
                Err(trouble) => return self.failed(eligible, *trouble, parts),
            };
            let whole = span.rising(|number| rounded(number, amount.step, amount.round));
            let Some(whole) = whole else {
                let trouble = overflow(amount.expr.at);
                return self.failed(eligible, *trouble, parts);
            };
            let below = Trouble::new(amount.expr.at, "金额为负", "the amount is below nothing");
            if whole.high.is_some_and(|high| high < Ratio::ZERO) {
                return self.failed(eligible, below, parts);
            }
            let low = whole.low.map(|low| low.max(Ratio::ZERO));
            let (low, high) = (low.and_then(money), whole.high.and_then(money));
            gap = gap.and(whole.gap);
            if eligible == Some(true) {
                granted = match (whole.number().and_then(money), low, high) {
                    (Some(fen), ..) if amount.up_to => Granted::UpTo(fen),
                    (Some(fen), ..) => Granted::Exact(fen),
                    (None, _, Some(high)) if amount.up_to && whole.gap.inputs == 0 => {
                        Granted::UpTo(high)
                    }
                    (None, Some(low), Some(high)) if !amount.up_to => Granted::Range(low, high),
                    _ => Granted::Unknown,
                };
            }
            let way = crate::read::rounding_name(amount.round);
            parts.extend(proof.map(|proof| {
                let value = shown(&Value::Number(whole), true);
                let rounding = Proof::fact("rounding", way);
                Proof::step("amount", value, "rounded", vec![proof, rounding])
            }));
        }
        if policy.discretion && eligible == Some(true) && P {
            parts.push(Proof::fact("discretion", true));
        }
        let root = P.then(|| {
            let value = match granted {
                Granted::Nothing => Shown::Truth(false),
                Granted::Plain => Shown::Truth(true),
                Granted::Exact(fen) => Shown::Money(fen),
                Granted::UpTo(fen) => format!("<= {fen}").into(),
                Granted::Range(low, high) => format!("{low} .. {high}").into(),
                Granted::Unknown => Shown::Unknown,
            };
            Proof::step(policy.id.clone(), value, "policy", parts).citing(&policy.cite)
        });
        let settled = matches!(granted, Granted::Nothing);
        let gap = if settled { Gap::NONE } else { gap };
        self.ended(eligible, granted, gap, None, root)
    }

    fn failed(&self, eligible: Option<bool>, trouble: Trouble, parts: Vec<Proof>) -> Outcome {
        let policy = self.standing.policy;
        let root = Proof::step(policy.id.clone(), Shown::Unknown, "policy", parts);
        let root = Some(root.citing(&policy.cite));
        self.ended(eligible, Granted::Unknown, Gap::NONE, Some(trouble), root)
    }

    fn ended(
        &self,
        eligible: Option<bool>,
        granted: Granted,
        gap: Gap,
        trouble: Option<Trouble>,
        proof: Option<Proof>,
    ) -> Outcome {
        let inputs = &self.standing.policy.inputs;
        let bits = |bits: u64, count: usize| (0..count).filter(move |at| bits & (1 << at) != 0);
        let mut missing: Vec<usize> = bits(gap.inputs, inputs.len()).collect();
        missing.sort_by(|a, b| {
            let (a, b) = (&inputs[*a], &inputs[*b]);
            a.ask.cmp(&b.ask).then_with(|| a.name.cmp(&b.name))
        });
        let unread = bits(gap.parameters, self.standing.figures.len()).collect();
        Outcome { eligible, granted, missing, unread, trouble, proof }
    }

    fn eval<const P: bool>(&mut self, code: &Code) -> Step {
        let policy = self.standing.policy;
        let (value, key, how, parts): (Value, Cow<'static, str>, &'static str, Vec<Proof>) =
            match &code.op {
                Op::Constant(value) => (value.clone(), "written".into(), "fact", Vec::new()),
                Op::Input(place) => {
                    let value = self.inputs[*place].clone();
                    let proof = P.then(|| {
                        let money = policy.inputs[*place].kind.unit().is_money();
                        let shown = self.say(&value, money);
                        Proof::fact(policy.inputs[*place].name.clone(), shown)
                    });
                    return Ok((value, proof));
                }
                Op::Parameter(place) => return Ok(self.figure::<P>(*place)),
                Op::Definition(place) => return self.definition::<P>(*place),
                Op::Condition(place) => {
                    let condition = &policy.conditions[*place];
                    let (value, proof) = self.eval::<P>(&condition.that)?;
                    let proof = proof.map(|proof| {
                        let key = crate::read::shown(&condition.label).to_string();
                        let value = proof.value.clone();
                        Proof::step(key, value, "condition", vec![proof]).citing(&condition.cite)
                    });
                    return Ok((value, proof));
                }
                Op::Item(depth, field) => {
                    let at = self.items.len() - 1 - depth;
                    (self.items[at][*field].clone(), "item".into(), "fact", Vec::new())
                }
                Op::AsOf => {
                    let value = Value::Day(Some(self.standing.moment.on), Gap::NONE);
                    (value, "as_of".into(), "fact", Vec::new())
                }
                Op::Not(of) => {
                    let (value, proof) = self.eval::<P>(of)?;
                    let (truth, gap) = as_truth(&value);
                    let value = Value::Truth(truth.map(|truth| !truth), gap);
                    (value, "not".into(), "not", proof.into_iter().collect())
                }
                Op::All(all) => self.joined::<P>(all, false)?,
                Op::Any(all) => self.joined::<P>(all, true)?,
                Op::Compare(comparison, a, b) => {
                    let (x, x_proof) = self.eval::<P>(a)?;
                    let (y, y_proof) = self.eval::<P>(b)?;
                    let value = compare(*comparison, &x, &y);
                    let parts = x_proof.into_iter().chain(y_proof).collect();
                    (value, comparison.text().into(), "compare", parts)
                }
                Op::In(of, options, not) => {
                    let (value, proof) = self.eval::<P>(of)?;
                    let mut parts: Vec<Proof> = proof.into_iter().collect();
                    let (mut found, mut gap) = (Some(false), Gap::NONE);
                    for option in options {
                        let (option, proof) = self.eval::<P>(option)?;
                        parts.extend(proof);
                        let (same, missing) =
                            as_truth(&compare(Comparison::Equal, &value, &option));
                        match same {
                            Some(true) => found = Some(true),
                            None if found != Some(true) => {
                                found = None;
                                gap = gap.and(missing);
                            }
                            _ => {}
                        }
                    }
                    let gap = if found.is_some() { Gap::NONE } else { gap };
                    let value = Value::Truth(found.map(|found| found != *not), gap);
                    let key = if *not { "not in" } else { "in" };
                    (value, key.into(), "compare", parts)
                }
                Op::Plus(a, b) => self.two::<P>(code.at, a, b, "+", "sum", Span::plus)?,
                Op::Minus(a, b) => {
                    self.two::<P>(code.at, a, b, "-", "difference", |x, y| x.plus(y.negative()?))?
                }
                Op::Times(a, b) => self.two::<P>(code.at, a, b, "*", "product", Span::times)?,
                Op::Over(a, b) => {
                    let zero = matches!(self.eval::<false>(b)?.0, Value::Number(span)
                        if span.number() == Some(Ratio::ZERO));
                    if zero {
                        let en = "divided by nothing";
                        return Err(Box::new(Trouble::new(code.at, "除数为零", en)));
                    }
                    self.two::<P>(code.at, a, b, "/", "quotient", |x, y| {
                        // Two that are known are divided at once: an inverse may be past bounds.
                        match (x.number(), y.number()) {
                            (Some(a), Some(b)) => Some(Span::exact(a.over(b)?)),
                            _ => x.times(y.inverse()?),
                        }
                    })?
                }
                Op::Negative(of) => {
                    let (value, proof) = self.eval::<P>(of)?;
                    let span = as_span(&value).negative().ok_or_else(|| overflow(code.at))?;
                    (Value::Number(span), "-".into(), "computed", proof.into_iter().collect())
                }
                Op::Smallest(all) => self.picked::<P>(all, "min", "smallest", Span::smallest)?,
                Op::Largest(all) => self.picked::<P>(all, "max", "largest", Span::largest)?,
                Op::If(condition, then, other) => {
                    return self.choice::<P>(condition, then, other, code.money);
                }
                Op::Else(place, other) => {
                    if !self.standing.figures[*place].absent {
                        return Ok(self.figure::<P>(*place));
                    }
                    let (value, proof) = self.eval::<P>(other)?;
                    let parts = proof.into_iter().collect();
                    let key = policy.parameters[*place].name.clone();
                    (value, format!("{key}?").into(), "choice", parts)
                }
                Op::Round(of, step, way) => {
                    let (value, proof) = self.eval::<P>(of)?;
                    let (step, step_proof) = self.eval::<P>(step)?;
                    let step = as_span(&step);
                    let span = as_span(&value);
                    let whole = match step.number().filter(|step| *step > Ratio::ZERO) {
                        Some(step) => span
                            .rising(|number| rounded(number, step, *way))
                            .ok_or_else(|| overflow(code.at))?,
                        None => Span { low: None, high: None, gap: span.gap.and(step.gap) },
                    };
                    let parts = proof.into_iter().chain(step_proof).collect();
                    (Value::Number(whole), way.name().into(), "rounded", parts)
                }
                Op::Table(place, of) => {
                    let (value, proof) = self.eval::<P>(of)?;
                    let span = self.table(*place, as_span(&value), code.at)?;
                    let table = &policy.tables[*place];
                    let proof = P.then(|| {
                        let money = table.gives.unit().is_money();
                        let shown = self.say(&Value::Number(span), money);
                        let parts = proof.into_iter().collect();
                        let node = Proof::step(table.name.clone(), shown, "table", parts);
                        match self.standing.tables[*place] {
                            Some(version) => node.citing(&version.cite),
                            None => node,
                        }
                    });
                    return Ok((Value::Number(span), proof));
                }
                Op::Days(function, all) => {
                    let (mut values, mut parts) = (Vec::with_capacity(2), Vec::new());
                    for one in all {
                        let (value, proof) = self.eval::<P>(one)?;
                        values.push(value);
                        parts.extend(proof);
                    }
                    (self.days(*function, &values, code.at)?, "days".into(), "computed", parts)
                }
                Op::Prorated(monthly, from, to) => {
                    let (rate, rate_proof) = self.eval::<P>(monthly)?;
                    let (from, from_proof) = self.eval::<P>(from)?;
                    let (to, to_proof) = self.eval::<P>(to)?;
                    let (span, months) = prorated(as_span(&rate), &from, &to, code.at)?;
                    let mut parts: Vec<Proof> = Vec::new();
                    if P {
                        let of = rate_proof.into_iter().chain(from_proof).chain(to_proof);
                        parts.push(Proof::step(
                            "days",
                            Shown::Number(months.len() as i64),
                            "computed",
                            of.collect(),
                        ));
                        parts.extend(
                            months.into_iter().map(|(month, fen)| {
                                Proof::step(month, fen, "computed", Vec::new())
                            }),
                        );
                    }
                    (Value::Number(span), "prorated".into(), "computed", parts)
                }
                Op::Loop(of, list, condition, body) => {
                    return self.looped::<P>(*of, list, condition.as_deref(), body, code);
                }
            };
        let proof = P.then(|| {
            let shown = self.say(&value, code.money);
            let how = closed(how, &shown, &parts);
            Proof::step(key, shown, how, parts)
        });
        Ok((value, proof))
    }

    /// What a value shows: texts by their words.
    fn say(&self, value: &Value, money: bool) -> Shown {
        match value {
            Value::Text(Some(word), _) => {
                let word = usize::try_from(*word).ok();
                let word = word.and_then(|word| self.standing.policy.words.get(word));
                word.map_or(Shown::Text("其他".into()), |word| Shown::Text(word.clone().into()))
            }
            value => shown(value, money),
        }
    }

    fn figure<const P: bool>(&self, place: usize) -> (Value, Option<Proof>) {
        let figure = &self.standing.figures[place];
        let parameter = &self.standing.policy.parameters[place];
        let proof = P.then(|| {
            let money = parameter.kind.unit().is_money();
            let value = self.say(&figure.value, money);
            Proof::parameter(parameter.name.clone(), value, figure.cite)
        });
        (figure.value.clone(), proof)
    }

    fn definition<const P: bool>(&mut self, place: usize) -> Step {
        if let Some(done) = &self.defined[place] {
            return Ok(done.clone());
        }
        let definition = &self.standing.policy.definitions[place];
        // Items of the loops around belong to those, not to what is defined.
        let items = std::mem::take(&mut self.items);
        let worked = self.with_exceptions::<P>(definition);
        self.items = items;
        let (value, parts) = worked?;
        let proof = P.then(|| {
            let shown = self.say(&value, definition.kind.unit().is_money());
            Proof::step(definition.name.clone(), shown, "defined", parts).citing(&definition.cite)
        });
        self.defined[place] = Some((value.clone(), proof.clone()));
        Ok((value, proof))
    }

    /// The rule, unless an exception holds. While it is not known whether one does, what comes
    /// holds whichever it is.
    fn with_exceptions<const P: bool>(
        &mut self,
        definition: &Definition,
    ) -> Ended<(Value, Vec<Proof>)> {
        let mut parts = Vec::new();
        let mut holds = Vec::with_capacity(definition.exceptions.len());
        for exception in &definition.exceptions {
            let (value, proof) = self.eval::<P>(&exception.when)?;
            parts.extend(proof.map(|proof| {
                let shown = proof.value.clone();
                let key = exception.label.clone();
                Proof::step(key, shown, "exception", vec![proof]).citing(&exception.cite)
            }));
            holds.push(as_truth(&value));
        }
        let beaten = |label: &str| {
            let both = definition.exceptions.iter().zip(&holds);
            both.into_iter().any(|(other, (truth, _))| {
                *truth == Some(true) && other.over.iter().any(|over| over == label)
            })
        };
        let mut found: Option<Value> = None;
        let mut gap = Gap::NONE;
        let mut sure = false;
        for (exception, (truth, missing)) in definition.exceptions.iter().zip(&holds) {
            if *truth == Some(false) || beaten(&exception.label) {
                continue;
            }
            sure |= *truth == Some(true);
            gap = gap.and(*missing);
            let (value, proof) = self.eval::<P>(&exception.value)?;
            parts.extend(proof);
            found = Some(match found {
                None => value,
                Some(other) => other.either(value, gap),
            });
        }
        if !sure {
            let (value, proof) = self.eval::<P>(&definition.value)?;
            parts.extend(proof);
            found = Some(match found {
                None => value,
                Some(other) => other.either(value, gap),
            });
        }
        Ok((found.unwrap_or(Value::Truth(None, gap)), parts))
    }

    #[allow(clippy::type_complexity)]
    fn joined<const P: bool>(
        &mut self,
        all: &[Code],
        any: bool,
    ) -> Ended<(Value, Cow<'static, str>, &'static str, Vec<Proof>)> {
        let (mut parts, mut gap, mut truth) = (Vec::new(), Gap::NONE, Some(!any));
        for code in all {
            if truth == Some(any) {
                // Decided: what follows is shown, and cannot undo it.
                if P && let Ok((_, proof)) = self.eval::<P>(code) {
                    parts.extend(proof);
                }
                if !P {
                    break;
                }
                continue;
            }
            let (value, proof) = self.eval::<P>(code)?;
            parts.extend(proof);
            match as_truth(&value) {
                (Some(one), _) if one == any => truth = Some(any),
                (Some(_), _) => {}
                (None, missing) => {
                    truth = None;
                    gap = gap.and(missing);
                }
            }
        }
        let gap = if truth.is_some() { Gap::NONE } else { gap };
        let how = if any { "any" } else { "all" };
        Ok((Value::Truth(truth, gap), how.into(), how, parts))
    }

    #[allow(clippy::type_complexity)]
    fn two<const P: bool>(
        &mut self,
        at: At,
        a: &Code,
        b: &Code,
        key: &'static str,
        how: &'static str,
        by: impl Fn(Span, Span) -> Option<Span>,
    ) -> Ended<(Value, Cow<'static, str>, &'static str, Vec<Proof>)> {
        let (x, x_proof) = self.eval::<P>(a)?;
        let (y, y_proof) = self.eval::<P>(b)?;
        let span = by(as_span(&x), as_span(&y)).ok_or_else(|| overflow(at))?;
        Ok((Value::Number(span), key.into(), how, x_proof.into_iter().chain(y_proof).collect()))
    }

    #[allow(clippy::type_complexity)]
    fn picked<const P: bool>(
        &mut self,
        all: &[Code],
        key: &'static str,
        how: &'static str,
        by: impl Fn(&[Span]) -> Span,
    ) -> Ended<(Value, Cow<'static, str>, &'static str, Vec<Proof>)> {
        let (mut spans, mut parts) = (Vec::with_capacity(all.len()), Vec::new());
        for code in all {
            let (value, proof) = self.eval::<P>(code)?;
            spans.push(as_span(&value));
            parts.extend(proof);
        }
        Ok((Value::Number(by(&spans)), key.into(), how, parts))
    }

    fn choice<const P: bool>(
        &mut self,
        condition: &Code,
        then: &Code,
        other: &Code,
        money: bool,
    ) -> Step {
        let (value, proof) = self.eval::<P>(condition)?;
        let mut parts: Vec<Proof> = proof.into_iter().collect();
        let value = match as_truth(&value) {
            (Some(truth), _) => {
                let (value, proof) = self.eval::<P>(if truth { then } else { other })?;
                parts.extend(proof);
                value
            }
            (None, gap) => {
                let (a, a_proof) = self.eval::<P>(then)?;
                let (b, b_proof) = self.eval::<P>(other)?;
                parts.extend(a_proof.into_iter().chain(b_proof));
                a.either(b, gap)
            }
        };
        let proof = P.then(|| Proof::step("if", self.say(&value, money), "choice", parts));
        Ok((value, proof))
    }

    fn table(&self, place: usize, of: Span, at: At) -> Ended<Span> {
        let table = &self.standing.policy.tables[place];
        let Some(version) = self.standing.tables[place] else {
            let en = "the table is not in force on this day";
            return Err(Box::new(Trouble::new(at, "该表在这一天不施行", en)));
        };
        let rows = &version.rows;
        if table.marginal {
            let falls = rows.iter().any(|row| row.value < Ratio::ZERO);
            return match (of.number(), falls) {
                (Some(number), _) => {
                    marginal(rows, number).map(Span::exact).ok_or_else(|| overflow(at))
                }
                (None, false) => {
                    of.rising(|number| marginal(rows, number)).ok_or_else(|| overflow(at))
                }
                (None, true) => Ok(Span { low: None, high: None, gap: of.gap }),
            };
        }
        let mut reached = rows.iter().filter(|row| {
            let over = of.high.is_none_or(|high| row.from <= high);
            let under = row.below.zip(of.low).is_none_or(|(below, low)| low < below);
            over && under
        });
        let outside = |end: Option<Ratio>| {
            end.is_none_or(|end| {
                let first = rows.first().is_some_and(|row| end < row.from);
                let last = rows.last().and_then(|row| row.below).is_some_and(|below| end >= below);
                first || last
            })
        };
        let Some(first) = reached.next() else {
            let en = "no row of the table holds for this number";
            return Err(Box::new(Trouble::new(at, "该表没有适用的行", en)));
        };
        if of.number().is_none() && (outside(of.low) || outside(of.high)) && of.low.is_none() {
            return Ok(Span { low: None, high: None, gap: of.gap });
        }
        let one = |row: &TableRow| Span { gap: of.gap, ..Span::exact(row.value) };
        let hull = reached.fold(one(first), |hull, row| hull.hull(one(row)));
        Ok(Span::between(hull.low, hull.high, of.gap))
    }

    fn days(&self, function: DayFunction, values: &[Value], at: At) -> Ended<Value> {
        let gap = values.iter().fold(Gap::NONE, |gap, value| gap.and(value.gap()));
        let day = |place: usize| match values.get(place) {
            Some(Value::Day(day, _)) => *day,
            _ => None,
        };
        let past = || overflow(at);
        let count = |number: i64| {
            let number = Ratio::new(i128::from(number), 1).ok_or_else(past)?;
            Ok(Value::Number(Span::exact(number)))
        };
        let gives_day = matches!(
            function,
            DayFunction::AddMonthsDown
                | DayFunction::AddMonthsUp
                | DayFunction::AddDays
                | DayFunction::AddWorkdays
                | DayFunction::StartOfMonth
                | DayFunction::EndOfMonth
                | DayFunction::Earlier
                | DayFunction::Later
        );
        let unknown = match gives_day {
            true => Value::Day(None, gap),
            false => Value::Number(Span { low: None, high: None, gap }),
        };
        let Some(first) = day(0) else { return Ok(unknown) };
        let number = match values.get(1) {
            Some(Value::Number(span)) => match span.number() {
                Some(number) if number.den() == 1 && number.num().abs() <= 100_000 => {
                    Some(number.num() as i64)
                }
                Some(_) => {
                    let en = "days and months are added whole, up to 100,000";
                    return Err(Box::new(Trouble::new(at, "天数、月数应为整数", en)));
                }
                None => return Ok(unknown),
            },
            _ => None,
        };
        let told = |day: Option<Day>| {
            let day = day.ok_or_else(past)?;
            Ok(Value::Day(Some(day), Gap::NONE))
        };
        match function {
            DayFunction::Year => count(i64::from(first.year())),
            DayFunction::Month => count(i64::from(first.month())),
            DayFunction::StartOfMonth => told(start_of_month(first)),
            DayFunction::EndOfMonth => told(end_of_month(first)),
            DayFunction::Years | DayFunction::Months | DayFunction::Days => {
                let Some(second) = day(1) else { return Ok(unknown) };
                count(match function {
                    DayFunction::Days => i64::from(second.number()) - i64::from(first.number()),
                    DayFunction::Months => months_between(first, second),
                    _ => months_between(first, second).div_euclid(12),
                })
            }
            DayFunction::Earlier | DayFunction::Later => {
                let Some(second) = day(1) else { return Ok(unknown) };
                let early = function == DayFunction::Earlier;
                told(Some(if early { first.min(second) } else { first.max(second) }))
            }
            DayFunction::AddDays => {
                let to = i64::from(first.number()) + number.unwrap_or_default();
                told(i32::try_from(to).ok().map(Day::from_number))
            }
            DayFunction::AddMonthsDown | DayFunction::AddMonthsUp => {
                let up = function == DayFunction::AddMonthsUp;
                told(add_months(first, number.unwrap_or_default(), up))
            }
            DayFunction::AddWorkdays => {
                let number = u32::try_from(number.unwrap_or_default()).map_err(|_| past())?;
                let calendar = self.standing.calendar;
                let due = calendar.due(first, number, Count::Workday, Roll::None);
                told(due.ok().map(|due| due.last))
            }
        }
    }

    fn looped<const P: bool>(
        &mut self,
        of: Loop,
        list: &Code,
        condition: Option<&Code>,
        body: &Code,
        code: &Code,
    ) -> Step {
        let (list, list_proof) = self.eval::<P>(list)?;
        let mut parts: Vec<Proof> = list_proof.into_iter().collect();
        let Value::List(Some(rows), _) = &list else {
            let gap = list.gap();
            let zero = Some(Ratio::ZERO);
            let value = match of {
                Loop::Any | Loop::All => Value::Truth(None, gap),
                Loop::Count => Value::Number(Span { low: zero, high: None, gap }),
                _ => Value::Number(Span { low: None, high: None, gap }),
            };
            let proof =
                P.then(|| Proof::step("loop", self.say(&value, code.money), "computed", parts));
            return Ok((value, proof));
        };
        let zero = Span::exact(Ratio::ZERO);
        let (mut total, mut spans) = (zero, Vec::new());
        let (mut truth, mut gap) = (Some(of == Loop::All), Gap::NONE);
        let mut unsure = false;
        for row in rows.iter() {
            self.items.push(row.clone());
            let counted = match condition {
                Some(condition) => self.eval::<P>(condition).map(|(value, proof)| {
                    parts.extend(proof);
                    as_truth(&value)
                }),
                None => Ok((Some(true), Gap::NONE)),
            };
            let worked = match &counted {
                Ok((Some(false), _)) | Err(_) => Ok(None),
                Ok(_) => self.eval::<P>(body).map(Some),
            };
            self.items.pop();
            let (counts, missing) = counted?;
            let Some((value, proof)) = worked? else { continue };
            parts.extend(proof);
            match of {
                Loop::Any | Loop::All => {
                    let (one, one_gap) = as_truth(&value);
                    let decides = of == Loop::Any;
                    match (one, counts) {
                        (Some(one), Some(true)) if one == decides => truth = Some(decides),
                        (Some(one), _) if one != decides => {}
                        _ if truth != Some(decides) => {
                            truth = None;
                            gap = gap.and(one_gap).and(missing);
                        }
                        _ => {}
                    }
                }
                _ => {
                    let mut span = match of {
                        Loop::Count => {
                            let (one, one_gap) = as_truth(&value);
                            match one {
                                Some(true) => Span::exact(Ratio::ONE),
                                Some(false) => zero,
                                None => Span::between(zero.low, Some(Ratio::ONE), one_gap),
                            }
                        }
                        _ => as_span(&value),
                    };
                    if counts.is_none() {
                        unsure = true;
                        gap = gap.and(missing);
                        if matches!(of, Loop::Sum | Loop::Count) {
                            span = Span { gap: span.gap.and(missing), ..span.hull(zero) };
                        }
                    }
                    if matches!(of, Loop::Sum | Loop::Count) {
                        total = total.plus(span).ok_or_else(|| overflow(code.at))?;
                    } else {
                        spans.push(span);
                    }
                }
            }
        }
        let value = match of {
            Loop::Any | Loop::All => {
                Value::Truth(truth, if truth.is_some() { Gap::NONE } else { gap })
            }
            Loop::Sum | Loop::Count => Value::Number(total),
            _ if spans.is_empty() => {
                let en = "the smallest or largest of nothing";
                return Err(Box::new(Trouble::new(code.at, "没有可比较的项", en)));
            }
            _ if unsure => {
                let all = spans.iter().skip(1).fold(spans[0], |hull, span| hull.hull(*span));
                Value::Number(Span { gap: all.gap.and(gap), ..all })
            }
            Loop::Smallest => Value::Number(Span::smallest(&spans)),
            Loop::Largest => Value::Number(Span::largest(&spans)),
        };
        let proof = P.then(|| Proof::step("loop", self.say(&value, code.money), "computed", parts));
        Ok((value, proof))
    }
}

fn named(mut proof: Proof, key: &'static str) -> Proof {
    if proof.how == "defined" || proof.how == "condition" || proof.how == "fact" {
        let value = proof.value.clone();
        return Proof::step(key, value, "choice", vec![proof]);
    }
    proof.key = key.into();
    proof
}

/// How a step came about, as far as anyone can check it without our rules.
fn closed(how: &'static str, value: &Shown, parts: &[Proof]) -> &'static str {
    let same = |part: &Proof| std::mem::discriminant(&part.value) == std::mem::discriminant(value);
    let sound = match how {
        "sum" | "difference" => matches!(value, Shown::Money(_)) && parts.iter().all(same),
        "smallest" | "largest" | "all" | "any" => {
            !matches!(value, Shown::Unknown | Shown::Text(_)) && parts.iter().all(same)
        }
        _ => true,
    };
    if sound { how } else { "computed" }
}

fn overflow(at: At) -> Box<Trouble> {
    Box::new(Trouble::new(at, "数值超出可计算的范围", "the number is past what is computed"))
}

fn as_truth(value: &Value) -> (Option<bool>, Gap) {
    match value {
        Value::Truth(truth, gap) => (*truth, *gap),
        other => (None, other.gap()),
    }
}

fn as_span(value: &Value) -> Span {
    match value {
        Value::Number(span) => *span,
        other => Span { low: None, high: None, gap: other.gap() },
    }
}

fn money(number: Ratio) -> Option<Fen> {
    let fen = number.times(Ratio::percent(10_000))?;
    (fen.den() == 1).then(|| i64::try_from(fen.num()).ok()).flatten().and_then(Fen::new)
}

/// What a value shows; texts are shown by [`Run::say`].
pub(crate) fn shown(value: &Value, in_yuan: bool) -> Shown {
    let one = |number: Ratio| -> Shown {
        if in_yuan {
            return match money(number) {
                Some(fen) => Shown::Money(fen),
                None => Shown::Text(format!("{}/{} 元", number.num(), number.den()).into()),
            };
        }
        match i64::try_from(number.num()) {
            Ok(whole) if number.den() == 1 => Shown::Number(whole),
            _ => Shown::Ratio(number),
        }
    };
    match value {
        Value::Truth(Some(truth), _) => Shown::Truth(*truth),
        Value::Day(Some(day), _) => Shown::Day(*day),
        Value::Number(span) => match (span.number(), span.low, span.high) {
            (Some(number), ..) => one(number),
            (None, Some(low), Some(high)) => {
                format!("{} .. {}", one(low).text(), one(high).text()).into()
            }
            (None, None, Some(high)) => format!("<= {}", one(high).text()).into(),
            (None, Some(low), None) if low > Ratio::ZERO => {
                format!(">= {}", one(low).text()).into()
            }
            _ => Shown::Unknown,
        },
        Value::List(Some(rows), _) => Shown::Number(rows.len() as i64),
        _ => Shown::Unknown,
    }
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> Value {
    let gap = a.gap().and(b.gap());
    let truth = match (a, b) {
        (Value::Number(x), Value::Number(y)) => match comparison {
            Comparison::Equal => x.order(*y).map(|order| order.is_eq()),
            Comparison::Unequal => x.order(*y).map(|order| order.is_ne()),
            Comparison::AtMost => x.at_most(*y),
            Comparison::AtLeast => y.at_most(*x),
            Comparison::Less => y.at_most(*x).map(|truth| !truth),
            Comparison::More => x.at_most(*y).map(|truth| !truth),
        },
        (Value::Day(Some(x), _), Value::Day(Some(y), _)) => Some(holds(comparison, x.cmp(y))),
        (Value::Text(Some(x), _), Value::Text(Some(y), _)) => Some(holds(comparison, x.cmp(y))),
        (Value::Truth(Some(x), _), Value::Truth(Some(y), _)) => Some(holds(comparison, x.cmp(y))),
        _ => None,
    };
    Value::Truth(truth, if truth.is_some() { Gap::NONE } else { gap })
}

fn holds(comparison: Comparison, order: std::cmp::Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Unequal => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
        Comparison::More => order.is_gt(),
        Comparison::AtLeast => order.is_ge(),
    }
}

/// A number as whole steps.
pub(crate) fn rounded(number: Ratio, step: Ratio, way: Rounding) -> Option<Ratio> {
    let steps = number.over(step)?;
    if steps.den() == 1 {
        return Some(number);
    }
    let floor = steps.num().div_euclid(steps.den());
    let rest = steps.num().rem_euclid(steps.den());
    let below = steps.num() < 0;
    let up = match way {
        // A half goes away from zero.
        Rounding::HalfUp if below => 2 * rest > steps.den(),
        Rounding::HalfUp => 2 * rest >= steps.den(),
        Rounding::Down => below,
        Rounding::Up => !below,
    };
    Ratio::new(floor + i128::from(up), 1)?.times(step)
}

/// What a scale comes to when each part of a number counts at its own rate.
fn marginal(rows: &[TableRow], number: Ratio) -> Option<Ratio> {
    let mut total = Ratio::ZERO;
    for row in rows {
        if number <= row.from {
            break;
        }
        let upto = row.below.map_or(number, |below| below.min(number));
        total = total.plus(upto.minus(row.from)?.times(row.value)?)?;
    }
    Some(total)
}

fn start_of_month(day: Day) -> Option<Day> {
    Day::from_ymd(day.year(), day.month(), 1)
}

fn end_of_month(day: Day) -> Option<Day> {
    Some(start_of_month(day)?.plus_months(1)?.previous())
}

/// Whole months from one day to another; below nothing when the second comes first.
fn months_between(from: Day, to: Day) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    let months = i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month());
    months - i64::from(to.day_of_month() < from.day_of_month())
}

fn add_months(day: Day, months: i64, up: bool) -> Option<Day> {
    let all = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + months;
    let year = i16::try_from(all.div_euclid(12)).ok()?;
    let month = i8::try_from(all.rem_euclid(12) + 1).ok()?;
    if let Some(same) = Day::from_ymd(year, month, day.day_of_month()) {
        return Some(same);
    }
    let last = end_of_month(Day::from_ymd(year, month, 1)?)?;
    Some(if up { last.next() } else { last })
}

/// A monthly amount from a day to a day, both included: each month by its days, to the fen, a half
/// up. Gives the sum and what each month came to.
fn prorated(
    monthly: Span,
    from: &Value,
    to: &Value,
    at: At,
) -> Ended<(Span, Vec<(String, Shown)>)> {
    let (Value::Day(from, from_gap), Value::Day(to, to_gap)) = (from, to) else {
        return Err(overflow(at));
    };
    let gap = monthly.gap.and(*from_gap).and(*to_gap);
    let unknown = Span { low: monthly.low.map(|_| Ratio::ZERO), high: None, gap };
    let (Some(from), Some(to), Some(rate)) = (from, to, monthly.number()) else {
        return Ok((unknown, Vec::new()));
    };
    let (mut total, mut months) = (Ratio::ZERO, Vec::new());
    let mut start = *from;
    while start <= *to {
        if months.len() > 1_200 {
            return Err(overflow(at));
        }
        let end = end_of_month(start).ok_or_else(|| overflow(at))?;
        let until = end.min(*to);
        let days = i128::from(until.number() - start.number() + 1);
        let share = Ratio::new(days, i128::from(end.day_of_month()));
        let part = share.and_then(|share| rate.times(share));
        let part = part.and_then(|part| rounded(part, Ratio::new(1, 100)?, Rounding::HalfUp));
        let part = part.ok_or_else(|| overflow(at))?;
        total = total.plus(part).ok_or_else(|| overflow(at))?;
        let month = format!("{:04}-{:02}", start.year(), start.month());
        months.push((month, shown(&Value::Number(Span::exact(part)), true)));
        start = end.next();
    }
    Ok((Span::exact(total), months))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{VOUCHER, calendar, moment, policy, with};
    use proptest::prelude::*;
    use serde_json::json;

    fn outcome(text: &str, facts: serde_json::Value, on: &str) -> Outcome {
        let policy = policy(text);
        let standing = Standing::at(&policy, moment(on), calendar());
        evaluate(&standing, &Facts::from_json(&facts).expect("facts")).expect("of their kind")
    }

    #[test]
    fn the_tests_of_a_policy_are_run() {
        let policy = policy(VOUCHER);
        for ran in crate::run::all(&policy, calendar()) {
            assert_eq!(ran.wrong, None, "{}", ran.name);
        }
        let wrong = VOUCHER.replace("195000.00", "195000.01");
        let ran = crate::run::all(&crate::sample::policy(&wrong), calendar());
        assert!(ran[0].wrong.as_ref().is_some_and(|label| label.en.contains("195000.00")));
    }

    #[test]
    fn what_could_not_be_read_never_pays_more() {
        let facts = json!({"deal": {"corpus": "900000.00", "affiliated": "250000.00"},
            "firm": {"good_credit": true, "staff": 12}});
        let found = outcome(VOUCHER, facts, "2025-08-01");
        assert_eq!(found.granted, Granted::UpTo(Fen::parse("195000").expect("yuan")));
        assert_eq!((found.missing.len(), found.unread.as_slice()), (0, &[1usize][..]));
        let proof = found.proof.expect("asked for");
        assert_eq!(proof.first_wrong(), None);
        assert_eq!(proof.find("cap").map(|cap| cap.value.clone()), Some(Shown::Unknown));
        assert_eq!(
            proof.find("信用良好").and_then(|p| p.cite.clone()).map(|c| c.article.clone()),
            Some("样例措施 1".to_string())
        );
    }

    #[test]
    fn questions_come_cheapest_first_and_only_while_they_matter() {
        let found = outcome(VOUCHER, json!({}), "2025-08-01");
        let policy = policy(VOUCHER);
        let names: Vec<&str> =
            found.missing.iter().map(|at| policy.inputs[*at].name.as_str()).collect();
        assert_eq!(names, ["firm.good_credit", "deal.corpus", "firm.staff", "deal.affiliated"]);
        let found = outcome(VOUCHER, json!({"firm.staff": 3}), "2025-08-01");
        assert_eq!((found.eligible, found.granted), (Some(false), Granted::Nothing));
        assert_eq!(found.missing, Vec::<usize>::new(), "nothing can change it any more");
    }

    #[test]
    fn expressions_come_out() {
        let inputs = "  n: {type: number, min: -1000}\n  m: money\n  d: day\n  k: {type: choice, of: [a, b, c]}\n  t: truth\n  people: {type: list, of: {born: day, pay: money, adult: truth}}";
        let facts = json!({"n": "7", "m": "1234.56", "d": "2024-02-29", "k": "b", "t": true,
            "people": [{"born": "1980-05-01", "pay": "100.10", "adult": true},
                       {"born": "2015-06-02", "pay": "0.00", "adult": false}]});
        for (expression, shown) in [
            ("n / 2", "350%"),
            ("n * n - 40", "9"),
            ("-n + 1", "-6"),
            ("round(m, 100, 'down')", "1200.00"),
            ("round(m, 100, 'up')", "1300.00"),
            ("round(m, 0.1, 'half_up')", "1234.60"),
            ("round(-n / 2, 1, 'half_up')", "-4"),
            ("round(-n / 2, 1, 'down')", "-3"),
            ("round(-n / 2, 1, 'up')", "-4"),
            ("min(m, 1000)", "1000.00"),
            ("max(m, 1000, 2000.5)", "2000.50"),
            ("if k = 'b' then m else 0", "1234.56"),
            ("k in ['a', 'c']", "false"),
            ("k not in ['a', 'c']", "true"),
            ("between(n, 7, 8)", "true"),
            ("years(d, 2025-02-28)", "0"),
            ("years(d, 2025-03-01)", "1"),
            ("months(d, 2024-05-28)", "2"),
            ("months(2024-05-28, d)", "-2"),
            ("days(d, 2024-03-01)", "1"),
            ("add_months(2025-01-31, 1, 'down')", "2025-02-28"),
            ("add_months(2025-01-31, 1, 'up')", "2025-03-01"),
            ("add_months(2025-01-31, -2, 'down')", "2024-11-30"),
            ("add_days(d, 1)", "2024-03-01"),
            ("add_workdays(2026-09-18, 5)", "2026-09-25"),
            ("year(d) * 100 + month(d)", "202402"),
            ("end_of_month(2024-02-03)", "2024-02-29"),
            ("start_of_month(d)", "2024-02-01"),
            ("earlier(d, 2020-01-01)", "2020-01-01"),
            ("later(d, 2020-01-01)", "2024-02-29"),
            ("sum(p in people: p.pay)", "100.10"),
            ("count(p in people where years(p.born, as_of) < 18)", "1"),
            ("any(p in people: p.adult)", "true"),
            ("all(p in people: p.adult)", "false"),
            ("largest(p in people: p.pay)", "100.10"),
            ("count(p in people where count(q in people where q.born < p.born) = 1)", "1"),
            ("prorated(1500, 2026-03-16, 2026-06-30)", "5274.19"),
            ("prorated(1500, 2026-07-01, 2026-06-30)", "0.00"),
            ("not t or n > 7", "false"),
            ("t and 2 * 3 = 6", "true"),
        ] {
            let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
            let policy = policy(&text);
            let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
            let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
            let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
            assert_eq!(found.as_deref(), Ok(shown), "{expression}");
        }
        for (expression, says) in [
            ("n / (n - 7)", "divided by nothing"),
            ("add_days(d, 0.5)", "whole"),
            ("n * 1000000000 * 1000000000", "past"),
            ("largest(p in people where p.pay > 500: p.pay)", "of nothing"),
        ] {
            let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
            let policy = policy(&text);
            let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
            let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
            let trouble = define(&standing, &values, 0).expect_err(expression);
            assert!(trouble.message.en.contains(says), "{expression}: {trouble:?}");
        }
    }

    #[test]
    fn unknowns_are_carried_and_not_guessed() {
        let inputs = "  n: number\n  m: money\n  t: truth\n  u: truth";
        let known = json!({"n": "7", "t": true});
        for (expression, shown) in [
            ("min(m, 1000)", "0.00 .. 1000.00"),
            ("max(m, 1000)", ">= 1000.00"),
            ("m * 0", "0.00"),
            ("m - 5", "unknown"),
            ("if u then 5 else 5", "5"),
            ("if u then 5 else 9", "5 .. 9"),
            ("u or t", "true"),
            ("u and not t", "false"),
            ("u and t", "unknown"),
            ("m >= 0", "true"),
            ("m > 0", "unknown"),
            ("m < 0", "false"),
            ("not u", "unknown"),
        ] {
            let text = with(inputs, &format!("define:\n  x: \"{expression}\"\neligible: t"));
            let policy = policy(&text);
            let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
            let values = Facts::from_json(&known).and_then(|f| f.bind(&policy)).expect("facts");
            let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
            assert_eq!(found.as_deref(), Ok(shown), "{expression}");
        }
    }

    #[test]
    fn exceptions_go_before_the_rule() {
        let text = with(
            "  kind: {type: choice, of: [a, b, c]}\n  young: truth",
            "define:\n  rate:\n    expr: 10%\n    exceptions:\n      - {label: b, when: kind = 'b', value: 20%}\n      - {label: young, when: young, value: 30%, over: [b]}\neligible: rate > 0",
        );
        let policy = policy(&text);
        let standing = Standing::at(&policy, moment("2026-01-01"), calendar());
        for (facts, shown) in [
            (json!({"kind": "a", "young": false}), "10%"),
            (json!({"kind": "b", "young": false}), "20%"),
            (json!({"kind": "b", "young": true}), "30%"),
            (json!({"kind": "c", "young": true}), "30%"),
            (json!({"young": true}), "30%"),
            (json!({"young": false}), "10% .. 20%"),
            (json!({"kind": "b"}), "20% .. 30%"),
            (json!({}), "10% .. 30%"),
        ] {
            let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
            let found = define(&standing, &values, 0).map(|(_, proof)| proof.value.text());
            assert_eq!(found.as_deref(), Ok(shown), "{facts}");
        }
    }

    #[test]
    fn figures_have_their_time() {
        let text = with(
            "  base: money",
            "parameters:\n  rate:\n    type: ratio\n    values:\n      - {from: 2024-01-01, to: 2024-12-31, value: 10%}\n      - {from: 2025-01-01, to: 2026-12-31, known: 2025-01-01, value: 20%}\n      - {from: 2025-01-01, to: 2026-12-31, known: 2025-06-01, value: 25%}\n      - {from: 2027-01-01, known: 2025-06-01, value: null}\ntables:\n  scale: {of: money, gives: ratio, mode: marginal, rows: [{from: 0, below: 1000, value: 10%}, {from: 1000, value: 20%}]}\n  step: {of: money, gives: money, rows: [{from: 0, below: 1000, value: 1}, {from: 1000, below: 5000, value: 2}]}\ndefine:\n  x: rate * base\n  y: (rate ?? 0) * base\n  z: scale(base)\n  s: step(base)\neligible: base >= 0",
        );
        let policy = policy(&text);
        let value = |on: &str, known: &str, name: &str, base: &str| {
            let moment =
                crate::Moment { on: crate::sample::day(on), known: crate::sample::day(known) };
            let standing = Standing::at(&policy, moment, calendar());
            let facts = json!({"base": base});
            let values = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
            let place = policy.definitions.iter().position(|one| one.name == name);
            let found = define(&standing, &values, place.expect("defined"));
            found.map_or_else(|trouble| trouble.message.en, |(_, proof)| proof.value.text())
        };
        for (on, known, name, shown) in [
            ("2024-12-31", "2026-01-01", "x", "100.00"),
            ("2025-01-01", "2025-05-31", "x", "200.00"),
            ("2025-01-01", "2025-06-01", "x", "250.00"),
            ("2023-12-31", "2026-01-01", "x", "unknown"),
            ("2023-12-31", "2026-01-01", "y", "0.00"),
            ("2027-01-01", "2027-01-01", "y", "0.00"),
        ] {
            assert_eq!(value(on, known, name, "1000"), shown, "{on} {known} {name}");
        }
        for (base, z, s) in [
            ("0", "0.00", "1.00"),
            ("999.90", "99.99", "1.00"),
            ("1000", "100.00", "2.00"),
            ("1500.05", "200.01", "2.00"),
            ("5000", "900.00", "no row of the table holds for this number"),
        ] {
            let at = |name: &str| value("2025-01-01", "2026-01-01", name, base);
            assert_eq!((at("z").as_str(), at("s").as_str()), (z, s));
        }
    }

    /// Facts of which some are left out.
    fn part(all: &serde_json::Value, keep: u8) -> serde_json::Value {
        let members = all.as_object().expect("facts").iter().enumerate();
        let kept = members.filter(|(at, _)| keep & (1 << at) != 0);
        serde_json::Value::Object(kept.map(|(_, (k, v))| (k.clone(), v.clone())).collect())
    }

    proptest! {
        /// Knowing more never turns a definite answer into another one, and the same facts give the
        /// same bytes.
        #[test]
        fn more_knowledge_never_contradicts(
            corpus in 0u32..2_000_000, affiliated in 0u32..2_000_000, credit: bool,
            staff in 0u32..20, keep: u8, more: u8,
        ) {
            let all = json!({"deal.corpus": corpus, "deal.affiliated": affiliated,
                "firm.good_credit": credit, "firm.staff": staff});
            let policy = policy(VOUCHER);
            let standing = Standing::at(&policy, moment("2025-08-01"), calendar());
            let ask = |keep: u8| {
                let facts = Facts::from_json(&part(&all, keep)).expect("facts");
                evaluate(&standing, &facts).expect("of their kind")
            };
            let (less, more) = (ask(keep), ask(keep | more));
            prop_assert_eq!(less.proof.as_ref().map(Proof::digest), ask(keep).proof.map(|p| p.digest()));
            if let Some(truth) = less.eligible {
                prop_assert_eq!(more.eligible, Some(truth));
            }
            match less.granted {
                Granted::Unknown => prop_assert!(!less.missing.is_empty()),
                Granted::Range(low, high) => match more.granted {
                    Granted::Range(l, h) => prop_assert!(low <= l && h <= high),
                    Granted::Exact(fen) => prop_assert!(low <= fen && fen <= high),
                    other => prop_assert!(false, "{other:?}"),
                },
                definite => prop_assert_eq!(more.granted, definite),
            }
            let bound = Facts::from_json(&part(&all, keep)).and_then(|f| f.bind(&policy)).expect("facts");
            let plain = decide(&standing, &bound);
            prop_assert_eq!((plain.eligible, plain.granted, plain.missing), (less.eligible, less.granted, less.missing));
        }
    }
}
