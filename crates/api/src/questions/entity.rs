//! The page of an entity and its history.

use crate::ask::{Asked, PageParams};
use crate::problem::{Problem, Result};
use crate::wire::entity::{
    Alias, Conflict, CountedSource, Discrepancy, EntityPage, Group, HistoryItem, Identifier,
    Incoming,
};
use crate::wire::judgement::Merged;
use crate::wire::label::{AsOf, Label, Look, Page, PropertyRef};
use crate::wire::map;
use crate::wire::statement::Ended;
use atlas::source::{SourceChange, SourceEvent};
use atlas::statement::Statement;
use kernel::{EntityId, Value};
use std::collections::BTreeMap;

/// Statements of one history at most.
const HISTORY_MAX: i64 = 20_000;

/// The page of an entity.
///
/// One that was judged to be another is answered with that other's page.
pub fn entity(asked: &mut Asked<'_, '_>, id: EntityId) -> Result<EntityPage> {
    let id = asked.view.canonical(id);
    let merged = merged(asked, id)?;
    let page = atlas::page::page(asked.tx, asked.view, id, asked.sight)?;
    let look = asked.look();
    let conflicts: Vec<Conflict> = page.conflicts.iter().map(|c| look.conflict(c)).collect();
    let group = |group: &atlas::page::Group| {
        let statements = look.statements(&group.statements);
        let about = |conflict: &&Conflict| conflict.property.key == group.property;
        Group {
            property: look.property(&group.property),
            best: statements.first().cloned(),
            conflict: conflicts.iter().find(about).cloned(),
            statements,
            more: group.more,
        }
    };
    let source = |(id, count): &(kernel::SourceId, usize)| CountedSource {
        source: look.source(*id),
        count: *count,
    };
    Ok(EntityPage {
        entity: look.entity(id),
        aliases: aliases(&page.groups),
        identifiers: identifiers(look, &page.groups),
        groups: page.groups.iter().map(group).collect(),
        incoming: page.incoming.iter().map(|incoming| of_incoming(look, incoming)).collect(),
        discrepancies: page.discrepancies.iter().filter_map(|d| of_discrepancy(look, d)).collect(),
        derived: page.derived.iter().map(|derived| look.derived(derived)).collect(),
        sources: page.sources.iter().map(source).collect(),
        place: page.place.map(|place| look.entity(place)),
        geometry: page.geometry.as_ref().and_then(geometry),
        conflicts,
        merged,
        as_of: AsOf::new(asked.as_of, asked.now),
    })
}

/// Who was judged to be this entity, each with the judgement that ties it.
fn merged(asked: &mut Asked<'_, '_>, id: EntityId) -> Result<Vec<Merged>> {
    let members = asked.view.merged_into(id);
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut tied = atlas::judgement::standing(asked.tx)?;
    tied.retain(|one| one.verdict == atlas::judgement::Verdict::Positive);
    let look = asked.look();
    let of = |member: &EntityId| {
        let one = tied.iter().find(|one| one.right == *member || one.left == *member)?;
        Some(Merged { entity: look.entity(*member), judgement: one.id.to_string() })
    };
    Ok(members.iter().filter_map(of).collect())
}

fn geometry(statement: &Statement) -> Option<serde_json::Value> {
    match &statement.said.value {
        Value::Point(point) => Some(map::of_point(*point)),
        Value::Shape(shape) => Some(map::of_shape(shape)),
        _ => None,
    }
}

fn aliases(groups: &[atlas::page::Group]) -> Vec<Alias> {
    let of = groups.iter().filter(|g| g.property == "alias" || g.property == "acronym");
    let alias = |statement: &Statement| match &statement.said.value {
        Value::Text { text, lang } => Some(Alias {
            text: text.clone(),
            lang: lang.clone(),
            statement: statement.id.to_string(),
        }),
        _ => None,
    };
    of.flat_map(|group| &group.statements).filter_map(alias).collect()
}

fn identifiers(look: Look<'_>, groups: &[atlas::page::Group]) -> Vec<Identifier> {
    let mut found = Vec::new();
    for group in groups {
        let property = look.view.schema().property(&group.property);
        let keys = property.filter(|p| p.value_type == schema::ValueType::Identifier);
        let Some(property) = keys else { continue };
        for statement in &group.statements {
            let Value::Text { text, .. } = &statement.said.value else { continue };
            found.push(Identifier {
                scheme: property.key.clone(),
                value: text.clone(),
                url: property.url.as_ref().map(|url| url.replace("{}", text)),
                statement: statement.id.to_string(),
            });
        }
    }
    found
}

fn of_incoming(look: Look<'_>, incoming: &atlas::page::Incoming) -> Incoming {
    let property = look.property(&incoming.property);
    let inverse = look.view.schema().property(&incoming.property).and_then(|p| p.inverse.as_ref());
    let label = inverse.map_or_else(|| property.label.clone(), Label::from);
    Incoming {
        property: PropertyRef { label, ..property },
        kind: incoming.kind.clone(),
        count: incoming.count,
        sample: incoming.sample.iter().map(|id| look.entity(*id)).collect(),
    }
}

fn of_discrepancy(look: Look<'_>, discrepancy: &atlas::page::Discrepancy) -> Option<Discrepancy> {
    let said = discrepancy.said.first()?;
    Some(Discrepancy {
        id: discrepancy.entity.to_string(),
        topic: look.entity(discrepancy.entity).name.text().to_string(),
        claim_a: discrepancy.text("claim_a").to_string(),
        claim_b: discrepancy.text("claim_b").to_string(),
        kind: discrepancy.text("discrepancy_kind").to_string(),
        note: discrepancy.text("note").to_string(),
        statements: look.statements(&discrepancy.claims),
        source: look.source(said.said.source),
    })
}

/// When something changed: event, statement, and what happened to it.
type Moment = (i64, i64, &'static str);

/// Every recorded change of what is known of an entity, newest first.
pub fn history(
    asked: &mut Asked<'_, '_>,
    id: EntityId,
    page: &PageParams,
) -> Result<Page<HistoryItem>> {
    let id = asked.view.canonical(id);
    if !asked.view.exists(id, asked.sight) {
        return Err(Problem::missing("entity", &id.to_string()));
    }
    let mut all = atlas::statement::of_entity(asked.tx, id, HISTORY_MAX)?;
    for member in asked.view.merged_into(id) {
        all.extend(atlas::statement::of_entity(asked.tx, member, HISTORY_MAX)?);
    }
    let by_id: BTreeMap<i64, &Statement> = all.iter().map(|s| (s.id.0, s)).collect();
    let turns = atlas::source::events(asked.tx, None)?;
    let after = page.after.as_deref().map(read_moment).transpose()?;
    let horizon = i64::from(asked.sight.horizon);
    let mut moments: Vec<Moment> = Vec::new();
    for statement in &all {
        moments.extend(moments_of(asked, statement, &turns));
    }
    moments.retain(|moment| moment.0 < horizon && after.is_none_or(|after| *moment < after));
    moments.sort_unstable_by(|a, b| b.cmp(a));
    moments.truncate(page.limit + 1);
    let look = asked.look();
    let item = |(event, statement, change): Moment| {
        let statement = by_id.get(&statement)?;
        let turn = turns.iter().find(|turn| turn.event.0 == event);
        let at = match change {
            "added" => statement.recorded,
            "withdrawn" => turn?.at,
            _ => statement.end?.at,
        };
        let event = kernel::EventId(event).to_string();
        let mut statement = look.statement(statement);
        if change == "withdrawn" {
            let reason = change.to_string();
            statement.ended = Some(Ended { at: at.to_string(), reason, event: event.clone() });
        }
        Some(HistoryItem { at: at.to_string(), change: change.to_string(), statement, event })
    };
    let last = moments.get(page.limit.wrapping_sub(1)).filter(|_| moments.len() > page.limit);
    let next = last.map(|(event, id, change)| format!("{event}.{id}.{change}"));
    moments.truncate(page.limit);
    Ok(Page { items: moments.into_iter().filter_map(item).collect(), next })
}

fn moments_of(asked: &Asked<'_, '_>, statement: &Statement, turns: &[SourceEvent]) -> Vec<Moment> {
    let (id, source) = (statement.id.0, statement.said.source);
    let root = asked.view.root_of(source);
    let mut found = vec![(statement.event.0, id, "added")];
    if let Some(end) = statement.end {
        found.push((end.event.0, id, end.reason.name()));
    }
    let stood = |event: i64| {
        event > statement.event.0 && statement.end.is_none_or(|end| event < end.event.0)
    };
    let withdrawn = turns.iter().filter(|turn| turn.what == SourceChange::Withdrawn);
    let of = withdrawn.filter(|turn| turn.source == source || turn.source == root);
    found.extend(of.filter(|turn| stood(turn.event.0)).map(|turn| (turn.event.0, id, "withdrawn")));
    found
}

fn read_moment(text: &str) -> Result<Moment> {
    let mut parts = text.splitn(3, '.');
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (event, statement) = (number(), number());
    let names = ["added", "superseded", "gone", "withdrawn", "retracted"];
    let change = parts.next().and_then(|part| names.into_iter().find(|name| *name == part));
    match (event, statement, change) {
        (Some(event), Some(statement), Some(change)) => Ok((event, statement, change)),
        _ => Err(super::bad_place(text)),
    }
}
