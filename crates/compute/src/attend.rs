//! Lets run what the engine decided: what is to run is started, what is not to run is stopped, and
//! what ended is told. Every round compares the two anew, so nothing rests on having been there.

use crate::error::{Error, Result};
use crate::platform::Platform;
use crate::runner::{End, Order, Runner, State, TaskId};
use compute_rules::engine::{Engine, Event, Machine};
use compute_rules::job::{Job, JobId, Standing};
use kernel::{Actor, Timestamp};
use std::collections::BTreeSet;

/// The kind of device of a machine without accelerators: a processor's core counts as a device.
pub const CORE: &str = "core";

/// What is to run.
struct Wanted {
    job: JobId,
    attempt: u8,
    tasks: u32,
}

/// Attends to the jobs of this machine.
pub struct Attendant {
    runner: Runner,
    actor: Actor,
    /// What this machine is called, no other's; its node is called that, a slash and its size.
    machine: String,
}

fn broken(error: &std::io::Error) -> Error {
    Error::NotKept(format!("a task's folder: {error}"))
}

impl Attendant {
    /// An attendant of a machine that is called like no other, by whose name things are told.
    pub fn new(runner: Runner, actor: Actor, machine: &str) -> Attendant {
        Attendant { runner, actor, machine: machine.to_string() }
    }

    fn is_own(&self, node: &str) -> bool {
        node.strip_prefix(&self.machine).is_some_and(|rest| rest.starts_with('/'))
    }

    fn runs_here(&self, engine: &Engine, job: &Job) -> bool {
        let Standing::Running { places, .. } = &job.standing else { return false };
        let nodes = &engine.cluster().nodes;
        places.iter().all(|place| self.is_own(&nodes[place.node].name))
    }

    /// Brings this machine in: so many cores, each a device, and so much memory, MiB. A machine that
    /// it was before and is no longer is lost.
    ///
    /// Fails as [`Platform::tell`].
    pub fn arrive(
        &self,
        platform: &Platform,
        now: Timestamp,
        (cores, memory): (i64, i64),
    ) -> Result<()> {
        let name = format!("{}/{cores}x{memory}", self.machine);
        self.leave(platform, now, Some(&name))?;
        let known = platform.look(|engine| engine.node(&name).map(|at| (at, engine.is_lost(at))));
        match known {
            Some((node, true)) => platform.tell(&self.actor, now, Event::Return(node)).map(|_| ()),
            Some((_, false)) => Ok(()),
            None => {
                let cpu = cores.saturating_mul(1_000);
                let kind = CORE.to_string();
                let machine = Machine { name, cpu, memory, devices: cores, kind };
                platform.tell(&self.actor, now, Event::Provide(machine)).map(|_| ())
            }
        }
    }

    /// Takes this machine out, but for the node of one name: what ran there starts again elsewhere.
    ///
    /// Fails as [`Platform::tell`].
    pub fn leave(&self, platform: &Platform, now: Timestamp, but: Option<&str>) -> Result<()> {
        let leaving = platform.look(|engine| {
            let nodes = engine.cluster().nodes.iter().zip(0..);
            let own = nodes
                .filter(|(node, _)| self.is_own(&node.name) && Some(node.name.as_str()) != but);
            own.map(|(_, at)| at).filter(|at| !engine.is_lost(*at)).collect::<Vec<u32>>()
        });
        for node in leaving {
            platform.tell(&self.actor, now, Event::Lose(node))?;
        }
        // With the machine go its tasks; where only its size changed, the next round finds them.
        let tasks = if but.is_none() { self.runner.open_tasks() } else { Vec::new() };
        tasks.into_iter().try_for_each(|id| self.runner.stop(id).map_err(|error| broken(&error)))
    }

    /// One round. Answers whether anything was to be done.
    ///
    /// Fails as [`Platform::tell`], and with [`Error::NotKept`] when a task's folder cannot be
    /// written or read; the next round tries again.
    pub fn round(&mut self, platform: &Platform, now: Timestamp) -> Result<bool> {
        let mut done = false;
        let wanted: Vec<Wanted> = platform.look(|engine| {
            let here = engine.running().filter(|job| self.runs_here(engine, job));
            let wanted = |job: &Job| Wanted {
                job: job.request.job,
                attempt: job.attempt,
                tasks: job.request.tasks,
            };
            here.map(wanted).collect()
        });
        // Nothing is run that is not kept.
        platform.settle()?;
        let wants: BTreeSet<(u64, u8)> =
            wanted.iter().map(|one| (one.job.0, one.attempt)).collect();
        for id in self.runner.open_tasks() {
            if !wants.contains(&(id.job, id.attempt)) {
                self.runner.stop(id).map_err(|error| broken(&error))?;
                self.runner.look(id).map_err(|error| broken(&error))?;
            }
        }
        for one in &wanted {
            done |= self.attend(platform, now, one)?;
        }
        // Last: what ended before its limit is not over it, however late that is heard.
        done |= platform.tick(&self.actor, now)?.is_some();
        Ok(done)
    }

    /// Looks at the tasks of a job, starts those that never were, and tells what came of them.
    fn attend(&mut self, platform: &Platform, now: Timestamp, one: &Wanted) -> Result<bool> {
        let (mut ends, mut gone, mut started): (Vec<End>, bool, bool) = (Vec::new(), false, false);
        for task in 0..one.tasks {
            let id = TaskId { job: one.job.0, attempt: one.attempt, task };
            match self.runner.look(id).map_err(|error| broken(&error))? {
                State::Absent => {
                    let Some(order) = order_of(platform, one.job) else {
                        // It came without a program: there is nothing that could run.
                        platform.tell(&self.actor, now, Event::Report(one.job, false, now))?;
                        return Ok(true);
                    };
                    self.runner.start(id, &order).map_err(|error| broken(&error))?;
                    started = true;
                }
                State::Running => {}
                State::Ended(end) => ends.push(end),
                State::Gone => gone = true,
            }
        }
        let failed = ends.iter().filter(|end| end.code != Some(0)).map(|end| end.at).min();
        let all = ends.len() == one.tasks as usize;
        let event = match (failed, gone) {
            (Some(at), _) => Event::Report(one.job, false, at),
            (None, true) => Event::Redo(one.job),
            (None, false) if all => {
                let last = ends.iter().map(|end| end.at).max().unwrap_or(now);
                Event::Report(one.job, true, last)
            }
            _ => return Ok(started),
        };
        platform.tell(&self.actor, now, event)?;
        Ok(true)
    }
}

/// What the tasks of a job run; none for one that came without a program.
fn order_of(platform: &Platform, job: JobId) -> Option<Order> {
    platform.see(|engine, book| {
        let (request, program) = (&engine.job(job)?.request, book.program(job)?);
        Some(Order {
            command: program.command.clone(),
            tasks: request.tasks,
            memory: request.memory,
            limit: request.limit,
        })
    })
}
