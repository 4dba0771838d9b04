//! Clusters: judgements on pairs, replayed into one canonical id for each entity.
//!
//! The list of judgements only grows. Undoing marks one; what stands is replayed from the start,
//! so the same list always gives the same clusters, and undoing everything gives every id itself.

use kernel::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// Judgements a list may hold.
pub const JUDGEMENTS_MAX: usize = 4_000_000;

/// What was decided on a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// One entity.
    Positive,
    /// Two entities, which must never meet.
    Negative,
    /// Looked at and left open; changes nothing.
    Unsure,
}

/// A decision on a pair of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement<I> {
    /// Its own number, given by [`Clusters::judge`], from 0.
    pub number: usize,
    /// One id.
    pub left: I,
    /// The other.
    pub right: I,
    /// What was decided.
    pub verdict: Verdict,
    /// Whether it was taken back.
    pub undone: bool,
}

/// Judgements and the clusters they make. `I` is the caller's id.
#[derive(Debug, Clone)]
pub struct Clusters<I> {
    judgements: Vec<Judgement<I>>,
    /// Each member of a cluster to the smallest one; an id alone is absent.
    canonical: BTreeMap<I, I>,
    /// Each smallest id to all members of its cluster.
    members: BTreeMap<I, Vec<I>>,
    /// Canonical ids that must not meet, both ways, with how many judgements say so.
    apart: BTreeMap<I, BTreeMap<I, usize>>,
}

impl<I> Default for Clusters<I> {
    fn default() -> Clusters<I> {
        Clusters {
            judgements: Vec::new(),
            canonical: BTreeMap::new(),
            members: BTreeMap::new(),
            apart: BTreeMap::new(),
        }
    }
}

impl<I: Ord + Clone> Clusters<I> {
    /// No judgement: every id stands for itself.
    pub fn new() -> Clusters<I> {
        Clusters::default()
    }

    /// Adds a judgement and returns its number.
    ///
    /// Fails with `E-ER-01` if a positive would join what a negative keeps apart or a negative
    /// would part one cluster, `E-ER-02` if `conflict` says that a member of one cluster and a
    /// member of the other bear strong keys that differ, and `E-ER-03` when the list is full.
    /// `conflict` is asked for pairs across the two clusters. Nothing changes on failure.
    pub fn judge(
        &mut self,
        left: I,
        right: I,
        verdict: Verdict,
        conflict: impl Fn(&I, &I) -> bool,
    ) -> Result<usize, Refusal> {
        if self.judgements.len() >= JUDGEMENTS_MAX {
            return Err(full());
        }
        self.allow(&left, &right, verdict, &conflict)?;
        self.apply(&left, &right, verdict);
        let number = self.judgements.len();
        self.judgements.push(Judgement { number, left, right, verdict, undone: false });
        Ok(number)
    }

    /// Takes a judgement back and replays what stands. Taking it back twice changes nothing.
    ///
    /// Fails with `E-ER-04` for a number that was never given. Cost: one replay.
    pub fn undo(&mut self, number: usize) -> Result<(), Refusal> {
        let judgement = self.judgements.get_mut(number).ok_or_else(unknown)?;
        if !std::mem::replace(&mut judgement.undone, true) {
            self.rebuild();
        }
        Ok(())
    }

    /// The clusters that a stored list of judgements makes, in the order of the list.
    ///
    /// Fails as [`Clusters::judge`] does, at the first judgement that stands and cannot.
    pub fn replay(
        list: impl IntoIterator<Item = (I, I, Verdict, bool)>,
        conflict: impl Fn(&I, &I) -> bool,
    ) -> Result<Clusters<I>, Refusal> {
        let mut clusters = Clusters::new();
        for (left, right, verdict, undone) in list {
            if clusters.judgements.len() >= JUDGEMENTS_MAX {
                return Err(full());
            }
            if !undone {
                clusters.allow(&left, &right, verdict, &conflict)?;
                clusters.apply(&left, &right, verdict);
            }
            let number = clusters.judgements.len();
            clusters.judgements.push(Judgement { number, left, right, verdict, undone });
        }
        Ok(clusters)
    }

    /// The smallest id of the cluster of an id; itself if it stands alone.
    pub fn canonical<'a>(&'a self, id: &'a I) -> &'a I {
        self.canonical.get(id).unwrap_or(id)
    }

    /// All ids of the cluster of an id, in order; only itself if it stands alone.
    pub fn members(&self, id: &I) -> Vec<I> {
        let mut members = match self.members.get(self.canonical(id)) {
            Some(members) => members.clone(),
            None => vec![id.clone()],
        };
        members.sort();
        members
    }

    /// Whether a negative judgement keeps two ids apart, directly or through their clusters.
    pub fn kept_apart(&self, left: &I, right: &I) -> bool {
        let (left, right) = (self.canonical(left), self.canonical(right));
        self.apart.get(left).is_some_and(|others| others.contains_key(right))
    }

    /// Each id that does not stand for itself, with the one that stands for it, in order.
    pub fn merged(&self) -> impl Iterator<Item = (&I, &I)> {
        self.canonical.iter().filter(|(id, canonical)| id != canonical)
    }

    /// All judgements, those taken back too, in order.
    pub fn judgements(&self) -> &[Judgement<I>] {
        &self.judgements
    }

    /// Whether a verdict can stand now.
    fn allow(
        &self,
        left: &I,
        right: &I,
        verdict: Verdict,
        conflict: &impl Fn(&I, &I) -> bool,
    ) -> Result<(), Refusal> {
        let together = self.canonical(left) == self.canonical(right);
        match verdict {
            Verdict::Unsure => Ok(()),
            Verdict::Negative if together => Err(apart()),
            Verdict::Negative => Ok(()),
            Verdict::Positive if together => Ok(()),
            Verdict::Positive if self.kept_apart(left, right) => Err(apart()),
            Verdict::Positive => {
                let (ours, theirs) = (self.members(left), self.members(right));
                let differ = ours.iter().any(|a| theirs.iter().any(|b| conflict(a, b)));
                if differ { Err(keys_differ()) } else { Ok(()) }
            }
        }
    }

    /// Makes a verdict true; it was allowed.
    fn apply(&mut self, left: &I, right: &I, verdict: Verdict) {
        let (a, b) = (self.canonical(left).clone(), self.canonical(right).clone());
        match verdict {
            Verdict::Unsure => {}
            Verdict::Negative => {
                *self.apart.entry(a.clone()).or_default().entry(b.clone()).or_insert(0) += 1;
                *self.apart.entry(b).or_default().entry(a).or_insert(0) += 1;
            }
            Verdict::Positive if a == b => {}
            Verdict::Positive => self.join(a, b),
        }
    }

    /// Joins two clusters under the smaller of their ids; the smaller cluster is rewritten.
    fn join(&mut self, a: I, b: I) {
        let (keep, drop) = if a < b { (a, b) } else { (b, a) };
        let mut ours = self.members.remove(&keep).unwrap_or_else(|| vec![keep.clone()]);
        let theirs = self.members.remove(&drop).unwrap_or_else(|| vec![drop.clone()]);
        for id in &theirs {
            self.canonical.insert(id.clone(), keep.clone());
        }
        self.canonical.insert(keep.clone(), keep.clone());
        ours.extend(theirs);
        self.members.insert(keep.clone(), ours);
        for (other, count) in self.apart.remove(&drop).unwrap_or_default() {
            if let Some(back) = self.apart.get_mut(&other) {
                back.remove(&drop);
                *back.entry(keep.clone()).or_insert(0) += count;
            }
            *self.apart.entry(keep.clone()).or_default().entry(other).or_insert(0) += count;
        }
    }

    /// Replays what stands. What was allowed with more judgements before it is allowed with
    /// fewer: a judgement that is taken back only ever joined or parted, and both only forbid.
    fn rebuild(&mut self) {
        self.canonical.clear();
        self.members.clear();
        self.apart.clear();
        let judgements = std::mem::take(&mut self.judgements);
        for judgement in judgements.iter().filter(|judgement| !judgement.undone) {
            self.apply(&judgement.left, &judgement.right, judgement.verdict);
        }
        self.judgements = judgements;
    }
}

/// The ids of clusters and who is in them, for tests and reports: canonical id to its members.
impl<I: Ord + Clone> Clusters<I> {
    /// Clusters of more than one id, in order of their canonical id, members in order.
    pub fn list(&self) -> Vec<(I, BTreeSet<I>)> {
        let set = |members: &Vec<I>| members.iter().cloned().collect();
        self.members.iter().map(|(id, members)| (id.clone(), set(members))).collect()
    }
}

fn apart() -> Refusal {
    Refusal::new(
        "E-ER-01",
        "two entities that were judged different never become one",
        "已有判定认为二者不同,不能合并;请先撤销该判定",
        "a judgement keeps the two apart; undo it first",
    )
}

fn keys_differ() -> Refusal {
    Refusal::new(
        "E-ER-02",
        "two entities whose strong keys differ never become one",
        "二者的强标识(如统一社会信用代码)不同,不能合并",
        "the strong keys of the two differ, such as their credit codes",
    )
}

fn full() -> Refusal {
    Refusal::new(
        "E-ER-03",
        format!("a list holds at most {JUDGEMENTS_MAX} judgements"),
        "判定数量已达上限",
        "the list of judgements is full",
    )
}

fn unknown() -> Refusal {
    Refusal::new("E-ER-04", "a judgement has a number", "没有此判定", "there is no such judgement")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Step = (u8, u8, u8, u8);

    fn free(_: &u8, _: &u8) -> bool {
        false
    }

    /// Plays steps: four in five judge, the rest undo.
    fn play(steps: &[Step]) -> Clusters<u8> {
        let mut clusters = Clusters::new();
        for (kind, left, right, number) in steps {
            let verdict = match kind % 5 {
                0 | 1 => Verdict::Positive,
                2 => Verdict::Negative,
                3 => Verdict::Unsure,
                _ => {
                    let _ = clusters.undo(usize::from(*number));
                    continue;
                }
            };
            if left != right {
                let _ = clusters.judge(*left, *right, verdict, free);
            }
        }
        clusters
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec((0_u8..5, 0_u8..12, 0_u8..12, 0_u8..30), 0..60)
    }

    /// Clusters by the plainest means: repeat until nothing changes.
    fn naive(clusters: &Clusters<u8>) -> Vec<u8> {
        let mut of: Vec<u8> = (0..12).collect();
        for _ in 0..12 {
            for j in clusters.judgements() {
                if !j.undone && j.verdict == Verdict::Positive {
                    let (a, b) = (usize::from(j.left), usize::from(j.right));
                    let low = of[a].min(of[b]);
                    (of[a], of[b]) = (low, low);
                }
            }
        }
        of
    }

    proptest! {
        #[test]
        fn what_stands_decides(steps in steps()) {
            let clusters = play(&steps);
            let expected = naive(&clusters);
            for id in 0..12_u8 {
                prop_assert_eq!(*clusters.canonical(&id), expected[usize::from(id)]);
                prop_assert!(clusters.members(&id).contains(&id));
            }
            let list = clusters.judgements().iter();
            let list = list.map(|j| (j.left, j.right, j.verdict, j.undone));
            let again = Clusters::replay(list, free).expect("what stood can stand");
            prop_assert_eq!(clusters.list(), again.list());
            prop_assert_eq!(clusters.apart, again.apart);
        }

        #[test]
        fn negatives_never_meet(steps in steps()) {
            let clusters = play(&steps);
            for j in clusters.judgements() {
                if !j.undone && j.verdict == Verdict::Negative {
                    prop_assert_ne!(clusters.canonical(&j.left), clusters.canonical(&j.right));
                    prop_assert!(clusters.kept_apart(&j.left, &j.right));
                }
            }
        }

        #[test]
        fn undoing_all_leaves_each_id_itself(steps in steps()) {
            let mut clusters = play(&steps);
            for number in 0..clusters.judgements().len() {
                clusters.undo(number).expect("a number that was given");
            }
            prop_assert_eq!(clusters.merged().count(), 0);
            prop_assert!(clusters.list().is_empty());
            prop_assert!(clusters.apart.is_empty());
        }
    }

    #[test]
    fn refuses_with_codes() {
        let mut clusters = Clusters::new();
        let code = |result: Result<usize, Refusal>| result.map_err(|r| r.code);
        let keys = |a: &&str, b: &&str| *a == "k1" && *b == "k2" || *a == "k2" && *b == "k1";
        assert_eq!(code(clusters.judge("a", "b", Verdict::Negative, keys)), Ok(0));
        assert_eq!(code(clusters.judge("b", "c", Verdict::Positive, keys)), Ok(1));
        assert_eq!(code(clusters.judge("c", "a", Verdict::Positive, keys)), Err("E-ER-01"));
        assert_eq!(code(clusters.judge("b", "c", Verdict::Negative, keys)), Err("E-ER-01"));
        assert_eq!(code(clusters.judge("k1", "x", Verdict::Positive, keys)), Ok(2));
        assert_eq!(code(clusters.judge("x", "k2", Verdict::Positive, keys)), Err("E-ER-02"));
        assert_eq!(clusters.undo(9).map_err(|r| r.code), Err("E-ER-04"));
        assert_eq!(clusters.canonical(&"c"), &"b");
        clusters.undo(0).expect("given");
        assert_eq!(code(clusters.judge("c", "a", Verdict::Positive, keys)), Ok(3));
        assert_eq!(clusters.members(&"c"), ["a", "b", "c"]);
    }
}
