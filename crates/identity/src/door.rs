//! The door: everything a request needs to become a caller.
//!
//! Hashing a password takes too long for a transaction, so these steps read, hash and then write;
//! the write checks again what was read.

use crate::account::{self, Account, AccountName, Kept, NewAccount};
use crate::bucket::Limit;
use crate::caller::{Caller, Use, Via};
use crate::error::{Error, Result};
use crate::id::AccountId;
use crate::lane::HashLane;
use crate::limits::Limits;
use crate::password::{Password, PasswordHash, Salt, verify};
use crate::role::{Act, Role};
use crate::secret::{Secret, csrf};
use crate::session::{self, Session};
use crate::{setup, token};
use kernel::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use store::{Store, Tx};

/// Hashes at work at once: 4 take 76 MiB.
const HASHES_AT_ONCE: usize = 4;
/// Most uses kept until the next [`Door::tend`]; more are not noted.
const USES_MAX: usize = 10_000;

/// The door of the house. Its verbs block their thread: from async code call them in
/// `spawn_blocking`.
pub struct Door {
    store: Store,
    lane: HashLane,
    limits: Mutex<Limits>,
    /// Uses of sessions and tokens that are not noted in the store yet: a read must not wait for
    /// a writer.
    uses: Mutex<BTreeMap<Use, Timestamp>>,
}

/// Someone signs in.
#[derive(Clone)]
pub struct SignIn<'a> {
    /// The name as typed.
    pub name: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// Where from.
    pub address: IpAddr,
}

/// Someone who is to have an account.
#[derive(Clone)]
pub struct Candidate<'a> {
    /// The name wished for.
    pub name: &'a str,
    /// The password wished for.
    pub password: &'a str,
    /// 16 random bytes.
    pub salt: Salt,
}

/// The password someone has, to change it.
#[derive(Clone)]
pub struct CurrentPassword<'a> {
    /// As typed.
    pub password: &'a str,
    /// Where from.
    pub address: IpAddr,
}

/// The password someone is to have.
#[derive(Clone)]
pub struct WishedPassword<'a> {
    /// As typed.
    pub password: &'a str,
    /// 16 random bytes.
    pub salt: Salt,
}

impl Door {
    /// The door of a store, with this limit on requests from one address.
    pub fn new(store: Store, requests: Limit) -> Door {
        Door {
            store,
            lane: HashLane::new(HASHES_AT_ONCE),
            limits: Mutex::new(Limits::new(requests)),
            uses: Mutex::new(BTreeMap::new()),
        }
    }

    /// Counts a request from an address. Fails with [`Error::Rate`].
    pub fn knock(&self, now: Timestamp, address: IpAddr) -> Result<()> {
        self.with_limits(|limits| limits.request(now, address))
    }

    /// The caller behind a session's secret as the cookie holds it; anonymous if it is none (any
    /// more).
    pub fn by_cookie(&self, now: Timestamp, cookie: &str) -> Result<Caller> {
        let Some(secret) = Secret::parse(cookie) else {
            return Ok(Caller::anonymous());
        };
        let found = self.store.read(|tx| session::find(tx, now, &secret))?;
        let Some((account, session)) = found else {
            return Ok(Caller::anonymous());
        };
        let via = Via::Session { digest: secret.digest(), session, csrf: csrf(&secret) };
        Ok(self.note(now, Caller::with_session(account, via)))
    }

    /// The caller behind an API token, `xdt_…`. Fails with [`Error::Bearer`]: a program that shows
    /// a token that does not work must hear of it.
    pub fn by_token(&self, now: Timestamp, text: &str) -> Result<Caller> {
        let found = self.store.read(|tx| token::find(tx, now, text))?;
        let (account, token) = found.ok_or(Error::Bearer)?;
        Ok(self.note(now, Caller::with_token(account, token)))
    }

    /// Opens a session for whoever knows a name and its password; the cookie holds
    /// `secret.text()`.
    ///
    /// Fails with [`Error::Rate`], or with [`Error::Credentials`], which takes as long for an
    /// unknown name as for a wrong password.
    pub fn sign_in(
        &self,
        now: Timestamp,
        sign_in: &SignIn<'_>,
        secret: &Secret,
    ) -> Result<(Account, Session)> {
        self.with_limits(|limits| limits.sign_in(now, sign_in.name, sign_in.address))?;
        let kept = self.store.read(|tx| account::kept_by_name(tx, sign_in.name))?;
        let hash = kept.as_ref().map(|kept| &kept.password);
        let right = self.lane.run(|| verify(hash, sign_in.password))?;
        let kept = kept.filter(|_| right).ok_or(Error::Credentials)?;
        self.store.write(|tx| {
            let account = unchanged(tx, &kept)?;
            let session = session::open(tx, now, &account, secret)?;
            Ok((account, session))
        })
    }

    /// Ends the session behind a cookie.
    pub fn sign_out(&self, now: Timestamp, cookie: &str) -> Result<()> {
        match Secret::parse(cookie) {
            Some(secret) => self.store.write(|tx| session::close(tx, now, &secret)),
            None => Ok(()),
        }
    }

    /// Creates the first administrator with the secret of the setup link.
    ///
    /// Fails with [`Error::Rate`], [`Error::Setup`] (before anything is hashed), or a refused name
    /// or password.
    pub fn first_administrator(
        &self,
        now: Timestamp,
        address: IpAddr,
        link: &str,
        candidate: &Candidate<'_>,
    ) -> Result<Account> {
        self.with_limits(|limits| limits.setup(now, address))?;
        let secret = Secret::parse(link).ok_or(Error::Setup)?;
        self.store.read(|tx| setup::check_link(tx, now, &secret))?;
        let new = self.hashed(candidate, Role::Administrator, None)?;
        self.store
            .write(|tx| setup::first_administrator(tx, now, &secret, &new.name, &new.password))
    }

    /// Creates an account for someone else. Fails with [`Error::Forbidden`] unless the caller
    /// manages accounts.
    pub fn create_account(
        &self,
        now: Timestamp,
        caller: &Caller,
        candidate: &Candidate<'_>,
        role: Role,
        organization: Option<&str>,
    ) -> Result<Account> {
        caller.allow(Act::ManageAccounts)?;
        let new = self.hashed(candidate, role, organization)?;
        self.store.write(|tx| account::create(tx, &caller.actor(), now, &new))
    }

    /// Changes the caller's own password and ends all their sessions.
    ///
    /// Fails with [`Error::Credentials`] if the current one is wrong, and counts as an attempt to
    /// sign in.
    pub fn change_password(
        &self,
        now: Timestamp,
        caller: &Caller,
        current: &CurrentPassword<'_>,
        wish: &WishedPassword<'_>,
    ) -> Result<()> {
        caller.allow(Act::ManageSelf)?;
        let own = caller.account().ok_or(Error::SignedOut)?;
        self.with_limits(|limits| limits.sign_in(now, &own.name, current.address))?;
        let kept = self.store.read(|tx| account::kept(tx, own.id))?;
        let kept = kept.ok_or(Error::NoAccount)?;
        let right = || verify(Some(&kept.password), current.password);
        if !self.lane.run(right)? {
            return Err(Error::Credentials);
        }
        let hash = self.hash_for(&kept.account, wish)?;
        self.store.write(|tx| {
            unchanged(tx, &kept)?;
            account::set_password(tx, &caller.actor(), now, own.id, &hash)
        })
    }

    /// Gives an account a new password and ends all its sessions. Fails with
    /// [`Error::Forbidden`] unless the caller manages accounts, with [`Error::NoAccount`], or with
    /// a refused password.
    pub fn reset_password(
        &self,
        now: Timestamp,
        caller: &Caller,
        id: AccountId,
        wish: &WishedPassword<'_>,
    ) -> Result<()> {
        caller.allow(Act::ManageAccounts)?;
        let account = self.store.read(|tx| account::get(tx, id))?;
        let hash = self.hash_for(&account, wish)?;
        self.store.write(|tx| account::set_password(tx, &caller.actor(), now, id, &hash))
    }

    /// Notes the uses of sessions and tokens, and removes sessions that have ended; answers how
    /// many. Call it about once a minute.
    pub fn tend(&self, now: Timestamp) -> Result<u64> {
        let uses = std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner));
        self.store.write(|tx| {
            for (one, at) in &uses {
                match one {
                    Use::Session(digest) => session::touch(tx, *at, digest)?,
                    Use::Token(id) => token::touch(tx, *at, *id)?,
                }
            }
            session::sweep(tx, now)
        })
    }

    fn hash_for(&self, account: &Account, wish: &WishedPassword<'_>) -> Result<PasswordHash> {
        let password = Password::parse(wish.password, &account.name)?;
        self.lane.run(|| password.hash(&wish.salt))
    }

    fn hashed(
        &self,
        candidate: &Candidate<'_>,
        role: Role,
        organization: Option<&str>,
    ) -> Result<NewAccount> {
        let name = AccountName::parse(candidate.name)?;
        account::check_kind(role, organization)?;
        let password = Password::parse(candidate.password, name.as_str())?;
        let password = self.lane.run(|| password.hash(&candidate.salt))?;
        let organization = organization.map(str::to_string);
        Ok(NewAccount { name, role, organization, password })
    }

    fn note(&self, now: Timestamp, caller: Caller) -> Caller {
        if let Some(one) = caller.unnoted_use(now) {
            let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            if uses.len() < USES_MAX {
                uses.insert(one, now);
            }
        }
        caller
    }

    fn with_limits<T>(&self, ask: impl FnOnce(&mut Limits) -> T) -> T {
        ask(&mut self.limits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The account, if nothing about its password or its being active changed while it was hashed.
fn unchanged(tx: &mut Tx<'_>, kept: &Kept) -> Result<Account> {
    account::kept(tx, kept.account.id)?
        .filter(|still| still.password == kept.password)
        .filter(|still| still.account.deactivated.is_none())
        .map(|still| still.account)
        .ok_or(Error::Credentials)
}
