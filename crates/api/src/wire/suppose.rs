//! What would come of a change to the compute platform, as it goes over the wire.

use crate::wire::compute::{StartInterval, Tenant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Machines to be supposed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MachinesLike {
    /// A node that they are like.
    pub node: String,
    /// How many.
    #[schema(minimum = 1, maximum = 1024)]
    pub count: u32,
}

/// A change that is supposed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supposition {
    /// Machines that come.
    #[serde(default)]
    pub add: Vec<MachinesLike>,
    /// Nodes that are lost.
    #[serde(default)]
    pub lose: Vec<String>,
    /// Reservations that are given up.
    #[serde(default)]
    pub give_up: Vec<String>,
}

/// How the platform stands, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stand {
    /// Devices that are there, milli-GPU.
    pub milli: i64,
    /// What of them is free.
    pub free: i64,
    /// What is free in pieces that the expected jobs cannot use.
    pub fragmented: i64,
    /// Jobs that run.
    pub running: usize,
    /// Jobs that wait for room.
    pub waiting: usize,
}

/// A job that a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Touched {
    /// `G12`.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Who pays.
    pub tenant: Tenant,
    /// What it asks for, milli-GPU.
    pub milli: i64,
    /// `starts`, `stops`, `moves` or `waits`.
    pub what: String,
    /// Between which instants it starts as things stand, of one that waits.
    pub start_before: Option<StartInterval>,
    /// And with the change.
    pub start_after: Option<StartInterval>,
}

/// What would come of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SupposedAnswer {
    /// As it stands.
    pub before: Stand,
    /// As it would stand.
    pub after: Stand,
    /// Jobs that it touches: those that would start, stop or move, and the first that would wait on.
    pub jobs: Vec<Touched>,
}
