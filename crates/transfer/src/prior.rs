//! Cases that may be about the same result: what was disclosed before under a similar title.

use crate::case::{self, CaseId, Sight};
use crate::error::{Error, Result};
use kernel::Day;
use schema::Rulebook;
use std::collections::BTreeMap;
use store::{Tx, params};
use transfer_rules::disclosure::{self, Earlier, Similar, Titles};

/// So many cases are compared: those of the same unit first, then the newest.
pub const COMPARED_MAX: usize = 10_000;
/// So many are told.
pub const TOLD_MAX: usize = 10;

/// A case that may be about the same result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// Which.
    pub case: CaseId,
    /// What it is about.
    pub title: String,
    /// Whose result it is.
    pub unit: String,
    /// How similar the titles are, and why that is said.
    pub similar: Similar,
}

/// Other cases in sight whose titles are similar enough to ask whether it is the same result, the
/// most similar first. Someone who acts for an organization learns of its own cases only.
///
/// The law is asked as known on `today`. Fails with [`Error::Missing`] and like
/// [`disclosure::prior`].
pub fn prior(
    tx: &mut Tx<'_>,
    book: &Rulebook,
    sight: Sight,
    id: CaseId,
    today: Day,
) -> Result<Vec<Prior>> {
    let sql = "select title, unit, place from transfer_case where id = $1";
    let read = |row: &store::Row<'_>| Ok((row.text(0)?, row.text(1)?, row.text(2)?));
    let found = tx.query_opt(sql, params![id.0], read)?;
    let (title, unit, place) = found.ok_or_else(|| Error::missing("case", id))?;
    let sql = "select c.id, c.title, c.unit from transfer_case c
        where c.id <> $1 and ($2 = 0 or exists (select 1 from transfer_party p
            where p.case_id = c.id and p.entity_id = $2 and p.role = 'unit'))
        order by case when c.unit = $3 then 0 else 1 end, c.id desc limit $4";
    let asked = params![id.0, case::entity_of(sight), unit.as_str(), COMPARED_MAX as i64];
    let rows = tx.query(sql, asked, |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))?;
    let mut others = BTreeMap::new();
    let mut earlier = Vec::with_capacity(rows.len());
    for (other, title, unit) in rows {
        let key = CaseId(other).to_string();
        earlier.push(Earlier { id: key.clone(), title: title.clone() });
        others.insert(key, (CaseId(other), title, unit));
    }
    let law = book.lookup(&place, today, today);
    let similar = disclosure::prior(&Titles { title, earlier }, &law)?;
    let told = similar.into_iter().take(TOLD_MAX).filter_map(|similar| {
        let (case, title, unit) = others.remove(&similar.id)?;
        Some(Prior { case, title, unit, similar })
    });
    Ok(told.collect())
}
