//! Many names against many organizations: names a second, and what it keeps in memory.

use crate::affiliations::register;
use resolve::{Entry, Index, Lexicon, Query, Weights};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

const ORGANIZATIONS: usize = 100_000;
const CITIES: [&str; 12] = [
    "Lyon", "Graz", "Osaka", "Quito", "Perth", "Tartu", "Porto", "Leeds", "Basel", "Turku", "Cork",
    "Ghent",
];
const REGIONS: [&str; 12] = [
    "上海", "杭州", "苏州", "成都", "武汉", "西安", "长沙", "青岛", "厦门", "南昌", "昆明", "兰州",
];

/// Enlarges a register by rule, bends its names by rule, and resolves them all.
pub(crate) fn run(ror: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let mut names: Vec<String> = Vec::with_capacity(ORGANIZATIONS);
    for record in register(ror)? {
        let han = record.names.iter().find(|(name, _)| kernel::text::has_han(name));
        names.extend(han.or(record.names.first()).map(|(name, _)| name.clone()));
    }
    let real = names.len();
    for number in 0..ORGANIZATIONS.saturating_sub(real) {
        let name = &names[number % real];
        let at = (number * 5 + number / real) % 12;
        let other = if kernel::text::has_han(name) {
            format!("{}{name}", REGIONS[at])
        } else {
            format!("{name} {}", CITIES[at])
        };
        names.push(other);
    }
    let entries = names.iter().enumerate().map(|(number, name)| Entry {
        id: format!("{number:06}"),
        names: vec![name.clone()],
        ..Entry::default()
    });
    let start = Instant::now();
    let index = Index::build(Arc::new(Lexicon::shipped()?), Weights::shipped()?, entries);
    let built = start.elapsed().as_secs_f64();
    let queries: Vec<(usize, String)> =
        (0..count).map(|n| (n * 31 % names.len(), bent(&names[n * 31 % names.len()], n))).collect();
    let start = Instant::now();
    let (mut answered, mut right) = (0, 0);
    // In pieces, as a stream would come, so that answers need not all be kept.
    for piece in queries.chunks(20_000) {
        let asked: Vec<Query<'_>> = piece.iter().map(|(_, name)| name.as_str().into()).collect();
        for ((number, _), matches) in piece.iter().zip(index.resolve_all(&asked)) {
            let best = matches.first().filter(|m| m.probability >= index.weights().review);
            answered += usize::from(best.is_some());
            right += usize::from(best.is_some_and(|m| m.id == format!("{number:06}")));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{} organizations ({real} real) indexed in {built:.2} s", names.len());
    println!(
        "{count} names in {seconds:.2} s: {:.0} a second on {} threads, {answered} answered, {right} right",
        count as f64 / seconds,
        rayon::current_num_threads()
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmHWM")) {
        println!("peak memory {}", line.trim_start_matches("VmHWM:").trim());
    }
    Ok(())
}

/// A name as someone else might write it: whole, cut, with a word dropped, in capitals.
fn bent(name: &str, number: usize) -> String {
    let chars: Vec<char> = name.chars().collect();
    match number % 5 {
        0 => name.to_string(),
        1 => name.to_uppercase(),
        2 => chars[..chars.len() - chars.len() / 8].iter().collect(),
        3 if name.contains(' ') => name.split(' ').skip(1).collect::<Vec<_>>().join(" "),
        3 => chars[chars.len() / 5..].iter().collect(),
        _ => name.replacen("University", "Univ.", 1).replacen("大学", "学院", 1),
    }
}
