//! Proofs of concept side by side, and what they come to in money.

use crate::case::{self, Filter, Line, Side, Sight};
use crate::error::Result;
use kernel::proof::Shown;
use kernel::{Fen, Proof};
use schema::Rulebook;
use store::Tx;
use transfer_rules::poc::{Project, State};

/// So many projects are shown and summed.
pub const PROJECTS_MAX: usize = 1_000;

/// A proof of concept and its case.
#[derive(Debug, Clone)]
pub struct Held {
    /// The case.
    pub line: Line,
    /// The project; absent while it was only applied for, and to the other side of a deal.
    pub project: Option<Project>,
}

/// Projects, and the sums over them.
#[derive(Debug, Clone)]
pub struct Portfolio {
    /// The one that is due first at the top.
    pub held: Vec<Held>,
    /// `granted`, `released`, `accepted`, `refunded`, `cancelled` with a part for each project:
    /// unknown when one's is.
    pub sums: Vec<Proof>,
    /// Whether there are more than [`PROJECTS_MAX`]; the sums then are of those shown.
    pub more: bool,
}

/// What of a project is summed. Nothing while it says nothing of that; unknown when it should.
type Part = fn(&Project) -> Option<Shown>;

const SUMS: [(&str, Part); 5] = [
    ("poc_granted", |project| Some(Shown::Money(project.grant))),
    ("poc_released", |project| Some(Shown::Money(project.released))),
    ("poc_accepted", |project| Some(money(project.accepted))),
    ("poc_refund", |project| ended(project).then(|| money(project.refund))),
    ("poc_cancelled", |project| ended(project).then(|| money(project.cancelled))),
];

fn money(fen: Option<Fen>) -> Shown {
    fen.map_or(Shown::Unknown, Shown::Money)
}

/// Whether what was not spent comes back by now.
fn ended(project: &Project) -> bool {
    matches!(project.state, State::Killed | State::Closed | State::HandedOver)
}

/// The proofs of concept that someone sees.
pub fn portfolio(tx: &mut Tx<'_>, book: &Rulebook, sight: Sight) -> Result<Portfolio> {
    let filter = Filter { poc: true, ..Filter::default() };
    let mut lines = case::list(tx, sight, &filter, (0, PROJECTS_MAX + 1))?;
    let more = lines.len() > PROJECTS_MAX;
    lines.truncate(PROJECTS_MAX);
    let mut held = Vec::with_capacity(lines.len());
    for line in lines {
        // The other side of a deal sees where it stands, not what was spent.
        let project = match case::side(tx, sight, line.id)? {
            Side::Other => None,
            Side::Office | Side::Unit => case::get(tx, book, line.id)?.case.project().cloned(),
        };
        held.push(Held { line, project });
    }
    let sums = SUMS.iter().map(|(key, part)| sum(key, *part, &held)).collect();
    Ok(Portfolio { held, sums, more })
}

fn sum(key: &'static str, part: Part, held: &[Held]) -> Proof {
    let each = held.iter().filter_map(|one| {
        let shown = part(one.project.as_ref()?)?;
        Some((one.line.id.to_string(), shown))
    });
    let each: Vec<(String, Shown)> = each.collect();
    let all: Option<Vec<Fen>> = each
        .iter()
        .map(|(_, shown)| match shown {
            Shown::Money(fen) => Some(*fen),
            _ => None,
        })
        .collect();
    let total = all.and_then(Fen::sum);
    let parts = each.into_iter().map(|(id, shown)| Proof::fact(id, shown)).collect();
    Proof::step(key, money(total), "sum", parts)
}
