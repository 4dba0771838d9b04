//! What a policy may not do although it can be read: exceptions that contradict each other, rows
//! and conditions that decide nothing, conditions that no law allows, tests that are missing.

use crate::code::{Code, Comparison, Op};
use crate::evaluate;
use crate::facts;
use crate::fault::{At, Fault};
use crate::policy::{Concern, Policy, Setting};
use crate::standing::{Moment, Standing};
use crate::value::{Gap, Value};
use kernel::{Calendar, Day, Ratio};

/// Words by which a condition or a material asks for everything (YSHJ 24).
const CATCH_ALL: &[&str] = &[
    "其他",
    "其它",
    "相关材料",
    "等材料",
    "有关材料",
    "视情况",
    "另行要求",
    "other documents",
    "other material",
    "etc.",
];

/// What is wrong with a policy whatever its tests say.
pub(crate) fn all(policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    contradictions(policy, &mut faults);
    catch_all(policy, &mut faults);
    concerns(policy, &mut faults);
    decided(policy, &mut faults);
    faults
}

/// Every expression of a policy, conditions and exceptions among them.
pub(crate) fn codes(policy: &Policy) -> Vec<&Code> {
    let mut all: Vec<&Code> = policy.eligible.iter().collect();
    all.extend(policy.conditions.iter().map(|condition| &condition.that));
    all.extend(policy.amount.iter().map(|amount| &amount.expr));
    for definition in &policy.definitions {
        all.push(&definition.value);
        for exception in &definition.exceptions {
            all.push(&exception.when);
            all.push(&exception.value);
        }
    }
    all
}

/// Two exceptions that may hold at once, and neither of which goes before the other.
fn contradictions(policy: &Policy, faults: &mut Vec<Fault>) {
    for definition in &policy.definitions {
        let exceptions = &definition.exceptions;
        for (place, one) in exceptions.iter().enumerate() {
            let twice = exceptions[..place].iter().find(|other| other.label == one.label);
            if twice.is_some() {
                let en = format!("the label `{}` is taken already", one.label);
                faults.push(Fault::new("E-POL-12", one.at, "例外的标签重复", en));
            }
            for other in &exceptions[..place] {
                let ordered = one.over.contains(&other.label) || other.over.contains(&one.label);
                if ordered || disjoint(policy, &one.when, &other.when) {
                    continue;
                }
                let zh = format!("例外“{}”与“{}”可能同时成立", one.label, other.label);
                let en = format!("`{}` and `{}` may hold at once", one.label, other.label);
                faults.push(Fault::new("E-POL-12", one.at, zh, en).hint(
                    format!("写明 over: [{}]", other.label),
                    format!("say which goes first: `over: [{}]`", other.label),
                ));
            }
        }
    }
}

/// A bound on one input that a condition sets.
enum Bound {
    Number(usize, Comparison, Ratio),
    Day(usize, Comparison, Day),
    /// Against a figure of the policy, whatever it is.
    Figure(usize, Comparison, usize),
    Word(usize, Vec<u32>, bool),
    Truth(usize, bool),
}

/// Whether two conditions never hold at once, as far as what each demands of single inputs shows.
fn disjoint(policy: &Policy, a: &Code, b: &Code) -> bool {
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    demands(policy, a, &mut mine);
    demands(policy, b, &mut theirs);
    mine.iter().any(|x| theirs.iter().any(|y| excludes(x, y)))
}

fn demands(policy: &Policy, code: &Code, found: &mut Vec<Bound>) {
    match &code.op {
        Op::All(all) => all.iter().for_each(|one| demands(policy, one, found)),
        Op::Condition(place) => demands(policy, &policy.conditions[*place].that, found),
        Op::Input(place) => found.push(Bound::Truth(*place, true)),
        Op::Not(of) => {
            if let Op::Input(place) = of.op {
                found.push(Bound::Truth(place, false));
            }
        }
        Op::In(of, options, not) => {
            let words = options.iter().map(|option| match &option.op {
                Op::Constant(Value::Text(Some(word), _)) => Some(*word),
                _ => None,
            });
            if let (Op::Input(place), Some(words)) = (&of.op, words.collect::<Option<Vec<u32>>>()) {
                found.push(Bound::Word(*place, words, !not));
            }
        }
        Op::Compare(comparison, a, b) => {
            match (&a.op, &b.op) {
                (Op::Input(place), Op::Parameter(figure)) => {
                    found.push(Bound::Figure(*place, *comparison, *figure));
                }
                (Op::Parameter(figure), Op::Input(place)) => {
                    found.push(Bound::Figure(*place, comparison.mirrored(), *figure));
                }
                _ => {}
            }
            let (place, comparison, value) = match (&a.op, &b.op) {
                (Op::Input(place), Op::Constant(value)) => (*place, *comparison, value),
                (Op::Constant(value), Op::Input(place)) => (*place, comparison.mirrored(), value),
                _ => return,
            };
            match value {
                Value::Number(span) => {
                    found.extend(span.number().map(|n| Bound::Number(place, comparison, n)));
                }
                Value::Day(Some(day), _) => found.push(Bound::Day(place, comparison, *day)),
                Value::Text(Some(word), _) => {
                    let same = comparison == Comparison::Equal;
                    found.push(Bound::Word(place, vec![*word], same));
                }
                Value::Truth(Some(truth), _) => {
                    let same = comparison == Comparison::Equal;
                    found.push(Bound::Truth(place, *truth == same));
                }
                _ => {}
            }
        }
        _ => {}
    }
}

fn excludes(a: &Bound, b: &Bound) -> bool {
    match (a, b) {
        (Bound::Truth(x, one), Bound::Truth(y, other)) => x == y && one != other,
        (Bound::Word(x, one, true), Bound::Word(y, other, true)) => {
            x == y && !one.iter().any(|word| other.contains(word))
        }
        (Bound::Word(x, one, inside), Bound::Word(y, other, outside)) if inside != outside => {
            let (held, barred) = if *inside { (one, other) } else { (other, one) };
            x == y && held.iter().all(|word| barred.contains(word))
        }
        (Bound::Number(x, c, n), Bound::Number(y, d, m)) => x == y && apart(*c, n, *d, m),
        (Bound::Figure(x, c, n), Bound::Figure(y, d, m)) => {
            x == y && n == m && apart(*c, &0, *d, &0)
        }
        (Bound::Day(x, c, n), Bound::Day(y, d, m)) => x == y && apart(*c, n, *d, m),
        _ => false,
    }
}

/// Whether nothing is both `c n` and `d m`.
fn apart<T: Ord>(c: Comparison, n: &T, d: Comparison, m: &T) -> bool {
    use Comparison::{AtLeast, AtMost, Equal, Less, More, Unequal};
    match (c, d) {
        (Equal, Equal) => n != m,
        (Equal, Unequal) | (Unequal, Equal) => n == m,
        (Equal, Less) | (AtLeast, Less) => n >= m,
        (Equal, AtMost) => n > m,
        (Equal, More) => n <= m,
        (Equal, AtLeast) => n < m,
        (AtLeast, AtMost) => n > m,
        (More, Less | AtMost) => n >= m,
        (Less, AtLeast | More) | (AtMost, More) => n <= m,
        (AtMost, AtLeast) => n < m,
        (Less | AtMost | More | AtLeast, Equal) => apart(d, m, c, n),
        _ => false,
    }
}

fn catch_all(policy: &Policy, faults: &mut Vec<Fault>) {
    let materials = policy.process.materials.iter().map(|one| (&one.label, one.at));
    let conditions = policy.conditions.iter().map(|one| (&one.label, one.that.at));
    for (label, at) in materials.chain(conditions) {
        let both = format!("{} {}", label.zh, label.en.to_lowercase());
        if let Some(word) = CATCH_ALL.iter().find(|word| both.contains(**word)) {
            let zh = format!("“{}”是兜底条款:条件和材料须写全", label.zh);
            let en = format!("`{}` asks for everything: say what is asked (`{word}`)", label.en);
            let fault = Fault::new("E-POL-05", at, zh, en);
            faults.push(fault.hint(
                "《优化营商环境条例》24",
                "Regulation on Optimizing the Business Environment, art. 24",
            ));
        }
    }
}

/// Conditions that name a firm, or treat firms by where they are.
fn concerns(policy: &Policy, faults: &mut Vec<Fault>) {
    for code in codes(policy) {
        code.each(&mut |code| {
            let inputs = match &code.op {
                Op::Compare(_, a, b) => vec![a, b],
                Op::In(of, ..) => vec![of],
                _ => return,
            };
            for of in inputs {
                let Op::Input(place) = of.op else { continue };
                let input = &policy.inputs[place];
                match input.concern {
                    Concern::None => {}
                    Concern::Identity => {
                        let zh = format!("条件点名企业({})", input.label.zh);
                        let en = format!("a condition names a firm by `{}`", input.name);
                        let fault = Fault::new("E-POL-06", code.at, zh, en);
                        faults.push(fault.hint(
                            "《公平竞争审查条例》8–10",
                            "Fair Competition Review Regulation, art. 8 to 10",
                        ));
                    }
                    Concern::Locality => {
                        if policy.justifications.iter().any(|one| one.of == input.name) {
                            continue;
                        }
                        let zh = format!("按所在地区别对待({}),须写明理由和期限", input.label.zh);
                        let en = format!(
                            "firms are treated by where they are (`{}`) without a justification that ends",
                            input.name
                        );
                        let fault = Fault::warning("E-POL-14", code.at, zh, en);
                        faults.push(fault.hint(
                            "justifications: [{of: …, article: 《公平竞争审查条例》12(…), until: …}]",
                            "justifications: [{of: …, article: FCR 12(…), until: …}]",
                        ));
                    }
                }
            }
        });
    }
}

/// Conditions that hold, or fail, whatever is stated.
fn decided(policy: &Policy, faults: &mut Vec<Fault>) {
    let day = policy.valid.0.unwrap_or(policy.known);
    let calendar = Calendar::new();
    let moment = Moment { on: day, known: policy.known.max(day) };
    let standing = Standing::at(policy, moment, &calendar);
    let unknown: Vec<Value> = policy
        .inputs
        .iter()
        .enumerate()
        .map(|(at, input)| facts::nothing(input, Gap { inputs: 1 << at, parameters: 0 }))
        .collect();
    for code in codes(policy) {
        each_outside_loops(code, &mut |code| {
            let asks = matches!(code.op, Op::Compare(..) | Op::In(..))
                && code.parts().iter().any(|part| matches!(part.op, Op::Input(_)));
            let truth = asks.then(|| evaluate::truth(&standing, &unknown, code)).flatten();
            if let Some(truth) = truth {
                let en = format!("this is always {truth}");
                let zh =
                    if truth { "这个条件总是成立" } else { "这个条件永远不成立" };
                faults.push(Fault::warning("E-POL-04", code.at, zh, en));
            }
        });
    }
}

fn each_outside_loops<'c>(code: &'c Code, take: &mut dyn FnMut(&'c Code)) {
    if matches!(code.op, Op::Loop(..)) {
        return;
    }
    take(code);
    for part in code.parts() {
        each_outside_loops(part, take);
    }
}

/// Which kinds of test a policy lacks, and which of its tests fail.
///
/// A policy has one test that is granted, one that is not, one on the edge of a comparison (when it
/// compares at all), and one that is not known.
pub fn tests(policy: &Policy, calendar: &Calendar) -> Vec<Fault> {
    let mut faults = Vec::new();
    for ran in crate::run::all(policy, calendar) {
        if let Some(wrong) = ran.wrong {
            let zh = format!("测试“{}”未通过:{}", ran.name, wrong.zh);
            let en = format!("the test `{}` fails: {}", ran.name, wrong.en);
            faults.push(Fault::new("E-POL-15", ran.at, zh, en));
        }
    }
    let (mut passes, mut fails, mut unknown, mut edge) = (false, false, false, false);
    let mut winners: Vec<(At, usize)> = Vec::new();
    let all = codes(policy);
    for case in &policy.tests {
        let standing = Standing::at(policy, crate::run::moment(policy, case), calendar);
        let Ok(inputs) = case.facts.bind(policy) else { continue };
        let outcome = evaluate::decide(&standing, &inputs);
        let settled = outcome.granted != evaluate::Granted::Unknown;
        passes |= outcome.eligible == Some(true) && settled;
        fails |= outcome.eligible == Some(false);
        unknown |= outcome.granted == evaluate::Granted::Unknown || outcome.eligible.is_none();
        for code in &all {
            each_outside_loops(code, &mut |code| match &code.op {
                Op::Compare(comparison, a, b) if is_ordering(*comparison) => {
                    let (a, b) = (
                        evaluate::value(&standing, &inputs, a),
                        evaluate::value(&standing, &inputs, b),
                    );
                    edge |= a.zip(b).is_some_and(|(a, b)| a == b && a.gap().is_none());
                }
                Op::Smallest(parts) | Op::Largest(parts) => {
                    let whole = evaluate::number(&standing, &inputs, code);
                    for (place, part) in parts.iter().enumerate() {
                        let one = evaluate::number(&standing, &inputs, part);
                        if one.is_some() && one == whole {
                            winners.push((code.at, place));
                        }
                    }
                }
                Op::Table(place, of) => {
                    let number = evaluate::number(&standing, &inputs, of);
                    let rows = standing.tables[*place].map(|version| &version.rows);
                    edge |= rows.is_some_and(|rows| {
                        rows.iter().any(|row| Some(row.from) == number || row.below == number)
                    });
                }
                _ => {}
            });
        }
    }
    let (mut orders, mut picks) = (false, false);
    for code in &all {
        each_outside_loops(code, &mut |code| match &code.op {
            Op::Compare(comparison, ..) => orders |= is_ordering(*comparison),
            Op::Table(..) => orders = true,
            // A bound that could not be read never wins.
            Op::Smallest(parts) | Op::Largest(parts) => {
                let unread = |part: &Code| match part.op {
                    Op::Parameter(place) => policy.parameters[place]
                        .versions
                        .iter()
                        .all(|one| matches!(one.value, Setting::Unread)),
                    _ => false,
                };
                picks |= !parts.iter().any(unread);
            }
            _ => {}
        });
    }
    winners.sort_unstable();
    winners.dedup();
    let both = winners.windows(2).any(|pair| pair[0].0 == pair[1].0);
    let at_edge = if orders { edge } else { !picks || both };
    let asks = !policy.inputs.is_empty();
    for (has, zh, en) in [
        (passes, "能享受的", "that is granted"),
        (fails || policy.eligible.is_none(), "不能享受的", "that is not granted"),
        (at_edge, "正好在界限上的", "on the edge of a comparison"),
        (unknown || !asks, "信息不足的", "that is not known"),
    ] {
        if !has {
            let zh = format!("缺少测试:{zh}情形");
            let fault =
                Fault::new("E-POL-07", At { line: 1, column: 1 }, zh, format!("no test {en}"));
            faults.push(fault.hint(
                "须有通过、不通过、界限、未知四类测试",
                "a policy has a test of each: granted, not granted, edge, unknown",
            ));
        }
    }
    faults
}

fn is_ordering(comparison: Comparison) -> bool {
    !matches!(comparison, Comparison::Equal | Comparison::Unequal)
}
