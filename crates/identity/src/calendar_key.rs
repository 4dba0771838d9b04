//! Keys of calendar feeds: what a calendar program shows instead of a session. Such a key reads
//! deadlines and nothing else, and there is one an account.

use crate::account::{self, Account};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::event::announce;
use crate::role::Act;
use crate::secret::Secret;
use kernel::Timestamp;
use kernel::canon::Object;
use store::{Tx, params};

/// Makes a key for the caller, instead of the one there was, and announces `calendar_key_made`.
/// Show the secret once.
///
/// Fails with [`Error::SignedOut`] or [`Error::Forbidden`] unless a person with a session asks.
pub fn make(tx: &mut Tx<'_>, caller: &Caller, now: Timestamp, secret: &Secret) -> Result<()> {
    caller.allow(Act::ManageSelf)?;
    let owner = caller.account().ok_or(Error::SignedOut)?;
    tx.execute(
        "insert into identity_calendar_key (account, digest, made_us) values ($1, $2, $3)
         on conflict (account) do update set digest = $2, made_us = $3",
        params![owner.id.0, &secret.digest(), now],
    )?;
    let about = ("calendar_key_made", owner.id.to_string());
    Ok(announce(tx, &caller.actor(), now, about, &Object::new())?)
}

/// Ends the caller's key at once and announces `calendar_key_ended`; without one nothing happens.
///
/// Fails with [`Error::SignedOut`] or [`Error::Forbidden`] unless a person with a session asks.
pub fn end(tx: &mut Tx<'_>, caller: &Caller, now: Timestamp) -> Result<()> {
    caller.allow(Act::ManageSelf)?;
    let owner = caller.account().ok_or(Error::SignedOut)?;
    let sql = "delete from identity_calendar_key where account = $1";
    if tx.execute(sql, params![owner.id.0])? == 0 {
        return Ok(());
    }
    let about = ("calendar_key_ended", owner.id.to_string());
    Ok(announce(tx, &caller.actor(), now, about, &Object::new())?)
}

/// The active account whose key someone shows, or none.
pub fn find(tx: &mut Tx<'_>, secret: &Secret) -> Result<Option<Account>> {
    let sql = format!(
        "select {} from identity_calendar_key k join identity_account a on a.id = k.account
         where k.digest = $1 and a.deactivated_us is null",
        account::COLUMNS
    );
    Ok(tx.query_opt(&sql, params![&secret.digest()], account::read)?)
}
