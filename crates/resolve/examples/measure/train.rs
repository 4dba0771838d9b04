//! Learns what features are worth from names alone: aliases are made by rule, never read.
//!
//! Each name is bent by the ways people bend names; the resolver is asked for it with the
//! organization in the index, and again with it left out, when no answer is right. The weights
//! that make the right answers likeliest are found by gradient ascent from those given, with a
//! pull back to them.

use resolve::name::Role;
use resolve::{Entry, Feature, Index, Lexicon, OrgName, Query, Scratch, Weights};
use std::error::Error;
use std::sync::Arc;

const FEATURES: usize = Feature::Rivals as usize;

/// The candidates of one question, and which of them is right.
struct Question {
    candidates: Vec<[f64; FEATURES]>,
    right: Option<usize>,
}

/// Prints the learnt weights as lines for `weights.yaml`, and what they reach on a held-out fifth.
pub(crate) fn run(file: &str) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let names: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let lexicon = Arc::new(Lexicon::shipped()?);
    let weights = Weights::shipped()?;
    let entries = names.iter().enumerate().map(|(number, name)| Entry {
        id: number.to_string(),
        names: vec![(*name).to_string()],
        ..Entry::default()
    });
    let index = Index::build(lexicon.clone(), weights.clone(), entries);
    let mut scratch = Scratch::default();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (number, name) in names.iter().enumerate() {
        let aliases = aliases(&lexicon, name, number);
        for (turn, alias) in aliases.iter().enumerate() {
            let id = number.to_string();
            let without = (turn % 2 == 1).then_some(id.as_str());
            let query = Query::from(alias.as_str());
            let matches = index.resolve_with(&mut scratch, &query, without);
            let right = matches.iter().position(|m| m.id == id);
            if without.is_none() && right.is_none() {
                continue;
            }
            let candidates = matches.iter().map(|m| m.values()).collect();
            let question = Question { candidates, right };
            if number % 5 == 0 { test.push(question) } else { train.push(question) }
        }
    }
    let start: Vec<f64> = Feature::ALL.iter().take(FEATURES).map(|f| weights.value(*f)).collect();
    println!("{} questions to learn from, {} held out", train.len(), test.len());
    println!("before: {}", summary(&test, &start));
    let learnt = ascend(&train, &start);
    println!("after:  {}", summary(&test, &learnt));
    for (feature, weight) in Feature::ALL.iter().zip(&learnt) {
        println!("{} {weight:.2}", feature.key());
    }
    Ok(())
}

/// Odds of each candidate and of none, as probabilities.
fn probabilities(question: &Question, weights: &[f64]) -> Vec<f64> {
    let score = |values: &[f64; FEATURES]| -> f64 {
        values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
    };
    let scores: Vec<f64> = question.candidates.iter().map(score).collect();
    let top = scores.iter().fold(0.0_f64, |top, s| top.max(*s));
    let total: f64 = (-top).exp() + scores.iter().map(|s| (s - top).exp()).sum::<f64>();
    scores.iter().map(|s| (s - top).exp() / total).collect()
}

/// Mean log-likelihood and share of right first answers.
fn summary(questions: &[Question], weights: &[f64]) -> String {
    let (mut likelihood, mut right) = (0.0, 0);
    for question in questions {
        let p = probabilities(question, weights);
        let none = (1.0 - p.iter().sum::<f64>()).max(1e-12);
        likelihood += question.right.map_or(none, |at| p[at].max(1e-12)).ln();
        let best = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b]));
        let answer = best.filter(|at| p[*at] >= 0.5);
        right += usize::from(answer == question.right);
    }
    let count = questions.len().max(1) as f64;
    format!("log-likelihood {:.4}, right {:.4}", likelihood / count, right as f64 / count)
}

/// Gradient ascent with momentum; the pull towards the first weights keeps rare features sane.
fn ascend(questions: &[Question], start: &[f64]) -> Vec<f64> {
    const ROUNDS: usize = 400;
    const PULL: f64 = 0.004;
    let mut weights = start.to_vec();
    let mut speed = vec![0.0; weights.len()];
    for _ in 0..ROUNDS {
        let mut gradient = vec![0.0; weights.len()];
        for question in questions {
            let p = probabilities(question, &weights);
            for (at, values) in question.candidates.iter().enumerate() {
                let miss = f64::from(u8::from(question.right == Some(at))) - p[at];
                for (slot, value) in gradient.iter_mut().zip(values) {
                    *slot += miss * value;
                }
            }
        }
        for at in 0..weights.len() {
            let pull = PULL * (start[at] - weights[at]);
            speed[at] = 0.9 * speed[at] + gradient[at] / questions.len() as f64 + pull;
            weights[at] += 0.3 * speed[at];
        }
    }
    weights
}

/// Ways in which people bend a name, chosen by the number of the name so that all occur.
fn aliases(lexicon: &Lexicon, name: &str, number: usize) -> Vec<String> {
    let parsed = OrgName::parse(lexicon, name);
    let text = parsed.text().to_string();
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < 4 {
        return Vec::new();
    }
    let own = parsed.own().to_string();
    let without = |roles: &[Role]| -> String {
        let kept = parsed.pieces().iter().filter(|piece| !roles.contains(&piece.role));
        kept.filter_map(|piece| text.get(piece.start..piece.end)).collect()
    };
    let swap = |from: &str, to: &str| text.replacen(from, to, 1);
    let cut = 1 + number % 3;
    let mut typo = chars.clone();
    let at = 1 + number % (chars.len() - 2);
    typo[at] = chars[(at + 2) % chars.len()];
    let all = [
        without(&[Role::Region]),
        without(&[Role::Form]),
        without(&[Role::Form, Role::Industry]),
        without(&[Role::Region, Role::Form, Role::Industry]),
        chars[cut..].iter().collect(),
        chars[..chars.len() - cut].iter().collect(),
        typo.iter().collect(),
        own,
        swap("学院", "大学"),
        swap("大学", "学院"),
        swap("有限公司", "集团股份有限公司"),
        swap("研究所", "研究院"),
        swap("科学技术", "科技").replacen("研究所", "所", 1),
        swap("科学", "").replacen("工程", "", 1),
        swap("国家重点实验室", "教育部重点实验室"),
        swap("研究院", "研究中心"),
        swap("和", "与").replacen("省", "", 1).replacen("市", "", 1),
        format!("{text}官网"),
        swap("学院", "职业技术学院"),
        swap("与", "").replacen("及", "", 1),
    ];
    let mut out: Vec<String> = Vec::new();
    for turn in 0..6 {
        let alias = &all[(number * 7 + turn * 3) % all.len()];
        if alias.chars().count() >= 2 && *alias != text {
            // Once with an answer, once without.
            out.push(alias.clone());
            out.push(alias.clone());
        }
    }
    out
}
