//! Policies that an office published, laid over the shelf that ships.

use crate::shelf::Files;
use kernel::canon::Object;
use kernel::{Actor, Calendar, Day, EventId, Refusal, Timestamp};
use policy_rules::{Fault, Policy, Shelf, Weight};
use store::{NewEvent, Tx, params};

/// So many versions are published in all.
pub const VERSIONS_MAX: i64 = 5_000;

/// Why a policy was not published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its text has errors.
    #[error("the policy has {} faults", .0.len())]
    Faulty(Vec<Fault>),
    /// It breaks another rule.
    #[error("{0}")]
    Refused(Refusal),
    /// Storage failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The journal event.
    pub event: EventId,
    /// Which policy.
    pub policy: String,
    /// Digest of its text.
    pub digest: String,
    /// Who published it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// The newest publication's event, to know whether a shelf is still fresh.
pub fn revision(tx: &mut Tx<'_>) -> store::Result<Option<i64>> {
    tx.query_one("select max(event_index) from policy_published", params![], |row| row.opt_int(0))
}

/// The shelf that ships with what was published over it. What was published is known since the day
/// it was, so that what was asked before is answered as before.
pub fn shelf(tx: &mut Tx<'_>, calendar: &Calendar) -> store::Result<Shelf> {
    let sql = "select event_index, body, recorded_us from policy_published order by event_index";
    let rows = tx.query(sql, params![], |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?)))?;
    let mut files = Files::shipped();
    let mut since = std::collections::BTreeMap::new();
    for (event, body, at) in rows {
        let name = format!("published-{event}.yaml");
        since.insert(kernel::canon::hex(&kernel::canon::sha256(body.as_bytes())), day(at));
        files.add(name, body);
    }
    let mut shelf = files.shelf(calendar);
    for policy in &mut shelf.policies {
        if let Some(day) = since.get(&policy.digest) {
            policy.known = policy.known.max(*day);
        }
    }
    shelf.policies.sort_by(|a, b| (&a.id, a.known).cmp(&(&b.id, b.known)));
    Ok(shelf)
}

fn day(micros: i64) -> Day {
    Timestamp::from_micros(micros).legal_day()
}

/// A text, read and checked: the policy when it may be used, and every fault.
pub fn check(text: &str, calendar: &Calendar) -> (Option<Policy>, Vec<Fault>) {
    let vocabulary = match Files::shipped().vocabulary() {
        Ok(vocabulary) => vocabulary,
        Err(faults) => return (None, faults),
    };
    let mut shelf = Shelf::read([("policy.yaml", text)], &vocabulary, calendar);
    (shelf.policies.pop(), shelf.faults)
}

/// Publishes a version of a policy.
///
/// Fails with [`Error::Faulty`] for a text with errors, `E-POL-03` for a text that is published
/// already, `E-SIZE` past [`VERSIONS_MAX`].
pub fn publish(
    tx: &mut Tx<'_>,
    (actor, now): (&Actor, Timestamp),
    calendar: &Calendar,
    text: &str,
) -> Result<(EventId, Policy), Error> {
    let (policy, faults) = check(text, calendar);
    let errors = faults.iter().any(|fault| fault.weight == Weight::Error);
    let Some(policy) = policy.filter(|_| !errors) else {
        return Err(Error::Faulty(faults));
    };
    let refuse = |code, zh: &str, en: &str| {
        Error::Refused(Refusal::new(code, "versions of a policy", zh, en).value(&policy.id))
    };
    let shelf = shelf(tx, calendar)?;
    if shelf.policies.iter().any(|one| one.digest == policy.digest) {
        return Err(refuse("E-POL-03", "这一版本已在架上", "this text is on the shelf already"));
    }
    let today = now.legal_day();
    let overlaps = |one: &&Policy| one.id == policy.id && one.known >= today.max(policy.known);
    if shelf.policies.iter().any(|one| overlaps(&one)) {
        let en = "a version was published today; the next is published tomorrow, so that each day has one";
        return Err(refuse("E-POL-03", "该政策今天已发布过一版,一天一版", en));
    }
    let sql = "select count(*) from policy_published";
    if tx.query_one(sql, params![], |row| row.int(0))? >= VERSIONS_MAX {
        return Err(refuse("E-SIZE", "发布的版本过多", "too many versions"));
    }
    let event = tx.append(NewEvent {
        kind: "policy_published".to_string(),
        actor: actor.clone(),
        at: now,
        subject: Some(policy.id.clone()),
        payload: Object::new()
            .text("policy", &policy.id)
            .text("digest", &policy.digest)
            .to_string(),
    })?;
    tx.execute(
        "insert into policy_published (event_index, policy, digest, body, actor, recorded_us)
         values ($1, $2, $3, $4, $5, $6)",
        params![event.0, policy.id.as_str(), policy.digest.as_str(), text, actor.as_str(), now],
    )?;
    Ok((event, policy))
}

/// Versions that were published, the newest first.
pub fn versions(tx: &mut Tx<'_>, limit: usize) -> store::Result<Vec<Version>> {
    let sql = "select event_index, policy, digest, actor, recorded_us from policy_published
        order by event_index desc limit $1";
    tx.query(sql, params![limit as i64], |row| {
        Ok(Version {
            event: EventId(row.int(0)?),
            policy: row.text(1)?,
            digest: row.text(2)?,
            by: Actor::new(row.text(3)?),
            at: Timestamp::from_micros(row.int(4)?),
        })
    })
}

/// The text with a digest: that was published, or that ships.
pub fn text(tx: &mut Tx<'_>, digest: &str) -> store::Result<Option<String>> {
    let sql = "select body from policy_published where digest = $1 order by event_index limit 1";
    if let Some(text) = tx.query_opt(sql, params![digest], |row| row.text(0))? {
        return Ok(Some(text));
    }
    let same =
        |text: &String| kernel::canon::hex(&kernel::canon::sha256(text.as_bytes())) == digest;
    Ok(Files::shipped().policies.into_iter().map(|(_, text)| text).find(same))
}
