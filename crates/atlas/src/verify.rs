//! Verification: every row of the atlas against the digest that the journal keeps of it.
//!
//! One pass over each table gathers the digest of each event's rows; the journal's own check then
//! asks for them event by event. A changed, missing or foreign byte in either is found.

use crate::error::Result;
use crate::keys::Key;
use crate::load::{Ending, end_into, entity_into, key_into};
use crate::statement::{self, EndReason};
use crate::{answer, candidate, document, judgement, source, undone};
use kernel::canon::{Hasher, hex};
use kernel::{EntityId, EventId, StatementId, Timestamp};
use std::collections::BTreeMap;
use store::journal::{Event, Finding, Report};
use store::{Tx, Verifier, params};

/// What the tables say of each event.
#[derive(Default)]
struct Rows {
    entities: BTreeMap<i64, String>,
    keys: BTreeMap<i64, String>,
    statements: BTreeMap<i64, String>,
    ends: BTreeMap<i64, String>,
    /// Description of the source that an event added.
    sources: BTreeMap<i64, String>,
    /// Digest of the row of a source's event.
    source_events: BTreeMap<i64, String>,
    /// Description of the judgement that an event made, or of its end.
    judgements: BTreeMap<i64, String>,
    judgement_ends: BTreeMap<i64, String>,
    /// Description of the document that an event brought, with the digest of its candidates.
    documents: BTreeMap<i64, String>,
    /// Digest of the decisions of an event.
    decisions: BTreeMap<i64, String>,
    /// Description of the answer that an event brought, or of its end.
    answers: BTreeMap<i64, String>,
    answer_ends: BTreeMap<i64, String>,
}

/// Checks the journal and every row of the atlas against it.
///
/// Cost: one pass over each table; memory for one digest an event.
pub fn verify(tx: &mut Tx<'_>, verifier: &Verifier) -> Result<Report> {
    verify_with(tx, verifier, &mut |_| Ok(()))
}

/// Like [`verify`], in the same pass over the journal handing each event to `others` as well: what
/// a capability keeps of it.
pub fn verify_with(
    tx: &mut Tx<'_>,
    verifier: &Verifier,
    others: &mut dyn FnMut(&Event) -> std::result::Result<(), Finding>,
) -> Result<Report> {
    let mut rows = gather(tx)?;
    let mut both = |event: &Event| check(&mut rows, event).and_then(|()| others(event));
    let mut report = store::journal::verify(tx, verifier, &mut |event, _| both(event))?;
    for (table, left) in rows.left_over() {
        for event in left {
            let what = format!("rows of `{table}` name an event that does not account for them");
            report.findings.push(Finding { event: Some(EventId(event)), what });
            report.finding_count += 1;
        }
    }
    Ok(report)
}

impl Rows {
    fn left_over(&self) -> Vec<(&'static str, Vec<i64>)> {
        let tables = [
            ("atlas_entity", &self.entities),
            ("atlas_entity_key", &self.keys),
            ("atlas_statement", &self.statements),
            ("atlas_statement_end", &self.ends),
            ("atlas_source", &self.sources),
            ("atlas_source_event", &self.source_events),
            ("atlas_judgement", &self.judgements),
            ("atlas_judgement_end", &self.judgement_ends),
            ("atlas_document", &self.documents),
            ("atlas_decision", &self.decisions),
            ("atlas_answer", &self.answers),
            ("atlas_answer_end", &self.answer_ends),
        ];
        tables.into_iter().map(|(name, map)| (name, map.keys().copied().collect())).collect()
    }
}

fn check(rows: &mut Rows, event: &Event) -> std::result::Result<(), Finding> {
    let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let said = |key: &str| payload.get(key).and_then(|value| value.as_str()).map(str::to_string);
    let index = event.id.0;
    let batch = [
        "statements_recorded",
        "statement_corrected",
        "statement_retracted",
        "candidates_decided",
        "outcome_recorded",
    ];
    let turns = ["source_scanned", "source_withdrawn", "source_restored"];
    let of_batch = |key: &str| said(key).filter(|_| batch.contains(&event.kind.as_str()));
    let whole = |kind: &str| (event.kind == kind).then(|| event.payload.clone());
    let turn = said("row").filter(|_| turns.contains(&event.kind.as_str()));
    let tables = [
        ("atlas_entity", of_batch("entities"), rows.entities.remove(&index)),
        ("atlas_entity_key", of_batch("keys"), rows.keys.remove(&index)),
        ("atlas_statement", of_batch("statements"), rows.statements.remove(&index)),
        ("atlas_statement_end", of_batch("ends"), rows.ends.remove(&index)),
        ("atlas_source", whole("source_added"), rows.sources.remove(&index)),
        ("atlas_source_event", turn, rows.source_events.remove(&index)),
        ("atlas_judgement", whole("entities_judged"), rows.judgements.remove(&index)),
        ("atlas_judgement_end", whole("judgement_undone"), rows.judgement_ends.remove(&index)),
        ("atlas_document", whole("document_read"), rows.documents.remove(&index)),
        ("atlas_decision", of_batch("decisions"), rows.decisions.remove(&index)),
        ("atlas_answer", whole("match_answered"), rows.answers.remove(&index)),
        ("atlas_answer_end", whole("answer_taken_back"), rows.answer_ends.remove(&index)),
    ];
    match tables.iter().find(|(_, said, found)| said != found) {
        Some((table, _, _)) => Err(Finding {
            event: Some(event.id),
            what: format!("rows of `{table}` differ from what the event says"),
        }),
        None => Ok(()),
    }
}

fn gather(tx: &mut Tx<'_>) -> Result<Rows> {
    let mut rows = Rows { statements: statements(tx)?, ..Rows::default() };
    let mut hashers: BTreeMap<i64, Hasher> = BTreeMap::new();
    let entities = "select id, kind, event_index from atlas_entity order by id";
    tx.for_each(entities, params![], |row| -> store::Result<()> {
        let hasher = hashers.entry(row.int(2)?).or_default();
        entity_into(hasher, EntityId(row.int(0)?), &row.str(1)?);
        Ok(())
    })?;
    rows.entities = digests(std::mem::take(&mut hashers));
    rows.keys = keys(tx)?;
    rows.ends = ends(tx)?;
    for source in source::all(tx)? {
        let text = source::in_journal(source.id.0, &source.description).to_string();
        rows.sources.insert(source.event.0, text);
    }
    for event in source::events(tx, None)? {
        rows.source_events.insert(event.event.0, source::event_digest(&event));
    }
    judgements(tx, &mut rows)?;
    answers(tx, &mut rows)?;
    rows.documents = document::descriptions(tx)?;
    rows.decisions = candidate::decision_digests(tx)?;
    Ok(rows)
}

fn judgements(tx: &mut Tx<'_>, rows: &mut Rows) -> Result<()> {
    for one in judgement::all(tx)? {
        rows.judgements.insert(one.event.0, judgement::description(&one).to_string());
        if let Some(end) = &one.undone {
            let text = undone::description(one.id, &end.by, end.at).to_string();
            rows.judgement_ends.insert(end.event.0, text);
        }
    }
    Ok(())
}

fn answers(tx: &mut Tx<'_>, rows: &mut Rows) -> Result<()> {
    for one in answer::all(tx)? {
        rows.answers.insert(one.event.0, answer::description(&one).to_string());
        if let Some(end) = &one.taken_back {
            let text = undone::description(one.id, &end.by, end.at).to_string();
            rows.answer_ends.insert(end.event.0, text);
        }
    }
    Ok(())
}

fn digests(hashers: BTreeMap<i64, Hasher>) -> BTreeMap<i64, String> {
    hashers.into_iter().map(|(event, hasher)| (event, hex(&hasher.digest()))).collect()
}

fn statements(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, String>> {
    let mut hashers: BTreeMap<i64, Hasher> = BTreeMap::new();
    statement::in_order(tx, StatementId(0), StatementId(i64::MAX), |statement| {
        let hasher = hashers.entry(statement.event.0).or_default();
        statement::digest_into(hasher, statement.id, &statement.said, statement.recorded);
    })?;
    Ok(digests(hashers))
}

/// Keys are digested in their own order, which no engine's collation may decide.
fn keys(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, String>> {
    let mut by_event: BTreeMap<i64, Vec<Key>> = BTreeMap::new();
    let sql = "select scheme, value, entity_id, event_index from atlas_entity_key";
    tx.for_each(sql, params![], |row| -> store::Result<()> {
        let key = Key { scheme: row.text(0)?, value: row.text(1)?, entity: EntityId(row.int(2)?) };
        by_event.entry(row.int(3)?).or_default().push(key);
        Ok(())
    })?;
    let digest = |mut keys: Vec<Key>| {
        keys.sort();
        let mut hasher = Hasher::new();
        keys.iter().for_each(|key| key_into(&mut hasher, key));
        hex(&hasher.digest())
    };
    Ok(by_event.into_iter().map(|(event, keys)| (event, digest(keys))).collect())
}

fn ends(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, String>> {
    let mut hashers: BTreeMap<i64, Hasher> = BTreeMap::new();
    let sql = "select statement_id, reason, by_statement_id, event_index, recorded_us
        from atlas_statement_end order by statement_id";
    tx.for_each(sql, params![], |row| -> store::Result<()> {
        // A reason that no program wrote gives a digest that no event has.
        let reason = EndReason::from_name(&row.str(1)?).unwrap_or(EndReason::Retracted);
        let by = row.opt_int(2)?.map(StatementId);
        let end = Ending { statement: StatementId(row.int(0)?), reason, by };
        let recorded = Timestamp::from_micros(row.int(4)?);
        end_into(hashers.entry(row.int(3)?).or_default(), &end, recorded);
        Ok(())
    })?;
    Ok(digests(hashers))
}
