//! Names that people say: `G12` is a job, `U3` a voucher, `L1` a group, `B2` a reservation.

use compute_rules::engine::ReservationId;
use compute_rules::job::JobId;
use compute_rules::ledger::VoucherId;
use compute_rules::party::Group;

kernel::id!(
    /// A job.
    JobName, "G"
);
kernel::id!(
    /// A voucher.
    VoucherName, "U"
);
kernel::id!(
    /// A group of tenants.
    GroupName, "L"
);
kernel::id!(
    /// A reservation.
    ReservationName, "B"
);

impl From<Group> for GroupName {
    /// People count from one.
    fn from(group: Group) -> GroupName {
        GroupName(i64::from(group.0) + 1)
    }
}

impl From<GroupName> for Group {
    fn from(name: GroupName) -> Group {
        Group(u32::try_from(name.0 - 1).unwrap_or(u32::MAX))
    }
}

impl From<ReservationId> for ReservationName {
    fn from(id: ReservationId) -> ReservationName {
        ReservationName(i64::from(id.0))
    }
}

impl From<ReservationName> for ReservationId {
    fn from(name: ReservationName) -> ReservationId {
        ReservationId(u32::try_from(name.0).unwrap_or(u32::MAX))
    }
}

impl From<JobId> for JobName {
    fn from(job: JobId) -> JobName {
        JobName(job.0 as i64)
    }
}

impl From<JobName> for JobId {
    fn from(name: JobName) -> JobId {
        JobId(name.0.unsigned_abs())
    }
}

impl From<VoucherId> for VoucherName {
    /// A voucher that makes good what was lost is named by more than people say; its highest bit
    /// falls away.
    fn from(voucher: VoucherId) -> VoucherName {
        VoucherName((voucher.0 & !(1 << 63)) as i64)
    }
}

impl From<VoucherName> for VoucherId {
    fn from(name: VoucherName) -> VoucherId {
        VoucherId(name.0.unsigned_abs())
    }
}
