//! The first administrator: a link that works once, on a house that has none.

use crate::account::{self, Account, AccountName, NewAccount};
use crate::error::{Error, Result};
use crate::event::announce;
use crate::password::PasswordHash;
use crate::role::Role;
use crate::secret::Secret;
use kernel::canon::Object;
use kernel::{Actor, Timestamp};
use store::{Tx, params};

/// How long a setup link works: 24 hours.
pub const LIFE_US: i64 = 24 * 3_600 * 1_000_000;

/// Makes the setup link of a secret, in place of any earlier one, and announces
/// `setup_link_made`; answers until when it works.
///
/// Fails with [`Error::Setup`] if there is an administrator.
pub fn make_link(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    secret: &Secret,
) -> Result<Timestamp> {
    if account::has_administrator(tx)? {
        return Err(Error::Setup);
    }
    let expires = Timestamp::from_micros(now.micros().saturating_add(LIFE_US));
    tx.execute(
        "insert into identity_setup (id, digest, made_us, expires_us) values (1, $1, $2, $3)
         on conflict (id) do update set digest = excluded.digest, made_us = excluded.made_us,
             expires_us = excluded.expires_us",
        params![&secret.digest(), now, expires],
    )?;
    let about = ("setup_link_made", "setup".to_string());
    announce(tx, actor, now, about, &Object::new())?;
    Ok(expires)
}

/// Succeeds while the link of this secret works; fails with [`Error::Setup`] otherwise.
pub fn check_link(tx: &mut Tx<'_>, now: Timestamp, secret: &Secret) -> Result<()> {
    let sql = "select expires_us from identity_setup where id = 1 and digest = $1";
    let expires = tx.query_opt(sql, params![&secret.digest()], |row| row.int(0))?;
    let works = expires.is_some_and(|expires| now.micros() < expires);
    if works && !account::has_administrator(tx)? {
        return Ok(());
    }
    Err(Error::Setup)
}

/// Creates the first administrator, uses up the link and announces `account_created` with the
/// new account as its actor.
///
/// The password was hashed before the transaction; [`crate::Door::first_administrator`] does both.
/// Fails with [`Error::Setup`] or [`Error::Taken`].
pub fn first_administrator(
    tx: &mut Tx<'_>,
    now: Timestamp,
    secret: &Secret,
    name: &AccountName,
    password: &PasswordHash,
) -> Result<Account> {
    check_link(tx, now, secret)?;
    let new = NewAccount {
        name: name.clone(),
        role: Role::Administrator,
        organization: None,
        password: password.clone(),
    };
    let account = account::insert(tx, now, &new)?;
    tx.execute("delete from identity_setup where id = 1", &[])?;
    account::announce_created(tx, &account.id.actor(), now, &account)?;
    Ok(account)
}
