//! How a piece of work moves: queued, running, and then done or failed. Pure.
//!
//! ```text
//! queued --claim--> running --finish--> done
//!   ^                | | |
//!   +-----retry------+ | +----fail----> failed <--(too many attempts)-- claim, retry
//!   (after a delay)    +--(lease over)--> running again, by another worker
//! ```

use kernel::Timestamp;

const SECOND_US: i64 = 1_000_000;
/// Shortest lease and delay.
const SPAN_US_MIN: i64 = SECOND_US;
/// Longest lease and delay: 24 hours.
const SPAN_US_MAX: i64 = 24 * 3_600 * SECOND_US;

/// Where a piece of work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Over, well.
    Done,
    /// Over, badly.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [State; 4] = [State::Queued, State::Running, State::Done, State::Failed];

    /// The name used in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        matches!(self, State::Done | State::Failed)
    }
}

/// State, attempts and the next date of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: State,
    /// How often it was claimed.
    pub attempts: i64,
    /// When a worker may take it next; none once it is over.
    pub due: Option<Timestamp>,
}

/// What a claim comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is not due, or over.
    NotDue,
    /// It is the claimant's until the lease is over.
    Taken(Standing),
    /// It was tried too often (its worker kept dying) and has failed.
    GivenUp(Standing),
}

impl Standing {
    /// Queued, not before `run_after`.
    pub fn queued(run_after: Timestamp) -> Standing {
        Standing { state: State::Queued, attempts: 0, due: Some(run_after) }
    }

    /// A worker wants it for `lease_us` (1 s to 24 h).
    pub fn claim(self, now: Timestamp, lease_us: i64, attempts_max: i64) -> Claim {
        if self.due.is_none_or(|due| now < due) {
            return Claim::NotDue;
        }
        if self.attempts >= attempts_max {
            return Claim::GivenUp(self.over(State::Failed));
        }
        Claim::Taken(Standing {
            state: State::Running,
            attempts: self.attempts + 1,
            due: Some(later(now, lease_us)),
        })
    }

    /// Whether the worker of this attempt still has it. A lease that is over but that nobody else
    /// has taken still counts.
    pub fn is_held_by(self, attempt: i64) -> bool {
        self.state == State::Running && self.attempts == attempt
    }

    /// The worker of this attempt goes on; none if it has lost the lease.
    pub fn renew(self, attempt: i64, now: Timestamp, lease_us: i64) -> Option<Standing> {
        let due = Some(later(now, lease_us));
        self.is_held_by(attempt).then_some(Standing { due, ..self })
    }

    /// The worker of this attempt is done; none if it has lost the lease.
    pub fn finish(self, attempt: i64) -> Option<Standing> {
        self.is_held_by(attempt).then(|| self.over(State::Done))
    }

    /// The worker of this attempt gives up for good; none if it has lost the lease.
    pub fn fail(self, attempt: i64) -> Option<Standing> {
        self.is_held_by(attempt).then(|| self.over(State::Failed))
    }

    /// The worker of this attempt wants it tried again after `after_us` (1 s to 24 h), which fails
    /// it if that was the last attempt; none if it has lost the lease.
    pub fn retry(
        self,
        attempt: i64,
        now: Timestamp,
        after_us: i64,
        attempts_max: i64,
    ) -> Option<Standing> {
        if !self.is_held_by(attempt) {
            return None;
        }
        if self.attempts >= attempts_max {
            return Some(self.over(State::Failed));
        }
        Some(Standing { state: State::Queued, due: Some(later(now, after_us)), ..self })
    }

    fn over(self, state: State) -> Standing {
        Standing { state, due: None, ..self }
    }
}

fn later(now: Timestamp, span_us: i64) -> Timestamp {
    let span_us = span_us.clamp(SPAN_US_MIN, SPAN_US_MAX);
    Timestamp::from_micros(now.micros().saturating_add(span_us))
}

/// How long to wait after the nth attempt: 10 s, 40 s, 160 s … up to 12 hours, and up to an eighth
/// more by the number of the work, so that what failed together does not come back together.
pub fn backoff_us(attempt: i64, number: i64) -> i64 {
    let doublings = 2 * attempt.clamp(1, 10) - 2;
    let base = ((10 * SECOND_US) << doublings).min(12 * 3_600 * SECOND_US);
    base + base / 64 * number.rem_euclid(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * SECOND_US)
    }

    #[test]
    fn a_straight_life() {
        let queued = Standing::queued(at(5));
        assert_eq!(queued.claim(at(4), SECOND_US, 3), Claim::NotDue);
        let Claim::Taken(running) = queued.claim(at(5), 60 * SECOND_US, 3) else {
            panic!("it is due");
        };
        assert_eq!(running.claim(at(64), SECOND_US, 3), Claim::NotDue);
        assert_eq!(running.renew(2, at(9), SECOND_US), None);
        let renewed = running.renew(1, at(60), 60 * SECOND_US).expect("held");
        assert_eq!(renewed.due, Some(at(120)));
        let done = renewed.finish(1).expect("held");
        assert_eq!((done.state, done.due), (State::Done, None));
        assert_eq!(done.claim(at(1_000), SECOND_US, 3), Claim::NotDue);
        assert_eq!(done.fail(1), None);
    }

    #[test]
    fn a_worker_that_keeps_dying() {
        let mut standing = Standing::queued(at(0));
        for attempt in 1..=3 {
            let Claim::Taken(taken) = standing.claim(at(attempt * 100), 60 * SECOND_US, 3) else {
                panic!("it is due");
            };
            assert!(taken.is_held_by(attempt) && !taken.is_held_by(attempt - 1));
            standing = taken;
        }
        let Claim::GivenUp(failed) = standing.claim(at(1_000), SECOND_US, 3) else {
            panic!("it was tried three times");
        };
        assert!(failed.state.is_over());
    }

    #[test]
    fn waiting_grows_and_ends() {
        let seconds: Vec<i64> = (1..=9).map(|n| backoff_us(n, 0) / SECOND_US).collect();
        assert_eq!(seconds, [10, 40, 160, 640, 2_560, 10_240, 40_960, 43_200, 43_200]);
        assert!(backoff_us(1, 7) > backoff_us(1, 0) && backoff_us(1, 7) < 12 * SECOND_US);
        assert!(backoff_us(i64::MAX, i64::MIN) > 0 && backoff_us(i64::MIN, i64::MAX) > 0);
        for state in State::ALL {
            assert_eq!(State::from_name(state.name()), Some(state));
        }
    }
}
