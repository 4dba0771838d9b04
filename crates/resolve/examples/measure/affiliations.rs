//! Affiliation lines to organizations of a register.

use resolve::Lexicon;
use resolve::affiliation::{NameKind, Organizations, Record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|text| text.as_str().map(str::to_string)).collect()
}

/// Reads a register in the shape of ROR's records.
pub(crate) fn register(file: &str) -> Result<Vec<Record>, Box<dyn Error>> {
    let set: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let name = |value: &Value| {
        let kinds = texts(&value[2]);
        let is = |kind: &str| kinds.iter().any(|k| k == kind);
        let kind = if is("label") || is("ror_display") {
            NameKind::Label
        } else if is("acronym") {
            NameKind::Acronym
        } else {
            NameKind::Alias
        };
        (text(&value[0]), kind)
    };
    let rows = set.as_array().map(Vec::as_slice).unwrap_or_default();
    let record = |row: &Value| Record {
        id: text(&row["id"]),
        country: text(&row["cc"]),
        city: text(&row["city"]),
        names: row["names"].as_array().map_or_else(Vec::new, |n| n.iter().map(name).collect()),
        active: row["status"] == "active",
    };
    Ok(rows.iter().map(record).collect())
}

/// Prints precision and recall over ids, on the lines whose ids are all in the register.
pub(crate) fn run(file: &str, ror: &str, show: bool) -> Result<(), Box<dyn Error>> {
    let records = register(ror)?;
    let names: BTreeMap<String, String> = records
        .iter()
        .map(|r| (r.id.clone(), r.names.first().map_or(String::new(), |n| n.0.clone())))
        .collect();
    let start = Instant::now();
    let organizations = Organizations::build(Arc::new(Lexicon::shipped()?), records);
    println!("{} organizations indexed in {:.2} s", names.len(), start.elapsed().as_secs_f64());
    let set: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let rows = set.as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<(String, BTreeSet<String>)> = rows
        .iter()
        .map(|row| {
            let short = |id: String| id.rsplit('/').next().unwrap_or_default().to_string();
            let ids = texts(&row["ror_ids"]).into_iter().map(short).collect();
            (row["affiliation"].as_str().unwrap_or_default().to_string(), ids)
        })
        .filter(|(_, ids): &(String, BTreeSet<String>)| {
            !ids.is_empty() && ids.iter().all(|id| names.contains_key(id))
        })
        .collect();
    let start = Instant::now();
    let found: Vec<Vec<(String, f64)>> = lines
        .iter()
        .map(|(line, _)| {
            let findings = organizations.affiliate(line);
            findings.iter().filter(|f| !f.part).map(|f| (f.id.to_string(), f.score)).collect()
        })
        .collect();
    let each = start.elapsed().as_secs_f64() * 1e6 / lines.len().max(1) as f64;
    println!("{} lines, {each:.1} µs a line", lines.len());
    for at in [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
        for (part, keep) in [("all", [0, 1]), ("even", [0, 0]), ("odd", [1, 1])] {
            let (mut hits, mut answered, mut gold, mut exact, mut count) = (0, 0, 0, 0, 0);
            for (row, ((_, ids), found)) in lines.iter().zip(&found).enumerate() {
                if !keep.contains(&(row % 2)) {
                    continue;
                }
                let told: BTreeSet<&String> =
                    found.iter().filter(|f| f.1 >= at).map(|f| &f.0).collect();
                let right = told.iter().filter(|id| ids.contains(**id)).count();
                hits += right;
                answered += told.len();
                gold += ids.len();
                exact += usize::from(right == ids.len() && told.len() == ids.len());
                count += 1;
            }
            println!(
                "from {at}, {part}: precision {:.4}, recall {:.4}, exact {:.4}",
                hits as f64 / answered.max(1) as f64,
                hits as f64 / gold.max(1) as f64,
                exact as f64 / count.max(1) as f64
            );
        }
    }
    if show {
        for ((line, ids), found) in lines.iter().zip(&found).step_by(2) {
            let wrong: Vec<String> = found
                .iter()
                .filter(|f| !ids.contains(&f.0))
                .map(|f| format!("+{} {:.2}", names.get(&f.0).map_or("", |n| n), f.1))
                .collect();
            let missed: Vec<String> = ids
                .iter()
                .filter(|id| !found.iter().any(|f| f.0 == **id))
                .map(|id| format!("-{}", names[id]))
                .collect();
            if !wrong.is_empty() || !missed.is_empty() {
                println!("{line}\n    {} {}", wrong.join("; "), missed.join("; "));
            }
        }
    }
    Ok(())
}
