//! Names that people say: `G12` is a job, `U3` a voucher.

use compute_rules::job::JobId;
use compute_rules::ledger::VoucherId;

kernel::id!(
    /// A job.
    JobName, "G"
);
kernel::id!(
    /// A voucher.
    VoucherName, "U"
);

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
