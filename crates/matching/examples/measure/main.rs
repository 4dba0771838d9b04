//! How well and how fast questions find the articles of law that answer them.
//!
//! `cargo run --release -p matching --example measure -- statutes ARTICLES QUESTIONS [--folds]`
//! With `--rules=FILE` the YAML of that file comes after what ships; `--no-peers` leaves out others.
//!
//! ARTICLES is `{"title": "text"}`, QUESTIONS `[{"id", "question", "gold": ["title"]}]`, both
//! plain JSON. R@k is the share of a question's gold articles among the first k, averaged over
//! questions; micro is the same over all gold articles together. With `--folds`, four fifths of
//! the questions are learnt and the others asked, five times: the fold is the id modulo five.

#![expect(clippy::print_stdout, reason = "its only purpose is to print")]

mod peer;

use matching::{Engine, Query, Record, Rules};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const FOLDS: u64 = 5;
const LIMIT: usize = 100;
/// Each question is asked so often and its shortest time counts: the machine has other work.
const REPEATS: usize = 3;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    id: u64,
    question: String,
    gold: BTreeSet<String>,
}

/// What was found, and how long it took.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    at_10: f64,
    at_100: f64,
    reciprocal: f64,
    gold: usize,
    gold_10: usize,
    gold_100: usize,
    times: Vec<Duration>,
}

impl Figures {
    fn count(&mut self, question: &Question, found: &[String], took: Duration) {
        let within = |k: usize| found.iter().take(k).filter(|id| question.gold.contains(*id));
        let (ten, hundred) = (within(10).count(), within(100).count());
        let gold = question.gold.len();
        self.at_10 += ten as f64 / gold as f64;
        self.at_100 += hundred as f64 / gold as f64;
        let first = found.iter().position(|id| question.gold.contains(id));
        self.reciprocal += first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
        self.gold += gold;
        self.gold_10 += ten;
        self.gold_100 += hundred;
        self.times.push(took);
    }

    fn print(mut self, name: &str) {
        self.times.sort();
        let count = self.times.len().max(1) as f64;
        let at = |share: f64| {
            let place = ((self.times.len() as f64 * share) as usize).min(self.times.len() - 1);
            self.times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let gold = self.gold.max(1) as f64;
        println!(
            "{name:<34} R@10 {:.4}  R@100 {:.4}  MRR {:.4}  micro {:.4} {:.4}  \
             p50 {:.2} ms  p99 {:.2} ms",
            self.at_10 / count,
            self.at_100 / count,
            self.reciprocal / count,
            self.gold_10 as f64 / gold,
            self.gold_100 as f64 / gold,
            at(0.5),
            at(0.99),
        );
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (files, flags): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|argument| !argument.starts_with("--"));
    let [what, articles, questions] = files.as_slice() else {
        return Err(
            "measure statutes ARTICLES QUESTIONS [--folds] [--no-peers] [--rules=FILE]".into()
        );
    };
    if *what != "statutes" {
        return Err(format!("nothing to measure for `{what}`").into());
    }
    let flag = |name: &str| flags.iter().any(|flag| *flag == name);
    let articles: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(articles)?)?;
    let questions: Vec<Question> = serde_json::from_str(&std::fs::read_to_string(questions)?)?;
    println!("{} articles, {} questions", articles.len(), questions.len());
    let folder = std::env::temp_dir().join(format!("measure-{}", std::process::id()));
    let rules = match arguments.iter().find_map(|argument| argument.strip_prefix("--rules=")) {
        Some(file) => Rules::extended(&[(file, &std::fs::read_to_string(file)?)])?,
        None => Rules::shipped()?,
    };
    let rules = Arc::new(rules);
    let started = Instant::now();
    let engine = Engine::create(Some(&folder), Arc::clone(&rules))?;
    engine.add(&records(&articles))?;
    engine.commit()?;
    let built = started.elapsed();
    println!("index built in {:.1} s, {:.1} MB", built.as_secs_f64(), megabytes(&folder)?);
    let started = Instant::now();
    drop(engine);
    let engine = Engine::open(&folder, rules)?;
    println!("opened in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    ask(&engine, questions.iter())?.print("matching, nothing learnt");
    if flag("--folds") {
        folds(&engine, &questions)?;
    }
    drop(engine);
    std::fs::remove_dir_all(&folder)?;
    if !flag("--no-peers") {
        peer::statutes(&articles, &questions)?;
    }
    Ok(())
}

/// The law that an article belongs to: its title up to the number of the article.
fn law(title: &str) -> &str {
    title.rfind('第').map_or(title, |at| &title[..at])
}

/// Articles as records; a law counts as cited by every text of another law that names it.
fn records(articles: &BTreeMap<String, String>) -> Vec<Record> {
    let short = |name: &str| name.trim_start_matches("中华人民共和国").to_string();
    let mut cited: BTreeMap<String, u32> =
        articles.keys().map(|title| (short(law(title)), 0)).collect();
    for (title, text) in articles {
        let own = short(law(title));
        for named in text.split('《').skip(1).filter_map(|rest| rest.split_once('》')) {
            let named = short(named.0);
            if named != own {
                cited.entry(named).and_modify(|count| *count += 1);
            }
        }
    }
    let record = |(title, text): (&String, &String)| {
        let fields = [("title", law(title)), ("body", text.as_str())];
        Record {
            id: title.clone(),
            kind: "article".to_string(),
            group: law(title).to_string(),
            cited: cited.get(&short(law(title))).copied().unwrap_or(0),
            fields: fields.map(|(key, text)| (key.to_string(), text.to_string())).into(),
            ..Record::default()
        }
    };
    articles.iter().map(record).collect()
}

fn ask<'a>(engine: &Engine, questions: impl Iterator<Item = &'a Question>) -> Result<Figures> {
    let mut figures = Figures::default();
    ask_into(engine, questions, &mut figures)?;
    Ok(figures)
}

fn ask_into<'a>(
    engine: &Engine,
    questions: impl Iterator<Item = &'a Question>,
    figures: &mut Figures,
) -> Result<()> {
    for question in questions {
        let query = Query { limit: LIMIT, ..Query::new(&question.question) };
        let started = Instant::now();
        let hits = engine.search(&query)?;
        let mut took = started.elapsed();
        for _ in 1..REPEATS {
            let started = Instant::now();
            engine.search(&query)?;
            took = took.min(started.elapsed());
        }
        let found: Vec<String> = hits.into_iter().map(|hit| hit.id).collect();
        figures.count(question, &found, took);
    }
    Ok(())
}

fn folds(engine: &Engine, questions: &[Question]) -> Result<()> {
    let mut figures = Figures::default();
    let mut taught = Duration::ZERO;
    let mut answers = 0;
    for fold in 0..FOLDS {
        let (asked, learnt): (Vec<&Question>, Vec<&Question>) =
            questions.iter().partition(|question| question.id % FOLDS == fold);
        let started = Instant::now();
        for question in &learnt {
            for title in &question.gold {
                engine.learn(title, &question.id.to_string(), &question.question)?;
                answers += 1;
            }
        }
        engine.commit()?;
        taught += started.elapsed();
        ask_into(engine, asked.into_iter(), &mut figures)?;
        for question in &learnt {
            for title in &question.gold {
                engine.forget(title, &question.id.to_string())?;
            }
        }
        engine.commit()?;
    }
    println!("{answers} answers learnt in {:.1} s", taught.as_secs_f64());
    figures.print("matching, four fifths learnt");
    ask(engine, questions.iter())?.print("matching, all forgotten again");
    Ok(())
}

pub(crate) fn megabytes(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / 1e6)
}
