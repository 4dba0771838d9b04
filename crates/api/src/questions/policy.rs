//! Policies: from what the shelf holds to what goes over the wire.

use crate::wire::Label;
use crate::wire::policy::{
    Catalogue, FactKind, LeftOut, PolicyCondition, PolicyFigure, PolicyLine, PolicyMaterial,
    PolicyPage, PolicySource, PolicyTest,
};
use kernel::{Calendar, Day};
use policy_rules::kind::Kind;
use policy_rules::policy::Input;
use policy_rules::{Moment, Policy, Shelf, Standing};
use std::collections::BTreeMap;

fn line(policy: &Policy) -> PolicyLine {
    let source = &policy.source;
    let amount = match &policy.amount {
        None => "none",
        Some(amount) if amount.up_to => "up_to",
        Some(_) => "exact",
    };
    PolicyLine {
        id: policy.id.clone(),
        title: Label::from(&policy.title),
        summary: policy.summary.as_ref().map(Label::from),
        audience: policy.audience.as_ref().map(Label::from),
        place: policy.place.clone(),
        source: PolicySource {
            document: source.document.clone(),
            issuer: source.issuer.clone(),
            number: source.number.clone(),
            issued: source.issued.map(|day| day.to_string()),
            clause: source.clause.clone(),
            url: source.url.clone(),
            confidence: source.confidence.name().to_string(),
        },
        from: policy.valid.0.map(|day| day.to_string()),
        to: policy.valid.1.map(|day| day.to_string()),
        version: policy.known.to_string(),
        way: policy.process.way.name().to_string(),
        amount: amount.to_string(),
        discretion: policy.discretion,
        tests: u32::try_from(policy.tests.len()).unwrap_or(u32::MAX),
    }
}

fn fact(input: &Input) -> FactKind {
    let (kind, unit, options) = match &input.kind {
        Kind::Truth => ("truth", None, Vec::new()),
        Kind::Number(unit) if unit.is_money() => ("money", None, Vec::new()),
        Kind::Number(unit) => ("number", (!unit.is_none()).then(|| unit.to_string()), Vec::new()),
        Kind::Literal => ("number", None, Vec::new()),
        Kind::Day => ("day", None, Vec::new()),
        Kind::Text(options) if options.is_empty() => ("text", None, Vec::new()),
        Kind::Text(options) => ("choice", None, options.clone()),
        Kind::List(_) => ("list", None, Vec::new()),
    };
    FactKind {
        name: input.name.clone(),
        label: Label::from(&input.label),
        kind: kind.to_string(),
        unit,
        options,
        ask: input.ask,
        personal: input.personal,
        policies: 1,
    }
}

/// The policies that hold on a day, and what they ask.
pub(crate) fn catalogue(shelf: &Shelf, moment: Moment) -> Catalogue {
    let policies = shelf.at(moment);
    let mut facts: BTreeMap<&str, FactKind> = BTreeMap::new();
    for input in policies.iter().flat_map(|policy| &policy.inputs) {
        facts
            .entry(&input.name)
            .and_modify(|known| known.policies += 1)
            .or_insert_with(|| fact(input));
    }
    Catalogue {
        as_of: moment.on.to_string(),
        policies: policies.iter().map(|policy| line(policy)).collect(),
        facts: facts.into_values().collect(),
    }
}

/// One policy, whole, with its figures as they stand.
pub(crate) fn page(policy: &Policy, moment: Moment, calendar: &Calendar) -> PolicyPage {
    let standing = Standing::at(policy, moment, calendar);
    let figures = policy.parameters.iter().enumerate().map(|(place, parameter)| {
        let (value, cite) = standing.figure(place);
        PolicyFigure {
            name: parameter.name.clone(),
            label: Label::from(&parameter.label),
            value,
            article: cite.article.clone(),
            confidence: cite.confidence.name().to_string(),
        }
    });
    let conditions = policy.conditions.iter().map(|one| PolicyCondition {
        label: Label::from(&one.label),
        article: one.cite.article.clone(),
    });
    let materials = policy
        .process
        .materials
        .iter()
        .map(|one| PolicyMaterial { label: Label::from(&one.label), shows: one.shows.clone() });
    let left_out = policy.approximated.iter().map(|one| LeftOut {
        criterion: Label::from(&one.criterion),
        because: Label::from(&one.because),
    });
    let tests = policy.tests.iter().map(|one| PolicyTest {
        name: one.name.clone(),
        clause: one.clause.clone(),
        on: one.on.to_string(),
    });
    let within = policy.process.within.map(|(number, count)| format!("{number} {}", count.name()));
    let pool = policy.pool.as_ref();
    PolicyPage {
        policy: line(policy),
        facts: policy.inputs.iter().map(fact).collect(),
        conditions: conditions.collect(),
        figures: figures.collect(),
        materials: materials.collect(),
        within,
        left_out: left_out.collect(),
        tests: tests.collect(),
        pool: pool.map(|pool| pool.id.clone()),
        budget: pool.and_then(|pool| pool.budget).map(|fen| fen.to_string()),
        digest: policy.digest.clone(),
    }
}

/// The moment of a day, with what is known today.
pub(crate) fn moment(on: Day, today: Day) -> Moment {
    Moment { on, known: on.max(today) }
}
