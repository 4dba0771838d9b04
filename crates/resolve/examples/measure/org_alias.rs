//! Chinese aliases of organizations, with names that are not in the index.

use resolve::{Entry, Index, Lexicon, Query, Scratch, Weights};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

type Answers = Vec<Option<(String, f64)>>;

/// Prints hit at 1 and F1 of the resolver and of two baselines, whole and by folds.
pub(crate) fn run(file: &str, show: bool) -> Result<(), Box<dyn Error>> {
    let set: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let pairs = |key: &str| -> Vec<(String, Option<String>)> {
        let rows = set[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &serde_json::Value| value.as_str().map(str::to_string);
        rows.iter().map(|row| (text(&row[0]).unwrap_or_default(), text(&row[1]))).collect()
    };
    let (rows, queries) = (pairs("index"), pairs("queries"));
    let entries = rows.iter().map(|(id, name)| Entry {
        id: id.clone(),
        names: name.iter().cloned().collect(),
        ..Entry::default()
    });
    let index = Index::build(Arc::new(Lexicon::shipped()?), Weights::shipped()?, entries);
    let names: BTreeMap<&str, &str> =
        rows.iter().map(|(id, name)| (id.as_str(), name.as_deref().unwrap_or(""))).collect();
    let mut scratch = Scratch::default();
    let start = Instant::now();
    let found: Answers = queries
        .iter()
        .map(|(name, _)| {
            let query = Query::from(name.as_str());
            let matches = index.resolve_with(&mut scratch, &query, None);
            matches.first().map(|best| (best.id.to_string(), best.probability))
        })
        .collect();
    let each = start.elapsed().as_secs_f64() * 1e6 / queries.len().max(1) as f64;
    if show {
        explain(&index, &queries, &found, &names);
    }
    let gold: Vec<Option<&str>> = queries.iter().map(|(_, id)| id.as_deref()).collect();
    println!("{} names, {} queries, {each:.1} µs a query", rows.len(), queries.len());
    report("resolver", &found, &gold, index.weights().review);
    let plain: Vec<(String, String)> =
        rows.iter().map(|(id, name)| (id.clone(), name.clone().unwrap_or_default())).collect();
    let asked: Vec<&str> = queries.iter().map(|(name, _)| name.as_str()).collect();
    report("edit distance", &crate::baseline::edit_distance(&plain, &asked), &gold, 0.5);
    report("cosine of rare grams", &crate::baseline::cosine(&plain, &asked), &gold, 0.5);
    Ok(())
}

/// Prints the queries that went wrong, with the reasons of the first two answers.
fn explain(
    index: &Index,
    queries: &[(String, Option<String>)],
    found: &Answers,
    names: &BTreeMap<&str, &str>,
) {
    for ((name, expected), found) in queries.iter().zip(found) {
        let right = found.as_ref().is_some_and(|f| Some(&f.0) == expected.as_ref());
        let answered = found.as_ref().is_some_and(|f| f.1 >= index.weights().review);
        if right == answered {
            continue;
        }
        let gold = expected.as_deref().and_then(|id| names.get(id)).unwrap_or(&"-");
        println!("{name} = {gold}");
        for m in index.resolve(name.as_str()).iter().take(2) {
            let part = |p: &resolve::Part| format!("{} {:+.2}", p.feature.key(), p.contribution);
            let parts: Vec<String> = m.parts().iter().map(part).collect();
            println!("    {:.2} {}: {}", m.probability, m.name, parts.join(", "));
        }
    }
}

/// Prints hit at 1, and F1 at the given threshold, at the best one, and at the best ones of folds.
fn report(name: &str, found: &Answers, gold: &[Option<&str>], threshold: f64) {
    let rows: Vec<usize> = (0..gold.len()).collect();
    let hits = rows.iter().filter(|r| right(found, gold, **r)).count();
    let known = gold.iter().flatten().count();
    let (p, r, f) = scores(found, gold, &rows, threshold);
    println!("{name}: hit@1 {:.3} ({hits} of {known})", hits as f64 / known as f64);
    println!("  at {threshold:.2}: precision {p:.3}, recall {r:.3}, F1 {f:.3}");
    let best = best_threshold(found, gold, &rows);
    println!("  best threshold {best:.3}: F1 {:.3}", scores(found, gold, &rows, best).2);
    let (mut right_count, mut answered, mut all) = (0, 0, 0);
    for fold in 0..5 {
        let (test, train): (Vec<usize>, Vec<usize>) = rows.iter().partition(|r| **r % 5 == fold);
        let threshold = best_threshold(found, gold, &train);
        let counts = counted(found, gold, &test, threshold);
        right_count += counts.0;
        answered += counts.1;
        all += counts.2;
    }
    let f = 2.0 * right_count as f64 / (answered + all) as f64;
    println!("  thresholds chosen on the other four of five folds: F1 {f:.3}");
}

fn right(found: &Answers, gold: &[Option<&str>], row: usize) -> bool {
    found[row].as_ref().is_some_and(|f| gold[row] == Some(f.0.as_str()))
}

/// Right answers, answers, queries that have an answer.
fn counted(
    found: &Answers,
    gold: &[Option<&str>],
    rows: &[usize],
    at: f64,
) -> (usize, usize, usize) {
    let answered = |r: &&usize| found[**r].as_ref().is_some_and(|f| f.1 >= at);
    let hits = rows.iter().filter(answered).filter(|r| right(found, gold, **r)).count();
    let known = rows.iter().filter(|r| gold[**r].is_some()).count();
    (hits, rows.iter().filter(answered).count(), known)
}

fn scores(found: &Answers, gold: &[Option<&str>], rows: &[usize], at: f64) -> (f64, f64, f64) {
    let (hits, answered, known) = counted(found, gold, rows, at);
    let (p, r) = (hits as f64 / answered.max(1) as f64, hits as f64 / known.max(1) as f64);
    (p, r, 2.0 * hits as f64 / (answered + known).max(1) as f64)
}

fn best_threshold(found: &Answers, gold: &[Option<&str>], rows: &[usize]) -> f64 {
    let mut levels: Vec<f64> =
        rows.iter().filter_map(|r| found[*r].as_ref().map(|f| f.1)).collect();
    levels.sort_by(f64::total_cmp);
    let score = |at: &f64| scores(found, gold, rows, *at).2;
    levels
        .into_iter()
        .max_by(|a, b| score(a).total_cmp(&score(b)).then(b.total_cmp(a)))
        .unwrap_or(0.5)
}
