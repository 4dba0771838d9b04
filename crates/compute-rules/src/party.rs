//! Parties: tenants, and the groups that they stand in.

use crate::ledger::Tenant;

/// A group stands at most so deep: a firm, its department, a team.
pub const DEPTH_MAX: usize = 4;

/// A group of tenants and of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u32);

/// Who takes turns with others, and who something is reserved for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A group, and all in it.
    Group(Group),
    /// A tenant.
    Tenant(Tenant),
}
