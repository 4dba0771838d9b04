//! The package of a firm (一企一服务包): what it is granted, what is missing, what is at stake, by
//! when, and who helps.

use crate::application::{self, Filter, Line};
use crate::error::Result;
use crate::firm::{self, Known};
use crate::sight::Sight;
use crate::steward::{self, Care};
use atlas::View;
use kernel::proof::Confidence;
use kernel::{Calendar, Day, EntityId, Fen, Label, Proof};
use policy_rules::combine::best;
use policy_rules::policy::Way;
use policy_rules::{Granted, Moment, Policy, Shelf, Standing, evaluate, json};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// A material that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// What it is called.
    pub label: Label,
    /// Whether the house holds what it shows; then it is not asked for again.
    pub held: bool,
}

/// A policy in a package.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub policy: String,
    /// Its name.
    pub title: Label,
    /// Whether it is granted; none while that is not known.
    pub eligible: Option<bool>,
    /// How much.
    pub granted: Granted,
    /// Facts that are missing: name and label, the cheapest first.
    pub missing: Vec<(String, Label)>,
    /// Figures of the policy that could not be read.
    pub unread: usize,
    /// How it is had: `automatic`, `quick`, `application`, `by_law`.
    pub way: Way,
    /// The last day to apply, or on which it holds.
    pub closes: Option<Day>,
    /// What is to be handed in.
    pub materials: Vec<Material>,
    /// Who receives it.
    pub office: Option<Label>,
    /// Under which number.
    pub phone: Option<String>,
    /// Document and article.
    pub source: String,
    /// How sure we are of its figures.
    pub confidence: Confidence,
    /// The application that is under way, or the last one.
    pub application: Option<Line>,
}

/// A package.
#[derive(Debug, Clone)]
pub struct Package {
    /// Whose.
    pub firm: EntityId,
    /// Its name.
    pub name: Label,
    /// For which day.
    pub on: Day,
    /// Granted ones first, the largest at the top; then those that hang on the fewest facts.
    pub items: Vec<Item>,
    /// How many policies the facts do not grant.
    pub not_granted: usize,
    /// What may be had together at most: an upper bound, not an entitlement.
    pub together: (Fen, Proof),
    /// Facts that would settle most, the cheapest first: name, label, how many policies.
    pub questions: Vec<(String, Label, usize)>,
    /// What the house knows of the firm.
    pub known: Vec<Known>,
    /// Who looks after it.
    pub steward: Option<Care>,
}

fn weight(item: &Item) -> (u8, i64, usize, String) {
    let amount = match item.granted {
        Granted::Exact(fen) | Granted::UpTo(fen) | Granted::Range(_, fen) => fen.fen(),
        _ => 0,
    };
    let group = if item.eligible == Some(true) { 0 } else { 1 };
    (group, -amount, item.missing.len() + item.unread, item.policy.clone())
}

/// The package of a firm for a day: the policies that hold in `place`, `shanghai/xuhui`.
///
/// Fails with `E-SIZE` when too many policies exclude others.
pub fn package(
    tx: &mut Tx<'_>,
    view: &View,
    (shelf, calendar, place): (&Shelf, &Calendar, &str),
    firm: EntityId,
    on: Day,
) -> Result<Package> {
    let known = firm::known(tx, view, shelf, &[firm], on)?.remove(&firm).unwrap_or_default();
    let facts = firm::facts(&known);
    let names: BTreeSet<&str> = known.iter().map(|one| one.name.as_str()).collect();
    let filter = Filter { firm: Some(firm), ..Filter::default() };
    let mut applications: BTreeMap<String, Line> = BTreeMap::new();
    for line in application::list(tx, &Sight::All, &filter, (0, 500))? {
        let newer = applications.get(&line.policy).is_none_or(|other| other.id < line.id);
        if newer {
            applications.insert(line.policy.clone(), line);
        }
    }
    let moment = Moment { on, known: on };
    let (mut items, mut not_granted, mut offers) = (Vec::new(), 0, Vec::new());
    let mut caps: BTreeMap<String, Fen> = BTreeMap::new();
    let mut open: BTreeMap<String, (u8, usize, Label)> = BTreeMap::new();
    for policy in shelf.at(moment).into_iter().filter(|policy| holds_in(policy, place)) {
        let standing = Standing::at(policy, moment, calendar);
        // Facts of the atlas that are not of a policy's kind say nothing to it.
        let Ok(found) = evaluate(&standing, &facts) else { continue };
        if found.eligible == Some(false) {
            not_granted += 1;
            continue;
        }
        for at in &found.missing {
            let input = &policy.inputs[*at];
            let entry = open.entry(input.name.clone());
            entry.or_insert((input.ask, 0, input.label.clone())).1 += 1;
        }
        offers.extend(json::offer(policy, &facts, moment, calendar, &found));
        if let (Some(group), Some(cap)) = (&policy.support.group, policy.support.yearly_cap) {
            caps.insert(group.clone(), cap);
        }
        let missing = found.missing.iter().map(|at| {
            let input = &policy.inputs[*at];
            (input.name.clone(), input.label.clone())
        });
        items.push(Item {
            policy: policy.id.clone(),
            title: policy.title.clone(),
            eligible: found.eligible,
            granted: found.granted,
            missing: missing.collect(),
            unread: found.unread.len(),
            way: policy.process.way,
            closes: policy.process.closes.or(policy.valid.1),
            materials: materials(policy, &names),
            office: policy.process.office.clone(),
            phone: policy.process.phone.clone(),
            source: source(policy),
            confidence: policy.source.confidence,
            application: applications.remove(&policy.id),
        });
    }
    items.sort_by_cached_key(weight);
    let mut questions: Vec<(String, Label, usize, u8)> =
        open.into_iter().map(|(name, (ask, count, label))| (name, label, count, ask)).collect();
    questions.sort_by(|a, b| a.3.cmp(&b.3).then(b.2.cmp(&a.2)).then(a.0.cmp(&b.0)));
    let found = best(&offers, &caps)?;
    let steward = steward::steward_of(tx, firm)?;
    Ok(Package {
        firm,
        name: view.label(firm),
        on,
        items,
        not_granted,
        together: (found.total, found.proof),
        questions: questions.into_iter().map(|(name, label, n, _)| (name, label, n)).collect(),
        known,
        steward,
    })
}

/// Whether a policy holds in a place: it is of all of China, or of the place or what it lies in.
pub fn holds_in(policy: &Policy, place: &str) -> bool {
    let of = policy.place.as_str();
    of == "china" || place == of || place.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'))
}

fn materials(policy: &Policy, names: &BTreeSet<&str>) -> Vec<Material> {
    let held = |shows: &Option<String>| shows.as_deref().is_some_and(|name| names.contains(name));
    let all = policy.process.materials.iter();
    all.map(|one| Material { label: one.label.clone(), held: held(&one.shows) }).collect()
}

fn source(policy: &Policy) -> String {
    let clause = policy.source.clause.as_deref().unwrap_or_default();
    format!("{} {clause}", policy.source.document).trim().to_string()
}

/// How a policy would reach firms, now and as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Firms that were asked.
    pub firms: usize,
    /// Firms that are granted it.
    pub granted: usize,
    /// Firms that are not.
    pub refused: usize,
    /// Firms of which something is missing.
    pub unknown: usize,
    /// What it comes to for those that are granted it, at most.
    pub cost: Option<Fen>,
}

/// Whom a policy reaches, and what it costs.
pub fn reach(
    policy: &Policy,
    facts: &BTreeMap<EntityId, policy_rules::Facts>,
    moment: Moment,
    calendar: &Calendar,
) -> (Reach, BTreeMap<EntityId, Granted>) {
    let standing = Standing::at(policy, moment, calendar);
    let mut found = Reach { firms: facts.len(), cost: Some(Fen::ZERO), ..Reach::default() };
    let mut each = BTreeMap::new();
    for (firm, facts) in facts {
        let Ok(outcome) = evaluate(&standing, facts) else { continue };
        match outcome.eligible {
            Some(true) => found.granted += 1,
            Some(false) => found.refused += 1,
            None => found.unknown += 1,
        }
        if let Granted::Exact(fen) | Granted::UpTo(fen) | Granted::Range(_, fen) = outcome.granted {
            found.cost = found.cost.and_then(|cost| cost.plus(fen));
        }
        each.insert(*firm, outcome.granted);
    }
    (found, each)
}
