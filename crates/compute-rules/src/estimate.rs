//! How long jobs run, learnt from those that ended.

use crate::queue::Job;
use std::collections::BTreeMap;

/// Sums of durations and how many they are of.
type Seen = (i64, i64);

/// What is known of durations so far, in seconds.
#[derive(Debug, Clone, Default)]
pub struct Estimates {
    own: BTreeMap<(String, i64), Seen>,
    size: BTreeMap<i64, Seen>,
    all: Seen,
}

impl Estimates {
    /// Takes in a job that ended.
    pub fn learn(&mut self, job: &Job) {
        let add = |seen: &mut Seen| {
            seen.0 += job.duration;
            seen.1 += 1;
        };
        add(self.own.entry((job.user.clone(), job.devices)).or_default());
        add(self.size.entry(job.devices).or_default());
        add(&mut self.all);
    }

    /// How long a job is expected to run: the mean of what its user ran with as many devices, of
    /// anyone with as many, of everything. Nothing is known before anything ended.
    pub fn of(&self, job: &Job) -> i64 {
        let own = self.own.get(&(job.user.clone(), job.devices)).copied();
        let size = self.size.get(&job.devices).copied();
        let mean = |(sum, count): Seen| (count > 0).then(|| sum / count);
        own.and_then(mean).or_else(|| size.and_then(mean)).or_else(|| mean(self.all)).unwrap_or(0)
    }
}
