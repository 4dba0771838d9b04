#![doc = include_str!("../README.md")]

mod check;
mod error;
mod event;
mod id;
pub mod idempotency;
pub mod job;
pub mod schedule;
mod state;
pub mod webhook;

pub use crate::error::{Error, Result};
pub use crate::id::{DeliveryId, JobId};
pub use crate::idempotency::{Begun, Request, Response};
pub use crate::job::{Depth, Job, Lease, NewJob, Outcome, Progress};
pub use crate::schedule::Schedule;
pub use crate::state::{Claim, Standing, State, backoff_us};
pub use crate::webhook::{Answer, Delivery, DeliveryLease, NewDelivery, Reach, WebhookUrl};

use store::Migration;

/// The tables of this crate, for [`store::Store::migrate`].
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "work",
    number: 1,
    name: "jobs, idempotency keys, schedules and deliveries",
    sql: include_str!("../migrations/0001_work.sql"),
}];

#[cfg(test)]
mod tests;
