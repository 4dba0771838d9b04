//! Why not: the smallest sets of facts whose change would have a policy granted.
//!
//! Each condition is asked what it demands of single inputs. Demands that must hold together are
//! joined input by input, those of which one is enough stand side by side, and every set that is
//! given has been tried: with it, the policy is granted.

use crate::code::{Code, Comparison, Op};
use crate::evaluate;
use crate::kind::Kind;
use crate::policy::Policy;
use crate::standing::Standing;
use crate::value::{Gap, Span, Value};
use kernel::{Day, Ratio};
use std::collections::BTreeMap;

/// So many sets are followed at once; those that change least and are cheapest to ask come first.
const WAYS_MAX: usize = 96;

/// A set of facts that would have it granted.
#[derive(Debug, Clone, PartialEq)]
pub struct Remedy {
    /// Inputs by their places, with a value that would do.
    pub changes: Vec<(usize, Value)>,
}

/// What is demanded of one input.
#[derive(Debug, Clone, PartialEq, Default)]
struct Demand {
    truth: Option<bool>,
    low: Option<(Ratio, bool)>,
    high: Option<(Ratio, bool)>,
    not: Vec<Ratio>,
    from: Option<Day>,
    to: Option<Day>,
    words: Option<Vec<u32>>,
    barred: Vec<u32>,
}

type Way = BTreeMap<usize, Demand>;

/// The smallest sets of changes that have a policy granted, at most `count`; none when it is
/// granted already, or when no change of single facts does it.
pub fn whynot(standing: &Standing<'_>, inputs: &[Value], count: usize) -> Vec<Remedy> {
    let policy = standing.policy;
    let Some(code) = &policy.eligible else { return Vec::new() };
    if evaluate::truth(standing, inputs, code) == Some(true) {
        return Vec::new();
    }
    let asker = Asker { standing, inputs };
    let mut found: Vec<Remedy> = Vec::new();
    for way in asker.ways(code, true) {
        let mut tried = inputs.to_vec();
        let mut changes = Vec::new();
        for (place, demand) in &way {
            if asker.meets(*place, demand) {
                continue;
            }
            match asker.pick(*place, demand) {
                Some(value) => {
                    tried[*place] = value.clone();
                    changes.push((*place, value));
                }
                None => break,
            }
        }
        // What was only likely is tried before it is said.
        let granted = evaluate::truth(standing, &tried, code) == Some(true);
        let remedy = Remedy { changes };
        if granted && !found.contains(&remedy) {
            found.push(remedy);
        }
    }
    let cost = |remedy: &Remedy| {
        let ask: u32 = remedy.changes.iter().map(|(at, _)| u32::from(policy.inputs[*at].ask)).sum();
        (remedy.changes.len(), ask)
    };
    found.sort_by_key(cost);
    found.truncate(count);
    found
}

struct Asker<'a> {
    standing: &'a Standing<'a>,
    inputs: &'a [Value],
}

impl Asker<'_> {
    fn policy(&self) -> &Policy {
        self.standing.policy
    }

    /// Sets of demands, any of which makes a condition come out as wanted.
    fn ways(&self, code: &Code, want: bool) -> Vec<Way> {
        let now = evaluate::truth(self.standing, self.inputs, code);
        let as_it_is = || match now == Some(want) {
            true => vec![Way::new()],
            false => Vec::new(),
        };
        match &code.op {
            Op::Constant(Value::Truth(Some(truth), _)) if *truth == want => vec![Way::new()],
            Op::Input(place) => {
                let demand = Demand { truth: Some(want), ..Demand::default() };
                vec![Way::from([(*place, demand)])]
            }
            Op::Condition(place) => self.ways(&self.policy().conditions[*place].that, want),
            Op::Definition(place) if self.policy().definitions[*place].exceptions.is_empty() => {
                self.ways(&self.policy().definitions[*place].value, want)
            }
            Op::Not(of) => self.ways(of, !want),
            Op::All(all) if want => self.together(all, want),
            Op::Any(all) if !want => self.together(all, want),
            Op::All(all) | Op::Any(all) => {
                let each = all.iter().flat_map(|one| self.ways(one, want)).collect();
                self.cheapest(each)
            }
            Op::If(condition, then, other) => {
                let mut all = self.join(self.ways(condition, true), self.ways(then, want));
                all.extend(self.join(self.ways(condition, false), self.ways(other, want)));
                self.cheapest(all)
            }
            Op::In(of, options, not) => match self.words(of, options) {
                Some((place, words)) if *not != want => {
                    let demand = Demand { words: Some(words), ..Demand::default() };
                    vec![Way::from([(place, demand)])]
                }
                Some((place, words)) => {
                    let demand = Demand { barred: words, ..Demand::default() };
                    vec![Way::from([(place, demand)])]
                }
                None => as_it_is(),
            },
            Op::Compare(comparison, a, b) => {
                let comparison = if want { *comparison } else { comparison.turned() };
                let mut all = self.compared(comparison, a, b);
                all.extend(self.compared(comparison.mirrored(), b, a));
                if all.is_empty() { as_it_is() } else { self.cheapest(all) }
            }
            _ => as_it_is(),
        }
    }

    fn words(&self, of: &Code, options: &[Code]) -> Option<(usize, Vec<u32>)> {
        let Op::Input(place) = of.op else { return None };
        let words = options.iter().map(|option| match &option.op {
            Op::Constant(Value::Text(Some(word), _)) => Some(*word),
            _ => None,
        });
        Some((place, words.collect::<Option<Vec<u32>>>()?))
    }

    /// What a comparison demands of the inputs on its left.
    fn compared(&self, comparison: Comparison, a: &Code, b: &Code) -> Vec<Way> {
        let Some(right) = evaluate::value(self.standing, self.inputs, b) else { return Vec::new() };
        if !right.gap().is_none() {
            return Vec::new();
        }
        match (&a.op, &right) {
            (Op::Input(place), Value::Truth(Some(truth), _)) => {
                let truth = Some(*truth == (comparison == Comparison::Equal));
                vec![Way::from([(*place, Demand { truth, ..Demand::default() })])]
            }
            (Op::Input(place), Value::Text(Some(word), _)) => {
                let mut demand = Demand::default();
                match comparison {
                    Comparison::Equal => demand.words = Some(vec![*word]),
                    _ => demand.barred = vec![*word],
                }
                vec![Way::from([(*place, demand)])]
            }
            (Op::Input(place), Value::Day(Some(day), _)) => {
                let mut demand = Demand::default();
                match comparison {
                    Comparison::Equal => (demand.from, demand.to) = (Some(*day), Some(*day)),
                    Comparison::AtLeast => demand.from = Some(*day),
                    Comparison::More | Comparison::Unequal => demand.from = Some(day.next()),
                    Comparison::AtMost => demand.to = Some(*day),
                    Comparison::Less => demand.to = Some(day.previous()),
                }
                vec![Way::from([(*place, demand)])]
            }
            (_, Value::Number(span)) => {
                let Some(goal) = span.number() else { return Vec::new() };
                let mut places = Vec::new();
                self.inputs_of(a, &mut places);
                let right_too = {
                    let mut right = Vec::new();
                    self.inputs_of(b, &mut right);
                    right
                };
                places.sort_unstable();
                places.dedup();
                let alone = places.into_iter().filter(|place| !right_too.contains(place));
                alone.filter_map(|place| self.solved(comparison, a, goal, place)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Inputs with numbers in an expression, those of its definitions among them.
    fn inputs_of(&self, code: &Code, found: &mut Vec<usize>) {
        code.each(&mut |code| match code.op {
            Op::Input(place) if self.policy().inputs[place].kind.is_number() => found.push(place),
            Op::Definition(place) => {
                self.inputs_of(&self.policy().definitions[place].value, found);
            }
            _ => {}
        });
    }

    /// What one input must be for a number that depends on it evenly to compare so.
    fn solved(
        &self,
        comparison: Comparison,
        code: &Code,
        goal: Ratio,
        place: usize,
    ) -> Option<Way> {
        let at = |number: Ratio| {
            let mut inputs = self.inputs.to_vec();
            inputs[place] = Value::Number(Span::exact(number));
            evaluate::number(self.standing, &inputs, code)
        };
        let two = Ratio::ONE.plus(Ratio::ONE)?;
        let (zero, one) = (at(Ratio::ZERO)?, at(Ratio::ONE)?);
        let mut slope = one.minus(zero)?;
        let mut start = (Ratio::ZERO, zero);
        // A bound like max(x - y, 0) is flat at first: the slope is taken where it rises.
        let far = Ratio::new(1_000_000_000, 1)?;
        if slope == Ratio::ZERO {
            let (a, b) = (at(far)?, at(far.times(two)?)?);
            slope = b.minus(a)?.over(far)?;
            start = (far, a);
        }
        if slope == Ratio::ZERO {
            return None;
        }
        let answer = goal.minus(start.1)?.over(slope)?.plus(start.0)?;
        let comparison = match slope < Ratio::ZERO {
            true => comparison.mirrored(),
            false => comparison,
        };
        let mut demand = Demand::default();
        match comparison {
            Comparison::Equal => {
                (demand.low, demand.high) = (Some((answer, false)), Some((answer, false)));
            }
            Comparison::Unequal => demand.not.push(answer),
            Comparison::AtLeast => demand.low = Some((answer, false)),
            Comparison::More => demand.low = Some((answer, true)),
            Comparison::AtMost => demand.high = Some((answer, false)),
            Comparison::Less => demand.high = Some((answer, true)),
        }
        Some(Way::from([(place, demand)]))
    }

    fn together(&self, all: &[Code], want: bool) -> Vec<Way> {
        let mut joined = vec![Way::new()];
        for code in all {
            joined = self.join(joined, self.ways(code, want));
        }
        joined
    }

    fn join(&self, a: Vec<Way>, b: Vec<Way>) -> Vec<Way> {
        let mut all = Vec::with_capacity(a.len() * b.len());
        for one in &a {
            all.extend(b.iter().filter_map(|other| both(one, other)));
        }
        self.cheapest(all)
    }

    fn cheapest(&self, mut all: Vec<Way>) -> Vec<Way> {
        let cost = |way: &Way| {
            let changed = way.iter().filter(|(place, demand)| !self.meets(**place, demand));
            let (count, ask) = changed.fold((0usize, 0u32), |(count, ask), (place, _)| {
                (count + 1, ask + u32::from(self.policy().inputs[*place].ask))
            });
            (count, ask)
        };
        all.sort_by_cached_key(cost);
        all.truncate(WAYS_MAX);
        all
    }

    /// Whether what is stated of an input meets a demand.
    fn meets(&self, place: usize, demand: &Demand) -> bool {
        match &self.inputs[place] {
            Value::Truth(truth, _) => demand.truth.is_none() || *truth == demand.truth,
            Value::Number(span) => {
                let low = demand.low.is_none_or(|(low, strict)| match strict {
                    true => span.low.is_some_and(|least| least > low),
                    false => span.low.is_some_and(|least| least >= low),
                });
                let high = demand.high.is_none_or(|(high, strict)| match strict {
                    true => span.high.is_some_and(|most| most < high),
                    false => span.high.is_some_and(|most| most <= high),
                });
                let free = demand.not.is_empty()
                    || span.number().is_some_and(|number| !demand.not.contains(&number));
                low && high && free
            }
            Value::Day(day, _) => {
                let from = demand.from.is_none_or(|from| day.is_some_and(|day| from <= day));
                from && demand.to.is_none_or(|to| day.is_some_and(|day| day <= to))
            }
            Value::Text(word, _) => {
                let known = word.is_some();
                let held = demand
                    .words
                    .as_ref()
                    .is_none_or(|words| word.is_some_and(|word| words.contains(&word)));
                let free = word.is_none_or(|word| !demand.barred.contains(&word));
                held && free && (known || demand.barred.is_empty())
            }
            Value::List(..) => false,
        }
    }

    /// A value that meets a demand, the nearest to its bound.
    fn pick(&self, place: usize, demand: &Demand) -> Option<Value> {
        let input = &self.policy().inputs[place];
        match &input.kind {
            Kind::Truth => Some(Value::Truth(Some(demand.truth?), Gap::NONE)),
            Kind::Number(unit) => {
                let step = match unit.is_money() {
                    true => Ratio::new(1, 100)?,
                    false => Ratio::ONE,
                };
                let above = demand.low.map(|(low, strict)| match strict {
                    true => low.plus(step),
                    false => Some(low),
                });
                let below = demand.high.map(|(high, strict)| match strict {
                    true => high.minus(step),
                    false => Some(high),
                });
                let mut number = match (above, below) {
                    (Some(above), _) => above?,
                    (None, Some(below)) => below?,
                    (None, None) => demand.not.iter().max().copied()?.plus(step)?,
                };
                // Money is whole fen, and what is counted is whole: the next that still fits.
                if demand.low.is_some() && demand.high.is_none_or(|(high, _)| high > number) {
                    number =
                        evaluate::rounded(number, step_of(unit.is_money()), kernel::Rounding::Up)?;
                }
                let low = input.least.is_none_or(|least| least <= number);
                let high = input.most.is_none_or(|most| number <= most);
                (low && high).then(|| Value::Number(Span::exact(number)))
            }
            Kind::Day => Some(Value::Day(Some(demand.from.or(demand.to)?), Gap::NONE)),
            Kind::Text(options) => {
                let words = &self.policy().words;
                let word = |option: &String| {
                    words
                        .iter()
                        .position(|word| word == option)
                        .and_then(|at| u32::try_from(at).ok())
                };
                let all: Vec<u32> = match &demand.words {
                    Some(words) => words.clone(),
                    None => options.iter().filter_map(word).collect(),
                };
                let free = all.into_iter().find(|word| !demand.barred.contains(word))?;
                Some(Value::Text(Some(free), Gap::NONE))
            }
            Kind::List(_) | Kind::Literal => None,
        }
    }
}

/// Money is whole fen; other numbers are brought to whole thousandths at most.
fn step_of(money: bool) -> Ratio {
    Ratio::new(1, if money { 100 } else { 1_000 }).unwrap_or(Ratio::ONE)
}

/// Demands that hold together; none when they cannot.
fn both(a: &Way, b: &Way) -> Option<Way> {
    let mut all = a.clone();
    for (place, demand) in b {
        let joined = match all.get(place) {
            None => demand.clone(),
            Some(other) => joined(other, demand)?,
        };
        all.insert(*place, joined);
    }
    Some(all)
}

fn joined(a: &Demand, b: &Demand) -> Option<Demand> {
    let truth = match (a.truth, b.truth) {
        (Some(a), Some(b)) if a != b => return None,
        (a, b) => a.or(b),
    };
    let low = match (a.low, b.low) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    let high = match (a.high, b.high) {
        (Some((x, s)), Some((y, t))) if x == y => Some((x, s || t)),
        (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
        (a, b) => a.or(b),
    };
    if let (Some((low, open)), Some((high, shut))) = (low, high)
        && (low > high || (low == high && (open || shut)))
    {
        return None;
    }
    let from = match (a.from, b.from) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    let to = match (a.to, b.to) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        return None;
    }
    let barred: Vec<u32> = a.barred.iter().chain(&b.barred).copied().collect();
    let words = match (&a.words, &b.words) {
        (Some(a), Some(b)) => Some(a.iter().filter(|word| b.contains(word)).copied().collect()),
        (a, b) => a.clone().or_else(|| b.clone()),
    };
    let words: Option<Vec<u32>> =
        words.map(|all: Vec<u32>| all.into_iter().filter(|word| !barred.contains(word)).collect());
    if words.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    let not = a.not.iter().chain(&b.not).copied().collect();
    Some(Demand { truth, low, high, not, from, to, words, barred })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facts;
    use crate::sample::{VOUCHER, calendar, moment, policy, with};
    use proptest::prelude::*;
    use serde_json::json;

    fn names(text: &str, facts: serde_json::Value) -> Vec<String> {
        let policy = policy(text);
        let standing = Standing::at(&policy, moment("2025-08-01"), calendar());
        let inputs = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
        let shown = |remedy: &Remedy| {
            let one = |(place, value): &(usize, Value)| {
                let shown = match value {
                    Value::Text(Some(word), _) => policy.words[*word as usize].clone(),
                    value => {
                        evaluate::shown(value, policy.inputs[*place].kind.unit().is_money()).text()
                    }
                };
                format!("{}={shown}", policy.inputs[*place].name)
            };
            remedy.changes.iter().map(one).collect::<Vec<_>>().join(" ")
        };
        whynot(&standing, &inputs, 5).iter().map(shown).collect()
    }

    #[test]
    fn the_smallest_change_comes_first() {
        let granted = json!({"firm.good_credit": true, "firm.staff": 10});
        assert_eq!(names(VOUCHER, granted), Vec::<String>::new());
        let few = json!({"firm.good_credit": true, "firm.staff": 9});
        assert_eq!(names(VOUCHER, few), ["firm.staff=10"]);
        let both = json!({"firm.good_credit": false, "firm.staff": 9});
        assert_eq!(names(VOUCHER, both), ["firm.good_credit=true firm.staff=10"]);
        let inputs = "  a: money\n  b: {type: number, unit: 人}\n  k: {type: choice, of: [x, y, z]}\n  d: day\n  t: truth";
        let any = with(
            inputs,
            "eligible:\n  any:\n    - {all: [a >= 100, a < 200, t]}\n    - k not in ['x', 'y']\n    - {all: [d > 2025-01-01, b * 3 - 5 >= 10]}",
        );
        let facts = json!({"a": "50", "b": 2, "k": "x", "d": "2024-01-01", "t": true});
        assert_eq!(
            names(&any, facts),
            ["a=100.00", "k=z", "b=5 d=2025-01-02"],
            "one change before two"
        );
        let not = with(inputs, "eligible: not (a > 100 or t)");
        assert_eq!(names(&not, json!({"a": "150", "t": true})), ["a=100.00 t=false"]);
        let flat = with(inputs, "define:\n  rest: max(a - 40, 0)\neligible: rest / b >= 10");
        assert_eq!(names(&flat, json!({"a": "50", "b": 2})), ["a=60.00"]);
        let never = with(inputs, "eligible: t and not t");
        assert_eq!(names(&never, json!({"t": true})), Vec::<String>::new());
    }

    proptest! {
        /// What is given flips it.
        #[test]
        fn every_remedy_has_it_granted(a in 0i64..300, b in 0i64..10, k in 0usize..3, t: bool, u: bool) {
            let text = with(
                "  a: money\n  b: {type: number, unit: 人}\n  k: {type: choice, of: [x, y, z]}\n  t: truth\n  u: truth",
                "eligible:\n  all:\n    - {any: [a >= 100 and t, b > 7, u and k = 'y']}\n    - {any: [k != 'z', a < 250]}\n    - {not: {all: [t, k = 'x', b <= 2]}}",
            );
            let policy = policy(&text);
            let standing = Standing::at(&policy, moment("2025-08-01"), calendar());
            let kind = ["x", "y", "z"][k];
            let facts = json!({"a": a, "b": b, "k": kind, "t": t, "u": u});
            let inputs = Facts::from_json(&facts).and_then(|f| f.bind(&policy)).expect("facts");
            let code = policy.eligible.as_ref().expect("a condition");
            let remedies = whynot(&standing, &inputs, 10);
            let granted = evaluate::truth(&standing, &inputs, code) == Some(true);
            prop_assert_eq!(granted, remedies.is_empty());
            for remedy in remedies {
                let mut changed = inputs.clone();
                for (place, value) in remedy.changes {
                    prop_assert_ne!(&changed[place], &value);
                    changed[place] = value;
                }
                prop_assert_eq!(evaluate::truth(&standing, &changed, code), Some(true));
            }
        }
    }
}
