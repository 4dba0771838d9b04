//! Who is asking, and what they may do with this request.

use crate::account::Account;
use crate::error::{Error, Result};
use crate::id::TokenId;
use crate::role::{Act, Role, may};
use crate::secret::same;
use crate::session::Session;
use crate::token::Token;
use crate::{session, token};
use kernel::{Actor, Timestamp};

/// How the caller showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// They did not.
    Nothing,
    /// With a session cookie.
    Session {
        /// Digest of the session's secret.
        digest: [u8; 32],
        /// The session.
        session: Session,
        /// What a write must carry in `X-CSRF-Token`.
        csrf: String,
    },
    /// With an API token.
    Token(Token),
}

/// A session or token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    Session([u8; 32]),
    Token(TokenId),
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    account: Option<Account>,
    role: Role,
    via: Via,
}

impl Caller {
    /// Nobody in particular.
    pub fn anonymous() -> Caller {
        Caller { account: None, role: Role::Anonymous, via: Via::Nothing }
    }

    pub(crate) fn with_session(account: Account, via: Via) -> Caller {
        Caller { role: account.role, account: Some(account), via }
    }

    /// A token acts as its own role or its account's, whichever is less.
    pub(crate) fn with_token(account: Account, token: Token) -> Caller {
        Caller {
            role: account.role.min(token.role),
            account: Some(account),
            via: Via::Token(token),
        }
    }

    /// The account, unless anonymous.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The organization that the caller acts for.
    pub fn organization(&self) -> Option<&str> {
        self.account.as_ref()?.organization.as_deref()
    }

    /// What the caller acts as.
    pub fn role(&self) -> Role {
        self.role
    }

    /// How they showed who they are.
    pub fn via(&self) -> &Via {
        &self.via
    }

    /// For the journal: `A1`, or `anonymous`.
    pub fn actor(&self) -> Actor {
        match &self.account {
            Some(account) => account.id.actor(),
            None => Actor::new("anonymous"),
        }
    }

    /// Succeeds if the caller may do it; fails with [`Error::SignedOut`] for the anonymous and
    /// [`Error::Forbidden`] for the others.
    pub fn allow(&self, act: Act) -> Result<()> {
        let by_token = matches!(self.via, Via::Token(_));
        match may(self.role, act) && !(by_token && act.needs_session()) {
            true => Ok(()),
            false if self.account.is_none() => Err(Error::SignedOut),
            false => Err(Error::Forbidden(act)),
        }
    }

    /// Succeeds if a write carries what it must: with a session its CSRF token, with an API token
    /// nothing (browsers do not add one by themselves). Fails with [`Error::Csrf`].
    ///
    /// For the anonymous there is no session to protect; signing in compares
    /// [`crate::csrf`] of the visitor's own cookie.
    pub fn check_csrf(&self, header: Option<&str>) -> Result<()> {
        match &self.via {
            Via::Session { csrf, .. } if !header.is_some_and(|header| same(csrf, header)) => {
                Err(Error::Csrf)
            }
            _ => Ok(()),
        }
    }

    /// What is to be noted about this use: of a session every five minutes, of a token every hour.
    pub(crate) fn unnoted_use(&self, now: Timestamp) -> Option<Use> {
        let (one, seen, every) = match &self.via {
            Via::Nothing => return None,
            Via::Session { digest, session, .. } => {
                (Use::Session(*digest), Some(session.seen), session::TOUCH_US)
            }
            Via::Token(token) => (Use::Token(token.id), token.used, token::TOUCH_US),
        };
        let due = |seen: Timestamp| now.micros().saturating_sub(seen.micros()) >= every;
        seen.is_none_or(due).then_some(one)
    }

    /// The token in use, if one is.
    pub fn token(&self) -> Option<TokenId> {
        match &self.via {
            Via::Token(token) => Some(token.id),
            _ => None,
        }
    }
}
