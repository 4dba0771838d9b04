//! What waits for whoever looks: offers to answer and papers to mend for a firm, decisions and calls
//! for the office.

use crate::error::Result;
use crate::sight::Sight;
use kernel::Day;
use store::{Tx, params};

/// What waits, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Offers that the firm has not answered.
    pub offered: i64,
    /// Applications that were begun, by the firm or for it, and are not handed in.
    pub drafted: i64,
    /// Applications that came back for something that is missing.
    pub returned: i64,
    /// Applications that the office is to decide.
    pub submitted: i64,
    /// Requests and calls of the office whose day has passed.
    pub late: i64,
}

/// What waits for someone on a day. Nobody waits for a member without a firm.
pub fn waiting(tx: &mut Tx<'_>, sight: &Sight, today: Day) -> Result<Waiting> {
    let office = sight.is_office();
    if !office && sight.firm() == 0 {
        return Ok(Waiting::default());
    }
    let sql = "select
            coalesce(sum(case when state = 'offered' then 1 else 0 end), 0),
            coalesce(sum(case when state = 'draft' then 1 else 0 end), 0),
            coalesce(sum(case when state = 'returned' then 1 else 0 end), 0),
            coalesce(sum(case when state in ('submitted', 'consented') then 1 else 0 end), 0)
        from service_application
        where state in ('draft', 'offered', 'returned', 'submitted', 'consented')
            and ($1 = 0 or firm = $1)";
    let [offered, drafted, returned, submitted] =
        tx.query_one(sql, params![sight.firm()], |row| {
            Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?])
        })?;
    if !office {
        return Ok(Waiting { offered, drafted, returned, ..Waiting::default() });
    }
    let sql = "select count(*) from service_request where clock_last < $1";
    let late = tx.query_one(sql, params![i64::from(today.number())], |row| row.int(0))?;
    Ok(Waiting { submitted, late, ..Waiting::default() })
}
