//! Reports: the numbers of a year, each from the events behind it; and results that lie idle.

use crate::case::{self, CaseId, Sight};
use crate::error::{Error, Result};
use kernel::{Day, Refusal};
use schema::Rulebook;
use store::{Tx, params};
use transfer_rules::activity;
use transfer_rules::case::{Case, Stamped};
use transfer_rules::inaction::{self, Idle};
use transfer_rules::input::On;

/// A report counts at most so many events: more is a question for each unit by itself.
pub const EVENTS_MAX: usize = 10_000;

/// Places whose law applies to cases that someone sees, that with most cases first.
pub fn places(tx: &mut Tx<'_>, sight: Sight) -> Result<Vec<String>> {
    let sql = "select c.place from transfer_case c
        where ($1 = 0 or exists (select 1 from transfer_party p
            where p.case_id = c.id and p.entity_id = $1 and p.role = 'unit'))
        group by c.place order by count(*) desc, c.place";
    Ok(tx.query(sql, params![case::entity_of(sight)], |row| row.text(0))?)
}

/// What happened in a year `from..to` in the cases under a place's law that someone sees, as reports
/// count it: ids name journal events. Of the years before only what still counts is in it, such as
/// licences that may be active.
///
/// Fails with `E-SIZE` past [`EVENTS_MAX`].
pub fn activities(
    tx: &mut Tx<'_>,
    book: &Rulebook,
    sight: Sight,
    place: &str,
    (from, to): (Day, Day),
) -> Result<Vec<activity::Event>> {
    let sql = "select distinct e.case_id from transfer_event e
        join transfer_case c on c.id = e.case_id
        where c.place = $3 and e.on_day < $1 and e.kind in ('disclosed', 'right_recorded', 'contract_signed',
            'received', 'distribution_decided')
        and ($2 = 0 or exists (select 1 from transfer_party p
            where p.case_id = e.case_id and p.entity_id = $2 and p.role = 'unit'))
        order by e.case_id limit 10001";
    let asked = params![i64::from(to.number()), case::entity_of(sight), place];
    let ids = tx.query(sql, asked, |row| Ok(CaseId(row.int(0)?)))?;
    let mut all = Vec::new();
    for id in ids {
        let whole = case::get(tx, book, id)?;
        let name = id.to_string();
        let mut so_far = Case::default();
        for (kept, _) in &whole.events {
            let stamped = Stamped {
                event: kept.event.clone(),
                seq: kept.seq,
                by: kept.by.as_str().to_string(),
                recorded: kept.at.legal_day(),
            };
            so_far.replay(&stamped, book);
            if kept.event.on >= to {
                continue;
            }
            let journal = kept.journal.to_string();
            let mut found = so_far.activity(&stamped, &journal, &name);
            if kept.event.kind == "distribution_decided" {
                found.extend(so_far.distributed(kept.event.on, &journal, &name));
            }
            found.retain(|event| event.on.0 >= from || event.what.lasts());
            all.extend(found);
        }
        if all.len() > EVENTS_MAX {
            let (zh, en) = ("事件过多,请按单位分别统计", "too many events; ask unit by unit");
            return Err(Refusal::new("E-SIZE", en, zh, en).into());
        }
    }
    all.sort_by_key(|event| event.on);
    Ok(all)
}

/// A result that lies idle, and what its completers may do.
#[derive(Debug, Clone)]
pub struct Stalled {
    /// The case.
    pub case: CaseId,
    /// What it is about.
    pub title: String,
    /// Whose it is.
    pub unit: String,
    /// Whose law applies: the effects differ.
    pub place: String,
    /// What follows.
    pub claim: inaction::Claim,
}

/// Results registered over a year ago of which nothing came, the longest idle first.
///
/// The law is asked as it was known at the end of `known`. Places without such a law are left out.
pub fn radar(
    tx: &mut Tx<'_>,
    book: &Rulebook,
    sight: Sight,
    (today, known): (Day, Day),
    limit: usize,
) -> Result<Vec<Stalled>> {
    let sql = "select k.case_id, c.title, c.unit, c.place, k.from_day
        from transfer_clock k join transfer_case c on c.id = k.case_id
        where k.key = 'inaction' and k.done_day is null and k.last_day < $1
            and ($2 = 0 or exists (select 1 from transfer_party p
                where p.case_id = c.id and p.entity_id = $2 and p.role = 'unit'))
        order by k.last_day, k.case_id limit $3";
    let asked = params![i64::from(today.number()), case::entity_of(sight), limit as i64];
    let rows = tx.query(sql, asked, |row| {
        Ok((
            CaseId(row.int(0)?),
            row.text(1)?,
            row.text(2)?,
            row.text(3)?,
            Day::from_number(row.int(4)? as i32),
        ))
    })?;
    let mut found = Vec::with_capacity(rows.len());
    for (case, title, unit, place, registered) in rows {
        let idle = Idle {
            result: case.to_string(),
            registered: On(registered),
            transformed: Some(false),
            // Nobody recorded a good reason; whether there is one is for the unit to say.
            good_reason: None,
            now: On(today),
        };
        match inaction::claim(&idle, &book.lookup(&place, today, known)) {
            Ok(claim) => found.push(Stalled { case, title, unit, place, claim }),
            Err(refusal) if refusal.code == "E-RULE-01" => {}
            Err(refusal) => return Err(Error::from(refusal)),
        }
    }
    Ok(found)
}
