//! Evaluation: what a policy comes to for some facts, with or without its proof.

mod days;

use self::days::{add_months, end_of_month, months_between, prorated, start_of_month};
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

#[cfg(test)]
mod tests;
