//! Coverage: per kind how many, from how many sources, how fresh, how many unresolved. And the
//! overview that opens the house.

use crate::source::{Source, SourceChange, SourceEvent};
use crate::view::{At, Sight, View};
use kernel::{Day, EntityId, SourceId};
use std::collections::{BTreeMap, BTreeSet};

/// What there is of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KindLine {
    /// Key of the kind.
    pub kind: String,
    /// Entities.
    pub count: usize,
    /// Files that speak of them.
    pub sources: usize,
    /// Standing statements.
    pub statements: usize,
    /// The newest day that a file was retrieved on.
    pub newest: Option<Day>,
    /// Entities whose names wait for judgement.
    pub unresolved: usize,
    /// Entities with more than one claim of one figure at overlapping times.
    pub contested: usize,
    /// Whether open data for it was found.
    pub open_data: bool,
}

/// How fresh a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Retrieved within half a year.
    Fresh,
    /// Within two years.
    Aging,
    /// Longer ago.
    Stale,
    /// Not said.
    Unknown,
}

impl Freshness {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Freshness::Fresh => "fresh",
            Freshness::Aging => "aging",
            Freshness::Stale => "stale",
            Freshness::Unknown => "unknown",
        }
    }

    /// From the day of retrieval: 183 days and 730 days are the steps.
    pub fn of(retrieved: Option<Day>, today: Day) -> Freshness {
        match retrieved.map(|day| today.number() - day.number()) {
            None => Freshness::Unknown,
            Some(..=183) => Freshness::Fresh,
            Some(..=730) => Freshness::Aging,
            Some(_) => Freshness::Stale,
        }
    }
}

/// A source with what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// The source.
    pub id: SourceId,
    /// Standing statements, of a file with those of the documents it cites.
    pub statements: usize,
    /// Entities they speak of.
    pub entities: usize,
    /// Records at the last scan.
    pub rows: Option<u64>,
    /// SHA-256 of the file and mapping at the last scan.
    pub digest: Option<String>,
    /// Day of retrieval.
    pub retrieved: Option<Day>,
    /// The last scan that changed something.
    pub scanned: Option<SourceEvent>,
    /// Number of its last event.
    pub version: i64,
    /// Whether it is withdrawn.
    pub withdrawn: bool,
}

/// Per kind that entities can be of, in the order of the schema; relations left out.
pub fn kinds(view: &View, events: &[SourceEvent], sight: Sight) -> Vec<KindLine> {
    let retrieved = last_retrieved(view, events);
    let kinds = view.schema().kinds();
    let mut lines: Vec<KindLine> = kinds
        .iter()
        .map(|kind| KindLine {
            kind: kind.key.clone(),
            open_data: kind.open_data,
            ..KindLine::default()
        })
        .collect();
    let mut roots: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); kinds.len()];
    for (index, kind) in view.kinds.iter().enumerate() {
        let entity = EntityId(index as i64 + 1);
        if !view.exists(entity, sight) {
            continue;
        }
        let standing: Vec<At> =
            view.about(entity).iter().copied().filter(|at| view.begun(*at, sight)).collect();
        if standing.is_empty() {
            continue;
        }
        let line = &mut lines[usize::from(*kind)];
        line.count += 1;
        line.statements += standing.len();
        line.unresolved += usize::from(view.is_unresolved(entity));
        line.contested += usize::from(is_contested(view, &standing));
        let of = standing.iter().map(|at| view.root_of(view.source_at(*at)).0 as u32);
        roots[usize::from(*kind)].extend(of);
    }
    for (line, roots) in lines.iter_mut().zip(&roots) {
        line.sources = roots.len();
        line.newest = roots.iter().filter_map(|root| retrieved.get(root)).max().copied();
    }
    let shown = kinds.iter().map(|kind| !kind.is_abstract && kind.edge.is_none());
    lines.into_iter().zip(shown).filter(|(_, shown)| *shown).map(|(line, _)| line).collect()
}

/// Whether two claims of one figure speak of overlapping times.
fn is_contested(view: &View, standing: &[At]) -> bool {
    let mut claims: Vec<(u16, i32, i32)> = standing
        .iter()
        .filter(|at| view.schema().property_at(view.property_at(**at)).indicator)
        .map(|at| (view.property_at(*at).0, view.days_at(*at).0, view.days_at(*at).1))
        .collect();
    claims.sort_unstable();
    claims.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[1].1 <= pair[0].2)
}

fn last_retrieved(view: &View, events: &[SourceEvent]) -> BTreeMap<u32, Day> {
    let mut found = BTreeMap::new();
    for event in events {
        if let Some(day) = event.retrieved.as_deref().and_then(|text| Day::parse(text).ok()) {
            found.insert(view.root_of(event.source).0 as u32, day);
        }
    }
    found
}

/// Every source with what it gave, in the order of recording.
pub fn sources(view: &View, events: &[SourceEvent], sight: Sight) -> Vec<SourceLine> {
    let mut statements: BTreeMap<SourceId, usize> = BTreeMap::new();
    let mut entities: BTreeMap<SourceId, BTreeSet<u32>> = BTreeMap::new();
    for at in 0..view.statement_count() as At {
        let live = view.columns.event[at as usize] < sight.horizon
            && view.columns.ended[at as usize] >= sight.horizon;
        if live {
            let source = view.source_at(at);
            let entity = view.columns.entity[at as usize];
            let root = view.root_of(source);
            for id in [Some(source), (root != source).then_some(root)].into_iter().flatten() {
                *statements.entry(id).or_default() += 1;
                entities.entry(id).or_default().insert(entity);
            }
        }
    }
    let line = |source: &Source| {
        let own: Vec<&SourceEvent> = events.iter().filter(|e| e.source == source.id).collect();
        let scanned = own.iter().rev().find(|e| e.what == SourceChange::Scanned);
        let retrieved = scanned.and_then(|e| e.retrieved.as_deref());
        SourceLine {
            id: source.id,
            statements: statements.get(&source.id).copied().unwrap_or(0),
            entities: entities.get(&source.id).map_or(0, BTreeSet::len),
            rows: scanned.map(|e| e.counts.rows),
            digest: scanned.and_then(|e| e.digest.clone()),
            retrieved: retrieved.and_then(|text| Day::parse(text).ok()),
            version: own.last().map_or(source.event.0, |e| e.event.0),
            scanned: scanned.map(|e| (*e).clone()),
            withdrawn: view.source_withdrawn(source.id, sight),
        }
    };
    view.sources().map(line).collect()
}

/// Figures for the sentence that says what the district is: of each indicator the claim shown first.
pub fn headline(view: &View, district: EntityId, indicators: &[&str], sight: Sight) -> Vec<At> {
    let best = |key: &&str| {
        let ix = view.schema().property_ix(key)?;
        let about = view.about(district).iter().copied();
        about
            .filter(|at| view.property_at(*at) == ix && view.begun(*at, sight))
            .max_by_key(|at| view.merit(*at))
    };
    indicators.iter().filter_map(best).collect()
}
