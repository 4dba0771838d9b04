//! A policy as it stands at one moment: every figure of it that holds on the day, as it was known.

use crate::kind::Kind;
use crate::policy::{Policy, Setting, TableVersion, version};
use crate::value::{Gap, Span, Value};
use kernel::proof::Cite;
use kernel::{Calendar, Day};
use std::sync::Arc;

/// The day a policy is asked for, and the day whose knowledge is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day in the world.
    pub on: Day,
    /// What was known by this day.
    pub known: Day,
}

/// A figure that stands.
#[derive(Debug, Clone)]
pub(crate) struct Figure<'p> {
    /// What it is; with a gap when it could not be read or is not in force.
    pub(crate) value: Value,
    /// Whether it is not in force.
    pub(crate) absent: bool,
    /// What proofs cite.
    pub(crate) cite: &'p Arc<Cite>,
}

/// A policy at a moment. Made once, asked for many firms.
#[derive(Debug, Clone)]
pub struct Standing<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// When.
    pub moment: Moment,
    pub(crate) calendar: &'p Calendar,
    pub(crate) figures: Vec<Figure<'p>>,
    pub(crate) tables: Vec<Option<&'p TableVersion>>,
}

impl<'p> Standing<'p> {
    /// The policy as it stands at a moment.
    pub fn at(policy: &'p Policy, moment: Moment, calendar: &'p Calendar) -> Standing<'p> {
        let when = (moment.on, moment.known);
        let figures = policy.parameters.iter().enumerate().map(|(place, parameter)| {
            let found = version(&parameter.versions, |one| (one.from, one.to, one.known), when);
            let gap = Gap { inputs: 0, parameters: 1 << place };
            let cite = found.or(parameter.versions.first()).map_or(&policy.cite, |one| &one.cite);
            let (value, absent) = match found.map(|found| &found.value) {
                Some(Setting::Value(value)) => (value.clone(), false),
                Some(Setting::Unread) => (open(&parameter.kind, gap), false),
                Some(Setting::Absent) | None => (open(&parameter.kind, gap), true),
            };
            Figure { value, absent, cite }
        });
        let tables = policy
            .tables
            .iter()
            .map(|table| version(&table.versions, |one| (one.from, one.to, None), when));
        Standing { policy, moment, calendar, figures: figures.collect(), tables: tables.collect() }
    }
}

impl Standing<'_> {
    /// What a figure of the policy says at the moment: as text, `unread`, or none while it is not in
    /// force; and what proofs cite for it.
    pub fn figure(&self, place: usize) -> (Option<String>, &Cite) {
        let figure = &self.figures[place];
        let money = self.policy.parameters[place].kind.unit().is_money();
        let said = match (figure.absent, figure.value.gap().is_none()) {
            (true, _) => None,
            (false, false) => Some("unread".to_string()),
            (false, true) => Some(crate::evaluate::shown(&figure.value, money).text()),
        };
        (said, figure.cite)
    }
}

/// A figure that is not known: money and rates are not below nothing.
fn open(kind: &Kind, gap: Gap) -> Value {
    match kind {
        Kind::Number(_) | Kind::Literal => {
            Value::Number(Span { low: Some(kernel::Ratio::ZERO), high: None, gap })
        }
        Kind::Truth => Value::Truth(None, gap),
        Kind::Day => Value::Day(None, gap),
        Kind::Text(_) => Value::Text(None, gap),
        Kind::List(_) => Value::List(None, gap),
    }
}
