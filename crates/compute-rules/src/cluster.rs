//! A cluster: nodes with their free CPU, memory and devices, in whole milli-units.

use crate::table::{number, rows};
use crate::task::{Models, Task};
use kernel::Refusal;
use std::collections::BTreeMap;

/// A whole device, in milli-GPU.
pub const WHOLE: i64 = 1_000;
/// A node has at most so many devices.
pub const DEVICES_MAX: i64 = 64;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Free CPU, milli-cores.
    pub cpu: i64,
    /// Free memory, MiB.
    pub memory: i64,
    /// Free share of each device, milli-GPU, 0 to 1,000.
    pub free: Vec<i64>,
    /// Which model its devices are; a place among [`Cluster::models`].
    pub model: usize,
    /// Which node wins among equals: the smallest.
    pub rank: u32,
    /// How many tasks of each tag it holds: shared ones under 0, k whole devices under k.
    pub tags: BTreeMap<i64, u32>,
    /// Grows with every change.
    pub version: u32,
}

/// Nodes in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cluster {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Models of devices.
    pub models: Vec<String>,
    /// All devices, milli-GPU.
    pub capacity: i64,
}

impl Cluster {
    /// Reads nodes (`sn, cpu_milli, memory_mib, gpu, model`) and sorts them by name.
    ///
    /// Fails with `E-CMP-01`, `E-CMP-02` and `E-CMP-03` for two nodes of one name.
    pub fn read(text: &str) -> Result<Cluster, Refusal> {
        let mut cluster = Cluster::default();
        let columns = ["sn", "cpu_milli", "memory_mib", "gpu", "model"];
        for (at, row) in rows(text, &columns)?.iter().enumerate() {
            let place = |column| (at + 2, column);
            let devices = number(&row[3], place("gpu"), DEVICES_MAX)?;
            let model = cluster.model(&row[4]);
            cluster.capacity += devices * WHOLE;
            cluster.nodes.push(Node {
                name: row[0].clone(),
                cpu: number(&row[1], place("cpu_milli"), 1 << 40)?,
                memory: number(&row[2], place("memory_mib"), 1 << 40)?,
                free: vec![WHOLE; devices as usize],
                model,
                rank: 0,
                tags: BTreeMap::new(),
                version: 0,
            });
        }
        cluster.nodes.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = cluster.nodes.windows(2).find(|pair| pair[0].name == pair[1].name) {
            let en = "a node is named once";
            return Err(Refusal::new("E-CMP-03", en, "节点重名", en)
                .column("sn")
                .value(&pair[0].name));
        }
        for (rank, node) in cluster.nodes.iter_mut().enumerate() {
            node.rank = rank as u32;
        }
        Ok(cluster)
    }

    /// The place of a model; a new one is added.
    pub fn model(&mut self, name: &str) -> usize {
        self.models.iter().position(|known| known == name).unwrap_or_else(|| {
            self.models.push(name.to_string());
            self.models.len() - 1
        })
    }

    /// The models that a request names with `|` between them; an empty one is any.
    pub fn allowed(&mut self, text: &str) -> Models {
        let names = text.split('|').map(str::trim).filter(|name| !name.is_empty());
        Models::of(names.map(|name| self.model(name)))
    }

    /// Gives each node its rank among equals.
    ///
    /// Fails with `E-CMP-04` unless there is one rank a node, each once.
    pub fn rank(&mut self, ranks: &[u32]) -> Result<(), Refusal> {
        let mut sorted = ranks.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if ranks.len() != self.nodes.len() || sorted.len() != ranks.len() {
            let en = "each node has one rank, and no two the same";
            return Err(Refusal::new("E-CMP-04", en, "每个节点应有且只有一个名次", en)
                .column("ranks")
                .value(&ranks.len().to_string()));
        }
        for (node, rank) in self.nodes.iter_mut().zip(ranks) {
            node.rank = *rank;
        }
        Ok(())
    }

    /// Free devices in all, milli-GPU.
    pub fn free(&self) -> i64 {
        self.nodes.iter().map(Node::room).sum()
    }
}

impl Node {
    /// Free share of all its devices, milli-GPU.
    pub fn room(&self) -> i64 {
        self.free.iter().sum()
    }

    /// Whether a task fits.
    pub fn fits(&self, task: &Task) -> bool {
        if task.cpu > self.cpu || task.memory > self.memory {
            return false;
        }
        if task.devices == 0 {
            return true;
        }
        let devices = self.free.iter().filter(|free| **free >= task.share).count() as i64;
        task.models.has(self.model) && devices >= task.devices
    }

    /// How many times a task fits.
    pub fn times(&self, task: &Task) -> u64 {
        if !self.fits(task) {
            return 0;
        }
        let often = |there: i64, asked: i64| if asked > 0 { there / asked } else { i64::MAX };
        let devices = match (task.devices, task.is_shared()) {
            (0, _) => i64::MAX,
            (_, true) => self.free.iter().map(|free| free / task.share).sum(),
            (devices, false) => self.whole(DEVICES_MAX).len() as i64 / devices,
        };
        let least = devices.min(often(self.cpu, task.cpu)).min(often(self.memory, task.memory));
        least.max(0) as u64
    }

    /// Puts a task on these devices.
    pub fn place(&mut self, task: &Task, devices: &[usize]) {
        self.cpu -= task.cpu;
        self.memory -= task.memory;
        for device in devices {
            self.free[*device] -= task.share;
        }
        if let Some(tag) = task.tag() {
            *self.tags.entry(tag).or_insert(0) += 1;
        }
        self.version += 1;
    }

    /// Takes a task off these devices.
    pub fn release(&mut self, task: &Task, devices: &[usize]) {
        self.cpu += task.cpu;
        self.memory += task.memory;
        for device in devices {
            self.free[*device] += task.share;
        }
        if let Some(tag) = task.tag()
            && let Some(count) = self.tags.get_mut(&tag)
        {
            *count -= 1;
            if *count == 0 {
                self.tags.remove(&tag);
            }
        }
        self.version += 1;
    }

    /// The first whole devices that are free, as many as a task wants.
    pub fn whole(&self, count: i64) -> Vec<usize> {
        let free = self.free.iter().enumerate().filter(|(_, free)| **free == WHOLE);
        free.map(|(at, _)| at).take(count as usize).collect()
    }

    /// The devices a task takes: the one chosen for a shared task, the first whole ones for others.
    pub fn devices_of(&self, task: &Task, chosen: usize) -> Vec<usize> {
        match task.is_shared() {
            true => vec![chosen],
            false => self.whole(task.devices),
        }
    }

    /// The device with the least free share that still suffices, the first among equals.
    pub fn tightest(&self, share: i64) -> Option<usize> {
        let fit = self.free.iter().enumerate().filter(|(_, free)| **free >= share);
        fit.min_by_key(|(at, free)| (**free, *at)).map(|(at, _)| at)
    }
}
