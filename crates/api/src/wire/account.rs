//! Accounts, sessions and tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// `A1`.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// `member`, `analyst` or `administrator`.
    pub role: String,
    /// The organization that a member acts for: `E12`.
    pub organization: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// Whether it may sign in.
    pub active: bool,
    /// For `If-Match`.
    pub etag: String,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// The account, if someone is.
    pub account: Option<Account>,
    /// What a write carries in `X-CSRF-Token`.
    pub csrf: String,
}

/// Someone signs in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// The first administrator, with the secret of the setup link.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    /// From the link `/setup?token=…`.
    pub token: String,
    /// 3 to 40 characters.
    pub name: String,
    /// 12 to 200 characters.
    pub password: String,
}

/// Someone who is to have an account.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// 3 to 40 characters.
    pub name: String,
    /// 12 to 200 characters.
    pub password: String,
    /// `member`, `analyst` or `administrator`.
    pub role: String,
    /// The organization that a member acts for: an entity of the atlas, `E12`.
    pub organization: Option<String>,
}

/// What an account is to be; what is absent stays.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// 3 to 40 characters.
    pub name: Option<String>,
    /// `analyst` or `administrator`: it acts for no organization from then on.
    pub role: Option<String>,
    /// Makes it a member that acts for this organization: `E12`.
    pub organization: Option<String>,
    /// Whether it may sign in.
    pub active: Option<bool>,
    /// A new password; one's own needs `current_password` too.
    pub password: Option<String>,
    /// The password someone has, to change their own.
    pub current_password: Option<String>,
}

/// A program's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Token {
    /// `T1`.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it acts as, at most.
    pub role: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends.
    pub expires_at: Option<String>,
    /// When it was last used, to the hour.
    pub last_used: Option<String>,
    /// The key itself: shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, 1 to 60 characters.
    pub name: String,
    /// `analyst` or `administrator`; unless said, as its owner.
    pub role: Option<String>,
    /// The last day (UTC) on which it works, `YYYY-MM-DD`.
    pub expires: Option<String>,
}

impl From<&identity::Account> for Account {
    fn from(account: &identity::Account) -> Account {
        let (role, active) = (account.role.name(), account.deactivated.is_none());
        let organization = account.organization.as_deref().unwrap_or_default();
        let state = format!("{}\n{role}\n{active}\n{organization}", account.name);
        let digest = kernel::canon::hex(&kernel::canon::sha256(state.as_bytes())[..8]);
        Account {
            id: account.id.to_string(),
            name: account.name.clone(),
            role: role.to_string(),
            organization: account.organization.clone(),
            created_at: account.created.to_string(),
            active,
            etag: format!("\"{digest}\""),
        }
    }
}

impl From<&identity::Token> for Token {
    fn from(token: &identity::Token) -> Token {
        Token {
            id: token.id.to_string(),
            name: token.name.clone(),
            role: token.role.name().to_string(),
            created_at: token.created.to_string(),
            expires_at: token.expires.map(|at| at.to_string()),
            last_used: token.used.map(|at| at.to_string()),
            secret: None,
        }
    }
}
