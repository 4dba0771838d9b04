//! API tokens: keys for programs, each made by one account for itself.

use crate::account::{self, Account};
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::event::announce;
use crate::id::{AccountId, TokenId};
use crate::role::{Act, Role};
use crate::secret::Secret;
use kernel::canon::Object;
use kernel::{Refusal, Timestamp, text};
use store::{Row, Tx, params};

/// What every token starts with, so that scanners for leaked secrets find it.
pub const PREFIX: &str = "xdt_";
/// Most characters of a token's name.
pub const NAME_CHARS_MAX: usize = 60;
/// Most tokens of one account that are not revoked.
pub const TOKENS_MAX: i64 = 50;
/// The latest that a token may expire: 10 years ahead.
pub const LIFE_US_MAX: i64 = 3_653 * 86_400 * 1_000_000;
/// Use is noted no more often than this: an hour.
pub const TOUCH_US: i64 = 3_600 * 1_000_000;

/// A key for a program. Its secret is not here: it was shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// `T1`.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it, 1 to 60 characters.
    pub name: String,
    /// The most it may act as.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself, if ever.
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub used: Option<Timestamp>,
}

/// What it takes to make a token.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// What its owner calls it, 1 to 60 characters.
    pub name: &'a str,
    /// The most it may act as: the owner's role or less.
    pub role: Role,
    /// When it ends by itself: later than now, within ten years. None: when revoked.
    pub expires: Option<Timestamp>,
}

/// The text of a token to show once: `xdt_` and 64 hexadecimal digits.
pub fn shown(secret: &Secret) -> String {
    format!("{PREFIX}{}", secret.text())
}

/// Makes a token for the caller and announces `token_made`. Show [`shown`]`(secret)` once.
///
/// Fails with [`Error::SignedOut`] or [`Error::Forbidden`] unless a person with a session asks,
/// with `E-AUTH-13` for a name or date that is not sound, `E-AUTH-14` for a role beyond the
/// caller's, and [`Error::Full`] at 50 tokens.
pub fn make(
    tx: &mut Tx<'_>,
    caller: &Caller,
    now: Timestamp,
    new: &NewToken<'_>,
    secret: &Secret,
) -> Result<Token> {
    caller.allow(Act::ManageTokens)?;
    let owner = caller.account().ok_or(Error::SignedOut)?;
    let name = check(owner, now, new)?;
    let count = tx.query_one(
        "select count(*) from identity_token where account = $1 and revoked_us is null",
        params![owner.id.0],
        |row| row.int(0),
    )?;
    if count >= TOKENS_MAX {
        return Err(Error::Full { of: "API tokens of one account", most: TOKENS_MAX });
    }
    let token = Token {
        id: TokenId(tx.take_ids("identity_token", 1)?),
        account: owner.id,
        name,
        role: new.role,
        created: now,
        expires: new.expires,
        revoked: None,
        used: None,
    };
    insert(tx, &token, secret)?;
    let facts = Object::new()
        .text("account", &owner.id.to_string())
        .text("role", token.role.name())
        .boolean("expires", token.expires.is_some());
    let about = ("token_made", token.id.to_string());
    announce(tx, &caller.actor(), now, about, &facts)?;
    Ok(token)
}

fn insert(tx: &mut Tx<'_>, token: &Token, secret: &Secret) -> Result<()> {
    tx.execute(
        "insert into identity_token
             (id, account, name, role, digest, created_us, expires_us, revoked_us, used_us)
         values ($1, $2, $3, $4, $5, $6, $7, null, null)",
        params![
            token.id.0,
            token.account.0,
            &token.name,
            token.role.name(),
            &secret.digest(),
            token.created,
            token.expires
        ],
    )?;
    Ok(())
}

/// Revokes a token at once and announces `token_revoked`; once is enough.
///
/// Its owner may, and an administrator. Fails with [`Error::NoToken`] for anyone else's.
pub fn revoke(tx: &mut Tx<'_>, caller: &Caller, now: Timestamp, id: TokenId) -> Result<()> {
    let token = get(tx, id)?;
    let owns = caller.account().is_some_and(|own| own.id == token.account);
    match owns {
        true => caller.allow(Act::ManageTokens)?,
        false => caller.allow(Act::ManageAccounts).map_err(|_| Error::NoToken)?,
    }
    if token.revoked.is_some() {
        return Ok(());
    }
    tx.execute("update identity_token set revoked_us = $2 where id = $1", params![id.0, now])?;
    let facts = Object::new().text("account", &token.account.to_string());
    let about = ("token_revoked", id.to_string());
    Ok(announce(tx, &caller.actor(), now, about, &facts)?)
}

/// Tokens of an account that are not revoked, newest first; at most 50.
pub fn list(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<Token>> {
    let sql = "select id, account, name, role, created_us, expires_us, revoked_us, used_us
               from identity_token where account = $1 and revoked_us is null
               order by id desc limit $2";
    Ok(tx.query(sql, params![account.0, TOKENS_MAX], |row| read(row, 0))?)
}

/// The token, revoked or not, or [`Error::NoToken`].
pub fn get(tx: &mut Tx<'_>, id: TokenId) -> Result<Token> {
    let sql = "select id, account, name, role, created_us, expires_us, revoked_us, used_us
               from identity_token where id = $1";
    tx.query_opt(sql, params![id.0], |row| read(row, 0))?.ok_or(Error::NoToken)
}

/// The live token that someone shows, and its active account, or none.
pub fn find(tx: &mut Tx<'_>, now: Timestamp, text: &str) -> Result<Option<(Account, Token)>> {
    let Some(secret) = text.strip_prefix(PREFIX).and_then(Secret::parse) else {
        return Ok(None);
    };
    let sql = format!(
        "select {}, t.id, t.account, t.name, t.role, t.created_us, t.expires_us, t.revoked_us,
             t.used_us
         from identity_token t join identity_account a on a.id = t.account
         where t.digest = $1 and t.revoked_us is null and a.deactivated_us is null",
        account::COLUMNS
    );
    let found = tx.query_opt(&sql, params![&secret.digest()], |row| {
        Ok((account::read(row)?, read(row, 6)?))
    })?;
    Ok(found.filter(|(_, token)| token.expires.is_none_or(|expires| now < expires)))
}

/// Notes that a token is in use. Bookkeeping: no event.
pub(crate) fn touch(tx: &mut Tx<'_>, now: Timestamp, id: TokenId) -> Result<()> {
    tx.execute("update identity_token set used_us = $2 where id = $1", params![id.0, now])?;
    Ok(())
}

fn check(owner: &Account, now: Timestamp, new: &NewToken<'_>) -> Result<String> {
    account::check_role(new.role)?;
    if new.role > owner.role {
        return Err(Refusal::new(
            "E-AUTH-14",
            "a token acts as its owner or less",
            "令牌的角色不能高于账号的角色",
            "a token cannot have a higher role than its owner",
        )
        .column("role")
        .value(new.role.name())
        .into());
    }
    let name = text::clean_name(new.name).map_err(|refusal| refusal.column("name"))?;
    if name.chars().nth(NAME_CHARS_MAX).is_some() {
        let (zh, en) = ("令牌名称最多60个字符", "a token's name has at most 60 characters");
        return Err(unsound(zh, en).column("name").value(name).into());
    }
    let latest = now.micros().saturating_add(LIFE_US_MAX);
    let sound = |expires: Timestamp| now < expires && expires.micros() <= latest;
    if let Some(expires) = new.expires.filter(|expires| !sound(*expires)) {
        let (zh, en) = (
            "令牌的到期时间应在今后十年之内",
            "a token expires later than now and within ten years",
        );
        let value = expires.micros().to_string();
        return Err(unsound(zh, en).column("expires_at").value(&value).into());
    }
    Ok(name.to_string())
}

fn unsound(zh: &str, en: &str) -> Refusal {
    let rule = "a token has a name of 1 to 60 characters and may expire within ten years";
    Refusal::new("E-AUTH-13", rule, zh, en)
}

/// Reads eight columns from `first` on.
fn read(row: &Row<'_>, first: usize) -> store::Result<Token> {
    let time = |column: usize| -> store::Result<Option<Timestamp>> {
        Ok(row.opt_int(first + column)?.map(Timestamp::from_micros))
    };
    Ok(Token {
        id: TokenId(row.int(first)?),
        account: AccountId(row.int(first + 1)?),
        name: row.text(first + 2)?,
        role: account::read_role(row, first + 3)?,
        created: Timestamp::from_micros(row.int(first + 4)?),
        expires: time(5)?,
        revoked: time(6)?,
        used: time(7)?,
    })
}
