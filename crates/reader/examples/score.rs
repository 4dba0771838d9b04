//! Scores the reader: `score gold.csv document…` prints recall and precision per document.

use reader::score::{Gold, Read, score};
use reader::{Candidate, Document, Grammar, Limits, candidates, read};
use std::error::Error;
use std::io::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [gold, files @ ..] = arguments.as_slice() else {
        return Err("score gold.csv document…".into());
    };
    let verbose = files.iter().any(|file| file == "-v");
    let grammar = Grammar::shipped()?;
    let schema = schema::Schema::shipped()?;
    let gold = gold_rows(Path::new(gold))?;
    let mut read_all: Vec<(String, Document, Vec<Candidate>)> = Vec::new();
    for file in files.iter().filter(|file| *file != "-v") {
        let path = Path::new(file);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let document = read(&std::fs::read(path)?, &name, &grammar, &Limits::default())?;
        let found = candidates(&document, &grammar, &schema);
        read_all.push((name, document, found));
    }
    let reads: Vec<Read<'_>> = read_all
        .iter()
        .map(|(file, document, candidates)| Read { file, document, candidates })
        .collect();
    let mut out = std::io::stdout().lock();
    for (file, document, candidates) in &read_all {
        writeln!(
            out,
            "{file}: {:?} | {:?} | {:?} | {:?}",
            document.title, document.publisher, document.published, document.repairs
        )?;
        for candidate in candidates.iter().filter(|_| verbose) {
            writeln!(
                out,
                "    {} {} | {} | {}{} {} | {} | {:?} | {} | {}",
                candidate.kind.name(),
                candidate.subject,
                candidate.property,
                candidate.comparator.sign(),
                candidate.value,
                candidate.unit.as_deref().unwrap_or(""),
                candidate.valid,
                candidate.indicator,
                candidate.confidence,
                candidate.quote_normalized
            )?;
        }
    }
    let scores = score(&gold, &reads, &grammar);
    let mut total = reader::score::Score::default();
    for (file, one) in &scores {
        print(&mut out, file, one)?;
        for missed in &one.missed {
            writeln!(out, "  missed   {missed}")?;
        }
        for spurious in &one.spurious {
            writeln!(out, "  spurious {spurious}")?;
        }
        total = total.plus(one);
    }
    print(&mut out, "all", &total)?;
    Ok(())
}

fn print(
    out: &mut impl std::io::Write,
    name: &str,
    score: &reader::score::Score,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{name}: recall {} ({}/{}), precision {} ({}/{}), span {}/{}",
        share(score.recall()),
        score.matched,
        score.gold,
        share(score.precision()),
        score.right,
        score.found,
        score.span_exact,
        score.span_known
    )
}

fn share(thousandths: usize) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

fn gold_rows(path: &Path) -> Result<Vec<Gold>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |name: &str| {
            column(name).and_then(|index| record.get(index)).unwrap_or_default().to_string()
        };
        let normalized = cell("quote_normalised");
        out.push(Gold {
            subject: cell("subject"),
            predicate: cell("predicate"),
            value: cell("value"),
            unit: cell("unit"),
            valid_time: cell("valid_time"),
            file: cell("seed_file"),
            quote: if normalized.is_empty() { cell("quote") } else { normalized },
        });
    }
    Ok(out)
}
