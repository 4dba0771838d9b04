//! What is forecast while a trace runs, and how often that held: every interval is said before what it
//! is about has happened.

use super::{Ended, Job, Spot};
use crate::estimate::Estimates;
use crate::forecast::{Forecasts, Interval, Load, Made, rest, wait};
use std::collections::{BTreeMap, BTreeSet};

/// How often intervals held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Starts that lay in the interval that was said.
    pub held: usize,
    /// Starts before it.
    pub early: usize,
    /// Starts after it.
    pub late: usize,
    /// Starts of which nothing was said, because too little was known.
    pub silent: usize,
    /// How wide the intervals were, seconds.
    pub widths: Vec<i64>,
    /// How long those of which one was said waited then, seconds.
    pub waits: Vec<i64>,
}

impl Coverage {
    fn note(&mut self, said: Option<Interval>, waited: i64) {
        let Some(said) = said else {
            self.silent += 1;
            return;
        };
        self.held += usize::from(said.has(waited));
        self.early += usize::from(waited < said.from);
        self.late += usize::from(waited > said.until);
        self.widths.push((said.until - said.from) / 1_000);
        self.waits.push(waited / 1_000);
    }

    /// How many intervals were said.
    pub fn said(&self) -> usize {
        self.held + self.early + self.late
    }

    /// Takes another in.
    pub fn add(&mut self, other: Coverage) {
        self.held += other.held;
        self.early += other.early;
        self.late += other.late;
        self.silent += other.silent;
        self.widths.extend(other.widths);
        self.waits.extend(other.waits);
    }
}

/// What is seen after each event.
pub(super) struct Glimpse<'a> {
    pub(super) now: i64,
    pub(super) jobs: &'a [Job],
    /// Free devices.
    pub(super) room: i64,
    pub(super) running: &'a BTreeMap<i64, Vec<(usize, Spot)>>,
    pub(super) line: &'a [usize],
    pub(super) known: &'a Estimates,
    pub(super) ended: &'a [Ended],
}

impl Glimpse<'_> {
    fn running(&self) -> Vec<Load> {
        let of = |at: &usize| {
            let job = &self.jobs[*at];
            let ran = self.now - job.submit - self.ended[*at].waited;
            Load { room: job.devices, lasts: rest(self.known.of(job), ran) * 1_000 }
        };
        self.running.values().flatten().map(|(at, _)| of(at)).collect()
    }

    fn estimate(&self, running: &[Load], at: usize) -> i64 {
        let ahead = self.line.iter().take_while(|one| **one != at).map(|one| {
            let job = &self.jobs[*one];
            Load { room: job.devices, lasts: self.known.of(job).max(1) * 1_000 }
        });
        wait(self.room, running, ahead, self.jobs[at].devices)
    }
}

/// Forecasts of each job that does not start at once, and after each event of one that waits.
#[derive(Default)]
pub(super) struct Watcher {
    pub(super) forecasts: Forecasts,
    /// Estimates that wait for their outcome, with when they were made and whether the job had come
    /// just then.
    open: BTreeMap<usize, Vec<(i64, bool, Made)>>,
    turn: usize,
    pub(super) fresh: Coverage,
    pub(super) waited: Coverage,
}

impl Watcher {
    pub(super) fn new(forecasts: Forecasts) -> Watcher {
        Watcher { forecasts, ..Watcher::default() }
    }

    pub(super) fn look(&mut self, it: &Glimpse<'_>) {
        self.tell_late(it.now);
        self.learn(it);
        let Some(last) = it.line.len().checked_sub(1) else { return };
        self.turn += 1;
        let one = it.line[self.turn % (last + 1)];
        let comes = |at: &usize| it.jobs[*at].submit == it.now;
        let fresh = it.line.iter().copied().filter(|at| comes(at) && !self.open.contains_key(at));
        let asked: Vec<usize> = fresh.chain(Some(one).filter(|at| !comes(at))).collect();
        if asked.is_empty() {
            return;
        }
        let running = it.running();
        for at in asked {
            let fresh = comes(&at);
            let made = self.forecasts.say(fresh, it.estimate(&running, at));
            self.open.entry(at).or_default().push((it.now, fresh, made));
        }
    }

    /// Intervals that are over while their jobs wait, or waited until now.
    fn tell_late(&mut self, now: i64) {
        for (at, _, made) in self.open.values_mut().flatten() {
            if made.said.is_some_and(|said| (now - *at) * 1_000 > said.until) {
                self.forecasts.late(made);
            }
        }
    }

    fn learn(&mut self, it: &Glimpse<'_>) {
        let waits: BTreeSet<usize> = it.line.iter().copied().collect();
        let started: Vec<usize> =
            self.open.keys().copied().filter(|at| !waits.contains(at)).collect();
        for at in started {
            let start = it.jobs[at].submit + it.ended[at].waited;
            for (since, fresh, made) in self.open.remove(&at).unwrap_or_default() {
                let waited = (start - since) * 1_000;
                let sum = if fresh { &mut self.fresh } else { &mut self.waited };
                sum.note(made.said, waited);
                self.forecasts.learn(&made, waited);
            }
        }
    }
}
