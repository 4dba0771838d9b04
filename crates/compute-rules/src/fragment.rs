//! Fragmentation: the part of free devices that a target workload cannot use (FGD, ATC '23).

use crate::cluster::{Cluster, Node};
use crate::task::{Models, Task};
use std::collections::BTreeMap;

/// A class of tasks with how often it comes.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// CPU, milli-cores.
    pub cpu: i64,
    /// Share of a device, milli-GPU.
    pub share: i64,
    /// Devices.
    pub devices: i64,
    /// Models.
    pub models: Models,
    /// How often, 0 to 1; the classes sum to 1.
    pub weight: f64,
}

/// The most frequent classes of a workload that make up at least 95 % of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Target {
    classes: Vec<Class>,
    /// The shares that occur, each once, ascending; none of them 0.
    shares: Vec<i64>,
    /// For each class the place of its share; none for a class of CPU only.
    places: Vec<Option<usize>>,
}

/// What a node's free devices come to for each share of a target: how many suffice, and the sum of
/// those that do not.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    enough: Vec<i64>,
    short: Vec<i64>,
    room: i64,
}

impl Levels {
    /// Adds a free device, or takes one away (`sign` −1).
    fn count(&mut self, shares: &[i64], free: i64, sign: i64) {
        self.room += sign * free;
        let levels = self.enough.iter_mut().zip(&mut self.short);
        for ((enough, short), share) in levels.zip(shares) {
            let fits = i64::from(free >= *share);
            *enough += sign * fits;
            *short += sign * free * (1 - fits);
        }
    }
}

impl Target {
    /// From every task of the original workload, those of CPU only among them. Classes with the same
    /// count go by the larger request.
    pub fn of(tasks: &[Task]) -> Target {
        let mut counts: BTreeMap<(i64, i64, i64, &str), (usize, Models)> = BTreeMap::new();
        for task in tasks {
            let key = (task.cpu, task.share, task.devices, task.spec.as_str());
            counts.entry(key).or_insert((0, task.models)).0 += 1;
        }
        let mut all: Vec<_> = counts.into_iter().collect();
        all.sort_by(|(a, (x, _)), (b, (y, _))| y.cmp(x).then_with(|| b.cmp(a)));
        let (mut kept, mut seen) = (Vec::new(), 0);
        for (key, (count, models)) in all {
            if seen * 100 >= tasks.len() * 95 {
                break;
            }
            seen += count;
            kept.push((key, count, models));
        }
        let class =
            |((cpu, share, devices, _), count, models): ((i64, i64, i64, &str), usize, Models)| {
                Class { cpu, share, devices, models, weight: count as f64 / seen as f64 }
            };
        Target::new(kept.into_iter().map(class).collect())
    }

    /// From classes whose weights sum to 1.
    pub fn new(classes: Vec<Class>) -> Target {
        let used = classes.iter().map(|class| class.share).filter(|share| *share > 0);
        let mut shares: Vec<i64> = used.collect();
        shares.sort_unstable();
        shares.dedup();
        let place = |class: &Class| shares.binary_search(&class.share).ok();
        let places = classes.iter().map(place).collect();
        Target { classes, shares, places }
    }

    /// The classes, the most frequent first.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The levels of a node's free devices.
    pub fn levels(&self, free: &[i64], levels: &mut Levels) {
        levels.room = 0;
        levels.enough.clear();
        levels.enough.resize(self.shares.len(), 0);
        levels.short.clear();
        levels.short.resize(self.shares.len(), 0);
        for one in free {
            levels.count(&self.shares, *one, 1);
        }
    }

    /// Exchanges one free device for another, as a task that takes a share of it does.
    pub fn exchange(&self, levels: &mut Levels, before: i64, after: i64) {
        levels.count(&self.shares, before, -1);
        levels.count(&self.shares, after, 1);
    }

    /// The expected unusable part of a node's free devices, milli-GPU.
    pub fn node(&self, node: &Node) -> f64 {
        let mut levels = Levels::default();
        self.levels(&node.free, &mut levels);
        self.part(node.cpu, node.model, &levels)
    }

    /// The same for a node with this free CPU, model and levels of devices.
    ///
    /// Classes are summed in their order: the published decisions hang on the last bit.
    pub fn part(&self, cpu: i64, model: usize, levels: &Levels) -> f64 {
        let mut total = 0.0;
        for (class, place) in self.classes.iter().zip(&self.places) {
            // A class of CPU only can use no device: all that is free is unusable to it.
            let unusable = match place {
                Some(at)
                    if levels.enough[*at] >= class.devices
                        && cpu >= class.cpu
                        && class.models.has(model) =>
                {
                    levels.short[*at]
                }
                _ => levels.room,
            };
            total += class.weight * unusable as f64;
        }
        total
    }

    /// The fragmentation of a cluster, milli-GPU.
    pub fn cluster(&self, cluster: &Cluster) -> f64 {
        cluster.nodes.iter().map(|node| self.node(node)).sum()
    }
}
