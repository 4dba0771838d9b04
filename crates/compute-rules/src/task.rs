//! A task: what it asks of one node.

use crate::cluster::{Cluster, DEVICES_MAX, WHOLE};
use crate::table::{number, rows};
use kernel::Refusal;

/// Models that a task may run on; a bit for each, none set is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Models(u64);

impl Models {
    /// These models.
    pub fn of(places: impl Iterator<Item = usize>) -> Models {
        Models(places.fold(0, |bits, place| bits | 1 << (place % 64)))
    }

    /// The one model, where it is one only.
    pub fn only(self) -> Option<usize> {
        (self.0.count_ones() == 1).then(|| self.0.trailing_zeros() as usize)
    }

    /// Whether a model is among them.
    pub fn has(self, model: usize) -> bool {
        self.0 == 0 || self.0 & (1 << (model % 64)) != 0
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// CPU, milli-cores.
    pub cpu: i64,
    /// Memory, MiB.
    pub memory: i64,
    /// How many devices; 0 for a task of CPU only.
    pub devices: i64,
    /// Share of each device, milli-GPU; 1,000 whenever there is more than one.
    pub share: i64,
    /// Models it may run on.
    pub models: Models,
    /// The same as it was written: classes of tasks are told apart by it.
    pub spec: String,
}

impl Task {
    /// What it takes of devices in all, milli-GPU.
    pub fn demand(&self) -> i64 {
        self.devices * self.share
    }

    /// Whether it takes a part of one device.
    pub fn is_shared(&self) -> bool {
        self.devices == 1 && self.share < WHOLE
    }

    /// Its tag for clustering: 0 when it shares a device, the number of devices otherwise.
    pub fn tag(&self) -> Option<i64> {
        match self.devices {
            0 => None,
            _ if self.is_shared() => Some(0),
            devices => Some(devices),
        }
    }

    /// Reads tasks (`name, cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec`), sorted by name.
    ///
    /// Fails with `E-CMP-01`, `E-CMP-02`, and `E-CMP-05` for a share past a whole device.
    pub fn read(text: &str, cluster: &mut Cluster) -> Result<Vec<Task>, Refusal> {
        let columns = ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "gpu_spec?"];
        let mut tasks = Vec::new();
        for (at, row) in rows(text, &columns)?.iter().enumerate() {
            let place = |column| (at + 2, column);
            let devices = number(&row[3], place("num_gpu"), DEVICES_MAX)?;
            let asked = number(&row[4], place("gpu_milli"), WHOLE)?;
            let share = match devices {
                0 => 0,
                1 => asked,
                _ => WHOLE,
            };
            if devices == 1 && share == 0 {
                let en = "a task with a device takes a share of it, 1 to 1,000 milli-GPU";
                return Err(Refusal::new("E-CMP-05", en, "显卡份额应为1至1000毫卡", en)
                    .row(at as u64 + 2)
                    .column("gpu_milli")
                    .value(&row[4]));
            }
            tasks.push(Task {
                name: row[0].clone(),
                cpu: number(&row[1], place("cpu_milli"), 1 << 40)?,
                memory: number(&row[2], place("memory_mib"), 1 << 40)?,
                devices,
                share,
                models: cluster.allowed(&row[5]),
                spec: row[5].clone(),
            });
        }
        tasks.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(tasks)
    }
}
