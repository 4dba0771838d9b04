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
    /// Member, analyst or administrator.
    pub role: Role,
    /// The organization that a member acts for, such as `E12`.
    pub organization: Option<String>,
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
    /// Analyst or administrator; a member has an organization instead.
    pub role: Role,
    /// The organization that a member acts for.
    pub organization: Option<String>,
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
    let facts = Object::new()
        .text("role", account.role.name())
        .opt_text("organization", account.organization.as_deref());
    let about = ("account_created", account.id.to_string());
    Ok(announce(tx, actor, now, about, &facts)?)
}

pub(crate) fn insert(tx: &mut Tx<'_>, now: Timestamp, new: &NewAccount) -> Result<Account> {
    check_kind(new.role, new.organization.as_deref())?;
    let count = tx.query_one("select count(*) from identity_account", &[], |row| row.int(0))?;
    if count >= ACCOUNTS_MAX {
        return Err(Error::Full { of: "accounts", most: ACCOUNTS_MAX });
    }
    let id = AccountId(tx.take_ids("identity_account", 1)?);
    tx.execute(
        "insert into identity_account
             (id, name, name_key, role, password, created_us, password_us, deactivated_us)
         values ($1, $2, $3, $4, $5, $6, $6, null)",
        params![
            id.0,
            &new.name.text,
            &new.name.key,
            stored(new.role).name(),
            new.password.as_str(),
            now
        ],
    )
    .map_err(taken)?;
    if let Some(organization) = &new.organization {
        join(tx, now, id, organization)?;
    }
    get(tx, id)
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
    let account = get(tx, id)?;
    if account.role == role {
        return Ok(account);
    }
    check_not_last(tx, &account)?;
    tx.execute("update identity_account set role = $2 where id = $1", params![id.0, role.name()])?;
    tx.execute("delete from identity_member where account = $1", params![id.0])?;
    let facts = Object::new()
        .text("from", account.role.name())
        .text("to", role.name())
        .opt_text("organization", account.organization.as_deref());
    announce(tx, actor, now, ("role_changed", id.to_string()), &facts)?;
    get(tx, id)
}

/// Makes an account a member that acts for an organization, and announces
/// `organization_changed`; its sessions go on as a member at once.
///
/// Fails with [`Error::NoAccount`], [`Error::LastAdministrator`], or `E-AUTH-14` for a reference
/// that is none.
pub fn set_organization(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    id: AccountId,
    organization: &str,
) -> Result<Account> {
    check_kind(Role::Member, Some(organization))?;
    let account = get(tx, id)?;
    if account.organization.as_deref() == Some(organization) {
        return Ok(account);
    }
    check_not_last(tx, &account)?;
    let least = Role::Analyst.name();
    tx.execute("update identity_account set role = $2 where id = $1", params![id.0, least])?;
    tx.execute("delete from identity_member where account = $1", params![id.0])?;
    join(tx, now, id, organization)?;
    let facts =
        Object::new().opt_text("from", account.organization.as_deref()).text("to", organization);
    announce(tx, actor, now, ("organization_changed", id.to_string()), &facts)?;
    get(tx, id)
}

fn join(tx: &mut Tx<'_>, now: Timestamp, id: AccountId, organization: &str) -> Result<()> {
    tx.execute(
        "insert into identity_member (account, organization, since_us) values ($1, $2, $3)",
        params![id.0, organization, now],
    )?;
    Ok(())
}

/// The role that is stored: a member is an analyst narrowed by its row.
fn stored(role: Role) -> Role {
    if role == Role::Member { Role::Analyst } else { role }
}

/// A member has an organization, nobody else does.
pub(crate) fn check_kind(role: Role, organization: Option<&str>) -> Result<()> {
    let sound = |text: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
        (1..=60).contains(&text.len()) && text.bytes().all(fits)
    };
    match (role, organization) {
        (Role::Member, Some(text)) if sound(text) => Ok(()),
        (Role::Member, _) | (_, Some(_)) => Err(Refusal::new(
            "E-AUTH-14",
            "a member acts for one organization, nobody else for any",
            "成员账号须注明所属机构,其他角色不注明",
            "a member acts for one organization; other roles for none",
        )
        .column("organization")
        .value(organization.unwrap_or_default())
        .into()),
        (role, None) => check_role(role),
    }
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
    let sql = format!("select {COLUMNS} from identity_account a where a.id = $1");
    Ok(tx.query_opt(&sql, params![id.0], read)?)
}

/// Accounts after an id in the order of creation; at most `limit`, at most 200.
pub fn list(tx: &mut Tx<'_>, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>> {
    let after = after.map_or(0, |id| id.0);
    let sql =
        format!("select {COLUMNS} from identity_account a where a.id > $1 order by a.id limit $2");
    Ok(tx.query(&sql, params![after, limit.clamp(0, LIST_MAX)], read)?)
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
    let sql = format!("select {COLUMNS}, a.password from identity_account a where a.name_key = $1");
    Ok(tx.query_opt(&sql, params![text::fold(typed)], read_kept)?)
}

/// The account with this id, active or not.
pub(crate) fn kept(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Kept>> {
    let sql = format!("select {COLUMNS}, a.password from identity_account a where a.id = $1");
    Ok(tx.query_opt(&sql, params![id.0], read_kept)?)
}

/// What [`read`] reads, of `identity_account a`: the first six columns of a query.
pub(crate) const COLUMNS: &str = "a.id, a.name, a.role, a.created_us, a.deactivated_us,
    (select m.organization from identity_member m where m.account = a.id)";

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> store::Result<Account> {
    let organization = row.opt_text(5)?;
    let role = match organization {
        Some(_) => Role::Member,
        None => read_role(row, 2)?,
    };
    Ok(Account {
        id: AccountId(row.int(0)?),
        name: row.text(1)?,
        role,
        organization,
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
    Ok(Kept { account: read(row)?, password: PasswordHash::from_store(row.text(6)?) })
}

fn administrators(tx: &mut Tx<'_>) -> Result<i64> {
    let sql = "select count(*) from identity_account
               where role = 'administrator' and deactivated_us is null
                   and id not in (select account from identity_member)";
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
    if !matches!(role, Role::Anonymous | Role::Member) {
        return Ok(());
    }
    Err(Refusal::new(
        "E-AUTH-14",
        "an account is analyst, administrator, or a member of an organization",
        "角色应为分析员、管理员,或所属机构的成员",
        "the role is `analyst`, `administrator`, or `member` with an organization",
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
