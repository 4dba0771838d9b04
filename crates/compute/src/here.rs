//! This machine as a place where tasks run: one node, its cores as devices.

use crate::executor::Executor;
use crate::runner::{Order, Runner, State, TaskId};
use compute_rules::engine::Machine;
use std::io;

/// The kind of device of a machine without accelerators: a processor's core counts as a device.
pub const CORE: &str = "core";

/// This machine.
#[derive(Debug)]
pub struct Here {
    runner: Runner,
    name: String,
    size: Option<(i64, i64)>,
}

impl Here {
    /// This machine under a name that is no other's: so many cores, each a device, and so much
    /// memory for jobs, MiB. None brings nothing in.
    pub fn new(runner: Runner, name: &str, size: Option<(i64, i64)>) -> Here {
        Here { runner, name: name.to_string(), size }
    }
}

impl Executor for Here {
    fn site(&self) -> &str {
        &self.name
    }

    /// The node is called by its size too: a machine that has grown is another.
    fn machines(&mut self) -> io::Result<Vec<Machine>> {
        let machine = |(cores, memory): (i64, i64)| Machine {
            name: format!("{}/{cores}x{memory}", self.name),
            cpu: cores.saturating_mul(1_000),
            memory,
            devices: cores,
            kind: CORE.to_string(),
        };
        Ok(self.size.map(machine).into_iter().collect())
    }

    fn open_tasks(&self) -> Vec<TaskId> {
        self.runner.open_tasks()
    }

    fn start(&mut self, id: TaskId, _: &str, order: &Order) -> io::Result<()> {
        self.runner.start(id, order)
    }

    fn look(&mut self, id: TaskId) -> io::Result<State> {
        self.runner.look(id)
    }

    fn stop(&mut self, id: TaskId) -> io::Result<()> {
        self.runner.stop(id)
    }
}
