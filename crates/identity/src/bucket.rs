//! Token buckets: at most so many in a minute and so many in an hour, for each key.
//!
//! A bucket holds `count` drops, loses one with each success and gains one every `per / count`.
//! What is kept of it is one number: when it will be full again (the generic cell rate algorithm,
//! ITU-T I.371, which is a token bucket counted backwards).

use kernel::Timestamp;
use kernel::canon::sha256;
use std::collections::{BTreeMap, BTreeSet};

/// How much in how long. The whole `count` may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many, from 1.
    pub count: u32,
    /// In how long, in microseconds, from 1.
    pub per_us: u32,
}

impl Limit {
    /// So many a minute.
    pub const fn a_minute(count: u32) -> Limit {
        Limit { count, per_us: 60_000_000 }
    }

    /// So many an hour.
    pub const fn an_hour(count: u32) -> Limit {
        Limit { count, per_us: 3_600_000_000 }
    }

    /// Time for one drop, rounded up.
    fn step_us(self) -> i64 {
        i64::from(self.per_us.max(1).div_ceil(self.count.max(1)))
    }

    /// Time from empty to full.
    fn full_us(self) -> i64 {
        self.step_us() * i64::from(self.count.max(1))
    }
}

type Key = [u8; 16];

/// Buckets by key, at most so many keys. Forgetting a key when there is no room takes the one
/// that is closest to full, so that whoever is held back stays held back.
#[derive(Debug)]
pub struct Limiter {
    limits: Vec<Limit>,
    keys_max: usize,
    /// For each key and limit: when the bucket is full again.
    full_at: BTreeMap<Key, Vec<i64>>,
    /// When all buckets of a key are full again, and the key.
    order: BTreeSet<(i64, Key)>,
}

impl Limiter {
    /// All of `limits` hold at once, for each of at most `keys_max` keys.
    pub fn new(limits: &[Limit], keys_max: usize) -> Limiter {
        Limiter {
            limits: limits.to_vec(),
            keys_max: keys_max.max(1),
            full_at: BTreeMap::new(),
            order: BTreeSet::new(),
        }
    }

    /// Microseconds until the next success for `key`; 0 is now. Changes nothing.
    pub fn wait_us(&self, now: Timestamp, key: &str) -> i64 {
        let Some(full_at) = self.full_at.get(&short(key)) else {
            return 0;
        };
        let pairs = self.limits.iter().zip(full_at);
        let waits = pairs.map(|(limit, at)| wait(*limit, now.micros(), *at));
        waits.max().unwrap_or(0)
    }

    /// Takes one drop from each bucket of `key`, or takes none and fails with the microseconds to
    /// wait. Cost: `O(log n)` in the number of keys.
    pub fn take(&mut self, now: Timestamp, key: &str) -> Result<(), i64> {
        let wait_us = self.wait_us(now, key);
        if wait_us > 0 {
            return Err(wait_us);
        }
        let (key, now) = (short(key), now.micros());
        let mut full_at = self.forget(&key);
        for (limit, at) in self.limits.iter().zip(&mut full_at) {
            *at = clamp(*limit, now, *at).saturating_add(limit.step_us());
        }
        self.make_room(now);
        self.order.insert((latest(&full_at), key));
        self.full_at.insert(key, full_at);
        Ok(())
    }

    /// How many keys are remembered.
    pub fn key_count(&self) -> usize {
        self.full_at.len()
    }

    /// The state of a key, which is gone then.
    fn forget(&mut self, key: &Key) -> Vec<i64> {
        match self.full_at.remove(key) {
            Some(full_at) => {
                self.order.remove(&(latest(&full_at), *key));
                full_at
            }
            None => vec![i64::MIN; self.limits.len()],
        }
    }

    /// Drops a key that is full again, or, when there is no room, the one closest to it. Two at
    /// most, so that the map shrinks by itself when it is quiet.
    fn make_room(&mut self, now: i64) {
        for _ in 0..2 {
            let Some((at, key)) = self.order.first().copied() else {
                return;
            };
            if at > now && self.full_at.len() < self.keys_max {
                return;
            }
            self.order.remove(&(at, key));
            self.full_at.remove(&key);
        }
    }
}

fn latest(full_at: &[i64]) -> i64 {
    full_at.iter().copied().max().unwrap_or(i64::MIN)
}

/// A bucket is never more than full, and a clock that went back never makes it less than empty.
fn clamp(limit: Limit, now: i64, at: i64) -> i64 {
    at.clamp(now, now.saturating_add(limit.full_us()))
}

fn wait(limit: Limit, now: i64, at: i64) -> i64 {
    let missing = clamp(limit, now, at).saturating_sub(now);
    (missing + limit.step_us() - limit.full_us()).max(0)
}

/// Keys of any length take 16 bytes.
fn short(key: &str) -> Key {
    let mut short = [0; 16];
    short.copy_from_slice(&sha256(key.as_bytes())[..16]);
    short
}

#[cfg(test)]
mod tests;
