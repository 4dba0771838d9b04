//! Records and answers as bytes: what the index gives back is exactly what was put in.

use crate::record::{Fact, Record};
use kernel::{Day, Fen};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Serialize, Deserialize)]
struct RecordBytes {
    id: String,
    kind: String,
    group: String,
    topics: BTreeSet<String>,
    cited: u32,
    fields: BTreeMap<String, String>,
    facts: BTreeMap<String, FactBytes>,
}

#[derive(Debug, Serialize, Deserialize)]
enum FactBytes {
    Unknown,
    Level(u8),
    Money(Option<i64>, Option<i64>),
    Days(Option<i32>, Option<i32>),
    Codes(BTreeSet<String>),
}

impl From<&Fact> for FactBytes {
    fn from(fact: &Fact) -> FactBytes {
        match fact {
            Fact::Unknown => FactBytes::Unknown,
            Fact::Level(level) => FactBytes::Level(*level),
            Fact::Money { from, to } => FactBytes::Money(from.map(Fen::fen), to.map(Fen::fen)),
            Fact::Days { from, to } => FactBytes::Days(from.map(Day::number), to.map(Day::number)),
            Fact::Codes(codes) => FactBytes::Codes(codes.clone()),
        }
    }
}

impl From<FactBytes> for Fact {
    fn from(bytes: FactBytes) -> Fact {
        match bytes {
            FactBytes::Unknown => Fact::Unknown,
            FactBytes::Level(level) => Fact::Level(level),
            FactBytes::Money(from, to) => {
                Fact::Money { from: from.and_then(Fen::new), to: to.and_then(Fen::new) }
            }
            FactBytes::Days(from, to) => {
                Fact::Days { from: from.map(Day::from_number), to: to.map(Day::from_number) }
            }
            FactBytes::Codes(codes) => Fact::Codes(codes),
        }
    }
}

/// A record as bytes.
pub(crate) fn to_bytes(record: &Record) -> Vec<u8> {
    let bytes = RecordBytes {
        id: record.id.clone(),
        kind: record.kind.clone(),
        group: record.group.clone(),
        topics: record.topics.clone(),
        cited: record.cited,
        fields: record.fields.clone(),
        facts: record.facts.iter().map(|(key, fact)| (key.clone(), fact.into())).collect(),
    };
    // Maps with text keys and plain numbers: there is nothing that JSON cannot hold.
    serde_json::to_vec(&bytes).unwrap_or_default()
}

/// The record in these bytes; `None` when they are none.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Record> {
    let bytes: RecordBytes = serde_json::from_slice(bytes).ok()?;
    Some(Record {
        id: bytes.id,
        kind: bytes.kind,
        group: bytes.group,
        topics: bytes.topics,
        cited: bytes.cited,
        fields: bytes.fields,
        facts: bytes.facts.into_iter().map(|(key, fact)| (key, fact.into())).collect(),
    })
}
