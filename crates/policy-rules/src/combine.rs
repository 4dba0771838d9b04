//! Several policies for one firm: which may be had together, and what they come to at most.
//!
//! Policies that exclude each other are chosen between; support for one cost never passes it (I8);
//! a group pays no more than its yearly cap. Among all allowed choices the one that pays most is
//! found exactly.

use kernel::{Fen, Proof, Refusal};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Offers that exclude others are searched exactly up to so many.
pub const CONFLICTS_MAX: usize = 24;

/// What one policy offers a firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The policy.
    pub id: String,
    /// What it would pay alone.
    pub amount: Fen,
    /// Ids or groups it is not had together with.
    pub excludes: Vec<String>,
    /// Its group.
    pub group: Option<String>,
    /// The cost it supports, and how much that is.
    pub cost: Option<(String, Fen)>,
}

/// The best that can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Best {
    /// Policies with what each pays, by id.
    pub paid: Vec<(String, Fen)>,
    /// The sum.
    pub total: Fen,
    /// How it came about.
    pub proof: Proof,
}

/// The choice that pays most; among equal ones the one whose ids come first.
///
/// `caps` are the most that groups pay. Fails with `E-SIZE` when too many offers exclude others,
/// `E-MONEY-02` for an amount below nothing.
pub fn best(offers: &[Offer], caps: &BTreeMap<String, Fen>) -> Result<Best, Refusal> {
    let mut offers: Vec<&Offer> = offers.iter().collect();
    offers.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(below) = offers.iter().find(|offer| offer.amount.fen() < 0) {
        let en = "an amount below nothing";
        return Err(Refusal::new("E-MONEY-02", en, "金额为负", en).value(&below.id));
    }
    let hits = |a: &Offer, b: &Offer| {
        a.excludes.iter().any(|out| *out == b.id || b.group.as_ref() == Some(out))
    };
    let conflict =
        |a: usize, b: usize| a != b && (hits(offers[a], offers[b]) || hits(offers[b], offers[a]));
    let all: Vec<usize> = (0..offers.len()).collect();
    let (torn, free): (Vec<usize>, Vec<usize>) =
        all.iter().copied().partition(|a| all.iter().any(|b| conflict(*a, *b)));
    if torn.len() > CONFLICTS_MAX {
        let en = format!("at most {CONFLICTS_MAX} offers may exclude others");
        let zh = format!("互斥的政策最多{CONFLICTS_MAX}项");
        return Err(Refusal::new("E-SIZE", en.clone(), zh, en));
    }
    let mut search = Search { offers: &offers, caps, torn: &torn, conflict: &conflict, best: None };
    search.go(0, &mut free.clone());
    let (total, paid) = search.best.unwrap_or_default();
    let sum = Fen::new(total).ok_or_else(|| {
        Refusal::new("E-MONEY-04", "money has bounds", "金额过大", "the amount is too large")
    })?;
    let fen = |fen: i64| Fen::new(fen).unwrap_or(sum);
    let paid: Vec<(String, Fen)> =
        paid.into_iter().map(|(at, amount)| (offers[at].id.clone(), fen(amount))).collect();
    let chosen: BTreeSet<&str> = paid.iter().map(|(id, _)| id.as_str()).collect();
    let parts = paid.iter().map(|(id, amount)| {
        let alone = offers.iter().find(|offer| offer.id == *id).map(|offer| offer.amount);
        let parts = alone.map(|alone| Proof::fact("alone", alone)).into_iter().collect();
        Proof::step(id.clone(), *amount, "share", parts)
    });
    let whole = Proof::step("total", sum, "sum", parts.collect());
    let left = offers.iter().filter(|offer| !chosen.contains(offer.id.as_str()));
    let left = left.map(|offer| Proof::fact(offer.id.clone(), offer.amount)).collect();
    let left = Proof::step("not_together", true, "choice", left);
    let proof = Proof::step("combination", sum, "choice", vec![whole, left]);
    Ok(Best { paid, total: sum, proof })
}

/// Offers with what each pays, in fen.
type Paid = Vec<(usize, i64)>;

struct Search<'s> {
    offers: &'s [&'s Offer],
    caps: &'s BTreeMap<String, Fen>,
    torn: &'s [usize],
    conflict: &'s dyn Fn(usize, usize) -> bool,
    best: Option<(i64, Paid)>,
}

impl Search<'_> {
    fn go(&mut self, next: usize, chosen: &mut Vec<usize>) {
        // What may still come cannot pay more than it would alone.
        let sum = |all: &[usize]| all.iter().map(|at| self.offers[*at].amount.fen()).sum::<i64>();
        let bound = sum(chosen) + sum(&self.torn[next..]);
        if self.best.as_ref().is_some_and(|(best, _)| bound <= *best) {
            return;
        }
        let Some(at) = self.torn.get(next) else {
            let mut set = chosen.clone();
            set.sort_unstable();
            let (total, paid) = flow(self.offers, &set, self.caps);
            if self.best.as_ref().is_none_or(|(best, _)| total > *best) {
                self.best = Some((total, paid));
            }
            return;
        };
        if !chosen.iter().any(|other| (self.conflict)(*at, *other)) {
            chosen.push(*at);
            self.go(next + 1, chosen);
            chosen.pop();
        }
        self.go(next + 1, chosen);
    }
}

/// The most that a set pays while costs and caps hold: a flow from costs through offers to groups.
fn flow(offers: &[&Offer], set: &[usize], caps: &BTreeMap<String, Fen>) -> (i64, Paid) {
    let mut costs: Vec<(&str, i64)> = Vec::new();
    let mut groups: Vec<(&str, i64)> = Vec::new();
    let place = |all: &mut Vec<(&str, i64)>, key: &str| all.iter().position(|(k, _)| *k == key);
    let mut edges: Vec<(Option<usize>, Option<usize>, i64, i64)> = Vec::with_capacity(set.len());
    for at in set {
        let offer = offers[*at];
        let cost = offer.cost.as_ref().map(|(key, fen)| {
            place(&mut costs, key).unwrap_or_else(|| {
                costs.push((key, fen.fen()));
                costs.len() - 1
            })
        });
        let cap = offer.group.as_ref().and_then(|group| Some((group, caps.get(group)?)));
        let group = cap.map(|(key, fen)| {
            place(&mut groups, key).unwrap_or_else(|| {
                groups.push((key, fen.fen()));
                groups.len() - 1
            })
        });
        edges.push((cost, group, offer.amount.fen(), 0));
    }
    // Offers in order first, then by paths that move what was paid to where room is.
    for edge in &mut edges {
        let room = |all: &[(&str, i64)], at: Option<usize>| at.map_or(i64::MAX, |at| all[at].1);
        let pays = edge.2.min(room(&costs, edge.0)).min(room(&groups, edge.1));
        edge.3 = pays;
        if let Some(at) = edge.0 {
            costs[at].1 -= pays;
        }
        if let Some(at) = edge.1 {
            groups[at].1 -= pays;
        }
    }
    while let Some(path) = path(&edges, &costs, &groups) {
        augment(&mut edges, &mut costs, &mut groups, &path);
    }
    let total = edges.iter().map(|edge| edge.3).sum();
    (total, set.iter().zip(&edges).map(|(at, edge)| (*at, edge.3)).collect())
}

type Edge = (Option<usize>, Option<usize>, i64, i64);

/// A path of offers from a cost with room to a group with room: raised, lowered, raised, …
fn path(edges: &[Edge], costs: &[(&str, i64)], groups: &[(&str, i64)]) -> Option<Vec<usize>> {
    let open = |all: &[(&str, i64)], at: Option<usize>| at.is_none_or(|at| all[at].1 > 0);
    let mut before: Vec<Option<Option<usize>>> = vec![None; edges.len()];
    let mut queue = VecDeque::new();
    for (at, edge) in edges.iter().enumerate() {
        if edge.3 < edge.2 && open(costs, edge.0) {
            before[at] = Some(None);
            queue.push_back((at, true));
        }
    }
    while let Some((at, raised)) = queue.pop_front() {
        let edge = &edges[at];
        if raised && open(groups, edge.1) {
            let mut path = vec![at];
            let mut last = at;
            while let Some(Some(from)) = before[last] {
                path.push(from);
                last = from;
            }
            path.reverse();
            return Some(path);
        }
        for (next, other) in edges.iter().enumerate() {
            let reaches = match raised {
                // Its group is full: something else of the group gives way.
                true => edge.1.is_some() && other.1 == edge.1 && other.3 > 0,
                // The cost has room again: something else of the cost is raised.
                false => edge.0.is_some() && other.0 == edge.0 && other.3 < other.2,
            };
            if next != at && reaches && before[next].is_none() {
                before[next] = Some(Some(at));
                queue.push_back((next, !raised));
            }
        }
    }
    None
}

fn augment(
    edges: &mut [Edge],
    costs: &mut [(&str, i64)],
    groups: &mut [(&str, i64)],
    path: &[usize],
) {
    let mut by = i64::MAX;
    for (step, at) in path.iter().enumerate() {
        let edge = &edges[*at];
        by = by.min(if step % 2 == 0 { edge.2 - edge.3 } else { edge.3 });
    }
    let (first, last) = (edges[path[0]].0, edges[path[path.len() - 1]].1);
    by = by.min(first.map_or(i64::MAX, |at| costs[at].1));
    by = by.min(last.map_or(i64::MAX, |at| groups[at].1));
    for (step, at) in path.iter().enumerate() {
        edges[*at].3 += if step % 2 == 0 { by } else { -by };
    }
    if let Some(at) = first {
        costs[at].1 -= by;
    }
    if let Some(at) = last {
        groups[at].1 -= by;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yuan(text: &str) -> Fen {
        Fen::parse(text).expect("yuan")
    }

    fn offer(id: &str, amount: &str) -> Offer {
        let amount = yuan(amount);
        Offer { id: id.into(), amount, excludes: Vec::new(), group: None, cost: None }
    }

    /// Scenario 8: A is not had together with B; A, B and C share a yearly cap.
    #[test]
    fn the_best_of_what_goes_together() {
        let group = Some("yearly".to_string());
        let a = Offer { excludes: vec!["B".into()], group: group.clone(), ..offer("A", "300000") };
        let b = Offer { group: group.clone(), ..offer("B", "450000") };
        let c = Offer { group, ..offer("C", "200000") };
        let caps = BTreeMap::from([("yearly".to_string(), yuan("600000"))]);
        let best = best(&[a, b, c], &caps).expect("found");
        assert_eq!(best.total, yuan("600000"));
        let ids: Vec<&str> = best.paid.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["B", "C"]);
        assert_eq!(best.proof.first_wrong(), None);
    }

    /// I8: what supports one cost never passes it; room is moved to where it pays.
    #[test]
    fn support_never_passes_its_cost() {
        let rent = Some(("rent".to_string(), yuan("100")));
        let a = Offer { cost: rent.clone(), group: Some("g".into()), ..offer("a", "80") };
        let b = Offer { cost: rent, ..offer("b", "80") };
        let c = Offer { group: Some("g".into()), ..offer("c", "50") };
        let caps = BTreeMap::from([("g".to_string(), yuan("60"))]);
        let best = best(&[a, b, c], &caps).expect("found");
        // b takes 80 of the rent and leaves a 20, with which c has 40 of the group: 140 in all.
        assert_eq!(best.total, yuan("140"));
    }

    proptest! {
        /// The search finds what trying every allowed set finds.
        #[test]
        fn nothing_pays_more(
            amounts in prop::collection::vec(0i64..50, 1..7),
            conflicts in prop::collection::vec((0usize..7, 0usize..7), 0..6),
            costs in prop::collection::vec(0usize..3, 7), groups in prop::collection::vec(0usize..3, 7),
            room in 10i64..80, cap in 10i64..80,
        ) {
            let name = |at: usize| format!("p{at}");
            let fen = |fen: i64| Fen::new(fen).expect("fen");
            let offers: Vec<Offer> = amounts.iter().enumerate().map(|(at, amount)| Offer {
                id: name(at),
                amount: fen(*amount),
                excludes: conflicts.iter().filter(|(a, b)| *a == at && a != b).map(|(_, b)| name(*b)).collect(),
                group: (groups[at] > 0).then(|| format!("g{}", groups[at])),
                cost: (costs[at] > 0).then(|| (format!("c{}", costs[at]), fen(room))),
            }).collect();
            let caps = BTreeMap::from([("g1".to_string(), fen(cap))]);
            let found = best(&offers, &caps).expect("found");
            let refs: Vec<&Offer> = offers.iter().collect();
            let mut most = 0;
            for bits in 0u32..(1 << offers.len()) {
                let set: Vec<usize> = (0..offers.len()).filter(|at| bits & (1 << at) != 0).collect();
                let torn = set.iter().any(|a| set.iter().any(|b| offers[*a].excludes.contains(&offers[*b].id)));
                if !torn {
                    most = most.max(flow(&refs, &set, &caps).0);
                }
            }
            prop_assert_eq!(found.total.fen(), most);
            // No bound is passed.
            for key in ["c1", "c2"] {
                let of = |id: &str| offers.iter().find(|o| o.id == id).and_then(|o| o.cost.clone());
                let sum: i64 = found.paid.iter().filter(|(id, _)| of(id).is_some_and(|(k, _)| k == key)).map(|(_, f)| f.fen()).sum();
                prop_assert!(sum <= room);
            }
            let of = |id: &str| offers.iter().find(|o| o.id == id).and_then(|o| o.group.clone());
            let sum: i64 = found.paid.iter().filter(|(id, _)| of(id).as_deref() == Some("g1")).map(|(_, f)| f.fen()).sum();
            prop_assert!(sum <= cap);
        }
    }
}
