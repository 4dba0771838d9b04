//! What runs tasks: this machine, or a cluster that takes orders. Each brings machines in whose nodes
//! are called by its name.

use crate::runner::{Order, State, TaskId};
use compute_rules::engine::Machine;
use std::io;

/// Runs tasks. A folder for each says what is to run and how it ended; what is started twice is
/// started once.
pub trait Executor: Send {
    /// What the names of its nodes begin with, up to a slash.
    fn site(&self) -> &str;

    /// The machines that are there now.
    ///
    /// Fails when it cannot be asked; then nothing is known, and nothing is lost by that.
    fn machines(&mut self) -> io::Result<Vec<Machine>>;

    /// Tasks that may run.
    fn open_tasks(&self) -> Vec<TaskId>;

    /// Starts a task, once, on a node as it was brought in.
    ///
    /// Fails when it was not started.
    fn start(&mut self, id: TaskId, node: &str, order: &Order) -> io::Result<()>;

    /// How a task stands.
    ///
    /// Fails when that cannot be seen.
    fn look(&mut self, id: TaskId) -> io::Result<State>;

    /// Asks a task to end. One that does not is made to, soon after.
    ///
    /// Fails when the wish could not be told.
    fn stop(&mut self, id: TaskId) -> io::Result<()>;
}

/// Whether a node is one of a site's.
pub(crate) fn is_of(site: &str, node: &str) -> bool {
    node.strip_prefix(site).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a kind of device is a core of its node, and no accelerator.
pub(crate) fn is_core(kind: &str) -> bool {
    kind == "core" || kind.ends_with("-core")
}
