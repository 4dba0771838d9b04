//! Candidates: what a reader found in a document, until a person decides.
//!
//! Accepting one makes it a statement with the document as its source; reopening takes that
//! statement back. Every decision stays in history, the last one counts.

mod accept;

use crate::document;
use crate::error::{Error, Result};
use crate::load::{Batch, Ending};
use crate::statement::EndReason;
use crate::view::View;
use accept::Accepting;
use kernel::canon::{Hasher, Object, hex};
use kernel::{
    Actor, Day, EntityId, EventId, Precision, Refusal, SourceId, StatementId, Timestamp, Valid,
};
use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use store::{Cell, Row, Tx, params};

kernel::id!(
    /// A candidate.
    CandidateId, "C"
);

/// What a reader found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCandidate {
    /// `fact`, `mention`, `relation` or `event`.
    pub kind: String,
    /// `grammar` or `endpoint`.
    pub reader: String,
    /// Of whom it speaks, as the reader understood it.
    pub subject: String,
    /// Kind of the subject, when the reader knows it.
    pub subject_kind: Option<String>,
    /// What is said, as written.
    pub property: String,
    /// Key of the schema's property, when the reader found one.
    pub indicator: Option<String>,
    /// The other side of a relation.
    pub object: Option<String>,
    /// Kind of the other side.
    pub object_kind: Option<String>,
    /// Sign of the comparator, for figures.
    pub comparator: Option<String>,
    /// Exact decimal, or a date.
    pub value: Option<String>,
    /// Upper end of a range.
    pub value_high: Option<String>,
    /// Unit as written.
    pub unit: Option<String>,
    /// When it is true.
    pub valid: Valid,
    /// Whether it speaks of the future of its document.
    pub forecast: bool,
    /// First byte and the byte after, in the file or its extracted text.
    pub bytes: (u64, u64),
    /// UTF-16 code units in the document's body.
    pub shown: (u64, u64),
    /// As written, natural persons masked.
    pub quote: String,
    /// 0 to 100.
    pub confidence: u8,
    /// What the ranking learns from, sorted by name.
    pub features: Vec<(String, String)>,
}

/// A candidate with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: CandidateId,
    /// What was found.
    pub found: NewCandidate,
    /// The last decision, unless it was reopened.
    pub decision: Option<Decided>,
}

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What the candidate became.
    pub statement: Option<StatementId>,
}

/// What is decided about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it was found.
    Accepted,
    /// Right once something was put right.
    Corrected,
    /// Not said, or not worth keeping.
    Rejected,
    /// To be decided anew.
    Reopened,
}

impl Verdict {
    /// The name in storage and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Corrected => "corrected",
            Verdict::Rejected => "rejected",
            Verdict::Reopened => "reopened",
        }
    }

    fn from_name(name: &str) -> Option<Verdict> {
        let all = [Verdict::Accepted, Verdict::Corrected, Verdict::Rejected, Verdict::Reopened];
        all.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A decision about to be made.
#[derive(Debug, Clone)]
pub struct Decision {
    /// About which candidate.
    pub candidate: CandidateId,
    /// What is decided.
    pub verdict: Verdict,
    /// What is right instead, for [`Verdict::Corrected`]: the candidate as it should have been.
    pub correction: Option<NewCandidate>,
    /// The subject, when a person chose it.
    pub entity: Option<EntityId>,
}

/// Decisions in one go at most.
pub const DECISIONS_MAX: usize = 200;

const COLUMNS: &[&str] = &[
    "id",
    "source_id",
    "kind",
    "reader",
    "subject",
    "subject_kind",
    "property",
    "indicator",
    "object",
    "object_kind",
    "comparator",
    "value",
    "value_high",
    "unit",
    "valid_from_day",
    "valid_to_day",
    "valid_precision",
    "forecast",
    "start_byte",
    "end_byte",
    "start_shown",
    "end_shown",
    "quote",
    "confidence",
    "features",
    "event_index",
];

fn features_text(features: &[(String, String)]) -> String {
    features.iter().fold(Object::new(), |all, (key, value)| all.text(key, value)).to_string()
}

fn features_of(text: &str) -> Vec<(String, String)> {
    let read: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    read.into_iter().collect()
}

/// Adds what is kept of a candidate to a digest.
pub(crate) fn digest_into(hasher: &mut Hasher, id: i64, one: &NewCandidate) {
    hasher
        .int(id)
        .text(&one.kind)
        .text(&one.reader)
        .text(&one.subject)
        .opt_text(one.subject_kind.as_deref())
        .text(&one.property)
        .opt_text(one.indicator.as_deref())
        .opt_text(one.object.as_deref())
        .opt_text(one.object_kind.as_deref())
        .opt_text(one.comparator.as_deref())
        .opt_text(one.value.as_deref())
        .opt_text(one.value_high.as_deref())
        .opt_text(one.unit.as_deref())
        .text(&one.valid.to_string())
        .text(one.valid.precision.name())
        .int(i64::from(one.forecast));
    for end in [one.bytes.0, one.bytes.1, one.shown.0, one.shown.1] {
        hasher.int(end as i64);
    }
    hasher.text(&one.quote).int(i64::from(one.confidence)).text(&features_text(&one.features));
}

/// Writes the candidates of a document.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    source: SourceId,
    event: EventId,
    first: i64,
    candidates: &[NewCandidate],
) -> Result<()> {
    let day = |day: Option<Day>| day.map(|day| i64::from(day.number()));
    let cells = (first..).zip(candidates).map(|(id, one)| {
        [
            Cell::from(id),
            Cell::from(source.0),
            Cell::from(&one.kind),
            Cell::from(&one.reader),
            Cell::from(&one.subject),
            Cell::from(one.subject_kind.as_deref()),
            Cell::from(&one.property),
            Cell::from(one.indicator.as_deref()),
            Cell::from(one.object.as_deref()),
            Cell::from(one.object_kind.as_deref()),
            Cell::from(one.comparator.as_deref()),
            Cell::from(one.value.as_deref()),
            Cell::from(one.value_high.as_deref()),
            Cell::from(one.unit.as_deref()),
            Cell::from(day(one.valid.from)),
            Cell::from(day(one.valid.to)),
            Cell::from(one.valid.precision.name()),
            Cell::from(one.forecast),
            Cell::from(one.bytes.0 as i64),
            Cell::from(one.bytes.1 as i64),
            Cell::from(one.shown.0 as i64),
            Cell::from(one.shown.1 as i64),
            Cell::from(&one.quote),
            Cell::from(i64::from(one.confidence)),
            Cell::from(features_text(&one.features)),
            Cell::from(event.0),
        ]
    });
    tx.insert_rows("atlas_candidate", COLUMNS, &mut { cells })?;
    Ok(())
}

const FOUND: &str = "c.id, c.kind, c.reader, c.subject, c.subject_kind, c.property, c.indicator,
        c.object, c.object_kind, c.comparator, c.value, c.value_high, c.unit, c.valid_from_day,
        c.valid_to_day, c.valid_precision, c.forecast, c.start_byte, c.end_byte, c.start_shown,
        c.end_shown, c.quote, c.confidence, c.features";

fn read_found(row: &Row<'_>) -> store::Result<NewCandidate> {
    let day = |column| -> store::Result<Option<Day>> {
        Ok(row.opt_int(column)?.and_then(|n| i32::try_from(n).ok()).map(Day::from_number))
    };
    let count = |column| row.int(column).map(|n| u64::try_from(n).unwrap_or(0));
    let precision = Precision::from_name(&row.str(15)?).unwrap_or(Precision::Open);
    Ok(NewCandidate {
        kind: row.text(1)?,
        reader: row.text(2)?,
        subject: row.text(3)?,
        subject_kind: row.opt_text(4)?,
        property: row.text(5)?,
        indicator: row.opt_text(6)?,
        object: row.opt_text(7)?,
        object_kind: row.opt_text(8)?,
        comparator: row.opt_text(9)?,
        value: row.opt_text(10)?,
        value_high: row.opt_text(11)?,
        unit: row.opt_text(12)?,
        valid: Valid { from: day(13)?, to: day(14)?, precision },
        forecast: row.boolean(16)?,
        bytes: (count(17)?, count(18)?),
        shown: (count(19)?, count(20)?),
        quote: row.text(21)?,
        confidence: u8::try_from(row.int(22)?).unwrap_or(0),
        features: features_of(&row.str(23)?),
    })
}

/// Candidates of one document, by their place in its text.
pub fn of_document(tx: &mut Tx<'_>, source: SourceId) -> Result<Vec<Candidate>> {
    let sql = format!(
        "select {FOUND} from atlas_candidate c where c.source_id = $1
         order by c.start_shown, c.end_shown, c.id"
    );
    let found =
        tx.query(&sql, params![source.0], |row| Ok((CandidateId(row.int(0)?), read_found(row)?)))?;
    let mut decisions = last_decisions(tx, Some(source))?;
    let with = |(id, found): (CandidateId, NewCandidate)| {
        let decision = decisions.remove(&id);
        Candidate { id, found, decision }
    };
    Ok(found.into_iter().map(with).collect())
}

/// The last decision on each candidate of a document, or of all; reopened ones have none.
fn last_decisions(
    tx: &mut Tx<'_>,
    source: Option<SourceId>,
) -> Result<BTreeMap<CandidateId, Decided>> {
    let sql = "select d.candidate_id, d.verdict, d.actor, d.recorded_us, d.statement_id
        from atlas_decision d join atlas_candidate c on c.id = d.candidate_id
        where c.source_id = $1 or $1 = -1 order by d.candidate_id, d.event_index";
    let mut last = BTreeMap::new();
    tx.for_each(sql, params![source.map_or(-1, |source| source.0)], |row| -> Result<()> {
        let id = CandidateId(row.int(0)?);
        let verdict = Verdict::from_name(&row.str(1)?).unwrap_or(Verdict::Reopened);
        let decided = Decided {
            verdict,
            by: Actor::new(row.text(2)?),
            at: Timestamp::from_micros(row.int(3)?),
            statement: row.opt_int(4)?.map(StatementId),
        };
        match verdict {
            Verdict::Reopened => last.remove(&id),
            _ => last.insert(id, decided),
        };
        Ok(())
    })?;
    Ok(last)
}

/// The entity that a name means just now, when there is exactly one.
pub fn subject(
    tx: &mut Tx<'_>,
    view: &View,
    name: &str,
    kind: Option<&str>,
) -> Result<Option<EntityId>> {
    let schema = view.schema();
    let group = kind.and_then(|kind| schema.kind(kind)).map(|kind| kind.group.as_str());
    let groups: BTreeSet<&str> = match group {
        Some(group) => BTreeSet::from([group]),
        None => schema.kinds().iter().map(|kind| kind.group.as_str()).collect(),
    };
    let mut found = BTreeSet::new();
    let sql = "select entity_id from atlas_entity_key where scheme = $1 and value = $2";
    for group in groups {
        let scheme = format!("name:{group}");
        let value = kernel::text::name_key(name);
        for id in tx.query(sql, params![&scheme, &value], |row| row.int(0))? {
            found.insert(view.canonical(EntityId(id)));
        }
    }
    Ok(found.pop_first().filter(|_| found.is_empty()))
}

/// How many candidates of each document wait, were accepted, corrected and rejected.
pub fn counts(tx: &mut Tx<'_>) -> Result<BTreeMap<SourceId, [usize; 4]>> {
    let sql = "select id, source_id from atlas_candidate";
    let all = tx.query(sql, params![], |row| Ok((CandidateId(row.int(0)?), row.int(1)?)))?;
    let decisions = last_decisions(tx, None)?;
    let mut counts: BTreeMap<SourceId, [usize; 4]> = BTreeMap::new();
    for (id, source) in all {
        let column = match decisions.get(&id).map(|decided| decided.verdict) {
            None | Some(Verdict::Reopened) => 0,
            Some(Verdict::Accepted) => 1,
            Some(Verdict::Corrected) => 2,
            Some(Verdict::Rejected) => 3,
        };
        counts.entry(SourceId(source)).or_default()[column] += 1;
    }
    Ok(counts)
}

/// The features of a candidate, and whether it was right as it was found.
pub type Lesson = (Vec<(String, String)>, bool);

/// What reviewers decided so far: the features of each decided candidate, and whether it was
/// right as it was found. What the ranking learns from.
pub fn learnt(tx: &mut Tx<'_>) -> Result<Vec<Lesson>> {
    let decisions = last_decisions(tx, None)?;
    let sql = "select id, features from atlas_candidate order by id";
    let mut learnt = Vec::new();
    tx.for_each(sql, params![], |row| -> Result<()> {
        if let Some(decided) = decisions.get(&CandidateId(row.int(0)?)) {
            learnt.push((features_of(&row.str(1)?), decided.verdict == Verdict::Accepted));
        }
        Ok(())
    })?;
    Ok(learnt)
}

/// Decides about candidates of one document, all of them or none, under one event
/// `candidates_decided`.
///
/// Fails with [`Error::Missing`], `E-CAND-01` for one that is decided already (or, to be reopened,
/// is not), `E-CAND-02` for a value that is none, `E-CAND-03` when nothing says who the subject
/// is, `E-CAND-04` for none or more than [`DECISIONS_MAX`] or two about one candidate, `E-SRC-06`
/// when the document is withdrawn.
pub fn decide(
    tx: &mut Tx<'_>,
    schema: &Schema,
    actor: &Actor,
    now: Timestamp,
    key: &str,
    decisions: &[Decision],
) -> Result<EventId> {
    let document = document::get(tx, key)?;
    let known: BTreeMap<CandidateId, Candidate> =
        of_document(tx, document.source)?.into_iter().map(|one| (one.id, one)).collect();
    check_count(decisions)?;
    let mut batch = Batch::default();
    let mut accepting = Accepting::begin(tx, schema, &document, actor)?;
    let mut rows: Vec<(CandidateId, Verdict, Option<StatementId>)> = Vec::new();
    for decision in decisions {
        let id = decision.candidate;
        let candidate = known.get(&id).ok_or_else(|| Error::missing("candidate", id))?;
        check_state(candidate, decision)?;
        let statement = match (decision.verdict, &candidate.decision) {
            (Verdict::Reopened, Some(before)) => {
                let ending =
                    |statement| Ending { statement, reason: EndReason::Retracted, by: None };
                batch.ends.extend(standing(tx, before.statement)?.map(ending));
                None
            }
            (Verdict::Accepted | Verdict::Corrected, _) => {
                let found = decision.correction.as_ref().unwrap_or(&candidate.found);
                let placed = |error| in_candidate(error, id);
                let said = accepting.accept(&mut batch, id, found, decision.entity);
                Some(said.map_err(placed)?)
            }
            _ => None,
        };
        rows.push((id, decision.verdict, statement));
    }
    rows.sort_unstable();
    let mut hasher = Hasher::new();
    for (id, verdict, statement) in &rows {
        decision_into(&mut hasher, *id, verdict.name(), actor.as_str(), *statement, now);
    }
    let about = Object::new()
        .text("document", key)
        .int("decision_count", rows.len() as i64)
        .text("decisions", &hex(&hasher.digest()));
    let event = batch.write(tx, actor, now, "candidates_decided", about, key)?;
    let columns =
        ["candidate_id", "event_index", "recorded_us", "verdict", "actor", "statement_id"];
    let cells = rows.iter().map(|(id, verdict, statement)| {
        [
            Cell::from(id.0),
            Cell::from(event.0),
            Cell::from(now),
            Cell::from(verdict.name()),
            Cell::from(actor.as_str()),
            Cell::from(statement.map(|statement| statement.0)),
        ]
    });
    tx.insert_rows("atlas_decision", &columns, &mut { cells })?;
    Ok(event)
}

/// The statement, if it still stands: one that was corrected by hand since is left alone.
fn standing(tx: &mut Tx<'_>, statement: Option<StatementId>) -> Result<Option<StatementId>> {
    let Some(id) = statement else { return Ok(None) };
    let sql = "select 1 from atlas_statement_end where statement_id = $1";
    let ended = tx.query_opt(sql, params![id.0], |row| row.int(0))?.is_some();
    Ok((!ended).then_some(id))
}

fn check_count(decisions: &[Decision]) -> Result<()> {
    let mut ids: Vec<CandidateId> = decisions.iter().map(|one| one.candidate).collect();
    ids.sort_unstable();
    ids.dedup();
    if (1..=DECISIONS_MAX).contains(&decisions.len()) && ids.len() == decisions.len() {
        return Ok(());
    }
    Err(Refusal::new(
        "E-CAND-04",
        "1 to 200 decisions at once, one about each candidate",
        "一次提交1至200条决定,每个候选一条",
        "send 1 to 200 decisions at once, one about each candidate",
    )
    .column("decisions")
    .into())
}

fn check_state(candidate: &Candidate, decision: &Decision) -> Result<()> {
    let open = candidate.decision.is_none();
    if open != (decision.verdict == Verdict::Reopened) {
        return Ok(());
    }
    let (zh, en) = match open {
        true => ("该候选尚未处理,无需重开", "the candidate is open already"),
        false => ("该候选已处理,如需更改请先重开", "the candidate is decided; reopen it first"),
    };
    let rule = "a candidate is decided once, or reopened";
    Err(Refusal::new("E-CAND-01", rule, zh, en).value(&candidate.id.to_string()).into())
}

fn in_candidate(error: Error, id: CandidateId) -> Error {
    match error {
        Error::Refused(refusal) if refusal.place.file.is_none() => {
            Error::Refused(refusal.file(&id.to_string()))
        }
        other => other,
    }
}

fn decision_into(
    hasher: &mut Hasher,
    id: CandidateId,
    verdict: &str,
    actor: &str,
    statement: Option<StatementId>,
    recorded: Timestamp,
) {
    hasher
        .int(id.0)
        .text(verdict)
        .text(actor)
        .opt_int(statement.map(|id| id.0))
        .int(recorded.micros());
}

/// The digest of the decisions of each event.
pub(crate) fn decision_digests(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, String>> {
    let mut hashers: BTreeMap<i64, Hasher> = BTreeMap::new();
    let sql = "select candidate_id, event_index, recorded_us, verdict, actor, statement_id
        from atlas_decision order by candidate_id";
    tx.for_each(sql, params![], |row| -> Result<()> {
        let hasher = hashers.entry(row.int(1)?).or_default();
        let statement = row.opt_int(5)?.map(StatementId);
        let at = Timestamp::from_micros(row.int(2)?);
        let (verdict, actor) = (row.str(3)?, row.str(4)?);
        decision_into(hasher, CandidateId(row.int(0)?), &verdict, &actor, statement, at);
        Ok(())
    })?;
    Ok(hashers.into_iter().map(|(event, hasher)| (event, hex(&hasher.digest()))).collect())
}

/// How many candidates each event brought, and their digest.
pub(crate) fn digests(tx: &mut Tx<'_>) -> Result<BTreeMap<i64, (i64, String)>> {
    let mut hashers: BTreeMap<i64, (i64, Hasher)> = BTreeMap::new();
    let sql = format!("select {FOUND}, c.event_index from atlas_candidate c order by c.id");
    tx.for_each(&sql, params![], |row| -> Result<()> {
        let (count, hasher) = hashers.entry(row.int(24)?).or_default();
        *count += 1;
        digest_into(hasher, row.int(0)?, &read_found(row)?);
        Ok(())
    })?;
    let digest =
        |(event, (count, hasher)): (i64, (i64, Hasher))| (event, (count, hex(&hasher.digest())));
    Ok(hashers.into_iter().map(digest).collect())
}

#[cfg(test)]
mod tests;
