//! Running a policy's own tests.

use crate::case::{Case, ExpectedAmount, Ran};
use crate::evaluate::{Granted, Outcome, define, prove};
use crate::policy::Policy;
use crate::standing::{Moment, Standing};
use crate::value::Value;
use kernel::{Calendar, Label, Proof};

/// Runs every test of a policy.
pub fn all(policy: &Policy, calendar: &Calendar) -> Vec<Ran> {
    policy.tests.iter().map(|case| one(policy, case, calendar)).collect()
}

/// The moment of a test: what is known is what is known today unless the test says otherwise.
pub(crate) fn moment(policy: &Policy, case: &Case) -> Moment {
    Moment { on: case.on, known: case.known.unwrap_or(policy.known.max(case.on)) }
}

/// Runs one test.
pub fn one(policy: &Policy, case: &Case, calendar: &Calendar) -> Ran {
    let ran = |wrong: Option<Label>| Ran { name: case.name.clone(), at: case.at, wrong };
    let standing = Standing::at(policy, moment(policy, case), calendar);
    let inputs = match case.facts.bind(policy) {
        Ok(inputs) => inputs,
        Err(refusal) => return ran(Some(refusal.message)),
    };
    ran(differs(&standing, &inputs, case))
}

fn differs(standing: &Standing<'_>, inputs: &[Value], case: &Case) -> Option<Label> {
    let outcome = prove(standing, inputs);
    let policy = standing.policy;
    let asks_outcome =
        case.out.eligible.is_some() || case.out.amount.is_some() || case.out.unread.is_some();
    if let (Some(trouble), true) = (&outcome.trouble, asks_outcome) {
        return Some(trouble.message.clone());
    }
    if let Some(proof) = outcome.proof.as_ref()
        && let Some(wrong) = proof.first_wrong()
    {
        let zh = format!("证明的一步“{wrong}”验算不符");
        return Some(Label::new(zh, format!("the step `{wrong}` of the proof does not come out")));
    }
    if let Some(wanted) = case.out.eligible
        && wanted != outcome.eligible
    {
        return Some(unlike(word(wanted), word(outcome.eligible)));
    }
    if let Some(wanted) = &case.out.amount {
        let (wanted, found) = (expected(wanted), found(policy, &outcome));
        if wanted != found {
            return Some(unlike(&wanted, &found));
        }
    }
    if let Some(wanted) = &case.out.unread {
        let names = outcome.unread.iter().map(|at| policy.parameters[*at].name.clone());
        let mut found: Vec<String> = names.collect();
        found.sort();
        if *wanted != found {
            return Some(unlike(&format!("unread {}", wanted.join(", ")), &found.join(", ")));
        }
    }
    for (name, _, wanted) in &case.out.values {
        let place = policy.definitions.iter().position(|one| one.name == *name)?;
        match define(standing, inputs, place) {
            Ok((_, proof)) => {
                let found = proof.value.text();
                if !same(wanted, &found) {
                    return Some(unlike(&format!("{name} {wanted}"), &found));
                }
            }
            Err(trouble) => return Some(trouble.message),
        }
    }
    None
}

/// Whether two texts say one value: `0.5` and `50%`, `1300` and `1300.00`.
fn same(wanted: &str, found: &str) -> bool {
    if wanted == found {
        return true;
    }
    let read = |text: &str| kernel::Ratio::parse(text.trim_end_matches(" 元")).ok();
    read(wanted).is_some() && read(wanted) == read(found)
}

fn unlike(wanted: &str, found: &str) -> Label {
    Label::new(format!("应为 {wanted},得到 {found}"), format!("{wanted} is wanted, {found} came"))
}

fn word(eligible: Option<bool>) -> &'static str {
    match eligible {
        Some(true) => "eligible",
        Some(false) => "not eligible",
        None => "unknown",
    }
}

fn expected(wanted: &ExpectedAmount) -> String {
    match wanted {
        ExpectedAmount::Exact(fen) => format!("exact {fen}"),
        ExpectedAmount::UpTo(fen) => format!("up to {fen}"),
        ExpectedAmount::Range(low, high) => format!("{low} to {high}"),
        ExpectedAmount::Unknown(names) => format!("unknown for want of {}", names.join(", ")),
    }
}

fn found(policy: &Policy, outcome: &Outcome) -> String {
    let mut missing: Vec<&str> =
        outcome.missing.iter().map(|place| policy.inputs[*place].name.as_str()).collect();
    missing.sort_unstable();
    match outcome.granted {
        Granted::Nothing => "exact 0.00".to_string(),
        Granted::Plain => "granted, no amount".to_string(),
        Granted::Exact(fen) => format!("exact {fen}"),
        Granted::UpTo(fen) => format!("up to {fen}"),
        Granted::Range(low, high) => format!("{low} to {high}"),
        Granted::Unknown => format!("unknown for want of {}", missing.join(", ")),
    }
}

/// What a proof of a test shows at its root; for reports.
pub fn shown(proof: &Proof) -> String {
    proof.value.text()
}
