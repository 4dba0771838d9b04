//! The lane for hashing: each password costs 19 MiB and some tens of milliseconds, so only a few
//! at once, and only so many in line.

use crate::error::{Error, Result};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many may wait for each one at work.
const WAITING_PER_PLACE: usize = 8;

/// Bounds work that is dear in memory. Blocks its thread while waiting.
#[derive(Debug)]
pub struct HashLane {
    places: usize,
    now: Mutex<Crowd>,
    free: Condvar,
}

#[derive(Debug, Default)]
struct Crowd {
    working: usize,
    waiting: usize,
}

impl HashLane {
    /// With this many places, at least one. Eight times as many may wait.
    pub fn new(places: usize) -> HashLane {
        HashLane { places: places.max(1), now: Mutex::new(Crowd::default()), free: Condvar::new() }
    }

    /// Runs `work` as soon as there is a place; fails with [`Error::Rate`] if the line is full.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T> {
        let _place = self.enter()?;
        Ok(work())
    }

    fn enter(&self) -> Result<Place<'_>> {
        let mut crowd = self.crowd();
        if crowd.working >= self.places {
            if crowd.waiting >= self.places * WAITING_PER_PLACE {
                return Err(Error::Rate { retry_after_s: 1 });
            }
            crowd.waiting += 1;
            while crowd.working >= self.places {
                crowd = self.free.wait(crowd).unwrap_or_else(PoisonError::into_inner);
            }
            crowd.waiting -= 1;
        }
        crowd.working += 1;
        Ok(Place(self))
    }

    fn crowd(&self) -> MutexGuard<'_, Crowd> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the place back, also when the work panics.
struct Place<'a>(&'a HashLane);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.crowd().working -= 1;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_than_its_places_at_once() {
        let (lane, now, most) = (HashLane::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    lane.run(|| {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    })
                    .expect("room in the line");
                });
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(lane.crowd().working, 0);
    }

    #[test]
    fn a_full_line_is_refused() {
        let (lane, start, end) = (HashLane::new(1), Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                lane.run(|| {
                    start.wait();
                    end.wait();
                })
            });
            start.wait();
            lane.crowd().waiting = WAITING_PER_PLACE;
            let error = lane.run(|| ()).expect_err("the line is full");
            assert_eq!(error.code(), Some("E-RATE-01"));
            lane.crowd().waiting = 0;
            end.wait();
        });
        assert_eq!(lane.run(|| 7).expect("free again"), 7);
    }
}
