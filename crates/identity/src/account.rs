//! Accounts: who can sign in, and as what.
//!
//! An account is never deleted, because the journal names it; it is deactivated, and can be
//! renamed when its person wants to be forgotten.

use crate::error::{Error, Result};
use crate::event::announce;
use crate::id::AccountId;
use crate::password::PasswordHash;
use crate::role::Role;
use crate::session;
use kernel::canon::Object;
use kernel::{Actor, Refusal, Timestamp, text};
use store::{Row, Tx, params};

/// Fewest characters of a name.
pub const NAME_CHARS_MIN: usize = 2;
/// Most characters of a name.
pub const NAME_CHARS_MAX: usize = 40;
/// Most accounts there can be.
pub const ACCOUNTS_MAX: i64 = 10_000;
/// Most accounts in one answer.
pub const LIST_MAX: i64 = 200;
/// Names that stand for the house or for nobody.
const RESERVED: [&str; 3] = ["system", "anonymous", "xiudai"];

/// Someone who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `A1`.
    pub id: AccountId,
    /// As its person writes it, 2 to 40 characters.
    pub name: String,
    /// Analyst or administrator.
    pub role: Role,
    /// When it was created.
    pub created: Timestamp,
    /// Since when it cannot be used, if so.
    pub deactivated: Option<Timestamp>,
}

/// A name that an account can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountName {
    text: String,
    key: String,
}

impl AccountName {
    /// The name without outer white space: one line of 2 to 40 characters that deceive nobody.
    ///
    /// Fails with `E-AUTH-08`, or with a code of [`text::clean_name`].
    pub fn parse(wish: &str) -> Result<AccountName> {
        let name = text::clean_name(wish).map_err(|refusal| refusal.column("name"))?;
        let chars = name.chars().count();
        let key = text::fold(name);
        if !(NAME_CHARS_MIN..=NAME_CHARS_MAX).contains(&chars) || RESERVED.contains(&key.as_str()) {
            return Err(Refusal::new(
                "E-AUTH-08",
                "the name of an account has 2 to 40 characters and is not a reserved word",
                "用户名应为2至40个字符,且不是保留字",
                "the name of an account has 2 to 40 characters and is not a reserved word",
            )
            .column("name")
            .value(name)
            .into());
        }
        let text = name.to_string();
        Ok(AccountName { text, key })
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// What it takes to create an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its name.
    pub name: AccountName,
    /// Analyst or administrator.
    pub role: Role,
    /// Its password, hashed before the transaction began.
    pub password: PasswordHash,
}

/// Creates an account and announces `account_created`.
///
/// Fails with [`Error::Taken`], with [`Error::Full`] at 10,000 accounts, and with `E-AUTH-14` for
/// a role that accounts cannot have.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, new: &NewAccount) -> Result<Account> {
    let account = insert(tx, now, new)?;
    announce_created(tx, actor, now, &account)?;
    Ok(account)
}

pub(crate) fn announce_created(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    account: &Account,
) -> Result<()> {
    let facts = Object::new().text("role", account.role.name());
    let about = ("account_created", account.id.to_string());
    Ok(announce(tx, actor, now, about, &facts)?)
}

pub(crate) fn insert(tx: &mut Tx<'_>, now: Timestamp, new: &NewAccount) -> Result<Account> {
    check_role(new.role)?;
    let count = tx.query_one("select count(*) from identity_account", &[], |row| row.int(0))?;
    if count >= ACCOUNTS_MAX {
        return Err(Error::Full { of: "accounts", most: ACCOUNTS_MAX });
    }
    let id = AccountId(tx.take_ids("identity_account", 1)?);
    tx.execute(
        "insert into identity_account
             (id, name, name_key, role, password, created_us, password_us, deactivated_us)
         values ($1, $2, $3, $4, $5, $6, $6, null)",
        params![id.0, &new.name.text, &new.name.key, new.role.name(), new.password.as_str(), now],
    )
    .map_err(taken)?;
    Ok(Account { id, name: new.name.text.clone(), role: new.role, created: now, deactivated: None })
}

/// Renames an account and announces `account_renamed`. Fails with [`Error::NoAccount`] or
/// [`Error::Taken`].
pub fn rename(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: AccountId,
    name: &AccountName,
) -> Result<Account> {
    let mut account = get(tx, id)?;
    if account.name == name.text {
        return Ok(account);
    }
    tx.execute(
        "update identity_account set name = $2, name_key = $3 where id = $1",
        params![id.0, &name.text, &name.key],
    )
    .map_err(taken)?;
    let about = ("account_renamed", id.to_string());
    announce(tx, actor, now, about, &Object::new())?;
    account.name = name.text.clone();
    Ok(account)
}

/// Gives an account another role and announces `role_changed`; its sessions go on with the new
/// role at once.
///
/// Fails with [`Error::NoAccount`], `E-AUTH-14` or [`Error::LastAdministrator`].
pub fn set_role(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: AccountId,
    role: Role,
) -> Result<Account> {
    check_role(role)?;
    let mut account = get(tx, id)?;
    if account.role == role {
        return Ok(account);
    }
    check_not_last(tx, &account)?;
    tx.execute("update identity_account set role = $2 where id = $1", params![id.0, role.name()])?;
    let facts = Object::new().text("from", account.role.name()).text("to", role.name());
    announce(tx, actor, now, ("role_changed", id.to_string()), &facts)?;
    account.role = role;
    Ok(account)
}

/// Gives an account another password, ends all its sessions and announces `password_changed`.
/// API tokens stay: they are revoked one by one.
///
/// Fails with [`Error::NoAccount`].
pub fn set_password(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: AccountId,
    password: &PasswordHash,
) -> Result<()> {
    get(tx, id)?;
    tx.execute(
        "update identity_account set password = $2, password_us = $3 where id = $1",
        params![id.0, password.as_str(), now],
    )?;
    session::end_all(tx, id)?;
    let about = ("password_changed", id.to_string());
    Ok(announce(tx, actor, now, about, &Object::new())?)
}

/// Deactivates an account, ends all its sessions and announces `account_deactivated`; its tokens
/// do not work while it is so.
///
/// Fails with [`Error::NoAccount`] or [`Error::LastAdministrator`].
pub fn deactivate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: AccountId,
) -> Result<Account> {
    let mut account = get(tx, id)?;
    if account.deactivated.is_some() {
        return Ok(account);
    }
    check_not_last(tx, &account)?;
    tx.execute(
        "update identity_account set deactivated_us = $2 where id = $1",
        params![id.0, now],
    )?;
    session::end_all(tx, id)?;
    let about = ("account_deactivated", id.to_string());
    announce(tx, actor, now, about, &Object::new())?;
    account.deactivated = Some(now);
    Ok(account)
}

/// Makes a deactivated account usable again and announces `account_activated`.
///
/// Fails with [`Error::NoAccount`].
pub fn activate(tx: &mut Tx<'_>, actor: &Actor, now: Timestamp, id: AccountId) -> Result<Account> {
    let mut account = get(tx, id)?;
    if account.deactivated.is_none() {
        return Ok(account);
    }
    tx.execute("update identity_account set deactivated_us = null where id = $1", params![id.0])?;
    let about = ("account_activated", id.to_string());
    announce(tx, actor, now, about, &Object::new())?;
    account.deactivated = None;
    Ok(account)
}

/// The account, or [`Error::NoAccount`].
pub fn get(tx: &mut Tx<'_>, id: AccountId) -> Result<Account> {
    find(tx, id)?.ok_or(Error::NoAccount)
}

/// The account, if there is one.
pub fn find(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>> {
    let sql = "select id, name, role, created_us, deactivated_us
               from identity_account where id = $1";
    Ok(tx.query_opt(sql, params![id.0], read)?)
}

/// Accounts after an id in the order of creation; at most `limit`, at most 200.
pub fn list(tx: &mut Tx<'_>, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>> {
    let after = after.map_or(0, |id| id.0);
    let sql = "select id, name, role, created_us, deactivated_us
               from identity_account where id > $1 order by id limit $2";
    Ok(tx.query(sql, params![after, limit.clamp(0, LIST_MAX)], read)?)
}

/// Whether there is an administrator who can act.
pub fn has_administrator(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(administrators(tx)? > 0)
}

/// An account with what is kept of its password.
pub(crate) struct Kept {
    pub(crate) account: Account,
    pub(crate) password: PasswordHash,
}

/// The account with this name as someone typed it, active or not.
pub(crate) fn kept_by_name(tx: &mut Tx<'_>, typed: &str) -> Result<Option<Kept>> {
    if typed.chars().nth(NAME_CHARS_MAX * 2).is_some() || typed.contains('\0') {
        return Ok(None);
    }
    let sql = "select id, name, role, created_us, deactivated_us, password
               from identity_account where name_key = $1";
    Ok(tx.query_opt(sql, params![text::fold(typed)], read_kept)?)
}

/// The account with this id, active or not.
pub(crate) fn kept(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Kept>> {
    let sql = "select id, name, role, created_us, deactivated_us, password
               from identity_account where id = $1";
    Ok(tx.query_opt(sql, params![id.0], read_kept)?)
}

/// Reads the first five columns of the queries here, in their order.
pub(crate) fn read(row: &Row<'_>) -> store::Result<Account> {
    Ok(Account {
        id: AccountId(row.int(0)?),
        name: row.text(1)?,
        role: read_role(row, 2)?,
        created: Timestamp::from_micros(row.int(3)?),
        deactivated: row.opt_int(4)?.map(Timestamp::from_micros),
    })
}

pub(crate) fn read_role(row: &Row<'_>, column: usize) -> store::Result<Role> {
    let name = row.text(column)?;
    Role::from_name(&name).ok_or(store::Error::Decode {
        column: "role".to_string(),
        want: "a role",
        found: "an unknown word".to_string(),
    })
}

fn read_kept(row: &Row<'_>) -> store::Result<Kept> {
    Ok(Kept { account: read(row)?, password: PasswordHash::from_store(row.text(5)?) })
}

fn administrators(tx: &mut Tx<'_>) -> Result<i64> {
    let sql = "select count(*) from identity_account
               where role = 'administrator' and deactivated_us is null";
    Ok(tx.query_one(sql, &[], |row| row.int(0))?)
}

fn check_not_last(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    let counts = account.role == Role::Administrator && account.deactivated.is_none();
    if counts && administrators(tx)? <= 1 {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}

pub(crate) fn check_role(role: Role) -> Result<()> {
    if role != Role::Anonymous {
        return Ok(());
    }
    Err(Refusal::new(
        "E-AUTH-14",
        "an account or token is analyst or administrator",
        "角色应为分析员或管理员",
        "the role is `analyst` or `administrator`",
    )
    .column("role")
    .value(role.name())
    .into())
}

fn taken(error: store::Error) -> Error {
    match error.is_constraint("identity_account_name") {
        true => Error::Taken,
        false => error.into(),
    }
}
