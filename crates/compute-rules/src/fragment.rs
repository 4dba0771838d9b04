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
pub struct Target(pub Vec<Class>);

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
        Target(kept.into_iter().map(class).collect())
    }

    /// The expected unusable part of a node's free devices, milli-GPU.
    pub fn node(&self, node: &Node) -> f64 {
        self.part(node.cpu, node.model, &node.free)
    }

    /// The same for a node with this free CPU, model and devices.
    pub fn part(&self, cpu: i64, model: usize, free: &[i64]) -> f64 {
        let room: i64 = free.iter().sum();
        let mut total = 0.0;
        for class in &self.0 {
            let mut unusable = room;
            // A class of CPU only can use no device: all that is free is unusable to it.
            if class.share > 0 && class.models.has(model) && cpu >= class.cpu {
                let (mut fit, mut small) = (0, 0);
                for one in free {
                    match *one >= class.share {
                        true => fit += 1,
                        false => small += *one,
                    }
                }
                if fit >= class.devices {
                    unusable = small;
                }
            }
            total += class.weight * unusable as f64;
        }
        total
    }

    /// The fragmentation of a cluster, milli-GPU.
    pub fn cluster(&self, cluster: &Cluster) -> f64 {
        cluster.nodes.iter().map(|node| self.node(node)).sum()
    }
}
