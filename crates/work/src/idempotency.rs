//! Idempotency keys: a request that is sent twice happens once.
//!
//! Best in one transaction: [`begin`], the effect, [`finish`]. Then a crash leaves either all of it
//! or nothing. Where that cannot be (a password to hash, a file to read), [`begin`] and [`finish`]
//! stand in transactions of their own, and [`abandon`] lets a request that came to nothing be sent
//! again. After a crash in between, the key is free again after a minute.

use crate::error::{Error, Result};
use kernel::canon::Hasher;
use kernel::{Actor, Refusal, Timestamp};
use store::{Row, Tx, params};

/// How long an answer is kept: 24 hours.
pub const KEPT_US: i64 = 24 * 3_600 * 1_000_000;
/// After this long without an answer a request is taken for dead: a minute.
pub const BUSY_US: i64 = 60 * 1_000_000;
/// Most keys of one actor within 24 hours.
pub const KEYS_MAX: i64 = 5_000;
/// Longest key.
pub const KEY_CHARS_MAX: usize = 200;
/// Longest body that is kept, in bytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Longest header that is kept, in bytes.
const HEADER_BYTES_MAX: usize = 2_000;
/// Most rows that one sweep removes.
const SWEEP_MAX: i64 = 1_000;

/// A request that carries a key.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// Their key: 1 to 200 visible ASCII characters.
    pub key: &'a str,
    /// What they ask, from [`digest`].
    pub digest: [u8; 32],
}

/// What was answered. Never keep a secret here: leave out of `body` what is shown only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header `Location`, if any.
    pub location: Option<String>,
    /// Header `ETag`, if any.
    pub etag: Option<String>,
    /// The body; empty if none.
    pub body: String,
}

/// What to do with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Do it: it is the first.
    Fresh,
    /// Answer this: it was done.
    Replay(Response),
}

/// The digest of a request: its method, its path with the query, its body.
pub fn digest(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    Hasher::new().text(method).text(path).bytes(body).digest()
}

/// Takes the key for this request, or answers what the first request with it was answered.
///
/// Fails with `E-IDEM-01` for a key that is not sound, [`Error::KeyReused`] if it stands for
/// another request, [`Error::KeyBusy`] if the first one is under way, and [`Error::Full`] at 5,000
/// keys a day.
pub fn begin(tx: &mut Tx<'_>, now: Timestamp, request: &Request<'_>) -> Result<Begun> {
    check_key(request.key)?;
    match find(tx, now, request)? {
        Some(kept) if kept.digest != request.digest => return Err(Error::KeyReused),
        Some(Kept { response: Some(response), .. }) => return Ok(Begun::Replay(response)),
        Some(kept) if now.micros().saturating_sub(kept.begun_us) < BUSY_US => {
            return Err(Error::KeyBusy);
        }
        _ => {}
    }
    check_room(tx, now, request.actor)?;
    tx.execute(
        "insert into work_idempotency
             (actor, key, digest, begun_us, status, location, etag, body)
         values ($1, $2, $3, $4, null, null, null, null)
         on conflict (actor, key) do update set digest = excluded.digest,
             begun_us = excluded.begun_us, status = null, location = null, etag = null,
             body = null",
        params![request.actor.as_str(), request.key, &request.digest, now],
    )?;
    Ok(Begun::Fresh)
}

/// Keeps the answer of a request that was begun, for 24 hours from its beginning.
///
/// Fails with `E-IDEM-04` if the answer is too long to keep.
pub fn finish(tx: &mut Tx<'_>, request: &Request<'_>, response: &Response) -> Result<()> {
    let headers = [&response.location, &response.etag];
    let long = |text: &Option<String>| {
        text.as_deref().is_some_and(|text| text.len() > HEADER_BYTES_MAX || text.contains('\0'))
    };
    let body = &response.body;
    if body.len() > BODY_BYTES_MAX || body.contains('\0') || headers.into_iter().any(long) {
        return Err(Refusal::new(
            "E-IDEM-04",
            "an answer that is kept has at most 1,048,576 bytes and no NUL",
            "响应过长,无法按幂等键保存",
            "the answer is too long to be kept for its Idempotency-Key",
        )
        .into());
    }
    tx.execute(
        "update work_idempotency set status = $4, location = $5, etag = $6, body = $7
         where actor = $1 and key = $2 and digest = $3",
        params![
            request.actor.as_str(),
            request.key,
            &request.digest,
            i64::from(response.status),
            response.location.as_deref(),
            response.etag.as_deref(),
            body
        ],
    )?;
    Ok(())
}

/// Frees the key of a request that came to nothing, so that it can be sent again.
pub fn abandon(tx: &mut Tx<'_>, request: &Request<'_>) -> Result<()> {
    tx.execute(
        "delete from work_idempotency
         where actor = $1 and key = $2 and digest = $3 and status is null",
        params![request.actor.as_str(), request.key, &request.digest],
    )?;
    Ok(())
}

/// The answer kept for this request, if any. Takes nothing; works in a read.
///
/// Fails with `E-IDEM-01` or [`Error::KeyReused`].
pub fn lookup(tx: &mut Tx<'_>, now: Timestamp, request: &Request<'_>) -> Result<Option<Response>> {
    check_key(request.key)?;
    match find(tx, now, request)? {
        Some(kept) if kept.digest != request.digest => Err(Error::KeyReused),
        kept => Ok(kept.and_then(|kept| kept.response)),
    }
}

/// Removes up to 1,000 keys older than 24 hours; answers how many. No event.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64> {
    Ok(tx.execute(
        "delete from work_idempotency where (actor, key) in (
             select actor, key from work_idempotency
             where begun_us <= $1 order by begun_us limit $2)",
        params![oldest(now), SWEEP_MAX],
    )?)
}

struct Kept {
    digest: [u8; 32],
    begun_us: i64,
    response: Option<Response>,
}

fn find(tx: &mut Tx<'_>, now: Timestamp, request: &Request<'_>) -> Result<Option<Kept>> {
    let sql = "select digest, begun_us, status, location, etag, body from work_idempotency
               where actor = $1 and key = $2 and begun_us > $3";
    let params = params![request.actor.as_str(), request.key, oldest(now)];
    Ok(tx.query_opt(sql, params, read)?)
}

fn read(row: &Row<'_>) -> store::Result<Kept> {
    let status = row.opt_int(2)?.map(|status| {
        u16::try_from(status).map_err(|_| store::Error::Decode {
            column: "status".to_string(),
            want: "an HTTP status",
            found: format!("the whole number {status}"),
        })
    });
    let response = match status.transpose()? {
        None => None,
        Some(status) => Some(Response {
            status,
            location: row.opt_text(3)?,
            etag: row.opt_text(4)?,
            body: row.opt_text(5)?.unwrap_or_default(),
        }),
    };
    Ok(Kept { digest: row.hash(0)?, begun_us: row.int(1)?, response })
}

fn check_key(key: &str) -> Result<()> {
    let sound = key.bytes().all(|b| b.is_ascii_graphic());
    if sound && (1..=KEY_CHARS_MAX).contains(&key.len()) {
        return Ok(());
    }
    Err(Refusal::new(
        "E-IDEM-01",
        "an Idempotency-Key is 1 to 200 visible ASCII characters",
        "Idempotency-Key 应为1至200个可见 ASCII 字符",
        "an Idempotency-Key is 1 to 200 visible ASCII characters",
    )
    .column("Idempotency-Key")
    .value(key)
    .into())
}

fn check_room(tx: &mut Tx<'_>, now: Timestamp, actor: &Actor) -> Result<()> {
    let sql = "select count(*) from work_idempotency where actor = $1 and begun_us > $2";
    let count = tx.query_one(sql, params![actor.as_str(), oldest(now)], |row| row.int(0))?;
    match count < KEYS_MAX {
        true => Ok(()),
        false => Err(Error::Full { of: "idempotency keys of one account", most: KEYS_MAX }),
    }
}

fn oldest(now: Timestamp) -> i64 {
    now.micros().saturating_sub(KEPT_US)
}
