//! A standing index over a cluster: for each kind of request the score of every node, kept as nodes
//! change, so that a decision touches what changed and not the cluster.
//!
//! Decisions are those of [`Packer`](crate::packing::Packer), to the node and the device.

use crate::cluster::Cluster;
use crate::fragment::Target;
use crate::packing::{Kind, Policy, Scorer, kind};
use crate::task::Task;
use std::collections::HashMap;

/// Nodes under one entry of the next floor.
const FAN: usize = 64;
/// A node that a request does not fit on.
const UNFIT: i64 = i64::MIN;
/// How many nodes of an idle kind are scored again beside a decision, so that none falls far behind.
const CATCH_UP: usize = 8;
/// A kind that lags by less is left alone.
const LAG: usize = 64;
/// A log that is longer is begun anew; by then every kind has been let catch up many times.
const LOG_MAX: usize = 1 << 20;

/// A score as a whole number in the same order, so that highest ones are found without care for
/// what is no number.
fn ordered(score: f64) -> i64 {
    // Nought has two signs; one of them is enough.
    let bits = (score + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The nodes by their score for one kind of request; the highest is found from the top, and among
/// equals the one of the smallest rank, because nodes stand in the order of their ranks.
#[derive(Debug, Clone)]
struct Ladder {
    /// Score of the node of each rank.
    scores: Vec<i64>,
    /// The device a shared task would take there.
    devices: Vec<u8>,
    /// The highest of each group of [`FAN`] scores, and of each group of those.
    groups: Vec<i64>,
    halls: Vec<i64>,
    /// The version of each node that its score is of.
    versions: Vec<u32>,
    /// How far this kind has read the changes of its roster.
    read: usize,
    roster: usize,
    asked: Task,
}

impl Ladder {
    fn new(task: &Task, roster: usize, nodes: usize, log: usize) -> Ladder {
        Ladder {
            roster,
            scores: vec![UNFIT; nodes],
            devices: vec![0; nodes],
            groups: vec![UNFIT; nodes.div_ceil(FAN)],
            halls: vec![UNFIT; nodes.div_ceil(FAN).div_ceil(FAN)],
            versions: vec![u32::MAX; nodes],
            read: log,
            asked: task.clone(),
        }
    }

    fn set(&mut self, rank: usize, score: i64, device: u8) {
        let before = std::mem::replace(&mut self.scores[rank], score);
        self.devices[rank] = device;
        if before != score {
            raise(&self.scores, &mut self.groups, rank, before, score).and_then(
                |(at, before, after)| raise(&self.groups, &mut self.halls, at, before, after),
            );
        }
    }

    fn best(&self) -> Option<usize> {
        let most = *self.halls.iter().max()?;
        if most == UNFIT {
            return None;
        }
        let hall = self.halls.iter().position(|score| *score == most)?;
        let group = first(&self.groups, hall, most)?;
        first(&self.scores, group, most)
    }
}

/// The first of a group with a score.
fn first(scores: &[i64], group: usize, score: i64) -> Option<usize> {
    let start = group * FAN;
    let end = (start + FAN).min(scores.len());
    scores[start..end].iter().position(|one| *one == score).map(|at| start + at)
}

/// Keeps the highest of a group after one of it changed; what changed above, if anything did.
fn raise(
    below: &[i64],
    above: &mut [i64],
    at: usize,
    before: i64,
    after: i64,
) -> Option<(usize, i64, i64)> {
    let group = at / FAN;
    let most = above[group];
    let now = if after >= most {
        after
    } else if before == most {
        let end = ((group + 1) * FAN).min(below.len());
        below[group * FAN..end].iter().copied().max().unwrap_or(UNFIT)
    } else {
        return None;
    };
    above[group] = now;
    (now != most).then_some((group, most, now))
}

/// Nodes in the order of their ranks, and which of them changed.
#[derive(Debug, Clone, Default)]
struct Roster {
    /// The node of each place.
    nodes: Vec<u32>,
    /// Places of nodes that changed, in order.
    log: Vec<u32>,
    /// How long the log was when room was last made; all that came later took room.
    freed: usize,
}

/// The index.
#[derive(Debug, Clone)]
pub struct Index {
    scorer: Scorer,
    kinds: HashMap<(Kind, u8), usize>,
    ladders: Vec<Ladder>,
    /// For each slot all its nodes, and those of each model: who asks for one model only need not hear
    /// of others.
    rosters: Vec<Roster>,
    /// Rosters of a slot.
    models: usize,
    /// The slot of each node, its place among all in it, and among those of its model.
    places: Vec<(u8, u32, u32)>,
    turn: usize,
}

impl Index {
    /// An index of a cluster under a policy whose score of a node hangs on that node alone; for best
    /// fit, whose scores are spread over all nodes, there is none.
    pub fn new(policy: Policy, target: Target, cluster: &Cluster) -> Option<Index> {
        Index::with_slots(policy, target, cluster, &vec![0; cluster.nodes.len()])
    }

    /// The same for a cluster whose nodes are kept apart, each in one of some slots.
    pub fn with_slots(
        policy: Policy,
        target: Target,
        cluster: &Cluster,
        slots: &[u8],
    ) -> Option<Index> {
        if policy == Policy::BestFit {
            return None;
        }
        Some(Index::by(Scorer::new(policy, target, cluster), cluster, slots))
    }

    /// The same, scored so; a scorer of best fit has no index that decides alike.
    pub(crate) fn by(scorer: Scorer, cluster: &Cluster, slots: &[u8]) -> Index {
        let mut all: Vec<u32> = (0..cluster.nodes.len() as u32).collect();
        all.sort_unstable_by_key(|at| cluster.nodes[*at as usize].rank);
        let models = 1 + cluster.models.len();
        let count = 1 + slots.iter().copied().max().map_or(0, usize::from);
        let mut rosters = vec![Roster::default(); models * count];
        let mut places = vec![(0, 0, 0); all.len()];
        for node in all {
            let (at, slot) = (node as usize, slots[node as usize]);
            let (among_all, own) = (usize::from(slot) * models, 1 + cluster.nodes[at].model);
            let len = |roster: usize| rosters[roster].nodes.len() as u32;
            places[at] = (slot, len(among_all), len(among_all + own));
            rosters[among_all].nodes.push(node);
            rosters[among_all + own].nodes.push(node);
        }
        Index {
            scorer,
            kinds: HashMap::new(),
            ladders: Vec::new(),
            rosters,
            models,
            places,
            turn: 0,
        }
    }

    /// Makes a kind of request known before it is asked for: the first question of a kind scores all
    /// nodes.
    pub fn know(&mut self, cluster: &Cluster, task: &Task) {
        self.ladder(cluster, task, 0);
    }

    /// How many kinds of request are known.
    pub fn kinds(&self) -> usize {
        self.ladders.len()
    }

    /// Where a task goes: the node, a place in [`Cluster::nodes`], and which of its devices; none when
    /// it fits nowhere.
    pub fn choose(&mut self, cluster: &Cluster, task: &Task) -> Option<(usize, Vec<usize>)> {
        self.choose_in(cluster, task, 0)
    }

    /// The same among the nodes of one slot.
    pub fn choose_in(
        &mut self,
        cluster: &Cluster,
        task: &Task,
        slot: u8,
    ) -> Option<(usize, Vec<usize>)> {
        let at = self.ladder(cluster, task, slot);
        // Taking room makes no node fit: what fitted nowhere still does not.
        let ladder = &self.ladders[at];
        if ladder.read >= self.rosters[ladder.roster].freed && ladder.best().is_none() {
            return None;
        }
        self.follow(cluster, at, usize::MAX);
        let ladder = &self.ladders[at];
        let rank = ladder.best()?;
        let node = self.rosters[ladder.roster].nodes[rank] as usize;
        let chosen = usize::from(ladder.devices[rank]);
        Some((node, cluster.nodes[node].devices_of(task, chosen)))
    }

    /// Says that a node changed: room was taken there, or made.
    pub fn changed(&mut self, cluster: &Cluster, node: usize, made_room: bool) {
        let (slot, among_all, among_own) = self.places[node];
        let all = usize::from(slot) * self.models;
        let own = all + 1 + cluster.nodes[node].model;
        self.rosters[all].log.push(among_all);
        self.rosters[own].log.push(among_own);
        if made_room {
            for roster in [all, own] {
                self.rosters[roster].freed = self.rosters[roster].log.len();
            }
        }
        self.catch_up(cluster);
        for roster in [all, own] {
            if self.rosters[roster].log.len() > LOG_MAX {
                self.cut(cluster, roster);
            }
        }
    }

    fn ladder(&mut self, cluster: &Cluster, task: &Task, slot: u8) -> usize {
        let kind = (kind(task), slot);
        if let Some(at) = self.kinds.get(&kind) {
            return *at;
        }
        // A task of CPU only runs anywhere, whatever models it names.
        let one = task.models.only().filter(|_| task.devices > 0).map(|model| 1 + model);
        let own = one.filter(|roster| *roster < self.models).unwrap_or(0);
        let roster = usize::from(slot) * self.models + own;
        let Roster { nodes, log, .. } = &self.rosters[roster];
        let mut ladder = Ladder::new(task, roster, nodes.len(), log.len());
        for (place, node) in nodes.iter().enumerate() {
            score(&mut self.scorer, cluster, &mut ladder, (place, *node as usize));
        }
        self.ladders.push(ladder);
        self.kinds.insert(kind, self.ladders.len() - 1);
        self.ladders.len() - 1
    }

    /// Scores nodes that changed since a kind last looked, at most so many.
    fn follow(&mut self, cluster: &Cluster, at: usize, most: usize) {
        let ladder = &mut self.ladders[at];
        let Roster { nodes, log, .. } = &self.rosters[ladder.roster];
        let mut done = 0;
        while ladder.read < log.len() && done < most {
            let place = log[ladder.read] as usize;
            ladder.read += 1;
            let node = nodes[place] as usize;
            done += usize::from(score(&mut self.scorer, cluster, ladder, (place, node)));
        }
    }

    /// Lets one idle kind after the other catch up a little.
    fn catch_up(&mut self, cluster: &Cluster) {
        if self.ladders.is_empty() {
            return;
        }
        self.turn = (self.turn + 1) % self.ladders.len();
        let ladder = &self.ladders[self.turn];
        if self.rosters[ladder.roster].log.len() - ladder.read > LAG {
            self.follow(cluster, self.turn, CATCH_UP);
        }
    }

    /// Lets every kind read a roster's log to its end, and begins a new one.
    fn cut(&mut self, cluster: &Cluster, roster: usize) {
        for at in 0..self.ladders.len() {
            if self.ladders[at].roster == roster {
                self.follow(cluster, at, usize::MAX);
                self.ladders[at].read = 0;
            }
        }
        self.rosters[roster].log.clear();
        self.rosters[roster].freed = 0;
    }
}

/// Scores a node anew, if it changed since.
fn score(
    scorer: &mut Scorer,
    cluster: &Cluster,
    ladder: &mut Ladder,
    (place, at): (usize, usize),
) -> bool {
    let node = &cluster.nodes[at];
    if ladder.versions[place] == node.version {
        return false;
    }
    ladder.versions[place] = node.version;
    match scorer.score(node, at, &ladder.asked) {
        Some(found) => ladder.set(place, ordered(found.value), found.device as u8),
        None => ladder.set(place, UNFIT, 0),
    }
    true
}

#[cfg(test)]
mod tests;
