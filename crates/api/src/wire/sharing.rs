//! How the compute platform is shared, as it goes over the wire: groups, reservations, providers.

use crate::wire::compute::{Rights, Tenant};
use crate::wire::label::Label;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A group of tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShareGroup {
    /// `L1`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The group it stands in; none at the top.
    pub within: Option<String>,
    /// Its weight among those beside it.
    pub weight: u32,
    /// What its tenants hold now of what is not reserved for them, milli-GPU.
    pub running: i64,
    /// How many of their jobs wait.
    pub waiting: usize,
}

/// A tenant among those beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShareTenant {
    /// Who.
    pub tenant: Tenant,
    /// The group it stands in; none at the top.
    pub within: Option<String>,
    /// Its weight among those beside it.
    pub weight: u32,
    /// What it holds now of what is not reserved for it, milli-GPU.
    pub running: i64,
    /// How many of its jobs wait.
    pub waiting: usize,
}

/// Nodes set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reservation {
    /// `B1`.
    pub id: String,
    /// For whom, a tenant or a group, where the caller may know.
    pub holder: Option<Holder>,
    /// Which nodes.
    pub nodes: Vec<String>,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// Lent meanwhile to jobs that give way after at most so many milliseconds; none for not at all.
    pub lent_after_ms: Option<i64>,
    /// Devices of these nodes, milli-GPU.
    pub milli: i64,
    /// Of that, held by the holder's own jobs.
    pub own: i64,
    /// Of that, held by jobs of others.
    pub lent: i64,
}

/// For whom something is reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holder {
    /// `E12`, `A3` or `L1`.
    pub key: String,
    /// What it is called.
    pub name: Label,
}

/// How the platform is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sharing {
    /// Groups, as they were made.
    pub groups: Vec<ShareGroup>,
    /// Tenants that the caller may see.
    pub tenants: Vec<ShareTenant>,
    /// Reservations that are not over.
    pub reservations: Vec<Reservation>,
    /// Nodes that are not reserved.
    pub common: Vec<String>,
    /// Devices that are there and common, milli-GPU.
    pub milli: i64,
    /// What the caller may do.
    pub rights: Rights,
}

/// A group to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// What it is called.
    pub name: String,
    /// The group it stands in; none for the top.
    #[serde(default)]
    pub within: Option<String>,
    /// Its weight among those beside it, 1 to 1,000.
    #[serde(default = "one")]
    pub weight: u32,
}

/// Where a party stands.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyPlace {
    /// A tenant, `E12` or `A3`, or a group, `L1`.
    pub party: String,
    /// The group it stands in; none for the top.
    #[serde(default)]
    pub within: Option<String>,
    /// Its weight among those beside it, 1 to 1,000.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

/// Nodes to be set aside.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReservation {
    /// For whom: a tenant, `E12` or `A3`, or a group, `L1`.
    pub holder: String,
    /// Which nodes, by name.
    pub nodes: Vec<String>,
    /// From when, RFC 3339; from now without it.
    #[serde(default)]
    pub from: Option<String>,
    /// Until when, RFC 3339.
    pub until: String,
    /// Lent meanwhile to jobs that give way after at most so many milliseconds; none for not at all.
    #[serde(default)]
    pub lent_after_ms: Option<i64>,
}

/// What was there, what of it was used, and what that earned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Use {
    /// Milli-GPU-milliseconds that devices were there.
    pub there: i64,
    /// Milli-GPU-milliseconds that jobs held.
    pub used: i64,
    /// Micro-yuan that vouchers paid for runs that ended.
    pub earned: i64,
}

/// A day of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProviderDay {
    /// The day, by the law's clock.
    pub day: String,
    /// What it was of use.
    #[serde(flatten)]
    pub of: Use,
}

/// A kind of device of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProviderKind {
    /// Its name.
    pub kind: String,
    /// Over all days.
    #[serde(flatten)]
    pub of: Use,
}

/// A node of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProviderNode {
    /// Its name.
    pub name: String,
    /// The kind of its devices.
    pub kind: String,
    /// How many.
    pub devices: usize,
    /// Whether it is lost.
    pub lost: bool,
    /// How often it was lost.
    pub outages: usize,
    /// Since when it is there, or is not.
    pub since: String,
}

/// What a provider brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Provider {
    /// What its nodes' names begin with; empty for those by themselves.
    pub site: String,
    /// Its nodes.
    pub nodes: Vec<ProviderNode>,
    /// By kind of device.
    pub kinds: Vec<ProviderKind>,
    /// By day.
    pub days: Vec<ProviderDay>,
    /// In all.
    pub total: Use,
}

/// All providers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Providers {
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Each of them.
    pub items: Vec<Provider>,
}
