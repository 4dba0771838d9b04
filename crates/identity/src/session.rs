//! Sessions: a browser that has signed in.

use crate::account::{self, Account};
use crate::error::Result;
use crate::event::announce;
use crate::id::AccountId;
use crate::secret::Secret;
use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{Tx, params};

const MINUTE_US: i64 = 60 * 1_000_000;
/// A session ends when it was not used for this long: 12 hours.
pub const IDLE_US: i64 = 12 * 60 * MINUTE_US;
/// A session ends this long after it was opened, whatever its use: 7 days.
pub const LIFE_US: i64 = 7 * 24 * 60 * MINUTE_US;
/// Use is noted no more often than this: 5 minutes.
pub const TOUCH_US: i64 = 5 * MINUTE_US;
/// Most sessions of one account; opening one more ends the one longest unused.
pub const SESSIONS_MAX: i64 = 20;
/// Most rows that one sweep removes.
const SWEEP_MAX: i64 = 1_000;

/// A browser that has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was last used, to five minutes.
    pub seen: Timestamp,
}

impl Session {
    /// When it ends if it is not used again.
    pub fn ends(&self) -> Timestamp {
        let idle = self.seen.micros().saturating_add(IDLE_US);
        let life = self.opened.micros().saturating_add(LIFE_US);
        Timestamp::from_micros(idle.min(life))
    }
}

/// Opens a session and announces `session_opened`.
///
/// Who may sign in was checked by the caller, in the same transaction.
pub fn open(
    tx: &mut Tx<'_>,
    now: Timestamp,
    account: &Account,
    secret: &Secret,
) -> Result<Session> {
    tx.execute(
        "delete from identity_session where account = $1 and digest not in (
             select digest from identity_session where account = $1
             order by seen_us desc, digest limit $2)",
        params![account.id.0, SESSIONS_MAX - 1],
    )?;
    tx.execute(
        "insert into identity_session (digest, account, opened_us, seen_us)
         values ($1, $2, $3, $3)",
        params![&secret.digest(), account.id.0, now],
    )?;
    let about = ("session_opened", account.id.to_string());
    announce(tx, &account.id.actor(), now, about, &Object::new())?;
    Ok(Session { account: account.id, opened: now, seen: now })
}

/// The live session behind a secret and its active account, or none.
pub fn find(
    tx: &mut Tx<'_>,
    now: Timestamp,
    secret: &Secret,
) -> Result<Option<(Account, Session)>> {
    let sql = format!(
        "select {}, s.opened_us, s.seen_us
         from identity_session s join identity_account a on a.id = s.account
         where s.digest = $1 and a.deactivated_us is null",
        account::COLUMNS
    );
    let found = tx.query_opt(&sql, params![&secret.digest()], |row| {
        let account = account::read(row)?;
        let session = Session {
            account: account.id,
            opened: Timestamp::from_micros(row.int(6)?),
            seen: Timestamp::from_micros(row.int(7)?),
        };
        Ok((account, session))
    })?;
    Ok(found.filter(|(_, session)| now < session.ends()))
}

/// Notes that a session is in use. Bookkeeping: no event.
pub(crate) fn touch(tx: &mut Tx<'_>, now: Timestamp, digest: &[u8; 32]) -> Result<()> {
    tx.execute(
        "update identity_session set seen_us = $2 where digest = $1 and seen_us < $2",
        params![digest, now],
    )?;
    Ok(())
}

/// Ends a session (signing out) and announces `session_closed`; nothing if there is none.
pub fn close(tx: &mut Tx<'_>, now: Timestamp, secret: &Secret) -> Result<()> {
    let sql = "delete from identity_session where digest = $1 returning account";
    let account = tx.query_opt(sql, params![&secret.digest()], |row| row.int(0))?;
    if let Some(account) = account.map(AccountId) {
        let about = ("session_closed", account.to_string());
        announce(tx, &account.actor(), now, about, &Object::new())?;
    }
    Ok(())
}

/// Ends all sessions of an account and announces `sessions_closed` if there were any; answers how
/// many.
pub fn close_all(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    account: AccountId,
) -> Result<u64> {
    let count = end_all(tx, account)?;
    if count > 0 {
        let facts = Object::new().int("count", i64::try_from(count).unwrap_or(i64::MAX));
        let about = ("sessions_closed", account.to_string());
        announce(tx, actor, now, about, &facts)?;
    }
    Ok(count)
}

/// Ends all sessions of an account; the caller announces why.
pub(crate) fn end_all(tx: &mut Tx<'_>, account: AccountId) -> store::Result<u64> {
    tx.execute("delete from identity_session where account = $1", params![account.0])
}

/// Removes up to 1,000 sessions that have ended by themselves; answers how many. No event.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    let seen = now.micros().saturating_sub(IDLE_US);
    let opened = now.micros().saturating_sub(LIFE_US);
    Ok(tx.execute(
        "delete from identity_session where digest in (
             select digest from identity_session
             where seen_us <= $1 or opened_us <= $2 limit $3)",
        params![seen, opened, SWEEP_MAX],
    )?)
}
