//! Constraints: what a demand insists on, compared with what a result has.

use crate::record::{Fact, Record};
use crate::rules::{Constraint, Rules};
use kernel::{Day, Fen, Label};
use serde::Deserialize;
use std::collections::BTreeSet;

/// How what is wanted and what is there compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The level there is the wanted one or higher.
    AtLeast,
    /// The level there is the wanted one or lower.
    AtMost,
    /// The least that is asked for is no more than what is to be spent.
    Affordable,
    /// The two spans of days share a day.
    Overlap,
    /// At least one wanted code is there.
    AnyOf,
    /// Every wanted code is there.
    AllOf,
    /// A code there is a wanted one or lies below it: `sh/xuhui/tianlin` in `sh/xuhui`.
    Within,
}

/// Whether a constraint holds. `Unknown` is never taken for yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holds {
    /// It holds.
    Yes,
    /// Nobody said, so nobody can tell.
    Unknown,
    /// It does not hold.
    No,
}

/// One line of a constraint table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Key of the constraint.
    pub key: String,
    /// Its name.
    pub label: Label,
    /// What the demand wants, in words.
    pub wanted: Label,
    /// What the result has, in words.
    pub has: Label,
    /// Whether it holds.
    pub holds: Holds,
}

impl Compare {
    /// Whether it compares facts of this type.
    pub fn takes(self, fact: &Fact) -> bool {
        match fact {
            Fact::Unknown => true,
            Fact::Level(_) => matches!(self, Compare::AtLeast | Compare::AtMost),
            Fact::Money { .. } => self == Compare::Affordable,
            Fact::Days { .. } => self == Compare::Overlap,
            Fact::Codes(_) => matches!(self, Compare::AnyOf | Compare::AllOf | Compare::Within),
        }
    }

    /// Whether what is there meets what is wanted; facts of other types are unknown.
    pub fn holds(self, wanted: &Fact, has: &Fact) -> Holds {
        if wanted.is_unknown() || has.is_unknown() {
            return Holds::Unknown;
        }
        let met = match (self, wanted, has) {
            (Compare::AtLeast, Fact::Level(wanted), Fact::Level(has)) => has >= wanted,
            (Compare::AtMost, Fact::Level(wanted), Fact::Level(has)) => has <= wanted,
            (Compare::Affordable, Fact::Money { to: most, from: least }, Fact::Money { .. }) => {
                return affordable(most.or(*least), has);
            }
            (Compare::Overlap, Fact::Days { from, to }, Fact::Days { from: f, to: t }) => {
                let starts = to.is_none_or(|to| f.is_none_or(|f| f <= to));
                starts && from.is_none_or(|from| t.is_none_or(|t| from <= t))
            }
            (Compare::AnyOf, Fact::Codes(wanted), Fact::Codes(has)) => !wanted.is_disjoint(has),
            (Compare::AllOf, Fact::Codes(wanted), Fact::Codes(has)) => wanted.is_subset(has),
            (Compare::Within, Fact::Codes(wanted), Fact::Codes(has)) => {
                return within(wanted, has);
            }
            _ => return Holds::Unknown,
        };
        if met { Holds::Yes } else { Holds::No }
    }
}

/// A price "from" counts; a price known only "up to" is met when even that can be paid.
fn affordable(most: Option<Fen>, has: &Fact) -> Holds {
    let (Some(most), Fact::Money { from, to }) = (most, has) else { return Holds::Unknown };
    match (from, to) {
        (Some(least), _) if *least <= most => Holds::Yes,
        (Some(_), _) => Holds::No,
        (None, Some(to)) if *to <= most => Holds::Yes,
        (None, _) => Holds::Unknown,
    }
}

/// A wider place that holds the wanted one says too little: unknown.
fn within(wanted: &BTreeSet<String>, has: &BTreeSet<String>) -> Holds {
    let below = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        wanted.iter().any(|wanted| has.iter().any(|has| test(wanted, has)))
    };
    if any(&|wanted, has| below(has, wanted)) {
        Holds::Yes
    } else if any(&|wanted, has| below(wanted, has)) {
        Holds::Unknown
    } else {
        Holds::No
    }
}

/// The constraint table of a result for a demand: a line for each constraint that the demand sets,
/// in the order of the rules.
pub fn table(rules: &Rules, demand: &Record, result: &Record) -> Vec<Line> {
    let set = rules.constraints().iter().filter_map(|constraint| {
        let wanted = demand.facts.get(&constraint.key).filter(|fact| !fact.is_unknown())?;
        let has = result.facts.get(&constraint.key).unwrap_or(&Fact::Unknown);
        Some(Line {
            key: constraint.key.clone(),
            label: constraint.label.clone(),
            wanted: words(constraint, wanted),
            has: words(constraint, has),
            holds: constraint.compare.holds(wanted, has),
        })
    });
    set.collect()
}

fn words(constraint: &Constraint, fact: &Fact) -> Label {
    let name = |code: &str| match constraint.names.get(code) {
        Some(label) => label.clone(),
        None => Label::new(code, code),
    };
    match fact {
        Fact::Unknown => Label::new("未知", "unknown"),
        Fact::Level(level) => name(&level.to_string()),
        Fact::Money { from, to } => span(from.map(yuan), to.map(yuan)),
        Fact::Days { from, to } => span(from.map(day), to.map(day)),
        Fact::Codes(codes) => {
            let names: Vec<Label> = codes.iter().map(|code| name(code)).collect();
            let join = |pick: fn(&Label) -> &str, comma: &str| {
                names.iter().map(pick).collect::<Vec<_>>().join(comma)
            };
            Label::new(join(|label| &label.zh, "、"), join(|label| &label.en, ", "))
        }
    }
}

fn day(day: Day) -> Label {
    Label::new(day.to_string(), day.to_string())
}

fn yuan(fen: Fen) -> Label {
    let cents = fen.fen().unsigned_abs();
    let sign = if fen.fen() < 0 { "-" } else { "" };
    let (whole, rest) = (cents / 100, cents % 100);
    let text = if rest == 0 { format!("{whole}") } else { format!("{whole}.{rest:02}") };
    Label::new(format!("{sign}{text}元"), format!("{sign}CNY {text}"))
}

fn span(from: Option<Label>, to: Option<Label>) -> Label {
    match (from, to) {
        (None, None) => Label::new("未知", "unknown"),
        (Some(from), None) => Label::new(format!("{}起", from.zh), format!("from {}", from.en)),
        (None, Some(to)) => Label::new(format!("至{}", to.zh), format!("up to {}", to.en)),
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => {
            Label::new(format!("{}至{}", from.zh, to.zh), format!("{} to {}", from.en, to.en))
        }
    }
}
