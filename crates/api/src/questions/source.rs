//! Sources and what they gave.

use crate::ask::{Asked, PageParams};
use crate::problem::{Problem, Result};
use crate::wire::label::{Look, Page};
use crate::wire::source::{ScanRun, Source, SourcePage};
use atlas::coverage::{Freshness, SourceLine};
use atlas::source::{SourceChange, SourceEvent};
use kernel::Day;

/// Every source, in the order of recording.
pub fn sources(asked: &mut Asked<'_, '_>, page: &PageParams) -> Result<Page<Source>> {
    let lines = lines(asked)?;
    let start = match &page.after {
        None => 0,
        Some(key) => {
            let id = asked.view.source_named(key).map(|source| source.id);
            let id = id.ok_or_else(|| super::bad_place(key))?;
            lines.iter().position(|line| line.id == id).map_or(lines.len(), |at| at + 1)
        }
    };
    let (look, today) = (asked.look(), asked.today());
    let shown = lines[start..].iter().take(page.limit + 1);
    let items = shown.filter_map(|line| of_line(look, line, today)).collect();
    Ok(Page::cut(items, page.limit, |source: &Source| source.source.key.clone()))
}

/// A source with its documents and scans.
pub fn source(asked: &mut Asked<'_, '_>, key: &str) -> Result<SourcePage> {
    let missing = || Problem::missing("source", key);
    let found = asked.view.source_named(key).ok_or_else(missing)?;
    let horizon = i64::from(asked.sight.horizon);
    if found.event.0 >= horizon {
        return Err(missing());
    }
    let events = atlas::source::events(asked.tx, Some(found.id))?;
    let lines = lines(asked)?;
    let (look, today) = (asked.look(), asked.today());
    let own = lines.iter().find(|line| line.id == found.id);
    let of_file = |line: &&SourceLine| {
        asked.view.source(line.id).is_some_and(|source| source.description.parent == Some(found.id))
    };
    let scans = events.iter().rev().filter(|event| event.what == SourceChange::Scanned);
    Ok(SourcePage {
        source: own.and_then(|line| of_line(look, line, today)).ok_or_else(missing)?,
        children: lines.iter().filter(of_file).filter_map(|l| of_line(look, l, today)).collect(),
        runs: scans.filter(|event| event.event.0 < horizon).map(run).collect(),
        attribution: found.description.attribution.clone(),
    })
}

fn lines(asked: &mut Asked<'_, '_>) -> Result<Vec<SourceLine>> {
    let horizon = i64::from(asked.sight.horizon);
    let mut events = atlas::source::events(asked.tx, None)?;
    events.retain(|event| event.event.0 < horizon);
    let mut lines = atlas::coverage::sources(asked.view, &events, asked.sight);
    lines.retain(|line| asked.view.source(line.id).is_some_and(|source| source.event.0 < horizon));
    Ok(lines)
}

fn of_line(look: Look<'_>, line: &SourceLine, today: Day) -> Option<Source> {
    let source = look.view.source(line.id)?;
    let told = &source.description;
    let retrieved = line.retrieved.or_else(|| {
        // A document is as fresh as the file that cites it; its own day is when it appeared.
        told.published.as_deref().and_then(|text| Day::parse(text).ok())
    });
    let parent = told.parent.and_then(|parent| look.view.source(parent));
    Some(Source {
        source: look.source(line.id),
        kind: told.kind.name().to_string(),
        parent: parent.map(|parent| parent.description.key.clone()),
        retrieved: line.retrieved.map(|day| day.to_string()),
        published: told.published.clone(),
        digest: line.digest.clone(),
        freshness: Freshness::of(retrieved, today).name().to_string(),
        statements: line.statements,
        entities: line.entities,
        rows: line.rows,
        last_scanned: line.scanned.as_ref().map(|event| event.at.to_string()),
        version: line.version,
    })
}

fn run(event: &SourceEvent) -> ScanRun {
    let counts = &event.counts;
    ScanRun {
        event: event.event.to_string(),
        at: event.at.to_string(),
        rows: counts.rows,
        statements: counts.statements,
        new: counts.new,
        changed: counts.changed,
        gone: counts.gone,
        unchanged: counts.unchanged,
        digest: event.digest.clone().unwrap_or_default(),
    }
}
