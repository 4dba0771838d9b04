#![doc = include_str!("../README.md")]

pub mod account;
mod bucket;
pub mod calendar_key;
mod caller;
mod door;
mod error;
mod event;
mod id;
mod lane;
mod limits;
pub mod password;
mod role;
mod secret;
pub mod session;
pub mod setup;
pub mod token;

pub use crate::account::{Account, AccountName, NewAccount};
pub use crate::bucket::{Limit, Limiter};
pub use crate::caller::{Caller, Via};
pub use crate::door::{Candidate, CurrentPassword, Door, SignIn, WishedPassword};
pub use crate::error::{Error, Result};
pub use crate::id::{AccountId, TokenId};
pub use crate::lane::HashLane;
pub use crate::limits::Limits;
pub use crate::password::{Password, PasswordHash, Salt};
pub use crate::role::{Act, Role, may};
pub use crate::secret::{Secret, csrf, same};
pub use crate::session::Session;
pub use crate::token::{NewToken, Token};

use store::Migration;

/// The tables of this crate, for [`store::Store::migrate`].
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        module: "identity",
        number: 1,
        name: "accounts, sessions, tokens and the setup link",
        sql: include_str!("../migrations/0001_identity.sql"),
    },
    Migration {
        module: "identity",
        number: 2,
        name: "members of organizations",
        sql: include_str!("../migrations/0002_members.sql"),
    },
    Migration {
        module: "identity",
        number: 3,
        name: "keys of calendar feeds",
        sql: include_str!("../migrations/0003_calendar_key.sql"),
    },
];

#[cfg(test)]
mod tests;
