//! `xiudai resolve` and `xiudai affiliate`: names against a register, without a store.

use anyhow::{Context as _, Result, bail};
use resolve::affiliation::{NameKind, Organizations, Record};
use resolve::{Entry, Index, Lexicon, Match, Query, Weights, Zone};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names to be resolved.
#[derive(Debug, clap::Args)]
pub(crate) struct ResolveArgs {
    /// Organizations as JSON: `[[id, name], …]`, or an object with that under `index`.
    #[arg(long)]
    index: PathBuf,
    /// Names as JSON: `[name, …]`, `[[name, …], …]`, or an object with that under `queries`.
    #[arg(long)]
    queries: PathBuf,
    /// An object: `queries` as `[[name, id or null], …]`, `matches` with scores and reasons.
    #[arg(long)]
    json: bool,
    /// From this probability on a name is answered; the lexicon's own when not said.
    #[arg(long)]
    threshold: Option<f64>,
}

/// Affiliation lines to be resolved.
#[derive(Debug, clap::Args)]
pub(crate) struct AffiliateArgs {
    /// Organizations as JSON, in the shape of ROR's records: id, cc, city, names, status.
    #[arg(long)]
    index: PathBuf,
    /// Lines as JSON: `[{"affiliation": …}, …]` or `[line, …]`.
    #[arg(long)]
    queries: PathBuf,
    /// A JSON array of `{affiliation, ror_ids, matches}`.
    #[arg(long)]
    json: bool,
}

fn read(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not JSON", path.display()))
}

/// The list under a key, or the whole when it is a list.
fn list<'a>(value: &'a Value, key: &str, path: &Path) -> Result<&'a Vec<Value>> {
    let found = value.get(key).unwrap_or(value).as_array();
    found.with_context(|| format!("{} has no list `{key}`", path.display()))
}

/// Resolves names and tells for each who it means, or nobody.
pub(crate) fn run(args: &ResolveArgs) -> Result<bool> {
    let (index, queries) = (read(&args.index)?, read(&args.queries)?);
    let lexicon = Arc::new(Lexicon::shipped()?);
    let mut entries = Vec::new();
    for row in list(&index, "index", &args.index)? {
        entries.push(entry(row)?);
    }
    let index = Index::build(lexicon, Weights::shipped()?, entries);
    let names: Vec<&str> = list(&queries, "queries", &args.queries)?
        .iter()
        .map(|row| row.as_str().or_else(|| row.get(0)?.as_str()).unwrap_or_default())
        .collect();
    let asked: Vec<Query<'_>> = names.iter().map(|name| Query::from(*name)).collect();
    let found = index.resolve_all(&asked);
    let threshold = args.threshold.unwrap_or(index.weights().review);
    let answer = |matches: &[Match<'_>]| {
        matches.first().filter(|one| one.probability >= threshold).map(|one| one.id.to_string())
    };
    let mut out = std::io::stdout();
    if !args.json {
        for (name, matches) in names.iter().zip(&found) {
            let shown = answer(matches).unwrap_or_else(|| "-".to_string());
            let best = matches
                .first()
                .map_or(String::new(), |one| format!("{:.3} {}", one.probability, one.name));
            writeln!(out, "{name}\t{shown}\t{best}")?;
        }
        return Ok(true);
    }
    let pairs: Vec<Value> = names.iter().zip(&found).map(|(n, m)| json!([n, answer(m)])).collect();
    let matches: Vec<Value> = names
        .iter()
        .zip(&found)
        .map(|(name, matches)| {
            let candidates: Vec<Value> = matches.iter().map(|one| of_match(&index, one)).collect();
            json!({ "query": name, "id": answer(matches), "candidates": candidates })
        })
        .collect();
    let answer = json!({ "threshold": threshold, "queries": pairs, "matches": matches });
    writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
    Ok(true)
}

fn entry(row: &Value) -> Result<Entry> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_string);
    let (Some(id), Some(name)) = (text(row.get(0)), text(row.get(1))) else {
        bail!("an organization is `[id, name, other names…]`, not {row}");
    };
    let more = row.as_array().into_iter().flatten().skip(2);
    let names = std::iter::once(name).chain(more.filter_map(|one| text(Some(one)))).collect();
    Ok(Entry { id, names, kind: None, place: None })
}

fn of_match(index: &Index, one: &Match<'_>) -> Value {
    let zone = match one.zone {
        Zone::Merge => "merge",
        Zone::Review => "review",
        Zone::Separate => "separate",
    };
    let part = |part: resolve::Part| {
        let label = index.weights().label(part.feature);
        json!({
            "feature": part.feature.key(),
            "zh": label.zh,
            "en": label.en,
            "contribution": part.contribution,
        })
    };
    let parts: Vec<Value> = one.parts().into_iter().map(part).collect();
    json!({
        "id": one.id,
        "name": one.name,
        "probability": one.probability,
        "score": one.score,
        "zone": zone,
        "parts": parts,
    })
}

/// Finds the organizations that affiliation lines name.
pub(crate) fn affiliate(args: &AffiliateArgs) -> Result<bool> {
    let (index, queries) = (read(&args.index)?, read(&args.queries)?);
    let records = list(&index, "index", &args.index)?.iter().map(record);
    let organizations = Organizations::build(Arc::new(Lexicon::shipped()?), records);
    let mut out = std::io::stdout();
    let mut answers = Vec::new();
    for row in list(&queries, "queries", &args.queries)? {
        let line = row.as_str().or_else(|| row.get("affiliation")?.as_str()).unwrap_or_default();
        let found = organizations.affiliate(line);
        // One organization is counted for a line: a part of a university it names too is left out.
        let counted = found.iter().filter(|one| !one.part);
        let ids: Vec<String> = counted.map(|one| ror(one.id)).collect();
        let matches: Vec<Value> = found
            .iter()
            .map(|one| {
                json!({
                    "ror_id": ror(one.id),
                    "score": one.score,
                    "start": one.start,
                    "end": one.end,
                    "part": one.part,
                })
            })
            .collect();
        if args.json {
            answers.push(json!({ "affiliation": line, "ror_ids": ids, "matches": matches }));
        } else {
            writeln!(out, "{line}\t{}", ids.join(" "))?;
        }
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&answers)?)?;
    }
    Ok(true)
}

/// The full address of a ROR id.
fn ror(id: &str) -> String {
    if id.starts_with("http") { id.to_string() } else { format!("https://ror.org/{id}") }
}

/// A register's record: names are texts, or `[text, language, [what it is, …]]`.
fn record(row: &Value) -> Record {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let name = |value: &Value| {
        let is = |kind: &str| {
            let kinds = value.get(2).and_then(Value::as_array).into_iter().flatten();
            kinds.filter_map(Value::as_str).any(|one| one == kind)
        };
        let kind = match (is("label") || is("ror_display"), is("acronym")) {
            (true, _) => NameKind::Label,
            (false, true) => NameKind::Acronym,
            (false, false) => NameKind::Alias,
        };
        let text = value.as_str().or_else(|| value.get(0)?.as_str()).unwrap_or_default();
        (text.to_string(), kind)
    };
    let names = row.get("names").and_then(Value::as_array).into_iter().flatten();
    Record {
        id: text("id"),
        country: text("cc"),
        city: text("city"),
        names: names.map(name).collect(),
        active: row.get("status").is_none_or(|status| status == "active"),
    }
}
