//! The page of an entity: every statement, side by side where they disagree.

use crate::conflict::{self, Conflict};
use crate::derive::{self, Derived};
use crate::error::{Error, Result};
use crate::statement::{self, Statement};
use crate::view::{At, Sight, View};
use kernel::{EntityId, SourceId, StatementId, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::Tx;

/// What is known of an entity from one point of view.
#[derive(Debug, Clone)]
pub struct Page {
    /// Whose page it is.
    pub entity: EntityId,
    /// Every property with its statements.
    pub groups: Vec<Group>,
    /// Who points here.
    pub incoming: Vec<Incoming>,
    /// Claims that disagree.
    pub conflicts: Vec<Conflict>,
    /// Contradictions that people reviewed.
    pub discrepancies: Vec<Discrepancy>,
    /// Figures computed from statements.
    pub derived: Vec<Derived>,
    /// How many statements each source gave.
    pub sources: Vec<(SourceId, usize)>,
    /// Where it is.
    pub place: Option<EntityId>,
    /// The statement that holds its outline or position.
    pub geometry: Option<Statement>,
}

/// The statements of one property, best first.
#[derive(Debug, Clone)]
pub struct Group {
    /// Key of the property.
    pub property: String,
    /// At most [`Group::SHOWN_MAX`].
    pub statements: Vec<Statement>,
    /// How many more there are.
    pub more: usize,
}

impl Group {
    /// Statements of one property on a page.
    pub const SHOWN_MAX: usize = 50;
}

/// Entities of one kind that point here by one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Key of the property.
    pub property: String,
    /// Key of their kind.
    pub kind: String,
    /// How many.
    pub count: usize,
    /// The first of them.
    pub sample: Vec<EntityId>,
}

/// A contradiction that people reviewed, with the statements of the indicators it is about.
#[derive(Debug, Clone)]
pub struct Discrepancy {
    /// The entity of kind `discrepancy`.
    pub entity: EntityId,
    /// Its own statements: topic, claims, note.
    pub said: Vec<Statement>,
    /// The claims in question, as statements about the subject.
    pub claims: Vec<Statement>,
}

impl Discrepancy {
    /// The text of one of its properties; empty when it has none.
    pub fn text(&self, property: &str) -> &str {
        let found = self.said.iter().find(|s| s.said.property == property);
        match found.map(|s| &s.said.value) {
            Some(Value::Text { text, .. }) => text,
            _ => "",
        }
    }
}

/// Statements of one entity that a page reads at most.
const STATEMENTS_MAX: usize = 2_000;
const SAMPLE_MAX: usize = 12;

/// The page of an entity.
///
/// Fails with [`Error::Missing`] when it was not known then. Cost: a few queries by id; entities
/// that point here are counted in memory.
pub fn page(tx: &mut Tx<'_>, view: &View, entity: EntityId, sight: Sight) -> Result<Page> {
    if !view.exists(entity, sight) {
        return Err(Error::missing("entity", entity));
    }
    let mut shown: Vec<At> =
        view.about(entity).iter().copied().filter(|at| shows(view, *at, sight)).collect();
    shown.sort_by_key(|at| std::cmp::Reverse(view.merit(*at)));
    let counts = shown.iter().fold(BTreeMap::new(), |mut counts: BTreeMap<u16, usize>, at| {
        *counts.entry(view.property_at(*at).0).or_default() += 1;
        counts
    });
    shown.truncate(STATEMENTS_MAX);
    let statements = fetch(tx, &shown)?;
    let groups = groups(view, &statements, &counts);
    let conflicts = conflict::among(view, &statements);
    let geometry = statements
        .iter()
        .filter(|s| matches!(s.said.value, Value::Shape(_) | Value::Point(_)))
        .min_by_key(|s| !matches!(s.said.value, Value::Shape(_)))
        .cloned();
    Ok(Page {
        entity,
        groups,
        incoming: incoming(view, entity, sight),
        conflicts,
        discrepancies: discrepancies(tx, view, entity, sight)?,
        derived: derive::of_entity(tx, view, entity, sight)?,
        sources: sources(view, entity, sight),
        place: view.located_in(entity, sight),
        geometry,
    })
}

/// Whether a page shows a statement: a figure once it has begun, anything else while it holds.
pub fn shows(view: &View, at: At, sight: Sight) -> bool {
    let property = view.schema().property_at(view.property_at(at));
    if property.indicator || property.key.starts_with("figure") {
        view.begun(at, sight)
    } else {
        view.holds(at, sight)
    }
}

/// The statements at these positions, in their order.
pub fn fetch(tx: &mut Tx<'_>, at: &[At]) -> Result<Vec<Statement>> {
    let ids: Vec<StatementId> = at.iter().map(|at| View::id_at(*at)).collect();
    statement::list(tx, &ids)
}

/// By property, in the order of the schema.
fn groups(view: &View, statements: &[Statement], counts: &BTreeMap<u16, usize>) -> Vec<Group> {
    let mut found: BTreeMap<u16, Vec<Statement>> = BTreeMap::new();
    for statement in statements {
        if let Some(ix) = view.schema().property_ix(&statement.said.property) {
            found.entry(ix.0).or_default().push(statement.clone());
        }
    }
    let group = |(ix, mut statements): (u16, Vec<Statement>)| {
        let all = counts.get(&ix).copied().unwrap_or(statements.len());
        statements.truncate(Group::SHOWN_MAX);
        let more = all - statements.len();
        let property = view.schema().property_at(schema::PropertyIx(ix)).key.clone();
        Group { property, statements, more }
    };
    found.into_iter().map(group).collect()
}

/// Who points here; a relation stands for its other end.
pub fn incoming(view: &View, entity: EntityId, sight: Sight) -> Vec<Incoming> {
    let mut found: BTreeMap<(u16, &str), BTreeSet<EntityId>> = BTreeMap::new();
    for at in view.into(entity) {
        let property = view.property_at(*at);
        if property.0 == view.known.about || !view.holds(*at, sight) {
            continue;
        }
        let subject = view.entity_at(*at);
        let other = match view.ends(subject) {
            Some((source, target)) if source == entity => target,
            Some((source, _)) => source,
            None => subject,
        };
        found.entry((property.0, view.kind_key(other))).or_default().insert(other);
    }
    let incoming = |((ix, kind), others): ((u16, &str), BTreeSet<EntityId>)| Incoming {
        property: view.schema().property_at(schema::PropertyIx(ix)).key.clone(),
        kind: kind.to_string(),
        count: others.len(),
        sample: others.into_iter().take(SAMPLE_MAX).collect(),
    };
    let mut list: Vec<Incoming> = found.into_iter().map(incoming).collect();
    list.sort_by_key(|one| std::cmp::Reverse(one.count));
    list
}

fn discrepancies(
    tx: &mut Tx<'_>,
    view: &View,
    entity: EntityId,
    sight: Sight,
) -> Result<Vec<Discrepancy>> {
    let about = view.into(entity).iter();
    let of = about
        .filter(|at| view.property_at(**at).0 == view.known.about && view.stands(**at, sight))
        .map(|at| view.entity_at(*at));
    let mut found = Vec::new();
    for id in of.collect::<Vec<EntityId>>() {
        found.push(discrepancy(tx, view, id, entity, sight)?);
    }
    Ok(found)
}

fn discrepancy(
    tx: &mut Tx<'_>,
    view: &View,
    id: EntityId,
    subject: EntityId,
    sight: Sight,
) -> Result<Discrepancy> {
    let standing: Vec<At> =
        view.about(id).iter().copied().filter(|at| view.stands(*at, sight)).collect();
    let said = fetch(tx, &standing)?;
    let indicators: Vec<u16> = said
        .iter()
        .filter(|s| s.said.property == "about_indicator")
        .filter_map(|s| match &s.said.value {
            Value::Text { text, .. } => view.schema().property_ix(text.trim()),
            _ => None,
        })
        .map(|ix| ix.0)
        .collect();
    let mut claims: Vec<At> = view
        .about(subject)
        .iter()
        .copied()
        .filter(|at| indicators.contains(&view.property_at(*at).0) && view.stands(*at, sight))
        .collect();
    claims.sort_by_key(|at| (view.days_at(*at), *at));
    Ok(Discrepancy { entity: id, said, claims: fetch(tx, &claims)? })
}

fn sources(view: &View, entity: EntityId, sight: Sight) -> Vec<(SourceId, usize)> {
    let standing = view.about(entity).iter().filter(|at| view.stands(**at, sight));
    let counts = standing.fold(BTreeMap::new(), |mut counts: BTreeMap<SourceId, usize>, at| {
        *counts.entry(view.source_at(*at)).or_default() += 1;
        counts
    });
    let mut list: Vec<(SourceId, usize)> = counts.into_iter().collect();
    list.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    list
}
