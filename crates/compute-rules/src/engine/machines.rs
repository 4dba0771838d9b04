//! Machines that come, are lost and come back.

use super::{Decision, Engine, KINDS_MAX, Machine};
use crate::cluster::{DEVICES_MAX, Node, WHOLE};
use crate::job::{Job, JobId, Standing};
use crate::refused::{bound, refused};
use kernel::{Refusal, Timestamp};

impl Engine {
    /// Adds a machine at the end: places of nodes never move.
    pub(super) fn provide(
        &mut self,
        at: Timestamp,
        machine: Machine,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        let Machine { name, cpu, memory, devices, kind } = machine;
        bound("cpu", cpu, 0, 1 << 30)?;
        bound("memory", memory, 0, 1 << 30)?;
        bound("devices", devices, 0, DEVICES_MAX)?;
        let known = self.cluster.models.iter().position(|model| *model == kind);
        if let Some(place) = self.names.get(&name) {
            let node = &self.empty[*place as usize];
            let same = (node.cpu, node.memory, node.free.len() as i64) == (cpu, memory, devices)
                && known == Some(node.model);
            let rule = "a node is named once";
            return match same {
                true => Ok(()),
                false => Err(refused("E-CMP-03", rule, "节点重名", "name", &name)),
            };
        }
        if known.is_none() && self.cluster.models.len() >= KINDS_MAX {
            let rule = "there are at most 64 kinds of device";
            return Err(refused("E-CMP-41", rule, "型号不能超过64种", "kind", &kind));
        }
        let model = self.cluster.model(&kind);
        let rank = self.cluster.nodes.len() as u32;
        let free = vec![WHOLE; devices as usize];
        let node = Node { name, cpu, memory, free, model, rank, ..Node::default() };
        self.names.insert(node.name.clone(), rank);
        self.cluster.capacity += node.room();
        self.slots.provide(model, node.room());
        self.empty.push(node.clone());
        self.presence.push(vec![(at, None)]);
        self.cluster.nodes.push(node);
        self.possible.clear();
        // Made anew when something is next placed: machines come by the thousand.
        self.index = None;
        if self.slots.taken() != 0 {
            // What was hopeless may be so no longer.
            self.divide(at);
        }
        self.queue.unstick();
        self.schedule(at, out);
        Ok(())
    }

    /// A node is lost: what ran there starts again, and what was paid for it is made good.
    pub(super) fn lose(
        &mut self,
        at: Timestamp,
        node: u32,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        self.known(node)?;
        if !self.lost.insert(node) {
            return Ok(());
        }
        if let Some((_, until)) = self.presence[node as usize].last_mut() {
            *until = Some(at);
        }
        let on = |job: &&Job| match &job.standing {
            Standing::Running { places, .. } => {
                places.iter().any(|place| place.node == node as usize)
            }
            _ => false,
        };
        let mut hit: Vec<JobId> =
            self.jobs.values().filter(on).map(|job| job.request.job).collect();
        hit.sort_unstable();
        for id in &hit {
            self.take_off(at, *id, out);
        }
        let lost = &mut self.cluster.nodes[node as usize];
        self.slots.add(node as usize, lost.model, -lost.room());
        // Nothing fits on a node without CPU; not even a task that asks for none.
        lost.cpu = -1;
        lost.free.iter_mut().for_each(|free| *free = 0);
        lost.version += 1;
        self.changed(node as usize, false);
        for id in hit {
            self.put_back(at, id, out);
        }
        self.schedule(at, out);
        Ok(())
    }

    pub(super) fn known(&self, node: u32) -> Result<(), Refusal> {
        if (node as usize) < self.cluster.nodes.len() {
            return Ok(());
        }
        let rule = "a node is one of the inventory";
        Err(refused("E-CMP-46", rule, "没有该节点", "node", &node.to_string()))
    }

    /// A node is back, empty.
    pub(super) fn give_back(
        &mut self,
        at: Timestamp,
        node: u32,
        out: &mut Vec<Decision>,
    ) -> Result<(), Refusal> {
        self.known(node)?;
        if !self.lost.remove(&node) {
            return Ok(());
        }
        self.presence[node as usize].push((at, None));
        let back = &mut self.cluster.nodes[node as usize];
        let empty = &self.empty[node as usize];
        back.cpu = empty.cpu;
        back.memory = empty.memory;
        back.free.clone_from(&empty.free);
        back.version += 1;
        self.slots.add(node as usize, empty.model, empty.room());
        self.changed(node as usize, true);
        self.queue.unstick();
        self.schedule(at, out);
        Ok(())
    }
}
