//! `xiudai read`: what documents state, without a store.

use anyhow::{Context as _, Result, bail};
use reader::score::{Gold, Read, Score, score};
use reader::{Candidate, CandidateKind, Document, Grammar, Limits};
use schema::Schema;
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What is read, and how it is told.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// Documents: text, HTML, PDF or DOCX.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON array of candidates.
    #[arg(long)]
    json: bool,
    /// Figures only: no mentions, relations or dates of events.
    #[arg(long)]
    facts: bool,
    /// Precision and recall of each document against a table of facts found by hand
    /// (subject, predicate, value, unit, valid_time, seed_file, quote).
    #[arg(long, value_name = "GOLD.csv")]
    score: Option<PathBuf>,
    /// A folder with YAML files that extend the grammar.
    #[arg(long)]
    grammar: Option<PathBuf>,
}

/// A document that was read.
struct One {
    name: String,
    document: Document,
    candidates: Vec<Candidate>,
}

/// Reads the documents and tells what they state, or how well that agrees with gold.
pub(crate) fn run(args: &ReadArgs) -> Result<bool> {
    let schema = Schema::shipped()?;
    let grammar = grammar(args.grammar.as_deref())?;
    let mut all = Vec::new();
    for path in &args.files {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let document = reader::read(&bytes, &name, &grammar, &Limits::default())?;
        let mut candidates = reader::candidates(&document, &grammar, &schema);
        candidates.retain(|one| !args.facts || one.kind == CandidateKind::Fact);
        all.push(One { name, document, candidates });
    }
    match &args.score {
        Some(gold) => tell_score(&all, gold, &grammar, args.json),
        None if args.json => {
            let list: Vec<Value> = all.iter().flat_map(of_document).collect();
            let mut out = std::io::stdout();
            writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
            Ok(true)
        }
        None => tell(&all),
    }
}

/// The grammar that ships, with the files of a folder after it.
pub(crate) fn grammar(folder: Option<&Path>) -> Result<Grammar> {
    let Some(folder) = folder else { return Ok(Grammar::shipped()?) };
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"))
        .collect();
    paths.sort();
    let mut files: Vec<(String, String)> = Vec::new();
    for path in paths {
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, text));
    }
    let own = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let all: Vec<(&str, &str)> = Grammar::shipped_files().iter().copied().chain(own).collect();
    Ok(Grammar::parse(&all)?)
}

fn of_document(one: &One) -> Vec<Value> {
    let of = |candidate: &Candidate| {
        json!({
            "file": one.name,
            "kind": candidate.kind.name(),
            "subject": candidate.subject,
            "subject_kind": candidate.subject_kind,
            "property": candidate.property,
            "indicator": candidate.indicator,
            "comparator": candidate.comparator.sign(),
            "value": candidate.value,
            "value_high": candidate.value_high,
            "unit": candidate.unit,
            "valid_from": candidate.valid.from.map(|day| day.to_string()),
            "valid_to": candidate.valid.to.map(|day| day.to_string()),
            "precision": candidate.valid.precision.name(),
            "forecast": candidate.forecast,
            "document_date": candidate.document_date,
            "start": candidate.start,
            "end": candidate.end,
            "span_of": one.document.span_of.name(),
            "quote": candidate.quote,
            "quote_normalized": candidate.quote_normalized,
            "confidence": candidate.confidence,
            "reader": candidate.reader,
        })
    };
    one.candidates.iter().map(of).collect()
}

fn tell(all: &[One]) -> Result<bool> {
    let mut out = std::io::stdout();
    for one in all {
        let title = one.document.title.as_deref().unwrap_or("?");
        let publisher = one.document.publisher.as_deref().unwrap_or("?");
        let day = one.document.published.map_or("?".to_string(), |day| day.to_string());
        writeln!(out, "{}: {title} | {publisher} | {day}", one.name)?;
        for candidate in &one.candidates {
            writeln!(
                out,
                "  {:>3} {} {} · {} {}{} {} [{}] “{}”",
                candidate.confidence,
                candidate.kind.name(),
                candidate.subject,
                candidate.property,
                candidate.comparator.sign(),
                candidate.value,
                candidate.unit.as_deref().unwrap_or(""),
                candidate.valid,
                candidate.quote_normalized
            )?;
        }
    }
    Ok(true)
}

fn tell_score(all: &[One], gold: &Path, grammar: &Grammar, as_json: bool) -> Result<bool> {
    let gold = gold_rows(gold)?;
    let reads: Vec<Read<'_>> = all
        .iter()
        .map(|one| Read { file: &one.name, document: &one.document, candidates: &one.candidates })
        .collect();
    let scores = score(&gold, &reads, grammar);
    let total = scores.values().fold(Score::default(), |total, one| total.plus(one));
    let lines = scores.iter().map(|(name, one)| (name.as_str(), one)).chain([("all", &total)]);
    let mut out = std::io::stdout();
    if as_json {
        let list: Vec<Value> = lines.map(|(name, one)| of_score(name, one)).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&list)?)?;
        return Ok(true);
    }
    let share = |thousandths: usize| format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    for (name, one) in lines {
        writeln!(
            out,
            "{name}: recall {} ({}/{}), precision {} ({}/{}), spans {}/{}",
            share(one.recall()),
            one.matched,
            one.gold,
            share(one.precision()),
            one.right,
            one.found,
            one.span_exact,
            one.span_known
        )?;
        if name != "all" {
            for missed in &one.missed {
                writeln!(out, "  missed   {missed}")?;
            }
            for spurious in &one.spurious {
                writeln!(out, "  spurious {spurious}")?;
            }
        }
    }
    Ok(true)
}

fn of_score(name: &str, one: &Score) -> Value {
    json!({
        "file": name,
        "gold": one.gold,
        "matched": one.matched,
        "found": one.found,
        "right": one.right,
        "recall_thousandths": one.recall(),
        "precision_thousandths": one.precision(),
        "span_exact": one.span_exact,
        "span_known": one.span_known,
        "missed": one.missed,
        "spurious": one.spurious,
    })
}

fn gold_rows(path: &Path) -> Result<Vec<Gold>> {
    let mut table = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .with_context(|| format!("reading {}", path.display()))?;
    let headers = table.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim() == name);
    let file = column("seed_file").or_else(|| column("document")).or_else(|| column("file"));
    let (Some(subject), Some(value), Some(file)) = (column("subject"), column("value"), file)
    else {
        bail!("a gold table has the columns subject, value and seed_file (or document, file)");
    };
    let (predicate, unit) = (column("predicate"), column("unit"));
    let (valid, quote) = (column("valid_time"), column("quote"));
    let mut rows = Vec::new();
    for record in table.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default().to_string();
        let some = |at: Option<usize>| at.map_or(String::new(), cell);
        rows.push(Gold {
            subject: cell(subject),
            predicate: some(predicate),
            value: cell(value),
            unit: some(unit),
            valid_time: some(valid),
            file: cell(file),
            quote: some(quote),
        });
    }
    Ok(rows)
}
