//! Mutants: a policy with one small change each. The tests of a good policy notice nearly all.

use crate::code::{Code, Comparison, Op};
use crate::fault::At;
use crate::policy::{Policy, Setting};
use crate::run;
use crate::value::{Gap, Span, Value};
use kernel::{Calendar, Ratio, Rounding};

/// A change of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// Where it was changed.
    pub at: At,
    /// What was changed into what.
    pub change: String,
    /// The test that noticed; none when it survived.
    pub killed_by: Option<String>,
}

/// Every mutant of a policy, where that takes at most so many runs of its tests; nothing where it
/// would take more.
pub fn within(policy: &Policy, calendar: &Calendar, runs_max: usize) -> Option<Vec<Mutant>> {
    let runs = slots(policy).len().saturating_mul(policy.tests.len());
    (runs <= runs_max).then(|| all(policy, calendar))
}

/// Every mutant of a policy, tried against its tests.
pub fn all(policy: &Policy, calendar: &Calendar) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    let mut try_one = |at: At, change: String, mutant: Policy| {
        let killed = run::all(&mutant, calendar).into_iter().find(|ran| ran.wrong.is_some());
        mutants.push(Mutant { at, change, killed_by: killed.map(|ran| ran.name) });
    };
    for slot in 0..slots(policy).len() {
        let count = slots(policy)[slot].each_count();
        for node in 0..count {
            for way in 0.. {
                let mut mutant = policy.clone();
                let mut codes = slots_mut(&mut mutant);
                let Some(code) = nth(codes.swap_remove(slot), node) else { break };
                let at = code.at;
                let Some(change) = change(code, way) else { break };
                drop(codes);
                try_one(at, change, mutant);
            }
        }
    }
    for place in 0..policy.parameters.len() {
        for version in 0..policy.parameters[place].versions.len() {
            let kept = &policy.parameters[place].versions[version];
            let name = &policy.parameters[place].name;
            let Setting::Value(value) = &kept.value else { continue };
            for other in others(value) {
                let mut mutant = policy.clone();
                let change = format!("{name}: {} -> {}", text(value), text(&other));
                mutant.parameters[place].versions[version].value = Setting::Value(other);
                try_one(kept.at, change, mutant);
            }
        }
    }
    for place in 0..policy.tables.len() {
        for version in 0..policy.tables[place].versions.len() {
            for row in 0..policy.tables[place].versions[version].rows.len() {
                let kept = policy.tables[place].versions[version].rows[row].clone();
                let mut mutant = policy.clone();
                let rows = &mut mutant.tables[place].versions[version].rows;
                rows[row].value = nudged(kept.value);
                let change = format!("row value {} -> {}", kept.value, rows[row].value);
                try_one(kept.at, change, mutant);
                if row > 0 {
                    let mut mutant = policy.clone();
                    let rows = &mut mutant.tables[place].versions[version].rows;
                    rows[row].from = nudged(kept.from);
                    rows[row - 1].below = Some(rows[row].from);
                    let change = format!("row from {} -> {}", kept.from, rows[row].from);
                    try_one(kept.at, change, mutant);
                }
            }
        }
    }
    for place in 0..policy.definitions.len() {
        for exception in 0..policy.definitions[place].exceptions.len() {
            let kept = &policy.definitions[place].exceptions[exception];
            let mut mutant = policy.clone();
            mutant.definitions[place].exceptions.remove(exception);
            try_one(kept.at, format!("without the exception {}", kept.label), mutant);
            if !kept.over.is_empty() {
                let mut mutant = policy.clone();
                mutant.definitions[place].exceptions[exception].over.clear();
                try_one(kept.at, format!("{} goes before none", kept.label), mutant);
            }
        }
    }
    if let Some(amount) = &policy.amount {
        let mut mutant = policy.clone();
        if let Some(amount) = &mut mutant.amount {
            amount.up_to = !amount.up_to;
        }
        try_one(amount.expr.at, "exact <-> up to".to_string(), mutant);
    }
    mutants
}

impl Code {
    fn each_count(&self) -> usize {
        let mut count = 0;
        self.each(&mut |_| count += 1);
        count
    }
}

fn slots(policy: &Policy) -> Vec<&Code> {
    crate::lint::codes(policy)
}

fn slots_mut(policy: &mut Policy) -> Vec<&mut Code> {
    let mut all: Vec<&mut Code> = policy.eligible.iter_mut().collect();
    all.extend(policy.conditions.iter_mut().map(|condition| &mut condition.that));
    all.extend(policy.amount.iter_mut().map(|amount| &mut amount.expr));
    for definition in &mut policy.definitions {
        all.push(&mut definition.value);
        for exception in &mut definition.exceptions {
            all.push(&mut exception.when);
            all.push(&mut exception.value);
        }
    }
    all
}

/// The nth part of a code, outside in.
fn nth(code: &mut Code, at: usize) -> Option<&mut Code> {
    fn go<'c>(code: &'c mut Code, left: &mut usize) -> Option<&'c mut Code> {
        if *left == 0 {
            return Some(code);
        }
        *left -= 1;
        for part in code.parts_mut() {
            if let Some(found) = go(part, left) {
                return Some(found);
            }
        }
        None
    }
    go(code, &mut { at })
}

/// Changes a code in its nth way; none when it has no more.
fn change(code: &mut Code, way: usize) -> Option<String> {
    let empty = || Code::new(At::default(), Op::AsOf);
    let take = |code: &mut Code| std::mem::replace(code, empty());
    match &mut code.op {
        Op::Compare(comparison, ..) => {
            let kept = *comparison;
            let others: &[Comparison] = match kept {
                Comparison::Equal => &[Comparison::Unequal],
                Comparison::Unequal => &[Comparison::Equal],
                Comparison::Less => &[Comparison::AtMost, Comparison::AtLeast],
                Comparison::AtMost => &[Comparison::Less, Comparison::More],
                Comparison::More => &[Comparison::AtLeast, Comparison::AtMost],
                Comparison::AtLeast => &[Comparison::More, Comparison::Less],
            };
            let other = *others.get(way)?;
            *comparison = other;
            Some(format!("{} -> {}", kept.text(), other.text()))
        }
        // One part is the same in either.
        Op::All(all) | Op::Any(all) if all.len() < 2 => None,
        Op::All(all) if way == 0 => {
            let all = std::mem::take(all);
            code.op = Op::Any(all);
            Some("all -> any".to_string())
        }
        Op::Any(all) if way == 0 => {
            let all = std::mem::take(all);
            code.op = Op::All(all);
            Some("any -> all".to_string())
        }
        Op::All(all) | Op::Any(all) if all.len() > 1 && way <= all.len() => {
            all.remove(way - 1);
            Some(format!("without part {way}"))
        }
        Op::Not(of) if way == 0 => {
            let of = take(of);
            *code = of;
            Some("without not".to_string())
        }
        Op::In(_, _, not) if way == 0 => {
            *not = !*not;
            Some("in <-> not in".to_string())
        }
        Op::In(_, options, _) if options.len() > 1 && way <= options.len() => {
            options.remove(way - 1);
            Some(format!("without answer {way}"))
        }
        Op::Plus(a, b) if way == 0 => {
            let (a, b) = (Box::new(take(a)), Box::new(take(b)));
            code.op = Op::Minus(a, b);
            Some("+ -> -".to_string())
        }
        Op::Minus(a, b) if way == 0 => {
            let (a, b) = (Box::new(take(a)), Box::new(take(b)));
            code.op = Op::Plus(a, b);
            Some("- -> +".to_string())
        }
        Op::Times(a, b) if way == 0 => {
            let (a, b) = (Box::new(take(a)), Box::new(take(b)));
            code.op = Op::Over(a, b);
            Some("* -> /".to_string())
        }
        Op::Over(a, b) if way == 0 => {
            let (a, b) = (Box::new(take(a)), Box::new(take(b)));
            code.op = Op::Times(a, b);
            Some("/ -> *".to_string())
        }
        Op::Smallest(all) if way == 0 => {
            let all = std::mem::take(all);
            code.op = Op::Largest(all);
            Some("min -> max".to_string())
        }
        Op::Largest(all) if way == 0 => {
            let all = std::mem::take(all);
            code.op = Op::Smallest(all);
            Some("max -> min".to_string())
        }
        Op::Smallest(all) | Op::Largest(all) if all.len() > 1 && way <= all.len() => {
            all.remove(way - 1);
            Some(format!("without part {way}"))
        }
        Op::If(_, a, b) if way == 0 => {
            std::mem::swap(a, b);
            Some("then <-> else".to_string())
        }
        Op::Round(_, _, kept) => {
            let ways = [Rounding::HalfUp, Rounding::Down, Rounding::Up];
            let other = ways.into_iter().filter(|other| other != kept).nth(way)?;
            let change = format!("{} -> {}", kept.name(), other.name());
            *kept = other;
            Some(change)
        }
        Op::Loop(_, _, condition, _) if way == 0 && condition.is_some() => {
            *condition = None;
            Some("without where".to_string())
        }
        Op::Constant(value) => {
            let other = others(value).into_iter().nth(way)?;
            let change = format!("{} -> {}", text(value), text(&other));
            *value = other;
            Some(change)
        }
        _ => None,
    }
}

/// Values that are a little off.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(span) => match span.number() {
            Some(number) => vec![Value::Number(Span::exact(nudged(number)))],
            None => Vec::new(),
        },
        Value::Truth(Some(truth), _) => vec![Value::Truth(Some(!truth), Gap::NONE)],
        Value::Day(Some(day), _) => vec![
            Value::Day(Some(day.next()), Gap::NONE),
            Value::Day(Some(day.previous()), Gap::NONE),
        ],
        _ => Vec::new(),
    }
}

/// A number that is a little more: one more of what is whole, a hundredth more of a rate.
fn nudged(number: Ratio) -> Ratio {
    let step = match number.den() == 1 && number != Ratio::ZERO && number != Ratio::ONE {
        true => Ratio::ONE,
        false => Ratio::percent(1),
    };
    number.plus(step).unwrap_or(Ratio::ZERO)
}

fn text(value: &Value) -> String {
    crate::evaluate::shown(value, false).text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{VOUCHER, calendar, policy};

    #[test]
    fn good_tests_notice_changes_and_missing_ones_do_not() {
        let policy = policy(VOUCHER);
        let mutants = all(&policy, calendar());
        let alive: Vec<&str> = mutants
            .iter()
            .filter(|mutant| mutant.killed_by.is_none())
            .map(|mutant| mutant.change.as_str())
            .collect();
        assert!(mutants.len() >= 14, "{}", mutants.len());
        // No test lacks good credit alone, and none buys more from affiliates than in all.
        assert_eq!(
            alive,
            ["without part 1", "without part 2", "without part 2", "0 -> 1%"],
            "of max and min the floor and the cap that nobody could read are left"
        );
        let few = VOUCHER.split("  - name: too few people").next().expect("a part");
        let survivors = all(&crate::sample::policy(few), calendar());
        let left = survivors.iter().filter(|mutant| mutant.killed_by.is_none()).count();
        assert!(left > alive.len(), "{left}");
    }
}
