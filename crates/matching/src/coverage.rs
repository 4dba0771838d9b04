//! Coverage: whether every institution has its chance, or a few are shown again and again.

use crate::engine::Engine;
use crate::pair::Matches;
use std::collections::BTreeMap;

/// How often one institution's records are matched.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupCoverage {
    /// The institution; empty for records that name none.
    pub group: String,
    /// Its records in the engine, of the kinds counted.
    pub records: usize,
    /// How many of them were shown at least once.
    pub shown: usize,
    /// How often they were shown in all.
    pub showings: usize,
    /// Its share of all showings over its share of all records: 1 is even; `None` without both.
    pub evenness: Option<f64>,
}

/// Coverage of each institution over the answers to many demands, by name.
///
/// `kinds` are those that the demands were matched with; all when empty. Cost: linear in records.
pub fn coverage(engine: &Engine, kinds: &[String], all: &[Matches]) -> Vec<GroupCoverage> {
    let snapshot = engine.snapshot();
    let filter = crate::search::filter(&snapshot, kinds);
    let mut records = vec![0_usize; snapshot.groups.len()];
    for (doc, kind) in snapshot.kind_of.iter().enumerate() {
        if filter.kinds.get(usize::from(*kind)).copied().unwrap_or(false) {
            records[snapshot.group_of[doc] as usize] += 1;
        }
    }
    let mut shown: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for found in all.iter().flat_map(|matches| &matches.matches) {
        let group = shown.entry(&found.record.group).or_default();
        *group.entry(&found.record.id).or_default() += 1;
    }
    let showings_all: usize = shown.values().flat_map(BTreeMap::values).sum();
    let records_all: usize = records.iter().sum();
    let line = |(group, records): (&String, &usize)| {
        let own = shown.get(group.as_str());
        let showings: usize = own.map_or(0, |own| own.values().sum());
        let even = *records as f64 / records_all.max(1) as f64;
        let evenness = (showings_all > 0 && *records > 0)
            .then(|| showings as f64 / showings_all as f64 / even);
        GroupCoverage {
            group: group.clone(),
            records: *records,
            shown: own.map_or(0, BTreeMap::len),
            showings,
            evenness,
        }
    };
    let lines = snapshot.groups.iter().zip(&records).map(line);
    lines.filter(|line| line.records + line.showings > 0).collect()
}
