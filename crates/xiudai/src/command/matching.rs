//! `xiudai match`: what of the atlas fits a demand.

use anyhow::{Context as _, Result, bail};
use atlas::demand::Demand;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

/// What is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct MatchArgs {
    /// The demand: JSON with title, text, kinds and constraints, or plain text.
    #[arg(long, value_name = "FILE")]
    demand: PathBuf,
    /// At most so many results, 1 to 50.
    #[arg(long, default_value_t = 10)]
    limit: usize,
    /// The answer as the API gives it.
    #[arg(long)]
    json: bool,
}

/// Matches and tells.
pub(crate) fn run(args: &MatchArgs, app: &api::App) -> Result<bool> {
    let text = fs::read_to_string(&args.demand)
        .with_context(|| format!("reading {}", args.demand.display()))?;
    let demand = demand(&text)?;
    let found = api::find_matches(app, &demand, args.limit.clamp(1, 50));
    let found = found.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&found)?)?;
        return Ok(true);
    }
    for one in &found.items {
        writeln!(out, "{:>8.2} {} {}", one.score, one.entity.id, one.entity.name.text())?;
        for reason in &one.reasons.zh {
            writeln!(out, "         {reason}")?;
        }
        for line in &one.constraints {
            let has = line.has.as_ref().map_or("?", |has| has.text());
            let (label, wanted) = (line.label.text(), line.wanted.text());
            writeln!(out, "         [{}] {label}: {wanted} / {has}", line.holds)?;
        }
    }
    writeln!(out, "{} looked at, {} excluded", found.looked_at, found.excluded)?;
    Ok(true)
}

/// A demand from JSON, or from plain text whose first line is the title.
fn demand(text: &str) -> Result<Demand> {
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    if !trimmed.starts_with('{') {
        let (title, rest) = trimmed.split_once('\n').unwrap_or((trimmed, ""));
        return Ok(Demand {
            title: title.trim().chars().take(200).collect(),
            text: rest.trim().to_string(),
            ..Demand::default()
        });
    }
    let value: Value = serde_json::from_str(trimmed).context("the demand is not sound JSON")?;
    let value = value.get("demand").unwrap_or(&value);
    let word = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let kinds = value.get("kinds").and_then(Value::as_array).into_iter().flatten();
    let mut constraints = BTreeMap::new();
    for (key, wanted) in value.get("constraints").and_then(Value::as_object).into_iter().flatten() {
        let wanted = match wanted {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Array(list) => {
                list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")
            }
            other => bail!("the condition `{key}` is a text, a number or a list, not {other}"),
        };
        constraints.insert(key.clone(), wanted);
    }
    Ok(Demand {
        title: word("title"),
        text: word("text"),
        kinds: kinds.filter_map(Value::as_str).map(str::to_string).collect(),
        constraints,
    })
}
