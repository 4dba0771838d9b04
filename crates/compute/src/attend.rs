//! Lets run what the engine decided: what is to run is started, what is not to run is stopped, and
//! what ended is told. Every round compares the two anew, so nothing rests on having been there.

use crate::book::Book;
use crate::error::{Error, Result};
use crate::executor::{Executor, is_core, is_of};
use crate::platform::Platform;
use crate::runner::{End, Order, State, TaskId};
use compute_rules::engine::{Engine, Event, Machine};
use compute_rules::job::{Job, JobId, Standing};
use kernel::{Actor, Timestamp};
use std::collections::BTreeSet;

/// What is to run.
struct Wanted {
    job: JobId,
    attempt: u8,
    /// For each task its node, and which of its devices.
    spots: Vec<(String, Vec<usize>)>,
}

/// Attends to the jobs of some executors. Tasks of a job may run on several of them.
pub struct Attendant {
    executors: Vec<Box<dyn Executor>>,
    actor: Actor,
}

fn broken(error: &std::io::Error) -> Error {
    Error::NotKept(format!("a task: {error}"))
}

impl Attendant {
    /// An attendant in whose name things are told.
    pub fn new(executors: Vec<Box<dyn Executor>>, actor: Actor) -> Attendant {
        Attendant { executors, actor }
    }

    fn of(&self, node: &str) -> Option<usize> {
        self.executors.iter().position(|one| is_of(one.site(), node))
    }

    /// Asks every executor which machines it has, brings new ones in, and takes those out that are no
    /// longer there: what ran there starts again elsewhere. Of one that cannot be asked, nothing is
    /// changed, and the first such failure comes last.
    ///
    /// Fails as [`Platform::tell`].
    pub fn survey(&mut self, platform: &Platform, now: Timestamp) -> Result<()> {
        let mut failed = None;
        for at in 0..self.executors.len() {
            let site = self.executors[at].site().to_string();
            match self.executors[at].machines() {
                Ok(machines) => self.compare(platform, now, (&site, machines))?,
                Err(error) => failed = failed.or(Some(broken(&error))),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn compare(
        &self,
        platform: &Platform,
        now: Timestamp,
        (site, machines): (&str, Vec<Machine>),
    ) -> Result<()> {
        let there: BTreeSet<&str> = machines.iter().map(|one| one.name.as_str()).collect();
        let leaving: Vec<u32> = platform.look(|engine| {
            let nodes = engine.cluster().nodes.iter().zip(0..);
            let own = nodes.filter(|(node, _)| is_of(site, &node.name));
            let gone = own.filter(|(node, _)| !there.contains(node.name.as_str()));
            gone.map(|(_, at)| at).filter(|at| !engine.is_lost(*at)).collect()
        });
        for node in leaving {
            platform.tell(&self.actor, now, Event::Lose(node))?;
        }
        for machine in machines {
            let known =
                |engine: &Engine| engine.node(&machine.name).map(|at| (at, engine.is_lost(at)));
            match platform.look(known) {
                Some((_, false)) => {}
                Some((node, true)) => {
                    platform.tell(&self.actor, now, Event::Return(node))?;
                }
                None => {
                    platform.tell(&self.actor, now, Event::Provide(machine))?;
                }
            }
        }
        Ok(())
    }

    /// Stops every task that may run.
    ///
    /// Fails with [`Error::NotKept`] when that cannot be told.
    pub fn stop_all(&mut self) -> Result<()> {
        for executor in &mut self.executors {
            for id in executor.open_tasks() {
                executor.stop(id).map_err(|error| broken(&error))?;
            }
        }
        Ok(())
    }

    /// What is to run, of which some is ours.
    fn wanted(&self, engine: &Engine) -> Vec<Wanted> {
        let nodes = &engine.cluster().nodes;
        let wanted = |job: &Job| {
            let Standing::Running { places, .. } = &job.standing else { return None };
            let spots: Vec<(String, Vec<usize>)> = places
                .iter()
                .map(|place| (nodes[place.node].name.clone(), place.devices.clone()))
                .collect();
            let ours = spots.iter().any(|(node, _)| self.of(node).is_some());
            ours.then_some(Wanted { job: job.request.job, attempt: job.attempt, spots })
        };
        engine.running().filter_map(wanted).collect()
    }

    /// One round. Answers whether anything was to be done. A job that cannot be attended keeps no
    /// other from it; the first such failure comes last.
    ///
    /// Fails as [`Platform::tell`], and with [`Error::NotKept`] when a task cannot be started or seen;
    /// the next round tries again.
    pub fn round(&mut self, platform: &Platform, now: Timestamp) -> Result<bool> {
        let wanted = platform.look(|engine| self.wanted(engine));
        // Nothing is run that is not kept.
        platform.settle()?;
        let (mut done, mut failed) = (false, None);
        let wants: BTreeSet<(u64, u8)> =
            wanted.iter().map(|one| (one.job.0, one.attempt)).collect();
        for executor in &mut self.executors {
            for id in executor.open_tasks() {
                if !wants.contains(&(id.job, id.attempt)) {
                    let looked = executor.stop(id).and_then(|()| executor.look(id));
                    failed = failed.or(looked.err().map(|error| broken(&error)));
                }
            }
        }
        for one in &wanted {
            match self.attend(platform, now, one) {
                Ok(some) => done |= some,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        // Last: what ended before its limit is not over it, however late that is heard.
        done |= platform.tick(&self.actor, now)?.is_some();
        failed.map_or(Ok(done), Err)
    }

    /// Looks at the tasks of a job, starts those that never were, and tells what came of them.
    fn attend(&mut self, platform: &Platform, now: Timestamp, one: &Wanted) -> Result<bool> {
        let (mut ends, mut gone, mut started): (Vec<End>, bool, bool) = (Vec::new(), false, false);
        for ((node, devices), task) in one.spots.iter().zip(0..) {
            let id = TaskId { job: one.job.0, attempt: one.attempt, task };
            // What another server runs is not seen from here.
            let Some(at) = self.of(node) else { continue };
            let executor = &mut self.executors[at];
            match executor.look(id).map_err(|error| broken(&error))? {
                State::Absent => {
                    let Some(order) = order_of(platform, one.job, (node, devices)) else {
                        // It came without a program: there is nothing that could run.
                        let event = Event::Report(one.job, false, now);
                        platform.tell_of(&self.actor, now, (one.job, one.attempt), event)?;
                        return Ok(true);
                    };
                    executor.start(id, node, &order).map_err(|error| broken(&error))?;
                    started = true;
                }
                State::Running => {}
                State::Ended(end) => ends.push(end),
                State::Gone => gone = true,
            }
        }
        let failed = ends.iter().filter(|end| end.code != Some(0)).map(|end| end.at).min();
        let all = ends.len() == one.spots.len();
        let event = match (failed, gone) {
            (Some(at), _) => Event::Report(one.job, false, at),
            (None, true) => Event::Redo(one.job),
            (None, false) if all => {
                let last = ends.iter().map(|end| end.at).max().unwrap_or(now);
                Event::Report(one.job, true, last)
            }
            _ => return Ok(started),
        };
        platform.tell_of(&self.actor, now, (one.job, one.attempt), event)?;
        Ok(true)
    }
}

/// What a task of a job runs on these devices of a node; none for one that came without a program.
fn order_of(platform: &Platform, job: JobId, (node, devices): (&str, &[usize])) -> Option<Order> {
    platform.see(|engine, book| {
        let node = &engine.cluster().nodes[engine.node(node)? as usize];
        let core = is_core(&engine.cluster().models[node.model]);
        order(engine, book, job, (devices, core))
    })
}

/// The same on devices that are cores of their node, or are not.
fn order(
    engine: &Engine,
    book: &Book,
    job: JobId,
    (devices, core): (&[usize], bool),
) -> Option<Order> {
    let (request, program) = (&engine.job(job)?.request, book.program(job)?);
    Some(Order {
        command: program.command.clone(),
        tasks: request.tasks,
        cpu: request.cpu,
        memory: request.memory,
        limit: request.limit,
        devices: devices.to_vec(),
        accelerators: if core { 0 } else { devices.len() as i64 },
        share: request.share,
        array: program.array.map_or((0, 1), |member| (member.index, member.count)),
    })
}

/// What each task of a job runs, and on which node, where that is decided; none for a job that came
/// without a program. One that has no place yet is taken to have its first devices.
pub fn orders(engine: &Engine, book: &Book, id: JobId) -> Option<Vec<(Option<String>, Order)>> {
    let job = engine.job(id)?;
    let cluster = engine.cluster();
    let places = match &job.standing {
        Standing::Running { places, .. } => places.as_slice(),
        _ => job.runs.last().map_or(&[][..], |run| run.places.as_slice()),
    };
    let placed = places.iter().map(|place| {
        let node = &cluster.nodes[place.node];
        let core = is_core(&cluster.models[node.model]);
        Some((Some(node.name.clone()), order(engine, book, id, (&place.devices, core))?))
    });
    if !places.is_empty() {
        return placed.collect();
    }
    let kinds = &job.request.kinds;
    let core = |kind: &u16| is_core(&cluster.models[usize::from(*kind)]);
    let core = !kinds.is_empty() && kinds.iter().all(core);
    let devices: Vec<usize> = (0..job.request.devices as usize).collect();
    let one = order(engine, book, id, (&devices, core))?;
    Some((0..job.request.tasks).map(|_| (None, one.clone())).collect())
}
