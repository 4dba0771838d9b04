//! Outcomes as JSON: the same for the command line and for programs.

use crate::combine::{Best, Offer, best};
use crate::evaluate::{Granted, Outcome, evaluate, value};
use crate::facts::Facts;
use crate::policy::Policy;
use crate::shelf::Shelf;
use crate::standing::{Moment, Standing};
use crate::value::Value;
use crate::whynot::{Remedy, whynot};
use kernel::{Calendar, Fen, Label, Proof, Ratio, Refusal};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What an upper bound is called wherever it is shown.
pub const UPPER_BOUND: (&str, &str) =
    ("上限估计，不代表已享有", "an upper bound, not an entitlement");

fn label(label: &Label) -> Json {
    json!({"zh": label.zh, "en": label.en})
}

/// A proof as the object its canonical bytes spell.
pub fn proof(proof: &Proof) -> Json {
    serde_json::from_str(&proof.canonical()).unwrap_or(Json::Null)
}

/// What an outcome grants.
pub fn granted(granted: Granted) -> Json {
    let (zh, en) = UPPER_BOUND;
    match granted {
        Granted::Nothing | Granted::Plain | Granted::Unknown => json!({"kind": granted.name()}),
        Granted::Exact(fen) => json!({"kind": "exact", "amount": fen.to_string()}),
        Granted::UpTo(fen) => {
            json!({"kind": "up_to", "amount": fen.to_string(), "note": {"zh": zh, "en": en}})
        }
        Granted::Range(low, high) => {
            json!({"kind": "range", "low": low.to_string(), "high": high.to_string()})
        }
    }
}

/// An outcome of a policy at a moment.
pub fn outcome(policy: &Policy, moment: Moment, found: &Outcome) -> Json {
    let missing = found.missing.iter().map(|at| {
        let input = &policy.inputs[*at];
        json!({"input": input.name, "label": label(&input.label), "ask": input.ask})
    });
    let unread = found.unread.iter().map(|at| {
        let parameter = &policy.parameters[*at];
        json!({"parameter": parameter.name, "label": label(&parameter.label)})
    });
    let eligible = match found.eligible {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let trouble = found.trouble.as_ref().map(|trouble| {
        json!({"line": trouble.at.line, "column": trouble.at.column, "message": label(&trouble.message)})
    });
    let left_out = policy
        .approximated
        .iter()
        .map(|one| json!({"criterion": label(&one.criterion), "because": label(&one.because)}));
    json!({
        "policy": policy.id,
        "title": label(&policy.title),
        "version": policy.known.to_string(),
        "digest": policy.digest,
        "as_of": moment.on.to_string(),
        "known": moment.known.to_string(),
        "eligible": eligible,
        "result": granted(found.granted),
        "discretion": policy.discretion,
        "missing": missing.collect::<Vec<_>>(),
        "unread": unread.collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "trouble": trouble,
        "proof": found.proof.as_ref().map(proof),
    })
}

/// What would have a policy granted.
pub fn remedy(standing: &Standing<'_>, remedy: &Remedy) -> Json {
    let policy = standing.policy;
    let change = |(place, value): &(usize, Value)| {
        let input = &policy.inputs[*place];
        let shown = match value {
            Value::Text(Some(word), _) => {
                let word = usize::try_from(*word).ok().and_then(|word| policy.words.get(word));
                word.cloned().unwrap_or_default()
            }
            value => crate::evaluate::shown(value, input.kind.unit().is_money()).text(),
        };
        json!({"input": input.name, "label": label(&input.label), "to": shown})
    };
    json!({"changes": remedy.changes.iter().map(change).collect::<Vec<_>>()})
}

/// Evaluates one policy, with what would flip it when it is not granted.
///
/// Fails like [`Facts::bind`].
pub fn one(
    policy: &Policy,
    facts: &Facts,
    moment: Moment,
    calendar: &Calendar,
) -> Result<(Outcome, Json), Refusal> {
    let standing = Standing::at(policy, moment, calendar);
    let found = evaluate(&standing, facts)?;
    let mut said = outcome(policy, moment, &found);
    if found.eligible != Some(true) {
        let inputs = facts.bind(policy)?;
        let remedies: Vec<Json> =
            whynot(&standing, &inputs, 3).iter().map(|one| remedy(&standing, one)).collect();
        said["whynot"] = Json::Array(remedies);
    }
    Ok((found, said))
}

/// Evaluates every policy that holds at a moment, and what may be had together.
///
/// A policy whose facts are not of their kind says so and is left out of the rest. Fails with
/// `E-SIZE` when too many policies exclude others.
pub fn all(
    shelf: &Shelf,
    facts: &Facts,
    moment: Moment,
    calendar: &Calendar,
) -> Result<Json, Refusal> {
    let mut said = Vec::new();
    let mut offers = Vec::new();
    let mut caps: BTreeMap<String, Fen> = BTreeMap::new();
    let mut open: BTreeMap<&str, (u8, usize, &Label)> = BTreeMap::new();
    for policy in shelf.at(moment) {
        match one(policy, facts, moment, calendar) {
            Ok((found, json)) => {
                for at in &found.missing {
                    let input = &policy.inputs[*at];
                    let entry = open.entry(&input.name).or_insert((input.ask, 0, &input.label));
                    entry.1 += 1;
                }
                offers.extend(offer(policy, facts, moment, calendar, &found));
                if let (Some(group), Some(cap)) = (&policy.support.group, policy.support.yearly_cap)
                {
                    caps.insert(group.clone(), cap);
                }
                said.push(json);
            }
            Err(refusal) => said.push(json!({
                "policy": policy.id,
                "title": label(&policy.title),
                "refused": {"code": refusal.code, "input": refusal.place.column,
                    "value": refusal.place.value, "message": label(&refusal.message)},
            })),
        }
    }
    let mut questions: Vec<(&str, (u8, usize, &Label))> = open.into_iter().collect();
    questions.sort_by(|(a, (x, n, _)), (b, (y, m, _))| x.cmp(y).then(m.cmp(n)).then(a.cmp(b)));
    let questions = questions.iter().map(|(name, (ask, opens, words))| {
        json!({"input": name, "label": label(words), "ask": ask, "policies": opens})
    });
    let found = best(&offers, &caps)?;
    Ok(json!({
        "as_of": moment.on.to_string(),
        "known": moment.known.to_string(),
        "policies": said,
        "questions": questions.collect::<Vec<_>>(),
        "together": together(&found),
    }))
}

/// What a policy offers beside others; none when it is no definite amount, waits for an approval, or
/// is another way of something else.
pub fn offer(
    policy: &Policy,
    facts: &Facts,
    moment: Moment,
    calendar: &Calendar,
    found: &Outcome,
) -> Option<Offer> {
    let amount = match found.granted {
        Granted::Exact(fen) | Granted::UpTo(fen) if fen.fen() > 0 => fen,
        _ => return None,
    };
    let support = &policy.support;
    if support.needs_approval || support.alternative_to.is_some() {
        return None;
    }
    let cost = cost(policy, facts, moment, calendar);
    Some(Offer {
        id: policy.id.clone(),
        amount,
        excludes: support.excludes.clone(),
        group: support.group.clone(),
        cost,
    })
}

/// The cost that a policy supports: what it is called, and how much it is by the facts.
pub fn cost(
    policy: &Policy,
    facts: &Facts,
    moment: Moment,
    calendar: &Calendar,
) -> Option<(String, Fen)> {
    let name = policy.support.cost.as_ref()?;
    let standing = Standing::at(policy, moment, calendar);
    let inputs = facts.bind(policy).ok()?;
    let value = match policy.input(name) {
        Some(place) => inputs.get(place).cloned(),
        None => {
            let one = policy.definitions.iter().find(|one| one.name == *name)?;
            value(&standing, &inputs, &one.value)
        }
    };
    match value {
        Some(Value::Number(span)) => {
            let fen = span.number()?.times(Ratio::percent(10_000))?;
            let fen = (fen.den() == 1).then(|| i64::try_from(fen.num()).ok()).flatten()?;
            Some((name.clone(), Fen::new(fen)?))
        }
        _ => None,
    }
}

fn together(found: &Best) -> Json {
    let (zh, en) = UPPER_BOUND;
    let paid = found.paid.iter().map(|(id, fen)| json!({"policy": id, "amount": fen.to_string()}));
    json!({
        "total": found.total.to_string(),
        "note": {"zh": zh, "en": en},
        "policies": paid.collect::<Vec<_>>(),
        "proof": proof(&found.proof),
    })
}
